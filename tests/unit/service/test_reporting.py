"""Small rules of reports: titles out of texts, and numbers of the local day."""

from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stores import report_job, settled_store
from towns import make_town

from service.store import reads
from service.write.reporting import TITLE_LENGTH, title_from
from service.write.transaction import transact


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("井盖破损。请尽快处理", "井盖破损"),
        ("  路灯不亮\n在村口", "路灯不亮"),
        ("噪音！！太吵", "噪音"),
        ("。。。", "。。。"),
        ("长" * 40, "长" * 29 + "…"),
    ],
)
def test_a_title_is_the_first_sentence(text: str, title: str) -> None:
    assert title_from(text) == title


@given(st.text(min_size=1).filter(lambda s: s.strip()))
def test_a_title_is_never_empty_nor_long(text: str) -> None:
    assert 0 < len(title_from(text)) <= TITLE_LENGTH


def test_numbers_start_again_each_local_day(home: Path) -> None:
    before_midnight, after = datetime(2026, 3, 3, 15, 59, tzinfo=UTC), datetime(2026, 3, 3, 16, 1, tzinfo=UTC)
    with settled_store(home) as (store, ledger), store.writing.connect() as connection:
        numbers = []
        for moment in (before_midnight, before_midnight, after):
            answer = transact(connection, ledger, [report_job()], lambda moment=moment: moment).answers[0]
            numbers.append(answer.case.case_no.split("-", 1)[1])
    assert numbers == ["20260303-0001", "20260303-0002", "20260304-0001"]


def test_numbers_go_on_after_a_restart(home: Path) -> None:
    numbers = []
    for _ in range(2):
        with settled_store(home) as (store, ledger), store.writing.connect() as connection:
            answers = transact(connection, ledger, [report_job()], lambda: datetime(2026, 3, 3, tzinfo=UTC)).answers
            numbers.append(answers[0].case.case_no[-4:])
    assert numbers == ["0001", "0002"]


def test_a_real_towns_cases_are_not_synthetic(home: Path) -> None:
    with settled_store(home, make_town(synthetic=False)) as (store, ledger), store.writing.connect() as connection:
        answer = transact(connection, ledger, [report_job()], lambda: datetime(2026, 3, 3, tzinfo=UTC)).answers[0]
    assert not answer.case.synthetic


def test_what_a_report_leaves_is_read_back_from_the_log_as_it_was_answered(home: Path) -> None:
    """The payload of a report is not read back before it is handed out, so it must be plain JSON values already."""
    with settled_store(home) as (store, ledger), store.writing.connect() as connection:
        due = datetime(2026, 3, 4, 8, 30, 0, 250, tzinfo=timezone(timedelta(hours=8)))
        promised = report_job(source_no="2", source_due=due, callback=True, callback_by=due)
        for job in (report_job(source_no="1"), report_job(lon=0.0), report_job("a \\ \" ' 𠮷"), promised):
            (answer,) = transact(connection, ledger, [job], lambda: datetime(2026, 3, 3, tzinfo=UTC)).answers
            with store.reading.begin() as reading:
                kept = reads.change(reading, answer.change.seq)
            assert kept == answer.change
            assert _types(kept.data) == _types(answer.change.data)


def _types(value: object) -> object:
    if isinstance(value, dict):
        return {key: _types(part) for key, part in value.items()}
    return [_types(part) for part in value] if isinstance(value, list) else type(value)
