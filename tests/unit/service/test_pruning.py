"""Letting go: each class by its own days, a change for what went, and a record that stays whole."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

import msgspec
import pytest
from records import NAME, PHONE, WORDS, Record
from sqlalchemy import func, insert, select, update
from stores import settled_store
from towns import MORNING

from domain.faults import Fault
from service.audit.retention import TABLE, Kept, settings
from service.clock import real_now
from service.store import reads
from service.store import tables as t
from service.store.rows import to_us
from service.write.pruning import count_due, prune_all, set_retention
from service.write.work import SYSTEM


class Clock:
    def __init__(self) -> None:
        self.now = MORNING

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def record(home: Path, clock: Clock) -> Iterator[Record]:
    with settled_store(home) as (store, ledger):
        yield Record(store, ledger, clock)


def count(record: Record, table: str) -> int:
    with record.store.reading.begin() as connection:
        return int(connection.execute(select(func.count()).select_from(t.metadata.tables[table])).scalar_one())


def due(record: Record, now: datetime) -> dict[Kept, int]:
    with record.store.reading.begin() as connection:
        return count_due(connection, now)


def said(record: Record, action: str) -> list[tuple[str, dict[str, object]]]:
    with record.store.reading.begin() as connection:
        rows = connection.execute(select(t.change).where(t.change.c.action == action).order_by(t.change.c.seq))
        return [(row.subject_id, msgspec.json.decode(row.payload)) for row in rows]


def fixes(source: str, thing: str, *ages: timedelta) -> list[dict[str, object]]:
    moments = [to_us(MORNING - age) for age in ages]
    return [{"source": source, "thing": thing, "source_at": m, "fixed_at": m, "lon": 1.0, "lat": 2.0} for m in moments]


def test_tracks_go_after_their_days_thing_by_thing(record: Record) -> None:
    day = timedelta(days=1)
    ages = (day, 6.9 * day, 7.1 * day, 30 * day)
    rows = [row for n in range(1100) for row in fixes("", f"s-{n}", *ages)]
    rows += fixes("old", "s-1", 8 * day, 364 * day, 366 * day)
    with record.store.writing.begin() as connection:
        connection.execute(insert(t.position_history), rows)
    wanted = due(record, MORNING)
    assert (wanted[Kept.POSITIONS], wanted[Kept.IMPORTED_FIXES]) == (2200, 1)
    assert prune_all(record.do) == 2201
    assert count(record, "position_history") == 2 * 1100 + 2
    told = said(record, "pruned")
    assert sum(int(str(data["rows"])) for _, data in told) == 2201
    assert {name for name, _ in told} == {"positions", "imported_fixes"}
    assert prune_all(record.do) == 0
    assert len(said(record, "pruned")) == len(told)
    assert record.check().broken == 0


def test_keys_and_sessions_go_in_real_time_and_in_small_jobs(record: Record) -> None:
    old, young = to_us(real_now() - timedelta(days=9)), to_us(real_now() - timedelta(days=6))
    key = {"actor": "gate", "request": b"r", "status": 201, "seq": 1}
    with record.store.writing.begin() as connection:
        rows = [{**key, "key": f"{n:08d}", "at": old + n // 3} for n in range(11_000)]
        connection.execute(insert(t.answered), [*rows, {**key, "key": "young-key", "at": young}])
        token = {"account": "a", "roles": "[]", "added_at": 1, "revoked_at": None}
        for n, days in enumerate((29, 31, 400)):
            expires = to_us(real_now() - timedelta(days=days))
            connection.execute(insert(t.token), {**token, "hash": bytes([n]), "expires_at": expires})
    assert due(record, MORNING)[Kept.IDEMPOTENCY_KEYS] == 11_000
    assert prune_all(record.do) == 11_002
    assert (count(record, "answered"), count(record, "token")) == (1, 1)
    assert [name for name, _ in said(record, "pruned")] == ["idempotency_keys"] * 3 + ["sessions"]


def test_photos_nobody_used_go_and_used_ones_stay(record: Record) -> None:
    used, unused, young = record.photo(b"1"), record.photo(b"2"), record.photo(b"3")
    later = record.photo(b"4")
    case = record.report(photos=(used,))
    record.act(case.case_no, "accept")
    with record.store.writing.begin() as connection:
        for photo, days in ((used, 8), (unused, 8), (young, 6), (later, 8)):
            at = {"added_at": to_us(real_now() - timedelta(days=days))}
            connection.execute(update(t.attachment).where(t.attachment.c.attachment_id == photo).values(at))
    record.act(case.case_no, "file", condition="c1")
    record.act(case.case_no, "dispatch", unit="u-sanitation")
    record.act(case.case_no, "note", text="补充", photos=[later])
    assert prune_all(record.do) == 1
    with record.store.reading.begin() as connection:
        left = set(connection.execute(select(t.attachment.c.attachment_id)).scalars())
    assert left == {used, young, later}
    assert unused not in left
    assert record.check().broken == 0


def test_contacts_and_words_of_cases_go_long_after_their_end(record: Record, clock: Clock) -> None:
    ended, merged, into, open_ = (record.report() for _ in range(4))
    record.act(ended.case_no, "reject", reason="duplicate")
    for one in (merged, into):
        record.act(one.case_no, "accept")
        record.act(one.case_no, "file", condition="c1")
    record.act(merged.case_no, "merge", into=into.case_no)
    clock.now += timedelta(days=364)
    assert prune_all(record.do) == 0
    clock.now += timedelta(days=2)
    assert prune_all(record.do) == 1
    assert count(record, "contact") == 3
    assert record.case(ended.case_no).reports[0].text == WORDS
    assert record.check().broken == 0
    record.act(into.case_no, "void", reason="duplicate")
    clock.now += timedelta(days=366)
    prune_all(record.do)
    with record.store.reading.begin() as connection:
        assert [report for report, _ in reads.contacts(connection, open_.case_no)] == [open_.reports[0].report_id]
    assert count(record, "contact") == 1
    clock.now += timedelta(days=3651)
    prune_all(record.do)
    for case in (ended, merged, into):
        kept = record.case(case.case_no)
        assert (kept.title, [r.text for r in kept.reports if r.text]) == ("", [])
    assert record.case(open_.case_no).reports[0].text == WORDS
    assert record.check().broken == 0
    assert prune_all(record.do) == 0


def test_days_are_set_within_bounds_and_logged(record: Record) -> None:
    run = partial(set_retention, name=Kept.POSITIONS, days=3, reason="本地规定", author=SYSTEM)
    record.do(run)
    with record.store.reading.begin() as connection:
        days = settings(connection)
    assert days[Kept.POSITIONS] == 3
    assert {n: d for n, d in days.items() if n is not Kept.POSITIONS} == {
        n: b.standard for n, b in TABLE.items() if n is not Kept.POSITIONS
    }
    assert said(record, "retention_set") == [("positions", {"days": 3, "before": 7, "reason": "本地规定"})]
    for name, bounds in TABLE.items():
        for outside in (bounds.least - 1, bounds.most + 1):
            with pytest.raises(Fault, match="retention_out_of_bounds"):
                record.do(partial(set_retention, name=name, days=outside, reason="本地规定", author=SYSTEM))
    with pytest.raises(Fault, match="argument_missing"):
        record.do(partial(set_retention, name=Kept.POSITIONS, days=4, reason=" ", author=SYSTEM))


def test_what_is_pruned_names_nobody(record: Record) -> None:
    record.live()
    prune_all(record.do)
    told = str(said(record, "pruned"))
    assert NAME not in told
    assert PHONE not in told
