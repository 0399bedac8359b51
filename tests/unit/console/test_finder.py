"""Coordinates typed into the command bar: each thing they may mean is a hit that says how it was read."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.finder import Finder, Place
from console.tasks import Tasks
from domain.coordinates import from_wgs84, system_named
from domain.places import distance_m
from resources.words import Words
from widgets.command_bar import Hit
from widgets.names import Names


def find(typed: str) -> list[Hit]:
    words = Words("en")
    finder = Finder(words, Names(words), Tasks(lambda error, where: None))
    finder.use_shapes((), [Place("x", 120.82, 29.59)])
    return [hit for hit in finder.find(typed) if hit.what == "place"]


@given(st.floats(119, 122), st.floats(28, 31))
def test_a_pair_is_found_in_either_order(lon: float, lat: float) -> None:
    for typed in (f"{lon:.7f}, {lat:.7f}", f"{lat:.7f}，{lon:.7f}", f" {lon:.7f}  {lat:.7f} "):
        hit = find(typed)[0]
        assert hit.lon is not None
        assert hit.lat is not None
        assert distance_m(hit.lon, hit.lat, lon, lat) < 0.1


def test_how_it_was_read_is_said() -> None:
    system = system_named("gcj02")
    assert system is not None
    lon, lat = from_wgs84(120.8225, 29.5905, system)
    (hit,) = find(f"gcj: {lat:.6f}, {lon:.6f}")
    assert hit.text == "120.822500, 29.590500"
    assert hit.detail == "GCJ-02, read as latitude, longitude"
    assert "likeliest" in find("85.5, 43.8")[0].detail


@pytest.mark.parametrize("name", ["gcj02", "bd09"])
def test_degrees_that_name_no_system_are_offered_as_those_of_phone_maps_after_ours(name: str) -> None:
    system = system_named(name)
    assert system is not None
    lon, lat = from_wgs84(120.8225, 29.5905, system)
    ours, *others = find(f"{lat:.6f}, {lon:.6f}")
    assert ours.text == f"{lon:.6f}, {lat:.6f}"
    assert ours.detail == "WGS-84, read as latitude, longitude"
    (meant,) = [hit for hit in others if system.name in hit.detail]
    assert meant.text == "120.822500, 29.590500"
    assert meant.detail.startswith("if it is from ")
    assert find("85.5, 43.8")[-1].detail.startswith("3,488 km from this town")


def test_a_plane_has_a_name_a_person_knows() -> None:
    (hit,) = find("3289000, 40500000")
    assert hit.detail == "81 km from this town · Gauss-Krüger, zone 40, read as northing, easting"


@pytest.mark.parametrize("typed", ["120.75", "120.75, 95", "181, 20", "nan, 20", "a, b", "1, 2, 3", "inf 0"])
def test_anything_else_is_no_place(typed: str) -> None:
    assert find(typed) == []
