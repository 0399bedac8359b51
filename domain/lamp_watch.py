"""Keeping the lamps of many cases right without reading every clock every second.

A limit's own time never runs faster than the wall clock, so a lamp cannot change before the seconds to its next
threshold have passed. Each case is looked at again only then. Who calls passes the time in.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from heapq import heappop, heappush

from domain.case import Case, Rules
from domain.clock import NEAR_SHARE, Lamp, Reading, WorkCalendar, limit_seconds
from domain.ids import CaseNo
from domain.timing import stage_clock

LEAST_WAIT_S = 1


class LampWatch:
    """The lamp and the due moment of every open case, as of the last ``put`` or ``advance``."""

    def __init__(self, rules: Rules, calendar: WorkCalendar) -> None:
        self._rules, self._calendar = rules, calendar
        self._cases: dict[CaseNo, Case] = {}
        self._lamps: dict[CaseNo, Lamp] = {}
        self._due: dict[CaseNo, datetime | None] = {}
        self._next: list[tuple[datetime, CaseNo]] = []
        self._planned: dict[CaseNo, datetime] = {}

    def put(self, case: Case, now: datetime) -> Lamp:
        """Take a case, new or changed, and return its lamp."""
        self._cases[case.case_no] = case
        return self._look(case, now)

    def drop(self, case_no: CaseNo) -> None:
        """Forget a case."""
        for kept in (self._cases, self._lamps, self._due, self._planned):
            kept.pop(case_no, None)

    def lamp(self, case_no: CaseNo) -> Lamp:
        """Return the lamp of a case; none for one that is not known."""
        return self._lamps.get(case_no, Lamp.NONE)

    def due_at(self, case_no: CaseNo) -> datetime | None:
        """Return when the stage clock of a case falls due; None while it stands still or none runs."""
        return self._due.get(case_no)

    def advance(self, now: datetime, at_most: int = 500) -> list[CaseNo]:
        """Look again at the cases whose time has come, at most so many; return those whose lamp changed."""
        changed: list[CaseNo] = []
        for _ in range(at_most):
            if not self._next or self._next[0][0] > now:
                break
            at, case_no = heappop(self._next)
            if self._planned.get(case_no) != at:
                continue
            before = self._lamps[case_no]
            if self._look(self._cases[case_no], now) is not before:
                changed.append(case_no)
        return changed

    def counts(self) -> dict[Lamp, int]:
        """Return how many cases show each lamp."""
        found = dict.fromkeys(Lamp, 0)
        for lamp in self._lamps.values():
            found[lamp] += 1
        return found

    def put_all(self, cases: Iterable[Case], now: datetime) -> None:
        """Take many cases."""
        for case in cases:
            self.put(case, now)

    def _look(self, case: Case, now: datetime) -> Lamp:
        reading = stage_clock(case, self._rules, self._calendar, now)
        lamp = Lamp.NONE if reading is None else reading.lamp
        self._lamps[case.case_no] = lamp
        self._due[case.case_no] = None if reading is None else reading.due_at
        wait_s = None if reading is None else self._wait_s(reading)
        if wait_s is None:
            self._planned.pop(case.case_no, None)
        else:
            at = now + timedelta(seconds=max(wait_s, LEAST_WAIT_S))
            self._planned[case.case_no] = at
            heappush(self._next, (at, case.case_no))
        return lamp

    def _wait_s(self, reading: Reading) -> int | None:
        """Seconds before which the lamp cannot change; None where it never will by itself."""
        whole_s = limit_seconds(reading.limit, self._calendar)
        if reading.lamp is Lamp.WITHIN:
            return int(NEAR_SHARE * whole_s) + 1 - reading.elapsed_s
        return whole_s + 1 - reading.elapsed_s if reading.lamp is Lamp.NEAR else None
