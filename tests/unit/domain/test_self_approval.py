"""An approval by whoever had asked for it is let through in a small room, and marked for everybody to see."""

from datetime import timedelta

import pytest
from domain_factories import ALL_ROLES, FILED, MONDAY, PHOTO, UNITS, WORKER, Ledger
from msgspec.structs import replace

from domain.case import Case
from domain.decide import APPROVALS, is_self_approval
from domain.ids import AccountId, StaffId
from domain.machine import TABLE
from domain.people import Actor, same_person
from domain.states import CaseState, Channel, RequestKind

UNIT = UNITS[0].unit_id
ONE = Actor(AccountId("one"), ALL_ROLES, UNIT)
OTHER = Actor(AccountId("other"), ALL_ROLES, UNIT)
UNTIL = (MONDAY + timedelta(days=3)).isoformat()


def _in_handling(ledger: Ledger) -> Case:
    case = ledger.report(Channel.HOTLINE)
    ledger.do(case.case_no, "accept", OTHER)
    ledger.do(case.case_no, "file", OTHER, condition=FILED.code)
    ledger.do(case.case_no, "dispatch", OTHER, unit=UNIT)
    return ledger.do(case.case_no, "sign", OTHER)


ASKED: dict[str, tuple[tuple[str, dict[str, object]], ...]] = {
    "approve_return": (("request_return", {"reason": "not_ours"}),),
    "approve_extension": (("request_extension", {"reason": "weather"}),),
    "endorse_suspension": (("request_suspension", {"reason": "seasonal", "until": UNTIL}),),
}


def _reason(action: str) -> str:
    from domain.reasons import REASONS

    arg = next(a for s in TABLE if s.action == action for a in s.args if a.name == "reason")
    assert arg.reasons is not None
    return sorted(REASONS[arg.reasons])[0]


@pytest.mark.parametrize("action", sorted(ASKED))
@pytest.mark.parametrize("same", [True, False])
def test_what_one_asked_and_approves_is_marked_in_change_and_case(action: str, same: bool) -> None:
    ledger = Ledger()
    case = _in_handling(ledger)
    for asking, args in ASKED[action]:
        ledger.do(case.case_no, asking, ONE, **(args | {"reason": _reason(asking)}))
    after = ledger.do(case.case_no, action, ONE if same else OTHER)
    assert ledger.changes[-1].data.get("self_approved", False) is same
    assert after.self_approved == ((action,) if same else ())


@pytest.mark.parametrize("who", ["asked", "endorsed", "neither"])
def test_the_second_yes_is_marked_too_where_one_person_gave_both(who: str) -> None:
    ledger = Ledger()
    case = _in_handling(ledger)
    ledger.do(case.case_no, "request_suspension", ONE, reason=_reason("request_suspension"), until=UNTIL)
    ledger.do(case.case_no, "endorse_suspension", OTHER)
    third = Actor(AccountId("third"), ALL_ROLES)
    after = ledger.do(case.case_no, "approve_suspension", {"asked": ONE, "endorsed": OTHER, "neither": third}[who])
    assert after.self_approved == (() if who == "neither" else ("approve_suspension",))


@pytest.mark.parametrize("way", ["skip_check", "check_pass"])
@pytest.mark.parametrize("same", [True, False])
def test_closing_what_one_found_to_be_fixed(way: str, same: bool) -> None:
    ledger = Ledger()
    case = _in_handling(ledger)
    ledger.do(case.case_no, "feedback", OTHER, text="好了", photos=[PHOTO])
    checker = replace(ONE, staff=WORKER)
    if way == "skip_check":
        ledger.do(case.case_no, "skip_check", ONE, text="电话回访")
        closer = ONE
    else:
        ledger.do(case.case_no, "send_check", OTHER, staff=WORKER)
        ledger.do(case.case_no, "check_pass", checker, photos=[PHOTO])
        closer = checker
    after = ledger.do(case.case_no, "close", closer if same else OTHER, closing=list(FILED.closing_zh))
    assert after.self_approved == (("close",) if same else ())


def test_a_check_that_was_done_again_by_another_is_no_longer_ones_own() -> None:
    ledger = Ledger()
    case = _in_handling(ledger)
    for who in (ONE, OTHER):
        ledger.do(case.case_no, "feedback", OTHER, text="好了", photos=[PHOTO])
        ledger.do(case.case_no, "skip_check", who, text="电话回访")
        if who is ONE:
            ledger.do(case.case_no, "return_rework", OTHER, reason=_reason("return_rework"))
            assert ledger.cases[case.case_no].passed_by is None
            ledger.do(case.case_no, "sign", OTHER)
    after = ledger.do(case.case_no, "close", ONE, closing=list(FILED.closing_zh))
    assert after.self_approved == ()


def test_a_self_handled_report_audited_by_who_reported_it() -> None:
    ledger = Ledger()
    case = ledger.report(Channel.GRID_WORKER, self_handled=True, after_photos=[PHOTO])
    own = replace(case.reports[0], reporter=WORKER, photos=(PHOTO,))
    ledger.cases[case.case_no] = replace(case, reports=(own,), photos=(PHOTO,))
    assert is_self_approval("close_self_handled", ledger.cases[case.case_no], replace(ONE, staff=WORKER))
    assert not is_self_approval("close_self_handled", ledger.cases[case.case_no], replace(ONE, staff=StaffId("s9")))
    assert not is_self_approval("close_self_handled", ledger.cases[case.case_no], ONE)


def test_a_gateway_is_as_many_people_as_it_speaks_for() -> None:
    gate = AccountId("gate")
    li, wang = Actor(gate, ALL_ROLES, UNIT, StaffId("s-li")), Actor(gate, ALL_ROLES, UNIT, StaffId("s-wang"))
    assert same_person(li, gate, StaffId("s-li"))
    assert not same_person(wang, gate, StaffId("s-li"))
    assert same_person(replace(li, account=AccountId("li")), gate, StaffId("s-li"))
    assert not same_person(ONE, gate, StaffId("s-li"))
    assert same_person(ONE, AccountId("one"), None)
    assert not same_person(ONE, None, None)


def test_every_yes_to_a_request_is_watched() -> None:
    yes = {s.action for s in TABLE if s.action.startswith(("approve_", "endorse_"))} | {"void"}
    assert yes == APPROVALS
    assert {k.value for k in RequestKind} == {"return", "extension", "suspension", "void", "send_up", "redo", "appeal"}


@pytest.mark.parametrize("action", sorted(APPROVALS))
def test_each_of_them_marks_its_own(action: str) -> None:
    from domain.case import OpenRequest

    case = Ledger().report()
    asked = replace(case, state=CaseState.HANDLING, request=OpenRequest(RequestKind.RETURN, MONDAY, ONE.account))
    assert is_self_approval(action, asked, ONE)
    assert not is_self_approval(action, asked, OTHER)
    assert not is_self_approval(action, case, ONE)
    assert not is_self_approval("refuse_return", asked, ONE)
