"""Whom to send for a look: on shift first, then the nearest, with the own grid and what is in hand counted."""

from datetime import timedelta

from domain_factories import MONDAY, WORKER, Ledger
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from domain.ids import GridCode, StaffId, UnitId
from domain.nearest import OWN_GRID_M, TASK_M, nearest_workers, tasks_in_hand
from domain.people import Role, Shift, Staff
from domain.states import CaseState

LON, LAT, M = 120.75, 29.72, 1 / 111_320
ON = Shift(MONDAY - timedelta(hours=1), MONDAY + timedelta(hours=7))
OFF = Shift(MONDAY - timedelta(hours=9), MONDAY - timedelta(hours=1))
CASE = replace(Ledger().report(), lon=LON, lat=LAT, grid_code=GridCode("g1"))


def worker(n: int, *, shift: Shift | None = ON, grid: str = "g9") -> Staff:
    return Staff(StaffId(f"w{n}"), f"员{n}", UnitId("u1"), frozenset({Role.GRID_WORKER}), GridCode(grid), shift)


def at(metres: float) -> tuple[float, float]:
    return LON, LAT + metres * M


def first(staff: list[Staff], places: dict[StaffId, tuple[float, float]], tasks: dict[StaffId, int]) -> str:
    return nearest_workers(CASE, staff, places, tasks, MONDAY)[0].staff_id


def test_who_is_on_shift_comes_before_who_is_near() -> None:
    staff = [worker(1, shift=OFF), worker(2), worker(3, shift=None)]
    places = {StaffId("w1"): at(10), StaffId("w2"): at(900), StaffId("w3"): at(5)}
    assert first(staff, places, {}) == "w2"


def test_the_own_grid_and_what_is_in_hand_are_counted_in_metres() -> None:
    staff = [worker(1), worker(2, grid="g1")]
    near, own = StaffId("w1"), StaffId("w2")
    assert first(staff, {near: at(200), own: at(200 + OWN_GRID_M - 10)}, {}) == "w2"
    assert first(staff, {near: at(200), own: at(200 + OWN_GRID_M + 10)}, {}) == "w1"
    assert first(staff, {near: at(200), own: at(200 + OWN_GRID_M + 10)}, {near: 1}) == "w2"
    assert first([worker(1), worker(2)], {near: at(0), own: at(TASK_M - 10)}, {near: 1}) == "w2"


def test_whoever_answers_for_the_grid_is_sent_where_nobody_is_seen() -> None:
    assert first([worker(1), worker(2, grid="g1"), worker(3)], {}, {}) == "w2"


def test_others_of_the_staff_are_not_offered() -> None:
    clerk = Staff(StaffId("c"), "丙", UnitId("u1"), frozenset({Role.ACCEPTOR}), GridCode("g1"), ON)
    assert nearest_workers(CASE, [clerk], {}, {}, MONDAY) == []


def test_tasks_are_verifications_and_checks_under_way() -> None:
    verifying = replace(CASE, state=CaseState.VERIFYING, verifier=WORKER)
    checking = replace(CASE, state=CaseState.CHECKING, checker=WORKER, verifier=StaffId("w9"))
    over = replace(CASE, state=CaseState.CLOSED, checker=WORKER)
    assert tasks_in_hand([verifying, checking, over, CASE]) == {WORKER: 2}


@given(st.lists(st.tuples(st.floats(0, 5000), st.booleans()), min_size=1, max_size=12))
def test_of_equals_nobody_on_shift_is_nearer_than_the_first(where: list[tuple[float, bool]]) -> None:
    staff = [worker(n, shift=ON if on else OFF) for n, (_, on) in enumerate(where)]
    places = {person.staff_id: at(metres) for person, (metres, _) in zip(staff, where, strict=True)}
    ranked = nearest_workers(CASE, staff, places, {}, MONDAY)
    assert {r.staff_id for r in ranked} == {s.staff_id for s in staff}
    best = ranked[0]
    alike = [r for r in ranked if r.on_shift == best.on_shift]
    assert best.on_shift == any(on for _, on in where)
    assert best.distance_m == min(r.distance_m or 0.0 for r in alike)
