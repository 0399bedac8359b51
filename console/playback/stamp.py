"""The stamp that says a map is no live one: where nothing covers it, as near to the middle of the head as may be."""

from PySide6.QtCore import QPointF, QRect, QRectF, QSize, QSizeF, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPen, QRegion

from resources.theme import Theme
from widgets.map.overlay import sized

FRAME_PX = 6
STAMP_PX = 14
TOP_PX = 18
STEP_PX = 8


def stamp_place(size: QSize, room: QSize, covered: QRegion) -> QRect:
    """Return where a stamp of a size goes: in the row nearest to the head that has room for it, near its middle.

    Where cards leave no room at all it is at the head, in the middle.
    """
    middle = (room.width() - size.width()) // 2
    best = QRect(middle, TOP_PX, size.width(), size.height())
    offsets = sorted(range(2 * FRAME_PX - middle, middle - 2 * FRAME_PX + 1, STEP_PX), key=abs) or [0]
    for top in range(TOP_PX, room.height() - size.height() - 2 * FRAME_PX, STEP_PX):
        for offset in offsets:
            box = best.translated(offset, top - TOP_PX)
            if not covered.intersects(box):
                return box
    return best


def paint_stamp(painter: QPainter, room: QSize, text: str, font: QFont, theme: Theme, covered: QRegion) -> QRect:
    """Paint a striped frame round the map and the stamp; return where that is."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
    colour = QColor(theme.exercise)
    painter.setPen(QPen(colour, FRAME_PX, Qt.PenStyle.DashLine))
    half = FRAME_PX // 2
    painter.drawRect(QRectF(QPointF(half, half), QSizeF(room) - QSizeF(FRAME_PX, FRAME_PX)))
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    bold = sized(font, STAMP_PX)
    bold.setWeight(QFont.Weight.DemiBold)
    painter.setFont(bold)
    size = painter.fontMetrics().boundingRect(text).adjusted(-14, -6, 14, 6).size()
    box = stamp_place(size, room, covered)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(colour)
    painter.drawRoundedRect(box, 5, 5)
    painter.setPen(QColor(theme.map_ground))
    painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)
    return box
