"""No question that a request or the writer asks walks a whole table of the log: it must stay quick after years."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection

from domain.case import Rules
from domain.change import Subject
from domain.ids import AccountId, AttachmentId, CaseNo
from domain.similar import Told
from domain.states import CaseState
from service.starting import opened
from service.store import reads
from service.tokens import find_account, find_holder

AT = datetime(2026, 3, 3, tzinfo=UTC)
NO = CaseNo("330699103-20260303-0001")

QUESTIONS: dict[str, Callable[[Connection], Any]] = {
    "head": reads.head,
    "case": lambda c: reads.case(c, NO),
    "cases in": lambda c: list(reads.cases_in(c, [NO, NO])),
    "open cases": reads.open_case_bodies,
    "ended cases": lambda c: reads.ended_case_bodies(c, 100),
    "due resumptions": lambda c: reads.due_resumptions(c, AT),
    "changes after": lambda c: reads.changes_after(c, 5, 100),
    "last moment": reads.last_town_moment,
    "timeline": lambda c: reads.timeline(c, Subject.CASE, NO),
    "answered": lambda c: reads.answered(c, [("a", "k1"), ("a", "k2")]),
    "sources": lambda c: reads.sources(c, [("s", "1"), ("s", "2")]),
    "counter": lambda c: reads.counter(c, "20260303"),
    "contacts": lambda c: reads.contacts(c, NO),
    "contacts of": lambda c: reads.contacts_of(c, ["r1"]),
    "attachment": lambda c: reads.has_attachment(c, AttachmentId("a")),
    "photo": lambda c: reads.photo(c, AttachmentId("a"), thumb=True),
    "fixes": lambda c: reads.fix_times(c, "s", "t", [1, 2]),
    "similar": lambda c: reads.similar_cases(c, Told("01", AT, 120.8, 29.5, "x"), Rules({}), limit=20),
    "claimed": lambda c: reads.claimed(c, AccountId("x")),
    "newest page": lambda c: reads.case_page(c, limit=100),
    "later page": lambda c: reads.case_page(c, after=(5, NO), since=AT, limit=100),
    "export": lambda c: reads.export_page(c, state=CaseState.CLOSED, since=None, after=NO, limit=100),
    "token": lambda c: find_holder(c, b"x" * 32),
    "account": lambda c: find_account(c, "x"),
}
WALKS_IN_ORDER = {"last moment", "newest page"}
"""These read an index from its end and stop early."""


@pytest.mark.parametrize("name", QUESTIONS)
def test_it_searches_and_does_not_scan(tmp_path: Path, name: str) -> None:
    asked: list[str] = []
    with opened(str(tmp_path / "a.db"), exclusive=False) as store:
        with store.reading.begin() as connection:
            driver: Any = connection.connection.driver_connection
            driver.set_trace_callback(asked.append)  # with the values in it, whoever sends it
            QUESTIONS[name](connection)
            driver.set_trace_callback(None)
        assert asked
        with store.reading.begin() as connection:
            plan = [
                str(row[3])
                for statement in asked
                for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}")
            ]
    scans = [step for step in plan if step.startswith("SCAN") and step != "SCAN head"]
    if name in WALKS_IN_ORDER:
        assert all("USING INDEX" in step or step == "SCAN change" for step in scans), plan
        assert not any("TEMP B-TREE" in step for step in plan), plan
    else:
        assert scans == [], plan
