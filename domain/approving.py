"""What saying yes to a request does to the clocks of a case, so that whoever answers sees it beforehand."""

from datetime import datetime

import msgspec
from msgspec.structs import replace

from domain.case import Case, Rules
from domain.clock import Pause, WorkCalendar
from domain.states import ENDED, CaseState, RequestKind
from domain.timing import case_clock, stage_clock


class ClockEffect(msgspec.Struct, frozen=True):
    """When link and whole case fall due as things stand, and after a yes; None where no clock runs then."""

    stage_before: datetime | None
    stage_after: datetime | None
    case_before: datetime | None
    case_after: datetime | None
    until: datetime | None = None


def effect_of_yes(case: Case, rules: Rules, calendar: WorkCalendar, now: datetime) -> ClockEffect | None:
    """Return what a yes to the waiting request does to the clocks; None where nothing is asked."""
    request = case.request
    if request is None:
        return None
    before = _due(case, rules, calendar, now)
    after = _due(_after_yes(case, request.kind, request.until, now), rules, calendar, now)
    return ClockEffect(before[0], after[0], before[1], after[1], request.until)


def _due(case: Case, rules: Rules, calendar: WorkCalendar, now: datetime) -> tuple[datetime | None, datetime | None]:
    stage, whole = stage_clock(case, rules, calendar, now), case_clock(case, rules, calendar, now)
    ended = case.state in ENDED
    return (None if stage is None else stage.due_at), (None if whole is None or ended else whole.due_at)


def _after_yes(case: Case, kind: RequestKind, until: datetime | None, now: datetime) -> Case:
    match kind:
        case RequestKind.EXTENSION:
            return replace(case, extension_count=case.extension_count + 1)
        case RequestKind.SUSPENSION:
            return replace(case, pauses=(*case.pauses, Pause(now, until)))
        case RequestKind.RETURN:
            return replace(case, state=CaseState.PENDING_DISPATCH, stage_since=now, lead_unit=None)
        case RequestKind.VOID:
            return replace(case, state=CaseState.VOIDED)
        case RequestKind.SEND_UP:
            return replace(case, state=CaseState.ESCALATED, stage_since=now)
        case RequestKind.REDO:
            return replace(case, state=CaseState.PENDING_DISPATCH, stage_since=now, closed_at=None)
        case RequestKind.APPEAL:
            return case
