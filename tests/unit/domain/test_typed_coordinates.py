"""Coordinates as they are typed: what each spelling means, what is left open, and what is no place at all."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.coordinates import Reading, from_wgs84, read_typed, system_named
from domain.places import distance_m

HERE = (120.8225, 29.5905)
"""A spot in the middle of the demo town's county."""


@pytest.mark.parametrize(
    "text",
    [
        "120.8225, 29.5905",
        "29.5905,120.8225",
        "120.8225 29.5905",
        "120.8225，29.5905",
        "(120.8225, 29.5905)",
        "POINT(120.8225 29.5905)",
        "E120.8225 N29.5905",
        "29.5905N, 120.8225E",
        "29.5905° N 120.8225° E",
        "东经120.8225度，北纬29.5905度",
        "经度：120.8225 纬度：29.5905",
        "lat: 29.5905, lon: 120.8225",
        "120°49′21″E, 29°35′25.8″N",
        "29°35'25.8\"N 120°49'21\"E",
        "北纬29°35′25.8″ 东经120°49′21″",
        "120°49.35' 29°35.43'",
        "29 35 25.8 N 120 49 21 E",
        "wgs84: 120.8225,29.5905",
        "120.8225,29.5905 GPS",
        "１２０．８２２５，２９．５９０５",
    ],
)
def test_spellings_of_one_place(text: str) -> None:
    found = read_typed(text, HERE)
    assert found, text
    assert distance_m(found[0].lon, found[0].lat, *HERE) < 1.0


@pytest.mark.parametrize(
    ("prefix", "name"), [("gcj:", "gcj02"), ("高德 ", "gcj02"), ("bd:", "bd09"), ("百度坐标：", "bd09")]
)
def test_a_system_before_the_numbers_counts(prefix: str, name: str) -> None:
    system = system_named(name)
    assert system is not None
    lon, lat = from_wgs84(*HERE, system)
    (found, *others) = read_typed(f"{prefix}{lat:.7f}, {lon:.7f}", HERE)
    assert found.system == system
    assert distance_m(found.lon, found.lat, *HERE) < 0.5
    assert not others


@pytest.mark.parametrize("code", [4549, 4528, 4498])
def test_planes_are_read_in_both_orders(code: int) -> None:
    system = system_named(f"EPSG:{code}")
    assert system is not None
    east, north = from_wgs84(*HERE, system)
    for text in (f"{east:.2f}, {north:.2f}", f"{north:.2f} {east:.2f}", f"EPSG:{code} {east:.2f} {north:.2f}"):
        found = read_typed(text, HERE)[0]
        assert distance_m(found.lon, found.lat, *HERE) < 0.1
        assert found.system.meridian == system.meridian
        assert found.assumed is (system.zone is None and not text.startswith("EPSG"))


def test_an_open_order_gives_both_readings_the_near_one_first() -> None:
    there = (87.6, 43.8)
    first, second = read_typed("43.8, 87.6", there)
    assert (first.reading, second.reading) == (Reading.LAT_LON, Reading.LON_LAT)
    assert first.assumed
    assert (first.lon, first.lat) == there
    assert (second.lon, second.lat) == (43.8, 87.6)
    assert read_typed("43.8, 87.6")[0].reading is Reading.LAT_LON, "in China rather than off Svalbard"


def test_web_mercator_is_known() -> None:
    found = read_typed("13449900, 3451000", HERE)[0]
    assert found.system.name == "Web Mercator"
    assert distance_m(found.lon, found.lat, *HERE) < 5000


@pytest.mark.parametrize(
    "text",
    ["", "井盖", "120.8225", "2024-05-06", "13800001111", "330683001-20260306-0001", "120.8,29.5,3", "E120.8 E29.5",
     "120°61′00″E 29°10′00″N", "999, 999", "N120.8, E29.5", "1 2 3 4 5 6 7 8", "12" * 120],
)  # fmt: skip
def test_what_is_no_place_finds_none(text: str) -> None:
    assert read_typed(text, HERE) == ()


@given(st.text(max_size=60))
def test_any_text_is_taken_without_a_fault(text: str) -> None:
    for candidate in read_typed(text, HERE):
        assert -180 <= candidate.lon <= 180
        assert -90 <= candidate.lat <= 90


@given(st.floats(73, 135), st.floats(18, 53))
def test_every_place_in_china_is_found_again(lon: float, lat: float) -> None:
    found = read_typed(f"{lat:.6f},{lon:.6f}", (lon, lat))
    assert distance_m(found[0].lon, found[0].lat, lon, lat) < 0.2
