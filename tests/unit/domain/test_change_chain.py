"""The chain of hashes: nothing of a change can be altered, left out or put elsewhere without its showing."""

import json
from datetime import timedelta
from typing import Any

import msgspec
import pytest
from domain_factories import MONDAY, Ledger
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from domain.change import GENESIS, MAX_SEQ, Change, Subject, chain_hash, payload_digest
from domain.fold import fold, fold_all
from domain.ids import AccountId, StaffId
from domain.states import CaseState

CHANGE = Change(
    seq=12,
    subject=Subject.CASE,
    subject_id="330699103-20260302-0001",
    action="note",
    actor=AccountId("zhang"),
    recorded_at=MONDAY,
    version=3,
    state=CaseState.HANDLING,
    data={"text": "现场已围护"},
)
DIGEST = payload_digest(b"salt" * 4, msgspec.json.encode(CHANGE.data))
OTHER: dict[str, Any] = {
    "seq": 13,
    "subject": Subject.UNIT,
    "subject_id": "330699103-20260302-0002",
    "action": "feedback",
    "actor": AccountId("wang"),
    "recorded_at": MONDAY + timedelta(microseconds=1),
    "version": 4,
    "state": None,
    "on_behalf_of": StaffId("s1"),
    "occurred_at": MONDAY,
}


def test_every_field_of_a_change_is_in_its_hash() -> None:
    assert set(OTHER) | {"data"} == set(Change.__struct_fields__)
    plain = chain_hash(GENESIS, CHANGE, DIGEST)
    hashes = {chain_hash(GENESIS, replace(CHANGE, **{name: value}), DIGEST) for name, value in OTHER.items()}
    assert len(hashes) == len(OTHER)
    assert plain not in hashes


def test_the_payload_and_the_change_before_are_in_the_hash() -> None:
    plain = chain_hash(GENESIS, CHANGE, DIGEST)
    other = payload_digest(b"salt" * 4, msgspec.json.encode({"text": "现场已清理"}))
    assert chain_hash(GENESIS, CHANGE, other) != plain
    assert chain_hash(b"\x01" * 32, CHANGE, DIGEST) != plain
    assert payload_digest(b"tlas" * 4, msgspec.json.encode(CHANGE.data)) != DIGEST
    assert len(plain) == len(GENESIS) == 32


@given(st.text(max_size=8), st.text(max_size=8))
def test_fields_do_not_run_into_each_other(first: str, second: str) -> None:
    """Moving a character from one field to the next gives another hash."""
    whole = first + second
    seen = {}
    for cut in range(len(whole) + 1):
        change = replace(CHANGE, subject_id=whole[:cut], action=whole[cut:])
        seen[chain_hash(GENESIS, change, DIGEST)] = cut
    assert len(seen) == len(whole) + 1


def test_an_erased_payload_leaves_the_chain_whole() -> None:
    """Only the digest goes into the chain: with the words gone, every later hash is still what it was."""
    following = replace(CHANGE, seq=13, version=4)
    before = chain_hash(chain_hash(GENESIS, CHANGE, DIGEST), following, DIGEST)
    erased = replace(CHANGE, data={})
    assert chain_hash(chain_hash(GENESIS, erased, DIGEST), following, DIGEST) == before


def test_a_change_survives_the_wire() -> None:
    for encode, decode in (
        (msgspec.json.encode, msgspec.json.decode),
        (msgspec.msgpack.encode, msgspec.msgpack.decode),
    ):
        assert decode(encode(CHANGE), type=Change) == CHANGE


@pytest.mark.parametrize("seq", [-1, MAX_SEQ + 1, 2**63, 1.5, "1"])
def test_a_number_out_of_bounds_is_refused(seq: object) -> None:
    plain = json.loads(msgspec.json.encode(CHANGE)) | {"seq": seq}
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert(plain, Change)


def test_when_it_happened_is_the_sources_word() -> None:
    earlier = MONDAY - timedelta(days=3)
    assert CHANGE.at == MONDAY
    assert replace(CHANGE, occurred_at=earlier).at == earlier


@pytest.mark.parametrize(
    "wrong",
    [
        {"subject": Subject.UNIT},
        {"subject_id": "330699103-20260302-0009"},
        {"version": 1},
        {"version": 3},
    ],
)
def test_a_change_that_cannot_follow_is_not_folded(wrong: dict[str, Any]) -> None:
    ledger = Ledger()
    case = ledger.report()
    following = replace(CHANGE, subject_id=case.case_no, version=2, state=case.state)
    assert fold(case, following).version == 2
    with pytest.raises(ValueError):
        fold(case, replace(following, **wrong))


def test_a_case_begins_with_a_report_or_an_import() -> None:
    with pytest.raises(ValueError, match="cannot begin"):
        fold(None, CHANGE)
    with pytest.raises(ValueError, match="no changes"):
        fold_all([])
