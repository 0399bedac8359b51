"""Codes and their parents, distances, what a unit is doing, and which clock runs where."""

from datetime import timedelta

import pytest
from domain_factories import CALENDAR, FILED, MONDAY, RULES, UNITS, Ledger
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace
from pyproj import Geod

from domain.case import Case
from domain.clock import Lamp
from domain.faults import Fault
from domain.ids import CaseNo
from domain.people import Shift
from domain.places import DivisionLevel, check_lon_lat, distance_m, division_level, parent_code
from domain.states import ENDED, CaseState
from domain.timing import case_clock, due_at, lamp_of, stage_clock
from domain.units import UnitState, unit_status

S = CaseState
LON, LAT = st.floats(-180, 180), st.floats(-90, 90)
GEOD = Geod(ellps="WGS84")


@given(LON, LAT, LON, LAT)
def test_distance_is_that_of_the_ellipsoid_within_its_error(
    lon_a: float, lat_a: float, lon_b: float, lat_b: float
) -> None:
    true_m = GEOD.inv(lon_a, lat_a, lon_b, lat_b)[2]
    ours = distance_m(lon_a, lat_a, lon_b, lat_b)
    assert ours == pytest.approx(true_m, rel=0.006, abs=0.01)
    assert ours == pytest.approx(distance_m(lon_b, lat_b, lon_a, lat_a))


@given(st.floats(119, 122), st.floats(29, 31), st.floats(0, 359), st.floats(1, 20_000))
def test_distance_over_a_town(lon: float, lat: float, azimuth: float, metres: float) -> None:
    far_lon, far_lat, _ = GEOD.fwd(lon, lat, azimuth, metres)
    assert distance_m(lon, lat, far_lon, far_lat) == pytest.approx(metres, rel=0.006, abs=0.001)


@pytest.mark.parametrize("bad", [float("nan"), float("inf"), -float("inf"), 180.1, -180.1])
def test_coordinates_out_of_range_are_refused(bad: float) -> None:
    for lon, lat in ((bad, 0.0), (0.0, bad), (0.0, 90.1)):
        with pytest.raises(Fault, match="coordinates_out_of_range"):
            check_lon_lat(lon, lat)
    check_lon_lat(180.0, -90.0)
    check_lon_lat(-180.0, 90.0)


@given(st.text("0123456789", min_size=12, max_size=12))
def test_parents_lead_from_the_village_to_the_province(code: str) -> None:
    chain: list[str] = [code]
    while (parent := parent_code(chain[-1])) is not None:
        chain.append(parent)
    assert [len(c) for c in chain] == [12, 9, 6, 4, 2]
    assert all(code.startswith(c) for c in chain)
    levels = ("village", "town", "county", "city", "province")
    assert [division_level(c) for c in chain] == [DivisionLevel(level) for level in levels]


@given(st.text(max_size=20))
def test_a_foreign_code_has_no_parent_and_no_level(code: str) -> None:
    if not (code.isascii() and code.isdigit()):
        assert parent_code(code) is None
        assert division_level(code) is DivisionLevel.OTHER
    elif len(code) not in (2, 4, 6, 9, 12):
        assert parent_code(code) is None


def test_digits_of_another_script_are_foreign() -> None:
    assert parent_code("٣٣٠٦") is None
    assert division_level("²²") is DivisionLevel.OTHER


def test_a_shift_covers_its_start_and_not_its_end() -> None:
    shift = Shift(MONDAY, MONDAY + timedelta(hours=8))
    assert shift.covers(MONDAY)
    assert not shift.covers(MONDAY - timedelta(microseconds=1))
    assert not shift.covers(MONDAY + timedelta(hours=8))


def _held(number: int, **fields: object) -> Case:
    case = Ledger().report()
    base = replace(case, case_no=CaseNo(f"330699103-20260302-{number:04}"), lead_unit=UNITS[0].unit_id)
    return replace(base, **({"state": S.HANDLING, "dispatched_at": MONDAY} | fields))


def test_what_a_unit_is_doing() -> None:
    unit = UNITS[0].unit_id
    assigned = _held(1, state=S.PENDING_HANDLE)
    under_way = _held(2, signed_at=MONDAY + timedelta(minutes=5))
    on_the_job = _held(3, signed_at=MONDAY, arrived_at=MONDAY + timedelta(minutes=9))
    assert unit_status(unit, []).state is UnitState.FREE
    assert unit_status(unit, [assigned]).state is UnitState.ASSIGNED
    assert unit_status(unit, [assigned, under_way]).case_no == under_way.case_no
    status = unit_status(unit, [under_way, on_the_job, assigned])
    assert (status.state, status.case_no, status.held) == (UnitState.ON_THE_JOB, on_the_job.case_no, 3)
    assert status.since == MONDAY + timedelta(minutes=9)
    assert unit_status(UNITS[1].unit_id, [on_the_job]).state is UnitState.FREE
    assert unit_status(unit, [replace(on_the_job, state=S.PENDING_CHECK)]).state is UnitState.FREE


def test_the_case_dispatched_first_is_named_first() -> None:
    early = _held(9, state=S.PENDING_HANDLE, dispatched_at=MONDAY - timedelta(hours=1))
    late = _held(1, state=S.PENDING_HANDLE)
    assert unit_status(UNITS[0].unit_id, [late, early]).case_no == early.case_no


def test_a_suspended_case_is_held_but_occupies_nobody() -> None:
    suspended = _held(1, state=S.SUSPENDED, signed_at=MONDAY, arrived_at=MONDAY)
    status = unit_status(UNITS[0].unit_id, [suspended])
    assert (status.state, status.case_no, status.held) == (UnitState.FREE, None, 1)


@pytest.mark.parametrize("state", sorted(S))
def test_which_clock_runs_in_which_state(state: CaseState) -> None:
    case = replace(Ledger().report(), state=state, stage_since=MONDAY, handling_limit=FILED.limit, accepted_at=MONDAY)
    now = MONDAY + timedelta(days=40)
    stage, whole = stage_clock(case, RULES, CALENDAR, now), case_clock(case, RULES, CALENDAR, now)
    if state in ENDED:
        assert stage is None
        assert whole is None
        assert lamp_of(case, RULES, CALENDAR, now) is Lamp.NONE
        return
    in_handling = state in {S.PENDING_HANDLE, S.HANDLING, S.SUSPENDED}
    limit = FILED.limit if in_handling else RULES.stage.get(state)
    assert (None if stage is None else stage.limit) == limit
    assert lamp_of(case, RULES, CALENDAR, now) is (Lamp.NONE if limit is None else Lamp.OVERDUE)
    assert whole is not None
    assert whole.limit == RULES.whole_case
    assert due_at(case, RULES, CALENDAR, now) == whole.due_at


def test_before_acceptance_the_whole_case_has_no_clock() -> None:
    case = Ledger().report()
    assert case_clock(case, RULES, CALENDAR, MONDAY) is None
    assert due_at(case, RULES, CALENDAR, MONDAY) is None


def test_signing_stays_on_the_handling_clock_and_dispatching_starts_it() -> None:
    case = replace(Ledger().report(), state=S.PENDING_HANDLE, stage_since=MONDAY, handling_limit=FILED.limit)
    now = MONDAY + timedelta(minutes=30)
    signed = replace(case, state=S.HANDLING, signed_at=now)
    first, second = stage_clock(case, RULES, CALENDAR, now), stage_clock(signed, RULES, CALENDAR, now)
    assert first == second
    assert first is not None
    assert first.elapsed_s == 1800


def test_a_daily_shift_comes_again_at_the_same_hours() -> None:
    once = Shift(MONDAY, MONDAY + timedelta(hours=8))
    daily = Shift(MONDAY, MONDAY + timedelta(hours=8), daily=True)
    round_the_clock = Shift(MONDAY, MONDAY + timedelta(hours=24.5), daily=True)
    for days in (0, 1, 6, 400):
        begin = MONDAY + timedelta(days=days)
        assert daily.covers(begin)
        assert daily.covers(begin + timedelta(hours=8) - timedelta(microseconds=1))
        assert not daily.covers(begin + timedelta(hours=8))
        assert not daily.covers(begin + timedelta(hours=24) - timedelta(microseconds=1))
        assert once.covers(begin) == (days == 0)
        assert round_the_clock.covers(begin + timedelta(hours=23.9))
    assert not daily.covers(MONDAY - timedelta(hours=23)), "it does not reach back before it first began"
