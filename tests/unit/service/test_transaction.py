"""Many jobs in one transaction: refusals, poison rows and bugs hurt nobody but their own job."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from homes import database_of
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from log_checks import check_store
from shapely import box, to_wkb
from sqlalchemy import func, select, text
from stores import GATE, ROOM, report_job, settled_store
from towns import MORNING

from domain.change import Subject
from domain.command import Command
from domain.faults import Fault, FaultKind, conflict
from domain.ids import AttachmentId
from domain.wire import ImportedGrid, Outcome
from service.access import sight_of
from service.store import reads
from service.store import statements as sql
from service.store import tables as t
from service.store.engine import Store
from service.world import load_world
from service.write.acting import act
from service.write.importing_areas import import_grids
from service.write.ledger import Ledger
from service.write.transaction import Job, rebuild, transact
from service.write.work import SYSTEM, Work


def run(store: Store, ledger: Ledger, jobs: list[Job]) -> list[Any]:
    with store.writing.connect() as connection:
        return transact(connection, ledger, jobs, lambda: MORNING).answers


def refuse_after_writing(work: Work) -> None:
    work.record(Subject.TOWN, "x", "noted", SYSTEM, {})
    work.put(sql.ADD_META, {"name": "half", "value": b"written"})
    raise conflict("already_there")


def poison(work: Work) -> None:
    """Stage a number no database column holds."""
    work.record(Subject.TOWN, "poison", "noted", SYSTEM, {})
    row = {"source": "p", "thing": "p", "source_at": 2**70, "fixed_at": 1, "lon": 0.0, "lat": 0.0}
    work.put(sql.ADD_FIX, row)


def break_down(work: Work) -> None:
    work.record(Subject.TOWN, "bug", "noted", SYSTEM, {})
    raise ZeroDivisionError


def test_all_jobs_of_a_batch_are_in_one_commit(home: Path) -> None:
    with settled_store(home) as (store, ledger):
        answers = run(store, ledger, [report_job(f"第{n}件") for n in range(40)])
        numbers = [a.case.case_no for a in answers]
        assert numbers == [f"330699103-20260303-{n:04d}" for n in range(1, 41)]
        assert [a.change.seq for a in answers] == list(range(2, 42))
        assert check_store(store) == 41


def test_a_refused_job_leaves_nothing_behind(home: Path) -> None:
    with settled_store(home) as (store, ledger):
        answers = run(store, ledger, [report_job(), Job(refuse_after_writing), report_job()])
        assert isinstance(answers[1], Fault)
        assert check_store(store) == 3
        with store.reading.begin() as connection:
            assert reads.meta(connection, "half") is None


@pytest.mark.logs_expected("service.write.transaction", "psycopg")
def test_a_poison_row_is_its_own_jobs_fault(home: Path) -> None:
    with settled_store(home) as (store, ledger):
        answers = run(store, ledger, [report_job("一"), Job(poison), report_job("二"), Job(poison)])
        assert [type(a) for a in answers] == [Outcome, Fault, Outcome, Fault]
        assert (answers[1].kind, answers[1].key) == (FaultKind.INVALID, "not_storable")
        assert [answers[0].change.seq, answers[2].change.seq] == [2, 3]
        assert check_store(store) == 3
        assert [a.case.title for a in run(store, ledger, [report_job("三")])] == ["三"]


@pytest.mark.logs_expected("service.write.transaction", "psycopg")
def test_a_bug_in_one_job_is_that_jobs_answer(home: Path) -> None:
    with settled_store(home) as (store, ledger):
        answers = run(store, ledger, [Job(break_down), report_job()])
        assert isinstance(answers[0], ZeroDivisionError)
        assert isinstance(answers[1], Outcome)
        assert check_store(store) == 2


@pytest.mark.logs_expected("service.write.transaction", "psycopg")
def test_a_store_that_cannot_be_written_refuses_and_then_goes_on(tmp_path: Path) -> None:
    with settled_store(tmp_path) as (store, ledger):
        with store.writing.connect() as connection:
            connection.execute(text("PRAGMA max_page_count=1"))
            connection.rollback()
            first = [report_job("长" * 4000) for _ in range(200)]
            answers = transact(connection, ledger, first, lambda: MORNING).answers
            assert {(a.kind, a.key) for a in answers} == {(FaultKind.UNAVAILABLE, "store_unavailable")}
            connection.execute(text("PRAGMA max_page_count=1000000"))
            connection.rollback()
            assert isinstance(transact(connection, ledger, [report_job()], lambda: MORNING).answers[0], Outcome)
        assert check_store(store) == 2


def test_jobs_of_a_batch_see_each_other(home: Path) -> None:
    with settled_store(home) as (store, ledger):
        sight = sight_of(ROOM.own)
        number = "330699103-20260303-0001"

        def command(action: str, version: int, **args: Any) -> Job:
            given = Command(action, version, args)
            return Job(partial(act, case_no=number, command=given, asker=ROOM, sight=sight))  # type: ignore[arg-type]

        answers = run(
            store,
            ledger,
            [
                report_job(source_no="7"),
                command("accept", 1),
                report_job("别的", source_no="7"),
                command("accept", 2),
                command("file", 2, condition="c1"),
            ],
        )
        assert [a.case.state if isinstance(a, Outcome) else a.key for a in answers] == [
            "reported",
            "pending_file",
            "duplicate_report",
            "wrong_state",
            "pending_dispatch",
        ]
        assert check_store(store) == 4


def test_one_key_twice_in_a_batch_is_done_once(home: Path) -> None:
    with settled_store(home) as (store, ledger):
        answers = run(store, ledger, [report_job("一", key="same-key"), report_job("一", key="same-key")])
        assert answers[0] == answers[1]
        other = run(store, ledger, [report_job("二", key="same-key"), report_job("一", key="same-key")])
        assert (other[0].kind, other[1]) == (FaultKind.MISMATCH, answers[0])
        assert check_store(store) == 2


def test_an_answer_rebuilt_from_the_log_is_the_answer_given(home: Path) -> None:
    with settled_store(home) as (store, ledger):
        given_then = run(store, ledger, [report_job()])[0]
        run(store, ledger, [report_job() for _ in range(3)])
        with store.reading.begin() as connection:
            assert rebuild(connection, given_then.change.seq) == given_then


def test_another_program_writing_meanwhile_neither_forks_nor_holes_the_log(home: Path) -> None:
    with settled_store(home) as (store, ledger):
        run(store, ledger, [report_job()])
        beside = Store(database_of(home))
        with beside.reading.begin() as connection:
            other = Ledger(None, reads.head(connection).seq)
        note = Job(lambda work: work.record(Subject.ACCOUNT, "x", "added", SYSTEM, {}) and None)
        run(beside, other, [note, note])
        with store.writing.connect() as connection:
            committed = transact(connection, ledger, [report_job()], lambda: MORNING)
        assert [r.change.seq for r in committed.recorded] == [3, 4, 5]
        beside.close()
        assert check_store(store) == 5


def test_what_was_committed_without_our_knowing_is_read_again(home: Path) -> None:
    """A commit whose answer was lost, or another writer: neither cases nor counters nor grids are taken from memory."""
    with settled_store(home) as (store, ledger):
        case = run(store, ledger, [report_job()])[0].case
        with store.reading.begin() as connection:
            other = Ledger(load_world(connection), reads.head(connection).seq)
        sight = sight_of(ROOM.own)

        def command(action: str, version: int) -> Job:
            given = Command(action, version)
            return Job(partial(act, case_no=case.case_no, command=given, asker=ROOM, sight=sight))

        row = ImportedGrid(code="G", name="g", wkb=to_wkb(box(121, 29, 122, 30)))
        grids = partial(import_grids, rows=[row], faults=[None], asker=ROOM, dry_run=False)
        run(store, other, [command("accept", 1), report_job(), Job(grids, alone=True)])
        answers = run(store, ledger, [command("note", 1), report_job(lon=121.5)])
        assert answers[0].key == "stale_version"
        assert (answers[1].case.case_no[-4:], answers[1].case.grid_code) == ("0003", "G")
        check_store(store)


def test_a_counter_and_a_key_are_kept_once_per_batch(home: Path) -> None:
    with settled_store(home) as (store, ledger):
        run(store, ledger, [report_job() for _ in range(10)])
        with store.reading.begin() as connection:
            assert connection.execute(select(t.counter.c.last)).scalars().all() == [10]
            assert connection.execute(select(func.count()).select_from(t.answered)).scalar_one() == 10


def test_the_time_of_the_log_never_runs_back(home: Path) -> None:
    with settled_store(home) as (store, ledger), store.writing.connect() as connection:
        from datetime import timedelta

        times = [MORNING + timedelta(minutes=m) for m in (5, 3, 9)]
        found = [transact(connection, ledger, [report_job()], lambda at=at: at).answers[0] for at in times]
        assert [a.change.recorded_at for a in found] == [times[0], times[0], times[2]]


MOVES = st.lists(st.sampled_from(["report", "refused", "poison", "bug"]), max_size=8)


@pytest.mark.logs_expected("service.write.transaction", "psycopg")
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(batches=st.lists(MOVES, max_size=4))
def test_whatever_is_mixed_in_the_good_ones_are_kept_and_the_chain_is_whole(
    homes: Callable[[], Path], batches: list[list[str]]
) -> None:
    bad = {"refused": refuse_after_writing, "poison": poison, "bug": break_down}
    with settled_store(homes()) as (store, ledger):
        good = 0
        for moves in batches:
            jobs = [report_job() if move == "report" else Job(bad[move]) for move in moves]
            answers = run(store, ledger, jobs)
            kept = [isinstance(a, Outcome) for a in answers]
            assert kept == [move == "report" for move in moves]
            good += sum(kept)
        assert check_store(store) == 1 + good


def test_a_photo_of_the_same_batch_may_be_named(home: Path) -> None:
    photo = AttachmentId("a1")

    def add(work: Work) -> None:
        work.attachments.add(photo)

    def look(work: Work) -> bool:
        return work.has_attachment(photo)

    with settled_store(home) as (store, ledger):
        assert run(store, ledger, [Job(look), Job(add), Job(look)]) == [False, None, True]
        assert GATE.own.account == "gate"
