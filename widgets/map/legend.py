"""The legend: how many open cases show each lamp, people and vehicles on shift, and whether data is made up."""

from collections.abc import Iterable, Sequence
from itertools import accumulate
from math import ceil

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QMouseEvent, QPainter
from PySide6.QtWidgets import QWidget

from layers.cases.item import CasesItem
from layers.contract import LayerItem, LegendRow
from layers.legend_signs import SIGNS
from resources.theme import Theme
from resources.words import Words
from widgets.common.fonts import text_px
from widgets.map.overlay import Card

ROW, GAP, SIGN = 27, 26, 26
FEWEST_COLUMNS, MOST_COLUMNS = 2, 6
MOST_FOLDED = 12
"""Rows of a folded legend: cases, and who is on the way to them; what else there is, a click shows."""
QWIDGETSIZE_MAX = 16_777_215


def legend_rows(shown: Iterable[LayerItem]) -> list[LegendRow]:
    """Return the rows of layers, from the uppermost: cases first, then who is on the way to them, then the rest."""
    ordered = sorted(shown, key=lambda item: (not isinstance(item, CasesItem), not item.moving))
    return [row for item in ordered for row in item.legend()]


class Legend(Card):
    """Rows in columns under a title, sized to what they say: two columns, more where they would stand too high.

    A long one that ``folds`` is folded until it is clicked or its key pressed, and then again. What finds no place is
    counted in the last row.
    """

    folding_changed = Signal()
    inset = 14
    """Pixels to the left and right of what it says."""

    def __init__(self, words: Words, theme: Theme, parent: QWidget, *, folds: bool = False) -> None:
        super().__init__(words, theme, parent)
        self.setObjectName("map_legend")
        self._folds = self._folded = folds
        self._title = ""
        self._rows: tuple[LegendRow, ...] = ()
        self._synthetic = False
        self._most = QSize(QWIDGETSIZE_MAX, QWIDGETSIZE_MAX)
        self._columns = FEWEST_COLUMNS
        self._shown: tuple[LegendRow, ...] = ()

    def set_rows(self, title: str, rows: Sequence[LegendRow]) -> None:
        """Show these rows."""
        if (title, tuple(rows)) != (self._title, self._rows):
            self._title, self._rows = title, tuple(rows)
            self._settle()

    def set_synthetic(self, on: bool) -> None:
        """Say that the data is made up."""
        if on != self._synthetic:
            self._synthetic = on
            self._settle()

    def bound(self, width: int, height: int) -> None:
        """Stand no wider and no higher than this."""
        if QSize(width, height) != self._most:
            self._most = QSize(width, height)
            self._settle()

    def retranslate(self) -> None:
        """Take up another language (rows are set anew from outside)."""
        self._settle()

    def sizeHint(self) -> QSize:
        """The size that holds what is shown."""
        return self._size(self._columns, self._shown)

    def _size(self, columns: int, rows: Sequence[LegendRow]) -> QSize:
        lines = 1 + ceil(len(rows) / columns) + self._synthetic
        widths = self._column_widths(columns, rows)
        title = text_px(self.body_font(), self._title)
        width = max(title, sum(widths) + GAP * (len(widths) - 1))
        return QSize(ceil(width) + 2 * self.inset, lines * ROW + 14)

    def toggle(self) -> None:
        """Unfold a long legend, or fold it again; one that is short has nothing to fold."""
        if self._is_long():
            self._folded = not self._folded
            self._settle()
            self.folding_changed.emit()

    def _lay_out(self) -> None:
        """Choose the columns: as few as stand low enough; where none do, as many as there is room for, and cut."""
        fitting, rows = FEWEST_COLUMNS, self._rows[: MOST_FOLDED if self._folded else None]
        for columns in range(FEWEST_COLUMNS, MOST_COLUMNS + 1):
            size = self._size(columns, rows)
            if columns > FEWEST_COLUMNS and size.width() > self._most.width():
                break
            fitting = columns
            if size.height() <= self._most.height():
                break
        room = fitting * max(1, (self._most.height() - 14) // ROW - 1 - self._synthetic)
        room = min(room, len(rows))
        self._columns, self._shown = fitting, self._rows
        if len(self._rows) > room:
            left_out = len(self._rows) - room + 1
            more = LegendRow("", self.words("map.legend.more", n=left_out))
            self._shown = (*self._rows[: room - 1], more)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Unfold or fold it where it is long."""
        if event.button() is Qt.MouseButton.LeftButton:
            self.toggle()

    def paint_content(self, painter: QPainter) -> None:
        """See ``Card``."""
        painter.setPen(QColor(self.theme.text))
        painter.setFont(self.body_font())
        painter.drawText(_line(self.inset, 0, self.width()), Qt.AlignmentFlag.AlignVCenter, self._title)
        columns = self._columns
        lefts = list(
            accumulate((width + GAP for width in self._column_widths(columns, self._shown)), initial=self.inset)
        )
        for i, row in enumerate(self._shown):
            x, line = lefts[i % columns], 1 + i // columns
            self._paint_sign(painter, row.symbol, x + 9, 7 + ROW * line + ROW / 2)
            painter.setPen(QColor(self.theme.text))
            painter.drawText(_line(x + SIGN, line, self.width()), Qt.AlignmentFlag.AlignVCenter, row.said())
        if self._synthetic:
            painter.setPen(QColor(self.theme.text_second))
            painter.setFont(self.small_font())
            line_of = _line(self.inset, 1 + ceil(len(self._shown) / columns), self.width())
            painter.drawText(line_of, Qt.AlignmentFlag.AlignVCenter, self.words("map.synthetic"))

    def _paint_sign(self, painter: QPainter, symbol: str, x: float, y: float) -> None:
        if symbol in SIGNS:
            painter.save()
            painter.translate(x, y)
            SIGNS[symbol](painter, 16, self.theme)
            painter.restore()

    def _column_widths(self, columns: int, rows: Sequence[LegendRow]) -> list[float]:
        font = self.body_font()
        parts = [rows[column::columns] for column in range(min(columns, len(rows)))]
        return [max(SIGN + text_px(font, row.said()) for row in part) for part in parts]

    def _is_long(self) -> bool:
        return self._folds and len(self._rows) > MOST_FOLDED

    def _settle(self) -> None:
        said = [self._title, *(row.said() for row in self._rows)]
        if self._synthetic:
            said.append(self.words("map.synthetic"))
        self.setAccessibleName("；".join(said))
        self._lay_out()
        long = self._is_long()
        self.setCursor(Qt.CursorShape.PointingHandCursor if long else Qt.CursorShape.ArrowCursor)
        self.setToolTip(self.words("map.legend.unfold" if self._folded else "map.legend.fold") if long else "")
        if self.size() != self.sizeHint():
            self.resize(self.sizeHint())
            self.updateGeometry()
        self.update()


def _line(x: float, line: int, width: int) -> QRectF:
    return QRectF(x, 7 + line * ROW, width - x, ROW)
