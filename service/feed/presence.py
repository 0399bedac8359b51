"""Who of the room has which case open at this moment: heard from the consoles, told to those who may see the case.

It is told so that no two work on one case unseen, and for nothing else: held in memory only, never stored, logged or
counted, and gone with the feed it came over. What altered is handed out twice a second however often it does, as the
difference to what readers with the same sight were told; who does not keep up is told everything once there is room.
Other services tell theirs in whole (``service.relay``) and are forgotten when they fall silent. Event loop only.
"""

from collections.abc import Iterable, Sequence

from msgspec import Struct

from domain.change import Subject
from domain.ids import AccountId, CaseNo
from domain.wire_feed import CaseViewers, Viewers
from service.access import Sight
from service.feed.reader import SOFT, Reader
from service.store.rows import watchers
from service.write.work import Recorded

SINCE = 3
"""The wire it came with."""
MOST_CASES = 500
"""Cases in one message."""
MOST_ELSEWHERE = 16
"""Other services listened to."""
SAY_EVERY_S = 5.0
"""A service says to the others who has what open at least so often while anybody has."""
SILENT_AFTER_S = 12.0
"""After so long without a word another service counts as gone."""

Seen = tuple[AccountId, CaseNo]
_Told = dict[CaseNo, tuple[AccountId, ...]]


class _Elsewhere(Struct):
    seen: frozenset[Seen]
    heard_at: float


class Presence:
    """Who has what open, here and at the other services. ``turn`` is called twice a second."""

    def __init__(self) -> None:
        self._here: dict[Reader, CaseNo | None] = {}
        self._elsewhere: dict[str, _Elsewhere] = {}
        self._marks: dict[CaseNo, frozenset[str]] = {}
        self._told: dict[Sight, _Told] = {}
        self._owed: set[Reader] = set()
        self._stale = False
        self._to_share = False
        self._shared_at = 0.0

    # -- hearing ---------------------------------------------------------------------------------------------------

    def open(self, reader: Reader, case_no: CaseNo | None, marks: frozenset[str] = frozenset()) -> None:
        """Note what a reader of the room has open; ``marks`` are the case's watchers. The first word asks for all."""
        if reader not in self._here:
            self._owed.add(reader)
        elif self._here[reader] == case_no:
            return
        self._here[reader] = case_no
        if case_no is not None:
            self._marks[case_no] = marks
        self._stale = self._to_share = True

    def __contains__(self, reader: Reader) -> bool:
        """Return whether a reader has said anything of what it has open."""
        return reader in self._here

    def has_open(self, reader: Reader) -> CaseNo | None:
        """Return what a reader said it has open."""
        return self._here.get(reader)

    def leave(self, reader: Reader) -> None:
        """A reader is gone, and with it what it had open."""
        self._owed.discard(reader)
        if self._here.pop(reader, None) is not None:
            self._stale = self._to_share = True

    def hear_of(self, recorded: Iterable[Recorded]) -> None:
        """Follow who may see the cases that are open."""
        for entry in recorded:
            if entry.case is not None and entry.change.subject is Subject.CASE and entry.case.case_no in self._marks:
                self._marks[entry.case.case_no] = watchers(entry.case)
                self._stale = True

    def unknown(self, seen: Iterable[Seen]) -> set[CaseNo]:
        """Return the cases among these of which it is not known who may see them."""
        return {case_no for _, case_no in seen} - self._marks.keys()

    def hear(self, origin: str, seen: Iterable[Seen], marks: dict[CaseNo, frozenset[str]], now: float) -> None:
        """Take all that another service says is open there; ``marks`` are watchers of cases not known here."""
        if origin not in self._elsewhere and len(self._elsewhere) >= MOST_ELSEWHERE:
            return
        self._marks |= marks
        self._elsewhere[origin] = _Elsewhere(frozenset(seen), now)
        self._stale = True

    # -- telling ---------------------------------------------------------------------------------------------------

    def share(self, now: float) -> list[Seen] | None:
        """Return all that is open here where the others are to be told of it now, else None."""
        seen = sorted({(r.account, case_no) for r, case_no in self._here.items() if case_no is not None})
        if not self._to_share and not (seen and now - self._shared_at >= SAY_EVERY_S):
            return None
        self._to_share, self._shared_at = False, now
        return [(AccountId(account), case_no) for account, case_no in seen]

    def share_again(self) -> None:
        """Somebody asks what is open here."""
        self._to_share = True

    def turn(self, now: float) -> None:
        """Hand out what altered."""
        silent = [origin for origin, kept in self._elsewhere.items() if now - kept.heard_at > SILENT_AFTER_S]
        for origin in silent:
            del self._elsewhere[origin]
        if not self._stale and not silent and not self._owed:
            return
        self._stale = False
        viewers = self._viewers()
        self._marks = {case_no: marks for case_no, marks in self._marks.items() if case_no in viewers}
        told: dict[Sight, tuple[_Told, list[bytes]]] = {}
        for reader in self._here:
            if reader.sight not in told:
                shown = {n: by for n, by in viewers.items() if reader.sight.sees_case(self._marks.get(n, frozenset()))}
                told[reader.sight] = (shown, _said(reader, _difference(self._told.get(reader.sight, {}), shown)))
            shown, fresh = told[reader.sight]
            self._tell(reader, shown, fresh)
        self._told = {sight: shown for sight, (shown, _) in told.items()}

    def _tell(self, reader: Reader, shown: _Told, fresh: list[bytes]) -> None:
        if reader.waiting >= SOFT:
            if fresh:
                self._owed.add(reader)
            return
        if reader in self._owed:
            self._owed.discard(reader)
            fresh = _said(reader, shown, whole=True)
        for frame in fresh:
            reader.put(frame)

    def _viewers(self) -> _Told:
        found: dict[CaseNo, set[AccountId]] = {}
        for reader, case_no in self._here.items():
            if case_no is not None:
                found.setdefault(case_no, set()).add(AccountId(reader.account))
        for kept in self._elsewhere.values():
            for account, case_no in kept.seen:
                found.setdefault(case_no, set()).add(account)
        return {case_no: tuple(sorted(accounts)) for case_no, accounts in found.items()}


def _difference(before: _Told, after: _Told) -> _Told:
    gone: _Told = {case_no: () for case_no in before if case_no not in after}
    return gone | {case_no: by for case_no, by in after.items() if before.get(case_no) != by}


def _said(reader: Reader, told: _Told, *, whole: bool = False) -> list[bytes]:
    """Return messages with this; none where there is nothing to say."""
    cases: Sequence[CaseViewers] = [CaseViewers(case_no, by) for case_no, by in told.items()]
    parts = [tuple(cases[i : i + MOST_CASES]) for i in range(0, len(cases), MOST_CASES)]
    if whole and not parts:
        parts = [()]
    return [reader.tongue.say(Viewers(part, whole=whole and i == 0)) for i, part in enumerate(parts)]
