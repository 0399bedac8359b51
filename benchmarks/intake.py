"""Durable intake: reports a second through HTTP, beside a bare loop that writes the very same rows.

Ours: 64 connections post reports to a real service on SQLite (WAL, synchronous=FULL); an answer comes after the
fsync that covers it. The floor: one loop with the standard library's ``sqlite3``, the same settings, tables and
indexes, that writes the rows the service has just written, in transactions of the sizes the service made of them: no
HTTP, no judging, no hashing. Beside both, what one fsync costs on this disk.
"""

import itertools
import os
import sqlite3
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import msgspec

from benchmarks.harness import LEAST_RUNS, Rows, Sense, compare, main, p99, single
from benchmarks.load import Load, drive, post
from benchmarks.programs import get_json, make_town, reportable_kind, service, token
from domain.case import NewReport
from domain.states import Channel

CLIENTS = 64
SECONDS = 2.0
FSYNCS = 300
TEXTS = (
    "老街口污水井盖缺失，行人绕行，已放锥桶，请尽快处置。",
    "溪口村村道积水没过路面，电动车难以通行。",
    "菜场北门店外经营占道。",
)


class Reports:
    """Reports to send, each with a key of its own, spread over the town."""

    def __init__(self, url: str, bearer: str, kind: str) -> None:
        self._url = url
        self._kind = kind
        self._headers = {"Authorization": f"Bearer {bearer}", "Content-Type": "application/json"}
        self._templates = tuple(self._template(text) for text in TEXTS)

    def request(self, number: int) -> bytes:
        """Return report ``number`` (of at most nine digits) as a request."""
        lon, lat = 120_720_000 + number % 997 * 60, 29_700_000 + number % 613 * 60
        given = (number, *divmod(lon, 1_000_000), *divmod(lat, 1_000_000), number)
        return self._templates[number % len(TEXTS)] % given

    def _template(self, text: str) -> bytes:
        """Return a request with places for numbers: making each anew would cost as much as taking it in."""
        report = NewReport(
            channel=Channel.HOTLINE,
            text=text,
            kind=self._kind,
            address="老街 18 号门前",
            lon=999.123456,
            lat=99.123456,
            source="12345",
            source_no="bench-999999999",
        )
        headers = {**self._headers, "Idempotency-Key": "bench-999999999"}
        made = post(self._url, "/v1/reports", msgspec.json.encode(report), headers)
        if b"%" in made:
            raise ValueError("a report to be made into a template has no per cent sign")
        for mark, place in (
            (b"bench-999999999", b"bench-%09d"),
            (b"999.123456", b"%03d.%06d"),
            (b"99.123456", b"%02d.%06d"),
        ):
            made = made.replace(mark, place)
        return made


def changed_tables(database: Path, since_seq: int) -> dict[str, list[tuple[object, ...]]]:
    """Return the rows the service wrote after change ``since_seq``, by table, oldest first."""
    with sqlite3.connect(f"file:{database.as_posix()}?mode=ro", uri=True) as connection:
        return {
            "change": connection.execute("SELECT * FROM change WHERE seq > ? ORDER BY seq", (since_seq,)).fetchall(),
            "cases": connection.execute(
                "SELECT * FROM cases WHERE changed_seq > ? ORDER BY changed_seq", (since_seq,)
            ).fetchall(),
            "answered": connection.execute(
                "SELECT * FROM answered WHERE seq > ? ORDER BY seq", (since_seq,)
            ).fetchall(),
        }


def batch_sizes(rows: list[tuple[object, ...]], recorded_at: int) -> list[int]:
    """Return how many changes each of the service's transactions held: they share their time of recording."""
    return [len(list(group)) for _, group in itertools.groupby(rows, key=lambda row: row[recorded_at])]


def column(database: Path, table: str, name: str) -> int:
    """Return the place of a column."""
    with sqlite3.connect(f"file:{database.as_posix()}?mode=ro", uri=True) as connection:
        names = [row[1] for row in connection.execute(f"PRAGMA table_info({table})")]
    return names.index(name)


def bare_loop(database: Path, copy: Path, rows: dict[str, list[tuple[object, ...]]], sizes: list[int]) -> float:
    """Write the rows into empty tables in transactions of ``sizes``; return rows of ``change`` a second."""
    with sqlite3.connect(f"file:{database.as_posix()}?mode=ro", uri=True) as source:
        wanted = (*rows, "head", "counter")
        marks = ",".join("?" * len(wanted))
        ddl = source.execute(
            f"SELECT sql FROM sqlite_master WHERE tbl_name IN ({marks}) AND sql IS NOT NULL ORDER BY type DESC", wanted
        ).fetchall()
        head = source.execute("SELECT seq, hash, recorded_at FROM head").fetchone()
    connection = sqlite3.connect(copy, isolation_level=None)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")
    for (statement,) in ddl:
        connection.execute(statement)
    connection.execute("INSERT INTO head (id, seq, hash, recorded_at) VALUES (1, ?, ?, ?)", head)
    insert = {t: f"INSERT INTO {t} VALUES ({','.join('?' * len(found[0]))})" for t, found in rows.items() if found}
    began = time.perf_counter()
    for first, last in spans(sizes):
        connection.execute("BEGIN IMMEDIATE")
        for table, statement in insert.items():
            connection.executemany(statement, rows[table][first:last])
        connection.execute("UPDATE head SET seq=?, hash=?, recorded_at=?", head)
        connection.execute("INSERT OR REPLACE INTO counter VALUES ('20260101', ?)", (last,))
        connection.execute("COMMIT")
    took = time.perf_counter() - began
    connection.close()
    return sum(sizes) / took


def spans(sizes: list[int]) -> Iterator[tuple[int, int]]:
    """Yield the stretches that consecutive sizes cover."""
    edges = [0, *itertools.accumulate(sizes)]
    yield from itertools.pairwise(edges)


def fsync_waits_s(folder: Path) -> list[float]:
    """Return what appending 4 KiB and syncing it costs, in seconds each."""
    waits = []
    handle = os.open(folder / "fsync.probe", os.O_CREAT | os.O_WRONLY)
    try:
        for _ in range(FSYNCS):
            began = time.perf_counter()
            os.write(handle, b"\0" * 4096)
            os.fsync(handle)
            waits.append(time.perf_counter() - began)
    finally:
        os.close(handle)
    return waits


def measure() -> Rows:
    """Alternate the service and the bare loop over the same rows."""
    ours: list[float] = []
    floor: list[float] = []
    waits: list[float] = []
    syncs: list[float] = []
    sizes_seen: list[int] = []
    with tempfile.TemporaryDirectory(prefix="onemap-bench-") as named:
        folder = Path(named)
        database = folder / "room.db"
        url_of_database = f"sqlite:///{database.as_posix()}"
        town = make_town(folder / "town")
        bearer = token(url_of_database, "bench", "gateway", "reader")
        with service(url_of_database, town) as url:
            snapshot = get_json(url, "/v1/snapshot", bearer)
            reports = Reports(url, bearer, reportable_kind(snapshot))
            first, seq = 0, int(str(snapshot["head"]))
            at = column(database, "change", "recorded_at")
            for turn in range(LEAST_RUNS + 1):
                load = drive(url, reports.request, clients=CLIENTS, seconds=SECONDS, first=first)
                _all_accepted(load)
                first += 1_000_000
                rows = changed_tables(database, seq)
                seq += len(rows["change"])
                sizes = batch_sizes(rows["change"], at)
                rate = bare_loop(database, folder / f"floor-{turn}.db", rows, sizes)
                if turn:
                    ours.append(load.per_second)
                    floor.append(rate)
                    waits += load.waits_s
                    sizes_seen += sizes
                    syncs += fsync_waits_s(folder)
    batch = sum(sizes_seen) / len(sizes_seen)
    peer = f"bare sqlite3 loop, same rows and indexes, batches as observed (mean {batch:.1f})"
    return [
        *compare("durable reports, 64 clients", "1/s", ours, floor, peer, Sense.OF_PEER),
        single(
            "answer to a report, p99",
            "ms",
            1000 * p99(waits),
            1000 * p99(syncs),
            "one 4 KiB append and fsync, p99",
            Sense.TIMES_AS_LONG,
            len(waits),
        ),
    ]


def _all_accepted(load: Load) -> None:
    if load.refused or not load.waits_s:
        raise RuntimeError(f"reports were refused, so the figure would lie: {load.refused}")


if __name__ == "__main__":
    raise SystemExit(main("intake", measure))
