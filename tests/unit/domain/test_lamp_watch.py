"""The lamp watch shows, at any moment and whatever happened, what reading every clock would show."""

from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from domain.case import Case, Rules
from domain.clock import Lamp, Limit, LimitUnit, Pause, WorkCalendar
from domain.ids import CaseNo
from domain.lamp_watch import LampWatch
from domain.states import CaseState, Channel
from domain.timing import lamp_of, stage_clock

START = datetime(2026, 11, 20, 8, 0, tzinfo=UTC)  # a Friday, 16:00 in Shanghai
CALENDAR = WorkCalendar()
STATES = (CaseState.REPORTED, CaseState.PENDING_CLOSE, CaseState.HANDLING, CaseState.CLOSED)
RULES = Rules(
    stage={CaseState.REPORTED: Limit(15, LimitUnit.MINUTE), CaseState.PENDING_CLOSE: Limit(4, LimitUnit.WORK_HOUR)}
)


def _case(number: int, state: CaseState, limit: Limit | None = None) -> Case:
    return Case(
        case_no=CaseNo(f"330699103-20261120-{number:04}"),
        version=1,
        state=state,
        kind="0102",
        title="t",
        channel=Channel.PUBLIC,
        opened_at=START,
        stage_since=START,
        handling_limit=limit,
    )


LIMITS = st.builds(Limit, st.integers(1, 9), st.sampled_from(LimitUnit))
CASES = st.lists(
    st.tuples(st.sampled_from(STATES), LIMITS),
    min_size=1,
    max_size=8,
)


@settings(max_examples=60)
@given(CASES, st.lists(st.integers(1, 90_000), min_size=1, max_size=12))
def test_it_never_lags_behind_the_clocks(kinds: list[tuple[CaseState, Limit]], steps_s: list[int]) -> None:
    cases = [_case(i, state, limit) for i, (state, limit) in enumerate(kinds)]
    watch = LampWatch(RULES, CALENDAR)
    watch.put_all(cases, START)
    now, shown = START, {case.case_no: watch.lamp(case.case_no) for case in cases}
    for step_s in steps_s:
        now += timedelta(seconds=step_s)
        changed = watch.advance(now)
        for case in cases:
            lamp = lamp_of(case, RULES, CALENDAR, now)
            assert watch.lamp(case.case_no) is lamp
            assert (case.case_no in changed) == (shown[case.case_no] is not lamp)
            shown[case.case_no] = lamp


def test_a_changed_case_is_looked_at_anew_and_a_dropped_one_is_forgotten() -> None:
    watch = LampWatch(RULES, CALENDAR)
    case = _case(1, CaseState.REPORTED)
    late = START + timedelta(minutes=20)
    assert watch.put(case, late) is Lamp.OVERDUE
    moved = replace(case, state=CaseState.PENDING_CLOSE, stage_since=late)
    assert watch.put(moved, late) is Lamp.WITHIN
    reading = stage_clock(moved, RULES, CALENDAR, late)
    assert reading is not None
    assert watch.due_at(case.case_no) == reading.due_at
    watch.drop(case.case_no)
    assert watch.lamp(case.case_no) is Lamp.NONE
    assert watch.advance(late + timedelta(days=9)) == []


def test_a_suspended_case_is_paused_and_has_no_due_moment() -> None:
    case = replace(_case(1, CaseState.SUSPENDED, Limit(2, LimitUnit.URGENT_HOUR)), pauses=(Pause(START),))
    watch = LampWatch(RULES, CALENDAR)
    assert watch.put(case, START + timedelta(hours=1)) is Lamp.PAUSED
    assert watch.due_at(case.case_no) is None
    assert watch.counts()[Lamp.PAUSED] == 1


def test_one_round_looks_at_no_more_than_it_may() -> None:
    watch = LampWatch(RULES, CALENDAR)
    watch.put_all([_case(i, CaseState.REPORTED) for i in range(50)], START)
    late = START + timedelta(minutes=30)
    assert len(watch.advance(late, at_most=20)) == 20
    assert len(watch.advance(late, at_most=100)) == 30
