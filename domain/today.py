"""The figures of the day, counted from cases: each is what its docstring says and nothing more.

Imported cases are left out: they are another system's work (domain.md 2.2a). A rate without anything to divide by
is None, never 0 or 100 %.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import msgspec

from domain.case import Case, Rules
from domain.clock import Lamp, Limit, WorkCalendar, elapsed_s, limit_seconds
from domain.states import CaseState, Satisfaction
from domain.timing import HANDLING_STATES, lamp_of


class Today(msgspec.Struct, frozen=True):
    """The day's figures so far.

    ``reported``: cases opened today. ``filed``: those of them that were filed by now. ``closed``: cases closed today.
    ``overdue``: open cases whose present link is past its limit, whenever they were opened.
    ``handled_in_time`` of ``to_handle``: handling ended today within its limit, of all that ended today or is overdue
    in handling now. ``dispatch_s``: mean seconds from acceptance to first dispatch of the cases dispatched today.
    ``reworked``: cases sent out again today after a failed check. ``satisfied`` of ``answered``: revisits made today.
    """

    since: datetime
    reported: int = 0
    filed: int = 0
    closed: int = 0
    overdue: int = 0
    handled_in_time: int = 0
    to_handle: int = 0
    dispatch_s: int | None = None
    reworked: int = 0
    satisfied: int = 0
    answered: int = 0

    @property
    def in_time_rate(self) -> float | None:
        """Share of handling that was in time, 0 to 1."""
        return self.handled_in_time / self.to_handle if self.to_handle else None

    @property
    def satisfied_rate(self) -> float | None:
        """Share of answered revisits that were satisfied or basically so, 0 to 1."""
        return self.satisfied / self.answered if self.answered else None


def start_of_day(calendar: WorkCalendar, now: datetime) -> datetime:
    """Return the last midnight of the town, aware in its own zone."""
    local = now.astimezone(ZoneInfo(calendar.timezone))
    return local.replace(hour=0, minute=0, second=0, microsecond=0)


def today_figures(cases: Iterable[Case], rules: Rules, calendar: WorkCalendar, now: datetime) -> Today:
    """Return the figures from the last midnight of the town to ``now``."""
    since = start_of_day(calendar, now)
    tally = _Tally(since, rules, calendar, now)
    for case in cases:
        if not case.imported:
            tally.count(case)
    return tally.result()


class _Tally:
    def __init__(self, since: datetime, rules: Rules, calendar: WorkCalendar, now: datetime) -> None:
        self._since, self._rules, self._calendar, self._now = since, rules, calendar, now
        self._n = dict.fromkeys(
            (
                "reported",
                "filed",
                "closed",
                "overdue",
                "handled_in_time",
                "to_handle",
                "reworked",
                "satisfied",
                "answered",
            ),
            0,
        )
        self._waits: list[timedelta] = []

    def count(self, case: Case) -> None:
        n = self._n
        opened = self._is_today(case.opened_at)
        n["reported"] += opened
        n["filed"] += opened and case.condition != ""
        n["closed"] += self._is_today(case.closed_at) and case.state in (CaseState.CLOSED, CaseState.EVALUATED)
        self._count_handling(case)
        self._count_dispatch(case)
        if case.state is CaseState.EVALUATED and self._is_today(case.stage_since):
            answered = case.satisfaction not in (None, Satisfaction.UNREACHED)
            n["answered"] += answered
            n["satisfied"] += answered and case.satisfaction is not Satisfaction.NOT

    def result(self) -> Today:
        mean = sum(self._waits, timedelta()) / len(self._waits) if self._waits else None
        return Today(since=self._since, dispatch_s=None if mean is None else int(mean.total_seconds()), **self._n)

    def _is_today(self, at: datetime | None) -> bool:
        return at is not None and self._since <= at <= self._now

    def _count_handling(self, case: Case) -> None:
        late = lamp_of(case, self._rules, self._calendar, self._now) is Lamp.OVERDUE
        self._n["overdue"] += late
        if case.state in HANDLING_STATES:
            self._n["to_handle"] += late
        elif self._is_today(case.handled_at) and case.dispatched_at is not None and case.handling_limit is not None:
            self._n["to_handle"] += 1
            self._n["handled_in_time"] += self._in_time(case, case.handling_limit)

    def _in_time(self, case: Case, chosen: Limit) -> bool:
        if case.dispatched_at is None or case.handled_at is None:
            return False
        limit = Limit(chosen.amount * (1 + case.extension_count), chosen.unit)
        ran = elapsed_s(limit, self._calendar, case.dispatched_at, case.handled_at, case.pauses)
        return ran <= limit_seconds(limit, self._calendar)

    def _count_dispatch(self, case: Case) -> None:
        if case.dispatched_at is None or not self._is_today(case.dispatched_at):
            return
        if case.rework_count:
            self._n["reworked"] += 1
        elif case.accepted_at is not None and not case.redo_count:
            self._waits.append(case.dispatched_at - case.accepted_at)
