"""A chip: a rounded word with a shape beside it, such as ``■ 超时 3`` or ``● 实时 0.3 秒``; it can be pressed."""

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QKeyEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QWidget

from widgets.common.button import press_by_enter
from widgets.common.fonts import SECOND_PX, sized
from widgets.common.lamp import Shape, paint_shape

TINT = 0.10
"""Share of the word's colour in its ground; more of it, and red on dark would no longer be read easily."""


class Chip(QAbstractButton):
    """A short word on a tinted ground. Colours are given by whoever shows it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shape, self._colour, self._ground, self._outlined = Shape.NONE, "", "", False
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled, False)

    def show_chip(self, text: str, shape: Shape, colour: str, ground: str, *, outlined: bool = False) -> None:
        """Show a word in ``colour``, tinted over ``ground``, or ``outlined`` in it."""
        self._shape, self._colour, self._ground, self._outlined = shape, colour, ground, outlined
        self.setText(text)
        self.setAccessibleName(text)
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        """Room for the shape and the word; 32 px high to be hit easily."""
        lead = 0 if self._shape is Shape.NONE else 16
        metrics = QFontMetrics(sized(self.font(), SECOND_PX))
        return QSize(metrics.horizontalAdvance(self.text()) + lead + 22, 32)

    def minimumSizeHint(self) -> QSize:
        """A chip is never cut."""
        return self.sizeHint()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter presses, like Space."""
        if not press_by_enter(self, event):
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the ground, the shape and the word; nothing before it was given any."""
        if not self._colour:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = QRectF(self.rect()).adjusted(1, 4, -1, -4)
        painter.setPen(
            QPen(QColor(self._colour), 1.4 if self.hasFocus() else 1) if self._outlined else Qt.PenStyle.NoPen
        )
        if self.hasFocus():
            painter.setPen(QPen(QColor(self._colour), 2))
        painter.setBrush(QColor(mixed(self._ground, self._colour, 0.0 if self._outlined else TINT)))
        radius = 4.0 if self._outlined else box.height() / 2
        painter.drawRoundedRect(box, radius, radius)
        left = 10.0
        if self._shape is not Shape.NONE:
            paint_shape(painter, QRectF(left, box.center().y() - 5, 10, 10), self._shape, self._colour)
            left += 16
        painter.setPen(QColor(self._colour))
        painter.setFont(sized(self.font(), SECOND_PX))
        painter.drawText(box.adjusted(left - 1, 0, -4, 0), int(Qt.AlignmentFlag.AlignVCenter), self.text())


def mixed(ground: str, colour: str, share: float) -> str:
    """Return ``ground`` with a share of ``colour`` mixed in, as ``#rrggbb``."""
    a, b = QColor(ground), QColor(colour)
    pairs = ((a.red(), b.red()), (a.green(), b.green()), (a.blue(), b.blue()))
    return "#" + "".join(f"{round(x + (y - x) * share):02x}" for x, y in pairs)
