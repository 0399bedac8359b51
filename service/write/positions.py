"""Keeping positions: the latest of each thing over a restart, and a thinned history; and reading that history.

The history is the table ``position_history``: with the empty source stand the samples of the room's own people and
vehicles on shift, with another one what was imported for made-up units. It is kept for a short time only. Whoever reads
it is written into the log first.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from functools import partial
from typing import TypeVar

import msgspec

from domain.change import Seq, Subject
from domain.ids import ThingId
from domain.places import Position
from domain.wire import Track, TrackPoint
from service.access import Asker
from service.store import reads, tracks
from service.store import statements as sql
from service.store.rows import from_us, to_us
from service.tracker import Tracker
from service.write.reporting import author_of
from service.write.transaction import Job
from service.write.work import Work

T = TypeVar("T")

OWN_SOURCE = ""
MOST_ROWS = 2_000
"""Rows of one job: commands get their turn between two of them."""


def keeping(tracker: Tracker) -> Iterator[Job]:
    """Yield the jobs that keep what a tracker has taken in since the last time."""
    kept, dropped = tracker.drain_unsaved()
    for latest in _parts(kept):
        yield Job(partial(_keep_latest, latest=latest))
    for things in _parts(dropped):
        yield Job(partial(_forget_latest, things=things))
    for samples in _parts(tracker.drain_samples()):
        yield Job(partial(_keep_samples, samples=samples))


def _parts(values: Sequence[T]) -> Iterator[Sequence[T]]:
    for i in range(0, len(values), MOST_ROWS):
        yield values[i : i + MOST_ROWS]


def _keep_latest(work: Work, latest: Sequence[Position]) -> None:
    work.put(sql.KEEP_POSITION, *({"thing": p.thing, "body": msgspec.msgpack.encode(p)} for p in latest))


def _forget_latest(work: Work, things: Sequence[ThingId]) -> None:
    work.put(sql.DROP_POSITION, *({"which": thing} for thing in things))


def _keep_samples(work: Work, samples: Sequence[Position]) -> None:
    work.put(
        sql.KEEP_SAMPLE,
        *(
            {
                "source": OWN_SOURCE,
                "thing": p.thing,
                "source_at": to_us(p.fixed_at),
                "fixed_at": to_us(p.fixed_at),
                "lon": p.lon,
                "lat": p.lat,
            }
            for p in samples
        ),
    )


def read_track(
    work: Work, thing: ThingId, reason: str, since: datetime, until: datetime, most: int, asker: Asker
) -> Track:
    """Return where a thing was, oldest first, and log that it was looked at and why."""
    rows = tracks.track(work.connection, thing, since, until, most + 1)
    data = {"what": "track", "reason": reason, "since": since.isoformat(), "until": until.isoformat()}
    work.record(Subject.READING, thing, "track_read", author_of(asker), data)
    points = tuple(TrackPoint(from_us(at), lon, lat) for at, lon, lat in rows[:most])
    return Track(thing, points, points[-1].at if len(rows) > most else None)


def log_tracks(work: Work, reason: str, since: datetime, until: datetime, asker: Asker, known: Seq) -> Seq:
    """Log that everybody's tracks of a stretch are looked at, and why; return the number of the change.

    ``known`` is the change that logged this very reading already, 0 where none did; another one counts for nothing.
    """
    area = asker.actor.area
    data = {
        "what": "tracks",
        "reason": reason,
        "since": since.isoformat(),
        "until": until.isoformat(),
        "area": area,
    }
    if known and known <= reads.head(work.connection).seq:
        before = reads.change(work.connection, known)
        same = before.subject is Subject.READING and before.actor == asker.actor.account and before.data == data
        if same and before.action == "tracks_read":
            return known
    return work.record(Subject.READING, tracks.EVERYBODY, "tracks_read", author_of(asker), data).seq
