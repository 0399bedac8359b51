"""What colleagues choose, and how handling goes."""

from collections import Counter
from datetime import UTC, datetime

import numpy as np
import pytest
from qingxi import town_of

from domain.case import Case
from domain.clock import LimitUnit
from domain.ids import CaseNo, GridCode, StaffId
from domain.states import CaseState, Channel
from domain.town import Town
from simulator.acting.choices import condition_for, unit_for, worker_for
from simulator.acting.units import Fate, fate_of

AT = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def town() -> Town:
    return town_of(1)


def case(kind: str, number: int = 1, **fields: object) -> Case:
    """A case waiting for dispatch."""
    whole = {
        "case_no": CaseNo(f"330699103-20261123-{number:04d}"),
        "version": 3,
        "state": CaseState.PENDING_DISPATCH,
        "kind": kind,
        "title": "t",
        "channel": Channel.PUBLIC,
        "opened_at": AT,
        "stage_since": AT,
        **fields,
    }
    return Case(**whole)  # type: ignore[arg-type]  # a table of fields


def test_an_urgent_case_is_filed_under_the_shortest_limit(town: Town) -> None:
    chosen = condition_for(
        case("part.01-02", urgent=True), town.info.conditions, town.info.calendar, np.random.default_rng(1)
    )
    assert chosen is not None
    assert (chosen.kind, chosen.limit.unit) == ("part.01-02", LimitUnit.URGENT_HOUR)


def test_a_condition_always_fits_the_kind(town: Town) -> None:
    rng = np.random.default_rng(2)
    for kind in town.info.kinds:
        chosen = condition_for(case(kind.code), town.info.conditions, town.info.calendar, rng)
        assert chosen is not None
        assert kind.code.startswith(chosen.kind)


@pytest.mark.parametrize(
    ("kind", "unit"),
    [
        ("event.01-02", "u-hw"),
        ("part.01-02", "u-sz"),
        ("part.01-01", "u-sw"),
        ("part.01-37", "u-gd"),
        ("part.04-02", "u-yl"),
        ("plat.18", "u-mt"),
        ("plat.14", "u-sj"),
        ("event.21-01", "u-aj"),
        ("plat.12", "u-aj"),
    ],
)
def test_the_unit_that_is_there_for_the_kind_is_sent(town: Town, kind: str, unit: str) -> None:
    held = {"u-zz": 1} if kind == "plat.18" else {}
    chosen = unit_for(case(kind), town.units, held)  # type: ignore[arg-type]  # plain ids
    assert chosen is not None
    assert chosen.unit_id == unit


def test_of_equal_units_the_one_of_the_grid_is_sent_then_the_least_busy(town: Town) -> None:
    groups = {u.unit_id: u for u in town.units if u.unit_id.startswith("u-zf")}
    for unit in groups.values():
        chosen = unit_for(case("event.05-04", grid_code=unit.grids[0]), town.units, {})
        assert chosen is not None
        assert chosen.unit_id == unit.unit_id
    nowhere = case("event.05-04", grid_code=GridCode("elsewhere"))
    busy = dict.fromkeys(groups, 3)
    least = sorted(groups)[1]
    busy[least] = 1
    chosen = unit_for(nowhere, town.units, busy)
    assert chosen is not None
    assert chosen.unit_id == least


def test_an_unserved_kind_still_finds_a_unit(town: Town) -> None:
    assert unit_for(case("something.else"), town.units, {}) is not None


def test_the_worker_of_the_grid_is_asked_unless_off_shift(town: Town) -> None:
    grid = town.grids[3]
    everybody = {s.staff_id for s in town.staff}
    assert worker_for(case("plat.01", grid_code=grid.code), town.grids, town.staff, everybody) == grid.responsible
    assert grid.responsible is not None
    others = everybody - {grid.responsible}
    other = worker_for(case("plat.01", grid_code=grid.code), town.grids, town.staff, others)
    assert other in others
    assert worker_for(case("plat.01"), town.grids, town.staff, {StaffId("r001")}) is None


def test_handling_goes_wrong_sometimes_and_the_same_way_every_time() -> None:
    cases = [case("event.01-02", n) for n in range(1, 2001)]
    fates = [fate_of(c) for c in cases]
    assert fates == [fate_of(c) for c in cases]
    shares = {fate: n / 2000 for fate, n in Counter(fates).items()}
    assert 0.55 < shares[Fate.WELL] < 0.75
    for fate in (Fate.LATE, Fate.POOR, Fate.RETURN, Fate.EXTEND):
        assert 0.03 < shares[fate] < 0.16


def test_rework_is_done_properly() -> None:
    again = [fate_of(case("event.01-02", n, rework_count=1)) for n in range(1, 500)]
    assert set(again) <= {Fate.WELL, Fate.LATE}
