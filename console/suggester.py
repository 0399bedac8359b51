"""Whom to send to a case: where every fitting unit is by road, reckoned in a thread from the live picture."""

import asyncio
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple
from zoneinfo import ZoneInfo

from client.picture import Picture
from client.room import Room
from console.holdings import Holdings
from console.tasks import Tasks
from domain.case import Case
from domain.ids import CaseNo, EntryId, ThingId, UnitId
from domain.people import Staff, Vehicle, shift_end
from domain.places import Position, distance_m
from domain.recommend import Candidate, Whereabouts, fits, rank
from domain.register import EntryKind, read_body
from domain.register_runcard import RunCard
from domain.runcards import Proposal, card_for, propose, serves
from domain.units import POSITION_STALE_AFTER
from domain.wire import Geometry

if TYPE_CHECKING:
    from domain.roads import RoadNet

OWNER = "suggester"
NEAREST = 4
"""Of each unit so many movers, nearest in a straight line, are looked up on the roads."""


MOST = 3
"""Units suggested at most."""
Tell = Callable[[CaseNo, Sequence[Candidate], Proposal | None], None]
"""Hears whom to send to a case: single units, best first, and the set of its run card where there is one."""


class Mover(NamedTuple):
    """One of a unit's people or vehicles, where it was last seen."""

    unit_id: UnitId
    position: Position
    wheels: bool
    straight_m: float


class Suggester:
    """Keeps the roads of the room; ``suggest`` hands the best units on when they are known."""

    def __init__(self, tasks: Tasks, holdings: Holdings) -> None:
        self._tasks, self._holdings = tasks, holdings
        self._net: RoadNet | None = None
        self._tag = ""

    def suggest(self, room: Room, case: Case, tell: Tell) -> None:
        """Reckon whom to send; ``tell`` hears it, unless another case is asked about before."""
        self._tasks.start(OWNER, "case", self._suggest(room, case, tell))

    def stop(self) -> None:
        """Nobody wants to know any more."""
        self._tasks.cancel(OWNER)

    async def _suggest(self, room: Room, case: Case, tell: Tell) -> None:
        picture = room.picture
        if picture is None:
            return
        now = room.service_now()
        card = run_card(picture, case, now)
        needs = () if card is None else card[1].needs
        units = [u for u in picture.units.values() if fits(case, u) or any(serves(need, u) for need in needs)]
        movers = nearest_movers(picture, case, {unit.unit_id for unit in units}, now)
        net = await self._roads(room.geometry)
        where = await asyncio.to_thread(whereabouts, net, case, movers)
        status = {unit.unit_id: self._holdings.status(unit.unit_id) for unit in units}
        ends = shift_ends(picture, {unit.unit_id for unit in units}, now)
        ranked = rank(case, units, status, where, now, shift_ends=ends)
        proposal = None if card is None else propose(*card, ranked, on_shift(picture, now))
        tell(case.case_no, [found for found in ranked if fits(case, found.unit)][:MOST], proposal)

    async def _roads(self, geometry: Geometry | None) -> "RoadNet | None":
        if geometry is not None and geometry.tag != self._tag:
            self._net = await asyncio.to_thread(read_roads, geometry)
            self._tag = geometry.tag
        return self._net


def run_card(picture: Picture, case: Case, now: datetime) -> tuple[EntryId, RunCard] | None:
    """Return the run card a case calls for."""
    cards: list[tuple[EntryId, RunCard]] = []
    for entry in picture.entries_of(EntryKind.RUN_CARD):
        body = read_body(entry, RunCard)
        if body is not None:
            cards.append((entry.entry_id, body))
    return card_for(case, cards, now, ZoneInfo(picture.town.calendar.timezone)) if cards else None


def on_shift(picture: Picture, now: datetime) -> set[UnitId]:
    """Return the units of which somebody, or a vehicle, is on shift."""
    owners: list[Staff | Vehicle] = [*picture.members.values(), *picture.vehicles.values()]
    return {owner.unit_id for owner in owners if owner.shift is not None and owner.shift.covers(now)}


def read_roads(geometry: Geometry) -> "RoadNet":
    """Return the roads of a town's base map. Any thread; what is no line is passed over."""
    import shapely  # noqa: PLC0415 - kept off the start path

    from domain.places import BaseKind  # noqa: PLC0415
    from domain.roads import RoadNet  # noqa: PLC0415 - likewise

    lines = []
    for feature in geometry.base:
        if feature.kind is BaseKind.ROAD:
            shape = shapely.from_wkb(feature.wkb, on_invalid="ignore")
            for part in shapely.get_parts(shape) if shape is not None else ():
                points = [(float(lon), float(lat)) for lon, lat in shapely.get_coordinates(part)]
                lines.append((points, feature.rank))
    return RoadNet(lines)


def nearest_movers(picture: Picture, case: Case, units: set[UnitId], now: datetime) -> list[Mover]:
    """Return of each unit the movers nearest to the case; old positions only where a unit has no fresh one."""
    if case.lon is None or case.lat is None:
        return []
    by_unit: dict[UnitId, list[Mover]] = {}
    owners = [(s.unit_id, ThingId(s.staff_id), False) for s in picture.members.values()]
    owners += [(v.unit_id, v.vehicle_id, True) for v in picture.vehicles.values()]
    for unit_id, thing, wheels in owners:
        fix = picture.positions.get(thing) if unit_id in units else None
        if fix is not None:
            far = distance_m(fix.lon, fix.lat, case.lon, case.lat)
            by_unit.setdefault(unit_id, []).append(Mover(unit_id, fix, wheels, far))
    chosen: list[Mover] = []
    for movers in by_unit.values():
        movers.sort(key=lambda m: (now - m.position.fixed_at > POSITION_STALE_AFTER, m.straight_m))
        chosen += movers[:NEAREST]
    return chosen


def whereabouts(net: "RoadNet | None", case: Case, movers: Sequence[Mover]) -> dict[UnitId, Whereabouts]:
    """Return for each unit its soonest mover by road; where no road leads there, its nearest. Any thread."""
    from domain.roads import Gait  # noqa: PLC0415 - kept off the start path

    found: dict[UnitId, Whereabouts] = {}
    if case.lon is None or case.lat is None:
        return found
    asked: dict[str, tuple[float, float, Gait]] = {
        str(i): (m.position.lon, m.position.lat, Gait.WHEELS if m.wheels else Gait.BIKE) for i, m in enumerate(movers)
    }
    times = {} if net is None else net.travel((case.lon, case.lat), asked)
    for i, mover in enumerate(movers):
        spent = times.get(str(i))
        where = Whereabouts(None if spent is None else spent[0], mover.position.fixed_at, mover.straight_m)
        best = found.get(mover.unit_id)
        if best is None or _sooner(where, best):
            found[mover.unit_id] = where
    return found


def shift_ends(picture: Picture, units: set[UnitId], now: datetime) -> dict[UnitId, datetime]:
    """Return when the last of each unit's people on shift goes off."""
    ends: dict[UnitId, datetime] = {}
    for member in picture.members.values():
        if member.unit_id in units and member.shift is not None and (end := shift_end(member.shift, now)) is not None:
            ends[member.unit_id] = max(end, ends.get(member.unit_id, end))
    return ends


def _sooner(a: Whereabouts, b: Whereabouts) -> bool:
    if a.travel_s is None or b.travel_s is None:
        return a.travel_s is not None
    return a.travel_s < b.travel_s
