"""Everybody on shift: who they are, how they patrol when nothing calls them, and the positions they send."""

from collections.abc import Iterator
from datetime import datetime

import numpy as np
import shapely

from domain.ids import GridCode, StaffId, ThingId, UnitId
from domain.people import Role, Shift, Staff
from domain.places import BaseKind, Position
from domain.town import Town
from simulator.making.plan import load_plan
from simulator.moving.body import BIKE, CAR, FOOT, Body, Gait
from simulator.moving.graph import Place, RoadGraph

SILENT_SHARE = 0.07
"""Share of phones that send nothing at any time: no signal, an empty battery."""
SILENCE_S = (150.0, 540.0)
REST_S = (40.0, 260.0)
NEAR_HOME_M = 260.0
ROAMING = ("u-xc", "u-zf", "u-zz")
"""Units whose vehicles patrol the whole town when they are free."""


class Force:
    """The bodies of a town, moved together."""

    def __init__(self, town: Town, graph: RoadGraph, rng: np.random.Generator) -> None:
        self.graph = graph
        self._rng = rng
        self.places = named_places(town, graph)
        self._grid_nodes = {g.code: tuple(graph.inside(g.wkb)) for g in town.grids}
        self._everywhere = tuple(
            int(i) for i in rng.choice(len(graph.places), min(400, len(graph.places)), replace=False)
        )
        self.bodies = [*self._workers(town), *self._crews(town)]
        self.of_staff: dict[StaffId, Body] = {b.staff: b for b in self.bodies}
        for body in self.bodies:
            body.rest_s = float(rng.uniform(0, REST_S[1] / 2))
            body.aside = (float(rng.normal(0, 1.6)), float(rng.normal(0, 1.6)))

    def on_shift(self, staff: StaffId, now: datetime) -> bool:
        """Return whether somebody is on shift and has a body."""
        body = self.of_staff.get(staff)
        return body is not None and body.shift is not None and body.shift.covers(now)

    def grid_nodes(self, code: GridCode | None) -> tuple[int, ...]:
        """Return the nodes of a grid; all over the town where it has none."""
        return (self._grid_nodes.get(code) if code is not None else None) or self._everywhere

    def step(self, seconds: float, now: datetime) -> None:
        """Move everybody on shift for some seconds of the town's time."""
        for body in self.bodies:
            if body.shift is None or not body.shift.covers(now):
                body.stop()
                continue
            body.step(seconds)
            if not body.busy and not body.moving and body.rest_s <= 0.0:
                self._patrol(body)
        self._fall_silent(seconds)

    def positions(self, now: datetime) -> list[Position]:
        """Return a fix of everything on shift whose phone sends."""
        return [
            position
            for body in self.bodies
            if body.silent_s <= 0.0 and body.shift is not None and body.shift.covers(now)
            for position in self._fixes(body, now)
        ]

    def _fixes(self, body: Body, now: datetime) -> Iterator[Position]:
        for i, thing in enumerate(body.things):
            at = (body.at[0] + body.aside[0] * (1 + i), body.at[1] + body.aside[1] * (1 + i))
            lon, lat = self.graph.frame.lon_lat(*at)
            yield Position(
                thing=thing,
                lon=lon,
                lat=lat,
                fixed_at=now,
                speed_mps=round(body.speed_mps, 1),
                heading_deg=round(body.heading_deg, 1) % 360.0 if body.moving else None,
                accuracy_m=round(4.0 + abs(body.aside[0]) * 3.0 + i, 1),
            )

    def _patrol(self, body: Body) -> None:
        """Send somebody free to another place of their beat; now and then they take a break first."""
        body.rest_s = float(self._rng.uniform(*REST_S))
        if body.beat:
            body.go(self.graph, self.graph.places[int(self._rng.choice(body.beat))])

    def _fall_silent(self, seconds: float) -> None:
        mean_s = sum(SILENCE_S) / 2
        chance = seconds * SILENT_SHARE / ((1 - SILENT_SHARE) * mean_s)
        for i in np.flatnonzero(self._rng.random(len(self.bodies)) < chance):
            self.bodies[int(i)].silent_s = float(self._rng.uniform(*SILENCE_S))

    # -- making them -----------------------------------------------------------------------------------------------

    def _workers(self, town: Town) -> Iterator[Body]:
        """Grid workers: two of five ride an e-bike; each walks the own grid."""
        for i, member in enumerate(s for s in town.staff if Role.GRID_WORKER in s.roles):
            nodes = self.grid_nodes(member.grid_code)
            yield self._body(member, (), BIKE if i % 5 < 2 else FOOT, int(self._rng.choice(nodes)), nodes)

    def _crews(self, town: Town) -> Iterator[Body]:
        """Handlers, with their unit's vehicles as far as they go, and the room's people, who stay at their desks."""
        vehicles: dict[UnitId, list[tuple[ThingId, Shift | None]]] = {}
        for vehicle in town.vehicles:
            vehicles.setdefault(vehicle.unit_id, []).append((vehicle.vehicle_id, vehicle.shift))
        homes = _homes(town, self.places)
        for member in town.staff:
            if Role.GRID_WORKER in member.roles:
                continue
            home = self.graph.nearest(homes.get(member.unit_id, (0.0, 0.0)))
            if Role.HANDLER not in member.roles:
                yield self._body(member, (), FOOT, home, ())
                continue
            queue = vehicles.get(member.unit_id, [])
            own = (queue.pop(0)[0],) if queue else ()
            roams = str(member.unit_id).startswith(ROAMING) and own
            near = self.graph.within(self.graph.places[home], NEAR_HOME_M)
            yield self._body(member, own, CAR if own else BIKE, home, self._everywhere if roams else tuple(near))

    def _body(self, member: Staff, vehicles: tuple[ThingId, ...], gait: Gait, node: int, beat: tuple[int, ...]) -> Body:
        place = self.graph.places[node]
        return Body(
            things=(ThingId(member.staff_id), *vehicles),
            staff=member.staff_id,
            shift=member.shift,
            gait=gait,
            at=place,
            home=place,
            node=node,
            beat=beat,
        )


def named_places(town: Town, graph: RoadGraph) -> dict[str, Place]:
    """Return the named places of a town's base map, in metres."""
    found = {}
    for feature in town.base:
        if feature.kind is BaseKind.PLACE and feature.name:
            lon, lat = shapely.get_coordinates(shapely.from_wkb(feature.wkb))[0]
            found[feature.name] = graph.frame.place(float(lon), float(lat))
    return found


def _homes(town: Town, places: dict[str, Place]) -> dict[UnitId, Place]:
    """Where each unit waits: where the plan says, or one after another of the town's named places."""
    planned = {unit.id: unit.base for unit in load_plan().units}
    spare = list(places.values()) or [(0.0, 0.0)]
    return {
        unit.unit_id: places.get(planned.get(unit.unit_id, ""), spare[i % len(spare)])
        for i, unit in enumerate(town.units)
    }
