"""Units that help: sent with the lead or after it, busy until they have said what they did; copies only read."""

from typing import Any

from domain_factories import PHOTO, UNITS, Ledger, refusal

from domain.case import Case
from domain.decide import allowed_steps
from domain.fold import fold_all
from domain.ids import AccountId
from domain.people import Actor, Role
from domain.states import CaseState
from domain.units import UnitState, unit_status, units_on

LEAD, HELPER, OTHER = (unit.unit_id for unit in UNITS)
ROOM = Actor(AccountId("p"), frozenset({Role.ACCEPTOR, Role.DUTY_CHIEF, Role.DISPATCHER}))


def of(unit: str) -> Actor:
    return Actor(AccountId(unit), frozenset({Role.HANDLER}), unit)  # type: ignore[arg-type]


def dispatched(ledger: Ledger, **args: Any) -> Case:
    case = ledger.report()
    for action, given in (("accept", {}), ("file", {"condition": "0102-1"}), ("dispatch", {"unit": LEAD, **args})):
        case = ledger.do(case.case_no, action, ROOM, **given)
    return case


def test_a_helper_travels_arrives_and_says_what_it_did() -> None:
    ledger = Ledger()
    case = dispatched(ledger, helpers=[HELPER], copies=[OTHER])
    assert units_on(case) == (LEAD, HELPER)
    assert unit_status(HELPER, [case]).state is UnitState.UNDER_WAY
    assert unit_status(LEAD, [case]).state is UnitState.ASSIGNED
    assert unit_status(OTHER, [case]).state is UnitState.FREE, "who gets a copy goes nowhere"
    case = ledger.do(case.case_no, "help_arrive", of(HELPER))
    assert unit_status(HELPER, [case]).state is UnitState.ON_THE_JOB
    assert case.arrived_at is None, "that is the lead's"
    case = ledger.do(case.case_no, "help_report", of(HELPER), text="已断电", photos=[PHOTO])
    assert unit_status(HELPER, [case]) == unit_status(OTHER, [case])
    assert case.state is CaseState.PENDING_HANDLE
    assert case.after_photos == (PHOTO,)
    assert case.helped_by(HELPER).reported_at is not None
    assert fold_all(ledger.changes) == case


def test_only_the_lead_answers_and_only_helpers_help() -> None:
    ledger = Ledger()
    case = dispatched(ledger, helpers=[HELPER], copies=[OTHER])
    offered = {
        unit: {s.action for s in allowed_steps(case, of(unit), ledger.context)} for unit in (LEAD, HELPER, OTHER)
    }
    assert offered[LEAD] == {"sign", "request_return"}
    assert offered[HELPER] == {"help_arrive", "help_report"}
    assert offered[OTHER] == set()


def test_more_are_sent_later_and_one_that_was_told_goes_now() -> None:
    ledger = Ledger()
    case = dispatched(ledger, copies=[OTHER])
    case = ledger.do(case.case_no, "add_helpers", ROOM, helpers=[OTHER], copies=[HELPER])
    assert (case.helper_units, case.copied_units) == ((OTHER,), (HELPER,))
    fault = refusal(lambda: ledger.do(case.case_no, "add_helpers", ROOM, helpers=[LEAD]))
    assert fault is not None
    assert fault.key == "unit_named_twice"


def test_one_that_is_sent_later_is_under_way_since_then() -> None:
    ledger = Ledger()
    case = dispatched(ledger, helpers=[HELPER])
    first = case.dispatched_at
    ledger.pass_time(minutes=50)
    case = ledger.do(case.case_no, "add_helpers", ROOM, helpers=[OTHER])
    later = ledger.changes[-1].recorded_at
    assert first is not None
    assert unit_status(HELPER, [case]).since == first
    assert unit_status(OTHER, [case]).since == later > first
    case = ledger.do(case.case_no, "help_arrive", of(OTHER))
    assert refusal(lambda: ledger.do(case.case_no, "help_arrive", of(OTHER))) is not None, "arrival is noted once"
    case = ledger.do(case.case_no, "help_report", of(OTHER), text="好了")
    assert case.helped_by(OTHER).sent_at == later
    assert fold_all(ledger.changes) == case


def test_rework_begins_anew_for_helpers_and_a_case_taken_back_has_none() -> None:
    ledger = Ledger()
    case = dispatched(ledger, helpers=[HELPER])
    case = ledger.do(case.case_no, "help_report", of(HELPER), text="好了")
    case = ledger.do(case.case_no, "sign", of(LEAD))
    case = ledger.do(case.case_no, "feedback", of(LEAD), text="好了", photos=[PHOTO])
    assert units_on(case) == ()
    case = ledger.do(case.case_no, "rework", ROOM, reason="incomplete")
    assert case.helped == ()
    assert units_on(case) == (LEAD, HELPER)


def test_a_case_of_before_there_were_helpers_steps_folds_as_it_did() -> None:
    """A dispatch writes nothing new: a case kept by an earlier program is the fold of its log still."""
    ledger = Ledger()
    case = dispatched(ledger, helpers=[HELPER])
    assert case.helped == ()
