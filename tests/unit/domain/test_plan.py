"""Plans: which is offered for a case, what a checklist keeps, and who may tick what when."""

from datetime import timedelta
from typing import Any

import msgspec
import pytest
from domain_factories import MONDAY, RULES, Ledger, refusal
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from domain.ids import AccountId, CaseNo, EntryId
from domain.people import Actor
from domain.register import EntryKind, checked_body
from domain.register_judging import Setting
from domain.register_plan import (
    Checklist,
    Plan,
    PlanContact,
    PlanStep,
    Tick,
    checklist_step,
    judge_checklist,
    judge_tick,
    opened,
    tick_id,
    tick_step,
)

ID = EntryId("c1")
PLAN = Plan("燃气泄漏", (PlanStep("关阀", "受理员", 5), PlanStep("疏散")), kinds=("event.04",))
LIST = opened(PLAN, EntryId("p1"), CaseNo("330699103-20260302-0001"), MONDAY)
TICK = Tick(ID, 0, MONDAY)
MINUTE = timedelta(minutes=1)


def setting(checklist: Checklist | None = LIST, now: Any = MONDAY) -> Setting:
    def find(body: Any, entry_id: EntryId) -> Any:
        return checklist if body is Checklist and entry_id == ID else None

    return Setting(now, RULES, Actor(AccountId("p"), frozenset()), find)


def test_a_plan_is_offered_by_kind_urgency_and_date() -> None:
    case = replace(Ledger().report(), kind="event.04-03")
    assert PLAN.is_for(case, MONDAY)
    assert not PLAN.is_for(replace(case, kind="event.05-01"), MONDAY)
    assert not replace(PLAN, kinds=()).is_for(case, MONDAY), "by hand only"
    urgent = replace(PLAN, urgent=True)
    assert not urgent.is_for(case, MONDAY)
    assert urgent.is_for(replace(case, urgent=True), MONDAY)
    assert not replace(PLAN, since=MONDAY + MINUTE).is_for(case, MONDAY)
    assert not replace(PLAN, until=MONDAY).is_for(case, MONDAY)


def test_a_checklist_is_the_plan_as_it_was() -> None:
    assert (LIST.steps, LIST.contacts, LIST.means) == (PLAN.steps, PLAN.contacts, PLAN.means)
    assert LIST.due_at(0) == MONDAY + 5 * MINUTE
    assert LIST.due_at(1) is None


CLOSED = replace(LIST, closed=True, result="好了")


@pytest.mark.parametrize(
    ("held", "body", "key"),
    [
        (None, LIST, None),
        (None, CLOSED, "checklist_not_opened"),
        (LIST, CLOSED, None),
        (LIST, replace(CLOSED, steps=LIST.steps[:1]), "checklist_altered"),
        (CLOSED, LIST, "checklist_closed"),
        (LIST, None, "checklist_stays"),
    ],
)
def test_a_checklist_is_opened_closed_and_stays(
    held: Checklist | None, body: Checklist | None, key: str | None
) -> None:
    plain = [None if b is None else msgspec.to_builtins(b) for b in (held, body)]
    fault = refusal(lambda: checklist_step(*plain, own=False))  # type: ignore[arg-type]
    assert (None if fault is None else fault.key) == key


@pytest.mark.parametrize(
    ("tick", "place", "entry_id", "key"),
    [
        (TICK, setting(), None, None),
        (replace(TICK, at=MONDAY - 5 * MINUTE), setting(), None, "tick_when"),
        (replace(TICK, at=MONDAY + 5 * MINUTE), setting(), None, "tick_when"),
        (replace(TICK, at=MONDAY + 5 * MINUTE), setting(now=MONDAY + 60 * MINUTE), None, None),
        (replace(TICK, step=2), setting(), None, "tick_of_nothing"),
        (replace(TICK, checklist=EntryId("c2")), setting(), None, "tick_of_nothing"),
        (TICK, setting(CLOSED), None, "checklist_closed"),
        (TICK, setting(), "c1.1", "entry_id_bad"),
    ],
)
def test_what_may_be_ticked(tick: Tick, place: Setting, entry_id: str | None, key: str | None) -> None:
    which = EntryId(entry_id) if entry_id else tick_id(tick.checklist, tick.step)
    fault = refusal(lambda: judge_tick(which, None, tick, place))
    assert (None if fault is None else fault.key) == key


@given(st.lists(st.booleans(), min_size=1, max_size=6))
def test_a_tick_is_set_and_taken_back_as_often_as_wanted(done: list[bool]) -> None:
    held: dict[str, Any] | None = None
    for value in done:
        body = msgspec.to_builtins(replace(TICK, done=value))
        assert refusal(lambda: tick_step(held, body, own=False)) is None  # noqa: B023
        held = body
    for other, key in (({**(held or {}), "step": 1}, "tick_altered"), (None, "tick_stays")):
        fault = refusal(lambda: tick_step(held, other, own=False))  # noqa: B023
        assert fault is not None
        assert fault.key == key


def test_a_checklist_is_not_opened_tomorrow() -> None:
    fault = refusal(lambda: judge_checklist(ID, None, replace(LIST, opened_at=MONDAY + 5 * MINUTE), setting()))
    assert fault is not None
    assert fault.key == "checklist_opened_when"
    assert refusal(lambda: judge_checklist(ID, None, LIST, setting(now=MONDAY + timedelta(days=3)))) is None


@pytest.mark.parametrize(
    "plan",
    [
        replace(PLAN, steps=()),
        replace(PLAN, steps=(PlanStep("a | b"),)),
        replace(PLAN, steps=(PlanStep("x", within_min=-1),)),
        replace(PLAN, contacts=(PlanContact("消防站", "not a number"),)),
    ],
)
def test_a_plan_that_makes_no_sense_is_refused(plan: Plan) -> None:
    fault = refusal(lambda: checked_body(EntryKind.PLAN, msgspec.to_builtins(plan)))
    assert fault is not None
    assert fault.key == "entry_body_bad"
