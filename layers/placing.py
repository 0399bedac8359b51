"""Placing very many marks on the plane at once: with numpy at first, with a compiled kernel once that is made."""

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from layers.mercator import Floats, to_plane_arrays

Slots = npt.NDArray[np.intp]
Columns = tuple[Floats, Floats, Floats]
"""Plane x, plane y and time of each mark."""
Place = Callable[[Slots, Floats, Floats, Floats | float, Columns], None]
"""Writes into columns where the marks in some slots are now (lons, lats in degrees) and as of when (POSIX seconds, of
each or of all of them). A slot that is outside the columns is passed over; of the same slot twice the last counts."""

AT_ONCE = 8192
"""Marks placed in one go: what is in between stays in the cache, and no large memory is taken and given back."""


def place_plainly(slots: Slots, lons: Floats, lats: Floats, times: Floats | float, columns: Columns) -> None:
    """Place marks with numpy; see ``Place``."""
    xs, ys, at = columns
    known = (slots >= 0) & (slots < len(xs))
    if not known.all():
        slots, lons, lats = slots[known], lons[known], lats[known]
        times = times if isinstance(times, float) else times[known]
    for a in range(0, len(slots), AT_ONCE):
        some = _run_of(slots[a : a + AT_ONCE])
        xs[some], ys[some] = to_plane_arrays(lons[a : a + AT_ONCE], lats[a : a + AT_ONCE])
        at[some] = times if isinstance(times, float) else times[a : a + AT_ONCE]


def _run_of(slots: Slots) -> Slots | slice:
    """Return slots that follow one another as a slice, which is placed faster: when all move they do."""
    first, last = int(slots[0]), int(slots[-1])
    run = last - first + 1 == len(slots) and bool((slots[1:] > slots[:-1]).all())
    return slice(first, last + 1) if run else slots


class Placer:
    """Places marks in the fastest way there is. Any thread may ``use`` another."""

    def __init__(self) -> None:
        self._place: Place = place_plainly

    def use(self, place: Place) -> None:
        """Place with this from now on."""
        self._place = place

    def place(self, slots: Slots, lons: Floats, lats: Floats, times: Floats | float, columns: Columns) -> None:
        """Place marks; see ``Place``."""
        self._place(slots, lons, lats, times, columns)


PLACER = Placer()
"""The one of this program: kernels are made once for all maps."""
