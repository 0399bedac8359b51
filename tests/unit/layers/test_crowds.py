"""Things counted where there are too many to be told apart: nobody left out, nobody twice; numbers read as written."""

import msgspec
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from layers.contract import Area, Look
from layers.local import AT_ONCE, FEW, NEAR_PX, Surroundings, between, nearest
from layers.numbered import FIGURES, THOUSANDS, figures_of
from layers.positions.crowds import CELL_PX, FRESH, Crowds
from layers.raster.compiled import CompiledRaster
from layers.raster.qt import QtRaster
from resources.theme import load_theme
from resources.words import Words

places = st.lists(st.tuples(st.floats(-900, 900), st.floats(-900, 900)), max_size=80)


@settings(max_examples=60)
@given(places, st.floats(20, 400), st.floats(-500, 500), st.floats(-500, 500))
def test_every_point_in_view_is_counted_once_by_both_rasters(
    points: list[tuple[float, float]], side: float, left: float, low: float
) -> None:
    xs, ys = np.array([p[0] for p in points]), np.array([p[1] for p in points])
    bounds = left, low, left + 700.0, low + 500.0
    found, slowly = CompiledRaster().gathered(xs, ys, side, bounds), QtRaster().gathered(xs, ys, side, bounds)
    for one, other in zip(found, slowly, strict=True):
        np.testing.assert_allclose(one, other, atol=1e-9)
    columns, rows = np.floor(xs / side), np.floor(ys / side)
    inside = (
        (columns >= np.floor(bounds[0] / side)) & (columns <= np.floor(bounds[2] / side))
        & (rows >= np.floor(bounds[1] / side)) & (rows <= np.floor(bounds[3] / side))
    )  # fmt: skip
    assert int(found.counts.sum()) == int(np.count_nonzero(inside))
    for x, y, count, last in zip(*found, strict=True):
        same = inside & (columns == columns[last]) & (rows == rows[last])
        assert np.count_nonzero(same) == count
        assert np.flatnonzero(same)[-1] == last
        np.testing.assert_allclose((x, y), (xs[same].mean(), ys[same].mean()), atol=1e-6)


@settings(max_examples=60)
@given(places, st.floats(20, 400))
def test_looking_elsewhere_moves_nobody_to_another_cell(points: list[tuple[float, float]], side: float) -> None:
    xs, ys = np.array([p[0] for p in points]), np.array([p[1] for p in points])
    whole = CompiledRaster().gathered(xs, ys, side, (-1000.0, -1000.0, 1000.0, 1000.0))
    part = CompiledRaster().gathered(xs, ys, side, (-333.3, -271.9, 500.0, 400.0))
    by_last = dict(zip(whole.lasts.tolist(), whole.counts.tolist(), strict=True))
    assert all(by_last[last] == count for last, count in zip(part.lasts.tolist(), part.counts.tolist(), strict=True))


def test_crowds_are_counted_anew_where_things_moved_or_came_into_view_and_only_there() -> None:
    looked: list[int] = []
    xs, ys = np.array([10.0, 12.0, 900.0]), np.array([10.0, 12.0, 20.0])

    def parts() -> list[tuple[int, None]]:
        looked.append(1)
        return [(FRESH, None)]

    crowds, raster = Crowds(Look(load_theme("dark"), Words("zh-CN"))), CompiledRaster()
    view = Area(0.0, 100.0, 1.0, 100, 100)
    for left in (0.0, 3.0, -5.0):
        crowds.gather(raster, msgspec.structs.replace(view, left=left), 1, xs, ys, parts)
    assert len(looked) == 1, "a step aside shows nothing that was not counted"
    assert [int(count) for count in crowds.groups[0].cells.counts] == [2]
    crowds.gather(raster, msgspec.structs.replace(view, left=850.0), 1, xs, ys, parts)
    assert [int(count) for count in crowds.groups[0].cells.counts] == [1]
    crowds.gather(raster, view, 1, xs, ys, parts)
    crowds.gather(raster, view, 2, np.array([10.0, 900.0, 900.0]), ys, parts)
    assert [int(count) for count in crowds.groups[0].cells.counts] == [1]
    crowds.gather(raster, msgspec.structs.replace(view, scale=2.0, width=600), 2, xs, ys, parts)
    assert len(looked) == 5


def test_a_turn_of_the_wheel_is_counted_in_the_frame_after_and_not_put_off_twice() -> None:
    crowds, raster = Crowds(Look(load_theme("dark"), Words("zh-CN"))), CompiledRaster()
    xs, ys = np.array([10.0, 12.0, 60.0]), np.array([10.0, 12.0, 20.0])
    view = Area(0.0, 100.0, 1.0, 100, 100)
    nearer, nearest_by, far = (msgspec.structs.replace(view, scale=scale) for scale in (0.8, 0.7, 3.0))

    def sides(area: Area) -> tuple[float, bool]:
        crowds.gather(raster, area, 1, xs, ys, lambda: [(FRESH, None)])
        return crowds.groups[0].side / CELL_PX, crowds.owing

    assert sides(view) == (1.0, False)
    assert sides(nearer) == (1.0, True)
    assert crowds.members(crowds.groups[0], 0, xs, ys).tolist() == [0, 1, 2], "of the cells that are shown"
    assert sides(nearest_by) == (pytest.approx(0.7), False), "who goes on turning does not outrun it"
    assert sides(far) == (3.0, False), "so far off the old cells say nothing"
    crowds.put_nothing_off()
    assert sides(msgspec.structs.replace(view, scale=2.9)) == (pytest.approx(2.9), False)


@given(st.lists(st.integers(2, 999_999), min_size=1, max_size=40))
def test_numbers_are_written_as_one_would_or_in_thousands(numbers: list[int]) -> None:
    figures, lengths = figures_of(np.array(numbers, np.int64))
    for number, row, length in zip(numbers, figures.tolist(), lengths.tolist(), strict=True):
        written = "".join(FIGURES[figure] for figure in row if figure >= 0)
        assert written == (f"{number}" if number < THOUSANDS else f"{number // 1000}k")
        assert len(written) == length


@settings(max_examples=40)
@given(st.integers(0, 2**32 - 1), st.integers(0, 3), st.booleans())
def test_the_nearest_is_the_last_of_the_nearest(seed: int, parts: int, some: bool) -> None:
    rng = np.random.default_rng(seed)
    count = parts * AT_ONCE + int(rng.integers(1, 50))
    xs, ys = np.rint(rng.uniform(0, 60, (2, count)))
    slots = np.flatnonzero(rng.random(count) < 0.5) if some else None
    x, y = rng.uniform(-5, 65, 2)
    limit = float(rng.choice([0.2, 2.0, 30.0]))
    far = np.hypot(xs - x, ys - y)
    if slots is not None:
        left_out = np.ones(count, bool)
        left_out[slots] = False
        far[left_out] = np.inf
    least = far.min()
    expected = None if least > limit else int(np.flatnonzero(far == least)[-1])
    assert nearest(xs, ys, x, y, limit, slots) == expected


@given(st.integers(0, 2**32 - 1))
def test_the_surroundings_of_a_view_hold_all_that_is_in_it_wherever_it_goes(seed: int) -> None:
    rng = np.random.default_rng(seed)
    xs, ys = rng.uniform(0, 1e5, FEW), rng.uniform(0, 1e5, FEW)
    surroundings, told, key = Surroundings(), 0, 0
    left = top = 5e4
    for _ in range(30):
        if rng.random() < 0.1:
            key += 1  # points have changed
            xs[rng.integers(FEW)] = rng.uniform(0, 1e5)
        left, top = left + rng.normal(0, 4e3), top + rng.normal(0, 4e3)
        area = Area(left, top, 10.0, 800, 600, 1.0)
        found = surroundings.slots(key, xs, ys, area)
        if found is not None:
            told += 1
            assert np.isin(between(xs, ys, area.bounds(NEAR_PX)), found).all()
            assert (np.diff(found) > 0).all()
    assert told


def test_surroundings_are_not_looked_for_while_the_view_rests() -> None:
    rng = np.random.default_rng(1)
    xs, ys = rng.uniform(0, 1e5, FEW), rng.uniform(0, 1e5, FEW)
    surroundings, area = Surroundings(), Area(5e4, 5e4, 10.0, 800, 600, 1.0)
    assert [surroundings.slots(key, xs, ys, area) for key in (0, 0, 1, 1, 2)] == [None] * 5
    moved = Area(5.1e4, 5e4, 10.0, 800, 600, 1.0)
    assert surroundings.slots(2, xs, ys, moved) is not None
    assert surroundings.slots(2, xs, ys, area) is not None
    assert surroundings.slots(3, xs, ys, area) is None, "points have changed"
    assert surroundings.slots(3, xs[:-1], ys[:-1], moved) is None, "few are all looked at"
