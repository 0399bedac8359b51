"""A job's share of a transaction: what it reads (with everything staged before it) and what it wants written.

A job that raises leaves nothing behind: its work is simply not taken into the batch.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import Connection, Executable

from domain.case import Case, Condition
from domain.change import Change, Seq, Subject
from domain.command import Context
from domain.faults import Fault, FaultKind
from domain.fold import fold
from domain.ids import SERVICE, AccountId, AttachmentId, CaseNo, StaffId, UnitId
from domain.people import Staff, Unit
from domain.register import Entry, EntryKind
from domain.states import CaseState
from domain.step import ROOM
from service.placing import Placed
from service.store import reads, register
from service.store import statements as sql
from service.store.reads import Head
from service.tokens import find_account
from service.world import World
from service.write.ledger import Ledger
from service.write.staged import Staged

MAX_DATA = 256 * 1024
"""Bytes of one change's payload."""


class Author(msgspec.Struct, frozen=True):
    """Under whose name a change is written: the account, and the staff member it spoke for."""

    account: AccountId
    on_behalf_of: StaffId | None = None


SYSTEM = Author(SERVICE)
"""The service's own timers."""


class Recorded(msgspec.Struct, frozen=True):
    """A change and, where it is about one, the case after and before it."""

    change: Change
    case: Case | None = None
    before: Case | None = None


class Batch:
    """What one transaction has come to so far. ``seq`` is the last change in it; ``head`` is where it began."""

    def __init__(self, connection: Connection, ledger: Ledger, head: Head, now: datetime) -> None:
        self.connection = connection
        self.ledger = ledger
        self.head = head
        self.seq: Seq = head.seq
        self.now = now if ledger.last_at is None else max(now, ledger.last_at)
        self.world: World | None = None if ledger.world is None else ledger.world.at(self.now)
        self.cases: dict[CaseNo, Case] = {}
        self.counters: dict[str, int] = {}
        self.sources: dict[tuple[str, str], CaseNo] = {}
        self.answered: dict[tuple[str, str], tuple[bytes, int]] = {}
        self.placed: dict[tuple[float, float], Placed] = {}
        self.attachments: set[AttachmentId] = set()
        self.entries: dict[str, Entry] = {}
        self.entry_counts: dict[tuple[EntryKind, str], int] = {}
        self.recorded: list[Recorded] = []
        self.staged = Staged()

    def take(self, work: "Work", *, written: bool = False) -> None:
        """Make a finished job's work part of the transaction; ``written`` says it is in the store already."""
        self.seq = work.seq
        self.world = work.world_after
        self.cases |= work.cases
        self.recorded += work.recorded
        if work.counters:
            self.counters |= work.counters
        if work.sources:
            self.sources |= work.sources
        if work.attachments:
            self.attachments |= work.attachments
        if work.entries:
            self.entries |= work.entries
            self.entry_counts |= work.entry_counts
        if not written:
            self.staged.take(work.staged)


class Work:
    """What one job reads and writes. It is the ``Known`` the rules look things up in."""

    def __init__(self, batch: Batch) -> None:
        self.connection = batch.connection
        self.seq = batch.seq
        self.now = batch.now
        self.world_after = batch.world
        self.cases: dict[CaseNo, Case] = {}
        self.counters: dict[str, int] = {}
        self.sources: dict[tuple[str, str], CaseNo] = {}
        self.attachments: set[AttachmentId] = set()
        self.entries: dict[str, Entry] = {}
        self.entry_counts: dict[tuple[EntryKind, str], int] = {}
        self.recorded: list[Recorded] = []
        self.staged = Staged()
        self._batch = batch
        self._ledger = batch.ledger

    @property
    def world(self) -> World:
        """The town; a store that has none yet only takes accounts."""
        if self.world_after is None:
            raise Fault(FaultKind.UNAVAILABLE, "no_town")
        return self.world_after

    def context(self) -> Context:
        """Return what the rules judge by at this moment."""
        info = self.world.info
        return Context(now=self.now, calendar=info.calendar, rules=info.rules, known=self)

    # -- domain.command.Known --------------------------------------------------------------------------------------

    def unit(self, unit_id: UnitId) -> Unit | None:
        """Return a unit by its id."""
        return self.world.units.get(unit_id)

    def staff(self, staff_id: StaffId) -> Staff | None:
        """Return a staff member by id."""
        return self.world.staff.get(staff_id)

    def condition(self, code: str) -> Condition | None:
        """Return a filing condition by its code."""
        return self.world.conditions.get(code)

    def case(self, case_no: CaseNo) -> Case | None:
        """Return a case as it stands within this transaction."""
        for known in (self.cases, self._batch.cases):
            if case_no in known:
                return known[case_no]
        kept = self._ledger.case(case_no)
        if kept is None:
            kept = reads.case(self.connection, case_no)
            if kept is not None:
                self._ledger.remember(kept)
        return kept

    def colleague(self, account: AccountId) -> bool:
        """Return whether that account is of somebody who works at a console of the room, and in use."""
        found = find_account(self.connection, account)
        return found is not None and not found.disabled and not found.locked and bool(found.actor.roles & ROOM)

    def has_attachment(self, attachment_id: AttachmentId) -> bool:
        """Return whether an attachment of that id is kept."""
        if attachment_id in self.attachments or attachment_id in self._batch.attachments:
            return True
        return reads.has_attachment(self.connection, attachment_id)

    def case_with_source(self, source: str, source_no: str) -> CaseNo | None:
        """Return the case that carries a source's number. The batch has asked the store beforehand."""
        pair = (source, source_no)
        return self.sources.get(pair) or self._batch.sources.get(pair)

    def entry(self, key: str) -> Entry | None:
        """Return an entry of the register as it stands within this transaction, removed or not."""
        staged = self.entries.get(key) or self._batch.entries.get(key)
        return staged if staged is not None else register.entry(self.connection, key)

    def prefetch_entries(self, keys: Iterable[str]) -> None:
        """Bring many entries into memory with few questions."""
        missing = [key for key in keys if key not in self.entries and key not in self._batch.entries]
        for entry in register.entries_in(self.connection, missing):
            self.entries[entry.key] = entry

    def entry_count(self, kind: EntryKind, author: str) -> int:
        """Return how many entries a register holds within this transaction, of one author unless that is ""."""
        which = (kind, author)
        held = self.entry_counts.get(which, self._batch.entry_counts.get(which))
        if held is None:
            held = register.count(self.connection, kind, author or None)
        self.entry_counts[which] = held
        return held

    def place(self, lon: float | None, lat: float | None) -> Placed:
        """Return where a place lies: from what the batch looked up (no job of a shared batch alters grids), or now."""
        if lon is not None and lat is not None and (lon, lat) in self._batch.placed:
            return self._batch.placed[lon, lat]
        return self.world.index.place(lon, lat)

    def trial(self) -> "Work":
        """Return a work of the same transaction that comes to nothing, for judging without writing."""
        return Work(self._batch)

    # -- writing ---------------------------------------------------------------------------------------------------

    def put(self, statement: Executable, *rows: dict[str, Any]) -> None:
        """Stage rows for a statement."""
        self.staged.put(statement, rows)

    def next_number(self, day: str) -> int:
        """Return the next case number of a local day ``yyyymmdd``."""
        last = self.counters.get(day)
        if last is None:
            last = self._batch.counters.get(day)
        if last is None:
            last = self._ledger.counters.get(day)
        if last is None:
            last = reads.counter(self.connection, day)
        self.counters[day] = last + 1
        return last + 1

    def record(
        self,
        subject: Subject,
        subject_id: str,
        action: str,
        author: Author,
        data: dict[str, Any],
        *,
        version: int = 0,
        state: CaseState | None = None,
        occurred_at: datetime | None = None,
        plain: bool = False,
    ) -> Change:
        """Append a change to the log. Raises ``Fault('change_too_large')`` beyond ``MAX_DATA``.

        ``plain`` says that ``data`` is read back from its JSON as it is (no tuples, moments or enums in it), and that
        nobody alters it any more: it need not be read back, then.
        """
        payload = msgspec.json.encode(data)
        if len(payload) > MAX_DATA:
            raise Fault(FaultKind.TOO_LARGE, "change_too_large", limit=MAX_DATA)
        change = Change(
            seq=self.seq + 1,
            subject=subject,
            subject_id=subject_id,
            action=action,
            actor=author.account,
            recorded_at=self.now,
            version=version,
            state=state,
            on_behalf_of=author.on_behalf_of,
            occurred_at=occurred_at,
            data=data if plain else msgspec.json.decode(payload),
        )
        self.staged.changes.append((change, payload))
        self.seq = change.seq
        if subject is not Subject.CASE:
            self.recorded.append(Recorded(change))
        return change

    def record_case(
        self,
        case: Case | None,
        case_no: CaseNo,
        action: str,
        author: Author,
        data: dict[str, Any],
        *,
        state: CaseState,
        occurred_at: datetime | None = None,
        plain: bool = False,
    ) -> tuple[Change, Case]:
        """Append a change on a case (None for its first) and stage the case after it. ``plain`` as in ``record``."""
        version = 1 if case is None else case.version + 1
        change = self.record(
            Subject.CASE,
            case_no,
            action,
            author,
            data,
            version=version,
            state=state,
            occurred_at=occurred_at,
            plain=plain,
        )
        after = fold(case, change)
        for photo in _photos_named(data):
            self.put(sql.USE_ATTACHMENT, {"which": photo})
        for photo in _photos_of(after) - (_photos_of(case) if case is not None else frozenset()):
            self.put(sql.ADD_PHOTO_CASE, {"attachment_id": photo, "seq": change.seq, "case_no": case_no})
        (self.staged.born if case is None else self.staged.altered).append((after, change.seq))
        self.cases[case_no] = after
        self.recorded.append(Recorded(change, after, case))
        return change, after

    def prefetch(self, numbers: Iterable[CaseNo]) -> None:
        """Bring many cases into memory with few questions."""
        missing = [
            n for n in numbers if n not in self.cases and n not in self._batch.cases and not self._ledger.case(n)
        ]
        for case in reads.cases_in(self.connection, missing):
            self._ledger.remember(case)


def _photos_named(data: dict[str, Any]) -> list[str]:
    """Return the photos a change on a case names. A first change carries them in its report."""
    brought = data.get("report")
    named = [*data.get("photos", ()), *data.get("after_photos", ())]
    return named if brought is None else [*named, *brought["photos"]]


def _photos_of(case: Case) -> frozenset[str]:
    """Return every photo that hangs on a case, with its reports."""
    named = [*case.photos, *case.after_photos]
    for report in case.reports:
        named += report.photos
    return frozenset(named)
