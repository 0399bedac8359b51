"""What the unit board shows of each unit, worked out from units, staff, cases and positions; no Qt."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime

import msgspec

from domain.case import Case
from domain.ids import StaffId, ThingId, UnitId
from domain.people import Staff, Unit, Vehicle
from domain.places import Position
from domain.units import POSITION_STALE_AFTER, UnitState, UnitStatus, unit_status, units_on

STATE_ORDER = (UnitState.ON_THE_JOB, UnitState.UNDER_WAY, UnitState.ASSIGNED, UnitState.FREE)


class UnitRow(msgspec.Struct, frozen=True):
    """One unit: what it does, the case it does it for, its newest fix, and whether anybody of it is on shift."""

    unit: Unit
    status: UnitStatus
    case: Case | None
    fix: Position | None
    on_shift: bool

    def stale(self, now: datetime) -> bool:
        """Return whether it is on shift and its newest fix is too old to say where it is; so is no fix at all."""
        return self.on_shift and (self.fix is None or now - self.fix.fixed_at > POSITION_STALE_AFTER)


def unit_rows(
    units: Iterable[Unit],
    staff: Iterable[Staff],
    vehicles: Iterable[Vehicle],
    cases: Iterable[Case],
    positions: Mapping[ThingId, Position],
    now: datetime,
) -> list[UnitRow]:
    """Return a row for each unit, the busiest first, then by name."""
    held: dict[UnitId, list[Case]] = defaultdict(list)
    for case in cases:
        for unit_id in units_on(case):
            held[unit_id].append(case)
    fixes, present = _fixes_and_shifts(staff, vehicles, positions, now)
    rows: list[UnitRow] = []
    for unit in units:
        mine = held.get(unit.unit_id, [])
        status = unit_status(unit.unit_id, mine)
        busy_with = next((c for c in mine if c.case_no == status.case_no), None)
        rows.append(UnitRow(unit, status, busy_with, fixes.get(unit.unit_id), unit.unit_id in present))
    return sorted(rows, key=_rank)


def latest_places(rows: Iterable[UnitRow], now: datetime) -> dict[UnitId, tuple[float, float]]:
    """Return where the units are whose fix is fresh, as ``domain.recommend`` wants it."""
    fresh = [row for row in rows if not row.stale(now)]
    return {row.unit.unit_id: (row.fix.lon, row.fix.lat) for row in fresh if row.fix is not None}


def _fixes_and_shifts(
    staff: Iterable[Staff], vehicles: Iterable[Vehicle], positions: Mapping[ThingId, Position], now: datetime
) -> tuple[dict[UnitId, Position], set[UnitId]]:
    fixes: dict[UnitId, Position] = {}
    present: set[UnitId] = set()
    things: list[tuple[StaffId | ThingId, Staff | Vehicle]] = [(person.staff_id, person) for person in staff]
    things += [(vehicle.vehicle_id, vehicle) for vehicle in vehicles]
    for thing, owner in things:
        if owner.shift is None or not owner.shift.covers(now):
            continue
        present.add(owner.unit_id)
        fix = positions.get(ThingId(thing))
        best = fixes.get(owner.unit_id)
        if fix is not None and (best is None or fix.fixed_at > best.fixed_at):
            fixes[owner.unit_id] = fix
    return fixes, present


def _rank(row: UnitRow) -> tuple[int, bool, str, UnitId]:
    return STATE_ORDER.index(row.status.state), not row.on_shift, row.unit.name, row.unit.unit_id
