"""Questions about where things were, and about who asked them."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, bindparam, select

from domain.change import Change, Seq, Subject
from domain.ids import ThingId
from domain.wire_tracks import ThingTrack
from service.store import tables as t
from service.store.rows import change_of, to_us

EVERYBODY = "*"
"""What a reading of everybody's tracks is about in the log."""
MOST_OF_ONE = 10_000
"""Fixes of one thing in one stretch; one every ten seconds for a day is fewer."""

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
        t.change.c.subject_id.in_((bindparam("subject_id"), EVERYBODY)),
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


def sheaf(connection: Connection, things: Sequence[str], since: datetime, until: datetime) -> tuple[ThingTrack, ...]:
    """Return where the room's own people and vehicles were in a stretch, those left out of whom nothing is kept."""
    first, span = to_us(since), {"since": to_us(since) - 1, "until": to_us(until), "most": MOST_OF_ONE}
    found = []
    for thing in things:
        rows = connection.execute(_TRACK, {"source": "", "thing": thing, **span}).all()
        if rows:
            at_s = tuple((row[0] - first) // 1_000_000 for row in rows)
            found.append(ThingTrack(ThingId(thing), at_s, tuple(r[1] for r in rows), tuple(r[2] for r in rows)))
    return tuple(found)
