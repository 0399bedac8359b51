"""Questions about kept readings."""

from datetime import datetime

import msgspec
from sqlalchemy import Connection, select

from domain.ids import EntryId
from domain.reading import Reading
from domain.register import EntryKind
from service.store import tables as t
from service.store.rows import to_us

_decoder = msgspec.msgpack.Decoder(Reading)


def latest(connection: Connection) -> list[Reading]:
    """Return the latest reading of each thing."""
    return [_decoder.decode(row.body) for row in connection.execute(select(t.reading.c.body))]


def saved_since(connection: Connection, moment: datetime) -> list[Reading]:
    """Return the latest readings kept since a real time, by whichever service."""
    question = select(t.reading.c.body).where(t.reading.c.saved_at >= to_us(moment))
    return [_decoder.decode(row.body) for row in connection.execute(question)]


def history(
    connection: Connection, kind: EntryKind, entry_id: EntryId, since: datetime | None, most: int
) -> list[Reading]:
    """Return the last kept readings of one thing, oldest first."""
    c = t.reading_history.c
    question = select(c.body).where(c.kind == kind.value, c.entry_id == entry_id).order_by(c.at.desc()).limit(most)
    if since is not None:
        question = question.where(c.at >= to_us(since))
    return [_decoder.decode(row.body) for row in connection.execute(question)][::-1]
