"""Shapes that stand beside a colour, so that colour is never alone: circle, triangle, square, pause and others."""

from enum import StrEnum

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QWidget


class Shape(StrEnum):
    """A sign that can be told apart without its colour."""

    CIRCLE = "circle"
    TRIANGLE = "triangle"
    SQUARE = "square"
    PAUSE = "pause"
    DIAMOND = "diamond"
    DIAMOND_OPEN = "diamond_open"
    PLAY = "play"
    RING_DASHED = "ring_dashed"
    EYE = "eye"
    NONE = "none"


FILLED = frozenset({Shape.CIRCLE, Shape.TRIANGLE, Shape.SQUARE, Shape.DIAMOND, Shape.PLAY})


def paint_shape(painter: QPainter, box: QRectF, shape: Shape, colour: str) -> None:
    """Paint a shape centred in ``box``, as large as the shorter side allows."""
    if shape is Shape.NONE:
        return
    side = min(box.width(), box.height())
    centre, r = box.center(), side / 2
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    if shape in FILLED:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(colour))
    else:
        painter.setPen(QPen(QColor(colour), max(1.4, side / 9)))
        painter.setBrush(Qt.BrushStyle.NoBrush)
    _outline(painter, centre, r, shape, colour)
    painter.restore()


def _outline(painter: QPainter, centre: QPointF, r: float, shape: Shape, colour: str) -> None:
    x, y = centre.x(), centre.y()
    match shape:
        case Shape.CIRCLE:
            painter.drawEllipse(centre, r * 0.92, r * 0.92)
        case Shape.TRIANGLE:
            painter.drawPolygon(_polygon((x, y - r * 0.9), (x + r, y + r * 0.85), (x - r, y + r * 0.85)))
        case Shape.SQUARE:
            painter.drawRect(QRectF(x - r * 0.84, y - r * 0.84, r * 1.68, r * 1.68))
        case Shape.PAUSE:
            for left in (x - r * 0.7, x + r * 0.2):
                painter.fillRect(QRectF(left, y - r * 0.8, r * 0.5, r * 1.6), QColor(colour))
        case Shape.DIAMOND | Shape.DIAMOND_OPEN:
            s = r * (0.95 if shape is Shape.DIAMOND else 0.85)
            painter.drawPolygon(_polygon((x, y - s), (x + s, y), (x, y + s), (x - s, y)))
        case Shape.PLAY:
            painter.drawPolygon(_polygon((x - r * 0.7, y - r * 0.9), (x + r * 0.9, y), (x - r * 0.7, y + r * 0.9)))
        case Shape.RING_DASHED:
            pen = painter.pen()
            pen.setDashPattern([1.6, 1.4])
            painter.setPen(pen)
            painter.drawEllipse(centre, r * 0.85, r * 0.85)
        case Shape.EYE:
            lids = QPainterPath(QPointF(x - r, y))
            lids.quadTo(QPointF(x, y - r * 1.3), QPointF(x + r, y))
            lids.quadTo(QPointF(x, y + r * 1.3), QPointF(x - r, y))
            painter.drawPath(lids)
            painter.setBrush(QColor(colour))
            painter.drawEllipse(centre, r * 0.26, r * 0.26)


def _polygon(*points: tuple[float, float]) -> QPolygonF:
    return QPolygonF([QPointF(x, y) for x, y in points])


class LampSign(QWidget):
    """One shape in its colour."""

    def __init__(self, size_px: int = 14, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shape, self._colour, self._px = Shape.NONE, "", size_px
        self.setFixedSize(QSize(size_px, size_px))

    def show_shape(self, shape: Shape, colour: str, meaning: str) -> None:
        """Show a shape; ``meaning`` is read out and shown on hover."""
        self._shape, self._colour = shape, colour
        self.setToolTip(meaning)
        self.setAccessibleName(meaning)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the shape."""
        painter = QPainter(self)
        paint_shape(painter, QRectF(1, 1, self._px - 2, self._px - 2), self._shape, self._colour)
