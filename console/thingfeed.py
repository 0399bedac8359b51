"""People and vehicles on the map as the live picture has them: who only moved is put elsewhere, not described anew.

Thousands of fixes a second come in where a county's staff is on shift. Describing one (its unit, what that does, the
shift) takes as long as moving twenty.
"""

from collections.abc import Iterable, Sequence

import numpy as np

from client.picture import Picture
from console.holdings import Holdings
from console.slices import in_slices
from domain.ids import StaffId, ThingId, UnitId
from domain.people import Shift
from domain.places import Position
from domain.units import UnitState
from domain.wire_feed import Fix, position_of
from layers.placing import Slots
from layers.positions.model import PositionsModel, ThingMark
from layers.thing_codes import heading_steps
from layers.trail.model import Spot, TrailModel
from widgets.names import Names

Said = tuple[UnitId, UnitState, Shift | None]


class ThingFeed:
    """Takes note of what moved and shows it when told to."""

    def __init__(self, names: Names, holdings: Holdings, trail: TrailModel) -> None:
        self._names, self._holdings, self._trail = names, holdings, trail
        self._moved: set[ThingId] = set()
        self._gone: set[ThingId] = set()
        self._said: dict[Said, tuple[str, ...]] = {}

    def take(self, moved: frozenset[ThingId], gone: frozenset[ThingId]) -> None:
        """Note whose fix is another one, and who is off shift or out of view."""
        self._moved |= moved
        self._gone |= gone

    async def described(self, picture: Picture) -> list[ThingMark]:
        """Return everything there is, described anew, in slices."""
        self._said.clear()
        found: list[ThingMark] = []

        def describe(fixes: Sequence[Position]) -> None:
            found.extend(self._marks(picture, fixes))

        await in_slices(list(picture.positions.values()), describe)
        return found

    def flush(self, picture: Picture, positions: PositionsModel, units: set[UnitId]) -> None:
        """Show what was noted, and what these units do now."""
        if self._gone:
            positions.remove(self._gone)
            if self._trail.followed in self._gone:
                self._trail.lose()
        altered = _things_of(picture, units)
        fixes = picture.positions.of(self._moved - altered)
        slots = positions.slots([fix.thing for fix in fixes])
        new = [fixes[i] for i in np.flatnonzero(slots < 0).tolist()]
        again = picture.positions.of(altered)
        if new or again:
            positions.update(self._marks(picture, [position_of(fix) for fix in new + again]))
        if len(new) < len(fixes):
            _move(positions, slots, fixes)
        followed = self._trail.followed
        if (followed in self._moved or followed in altered) and (spot := spot_of(picture, followed)) is not None:
            self._trail.note(spot)
        self._moved.clear()
        self._gone.clear()

    def _marks(self, picture: Picture, fixes: Iterable[Position]) -> list[ThingMark]:
        return [mark for fix in fixes if (mark := self._mark(picture, fix)) is not None]

    def _mark(self, picture: Picture, fix: Position) -> ThingMark | None:
        vehicle = picture.vehicles.get(fix.thing)
        moving = vehicle or picture.members.get(StaffId(fix.thing))
        if moving is None:
            return None
        status = self._holdings.status(moving.unit_id)
        return ThingMark(
            thing=fix.thing,
            lon=fix.lon,
            lat=fix.lat,
            fixed_at=fix.fixed_at,
            name=moving.name,
            vehicle=vehicle is not None,
            state=status.state,
            heading_deg=fix.heading_deg,
            bound_for=status.case_no,
            title=moving.name,
            lines=self._lines(moving.unit_id, status.state, moving.shift),
        )

    def _lines(self, unit_id: UnitId, state: UnitState, shift: Shift | None) -> tuple[str, ...]:
        """Return what is said of a thing; a unit's people on one shift have the same said of them."""
        key = unit_id, state, shift
        if key not in self._said:
            said = self._names.unit(unit_id), self._names.words(f"unit_state.{state}")
            self._said[key] = *said, *self._on_shift(shift)
        return self._said[key]

    def _on_shift(self, shift: Shift | None) -> tuple[str, ...]:
        if shift is None:
            return ()
        begins, ends = self._names.local(shift.starts_at), self._names.local(shift.ends_at)
        return (self._names.words("map.shift", begins=f"{begins:%H:%M}", ends=f"{ends:%H:%M}"),)


def spot_of(picture: Picture, thing: str | None) -> Spot | None:
    """Return where a thing is as a trail has it; None where that is not known."""
    fix = None if thing is None else picture.positions.get(ThingId(thing))
    return None if fix is None else Spot(fix.lon, fix.lat, fix.accuracy_m)


def _move(positions: PositionsModel, slots: Slots, fixes: Sequence[Fix]) -> None:
    """Put things where they are now; those without a slot, and those at a place that cannot be drawn, are left out."""
    lons, lats = np.array([fix.lon for fix in fixes]), np.array([fix.lat for fix in fixes])
    headings = np.array([fix.heading_deg for fix in fixes], np.float64)  # None becomes NaN
    times = np.array([fix.at_ms for fix in fixes], np.float64) / 1000.0
    slots = np.where((np.abs(lons) <= 180.0) & (np.abs(lats) <= 90.0), slots, -1)
    positions.move(slots, lons, lats, times, heading_steps(headings))


def _things_of(picture: Picture, units: set[UnitId]) -> set[ThingId]:
    """Return what moves for the units whose state may have altered."""
    if not units:
        return set()
    people = {ThingId(s.staff_id) for s in picture.members.values() if s.unit_id in units}
    return people | {v.vehicle_id for v in picture.vehicles.values() if v.unit_id in units}
