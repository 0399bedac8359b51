"""What is no longer fresh: a veil that dims it and says since when; clicks and keys go through it. And the saying."""

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QWidget

from resources.theme import Theme
from widgets.common.fonts import SECOND_PX, sized
from widgets.common.lamp import Shape, paint_shape

DIM = 96
"""Of 255: enough to be seen at a glance; what lies below is still read."""
BAND_PX = 24


class StaleVeil(QWidget):
    """Lies over ``below`` and keeps to its size. ``say`` shows it, an empty text takes it away.

    It speaks at the lower right, or ``at_head`` in the middle, where ``below`` has something to say at its foot.
    """

    def __init__(self, below: QWidget, theme: Theme, *, at_head: bool = False) -> None:
        super().__init__(below)
        self._theme, self._at_head = theme, at_head
        self._text = ""
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setAttribute(Qt.WidgetAttribute.WA_NoSystemBackground)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        below.installEventFilter(self)
        self.hide()

    @property
    def text(self) -> str:
        """What it says; empty while all is fresh."""
        return self._text

    def say(self, text: str) -> None:
        """Say since when nothing is fresh; empty where it is."""
        if text == self._text:
            return
        self._text = text
        self.setAccessibleName(text)
        below = self.parentWidget()
        if text and below is not None:
            self.setGeometry(below.rect())
            self.raise_()
        self.setVisible(bool(text))
        self.update()

    def set_theme(self, theme: Theme) -> None:
        """Take another theme."""
        self._theme = theme
        self.update()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Keep to the size of what lies below, and over what is added to it."""
        if isinstance(event, QResizeEvent):
            self.setGeometry(QRect(0, 0, event.size().width(), event.size().height()))
        return super().eventFilter(watched, event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Dim, and say since when in a band."""
        painter = QPainter(self)
        dim = QColor(self._theme.ground)
        dim.setAlpha(DIM)
        painter.fillRect(self.rect(), dim)
        paint_since(painter, self.rect(), self._text, self._theme, at_head=self._at_head)


def paint_since(painter: QPainter, within: QRect, text: str, theme: Theme, *, at_head: bool = False) -> None:
    """Say since when something is stale, in a band of ``BAND_PX`` at the lower right of it, or in the middle above."""
    painter.setFont(sized(painter.font(), SECOND_PX))
    width = min(painter.fontMetrics().horizontalAdvance(text) + 44, within.width())
    band = QRect(within.right() + 1 - width, within.bottom() + 1 - BAND_PX, width, BAND_PX)
    if at_head:
        band.moveTopLeft(QPoint(within.left() + (within.width() - width) // 2, within.top()))
    painter.fillRect(band, QColor(theme.raised))
    paint_shape(painter, QRectF(band.x() + 10, band.y() + 6, 12, 12), Shape.TRIANGLE, theme.near)
    painter.setPen(QColor(theme.text))
    room = band.adjusted(30, 0, -6, 0)
    shown = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, room.width())
    painter.drawText(room, int(Qt.AlignmentFlag.AlignVCenter), shown)
