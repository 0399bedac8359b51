"""Domain values for tests, and a ``Ledger``: the shortest honest stand-in for a store, which judges, writes and folds.

The ledger keeps a log of changes and the cases they fold to, so tests walk the real machine and nothing else.
"""

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

import msgspec

from domain.case import Case, Condition, Rules
from domain.change import Change, Subject
from domain.clock import Hours, Limit, LimitUnit, WorkCalendar
from domain.command import Arg, ArgKind, Command, Context
from domain.decide import decide
from domain.faults import Fault
from domain.fold import fold
from domain.ids import AccountId, AttachmentId, CaseNo, GridCode, StaffId, UnitId
from domain.machine import Step
from domain.people import Actor, Role, Staff, Unit, UnitKind
from domain.places import Placement
from domain.reasons import REASONS
from domain.states import CaseState, Channel

MONDAY = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)  # 09:00 in Shanghai
CALENDAR = WorkCalendar(
    holidays=frozenset({date(2026, 4, 6), date(2026, 5, 1)}),
    makeup_days=frozenset({date(2026, 5, 9)}),
)
RULES = Rules(
    stage={
        CaseState.REPORTED: Limit(15, LimitUnit.MINUTE),
        CaseState.VERIFYING: Limit(2, LimitUnit.WORK_HOUR),
        CaseState.PENDING_FILE: Limit(15, LimitUnit.MINUTE),
        CaseState.PENDING_DISPATCH: Limit(15, LimitUnit.MINUTE),
        CaseState.PENDING_CHECK: Limit(30, LimitUnit.MINUTE),
        CaseState.CHECKING: Limit(3, LimitUnit.WORK_HOUR),
        CaseState.PENDING_CLOSE: Limit(1, LimitUnit.WORK_DAY),
    }
)
KIND, OTHER_KIND = "0102", "0302"
FILED = Condition("0102-1", KIND, "一般", "ordinary", Limit(4, LimitUnit.WORK_HOUR), ("清运完毕",), ("cleared",))
URGENT = Condition("0102-2", KIND, "紧急", "urgent", Limit(2, LimitUnit.URGENT_HOUR))
ELSEWHERE = Condition("0302-1", OTHER_KIND, "扬尘", "dust", Limit(1, LimitUnit.WORK_DAY), ("停工",), ("stopped",))
CONDITIONS = (FILED, URGENT, ELSEWHERE)
UNITS = tuple(Unit(UnitId(f"u{n}"), f"{n}队", UnitKind.TEAM) for n in (1, 2, 3))
WORKER, WORKER_2, CLERK = StaffId("s1"), StaffId("s2"), StaffId("s3")
STAFF = (
    Staff(WORKER, "甲", UNITS[0].unit_id, frozenset({Role.GRID_WORKER})),
    Staff(WORKER_2, "乙", UNITS[1].unit_id, frozenset({Role.GRID_WORKER, Role.HANDLER})),
    Staff(CLERK, "丙", UNITS[2].unit_id, frozenset({Role.ACCEPTOR})),
)
COLLEAGUES = (AccountId("p"), AccountId("q"), AccountId("r"))
PHOTO = AttachmentId("a1")
ALL_ROLES = frozenset(Role)


class Directory:
    """What the rules may look up, from the values above and the ledger's cases."""

    def __init__(self, cases: dict[str, Case], conditions: Sequence[Condition] = CONDITIONS) -> None:
        self._cases = cases
        self._units = {unit.unit_id: unit for unit in UNITS}
        self._staff = {person.staff_id: person for person in STAFF}
        self._conditions = {condition.code: condition for condition in conditions}

    def unit(self, unit_id: UnitId) -> Unit | None:
        return self._units.get(unit_id)

    def staff(self, staff_id: StaffId) -> Staff | None:
        return self._staff.get(staff_id)

    def condition(self, code: str) -> Condition | None:
        return self._conditions.get(code)

    def case(self, case_no: CaseNo) -> Case | None:
        return self._cases.get(case_no)

    def colleague(self, account: AccountId) -> bool:
        return account in COLLEAGUES

    def has_attachment(self, attachment_id: AttachmentId) -> bool:
        return attachment_id == PHOTO


class Ledger:
    """A change log with its clock and the cases as they stand. ``history`` holds each case after each change."""

    def __init__(self, now: datetime = MONDAY, rules: Rules = RULES, calendar: WorkCalendar = CALENDAR) -> None:
        self.now = now
        self.rules = rules
        self.calendar = calendar
        self.cases: dict[str, Case] = {}
        self.changes: list[Change] = []
        self.history: list[Case] = []
        self.conditions: Sequence[Condition] = CONDITIONS

    @property
    def context(self) -> Context:
        """What a command is judged by at this moment."""
        return Context(self.now, self.calendar, self.rules, Directory(self.cases, self.conditions))

    def pass_time(self, **amount: float) -> None:
        """Let time pass."""
        self.now += timedelta(**amount)

    def report(self, channel: Channel = Channel.PUBLIC, **more: Any) -> Case:
        """Write the first change of a new case."""
        number = len(self.cases) + 1
        data: dict[str, Any] = {
            "kind": KIND,
            "title": "垃圾堆放",
            "channel": channel.value,
            "placement": "no_place",
            "report": {"report_id": f"r{number}", "text": "路口有垃圾", "has_contact": False, "photos": []},
        } | more
        case_no = CaseNo(f"330699103-20260302-{number:04}")
        return self._write(case_no, "report", AccountId("gateway"), CaseState.REPORTED, data)

    def do(self, case_no: str, action: str, actor: Actor, **args: Any) -> Case:
        """Judge a command and, where it is permitted, write what it comes to. Raises ``Fault`` otherwise."""
        case = self.cases[case_no]
        decision = decide(case, Command(action, case.version, args), actor, self.context)
        after = self._write(case.case_no, decision.action, actor.account, decision.state, decision.data)
        for effect in decision.also:
            other = self.cases[effect.case_no]
            self._write(effect.case_no, effect.action, actor.account, effect.state or other.state, effect.data)
        return after

    def _write(self, case_no: CaseNo, action: str, actor: AccountId, state: CaseState, data: dict[str, Any]) -> Case:
        before = self.cases.get(case_no)
        change = Change(
            seq=len(self.changes) + 1,
            subject=Subject.CASE,
            subject_id=case_no,
            action=action,
            actor=actor,
            recorded_at=self.now,
            version=1 if before is None else before.version + 1,
            state=state,
            data=data,
        )
        after = fold(before, change)
        self.cases[case_no] = after
        self.changes.append(change)
        self.history.append(after)
        return after


def make_case(number: int, state: CaseState = CaseState.PENDING_DISPATCH, age_min: float = 5) -> Case:
    """Return a case that has waited in its state for so long; none of what led to it is told."""
    since = MONDAY - timedelta(minutes=age_min)
    return Case(
        case_no=CaseNo(f"330699103-20260302-{number:05}"),
        version=1,
        state=state,
        kind=KIND,
        title=f"第 {number} 件",
        channel=Channel.PUBLIC,
        opened_at=since,
        stage_since=since,
        placement=Placement.INSIDE,
        grid_code=GridCode("g1"),
    )


def actor_for(case: Case, *, roles: frozenset[Role] = ALL_ROLES, task: str = "") -> Actor:
    """Return somebody who holds the case: its unit, and the person its verification or check was sent to."""
    staff = {"verify_result": case.verifier, "check_pass": case.checker, "check_fail": case.checker}.get(task)
    return Actor(AccountId("p"), roles, case.lead_unit, staff)


def arguments(step: Step, case: Case, into: str = "", until: datetime | None = None, pick: int = 0) -> dict[str, Any]:
    """Return arguments that make a step complete; ``pick`` chooses among what may be chosen."""
    required = {arg.name: _value(arg, case, into, until, pick) for arg in step.args if arg.required}
    return required | ({"title": f"更正 {case.version}"} if step.action == "correct" else {})


def _value(arg: Arg, case: Case, into: str, until: datetime | None, pick: int) -> Any:
    reasons = () if arg.reasons is None else REASONS[arg.reasons]
    conditions = [c for c in CONDITIONS if case.kind.startswith(c.kind)]
    simple: dict[ArgKind, Any] = {
        ArgKind.TEXT: "情况属实",
        ArgKind.UNIT: UNITS[pick % len(UNITS)].unit_id,
        ArgKind.UNITS: [u.unit_id for u in UNITS if u.unit_id not in (case.lead_unit, *case.helper_units)][:1],
        ArgKind.STAFF: (WORKER, WORKER_2)[pick % 2],
        ArgKind.CASE: into,
        ArgKind.CASES: [into] if into else [],
        ArgKind.REPORT: next((r.report_id for r in case.callbacks), ""),
        ArgKind.COLLEAGUE: COLLEAGUES[1],
        ArgKind.MOMENT: "" if until is None else until.isoformat(),
        ArgKind.PHOTOS: [PHOTO],
        ArgKind.TICKS: list(case.closing),
        ArgKind.FLAG: pick % 2 == 0,
    }
    if arg.kind is ArgKind.REASON:
        return reasons[pick % len(reasons)]
    if arg.kind is ArgKind.CHOICE:
        return str(arg.choices[pick % len(arg.choices)])
    if arg.kind is ArgKind.CONDITION:
        return conditions[pick % len(conditions)].code
    return simple[arg.kind]


def refusal(act: Callable[[], object]) -> Fault | None:
    """Return the fault ``act`` is refused with, or None where it is done."""
    try:
        act()
    except Fault as fault:
        return fault
    return None


def working_hours(*spans: tuple[int, int]) -> tuple[Hours, ...]:
    """Return working hours from pairs of minutes after midnight."""
    return tuple(Hours(start, end) for start, end in spans)


def as_plain(value: Any) -> Any:
    """Return a value as it comes back from JSON: what a log that went through a file or a wire holds."""
    return msgspec.json.decode(msgspec.json.encode(value))
