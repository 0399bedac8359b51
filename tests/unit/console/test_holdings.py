"""Which unit holds which cases: kept from change to change it equals the count over all cases."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from console.holdings import Holdings
from domain.case import Case
from domain.ids import CaseNo, UnitId
from domain.states import CaseState, Channel
from domain.units import UnitState, unit_status

T0 = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
UNITS = [UnitId("a"), UnitId("b")]


@st.composite
def cases(draw: st.DrawFn) -> Case:
    state = draw(st.sampled_from([CaseState.PENDING_HANDLE, CaseState.HANDLING, CaseState.PENDING_CHECK]))
    minutes = draw(st.integers(0, 60))
    signed = draw(st.booleans())
    return Case(
        case_no=CaseNo(f"c{draw(st.integers(0, 5))}"),
        version=1,
        state=state,
        kind="k",
        title="t",
        channel=Channel.HOTLINE,
        opened_at=T0,
        stage_since=T0,
        lead_unit=draw(st.sampled_from([None, *UNITS])),
        dispatched_at=T0 + timedelta(minutes=minutes),
        signed_at=T0 + timedelta(minutes=minutes + 1) if signed else None,
        arrived_at=T0 + timedelta(minutes=minutes + 2) if signed and draw(st.booleans()) else None,
    )


@given(st.lists(cases(), max_size=20))
def test_status_equals_that_over_all_cases(notes: list[Case]) -> None:
    holdings, latest = Holdings(), {}
    for case in notes:
        before = {unit: holdings.status(unit) for unit in UNITS}
        altered = holdings.note(case)
        latest[case.case_no] = case
        for unit in UNITS:
            assert holdings.status(unit) == unit_status(unit, latest.values())
            if holdings.status(unit) != before[unit]:
                assert unit in altered
    again = Holdings()
    again.replace(latest.values())
    assert all(again.status(unit) == holdings.status(unit) for unit in UNITS)
    for case_no in list(latest):
        holdings.forget(case_no)
    assert all(holdings.status(unit).state is UnitState.FREE for unit in UNITS)
    assert holdings.in_hand() == []
