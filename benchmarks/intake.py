"""Durable intake: reports a second through HTTP, beside a bare loop that writes the very same rows.

Ours: 64 connections post reports to a real service on SQLite (WAL, synchronous=FULL); an answer comes after the
fsync that covers it. The floor: one loop with the standard library's ``sqlite3``, a connection set as the service sets
its own (deleted values are overwritten, the log is emptied beside), the same tables and indexes, that writes the rows
the service has just written, in transactions of the sizes the service made of them: no HTTP, no judging, no hashing.
Beside both, what one fsync costs on this disk.

The peer: FastAPI, SQLAlchemy's ORM and asyncpg on a durable PostgreSQL (``benchmarks.peers.orm_intake``), and our own
service on the same server. All share the machine's cores with the load generator, whose share is printed.
"""

import itertools
import os
import secrets
import sqlite3
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

import msgspec

from benchmarks.harness import LEAST_RUNS, Rows, Sense, compare, main, p99, single
from benchmarks.load import Load, drive, pace, post
from benchmarks.peers.orm_peer import NAME as ORM_NAME
from benchmarks.peers.orm_peer import find_python, serving
from benchmarks.postgres import Cluster, why_not
from benchmarks.programs import get_json, make_town, reportable_kind, service, token
from domain.case import NewReport
from domain.states import Channel
from service.store.engine import prepare_sqlite

CLIENTS = 64
SECONDS = 2.0
OURS, ON_POSTGRES, PEER, FLOOR, CALM = "ours", "ours on PostgreSQL", "peer", "floor", "calm"
FSYNCS = 300
TEXTS = (
    "老街口污水井盖缺失，行人绕行，已放锥桶，请尽快处置。",
    "溪口村村道积水没过路面，电动车难以通行。",
    "菜场北门店外经营占道。",
)


class Reports:
    """Reports to send, each with a key of its own, spread over the town."""

    def __init__(self, url: str, bearer: str, kind: str) -> None:
        self.url = url
        self.kind = kind
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
            kind=self.kind,
            address="老街 18 号门前",
            lon=999.123456,
            lat=99.123456,
            source="12345",
            source_no="bench-999999999",
        )
        headers = {**self._headers, "Idempotency-Key": "bench-999999999"}
        made = post(self.url, "/v1/reports", msgspec.json.encode(report), headers)
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


def last_change(database: Path) -> int:
    """Return the number of the last change."""
    with sqlite3.connect(f"file:{database.as_posix()}?mode=ro", uri=True) as connection:
        return int(connection.execute("SELECT seq FROM head").fetchone()[0])


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
            f"SELECT sql FROM sqlite_master WHERE tbl_name IN ({marks})"
            " AND type IN ('table', 'index') AND sql IS NOT NULL ORDER BY type DESC",
            wanted,
        ).fetchall()
        head = source.execute("SELECT seq, hash, recorded_at FROM head").fetchone()
    connection = sqlite3.connect(copy, isolation_level=None)
    prepare_sqlite(connection)
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


@dataclass
class Figures:
    """What the turns came to."""

    rates: dict[str, list[float]] = field(default_factory=dict)
    waits_s: dict[str, list[float]] = field(default_factory=dict)
    cores: list[float] = field(default_factory=list)
    sizes: list[int] = field(default_factory=list)
    syncs_s: list[float] = field(default_factory=list)

    def take(self, name: str, load: Load) -> None:
        """Add a run."""
        if load.refused or not load.waits_s:
            raise RuntimeError(f"reports were refused, so the figure would lie: {name} {load.refused}")
        self.rates.setdefault(name, []).append(load.per_second)
        self.waits_s.setdefault(name, []).extend(load.waits_s)
        self.cores.append(load.core)


def measure() -> Rows:
    """Alternate ours on SQLite, the bare loop over the rows it wrote, ours on PostgreSQL and the peer."""
    figures = Figures()
    absent = why_not()
    python = find_python()
    with tempfile.TemporaryDirectory(prefix="onemap-bench-") as named, ExitStack() as stack:
        folder = Path(named)
        town = make_town(folder / "town")
        database = folder / "room.db"
        services = {OURS: _ours(stack, f"sqlite:///{database.as_posix()}", town)}
        if absent is None:
            cluster = Cluster(durable=True)
            stack.callback(cluster.close)
            services[ON_POSTGRES] = _ours(stack, cluster.url(cluster.create(), tcp=True), town)
            if python is not None:
                empty = cluster.url(cluster.create(), tcp=True)
                services[PEER] = _peer(stack, python, empty, services[OURS].kind)
        for turn in range(LEAST_RUNS + 1):
            if turn == 1:
                figures = Figures()  # the first turn warms up
            _turn(services, database, folder, turn, figures)
    return _rows(figures, absent, python)


def _ours(stack: ExitStack, url: str, town: Path) -> Reports:
    bearer = token(url, "bench", "gateway", "reader")
    address = stack.enter_context(service(url, town))
    return Reports(address, bearer, reportable_kind(get_json(address, "/v1/snapshot", bearer)))


def _peer(stack: ExitStack, python: str, database: str, kind: str) -> Reports:
    bearer = secrets.token_urlsafe(32)
    return Reports(stack.enter_context(serving(python, database, bearer, kind)), bearer, kind)


def _turn(services: dict[str, Reports], database: Path, folder: Path, turn: int, figures: Figures) -> None:
    first = turn * 10_000_000
    for name, reports in services.items():
        since = last_change(database)
        figures.take(name, drive(reports.url, reports.request, clients=CLIENTS, seconds=SECONDS, first=first))
        if name != OURS:
            continue
        rows = changed_tables(database, since)
        sizes = batch_sizes(rows["change"], column(database, "change", "recorded_at"))
        figures.rates.setdefault(FLOOR, []).append(bare_loop(database, folder / f"floor-{turn}.db", rows, sizes))
        figures.sizes += sizes
        figures.syncs_s += fsync_waits_s(folder)
        calm = pace(
            reports.url,
            reports.request,
            per_second=figures.rates[OURS][-1] / 2,
            clients=CLIENTS,
            seconds=SECONDS / 2,
            first=first + 5_000_000,
        )
        figures.take(CALM, calm)


def _rows(figures: Figures, absent: str | None, python: str | None) -> Rows:
    ours, batch = figures.rates[OURS], sum(figures.sizes) / len(figures.sizes)
    floor = f"bare sqlite3 loop, same rows and indexes, batches as observed (mean {batch:.1f})"
    why = absent or ("not installed: set ONEMAP_ORM_PYTHON (benchmarks/peers/orm_peer.py)" if python is None else None)
    name = ORM_NAME if why is None else f"{ORM_NAME}: absent, {why}"
    peer = figures.rates.get(PEER)
    sync = 1000 * p99(figures.syncs_s)
    rows = compare("durable reports, 64 clients", "1/s", ours, figures.rates[FLOOR], floor, Sense.OF_PEER)
    rows += compare("durable reports, 64 clients", "1/s", ours, peer, name, Sense.OF_PEER)
    on_postgres = figures.rates.get(ON_POSTGRES)
    if on_postgres is not None:
        rows += compare("the same, ours on PostgreSQL", "1/s", on_postgres, peer, name, Sense.OF_PEER)
    for which, said in (
        (OURS, "answer to a report, p99 (closed loop: a slow answer delays the next question)"),
        (CALM, "answer to a report at half that rate, p99 (sent at fixed moments)"),
        (ON_POSTGRES, "answer to a report, ours on PostgreSQL, p99"),
        (PEER, "answer to a report, the peer, p99"),
    ):
        waits = figures.waits_s.get(which)
        if waits:
            fsync = "one 4 KiB append and fsync, p99"
            rows.append(single(said, "ms", 1000 * p99(waits), sync, fsync, Sense.TIMES_AS_LONG, len(waits)))
    busiest = max(figures.cores)
    rows.append(single("load generator at its busiest", "core", busiest, None, "-", Sense.FIGURE, len(figures.cores)))
    return rows


if __name__ == "__main__":
    raise SystemExit(main("intake", measure))
