"""The road graph of a town, read off the road lines of its base map."""

from collections.abc import Iterable, Sequence
from heapq import heappop, heappush
from math import dist, inf
from typing import NamedTuple

import numpy as np
import shapely

from domain.faults import invalid
from domain.places import BaseFeature, BaseKind
from simulator.making.plan import Frame

Place = tuple[float, float]
"""Metres east and north of the middle of the town."""


class Edge(NamedTuple):
    """A straight piece of road to a neighbouring node: its length in metres and its rank (0 main road .. 3 lane)."""

    to: int
    length_m: float
    rank: int


class RoadGraph:
    """Nodes are the points of the road lines, so every bend is one; lines that share a point are joined there."""

    def __init__(self, base: Iterable[BaseFeature]) -> None:
        """Raises ``Fault('town_without_roads')``."""
        lines = [(shapely.get_coordinates(shapely.from_wkb(b.wkb)), b.rank) for b in base if b.kind is BaseKind.ROAD]
        if not lines:
            raise invalid("town_without_roads")
        middle = np.vstack([line for line, _ in lines]).mean(axis=0)
        self.frame = Frame(float(middle[0]), float(middle[1]))
        self.places: list[Place] = []
        self.edges: list[list[Edge]] = []
        ids: dict[Place, int] = {}
        for line, rank in lines:
            self._add([(float(lon), float(lat)) for lon, lat in line], rank, ids)
        self._array = np.array(self.places)

    def _add(self, line: Sequence[Place], rank: int, ids: dict[Place, int]) -> None:
        before: int | None = None
        for point in line:
            node = ids.get(point)
            if node is None:
                node = ids[point] = len(self.places)
                self.places.append(self.frame.place(*point))
                self.edges.append([])
            if before is not None and before != node:
                length = max(0.1, apart(self.places[before], self.places[node]))
                self.edges[before].append(Edge(node, length, rank))
                self.edges[node].append(Edge(before, length, rank))
            before = node

    def nearest(self, place: Place) -> int:
        """Return the node nearest to a place."""
        east, north = self._array[:, 0] - place[0], self._array[:, 1] - place[1]
        return int(np.argmin(east * east + north * north))

    def within(self, place: Place, radius_m: float) -> list[int]:
        """Return the nodes within a distance of a place."""
        near = np.hypot(self._array[:, 0] - place[0], self._array[:, 1] - place[1]) <= radius_m
        return [int(i) for i in np.flatnonzero(near)]

    def inside(self, area_wkb: bytes) -> list[int]:
        """Return the nodes inside an area in degrees (WKB)."""
        area = self.frame.metres(shapely.from_wkb(area_wkb))
        return [int(i) for i in np.flatnonzero(shapely.contains_xy(area, self._array[:, 0], self._array[:, 1]))]

    def parts(self) -> int:
        """Return into how many parts the graph falls; 1 where every place can be reached."""
        seen = [False] * len(self.places)
        count = 0
        for start in range(len(self.places)):
            if seen[start]:
                continue
            count += 1
            pending = [start]
            seen[start] = True
            while pending:
                for edge in self.edges[pending.pop()]:
                    if not seen[edge.to]:
                        seen[edge.to] = True
                        pending.append(edge.to)
        return count

    def path(self, start: int, goal: int, slowness: Sequence[float]) -> list[int]:
        """Return the quickest way from node to node, both included; empty where there is none.

        ``slowness`` is seconds per metre by rank (A* with the straight line at the fastest rank as its guess).
        """
        least, lowest = min(slowness), len(slowness) - 1
        places, edges, goal_place = self.places, self.edges, self.places[goal]
        best = {start: 0.0}
        came: dict[int, int] = {}
        queue = [(least * apart(places[start], goal_place), start)]
        done: set[int] = set()
        while queue:
            _, node = heappop(queue)
            if node == goal:
                return _walked(came, goal)
            if node in done:
                continue
            done.add(node)
            so_far = best[node]
            for to, length_m, rank in edges[node]:
                cost = so_far + length_m * slowness[rank if rank < lowest else lowest]
                if cost < best.get(to, inf):
                    best[to] = cost
                    came[to] = node
                    heappush(queue, (cost + least * dist(places[to], goal_place), to))
        return []


def _walked(came: dict[int, int], goal: int) -> list[int]:
    path = [goal]
    while path[-1] in came:
        path.append(came[path[-1]])
    return path[::-1]


def apart(a: Place, b: Place) -> float:
    """Return the distance between two places in metres."""
    return dist(a, b)
