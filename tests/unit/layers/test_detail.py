"""Shapes as detailed as a scale shows them: in runs, of which only those in view are thinned."""

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from layers import detail
from layers.contract import Area
from layers.detail import DetailCache
from layers.geometry import POLYGONS, to_shapes
from layers.raster.compiled import CompiledRaster
from layers.raster.contract import Frame, Shapes

SIDE = 90


def some_areas(seed: int, count: int, step: float = 0.0002) -> Shapes:
    """Areas with a point each so many degrees of their straight edges."""
    rng = np.random.default_rng(seed)
    seeds = shapely.MultiPoint(rng.uniform(0, 0.01, (count, 2)))
    cells = shapely.get_parts(shapely.voronoi_polygons(seeds))
    return to_shapes(shapely.segmentize(np.array(cells), step), POLYGONS)[0]


def drawn(cache: DetailCache, area: Area, colours: np.ndarray) -> tuple[Frame, list[int]]:
    frame, raster, seen = np.zeros((SIDE, SIDE), np.uint32), CompiledRaster(), []
    for shapes, which, numbers in cache.seen(raster, area):
        raster.fill(frame, shapes, which, colours[numbers], area.placing(shapes.origin))
        seen += numbers.tolist()
    return frame, seen


@settings(max_examples=30)
@given(
    st.integers(0, 2**32 - 1), st.integers(2, 40), st.integers(1, 400), st.floats(0, 1000), st.floats(0, 1000),
    st.sampled_from([1.0, 5.0, 14.0]),
)  # fmt: skip
def test_in_runs_the_same_is_seen_and_drawn_as_in_one(
    seed: int, count: int, points: int, left: float, top: float, scale: float
) -> None:
    shapes, area = some_areas(seed, count), Area(left, top, scale, SIDE, SIDE)
    colours = np.random.default_rng(seed).integers(0, 2**32, len(shapes), np.uint32)
    in_one = DetailCache(shapes, closed=True)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(detail, "RUN_POINTS", points)
        in_runs = DetailCache(shapes, closed=True)
    expected, seen = drawn(in_one, area, colours)
    frame, seen_in_runs = drawn(in_runs, area, colours)
    np.testing.assert_array_equal(frame, expected)
    assert seen == seen_in_runs == shapes.visible(area.bounds(2)).tolist()


@given(
    st.integers(0, 2**32 - 1), st.integers(0, 900), st.floats(-50, 450), st.floats(-50, 450), st.floats(0, 500),
    st.booleans(),
)  # fmt: skip
def test_what_is_seen_is_every_feature_whose_box_touches_the_bounds(
    seed: int, count: int, left: float, low: float, side: float, by_blocks: bool
) -> None:
    rng = np.random.default_rng(seed)
    corners = rng.uniform(0, 400, (count, 2))
    if by_blocks:
        corners = corners[np.lexsort((corners[:, 0], np.floor(corners[:, 1] / 40)))]
    boxes = np.concatenate([corners, corners + rng.uniform(0, 30, (count, 2))], axis=1).astype(np.float32)
    none, ends = np.empty(0, np.float32), np.zeros(count + 1, np.int32)
    origin = (1000.0, -500.0)
    shapes = Shapes(none, none, ends, ends, boxes, origin)
    x0, y0, x1, y1 = left, low, left + side, low + side
    bounds = left + origin[0], low + origin[1], left + side + origin[0], low + side + origin[1]
    x0, y0, x1, y1 = (bound - origin[i % 2] for i, bound in enumerate(bounds))  # as rounded on the way
    touched = (boxes[:, 0] <= x1) & (boxes[:, 2] >= x0) & (boxes[:, 1] <= y1) & (boxes[:, 3] >= y0)
    seen = shapes.visible(bounds)
    assert seen.dtype == np.int32
    assert seen.tolist() == np.flatnonzero(touched).tolist()


def test_only_what_is_in_view_is_thinned_and_each_run_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(detail, "RUN_POINTS", 300)
    shapes, asked = some_areas(3, 60), []
    cache, raster = DetailCache(shapes, closed=True), CompiledRaster()
    thin = raster.thinned
    monkeypatch.setattr(raster, "thinned", lambda run, *how, **more: asked.append(run) or thin(run, *how, **more))
    near, far = Area(0, 200, 5.0, 40, 40), Area(-5000, 6000, 5.0, 2400, 2400)
    list(cache.seen(raster, near))
    few = len(asked)
    list(cache.seen(raster, near))
    assert 0 < len(asked) == few
    list(cache.seen(raster, far))
    assert sum(len(run) for run in asked) == len(shapes)
    assert few < len(asked)


def test_copies_take_no_more_room_than_is_due_and_the_shapes_themselves_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(detail, "RUN_POINTS", 300)
    shapes, raster = some_areas(4, 60, step=1.0), CompiledRaster()
    cache = DetailCache(shapes, closed=True)
    for step in range(-16, 20):
        list(cache.seen(raster, Area(-5000, 6000, 2.0 ** (step / 2), 2**21, 2**21)))
        made = list(cache._made.items())
        own = [len(copy.xs) for key, copy in made if copy is not cache._runs[key[2]]]
        assert sum(own) <= len(shapes.xs)
        if step == -16:
            assert not own  # nothing is to be left out here
    assert own
