"""The card beside the pointer: what the thing under it is."""

from math import ceil

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter
from PySide6.QtWidgets import QWidget

from layers.contract import Picked
from resources.theme import Theme
from resources.words import Words
from widgets.map.overlay import Card

PAD, LINE, OFF, WIDEST = 11, 21, 16, 340


class HoverCard(Card):
    """A title and a few lines; it keeps within the map and out of the pointer's way."""

    def __init__(self, words: Words, theme: Theme, parent: QWidget) -> None:
        super().__init__(words, theme, parent)
        self.setObjectName("map_hover")
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._canvas = parent
        self._picked: Picked | None = None
        self.hide()

    def show_picked(self, picked: Picked, at: QPointF) -> None:
        """Show what was hit beside a pixel of the map."""
        if picked != self._picked:
            self._picked = picked
            self.resize(self.sizeHint())
            self.update()
        within = self._canvas.rect()
        x, y = at.x() + OFF, at.y() + OFF
        if x + self.width() > within.width():
            x = at.x() - OFF - self.width()
        if y + self.height() > within.height():
            y = at.y() - OFF - self.height()
        self.move(round(max(0.0, x)), round(max(0.0, y)))
        self.show()

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
