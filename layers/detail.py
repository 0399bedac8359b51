"""Shapes thinned for the scale they are seen at, each made once: a point nearer than most of a pixel adds nothing."""

from math import ceil, log2
from threading import Lock

from layers.raster.contract import Raster, Shapes

TOLERANCE_PX = 0.7
KEPT_SCALES = 12


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
            with self._lock:
                self._made[key] = found
                if len(self._made) > KEPT_SCALES:
                    del self._made[next(iter(self._made))]
        return found
