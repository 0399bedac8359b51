"""The title of a card that folds away below it: a press folds or unfolds, by mouse, Space or Enter."""

from math import ceil

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QKeyEvent, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QAbstractButton, QWidget

from resources.theme import Theme
from widgets.common.button import press_by_enter
from widgets.common.fonts import text_px
from widgets.map.overlay import BODY_PX, sized

HEIGHT_PX = 26
SIGN_PX, END_PX = 24, 10
"""What the sign before the title takes, and what is left after it."""


class FoldTitle(QAbstractButton):
    """The title, with a sign before it that points down while what it names is unfolded. Checked is folded."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self.theme = theme
        self.setCheckable(True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFixedHeight(HEIGHT_PX)

    def sizeHint(self) -> QSize:
        """The size of the title whole."""
        return QSize(SIGN_PX + ceil(text_px(sized(self.font(), BODY_PX), self.text())) + END_PX, HEIGHT_PX)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter presses, like Space."""
        if not press_by_enter(self, event):
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint sign and title; lit while pointed at, framed while it has the keys."""
        painter, theme = QPainter(self), self.theme
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self.underMouse() or self.hasFocus():
            painter.setPen(QPen(QColor(theme.accent), 1.2) if self.hasFocus() else Qt.PenStyle.NoPen)
            painter.setBrush(QColor(theme.raised))
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), 3, 3)
        painter.setPen(QPen(QColor(theme.text_second), 1.3))
        paint_chevron(painter, SIGN_PX / 2, self.height() / 2, down=not self.isChecked())
        painter.setPen(QColor(theme.text))
        painter.setFont(sized(self.font(), BODY_PX))
        painter.drawText(self.rect().adjusted(SIGN_PX, 0, 0, 0), Qt.AlignmentFlag.AlignVCenter, self.text())
        painter.end()


def paint_chevron(painter: QPainter, x: float, y: float, *, down: bool) -> None:
    """Draw the sign of what is unfolded, or of what can be opened, with the painter's pen."""
    turns = ((-3.5, -1.5), (0, 2), (3.5, -1.5)) if down else ((-1.5, -3.5), (2, 0), (-1.5, 3.5))
    painter.drawPolyline(QPolygonF([QPointF(x + dx, y + dy) for dx, dy in turns]))
