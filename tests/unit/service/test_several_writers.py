"""Several writers on one log, and a store that goes away: nothing is lost, doubled, forked or left waiting."""

import queue
import threading
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from homes import database_of
from log_checks import check_store
from postgres import Cluster
from stores import GATE, ROOM, hand_over, report_job, settled_store
from towns import MORNING

from domain.change import Subject
from domain.command import Command
from domain.faults import Fault
from domain.fold import fold_all
from domain.ids import CaseNo
from domain.wire import Outcome
from service.access import sight_of
from service.store import reads
from service.store import statements as sql
from service.store.engine import Store
from service.world import load_world
from service.write.acting import act
from service.write.ledger import Ledger
from service.write.transaction import Job, take_in, transact
from service.write.work import SYSTEM, Recorded, Work
from service.write.writer import Ticket, Writer

pytestmark = pytest.mark.logs_expected("service.write.transaction", "service.write.writer", "psycopg")


def run(store: Store, ledger: Ledger, jobs: list[Job]) -> list[Any]:
    with store.writing.connect() as connection:
        return transact(connection, ledger, jobs, lambda: MORNING).answers


def step(case_no: CaseNo, action: str, version: int, **args: Any) -> Job:
    given = Command(action, version, args)
    return Job(partial(act, case_no=case_no, command=given, asker=ROOM, sight=sight_of(ROOM.own)))


def ledger_now(store: Store) -> Ledger:
    with store.reading.begin() as connection:
        return Ledger(load_world(connection), reads.head(connection).seq)


def heard(store: Store, ledger: Ledger) -> list[Recorded]:
    with store.reading.begin() as connection:
        return take_in(connection, ledger).recorded


@pytest.mark.parametrize("remembered", [False, True])
def test_who_hears_of_anothers_change_is_decided_as_its_writer_would(home: Path, remembered: bool) -> None:
    """A foreign change comes with the case before it: who loses a case hears of it, on whichever service."""
    with settled_store(home) as (store, ledger):
        case_no = run(store, ledger, [report_job()])[0].case.case_no
        other = ledger_now(store)
        if remembered:
            run(store, other, [Job(lambda work: work.case(case_no))])
        moves = [("accept", {}), ("file", {"condition": "c1"}), ("dispatch", {"unit": "u-sanitation"})]
        for version, (action, args) in enumerate(moves, start=1):
            run(store, ledger, [step(case_no, action, version, **args)])
        got = heard(store, other)
        assert [r.change.action for r in got] == ["accept", "file", "dispatch"]
        with store.reading.begin() as connection:
            changes = reads.timeline(connection, Subject.CASE, case_no)
        for entry in got:
            upto = entry.change.version
            assert entry.case == fold_all(changes[:upto])
            assert entry.before == fold_all(changes[: upto - 1])
        assert heard(store, other) == []


def test_what_was_heard_outlives_the_transaction_that_read_it(home: Path) -> None:
    with settled_store(home) as (store, ledger):
        other = ledger_now(store)
        run(store, other, [report_job("别处")])
        poison = Job(lambda work: work.put(sql.ADD_META, {"name": "x" * 50, "value": None}))
        with store.writing.connect() as connection:
            committed = transact(connection, ledger, [poison, report_job("此处")], lambda: MORNING)
        assert [type(a) for a in committed.answers] == [Fault, Outcome]
        assert [r.change.seq for r in committed.recorded] == [2, 3]
        assert check_store(store) == 3


def test_a_question_the_store_refuses_is_its_own_jobs_fault(home: Path) -> None:
    """On PostgreSQL a refused statement ends the transaction for everybody in it, unless it is undone alone."""

    def ask(work: Work) -> None:
        work.record(Subject.TOWN, "x", "noted", SYSTEM, {})
        reads.change(work.connection, 2**70)

    with settled_store(home) as (store, ledger):
        answers = run(store, ledger, [report_job(), Job(ask), report_job(), Job(ask), Job(ask, alone=True)])
        assert [isinstance(a, Outcome) for a in answers] == [True, False, True, False, False]
        assert all(isinstance(a, OverflowError) or a.key == "not_storable" for a in answers[1::2])
        assert check_store(store) == 3


def test_one_key_sent_to_two_writers_at_once_is_done_once(home: Path) -> None:
    with settled_store(home) as (store, ledger):
        beside = Store(database_of(home))
        other = ledger_now(store)
        answers: queue.Queue[Any] = queue.Queue()
        start = threading.Barrier(2)

        def send(which: Store, with_ledger: Ledger) -> None:
            for n in range(30):
                start.wait(20)
                answers.put(run(which, with_ledger, [report_job("一样", key=f"key-{n:05}")])[0])

        threads = [threading.Thread(target=send, args=pair) for pair in ((store, ledger), (beside, other))]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60)
        got = [answers.get(timeout=1) for _ in range(60)]
        assert all(isinstance(a, Outcome) for a in got)
        assert len({a.change.seq for a in got}) == 30
        beside.close()
        assert check_store(store) == 31


def test_two_timers_resume_a_case_once(home: Path) -> None:
    from datetime import timedelta

    from service.write.acting import resume_due

    with settled_store(home) as (store, ledger):
        case_no = run(store, ledger, [report_job()])[0].case.case_no
        moves: list[tuple[str, dict[str, Any]]] = [
            ("accept", {}),
            ("file", {"condition": "c1"}),
            ("dispatch", {"unit": "u-sanitation"}),
        ]
        for version, (action, args) in enumerate(moves, start=1):
            assert isinstance(run(store, ledger, [step(case_no, action, version, **args)])[0], Outcome)
        from stores import make_asker

        from domain.people import Role

        handler = make_asker("gate", Role.GATEWAY, Role.HANDLER)
        from msgspec.structs import replace

        from domain.ids import StaffId, UnitId

        actor = replace(handler.actor, unit=UnitId("u-sanitation"), staff=StaffId("s-zhao"))
        zhao = replace(handler, own=actor, actor=actor)
        until = (MORNING + timedelta(hours=2)).isoformat()
        for version, action, who, args in (
            (4, "sign", zhao, {}),
            (5, "request_suspension", zhao, {"reason": "seasonal", "until": until}),
            (6, "endorse_suspension", ROOM, {}),
            (7, "approve_suspension", ROOM, {}),
        ):
            job = Job(
                partial(
                    act, case_no=case_no, command=Command(action, version, args), asker=who, sight=sight_of(ROOM.own)
                )
            )
            answer = run(store, ledger, [job])[0]
            assert isinstance(answer, Outcome), answer
        other = ledger_now(store)
        later = MORNING + timedelta(hours=3)
        job = Job(partial(resume_due, case_no=case_no))
        done = []
        for with_ledger in (ledger, other):
            with store.writing.connect() as connection:
                done += transact(connection, with_ledger, [job], lambda: later).answers
        assert isinstance(done[0], Outcome)
        assert done[1] is None
        check_store(store)


class Desk:
    """A writer whose answers can be waited for."""

    def __init__(self, store: Store, ledger: Ledger) -> None:
        self.answers: queue.Queue[tuple[Any, Any]] = queue.Queue()
        self.heard: list[int] = []
        self.writer = Writer(store, ledger, lambda: MORNING, self._deliver)

    def _deliver(self, tickets: list[Ticket], committed: Any) -> None:
        self.heard += [r.change.seq for r in committed.recorded]
        for ticket, answer in zip(tickets, committed.answers, strict=True):
            self.answers.put((ticket.asker, answer))

    def ask(self, job: Job) -> Any:
        hand_over(self.writer, job, None)
        return self.answers.get(timeout=30)[1]


def test_a_writer_that_fails_answers_everybody_and_begins_again(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from service.write import writer as writing

    real = transact
    left = [3]

    def failing(*args: Any) -> Any:
        if left[0]:
            left[0] -= 1
            raise MemoryError
        return real(*args)

    monkeypatch.setattr(writing, "transact", failing)
    monkeypatch.setattr(writing, "AGAIN_S", 0.01)
    with settled_store(home) as (store, ledger):
        desk = Desk(store, ledger)
        desk.writer.start()
        for _ in range(3):
            assert desk.ask(report_job()).key == "store_unavailable"
            assert desk.writer.trouble() == "store_unavailable"
        assert isinstance(desk.ask(report_job()), Outcome)
        assert desk.writer.trouble() is None
        desk.writer.stop()
        assert check_store(store) == 2


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_writer_whose_thread_died_is_begun_again(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from service.write import writer as writing

    def die(*_: Any) -> Any:
        raise SystemExit

    with settled_store(home) as (store, ledger):
        desk = Desk(store, ledger)
        with monkeypatch.context() as patched:
            patched.setattr(writing, "transact", die)
            desk.writer.start()
            hand_over(desk.writer, report_job(), "lost")
            desk.writer._thread.join(10)
        assert desk.writer.trouble() == "store_unavailable"
        desk.writer.revive()
        assert desk.answers.get(timeout=10)[1].key == "store_unavailable"
        assert isinstance(desk.ask(report_job()), Outcome)
        desk.writer.stop()


def test_a_server_that_restarts_costs_an_idle_writer_nothing(own_cluster: Cluster, tmp_path: Path) -> None:
    from homes import on_postgres

    with on_postgres(tmp_path, own_cluster), settled_store(tmp_path) as (store, ledger):
        desk = Desk(store, ledger)
        desk.writer.start()
        assert isinstance(desk.ask(report_job()), Outcome)
        own_cluster.restart()
        assert isinstance(desk.ask(report_job()), Outcome)
        own_cluster.kill()
        taken = 2
        while isinstance(
            answer := desk.ask(report_job()), Outcome
        ):  # what serves the line may outlive the server a bit
            taken += 1
            assert taken < 100
        assert answer.key == "store_unavailable"
        assert desk.writer.trouble() == "store_unavailable"
        own_cluster.start()
        deadline = threading.Event()
        for _ in range(100):
            if isinstance(desk.ask(report_job()), Outcome):
                break
            deadline.wait(0.05)
        assert desk.writer.trouble() is None
        desk.writer.stop()
        assert check_store(store) == taken + 2
        assert desk.heard == list(range(2, taken + 3))


def test_a_writer_told_to_look_hears_at_once(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from service.write import writer as writing

    monkeypatch.setattr(writing, "LOOK_EVERY_S", 3600)
    with settled_store(home) as (store, ledger):
        came: queue.Queue[list[int]] = queue.Queue()
        writer = Writer(store, ledger, lambda: MORNING, lambda _, c: came.put([r.change.seq for r in c.recorded]))
        writer.start()
        beside = Store(database_of(home))
        run(beside, ledger_now(store), [report_job(), report_job()])
        beside.close()
        writer.look()
        assert came.get(timeout=10) == [2, 3]
        writer.stop()
        assert GATE.own.account == "gate"
