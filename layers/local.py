"""Places of many points local to a view, in memory that is used again: fresh memory costs more than the arithmetic."""

import numpy as np

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
