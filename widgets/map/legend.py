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
    """Rows in columns under a title, sized to what they say.

    There are two columns: more where they would stand too high, one where two are too wide. A long legend that
    ``folds`` is folded until it is clicked or its key pressed. What finds no place is counted in the last row, and
    stands on the next page: a click turns it, and after the last one folds it again.
    """

    folding_changed = Signal()
    inset = 14
    """Pixels to the left and right of what it says."""
    row = ROW
    """Pixels from one row to the next; on paper, where nothing is pressed, they stand closer."""

    def __init__(self, words: Words, theme: Theme, parent: QWidget, *, folds: bool = False) -> None:
        super().__init__(words, theme, parent)
        self.setObjectName("map_legend")
        self._folds = self._folded = folds
        self._page, self._goes_on = 0, False
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
        return QSize(ceil(width) + 2 * self.inset, lines * self.row + 14)

    @property
    def unfolded(self) -> bool:
        """Whether it was unfolded to be read whole."""
        return self._is_long() and not self._folded

    def wants_more(self, width: int, height: int) -> bool:
        """Whether it was unfolded to show every row, and cannot within this."""
        return not self._folded and len(self._rows) > self._fitting(self._rows, QSize(width, height))[1]

    def toggle(self) -> None:
        """Unfold it, turn to the next page, or fold it again; one that shows all it has stays as it is."""
        if self._is_folded():
            self._folded = False
        elif self._goes_on:
            self._page += 1
        elif self._page or self._is_long():
            self._page, self._folded = 0, True
        else:
            return
        self._settle()
        self.folding_changed.emit()

    def _fitting(self, rows: Sequence[LegendRow], most: QSize) -> tuple[int, int]:
        """Return in how many columns rows stand, as few as stand low enough, and how many of them find room.

        Where none are low enough it is as many columns as there is room for.
        """
        fitting = FEWEST_COLUMNS if self._size(FEWEST_COLUMNS, rows).width() <= most.width() else 1
        for columns in range(fitting, MOST_COLUMNS + 1):
            size = self._size(columns, rows)
            if columns > fitting and size.width() > most.width():
                break
            fitting = columns
            if size.height() <= most.height():
                break
        return fitting, fitting * max(1, (most.height() - 14) // self.row - 1 - self._synthetic)

    def _lay_out(self) -> None:
        """Choose the columns, and the rows of the page that shows."""
        folded, every = self._is_folded(), self._rows
        self._columns, room = self._fitting(every[:MOST_FOLDED] if folded else every, self._most)
        room = min(room, MOST_FOLDED) if folded else room
        a_page = room if len(every) <= room else max(1, room - 1)  # the last place is for how many there are besides
        pages = max(1, ceil(len(every) / a_page))
        self._page = 0 if folded else min(self._page, pages - 1)
        begins = self._page * a_page
        rest = len(every) - begins - a_page
        self._shown, self._goes_on = every[begins : begins + a_page], rest > 0 and not folded
        if rest > 0:
            self._shown = (*self._shown, LegendRow("", self.words("map.legend.more", n=rest)))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Unfold it, turn its page or fold it, where it is long."""
        if event.button() is Qt.MouseButton.LeftButton:
            self.toggle()

    def paint_content(self, painter: QPainter) -> None:
        """See ``Card``."""
        painter.setPen(QColor(self.theme.text))
        painter.setFont(self.body_font())
        painter.drawText(self._line(self.inset, 0), Qt.AlignmentFlag.AlignVCenter, self._title)
        columns = self._columns
        lefts = list(
            accumulate((width + GAP for width in self._column_widths(columns, self._shown)), initial=self.inset)
        )
        for i, row in enumerate(self._shown):
            x, line = lefts[i % columns], 1 + i // columns
            self._paint_sign(painter, row.symbol, x + 9, 7 + self.row * (line + 0.5))
            painter.setPen(QColor(self.theme.text))
            painter.drawText(self._line(x + SIGN, line), Qt.AlignmentFlag.AlignVCenter, row.said())
        if self._synthetic:
            painter.setPen(QColor(self.theme.text_second))
            painter.setFont(self.small_font())
            line_of = self._line(self.inset, 1 + ceil(len(self._shown) / columns))
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

    def _is_folded(self) -> bool:
        return self._folded and self._is_long()

    def _settle(self) -> None:
        said = [self._title, *(row.said() for row in self._rows)]
        if self._synthetic:
            said.append(self.words("map.synthetic"))
        self.setAccessibleName("；".join(said))
        self._lay_out()
        by_click = "unfold" if self._is_folded() else "next" if self._goes_on else "fold"
        turns = self._is_long() or self._goes_on or self._page > 0
        self.setCursor(Qt.CursorShape.PointingHandCursor if turns else Qt.CursorShape.ArrowCursor)
        self.setToolTip(self.words(f"map.legend.{by_click}") if turns else "")
        if self.size() != self.sizeHint():
            self.resize(self.sizeHint())
            self.updateGeometry()
        self.update()

    def _line(self, x: float, line: int) -> QRectF:
        return QRectF(x, 7 + line * self.row, self.width() - x, self.row)
