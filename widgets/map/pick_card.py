"""The card of what was picked on the map: a title, what there is to say of it, and how it is put away."""

from collections.abc import Sequence
from math import ceil

import msgspec
from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFontMetricsF, QKeyEvent, QMouseEvent, QPainter, QPen
from PySide6.QtWidgets import QWidget

from resources.theme import Theme
from resources.words import Words
from widgets.map.overlay import Card

PAD, LINE, GAP, WIDEST, NARROWEST = 14, 23, 14, 380, 220
CROSS = 22


class PickedRow(msgspec.Struct, frozen=True):
    """One line: what it is about, what it says, and whether that is a warning or grave (a mark stands before it)."""

    label: str
    text: str
    warns: bool = False
    grave: bool = False


class PickCard(Card):
    """It stands beside the toolbar until it is closed: by its cross, by Escape, or by picking something else."""

    closed = Signal()

    def __init__(self, words: Words, theme: Theme, parent: QWidget) -> None:
        super().__init__(words, theme, parent)
        self.setObjectName("map_pick")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._title = ""
        self._rows: tuple[PickedRow, ...] = ()
        self.hide()

    def show_rows(self, title: str, rows: Sequence[PickedRow]) -> None:
        """Show these rows under a title."""
        if (title, tuple(rows)) == (self._title, self._rows) and self.isVisible():
            return
        self._title, self._rows = title, tuple(rows)
        said = [title, *(f"{row.label} {row.text}".strip() for row in rows), self.words("map.pick.close")]
        self.setAccessibleName("；".join(said))
        self.resize(self.sizeHint())
        self.show()
        self.raise_()
        self.update()

    def close_card(self) -> None:
        """Put it away; keys that went to it go to the map from here on."""
        if self.isVisible():
            parent = self.parentWidget()
            if parent is not None and self.hasFocus():
                parent.setFocus()
            self.hide()
            self.closed.emit()

    def sizeHint(self) -> QSize:
        """The size that holds every row, within bounds."""
        body, small = QFontMetricsF(self.body_font()), QFontMetricsF(self.small_font())
        labels = self._label_width()
        widths = [body.horizontalAdvance(self._title) + CROSS]
        widths += [(labels if row.label else 0.0) + small.horizontalAdvance(f"▲ {row.text}") for row in self._rows]
        width = min(WIDEST, max(NARROWEST, ceil(max(widths)) + 2 * PAD + 4))
        return QSize(width, LINE * (1 + len(self._rows)) + 18)

    def paint_content(self, painter: QPainter) -> None:
        """See ``Card``."""
        painter.setFont(self.body_font())
        painter.setPen(QColor(self.theme.text))
        self._paint_text(painter, self._title, PAD, 0, self.width() - PAD - CROSS - 8)
        cross = self._cross()
        painter.setPen(QPen(QColor(self.theme.text_second), 1.6))
        inner = cross.adjusted(6, 6, -6, -6)
        painter.drawLine(inner.topLeft(), inner.bottomRight())
        painter.drawLine(inner.topRight(), inner.bottomLeft())
        labels = self._label_width()
        painter.setFont(self.small_font())
        for i, row in enumerate(self._rows, 1):
            painter.setPen(QColor(self.theme.text_second))
            self._paint_text(painter, row.label, PAD, i, labels)
            theme = self.theme
            painter.setPen(QColor(theme.overdue if row.grave else theme.near if row.warns else theme.text))
            text = f"■ {row.text}" if row.grave else f"▲ {row.text}" if row.warns else row.text
            left = labels if row.label else 0.0
            self._paint_text(painter, text, PAD + left, i, self.width() - 2 * PAD - left)
        if self.hasFocus():
            painter.setPen(QPen(QColor(self.theme.accent), 1.5))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), 6, 6)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """The cross closes; elsewhere the card takes the keys."""
        if self._cross().contains(event.position()):
            self.close_card()
        event.accept()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape closes."""
        if event.key() == Qt.Key.Key_Escape:
            self.close_card()
            return
        super().keyPressEvent(event)

    def _cross(self) -> QRectF:
        return QRectF(self.width() - CROSS - 8, 7, CROSS, CROSS)

    def _label_width(self) -> float:
        small = QFontMetricsF(self.small_font())
        widest = max((small.horizontalAdvance(row.label) for row in self._rows), default=0.0)
        return widest + GAP if widest else 0.0

    def _paint_text(self, painter: QPainter, text: str, x: float, line: int, width: float) -> None:
        box = QRectF(x, 9 + line * LINE, width, LINE)
        shown = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, int(width))
        painter.drawText(box, Qt.AlignmentFlag.AlignVCenter, shown)
