"""Shapes thinned for the scale they are seen at, each made once: a point as good as on a straight edge adds nothing."""

from math import ceil, log2
from threading import Lock

from layers.raster.contract import Raster, Shapes

TOLERANCE_PX = 0.35
"""So far from the edges that are left a point may lie at the coarsest scale a copy is for: half a pixel at the finest.
Beside half of it the picture cannot be told apart, and twice of it saves a tenth of the drawing."""
KEPT_SHARE = 1.0
"""Points of thinned copies kept at most, a share of those of the shapes; the last one made is kept in any case."""
WORTH = 0.7
"""A copy that would keep more than this share of the points is not worth its memory: the shapes themselves serve."""


class DetailCache:
    """Thinned copies of one set of shapes by half octave of scale. Any thread."""

    def __init__(self, shapes: Shapes, *, closed: bool) -> None:
        self.shapes = shapes
        self.closed = closed
        self._made: dict[tuple[int, bool], Shapes] = {}
        self._lock = Lock()

    def at(self, raster: Raster, scale: float) -> Shapes:
        """Return the shapes as detailed as ``scale`` (metres a device pixel) shows them."""
        step = ceil(log2(scale) * 2 - 1e-9)
        key = (step, type(raster).__name__ == "CompiledRaster")
        with self._lock:
            found = self._made.get(key)
        if found is None:
            found = raster.thinned(self.shapes, TOLERANCE_PX * 2.0 ** (step / 2), closed=self.closed)
            if len(found.xs) > WORTH * len(self.shapes.xs):
                found = self.shapes
            with self._lock:
                self._made[key] = found
                self._drop(key)
        return found

    def _drop(self, newest: tuple[int, bool]) -> None:
        """Drop the copies made longest ago while they take more room than is due to them."""
        limit = KEPT_SHARE * len(self.shapes.xs)
        for key in [key for key in self._made if key != newest]:
            if sum(len(made.xs) for made in self._made.values() if made is not self.shapes) <= limit:
                break
            del self._made[key]
