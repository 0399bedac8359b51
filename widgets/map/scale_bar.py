"""The scale bar: a round distance on the ground at the middle of the map."""

from math import floor, log10

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPainterPath, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from layers.camera import Camera
from layers.mercator import ground_scale
from resources.theme import Theme
from resources.words import Words
from widgets.map.overlay import SECOND_PX, sized

LONGEST_PX = 150.0
GROUND = 190


def round_distance(most_m: float) -> float:
    """Return the largest of 1, 2, 5 times a power of ten metres that is not above ``most_m``."""
    power = 10.0 ** floor(log10(most_m))
    return next(step * power for step in (5, 2, 1) if step * power <= most_m * (1 + 1e-9))


class ScaleBar(QWidget):
    """A line with its length in words. Clicks go through it to the map."""

    def __init__(self, words: Words, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("map_scale")
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._words = words
        self._theme = theme
        self.backed = True
        """Whether a ground of its own lies below it: on paper there is none."""
        self.length_px = 0.0
        self.distance_m = 0.0
        self.resize(round(LONGEST_PX) + 8, 34)

    def set_camera(self, camera: Camera) -> None:
        """Measure anew."""
        ground_m = camera.scale * ground_scale(camera.y)
        self.distance_m = round_distance(LONGEST_PX * ground_m)
        self.length_px = self.distance_m / ground_m
        self.setAccessibleName(self.text())
        self.update()

    def set_theme(self, theme: Theme) -> None:
        """Take up another theme."""
        self._theme = theme
        self.update()

    def retranslate(self) -> None:
        """Take up another language."""
        self.setAccessibleName(self.text())
        self.update()

    def text(self) -> str:
        """Return the distance in words."""
        if self.distance_m >= 1000:
            return self._words("map.distance.km", n=f"{self.distance_m / 1000:g}")
        return self._words("map.distance.m", n=f"{self.distance_m:g}")

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the line, right aligned, with its halo."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        right, y = self.width() - 4.5, self.height() - 8.5
        left = right - self.length_px
        ground = QColor(self._theme.map_ground)
        ground.setAlpha(GROUND)  # names of the map may stand below
        if self.backed:
            painter.fillRect(QRectF(left - 6, 0, self.length_px + 10, self.height()), ground)
        ends = [QPointF(left, y - 6), QPointF(left, y), QPointF(right, y), QPointF(right, y - 6)]
        for colour, width in ((self._theme.map_ground, 4.0), (self._theme.text_second, 1.5)):
            painter.setPen(QPen(QColor(colour), width))
            painter.drawPolyline(ends)
        self._paint_text(painter, QRectF(left, 0, self.length_px, y - 5))
        painter.end()

    def _paint_text(self, painter: QPainter, box: QRectF) -> None:
        """Paint the distance with a halo: a raster base map below may be of any colour."""
        font = sized(self.font(), SECOND_PX)
        metrics, path = QFontMetricsF(font), QPainterPath()
        left = box.center().x() - metrics.horizontalAdvance(self.text()) / 2
        path.addText(left, box.center().y() + (metrics.ascent() - metrics.descent()) / 2, font, self.text())
        halo = QPen(QColor(self._theme.map_ground), 3.5)
        halo.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
        painter.strokePath(path, halo)
        painter.fillPath(path, QColor(self._theme.text))
