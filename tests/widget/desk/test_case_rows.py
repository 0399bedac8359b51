"""The listed rows: whatever comes in whatever order, the list is what sorting everything anew would give."""

from datetime import timedelta

from domain_factories import CALENDAR, MONDAY, RULES
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.case import Case
from domain.clock import Lamp
from domain.ids import CaseNo
from domain.lamp_watch import LampWatch
from domain.states import CaseState, Channel
from widgets.case_list.rows import CaseRows, Filter, ListTab, Order

STATES = (
    CaseState.REPORTED,
    CaseState.PENDING_DISPATCH,
    CaseState.PENDING_CLOSE,
    CaseState.CLOSED,
    CaseState.ESCALATED,
)


def _case(number: int, state: CaseState, age_min: int, channel: Channel) -> Case:
    return Case(
        case_no=CaseNo(f"c{number:02}"),
        version=1,
        state=state,
        kind="0102" if number % 2 else "0302",
        title=f"title {number}",
        channel=channel,
        opened_at=MONDAY - timedelta(minutes=age_min),
        stage_since=MONDAY - timedelta(minutes=age_min),
    )


CASE = st.builds(
    _case,
    st.integers(0, 12),
    st.sampled_from(STATES),
    st.integers(0, 40),
    st.sampled_from([Channel.PUBLIC, Channel.SENSOR]),
)
FILTER = st.builds(
    Filter,
    tab=st.sampled_from(ListTab),
    search=st.sampled_from(["", "title 1", "c0", "nothing"]),
    lamps=st.sampled_from([frozenset[Lamp](), frozenset({Lamp.OVERDUE}), frozenset({Lamp.WITHIN, Lamp.NEAR})]),
    channels=st.sampled_from([frozenset[Channel](), frozenset({Channel.SENSOR})]),
    kinds=st.sampled_from([frozenset[str](), frozenset({"01"})]),
)


@settings(max_examples=150)
@given(st.lists(CASE, max_size=40), st.lists(st.integers(0, 12), max_size=6), FILTER, st.sampled_from(Order))
def test_single_changes_give_what_sorting_anew_gives(
    changes: list[Case], dropped: list[int], wanted: Filter, order: Order
) -> None:
    watch = LampWatch(RULES, CALENDAR)
    rows = CaseRows(watch, lambda case: f"{case.case_no} {case.title}")
    rows.filter, rows.order = wanted, order
    for case in changes:
        watch.put(case, MONDAY)
        foretold = rows.place_for(case)
        rows.put(case)
        assert rows.row_of(case.case_no) == foretold
    for number in dropped:
        rows.forget(CaseNo(f"c{number:02}"))
    kept = [rows.at(i) for i in range(len(rows))]
    anew = CaseRows(watch, lambda case: f"{case.case_no} {case.title}")
    anew.filter, anew.order = wanted, order
    latest = {case.case_no: case for case in changes}
    anew.load(case for no, case in latest.items() if no not in {f"c{n:02}" for n in dropped})
    assert kept == [anew.at(i) for i in range(len(anew))]
    assert rows.counts() == anew.counts()
    assert all(rows.row_of(case.case_no) == i for i, case in enumerate(kept))


def test_the_most_overdue_comes_first_and_what_has_no_clock_last() -> None:
    watch = LampWatch(RULES, CALENDAR)
    cases = [
        _case(1, CaseState.REPORTED, 3, Channel.PUBLIC),
        _case(2, CaseState.REPORTED, 40, Channel.PUBLIC),
        _case(3, CaseState.ESCALATED, 90, Channel.PUBLIC),
        _case(4, CaseState.PENDING_DISPATCH, 20, Channel.PUBLIC),
    ]
    watch.put_all(cases, MONDAY)
    rows = CaseRows(watch, lambda case: case.title)
    rows.load(cases)
    assert [rows.at(i).case_no for i in range(len(rows))] == ["c02", "c04", "c01", "c03"]


def test_all_holds_what_is_open_and_ended_what_is_not() -> None:
    watch = LampWatch(RULES, CALENDAR)
    rows = CaseRows(watch, lambda case: case.title)
    rows.load([_case(1, CaseState.REPORTED, 3, Channel.PUBLIC), _case(2, CaseState.CLOSED, 3, Channel.PUBLIC)])
    assert rows.counts()[ListTab.ALL] == 1
    assert rows.counts()[ListTab.ENDED] == 1
    rows.filter = Filter(tab=ListTab.ENDED)
    rows.rebuild()
    assert [rows.at(i).case_no for i in range(len(rows))] == ["c02"]
