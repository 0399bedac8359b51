"""What the legend draws for the symbol of a row, beyond lamps, people and vehicles: one table for all layers."""

from collections.abc import Callable

from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QPainter, QPen

from layers.colours import CLASS_ALPHA, CLASS_COUNT, class_share, mix
from layers.fence_signs import SIGNS as OF_FENCES
from layers.signs import SIGNS as OF_THE_REGISTER
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


SIGNS: dict[str, Sign] = {
    **OF_THE_REGISTER,
    **OF_FENCES,
    **{f"heat.{step}": _heat(step) for step in range(len(HEAT_SHARES))},
    **{f"class.{step}": _class(step) for step in range(CLASS_COUNT)},
}
