"""What of the map is painted again where nothing but marks moved: the cells those were in, and those they are in.

Qt adds up what is to be painted, and keeps the rest of the window as it is. So it is enough that with each change the
cells are named in which the picture before and the picture after it may differ.
"""

from collections.abc import Hashable
from math import ceil, floor

from PySide6.QtCore import QRect
from PySide6.QtGui import QRegion

from layers.contract import Area
from layers.raster.contract import CELL_HIGH, CELL_WIDE, I32, Marks, Raster

MOST_MARKS = 20_000
"""More marks than this are not looked through: they are nearly everywhere."""
RESTS = 10
"""Where so many moved that all is painted, as many changes are not looked through: it will be so again."""


class MovedMarks:
    """Remembers where marks were. UI thread."""

    def __init__(self) -> None:
        self._key: Hashable = None
        self._before: Marks | None = None
        self._rests = 0

    def worth_asking(self) -> bool:
        """Whether few enough moved of late for ``region`` to be asked; else all is painted."""
        if self._rests:
            self._rests -= 1
            self._before = None
        return not self._rests

    def region(self, key: Hashable, marks: Marks | None, raster: Raster, area: Area) -> QRegion | None:
        """Return where the picture may differ from that of the last time, logical pixels; None: anywhere.

        ``key`` differs where anything but the marks does; ``marks`` are all that moves, None if more than they does.
        """
        before = self._before if key == self._key else None
        after = None if marks is None or len(marks.xs) > MOST_MARKS else _kept(marks)
        self._key, self._before = key, after
        if before is None or after is None:
            return None
        if before.sprites is not after.sprites or before.placing != after.placing:
            return None
        boxes = raster.moved(before, after, -(-area.height // CELL_HIGH), -(-area.width // CELL_WIDE))
        if boxes is not None:
            return _region_of(boxes, area.ratio)
        if len(before.xs) == len(after.xs):  # else somebody only came into view, or left it
            self._rests = RESTS
        return None


def _kept(marks: Marks) -> Marks:
    """Return marks that stay as they are: whose memory is not used again."""
    return marks._replace(xs=marks.xs.copy(), ys=marks.ys.copy(), codes=marks.codes.copy())


def _region_of(boxes: I32, ratio: float) -> QRegion:
    """Return the region of runs of cells, logical pixels."""
    region, wide, high = QRegion(), CELL_WIDE / ratio, CELL_HIGH / ratio
    for left, row, right in boxes.tolist():
        x, y = floor(left * wide), floor(row * high)
        region += QRect(x, y, ceil(right * wide) - x, ceil((row + 1) * high) - y)
    return region
