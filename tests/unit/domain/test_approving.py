"""What a yes does to the clocks is what the real yes then does: told beforehand, compared afterwards."""

from datetime import timedelta

import pytest
from domain_factories import ALL_ROLES, UNITS, Ledger, actor_for, arguments
from hypothesis import given
from hypothesis import strategies as st

from domain.approving import effect_of_yes
from domain.case import Case
from domain.ids import AccountId
from domain.machine import STEPS
from domain.people import Actor, Role
from domain.timing import case_clock, stage_clock, task_clock

ROOM = Actor(AccountId("p"), ALL_ROLES - {Role.SYSTEM}, UNITS[0].unit_id)


def _go(ledger: Ledger, case_no: str, *actions: str, **args: object) -> Case:
    for action in actions:
        case = ledger.cases[case_no]
        until = ledger.now + timedelta(days=3)
        given_args = arguments(STEPS[action], case, until=until) | args
        ledger.do(case_no, action, actor_for(case, task=action), **given_args)
    return ledger.cases[case_no]


def _effect_and_after(ledger: Ledger, case_no: str, *yes: str) -> None:
    case = ledger.cases[case_no]
    effect = effect_of_yes(case, ledger.rules, ledger.calendar, ledger.now)
    assert effect is not None
    before = stage_clock(case, ledger.rules, ledger.calendar, ledger.now)
    assert effect.stage_before == (before and before.due_at)
    after = _go(ledger, case_no, *yes, **({"reason": "duplicate"} if yes == ("void",) else {}))
    stage = stage_clock(after, ledger.rules, ledger.calendar, ledger.now)
    if after.resume_at is not None:  # while it stands still nothing falls due; once it is resumed, this is when
        assert after.resume_at == effect.until
        ledger.now = after.resume_at
        after = ledger.do(case_no, "resume", ROOM)
        stage = stage_clock(after, ledger.rules, ledger.calendar, ledger.now)
    assert effect.stage_after == (None if stage is None else stage.due_at)
    whole = case_clock(after, ledger.rules, ledger.calendar, ledger.now)
    assert effect.case_after == (None if whole is None or after.closed_at else whole.due_at)


@pytest.mark.parametrize(
    ("ask", "yes"),
    [
        ("request_return", ("approve_return",)),
        ("request_extension", ("approve_extension",)),
        ("request_suspension", ("endorse_suspension", "approve_suspension")),
    ],
)
@given(minutes=st.integers(0, 230))
def test_in_handling(ask: str, yes: tuple[str, ...], minutes: int) -> None:
    ledger = Ledger()
    case_no = ledger.report().case_no
    _go(ledger, case_no, "accept", "file", "dispatch", "sign", ask)
    ledger.pass_time(minutes=minutes)
    _effect_and_after(ledger, case_no, *yes)


@pytest.mark.parametrize(("ask", "yes"), [("request_void", "void"), ("request_send_up", "approve_send_up")])
def test_before_anybody_holds_it(ask: str, yes: str) -> None:
    ledger = Ledger()
    case_no = ledger.report().case_no
    _go(ledger, case_no, "accept", "file", ask)
    ledger.pass_time(minutes=9)
    _effect_and_after(ledger, case_no, yes)


def test_where_nothing_is_asked_nothing_is_told() -> None:
    ledger = Ledger()
    assert effect_of_yes(ledger.report(), ledger.rules, ledger.calendar, ledger.now) is None


def test_a_look_in_the_field_has_its_usual_time_and_can_be_called_back() -> None:
    ledger = Ledger()
    case_no = ledger.report().case_no
    assert task_clock(ledger.cases[case_no], ledger.rules, ledger.calendar, ledger.now) is None
    case = _go(ledger, case_no, "send_verify")
    reading = task_clock(case, ledger.rules, ledger.calendar, ledger.now + timedelta(minutes=31))
    assert reading is not None
    assert reading.remaining_s == -60
    back = _go(ledger, case_no, "recall_verify")
    assert (back.state, back.verifier) == ("reported", None)
    after = _go(ledger, case_no, "accept", "file", "dispatch", "sign", "feedback", "send_check", "recall_check")
    assert (after.state, after.checker) == ("pending_check", None)
