"""Shapes thinned for the scale they are seen at, each made once: a point as good as on a straight edge adds nothing.

Shapes are kept in runs of neighbours, and only runs in view are thinned: who looks closely at a place of a province
does not wait for the rest of it.
"""

from collections.abc import Iterator
from itertools import pairwise
from math import ceil, log2
from threading import Lock

import numpy as np

from layers.contract import Area
from layers.raster.contract import I32, Raster, Shapes

TOLERANCE_PX = 0.35
"""So far from the edges that are left a point may lie at the coarsest scale a copy is for: half a pixel at the finest.
Beside half of it the picture cannot be told apart, and twice of it saves a tenth of the drawing."""
RUN_POINTS = 250_000
"""Points of a run, or those of a feature that has more."""
KEPT_SHARE = 1.0
"""Points of thinned copies kept at most, a share of those of the shapes; the last one made is kept in any case."""
WORTH = 0.7
"""A copy that would keep more than this share of the points is not worth its memory: the shapes themselves serve."""


class DetailCache:
    """Thinned copies of one set of shapes by half octave of scale. Any thread."""

    def __init__(self, shapes: Shapes, *, closed: bool) -> None:
        self._closed = closed
        self._points = len(shapes.xs)
        self._firsts, self._runs = _runs_of(shapes)
        self._bounds = [run.bounds() for run in self._runs]
        self._made: dict[tuple[int, bool, int], Shapes] = {}
        self._lock = Lock()

    def seen(self, raster: Raster, area: Area, margin_px: float = 2.0) -> Iterator[tuple[Shapes, I32, I32]]:
        """Yield what lies in an area, as detailed as its scale shows it, in order: shapes, and which of them.

        Last comes what number each of these has among all shapes.
        """
        x0, y0, x1, y1 = wanted = area.bounds(margin_px)
        for run, bounds in enumerate(self._bounds):
            if bounds is None or bounds[0] > x1 or bounds[2] < x0 or bounds[1] > y1 or bounds[3] < y0:
                continue
            shapes = self._at(raster, area.scale, run)
            which = shapes.visible(wanted)
            if len(which):
                yield shapes, which, which + self._firsts[run]

    def _at(self, raster: Raster, scale: float, run: int) -> Shapes:
        """Return a run as detailed as ``scale`` (metres a device pixel) shows it."""
        step = ceil(log2(scale) * 2 - 1e-9)
        key = (step, type(raster).__name__ == "CompiledRaster", run)
        with self._lock:
            found = self._made.get(key)
        if found is None:
            whole = self._runs[run]
            found = raster.thinned(whole, TOLERANCE_PX * 2.0 ** (step / 2), closed=self._closed)
            if len(found.xs) > WORTH * len(whole.xs):
                found = whole
            with self._lock:
                self._made[key] = found
                self._drop(key)
        return found

    def _drop(self, newest: tuple[int, bool, int]) -> None:
        """Drop the copies made longest ago while they take more room than is due to them."""
        kept = sum(self._own(key) for key in self._made)
        for key in [key for key in self._made if key != newest]:
            if kept <= KEPT_SHARE * self._points:
                break
            kept -= self._own(key)
            del self._made[key]

    def _own(self, key: tuple[int, bool, int]) -> int:
        """Return how many points a copy has of its own."""
        made = self._made[key]
        return 0 if made is self._runs[key[2]] else len(made.xs)


def _runs_of(shapes: Shapes) -> tuple[list[int], list[Shapes]]:
    """Return features that follow one another, some at a time, and the number of the first of each run."""
    ends = shapes.rings[shapes.parts]
    cuts, at = [0], 0
    while at < len(shapes):
        reach = int(np.searchsorted(ends, ends[at] + RUN_POINTS, "right")) - 1
        at = min(max(reach, at + 1), len(shapes))
        cuts.append(at)
    return cuts[:-1], [shapes.run(first, last) for first, last in pairwise(cuts)]
