"""One-line captions at the foot of the map: where the pointer is, and where the base map comes from."""

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from resources.theme import Theme
from resources.words import Words
from widgets.map.overlay import SECOND_PX, sized

LINE_PX, MORE_PX = 22, 18
"""Height of one line, and of each further one."""


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
        self.resize(0, LINE_PX)

    def set_text(self, text: str) -> None:
        """Show this text, a line or more; nothing where it is empty."""
        if text != self._text:
            self._text = text
            was, lines = self.geometry(), text.split("\n")
            wide = round(max(self.width_of(line) for line in lines)) if text else 0
            high = LINE_PX + MORE_PX * (len(lines) - 1)
            left = was.right() - wide + 1 if self.property("right_aligned") else was.left()
            self.setGeometry(left, was.bottom() - high + 1, wide, high)
            self.setAccessibleName(text)
            self.update()
            self.altered.emit()

    def width_of(self, line: str) -> float:
        """Return how wide a caption of one line is."""
        return QFontMetricsF(sized(self.font(), SECOND_PX)).horizontalAdvance(line) + 16

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
        painter.drawText(QRectF(self.rect()), Qt.AlignmentFlag.AlignCenter, self._text)
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

    def bound(self, width: int) -> None:
        """Be no wider than this as far as that goes."""
        if width != self._room:
            self._room = width
            self._show()

    def set_hint(self, text: str) -> None:
        """Say what the next click does; empty for nothing."""
        self._hint = text
        self._show()

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
