"""Placing many marks: the compiled kernel writes what numpy writes, wherever they are, however they are handed in."""

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from layers.mercator import to_plane
from layers.placing import Columns, Place, place_plainly
from layers.raster import compiled, places

ROOM = 3000
LATS = st.one_of(st.floats(-90, 90), st.floats(29, 30), st.sampled_from([-90.0, -85.06, 0.0, 85.05, 85.06, 90.0]))


def columns() -> Columns:
    return np.full(ROOM, -1.0), np.full(ROOM, -2.0), np.full(ROOM, -3.0)


@st.composite
def many(draw: st.DrawFn) -> tuple[np.ndarray, np.ndarray, np.ndarray | float]:
    """Slots (in a run, strewn or unknown), degrees (n, 2) around a place, and times of each or of all."""
    count, seed = draw(st.integers(0, 2600)), draw(st.integers(0, 2**32 - 1))
    rng = np.random.default_rng(seed)
    first = draw(st.integers(0, ROOM - 2600))
    slots = np.arange(first, first + count)
    strewn = rng.random(count) < draw(st.sampled_from([0.0, 0.001, 1.0]))
    slots[strewn] = rng.integers(-3, ROOM + 3, int(strewn.sum()))
    wide = draw(st.sampled_from([0.01, 1.0, 6.0, 90.0]))
    lats = np.clip(draw(LATS) + rng.uniform(-wide, wide, count), -90, 90)
    return (
        slots,
        np.column_stack([rng.uniform(-180, 180, count), lats]),
        draw(st.sampled_from([7.0, rng.random(count)])),
    )


@settings(max_examples=150)
@given(many(), st.sampled_from([np.ascontiguousarray, np.asfortranarray, np.asarray]), st.booleans())
def test_the_kernel_places_marks_where_numpy_does(
    given_marks: tuple[np.ndarray, np.ndarray, np.ndarray | float], laid: Callable[..., np.ndarray], fixed: bool
) -> None:
    slots, degrees, times = given_marks
    degrees = laid(degrees)
    degrees.flags.writeable = not fixed
    wanted, found = columns(), columns()
    place_plainly(slots, degrees[:, 0], degrees[:, 1], times, wanted)
    compiled.place_marks(slots, degrees[:, 0], degrees[:, 1], times, found)
    for name, one, other in zip(("x", "y", "time"), wanted, found, strict=True):
        np.testing.assert_allclose(other, one, rtol=1e-12, atol=1e-6, err_msg=name)


@pytest.mark.parametrize("place", [place_plainly, compiled.place_marks])
def test_slots_of_no_mark_are_passed_over_and_of_the_same_slot_the_last_counts(place: Place) -> None:
    slots = np.array([5, -1, 7, 5, ROOM, -(2**40), 2**40])
    lons, lats = np.linspace(120, 121, 7), np.linspace(29, 30, 7)
    xs, ys, times = held = columns()
    place(slots, lons, lats, np.arange(7.0), held)
    assert np.flatnonzero(xs != -1.0).tolist() == np.flatnonzero(ys != -2.0).tolist() == [5, 7]
    assert (xs[5], ys[5]) == pytest.approx(to_plane(lons[3], lats[3]), abs=1e-6)
    assert times[[5, 7]].tolist() == [3.0, 2.0]


@pytest.mark.parametrize("place", [place_plainly, compiled.place_marks])
def test_what_is_no_number_is_that_mark_alone(place: Place) -> None:
    lats = np.linspace(29, 30, 9)
    lats[4] = np.nan
    xs, ys, _ = held = columns()
    place(np.arange(9), np.linspace(120, 121, 9), lats, 1.0, held)
    wanted = [to_plane(120 + k / 8, lat)[1] for k, lat in enumerate(lats.tolist()) if k != 4]
    assert np.isfinite(xs[:9]).all()
    assert np.isnan(ys[4])
    np.testing.assert_allclose(np.delete(ys[:9], 4), wanted, atol=1e-6)


def test_no_kernel_is_made_on_the_way() -> None:
    compiled.exercise()
    before = len(places.place.signatures)  # type: ignore[attr-defined]
    both = np.column_stack([np.linspace(120, 121, 9), np.linspace(29, 30, 9)])
    rows = np.ascontiguousarray(both.T)
    for lons, lats in ((both[:, 0], both[:, 1]), (rows[0], rows[1]), (both[:, 0], rows[1]), (rows[0], both[:, 1])):
        for slots in (np.arange(9), np.arange(18)[::2]):
            compiled.place_marks(slots, lons, lats, 3.0, columns())
            compiled.place_marks(slots, lons, lats, lats.copy(), columns())
    assert len(places.place.signatures) == before  # type: ignore[attr-defined]
