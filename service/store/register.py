"""Questions about entries of the register, and how they are laid out in the tables."""

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, Connection, and_, bindparam, func, or_, select

from domain.register import REGISTERS, Entry, EntryKind
from service.store import tables as t
from service.store.rows import to_us

_decoder = msgspec.msgpack.Decoder(Entry)
_c = t.entry.c
_ONE = select(_c.body).where(_c.entry == bindparam("entry"))
_MANY = select(_c.body).where(_c.entry.in_(bindparam("entries", expanding=True)))
_COUNT = select(func.count()).where(_c.kind == bindparam("kind"), _c.removed == 0)
_EXPIRED = (
    select(_c.body)
    .where(_c.expires_at <= bindparam("now"), _c.removed == 0)
    .order_by(_c.expires_at)
    .limit(bindparam("most"))
)
IN_LIST = 500


class Shelf(msgspec.Struct, frozen=True):
    """Whose entries are asked for: of these registers, in this area, private ones of this account alone."""

    kinds: frozenset[EntryKind]
    area: str
    account: str

    def rows(self) -> ColumnElement[bool]:
        """Return the condition an entry's row must meet to be seen. It says what ``Sight.sees_entry`` says."""
        private = [k.value for k in self.kinds if REGISTERS[k].private]
        shared = [k.value for k in self.kinds if not REGISTERS[k].private]
        down = [k.value for k in self.kinds if REGISTERS[k].down]
        inside: ColumnElement[bool] = _c.kind.in_(shared)
        if self.area:
            wider = [self.area[:n] for n in range(len(self.area))]
            here = _c.area.startswith(self.area, autoescape=True)
            inside = and_(inside, or_(here, and_(_c.kind.in_(down), _c.area.in_(wider))))
        return and_(_c.removed == 0, or_(inside, and_(_c.kind.in_(private), _c.author == self.account)))


def entry_row(entry: Entry, seq: int) -> dict[str, Any]:
    """Return the row of an entry as it stands after change ``seq``."""
    return {
        "entry": entry.key,
        "kind": entry.kind.value,
        "author": entry.author,
        "area": entry.area,
        "removed": int(entry.removed),
        "expires_at": None if entry.expires_at is None else to_us(entry.expires_at),
        "changed_seq": seq,
        "body": msgspec.msgpack.encode(entry),
    }


def entry_of(body: bytes) -> Entry:
    """Return the entry kept in a row's body."""
    return _decoder.decode(body)


def entry(connection: Connection, key: str) -> Entry | None:
    """Return an entry by what its changes are about, removed or not."""
    row = connection.execute(_ONE, {"entry": key}).first()
    return None if row is None else entry_of(row.body)


def entries_in(connection: Connection, keys: Iterable[str]) -> list[Entry]:
    """Return the entries of these keys that there are."""
    wanted = list(keys)
    found: list[Entry] = []
    for i in range(0, len(wanted), IN_LIST):
        rows = connection.execute(_MANY, {"entries": wanted[i : i + IN_LIST]})
        found += [entry_of(row.body) for row in rows]
    return found


def count(connection: Connection, kind: EntryKind, author: str | None) -> int:
    """Return how many entries a register holds, of one author where one is named."""
    question = _COUNT if author is None else _COUNT.where(_c.author == author)
    return int(connection.execute(question, {"kind": kind.value}).scalar_one())


def page(
    connection: Connection, shelf: Shelf, kind: EntryKind, after: str, most: int, now: datetime
) -> list[tuple[str, Entry]]:
    """Return the next entries of one register with their keys, in the order of the keys."""
    question = (
        select(_c.entry, _c.body)
        .where(shelf.rows(), _c.kind == kind.value, _c.entry > after, _lasting(now))
        .order_by(_c.entry)
        .limit(most)
    )
    return [(row.entry, entry_of(row.body)) for row in connection.execute(question)]


def bodies(connection: Connection, shelf: Shelf, now: datetime) -> list[bytes]:
    """Return every entry that may be seen, still packed (MessagePack of Entry)."""
    if not shelf.kinds:
        return []
    question = select(_c.body).where(shelf.rows(), _lasting(now)).order_by(_c.entry)
    return [bytes(row.body) for row in connection.execute(question)]


def reporting(connection: Connection, kinds: Collection[EntryKind]) -> list[Entry]:
    """Return every entry of these registers that is there."""
    question = select(_c.body).where(_c.kind.in_([k.value for k in kinds]), _c.removed == 0)
    return [entry_of(row.body) for row in connection.execute(question)]


def expired(connection: Connection, now: datetime, most: int) -> list[Entry]:
    """Return entries whose end has come and that are there still."""
    return [entry_of(row.body) for row in connection.execute(_EXPIRED, {"now": to_us(now), "most": most})]


def _lasting(now: datetime) -> ColumnElement[bool]:
    return or_(_c.expires_at.is_(None), _c.expires_at > to_us(now))
