"""The systems of coordinates: exact inverses, one rule for one place and for many, planes held against PROJ."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyproj import Transformer

from domain.coordinates import System, from_wgs84, system_named, to_wgs84
from domain.coordinates.offset import EAST, NORTH, SOUTH, WEST
from domain.coordinates.systems import check_plane
from domain.faults import Fault
from domain.places import distance_m


def named(name: str) -> System:
    system = system_named(name)
    assert system is not None
    return system


GCJ02, BD09 = named("gcj02"), named("bd-09")
IN_CHINA = st.tuples(st.floats(WEST, EAST), st.floats(SOUTH, NORTH))


@settings(max_examples=400)
@given(IN_CHINA, st.sampled_from([GCJ02, BD09]))
def test_what_was_shifted_comes_back(place: tuple[float, float], system: System) -> None:
    back = to_wgs84(*from_wgs84(*place, system), system)
    assert distance_m(*place, *back) < 0.001


@given(IN_CHINA)
def test_a_shift_is_of_the_size_it_is_known_for(place: tuple[float, float]) -> None:
    assert 10 < distance_m(*place, *from_wgs84(*place, GCJ02)) < 1300


@given(st.floats(-180, 180), st.floats(-85, 85))
def test_outside_of_china_gcj02_is_wgs84(lon: float, lat: float) -> None:
    if WEST - 0.05 < lon < EAST + 0.05 and SOUTH - 0.05 < lat < NORTH + 0.05:
        return
    assert from_wgs84(lon, lat, GCJ02) == (lon, lat)
    assert to_wgs84(lon, lat, GCJ02) == (lon, lat)


def test_known_places_are_where_the_maps_show_them() -> None:
    """Figures that other implementations of the two shifts agree on to a metre."""
    lon, lat = from_wgs84(116.404, 39.915, GCJ02)
    assert distance_m(lon, lat, 116.410244, 39.916404) < 1
    lon, lat = from_wgs84(*to_wgs84(116.404, 39.915, BD09), GCJ02)
    assert distance_m(lon, lat, 116.397627, 39.908655) < 2


@pytest.mark.parametrize("name", ["gcj02", "bd09", "EPSG:4549", "EPSG:4528"])
def test_many_places_are_as_one_by_one(name: str) -> None:
    system = named(name)
    rng = np.random.default_rng(7)
    lon, lat = rng.uniform(115, 125, 200), rng.uniform(20, 40, 200)
    x, y = from_wgs84(lon, lat, system, np)
    singly = [from_wgs84(float(a), float(b), system) for a, b in zip(lon, lat, strict=True)]
    assert np.allclose(np.column_stack((x, y)), singly, rtol=1e-13, atol=1e-9)
    back = np.column_stack(to_wgs84(x, y, system, np))
    assert np.abs(back - np.column_stack((lon, lat))).max() < 1e-9


@pytest.mark.parametrize("code", [4491, 4498, 4501, 4502, 4508, 4512, 4513, 4528, 4533, 4534, 4549, 4554])
def test_planes_are_those_of_proj(code: int) -> None:
    system = named(f"EPSG:{code}")
    assert system.meridian is not None
    ours = Transformer.from_crs("EPSG:4490", f"EPSG:{code}", always_xy=True)
    rng = np.random.default_rng(code)
    lon, lat = rng.uniform(system.meridian - 4, system.meridian + 4, 300), rng.uniform(3, 54, 300)
    easting, northing = from_wgs84(lon, lat, system, np)
    their_easting, their_northing = ours.transform(lon, lat)
    assert np.abs(easting - their_easting).max() < 0.0001
    assert np.abs(northing - their_northing).max() < 0.0001
    back_lon, back_lat = to_wgs84(their_easting, their_northing, system, np)
    assert max(np.abs(back_lon - lon).max(), np.abs(back_lat - lat).max()) < 1e-9


@pytest.mark.parametrize(
    "name",
    ["GCJ-02", "gcj", "WGS84", "wgs-84", "CGCS2000", "urn:ogc:def:crs:EPSG::4549", "urn:ogc:def:crs:OGC:1.3:CRS84"],
)
def test_systems_are_known_by_their_usual_names(name: str) -> None:
    assert system_named(name) is not None


@pytest.mark.parametrize("name", ["", "EPSG:3857", "EPSG:2263", "Beijing 1954", 'PROJCS["x"]'])
def test_other_systems_are_not_ours(name: str) -> None:
    assert system_named(name) is None


def test_swapped_axes_and_other_zones_are_told() -> None:
    system, zoned = named("EPSG:4549"), named("EPSG:4528")
    check_plane(482_000.0, 3_274_000.0, system)
    check_plane(40_482_000.0, 3_274_000.0, zoned)
    for east, north, which in (
        (3_274_000.0, 482_000.0, system),
        (482_000.0, 3_274_000.0, zoned),
        (math.nan, 1.0, system),
    ):
        with pytest.raises(Fault) as refused:
            check_plane(east, north, which)
        assert refused.value.key == "not_in_plane"
