"""The camera: coordinates there and back, zooming about a point, fitting, the ladder of scales, views left behind."""

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from layers.camera import COARSEST_M, FINEST_M, Camera, ViewHistory, snap_scale
from layers.mercator import HALF_WORLD_M, to_degrees, to_plane

plane = st.floats(-HALF_WORLD_M, HALF_WORLD_M)
scale = st.floats(0.05, 2000).map(snap_scale)
size = st.integers(100, 4000)
cameras = st.builds(Camera, plane, plane, scale, size, size)


@given(st.floats(-180, 180), st.floats(-85, 85))
def test_degrees_come_back_from_the_plane(lon: float, lat: float) -> None:
    assert to_degrees(*to_plane(lon, lat)) == pytest.approx((lon, lat), abs=1e-9)


@given(cameras, st.floats(-500, 5000), st.floats(-500, 5000))
def test_a_pixel_comes_back_from_the_plane(camera: Camera, px: float, py: float) -> None:
    assert camera.to_screen(*camera.to_plane(px, py)) == pytest.approx((px, py), abs=1e-3)


@given(cameras, st.integers(-24, 24), st.floats(0, 1), st.floats(0, 1))
def test_zooming_keeps_the_point_under_the_pointer(camera: Camera, steps: int, across: float, down: float) -> None:
    px, py = across * camera.width, down * camera.height
    x, y = camera.to_plane(px, py)
    zoomed = camera.zoomed(steps, px, py)
    assume(abs(zoomed.x) < HALF_WORLD_M and abs(zoomed.y) < HALF_WORLD_M)
    assert zoomed.to_plane(px, py) == pytest.approx((x, y), abs=max(camera.scale, zoomed.scale) * 1e-3)


@given(cameras, st.integers(1, 40))
def test_zooming_out_and_in_again_comes_back_to_the_same_scale(camera: Camera, steps: int) -> None:
    away = camera.zoomed(-steps, 0, 0)
    assume(away.scale < COARSEST_M)
    assert away.zoomed(steps, 0, 0).scale == camera.scale


@given(st.floats(1e-6, 1e9))
def test_scales_stay_within_bounds_and_on_the_ladder(wanted: float) -> None:
    snapped = snap_scale(wanted)
    assert FINEST_M <= snapped <= COARSEST_M
    assert snap_scale(snapped) == snapped


@given(st.floats(-1e7, 1e7), st.floats(-1e7, 1e7), st.floats(1, 1e6), st.floats(1, 1e6), size, size)
def test_fitting_shows_all_of_it_and_wastes_little(
    x: float, y: float, w: float, h: float, width: int, height: int
) -> None:
    fitted = Camera(width=width, height=height).fitted((x, y, x + w, y + h))
    x0, y0, x1, y1 = fitted.bounds()
    assert x0 <= x
    assert y0 <= y
    assert x1 >= x + w
    assert y1 >= y + h
    filled = max(w / (x1 - x0), h / (y1 - y0))
    assert filled > 0.8 or fitted.scale == FINEST_M


@given(cameras, st.sampled_from([1.0, 1.25, 2.0]))
def test_the_area_is_aligned_to_whole_pixels_and_covers_the_view(camera: Camera, ratio: float) -> None:
    area = camera.area(ratio)
    assert (area.width, area.height) == (round(camera.width * ratio), round(camera.height * ratio))
    assert area.left / area.scale == pytest.approx(round(area.left / area.scale), abs=1e-6)
    x0, _, _, y1 = camera.bounds()
    assert abs(area.left - x0) <= area.scale
    assert abs(area.top - y1) <= area.scale


@given(cameras, st.floats(-1e9, 1e9), st.floats(-1e9, 1e9))
def test_panning_never_leaves_the_world(camera: Camera, dx: float, dy: float) -> None:
    moved = camera.moved(dx, dy)
    assert abs(moved.x) <= HALF_WORLD_M
    assert abs(moved.y) <= HALF_WORLD_M


def test_views_come_back_latest_first_and_the_oldest_is_forgotten() -> None:
    history = ViewHistory(limit=3)
    views = [Camera(x=float(i)) for i in range(5)]
    for view in views:
        history.remember(view)
        history.remember(view)
    assert [history.back() for _ in range(4)] == [views[4], views[3], views[2], None]
