"""Shapes as Qt's paths, each read by Qt in one go from its own stream: a tenth of what adding points costs.

While the window is starting, tiles are drawn by a thread beside it, and whatever that does in Python the window waits
for.
"""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QByteArray, QDataStream, Qt
from PySide6.QtGui import QPainterPath

from layers.raster.contract import I32, Placing, Shapes

ELEMENT = np.dtype([("kind", ">i4"), ("x", ">f8"), ("y", ">f8")])
MOVE_TO, LINE_TO = 0, 1
"""As ``QPainterPath.ElementType`` has them."""
_FOOT = np.array([0, Qt.FillRule.OddEvenFill.value], ">i4").tobytes()
"""Where the last figure starts, which only matters to who adds to the path, and how it is filled."""


def paths(shapes: Shapes, which: I32, placing: Placing, *, closed: bool, at_once: int = 1) -> list[QPainterPath]:
    """Return the features ``which`` in pixels, in order, ``at_once`` of them as one path."""
    elements, ends = _elements(shapes, which, placing, closed=closed)
    if not ends:
        return []
    cuts = [0, *ends[at_once - 1 : -1 : at_once], ends[-1]]
    return [_path(elements[start:end]) for start, end in pairwise(cuts)]


def _elements(
    shapes: Shapes, which: I32, placing: Placing, *, closed: bool
) -> tuple[npt.NDArray[np.void], Sequence[int]]:
    """Return the elements of some features one after another, and where those of each end."""
    of = shapes.chosen(which.astype(np.intp))
    starts, more = of.rings[:-1].astype(np.intp), int(closed)
    ring = np.arange(len(starts))
    first = starts + more * ring  # with room after each ring for its first point once more
    made = np.zeros(len(of.xs) + more * len(starts), ELEMENT)
    at = np.arange(len(of.xs)) + more * np.repeat(ring, np.diff(of.rings))
    per_metre, dx, dy = placing
    made["kind"] = LINE_TO
    made["kind"][first] = MOVE_TO
    made["x"][at] = of.xs * per_metre + dx
    made["y"][at] = dy - of.ys * per_metre
    if closed and len(starts):
        last = np.r_[first[1:], len(made)] - 1
        made["x"][last], made["y"][last] = made["x"][first], made["y"][first]
    return made, (of.rings[of.parts[1:]] + more * of.parts[1:]).tolist()


def _path(elements: npt.NDArray[np.void]) -> QPainterPath:
    path = QPainterPath()
    stream = QDataStream(QByteArray(len(elements).to_bytes(4, "big") + elements.tobytes() + _FOOT))
    stream >> path
    return path
