"""A drop-down box that paints its own arrow, and whose list shows every text whole and lies within the window.

A style sheet can only show an arrow from an image file; and left to itself the list is as wide as the box, or with some
styles as high as the screen.
"""

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPalette, QPen, QPolygonF
from PySide6.QtWidgets import QComboBox, QStyledItemDelegate

ROWS_SHOWN = 12
AROUND_TEXT_PX = 40
"""Left and right of a text within the list."""
EDGE_PX = 4
"""Left free between the list and the edge of the window."""


class Combo(QComboBox):
    """A combo box with a thin arrow in the text's colour."""

    def __init__(self) -> None:
        super().__init__()
        self.setMaxVisibleItems(ROWS_SHOWN)
        self.setItemDelegate(QStyledItemDelegate(self))  # the only one the style sheet has a say in

    def showPopup(self) -> None:
        """Open the list, as wide as its longest text, within the window as far as that goes."""
        room = self.window().width() - 2 * EDGE_PX
        self.view().setMinimumWidth(max(self.width(), min(self._list_width(), room)))
        super().showPopup()
        self._keep_within_window()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the box, then the arrow."""
        super().paintEvent(event)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(self.palette().color(QPalette.ColorRole.Text), 1.4))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        x, y = self.width() - 15.0, self.height() / 2
        painter.drawPolyline(QPolygonF([QPointF(x - 4, y - 2), QPointF(x, y + 2), QPointF(x + 4, y - 2)]))

    def _list_width(self) -> int:
        texts = (self.itemText(row) for row in range(self.count()))
        longest = max((self.view().fontMetrics().horizontalAdvance(text) for text in texts), default=0)
        bar = self.view().verticalScrollBar().sizeHint().width() if self.count() > self.maxVisibleItems() else 0
        return longest + bar + AROUND_TEXT_PX

    def _keep_within_window(self) -> None:
        shown, window = self.view().window(), self.window()
        left = window.mapToGlobal(window.rect().topLeft()).x() + EDGE_PX
        right = left + window.width() - 2 * EDGE_PX - shown.width()
        shown.move(max(left, min(shown.x(), right)), shown.y())
