"""The state of a case as a fold of its changes: the one place that says how a change alters a case.

Service, client, replay and tests all call ``fold``. It trusts the log: a change was judged before it was written.
"""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

import msgspec
from msgspec.structs import replace

from domain.case import Case, Claim, Helped, OpenRequest, Report
from domain.change import Change, Subject
from domain.clock import Limit, LimitUnit, Pause
from domain.correcting import corrected
from domain.erasing import erased
from domain.ids import AccountId, AttachmentId, CaseNo, GridCode, StaffId, UnitId
from domain.places import Placement
from domain.states import CaseState, Channel, RequestKind, Satisfaction, Supervise
from domain.timing import HANDLING_STATES

Effect = Callable[[Case, Change], dict[str, Any]]
"""What an action alters beside state and version: the fields of the case to replace."""


def fold(case: Case | None, change: Change) -> Case:
    """Return the case after ``change``. ``case`` is None only before its first change (``report`` or ``imported``).

    Raises ValueError where the change cannot follow: another subject, a version that does not come next.
    """
    if change.subject is not Subject.CASE:
        raise ValueError(f"change {change.seq} is about {change.subject}, not a case")
    if case is None:
        return _born(change)
    if change.subject_id != case.case_no or change.version != case.version + 1:
        raise ValueError(f"change {change.seq} does not follow version {case.version} of {case.case_no}")
    state = change.state or case.state
    fields: dict[str, Any] = {"version": change.version, "state": state}
    if not _same_stage(case.state, state):
        fields["stage_since"] = change.recorded_at
    if case.claim is not None and (state != case.state or change.action in ANSWERS):
        fields["claim"] = None  # whoever had it in hand, it is done, or goes to others now
    effect = EFFECTS.get(change.action)
    if effect is not None:
        fields |= effect(case, change)
    if change.data.get("self_approved") and change.action not in case.self_approved:
        fields["self_approved"] = (*case.self_approved, change.action)
    return replace(case, **fields)


def fold_all(changes: Iterable[Change]) -> Case:
    """Return the case after all its changes, in order. Raises ValueError where there are none."""
    case: Case | None = None
    for change in changes:
        case = fold(case, change)
    if case is None:
        raise ValueError("no changes")
    return case


def _same_stage(before: CaseState, after: CaseState) -> bool:
    """Signing, suspending and resuming stay on the handling clock."""
    return before == after or (before in HANDLING_STATES and after in HANDLING_STATES)


def _born(change: Change) -> Case:
    data = change.data
    if change.action == "imported":
        whole = {**data["case"], "case_no": change.subject_id, "version": change.version, "imported": True}
        return msgspec.convert(whole, Case)
    if change.action != "report":
        raise ValueError(f"change {change.seq}: a case cannot begin with {change.action}")
    channel = Channel(data["channel"])
    report = msgspec.convert({**data["report"], "channel": channel, "reported_at": change.at}, Report)
    return Case(
        case_no=CaseNo(change.subject_id),
        version=change.version,
        state=change.state or CaseState.REPORTED,
        kind=data["kind"],
        title=data["title"],
        channel=channel,
        opened_at=change.at,
        stage_since=change.recorded_at,
        address=data.get("address", ""),
        lon=data.get("lon"),
        lat=data.get("lat"),
        placement=Placement(data["placement"]),
        grid_code=data.get("grid_code"),
        area=data.get("area", ""),
        sensitive=data.get("sensitive", False),
        reports=(report,),
        urgent=data.get("urgent", False),
        self_handled=data.get("self_handled", False),
        photos=report.photos,
        after_photos=tuple(AttachmentId(p) for p in data.get("after_photos", ())),
        source=report.source,
        source_no=report.source_no,
        synthetic=data.get("synthetic", False),
    )


def _photos(case: Case, change: Change) -> tuple[AttachmentId, ...]:
    return case.photos + tuple(AttachmentId(p) for p in change.data.get("photos", ()))


def _after_photos(case: Case, change: Change) -> tuple[AttachmentId, ...]:
    return case.after_photos + tuple(AttachmentId(p) for p in change.data.get("photos", ()))


def _request(kind: RequestKind) -> Effect:
    def effect(case: Case, change: Change) -> dict[str, Any]:
        until = change.data.get("until")
        return {
            "request": OpenRequest(
                kind=kind,
                asked_at=change.recorded_at,
                asked_by=change.actor,
                reason=change.data.get("reason", ""),
                text=change.data.get("text", ""),
                until=None if until is None else datetime.fromisoformat(until),
                asked_staff=_staff(change),
            )
        }

    return effect


def _endorse(case: Case, change: Change) -> dict[str, Any]:
    return {"request": case.request and replace(case.request, endorsed_by=change.actor, endorsed_staff=_staff(change))}


def _passed(case: Case, change: Change) -> dict[str, Any]:
    """Who says that it is fixed, so that it can be told when the same person closes it."""
    return {"passed_by": change.actor, "passed_staff": _staff(change)}


def _staff(change: Change) -> StaffId | None:
    """Return the member of staff who acted, by an own account or through a gateway."""
    named = change.data.get("by_staff", change.on_behalf_of)
    return None if named is None else StaffId(named)


def _answered(case: Case, change: Change) -> dict[str, Any]:
    return {"request": None}


def _file(case: Case, change: Change) -> dict[str, Any]:
    data = change.data
    return {
        "condition": data["condition"],
        "kind": data.get("kind") or case.kind,
        "sensitive": data.get("sensitive", case.sensitive),
        "handling_limit": Limit(data["limit"]["amount"], LimitUnit(data["limit"]["unit"])),
        "closing": tuple(data["closing"]),
    }


def _dispatch(case: Case, change: Change) -> dict[str, Any]:
    data = change.data
    return {
        "lead_unit": UnitId(data["unit"]),
        "helper_units": tuple(UnitId(u) for u in data.get("helpers", ())),
        "copied_units": tuple(UnitId(u) for u in data.get("copies", ())),
        "dispatched_at": change.recorded_at,
        "stage_since": change.recorded_at,
        "signed_at": None,
        "arrived_at": None,
        "extension_count": 0,
        "helped": (),
    }


def _add_helpers(case: Case, change: Change) -> dict[str, Any]:
    """More units go; one that was only told so far goes now."""
    helpers = tuple(UnitId(u) for u in change.data["helpers"])
    copies = tuple(UnitId(u) for u in change.data.get("copies", ()))
    told = tuple(unit for unit in case.copied_units if unit not in helpers)
    sent = tuple(Helped(unit, sent_at=change.recorded_at) for unit in helpers)
    return {"helper_units": case.helper_units + helpers, "copied_units": told + copies, "helped": case.helped + sent}


def _help_arrive(case: Case, change: Change) -> dict[str, Any]:
    return {"helped": _helped(case, change, arrived_at=change.recorded_at)}


def _help_report(case: Case, change: Change) -> dict[str, Any]:
    helped = _helped(case, change, reported_at=change.recorded_at)
    return {"helped": helped, "after_photos": _after_photos(case, change)}


def _helped(case: Case, change: Change, **now: datetime) -> tuple[Helped, ...]:
    unit = UnitId(change.data["helper"])
    others = tuple(helped for helped in case.helped if helped.unit != unit)
    return (*others, replace(case.helped_by(unit), **now))


def _taken_back(case: Case, change: Change) -> dict[str, Any]:
    """Back with the dispatcher: nobody holds the case, nothing is asked."""
    return {
        "lead_unit": None,
        "helper_units": (),
        "copied_units": (),
        "helped": (),
        "dispatched_at": None,
        "signed_at": None,
        "arrived_at": None,
        "handled_at": None,
        "closed_at": None,
        "request": None,
    }


def _rework(case: Case, change: Change) -> dict[str, Any]:
    """The same unit goes again, with all data kept and the handling limit from the start."""
    return {
        "rework_count": case.rework_count + 1,
        "dispatched_at": change.recorded_at,
        "signed_at": None,
        "arrived_at": None,
        "helped": (),
        "handled_at": None,
        "checker": None,
        "check_passed": None,
        "passed_by": None,
        "passed_staff": None,
    }


def _suspend(case: Case, change: Change) -> dict[str, Any]:
    return {
        "request": None,
        "suspension_count": case.suspension_count + 1,
        "pauses": (*case.pauses, Pause(change.recorded_at)),
        "resume_at": case.request and case.request.until,
    }


def _end_pause(case: Case, change: Change) -> dict[str, Any]:
    pauses = tuple(replace(p, until=change.recorded_at) if p.until is None else p for p in case.pauses)
    return {"pauses": pauses, "resume_at": None}


def _send_up(case: Case, change: Change) -> dict[str, Any]:
    return {"request": None, **_end_pause(case, change)}


def _close(case: Case, change: Change) -> dict[str, Any]:
    """Closing ends both clocks; a supervision is cleared, as it is on verification (domain.md T31)."""
    return {"closed_at": change.recorded_at, "supervise": Supervise.NONE, "supervise_replied": True}


def _close_self_handled(case: Case, change: Change) -> dict[str, Any]:
    return {"accepted_at": change.recorded_at, "handled_at": case.opened_at, **_close(case, change)}


def _redo(case: Case, change: Change) -> dict[str, Any]:
    return {**_taken_back(case, change), "redo_count": case.redo_count + 1}


def _merge(case: Case, change: Change) -> dict[str, Any]:
    return {
        "merged_into": CaseNo(change.data["into"]),
        "before_merge": case.state,
        "stage_before_merge": case.stage_since,
        "merged_reports": tuple(r.report_id for r in case.reports),
        "reports": (),
    }


def _unmerge(case: Case, change: Change) -> dict[str, Any]:
    return {
        "merged_into": None,
        "before_merge": None,
        "stage_since": case.stage_before_merge or change.recorded_at,
        "stage_before_merge": None,
        "merged_reports": (),
        "reports": msgspec.convert(change.data["reports"], tuple[Report, ...]),
    }


def _take_reports(case: Case, change: Change) -> dict[str, Any]:
    taken = msgspec.convert(change.data["reports"], tuple[Report, ...])
    return {"reports": case.reports + taken, "sensitive": case.sensitive or change.data.get("sensitive", False)}


def _give_reports(case: Case, change: Change) -> dict[str, Any]:
    gone = set(change.data["report_ids"])
    return {"reports": tuple(r for r in case.reports if r.report_id not in gone)}


def _placed(case: Case, change: Change) -> dict[str, Any]:
    code = change.data.get("grid_code")
    return {
        "placement": Placement(change.data["placement"]),
        "grid_code": code and GridCode(code),
        "area": change.data.get("area", case.area),
    }


def _take_in_hand(case: Case, change: Change) -> dict[str, Any]:
    return {"claim": Claim(change.actor, change.recorded_at)}


def _hand_over(case: Case, change: Change) -> dict[str, Any]:
    return {"claim": Claim(AccountId(change.data["to"]), change.recorded_at, handed_by=change.actor)}


def _call_back(case: Case, change: Change) -> dict[str, Any]:
    """A reporter who could not be reached is owed the call still."""
    done = None if change.data["outcome"] == "unreached" else change.recorded_at
    return {
        "reports": tuple(
            replace(r, callback_tries=r.callback_tries + 1, called_back_at=done)
            if r.report_id == change.data["which"]
            else r
            for r in case.reports
        )
    }


def _revisit(case: Case, change: Change) -> dict[str, Any]:
    """Who was asked was called back, where there is just one who can have been asked."""
    satisfaction = Satisfaction(change.data["satisfaction"])
    fields: dict[str, Any] = {"satisfaction": satisfaction}
    if satisfaction is not Satisfaction.UNREACHED and len(case.reports) == 1 and case.reports[0].owes_callback:
        only = case.reports[0]
        tries = only.callback_tries + 1
        fields["reports"] = (replace(only, callback_tries=tries, called_back_at=change.recorded_at),)
    return fields


ANSWERS = frozenset(
    f"{said}_{asked}"
    for said in ("approve", "refuse", "endorse")
    for asked in ("send_up", "return", "extension", "suspension", "redo", "appeal", "void")
)
"""Answers to what was asked for: whoever had the case in hand for that is done with it."""

EFFECTS: dict[str, Effect] = {
    "send_verify": lambda c, ch: {"verifier": StaffId(ch.data["staff"])},
    "verify_result": lambda c, ch: {"verified": ch.data["confirmed"], "photos": _photos(c, ch)},
    "recall_verify": lambda c, ch: {"verifier": None},
    "recall_check": lambda c, ch: {"checker": None},
    "accept": lambda c, ch: {"accepted_at": c.accepted_at or ch.recorded_at},
    "close_self_handled": _close_self_handled,
    "file": _file,
    "dispatch": _dispatch,
    "add_helpers": _add_helpers,
    "help_arrive": _help_arrive,
    "help_report": _help_report,
    "request_void": _request(RequestKind.VOID),
    "refuse_void": _answered,
    "void": _answered,
    "request_send_up": _request(RequestKind.SEND_UP),
    "approve_send_up": _send_up,
    "refuse_send_up": _answered,
    "skip_send_up": _send_up,
    "county_return": _taken_back,
    "county_done": lambda c, ch: {"handled_at": ch.recorded_at, "after_photos": _after_photos(c, ch)},
    "sign": lambda c, ch: {"signed_at": ch.recorded_at},
    "arrive": lambda c, ch: {"arrived_at": ch.recorded_at},
    "request_return": _request(RequestKind.RETURN),
    "approve_return": _taken_back,
    "refuse_return": _answered,
    "request_extension": _request(RequestKind.EXTENSION),
    "approve_extension": lambda c, ch: {"request": None, "extension_count": c.extension_count + 1},
    "refuse_extension": _answered,
    "request_suspension": _request(RequestKind.SUSPENSION),
    "endorse_suspension": _endorse,
    "approve_suspension": _suspend,
    "refuse_suspension": _answered,
    "resume": _end_pause,
    "feedback": lambda c, ch: {"handled_at": ch.recorded_at, "after_photos": _after_photos(c, ch)},
    "send_check": lambda c, ch: {"checker": StaffId(ch.data["staff"]), "check_passed": None},
    "check_pass": lambda c, ch: {"check_passed": True, "after_photos": _after_photos(c, ch), **_passed(c, ch)},
    "check_fail": lambda c, ch: {"check_passed": False, "after_photos": _after_photos(c, ch)},
    "skip_check": _passed,
    "rework": _rework,
    "return_rework": _rework,
    "close": _close,
    "revisit": _revisit,
    "request_redo": _request(RequestKind.REDO),
    "approve_redo": _redo,
    "refuse_redo": _answered,
    "supervise": lambda c, ch: {"supervise": Supervise(ch.data["level"]), "supervise_replied": False},
    "reply_supervise": lambda c, ch: {"supervise_replied": True},
    "cancel_supervise": lambda c, ch: {"supervise": Supervise.NONE, "supervise_replied": True},
    "mark_urgent": lambda c, ch: {"urgent": True},
    "mark_historic": lambda c, ch: {"historic": True},
    "request_appeal": lambda c, ch: {**_request(RequestKind.APPEAL)(c, ch), "appealed": True},
    "endorse_appeal": _endorse,
    "approve_appeal": lambda c, ch: {"request": None, "appeal_upheld": True},
    "refuse_appeal": lambda c, ch: {"request": None, "appeal_upheld": False},
    "merge": _merge,
    "unmerge": _unmerge,
    "merge_in": _take_reports,
    "take_reports": _take_reports,
    "give_reports": _give_reports,
    "claim": _take_in_hand,
    "take_over": _take_in_hand,
    "release": lambda c, ch: {"claim": None},
    "hand_over": _hand_over,
    "call_back": _call_back,
    "note": lambda c, ch: {"photos": _photos(c, ch)},
    "placed": _placed,
    "correct": corrected,
    "erased": erased,
}
"""Effects by action. Actions that alter nothing but state and version are not listed."""
