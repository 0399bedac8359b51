"""A stretch of work of the product's own writer on a recording disk: what reached the disk when, and what was promised.

Reports are brought in and accepted by ``service.write`` exactly as the running service does it, in batches of
changing size, with the write-ahead log emptied into the file now and then.
"""

import random
import sqlite3
import threading
from collections.abc import Callable
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

import msgspec
from sqlalchemy import event

from benchmarks.faults.driver import Driver
from benchmarks.faults.recorder import Disk, Entry
from domain.case import Case, Contact, NewReport
from domain.command import Command
from domain.ids import AccountId
from domain.people import Actor, Role
from domain.states import Channel
from domain.wire import Outcome
from resources.codes import unnamed_town
from service.access import Asker, sight_of
from service.audit.verify import check
from service.clock import real_now
from service.starting import opened
from service.store import reads
from service.store.engine import Store
from service.world import load_world
from service.write.acting import act
from service.write.founding import settle
from service.write.ledger import Ledger
from service.write.reporting import take_report
from service.write.transaction import Committed, Job, Key
from service.write.writer import Ticket, Writer

ANSWER_WITHIN_S = 30
MOST_TOGETHER = 20
_ACTOR = Actor(AccountId("room"), frozenset({Role.ACCEPTOR, Role.DUTY_CHIEF, Role.DISPATCHER}))
_ASKER = Asker(_ACTOR, "room", b"", _ACTOR)


class Promise(msgspec.Struct, frozen=True):
    """An answer given: ``position`` is how long the diary was then, ``key`` and ``seq`` what was promised to last."""

    position: int
    key: str
    seq: int


class Recording(msgspec.Struct, frozen=True):
    """What a stretch of work left: the file it began with, the diary since, the promises, and the log at the end.

    ``proven`` says whether the service's own check found that log and all beside it whole.
    """

    began: bytes
    diary: list[Entry]
    promises: list[Promise]
    log: list[tuple[Any, ...]]
    proven: bool


def empty_town(path: Path) -> bytes:
    """Return the bytes of a database that holds a town without cases, made at ``path``."""
    with opened(str(path), exclusive=True) as store:
        settle(store, unnamed_town(), real_now())
    return path.read_bytes()


def store_on(disk: Disk, path: Path, synchronous: str) -> Store:
    """Return the product's store on a recording disk."""
    store = Store(str(path), Driver(disk.name))

    def set_synchronous(connection: Any, _record: object) -> None:
        connection.cursor().execute(f"PRAGMA synchronous={synchronous}").close()

    event.listen(store.writing, "connect", set_synchronous)
    event.listen(store.reading, "connect", set_synchronous)
    return store


class Bench:
    """The product's writer at work on a store, and whoever waits for its answers."""

    def __init__(self, store: Store, on_answer: Callable[[Key, Any], None]) -> None:
        with store.reading.begin() as connection:
            self._ledger = Ledger(load_world(connection), reads.head(connection).seq)
        self._on_answer = on_answer
        self._answered = threading.Semaphore(0)
        self.cases: list[Case] = []
        self._writer = Writer(store, self._ledger, _now, self._deliver)
        self._writer.start()

    def stop(self) -> None:
        """Finish what is queued."""
        self._writer.stop()

    def bring(self, jobs: list[Job]) -> None:
        """Hand jobs to the writer together and wait for their answers."""
        for job in jobs:
            self._writer.gather(job, job.key)
        self._writer.pass_on()
        for _ in jobs:
            if not self._answered.acquire(timeout=ANSWER_WITHIN_S):
                raise RuntimeError("the writer gave no answer")

    def _deliver(self, tickets: list[Ticket], committed: Committed) -> None:
        for ticket, answer in zip(tickets, committed.answers, strict=True):
            if isinstance(answer, Outcome):
                self.cases.append(answer.case)
            self._on_answer(ticket.asker, answer)
            self._answered.release()


def some_jobs(rng: random.Random, number: int, cases: list[Case]) -> list[Job]:
    """Return reports, some with a contact, and acceptances of cases reported before; ``number`` keeps keys apart."""
    jobs = [_report(rng, f"{number}-{i}") for i in range(rng.randint(1, MOST_TOGETHER))]
    fresh = [case for case in cases if case.version == 1]
    cases[:] = []
    for case in fresh[: rng.randint(0, 5)]:
        command = Command("accept", case.version)
        run = partial(act, case_no=case.case_no, command=command, asker=_ASKER, sight=sight_of(_ACTOR))
        jobs.append(Job(run, key=Key(_ACTOR.account, f"a-{case.case_no}", b"a" * 32, 200)))
    return jobs


def _report(rng: random.Random, key: str) -> Job:
    text = "路口有垃圾" * rng.randint(1, 40)
    contact = Contact("张三", "13800000000") if rng.random() < 0.3 else None
    report = NewReport(Channel.HOTLINE, text, source="faults", source_no=key, contact=contact)
    return Job(
        partial(take_report, report=report, asker=_ASKER),
        key=Key(_ACTOR.account, f"r-{key}", b"r" * 32, 201),
        source=("faults", key),
    )


def _now() -> datetime:
    return real_now()


def record(folder: Path, began: bytes, seed: int, synchronous: str, batches: int) -> Recording:
    """Let the writer work through ``batches`` batches in ``folder`` and return what happened."""
    rng = random.Random(seed)
    path = folder / f"{synchronous}-{seed}.db"
    path.write_bytes(began)
    disk = Disk()
    store = store_on(disk, path, synchronous)
    promises: list[Promise] = []

    def promise(key: Key, answer: Any) -> None:
        if isinstance(answer, Exception):
            raise answer
        promises.append(Promise(len(disk.diary), key.key, answer.change.seq))

    bench = Bench(store, promise)
    try:
        for number in range(batches):
            bench.bring(some_jobs(rng, number, bench.cases))
            if rng.random() < 0.15:
                store.checkpoint()
    finally:
        bench.stop()
        diary = list(disk.diary)
        store.close()
    return Recording(began, diary, promises, *whole_log(path))


def whole_log(path: Path) -> tuple[list[tuple[Any, ...]], bool]:
    """Return every row of the log, and whether the service's own check finds the record whole."""
    store = Store(str(path))
    try:
        with store.reading.connect() as reading, reading.begin():
            proven = not check(reading).broken
    finally:
        store.close()
    connection = sqlite3.connect(path)
    try:
        return connection.execute("SELECT * FROM change ORDER BY seq").fetchall(), proven
    finally:
        connection.close()
