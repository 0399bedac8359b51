"""The town's units, people and vehicles, made up from the plan."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

import numpy as np

from domain.ids import GridCode, StaffId, ThingId, UnitId
from domain.people import Role, Shift, Staff, Unit, UnitKind, Vehicle
from simulator.making.plan import Plan

STAFF = 120
BEFORE = timedelta(hours=1)
AFTER = timedelta(hours=12)
NIGHT_AFTER = timedelta(hours=23, minutes=30)
"""The day shift runs from 07:30 to 20:30, night duty until the next morning; both come again every day."""

GRID_OFFICE, ROOM = UnitId("u-wg"), UnitId("u-zh")


class People(NamedTuple):
    """Who works in the town."""

    units: tuple[Unit, ...]
    staff: tuple[Staff, ...]
    vehicles: tuple[Vehicle, ...]


def make_people(
    plan: Plan, grids: Sequence[tuple[GridCode, str]], clock_start: datetime, rng: np.random.Generator
) -> People:
    """Return units, staff and vehicles. ``grids`` are (code, name of the village), in the order workers get them."""
    units = tuple(
        Unit(
            unit_id=UnitId(u.id),
            name=u.name,
            kind=UnitKind(u.kind),
            kinds=tuple(u.kinds),
            grids=tuple(code for code, village in grids if village in u.villages),
            synthetic=True,
        )
        for u in plan.units
    )
    day = Shift(clock_start - BEFORE, clock_start + AFTER, daily=True)
    night = Shift(clock_start - BEFORE, clock_start + NIGHT_AFTER, daily=True)
    shifts = {UnitId(u.id): night if u.night else day for u in plan.units}
    shifts[ROOM] = night
    staff = tuple(_staff(plan, grids, shifts, _names(plan, rng)))
    vehicles = tuple(_vehicles(plan, shifts))
    return People(units, staff, vehicles)


def _names(plan: Plan, rng: np.random.Generator) -> Iterator[str]:
    """Names, none twice."""
    all_names = [surname + given for surname in plan.surnames for given in plan.given]
    return (all_names[i] for i in rng.permutation(len(all_names)))


def _staff(
    plan: Plan, grids: Sequence[tuple[GridCode, str]], shifts: dict[UnitId, Shift], names: Iterator[str]
) -> Iterator[Staff]:
    handlers = [UnitId(u.id) for u in plan.units for _ in range(u.staff)]
    workers = STAFF - len(handlers) - len(plan.room)
    for i, (code, _) in enumerate(grids[:workers]):
        yield Staff(
            staff_id=StaffId(f"w{i + 1:03d}"),
            name=next(names),
            unit_id=GRID_OFFICE,
            roles=frozenset({Role.GRID_WORKER}),
            grid_code=code,
            shift=shifts[GRID_OFFICE],
            synthetic=True,
        )
    for i, unit in enumerate(handlers):
        yield Staff(
            staff_id=StaffId(f"h{i + 1:03d}"),
            name=next(names),
            unit_id=unit,
            roles=frozenset({Role.HANDLER}),
            shift=shifts[unit],
            synthetic=True,
        )
    for i, roles in enumerate(plan.room):
        yield Staff(
            staff_id=StaffId(f"r{i + 1:03d}"),
            name=next(names),
            unit_id=ROOM,
            roles=frozenset(Role(r) for r in roles),
            shift=shifts[ROOM],
            synthetic=True,
        )


def _vehicles(plan: Plan, shifts: dict[UnitId, Shift]) -> Iterator[Vehicle]:
    number = 0
    for unit in plan.units:
        for name in unit.vehicles:
            number += 1
            unit_id = UnitId(unit.id)
            yield Vehicle(ThingId(f"v{number:02d}"), name, unit_id, shifts[unit_id], synthetic=True)
