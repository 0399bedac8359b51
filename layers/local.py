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


def nearest(
    xs: F64, ys: F64, x: float, y: float, limit: float, slots: npt.NDArray[np.intp] | None = None
) -> int | None:
    """Return the point nearest to a place, the last of several, or None where none is within ``limit`` metres.

    ``slots`` are those that count, in rising order; None for all.
    """
    best, least = None, limit
    for a in range(0, len(xs), AT_ONCE):
        some = a + np.flatnonzero(np.abs(xs[a : a + AT_ONCE] - x) <= limit)
        some = some[np.abs(ys[some] - y) <= limit]
        if slots is not None and len(some):
            places = np.minimum(np.searchsorted(slots, some), len(slots) - 1)
            some = some[slots[places] == some] if len(slots) else some[:0]
        if len(some):
            far = np.hypot(xs[some] - x, ys[some] - y)
            i = len(far) - 1 - int(np.argmin(far[::-1]))
            if far[i] <= least:
                best, least = int(some[i]), float(far[i])
    return best
