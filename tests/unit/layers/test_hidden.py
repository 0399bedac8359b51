"""Stamping many sprites without drawing what is hidden: pixel for pixel plain stamping in the given order."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from layers.raster import hidden, stamps
from layers.raster.compiled import MANY, CompiledRaster
from layers.raster.contract import LANES, Frame, Marks, Placing, Sprites, Surface, make_sprites, surface_of

HEIGHT, WIDTH = 150, 90
"""Several bands of the finer kind high."""


def ground() -> Frame:
    """A frame on which no two pixels are alike, so that nothing wrongly left as it was goes unnoticed."""
    pixels = np.arange(HEIGHT * WIDTH, dtype=np.uint32) * np.uint32(2654435761) | np.uint32(0xFF000000)
    return pixels.reshape(HEIGHT, WIDTH)


def random_sprites(rng: np.random.Generator, size: int, count: int, alphas: list[int]) -> Sprites:
    alpha = rng.choice(alphas, (count, size, size)).astype(np.uint32)
    channels = [(rng.integers(0, 256, alpha.shape) * alpha // 255).astype(np.uint32) for _ in range(3)]
    return make_sprites(alpha << 24 | channels[0] << 16 | channels[1] << 8 | channels[2])


def plainly(frame: Frame, xs: np.ndarray, ys: np.ndarray, codes: np.ndarray, sprites: Sprites, at: Placing) -> Frame:
    """Stamp every sprite, one after the other; what that means pixel by pixel is tested in test_raster.py."""
    stamps.stamp_plainly(surface_of(frame), Marks(xs, ys, codes, sprites, at))
    return frame


@settings(max_examples=60)
@given(
    st.integers(0, 2**32 - 1),
    st.integers(1, LANES),
    st.integers(1, 3000),
    st.sampled_from([[255], [0, 255], [0, 40, 128, 254, 255], [60]]),
    st.floats(0.3, 3.0),
)
def test_what_is_left_out_would_not_have_been_seen(
    seed: int, size: int, count: int, alphas: list[int], scale: float
) -> None:
    rng = np.random.default_rng(seed)
    sprites = random_sprites(rng, size, 5, alphas)
    spread = rng.choice([4.0, 30.0, 200.0])  # heaped up, over the frame, far beyond its edges
    xs = (WIDTH / 2 + rng.normal(0, spread, count)).astype(np.float32)
    ys = (HEIGHT / 2 + rng.normal(0, spread, count)).astype(np.float32)
    whole = rng.random(count) < 0.3
    xs[whole] = np.rint(xs[whole])  # on the very border of two pixels
    codes = rng.integers(0, 5, count).astype(np.uint16)
    at = Placing(scale, -3.25, HEIGHT * scale)
    frame, room = ground(), hidden.Room()
    hidden.stamp_shown(surface_of(frame), None, Marks(xs, ys, codes, sprites, at), room)
    np.testing.assert_array_equal(frame, plainly(ground(), xs, ys, codes, sprites, at))
    again = ground()
    turned = Marks(xs[::-1].copy(), ys, codes, sprites, at)
    expected = plainly(ground(), xs[::-1].copy(), ys, codes, sprites, at)
    hidden.stamp_shown(surface_of(again), None, turned, room)  # nothing is left over from the last time
    np.testing.assert_array_equal(again, expected)
    over = np.zeros_like(again)
    hidden.stamp_all(surface_of(over), ground(), turned, room)  # nor is from the other way
    np.testing.assert_array_equal(over, expected)


@pytest.mark.parametrize("count", [MANY - 1, MANY, 60_000])
@pytest.mark.parametrize("size", [9, 11, 33])
def test_the_raster_stamps_few_and_many_small_and_large_alike(count: int, size: int) -> None:
    rng = np.random.default_rng(count + size)
    sprites = random_sprites(rng, size, 3, [0, 90, 255, 255, 255])
    xs, ys = (rng.uniform(-20, side + 20, count).astype(np.float32) for side in (WIDTH, HEIGHT))
    xs[::1000] = np.nan  # not a place: passed over, as by plain stamping
    ys[::999] = 1e30
    codes = rng.integers(0, 3, count).astype(np.uint16)
    at = Placing(1.0, 0.0, float(HEIGHT))
    frame = ground()
    CompiledRaster().stamp(frame, xs, ys, codes, sprites, at)
    np.testing.assert_array_equal(frame, plainly(ground(), xs, ys, codes, sprites, at))


def test_most_of_a_heap_is_left_out() -> None:
    rng = np.random.default_rng(1)
    sprites = random_sprites(rng, 9, 1, [255])
    xs, ys = (rng.normal(side / 2, 6, 20_000).astype(np.float32) for side in (WIDTH, HEIGHT))
    room = hidden.Room()
    room.reserve(len(xs), HEIGHT)
    hidden.locate(xs, ys, 9, HEIGHT, WIDTH, 1.0, 0.0, float(HEIGHT), room.corners)
    covered, counts = room.covered(HEIGHT, WIDTH), np.zeros(len(room.shown), np.int32)
    codes = np.zeros(len(xs), np.uint16)
    hidden.choose(
        room.corners[: len(xs)], codes, 9, sprites.seen, sprites.solid, covered.begin(), covered.stride,
        hidden.COARSE, room.shown, room.what, counts,
    )  # fmt: skip
    assert 50 < counts.sum() < 3000


@settings(max_examples=30)
@given(st.integers(0, 2**32 - 1), st.sampled_from([5, 11, 16, 20]), st.sampled_from([40, MANY + 1000]))
def test_in_the_boxes_of_a_larger_picture_it_is_plain_stamping_and_outside_nothing_is_touched(
    seed: int, size: int, count: int
) -> None:
    rng = np.random.default_rng(seed)
    sprites = random_sprites(rng, size, 4, [0, 60, 255, 255])
    xs, ys = (rng.uniform(-30, side + 30, count).astype(np.float32) for side in (WIDTH, HEIGHT))
    marks = Marks(xs, ys, rng.integers(0, 4, count).astype(np.uint16), sprites, Placing(1.0, 0.0, float(HEIGHT)))
    window = rng.integers(0, 1 << 32, (HEIGHT + 40, WIDTH + 50), np.uint32)
    expected, part = window.copy(), (slice(17, 17 + HEIGHT), slice(23, 23 + WIDTH))
    split, across = int(rng.integers(1, HEIGHT)), int(rng.integers(1, WIDTH - 1))
    boxes = np.array([[0, 0, across, split], [across + 1, 0, WIDTH, split], [0, split, across, HEIGHT]], np.int32)
    laid = plainly(ground(), *marks)
    for left, top, right, bottom in boxes:
        expected[part][top:bottom, left:right] = laid[top:bottom, left:right]
    stride = window.shape[1]
    flat = window.reshape(-1)[17 * stride + 23 :][: (HEIGHT - 1) * stride + WIDTH]
    surface = Surface(flat, stride, HEIGHT, WIDTH, boxes)
    assert CompiledRaster().show(surface, ground(), marks)
    np.testing.assert_array_equal(window, expected)


def test_of_two_marks_none_gets_lost_where_one_lies_on_two_bands() -> None:
    sprites = random_sprites(np.random.default_rng(1), 11, 1, [255])
    xs, ys = np.array([30, 60], np.float32), np.array([HEIGHT - 20, HEIGHT - 64], np.float32)
    marks = Marks(xs, ys, np.zeros(2, np.uint16), sprites, Placing(1.0, 0.0, float(HEIGHT)))
    frame = np.zeros((HEIGHT, WIDTH), np.uint32)
    assert CompiledRaster().show(surface_of(frame), ground(), marks)
    np.testing.assert_array_equal(frame, plainly(ground(), *marks))
