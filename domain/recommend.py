"""Which units to suggest for a case, and why: who deals with such cases first, then who is soonest of real use there.

A suggestion only: any unit can be named, with a reason. Within those that fit alike, units are ordered by minutes: the
way there over the roads, and what their work in hand, the end of their shift and an old position are reckoned to cost.
The minutes are our own choice (``WORTH``), not a standard's; each is shown as a reason.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from math import inf

import msgspec

from domain.case import Case
from domain.ids import UnitId
from domain.people import Unit
from domain.units import POSITION_STALE_AFTER, UnitState, UnitStatus

FREE = UnitStatus(UnitState.FREE)


class Worth(msgspec.Struct, frozen=True):
    """What speaks for and against a unit, in minutes."""

    held_min: float = 15.0
    """For each case in hand."""
    on_grid_min: float = 10.0
    """Knowing the grid, for the unit whose duty it is."""
    shift_ends_min: float = 30.0
    """Where the shift ends sooner than ``shift_soon``."""
    shift_soon: timedelta = timedelta(minutes=45)
    stale_min: float = 10.0
    """Where the position is old: the unit may be elsewhere by now."""
    unknown_min: float = 60.0
    """The way of a unit that has no position, or none by road."""


WORTH = Worth()


class Whereabouts(msgspec.Struct, frozen=True):
    """Where a unit is, seen from a case: seconds by road (None: not known), when it was last seen, metres straight."""

    travel_s: float | None = None
    fixed_at: datetime | None = None
    straight_m: float | None = None


class Candidate(msgspec.Struct, frozen=True):
    """A suggested unit and why. ``cost_min`` is what it is ordered by among units that fit alike."""

    unit: Unit
    fits_kind: bool
    on_grid: bool
    status: UnitStatus
    where: Whereabouts = Whereabouts()
    shift_ends_at: datetime | None = None
    shift_ends_soon: bool = False
    stale: bool = False
    cost_min: float = inf


def recommend(
    case: Case,
    units: Iterable[Unit],
    status: Mapping[UnitId, UnitStatus],
    where: Mapping[UnitId, Whereabouts],
    now: datetime,
    *,
    shift_ends: Mapping[UnitId, datetime] | None = None,
    most: int = 3,
    worth: Worth = WORTH,
) -> list[Candidate]:
    """Return the best units, best first. One that neither deals with the kind nor has duty for the grid is left out."""
    fitting = [unit for unit in units if fits(case, unit)]
    return rank(case, fitting, status, where, now, shift_ends=shift_ends, worth=worth)[:most]


def rank(
    case: Case,
    units: Iterable[Unit],
    status: Mapping[UnitId, UnitStatus],
    where: Mapping[UnitId, Whereabouts],
    now: datetime,
    *,
    shift_ends: Mapping[UnitId, datetime] | None = None,
    worth: Worth = WORTH,
) -> list[Candidate]:
    """Return all these units, the best for a case first."""
    ends = shift_ends or {}
    found = [
        _candidate(
            case, unit, status.get(unit.unit_id, FREE), where.get(unit.unit_id), ends.get(unit.unit_id), now, worth
        )
        for unit in units
    ]
    return sorted(found, key=_rank)


def fits(case: Case, unit: Unit) -> bool:
    """Return whether a unit deals with the kind of case or has duty for its grid."""
    return _fits_kind(case, unit) or _on_grid(case, unit)


def _fits_kind(case: Case, unit: Unit) -> bool:
    return any(case.kind.startswith(kind) for kind in unit.kinds)


def _on_grid(case: Case, unit: Unit) -> bool:
    return case.grid_code is not None and case.grid_code in unit.grids


def _candidate(
    case: Case,
    unit: Unit,
    status: UnitStatus,
    where: Whereabouts | None,
    ends_at: datetime | None,
    now: datetime,
    worth: Worth,
) -> Candidate:
    where = where or Whereabouts()
    on_grid = _on_grid(case, unit)
    stale = where.fixed_at is not None and now - where.fixed_at > POSITION_STALE_AFTER
    soon = ends_at is not None and ends_at - now < worth.shift_soon
    cost = worth.unknown_min if where.travel_s is None else where.travel_s / 60
    cost += worth.held_min * status.held + worth.stale_min * stale + worth.shift_ends_min * soon
    cost -= worth.on_grid_min * on_grid
    return Candidate(unit, _fits_kind(case, unit), on_grid, status, where, ends_at, soon, stale, cost)


def _rank(candidate: Candidate) -> tuple[bool, float, UnitId]:
    return not candidate.fits_kind, candidate.cost_min, candidate.unit.unit_id
