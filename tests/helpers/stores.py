"""A store with the small town in it, and reports as jobs, for tests of writing without HTTP."""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

from homes import new_database
from towns import MORNING, make_town

from domain.case import NewReport
from domain.ids import AccountId
from domain.people import Actor, Role
from domain.states import Channel
from domain.town import Town
from service.access import Asker
from service.starting import opened
from service.store import reads
from service.store.engine import Store
from service.world import load_world
from service.write.founding import settle
from service.write.ledger import Ledger
from service.write.reporting import take_report
from service.write.transaction import Job, Key
from service.write.writer import Writer


def make_asker(account: str, *roles: Role) -> Asker:
    """Return somebody who asks, with these roles."""
    actor = Actor(AccountId(account), frozenset(roles))
    return Asker(actor, account, b"", actor)


GATE = make_asker("gate", Role.GATEWAY)
ROOM = make_asker("room", Role.ACCEPTOR, Role.DUTY_CHIEF, Role.DISPATCHER, Role.DUTY_LEADER)


@contextmanager
def settled_store(folder: Path, town: Town | None = None) -> Iterator[tuple[Store, Ledger]]:
    """Open a store that holds the small town, and the ledger to write it with."""
    with opened(new_database(folder), exclusive=True) as store:
        with store.reading.begin() as connection:
            empty = reads.head(connection).seq == 0
        if empty:
            settle(store, town or make_town(), MORNING)
        with store.reading.begin() as connection:
            ledger = Ledger(load_world(connection), reads.head(connection).seq)
        yield store, ledger


def hand_over(writer: Writer, job: Job, asker: Any) -> None:
    """Hand a job to the writer by itself, as a loop does that takes in nothing else."""
    writer.gather(job, asker)
    writer.pass_on()


def report_job(
    text: str = "路口有垃圾",
    *,
    key: str | None = None,
    source_no: str = "",
    lon: float = 120.805,
    kind: str = "01-02",
    **more: Any,
) -> Job:
    """Return a report as the writer gets it; ``more`` are other fields of ``NewReport``."""
    report = NewReport(Channel.HOTLINE, text, kind=kind, lon=lon, lat=29.555, source="t", source_no=source_no, **more)
    named = Key(GATE.own.account, key or uuid.uuid4().hex, text.encode().ljust(32)[:32], 201)
    pair = ("t", source_no) if source_no else None
    return Job(partial(take_report, report=report, asker=GATE), key=named, source=pair)
