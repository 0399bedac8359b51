"""The card beside the pointer: what the thing under it is."""

from collections.abc import Iterator
from itertools import product
from math import ceil

from PySide6.QtCore import QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QRegion
from PySide6.QtWidgets import QWidget

from layers.contract import Picked
from resources.theme import Theme
from resources.words import Words
from widgets.map.overlay import Card

PAD, LINE, OFF, WIDEST = 11, 21, 16, 340


class HoverCard(Card):
    """A title and a few lines; it keeps within the map, out of the pointer's way, and beside other cards if it can."""

    def __init__(self, words: Words, theme: Theme, parent: QWidget) -> None:
        super().__init__(words, theme, parent)
        self.setObjectName("map_hover")
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._canvas = parent
        self._picked: Picked | None = None
        self.hide()

    def show_picked(self, picked: Picked, at: QPointF, covered: QRegion) -> None:
        """Show what was hit beside a pixel of the map, where other cards cover least; above them all."""
        if picked != self._picked:
            self._picked = picked
            self.resize(self.sizeHint())
            self.update()
        self.setGeometry(min(self._places(at), key=lambda place: _hidden(covered, place)))
        if self.isHidden():
            self.show()
            self.raise_()

    def _places(self, at: QPointF) -> Iterator[QRect]:
        """Yield the places beside a pixel that lie on the map, the best liked first."""
        xs = _beside(round(at.x()), self.width(), self._canvas.width())
        ys = _beside(round(at.y()), self.height(), self._canvas.height())
        for x, y in product(xs, ys):
            yield QRect(x, y, self.width(), self.height())

    def clear(self) -> None:
        """Nothing is pointed at."""
        self._picked = None
        self.hide()

    def sizeHint(self) -> QSize:
        """The size that holds the card's lines, within bounds."""
        if self._picked is None:
            return QSize(0, 0)
        small = QFontMetricsF(self.small_font())
        widths = [QFontMetricsF(self.body_font()).horizontalAdvance(self._picked.title)]
        widths += [small.horizontalAdvance(line) for line in self._picked.lines]
        return QSize(min(WIDEST, ceil(max(widths))) + 2 * PAD + 2, LINE * (1 + len(self._picked.lines)) + 14)

    def paint_content(self, painter: QPainter) -> None:
        """See ``Card``."""
        if self._picked is None:
            return
        for i, text in enumerate((self._picked.title, *self._picked.lines)):
            font = self.body_font() if i == 0 else self.small_font()
            painter.setFont(font)
            painter.setPen(QColor(self.theme.text if i == 0 else self.theme.text_second))
            line = QRectF(PAD, 7 + i * LINE, self.width() - 2 * PAD, LINE)
            shown = QFontMetricsF(font).elidedText(text, Qt.TextElideMode.ElideRight, line.width() + 1)
            painter.drawText(line, Qt.AlignmentFlag.AlignVCenter, shown)


def _beside(at: int, size: int, room: int) -> list[int]:
    """Return where something of a size may begin beside a pixel: behind or before it, else where it fits at all."""
    fits = [start for start in (at + OFF, at - OFF - size) if 0 <= start <= room - size]
    return fits or [max(0, min(at + OFF, room - size))]


def _hidden(covered: QRegion, place: QRect) -> int:
    """Return how large the part of a place is that others lie in."""
    part = covered.intersected(place).boundingRect()
    return part.width() * part.height()
