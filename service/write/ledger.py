"""What the writer remembers between transactions: only what is committed, so that it can always be read again.

``seq`` is the last change it knows of. What others wrote waits in ``heard`` until it is handed out.
"""

from collections import OrderedDict
from datetime import datetime
from typing import TYPE_CHECKING

from domain.case import Case
from domain.change import Seq
from domain.ids import CaseNo
from service.world import World

if TYPE_CHECKING:
    from service.write.work import Recorded

MOST_CASES = 20_000
MOST_DAYS = 1_000


class Ledger:
    """The committed town, the cases touched last, and the counters. Used by the writing thread alone."""

    def __init__(self, world: World | None, seq: Seq) -> None:
        self.world = world
        self.seq = seq
        self.last_at: datetime | None = None
        self.counters: dict[str, int] = {}
        self.heard: list[Recorded] = []
        self._cases: OrderedDict[CaseNo, Case] = OrderedDict()

    def case(self, case_no: CaseNo) -> Case | None:
        """Return a remembered case."""
        case = self._cases.get(case_no)
        if case is not None:
            self._cases.move_to_end(case_no)
        return case

    def remember(self, case: Case) -> None:
        """Keep a committed case, forgetting the one used longest ago."""
        self._cases[case.case_no] = case
        self._cases.move_to_end(case.case_no)
        while len(self._cases) > MOST_CASES:
            self._cases.popitem(last=False)

    def drain_heard(self) -> "list[Recorded]":
        """Return what others wrote and was not handed out yet, in order."""
        heard, self.heard = self.heard, []
        return heard

    def remember_counters(self, counters: dict[str, int]) -> None:
        """Keep committed counters."""
        if len(self.counters) + len(counters) > MOST_DAYS:
            self.counters.clear()
        self.counters |= counters
