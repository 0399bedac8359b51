"""What a unit is doing, read off the cases it holds (look.md: free, under way, on the job, position stale)."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from enum import StrEnum

import msgspec

from domain.case import Case
from domain.ids import CaseNo, UnitId
from domain.states import CaseState
from domain.timing import HANDLING_STATES

POSITION_STALE_AFTER = timedelta(minutes=2)
"""A fix older than this is shown as a last-known place, not as where somebody is."""


class UnitState(StrEnum):
    """State of a unit. Names under ``unit_state.<value>``."""

    FREE = "free"  # 空闲
    ASSIGNED = "assigned"  # 待签收
    UNDER_WAY = "under_way"  # 途中
    ON_THE_JOB = "on_the_job"  # 处置中


class UnitStatus(msgspec.Struct, frozen=True):
    """State of a unit, the case it is most occupied with, since when, and how many it holds."""

    state: UnitState
    case_no: CaseNo | None = None
    since: datetime | None = None
    held: int = 0


def unit_status(unit_id: UnitId, cases: Iterable[Case]) -> UnitStatus:
    """Return what a unit is doing. On the job beats under way beats assigned; then the case dispatched first.

    A suspended case is held, but nobody is on the job: it may stand still for months. Whoever helps signs for
    nothing: it is under way at once, and free again when it has said what it did.
    """
    held = [c for c in cases if unit_id in units_on(c)]
    active = [c for c in held if c.state is not CaseState.SUSPENDED]
    best = UnitStatus(UnitState.FREE, held=len(held))
    for rank, state in enumerate((UnitState.ON_THE_JOB, UnitState.UNDER_WAY, UnitState.ASSIGNED)):
        found = [(since, c.case_no) for c in active if (since := _since(c, unit_id, rank)) is not None]
        if found:
            since, case_no = min(found)
            return UnitStatus(state, case_no, since, len(held))
    return best


def units_on(case: Case) -> tuple[UnitId, ...]:
    """Return the units a case keeps busy: its lead, and the helpers that have not said yet what they did."""
    if case.state not in HANDLING_STATES:
        return ()
    leads = () if case.lead_unit is None else (case.lead_unit,)
    return (*leads, *(unit for unit in case.helper_units if case.helped_by(unit).reported_at is None))


def _since(case: Case, unit_id: UnitId, rank: int) -> datetime | None:
    if unit_id != case.lead_unit:
        helped = case.helped_by(unit_id)
        if helped.arrived_at is not None:
            return helped.arrived_at if rank == 0 else None
        return helped.sent_at or case.dispatched_at if rank == 1 else None
    if case.arrived_at is not None:
        return case.arrived_at if rank == 0 else None
    if case.signed_at is not None:
        return case.signed_at if rank == 1 else None
    return case.dispatched_at if rank == 2 else None
