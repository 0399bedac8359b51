"""Every guard and check on every step: with it the command is refused by its key, without it the command goes through.

The table is the list of cases: a step or a guard that is added without a way to break it here fails the last test.
"""

from collections.abc import Callable
from datetime import timedelta
from typing import Any, NamedTuple

import pytest
from domain_factories import (
    CLERK,
    ELSEWHERE,
    FILED,
    MONDAY,
    PHOTO,
    RULES,
    UNITS,
    WORKER,
    Ledger,
    arguments,
    refusal,
)
from msgspec.structs import replace

from domain.case import Case, Claim, Helped, OpenRequest
from domain.clock import Limit, LimitUnit, Pause
from domain.command import Command
from domain.decide import NOT_COMMANDS, allowed_steps, decide
from domain.faults import Fault
from domain.ids import AccountId, UnitId
from domain.machine import STEPS, TABLE, Step
from domain.people import Actor, Role
from domain.states import CaseState, Channel, RequestKind, Supervise

S = CaseState
UNIT = UNITS[0].unit_id


class Scene(NamedTuple):
    """A case, who acts on it, and with what: ready for a step, until something is broken."""

    case: Case
    actor: Actor
    args: dict[str, Any]
    ledger: Ledger


def name_of(guard: Callable[..., None]) -> str:
    """Return the name of a guard, without the place it was made in."""
    return guard.__qualname__.split(".")[0]


def _asked(kind: RequestKind, *, endorsed: bool = False) -> OpenRequest:
    by = AccountId("d") if endorsed else None
    return OpenRequest(kind, MONDAY, AccountId("u"), until=MONDAY + timedelta(days=3), endorsed_by=by)


def _wanted_request(step: Step) -> OpenRequest | None:
    for kind in RequestKind:
        probe = Ledger().report()
        guards = [g for g in step.guards if name_of(g) == "request_is"]
        scene = Scene(replace(probe, request=_asked(kind)), Actor(AccountId("p"), frozenset()), {}, Ledger())
        if guards and refusal(lambda: guards[0](scene.case, scene.actor, scene.ledger.context)) is None:  # noqa: B023
            return _asked(kind, endorsed=any(name_of(g) == "endorsed" for g in step.guards))
    return None


def ready(step: Step) -> Scene:
    """Return a scene in which the step may be taken."""
    ledger = Ledger()
    other = ledger.report(Channel.HOTLINE)
    case = ledger.report(Channel.HOTLINE)
    names = {name_of(g) for g in step.guards}
    state = sorted(step.sources)[0]
    needs_unit = "nobody_holds_it" not in names
    case = replace(
        case,
        state=state,
        version=5,
        stage_since=MONDAY,
        accepted_at=MONDAY,
        dispatched_at=MONDAY if needs_unit else None,
        lead_unit=UNIT if needs_unit else None,
        verifier=WORKER,
        checker=WORKER,
        handling_limit=FILED.limit,
        closing=FILED.closing_zh,
        request=_wanted_request(step),
        self_handled=True,
        photos=(PHOTO,),
        after_photos=(PHOTO,),
        supervise=Supervise.ORDINARY if names & {"supervised", "awaits_supervise_reply"} else Supervise.NONE,
        supervise_replied="awaits_supervise_reply" not in names,
    )
    if "in_own_hand" in names or "in_anothers_hand" in names:
        case = replace(case, claim=Claim(AccountId("p" if "in_own_hand" in names else "q"), MONDAY))
    if "callback_owed" in names:
        case = replace(case, reports=tuple(replace(r, callback=True) for r in case.reports))
    if "was_overtime" in names:
        case = replace(case, accepted_at=MONDAY - timedelta(days=30), closed_at=MONDAY)
    if "helps" in names:
        case = replace(case, helper_units=(UNITS[1].unit_id,))
    if step.action == "unmerge":
        held = replace(other, reports=other.reports + case.reports)
        ledger.cases[other.case_no] = held
        merged = tuple(r.report_id for r in case.reports)
        case = replace(case, merged_into=other.case_no, before_merge=S.HANDLING, merged_reports=merged, reports=())
    ledger.cases[case.case_no] = case
    actor = Actor(AccountId("p"), step.roles, UNITS[1].unit_id if "helps" in names else UNIT, WORKER)
    return Scene(case, actor, arguments(step, case, other.case_no, MONDAY + timedelta(days=3)), ledger)


def _case(**fields: Any) -> Callable[[Scene], Scene]:
    return lambda scene: scene._replace(case=replace(scene.case, **fields))


def _actor(**fields: Any) -> Callable[[Scene], Scene]:
    return lambda scene: scene._replace(actor=replace(scene.actor, **fields))


def _args(**fields: Any) -> Callable[[Scene], Scene]:
    return lambda scene: scene._replace(args=scene.args | fields)


def _both(first: Callable[[Scene], Scene], then: Callable[[Scene], Scene]) -> Callable[[Scene], Scene]:
    return lambda scene: then(first(scene))


def _later(**amount: float) -> Callable[[Scene], Scene]:
    def shift(scene: Scene) -> Scene:
        scene.ledger.pass_time(**amount)
        return scene

    return shift


def _reports_moved_on(scene: Scene) -> Scene:
    for case_no, case in list(scene.ledger.cases.items()):
        if case_no != scene.case.case_no:
            scene.ledger.cases[case_no] = replace(case, reports=case.reports[:1])
    return scene


def _target_ended(scene: Scene) -> Scene:
    into = scene.args["into"]
    scene.ledger.cases[into] = replace(scene.ledger.cases[into], state=S.CLOSED)
    return scene


def _out_of_use(scene: Scene) -> Scene:
    scene.ledger.conditions = [replace(FILED, enabled=False)]
    return scene


def _into_itself(scene: Scene) -> Scene:
    return _args(into=scene.case.case_no)(scene)


def _held_by(account: str) -> Callable[[Scene], Scene]:
    return _case(claim=Claim(AccountId(account), MONDAY))


def _callbacks(**fields: Any) -> Callable[[Scene], Scene]:
    def spoil(scene: Scene) -> Scene:
        return _case(reports=tuple(replace(r, **fields) for r in scene.case.reports))(scene)

    return spoil


BREAK: dict[str, list[tuple[str, Callable[[Scene], Scene]]]] = {
    "own_unit": [
        ("not_your_unit", _actor(unit=UNITS[1].unit_id)),
        ("not_your_unit", _actor(unit=None)),
    ],
    "nobody_holds_it": [("held_by_a_unit", _case(lead_unit=UNIT))],
    "own_verify_task": [("not_your_task", _actor(staff=CLERK)), ("not_your_task", _actor(staff=None))],
    "own_check_task": [("not_your_task", _actor(staff=CLERK)), ("not_your_task", _actor(staff=None))],
    "no_open_request": [("request_open", _case(request=_asked(RequestKind.APPEAL)))],
    "request_is": [("request_not_open", _case(request=None))],
    "endorsed": [("request_not_endorsed", lambda s: _case(request=replace(s.case.request, endorsed_by=None))(s))],
    "not_endorsed": [
        ("request_already_endorsed", lambda s: _case(request=replace(s.case.request, endorsed_by=AccountId("d")))(s))
    ],
    "within_return_window": [("return_window_over", _later(hours=7))],
    "before_deadline": [("deadline_over", _later(hours=7))],
    "extensions_left": [("extensions_used_up", _case(extension_count=RULES.max_extensions))],
    "suspensions_left": [("suspensions_used_up", _case(suspension_count=RULES.max_suspensions))],
    "redos_left": [("redos_used_up", _case(redo_count=RULES.max_redos))],
    "not_arrived": [("already_arrived", _case(arrived_at=MONDAY))],
    "self_handled_with_photos": [
        ("not_self_handled", _case(self_handled=False)),
        ("not_self_handled", _case(photos=())),
        ("not_self_handled", _case(after_photos=())),
    ],
    "was_overtime": [
        ("not_overtime", _case(accepted_at=MONDAY)),
        ("already_appealed", _case(appealed=True)),
        ("not_overtime", _case(pauses=(Pause(MONDAY - timedelta(days=29), MONDAY),))),
    ],
    "supervised": [("not_supervised", _case(supervise=Supervise.NONE))],
    "awaits_supervise_reply": [
        ("no_reply_awaited", _case(supervise_replied=True)),
        ("no_reply_awaited", _case(supervise=Supervise.NONE)),
    ],
    "not_urgent": [("already_urgent", _case(urgent=True))],
    "not_historic": [("already_historic", _case(historic=True))],
    "not_at_county": [("at_higher_level", _case(state=S.ESCALATED))],
    "needs_verifying": [("verified_by_reporter", _case(channel=Channel.GRID_WORKER))],
    "reports_left_to_give": [("reports_moved_on", _reports_moved_on), ("reports_moved_on", _case(merged_reports=()))],
    "in_nobodys_hand": [("claimed", _held_by("p")), ("claimed", _held_by("q"))],
    "in_own_hand": [("not_claimed_by_you", _held_by("q")), ("not_claimed_by_you", _case(claim=None))],
    "in_anothers_hand": [("nothing_to_take_over", _held_by("p")), ("nothing_to_take_over", _case(claim=None))],
    "not_in_anothers_hand": [("claimed", _held_by("q"))],
    "callback_owed": [("no_callback_owed", _callbacks(callback=False))],
    "report_owes_callback": [("report_owes_no_callback", _args(which="r99"))],
    "colleague_is_another": [("hand_over_to_yourself", _args(to="p"))],
    "level_goes_up": [("supervise_level_not_higher", _case(supervise=Supervise.ORDINARY))],
    "suspension_end_in_bounds": [
        ("suspension_end_out_of_bounds", _args(until=MONDAY.isoformat())),
        ("suspension_end_out_of_bounds", _args(until=(MONDAY + timedelta(days=366)).isoformat())),
    ],
    "condition_fits_kind": [
        ("condition_not_for_kind", _args(condition=ELSEWHERE.code)),
        ("condition_not_for_kind", _args(kind="0399")),
    ],
    "condition_in_use": [("condition_disabled", _out_of_use)],
    "all_closing_ticked": [("closing_not_complete", _args(closing=[])), ("closing_not_complete", _args(closing=["?"]))],
    "worker_of_the_field": [("not_a_grid_worker", _args(staff=CLERK))],
    "merge_target_is_another_open_case": [
        ("merge_target_unknown", _into_itself),
        ("merge_target_unknown", _args(into="330699103-20260302-9999")),
        ("merge_target_ended", _target_ended),
    ],
    "helpers_differ_from_lead": [
        ("unit_named_twice", _args(helpers=[UNIT])),
        ("unit_named_twice", _args(copies=[UNITS[1].unit_id, UNITS[1].unit_id])),
    ],
    "a_unit_leads": [("no_unit_leads", _case(lead_unit=None))],
    "helps": [("not_helping", _case(helper_units=())), ("not_helping", _actor(unit=UNIT))],
    "help_not_arrived": [
        ("already_arrived", _case(helped=(Helped(UNITS[1].unit_id, arrived_at=MONDAY),))),
        ("already_arrived", _case(helped=(Helped(UNITS[1].unit_id, reported_at=MONDAY),))),
    ],
    "help_not_reported": [("help_reported_already", _case(helped=(Helped(UNITS[1].unit_id, None, MONDAY),)))],
    "helpers_are_new": [
        ("unit_named_twice", _args(helpers=[UNIT])),
        ("unit_named_twice", _args(copies=[UNITS[1].unit_id])),
        ("unit_named_twice", _both(_case(helper_units=(UNITS[2].unit_id,)), _args(helpers=[UNITS[2].unit_id]))),
        ("unit_named_twice", _both(_case(copied_units=(UNITS[2].unit_id,)), _args(copies=[UNITS[2].unit_id]))),
    ],
    "something_is_corrected": [
        ("nothing_to_correct", _args(title="垃圾堆放")),
        ("nothing_to_correct", _args(title="  ", words=" 路口有垃圾 ")),
        ("nothing_to_correct", _both(_case(reports=()), _args(title="垃圾堆放", words="别的"))),
        ("nothing_to_correct", _both(_case(lon=120.0, lat=29.0), _args(title="", place=[120, 29.0]))),
    ],
    "override_has_reason": [("override_wants_reason", _args(suggested=[UNITS[1].unit_id, UNITS[2].unit_id]))],
}

COMMANDS = [step for step in TABLE if step.action not in NOT_COMMANDS]
GUARDED = [
    pytest.param(step, guard, key, spoil, id=f"{step.action}-{name_of(guard)}-{n}")
    for step in COMMANDS
    for guard in (*step.guards, *step.checks)
    for n, (key, spoil) in enumerate(BREAK.get(name_of(guard), []))
]


def _decide(scene: Scene, action: str) -> Fault | None:
    command = Command(action, scene.case.version, scene.args)
    return refusal(lambda: decide(scene.case, command, scene.actor, scene.ledger.context))


@pytest.mark.parametrize("step", COMMANDS, ids=lambda step: step.action)
def test_a_ready_scene_goes_through(step: Step) -> None:
    scene = ready(step)
    assert _decide(scene, step.action) is None
    assert step in allowed_steps(scene.case, scene.actor, scene.ledger.context)


@pytest.mark.parametrize(("step", "guard", "key", "spoil"), GUARDED)
def test_a_guard_refuses_and_nothing_else_would(
    step: Step,
    guard: Callable[..., None],
    key: str,
    spoil: Callable[[Scene], Scene],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    scene = spoil(ready(step))
    fault = _decide(scene, step.action)
    assert fault is not None
    assert fault.key == key
    assert (step in allowed_steps(scene.case, scene.actor, scene.ledger.context)) == (guard in step.checks)
    without = replace(
        step,
        guards=tuple(g for g in step.guards if g is not guard),
        checks=tuple(c for c in step.checks if c is not guard),
    )
    monkeypatch.setitem(STEPS, step.action, without)
    left = _decide(scene, step.action)
    assert left is None or left.key != key, "something else refuses this too: the guard is not what is tested"


def test_every_guard_of_the_table_is_broken_somewhere() -> None:
    used = {name_of(g) for step in TABLE for g in (*step.guards, *step.checks)}
    assert used == set(BREAK)


@pytest.mark.parametrize("step", COMMANDS, ids=lambda step: step.action)
def test_only_the_roles_of_the_table_may(step: Step) -> None:
    scene = ready(step)
    others = _actor(roles=frozenset(Role) - step.roles)(scene)
    fault = _decide(others, step.action)
    assert fault is not None
    assert fault.key == "role_may_not"
    for role in step.roles:
        assert _decide(_actor(roles=frozenset({role}))(scene), step.action) is None


@pytest.mark.parametrize("step", COMMANDS, ids=lambda step: step.action)
def test_only_from_the_states_of_the_table(step: Step) -> None:
    scene = ready(step)
    for state in CaseState:
        fault = _decide(_case(state=state)(scene), step.action)
        assert (fault is not None and fault.key == "wrong_state") == (state not in step.sources)


@pytest.mark.parametrize("step", COMMANDS, ids=lambda step: step.action)
def test_a_command_on_an_older_version_is_refused(step: Step) -> None:
    scene = ready(step)
    for seen in (scene.case.version - 1, scene.case.version + 1):
        command = Command(step.action, seen, scene.args)
        fault = refusal(lambda: decide(scene.case, command, scene.actor, scene.ledger.context))  # noqa: B023
        assert fault is not None
        assert fault.key == "stale_version"


REQUIRED = [pytest.param(s, a.name, id=f"{s.action}-{a.name}") for s in COMMANDS for a in s.args if a.required]
ARGUMENTS = [pytest.param(s, a.name, id=f"{s.action}-{a.name}") for s in COMMANDS for a in s.args]


@pytest.mark.parametrize(("step", "name"), REQUIRED)
def test_what_is_required_must_be_given(step: Step, name: str) -> None:
    scene = ready(step)
    for nothing in ({}, {name: None}, {name: ""}):
        args = {k: v for k, v in scene.args.items() if k != name} | nothing
        fault = _decide(scene._replace(args=args), step.action)
        assert fault is not None
        assert fault.key == "argument_missing"


@pytest.mark.parametrize(("step", "name"), ARGUMENTS)
@pytest.mark.parametrize("wrong", [7, 2**63, 1.5, {"a": 1}, [{"a": 1}], [[]]], ids=str)
def test_an_argument_of_another_type_is_refused(step: Step, name: str, wrong: object) -> None:
    scene = ready(step)
    fault = _decide(_args(**{name: wrong})(scene), step.action)
    assert fault is not None
    assert fault.key == "argument_wrong_type"


@pytest.mark.parametrize(("step", "name"), ARGUMENTS)
def test_an_argument_beyond_all_bounds_is_refused(step: Step, name: str) -> None:
    scene = ready(step)
    for huge in ("字" * 4001, ["u1"] * 51):
        fault = _decide(_args(**{name: huge})(scene), step.action)
        assert fault is not None
        assert fault.key in {"argument_too_long", "too_many", "argument_wrong_type"}


@pytest.mark.parametrize(
    ("action", "args", "key"),
    [
        ("no such", {}, "unknown_action"),
        ("report", {}, "unknown_action"),
        ("accept", {"colour": "red"}, "unknown_argument"),
        ("reject", {"reason": "because"}, "unknown_reason"),
        ("reject", {"reason": "weather"}, "unknown_reason"),
        ("dispatch", {"unit": "nobody"}, "unknown_unit"),
        ("dispatch", {"unit": "u1", "helpers": ["nobody"]}, "unknown_unit"),
        ("dispatch", {"unit": "u1", "suggested": ["nobody"]}, "unknown_unit"),
        ("dispatch", {"unit": "u1", "suggested": ["u2"], "override": "because"}, "unknown_reason"),
        ("send_verify", {"staff": "nobody"}, "unknown_staff"),
        ("hand_over", {"to": "nobody"}, "unknown_colleague"),
        ("file", {"condition": "nothing"}, "unknown_condition"),
        ("supervise", {"level": "purple"}, "unknown_choice"),
        ("supervise", {"level": "none"}, "unknown_choice"),
        ("feedback", {"photos": ["a9"]}, "unknown_attachment"),
        ("feedback", {"text": "   "}, "argument_missing"),
        ("feedback", {"photos": []}, "argument_missing"),
        ("correct", {"reason": "weather"}, "unknown_reason"),
        ("correct", {"title": "字" * 201}, "argument_too_long"),
        ("correct", {"address": "字" * 201}, "argument_too_long"),
        ("correct", {"place": [120.0]}, "argument_wrong_type"),
        ("correct", {"place": [True, 29.0]}, "argument_wrong_type"),
        ("correct", {"place": [120.0, 90.5]}, "coordinates_out_of_range"),
        ("correct", {"place": [10**400, 29.0]}, "coordinates_out_of_range"),
        ("correct", {"place": [float("nan"), 29.0]}, "coordinates_out_of_range"),
        ("request_suspension", {"until": "tomorrow"}, "not_a_moment"),
        ("request_suspension", {"until": "2026-03-05T10:00:00"}, "moment_without_offset"),
    ],
)
def test_an_argument_that_names_nothing_known_is_refused(action: str, args: dict[str, Any], key: str) -> None:
    step = STEPS.get(action, STEPS["accept"])
    scene = ready(STEPS["accept"] if action in NOT_COMMANDS else step)
    fault = _decide(_args(**args)(scene), action)
    assert fault is not None
    assert fault.key == key


@pytest.mark.parametrize(
    "args",
    [
        {"unit": "u1", "suggested": ["u1", "u2"]},
        {"unit": "u1", "suggested": []},
        {"unit": "u1", "suggested": ["u2"], "override": "nearer_in_fact"},
    ],
)
def test_a_suggestion_binds_nobody_who_says_why(args: dict[str, Any]) -> None:
    scene = ready(STEPS["dispatch"])
    assert _decide(scene._replace(args=args), "dispatch") is None


def test_the_windows_close_exactly_when_they_say() -> None:
    """Four working hours after Monday 09:00 is 15:00 in Shanghai; the last second still counts."""
    for action in ("request_return", "request_extension"):
        scene = ready(STEPS[action])
        scene.ledger.pass_time(hours=6)
        assert _decide(scene, action) is None
        scene.ledger.pass_time(seconds=1)
        assert _decide(scene, action) is not None


def test_the_limits_are_the_towns_own() -> None:
    rules = replace(RULES, max_extensions=5, return_window=Limit(2, LimitUnit.WORK_DAY))
    scene = ready(STEPS["request_extension"])
    scene.ledger.rules = rules
    assert _decide(_case(extension_count=4)(scene), "request_extension") is None
    scene = ready(STEPS["request_return"])
    scene.ledger.rules = rules
    scene.ledger.pass_time(hours=7)
    assert _decide(scene, "request_return") is None


def test_ids_of_others_are_not_mixed_up() -> None:
    """A unit with an id like another's does not act for it."""
    scene = _actor(unit=UnitId("u11"))(ready(STEPS["sign"]))
    assert _decide(scene, "sign") is not None
