"""Marks with a number on them (clusters, crowds): any number from a few sprites, so that none is drawn anew for it.

The marks and the figures are sprites of one sheet, stamped in turn: a mark, its figures, the next mark. A number of
five figures is told in thousands, rounded down: ``12k`` stands for 12,000 to 12,999.
"""

from collections.abc import Sequence
from math import ceil
from typing import NamedTuple

import msgspec
import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter

from layers.contract import Area
from layers.fading import FadedRaster
from layers.raster.blit import blit
from layers.raster.contract import F64, LANES, U32, Frame, Marks, Placing, Raster, Sprites, make_sprites
from layers.symbols import Draw, odd_side, render

Ints = npt.NDArray[np.int64]

FIGURES = "0123456789k"
LONGEST = 4
THOUSANDS = 10_000
"""From here on numbers are told in thousands."""
SIZES = (12, 11)
"""Logical pixels of the figures of a number of up to three, and of more."""


class Numbered(msgspec.Struct, frozen=True):
    """A mark that carries a number: how it is drawn, the colour of its figures, how far off the middle they stand."""

    draw: Draw
    ink: str
    drop: float = 0.0
    left: float = 0.0


class NumberedMarks:
    """Marks with numbers for one device pixel ratio. ``across``: logical pixels the largest mark takes."""

    def __init__(self, marks: Sequence[Numbered], across: float, family: str, ratio: float) -> None:
        self._inks = list(dict.fromkeys(mark.ink for mark in marks))
        side = odd_side(across, ratio)
        self._aside = side // 2 - LANES // 2 * ceil(ratio)
        """Pixels that figures stand left of the middle of their sprites: kernels pass over what is empty there."""
        sprites = [render(side, ratio, mark.draw) for mark in marks]
        self._first = len(marks)
        self._advance = np.zeros((len(SIZES), len(FIGURES)))
        for size, pixels in enumerate(SIZES):
            font = QFont(family) if family else QFont()
            font.setPixelSize(pixels)
            font.setBold(True)
            metrics = QFontMetricsF(font)
            self._advance[size] = [metrics.horizontalAdvance(figure) * ratio for figure in FIGURES]
            for ink in self._inks:
                sprites += [render(side, ratio, _figure(f, ink, font, self._aside / ratio)) for f in FIGURES]
        self._ink_of = np.array([self._inks.index(mark.ink) for mark in marks], np.int64)
        self._drop = np.rint(np.array([mark.drop * ratio for mark in marks]))
        self._left = np.array([mark.left * ratio for mark in marks])
        self._sheet: Sprites = make_sprites(np.stack(sprites))

    @property
    def size(self) -> int:
        """Side of a sprite in device pixels."""
        return self._sheet.size

    def stamp(self, raster: Raster, frame: Frame, area: Area, xs: F64, ys: F64, marks: Ints, numbers: Ints) -> None:
        """Stamp marks (by their place in the list) with their numbers at points on the plane, in the order given."""
        self.lay(raster, frame, self.placed(area, xs, ys, marks, numbers))

    def placed(self, area: Area, xs: F64, ys: F64, marks: Ints, numbers: Ints) -> "PlacedNumbers":
        """Return where marks and their figures go on an area: what ``lay`` takes, as often as it is drawn."""
        px, py = np.floor((xs - area.left) / area.scale), np.floor((area.top - ys) / area.scale)
        half = self.size
        seen = np.flatnonzero((px > -half) & (px < area.width + half) & (py > -half) & (py < area.height + half))
        px, py, marks, numbers = px[seen], py[seen], marks[seen], numbers[seen]
        sprite_of, ahead, below = self._laid_out(marks, numbers)
        shown = sprite_of >= 0
        stamped = Marks(
            ((px[:, None] + ahead)[shown] + 0.5).astype(np.float32),
            (-0.5 - (py[:, None] + below)[shown]).astype(np.float32),
            sprite_of[shown].astype(np.uint16),
            self._sheet,
            Placing(1.0, 0.0, 0.0),
        )
        return PlacedNumbers(px, py, sprite_of, ahead, below, stamped)

    def lay(self, raster: Raster, frame: Frame, placed: "PlacedNumbers") -> None:
        """Stamp what was placed."""
        if isinstance(raster, FadedRaster):  # mark and number fade as one, not one through the other
            middle = self.size // 2
            for i, (x, y) in enumerate(zip(placed.px.tolist(), placed.py.tolist(), strict=True)):
                whole = self._whole(placed.sprite_of[i], placed.ahead[i], placed.below[i])
                raster.blit(frame, whole, int(x) - middle, int(y) - middle)
        else:
            raster.stamp(frame, *placed.stamped)

    def _laid_out(self, marks: Ints, numbers: Ints) -> tuple[Ints, F64, F64]:
        """Return the sprites of each mark, itself and its figures, -1 after the end, and how far off its middle."""
        figures, lengths = figures_of(numbers)
        size = (lengths > 3).astype(np.int64)
        kind = (size * len(self._inks) + self._ink_of[marks]) * len(FIGURES) + self._first
        advance = np.where(figures >= 0, self._advance[size[:, None], figures], 0.0)
        begin = np.cumsum(advance, axis=1) - advance - advance.sum(axis=1, keepdims=True) / 2
        begin -= self._left[marks][:, None]
        nought = np.zeros(len(marks))
        sprite_of = np.column_stack([marks, np.where(figures >= 0, kind[:, None] + figures, -1)])
        ahead = np.column_stack([nought, np.rint(begin + advance / 2) + self._aside])
        return sprite_of, ahead, np.column_stack([nought, *[self._drop[marks]] * LONGEST])

    def _whole(self, sprite_of: Ints, ahead: F64, below: F64) -> U32:
        """Return one mark with its number as one sprite."""
        whole = np.zeros((self.size, self.size), np.uint32)
        for sprite, x, y in zip(sprite_of.tolist(), ahead.tolist(), below.tolist(), strict=True):
            if sprite >= 0:
                blit(whole, self._sheet.pixels[sprite], int(x), int(y))
        return whole


class PlacedNumbers(NamedTuple):
    """Marks with their numbers on an area: the pixel of each, its sprites and how far off they lie, and all as marks.

    ``px, py`` (count), ``sprite_of, ahead, below`` (count, 1 + ``LONGEST``).
    """

    px: F64
    py: F64
    sprite_of: Ints
    ahead: F64
    below: F64
    stamped: Marks


def figures_of(numbers: Ints) -> tuple[Ints, Ints]:
    """Return the places in ``FIGURES`` of what is written for each number (count, ``LONGEST``), -1 after the end."""
    thousands = numbers >= THOUSANDS
    held = np.minimum(np.where(thousands, numbers // 1000, numbers), 999 * thousands + 9999 * ~thousands)
    lengths = 1 + sum((held >= 10**power).astype(np.int64) for power in range(1, LONGEST))
    made = np.full((len(numbers), LONGEST), -1, np.int64)
    for place in range(LONGEST):
        power = np.maximum(lengths - 1 - place, 0)
        made[:, place] = np.where(place < lengths, held // 10**power % 10, -1)
    rows = np.flatnonzero(thousands)
    made[rows, lengths[rows]] = FIGURES.index("k")
    return made, lengths + thousands


def _figure(figure: str, ink: str, font: QFont, aside: float) -> Draw:
    def draw(painter: QPainter) -> None:
        painter.setFont(font)
        painter.setPen(QColor(ink))
        wide = QFontMetricsF(font).horizontalAdvance(figure)
        middle = QRectF(-wide, -2.0 * font.pixelSize(), 2 * wide, 4.0 * font.pixelSize())
        painter.drawText(middle.translated(-aside, 0.0), Qt.AlignmentFlag.AlignCenter, figure)

    return draw
