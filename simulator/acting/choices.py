"""What a person in the room would choose: the condition to file under, the unit to send, the worker to ask."""

from collections.abc import Iterable

import numpy as np

from domain.case import Case, Condition
from domain.clock import WorkCalendar, limit_seconds
from domain.ids import StaffId, UnitId
from domain.people import Role, Staff, Unit
from domain.places import Grid

OTHER = ("u-xc", "u-bm", "u-sz")
"""Who takes what nobody is there for."""


def condition_for(
    case: Case, conditions: Iterable[Condition], calendar: WorkCalendar, rng: np.random.Generator
) -> Condition | None:
    """Return a condition that fits the case's kind: for an urgent case the shortest, else one of the fitting."""
    fitting = [c for c in conditions if c.kind and case.kind.startswith(c.kind)]
    fitting = fitting or [c for c in conditions if not c.kind]
    if not fitting:
        return None
    if case.urgent:
        return min(fitting, key=lambda c: limit_seconds(c.limit, calendar))
    return fitting[int(rng.integers(len(fitting)))]


def unit_for(case: Case, units: Iterable[Unit], held: dict[UnitId, int]) -> Unit | None:
    """Return the unit for a case: there for its kind, then for its grid, then with the least on its hands."""

    def rank(unit: Unit) -> tuple[int, bool, int, str]:
        fit = max((len(kind) for kind in unit.kinds if case.kind.startswith(kind)), default=0)
        away = bool(unit.grids) and case.grid_code not in unit.grids
        return -fit, away, held.get(unit.unit_id, 0), unit.unit_id

    able = [u for u in units if any(case.kind.startswith(kind) for kind in u.kinds)]
    able = able or [u for u in units if u.unit_id.startswith(OTHER)] or [u for u in units if u.kinds]
    return min(able, key=rank, default=None)


def worker_for(case: Case, grids: Iterable[Grid], staff: Iterable[Staff], on_shift: set[StaffId]) -> StaffId | None:
    """Return the grid worker who answers for the case's grid, or another one who is on shift."""
    responsible = next((g.responsible for g in grids if g.code == case.grid_code), None)
    if responsible in on_shift:
        return responsible
    able = [s.staff_id for s in staff if Role.GRID_WORKER in s.roles and s.staff_id in on_shift]
    return able[hash_of(case.case_no) % len(able)] if able else None


def hash_of(text: str) -> int:
    """Return a number that is the same for a text in every run."""
    return sum(ord(letter) * (i + 7) for i, letter in enumerate(text))
