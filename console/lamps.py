"""The lamps of all open cases, kept right without reading every clock every second.

A clock's lamp can change only when a threshold is reached, and working time runs no faster than time: so each case is
looked at again after at least the seconds that are missing, and never before.
"""

import heapq
from collections import Counter
from datetime import datetime

from domain.case import Case, Rules
from domain.clock import NEAR_SHARE, Lamp, Reading, WorkCalendar
from domain.ids import CaseNo
from domain.timing import stage_clock


class LampWatch:
    """The lamp of each case it was told of, and when to look again. Times are the service's, aware UTC."""

    def __init__(self) -> None:
        self._rules: Rules | None = None
        self._calendar: WorkCalendar | None = None
        self._lamps: dict[CaseNo, Lamp] = {}
        self._next: dict[CaseNo, float] = {}
        self._heap: list[tuple[float, CaseNo]] = []

    def begin(self, rules: Rules, calendar: WorkCalendar) -> None:
        """Forget all cases and judge by these rules from here on."""
        self._rules, self._calendar = rules, calendar
        self._lamps.clear()
        self._next.clear()
        self._heap.clear()

    def note(self, case: Case, now: datetime) -> Lamp:
        """Take a case as it is now and return its lamp. Raises RuntimeError before ``begin``."""
        if self._rules is None or self._calendar is None:
            raise RuntimeError("lamps are judged by rules: call begin first")
        reading = stage_clock(case, self._rules, self._calendar, now)
        lamp = Lamp.NONE if reading is None else reading.lamp
        self._lamps[case.case_no] = lamp
        wait = None if reading is None else seconds_to_next(reading)
        if wait is None:
            self._next.pop(case.case_no, None)
        else:
            moment = now.timestamp() + wait
            self._next[case.case_no] = moment
            heapq.heappush(self._heap, (moment, case.case_no))
        return lamp

    def forget(self, case_no: CaseNo) -> None:
        """Stop watching a case."""
        self._lamps.pop(case_no, None)
        self._next.pop(case_no, None)

    def due(self, now: datetime, most: int) -> list[CaseNo]:
        """Return cases to ``note`` again, at most so many; the rest comes with the next call."""
        found: list[CaseNo] = []
        at = now.timestamp()
        while self._heap and self._heap[0][0] <= at and len(found) < most:
            moment, case_no = heapq.heappop(self._heap)
            if self._next.get(case_no) == moment:
                del self._next[case_no]
                found.append(case_no)
        return found

    def counts(self) -> Counter[Lamp]:
        """Return how many cases show each lamp."""
        return Counter(self._lamps.values())


def seconds_to_next(reading: Reading) -> int | None:
    """Return the least seconds until a clock can show another lamp; None where only a change can bring that."""
    whole = reading.elapsed_s + reading.remaining_s
    if reading.stopped_at is not None:
        return None
    if reading.lamp is Lamp.WITHIN:
        return max(1, int(NEAR_SHARE * whole) + 1 - reading.elapsed_s)
    if reading.lamp is Lamp.NEAR:
        return max(1, reading.remaining_s + 1)
    return None
