"""Suggested units in their order, and the day's figures counted by hand on real walks of the machine."""

from datetime import timedelta

from domain_factories import CALENDAR, FILED, MONDAY, PHOTO, RULES, UNITS, WORKER, Ledger, actor_for
from msgspec.structs import replace

from domain.case import Case
from domain.ids import GridCode, UnitId
from domain.people import Unit, UnitKind
from domain.recommend import recommend
from domain.today import today_figures
from domain.units import UnitState, UnitStatus


def _unit(name: str, kinds: tuple[str, ...] = (), grids: tuple[str, ...] = ()) -> Unit:
    return Unit(UnitId(name), name, UnitKind.TEAM, kinds, tuple(GridCode(g) for g in grids))


def _placed_case() -> Case:
    return replace(Ledger().report(), lon=120.80, lat=29.60, grid_code=GridCode("g1"))


def test_kind_beats_grid_beats_load_beats_distance() -> None:
    units = [
        _unit("far", ("0102",)),
        _unit("near", ("0102",)),
        _unit("busy", ("0102",)),
        _unit("grid", ("0102",), ("g1",)),
        _unit("grid only", (), ("g1",)),
        _unit("neither", ("0302",), ("g2",)),
    ]
    status = {UnitId("busy"): UnitStatus(UnitState.ON_THE_JOB, held=2)}
    places = {UnitId("far"): (120.9, 29.6), UnitId("near"): (120.801, 29.6), UnitId("busy"): (120.8, 29.6)}
    found = recommend(_placed_case(), units, status, places, most=9)
    assert [candidate.unit.name for candidate in found] == ["grid", "near", "far", "busy", "grid only"]
    distances = [round(c.distance_m) if c.distance_m is not None else None for c in found]
    assert distances[0] is None
    assert distances[1] is not None
    assert 90 < distances[1] < 100


def test_a_unit_of_a_whole_class_fits_its_kinds_and_only_the_best_are_named() -> None:
    units = [_unit(str(n), ("01",)) for n in range(9)]
    assert [c.unit.name for c in recommend(_placed_case(), units, {}, {})] == ["0", "1", "2"]


def test_without_a_place_there_is_no_distance() -> None:
    case = replace(_placed_case(), lon=None, lat=None)
    found = recommend(case, [_unit("a", ("0102",))], {}, {UnitId("a"): (120.8, 29.6)})
    assert found[0].distance_m is None


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
