"""Keeping readings: the latest of each thing over a restart, and a thinned history that is let go after some days."""

from collections.abc import Iterator, Sequence
from functools import partial
from typing import Any

import msgspec

from domain.reading import Reading
from service.clock import real_now
from service.gauges import Gauges, Key
from service.store import statements as sql
from service.store.rows import to_us
from service.write.transaction import Job
from service.write.work import Work

MOST_ROWS = 2_000
"""Rows of one job: commands get their turn between two of them."""


def keeping_readings(gauges: Gauges) -> Iterator[Job]:
    """Yield the jobs that keep what came in since the last time."""
    kept, dropped = gauges.drain_unsaved()
    samples = gauges.drain_samples()
    for i in range(0, len(kept), MOST_ROWS):
        yield Job(partial(_keep, readings=kept[i : i + MOST_ROWS]))
    for i in range(0, len(dropped), MOST_ROWS):
        yield Job(partial(_drop, keys=dropped[i : i + MOST_ROWS]))
    for i in range(0, len(samples), MOST_ROWS):
        yield Job(partial(_sample, readings=samples[i : i + MOST_ROWS]))


def _keep(work: Work, readings: Sequence[Reading]) -> None:
    saved_at = to_us(real_now())
    work.put(sql.KEEP_READING, *({**_row(reading), "saved_at": saved_at} for reading in readings))


def _drop(work: Work, keys: Sequence[Key]) -> None:
    work.put(sql.DROP_READING, *({"which_kind": kind.value, "which": entry_id} for kind, entry_id in keys))


def _sample(work: Work, readings: Sequence[Reading]) -> None:
    work.put(sql.KEEP_READING_SAMPLE, *map(_row, readings))


def _row(reading: Reading) -> dict[str, Any]:
    return {
        "kind": reading.kind.value,
        "entry_id": reading.entry_id,
        "at": to_us(reading.at),
        "body": msgspec.msgpack.encode(reading),
    }
