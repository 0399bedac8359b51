"""The compiled kernels against plain numpy and shapely, and against Qt's raster."""

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from layers.geometry import POLYGONS, contains, shared_borders, to_shapes
from layers.mercator import to_degrees
from layers.raster import compiled
from layers.raster.blit import blit
from layers.raster.compiled import CompiledRaster
from layers.raster.contract import Frame, Marks, Placing, Raster, Shapes, Surface, make_sprites, room_for, surface_of
from layers.raster.qt import QtRaster

SIDE = 96
PLACE = Placing(1.0, 0.0, float(SIDE))
"""A point (x, y) lies at pixel (x, SIDE - y)."""

coordinate = st.floats(-40, SIDE + 40, width=32)
colour = st.integers(0, 0xFFFFFF)


def blank(value: int = 0xFF204060) -> Frame:
    return np.full((SIDE, SIDE), value, np.uint32)


def ring_shapes(rings: list[list[tuple[float, float]]]) -> Shapes:
    """One feature with these open rings."""
    points = np.array([p for ring in rings for p in ring], np.float32)
    starts = np.r_[0, np.cumsum([len(ring) for ring in rings])].astype(np.int32)
    box = np.array([[*points.min(0), *points.max(0)]], np.float32)
    return Shapes(
        points[:, 0].copy(), points[:, 1].copy(), starts, np.array([0, len(rings)], np.int32), box, (0.0, 0.0)
    )


def plain_stamp(frame: Frame, xs: np.ndarray, ys: np.ndarray, codes: np.ndarray, pixels: np.ndarray) -> None:
    """Stamp pixel by pixel with plain integers: what stamping means."""
    size = pixels.shape[1]
    for x, y, code in zip(xs.tolist(), ys.tolist(), codes.tolist(), strict=True):
        left, top = int(np.floor(x)) - size // 2, int(np.floor(SIDE - y)) - size // 2
        for r in range(size):
            for c in range(size):
                row, column = top + r, left + c
                if 0 <= row < SIDE and 0 <= column < SIDE:
                    source, under = int(pixels[code, r, c]), int(frame[row, column])
                    alpha = source >> 24
                    rest = 256 - (alpha + (alpha >> 7))
                    made = 0
                    for shift in (0, 8, 16, 24):
                        made |= ((source >> shift & 255) + ((under >> shift & 255) * rest >> 8)) << shift
                    frame[row, column] = made


@st.composite
def sprites(draw: st.DrawFn) -> np.ndarray:
    size = draw(st.sampled_from([3, 5, 8, 33]))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    alpha = rng.choice([0, 40, 128, 255], (3, size, size)).astype(np.uint32)
    channels = [(rng.integers(0, 256, alpha.shape) * alpha // 255).astype(np.uint32) for _ in range(3)]
    return alpha << 24 | channels[0] << 16 | channels[1] << 8 | channels[2]


@settings(max_examples=40)
@given(st.lists(st.tuples(coordinate, coordinate, st.integers(0, 2)), min_size=1, max_size=25), sprites())
def test_stamping_is_pixel_for_pixel_what_plain_stamping_in_the_given_order_is(
    marks: list[tuple[float, float, int]], pixels: np.ndarray
) -> None:
    xs = np.array([m[0] for m in marks], np.float32)
    ys = np.array([m[1] for m in marks], np.float32)
    codes = np.array([m[2] for m in marks], np.uint16)
    expected = blank()
    plain_stamp(expected, xs.astype(float), ys.astype(float), codes, pixels)
    stamped = blank()
    CompiledRaster().stamp(stamped, xs, ys, codes, make_sprites(pixels), PLACE)
    np.testing.assert_array_equal(stamped, expected)


@settings(max_examples=60)
@given(
    st.lists(st.tuples(coordinate, coordinate, st.integers(0, 2)), min_size=1, max_size=40),
    st.lists(st.tuples(coordinate, coordinate, st.integers(0, 2)), min_size=1, max_size=25),
    sprites(),
)
def test_what_is_noted_and_laid_again_is_pixel_for_pixel_what_plain_stamping_in_order_is(
    above: list[tuple[float, float, int]], moving: list[tuple[float, float, int]], pixels: np.ndarray
) -> None:
    raster, sheet = CompiledRaster(), make_sprites(pixels)

    def arrays(marks: list[tuple[float, float, int]]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        return (
            np.array([m[0] for m in marks], np.float32),
            np.array([m[1] for m in marks], np.float32),
            np.array([m[2] for m in marks], np.uint16),
        )

    def draw(onto: Raster) -> None:
        onto.stamp(covered, *arrays(above), sheet, PLACE)
        onto.blit(covered, pixels[0], 30, -1)

    still = (np.arange(SIDE * SIDE, dtype=np.uint32) * np.uint32(2654435761) | np.uint32(0xFF000000)).reshape(
        SIDE, SIDE
    )
    covered = still.copy()
    noted = raster.noted(SIDE, SIDE)
    noted._room = 4  # too little: it has to find that out
    assert noted.note(draw, still)
    for shift in (0, 9, 2):
        noted._few = 1 + 10_000 * (shift == 2)  # set back square by square, and as a whole
        marks = Marks(*arrays([(x + shift, y, code) for x, y, code in moving]), sheet, PLACE)
        expected = still.copy()
        plain_stamp(expected, marks.xs.astype(float), marks.ys.astype(float), marks.codes, pixels)
        axs, ays, acodes = arrays(above)
        plain_stamp(expected, axs.astype(float), ays.astype(float), acodes, pixels)
        raster.blit(expected, pixels[0], 30, -1)
        frame = blank()
        noted.lay(surface_of(frame), marks)
        np.testing.assert_array_equal(frame, expected)
        window = np.zeros((SIDE + 9, SIDE + 7), np.uint32)
        rows = [[0, 0, SIDE, 20], [0, 20, 33, SIDE - 1], [34, 20, SIDE, SIDE - 1], [0, SIDE - 1, 33, SIDE]]
        boxes = np.array(rows, np.int32)
        flat = window.reshape(-1)[4 * (SIDE + 7) + 5 :]
        noted.lay(Surface(flat, SIDE + 7, SIDE, SIDE, boxes), marks)
        within = np.zeros_like(window)
        for left, top, right, bottom in boxes:
            within[4 + top : 4 + bottom, 5 + left : 5 + right] = expected[top:bottom, left:right]
        np.testing.assert_array_equal(window, within)


def test_stamping_order_decides_what_lies_on_top() -> None:
    pixels = np.stack([np.full((5, 5), 0xFFFF0000, np.uint32), np.full((5, 5), 0xFF00FF00, np.uint32)])
    xs, ys = np.array([40, 41], np.float32), np.array([40, 40], np.float32)
    frames = []
    for order in ([0, 1], [1, 0]):
        frame = blank()
        CompiledRaster().stamp(frame, xs[order], ys[order], np.array(order, np.uint16), make_sprites(pixels), PLACE)
        frames.append(int(frame[SIDE - 40, 40]))
    assert frames == [0xFF00FF00, 0xFFFF0000]


@settings(max_examples=40)
@given(st.integers(0, 2**32 - 1), st.booleans())
def test_a_filled_pixel_is_one_whose_centre_shapely_says_is_inside(seed: int, hole: bool) -> None:
    rng = np.random.default_rng(seed)
    count = int(rng.integers(3, 40))
    angles = np.sort(rng.uniform(0, 2 * np.pi, count))
    radii = rng.uniform(8, 70, count)
    middle = rng.uniform(10, SIDE - 10, 2)
    outer = np.c_[middle[0] + radii * np.cos(angles), middle[1] + radii * np.sin(angles)].astype(np.float32)
    rings = [outer.tolist()]
    holes = []
    if hole:
        inner = np.c_[middle[0] + 0.4 * radii * np.cos(angles), middle[1] + 0.4 * radii * np.sin(angles)]
        rings.append(inner.astype(np.float32).tolist())
        holes = [rings[1]]
    area = shapely.Polygon(rings[0], holes)
    frame = blank()
    shapes = ring_shapes(rings)
    CompiledRaster().fill(frame, shapes, np.zeros(1, np.int32), np.array([0xFFAABBCC], np.uint32), PLACE)
    columns, rows = np.meshgrid(np.arange(SIDE) + 0.5, np.arange(SIDE) + 0.5)
    points = shapely.points(columns, SIDE - rows)
    away = shapely.distance(shapely.MultiLineString([[*ring, ring[0]] for ring in rings]), points) > 0.02
    if not area.is_valid:
        return
    inside = shapely.contains(area, points)
    np.testing.assert_array_equal((frame == 0xFFAABBCC)[away], inside[away])


@pytest.mark.parametrize("far", [90.0, 300.0], ids=["by strips", "by sorting"])
def test_an_area_with_very_many_crossings_in_a_row_is_filled_rightly(far: float) -> None:
    teeth = [(i * 0.47, 10.0 if i % 2 else 80.0) for i in range(180)]
    ring = [*teeth, (far, 5.0), (0.0, 5.0)]
    frame = blank()
    CompiledRaster().fill(frame, ring_shapes([ring]), np.zeros(1, np.int32), np.array([0xFFFFFFFF], np.uint32), PLACE)
    area = shapely.Polygon(ring)
    columns, rows = np.meshgrid(np.arange(SIDE) + 0.5, np.arange(SIDE) + 0.5)
    points = shapely.points(columns, SIDE - rows)
    away = shapely.distance(area.exterior, points) > 0.01
    np.testing.assert_array_equal((frame == 0xFFFFFFFF)[away], shapely.contains(area, points)[away])
    assert np.count_nonzero(frame == 0xFFFFFFFF) > 1000


def test_a_translucent_fill_mixes_with_what_lies_below() -> None:
    frame = blank(0xFF000000)
    square = ring_shapes([[(0, 0), (SIDE, 0), (SIDE, SIDE), (0, SIDE)]])
    CompiledRaster().fill(frame, square, np.zeros(1, np.int32), np.array([0x80FF8040], np.uint32), PLACE)
    value = int(frame[50, 50])
    assert value >> 24 == 0xFF
    assert [value >> 16 & 255, value >> 8 & 255, value & 255] == pytest.approx([128, 64, 32], abs=1)


@settings(max_examples=60)
@given(st.tuples(coordinate, coordinate, coordinate, coordinate))
def test_a_hairline_has_its_cover_within_a_pixel_of_the_line(ends: tuple[float, float, float, float]) -> None:
    xa, ya, xb, yb = ends
    frame = np.zeros((SIDE, SIDE), np.uint32)
    line = ring_shapes([[(xa, ya), (xb, yb)]])
    CompiledRaster().outline(frame, line, np.zeros(1, np.int32), 0xFFFFFFFF, PLACE, closed=False)
    rows, columns = np.nonzero((frame & 0xFF) > 2)
    drawn = shapely.points(columns + 0.5, SIDE - rows - 0.5)
    reference = shapely.LineString([(xa, ya), (xb, yb)])
    if len(drawn):
        assert float(shapely.distance(reference, drawn).max()) < 1.6
    inner = shapely.intersection(reference, shapely.box(2, 2, SIDE - 2, SIDE - 2))
    longest = max(abs(xb - xa), abs(yb - ya))
    if longest > 4 and inner.length > 4:
        cover = float((frame & 0xFF).sum()) / 255
        along = inner.length * longest / max(reference.length, 1e-6)
        assert along * 0.9 - 2 < cover < SIDE * 1.5


@settings(max_examples=30)
@given(st.tuples(coordinate, coordinate, coordinate, coordinate), st.floats(2, 12))
def test_a_thick_line_covers_what_lies_within_half_its_width(
    ends: tuple[float, float, float, float], width: float
) -> None:
    frame = np.zeros((SIDE, SIDE), np.uint32)
    line = ring_shapes([[ends[:2], ends[2:]]])
    CompiledRaster().stroke(
        frame, line, np.zeros(1, np.int32), 0xFFFFFFFF, np.array([width], np.float32), PLACE, closed=False
    )
    columns, rows = np.meshgrid(np.arange(SIDE) + 0.5, np.arange(SIDE) + 0.5)
    far = shapely.distance(shapely.LineString([ends[:2], ends[2:]]), shapely.points(columns, SIDE - rows))
    cover = (frame & 0xFF).astype(int)
    assert np.all(cover[far < width / 2 - 0.55] == 255)
    assert np.all(cover[far > width / 2 + 0.55] == 0)


@pytest.mark.parametrize("scale", [0.4, 3.0])
def test_qt_and_the_kernels_draw_the_same_picture_but_for_edges(scale: float) -> None:
    rng = np.random.default_rng(5)
    angles = np.linspace(0, 2 * np.pi, 30, endpoint=False)
    rings = [np.c_[48 + 30 * np.cos(angles), 48 + 22 * np.sin(angles)].tolist()]
    shapes = ring_shapes([[(float(x) / scale, float(y) / scale) for x, y in ring] for ring in rings])
    place = Placing(scale, 0.0, float(SIDE))
    pixels = np.full((1, 5, 5), 0xFF00CC88, np.uint32)
    xs = (rng.uniform(0, SIDE, 20) / scale).astype(np.float32)
    frames = []
    rasters: tuple[Raster, ...] = (QtRaster(), CompiledRaster())
    for raster in rasters:
        frame = blank()
        which = np.zeros(1, np.int32)
        raster.fill(frame, shapes, which, np.array([0xFFD0A020], np.uint32), place)
        raster.outline(frame, shapes, which, 0xFFFFFFFF, place, closed=True)
        raster.stroke(frame, shapes, which, 0xFF802010, np.array([4], np.float32), place, closed=True)
        raster.stamp(frame, xs, xs[::-1].copy(), np.zeros(20, np.uint16), make_sprites(pixels), place)
        frames.append(frame)
    differs = np.abs((frames[0] >> 8 & 0xFF).astype(int) - (frames[1] >> 8 & 0xFF).astype(int)) > 40
    assert np.count_nonzero(differs) < 0.02 * SIDE * SIDE
    assert np.count_nonzero(frames[1] == 0xFFD0A020) > 500


@settings(max_examples=80)
@given(
    st.tuples(st.floats(-60, SIDE), st.floats(-60, SIDE)),
    st.floats(0.05, 9.0),
    st.integers(0, SIDE - 1),
    st.integers(0, SIDE - 1),
)
def test_a_stretched_picture_is_what_the_middle_of_each_pixel_falls_on_and_its_parts_leave_no_seam(
    corner: tuple[float, float], times: float, left: int, top: int
) -> None:
    rng = np.random.default_rng(0)
    picture = rng.integers(0, 2**32, (24, 40), np.uint32)
    box = left, top, min(SIDE, left + 50), min(SIDE, top + 70)
    made, in_parts = blank(), blank()
    CompiledRaster().stretch(made, box, picture, corner, times)
    expected = blank()
    for y in range(box[1], box[3]):
        for x in range(box[0], box[2]):
            column, row = np.floor((x + 0.5 - corner[0]) / times), np.floor((y + 0.5 - corner[1]) / times)
            if 0 <= column < 40 and 0 <= row < 24:
                expected[y, x] = picture[int(row), int(column)]
    np.testing.assert_array_equal(made, expected)
    for x, y in ((0, 0), (20, 0), (0, 12), (20, 12)):
        part = np.ascontiguousarray(picture[y : y + 12, x : x + 20])
        CompiledRaster().stretch(in_parts, box, part, (corner[0] + x * times, corner[1] + y * times), times)
    assert np.array_equal(in_parts == blank(), made == blank()), "each pixel falls on one part"


def test_what_is_drawn_part_by_part_is_what_is_drawn_in_one_go(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compiled, "AT_ONCE", 3)
    monkeypatch.setattr(compiled, "RINGS_AT_ONCE", 4)
    rng = np.random.default_rng(5)
    seeds = shapely.MultiPoint(rng.uniform(0, 0.001, (30, 2)))
    areas, _ = to_shapes(np.array(shapely.get_parts(shapely.voronoi_polygons(seeds))), POLYGONS)
    came_between: list[int] = []
    whole, in_parts = CompiledRaster(), CompiledRaster(lambda: came_between.append(1))
    which = np.arange(len(areas), dtype=np.int32)[::-1].copy()
    colours, widths = rng.integers(0, 2**32, len(which), np.uint32), rng.uniform(1, 4, len(which)).astype(np.float32)
    drawn = []
    for raster in (whole, in_parts):
        thinned, frame = raster.thinned(areas, 3.0, closed=True), blank()
        place = Placing(0.8, SIDE / 2, SIDE / 2)
        raster.fill(frame, thinned, which, colours, place)
        raster.outline(frame, thinned, which, 0xFF123456, place, closed=True)
        raster.stroke(frame, thinned, which, 0xFF654321, widths, place, closed=False)
        drawn.append((frame, *thinned.xs, *thinned.ys, *thinned.rings))
    np.testing.assert_array_equal(drawn[0][0], drawn[1][0])
    assert drawn[0][1:] == drawn[1][1:]
    assert len(came_between) == 3 * 10 + 8


def test_both_rasters_stretch_a_picture_alike() -> None:
    picture = np.repeat(
        np.repeat(np.array([[0xFF112233, 0xFF445566], [0xFF778899, 0xFFAABBCC]], np.uint32), 8, 0), 8, 1
    )
    made, by_qt = blank(), blank()
    for raster, frame in ((CompiledRaster(), made), (QtRaster(), by_qt)):
        raster.stretch(frame, (10, 20, 90, 70), picture, (4.0, 12.0), 3.0)
    np.testing.assert_array_equal(made, by_qt)


@settings(max_examples=60)
@given(st.integers(0, 2**32 - 1), st.integers(0, 60), st.tuples(st.floats(-50, 50), st.floats(-50, 50)))
def test_points_near_a_view_are_those_within_its_bounds_in_order(
    seed: int, count: int, corner: tuple[float, float]
) -> None:
    rng = np.random.default_rng(seed)
    xs, ys, codes = *rng.uniform(-60, 60, (2, count)), rng.integers(0, 9, count).astype(np.uint16)
    bounds = -20.0, -30.0, 25.0, 40.0
    kept = [k for k in range(count) if -20.0 <= xs[k] <= 25.0 and -30.0 <= ys[k] <= 40.0]
    for raster in (CompiledRaster(), QtRaster()):
        found = raster.near(xs, ys, codes, corner, bounds, room_for(count))
        assert found.xs.tolist() == (xs[kept] - corner[0]).astype(np.float32).tolist()
        assert found.ys.tolist() == (ys[kept] - corner[1]).astype(np.float32).tolist()
        assert found.codes.tolist() == codes[kept].tolist()


@given(st.integers(-30, SIDE + 10), st.integers(-30, SIDE + 10))
@settings(max_examples=40)
def test_blitting_one_picture_is_stamping_it(x: int, y: int) -> None:
    rng = np.random.default_rng(3)
    alpha = rng.choice([0, 90, 255], (9, 9)).astype(np.uint32)
    sprite = alpha << 24 | alpha << 16 | (alpha // 2) << 8
    laid, stamped = blank(), blank()
    blit(laid, sprite, x, y)
    xs = np.array([x + 4.5], np.float32)
    ys = np.array([SIDE - y - 4.5], np.float32)
    CompiledRaster().stamp(stamped, xs, ys, np.zeros(1, np.uint16), make_sprites(sprite[None]), PLACE)
    np.testing.assert_array_equal(laid, stamped)


@settings(max_examples=80)
@given(st.integers(0, 2**32 - 1), st.integers(1, 300), st.sampled_from([0.3, 2.0, 9.0]), st.booleans())
def test_thinning_keeps_ends_and_leaves_every_point_near_the_edges_that_stay(
    seed: int, count: int, tolerance: float, closed: bool
) -> None:
    rng = np.random.default_rng(seed)
    walk = np.cumsum(rng.normal(0, 1, (count, 2)), axis=0)
    way = np.c_[np.linspace(0, 40, count), rng.choice([0.0, 0.1, 5.0], count)]  # long straight parts, and coming back
    shapes = ring_shapes([walk.tolist(), np.r_[way, way[::-1]].tolist()])
    thin = CompiledRaster().thinned(shapes, tolerance, closed=closed)
    for ring in range(2):
        a, b = shapes.rings[ring : ring + 2]
        points, left = (
            np.c_[xs, ys].astype(float)
            for xs, ys in (
                (shapes.xs[a:b], shapes.ys[a:b]),
                (
                    thin.xs[thin.rings[ring] : thin.rings[ring + 1]],
                    thin.ys[thin.rings[ring] : thin.rings[ring + 1]],
                ),
            )
        )
        assert (left[0] == points[0]).all()
        assert closed or (left[-1] == points[-1]).all()
        assert {tuple(point) for point in left.tolist()} <= {tuple(point) for point in points.tolist()}
        edges = np.r_[left, left[:1]] if closed or len(left) == 1 else left
        far = shapely.distance(shapely.LineString(edges), shapely.points(points)).max()
        assert far <= 1.5 * tolerance + 1e-4


def test_thinning_leaves_the_corners_of_what_is_straight_between_them() -> None:
    side = np.linspace(0, 100, 60)
    outline = np.r_[
        np.c_[side, 0 * side],
        np.c_[0 * side + 100, side],
        np.c_[side[::-1], 0 * side + 100],
        np.c_[0 * side, side[::-1]],
    ]
    thin = CompiledRaster().thinned(ring_shapes([outline.tolist()]), 0.5, closed=True)
    assert 4 <= len(thin.xs) <= 8
    made = shapely.Polygon(np.c_[thin.xs, thin.ys])
    assert abs(made.area - 100 * 100) <= 0.5 * 400


def test_shared_borders_draw_each_border_once_and_leave_none_out() -> None:
    cells = [shapely.box(x, y, x + 0.01, y + 0.01) for x in (0, 0.01, 0.02) for y in (0, 0.01)]
    shapes, kept = to_shapes(np.array(cells, dtype=object), POLYGONS)
    assert kept.tolist() == [0, 1, 2, 3, 4, 5]
    lines = shared_borders(shapes)
    drawn = shapely.MultiLineString(
        [np.c_[lines.xs[a:b], lines.ys[a:b]] for a, b in zip(lines.rings[:-1], lines.rings[1:], strict=True)]
    )
    once = shapely.union_all(
        [
            shapely.LinearRing(np.c_[shapes.xs[a:b], shapes.ys[a:b]])
            for a, b in zip(shapes.rings[:-1], shapes.rings[1:], strict=True)
        ]
    )
    assert drawn.length == pytest.approx(once.length, rel=1e-4)
    assert shapely.hausdorff_distance(drawn, once) < 1.0


@settings(max_examples=40)
@given(st.floats(-0.02, 0.05), st.floats(-0.02, 0.05))
def test_a_point_is_in_an_area_when_shapely_says_so(lon: float, lat: float) -> None:
    ring = [(0, 0), (0.03, 0.002), (0.02, 0.03), (0.012, 0.011), (0.004, 0.028)]
    hole = [(0.012, 0.004), (0.018, 0.004), (0.016, 0.009)]
    area = shapely.Polygon(ring, [hole])
    shapes, _ = to_shapes(np.array([area], dtype=object), POLYGONS)
    from layers.mercator import to_plane

    if shapely.distance(area.boundary, shapely.Point(lon, lat)) > 1e-5:
        x, y = to_plane(lon, lat)
        assert contains(shapes, 0, x, y) == area.contains(shapely.Point(to_degrees(x, y)))
