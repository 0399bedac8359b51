"""Questions about where things were, and about who asked them."""

from datetime import datetime

from sqlalchemy import Connection, bindparam, select

from domain.change import Change, Seq, Subject
from service.store import tables as t
from service.store.rows import change_of, to_us

_TRACK = (
    select(t.position_history.c.source_at, t.position_history.c.lon, t.position_history.c.lat)
    .where(
        t.position_history.c.source == bindparam("source"),
        t.position_history.c.thing == bindparam("thing"),
        t.position_history.c.source_at > bindparam("since"),
        t.position_history.c.source_at <= bindparam("until"),
    )
    .order_by(t.position_history.c.source_at)
    .limit(bindparam("most"))
)
_TRACK_IMPORTED = (
    select(t.position_history.c.fixed_at, t.position_history.c.lon, t.position_history.c.lat)
    .where(
        t.position_history.c.source == bindparam("source"),
        t.position_history.c.thing == bindparam("thing"),
        t.position_history.c.fixed_at > bindparam("since"),
        t.position_history.c.fixed_at <= bindparam("until"),
    )
    .order_by(t.position_history.c.fixed_at)
    .limit(bindparam("most"))
)
_READINGS = (
    select(t.change)
    .where(
        t.change.c.subject_id == bindparam("subject_id"),
        t.change.c.subject == Subject.READING.value,
        t.change.c.seq < bindparam("before"),
    )
    .order_by(t.change.c.seq.desc())
    .limit(bindparam("most"))
)


def track(
    connection: Connection, thing: str, since: datetime, until: datetime, most: int
) -> list[tuple[int, float, float]]:
    """Return time (microseconds), lon and lat of where a thing was after ``since`` up to ``until``, oldest first.

    An imported thing is called ``source:thing``; its times are those it was shifted to.
    """
    span = {"since": to_us(since), "until": to_us(until), "most": most}
    found = [tuple(row) for row in connection.execute(_TRACK, {"source": "", "thing": thing, **span})]
    cuts = [i for i, letter in enumerate(thing) if letter == ":"][:8]
    for i in cuts:
        rows = connection.execute(_TRACK_IMPORTED, {"source": thing[:i], "thing": thing[i + 1 :], **span})
        found += [tuple(row) for row in rows]
    return sorted(found)[:most]


def readings(connection: Connection, subject_id: str, before: Seq, most: int) -> list[Change]:
    """Return who looked at what is guarded of a subject, newest first."""
    rows = connection.execute(_READINGS, {"subject_id": subject_id, "before": before, "most": most})
    return [change_of(row) for row in rows]
