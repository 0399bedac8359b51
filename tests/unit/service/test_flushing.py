"""Rows written many at a time are the rows that were staged, whatever their number, and errors stay what they were."""

from pathlib import Path
from typing import Any

import pytest
from log_checks import check_store
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from stores import report_job, settled_store
from towns import MORNING

from domain.wire import Outcome
from service.store import statements as sql
from service.store import tables as t
from service.write.flushing import SIZES, flush
from service.write.transaction import transact


@pytest.mark.parametrize("count", [1, 3, 4, 21, 85, 150])
def test_every_report_of_a_batch_is_kept_whole(home: Path, count: int) -> None:
    with settled_store(home) as (store, ledger):
        jobs = [report_job(f"第 {n} 件", source_no=f"n-{n}" if n % 2 else "") for n in range(count)]
        with store.writing.connect() as connection:
            answers: list[Any] = transact(connection, ledger, jobs, lambda: MORNING).answers
        assert all(isinstance(answer, Outcome) for answer in answers)
        with store.reading.begin() as connection:
            kept = connection.execute(select(t.cases.c.case_no, t.cases.c.title, t.cases.c.source_no)).all()
            keys = connection.execute(select(t.answered.c.seq, t.answered.c.key)).all()
            last = connection.execute(select(t.counter.c.last)).scalars().all()
        assert {tuple(row) for row in kept} == {(a.case.case_no, a.case.title, a.case.source_no) for a in answers}
        assert {tuple(row) for row in keys} == {
            (a.change.seq, job.key.key) for a, job in zip(answers, jobs, strict=True) if job.key
        }
        assert list(last) == [count]
        check_store(store)


@pytest.mark.parametrize("count", [1, SIZES[0], SIZES[0] + 1])
def test_a_row_that_is_there_is_an_integrity_error(home: Path, count: int) -> None:
    rows = [{"name": f"n{n}", "value": b"x"} for n in range(count)]
    with settled_store(home) as (store, _), store.writing.connect() as connection:
        with connection.begin():
            flush(connection, {sql.ADD_META: rows[-1:]}, {})
        with pytest.raises(IntegrityError), connection.begin():
            flush(connection, {sql.ADD_META: rows}, {})
        with store.reading.begin() as reading:
            names = reading.execute(select(t.meta.c.name).where(t.meta.c.name.like("n%"))).scalars().all()
        assert list(names) == [f"n{count - 1}"]
