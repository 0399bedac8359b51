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
"""So many marks are nearly everywhere: all is painted."""


class MovedMarks:
    """Remembers where marks were. UI thread."""

    def __init__(self) -> None:
        self._key: Hashable = None
        self._before: Marks | None = None

    def region(self, key: Hashable, marks: Marks | None, raster: Raster, area: Area) -> QRegion | None:
        """Return where the picture may differ from that of the last time, logical pixels; None: anywhere.

        ``key`` differs where anything but the marks does; ``marks`` are all that moves, None if more than they does.
        """
        before = self._before if key == self._key else None
        few = marks is not None and len(marks.xs) <= MOST_MARKS
        after = _kept(marks) if marks is not None and few else None
        self._key, self._before = key, after
        if before is None or after is None:
            return None
        if before.sprites is not after.sprites or before.placing != after.placing:
            return None
        boxes = raster.moved(before, after, -(-area.height // CELL_HIGH), -(-area.width // CELL_WIDE))
        return None if boxes is None else _region_of(boxes, area.ratio)


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
