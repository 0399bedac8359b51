"""Coordinates typed into the command bar."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.finder import read_coordinates


@given(st.floats(-180, 180), st.floats(-90, 90))
def test_a_pair_in_range_is_read_as_it_was_written(lon: float, lat: float) -> None:
    assert read_coordinates(f"{lon!r}, {lat!r}") == (lon, lat)
    assert read_coordinates(f"{lon!r}，{lat!r}") == (lon, lat)
    assert read_coordinates(f" {lon!r}  {lat!r} ") == (lon, lat)


@pytest.mark.parametrize("typed", ["", "120.75", "120.75, 95", "181, 20", "nan, 20", "a, b", "1, 2, 3", "inf 0"])
def test_anything_else_is_no_place(typed: str) -> None:
    assert read_coordinates(typed) is None
