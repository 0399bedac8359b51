"""Areas and lines drawn many at a time: pixel for pixel what drawing them edge by edge gives."""

import itertools

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from layers.raster import areas, edges, lines
from layers.raster.compiled import CompiledRaster
from layers.raster.contract import Frame, Placing, Shapes

HEIGHT, WIDTH = 110, 150


def ground() -> Frame:
    pixels = np.arange(HEIGHT * WIDTH, dtype=np.uint32) * np.uint32(2654435761) | np.uint32(0xFF000000)
    return pixels.reshape(HEIGHT, WIDTH)


def random_shapes(rng: np.random.Generator, count: int, most: int, reach: float) -> Shapes:
    """Features of one or two rings (an odd-even hole, or an island), crossing themselves and the frame's edges."""
    xs, ys, rings, parts = [], [], [0], [0]
    for _ in range(count):
        middle = rng.uniform(-20, WIDTH + 20), rng.uniform(-20, HEIGHT + 20)
        for _ in range(int(rng.integers(1, 3))):
            points = int(rng.integers(1, most))
            x, y = (m + rng.uniform(-reach, reach, points) for m in middle)
            if rng.random() < 0.3:
                x, y = np.rint(x * 2) / 2, np.rint(y * 2) / 2  # on middles and borders of pixels
            xs.append(x)
            ys.append(y)
            rings.append(rings[-1] + points)
        parts.append(len(rings) - 1)
    flat_x, flat_y = np.concatenate(xs).astype(np.float32), np.concatenate(ys).astype(np.float32)
    ends = [rings[part] for part in parts]
    boxes = [
        (flat_x[a:b].min(), flat_y[a:b].min(), flat_x[a:b].max(), flat_y[a:b].max())
        for a, b in itertools.pairwise(ends)
    ]
    return Shapes(
        flat_x, flat_y, np.array(rings, np.int32), np.array(parts, np.int32), np.array(boxes, np.float32), (0.0, 0.0)
    )


cases = st.tuples(
    st.integers(0, 2**32 - 1), st.integers(1, 60), st.sampled_from([3.0, 15.0, 30.0, 90.0]), st.floats(0.5, 1.6)
)


@settings(max_examples=80)
@given(cases, st.booleans())
def test_small_areas_are_filled_as_large_ones_are(case: tuple[int, int, float, float], sparse: bool) -> None:
    seed, count, reach, scale = case
    rng = np.random.default_rng(seed)
    shapes = random_shapes(rng, count, 14, reach)
    which = np.flatnonzero(rng.random(count) < (0.3 if sparse else 1.0)).astype(np.int32)
    colours = rng.integers(0, 2**32, len(which), dtype=np.uint32)
    colours[::2] |= np.uint32(0xFF000000)
    at = Placing(scale, 4.5, HEIGHT * scale)
    frame, expected = ground(), ground()
    CompiledRaster().fill(frame, shapes, which, colours, at)
    counts, limits = np.zeros(HEIGHT, np.int32), np.zeros(3, np.int32)
    found = np.empty((HEIGHT, areas.CROSSINGS), np.float32)
    for f, colour in zip(which.tolist(), colours.tolist(), strict=True):
        first, last = int(shapes.parts[f]), int(shapes.parts[f + 1])
        areas.fill_large(
            expected, shapes.xs, shapes.ys, shapes.rings, first, last, colour, *at, counts, found, limits
        )  # fmt: skip
    np.testing.assert_array_equal(frame, expected)


@settings(max_examples=80)
@given(cases, st.booleans(), st.sampled_from([0xFFFFFFFF, 0xFF804020, 0x60FF00FF]))
def test_lines_drawn_together_are_drawn_as_one_by_one(
    case: tuple[int, int, float, float], closed: bool, colour: int
) -> None:
    seed, count, reach, scale = case
    rng = np.random.default_rng(seed)
    shapes = random_shapes(rng, count, 14, reach)
    which = np.flatnonzero(rng.random(count) < 0.7).astype(np.int32)
    at = Placing(scale, 4.5, HEIGHT * scale)
    frame, expected = ground(), ground()
    CompiledRaster().outline(frame, shapes, which, colour, at, closed=closed)
    for f in which.tolist():
        for r in range(int(shapes.parts[f]), int(shapes.parts[f + 1])):
            a, b = int(shapes.rings[r]), int(shapes.rings[r + 1])
            lines.outline_long(expected, shapes.xs, shapes.ys, a, b, colour, *at, closed)
    np.testing.assert_array_equal(frame, expected)


def test_a_ring_of_more_points_than_are_prepared_at_a_time_is_drawn_whole() -> None:
    angle = np.linspace(0, 2 * np.pi, edges.BLOCK + 900, endpoint=False)
    x, y = (75 + 25 * np.cos(angle)).astype(np.float32), (55 + 25 * np.sin(angle)).astype(np.float32)
    box = np.array([[50, 30, 100, 80]], np.float32)
    shapes = Shapes(x, y, np.array([0, len(x)], np.int32), np.array([0, 1], np.int32), box, (0.0, 0.0))
    raster, at, one = CompiledRaster(), Placing(1.0, 0.0, float(HEIGHT)), np.zeros(1, np.int32)
    frame = ground()
    raster.fill(frame, shapes, one, np.array([0xFF123456], np.uint32), at)
    rows, columns = np.mgrid[0:HEIGHT, 0:WIDTH]
    far = np.hypot(columns + 0.5 - 75, HEIGHT - rows - 0.5 - 55)
    assert np.all((frame == 0xFF123456)[far < 24.9])
    assert not np.any((frame == 0xFF123456)[far > 25.1])
    raster.outline(frame, shapes, one, 0xFFABCDEF, at, closed=True)
    assert np.all((frame != 0xFF123456)[np.abs(far - 25) < 0.3])
