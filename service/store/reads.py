"""Every question asked of the store. Each takes a connection, so that the caller says in which transaction."""

from collections.abc import Collection, Iterable, Iterator
from datetime import datetime, timedelta
from math import cos, radians
from typing import Any, TypeVar

import msgspec
from sqlalchemy import (
    BindParameter,
    Connection,
    Select,
    String,
    Table,
    TextClause,
    and_,
    bindparam,
    func,
    literal_column,
    or_,
    select,
    text,
    true,
    tuple_,
)

from domain.case import Case, Contact, Rules
from domain.change import Change, Seq, Subject
from domain.ids import AccountId, AttachmentId, CaseNo
from domain.similar import Likeness, Told, likeness
from domain.states import CaseState
from service.store import direct
from service.store import tables as t
from service.store.rows import case_of, change_of, from_us, mark_claim, to_us
from service.store.scope import EVERYTHING, Scope

T = TypeVar("T")
IN_LIST = 500
"""Values in one IN list."""
IN_LISTS = (1, 4, 16, 32, 64, IN_LIST)
"""Lengths of the IN lists of every transaction: few, so that the database keeps the statements prepared."""


_NAMES = tuple(f"v{n}" for n in range(IN_LIST))


def _placeholders(count: int) -> list[BindParameter[str]]:
    return [bindparam(name, type_=String()) for name in _NAMES[:count]]


METRES_A_DEGREE = 110_500.0
"""Of latitude, the least there are: a box made with it holds all that is near."""
MOST_LOOKED_AT = 500
"""Cases near in place and time that are compared with what is told."""


class Head(msgspec.Struct, frozen=True):
    """Where the log stands."""

    seq: Seq
    hash: bytes
    recorded_at: datetime


_HEAD = select(t.head.c.seq, t.head.c.hash, t.head.c.recorded_at)
_HEAD_LOCKED = _HEAD.with_for_update()
_META = select(t.meta.c.value).where(t.meta.c.name == bindparam("name"))
_CASE = select(t.cases.c.body).where(t.cases.c.case_no == bindparam("case_no"))
_CASES_IN = select(t.cases.c.body).where(t.cases.c.case_no.in_(bindparam("numbers", expanding=True)))
_OPEN = select(t.cases.c.body).where(t.cases.c.is_open == 1).order_by(t.cases.c.case_no)
_ENDED = (
    select(t.cases.c.body).where(t.cases.c.is_open == 0).order_by(t.cases.c.changed_seq.desc()).limit(bindparam("most"))
)
_ENDED_COUNT = select(func.count()).select_from(t.cases).where(t.cases.c.is_open == 0)
_LOCATED = select(t.cases.c.case_no, t.cases.c.lon, t.cases.c.lat, t.cases.c.placement, t.cases.c.grid_code).where(
    t.cases.c.lon.is_not(None)
)
_DUE_RESUMPTIONS = (
    select(t.cases.c.case_no, t.cases.c.version)
    .where(t.cases.c.resume_at <= bindparam("now"), t.cases.c.state == CaseState.SUSPENDED.value)
    .order_by(t.cases.c.resume_at)
    .limit(100)
)
_CLAIMED = select(t.cases.c.body).where(t.cases.c.is_open == 1).limit(1000)
_CHANGES = select(t.change).where(t.change.c.seq > bindparam("after")).order_by(t.change.c.seq).limit(bindparam("most"))
_RECORDED_AT = select(t.change.c.recorded_at).where(t.change.c.seq == bindparam("seq"))
_LAST_MOMENT = (
    select(t.change.c.recorded_at)
    .where(t.change.c.subject != Subject.ACCOUNT.value)
    .order_by(t.change.c.seq.desc())
    .limit(1)
)
_CHANGE = select(t.change).where(t.change.c.seq == bindparam("seq"))
_TIMELINE = (
    select(t.change)
    .where(
        t.change.c.subject_id == bindparam("subject_id"),
        t.change.c.subject == bindparam("subject"),
        t.change.c.seq <= bindparam("until"),
    )
    .order_by(t.change.c.seq)
    .limit(bindparam("most"))
)
_ANSWERED = {
    size: select(t.answered.c.key, t.answered.c.request, t.answered.c.seq).where(
        t.answered.c.actor == bindparam("first"), t.answered.c.key.in_(_placeholders(size))
    )
    for size in IN_LISTS
}
_SOURCES = {
    size: select(t.cases.c.source_no, t.cases.c.case_no).where(
        t.cases.c.source == bindparam("first"),
        t.cases.c.source_no.in_(_placeholders(size)),
        t.cases.c.source_no != literal_column("''"),
    )
    for size in IN_LISTS
}
_EACH = (
    "SELECT w.value, f.one, f.two FROM unnest(CAST(:wanted AS text[])) AS w(value) CROSS JOIN LATERAL"
    " (SELECT {one} AS one, {two} AS two FROM {table} WHERE {first} = :first AND {second} = w.value{beside} OFFSET 0) f"
)
"""On PostgreSQL each value is looked up by itself. Of a list the planner, where it has no statistics of a table that
grows, takes the first column alone for its index and reads whatever one gateway ever sent (measured: intake fell to a
third within 10,000 reports). OFFSET keeps it from joining the two any other way."""
_ANSWERED_EACH = text(_EACH.format(one="request", two="seq", table="answered", first="actor", second="key", beside=""))
_SOURCES_EACH = text(
    _EACH.format(
        one="case_no", two="NULL", table="cases", first="source", second="source_no", beside=" AND source_no <> ''"
    )
)
_COUNTER = select(t.counter.c.last).where(t.counter.c.day == bindparam("day"))
_CONTACTS = select(t.contact).where(t.contact.c.case_no == bindparam("case_no")).order_by(t.contact.c.report_id)
_CONTACTS_OF = select(t.contact).where(t.contact.c.report_id.in_(bindparam("reports", expanding=True)))
_PHOTO_OWNER = select(t.attachment.c.added_by).where(t.attachment.c.attachment_id == bindparam("id"))
_CASES_OF_PHOTO = select(t.photo_case.c.case_no).where(t.photo_case.c.attachment_id == bindparam("id")).limit(100)
_HAS_ATTACHMENT = select(t.attachment.c.attachment_id).where(t.attachment.c.attachment_id == bindparam("id"))
_FULL = select(t.attachment.c.full_jpeg).where(t.attachment.c.attachment_id == bindparam("id"))
_THUMB = select(t.attachment.c.thumb_jpeg).where(t.attachment.c.attachment_id == bindparam("id"))
_FIXES = select(t.position_history.c.source_at).where(
    t.position_history.c.source == bindparam("source"),
    t.position_history.c.thing == bindparam("thing"),
    t.position_history.c.source_at.in_(bindparam("times", expanding=True)),
)


def head(connection: Connection, *, lock: bool = False) -> Head:
    """Return the head of the log; ``lock`` keeps it from others until the transaction ends."""
    if lock:
        ((seq, link, recorded_at),) = direct.rows(connection, _HEAD_LOCKED, {})
        return Head(seq, bytes(link), from_us(recorded_at))
    row = connection.execute(_HEAD).one()
    return Head(row.seq, bytes(row.hash), from_us(row.recorded_at))


def is_founded(connection: Connection) -> bool:
    """Return whether the log has been begun."""
    return connection.execute(_HEAD).first() is not None


def meta(connection: Connection, name: str) -> bytes | None:
    """Return a named value, None where it was never set."""
    row = connection.execute(_META, {"name": name}).first()
    return None if row is None else bytes(row.value)


def bodies(connection: Connection, table: Table, kind: type[T]) -> list[T]:
    """Return all values of a table that keeps bodies, in the order of its key."""
    decoder = msgspec.msgpack.Decoder(kind)
    key = next(iter(table.primary_key.columns))
    return [decoder.decode(row.body) for row in connection.execute(select(table.c.body).order_by(key))]


def case(connection: Connection, case_no: CaseNo) -> Case | None:
    """Return a case by its number."""
    row = connection.execute(_CASE, {"case_no": case_no}).first()
    return None if row is None else case_of(row.body)


def cases_in(connection: Connection, numbers: Iterable[CaseNo]) -> Iterator[Case]:
    """Yield the cases of these numbers that exist."""
    for part in _parts(list(numbers)):
        for row in connection.execute(_CASES_IN, {"numbers": part}):
            yield case_of(row.body)


def open_case_bodies(connection: Connection, scope: Scope = EVERYTHING) -> list[bytes]:
    """Return the bodies (MessagePack of Case) of the open cases that may be seen, by number."""
    return [bytes(row.body) for row in connection.execute(_OPEN.where(*scope.rows()))]


def ended_case_bodies(connection: Connection, most: int, scope: Scope = EVERYTHING) -> list[bytes]:
    """Return the bodies of the ended cases changed last, of those that may be seen."""
    return [bytes(row.body) for row in connection.execute(_ENDED.where(*scope.rows()), {"most": most})]


def ended_count(connection: Connection, scope: Scope = EVERYTHING) -> int:
    """Return how many cases have ended, of those that may be seen."""
    return int(connection.execute(_ENDED_COUNT.where(*scope.rows())).scalar_one())


def located(connection: Connection) -> list[Any]:
    """Return case_no, lon, lat, placement and grid_code of every case that has a place."""
    return list(connection.execute(_LOCATED))


def due_resumptions(connection: Connection, now: datetime) -> list[tuple[CaseNo, int]]:
    """Return the number and version of suspended cases whose time is up, at most 100."""
    return [(CaseNo(r.case_no), r.version) for r in connection.execute(_DUE_RESUMPTIONS, {"now": to_us(now)})]


def claimed(connection: Connection, account: AccountId | None = None) -> list[Case]:
    """Return the open cases somebody, or this account, has in hand; at most 1,000."""
    watchers = t.cases.c.watchers
    whose = "|c:" if account is None else f"|{mark_claim(account)}|"
    return [case_of(row.body) for row in connection.execute(_CLAIMED.where(watchers.contains(whose, autoescape=True)))]


def changes_after(connection: Connection, after: Seq, most: int) -> list[Change]:
    """Return the changes that follow ``after``, in order."""
    return [change_of(row) for row in connection.execute(_CHANGES, {"after": after, "most": most}).all()]


def change(connection: Connection, seq: Seq) -> Change:
    """Return one change of the log. Raises NoResultFound."""
    return change_of(connection.execute(_CHANGE, {"seq": seq}).one())


def last_before(connection: Connection, before: int) -> Seq:
    """Return the last change recorded before a time (microseconds): the numbers have no holes, so halving finds it."""
    low, high = 0, head(connection).seq
    while low < high:
        middle = (low + high + 1) // 2
        at = connection.execute(_RECORDED_AT, {"seq": middle}).scalar()
        low, high = (middle, high) if at is not None and at < before else (low, middle - 1)
    return low


def last_town_moment(connection: Connection) -> datetime | None:
    """Return when the last change was recorded, accounts left out: those may be made before there is a town."""
    row = connection.execute(_LAST_MOMENT).first()
    return None if row is None else from_us(row.recorded_at)


def timeline(
    connection: Connection, subject: Subject, subject_id: str, *, until: Seq = 2**53 - 1, most: int = 10_000
) -> list[Change]:
    """Return the changes of one subject, oldest first."""
    rows = connection.execute(
        _TIMELINE, {"subject": subject.value, "subject_id": subject_id, "until": until, "most": most}
    )
    return [change_of(row) for row in rows]


def last_changes(connection: Connection, subject: Subject, subject_id: str, most: int) -> list[Change]:
    """Return the last changes of one subject, oldest first."""
    c = t.change.c
    question = (
        select(t.change)
        .where(c.subject_id == subject_id, c.subject == subject.value)
        .order_by(c.version.desc())
        .limit(most)
    )
    return [change_of(row) for row in connection.execute(question)][::-1]


def answered(connection: Connection, keys: Iterable[tuple[str, str]]) -> dict[tuple[str, str], tuple[bytes, Seq]]:
    """Return, by (actor, key), the request digest and the change of requests answered before."""
    found: dict[tuple[str, str], tuple[bytes, Seq]] = {}
    for actor, part in _by_first(keys):
        for key, request, seq in _among(connection, _ANSWERED, _ANSWERED_EACH, actor, part):
            found[actor, key] = (bytes(request), seq)
    return found


def sources(connection: Connection, pairs: Iterable[tuple[str, str]]) -> dict[tuple[str, str], CaseNo]:
    """Return the cases that carry these (source, source_no)."""
    found: dict[tuple[str, str], CaseNo] = {}
    for source, part in _by_first(pairs):
        for source_no, case_no, *_ in _among(connection, _SOURCES, _SOURCES_EACH, source, part):
            found[source, source_no] = CaseNo(case_no)
    return found


def counter(connection: Connection, day: str) -> int:
    """Return the last number given out for a day, 0 where none was."""
    row = connection.execute(_COUNTER, {"day": day}).first()
    return 0 if row is None else int(row.last)


def contacts(connection: Connection, case_no: CaseNo) -> list[tuple[str, Contact]]:
    """Return the contacts kept beside a case, with the reports they belong to."""
    rows = connection.execute(_CONTACTS, {"case_no": case_no})
    return [(row.report_id, Contact(row.name, row.phone)) for row in rows]


def contacts_of(connection: Connection, reports: Iterable[str]) -> list[tuple[str, Contact]]:
    """Return the contacts of these reports."""
    found: list[tuple[str, Contact]] = []
    for part in _parts(list(reports)):
        rows = connection.execute(_CONTACTS_OF, {"reports": part})
        found += [(row.report_id, Contact(row.name, row.phone)) for row in rows]
    return found


def has_attachment(connection: Connection, attachment_id: AttachmentId) -> bool:
    """Return whether a photo of that id is kept."""
    return connection.execute(_HAS_ATTACHMENT, {"id": attachment_id}).first() is not None


def photo_owner(connection: Connection, attachment_id: AttachmentId) -> str | None:
    """Return the account that sent a photo, None where it is not kept."""
    row = connection.execute(_PHOTO_OWNER, {"id": attachment_id}).first()
    return None if row is None else str(row.added_by)


def cases_of_photo(connection: Connection, attachment_id: AttachmentId) -> list[Case]:
    """Return the cases a photo came to."""
    numbers = {CaseNo(row.case_no) for row in connection.execute(_CASES_OF_PHOTO, {"id": attachment_id})}
    return list(cases_in(connection, numbers))


def photo(connection: Connection, attachment_id: AttachmentId, *, thumb: bool) -> bytes | None:
    """Return the JPEG of a photo, None where it is not kept."""
    row = connection.execute(_THUMB if thumb else _FULL, {"id": attachment_id}).first()
    return None if row is None else bytes(row[0])


def fix_times(connection: Connection, source: str, thing: str, times: Iterable[int]) -> set[int]:
    """Return which of these source times (microseconds) of a thing are kept already."""
    found: set[int] = set()
    for part in _parts(list(times)):
        rows = connection.execute(_FIXES, {"source": source, "thing": thing, "times": part})
        found.update(int(row.source_at) for row in rows)
    return found


LOOKED_THROUGH_AT_ONCE = 200
MOST_LOOKED_THROUGH = 10_000


def case_page(
    connection: Connection,
    *,
    states: Collection[CaseState] = (),
    text: str = "",
    since: datetime | None = None,
    scope: Scope = EVERYTHING,
    after: tuple[int, str] | None = None,
    limit: int,
) -> list[Case]:
    """Return cases newest first, of those that ``scope`` lets be seen and searched.

    A search that finds little for this reader ends after ``MOST_LOOKED_THROUGH`` cases that hold its words.
    """
    found: list[Case] = []
    size = max(limit, LOOKED_THROUGH_AT_ONCE) if text else limit
    for _ in range(0, MOST_LOOKED_THROUGH, size):
        more = _case_page(connection, states, text, since, scope, after, size)
        found += [case for case in more if not text or scope.told_apart(case, text)]
        if len(found) >= limit or len(more) < size:
            break
        after = to_us(more[-1].opened_at), more[-1].case_no
    return found[:limit]


def _case_page(
    connection: Connection,
    states: Collection[CaseState],
    text: str,
    since: datetime | None,
    scope: Scope,
    after: tuple[int, str] | None,
    limit: int,
) -> list[Case]:
    """Return cases by what their rows know of them."""
    c = t.cases.c
    query = select(c.body).order_by(c.opened_at.desc(), c.case_no.desc()).limit(limit)
    if states:
        query = query.where(c.state.in_([s.value for s in states]))
    if text:
        query = query.where(scope.found(text))
    if since is not None:
        query = query.where(c.opened_at >= to_us(since))
    query = query.where(*scope.rows())
    if after is not None:
        query = query.where(tuple_(c.opened_at, c.case_no) < tuple_(*after))
    return [case_of(row.body) for row in connection.execute(query)]


def similar_cases(
    connection: Connection, told: Told, rules: Rules, *, but: str = "", scope: Scope = EVERYTHING, limit: int
) -> list[tuple[Case, Likeness]]:
    """Return the cases that are likely the same as what is told, open or ended, the nearest first.

    Only those opened within the hours of the rules are looked at, by the index on that.
    """
    c = t.cases.c
    hours = timedelta(hours=rules.similar_hours)
    query = select(c.body).where(c.opened_at.between(to_us(told.at - hours), to_us(told.at + hours)), c.case_no != but)
    here = and_(c.lon.is_(None) if told.lon is not None else true(), c.address == told.address)
    ways = [here] if told.address.strip() else []
    if told.lon is not None and told.lat is not None:
        far = rules.similar_m / METRES_A_DEGREE
        wide = far / max(0.01, cos(radians(told.lat)))
        ways.append(
            and_(c.lon.between(told.lon - wide, told.lon + wide), c.lat.between(told.lat - far, told.lat + far))
        )
    if not ways:
        return []
    query = query.where(or_(*ways), *scope.rows()).order_by(c.opened_at.desc(), c.case_no.desc()).limit(MOST_LOOKED_AT)
    found = [(case, likeness(told, case, rules)) for case in map(_body_case, connection.execute(query))]
    alike = [(case, near) for case, near in found if near is not None]
    return sorted(alike, key=lambda pair: (pair[1].distance_m or 0.0, pair[1].apart_s, pair[0].case_no))[:limit]


def _body_case(row: Any) -> Case:
    return case_of(row.body)


def export_page(
    connection: Connection,
    *,
    state: CaseState | None,
    since: datetime | None,
    after: str,
    limit: int,
    scope: Scope = EVERYTHING,
) -> list[Case]:
    """Return cases in the order of their numbers, after ``after``, of those that ``scope`` lets be seen."""
    c = t.cases.c
    query = select(c.body).where(c.case_no > after, *scope.rows()).order_by(c.case_no).limit(limit)
    if state is not None:
        query = query.where(c.state == state.value)
    if since is not None:
        query = query.where(c.opened_at >= to_us(since))
    return [case_of(row.body) for row in connection.execute(query)]


def _among(
    connection: Connection, by_size: dict[int, Select[Any]], each: TextClause, first: str, wanted: list[str]
) -> list[tuple[Any, ...]]:
    """Ask for at most ``IN_LIST`` values with the shortest list that holds them; the last one fills it up."""
    if connection.dialect.name == "postgresql":
        return direct.rows(connection, each, {"first": first, "wanted": wanted})
    size = next(size for size in IN_LISTS if size >= len(wanted))
    values = dict(zip(_NAMES, wanted + wanted[-1:] * (size - len(wanted)), strict=False))
    values["first"] = first
    return direct.rows(connection, by_size[size], values)


def _parts(values: list[T]) -> Iterator[list[T]]:
    for i in range(0, len(values), IN_LIST):
        yield values[i : i + IN_LIST]


def _by_first(pairs: Iterable[tuple[str, str]]) -> Iterator[tuple[str, list[str]]]:
    """Yield the second halves of pairs by their first, in parts: asked so, the index on both is used."""
    grouped: dict[str, list[str]] = {}
    for first, second in pairs:
        grouped.setdefault(first, []).append(second)
    for first, seconds in grouped.items():
        for part in _parts(seconds):
            yield first, part
