"""Places of many points local to a view, in memory that is used again: fresh memory costs more than the arithmetic."""

import numpy as np
import numpy.typing as npt

from layers.raster.contract import F32, F64

TURNS = 2
"""What was returned stays as it is until it has been asked for so many more times."""


class LocalPlaces:
    """Turns plane metres (float64) into float32 metres local to a corner, as rasters take them. UI thread."""

    def __init__(self) -> None:
        self._rooms = [(np.empty(0, np.float32), np.empty(0, np.float32)) for _ in range(TURNS)]
        self._turn = 0

    def at(self, xs: F64, ys: F64, corner: tuple[float, float]) -> tuple[F32, F32]:
        """Return the places of points local to ``corner``; see ``TURNS`` for how long they last."""
        self._turn = (self._turn + 1) % TURNS
        count = len(xs)
        if len(self._rooms[self._turn][0]) < count:
            room = count + count // 8
            self._rooms[self._turn] = np.empty(room, np.float32), np.empty(room, np.float32)
        local_x, local_y = (room[:count] for room in self._rooms[self._turn])
        np.subtract(xs, corner[0], out=local_x, dtype=np.float64, casting="same_kind")
        np.subtract(ys, corner[1], out=local_y, dtype=np.float64, casting="same_kind")
        return local_x, local_y


AT_ONCE = 15_000
"""Points looked at in one go: what is in between is smaller than what memory is taken from the system for."""


def within(
    xs: F64, ys: F64, x: float, y: float, limit: float, slots: npt.NDArray[np.intp] | None = None
) -> npt.NDArray[np.intp]:
    """Return the points in the square ``limit`` metres around a place, in order.

    ``slots`` are those that count, in rising order; None for all.
    """
    parts = []
    for a in range(0, len(xs), AT_ONCE):
        some = a + np.flatnonzero(np.abs(xs[a : a + AT_ONCE] - x) <= limit)
        parts.append(some[np.abs(ys[some] - y) <= limit])
    found: npt.NDArray[np.intp] = np.concatenate(parts) if parts else np.empty(0, np.intp)
    if slots is not None:
        places = np.minimum(np.searchsorted(slots, found), len(slots) - 1)
        found = found[slots[places] == found] if len(slots) else found[:0]
    return found


def nearest(
    xs: F64, ys: F64, x: float, y: float, limit: float, slots: npt.NDArray[np.intp] | None = None
) -> int | None:
    """Return the point nearest to a place, the last of several, or None where none is within ``limit`` metres."""
    near = within(xs, ys, x, y, limit, slots)
    if not len(near):
        return None
    far = np.hypot(xs[near] - x, ys[near] - y)
    best = len(far) - 1 - int(np.argmin(far[::-1]))
    return int(near[best]) if far[best] <= limit else None
