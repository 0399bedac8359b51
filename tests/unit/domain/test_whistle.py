"""The whistle: who stands how at which moment, and what may become of a whistle and of a sign-in."""

from datetime import datetime, timedelta
from typing import Any

import msgspec
import pytest
from domain_factories import MONDAY, RULES, refusal
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from domain.case import RulesFrom
from domain.ids import AccountId, EntryId, UnitId
from domain.people import Actor, Role
from domain.register import EntryKind, checked_body
from domain.register_judging import Setting
from domain.register_whistle import (
    Called,
    SignIn,
    Standing,
    Whistle,
    judge_sign_in,
    judge_whistle,
    sign_in_id,
    sign_in_step,
    standing,
    whistle_step,
)

MINUTE = timedelta(minutes=1)
ID = EntryId("w1")
ONE, TWO = UnitId("u1"), UnitId("u2")
WHISTLE = Whistle("管道破裂", MONDAY, (Called(ONE, MONDAY + 30 * MINUTE), Called(TWO, MONDAY + 10 * MINUTE)))
SIGNED = SignIn(ID, ONE, MONDAY + MINUTE)


def setting(*roles: Role, unit: UnitId | None = None, now: datetime = MONDAY, whistle: Any = WHISTLE) -> Setting:
    def find(body: Any, entry_id: EntryId) -> Any:
        return whistle if body is Whistle and entry_id == ID else None

    return Setting(now, RULES, Actor(AccountId("p"), frozenset(roles), unit), find)


@settings(max_examples=200)
@given(st.integers(1, 60), st.one_of(st.none(), st.integers(0, 120)), st.integers(0, 120), st.booleans())
def test_a_unit_stands_one_way_at_each_moment(due: int, signed: int | None, now: int, ended: bool) -> None:
    called = Called(ONE, MONDAY + due * MINUTE)
    whistle = Whistle("x", MONDAY, (called,), ended=ended, result="y" if ended else "")
    at = None if signed is None else MONDAY + signed * MINUTE
    found = standing(whistle, called, at, MONDAY + now * MINUTE, RULES)
    if signed is not None:
        assert found is (Standing.SIGNED if signed <= due else Standing.LATE)
    elif ended:
        assert found is Standing.ABSENT
    else:
        later = (Standing.OVERDUE, Standing.ESCALATED)[now >= due + RULES.whistle_escalate_minutes]
        assert found is (Standing.WAITING if now < due else later)


def test_a_unit_escalates_by_the_rules_its_whistle_was_blown_under() -> None:
    rules = replace(RULES, later=(RulesFrom(MONDAY + MINUTE, replace(RULES, whistle_escalate_minutes=1)),))
    called = WHISTLE.called[1]
    assert standing(WHISTLE, called, None, called.due_at + 5 * MINUTE, rules) is Standing.OVERDUE
    later = replace(WHISTLE, blown_at=MONDAY + 2 * MINUTE)
    assert standing(later, called, None, called.due_at + 5 * MINUTE, rules) is Standing.ESCALATED


@pytest.mark.parametrize(
    ("body", "key"),
    [
        (replace(WHISTLE, matter="  "), "argument_missing"),
        (replace(WHISTLE, called=(Called(ONE, MONDAY),)), "whistle_due_before"),
        (replace(WHISTLE, called=WHISTLE.called[:1] * 2), "unit_named_twice"),
        (replace(WHISTLE, called=()), "entry_body_bad"),
        (replace(WHISTLE, ended=True), "whistle_result_and_end"),
        (replace(WHISTLE, result="好了"), "whistle_result_and_end"),
    ],
)
def test_a_whistle_that_makes_no_sense_is_refused(body: Whistle, key: str) -> None:
    fault = refusal(lambda: checked_body(EntryKind.WHISTLE, msgspec.to_builtins(body)))
    assert fault is not None
    assert fault.key == key


ENDED = replace(WHISTLE, ended=True, result="好了")


@pytest.mark.parametrize(
    ("held", "body", "key"),
    [
        (None, WHISTLE, None),
        (None, ENDED, "whistle_not_blown"),
        (WHISTLE, ENDED, None),
        (WHISTLE, replace(ENDED, matter="别的"), "whistle_altered"),
        (WHISTLE, replace(ENDED, called=WHISTLE.called[:1]), "whistle_altered"),
        (ENDED, WHISTLE, "whistle_over"),
        (WHISTLE, None, "whistle_stays"),
    ],
)
def test_a_whistle_is_blown_ended_and_stays(held: Whistle | None, body: Whistle | None, key: str | None) -> None:
    plain = [None if b is None else msgspec.to_builtins(b) for b in (held, body)]
    fault = refusal(lambda: whistle_step(*plain, own=False))  # type: ignore[arg-type]
    assert (None if fault is None else fault.key) == key


def test_nobody_is_given_longer_than_the_town_allows_and_it_is_for_now() -> None:
    def judged(body: Whistle, now: datetime = MONDAY, held: Any = None) -> str | None:
        fault = refusal(lambda: judge_whistle(ID, held, body, setting(Role.DISPATCHER, now=now)))
        return None if fault is None else fault.key

    assert judged(WHISTLE) is None
    assert judged(replace(WHISTLE, called=(Called(ONE, MONDAY + 31 * MINUTE),))) == "whistle_due_late"
    assert judged(WHISTLE, MONDAY + 16 * MINUTE) == "whistle_not_now"
    assert judged(WHISTLE, MONDAY - 3 * MINUTE) == "whistle_not_now"
    assert judged(ENDED, MONDAY + timedelta(days=1), msgspec.to_builtins(WHISTLE)) is None, "ended whenever it is over"


@pytest.mark.parametrize(
    ("body", "place", "entry_id", "key"),
    [
        (SIGNED, setting(Role.HANDLER, unit=ONE, now=MONDAY + MINUTE), None, None),
        (SIGNED, setting(Role.GATEWAY, now=MONDAY + MINUTE), None, None),
        (replace(SIGNED, by_radio=True), setting(Role.ACCEPTOR, now=MONDAY + MINUTE), None, None),
        (SIGNED, setting(Role.ACCEPTOR, now=MONDAY + MINUTE), None, "whistle_room_notes_by_radio"),
        (SIGNED, setting(Role.HANDLER, unit=TWO, now=MONDAY + MINUTE), None, "whistle_not_your_unit"),
        (
            replace(SIGNED, by_radio=True),
            setting(Role.HANDLER, unit=ONE, now=MONDAY + MINUTE),
            None,
            "whistle_not_your_unit",
        ),
        (replace(SIGNED, unit=UnitId("u3")), setting(Role.GATEWAY, now=MONDAY + MINUTE), None, "whistle_not_called"),
        (
            replace(SIGNED, whistle=EntryId("w2")),
            setting(Role.GATEWAY, now=MONDAY + MINUTE),
            None,
            "whistle_not_called",
        ),
        (SIGNED, setting(Role.GATEWAY, now=MONDAY + MINUTE), "w1.other", "entry_id_bad"),
        (SIGNED, setting(Role.GATEWAY, now=MONDAY + MINUTE, whistle=ENDED), None, "whistle_over"),
        (SIGNED, setting(Role.GATEWAY, now=MONDAY - 5 * MINUTE), None, "whistle_signed_when"),
        (replace(SIGNED, at=MONDAY - 5 * MINUTE), setting(Role.GATEWAY, now=MONDAY), None, "whistle_signed_when"),
    ],
)
def test_who_may_sign_in_and_when(body: SignIn, place: Setting, entry_id: str | None, key: str | None) -> None:
    which = EntryId(entry_id) if entry_id else sign_in_id(body.whistle, body.unit)
    fault = refusal(lambda: judge_sign_in(which, None, body, place))
    assert (None if fault is None else fault.key) == key


def test_a_sign_in_is_taken_back_but_never_removed_or_given_to_another() -> None:
    held = msgspec.to_builtins(SIGNED)
    assert refusal(lambda: sign_in_step(held, held | {"present": False}, own=True)) is None
    for body, key in ((held | {"unit": "u2"}, "sign_in_altered"), (None, "sign_in_stays")):
        fault = refusal(lambda: sign_in_step(held, body, own=True))  # noqa: B023
        assert fault is not None
        assert fault.key == key


@given(st.text(min_size=1, max_size=64), st.text(min_size=1, max_size=64))
def test_each_unit_has_a_sign_in_of_its_own(one: str, other: str) -> None:
    ids = {sign_in_id(ID, UnitId(one)), sign_in_id(ID, UnitId(other))}
    assert len(ids) == len({one, other})
