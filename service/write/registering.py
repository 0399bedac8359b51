"""Putting entries into the register and taking them out: rights, versions, bounds; each is one change of the log."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TypeVar

import msgspec

from domain.change import Change, Subject
from domain.faults import Fault, FaultKind, conflict, forbidden, invalid, not_found
from domain.ids import AccountId, EntryId
from domain.register import (
    PUT,
    REGISTERS,
    REMOVE,
    Entry,
    EntryKind,
    EntryPut,
    RegisterRule,
    check_entry_id,
    checked_body,
    fold_entry,
    kind_of,
    place_of,
    reaches,
    read_body,
    split_subject,
    subject_id,
)
from domain.register_judging import Setting
from domain.register_shapes import Body
from domain.wire import FaultBody, RowOutcome, RowResult
from domain.wire_admin import Done
from domain.wire_register import EntryRow
from service.access import Asker, Sight, check_place
from service.store import register
from service.store import statements as sql
from service.write.accounts import check_area
from service.write.reporting import author_of
from service.write.work import SYSTEM, Author, Work

B = TypeVar("B", bound=Body)
MOST_EXPIRED = 200
"""Entries one round takes out whose end has come."""
LASTS = timedelta(days=180)
"""How long an entry that nobody may take out stands in the register where no end is given; in the log for good."""


def put_entry(work: Work, kind: EntryKind, entry_id: EntryId, asked: EntryPut, asker: Asker, sight: Sight) -> Done:
    """Put an entry as it is to be. Raises the ``Fault`` that refuses it."""
    _may_write(kind, asker)
    change = _put(work, kind, entry_id, asked, asker, sight)
    if change is None:
        raise conflict("entry_unchanged")
    return Done(change)


def remove_entry(work: Work, kind: EntryKind, entry_id: EntryId, version: int, asker: Asker, sight: Sight) -> Done:
    """Take an entry out, at the version that was seen. Raises the ``Fault`` that refuses it."""
    rule = _may_write(kind, asker)
    held = _held(work, kind, entry_id, asker, sight)
    if held is None or held.removed:
        raise not_found("unknown_entry", entry_id=entry_id)
    _may_alter(rule, held, asker)
    _may_take(rule, held.area, asker)
    if held.version != version:
        raise conflict("stale_entry", seen=version, current=held.version)
    if rule.step is not None:
        rule.step(held.body, None, own=held.author == asker.own.account)
    return Done(_removed(work, held, author_of(asker)))


def put_batch(
    work: Work, kind: EntryKind, rows: Sequence[EntryRow], asker: Asker, sight: Sight, *, dry_run: bool
) -> tuple[RowResult, ...]:
    """Put many entries; each row is judged for itself."""
    _may_write(kind, asker)
    judged = work.trial() if dry_run else work
    judged.prefetch_entries(subject_id(kind, row.entry_id) for row in rows)
    return tuple(_put_row(judged, kind, row, asker, sight) for row in rows)


def remove_expired(work: Work) -> int:
    """Take out entries whose end has come; return how many."""
    due = register.expired(work.connection, work.now, MOST_EXPIRED)
    for entry in due:
        held = work.entry(entry.key)
        if held is not None and not held.removed and not held.counts(work.now):
            _removed(work, held, SYSTEM)
    return len(due)


def found_entry(work: Work, kind: EntryKind, entry_id: EntryId, asked: EntryPut) -> None:
    """Put an entry a town begins with."""
    _record(work, kind, entry_id, asked, checked_body(kind, asked.body), None, SYSTEM)


def take_out(work: Work, held: Entry) -> None:
    """Take out an entry the service keeps by itself."""
    _removed(work, held, SYSTEM)


def _put_row(work: Work, kind: EntryKind, row: EntryRow, asker: Asker, sight: Sight) -> RowResult:
    try:
        entry_id = check_entry_id(row.entry_id)
        held = work.entry(subject_id(kind, entry_id))
        version = row.version if row.version is not None else 0 if held is None else held.version
        change = _put(work, kind, entry_id, EntryPut(row.body, version, None, row.area), asker, sight)
    except Fault as fault:
        return RowResult(RowOutcome.REJECTED, FaultBody(fault.key, fault.params))
    return RowResult(RowOutcome.DUPLICATE if change is None else RowOutcome.ACCEPTED)


def _put(work: Work, kind: EntryKind, entry_id: EntryId, asked: EntryPut, asker: Asker, sight: Sight) -> Change | None:
    """Judge and record; None where the entry is so already."""
    rule = REGISTERS[kind]
    body = checked_body(kind, asked.body)
    held = _held(work, kind, entry_id, asker, sight)
    there = held is not None and not held.removed
    if held is not None and there:
        _may_alter(rule, held, asker)
    current = held.version if held is not None else 0
    if asked.version != current and not (held is not None and held.removed and asked.version == 0):
        raise conflict("stale_entry", seen=asked.version, current=current)
    _check_end(rule, asked.expires_at, work.now)
    asked = _with_end(rule, asked, held if there else None, work.now)
    if rule.step is not None:
        own = held is None or not there or held.author == asker.own.account
        rule.step(held.body if held is not None and there else None, body, own=own)
    if held is not None and there and _same(held, body, asked):
        return None
    if rule.judge is not None:
        before = held.body if held is not None and there else None
        rule.judge(entry_id, before, msgspec.convert(body, rule.body), _setting(work, asker))
    if not there:
        _check_room(work, kind, rule, asker)
    return _record(work, kind, entry_id, asked, body, held, author_of(asker), asker)


def _with_end(rule: RegisterRule, asked: EntryPut, held: Entry | None, now: datetime) -> EntryPut:
    """Return what is put, with an end where nobody may take it out: else the register would be full one day.

    Nor may it come to its end sooner than it was to: that would be taking it out.
    """
    if rule.step is None or not rule.expires:
        return asked
    stands = None if held is None else held.expires_at
    end = asked.expires_at or stands or now + LASTS
    return msgspec.structs.replace(asked, expires_at=end if stands is None else max(end, stands))


def _setting(work: Work, asker: Asker) -> Setting:
    def find(body: type[B], entry_id: EntryId) -> B | None:
        held = work.entry(subject_id(kind_of(body), entry_id))
        return read_body(held, body) if held is not None and held.counts(work.now) else None

    return Setting(work.now, work.world.info.rules, asker.actor, find)


def _record(
    work: Work,
    kind: EntryKind,
    entry_id: EntryId,
    asked: EntryPut,
    body: dict[str, object],
    held: Entry | None,
    author: Author,
    asker: Asker | None = None,
) -> Change:
    there = held is not None and not held.removed
    area = _area(work, kind, asked, body, held.area if held is not None and there else "", asker)
    stays = held is not None and (there or _is_taking_back(held, asked, asker))
    data: dict[str, object] = {
        "author": held.author if held is not None and stays else author.account,
        "area": area,
        "body": body,
    }
    if asked.expires_at is not None:
        data["expires_at"] = asked.expires_at.isoformat()
    if held is not None and there and held.area != area:
        data["from_area"] = held.area
    return _staged(work, kind, entry_id, PUT, author, data, held)


def _is_taking_back(removed: Entry, asked: EntryPut, asker: Asker | None) -> bool:
    """Return whether this takes back a removing, by one who may alter what others made: it stays its author's."""
    if asker is None or asked.version != removed.version:
        return False
    return bool(REGISTERS[removed.kind].others & asker.actor.roles)


def _removed(work: Work, held: Entry, author: Author) -> Change:
    data: dict[str, object] = {"author": held.author, "area": held.area}
    if author is SYSTEM:
        data["expired"] = True
    return _staged(work, held.kind, held.entry_id, REMOVE, author, data, held)


def _staged(
    work: Work,
    kind: EntryKind,
    entry_id: EntryId,
    action: str,
    author: Author,
    data: dict[str, object],
    held: Entry | None,
) -> Change:
    key = subject_id(kind, entry_id)
    version = 1 if held is None else held.version + 1
    change = work.record(Subject.ENTRY, key, action, author, data, version=version)
    entry = fold_entry(change)
    gain = int(not entry.removed) - int(held is not None and not held.removed)
    if gain:
        owner = entry.author if REGISTERS[kind].private else ""
        work.entry_counts[kind, owner] = work.entry_count(kind, owner) + gain
    work.entries[key] = entry
    if held is not None:
        work.put(sql.DROP_ENTRY, {"which": key})
    work.put(sql.ADD_ENTRY, register.entry_row(entry, change.seq))
    return change


def _may_write(kind: EntryKind, asker: Asker) -> RegisterRule:
    rule = REGISTERS[kind]
    if not rule.write & asker.actor.roles:
        raise forbidden("register_not_yours", kind=kind.value)
    return rule


def _may_alter(rule: RegisterRule, held: Entry, asker: Asker) -> None:
    if held.author != asker.own.account and not rule.others & asker.actor.roles:
        raise forbidden("entry_of_somebody_else", author=held.author)


def _may_take(rule: RegisterRule, area: str, asker: Asker) -> None:
    """Raise a fault where the asker may not alter what is in a division; what is theirs alone is so everywhere."""
    if rule.about is None and not rule.private:
        check_place(asker.actor, area)


def _held(work: Work, kind: EntryKind, entry_id: EntryId, asker: Asker, sight: Sight) -> Entry | None:
    """Return the entry as it is. One that the asker may not see is as if its id were in use elsewhere."""
    held = work.entry(subject_id(kind, entry_id))
    if held is None or sight.sees_entry(held, asker.own.account):
        return held
    if held.removed and not REGISTERS[kind].private:
        return held
    raise conflict("entry_id_taken", entry_id=entry_id)


def _check_end(rule: RegisterRule, end: datetime | None, now: datetime) -> None:
    if end is None:
        return
    if end.tzinfo is None:
        raise invalid("moment_without_offset", argument="expires_at")
    if not rule.expires:
        raise invalid("entry_cannot_expire")
    if end <= now:
        raise invalid("entry_expired_already")


def _check_room(work: Work, kind: EntryKind, rule: RegisterRule, asker: Asker) -> None:
    owner: AccountId | str = asker.own.account if rule.private else ""
    if work.entry_count(kind, owner) >= rule.most:
        raise Fault(FaultKind.CONFLICT, "register_full", most=rule.most)


def _same(held: Entry, body: dict[str, object], asked: EntryPut) -> bool:
    plain = msgspec.json.decode(msgspec.json.encode(body))
    return plain == held.body and asked.expires_at == held.expires_at and asked.area in ("", held.area)


def _area(
    work: Work, kind: EntryKind, asked: EntryPut, body: dict[str, object], before: str, asker: Asker | None
) -> str:
    """Return the division an entry belongs to, which was in ``before`` or is new ("").

    Raises ``Fault`` where the asker may put none there, or may not take it from where it was.
    """
    about = REGISTERS[kind].about
    if about is not None:
        return _area_of_whole(work, subject_id(about[0], str(body[about[1]])), asker)
    area = asked.area
    if area:
        check_area(work, area)
    elif (spot := place_of(kind, body)) is not None:
        area = work.world.area_of_grid(work.place(*spot)[1])
    else:
        area = before or _home(work, asker)
    if asker is not None:
        _may_take(REGISTERS[kind], before or area, asker)
        check_place(asker.actor, area)
    return area


def _area_of_whole(work: Work, key: str, asker: Asker | None) -> str:
    """Return where the entry belongs that another is part of; whoever it reaches may say their part."""
    whole = work.entry(key)
    if whole is None:
        raise not_found("unknown_entry", entry_id=split_subject(key)[1])
    if asker is not None and not reaches(REGISTERS[whole.kind], whole.area, asker.actor.area):
        raise forbidden("place_outside_area", area=whole.area, yours=asker.actor.area)
    return whole.area


def _home(work: Work, asker: Asker | None) -> str:
    """Return where what has no place belongs: to the town, or to the part of it the asker is for."""
    town = work.world.info.division
    own = "" if asker is None else asker.actor.area
    return own if own.startswith(town) else town
