"""Lengths, areas and buffers against what is known of the ellipsoid, not against the same library."""

from math import cos, pi, radians

import numpy as np
import pytest
import shapely

from layers.geodesy import area_m2, buffer, inside, length_m, perimeter_m, polygon

DEGREE_NORTH_M = 110_852.4  # a degree of latitude about 30 degrees north, WGS-84 meridian arc 29.5 to 30.5


def test_a_degree_north_is_as_long_as_the_meridian_says() -> None:
    assert length_m([(120.8, 29.5), (120.8, 30.5)]) == pytest.approx(DEGREE_NORTH_M, rel=1e-4)
    assert length_m([(120.8, 29.5)]) == 0.0


def test_a_small_square_has_its_area_and_border() -> None:
    side_lat, side_lon = 0.009, 0.009 / cos(radians(29.55))
    ring = [(120.8, 29.55), (120.8 + side_lon, 29.55), (120.8 + side_lon, 29.559), (120.8, 29.559)]
    side_m = side_lat * DEGREE_NORTH_M
    assert area_m2(ring) == pytest.approx(side_m**2, rel=0.01)
    assert area_m2(ring[::-1]) == area_m2(ring)
    assert perimeter_m(ring) == pytest.approx(4 * side_m, rel=0.01)


def test_a_buffer_is_as_wide_as_asked_everywhere() -> None:
    round_a_point = shapely.from_wkb(buffer([(120.8, 29.55)], 500.0, area=False))
    edge = shapely.get_coordinates(round_a_point)
    assert all(length_m([(120.8, 29.55), tuple(at)]) == pytest.approx(500.0, abs=0.6) for at in edge)
    assert area_m2([tuple(at) for at in edge]) == pytest.approx(pi * 500.0**2, rel=0.01)
    line = buffer([(120.80, 29.55), (120.81, 29.55)], 50.0, area=False)
    north = 40.0 / DEGREE_NORTH_M
    assert inside(line, np.array([120.805, 120.805]), np.array([29.55 + north, 29.55 + 2 * north])).tolist() == [
        True,
        False,
    ]


@pytest.mark.parametrize("distance", [0.0, -5.0, 1e9, float("nan")])
def test_a_buffer_of_no_use_is_refused(distance: float) -> None:
    with pytest.raises(ValueError, match=r".*"):
        buffer([(120.8, 29.55)], distance, area=False)


def test_a_ring_that_crosses_itself_holds_what_it_encloses() -> None:
    bow = polygon([(0, 0), (2, 2), (2, 0), (0, 2)])
    assert inside(bow, np.array([0.3, 1.0, 1.9]), np.array([1.0, 1.9, 1.0])).tolist() == [True, False, True]


def test_the_area_of_a_ring_that_crosses_itself_is_what_it_encloses() -> None:
    """However it goes round its two halves: a sum of signed areas would be nothing, or next to nothing."""
    far = 0.002
    bow = [(120.8, 29.55), (120.8 + far, 29.55 + far), (120.8 + far, 29.55), (120.8, 29.55 + far)]
    square = [(120.8, 29.55), (120.8 + far, 29.55), (120.8 + far, 29.55 + far), (120.8, 29.55 + far)]
    assert area_m2(bow) == pytest.approx(area_m2(square) / 2, rel=1e-3)
