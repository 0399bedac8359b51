"""Which cases are listed and in which order; no Qt. It keeps its order under single changes without sorting anew."""

from bisect import bisect_left
from collections.abc import Callable, Iterable
from enum import StrEnum

import msgspec

from domain.case import Case
from domain.clock import Lamp
from domain.ids import CaseNo
from domain.lamp_watch import LampWatch
from domain.states import ENDED, CaseState, Channel

Key = tuple[int, float, CaseNo]


class ListTab(StrEnum):
    """The lists an operator turns between. Names under ``desk.tab.<value>``."""

    ACCEPT = "accept"
    FILE = "file"
    DISPATCH = "dispatch"
    SIGN = "sign"
    HANDLE = "handle"
    CHECK = "check"
    CLOSE = "close"
    REQUESTS = "requests"  # what was asked of the room, whatever the state
    CALLBACK = "callback"  # who waits to be called back, or to be asked how it went
    ENDED = "ended"
    ALL = "all"


TAB_STATES: dict[ListTab, frozenset[CaseState]] = {
    ListTab.ACCEPT: frozenset({CaseState.REPORTED, CaseState.VERIFYING}),
    ListTab.FILE: frozenset({CaseState.PENDING_FILE}),
    ListTab.DISPATCH: frozenset({CaseState.PENDING_DISPATCH}),
    ListTab.SIGN: frozenset({CaseState.PENDING_HANDLE}),
    ListTab.HANDLE: frozenset({CaseState.HANDLING, CaseState.SUSPENDED, CaseState.ESCALATED}),
    ListTab.CHECK: frozenset({CaseState.PENDING_CHECK, CaseState.CHECKING}),
    ListTab.CLOSE: frozenset({CaseState.PENDING_CLOSE}),
    ListTab.ENDED: ENDED,
}
"""The states on each list; ``ALL`` holds every open case."""


def owes_call(case: Case) -> bool:
    """Return whether somebody of the case waits to be called back, or can be asked how it went."""
    if case.callbacks:
        return True
    return case.state is CaseState.CLOSED and not case.imported and any(report.has_contact for report in case.reports)


def _asks(case: Case) -> bool:
    return case.request is not None


ACROSS: dict[ListTab, Callable[[Case], bool]] = {ListTab.REQUESTS: _asks, ListTab.CALLBACK: owes_call}
"""Lists that go across the states."""

_TAB_OF: dict[CaseState, ListTab] = {state: tab for tab, states in TAB_STATES.items() for state in states}


class Order(StrEnum):
    """How the list is sorted. Names under ``desk.order.<value>``."""

    URGENCY = "urgency"  # what falls due first; then what stands still; then what has no clock
    NEWEST = "newest"
    OLDEST = "oldest"


class Filter(msgspec.Struct, frozen=True):
    """What is listed. Empty sets and an empty search leave nothing out; ``kinds`` are code prefixes.

    ``only`` are the cases that were chosen elsewhere (on the map), None where nothing was.
    """

    tab: ListTab = ListTab.ALL
    search: str = ""
    lamps: frozenset[Lamp] = frozenset()
    channels: frozenset[Channel] = frozenset()
    kinds: frozenset[str] = frozenset()
    only: frozenset[CaseNo] | None = None

    @property
    def narrowed(self) -> bool:
        """Whether more than the tab narrows the list."""
        return bool(self.search or self.lamps or self.channels or self.kinds or self.only is not None)


class CaseRows:
    """All cases by number, and the sorted view of those that pass the filter."""

    def __init__(self, watch: LampWatch, search_text: Callable[[Case], str]) -> None:
        self._watch, self._search_text = watch, search_text
        self._cases: dict[CaseNo, Case] = {}
        self._keys: list[Key] = []
        self._key_of: dict[CaseNo, Key] = {}
        self._counts: dict[ListTab, int] = dict.fromkeys(ListTab, 0)
        self.filter = Filter()
        self.order = Order.URGENCY

    def __len__(self) -> int:
        return len(self._keys)

    def at(self, row: int) -> Case:
        """Return the case in a row."""
        return self._cases[self._keys[row][2]]

    def row_of(self, case_no: CaseNo) -> int | None:
        """Return the row of a case, or None where it is not listed."""
        key = self._key_of.get(case_no)
        return None if key is None else bisect_left(self._keys, key)

    def key_of(self, case_no: CaseNo) -> Key | None:
        """Return what a case is sorted by, or None where it is not listed."""
        return self._key_of.get(case_no)

    def place_of(self, key: Key) -> int:
        """Return the row that a case sorted by this has, or would have were it listed."""
        return bisect_left(self._keys, key)

    def case(self, case_no: CaseNo) -> Case | None:
        """Return a case whether it is listed or not."""
        return self._cases.get(case_no)

    def counts(self) -> dict[ListTab, int]:
        """Return how many cases each tab holds, filter left out."""
        return dict(self._counts)

    def known(self) -> int:
        """Return how many cases there are, listed or not."""
        return len(self._cases)

    def kinds(self) -> set[str]:
        """Return the kinds that occur."""
        return {case.kind for case in self._cases.values()}

    def put(self, case: Case) -> None:
        """Take a case, new or changed; the watch has it already."""
        self.forget(case.case_no)
        self._cases[case.case_no] = case
        self._count(case, +1)
        if self.passes(case):
            key = self._key(case)
            self._keys.insert(bisect_left(self._keys, key), key)
            self._key_of[case.case_no] = key

    def place_for(self, case: Case) -> int | None:
        """Return the row ``put`` will give a case, or None where it will not be listed; changes nothing."""
        if not self.passes(case):
            return None
        key = self._key(case)
        row = bisect_left(self._keys, key)
        old = self._key_of.get(case.case_no)
        return row - 1 if old is not None and old < key else row

    def forget(self, case_no: CaseNo) -> int | None:
        """Drop a case; return the row it had."""
        case = self._cases.pop(case_no, None)
        if case is None:
            return None
        self._count(case, -1)
        key = self._key_of.pop(case_no, None)
        if key is None:
            return None
        row = bisect_left(self._keys, key)
        del self._keys[row]
        return row

    def load(self, cases: Iterable[Case]) -> None:
        """Replace all cases."""
        self._cases = {case.case_no: case for case in cases}
        self._counts = dict.fromkeys(ListTab, 0)
        for case in self._cases.values():
            self._count(case, +1)
        self.rebuild()

    def add_all(self, cases: Iterable[Case]) -> None:
        """Take many cases at once and sort anew."""
        for case in cases:
            old = self._cases.get(case.case_no)
            if old is not None:
                self._count(old, -1)
            self._cases[case.case_no] = case
            self._count(case, +1)
        self.rebuild()

    def rebuild(self) -> None:
        """Filter and sort anew, after the filter or the order was changed."""
        self._key_of = {case.case_no: self._key(case) for case in self._cases.values() if self.passes(case)}
        self._keys = sorted(self._key_of.values())

    def passes(self, case: Case) -> bool:
        """Return whether a case is listed under the filter."""
        wanted = self.filter
        if wanted.only is not None and case.case_no not in wanted.only:
            return False
        if not _on_tab(case, wanted.tab):
            return False
        if wanted.channels and case.channel not in wanted.channels:
            return False
        if wanted.lamps and self._watch.lamp(case.case_no) not in wanted.lamps:
            return False
        if wanted.kinds and not case.kind.startswith(tuple(wanted.kinds)):
            return False
        if not wanted.search:
            return True
        text = self._search_text(case).casefold()
        return all(word in text for word in wanted.search.casefold().split())

    def _key(self, case: Case) -> Key:
        if self.order is Order.URGENCY and self.filter.tab in ACROSS:
            return self._across_key(case)
        if self.order is Order.NEWEST:
            return 0, -case.opened_at.timestamp(), case.case_no
        if self.order is Order.OLDEST:
            return 0, case.opened_at.timestamp(), case.case_no
        if case.state in ENDED:
            return 3, -case.stage_since.timestamp(), case.case_no
        due = self._watch.due_at(case.case_no)
        if due is not None:
            return 0, due.timestamp(), case.case_no
        standing = self._watch.lamp(case.case_no) is Lamp.PAUSED
        return 1 if standing else 2, case.stage_since.timestamp(), case.case_no

    def _across_key(self, case: Case) -> Key:
        """What was asked first, and whom a call was promised soonest; those without a promise after them."""
        if self.filter.tab is ListTab.REQUESTS and case.request is not None:
            return 0, case.request.asked_at.timestamp(), case.case_no
        for report in case.callbacks[:1]:
            if report.callback_by is not None:
                return 0, report.callback_by.timestamp(), case.case_no
            return 1, report.reported_at.timestamp(), case.case_no
        return 2, (case.closed_at or case.opened_at).timestamp(), case.case_no

    def _count(self, case: Case, by: int) -> None:
        tab = _TAB_OF.get(case.state)
        if tab is not None:
            self._counts[tab] += by
        if case.state not in ENDED:
            self._counts[ListTab.ALL] += by
        for across, holds in ACROSS.items():
            if holds(case):
                self._counts[across] += by


def _on_tab(case: Case, tab: ListTab) -> bool:
    if tab is ListTab.ALL:
        return case.state not in ENDED
    if tab in ACROSS:
        return ACROSS[tab](case)
    return case.state in TAB_STATES[tab]
