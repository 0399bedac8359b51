"""Too many people and vehicles to be told apart at a scale: how many there are in each cell, instead of each by itself.

A cell counts all that stands in it, and its mark stands in the middle of them; nobody is left out and nobody counted
twice. Whoever is alone in a cell keeps the ordinary symbol. Those with a fresh fix are counted apart from those of whom
only the last known place is left, whose marks are hollow and lie below.
"""

from collections.abc import Callable, Hashable, Sequence
from math import floor

import msgspec
import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QPainter, QPen

from layers.contract import Area, Look
from layers.local import lies_in, within
from layers.numbered import Numbered, NumberedMarks
from layers.raster.contract import F64, Bounds, Cells, Frame, Raster
from resources.theme import Theme

CELL_PX = 64.0
"""Side of a cell, logical pixels."""
MANY_A_CELL = 25.0
"""Things a cell over all the ground they stand on: from here on they are counted instead of drawn one by one."""
LEAST = 2000
"""Fewer things than this are drawn one by one at any scale."""
SERVES = 1.5
"""Cells that are at most so many times as large as they should be, or as small, may serve for a frame."""
ACROSS = 38.0
FRESH, OLD = 0, 1

Slots = npt.NDArray[np.intp]
Parts = Callable[[], Sequence[tuple[int, Slots | None]]]


class Group(msgspec.Struct, frozen=True):
    """The cells of those with fresh fixes or of the others, as last counted; ``slots`` were counted, None for all."""

    kind: int
    cells: Cells
    side: float
    slots: Slots | None


class Crowds:
    """Counts and marks of one layer of moving things. UI thread."""

    def __init__(self, look: Look) -> None:
        self._look = look
        self._marks: dict[float, NumberedMarks] = {}
        self._spread: tuple[int, float] | None = None
        self._gathered: tuple[tuple[Hashable, float], Bounds] | None = None
        self.groups: tuple[Group, ...] = ()
        self.owing = False
        """Whether the cells of the scale before were drawn, so that this frame came in time: the next counts anew."""
        self._at_once = False

    def restyle(self) -> None:
        """Take up another theme."""
        self._marks = {}

    def put_nothing_off(self) -> None:
        """Have what is drawn next counted at its own scale."""
        self._at_once = True

    def needed(self, xs: F64, ys: F64, revision: int, area: Area) -> bool:
        """Return whether so many things are to be counted at this scale. It does not depend on where one looks.

        How far they are spread is measured anew with each ``revision``.
        """
        if len(xs) < LEAST:
            return False
        if self._spread is None or self._spread[0] != revision:
            self._spread = revision, float(np.ptp(xs)) * float(np.ptp(ys))
        return len(xs) * self._side(area) ** 2 > MANY_A_CELL * self._spread[1]

    def gather(self, raster: Raster, area: Area, key: Hashable, xs: F64, ys: F64, parts: Parts) -> None:
        """Count the things in view, those of each part by themselves; anew only with another ``key``, scale or view.

        What comes into view while the map is dragged is counted along with them. Where the scale alone has altered, and
        not by far, the cells that are there serve one frame longer (see ``owing``): the frame that turns a wheel has
        enough to do.
        """
        side = self._side(area)
        seen, before = area.bounds(ACROSS * area.ratio), self._gathered
        no_longer, self.owing, self._at_once = self.owing or self._at_once, False, False
        if before is not None and before[0][0] == key and lies_in(seen, before[1]):
            if before[0][1] == side:
                return
            self.owing = not no_longer and 1 / SERVES < side / before[0][1] < SERVES
            if self.owing:
                return
        around = area.bounds(max(area.width, area.height) / 2)
        groups = []
        for kind, slots in parts():
            at = (xs, ys) if slots is None else (xs[slots], ys[slots])
            groups.append(Group(kind, raster.gathered(*at, side, around), side, slots))
        self.groups = tuple(groups)
        self._gathered = (key, side), around

    def stamp(self, raster: Raster, frame: Frame, area: Area, group: Group) -> None:
        """Draw the cells that hold several."""
        marks = self._marks.get(area.ratio)
        if marks is None:
            marks = self._marks[area.ratio] = NumberedMarks(
                crowd_marks(self._look.theme), ACROSS, self._look.family, area.ratio
            )
        several = np.flatnonzero(group.cells.counts > 1)
        kinds = np.full(len(several), group.kind, np.int64)
        counts = group.cells.counts[several].astype(np.int64)
        marks.stamp(raster, frame, area, group.cells.xs[several], group.cells.ys[several], kinds, counts)

    def at(self, area: Area, px: float, py: float, reach: float) -> tuple[Group, int] | None:
        """Return the cell whose mark or symbol is nearest to a device pixel, as last drawn; fresh ones first."""
        limit = (reach + ACROSS / 2 * area.ratio) * area.scale
        x, y = area.left + px * area.scale, area.top - py * area.scale
        for group in sorted(self.groups, key=lambda group: group.kind):
            if len(group.cells.counts):
                far = np.hypot(group.cells.xs - x, group.cells.ys - y)
                best = int(np.argmin(far))
                if far[best] <= limit:
                    return group, best
        return None

    def members(self, group: Group, cell: int, xs: F64, ys: F64) -> Slots:
        """Return who was counted in a cell."""
        side = group.side
        last = int(group.cells.lasts[cell])
        last = last if group.slots is None else int(group.slots[last])
        column, row = floor(xs[last] / side), floor(ys[last] / side)
        middle = (column + 0.5) * side, (row + 0.5) * side
        near = within(xs, ys, *middle, side, group.slots)
        found: Slots = near[(np.floor(xs[near] / side) == column) & (np.floor(ys[near] / side) == row)]
        return found

    def _side(self, area: Area) -> float:
        return CELL_PX * area.ground()


def crowd_marks(theme: Theme) -> list[Numbered]:
    """Return the marks of ``FRESH`` and ``OLD``: a badge with another behind it, and the same hollow."""

    def badge(painter: QPainter, fill: str, rim: str) -> None:
        painter.setPen(QPen(QColor(rim), 1.2))
        painter.setBrush(QColor(fill))
        for shift in (3.0, 0.0):
            painter.drawRoundedRect(QRectF(-17 + shift, -8.5 - shift, 31, 17), 8.5, 8.5)

    def fresh(painter: QPainter) -> None:
        badge(painter, theme.staff, theme.map_ground)

    def old(painter: QPainter) -> None:
        badge(painter, theme.map_ground, theme.paused)

    return [Numbered(fresh, theme.on_accent, left=1.5), Numbered(old, theme.text_second, left=1.5)]
