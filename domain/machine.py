"""The state machine of a case as one table (domain.md 2.2 and 2.2a; the numbers are those of the table there).

The service decides with it, the console offers actions and builds forms from it, tests walk it. A step without a
target leaves the state as it is. How a change alters a case is in ``domain.fold``.
"""

from domain import guards as g
from domain.command import Arg, ArgKind
from domain.correcting import CORRECTING
from domain.helping import CARD_ARGS, HELPING
from domain.ids import MAX_ID
from domain.people import Role
from domain.reasons import ReasonList
from domain.sharing import SHARING, in_one_hand
from domain.states import OPEN, CaseState, RequestKind, Satisfaction, Supervise
from domain.step import NOTE, ROOM, TEXT, Step
from domain.step import make as _step
from domain.step import reason as _reason

__all__ = ["STEPS", "TABLE", "Step"]

S = CaseState
R = Role
_TEXT, _NOTE = TEXT, NOTE
_PHOTOS = Arg("photos", ArgKind.PHOTOS)
_MORE_PHOTOS = Arg("photos", ArgKind.PHOTOS, required=False)


_IN_HAND = {S.PENDING_HANDLE, S.HANDLING}

_MOVING: tuple[Step, ...] = (
    _step("T1", "report", S.DRAFT, S.REPORTED, {R.GRID_WORKER, R.ACCEPTOR, R.GATEWAY, R.COUNTY}),
    # Intake: 受理员
    _step(
        "T2",
        "send_verify",
        S.REPORTED,
        S.VERIFYING,
        R.ACCEPTOR,
        (Arg("staff", ArgKind.STAFF), _NOTE),
        (g.needs_verifying,),
        (g.worker_of_the_field("staff"),),
    ),
    _step(
        "T3",
        "verify_result",
        S.VERIFYING,
        S.REPORTED,
        R.GRID_WORKER,
        (Arg("confirmed", ArgKind.FLAG), _NOTE, _PHOTOS),
        (g.own_verify_task,),
    ),
    _step("T2", "recall_verify", S.VERIFYING, S.REPORTED, R.ACCEPTOR, (_NOTE,)),
    _step("T4", "accept", S.REPORTED, S.PENDING_FILE, R.ACCEPTOR, (_NOTE,)),
    _step("T5", "reject", S.REPORTED, S.REJECTED, R.ACCEPTOR, (_reason(ReasonList.REJECT), _NOTE)),
    _step("T34", "record_only", S.REPORTED, S.RECORDED, R.ACCEPTOR, (_NOTE,)),
    _step("T29", "close_self_handled", S.REPORTED, S.CLOSED, R.ACCEPTOR, (_NOTE,), (g.self_handled_with_photos,)),
    # Filing: 值班长
    _step(
        "T6",
        "file",
        S.PENDING_FILE,
        S.PENDING_DISPATCH,
        R.DUTY_CHIEF,
        (Arg("condition", ArgKind.CONDITION), Arg("kind", ArgKind.TEXT, required=False, most=MAX_ID), _NOTE),
        (g.no_open_request,),
        (g.condition_fits_kind, g.condition_in_use),
    ),
    _step(
        "T7",
        "return_to_acceptor",
        S.PENDING_FILE,
        S.REPORTED,
        R.DUTY_CHIEF,
        (_reason(ReasonList.RETURN), _NOTE),
        (g.no_open_request,),
    ),
    _step(
        "T8",
        "refuse_filing",
        S.PENDING_FILE,
        S.REJECTED,
        R.DUTY_CHIEF,
        (_reason(ReasonList.REJECT), _NOTE),
        (g.no_open_request,),
    ),
    # Dispatch: 派遣员
    _step(
        "T9",
        "dispatch",
        {S.PENDING_DISPATCH} | _IN_HAND,  # beyond the paper: what is in hand with nobody (imported, done by the county)
        S.PENDING_HANDLE,
        R.DISPATCHER,
        (
            Arg("unit", ArgKind.UNIT),
            Arg("suggested", ArgKind.UNITS, required=False),
            Arg("override", ArgKind.REASON, required=False, reasons=ReasonList.OVERRIDE),
            Arg("helpers", ArgKind.UNITS, required=False),
            Arg("copies", ArgKind.UNITS, required=False),
            *CARD_ARGS,
            _NOTE,
        ),
        (g.no_open_request, g.nobody_holds_it),
        (g.helpers_differ_from_lead, g.override_has_reason),
    ),
    _step(
        "T10",
        "return_to_filing",
        S.PENDING_DISPATCH,
        S.PENDING_FILE,
        R.DISPATCHER,
        (_reason(ReasonList.RETURN), _NOTE),
        (g.no_open_request,),
    ),
    _step(
        "T10",
        "request_void",
        S.PENDING_DISPATCH,
        S.PENDING_FILE,
        R.DISPATCHER,
        (_reason(ReasonList.VOID), _NOTE),
        (g.no_open_request,),
    ),
    _step(
        "T10",
        "refuse_void",
        S.PENDING_FILE,
        S.PENDING_DISPATCH,
        R.DUTY_CHIEF,
        (_NOTE,),
        (g.request_is(RequestKind.VOID),),
    ),
    _step(
        "T30",
        "void",
        {S.PENDING_FILE, S.PENDING_DISPATCH},
        S.VOIDED,
        R.DUTY_CHIEF,
        (_reason(ReasonList.VOID), _NOTE),
    ),
    _step(
        "T11",
        "request_send_up",
        S.PENDING_DISPATCH,
        None,
        R.DISPATCHER,
        (_reason(ReasonList.SEND_UP), _NOTE),
        (g.no_open_request,),
    ),
    _step(
        "T11",
        "approve_send_up",
        S.PENDING_DISPATCH,
        S.ESCALATED,
        R.DUTY_LEADER,
        (_NOTE,),
        (g.request_is(RequestKind.SEND_UP),),
    ),
    _step(
        "T11",
        "refuse_send_up",
        S.PENDING_DISPATCH,
        None,
        R.DUTY_LEADER,
        (_NOTE,),
        (g.request_is(RequestKind.SEND_UP),),
    ),
    _step(
        "T12",
        "skip_send_up",
        OPEN - {S.ESCALATED},
        S.ESCALATED,
        R.DUTY_LEADER,
        (
            Arg("rule", ArgKind.TEXT),
            Arg("emergency", ArgKind.CHOICE, choices=("ordinary", "larger", "major", "extraordinary")),
            _NOTE,
        ),
    ),
    _step(
        "T13",
        "county_return",
        S.ESCALATED,
        S.PENDING_DISPATCH,
        R.COUNTY,
        (_reason(ReasonList.RETURN), _NOTE),
    ),
    _step("T14", "county_done", S.ESCALATED, S.PENDING_CHECK, R.COUNTY, (_TEXT, _PHOTOS)),
    # Handling: the unit, and who answers its requests
    _step("T15", "sign", S.PENDING_HANDLE, S.HANDLING, R.HANDLER, (), (g.own_unit, g.no_open_request)),
    _step("T15", "arrive", S.HANDLING, None, R.HANDLER, (), (g.own_unit, g.not_arrived)),
    _step(
        "T16",
        "request_return",
        _IN_HAND,
        None,
        R.HANDLER,
        (_reason(ReasonList.RETURN), _NOTE),
        (g.own_unit, g.no_open_request, g.within_return_window),
    ),
    _step(
        "T16",
        "approve_return",
        _IN_HAND,
        S.PENDING_DISPATCH,
        R.DISPATCHER,
        (_NOTE,),
        (g.request_is(RequestKind.RETURN),),
    ),
    _step("T16", "refuse_return", _IN_HAND, None, R.DISPATCHER, (_NOTE,), (g.request_is(RequestKind.RETURN),)),
    _step(
        "T17",
        "request_extension",
        S.HANDLING,
        None,
        R.HANDLER,
        (_reason(ReasonList.EXTENSION), _NOTE),
        (g.own_unit, g.no_open_request, g.before_deadline, g.extensions_left),
    ),
    _step(
        "T17",
        "approve_extension",
        S.HANDLING,
        None,
        R.DISPATCHER,
        (_NOTE,),
        (g.request_is(RequestKind.EXTENSION), g.extensions_left),
    ),
    _step(
        "T17",
        "refuse_extension",
        S.HANDLING,
        None,
        R.DISPATCHER,
        (_NOTE,),
        (g.request_is(RequestKind.EXTENSION),),
    ),
    _step(
        "T18",
        "request_suspension",
        S.HANDLING,
        None,
        R.HANDLER,
        (_reason(ReasonList.SUSPENSION), Arg("until", ArgKind.MOMENT), _NOTE),
        (g.own_unit, g.no_open_request, g.suspensions_left),
        (g.suspension_end_in_bounds,),
    ),
    _step(
        "T18",
        "endorse_suspension",
        S.HANDLING,
        None,
        R.DISPATCHER,
        (_NOTE,),
        (g.request_is(RequestKind.SUSPENSION), g.not_endorsed),
    ),
    _step(
        "T18",
        "approve_suspension",
        S.HANDLING,
        S.SUSPENDED,
        R.DUTY_CHIEF,
        (_NOTE,),
        (g.request_is(RequestKind.SUSPENSION), g.endorsed, g.suspensions_left),
    ),
    _step(
        "T18",
        "refuse_suspension",
        S.HANDLING,
        None,
        {R.DISPATCHER, R.DUTY_CHIEF},
        (_NOTE,),
        (g.request_is(RequestKind.SUSPENSION),),
    ),
    _step("T19", "resume", S.SUSPENDED, S.HANDLING, {R.DISPATCHER, R.SYSTEM}, (_NOTE,)),
    _step(
        "T20",
        "feedback",
        S.HANDLING,
        S.PENDING_CHECK,
        R.HANDLER,
        (_TEXT, _PHOTOS),
        (g.own_unit, g.no_open_request),
    ),
    # Checking: 受理员 sends, 网格员 looks
    _step(
        "T21",
        "send_check",
        S.PENDING_CHECK,
        S.CHECKING,
        R.ACCEPTOR,
        (Arg("staff", ArgKind.STAFF), _NOTE),
        (),
        (g.worker_of_the_field("staff"),),
    ),
    _step("T21", "recall_check", S.CHECKING, S.PENDING_CHECK, R.ACCEPTOR, (_NOTE,)),
    _step("T22", "check_pass", S.CHECKING, S.PENDING_CLOSE, R.GRID_WORKER, (_NOTE, _PHOTOS), (g.own_check_task,)),
    _step(
        "T35",
        "check_fail",
        S.CHECKING,
        S.PENDING_CHECK,
        R.GRID_WORKER,
        (_reason(ReasonList.REWORK), _NOTE, _PHOTOS),
        (g.own_check_task,),
    ),
    _step(
        "T23",
        "rework",
        {S.PENDING_CHECK, S.CHECKING},
        S.PENDING_HANDLE,
        {R.ACCEPTOR, R.DISPATCHER},
        (_reason(ReasonList.REWORK), _NOTE),
    ),
    _step("T24", "skip_check", S.PENDING_CHECK, S.PENDING_CLOSE, R.ACCEPTOR, (_TEXT,)),
    # Closing: 值班长, and what may follow
    _step(
        "T25",
        "close",
        S.PENDING_CLOSE,
        S.CLOSED,
        R.DUTY_CHIEF,
        (Arg("closing", ArgKind.TICKS), _NOTE),
        (),
        (g.all_closing_ticked,),
    ),
    _step(
        "T26",
        "return_rework",
        S.PENDING_CLOSE,
        S.PENDING_HANDLE,
        R.DUTY_CHIEF,
        (_reason(ReasonList.REWORK), _NOTE),
    ),
    _step(
        "T27",
        "revisit",
        S.CLOSED,
        S.EVALUATED,
        {R.ACCEPTOR, R.SYSTEM},
        (Arg("satisfaction", ArgKind.CHOICE, choices=tuple(Satisfaction)), _NOTE),
        (g.no_open_request,),
    ),
    _step("T28", "request_redo", S.CLOSED, None, R.ACCEPTOR, (_TEXT,), (g.no_open_request, g.redos_left)),
    _step(
        "T28",
        "approve_redo",
        S.CLOSED,
        S.PENDING_DISPATCH,
        R.DUTY_CHIEF,
        (_NOTE,),
        (g.request_is(RequestKind.REDO), g.redos_left),
    ),
    _step("T28", "refuse_redo", S.CLOSED, None, R.DUTY_CHIEF, (_NOTE,), (g.request_is(RequestKind.REDO),)),
    # Flags: they never move a case
    _step(
        "T31",
        "supervise",
        OPEN,
        None,
        {R.INSPECTOR, R.DUTY_CHIEF, R.DUTY_LEADER, R.COUNTY},
        (
            Arg("level", ArgKind.CHOICE, choices=(Supervise.ORDINARY, Supervise.YELLOW, Supervise.RED)),
            _reason(ReasonList.SUPERVISE),
            _NOTE,
        ),
        (),
        (g.level_goes_up,),
    ),
    _step(
        "T31",
        "reply_supervise",
        OPEN,
        None,
        R.HANDLER,
        (_TEXT,),
        (g.own_unit, g.awaits_supervise_reply),
    ),
    _step(
        "T31",
        "cancel_supervise",
        OPEN,
        None,
        {R.INSPECTOR, R.DUTY_CHIEF, R.DUTY_LEADER, R.COUNTY},
        (_NOTE,),
        (g.supervised,),
    ),
    _step("T32", "instruct", OPEN, None, R.DUTY_LEADER, (_TEXT,), (g.not_at_county,)),
    _step("T32", "mark_urgent", OPEN, None, {R.DUTY_CHIEF, R.DUTY_LEADER}, (_NOTE,), (g.not_urgent,)),
    _step("T32", "mark_historic", OPEN, None, {R.DUTY_CHIEF, R.DUTY_LEADER}, (_NOTE,), (g.not_historic,)),
    _step(
        "T33",
        "request_appeal",
        S.CLOSED,
        None,
        R.HANDLER,
        (_TEXT,),
        (g.own_unit, g.no_open_request, g.was_overtime),
    ),
    _step(
        "T33",
        "endorse_appeal",
        S.CLOSED,
        None,
        R.DISPATCHER,
        (_NOTE,),
        (g.request_is(RequestKind.APPEAL), g.not_endorsed),
    ),
    _step(
        "T33",
        "approve_appeal",
        S.CLOSED,
        None,
        R.DUTY_CHIEF,
        (_NOTE,),
        (g.request_is(RequestKind.APPEAL), g.endorsed),
    ),
    _step(
        "T33",
        "refuse_appeal",
        S.CLOSED,
        None,
        {R.DISPATCHER, R.DUTY_CHIEF},
        (_NOTE,),
        (g.request_is(RequestKind.APPEAL),),
    ),
    # Merging moves reports
    _step(
        "T36",
        "merge",
        {S.REPORTED, S.PENDING_FILE, S.PENDING_DISPATCH, S.HANDLING},  # beyond the paper: a duplicate is seen at intake
        S.MERGED,
        R.ACCEPTOR,
        (Arg("into", ArgKind.CASE), _NOTE),
        (g.no_open_request,),
        (g.merge_target_is_another_open_case,),
    ),
    _step(
        "-",
        "merge_in",
        OPEN - {S.ESCALATED},
        None,
        R.ACCEPTOR,
        (Arg("cases", ArgKind.CASES), _NOTE),
        (g.no_open_request,),
    ),
    _step("T36", "unmerge", S.MERGED, None, R.DUTY_CHIEF, (_NOTE,), (g.reports_left_to_give,)),
    _step("-", "note", OPEN, None, ROOM | {R.INSPECTOR, R.COUNTY}, (_TEXT, _MORE_PHOTOS)),
)

TABLE: tuple[Step, ...] = (*(in_one_hand(step) for step in (*_MOVING, *HELPING, *CORRECTING)), *SHARING)

STEPS: dict[str, Step] = {step.action: step for step in TABLE}
"""The table by action. Each action stands in it once."""
