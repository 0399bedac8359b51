"""What of the map is painted again where nothing but marks moved: the cells those were in, and those they are in.

Qt adds up what is to be painted, and keeps the rest of the window as it is. So it is enough that with each change the
cells are named in which the picture before and the picture after it may differ.
"""

import msgspec
import numpy as np
from PySide6.QtCore import QSize
from PySide6.QtGui import QBitmap, QImage, QRegion, QTransform

from layers.contract import Area
from layers.raster.contract import CELL_HIGH, CELL_WIDE, MarkCells, Marks, Mask

MOST_MARKS = 20_000
"""More marks than this are not looked through: they are nearly everywhere."""
MOST_CELLS = 0.8
"""The share of all cells from which on painting all costs no more."""
RESTS = 10
"""Where most marks moved, as many changes are not looked through: it will be so again."""
MARGIN_PX = 8
"""How far marks may walk meanwhile, device pixels, while the cells round them all are told of."""
MOST_RUNS = 48
"""Boxes of a region, at most, where there are not more rows of cells: each costs a little when it is painted."""
BITS = QImage.Format.Format_MonoLSB


class Home(msgspec.Struct, frozen=True):
    """The cells round many marks that all walk about."""

    cells: Mask
    region: QRegion


class MovedMarks:
    """Remembers where marks were. UI thread."""

    def __init__(self) -> None:
        self._before: Marks | None = None
        self._home: Home | None = None
        self._rests = 0

    def begin(self, marks: Marks | None) -> None:
        """Know that all of the map is painted with the marks where they are now."""
        self.forget()
        if marks is not None and len(marks.xs) <= MOST_MARKS:
            self._before = _kept(marks)

    def forget(self) -> None:
        """Know nothing of before: something else than marks has changed."""
        if self._home is not None:
            self._rests = 0
        self._before = self._home = None

    def worth_asking(self) -> bool:
        """Whether ``region`` is to be asked; else all is painted, as it had to be of late."""
        if self._rests and self._home is None:
            self._rests -= 1
            self._before = None
            return not self._rests
        return True

    def region(self, marks: Marks | None, finder: MarkCells | None, area: Area) -> QRegion | None:
        """Return where the picture may differ from that of the last time, logical pixels; None: anywhere.

        ``marks`` are all that moves, None if more than they does; ``finder`` is None where there is none.
        """
        before, home, rests = self._before, self._home, self._rests
        self.forget()
        if finder is None or marks is None or len(marks.xs) > MOST_MARKS:
            return None
        if home is not None and finder.lie_within(marks, home.cells):
            if rests > 1:
                self._home, self._rests = home, rests - 1
            else:  # it is looked anew whether so many move
                self._before = _kept(marks)
            return home.region
        self._before = _kept(marks)
        if before is None or before.sprites is not marks.sprites or before.placing != marks.placing:
            return None
        return self._altered(before, self._before, finder, area)

    def _altered(self, before: Marks, after: Marks, finder: MarkCells, area: Area) -> QRegion | None:
        cells = _no_cells(area)
        if finder.touch_altered(before, after, cells) * 2 > len(after.xs) and len(after.xs) == len(before.xs):
            around = _no_cells(area)
            finder.touch(after, MARGIN_PX, around)
            self._rests = RESTS
            if _share(around) <= MOST_CELLS:
                self._home = Home(around, _region_of(around, finder, area))
                cells |= around
        return _region_of(cells, finder, area) if _share(cells) <= MOST_CELLS else None


def _kept(marks: Marks) -> Marks:
    """Return marks that stay as they are: whose memory is not used again."""
    return marks._replace(xs=marks.xs.copy(), ys=marks.ys.copy(), codes=marks.codes.copy())


def _no_cells(area: Area) -> Mask:
    return np.zeros((-(-area.height // CELL_HIGH) + 2, -(-area.width // CELL_WIDE) + 2), np.bool_)


def _share(cells: Mask) -> float:
    seen = cells[1:-1, 1:-1]
    return float(np.count_nonzero(seen)) / seen.size


def _region_of(cells: Mask, finder: MarkCells, area: Area) -> QRegion:
    """Return the region of cells that are set, logical pixels, and of some in between."""
    seen = cells[1:-1, 1:-1].copy()
    rows, columns = seen.shape
    finder.join(seen, max(MOST_RUNS, rows))
    bits = np.packbits(seen, axis=1, bitorder="little").tobytes()
    wide, high = CELL_WIDE / area.ratio, CELL_HIGH / area.ratio
    a_pixel_each = QRegion(QBitmap.fromData(QSize(columns, rows), bits, BITS))
    region = found = QTransform.fromScale(wide, high).map(a_pixel_each)
    if not (wide.is_integer() and high.is_integer()):
        for dx, dy in ((-1, -1), (-1, 1), (1, -1), (1, 1)):  # each edge was rounded, to either side
            region += found.translated(dx, dy)
    return region
