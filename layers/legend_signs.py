"""What the legend draws for the symbol of a row: one table for all layers, on the screen, on paper and on a page."""

from collections.abc import Callable

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QColor, QPainter, QPen

from domain.clock import Lamp
from domain.units import UnitState
from layers.colours import CLASS_ALPHA, CLASS_COUNT, class_share, mix
from layers.fence_signs import SIGNS as OF_FENCES
from layers.owncolours import FAINT, OWN_COLOURS, TRACK_COLOURS
from layers.signs import SIGNS as OF_THE_REGISTER
from layers.symbols import draw_lamp, draw_sign, draw_staff, draw_urgent, draw_vehicle
from resources.theme import Theme

Sign = Callable[[QPainter, float, Theme], None]

HEAT_SHARES = (0.08, 0.3, 0.55, 0.8)
"""Shares of the highest density near which a class of heat begins."""
HEAT_LEAST, HEAT_MOST = 40, 190
"""How strongly heat covers the ground at least and at most, of 255."""


def heat_colour(theme: Theme, share: float) -> str:
    """Return the colour of a share of the highest density."""
    low, middle, high = theme.heat_low, theme.heat_middle, theme.heat_high
    return mix(low, middle, share * 2) if share < 0.5 else mix(middle, high, share * 2 - 1)


def heat_alpha(share: float) -> int:
    """Return how strongly a share of the highest density covers the ground, of 255."""
    return round(HEAT_LEAST + (HEAT_MOST - HEAT_LEAST) * share)


def heat_class_colour(theme: Theme, step: int) -> str:
    """Return the colour of a class of heat, 0 (least) to 3, as it is seen over the ground in its middle."""
    share = (HEAT_SHARES[step] + (*HEAT_SHARES, 1.0)[step + 1]) / 2
    return mix(theme.map_ground, heat_colour(theme, share), heat_alpha(share) / 255)


def class_colour(theme: Theme, step: int) -> str:
    """Return the colour of a class of grids, 0 (least) to 4, as it is seen over the ground."""
    return mix(theme.map_ground, theme.accent, class_share(step) * CLASS_ALPHA / 255)


def _patch(colour_of: Callable[[Theme], str]) -> Sign:
    def draw(painter: QPainter, size: float, theme: Theme) -> None:
        painter.setPen(QPen(QColor(theme.line), 1.0))
        painter.setBrush(QColor(colour_of(theme)))
        painter.drawRect(QRectF(-size / 2, -size * 0.38, size, size * 0.76))

    return draw


def _heat(step: int) -> Sign:
    return _patch(lambda theme: heat_class_colour(theme, step))


def _class(step: int) -> Sign:
    return _patch(lambda theme: class_colour(theme, step))


def _lamp(lamp: Lamp) -> Sign:
    return lambda painter, size, theme: draw_lamp(painter, lamp, size, theme)


def _staff(*, stale: bool) -> Sign:
    return lambda painter, size, theme: draw_staff(painter, size, 0.0, theme, stale=stale)


def _vehicle(painter: QPainter, size: float, theme: Theme) -> None:
    draw_vehicle(painter, size, theme, stale=False)


def _urgent(painter: QPainter, _size: float, theme: Theme) -> None:
    draw_urgent(painter, 0.0, theme)


def _state(state: UnitState) -> Sign:
    def draw(painter: QPainter, size: float, theme: Theme) -> None:
        painter.scale(1.6, 1.6)
        painter.translate(-0.4625 * size, -0.41875 * size)  # to the middle: it is drawn beside what it belongs to
        draw_sign(painter, state, size, theme)

    return draw


def _own_file(role: str) -> Sign:
    """Return the sign of a file of one's own: a patch with a dot in the colour of its layer."""

    def draw(painter: QPainter, size: float, theme: Theme) -> None:
        colour = QColor(str(getattr(theme, role)))
        tint = QColor(colour)
        tint.setAlpha(FAINT)
        painter.setPen(QPen(colour, 2.0))
        painter.setBrush(tint)
        painter.drawRect(QRectF(-size / 2, -size * 0.38, size, size * 0.76))
        painter.setBrush(colour)
        painter.drawEllipse(QPointF(0, 0), size * 0.12, size * 0.12)

    return draw


def _own_track(role: str) -> Sign:
    """Return the sign of a track: a line with a ring where it starts and a square where it ends."""

    def draw(painter: QPainter, size: float, theme: Theme) -> None:
        colour, half = QColor(str(getattr(theme, role))), size / 2
        painter.setPen(QPen(colour, 2.0))
        painter.drawLine(QPointF(-half, 0), QPointF(half, 0))
        painter.setBrush(QColor(theme.map_ground))
        painter.drawEllipse(QPointF(-half + 2, 0), 3.0, 3.0)
        painter.setBrush(colour)
        painter.drawRect(QRectF(half - 6, -3, 6, 6))

    return draw


SIGNS: dict[str, Sign] = {
    **{f"lamp.{lamp}": _lamp(lamp) for lamp in Lamp},
    "urgent": _urgent,
    "staff": _staff(stale=False),
    "staff_stale": _staff(stale=True),
    "vehicle": _vehicle,
    **{f"sign.{state}": _state(state) for state in UnitState},
    **{f"own_file.{role}": _own_file(role) for role in OWN_COLOURS},
    **{f"own_track.{role}": _own_track(role) for role in TRACK_COLOURS},
    **OF_THE_REGISTER,
    **OF_FENCES,
    **{f"heat.{step}": _heat(step) for step in range(len(HEAT_SHARES))},
    **{f"class.{step}": _class(step) for step in range(CLASS_COUNT)},
}
