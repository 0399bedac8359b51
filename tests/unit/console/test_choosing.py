"""Choosing by an area: exactly what lies within so many metres, by the ellipsoid."""

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import box, to_wkb

from console.choosing import Ground, Outline, choose
from domain.ids import EntryId, GridCode
from domain.places import Grid
from domain.register import EntryKind
from layers.geodesy import length_m
from layers.grids.model import read_grids
from layers.mercator import to_plane_arrays

MIDDLE = (120.8, 29.55)
SPOT = st.tuples(st.floats(120.77, 120.83), st.floats(29.53, 29.57))


def _ground(spots: Sequence[tuple[float, float]]) -> Ground:
    places = np.array(spots, np.float64).reshape(-1, 2)
    xs, ys = to_plane_arrays(places[:, 0], places[:, 1])
    names = tuple(f"n{i}" for i in range(len(spots)))
    return Ground(cases=names, case_xs=xs, case_ys=ys, things=names, thing_xs=xs, thing_ys=ys)


@given(st.lists(SPOT, max_size=12), st.integers(1, 3_000))
@settings(max_examples=40)
def test_near_a_point_is_what_is_no_further_than_that(spots: list[tuple[float, float]], within_m: int) -> None:
    chosen = choose(Outline((MIDDLE,), False, float(within_m)), _ground(spots))
    for i, spot in enumerate(spots):
        far = length_m([MIDDLE, spot])
        if abs(far - within_m) > 0.005 * within_m:  # the circle is drawn with corners
            assert (f"n{i}" in chosen.cases) == (far < within_m)
            assert (f"n{i}" in chosen.things) == (far < within_m)


def test_a_polygon_holds_what_is_inside_and_grows_by_metres() -> None:
    ring = ((120.80, 29.55), (120.81, 29.55), (120.81, 29.56), (120.80, 29.56))
    spots = [(120.805, 29.555), (120.8105, 29.555), (120.82, 29.555)]
    assert choose(Outline(ring, True, 0.0), _ground(spots)).cases == {"n0"}
    assert choose(Outline(ring, True, 100.0), _ground(spots)).cases == {"n0", "n1"}


def test_a_polygon_that_crosses_itself_is_the_areas_it_encloses() -> None:
    bow = ((120.80, 29.55), (120.81, 29.56), (120.81, 29.55), (120.80, 29.56))
    chosen = choose(Outline(bow, True, 0.0), _ground([(120.801, 29.555), (120.805, 29.551)]))
    assert chosen.cases == {"n0"}
    assert len(chosen.rings) == 2


def test_grids_that_are_touched_vehicles_apart_and_entries_by_their_place() -> None:
    grids = tuple(
        Grid(GridCode(code), code, to_wkb(box(x, 29.55, x + 0.01, 29.56)))
        for code, x in (("a", 120.79), ("b", 120.80), ("c", 120.83))
    )
    shapes = read_grids(grids)
    camera, far = (EntryKind.CAMERA, EntryId("k1")), (EntryKind.CAMERA, EntryId("k2"))
    ground = Ground(
        things=("s1", "v1"),
        thing_xs=to_plane_arrays(np.array([120.80, 120.80]), np.array([29.55, 29.55]))[0],
        thing_ys=to_plane_arrays(np.array([120.80, 120.80]), np.array([29.55, 29.55]))[1],
        vehicles=frozenset({"v1"}),  # type: ignore[arg-type]
        grids=shapes,
        entries=((camera, 120.8001, 29.55), (far, 120.9, 29.55)),
    )
    chosen = choose(Outline((MIDDLE,), False, 50.0), ground)
    assert (chosen.staff, chosen.vehicles) == ({"s1"}, {"v1"})
    assert chosen.grids == ("a", "b")
    assert chosen.entries == {camera}


def test_a_line_with_no_distance_around_it_is_refused() -> None:
    with pytest.raises(ValueError, match="0"):
        choose(Outline((MIDDLE, (120.81, 29.55)), False, 0.0), Ground())
