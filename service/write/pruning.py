"""Letting go what has been kept long enough: in small jobs, each with a change that says how much it took.

Cases are never deleted: their words and contacts are erased, and the chain, the numbers and the counts stay.
"""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import msgspec
from sqlalchemy import Connection, bindparam, func, select, tuple_

from domain.change import Subject
from domain.erasing import Erasable
from domain.faults import invalid
from domain.ids import CaseNo
from domain.states import CaseState
from service.audit.retention import META_RETENTION, Kept, check_days, settings
from service.clock import real_now
from service.store import reads
from service.store import statements as sql
from service.store import tables as t
from service.store.rows import to_us
from service.write.erasing import erase_case
from service.write.work import SYSTEM, Author, Work

ROWS_AT_ONCE = 5_000
THINGS_AT_ONCE = 500
CASES_AT_ONCE = 50
OWN_SOURCE = ""

_AGED_KEY = select(t.answered.c.at).where(t.answered.c.at < bindparam("before")).order_by(t.answered.c.at)
_KEYS = select(func.count()).select_from(t.answered).where(t.answered.c.at < bindparam("before"))
_PAST = t.reading_history.c.at < bindparam("before")
_AGED_READING = select(t.reading_history.c.at).where(_PAST).order_by(t.reading_history.c.at)
_READINGS = select(func.count()).select_from(t.reading_history).where(_PAST)
_TOKENS = select(func.count()).select_from(t.token).where(t.token.c.expires_at < bindparam("before"))
_PHOTOS = select(t.attachment.c.attachment_id).where(
    t.attachment.c.added_at < bindparam("before"), t.attachment.c.used == 0
)
_THING = (t.position_history.c.source, t.position_history.c.thing)
_FIRST_THING = select(*_THING).order_by(*_THING).limit(1)
_NEXT_THING = _FIRST_THING.where(tuple_(*_THING) > tuple_(bindparam("source"), bindparam("thing")))
_FIXES = (
    select(func.count())
    .select_from(t.position_history)
    .where(
        t.position_history.c.source == bindparam("source"),
        t.position_history.c.thing == bindparam("thing"),
        t.position_history.c.fixed_at < bindparam("before"),
    )
)
_ENDED = (
    select(t.cases.c.case_no, t.cases.c.changed_seq)
    .where(
        t.cases.c.is_open == 0,
        t.cases.c.changed_seq > bindparam("after"),
        t.cases.c.changed_seq <= bindparam("until"),
        t.cases.c.state != CaseState.MERGED.value,
    )
    .order_by(t.cases.c.changed_seq)
)

Cursor = tuple[str, str]
Round = Callable[[Work], int | None]
"""What one job does: returns how much it let go, None where there is nothing left to look at."""


def set_retention(work: Work, name: Kept, days: int, reason: str, author: Author) -> None:
    """Keep a class of data this long from now on. Raises ``Fault`` out of bounds or without a reason."""
    check_days(name, days)
    if not 2 <= len(reason.strip()) <= 200:
        raise invalid("argument_missing", argument="reason")
    present = settings(work.connection)
    data = {"days": days, "before": present[name], "reason": reason.strip()}
    work.record(Subject.AUDIT, name.value, "retention_set", author, data)
    altered = {n.value: d for n, d in (present | {name: days}).items()}
    work.put(sql.DROP_META, {"which": META_RETENTION})
    work.put(sql.ADD_META, {"name": META_RETENTION, "value": msgspec.json.encode(altered)})


def rounds(author: Author = SYSTEM) -> Iterator[Callable[[], Round]]:
    """Yield what makes the rounds of a pruning, one of each kind after the other: call it for a round until that came
    to None."""
    contacts, everything = frozenset({Erasable.CONTACT}), frozenset(Erasable)
    yield lambda: partial(_prune_keys, author=author)
    yield lambda: partial(_prune_sessions, author=author)
    yield lambda: partial(_prune_photos, author=author)
    yield _Tracks(author).next_round
    yield lambda: partial(_prune_readings, author=author)
    yield lambda: partial(_prune_cases, name=Kept.CONTACTS, what=contacts, author=author)
    yield lambda: partial(_prune_cases, name=Kept.CASES, what=everything, author=author)


def prune_all(do: Callable[[Round], int | None]) -> int:
    """Do all rounds, each by ``do``. Returns how much went."""
    total = 0
    for next_round in rounds():
        while (rows := do(next_round())) is not None:
            total += rows
    return total


def count_due(connection: Connection, now: datetime) -> dict[Kept, int]:
    """Return how many rows (of cases: how many cases) a pruning would look at; ``now`` is the town's time."""
    days, real = settings(connection), real_now()
    tracks = dict.fromkeys((Kept.POSITIONS, Kept.IMPORTED_FIXES), 0)
    for source, thing in _things(connection, None):
        name = _track_class(source)
        tracks[name] += _fixes(connection, source, thing, _before(days[name], now))
    photos = connection.execute(_PHOTOS, {"before": _before(days[Kept.UNUSED_PHOTOS], real)})
    keys = connection.execute(_KEYS, {"before": _before(days[Kept.IDEMPOTENCY_KEYS], real)})
    tokens = connection.execute(_TOKENS, {"before": _before(days[Kept.SESSIONS], real)})
    return {
        Kept.IDEMPOTENCY_KEYS: int(keys.scalar_one()),
        Kept.SESSIONS: int(tokens.scalar_one()),
        Kept.UNUSED_PHOTOS: len(photos.all()),
        **tracks,
        Kept.READINGS: _count_readings(connection, _before(days[Kept.READINGS], now)),
        **{n: len(_ended(connection, n, days[n], now)) for n in (Kept.CONTACTS, Kept.CASES)},
    }


def _before(days: int, now: datetime) -> int:
    return to_us(now - timedelta(days=days))


def _say(work: Work, name: Kept, rows: int, before: int, author: Author) -> int:
    if rows:
        work.record(Subject.AUDIT, name.value, "pruned", author, {"rows": rows, "before_us": before})
    return rows


def _prune_keys(work: Work, author: Author) -> int | None:
    before = _before(settings(work.connection)[Kept.IDEMPOTENCY_KEYS], real_now())
    last = work.connection.execute(_AGED_KEY.offset(ROWS_AT_ONCE).limit(1), {"before": before}).scalar()
    before = before if last is None else last + 1
    rows = int(work.connection.execute(_KEYS, {"before": before}).scalar_one())
    if not rows:
        return None
    work.put(sql.PRUNE_ANSWERED, {"before": before})
    return _say(work, Kept.IDEMPOTENCY_KEYS, rows, before, author)


def _prune_sessions(work: Work, author: Author) -> int | None:
    before = _before(settings(work.connection)[Kept.SESSIONS], real_now())
    rows = int(work.connection.execute(_TOKENS, {"before": before}).scalar_one())
    if not rows:
        return None
    work.put(sql.PRUNE_TOKENS, {"before": before})
    return _say(work, Kept.SESSIONS, rows, before, author)


def _prune_photos(work: Work, author: Author) -> int | None:
    before = _before(settings(work.connection)[Kept.UNUSED_PHOTOS], real_now())
    found = work.connection.execute(_PHOTOS.limit(THINGS_AT_ONCE), {"before": before}).scalars().all()
    if not found:
        return None
    work.put(sql.DROP_ATTACHMENT, *({"which": photo} for photo in found))
    return _say(work, Kept.UNUSED_PHOTOS, len(found), before, author)


def _prune_readings(work: Work, author: Author) -> int | None:
    before = _before(settings(work.connection)[Kept.READINGS], work.now)
    last = work.connection.execute(_AGED_READING.offset(ROWS_AT_ONCE).limit(1), {"before": before}).scalar()
    before = before if last is None else last + 1
    rows = _count_readings(work.connection, before)
    if not rows:
        return None
    work.put(sql.PRUNE_READINGS, {"before": before})
    return _say(work, Kept.READINGS, rows, before, author)


def _count_readings(connection: Connection, before: int) -> int:
    return int(connection.execute(_READINGS, {"before": before}).scalar_one())


class _Tracks:
    """Goes through everything that has a history, some hundred things a round."""

    def __init__(self, author: Author) -> None:
        self._author = author
        self._reached: Cursor | None = None

    def next_round(self) -> Round:
        """Return the round that goes on where the last one ended; done twice, it begins at the same place twice."""
        return partial(self._prune, after=self._reached)

    def _prune(self, work: Work, after: Cursor | None) -> int | None:
        days = settings(work.connection)
        gone = dict.fromkeys((Kept.POSITIONS, Kept.IMPORTED_FIXES), 0)
        looked = 0
        for source, thing in _things(work.connection, after):
            looked += 1
            name = _track_class(source)
            before = _before(days[name], work.now)
            rows = _fixes(work.connection, source, thing, before)
            if rows:
                work.put(sql.PRUNE_TRACK, {"source": source, "thing": thing, "before": before})
                gone[name] += rows
            self._reached = (source, thing)
            if looked >= THINGS_AT_ONCE or sum(gone.values()) >= ROWS_AT_ONCE:
                break
        for name, rows in gone.items():
            _say(work, name, rows, _before(days[name], work.now), self._author)
        return sum(gone.values()) if looked else None


def _things(connection: Connection, after: Cursor | None) -> Iterator[Cursor]:
    """Yield the source and id of everything with a history, one step in the key at a time."""
    row = connection.execute(_FIRST_THING if after is None else _NEXT_THING, _named(after)).first()
    while row is not None:
        yield row.source, row.thing
        row = connection.execute(_NEXT_THING, _named((row.source, row.thing))).first()


def _named(cursor: Cursor | None) -> dict[str, str]:
    return {} if cursor is None else {"source": cursor[0], "thing": cursor[1]}


def _track_class(source: str) -> Kept:
    return Kept.POSITIONS if source == OWN_SOURCE else Kept.IMPORTED_FIXES


def _fixes(connection: Connection, source: str, thing: str, before: int) -> int:
    given = {"source": source, "thing": thing, "before": before}
    return int(connection.execute(_FIXES, given).scalar_one())


def _prune_cases(work: Work, name: Kept, what: frozenset[Erasable], author: Author) -> int | None:
    """Erase from the next cases that ended long ago, and note how far the log has been looked through."""
    days = settings(work.connection)[name]
    found = _ended(work.connection, name, days, work.now, CASES_AT_ONCE)
    if not found:
        return None
    rows = 0
    for case_no, _ in found:
        case = work.case(CaseNo(case_no))
        if case is not None and (name is Kept.CASES or any(r.has_contact for r in case.reports)):
            erase_case(work, case.case_no, what, f"retention: {name.value}", author)
            rows += 1
    mark = _mark(name)
    work.put(sql.DROP_META, {"which": mark})
    work.put(sql.ADD_META, {"name": mark, "value": str(found[-1][1]).encode()})
    return _say(work, name, rows, _before(days, work.now), author)


def _mark(name: Kept) -> str:
    return f"looked_through_{name.value}"


def _ended(connection: Connection, name: Kept, days: int, now: datetime, most: int | None = None) -> list[Any]:
    """Return number and last change of the next cases that ended so long ago, beyond those looked at before."""
    kept = reads.meta(connection, _mark(name))
    until = reads.last_before(connection, _before(days, now))
    given = {"after": 0 if kept is None else int(kept), "until": until}
    return list(connection.execute(_ENDED.limit(most), given))
