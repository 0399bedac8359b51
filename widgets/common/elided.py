"""A label that shortens its text with an ellipsis instead of widening the panel; the whole text is on hover."""

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPalette, QResizeEvent
from PySide6.QtWidgets import QLabel, QWidget

from widgets.common.tips import plain_tip

BETWEEN = " · "


class ElidedLabel(QLabel):
    """One line of text, cut at the right where it does not fit."""

    def __init__(self, text: str = "", parent: QWidget | None = None) -> None:
        super().__init__(text, parent)
        self.setTextFormat(Qt.TextFormat.PlainText)

    def minimumSizeHint(self) -> QSize:
        """Let the label become as narrow as a few letters."""
        return QSize(min(24, super().sizeHint().width()), super().minimumSizeHint().height())

    def fitted(self, width: int) -> str:
        """Return the text as it is shown on so many pixels."""
        return self.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideRight, width)

    def setText(self, text: str) -> None:
        """Show this text."""
        super().setText(text)
        self._show_hint()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Show the whole text on hover only while it is cut."""
        super().resizeEvent(event)
        self._show_hint()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint what fits."""
        painter = QPainter(self)
        painter.setPen(self.palette().color(QPalette.ColorRole.WindowText))
        box = self.contentsRect()
        text = self.fitted(box.width())
        painter.drawText(box, int(self.alignment()) | int(Qt.TextFlag.TextSingleLine), text)

    def _show_hint(self) -> None:
        cut = self.fontMetrics().horizontalAdvance(self.text()) > self.contentsRect().width()
        self.setToolTip(plain_tip(self.text()) if cut else "")


class NamedLabel(ElidedLabel):
    """What somebody is, and the name behind it: the name stays whole, the rest makes way for it."""

    def __init__(self, rest_px: int, least_px: int, parent: QWidget | None = None) -> None:
        """``rest_px`` is asked for what stands before the name, at most; ``least_px`` of a name are always kept."""
        super().__init__("", parent)
        self._rest_px, self._least_px = rest_px, least_px
        self._name, self._rest = "", ""

    def show_named(self, name: str, rest: str) -> None:
        """Show a name and what stands before it."""
        self._name, self._rest = name, rest
        self.setText(BETWEEN.join(part for part in (rest, name) if part))
        self.updateGeometry()

    def name_width(self) -> int:
        """Return how many pixels the name takes, whole, with a sign that something was before it."""
        return self.fontMetrics().horizontalAdvance(f"…{BETWEEN}{self._name}" if self._rest else self._name) + 2

    def sizeHint(self) -> QSize:
        """Room for the name and some of what stands before it."""
        whole = super().sizeHint()
        return QSize(min(whole.width(), self._rest_px + self.name_width()), whole.height())

    def minimumSizeHint(self) -> QSize:
        """Room for a name of common length."""
        return QSize(min(self._least_px, self.name_width()), super().minimumSizeHint().height())

    def fitted(self, width: int) -> str:
        """Return the text as it is shown: what stands before the name is cut first."""
        metrics, end = self.fontMetrics(), f"{BETWEEN}{self._name}"
        if not self._rest or not self._name or metrics.horizontalAdvance(self.text()) <= width:
            return super().fitted(width)
        left = width - metrics.horizontalAdvance(end)
        rest = metrics.elidedText(self._rest, Qt.TextElideMode.ElideRight, max(0, left))
        return f"{rest}{end}" if rest else metrics.elidedText(self._name, Qt.TextElideMode.ElideRight, width)
