"""Ways through the machine that people walk: the main one, the hard ones, and the ones with no unit at the end."""

from datetime import timedelta
from typing import Any

import pytest
from domain_factories import (
    ALL_ROLES,
    CALENDAR,
    FILED,
    MONDAY,
    PHOTO,
    RULES,
    UNITS,
    WORKER,
    Ledger,
    actor_for,
    arguments,
    as_plain,
)

from domain.case import Case
from domain.change import Change, Subject
from domain.faults import Fault
from domain.fold import fold
from domain.ids import AccountId
from domain.machine import STEPS
from domain.people import Actor, Role
from domain.states import CaseState, Supervise
from domain.timing import case_clock, stage_clock

S = CaseState
UNIT = UNITS[0].unit_id
CHIEF = Actor(AccountId("p"), ALL_ROLES)


class Way:
    """One case that is walked along; each action is taken by whoever may, with arguments that are complete."""

    def __init__(self) -> None:
        self.ledger = Ledger()
        self.case_no = self.ledger.report().case_no

    @property
    def case(self) -> Case:
        return self.ledger.cases[self.case_no]

    def go(self, *actions: str, **args: Any) -> Case:
        for action in actions:
            actor = actor_for(self.case, task=action)
            until = self.ledger.now + timedelta(days=3)
            whole = arguments(STEPS[action], self.case, until=until) | args
            self.ledger.do(self.case_no, action, actor, **whole)
            self.ledger.pass_time(minutes=1)
        return self.case


TO_HANDLING = ("accept", "file", "dispatch", "sign")
TO_CLOSED = (*TO_HANDLING, "arrive", "feedback", "send_check", "check_pass", "close")


def test_the_main_way() -> None:
    way = Way()
    states = [way.go(action).state for action in (*TO_CLOSED, "revisit")]
    assert states == [
        *(S.PENDING_FILE, S.PENDING_DISPATCH, S.PENDING_HANDLE, S.HANDLING, S.HANDLING, S.PENDING_CHECK),
        *(S.CHECKING, S.PENDING_CLOSE, S.CLOSED, S.EVALUATED),
    ]
    case = way.case
    moments = [case.accepted_at, case.dispatched_at, case.signed_at, case.arrived_at, case.handled_at, case.closed_at]
    assert moments == sorted(m for m in moments if m is not None)
    assert case.after_photos == (PHOTO, PHOTO)
    assert case.closing == FILED.closing_zh


def test_only_another_link_starts_the_stage_clock_anew() -> None:
    way = Way()
    starts = [(way.ledger.pass_time(minutes=9), way.go(action).stage_since)[1] for action in TO_CLOSED]
    accept, file, dispatch, sign, arrive, feedback, send_check, check_pass, close = starts
    assert dispatch == sign == arrive
    assert accept < file < dispatch < feedback < send_check < check_pass < close
    way = Way()
    dispatched = way.go("accept", "file", "dispatch").stage_since
    way.go("mark_urgent", "note", "sign", "request_suspension", "endorse_suspension", "approve_suspension")
    assert way.case.state == S.SUSPENDED
    assert way.go("resume", "request_extension", "approve_extension").stage_since == dispatched


def test_a_failed_check_goes_back_to_the_same_unit_with_all_data() -> None:
    way = Way()
    before = way.go(*TO_HANDLING, "arrive", "feedback", "send_check", "check_fail")
    assert (before.state, before.check_passed) == (S.PENDING_CHECK, False)
    after = way.go("rework")
    assert (after.state, after.lead_unit, after.rework_count) == (S.PENDING_HANDLE, UNIT, 1)
    assert after.after_photos == before.after_photos
    assert (after.signed_at, after.arrived_at, after.handled_at, after.checker) == (None, None, None, None)
    assert after.stage_since > before.stage_since


def test_a_suspension_stands_still_and_resumes() -> None:
    way = Way()
    case = way.go(*TO_HANDLING, "request_suspension", "endorse_suspension", "approve_suspension")
    assert case.state == S.SUSPENDED
    assert case.resume_at is not None
    stood = stage_clock(case, RULES, CALENDAR, way.ledger.now)
    way.ledger.pass_time(days=21)
    later = stage_clock(case, RULES, CALENDAR, way.ledger.now)
    assert stood is not None
    assert later is not None
    assert stood.elapsed_s == later.elapsed_s
    case = way.go("resume")
    assert (case.state, case.resume_at, case.suspension_count) == (S.HANDLING, None, 1)
    again = stage_clock(case, RULES, CALENDAR, way.ledger.now)
    assert again is not None
    assert again.elapsed_s == later.elapsed_s + 60
    with pytest.raises(Fault, match="suspensions_used_up"):
        way.go("request_suspension")


def test_an_extension_adds_one_original_limit() -> None:
    way = Way()
    case = way.go(*TO_HANDLING)
    first = stage_clock(case, RULES, CALENDAR, way.ledger.now)
    case = way.go("request_extension", "approve_extension")
    second = stage_clock(case, RULES, CALENDAR, way.ledger.now)
    assert first is not None
    assert second is not None
    assert first.limit == FILED.limit
    assert second.limit.amount == 2 * FILED.limit.amount
    way.go("request_extension", "refuse_extension")
    assert way.case.extension_count == 1
    way.go("request_extension", "approve_extension")
    with pytest.raises(Fault, match="extensions_used_up"):
        way.go("request_extension")


def test_sent_up_and_returned_nobody_holds_it() -> None:
    way = Way()
    case = way.go(*TO_HANDLING, "skip_send_up")
    assert case.state == S.ESCALATED
    case = way.go("county_return")
    assert (case.state, case.lead_unit, case.dispatched_at) == (S.PENDING_DISPATCH, None, None)


def test_a_case_the_county_did_badly_can_be_given_to_a_unit() -> None:
    """It never had a unit here, so rework leaves it with nobody: the dispatcher then names one."""
    way = Way()
    way.go("accept", "file", "request_send_up", "approve_send_up", "county_done")
    case = way.go("rework")
    assert (case.state, case.lead_unit) == (S.PENDING_HANDLE, None)
    case = way.go("dispatch")
    assert (case.state, case.lead_unit) == (S.PENDING_HANDLE, UNIT)
    assert way.go("sign", "feedback", "skip_check", "close").state == S.CLOSED


def test_a_case_that_a_unit_holds_is_not_dispatched_again() -> None:
    way = Way()
    way.go(*TO_HANDLING)
    with pytest.raises(Fault, match="held_by_a_unit"):
        way.go("dispatch")


def _imported(state: CaseState, **more: Any) -> Case:
    opened = MONDAY - timedelta(days=9)
    case = {
        "state": state.value,
        "kind": "NYPD:noise",
        "title": "Noise",
        "channel": "import",
        "opened_at": as_plain(opened),
        "stage_since": as_plain(opened),
        "source": "nyc311",
        "source_no": "63",
    } | more
    change = Change(
        seq=7,
        subject=Subject.CASE,
        subject_id="330699103-20260302-0001",
        action="imported",
        actor=AccountId("script"),
        recorded_at=MONDAY,
        version=1,
        state=state,
        occurred_at=opened,
        data={"case": case},
    )
    return fold(None, change)


def test_an_imported_case_in_handling_can_be_given_to_a_unit() -> None:
    case = _imported(S.HANDLING)
    assert case.imported
    assert (case.kind, case.source_no) == ("NYPD:noise", "63")
    ledger = Ledger()
    ledger.cases[case.case_no] = case
    after = ledger.do(case.case_no, "dispatch", CHIEF, unit=UNIT)
    assert (after.state, after.lead_unit) == (S.PENDING_HANDLE, UNIT)
    assert ledger.do(case.case_no, "sign", actor_for(after)).state == S.HANDLING


def test_a_closed_import_keeps_its_own_times() -> None:
    opened, closed = MONDAY - timedelta(days=9), MONDAY - timedelta(days=8)
    case = _imported(S.CLOSED, accepted_at=as_plain(opened), closed_at=as_plain(closed))
    assert (case.opened_at, case.closed_at) == (opened, closed)
    reading = case_clock(case, RULES, CALENDAR, MONDAY)
    assert reading is not None
    assert reading.stopped_at == closed


def test_merging_and_unmerging_restore_both_cases() -> None:
    way = Way()
    other = way.ledger.report()
    before = way.go(*TO_HANDLING)
    way.ledger.pass_time(hours=1)
    merged = way.go("merge", into=other.case_no)
    assert (merged.state, merged.merged_into, merged.reports) == (S.MERGED, other.case_no, ())
    assert way.ledger.cases[other.case_no].reports == other.reports + before.reports
    way.ledger.pass_time(hours=1)
    after = way.go("unmerge")
    ours, theirs = _plain(before), _plain(after)
    assert theirs.pop("version") == ours.pop("version") + 2
    assert theirs == ours
    assert way.ledger.cases[other.case_no].reports == other.reports


def test_a_merge_along_a_chain_is_undone_from_its_end() -> None:
    """A into B, B into C: A cannot be taken out of B while B's reports are with C."""
    ledger = Ledger()
    a, b, c = (ledger.report().case_no for _ in range(3))
    for case_no in (a, b, c):
        ledger.do(case_no, "accept", CHIEF)
        ledger.do(case_no, "file", CHIEF, condition=FILED.code)
    ledger.do(a, "merge", CHIEF, into=b)
    ledger.do(b, "merge", CHIEF, into=c)
    with pytest.raises(Fault, match="reports_moved_on"):
        ledger.do(a, "unmerge", CHIEF)
    with pytest.raises(Fault, match="merge_target_ended"):
        ledger.do(c, "merge", CHIEF, into=b)
    ledger.do(b, "unmerge", CHIEF)
    ledger.do(a, "unmerge", CHIEF)
    assert [len(ledger.cases[case_no].reports) for case_no in (a, b, c)] == [1, 1, 1]


def test_a_redo_keeps_the_number_and_opens_the_clock_again() -> None:
    way = Way()
    closed = way.go(*TO_CLOSED)
    case = way.go("request_redo", "approve_redo")
    assert (case.state, case.case_no, case.redo_count) == (S.PENDING_DISPATCH, closed.case_no, 1)
    assert (case.closed_at, case.lead_unit) == (None, None)
    reading = case_clock(case, RULES, CALENDAR, way.ledger.now)
    assert reading is not None
    assert reading.stopped_at is None
    way.go("dispatch", "sign", "feedback", "skip_check", "close")
    with pytest.raises(Fault, match="redos_used_up"):
        way.go("request_redo")


def test_supervision_goes_up_and_is_cleared_on_closing() -> None:
    way = Way()
    way.go("accept", "file", "dispatch")
    assert way.go("supervise", level="yellow").supervise == Supervise.YELLOW
    with pytest.raises(Fault, match="supervise_level_not_higher"):
        way.go("supervise", level="ordinary")
    assert not way.case.supervise_replied
    assert way.go("reply_supervise").supervise_replied
    assert way.go("supervise", level="red").supervise == Supervise.RED
    assert way.go("sign", "feedback", "skip_check", "close").supervise == Supervise.NONE


def test_a_grid_worker_who_settled_it_is_audited_and_closed() -> None:
    ledger = Ledger()
    report = {"report_id": "r1", "text": "已清理", "has_contact": False, "photos": [PHOTO]}
    case = ledger.report(self_handled=True, after_photos=[PHOTO], report=report)
    after = ledger.do(case.case_no, "close_self_handled", Actor(AccountId("p"), frozenset({Role.ACCEPTOR})))
    assert after.state == S.CLOSED
    assert after.accepted_at == after.closed_at == ledger.now


def test_verification_by_the_person_it_was_sent_to() -> None:
    way = Way()
    case = way.go("send_verify", staff=WORKER)
    assert (case.state, case.verifier) == (S.VERIFYING, WORKER)
    stranger = Actor(AccountId("p"), frozenset({Role.GRID_WORKER}), staff=None)
    with pytest.raises(Fault, match="not_your_task"):
        way.ledger.do(way.case_no, "verify_result", stranger, confirmed=True, photos=[PHOTO])
    case = way.go("verify_result", confirmed=False)
    assert (case.state, case.verified, case.photos) == (S.REPORTED, False, (PHOTO,))


def _plain(case: Case) -> dict[str, Any]:
    plain: dict[str, Any] = as_plain(case)
    return plain
