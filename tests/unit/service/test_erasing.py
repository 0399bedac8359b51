"""Erasing: the words are gone from every byte, the chain and the replay stay whole, and a theft is not an erasure."""

from collections.abc import Iterator
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import Any

import msgspec
import pytest
from log_checks import check_store, everything_kept
from records import NAME, PHONE, PLACE, WORDS, Record, new_signer
from sqlalchemy import delete, select, text, update
from sqlalchemy.exc import DBAPIError
from stores import settled_store
from tampering import chained, let_go_of_the_log, put_back, rows_of, set_head

from domain.case import Case
from domain.erasing import Erasable
from domain.faults import Fault
from domain.sealing import SALT
from domain.sealing import erase as take
from domain.wire_audit import Erased
from service.audit.verdict import Damage
from service.audit.verify import check
from service.store import tables as t
from service.write.erasing import erase_case, parse_what
from service.write.work import SYSTEM

ALL = frozenset(Erasable)
NOTE = "张某某说他认识王某某"


@pytest.fixture
def record(home: Path) -> Iterator[Record]:
    with settled_store(home) as (store, ledger):
        yield Record(store, ledger)


def erase(record: Record, case: Case, *what: Erasable) -> Erased:
    run = partial(erase_case, case_no=case.case_no, what=what or ALL, reason="本人要求", author=SYSTEM)
    erased: Erased = record.do(run)
    assert record.store.forget_deleted()
    return erased


def whole(record: Record, **given: Any) -> None:
    """Both the product's own check and the tests' find the record whole."""
    verdict = record.check(**given)
    assert (verdict.broken, verdict.breaks) == (0, [])
    assert check_store(record.store) == verdict.checked


def test_everything_erasable_is_gone_from_every_byte_and_the_record_is_whole(record: Record, tmp_path: Path) -> None:
    signer = new_signer(tmp_path)
    record.register(signer)
    other = record.report("别处的事")
    case = record.report()
    record.act(case.case_no, "accept", text=NOTE)
    record.act(case.case_no, "file", condition="c1")
    record.act(case.case_no, "request_void", reason="duplicate", text=NOTE)
    head = record.sign(signer)
    words = [NAME, PHONE, PLACE, WORDS, WORDS[:10], NOTE]
    before = everything_kept(record.store)
    assert all(word.encode() in before for word in words)
    erased = erase(record, case)
    assert (erased.cases, erased.contacts) == ((case.case_no,), 1)
    assert erased.values == 5
    after = everything_kept(record.store)
    kept = {NAME, PHONE, PLACE}  # the other case has the same ones
    assert not [word for word in words if word not in kept and word.encode() in after]
    erase(record, other)
    after = everything_kept(record.store)
    assert not [word for word in words if word.encode() in after]
    left = record.case(case.case_no)
    assert (left.title, left.address, left.reports[0].text, left.reports[0].has_contact) == ("", "", "", False)
    assert left.request is not None
    assert (left.request.text, left.state) == ("", record.case(case.case_no).state)
    whole(record, copies=[head], public=signer.public)
    assert record.check().erased > 0


@pytest.mark.parametrize(
    ("what", "gone", "kept"),
    [
        (Erasable.CONTACT, [NAME, PHONE], [WORDS, PLACE, NOTE]),
        (Erasable.REPORT_TEXT, [WORDS, WORDS[:10]], [PHONE, PLACE, NOTE]),
        (Erasable.ADDRESS, [PLACE], [WORDS, PHONE, NOTE]),
        (Erasable.NOTES, [NOTE], [WORDS, PHONE, PLACE]),
    ],
)
def test_only_what_was_asked_for_goes(record: Record, what: Erasable, gone: list[str], kept: list[str]) -> None:
    case = record.report()
    record.act(case.case_no, "accept", text=NOTE)
    erase(record, case, what)
    after = everything_kept(record.store)
    assert not [word for word in gone if word.encode() in after]
    assert all(word.encode() in after for word in kept)
    whole(record)
    again = erase(record, case, what)
    assert (again.values, again.contacts) == (0, 0)
    whole(record)


def test_words_are_erased_wherever_their_report_went(record: Record) -> None:
    into = record.report("另一件事，与他无关", contact=False)
    case = record.report()
    for one in (into, case):
        record.act(one.case_no, "accept")
        record.act(one.case_no, "file", condition="c1")
    record.act(case.case_no, "merge", into=into.case_no)
    record.act(case.case_no, "unmerge")
    record.act(case.case_no, "merge", into=into.case_no)
    erased = erase(record, case, Erasable.REPORT_TEXT, Erasable.CONTACT)
    assert set(erased.cases) == {case.case_no, into.case_no}
    after = everything_kept(record.store)
    assert not [word for word in (NAME, PHONE, WORDS) if word.encode() in after]
    assert "与他无关".encode() in after
    held = record.case(into.case_no)
    assert held.title == into.title
    assert [r.text for r in held.reports] == [into.reports[0].text, ""]
    assert not held.reports[1].has_contact
    whole(record)
    record.act(case.case_no, "unmerge")
    whole(record)


def test_the_case_a_report_was_merged_into_can_be_the_one_that_is_named(record: Record) -> None:
    into = record.report("桥头路灯坏了", contact=False)
    case = record.report()
    for one in (into, case):
        record.act(one.case_no, "accept")
        record.act(one.case_no, "file", condition="c1")
    record.act(case.case_no, "merge", into=into.case_no)
    assert erase(record, into, Erasable.REPORT_TEXT, Erasable.CONTACT).contacts == 1
    after = everything_kept(record.store)
    assert not [word for word in (NAME, PHONE, WORDS, "桥头路灯坏了") if word.encode() in after]
    assert record.case(case.case_no).title == ""
    whole(record)


def test_a_contact_alone_is_erased_wherever_its_report_went(record: Record) -> None:
    into, case = record.report("桥头路灯坏了", contact=False), record.report()
    for one in (into, case):
        record.act(one.case_no, "accept")
        record.act(one.case_no, "file", condition="c1")
    record.act(case.case_no, "merge", into=into.case_no)
    erased = erase(record, into, Erasable.CONTACT)
    assert (set(erased.cases), erased.contacts) == ({case.case_no, into.case_no}, 1)
    assert not any(r.has_contact for r in record.case(into.case_no).reports)
    assert PHONE.encode() not in everything_kept(record.store)
    whole(record)


def test_a_change_sealed_as_a_whole_is_erased_too_and_counts_once_a_head_is_signed(
    record: Record, tmp_path: Path
) -> None:
    """Changes of before have one salt for all: what is left of them is sealed by the erasure itself."""
    signer = new_signer(tmp_path)
    record.register(signer)
    case = record.report()
    _seal_as_a_whole(record)
    head = record.sign(signer)
    erase(record, case)
    assert WORDS.encode() not in everything_kept(record.store)
    assert {b.what for b in record.check(copies=[head]).breaks} == {Damage.PAYLOAD}
    assert record.check(copies=[record.sign(signer)]).broken == 0


def _seal_as_a_whole(record: Record) -> None:
    with record.store.writing.connect() as connection, connection.begin():
        let_go_of_the_log(connection)
        rows = rows_of(connection)
        for row in rows:
            row["salt"] = b"s" * SALT
            row["digest"] = sha256(row["salt"] + bytes(row["payload"])).digest()
        chained(rows, 0)
        put_back(connection, rows)
        set_head(connection, rows)
        if connection.dialect.name == "postgresql":
            connection.execute(text("ALTER TABLE change ENABLE TRIGGER USER"))


def test_values_taken_without_an_erasure_are_found(record: Record) -> None:
    record.report()
    with record.store.writing.connect() as connection:
        transaction = connection.begin()
        let_go_of_the_log(connection)
        row = connection.execute(select(t.change).where(t.change.c.action == "report")).one()
        salt, payload = take(bytes(row.salt), bytes(row.payload), {0, 1})
        values = {"salt": salt, "payload": payload}
        connection.execute(update(t.change).where(t.change.c.seq == row.seq).values(values))
        verdict = check(connection, quick=True)
        transaction.rollback()
    assert [(b.seq, b.what) for b in verdict.breaks] == [(row.seq, Damage.ERASED_UNSAID)]


@pytest.mark.parametrize(
    "statement",
    [
        update(t.change).values(actor="somebody"),
        update(t.change).values(payload=b"{}"),
        update(t.change).values(salt=b""),
        delete(t.change),
        delete(t.change).where(t.change.c.seq == 1),
    ],
)
def test_the_log_refuses_to_be_altered(record: Record, statement: Any) -> None:
    record.report()
    with pytest.raises(DBAPIError, match="the log is not altered"), record.store.writing.begin() as connection:
        connection.execute(statement)
    whole(record)


def test_a_change_named_for_erasing_may_lose_only_salt_and_payload(record: Record) -> None:
    record.report()
    for values in ({"actor": "somebody"}, {"hash": b"x"}, {"digest": b"x"}, {"seq": 77}):
        with record.store.writing.connect() as connection:
            connection.execute(t.erasing.insert(), {"seq": 2})
            with pytest.raises(DBAPIError, match="the log is not altered"):
                connection.execute(update(t.change).where(t.change.c.seq == 2).values(values))
    whole(record)


def test_postgresql_refuses_to_empty_the_log(postgres_home: Path) -> None:
    with (
        settled_store(postgres_home) as (store, _),
        store.writing.connect() as connection,
        pytest.raises(DBAPIError, match="the log is not altered"),
    ):
        connection.execute(text("TRUNCATE change"))


@pytest.mark.parametrize(("what", "key"), [((), "argument_missing"), (("everything",), "unknown_erasure")])
def test_what_cannot_be_erased_is_refused(what: tuple[str, ...], key: str) -> None:
    with pytest.raises(Fault, match=key):
        parse_what(what)


def test_an_erasure_needs_a_reason_and_a_case(record: Record) -> None:
    case = record.report()
    for number, reason, key in ((case.case_no, " ", "argument_missing"), ("none", "本人要求", "unknown_case")):
        with pytest.raises(Fault, match=key):
            record.do(partial(erase_case, case_no=number, what=ALL, reason=reason, author=SYSTEM))
    whole(record)


def test_the_erasure_is_in_the_log_with_its_reason(record: Record) -> None:
    case = record.report()
    erase(record, case, Erasable.CONTACT)
    with record.store.reading.begin() as connection:
        row = connection.execute(select(t.change).order_by(t.change.c.seq.desc()).limit(1)).one()
    said = msgspec.json.decode(row.payload)
    assert (row.action, row.subject_id) == ("erased", case.case_no)
    assert (said["reason"], said["what"], len(said["contacts"])) == ("本人要求", ["contact"], 1)


def test_an_erasure_after_the_last_signed_head_is_named_until_one_is_signed(record: Record, tmp_path: Path) -> None:
    """Who holds the database can write one; the check cannot tell, so it says which to ask about."""
    signer = new_signer(tmp_path)
    record.register(signer)
    case = record.report()
    head = record.sign(signer)
    assert record.check(copies=[head]).erasures_unsigned == []
    erase(record, case)
    erased_at = record.head()[1].seq
    verdict = record.check(copies=[head], public=signer.public)
    assert (verdict.broken, verdict.erasures_unsigned) == (0, [erased_at])
    assert record.check(copies=[record.sign(signer)]).erasures_unsigned == []
