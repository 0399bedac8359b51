"""Who has a case in hand, and who is owed a call: how the fold keeps both."""

from datetime import timedelta

import pytest
from domain_factories import ALL_ROLES, MONDAY, Ledger, arguments, refusal
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from domain.case import Case, Report
from domain.ids import AccountId, ReportId
from domain.machine import STEPS
from domain.people import Actor, Role
from domain.sharing import in_one_hand
from domain.states import OPEN, CaseState, Channel, Satisfaction
from domain.step import ROOM

ROOM_ROLES = ALL_ROLES - {Role.SYSTEM}
P, Q, R = (Actor(AccountId(name), ROOM_ROLES) for name in "pqr")


def _claimed() -> tuple[Ledger, str]:
    ledger = Ledger()
    case_no = ledger.report().case_no
    ledger.do(case_no, "claim", P)
    return ledger, case_no


def test_whoever_has_it_in_hand_goes_on_and_whoever_has_not_is_told_so() -> None:
    ledger, case_no = _claimed()
    fault = refusal(lambda: ledger.do(case_no, "accept", Q))
    assert fault is not None
    assert (fault.key, fault.params["by"]) == ("claimed", "p")
    assert ledger.do(case_no, "note", Q, text="路过看到").claim is not None
    assert ledger.do(case_no, "accept", P).claim is None, "it is done: the next link is everybody's"


def test_taking_over_is_written_down_with_whom_it_was_taken_from() -> None:
    ledger, case_no = _claimed()
    case = ledger.do(case_no, "take_over", Q)
    assert case.claim is not None
    assert case.claim.by == "q"
    assert ledger.changes[-1].data["from"] == "p"
    assert ledger.do(case_no, "accept", Q).state is CaseState.PENDING_FILE


def test_handing_over_says_who_gave_it() -> None:
    ledger, case_no = _claimed()
    claim = ledger.do(case_no, "hand_over", P, to="q", text="我去接待来访").claim
    assert claim is not None
    assert (claim.by, claim.handed_by) == ("q", "p")
    assert refusal(lambda: ledger.do(case_no, "release", P)) is not None
    assert ledger.do(case_no, "release", Q).claim is None


def test_the_field_is_not_held_up() -> None:
    for step in STEPS.values():
        held_up = any(guard.__name__ == "not_in_anothers_hand" for guard in step.guards)
        assert not held_up or step.roles <= ROOM | {Role.COUNTY}, step.action
        if step.target is not None and step.roles <= ROOM and step.sources & OPEN:
            assert held_up, step.action
        assert in_one_hand(STEPS["sign"]) is STEPS["sign"]


@given(st.lists(st.tuples(st.sampled_from(("claim", "take_over", "release", "hand_over")), st.sampled_from([P, Q, R]))))
def test_a_case_is_in_one_hand_at_most_and_nobody_loses_it_unseen(moves: list[tuple[str, Actor]]) -> None:
    """Against a model of one name or none: a step is done exactly where the model says so."""
    ledger = Ledger()
    case_no = ledger.report().case_no
    holder: str | None = None
    for action, actor in moves:
        to = "r" if actor.account == "q" else "q"
        allowed = {
            "claim": holder is None,
            "take_over": holder not in (None, actor.account),
            "release": holder == actor.account,
            "hand_over": holder == actor.account,
        }[action]
        args = {"to": to} if action == "hand_over" else {}
        done = refusal(lambda: ledger.do(case_no, action, actor, **args)) is None  # noqa: B023  # called at once
        assert done == allowed
        if done:
            holder = {"claim": actor.account, "take_over": actor.account, "hand_over": to}.get(action)
        claim = ledger.cases[case_no].claim
        assert (None if claim is None else claim.by) == holder


def _told(*reports: Report) -> tuple[Ledger, Case]:
    ledger = Ledger()
    case = replace(ledger.report(), reports=reports)
    ledger.cases[case.case_no] = case
    return ledger, case


def _report(number: int, **more: object) -> Report:
    return Report(ReportId(f"r{number}"), Channel.HOTLINE, MONDAY, "坑", callback=True, **more)  # type: ignore[arg-type]


def test_the_one_promised_first_is_called_first_and_each_call_is_one_reporters() -> None:
    soon, late = MONDAY + timedelta(hours=1), MONDAY + timedelta(hours=5)
    ledger, case = _told(_report(1), _report(2, callback_by=late), _report(3, callback_by=soon))
    assert [r.report_id for r in case.callbacks] == ["r3", "r2", "r1"]
    case = ledger.do(case.case_no, "call_back", P, which="r2", outcome="unreached")
    assert [(r.report_id, r.callback_tries) for r in case.callbacks] == [("r3", 0), ("r2", 1), ("r1", 0)]
    case = ledger.do(case.case_no, "call_back", P, which="r2", outcome="reached")
    case = ledger.do(case.case_no, "call_back", P, which="r1", outcome="given_up")
    assert [r.report_id for r in case.callbacks] == ["r3"]
    assert refusal(lambda: ledger.do(case.case_no, "call_back", P, which="r2", outcome="reached")) is not None


@pytest.mark.parametrize(("answer", "owed"), [("satisfied", 0), ("not", 0), ("unreached", 1)])
def test_a_visit_is_a_call_where_only_one_can_have_been_asked(answer: str, owed: int) -> None:
    ledger, case = _told(_report(1))
    ledger.cases[case.case_no] = replace(case, state=CaseState.CLOSED, closed_at=MONDAY)
    after = ledger.do(case.case_no, "revisit", P, satisfaction=answer)
    assert len(after.callbacks) == owed
    assert after.satisfaction is Satisfaction(answer)
    two, both = _told(_report(1), _report(2))
    two.cases[both.case_no] = replace(both, state=CaseState.CLOSED, closed_at=MONDAY)
    assert len(two.do(both.case_no, "revisit", P, satisfaction=answer).callbacks) == 2


def test_arguments_for_the_steps_are_found() -> None:
    """The walks elsewhere reach these steps too: their arguments are complete."""
    _, case = _told(_report(1))
    assert arguments(STEPS["call_back"], case)["which"] == "r1"
