"""Stamping many sprites without drawing what is hidden: pixel for pixel plain stamping in the given order."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from layers.raster import hidden, stamps
from layers.raster.compiled import MANY, CompiledRaster
from layers.raster.contract import LANES, Frame, Placing, Sprites, make_sprites

HEIGHT, WIDTH = 70, 90


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
    stamps.stamp_points(frame, xs, ys, codes, sprites.over, sprites.rests, sprites.rows, sprites.size, *at)
    return frame


@settings(max_examples=60, deadline=None)
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
    hidden.stamp_shown(frame, xs, ys, codes, sprites, at, room)
    np.testing.assert_array_equal(frame, plainly(ground(), xs, ys, codes, sprites, at))
    again = ground()
    hidden.stamp_shown(again, xs[::-1].copy(), ys, codes, sprites, at, room)  # nothing is left over from the last time
    np.testing.assert_array_equal(again, plainly(ground(), xs[::-1].copy(), ys, codes, sprites, at))


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
    room.reserve(len(xs))
    hidden.locate(xs, ys, 9, HEIGHT, WIDTH, 1.0, 0.0, float(HEIGHT), room.corners)
    covered = room.covered(HEIGHT, WIDTH)
    codes = np.zeros(len(xs), np.uint16)
    shown = hidden.choose(
        room.corners[: len(xs)], codes, sprites.seen, sprites.solid, covered.begin(), covered.stride,
        room.shown, room.what,
    )  # fmt: skip
    assert 50 < shown < 2000
