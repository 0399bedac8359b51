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

    A suspended case is held, but nobody is on the job: it may stand still for months.
    """
    held = [c for c in cases if c.lead_unit == unit_id and c.state in HANDLING_STATES]
    active = [c for c in held if c.state is not CaseState.SUSPENDED]
    best = UnitStatus(UnitState.FREE, held=len(held))
    for rank, state in enumerate((UnitState.ON_THE_JOB, UnitState.UNDER_WAY, UnitState.ASSIGNED)):
        found = [(since, c.case_no) for c in active if (since := _since(c, rank)) is not None]
        if found:
            since, case_no = min(found)
            return UnitStatus(state, case_no, since, len(held))
    return best


def _since(case: Case, rank: int) -> datetime | None:
    if case.arrived_at is not None:
        return case.arrived_at if rank == 0 else None
    if case.signed_at is not None:
        return case.signed_at if rank == 1 else None
    return case.dispatched_at if rank == 2 else None
