"""What is open at the end of a shift, gathered from the live picture (domain.md 6.2): the items of a handover sheet."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from domain.case import Case, Rules
from domain.change import Change
from domain.clock import Lamp, WorkCalendar
from domain.ids import CaseNo
from domain.register_shift import MOST_ITEMS, HandoverItem, ItemKind
from domain.states import ENDED, CaseState, Supervise
from domain.timing import stage_clock

SUSPENDED_WITHIN = timedelta(hours=24)
"""A suspension that ends so soon is told of."""
CALLBACK_WITHIN = timedelta(days=3)
"""A case closed longer ago is no longer waited for to be called back about."""


def open_items(
    cases: Iterable[Case], instructed: Iterable[Change], rules: Rules, calendar: WorkCalendar, now: datetime
) -> list[HandoverItem]:
    """Return what is open among the cases, the gravest first; ``instructed`` are the leader's words of this shift.

    At most ``MOST_ITEMS``.
    """
    found: list[HandoverItem] = []
    held = {case.case_no: case for case in cases}
    for case in sorted(held.values(), key=lambda c: c.opened_at):
        found += [HandoverItem(kind, case.title[:300], case.case_no) for kind in _kinds(case, rules, calendar, now)]
    for change in instructed:
        about = held.get(CaseNo(change.subject_id))
        title = "" if about is None else about.title
        found.append(HandoverItem(ItemKind.INSTRUCTED, f"{title} {change.data.get('text', '')}".strip()[:300], None))
    grave = list(ItemKind)
    found.sort(key=lambda item: grave.index(item.kind))
    return found[:MOST_ITEMS]


def _kinds(case: Case, rules: Rules, calendar: WorkCalendar, now: datetime) -> Iterable[ItemKind]:
    if case.state is CaseState.CLOSED:
        if case.closed_at is not None and now - case.closed_at < CALLBACK_WITHIN and case.satisfaction is None:
            yield ItemKind.CALLBACK
        return
    if case.state in ENDED:
        return
    reading = stage_clock(case, rules, calendar, now)
    if reading is not None and reading.lamp is Lamp.OVERDUE:
        yield ItemKind.OVERDUE
    if case.supervise is not Supervise.NONE:
        yield ItemKind.SUPERVISED
    if case.resume_at is not None and case.resume_at - now < SUSPENDED_WITHIN:
        yield ItemKind.SUSPENDED
    if case.request is not None:
        yield ItemKind.REQUEST
