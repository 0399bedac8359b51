"""What the writer remembers between transactions: only what is committed, so that it can always be read again."""

from collections import OrderedDict
from datetime import datetime

from domain.case import Case
from domain.change import Seq
from domain.ids import CaseNo
from service.world import World

MOST_CASES = 20_000
MOST_DAYS = 1_000


class Ledger:
    """The committed town, the cases touched last, and the counters. Used by the writing thread alone."""

    def __init__(self, world: World | None, seq: Seq) -> None:
        self.world = world
        self.seq = seq
        self.last_at: datetime | None = None
        self.counters: dict[str, int] = {}
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

    def forget(self, case_no: CaseNo) -> None:
        """Read a case again when it is next asked for."""
        self._cases.pop(case_no, None)

    def remember_counters(self, counters: dict[str, int]) -> None:
        """Keep committed counters."""
        if len(self.counters) + len(counters) > MOST_DAYS:
            self.counters.clear()
        self.counters |= counters
