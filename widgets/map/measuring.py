"""Measuring on the map: a distance along a line, or an area with its border, on the ellipsoid, while it is drawn."""

from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPen, QRegion

from layers.camera import Camera
from layers.contract import Look
from layers.geodesy import area_m2, length_m, perimeter_m
from resources.words import Words
from widgets.map.overlay import BODY_PX, sized
from widgets.map.sketch import Sketch, SketchKind

PAD_PX = 8.0
BESIDE_PX, ABOVE_PX, EDGE_PX = 14.0, 10.0, 4.0
"""How far what is measured stands from the point, and at least from the edge of the map."""
HECTARE_M2, SQUARE_KM_M2, HECTARES_FROM_M2 = 10_000.0, 1_000_000.0, 100_000.0


def distance_text(metres: float, words: Words) -> str:
    """Return a distance with no more digits than a finger on a map is worth: metres, from 1 km on kilometres."""
    if metres < 1000:
        return words("map.distance.m", n=f"{metres:.0f}")
    return words("map.distance.km", n=f"{metres / 1000:.2f}" if metres < 100_000 else f"{metres / 1000:.0f}")


def area_text(square_m: float, words: Words) -> str:
    """Return an area: square metres, from ten hectares on hectares, from one square kilometre on those."""
    if square_m < HECTARES_FROM_M2:
        return words("map_tools.area.m2", n=f"{square_m:,.0f}")
    if square_m < SQUARE_KM_M2:
        return words("map_tools.area.ha", n=f"{square_m / HECTARE_M2:.1f}")
    return words("map_tools.area.km2", n=f"{square_m / SQUARE_KM_M2:.2f}")


def reading(sketch: Sketch, words: Words) -> str:
    """Return what is measured so far; empty while there is nothing."""
    points = sketch.degrees(with_cursor=True)
    if len(points) < 2:
        return ""
    if sketch.kind is SketchKind.LINE:
        total = distance_text(length_m(points), words)
        if len(points) == 2 or sketch.done:
            return total
        return words("map_tools.measure.last", total=total, last=distance_text(length_m(points[-2:]), words))
    if len(points) < 3:
        return distance_text(length_m(points), words)
    area = area_text(area_m2(points), words)
    return words("map_tools.measure.area", area=area, border=distance_text(perimeter_m(points), words))


def paint_reading(painter: QPainter, camera: Camera, sketch: Sketch, look: Look, font: QFont, covered: QRegion) -> None:
    """Write what is measured beside the last point, where nothing covers it as far as that goes."""
    text, theme = reading(sketch, look.words), look.theme
    at = (
        sketch.cursor if sketch.cursor is not None and not sketch.done else sketch.points[-1] if sketch.points else None
    )
    if not text or at is None:
        return
    font = sized(font, BODY_PX)
    metrics = QFontMetricsF(font)
    size = QSizeF(metrics.horizontalAdvance(text) + 2 * PAD_PX, metrics.height() + PAD_PX)
    box = place_reading(QPointF(*camera.to_screen(*at)), size, QSizeF(camera.width, camera.height), covered)
    ground = QColor(theme.panel)
    ground.setAlpha(240)
    painter.setPen(QPen(QColor(theme.line), 1))
    painter.setBrush(ground)
    painter.drawRoundedRect(box, 5, 5)
    painter.setPen(QColor(theme.text))
    painter.setFont(font)
    painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)


def place_reading(at: QPointF, size: QSizeF, room: QSizeF, covered: QRegion) -> QRectF:
    """Return where a text of a size goes beside a point: in the room, off what covers the map, at best upper right."""
    boxes = []
    for below in (False, True):
        for left in (False, True):
            x = at.x() - BESIDE_PX - size.width() if left else at.x() + BESIDE_PX
            y = at.y() + ABOVE_PX if below else at.y() - ABOVE_PX - size.height()
            x = min(max(x, EDGE_PX), room.width() - size.width() - EDGE_PX)
            y = min(max(y, EDGE_PX), room.height() - size.height() - EDGE_PX)
            boxes.append(QRectF(QPointF(x, y), size))
    return next((box for box in boxes if not covered.intersects(box.toAlignedRect())), boxes[0])
