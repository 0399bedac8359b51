"""The models of the layers: what is shown after updates and removals, counts, staleness, and who is told."""

from datetime import UTC, datetime, timedelta

import msgspec
import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.clock import Lamp
from domain.ids import CaseNo, DivisionCode, GridCode, ThingId
from domain.places import BaseFeature, BaseKind, Division, DivisionLevel, Grid
from domain.units import UnitState
from layers.basemap.model import read_features
from layers.cases.model import RANK, CaseMark, CasesModel, is_urgent
from layers.divisions.model import DivisionsModel
from layers.grids.model import NO_CLASS, GridsModel
from layers.mercator import to_plane
from layers.positions.model import PositionsModel, ThingMark
from layers.thing_codes import (
    NO_HEADING,
    STALE_VEHICLE,
    VEHICLE,
    heading_step,
    heading_steps,
    stale_codes,
    thing_code,
    turned,
)

NOW = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)


def case(number: int, lamp: Lamp = Lamp.WITHIN, *, ended: bool = False, lon: float = 120.75) -> CaseMark:
    return CaseMark(CaseNo(f"330699103-20261123-{number:04}"), lon, 29.72, lamp, ended=ended)


def thing(name: str, *, age_s: int = 0, lon: float = 120.75) -> ThingMark:
    return ThingMark(ThingId(name), lon, 29.72, NOW - timedelta(seconds=age_s), name)


def grid(code: str, x: float, y: float) -> Grid:
    return Grid(GridCode(code), f"清溪-{code}", shapely.to_wkb(shapely.box(x, y, x + 0.01, y + 0.01)))


lamps = st.sampled_from([Lamp.WITHIN, Lamp.NEAR, Lamp.OVERDUE])
steps = st.lists(
    st.one_of(
        st.tuples(st.just("put"), st.integers(0, 24), lamps, st.booleans(), st.booleans()),
        st.tuples(st.just("remove"), st.integers(0, 24), lamps, st.booleans(), st.booleans()),
    ),
    max_size=60,
)


@settings(max_examples=80)
@given(steps)
def test_cases_after_any_updates_are_what_a_plain_dict_holds(
    plan: list[tuple[str, int, Lamp, bool, bool]],
) -> None:
    model, expected = CasesModel(), {}
    for act, number, lamp, ended, urgent in plan:
        mark = msgspec.structs.replace(case(number, lamp, ended=ended, lon=120 + number / 100), urgent=urgent)
        if act == "put":
            model.update([mark])
            expected[mark.case_no] = mark
        else:
            model.remove([mark.case_no])
            expected.pop(mark.case_no, None)
    assert {m.case_no: m for m in (*model.open.marks, *model.ended.marks)} == expected
    assert len(model.open) == sum(not m.ended for m in expected.values())
    for lamp in (Lamp.WITHIN, Lamp.NEAR, Lamp.OVERDUE):
        assert model.counts()[lamp] == sum(m.lamp is lamp and not m.ended for m in expected.values())
    assert [RANK[m.lamp] for m in model.open.marks] == model.ranks().tolist()
    assert [m.urgent for m in model.open.marks] == is_urgent(model.open).tolist()
    some = model.open.chosen(np.arange(len(model.open))[::2])
    assert [m.urgent for m in some.marks] == is_urgent(some).tolist()
    for case_no, mark in expected.items():
        assert model.place(case_no) == pytest.approx(to_plane(mark.lon, mark.lat))


def test_ended_cases_make_the_tiles_old_and_open_ones_do_not() -> None:
    model = CasesModel()
    told: list[int] = []
    model.subscribe(lambda: told.append(model.revision))
    model.update([case(1)])
    assert (model.ended_revision, len(told)) == (0, 1)
    model.update([case(1, ended=True)])
    assert (model.ended_revision, len(told)) == (1, 2)
    model.update([case(1)])
    assert (model.ended_revision, len(model.ended)) == (2, 0)


def test_a_mark_without_a_usable_place_is_passed_over() -> None:
    model = CasesModel()
    model.replace([case(1, lon=float("nan")), case(2, lon=200.0), case(3)])
    assert [m.case_no for m in model.open.marks] == [case(3).case_no]


def test_a_subscriber_is_told_no_more_after_leaving() -> None:
    model = CasesModel()
    told: list[str] = []
    leave = model.subscribe(lambda: told.append("x"))
    model.update([case(1)])
    leave()
    model.update([case(2)])
    assert told == ["x"]


def test_a_fix_goes_stale_by_the_given_clock_and_fresh_again_with_the_next() -> None:
    model = PositionsModel()
    model.set_now(NOW)
    model.replace([thing("a", age_s=119), thing("b", age_s=121)])
    assert model.stale().tolist() == [False, True]
    model.set_now(NOW + timedelta(seconds=5))
    assert model.stale().tolist() == [True, True]
    model.move(model.slots(["b", "nobody"]), np.array([120.8, 0.0]), np.array([29.7, 0.0]), NOW.timestamp() + 5)
    assert model.stale().tolist() == [True, False]
    assert model.place("b") == pytest.approx(to_plane(120.8, 29.7))
    assert model.newest_age_s() == 0.0


def test_who_turns_is_drawn_anew_and_a_vehicle_looks_the_same_whichever_way_it_goes() -> None:
    model = PositionsModel()
    model.replace([thing("a"), msgspec.structs.replace(thing("v"), vehicle=True), thing("b")])
    marks, codes = model.marks_revision, model.table.codes.tolist()
    slots, still = model.slots(["a", "v", "nobody"]), np.full(3, NO_HEADING, np.uint8)
    places = np.full(3, 120.8), np.full(3, 29.7), NOW.timestamp()
    model.move(slots, *places, still)
    assert model.table.codes.tolist() == codes
    assert model.codes_revision == 1, "nobody turned"
    model.move(slots, *places, np.array([6, 6, 6], np.uint8))
    assert model.table.codes.tolist() == [thing_code(UnitState.FREE, 90.0, vehicle=False), *codes[1:]]
    assert (model.codes_revision, model.marks_revision) == (2, marks)


@given(
    st.sampled_from(list(UnitState)), st.none() | st.floats(0, 359.9), st.none() | st.floats(0, 359.9), st.booleans()
)
def test_codes_of_many_are_those_of_each(
    state: UnitState, heading: float | None, then: float | None, vehicle: bool
) -> None:
    codes = np.array([thing_code(state, heading, vehicle=vehicle)], np.uint8)
    steps = heading_steps(np.array([np.nan if then is None else then]))
    assert steps.tolist() == [heading_step(then)]
    assert turned(codes, steps).tolist() == [thing_code(state, then, vehicle=vehicle)]
    free = thing_code(UnitState.FREE, heading, vehicle=False)
    (stale,) = stale_codes(codes).tolist()
    assert stale == (STALE_VEHICLE if vehicle else VEHICLE - (NO_HEADING + 1) + free)


@given(st.floats(0, 359.999))
def test_a_heading_is_drawn_within_half_a_step(heading: float) -> None:
    drawn = heading_step(heading) * 15.0
    assert min(abs(drawn - heading), 360 - abs(drawn - heading)) <= 7.5 + 1e-9


def test_no_heading_is_not_north() -> None:
    assert heading_step(None) == NO_HEADING != heading_step(0.0)


def test_a_grid_is_found_by_place_and_classes_fill_by_code() -> None:
    model = GridsModel()
    broken = Grid(GridCode("x"), "坏", b"not geometry")
    model.set_grids([grid("01", 120.70, 29.70), broken, grid("02", 120.71, 29.70)])
    found = model.grid_at(120.715, 29.705)
    assert found is not None
    assert found.code == "02"
    assert model.grid_at(120.75, 29.705) is None
    model.set_classes({GridCode("02"): 3, GridCode("gone"): 1})
    assert model.classes is not None
    assert model.classes.tolist() == [NO_CLASS, 3]
    with pytest.raises(ValueError, match="class 5"):
        model.set_classes({GridCode("02"): 5})


def test_divisions_without_an_area_are_left_out() -> None:
    model = DivisionsModel()
    square = shapely.to_wkb(shapely.box(120, 29, 121, 30))
    model.set_divisions(
        [
            Division(DivisionCode("330699103"), "清溪镇", DivisionLevel.TOWN, wkb=square),
            Division(DivisionCode("330699104"), "无界镇", DivisionLevel.TOWN),
        ]
    )
    assert model.shapes.names == ("清溪镇",)


def test_features_are_sorted_by_kind_with_the_rank_of_each_road() -> None:
    road = shapely.LineString([(120.7, 29.7), (120.71, 29.7)])
    roads = shapely.MultiLineString([road, shapely.LineString([(120.7, 29.71), (120.71, 29.71)])])
    shapes = read_features(
        [
            BaseFeature(BaseKind.ROAD, shapely.to_wkb(road), "人民路", 1),
            BaseFeature(BaseKind.BUILDING, shapely.to_wkb(shapely.box(120.7, 29.7, 120.701, 29.701))),
            BaseFeature(BaseKind.ROAD, shapely.to_wkb(roads), "", 3),
            BaseFeature(BaseKind.PLACE, shapely.to_wkb(shapely.Point(120.705, 29.705)), "菜场", 2),
            BaseFeature(BaseKind.WATER, shapely.to_wkb(shapely.box(120.7, 29.69, 120.72, 29.695)), "清溪", 0),
        ]
    )
    assert (len(shapes.roads), shapes.road_ranks.tolist(), len(shapes.buildings)) == (2, [1, 3], 1)
    assert np.diff(shapes.roads.parts).tolist() == [1, 2]
    assert {n.text for n in shapes.names} == {"人民路", "菜场", "清溪"}
    only = shapes.roads.chosen(np.array([1]))
    assert len(only) == 1
    assert len(only.rings) == 3
