"""Where a place falls: the same answer as asking every grid, the smallest first, borders included."""

from hypothesis import given
from hypothesis import strategies as st
from shapely import Point, box, from_wkb, to_wkb

from domain.ids import GridCode
from domain.places import Grid, Placement
from service.placing import CELLS_A_DEGREE, GridIndex

SPAN = st.integers(0, 12)
BOXES = st.lists(st.tuples(SPAN, SPAN, st.integers(1, 6), st.integers(1, 6)), max_size=8)
POINTS = st.lists(st.tuples(st.integers(-2, 40), st.integers(-2, 40)), max_size=20)


def slow_place(grids: list[Grid], lon: float, lat: float) -> tuple[Placement, GridCode | None]:
    holding = [(from_wkb(g.wkb).area, g.code) for g in grids if from_wkb(g.wkb).intersects(Point(lon, lat))]
    return (Placement.INSIDE, min(holding)[1]) if holding else (Placement.OUTSIDE, None)


@given(boxes=BOXES, points=POINTS)
def test_as_asking_every_grid(boxes: list[tuple[int, int, int, int]], points: list[tuple[int, int]]) -> None:
    grids = [Grid(GridCode(f"g{i}"), "g", to_wkb(box(x, y, x + w, y + h))) for i, (x, y, w, h) in enumerate(boxes)]
    index = GridIndex(grids)
    lons, lats = [x / 2 for x, _ in points], [y / 2 for _, y in points]
    expected = [slow_place(grids, x, y) for x, y in zip(lons, lats, strict=True)]
    assert index.place_all(lons, lats) == expected
    assert [index.place(x, y) for x, y in zip(lons, lats, strict=True)] == expected


@given(boxes=BOXES, points=st.lists(st.tuples(st.integers(-3, 50), st.integers(-3, 50)), max_size=8))
def test_places_of_cells_seen_before_fall_where_they_did(
    boxes: list[tuple[int, int, int, int]], points: list[tuple[int, int]]
) -> None:
    """Grids of a few cells, places on their borders, on those of cells and between."""
    side = 1 / CELLS_A_DEGREE
    shapes = [box(x * side / 2, y * side / 2, (x + w) * side / 2, (y + h) * side / 2) for x, y, w, h in boxes]
    grids = [Grid(GridCode(f"g{i}"), "g", to_wkb(shape)) for i, shape in enumerate(shapes)]
    index = GridIndex(grids)
    lons, lats = [x * side / 8 for x, _ in points], [y * side / 8 for _, y in points]
    expected = [slow_place(grids, x, y) for x, y in zip(lons, lats, strict=True)]
    for _ in range(3):
        assert index.place_all(lons, lats) == expected


def test_whatever_is_no_place_on_earth_is_outside() -> None:
    index = GridIndex([Grid(GridCode("g"), "g", to_wkb(box(0, 0, 1, 1)))])
    for odd in (float("nan"), float("inf"), 1e300):
        assert index.place_all([odd, 0.5], [0.5, 0.5]) == [(Placement.OUTSIDE, None), (Placement.INSIDE, "g")]


def test_no_place_is_nowhere() -> None:
    index = GridIndex([Grid(GridCode("g"), "g", to_wkb(box(0, 0, 1, 1)))])
    assert index.place(None, None) == (Placement.NO_PLACE, None)
    assert index.place(0.5, None) == (Placement.NO_PLACE, None)


def test_without_grids_everything_is_outside() -> None:
    assert GridIndex([]).place(0.5, 0.5) == (Placement.OUTSIDE, None)
