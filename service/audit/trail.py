"""The trail as the audit administrator reads it: the head, the links of the chain, and pages of who did what."""

from datetime import datetime, timedelta

import msgspec
from msgspec.structs import replace
from sqlalchemy import Connection, func, literal_column, select

from domain.change import MAX_SEQ, Change, Subject
from domain.wire_audit import AuditPage, HeadToSign, Link, LinkPage
from service.audit.chain import LOG, envelope_of
from service.audit.streams import stream
from service.store import reads
from service.store import tables as t
from service.store.rows import change_of, to_us
from service.world import META_EPOCH
from service.write.auditing import last_signed

MOST_LOOKED = 20_000
"""Changes one page looks through; with a narrow question a page may be empty and not the last."""
_BARE = frozenset({Subject.CASE, Subject.ENTRY})
_SLACK = timedelta(days=1)
_BESIDE_CASES = literal_column("subject") != literal_column("'case'")


class Asked(msgspec.Struct, frozen=True):
    """What is asked of the trail; empty is all."""

    who: str = ""
    subject: Subject | None = None
    subject_id: str = ""
    since: datetime | None = None


def head_to_sign(connection: Connection) -> HeadToSign:
    """Return where the log stands and the last head that was signed."""
    head = reads.head(connection)
    epoch = reads.meta(connection, META_EPOCH) or b""
    return HeadToSign(epoch.decode(), head.seq, head.hash, head.recorded_at, last_signed(connection))


def links(connection: Connection, after: int, most: int) -> LinkPage:
    """Return the links of the chain after a number."""
    found = stream(connection, f"{LOG} LIMIT ?", after, most)
    return LinkPage(tuple(Link(envelope_of(row), bytes(row[12])) for row in found))


def page(connection: Connection, asked: Asked, before: int | None, most: int) -> AuditPage:
    """Return a page of changes, newest first. Of a case or an entry only who did what and when is shown."""
    c = t.change.c
    looked = select(t.change).where(c.seq < (MAX_SEQ if before is None else before))
    looked = looked.where(_BESIDE_CASES if asked.subject is None else c.subject == asked.subject.value)
    if asked.subject_id:
        looked = looked.where(c.subject_id == asked.subject_id)
    window = looked.order_by(c.seq.desc()).limit(MOST_LOOKED).subquery()
    found = select(window).order_by(window.c.seq.desc()).limit(most)
    if asked.who:
        found = found.where(window.c.actor == asked.who)
    if asked.since is not None:
        found = found.where(window.c.recorded_at >= to_us(asked.since))
    changes = [change_of(row) for row in connection.execute(found)]
    shown = tuple(_bare(change) if change.subject in _BARE else change for change in changes)
    if len(changes) == most:
        return AuditPage(shown, changes[-1].seq)
    bounds = select(func.count(), func.min(window.c.seq), func.min(window.c.recorded_at)).select_from(window)
    count, lowest, oldest = connection.execute(bounds).one()
    past = asked.since is not None and oldest is not None and oldest < to_us(asked.since - _SLACK)
    return AuditPage(shown, lowest if count == MOST_LOOKED and not past else None)


def _bare(change: Change) -> Change:
    return replace(change, data={})
