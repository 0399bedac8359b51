"""The writing thread: what waits goes together, every answer comes after its commit, and it never dies."""

import queue
import threading
from pathlib import Path
from typing import Any

import pytest
from homes import database_of
from log_checks import check_store
from stores import hand_over, report_job, settled_store
from towns import MORNING

from domain.faults import Fault
from domain.wire import Outcome
from service.store import reads
from service.store import statements as sql
from service.store.engine import Store
from service.write import writer as writing
from service.write.ledger import Ledger
from service.write.transaction import Committed, Job
from service.write.work import Work
from service.write.writer import Ticket, Writer


class Desk:
    """A writer and what it delivered."""

    def __init__(self, store: Store, ledger: Ledger) -> None:
        self.delivered: queue.Queue[tuple[Any, Any, int]] = queue.Queue()
        self._store = store
        self.writer = Writer(store, ledger, lambda: MORNING, self._deliver)

    def _deliver(self, tickets: list[Ticket], committed: Committed) -> None:
        with self._store.reading.begin() as connection:
            kept = reads.head(connection).seq
        for ticket, answer in zip(tickets, committed.answers, strict=True):
            self.delivered.put((ticket.asker, answer, kept))

    def answers(self, count: int) -> dict[Any, Any]:
        found = {}
        for _ in range(count):
            asker, answer, kept = self.delivered.get(timeout=20)
            if isinstance(answer, Outcome):
                assert answer.change.seq <= kept, "answered before the commit"
            found[asker] = answer
        return found


def test_what_waits_while_a_commit_runs_goes_into_the_next_one(home: Path) -> None:
    with settled_store(home) as (store, ledger):
        desk = Desk(store, ledger)
        gate = threading.Event()

        def slow(work: Work) -> None:
            gate.wait(10)

        desk.writer.start()
        hand_over(desk.writer, Job(slow), "slow")
        for n in range(100):
            hand_over(desk.writer, report_job(), n)
        gate.set()
        answers = desk.answers(101)
        desk.writer.stop()
        assert all(isinstance(answers[n], Outcome) for n in range(100))
        assert desk.writer.batches <= 3
        assert check_store(store) == 101


def test_of_many_jobs_every_one_is_answered_once(home: Path) -> None:
    with settled_store(home) as (store, ledger):
        desk = Desk(store, ledger)
        desk.writer.start()
        for n in range(240):
            desk.writer.gather(report_job(), n)
        desk.writer.pass_on()
        answers = desk.answers(240)
        desk.writer.stop()
        assert set(answers) == set(range(240))
        assert len({a.case.case_no for a in answers.values()}) == 240
        assert check_store(store) == 241


def test_a_job_that_wants_to_be_alone_is(home: Path) -> None:
    with settled_store(home) as (store, ledger):
        desk = Desk(store, ledger)
        seen: list[int] = []

        def count(work: Work) -> None:
            seen.append(len(work.recorded) + reads.head(work.connection).seq)

        gate = threading.Event()
        desk.writer.start()
        hand_over(desk.writer, Job(lambda work: gate.wait(10) and None), "first")
        hand_over(desk.writer, report_job(), 1)
        hand_over(desk.writer, Job(count, alone=True), 2)
        hand_over(desk.writer, report_job(), 3)
        gate.set()
        desk.answers(4)
        desk.writer.stop()
        assert seen == [2]


def test_too_many_waiting_and_a_stopped_writer_refuse(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writing, "MOST_WAITING", 3)
    with settled_store(home) as (store, ledger):
        desk = Desk(store, ledger)
        for n in range(3):
            hand_over(desk.writer, report_job(), n)
        with pytest.raises(Fault, match="too_busy"):
            hand_over(desk.writer, report_job(), 4)
        desk.writer.start()
        desk.writer.stop()
        assert len(desk.answers(3)) == 3
        with pytest.raises(Fault, match="stopping"):
            hand_over(desk.writer, report_job(), 5)


def test_answers_wait_for_no_job_that_may_take_long(home: Path) -> None:
    with settled_store(home) as (store, ledger):
        desk = Desk(store, ledger)
        begin, end = threading.Event(), threading.Event()
        desk.writer.start()
        hand_over(desk.writer, Job(lambda work: begin.wait(20) and None, alone=True), "first")
        hand_over(desk.writer, Job(lambda work: end.wait(20) and None, alone=True), "long")
        begin.set()
        assert "first" in desk.answers(1)
        end.set()
        assert "long" in desk.answers(1)
        desk.writer.stop()


@pytest.mark.logs_expected("service.write.transaction")
def test_answers_go_out_before_a_batch_that_fails_is_replayed(home: Path) -> None:
    with settled_store(home) as (store, ledger):
        desk = Desk(store, ledger)
        begin, replayed, end = threading.Event(), threading.Event(), threading.Event()

        tries: list[bool] = []

        def poison(work: Work) -> None:
            tries.append(True)
            if len(tries) > 1:
                replayed.set()
                end.wait(20)
            work.put(sql.ADD_META, {"name": "same", "value": None})

        desk.writer.start()
        hand_over(desk.writer, Job(lambda work: begin.wait(20) and None, alone=True), "first")
        hand_over(desk.writer, report_job(), "good")
        hand_over(desk.writer, Job(poison), "bad")
        begin.set()
        assert replayed.wait(20)
        assert "first" in desk.answers(1), "held back while others are replayed"
        end.set()
        answers = desk.answers(2)
        desk.writer.stop()
        assert isinstance(answers["good"], Outcome)
        assert isinstance(answers["bad"], Fault)


def test_what_was_gathered_is_done_or_refused_but_never_forgotten(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writing, "HANDFUL", 3)
    with settled_store(home) as (store, ledger):
        desk = Desk(store, ledger)
        desk.writer.start()
        assert [desk.writer.gather(report_job(), n) for n in range(4)] == [True, False, False, True]
        assert set(desk.answers(3)) == {0, 1, 2}, "a handful goes at once"
        desk.writer.pass_on()
        assert isinstance(desk.answers(1)[3], Outcome)
        desk.writer.gather(report_job(), 4)
        assert desk.writer.waiting == 1
        desk.writer.stop()
        desk.writer.pass_on()
        refused = desk.answers(1)[4]
        assert isinstance(refused, Fault)
        assert refused.key == "stopping"
        with pytest.raises(Fault, match="stopping"):
            desk.writer.gather(report_job(), 5)
        assert check_store(store) == 5


def test_an_idle_writer_notices_what_another_program_wrote(home: Path) -> None:
    with settled_store(home) as (store, ledger):
        heard: queue.Queue[list[int]] = queue.Queue()
        writer = Writer(
            store, ledger, lambda: MORNING, lambda _, committed: heard.put([r.change.seq for r in committed.recorded])
        )
        writer.start()
        beside = Store(database_of(home))
        from service.starting import write_once
        from service.write.accounts import give_script_token

        write_once(beside, lambda work: give_script_token(work, "script", frozenset(), 1))
        assert heard.get(timeout=5) == [2]
        writer.stop()
        beside.close()
