"""The two clocks on every case: the stage clock and the case clock (domain.md 2.2a).

A clock keeps the limit that was in force when it started; a rule made later alters no running clock.
"""

from datetime import datetime

from domain.case import Case, Rules
from domain.clock import Lamp, Limit, LimitUnit, Reading, WorkCalendar, read_clock
from domain.states import ENDED, CaseState

HANDLING_STATES = frozenset({CaseState.PENDING_HANDLE, CaseState.HANDLING, CaseState.SUSPENDED})
"""States that share the handling clock, which runs from dispatch."""


def stage_limit(case: Case, rules: Rules) -> Limit | None:
    """Return the limit of the link the case stands in; in handling, the one chosen at filing plus extensions."""
    if case.state in HANDLING_STATES:
        chosen = case.handling_limit
        return chosen and Limit(chosen.amount * (1 + case.extension_count), chosen.unit)
    return rules.at(case.stage_since).stage.get(case.state)


def stage_clock(case: Case, rules: Rules, calendar: WorkCalendar, now: datetime) -> Reading | None:
    """Return the clock of the present link, or None where none runs."""
    limit = stage_limit(case, rules)
    if limit is None or case.state in ENDED:
        return None
    pauses = case.pauses if case.state in HANDLING_STATES else ()
    return read_clock(limit, calendar, case.stage_since, now, pauses=pauses)


def task_clock(case: Case, rules: Rules, calendar: WorkCalendar, now: datetime) -> Reading | None:
    """Return how long whoever was sent to look has been on it against the usual time; None where nobody was sent.

    It runs on, nights too: who is on shift was sent. The limit of the link is the stage clock.
    """
    if case.state not in (CaseState.VERIFYING, CaseState.CHECKING):
        return None
    minutes = rules.at(case.stage_since).task_minutes
    return read_clock(Limit(minutes, LimitUnit.MINUTE), calendar, case.stage_since, now)


def case_clock(case: Case, rules: Rules, calendar: WorkCalendar, now: datetime) -> Reading | None:
    """Return the clock from acceptance to closing; None before acceptance and for a case ended without closing.

    It stands still while the case is suspended, as the handling clock does: what cannot be worked on cannot be late.
    """
    if case.accepted_at is None:
        return None
    if case.state in ENDED and case.closed_at is None:
        return None
    limit = rules.at(case.accepted_at).whole_case
    return read_clock(limit, calendar, case.accepted_at, now, stopped_at=case.closed_at, pauses=case.pauses)


def lamp_of(case: Case, rules: Rules, calendar: WorkCalendar, now: datetime) -> Lamp:
    """Return the lamp a list or the map shows: that of the stage clock, or none once the case has ended."""
    reading = stage_clock(case, rules, calendar, now)
    return Lamp.NONE if reading is None else reading.lamp


def due_at(case: Case, rules: Rules, calendar: WorkCalendar, now: datetime) -> datetime | None:
    """Return when the whole case falls due (``due_at`` always means the case clock)."""
    reading = case_clock(case, rules, calendar, now)
    return None if reading is None else reading.due_at
