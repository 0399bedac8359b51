"""Conditions an action must meet beyond state and role. Each raises a ``Fault`` or returns None.

*Guards* need no arguments, so the console asks them to know which actions to offer; *checks* look at the arguments.
"""

from collections.abc import Callable, Collection
from datetime import datetime, timedelta
from typing import Any

from domain.case import Case, NewReport
from domain.clock import Reading, elapsed_s, limit_seconds
from domain.command import Context
from domain.faults import conflict, forbidden, invalid
from domain.ids import CaseNo
from domain.people import Actor, Role
from domain.states import ENDED, SUPERVISE_ORDER, CaseState, Channel, RequestKind, Supervise
from domain.timing import case_clock, stage_clock

Guard = Callable[[Case, Actor, Context], None]
Check = Callable[[Case, dict[str, Any], Actor, Context], None]


def own_unit(case: Case, actor: Actor, context: Context) -> None:
    """Only the unit that holds the case may act for it."""
    if actor.unit is None or actor.unit != case.lead_unit:
        raise forbidden("not_your_unit")


def nobody_holds_it(case: Case, actor: Actor, context: Context) -> None:
    """No unit holds the case: it was never dispatched here, or it was brought in or came back without one."""
    if case.lead_unit is not None:
        raise conflict("held_by_a_unit", unit=case.lead_unit)


def a_unit_leads(case: Case, actor: Actor, context: Context) -> None:
    """Some unit holds the case: others can be sent to help it."""
    if case.lead_unit is None:
        raise conflict("no_unit_leads")


def helps(case: Case, actor: Actor, context: Context) -> None:
    """Only a unit that was sent to help may say how far its help has come."""
    if actor.unit is None or actor.unit not in case.helper_units:
        raise forbidden("not_helping")


def help_not_arrived(case: Case, actor: Actor, context: Context) -> None:
    """A helper's arrival is noted once, and before what it did."""
    if actor.unit is not None and case.helped_by(actor.unit).heard_of:
        raise conflict("already_arrived")


def help_not_reported(case: Case, actor: Actor, context: Context) -> None:
    """A helper says once what it did."""
    if actor.unit is not None and case.helped_by(actor.unit).reported_at is not None:
        raise conflict("help_reported_already")


def own_verify_task(case: Case, actor: Actor, context: Context) -> None:
    """Only the person the verification was sent to may answer it."""
    if actor.staff is None or actor.staff != case.verifier:
        raise forbidden("not_your_task")


def own_check_task(case: Case, actor: Actor, context: Context) -> None:
    """Only the person the check was sent to may answer it."""
    if actor.staff is None or actor.staff != case.checker:
        raise forbidden("not_your_task")


def no_open_request(case: Case, actor: Actor, context: Context) -> None:
    """One request at a time waits on a case."""
    if case.request is not None:
        raise conflict("request_open", request=case.request.kind)


def request_is(kind: RequestKind) -> Guard:
    """Return a guard: a request of that kind is waiting."""

    def guard(case: Case, actor: Actor, context: Context) -> None:
        if case.request is None or case.request.kind != kind:
            raise conflict("request_not_open", request=kind)

    return guard


def endorsed(case: Case, actor: Actor, context: Context) -> None:
    """The dispatcher has endorsed the waiting request."""
    if case.request is None or case.request.endorsed_by is None:
        raise conflict("request_not_endorsed")


def not_endorsed(case: Case, actor: Actor, context: Context) -> None:
    """The waiting request has not been endorsed yet."""
    if case.request is not None and case.request.endorsed_by is not None:
        raise conflict("request_already_endorsed")


def within_return_window(case: Case, actor: Actor, context: Context) -> None:
    """A unit may return a case only soon after it was dispatched."""
    if case.dispatched_at is None:
        return
    limit = context.rules.at(case.dispatched_at).return_window
    ran = elapsed_s(limit, context.calendar, case.dispatched_at, context.now)
    if ran > limit_seconds(limit, context.calendar):
        raise conflict("return_window_over")


def before_deadline(case: Case, actor: Actor, context: Context) -> None:
    """An extension can be asked for only while the handling limit runs."""
    reading: Reading | None = stage_clock(case, context.rules, context.calendar, context.now)
    if reading is not None and reading.remaining_s < 0:
        raise conflict("deadline_over")


def extensions_left(case: Case, actor: Actor, context: Context) -> None:
    """At most so many extensions are approved."""
    most = context.rules.at(context.now).max_extensions
    if case.extension_count >= most:
        raise conflict("extensions_used_up", limit=most)


def suspensions_left(case: Case, actor: Actor, context: Context) -> None:
    """At most so many suspensions are approved."""
    most = context.rules.at(context.now).max_suspensions
    if case.suspension_count >= most:
        raise conflict("suspensions_used_up", limit=most)


def redos_left(case: Case, actor: Actor, context: Context) -> None:
    """A closed case is redone at most so often."""
    most = context.rules.at(context.now).max_redos
    if case.redo_count >= most:
        raise conflict("redos_used_up", limit=most)


def not_arrived(case: Case, actor: Actor, context: Context) -> None:
    """Arrival is noted once."""
    if case.arrived_at is not None:
        raise conflict("already_arrived")


def self_handled_with_photos(case: Case, actor: Actor, context: Context) -> None:
    """A grid worker's own handling is closed only with photos from before and after."""
    if not case.self_handled or not case.photos or not case.after_photos:
        raise conflict("not_self_handled")


def was_overtime(case: Case, actor: Actor, context: Context) -> None:
    """Only an overdue case can be appealed, and only once."""
    reading = case_clock(case, context.rules, context.calendar, context.now)
    if reading is None or reading.remaining_s >= 0:
        raise conflict("not_overtime")
    if case.appealed:
        raise conflict("already_appealed")


def supervised(case: Case, actor: Actor, context: Context) -> None:
    """There is a supervision on the case."""
    if case.supervise is Supervise.NONE:
        raise conflict("not_supervised")


def awaits_supervise_reply(case: Case, actor: Actor, context: Context) -> None:
    """A supervision on the case waits for the unit's reply."""
    if case.supervise is Supervise.NONE or case.supervise_replied:
        raise conflict("no_reply_awaited")


def not_urgent(case: Case, actor: Actor, context: Context) -> None:
    """The case is not marked urgent yet."""
    if case.urgent:
        raise conflict("already_urgent")


def not_historic(case: Case, actor: Actor, context: Context) -> None:
    """The case is not marked historic yet."""
    if case.historic:
        raise conflict("already_historic")


def not_at_county(case: Case, actor: Actor, context: Context) -> None:
    """The case is not with a higher level already."""
    if case.state is CaseState.ESCALATED:
        raise conflict("at_higher_level")


def needs_verifying(case: Case, actor: Actor, context: Context) -> None:
    """Verification is for what others than our grid workers report (domain.md T2)."""
    if case.channel is Channel.GRID_WORKER:
        raise conflict("verified_by_reporter")


def reports_left_to_give(case: Case, actor: Actor, context: Context) -> None:
    """The case that took the reports in still holds them, so they can be given back."""
    target = None if case.merged_into is None else context.known.case(case.merged_into)
    held = set() if target is None else {r.report_id for r in target.reports}
    if not case.merged_reports or not held.issuperset(case.merged_reports):
        raise conflict("reports_moved_on")


def in_nobodys_hand(case: Case, actor: Actor, context: Context) -> None:
    """Nobody has the case in hand."""
    if case.claim is not None:
        raise conflict("claimed", by=case.claim.by)


def in_own_hand(case: Case, actor: Actor, context: Context) -> None:
    """The actor has the case in hand."""
    if case.claim is None or case.claim.by != actor.account:
        raise conflict("not_claimed_by_you")


def in_anothers_hand(case: Case, actor: Actor, context: Context) -> None:
    """Somebody else has the case in hand, so it can be taken over."""
    if case.claim is None or case.claim.by == actor.account:
        raise conflict("nothing_to_take_over")


def not_in_anothers_hand(case: Case, actor: Actor, context: Context) -> None:
    """Nobody else has the case in hand; it is taken over first, so that both see it."""
    if case.claim is not None and case.claim.by != actor.account:
        raise conflict("claimed", by=case.claim.by)


def callback_owed(case: Case, actor: Actor, context: Context) -> None:
    """A reporter of the case waits to be called back."""
    if not any(report.owes_callback for report in case.reports):
        raise conflict("no_callback_owed")


def colleague_is_another(case: Case, args: dict[str, Any], actor: Actor, context: Context) -> None:
    """A case is handed over to somebody else."""
    if args["to"] == actor.account:
        raise invalid("hand_over_to_yourself")


def report_owes_callback(case: Case, args: dict[str, Any], actor: Actor, context: Context) -> None:
    """The report named is on the case, and its reporter waits to be called back."""
    if not any(report.report_id == args["which"] and report.owes_callback for report in case.reports):
        raise invalid("report_owes_no_callback", report=args["which"])


def level_goes_up(case: Case, args: dict[str, Any], actor: Actor, context: Context) -> None:
    """Supervision levels only go up until cancelled."""
    if SUPERVISE_ORDER.index(Supervise(args["level"])) <= SUPERVISE_ORDER.index(case.supervise):
        raise conflict("supervise_level_not_higher", level=case.supervise)


def suspension_end_in_bounds(case: Case, args: dict[str, Any], actor: Actor, context: Context) -> None:
    """A suspension ends in the future, within the days the town allows."""
    until = datetime.fromisoformat(args["until"])
    most = context.rules.at(context.now).max_suspension_days
    if not context.now < until <= context.now + timedelta(days=most):
        raise invalid("suspension_end_out_of_bounds", days=most)


def condition_fits_kind(case: Case, args: dict[str, Any], actor: Actor, context: Context) -> None:
    """The filing condition belongs to the kind the case is filed under."""
    condition = context.known.condition(args["condition"])
    kind = args.get("kind") or case.kind
    if condition is None or (condition.kind and not kind.startswith(condition.kind)):
        raise invalid("condition_not_for_kind", condition=args["condition"], kind=kind)


def condition_in_use(case: Case, args: dict[str, Any], actor: Actor, context: Context) -> None:
    """The filing condition has not been put out of use."""
    condition = context.known.condition(args["condition"])
    if condition is not None and not condition.enabled:
        raise conflict("condition_disabled", condition=args["condition"])


def all_closing_ticked(case: Case, args: dict[str, Any], actor: Actor, context: Context) -> None:
    """Every closing condition is ticked."""
    if set(args["closing"]) != set(case.closing):
        raise conflict("closing_not_complete")


def worker_of_the_field(name: str) -> Check:
    """Return a check: the person named by argument ``name`` is a grid worker."""

    def check(case: Case, args: dict[str, Any], actor: Actor, context: Context) -> None:
        staff = context.known.staff(args[name])
        if staff is None or Role.GRID_WORKER not in staff.roles:
            raise invalid("not_a_grid_worker", staff=args[name])

    return check


def merge_target_is_another_open_case(case: Case, args: dict[str, Any], actor: Actor, context: Context) -> None:
    """A case is merged into another case that is still open."""
    target = context.known.case(CaseNo(args["into"]))
    if target is None or target.case_no == case.case_no:
        raise invalid("merge_target_unknown", case_no=args["into"])
    if target.state in ENDED:
        raise conflict("merge_target_ended", case_no=args["into"])


def helpers_differ_from_lead(case: Case, args: dict[str, Any], actor: Actor, context: Context) -> None:
    """A unit leads or helps or is copied to, not two of these at once."""
    named = [args["unit"], *args.get("helpers", ()), *args.get("copies", ())]
    if len(set(named)) != len(named):
        raise invalid("unit_named_twice")


def helpers_are_new(case: Case, args: dict[str, Any], actor: Actor, context: Context) -> None:
    """Whoever is sent as well is there in no other part: not the lead, no helper yet, and nobody is named twice."""
    there = (case.lead_unit, *case.helper_units)
    named = [*args["helpers"], *args.get("copies", ())]
    if len(set(named)) != len(named) or any(unit in there for unit in named):
        raise invalid("unit_named_twice")
    if any(unit in case.copied_units for unit in args.get("copies", ())):
        raise invalid("unit_named_twice")


def overrides(unit: str, suggested: Collection[str]) -> bool:
    """Return whether sending ``unit`` passes over units that were suggested."""
    return bool(suggested) and unit not in suggested


def override_has_reason(case: Case, args: dict[str, Any], actor: Actor, context: Context) -> None:
    """Whoever passes over the units that were suggested says why; nobody is held to a suggestion."""
    if overrides(args["unit"], args.get("suggested", ())) and "override" not in args:
        raise invalid("override_wants_reason")


def seen_by_the_reporter(report: NewReport) -> None:
    """A grid worker was there: their own report shows what they saw in a photo (T1)."""
    if report.channel is Channel.GRID_WORKER and not report.photos:
        raise invalid("report_wants_photo")
