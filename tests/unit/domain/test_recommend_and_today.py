"""Suggested units in their order, and the day's figures counted by hand on real walks of the machine."""

from datetime import timedelta

from domain_factories import CALENDAR, FILED, MONDAY, PHOTO, RULES, UNITS, WORKER, Ledger, actor_for
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from domain.case import Case
from domain.ids import GridCode, UnitId
from domain.people import Unit, UnitKind
from domain.recommend import Candidate, Whereabouts, recommend
from domain.today import today_figures
from domain.units import UnitState, UnitStatus


def _unit(name: str, kinds: tuple[str, ...] = (), grids: tuple[str, ...] = ()) -> Unit:
    return Unit(UnitId(name), name, UnitKind.TEAM, kinds, tuple(GridCode(g) for g in grids))


def _placed_case() -> Case:
    return replace(Ledger().report(), lon=120.80, lat=29.60, grid_code=GridCode("g1"))


def _where(**minutes: float) -> dict[UnitId, Whereabouts]:
    return {UnitId(name): Whereabouts(travel_s=60 * m, fixed_at=MONDAY) for name, m in minutes.items()}


def _names(found: list[Candidate]) -> list[str]:
    return [candidate.unit.name for candidate in found]


def test_who_deals_with_the_kind_comes_first_then_who_is_soonest_of_use() -> None:
    units = [
        _unit("far", ("0102",)),
        _unit("near", ("0102",)),
        _unit("busy", ("0102",)),
        _unit("grid", ("0102",), ("g1",)),
        _unit("nearest", (), ("g1",)),
        _unit("neither", ("0302",), ("g2",)),
    ]
    status = {UnitId("busy"): UnitStatus(UnitState.ON_THE_JOB, held=2)}
    where = _where(far=20, near=4, busy=1, grid=8, nearest=1, neither=1)
    found = recommend(_placed_case(), units, status, where, MONDAY, most=9)
    assert _names(found) == ["grid", "near", "far", "busy", "nearest"]
    assert [round(c.cost_min) for c in found] == [-2, 4, 20, 31, -9]


def test_a_shift_about_to_end_and_an_old_position_cost_something_and_are_said() -> None:
    units = [_unit(name, ("0102",)) for name in ("a", "b", "c", "lost")]
    where = _where(a=5, b=6) | {UnitId("c"): Whereabouts(travel_s=60.0, fixed_at=MONDAY - timedelta(minutes=9))}
    ends = {UnitId("a"): MONDAY + timedelta(minutes=20), UnitId("b"): MONDAY + timedelta(hours=5)}
    found = recommend(_placed_case(), units, {}, where, MONDAY, shift_ends=ends, most=9)
    assert _names(found) == ["b", "c", "a", "lost"]
    assert [(c.shift_ends_soon, c.stale) for c in found] == [
        (False, False),
        (False, True),
        (True, False),
        (False, False),
    ]


@given(
    minutes=st.lists(st.floats(0, 90), min_size=2, max_size=6),
    held=st.lists(st.integers(0, 5), min_size=6, max_size=6),
    more=st.integers(1, 5),
)
def test_more_work_in_hand_never_brings_a_unit_forward(minutes: list[float], held: list[int], more: int) -> None:
    units = [_unit(str(i), ("0102",)) for i in range(len(minutes))]
    where = {UnitId(str(i)): Whereabouts(travel_s=60 * m) for i, m in enumerate(minutes)}
    status = {UnitId(str(i)): UnitStatus(UnitState.FREE, held=held[i]) for i in range(len(minutes))}
    before = _names(recommend(_placed_case(), units, status, where, MONDAY, most=9)).index("0")
    status[UnitId("0")] = UnitStatus(UnitState.FREE, held=held[0] + more)
    assert _names(recommend(_placed_case(), units, status, where, MONDAY, most=9)).index("0") >= before


def test_a_unit_of_a_whole_class_fits_its_kinds_and_only_the_best_are_named() -> None:
    units = [_unit(str(n), ("01",)) for n in range(9)]
    assert _names(recommend(_placed_case(), units, {}, {}, MONDAY)) == ["0", "1", "2"]


def _dispatched(ledger: Ledger) -> Case:
    case = ledger.report()
    ledger.pass_time(minutes=3)
    case = ledger.do(case.case_no, "accept", actor_for(case))
    ledger.pass_time(minutes=4)
    case = ledger.do(case.case_no, "file", actor_for(case), condition=FILED.code)
    ledger.pass_time(minutes=2)
    return ledger.do(case.case_no, "dispatch", actor_for(case), unit=UNITS[0].unit_id)


def _handled(ledger: Ledger, minutes: int) -> Case:
    case = _dispatched(ledger)
    case = ledger.do(case.case_no, "sign", actor_for(case))
    ledger.pass_time(minutes=minutes)
    return ledger.do(case.case_no, "feedback", actor_for(case), text="好了", photos=[PHOTO])


def test_the_day_is_counted() -> None:
    ledger = Ledger()
    in_time = _handled(ledger, 30)
    case = ledger.do(in_time.case_no, "send_check", actor_for(in_time), staff=WORKER)
    case = ledger.do(case.case_no, "check_pass", actor_for(case, task="check_pass"), photos=[PHOTO])
    case = ledger.do(case.case_no, "close", actor_for(case), closing=list(FILED.closing_zh))
    ledger.do(case.case_no, "revisit", actor_for(case), satisfaction="satisfied")
    ledger.report()
    today = today_figures(ledger.cases.values(), RULES, CALENDAR, ledger.now)
    assert (today.reported, today.filed, today.closed, today.overdue) == (2, 1, 1, 0)
    assert (today.handled_in_time, today.to_handle) == (1, 1)
    assert today.in_time_rate == 1.0
    assert today.dispatch_s == 6 * 60
    assert (today.satisfied, today.answered) == (1, 1)


def test_late_handling_counts_against_the_rate_and_what_is_overdue_is_still_to_handle() -> None:
    ledger = Ledger(MONDAY)
    _handled(ledger, 8 * 60)
    assert ledger.now - MONDAY < timedelta(hours=9)
    today = today_figures(ledger.cases.values(), RULES, CALENDAR, ledger.now)
    assert (today.handled_in_time, today.to_handle) == (0, 1)
    stuck = Ledger(MONDAY)
    _dispatched(stuck)
    stuck.pass_time(hours=9)
    today = today_figures(stuck.cases.values(), RULES, CALENDAR, stuck.now)
    assert (today.overdue, today.handled_in_time, today.to_handle) == (1, 0, 1)


def test_rework_is_counted_once_and_not_as_a_dispatch() -> None:
    ledger = Ledger()
    case = _handled(ledger, 10)
    ledger.do(case.case_no, "rework", actor_for(case), reason="not_handled")
    today = today_figures(ledger.cases.values(), RULES, CALENDAR, ledger.now)
    assert today.reworked == 1
    assert today.dispatch_s is None


def test_yesterday_and_imported_cases_are_left_out() -> None:
    ledger = Ledger()
    ledger.report()
    ledger.pass_time(days=1)
    ledger.cases["x"] = replace(ledger.report(), imported=True)
    imported_only = {"x": ledger.cases["x"]}
    assert today_figures(imported_only.values(), RULES, CALENDAR, ledger.now).reported == 0
    old = [c for c in ledger.cases.values() if c.opened_at < ledger.now - timedelta(hours=20)]
    assert today_figures(old, RULES, CALENDAR, ledger.now).reported == 0


def test_nothing_to_divide_by_is_no_rate() -> None:
    today = today_figures((), RULES, CALENDAR, MONDAY)
    assert today.in_time_rate is None
    assert today.satisfied_rate is None
    assert today.dispatch_s is None
