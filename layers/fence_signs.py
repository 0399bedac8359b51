"""The sign of a geofence: a line with posts. Colour says its state, posts and dashes say it again.

Drawn in device pixels: ``ratio`` is how many a logical one has. ``SIGNS`` says what the legend draws for a row.
"""

from collections.abc import Callable

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF

from layers.states import FenceState
from resources.theme import Theme

LINE_PX, POST_PX, POST_WIDE_PX, POST_EVERY_PX = 2.0, 9.0, 2.0, 16.0
TINT, RINGING_TINT = 18, 44

Sign = Callable[[QPainter, float, Theme], None]


def fence_colour(theme: Theme, state: FenceState) -> str:
    """Return the colour of a state."""
    return {
        FenceState.RINGING: theme.near,
        FenceState.WATCHING: theme.accent,
        FenceState.RESTING: theme.map_label,
        FenceState.PAUSED: theme.paused,
    }[state]


def draw_fence(
    painter: QPainter, ring: QPolygonF, state: FenceState, theme: Theme, ratio: float, *, strong: bool = False
) -> None:
    """Draw an area as a geofence: a firm line with posts while it watches, without posts while it does not."""
    colour = QColor(fence_colour(theme, state))
    tint = QColor(colour)
    tint.setAlpha({FenceState.RINGING: RINGING_TINT, FenceState.WATCHING: TINT}.get(state, 0))
    painter.setPen(QPen(QColor(theme.map_ground), (LINE_PX + 2.0) * ratio))
    painter.setBrush(tint)
    painter.drawPolygon(ring)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    pen = QPen(colour, LINE_PX * (1.6 if strong else 1.0) * ratio)
    if state is FenceState.PAUSED:
        pen.setDashPattern([2.0, 3.0])
    painter.setPen(pen)
    painter.drawPolygon(ring)
    if state in (FenceState.RINGING, FenceState.WATCHING):
        wide = POST_PX * (1.35 if state is FenceState.RINGING else 1.0)
        posts = QPen(colour, wide * ratio)
        posts.setCapStyle(Qt.PenCapStyle.FlatCap)
        posts.setDashPattern([POST_WIDE_PX / wide, (POST_EVERY_PX - POST_WIDE_PX) / wide])
        painter.setPen(posts)
        painter.drawPolygon(ring)


def _sign(state: FenceState) -> Sign:
    def draw(painter: QPainter, size: float, theme: Theme) -> None:
        draw_fence(painter, QPolygonF(QRectF(-size / 2, -size * 0.34, size, size * 0.68)), state, theme, 0.5)
        if state is FenceState.RINGING:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(theme.text))
            r = size * 0.26
            painter.drawPolygon(QPolygonF([QPointF(0, -r), QPointF(r, r * 0.8), QPointF(-r, r * 0.8)]))

    return draw


SIGNS: dict[str, Sign] = {f"fence.{state}": _sign(state) for state in FenceState}
