"""One body on the roads: a person on foot, on an e-bike, or a vehicle with who sits in it."""

import asyncio
from dataclasses import dataclass, field
from itertools import pairwise
from math import atan2, degrees, hypot

from domain.ids import StaffId, ThingId
from domain.people import Shift
from simulator.moving.graph import Place, RoadGraph, apart


@dataclass(frozen=True)
class Gait:
    """How fast a body goes by rank of road (0 main road .. 3 lane), metres a second."""

    speed_mps: tuple[float, float, float, float]

    @property
    def slowness(self) -> tuple[float, ...]:
        """Seconds per metre by rank."""
        return tuple(1.0 / v for v in self.speed_mps)


FOOT = Gait((1.3, 1.3, 1.25, 1.2))
BIKE = Gait((5.2, 5.0, 4.5, 3.2))
CAR = Gait((12.5, 10.0, 7.0, 4.0))
OFF_ROAD_MPS = 1.2


@dataclass
class Body:
    """Where a body is and where it is going. Moved by ``step``; times are seconds of the town's time."""

    things: tuple[ThingId, ...]
    staff: StaffId
    shift: Shift | None
    gait: Gait
    at: Place
    home: Place
    node: int
    beat: tuple[int, ...]
    aside: Place = (0.0, 0.0)
    busy: bool = False
    rest_s: float = 0.0
    silent_s: float = 0.0
    speed_mps: float = 0.0
    heading_deg: float = 0.0
    legs: list[tuple[Place, float, int]] = field(default_factory=list)
    """What is left of the way: to which place, how fast, and the node there (-1 off the road)."""
    standing: asyncio.Event = field(default_factory=asyncio.Event)
    """Set once the way is done or given up."""

    @property
    def moving(self) -> bool:
        """Whether there is any way left."""
        return bool(self.legs)

    def go(self, graph: RoadGraph, target: Place) -> bool:
        """Set out for a place; return whether there is a way."""
        goal = graph.nearest(target)
        way = graph.path(self.node, goal, self.gait.slowness)
        if not way:
            return False
        legs = []
        if apart(self.at, graph.places[way[0]]) > 1.0:
            legs.append((graph.places[way[0]], OFF_ROAD_MPS * 2, way[0]))
        for a, b in pairwise(way):
            rank = next(edge.rank for edge in graph.edges[a] if edge.to == b)
            legs.append((graph.places[b], self.gait.speed_mps[min(rank, 3)], b))
        if apart(graph.places[goal], target) > 1.0:
            legs.append((target, OFF_ROAD_MPS * 2, -1))
        self.legs = legs
        if legs:
            self.standing.clear()
        return True

    def stop(self) -> None:
        """Forget the way and stand."""
        self.legs = []
        self.speed_mps = 0.0
        self.standing.set()

    def step(self, seconds: float) -> None:
        """Go on for some seconds of the town's time."""
        self.silent_s = max(0.0, self.silent_s - seconds)
        left = seconds
        while left > 0 and self.legs:
            goal, speed, node = self.legs[0]
            gap = apart(self.at, goal)
            if gap > 0.05:
                self.speed_mps = speed
                self.heading_deg = degrees(atan2(goal[0] - self.at[0], goal[1] - self.at[1])) % 360.0
            if gap <= speed * left:
                self.at = goal
                left -= gap / speed
                self.legs.pop(0)
                if node >= 0:
                    self.node = node
            else:
                share = speed * left / gap
                self.at = (
                    self.at[0] + (goal[0] - self.at[0]) * share,
                    self.at[1] + (goal[1] - self.at[1]) * share,
                )
                left = 0.0
        if not self.legs:
            self.stop()
            self.rest_s = max(0.0, self.rest_s - left)

    def distance_m(self, place: Place) -> float:
        """Return the straight distance to a place."""
        return hypot(self.at[0] - place[0], self.at[1] - place[1])
