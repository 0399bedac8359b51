"""The box that says yes or no, with its tick, where no style sheet has a say; painted as that sheet does elsewhere."""

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF

from resources.theme import Theme

TICK = ((3.4, 8.4), (6.6, 11.6), (12.6, 4.8))
"""In a box of 16 by 16; the same points are in ``resources/icons``."""


def paint_tick_box(painter: QPainter, box: QRectF, theme: Theme, *, on: bool) -> None:
    """Paint a box, ticked or empty."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(QColor(theme.accent if on else theme.text_second), 1.0))
    painter.setBrush(QColor(theme.accent if on else theme.ground))
    painter.drawRoundedRect(box, 2.5, 2.5)
    if on:
        side = box.width() / 16
        painter.setPen(QPen(QColor(theme.on_accent), 2.0 * side))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawPolyline(QPolygonF([QPointF(box.x() + x * side, box.y() + y * side) for x, y in TICK]))
    painter.restore()
