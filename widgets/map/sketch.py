"""Drawing a point, line, area or rectangle on the map by mouse or keyboard: what measuring, choosing and drawing share.

A click, or Enter at the cross, sets a point; Backspace takes the last one back; a double click, Enter after clicks, or
Enter once more at the same place, ends it; Escape gives up. The map stays alive meanwhile: it pans and zooms as always.
"""

from enum import StrEnum

from PySide6.QtCore import QObject, QPointF, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QKeySequence, QPainter, QPen, QPolygonF

from layers.camera import Camera
from layers.mercator import to_degrees
from resources.theme import Theme

POINT_PX = 4.0
MOST_POINTS = 2_000
SAME_PX = 3.0


class SketchKind(StrEnum):
    """What is drawn."""

    POINT = "point"
    LINE = "line"
    AREA = "area"
    RECT = "rect"


LEAST = {SketchKind.POINT: 1, SketchKind.LINE: 2, SketchKind.AREA: 3, SketchKind.RECT: 2}
"""Points without which it is nothing."""
ENDS_AT = {SketchKind.POINT: 1, SketchKind.RECT: 2}
"""Kinds that end by themselves after so many points."""


class Sketch(QObject):
    """One thing being drawn. Points are on the plane; ``degrees`` gives them as lon, lat, a rectangle as its ring."""

    altered = Signal()
    finished = Signal()
    given_up = Signal()

    def __init__(self, kind: SketchKind, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.kind = kind
        self.points: list[tuple[float, float]] = []
        self.cursor: tuple[float, float] | None = None
        self.done = False

    @property
    def complete(self) -> bool:
        """Whether there are points enough to end it."""
        return len(self.points) >= LEAST[self.kind]

    def degrees(self, *, with_cursor: bool = False) -> list[tuple[float, float]]:
        """Return the points as lon, lat; ``with_cursor`` also where the pointer is, while it is being drawn."""
        points = list(self.points)
        if with_cursor and not self.done and self.cursor is not None:
            points.append(self.cursor)
        return [to_degrees(x, y) for x, y in self._ring(points)]

    def add(self, x: float, y: float, camera: Camera) -> None:
        """Set a point; the place of the last one again ends it."""
        if self.done:
            return
        if self.points and self._is_last(x, y, camera):
            self.finish()
            return
        if len(self.points) < MOST_POINTS:
            self.points.append((x, y))
        if len(self.points) >= ENDS_AT.get(self.kind, MOST_POINTS):
            self.finish()
        else:
            self.altered.emit()

    def point_at(self, x: float, y: float) -> None:
        """Follow the pointer."""
        if not self.done:
            self.cursor = (x, y)
            self.altered.emit()

    def take_back(self) -> None:
        """Take the last point back."""
        if self.points and not self.done:
            self.points.pop()
            self.altered.emit()

    def finish(self) -> None:
        """End it where it is something; otherwise go on."""
        if self.complete and not self.done:
            self.done, self.cursor = True, None
            self.finished.emit()

    def reopen(self) -> None:
        """Go on drawing what was ended: its last points can be taken back."""
        self.done = False
        self.altered.emit()

    def key(self, event: QKeyEvent) -> bool:
        """Take a key of its own; return whether it was one. While it is drawn nothing else is taken back."""
        if event.matches(QKeySequence.StandardKey.Undo) and not self.done:
            self.take_back()
            return True
        match event.key():
            case Qt.Key.Key_Escape:
                self.given_up.emit()
            case Qt.Key.Key_Backspace if self.points and not self.done:
                self.take_back()
            case _:
                return False
        return True

    def paint(self, painter: QPainter, camera: Camera, theme: Theme) -> None:
        """Draw it over the map."""
        points = list(self.points)
        if self.cursor is not None and not self.done and points:
            points.append(self.cursor)
        seen = [QPointF(*camera.to_screen(x, y)) for x, y in self._ring(points)]
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        closed = self.kind in (SketchKind.AREA, SketchKind.RECT)
        if closed and len(seen) > 2:
            fill = QColor(theme.accent)
            fill.setAlphaF(0.14)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(fill)
            painter.drawPolygon(QPolygonF(seen))
            seen.append(seen[0])
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for colour, width in ((theme.map_ground, 4.5), (theme.accent, 2.0)):
            style = Qt.PenStyle.SolidLine if self.done else Qt.PenStyle.DashLine
            painter.setPen(QPen(QColor(colour), width, style if colour == theme.accent else Qt.PenStyle.SolidLine))
            painter.drawPolyline(QPolygonF(seen))
        painter.setPen(QPen(QColor(theme.map_ground), 1.5))
        painter.setBrush(QColor(theme.accent))
        for x, y in self.points:
            painter.drawEllipse(QPointF(*camera.to_screen(x, y)), POINT_PX, POINT_PX)

    def _is_last(self, x: float, y: float, camera: Camera) -> bool:
        px, py = camera.to_screen(x, y)
        lx, ly = camera.to_screen(*self.points[-1])
        return abs(px - lx) <= SAME_PX and abs(py - ly) <= SAME_PX

    def _ring(self, points: list[tuple[float, float]]) -> list[tuple[float, float]]:
        """Return the corners of a rectangle from two opposite ones; other points as they are."""
        if self.kind is not SketchKind.RECT or len(points) < 2:
            return points
        (x0, y0), (x1, y1) = points[0], points[-1]
        return [(x0, y0), (x1, y0), (x1, y1), (x0, y1)]
