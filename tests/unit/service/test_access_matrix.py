"""Every role x action x area x state, executed as the service does it; and that no entry and no guard stands idle.

What is expected comes from the table of roles and the table of steps; what is executed is ``act`` on a real store.
"""

import itertools
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace
from sqlalchemy import Connection
from stores import settled_store
from towns import LI, MORNING, PATROL, REPAIR, SANITATION, VILLAGE, ZHAO, grid_code

from domain.case import Case, Claim, OpenRequest, Report
from domain.change import Change, Subject
from domain.clock import Limit, LimitUnit
from domain.command import ArgKind, Command
from domain.decide import NOT_COMMANDS
from domain.faults import Fault
from domain.ids import AccountId, AttachmentId, CaseNo, ReportId
from domain.machine import TABLE as STEPS
from domain.machine import Step
from domain.people import REPORTING_ROLES, Actor, Role
from domain.reasons import REASONS
from domain.states import CaseState, Channel, RequestKind, Supervise
from service.access import TABLE, Asker, Door, Field, Reach, Rights, admit, check_channel, rights_of, sight_of
from service.access import table as table_module
from service.starting import write_once
from service.store import reads
from service.store.rows import watchers
from service.write import acting
from service.write.accounts import NewAccount, keep_account
from service.write.ledger import Ledger
from service.write.work import Batch, Work

COMMANDS = [s for s in STEPS if s.action not in NOT_COMMANDS]
ROLES = sorted(TABLE)
AREAS = ("", "330699", "330699103", "330699103001", "330699103002", "330699104", "330700")
PHOTO = AttachmentId("a1")
COLLEAGUE = AccountId("wang")
NUMBER, OTHER = CaseNo("330699103-20260303-0001"), CaseNo("330699103-20260303-0002")
ENDORSED = ("approve_suspension", "approve_appeal")
REQUESTS = {
    "refuse_void": RequestKind.VOID,
    **{f"{yes}_{kind.value}": kind for kind in RequestKind for yes in ("approve", "refuse", "endorse")},
}


def _case(step: Step, state: CaseState) -> Case:
    """Return a case on which everything but role, area and state lets the step be taken."""
    kind = REQUESTS.get(step.action)
    names = {g.__qualname__.split(".")[0] for g in step.guards}
    own = Report(ReportId("r1"), Channel.HOTLINE, MORNING, "路口有垃圾", callback=True)
    holder = "p" if "in_own_hand" in names else "q" if "in_anothers_hand" in names else None
    case = Case(
        case_no=NUMBER,
        version=3,
        state=state,
        kind="01-02",
        title="路口有垃圾",
        channel=Channel.HOTLINE,
        opened_at=MORNING,
        stage_since=MORNING,
        grid_code=grid_code(0, 0),
        area=VILLAGE,
        reports=(own,),
        claim=None if holder is None else Claim(AccountId(holder), MORNING),
        accepted_at=MORNING,
        dispatched_at=None if "nobody_holds_it" in names else MORNING,
        lead_unit=None if "nobody_holds_it" in names else REPAIR if "helps" in names else SANITATION,
        helper_units=(SANITATION,) if "helps" in names else (),
        handling_limit=Limit(4, LimitUnit.WORK_HOUR),
        condition="c1",
        closing=("已清理", "现场整洁"),
        verifier=LI,
        checker=LI,
        supervise=Supervise.ORDINARY if names & {"supervised", "awaits_supervise_reply"} else Supervise.NONE,
        supervise_replied="awaits_supervise_reply" not in names,
        self_handled=True,
        photos=(PHOTO,),
        after_photos=(PHOTO,),
        request=None
        if kind is None
        else OpenRequest(
            kind,
            MORNING,
            AccountId("x"),
            until=MORNING + timedelta(days=2),
            endorsed_by=AccountId("y") if step.action in ENDORSED else None,
        ),
    )
    if "was_overtime" in names:
        case = replace(case, accepted_at=MORNING - timedelta(days=30), closed_at=MORNING)
    if step.action == "unmerge":
        case = replace(case, merged_into=OTHER, before_merge=CaseState.HANDLING, merged_reports=(own.report_id,))
    return case


def _argument(kind: ArgKind, step: Step, name: str) -> Any:
    arg = next(a for a in step.args if a.name == name)
    values: dict[ArgKind, Any] = {
        ArgKind.TEXT: "情况属实",
        ArgKind.REASON: "" if arg.reasons is None else sorted(REASONS[arg.reasons])[0],
        ArgKind.UNIT: SANITATION,
        ArgKind.UNITS: [PATROL],
        ArgKind.STAFF: LI,
        ArgKind.CONDITION: "c1",
        ArgKind.CASE: OTHER,
        ArgKind.CASES: [OTHER],
        ArgKind.MOMENT: (MORNING + timedelta(days=2)).isoformat(),
        ArgKind.PHOTOS: [PHOTO],
        ArgKind.TICKS: ["已清理", "现场整洁"],
        ArgKind.CHOICE: str(arg.choices[-1]) if arg.choices else "",
        ArgKind.FLAG: True,
        ArgKind.COLLEAGUE: COLLEAGUE,
        ArgKind.REPORT: "r1",
    }
    return values[kind]


def _asker(role: Role, area: str) -> Asker:
    staff = {Role.GRID_WORKER: LI, Role.HANDLER: ZHAO}.get(role)
    own = Actor(AccountId("p"), frozenset({role}), SANITATION if role is Role.HANDLER else None, staff, area)
    return Asker(own, "p", b"", own)


class Bench:
    """Executes one cell after another on one connection; nothing is ever written."""

    def __init__(self, connection: Connection, ledger: Ledger) -> None:
        self.batch = Batch(connection, ledger, reads.head(connection), MORNING)
        self.other = replace(_case(COMMANDS[0], CaseState.HANDLING), case_no=OTHER)

    def run(self, step: Step, case: Case, asker: Asker) -> str:
        """Return the fault key of a cell, "" where it is done."""
        work = Work(self.batch)
        work.cases = {case.case_no: case, OTHER: self.other}
        work.attachments.add(PHOTO)
        grids = [grid_code(0, 0)] if Role.GRID_WORKER in asker.own.roles else []
        args = {a.name: _argument(a.kind, step, a.name) for a in step.args if a.required}
        if step.action == "correct":
            args["title"] = "又一个标题"
        command = Command(step.action, case.version, args)
        try:
            admit(asker, Door.COMMAND)
            acting.act(work, case.case_no, command, asker, sight_of(asker.own, grids))
        except Fault as fault:
            return fault.key
        return ""


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    def join(work: Work) -> None:
        keep_account(work, NewAccount(COLLEAGUE, "王", frozenset({Role.ACCEPTOR}), "x" * 97))

    with settled_store(tmp_path) as (store, ledger), store.reading.connect() as connection:
        write_once(store, join)
        yield Bench(connection, ledger)


def _wanted(step: Step, role: Role, area: str, state: CaseState) -> str:
    rights = TABLE[role]
    if Door.COMMAND not in rights.doors:
        return "role_may_not"
    held = "nobody_holds_it" not in {g.__qualname__.split(".")[0] for g in step.guards}
    seen = rights.cases is Reach.ALL or role is Role.GRID_WORKER or (role is Role.HANDLER and held)
    if not VILLAGE.startswith(area) or not seen:
        return "unknown_case"
    if role not in step.roles:
        return "role_may_not"
    if state is CaseState.ESCALATED and any(g.__name__ == "not_at_county" for g in step.guards):
        return "at_higher_level"  # said by a guard of its own, because other open states let it be done
    return "" if state in step.sources else "wrong_state"


def test_every_cell(bench: Bench) -> None:
    wrong, cells, done = [], 0, 0
    for step, state in itertools.product(COMMANDS, CaseState):
        case = _case(step, state)
        for role, area in itertools.product(ROLES, AREAS):
            found = bench.run(step, case, _asker(role, area))
            wanted = _wanted(step, role, area, state)
            cells += 1
            done += not found
            if found != wanted:
                wrong.append((step.action, state.value, role.value, area, found, wanted))
    assert not wrong[:5], f"{len(wrong)} of {cells}"
    assert cells == len(COMMANDS) * len(CaseState) * len(ROLES) * len(AREAS) > 60_000
    assert done > 500


# -- no entry of the table stands idle ---------------------------------------------------------------------------------


def _outlook(role: Role) -> list[Any]:
    """Return everything that can be told apart of what a role may do, as the service's functions say it."""
    asker = _asker(role, "")
    sight = sight_of(asker.own, [grid_code(0, 0)])
    found: list[Any] = [_passes(lambda: admit(asker, door)) for door in Door]  # noqa: B023
    found += [_passes(lambda: check_channel(asker.own, channel)) for channel in Channel]  # noqa: B023
    case = _case(COMMANDS[0], CaseState.HANDLING)
    found += [sight.sees_case(watchers(case)), sight.sees_case(()), sight.all_positions, sorted(sight.own_things)]
    for subject in Subject:
        change = Change(1, subject, NUMBER, "y", AccountId("z"), MORNING)
        found.append(sight.sees_change(change, ()))
    told = replace(case.reports[0], source_no="77", reporter=LI)
    for sensitive in (False, True):
        whole = replace(case, sensitive=sensitive, source_no="77", reports=(told,))
        found.append(sight.show_case(whole))
        data = {"report": {"text": "t", "reporter": "s", "source_no": "7"}, "title": "a", "text": "b", "photos": ["p"]}
        change = Change(1, Subject.CASE, NUMBER, "report", AccountId("z"), MORNING, data=data)
        found.append(sight.show_change(change, sensitive=sensitive))
    found.append(_passes(lambda: table_module.rights_of(asker.own.roles).speaks_for_others or _refuse()))
    return found


def _refuse() -> None:
    raise AssertionError


def _passes(act: Callable[[], object]) -> bool:
    try:
        act()
    except (Fault, AssertionError):
        return False
    return True


def _mutations(rights: Rights) -> Iterator[tuple[str, Rights]]:
    """Yield the rights with each single entry added or removed."""
    always = {Door.SESSION, Door.OWN}
    sets: dict[str, tuple[Any, ...]] = {
        "doors": tuple(d for d in Door if d not in always),
        "channels": tuple(c for c in Channel if c is not Channel.IMPORT),
        "fields": tuple(Field),
        "subjects": tuple(table_module.GUARDED),
    }
    for name, values in sets.items():
        held = getattr(rights, name)
        for value in values:
            yield f"{name}:{value}", replace(rights, **{name: held ^ {value}})
    for name in ("cases", "positions"):
        for reach in Reach:
            if reach is not getattr(rights, name):
                yield f"{name}:{reach.name}", replace(rights, **{name: reach})
    yield "speaks_for_others", replace(rights, speaks_for_others=not rights.speaks_for_others)


@pytest.mark.parametrize("role", ROLES)
def test_each_entry_added_or_removed_alters_what_the_role_may(role: Role, monkeypatch: pytest.MonkeyPatch) -> None:
    before = _outlook(role)
    idle = []
    for name, rights in _mutations(TABLE[role]):
        with monkeypatch.context() as patch:
            patch.setitem(TABLE, role, rights)
            if _outlook(role) == before and not _means_nothing(role, name):
                idle.append(name)
    assert not idle


def _means_nothing(role: Role, name: str) -> bool:
    """Its own position is nothing to a role without a person behind it (``_asker`` gives one to the field's roles)."""
    return (
        (name == "positions:OWN" and role not in (Role.GRID_WORKER, Role.HANDLER))
        or (
            name == "positions:NONE"
            and TABLE[role].positions is Reach.OWN
            and role not in (Role.GRID_WORKER, Role.HANDLER)
        )
        or (name == "cases:OWN" and TABLE[role].cases is Reach.NONE and role not in (Role.GRID_WORKER, Role.HANDLER))
    )


def test_the_rooms_know_who_may_bring_in_a_report() -> None:
    assert {role for role, rights in TABLE.items() if Door.REPORT in rights.doors} == REPORTING_ROLES


def test_rights_add_up_and_a_stranger_has_none() -> None:
    assert rights_of(frozenset()) == Rights()
    assert rights_of(frozenset({Role.SYSTEM})) == Rights()
    both = rights_of(frozenset({Role.INSPECTOR, Role.READER}))
    assert both.fields == TABLE[Role.INSPECTOR].fields | TABLE[Role.READER].fields
    assert both.cases is Reach.ALL
