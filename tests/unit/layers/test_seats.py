"""Which labels find room: the kernel and plain Python say the same, and pictures are laid as blitting lays them."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from layers.raster.compiled import CompiledRaster
from layers.raster.contract import Pictures, Taken, Wanted
from layers.raster.qt import QtRaster

HEIGHT, WIDTH = 300, 500


def some_labels(rng: np.random.Generator, count: int) -> Wanted:
    return Wanted(
        rng.uniform(-90, WIDTH + 90, count),
        rng.uniform(-60, HEIGHT + 60, count),
        rng.integers(8, 120, count).astype(float),
        rng.integers(10, 30, count).astype(float),
        np.where(rng.random(count) < 0.3, 9.0, 0.0),
        np.where(rng.random(count) < 0.5, 20.0, 0.0),
        rng.random(count) < 0.3,
    )


@settings(max_examples=80)
@given(st.integers(0, 2**32 - 1), st.integers(0, 120), st.integers(0, 40))
def test_both_rasters_give_the_same_labels_the_same_room(seed: int, count: int, before: int) -> None:
    rng = np.random.default_rng(seed)
    wanted = some_labels(rng, count)
    corner = rng.uniform(-50, 520, (before, 2))
    taken = Taken(np.hstack([corner, corner + rng.uniform(4, 130, (before, 2))]), rng.random(before) < 0.6)
    found = CompiledRaster().seated(wanted, taken, WIDTH, HEIGHT)
    np.testing.assert_array_equal(found, QtRaster().seated(wanted, taken, WIDTH, HEIGHT))
    seated = np.flatnonzero(~np.isnan(found[:, 0]))
    boxes = np.column_stack([found, found[:, 0] + wanted.wide, found[:, 1] + wanted.high])
    for i in seated.tolist():
        for other in [
            *boxes[seated[seated < i]],
            *taken.boxes[~taken.is_mark],
            *([] if wanted.firm[i] else taken.boxes),
        ]:
            assert (
                boxes[i, 0] >= other[2] or other[0] >= boxes[i, 2] or boxes[i, 1] >= other[3] or other[1] >= boxes[i, 3]
            )


@settings(max_examples=40)
@given(st.integers(0, 2**32 - 1), st.integers(0, 12))
def test_pictures_are_laid_as_blitting_one_after_another_lays_them(seed: int, count: int) -> None:
    rng = np.random.default_rng(seed)
    wide, high = rng.integers(1, 70, count).astype(np.int32), rng.integers(1, 40, count).astype(np.int32)
    starts = np.r_[0, np.cumsum(wide * high)].astype(np.int32)
    alpha = rng.choice([0, 60, 255], int(starts[-1])).astype(np.uint32)
    book = (alpha << 24 | (alpha * 3 // 5) << 16 | alpha << 8 | alpha // 4).astype(np.uint32)
    lefts, tops = rng.integers(-60, WIDTH, count).astype(np.int32), rng.integers(-40, HEIGHT, count).astype(np.int32)
    pictures = Pictures(book, starts[:-1], wide, high, lefts, tops)
    frames = []
    for raster in (CompiledRaster(), QtRaster()):
        frame = (np.arange(HEIGHT * WIDTH, dtype=np.uint32) * np.uint32(2654435761) | np.uint32(0xFF000000)).reshape(
            HEIGHT, WIDTH
        )
        raster.lay_pictures(frame, pictures)
        frames.append(frame)
    np.testing.assert_array_equal(*frames)
