"""Judging a command: is it known, for this state, by this person, complete, and within the rules?"""

from datetime import datetime
from typing import Any, TypeVar

import msgspec

from domain.case import MAX_PHOTOS, Case
from domain.command import Arg, ArgKind, Command, Context, Decision, SideEffect
from domain.correcting import correction
from domain.faults import Fault, FaultKind, conflict, forbidden, invalid
from domain.ids import AccountId, AttachmentId, CaseNo, StaffId, UnitId
from domain.machine import STEPS, TABLE, Step
from domain.people import Actor, same_person
from domain.places import check_lon_lat
from domain.reasons import REASONS
from domain.states import CaseState

T = TypeVar("T")

APPROVALS = frozenset(
    {
        "void",
        "approve_send_up",
        "approve_return",
        "approve_extension",
        "endorse_suspension",
        "approve_suspension",
        "approve_redo",
        "endorse_appeal",
        "approve_appeal",
    }
)
"""Steps that say yes to a request that waits on the case."""
REMEMBERED = frozenset(s.action for s in TABLE if s.action.startswith(("request_", "endorse_"))) | {
    "check_pass",
    "skip_check",
}
"""Steps of which it is remembered who took them, to be compared with who says yes to them."""

MAX_UNITS = 20
MAX_MERGED = 50
"""Cases merged into one at once."""
NOT_COMMANDS = frozenset({"report"})
"""Steps that do not come as commands on a case: a report makes the case it is on."""


def allowed_steps(case: Case, actor: Actor, context: Context) -> list[Step]:
    """Return the steps this person may take on this case now, in the order of the table."""
    return [step for step in TABLE if step.action not in NOT_COMMANDS and _refusal(step, case, actor, context) is None]


def decide(case: Case, command: Command, actor: Actor, context: Context) -> Decision:
    """Return what the command comes to, or raise the ``Fault`` that says why it cannot be done.

    The order of refusals is fixed: unknown action, another version, forbidden role, wrong state, guards, arguments.
    """
    step = STEPS.get(command.action)
    if step is None or step.action in NOT_COMMANDS:
        raise invalid("unknown_action", action=command.action)
    if command.version != case.version:
        raise conflict("stale_version", seen=command.version, current=case.version)
    refusal = _refusal(step, case, actor, context)
    if refusal is not None:
        raise refusal
    data = _arguments(step, command.args, context)
    for check in step.checks:
        check(case, data, actor, context)
    return _resolve(step, case, _with_person(step, case, data, actor), actor, context)


def _refusal(step: Step, case: Case, actor: Actor, context: Context) -> Fault | None:
    if not step.roles & actor.roles:
        return forbidden("role_may_not", action=step.action)
    if case.state not in step.sources:
        return conflict("wrong_state", action=step.action, state=case.state)
    try:
        for guard in step.guards:
            guard(case, actor, context)
    except Fault as fault:
        return fault
    return None


def _with_person(step: Step, case: Case, data: dict[str, Any], actor: Actor) -> dict[str, Any]:
    """Add which member of staff acts, where that is asked later, and whether somebody approves what they asked for."""
    if step.action in REMEMBERED and actor.staff is not None:
        data = {**data, "by_staff": actor.staff}
    return {**data, "self_approved": True} if is_self_approval(step.action, case, actor) else data


def is_self_approval(action: str, case: Case, actor: Actor) -> bool:
    """Return whether the actor would say yes to what the same person asked, endorsed, did or found to be done."""
    if action in APPROVALS and case.request is not None:
        asked = case.request
        return same_person(actor, asked.asked_by, asked.asked_staff) or same_person(
            actor, asked.endorsed_by, asked.endorsed_staff
        )
    if action == "close":
        return same_person(actor, case.passed_by, case.passed_staff)
    if action == "close_self_handled":
        return any(same_person(actor, None, report.reporter) for report in case.reports)
    return False


def _resolve(step: Step, case: Case, data: dict[str, Any], actor: Actor, context: Context) -> Decision:
    """Put into the decision what the fold would otherwise have to look up."""
    state = case.state if step.target is None else step.target
    also: tuple[SideEffect, ...] = ()
    if step.action == "file":
        condition = context.known.condition(data["condition"])
        if condition is None:
            raise invalid("unknown_condition", condition=data["condition"])
        limit = {"amount": condition.limit.amount, "unit": condition.limit.unit.value}
        data = {**data, "limit": limit, "closing": list(condition.closing_zh)}
    elif step.action in ("help_arrive", "help_report"):
        data = {**data, "helper": actor.unit}
    elif step.action == "correct":
        data = correction(case, data)
    elif step.action == "take_over" and case.claim is not None:
        data = {**data, "from": case.claim.by}
    elif step.action == "merge":
        also = (_moved(case, data["into"]),)
    elif step.action == "merge_in":
        data, also = _gathered(case, data, actor, context)
    elif step.action == "unmerge" and case.merged_into is not None and case.before_merge is not None:
        state = case.before_merge
        target = context.known.case(case.merged_into)
        held = [] if target is None else [r for r in _plain_reports(target) if r["report_id"] in case.merged_reports]
        data = {**data, "reports": held}
        give = {"to": case.case_no, "report_ids": list(case.merged_reports)}
        also = (SideEffect(case.merged_into, "give_reports", give),)
    return Decision(step.action, state, data, also)


def _moved(case: Case, into: str) -> SideEffect:
    data: dict[str, Any] = {"from": case.case_no, "reports": _plain_reports(case)}
    if case.sensitive:
        data["sensitive"] = True
    return SideEffect(CaseNo(into), "take_reports", data)


def _gathered(
    case: Case, data: dict[str, Any], actor: Actor, context: Context
) -> tuple[dict[str, Any], tuple[SideEffect, ...]]:
    """Return what merging several cases into one comes to: all of them are merged, or none is."""
    reports: list[dict[str, Any]] = []
    also: list[SideEffect] = []
    sensitive = False
    for case_no in dict.fromkeys(data["cases"]):
        other = context.known.case(CaseNo(case_no))
        if other is None or other.case_no == case.case_no:
            raise invalid("merge_target_unknown", case_no=case_no[:64])
        refusal = _refusal(STEPS["merge"], other, actor, context)
        if refusal is not None:
            raise conflict("cannot_be_merged", case_no=case_no, state=other.state)
        reports += _plain_reports(other)
        sensitive = sensitive or other.sensitive
        also.append(SideEffect(other.case_no, "merge", {"into": case.case_no}, CaseState.MERGED))
    gathered = {**data, "reports": reports}
    return ({**gathered, "sensitive": True} if sensitive else gathered), tuple(also)


def _plain_reports(case: Case) -> list[dict[str, Any]]:
    plain: list[dict[str, Any]] = msgspec.to_builtins(case.reports)
    return plain


def _arguments(step: Step, given: dict[str, Any], context: Context) -> dict[str, Any]:
    """Return the arguments as plain JSON values, each of its kind and within bounds."""
    unknown = set(given) - {arg.name for arg in step.args}
    if unknown:
        raise invalid("unknown_argument", argument=sorted(unknown)[0][:40])
    data: dict[str, Any] = {}
    for arg in step.args:
        value = given.get(arg.name)
        if value is None or value == "" or (value == [] and arg.kind is not ArgKind.TICKS):
            if arg.required:
                raise invalid("argument_missing", argument=arg.name)
            continue
        data[arg.name] = _value(arg, value, context)
    return data


def _value(arg: Arg, value: Any, context: Context) -> Any:
    if arg.kind is ArgKind.FLAG:
        return _typed(arg, value, bool)
    if arg.kind in (ArgKind.UNITS, ArgKind.PHOTOS, ArgKind.TICKS, ArgKind.CASES):
        return _list(arg, _typed(arg, value, list), context)
    if arg.kind is ArgKind.PLACE:
        return _place(arg, _typed(arg, value, list))
    text: str = _typed(arg, value, str)
    if len(text) > arg.most:
        raise Fault(FaultKind.TOO_LARGE, "argument_too_long", argument=arg.name, limit=arg.most)
    _check_text(arg, text, context)
    return text


def _check_text(arg: Arg, text: str, context: Context) -> None:
    known = context.known
    match arg.kind:
        case ArgKind.TEXT if not text.strip() and arg.required:
            raise invalid("argument_missing", argument=arg.name)
        case ArgKind.REASON if arg.reasons is None or text not in REASONS[arg.reasons]:
            raise invalid("unknown_reason", reason=text[:40])
        case ArgKind.CHOICE if text not in arg.choices:
            raise invalid("unknown_choice", argument=arg.name, choice=text[:40])
        case ArgKind.UNIT if known.unit(UnitId(text)) is None:
            raise invalid("unknown_unit", unit=text[:64])
        case ArgKind.STAFF if known.staff(StaffId(text)) is None:
            raise invalid("unknown_staff", staff=text[:64])
        case ArgKind.COLLEAGUE if not known.colleague(AccountId(text)):
            raise invalid("unknown_colleague", account=text[:64])
        case ArgKind.CONDITION if known.condition(text) is None:
            raise invalid("unknown_condition", condition=text[:64])
        case ArgKind.MOMENT:
            _moment(arg, text)
        case _:
            return


def _place(arg: Arg, values: list[Any]) -> list[float]:
    """Return a place as two floats; a number beyond all bounds is brought near them first, and refused."""
    if len(values) != 2 or any(type(value) not in (int, float) for value in values):
        raise invalid("argument_wrong_type", argument=arg.name, expected="[lon, lat]")
    lon, lat = (float(max(-999, min(999, value))) for value in values)
    check_lon_lat(lon, lat)
    return [lon, lat]


def _moment(arg: Arg, text: str) -> None:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise invalid("not_a_moment", argument=arg.name) from None
    if moment.tzinfo is None:
        raise invalid("moment_without_offset", argument=arg.name)


def _list(arg: Arg, values: list[Any], context: Context) -> list[str]:
    most = {ArgKind.PHOTOS: MAX_PHOTOS, ArgKind.CASES: MAX_MERGED}.get(arg.kind, MAX_UNITS)
    if len(values) > most:
        raise Fault(FaultKind.TOO_LARGE, "too_many", argument=arg.name, limit=most)
    texts = [str(_typed(arg, v, str)) for v in values]
    for text in texts:
        if len(text) > arg.most:
            raise Fault(FaultKind.TOO_LARGE, "argument_too_long", argument=arg.name, limit=arg.most)
        if arg.kind is ArgKind.UNITS and context.known.unit(UnitId(text)) is None:
            raise invalid("unknown_unit", unit=text[:64])
        if arg.kind is ArgKind.PHOTOS and not context.known.has_attachment(AttachmentId(text)):
            raise invalid("unknown_attachment", attachment=text[:64])
    return texts


def _typed(arg: Arg, value: Any, kind: type[T]) -> T:
    if type(value) is not kind:
        raise invalid("argument_wrong_type", argument=arg.name, expected=kind.__name__)
    return value
