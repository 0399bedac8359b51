"""The live picture: everything a console shows, kept right by folding the changes that arrive.

No I/O. ``apply`` says in a ``Delta`` what it altered and what has to be fetched to stay right. The rules:

* changes arrive in the order of their numbers; a number that does not come next is a hole and asks for a resync;
* a number at or below the head was heard before and is passed over;
* a change on a case that does not follow what we hold (a case never seen, or seen before some skipped change) asks for
  that case: ``wanted`` holds the version it must have at least, ``put_case`` brings it;
* a change of an entry says all of it, so none is ever wanted; readings are telemetry, like positions;
* who has which case open holds for one line: another one begins with nobody;
* changes of units, staff, town, grids and divisions ask for the reference data again.
"""

from collections.abc import Collection, Iterable

import msgspec

from client.fixes import LatestFixes
from domain.case import Case, Condition
from domain.change import Change, Subject
from domain.clock import ServiceClock
from domain.fold import fold
from domain.ids import AccountId, AttachmentId, CaseNo, EntryId, StaffId, ThingId, UnitId
from domain.people import Actor, Staff, Unit, Vehicle
from domain.reading import Reading
from domain.register import REGISTERS, Entry, EntryKind, fold_entry, reaches
from domain.step import ROOM
from domain.wire import AccountName, Me, Outcome, Snapshot, TownInfo
from domain.wire_feed import (
    Bye,
    Changes,
    FeedMessage,
    Fixes,
    Hello,
    KeepAlive,
    Readings,
    Resync,
    Skip,
    Viewers,
)

EntryKey = tuple[EntryKind, EntryId]

_REFERENCE = frozenset({Subject.GRID, Subject.DIVISION, Subject.UNIT, Subject.STAFF, Subject.TOWN, Subject.POSITIONS})
_SHAPES = frozenset({Subject.GRID, Subject.DIVISION, Subject.TOWN})


class Delta(msgspec.Struct, frozen=True):
    """What a message altered. ``whole`` means everything may have (a snapshot was loaded).

    ``changes`` are the changes taken, in order; ``cases`` the numbers of cases that look different now, ``removed``
    those no longer shown to us; ``entries`` and ``readings`` those of the register that altered or went;
    ``viewers`` the cases that somebody opened or closed; ``fetch`` the cases to ask for; ``resync`` a reason to fetch a
    snapshot.
    """

    whole: bool = False
    changes: tuple[Change, ...] = ()
    cases: frozenset[CaseNo] = frozenset()
    removed: frozenset[CaseNo] = frozenset()
    positions: frozenset[ThingId] = frozenset()
    gone: frozenset[ThingId] = frozenset()
    fetch: frozenset[CaseNo] = frozenset()
    entries: frozenset[EntryKey] = frozenset()
    readings: frozenset[EntryKey] = frozenset()
    viewers: frozenset[CaseNo] = frozenset()
    reference: bool = False
    shapes: bool = False
    resync: str | None = None

    @property
    def empty(self) -> bool:
        """Whether nothing at all came of the message."""
        return self == NOTHING


NOTHING = Delta()


class Picture:
    """The town as of change ``head``: filled by ``load``, kept by ``apply``. It implements ``domain.command.Known``."""

    def __init__(self, snapshot: Snapshot) -> None:
        self.load(snapshot)

    def load(self, snapshot: Snapshot) -> Delta:
        """Take everything from a snapshot and drop what was held before."""
        self.epoch = snapshot.epoch
        self.head: int = snapshot.head
        self.ended_left_out = snapshot.ended_left_out
        self.cases: dict[CaseNo, Case] = {c.case_no: c for c in snapshot.cases}
        self.positions = LatestFixes(snapshot.positions)
        self.entries: dict[EntryKey, Entry] = {(e.kind, e.entry_id): e for e in snapshot.entries}
        self.readings: dict[EntryKey, Reading] = {r.key: r for r in snapshot.readings}
        self.viewers: dict[CaseNo, tuple[AccountId, ...]] = {}
        self.wanted: dict[CaseNo, int] = {}
        self._uploaded: set[AttachmentId] = set()
        self.load_reference(snapshot)
        return Delta(whole=True, reference=True, shapes=True)

    def load_reference(self, snapshot: Snapshot) -> Delta:
        """Take only what changes seldom: town, units, staff, vehicles, clock, ourselves.

        Cases and positions stay: a snapshot asked for during a live feed may be ahead of the feed or behind it.
        """
        self.me: Me = snapshot.me
        self.town: TownInfo = snapshot.town
        self.clock: ServiceClock = snapshot.clock
        self.geometry: str = snapshot.geometry
        self.units: dict[UnitId, Unit] = {u.unit_id: u for u in snapshot.units}
        self.members: dict[StaffId, Staff] = {s.staff_id: s for s in snapshot.staff}
        self.vehicles: dict[ThingId, Vehicle] = {v.vehicle_id: v for v in snapshot.vehicles}
        self.people: dict[AccountId, str] = {p.account: p.name for p in snapshot.people}
        self.colleagues: tuple[AccountName, ...] = tuple(p for p in snapshot.people if p.roles & ROOM)
        self._conditions = {c.code: c for c in self.town.conditions}
        return Delta(reference=True)

    @property
    def actor(self) -> Actor:
        """Whoever is signed in, as the rules see them."""
        return Actor(account=self.me.account, roles=self.me.roles, unit=self.me.unit, staff=self.me.staff)

    # -- domain.command.Known --------------------------------------------------------------------------------------

    def unit(self, unit_id: UnitId) -> Unit | None:
        """Return a unit by its id."""
        return self.units.get(unit_id)

    def staff(self, staff_id: StaffId) -> Staff | None:
        """Return a staff member by id."""
        return self.members.get(staff_id)

    def condition(self, code: str) -> Condition | None:
        """Return a filing condition by its code."""
        return self._conditions.get(code)

    def case(self, case_no: CaseNo) -> Case | None:
        """Return a case by its number, None where this picture does not hold it."""
        return self.cases.get(case_no)

    def colleague(self, account: AccountId) -> bool:
        """Return whether that account is of somebody who works at a console of the room."""
        return any(account == known.account for known in self.colleagues)

    def has_attachment(self, attachment_id: AttachmentId) -> bool:
        """Return whether a photo is known here: uploaded from here, or on a case held."""
        return attachment_id in self._uploaded or any(
            attachment_id in case.photos or attachment_id in case.after_photos for case in self.cases.values()
        )

    def note_upload(self, attachment_id: AttachmentId) -> None:
        """Note a photo that was uploaded from here."""
        self._uploaded.add(attachment_id)

    # -- messages --------------------------------------------------------------------------------------------------

    def apply(self, message: FeedMessage) -> Delta:
        """Take one feed message and return what came of it. Never raises for what a message says."""
        match message:
            case Changes(changes=changes):
                return self._take_changes(changes)
            case Skip(first=first, last=last):
                return self._take_skip(first, last)
            case Fixes() | Readings() | Viewers():
                return self._take_telemetry(message)
            case KeepAlive(head=head):
                return self._take_promise(head)
            case Hello(epoch=epoch, head=head, clock=clock):
                return self._take_hello(epoch, head, clock)
            case Resync(reason=reason):
                return Delta(resync=reason)
            case Bye():
                return NOTHING

    def put_case(self, case: Case) -> Delta:
        """Take a case as the service has it now; an older version than ours is left.

        A wanted case stays wanted until it comes with every change that was heard of it.
        """
        if case.version >= self.wanted.get(case.case_no, 0):
            self.wanted.pop(case.case_no, None)
        held = self.cases.get(case.case_no)
        if held is not None and held.version >= case.version:
            return NOTHING
        self.cases[case.case_no] = case
        return Delta(cases=frozenset({case.case_no}))

    def put_outcome(self, outcome: Outcome) -> Delta:
        """Take the answer to our own command at once; the feed brings the same change again and it is passed over."""
        return self.put_case(outcome.case)

    def put_entry(self, entry: Entry) -> Delta:
        """Take an entry as the service has it now (the answer to our own command); an older one than ours is left."""
        key = (entry.kind, entry.entry_id)
        held = self.entries.get(key)
        if held is not None and held.version >= entry.version:
            return NOTHING
        if not self._keeps(entry):
            return NOTHING if self.entries.pop(key, None) is None else Delta(entries=frozenset({key}))
        self.entries[key] = entry
        return Delta(entries=frozenset({key}))

    def entries_of(self, kind: EntryKind) -> Collection[Entry]:
        """Return the entries of a register, those included whose end has come and was not told of yet."""
        return [entry for (of, _), entry in self.entries.items() if of is kind]

    def _keeps(self, entry: Entry) -> bool:
        """Return whether an entry is there, and in our area (one that is moved away is told of once more)."""
        rule = REGISTERS.get(entry.kind)
        return rule is not None and not entry.removed and (rule.private or reaches(rule, entry.area, self.me.area))

    def drop_case(self, case_no: CaseNo) -> Delta:
        """Forget a case that the service no longer shows us."""
        self.wanted.pop(case_no, None)
        gone = self.cases.pop(case_no, None)
        return NOTHING if gone is None else Delta(removed=frozenset({case_no}))

    def _take_hello(self, epoch: str, head: int, clock: ServiceClock) -> Delta:
        left, self.viewers = frozenset(self.viewers), {}
        if epoch != self.epoch or head < self.head:
            return Delta(viewers=left, resync="other_epoch")
        altered, self.clock = clock != self.clock, clock
        return Delta(viewers=left, reference=altered)

    def _take_promise(self, head: int) -> Delta:
        """Whatever the service has, up to ``head``, was sent before it said so; what has not come was lost."""
        return Delta(resync="hole") if self.head < head else NOTHING

    def _take_skip(self, first: int, last: int) -> Delta:
        if first > self.head + 1 or last < first:
            return Delta(resync="hole")
        self.head = max(self.head, last)
        return NOTHING

    def _take_changes(self, changes: Iterable[Change]) -> Delta:
        taken: list[Change] = []
        altered: set[CaseNo] = set()
        entries: set[EntryKey] = set()
        fetch: set[CaseNo] = set()
        resync = None
        for change in changes:
            if change.seq <= self.head:
                continue
            if change.seq != self.head + 1:
                resync = "hole"
                break
            self.head = change.seq
            taken.append(change)
            if change.subject is Subject.CASE:
                self._take_case_change(change, altered, fetch)
            elif change.subject is Subject.ENTRY:
                entries |= self._take_entry_change(change)
        subjects = {change.subject for change in taken}
        return Delta(
            changes=tuple(taken),
            cases=frozenset(altered),
            fetch=frozenset(fetch),
            entries=frozenset(entries),
            reference=bool(subjects & _REFERENCE),
            shapes=bool(subjects & _SHAPES),
            resync=resync,
        )

    def _take_case_change(self, change: Change, altered: set[CaseNo], fetch: set[CaseNo]) -> None:
        case_no = CaseNo(change.subject_id)
        held = self.cases.get(case_no)
        if held is not None and change.version <= held.version:
            return
        if case_no in self.wanted:
            self.wanted[case_no] = change.version
            fetch.add(case_no)
            return
        follows = None if held is None and change.version != 1 else _fold(held, change)
        if follows is None:
            self.wanted[case_no] = change.version
            fetch.add(case_no)
            return
        self.cases[case_no] = follows
        altered.add(case_no)

    def _take_entry_change(self, change: Change) -> frozenset[EntryKey]:
        try:
            return self.put_entry(fold_entry(change)).entries
        except (ValueError, KeyError, TypeError):  # of a later program
            return frozenset()

    def _take_telemetry(self, message: Fixes | Readings | Viewers) -> Delta:
        if isinstance(message, Viewers):
            return self._take_viewers(message)
        return self._take_fixes(message) if isinstance(message, Fixes) else self._take_readings(message)

    def _take_readings(self, message: Readings) -> Delta:
        gone = set(message.gone)
        if message.whole:
            gone |= self.readings.keys() - {reading.key for reading in message.readings}
        altered = {key for key in gone if self.readings.pop(key, None) is not None}
        for reading in message.readings:
            held = self.readings.get(reading.key)
            if held is None or held.at <= reading.at:
                self.readings[reading.key] = reading
                altered.add(reading.key)
        return Delta(readings=frozenset(altered))

    def _take_viewers(self, message: Viewers) -> Delta:
        altered = frozenset(self.viewers) if message.whole else frozenset[CaseNo]()
        if message.whole:
            self.viewers = {}
        for told in message.cases:
            if told.accounts:
                self.viewers[told.case_no] = told.accounts
            else:
                self.viewers.pop(told.case_no, None)
        return Delta(viewers=altered | {told.case_no for told in message.cases})

    def _take_fixes(self, message: Fixes) -> Delta:
        fresh = self.positions.take(message.fixes)
        gone = set(message.gone)
        if message.whole:
            gone |= self.positions.keys() - {fix.thing for fix in message.fixes}
        return Delta(positions=fresh, gone=self.positions.drop(gone))


def _fold(held: Case | None, change: Change) -> Case | None:
    """Return the case after the change, or None where the change cannot be read onto it: the service has it right."""
    try:
        return fold(held, change)
    except (ValueError, KeyError, TypeError, AttributeError):  # msgspec.ValidationError is a ValueError
        return None
