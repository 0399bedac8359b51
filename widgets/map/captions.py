"""Captions at the foot of the map: where the pointer is, what the next click does, where the base map comes from."""

from math import ceil

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from resources.theme import Theme
from resources.words import Words
from widgets.map.overlay import SECOND_PX, sized

LINE_PX, MORE_PX = 22, 18
"""Height of one line, and of each further one."""
LEAST_PX = 120
"""A caption is never made narrower than this."""
BESIDE_PX = 8
"""Left and right of the text."""
WIDEST = 10_000
FLAGS = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap


class Caption(QWidget):
    """Small text on a faint ground, as wide as it says and standing on its foot. Clicks go through it."""

    altered = Signal()
    """It says something else, and takes another room."""

    def __init__(self, words: Words, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.words = words
        self._theme = theme
        self._text = ""
        self._most = WIDEST
        self.resize(0, LINE_PX)

    def set_text(self, text: str) -> None:
        """Show this text, a line or more; nothing where it is empty."""
        if text != self._text:
            self._text = text
            self._fit()
            self.setAccessibleName(text)
            self.update()
            self.altered.emit()

    def width_of(self, line: str) -> float:
        """Return how wide a caption of one line is."""
        return self._metrics().horizontalAdvance(line) + 2 * BESIDE_PX

    def _metrics(self) -> QFontMetricsF:
        return QFontMetricsF(sized(self.font(), SECOND_PX))

    def _fit(self) -> None:
        """Take the room the text needs, in more lines where one would be too wide."""
        metrics, was = self._metrics(), self.geometry()
        taken = metrics.boundingRect(QRectF(0, 0, self._most - 2 * BESIDE_PX, 1000), FLAGS, self._text)
        lines = max(1, round(taken.height() / metrics.lineSpacing()))
        wide = ceil(taken.width()) + 2 * BESIDE_PX if self._text else 0
        high = LINE_PX + MORE_PX * (lines - 1)
        left = was.right() - wide + 1 if self.property("right_aligned") else was.left()
        self.setGeometry(left, was.bottom() - high + 1, wide, high)

    def text(self) -> str:
        """Return what is shown."""
        return self._text

    def set_theme(self, theme: Theme) -> None:
        """Take up another theme."""
        self._theme = theme
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the line."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        ground = QColor(self._theme.map_ground)
        ground.setAlpha(200)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(ground)
        painter.drawRoundedRect(self.rect(), 4, 4)
        painter.setPen(QColor(self._theme.text_second))
        painter.setFont(sized(self.font(), SECOND_PX))
        painter.drawText(QRectF(self.rect()).adjusted(BESIDE_PX - 1, 0, 1 - BESIDE_PX, 0), FLAGS, self._text)
        painter.end()


class Coordinates(Caption):
    """Longitude and latitude under the pointer with the grid there, and a hint while a place is being chosen.

    The hint has a line of its own where both have no room in one.
    """

    def __init__(self, words: Words, theme: Theme, parent: QWidget) -> None:
        super().__init__(words, theme, parent)
        self.setObjectName("map_coordinates")
        self._hint = ""
        self._where = ""
        self._room = float("inf")

    def bound(self, width: int, most: int) -> None:
        """Be no wider than ``width`` as far as hint and place in a line each go, and than ``most`` in any case."""
        if (width, most) != (self._room, self._most):
            self._room, self._most = width, max(most, LEAST_PX)
            self._show()
            self._fit()

    def set_hint(self, text: str) -> None:
        """Say what the next click does; empty for nothing."""
        self._hint = text
        self._show()

    @property
    def is_hinting(self) -> bool:
        """Whether it says what the next click does."""
        return bool(self._hint)

    def set_place(self, lon: float, lat: float, grid: str | None) -> None:
        """Show a place in degrees (six decimals: a tenth of a metre) and the name of its grid."""
        inside = self.words("map.outside_grids") if grid is None else grid
        self._where = f"{lon:.6f}, {lat:.6f} · {inside}"
        self._show()

    def clear(self) -> None:
        """The pointer is elsewhere."""
        self._where = ""
        self._show()

    def _show(self) -> None:
        parts = [part for part in (self._hint, self._where) if part]
        line = " · ".join(parts)
        self.set_text(line if self.width_of(line) <= self._room else "\n".join(parts))
