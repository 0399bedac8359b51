"""One-line captions at the foot of the map: where the pointer is, and where the base map comes from."""

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from resources.theme import Theme
from resources.words import Words
from widgets.map.overlay import SECOND_PX, sized


class Caption(QWidget):
    """A line of small text on a faint ground, as wide as it says. Clicks go through it."""

    def __init__(self, words: Words, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.words = words
        self._theme = theme
        self._text = ""
        self.resize(0, 22)

    def set_text(self, text: str) -> None:
        """Show this text; nothing where it is empty."""
        if text != self._text:
            self._text = text
            width = QFontMetricsF(sized(self.font(), SECOND_PX)).horizontalAdvance(text) + 16 if text else 0
            right = self.geometry().right()
            self.resize(round(width), self.height())
            if self.property("right_aligned"):
                self.move(right - self.width() + 1, self.y())
            self.setAccessibleName(text)
            self.update()

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
    """Longitude and latitude under the pointer with the grid there, or a hint while a place is being chosen."""

    def __init__(self, words: Words, theme: Theme, parent: QWidget) -> None:
        super().__init__(words, theme, parent)
        self.setObjectName("map_coordinates")
        self._hint = ""
        self._where = ""

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
        self.set_text(" · ".join(part for part in (self._hint, self._where) if part))
