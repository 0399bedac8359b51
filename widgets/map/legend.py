"""The legend: how many open cases show each lamp, people and vehicles on shift, and whether data is made up."""

from collections.abc import Callable, Sequence
from math import ceil

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter
from PySide6.QtWidgets import QWidget

from domain.clock import Lamp
from domain.units import UnitState
from layers.contract import LegendRow
from layers.legend_signs import SIGNS
from layers.symbols import draw_lamp, draw_sign, draw_staff, draw_urgent, draw_vehicle
from resources.theme import Theme
from resources.words import Words
from widgets.map.overlay import Card

PAD, ROW, GAP, SIGN = 14, 27, 26, 26


class Legend(Card):
    """Rows in two columns under a title, sized to what they say."""

    def __init__(self, words: Words, theme: Theme, parent: QWidget) -> None:
        super().__init__(words, theme, parent)
        self.setObjectName("map_legend")
        self._title = ""
        self._rows: tuple[LegendRow, ...] = ()
        self._synthetic = False

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

    def retranslate(self) -> None:
        """Take up another language (rows are set anew from outside)."""
        self._settle()

    def sizeHint(self) -> QSize:
        """The size that holds every row."""
        lines = 1 + ceil(len(self._rows) / 2) + self._synthetic
        columns = [self._column_width(i) for i in (0, 1)]
        title = QFontMetricsF(self.body_font()).horizontalAdvance(self._title)
        width = max(title, sum(columns) + (GAP if columns[1] else 0))
        return QSize(ceil(width) + 2 * PAD, lines * ROW + 14)

    def paint_content(self, painter: QPainter) -> None:
        """See ``Card``."""
        painter.setPen(QColor(self.theme.text))
        painter.setFont(self.body_font())
        painter.drawText(_line(PAD, 0, self.width()), Qt.AlignmentFlag.AlignVCenter, self._title)
        second = PAD + self._column_width(0) + GAP
        for i, row in enumerate(self._rows):
            x = PAD if i % 2 == 0 else second
            self._paint_sign(painter, row.symbol, x + 9, 7 + ROW * (1 + i // 2) + ROW / 2)
            painter.setPen(QColor(self.theme.text))
            painter.drawText(_line(x + SIGN, 1 + i // 2, self.width()), Qt.AlignmentFlag.AlignVCenter, _text(row))
        if self._synthetic:
            painter.setPen(QColor(self.theme.text_second))
            painter.setFont(self.small_font())
            line = _line(PAD, 1 + ceil(len(self._rows) / 2), self.width())
            painter.drawText(line, Qt.AlignmentFlag.AlignVCenter, self.words("map.synthetic"))

    def _paint_sign(self, painter: QPainter, symbol: str, x: float, y: float) -> None:
        painter.save()
        painter.translate(x, y)
        theme = self.theme
        signs: dict[str, Callable[[], None]] = {
            "staff": lambda: draw_staff(painter, 16, 0.0, theme, stale=False),
            "vehicle": lambda: draw_vehicle(painter, 16, theme, stale=False),
            "urgent": lambda: draw_urgent(painter, 0.0, theme),
            "staff_stale": lambda: draw_staff(painter, 16, 0.0, theme, stale=True),
        }
        if symbol.startswith("lamp."):
            draw_lamp(painter, Lamp(symbol.removeprefix("lamp.")), 16, theme)
        elif symbol.startswith("sign."):
            painter.scale(1.6, 1.6)
            painter.translate(-7.4, -6.7)  # to the middle: it is drawn beside what it belongs to
            draw_sign(painter, UnitState(symbol.removeprefix("sign.")), 16, theme)
        elif symbol in signs:
            signs[symbol]()
        elif symbol in SIGNS:
            SIGNS[symbol](painter, 16, theme)
        painter.restore()

    def _column_width(self, column: int) -> float:
        metrics = QFontMetricsF(self.body_font())
        return max((SIGN + metrics.horizontalAdvance(_text(row)) for row in self._rows[column::2]), default=0.0)

    def _settle(self) -> None:
        said = [self._title, *(_text(row) for row in self._rows)]
        if self._synthetic:
            said.append(self.words("map.synthetic"))
        self.setAccessibleName("；".join(said))
        if self.size() != self.sizeHint():
            self.resize(self.sizeHint())
            self.updateGeometry()
        self.update()


def _text(row: LegendRow) -> str:
    return row.text if row.count is None else f"{row.text} {row.count}"


def _line(x: float, line: int, width: int) -> QRectF:
    return QRectF(x, 7 + line * ROW, width - x, ROW)
