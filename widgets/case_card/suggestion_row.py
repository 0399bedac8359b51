"""One suggested unit: its key, its name, why, and how far in a straight line."""

from PySide6.QtCore import QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QKeyEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QWidget

from resources.theme import Theme
from widgets.common.button import press_by_enter
from widgets.common.fonts import BODY_PX, SECOND_PX, sized
from widgets.common.tips import plain_tip


class SuggestionRow(QAbstractButton):
    """A row that is pressed by its digit or by a click."""

    def __init__(self, key: str, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.key = key
        self._theme = theme
        self._why, self._distance = "", ""
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled, False)

    def show_texts(self, name: str, why: str, distance: str) -> None:
        """Show a unit."""
        self.setText(name)
        self._why, self._distance = why, distance
        self.setAccessibleName(f"{self.key} {name}, {why}, {distance}")
        self.setToolTip(plain_tip(f"{name} · {why}"))
        self.update()

    def set_theme(self, theme: Theme) -> None:
        """Take another theme."""
        self._theme = theme
        self.update()

    def sizeHint(self) -> QSize:
        """One line, 30 px high: three of them are to stand beside the photos in a low window."""
        return QSize(220, 30)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter presses, like Space."""
        if not press_by_enter(self, event):
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint key, name, reasons and distance, and the line below."""
        painter = QPainter(self)
        theme, box = self._theme, self.rect()
        if self.underMouse() or self.isDown():
            painter.fillRect(box, QColor(theme.raised))
        painter.fillRect(QRect(0, box.bottom(), box.width(), 1), QColor(theme.line))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(theme.accent if self.hasFocus() else theme.line), 2 if self.hasFocus() else 1))
        cap = QRectF(0.5, box.center().y() - 9.5, 19, 19)
        painter.drawRoundedRect(cap, 3, 3)
        painter.setPen(QColor(theme.text_second))
        painter.setFont(sized(self.font(), 12, bold=True))
        painter.drawText(cap, int(Qt.AlignmentFlag.AlignCenter), self.key)
        painter.setFont(sized(self.font(), SECOND_PX))
        middle = int(Qt.AlignmentFlag.AlignVCenter)
        right_w = painter.fontMetrics().horizontalAdvance(self._distance)
        painter.drawText(QRect(box.right() - right_w, 0, right_w + 1, box.height()), middle, self._distance)
        room = box.right() - right_w - 10
        painter.setPen(QColor(theme.text))
        painter.setFont(sized(self.font(), BODY_PX))
        name = painter.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideRight, room - 28)
        painter.drawText(QRect(28, 0, room - 28, box.height()), middle, name)
        left = 28 + QFontMetrics(painter.font()).horizontalAdvance(name) + 8
        painter.setPen(QColor(theme.text_second))
        painter.setFont(sized(self.font(), SECOND_PX))
        why = painter.fontMetrics().elidedText(self._why, Qt.TextElideMode.ElideRight, max(0, room - left))
        painter.drawText(QRect(left, 0, max(0, room - left), box.height()), middle, why)
