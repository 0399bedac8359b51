"""Likely duplicates: near, soon and of a kind, by the town's own figures; and several cases merged into one at once."""

from datetime import timedelta

import pytest
from domain_factories import ALL_ROLES, KIND, MONDAY, OTHER_KIND, PHOTO, RULES, Ledger, refusal
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from domain.case import Case, Claim
from domain.ids import AccountId
from domain.people import Actor, Role
from domain.places import distance_m
from domain.similar import Likeness, Told, likeness, told_of
from domain.states import CaseState, Channel

LON, LAT = 120.75, 29.72
M = 1 / 111_320
ROOM = Actor(AccountId("p"), ALL_ROLES - {Role.SYSTEM})


def _case(**fields: object) -> Case:
    return replace(Ledger().report(lon=LON, lat=LAT), **fields)


def test_what_is_near_soon_and_of_the_kind_is_likely_the_same() -> None:
    case = _case()
    near = likeness(Told(KIND, MONDAY + timedelta(hours=3), LON, LAT + 30 * M), case, RULES)
    assert near is not None
    assert near.apart_s == 3 * 3600
    assert near.distance_m == pytest.approx(30, abs=0.5)
    for told in (
        Told(KIND, MONDAY, LON, LAT + 60 * M),
        Told(KIND, MONDAY + timedelta(hours=25), LON, LAT),
        Told(OTHER_KIND, MONDAY, LON, LAT),
        Told(KIND, MONDAY),
    ):
        assert likeness(told, case, RULES) is None
    assert likeness(Told("", MONDAY, LON, LAT), case, RULES) is not None, "a kind not chosen yet may be any"
    assert likeness(Told("01", MONDAY, LON, LAT), case, RULES) is not None, "the kind above"


def test_the_towns_own_figures_decide() -> None:
    wide = replace(RULES, similar_m=100, similar_hours=48)
    told = Told(KIND, MONDAY + timedelta(hours=40), LON, LAT + 90 * M)
    assert likeness(told, _case(), RULES) is None
    assert likeness(told, _case(), wide) is not None


def test_without_a_place_the_address_decides() -> None:
    case = _case(lon=None, lat=None, address="清溪大道12号")
    assert likeness(Told(KIND, MONDAY, None, None, "清溪大道12号"), case, RULES) == Likeness(0.0)
    assert likeness(Told(KIND, MONDAY, LON, LAT, "清溪大道12号"), case, RULES) == Likeness(0.0)
    assert likeness(Told(KIND, MONDAY, None, None, ""), replace(case, address=""), RULES) is None


@pytest.mark.parametrize("state", [CaseState.MERGED, CaseState.VOIDED])
def test_what_was_merged_or_voided_is_no_other_telling(state: CaseState) -> None:
    assert likeness(told_of(_case()), _case(state=state), RULES) is None


@given(st.floats(-80, 80), st.floats(-80, 80), st.integers(-30, 30))
def test_it_is_the_same_from_either_side(east: float, north: float, hours: int) -> None:
    one = _case()
    other = _case(lon=LON + east * M, lat=LAT + north * M, opened_at=MONDAY + timedelta(hours=hours))
    there, back = likeness(told_of(one), other, RULES), likeness(told_of(other), one, RULES)
    assert (there is None) == (back is None)
    away = distance_m(LON, LAT, LON + east * M, LAT + north * M)
    assert (there is not None) == (away <= 50 and abs(hours) <= 24)


def _several(ledger: Ledger, count: int) -> list[Case]:
    return [
        ledger.report(
            Channel.HOTLINE, report={"report_id": f"x{n}", "text": f"第{n}个", "callback": True, "photos": []}
        )
        for n in range(count)
    ]


@given(st.integers(1, 12))
def test_several_are_merged_into_one_at_once_and_each_can_be_taken_out_again(count: int) -> None:
    ledger = Ledger()
    into, *others = _several(ledger, count + 1)
    after = ledger.do(into.case_no, "merge_in", ROOM, cases=[case.case_no for case in others])
    assert [r.report_id for r in after.reports] == [f"x{n}" for n in range(count + 1)]
    assert all(report.owes_callback for report in after.reports)
    for case in others:
        assert (ledger.cases[case.case_no].state, ledger.cases[case.case_no].merged_into) == ("merged", into.case_no)
    one = others[count // 2]
    back = ledger.do(one.case_no, "unmerge", ROOM)
    assert (back.state, back.reports, back.stage_since) == (one.state, one.reports, one.stage_since)
    assert len(ledger.cases[into.case_no].reports) == count


def test_where_one_cannot_be_merged_none_is() -> None:
    ledger = Ledger()
    into, one, two = _several(ledger, 3)
    ledger.do(two.case_no, "claim", Actor(AccountId("q"), ALL_ROLES))
    written = len(ledger.changes)
    fault = refusal(lambda: ledger.do(into.case_no, "merge_in", ROOM, cases=[one.case_no, two.case_no]))
    assert fault is not None
    assert (fault.key, fault.params["case_no"]) == ("cannot_be_merged", two.case_no)
    assert len(ledger.changes) == written
    assert ledger.cases[two.case_no].claim == Claim(AccountId("q"), ledger.now)
    for wrong in ([into.case_no], ["330699103-20260302-9999"]):
        fault = refusal(lambda: ledger.do(into.case_no, "merge_in", ROOM, cases=wrong))  # noqa: B023  # called at once
        assert fault is not None
        assert fault.key == "merge_target_unknown"
    assert PHOTO not in ledger.cases[into.case_no].photos
