"""The signs on the map, drawn by Qt into sprites: lamps, clusters, people, vehicles, the small signs of what they do.

Lamps: within limit a circle, near a triangle, overdue a square, suspended a pause, no clock a small ring (look.md).
Sizes are logical pixels; sprites are made for one device pixel ratio.
"""

from collections.abc import Callable
from math import ceil

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPen, QPolygonF

from domain.clock import LAMP_ORDER, Lamp
from domain.units import UnitState
from layers.contract import HEADINGS
from layers.raster.contract import U32, Sprites, make_sprites
from layers.thing_codes import SIGNS, STEPS
from resources.theme import Theme

Draw = Callable[[QPainter], None]

CASE_SIZE = 20.0
SMALL_CASE_SIZE = 8.0
THING_SIZE = 17.0
CHOSEN_PX = 13.0
SMALL_THING_SIZE = 10.0


def lamp_colour(theme: Theme, lamp: Lamp) -> str:
    """Return the colour of a lamp."""
    return {
        Lamp.WITHIN: theme.within,
        Lamp.NEAR: theme.near,
        Lamp.OVERDUE: theme.overdue,
        Lamp.PAUSED: theme.paused,
        Lamp.NONE: theme.text_second,
    }[lamp]


def odd_side(logical: float, ratio: float) -> int:
    """Return the device side of a square that holds ``logical`` pixels and has a middle pixel."""
    return 2 * ceil(logical * ratio / 2) + 1


def render(side: int, ratio: float, draw: Draw) -> U32:
    """Return one square sprite; ``draw`` paints around (0, 0), its middle, in logical pixels."""
    pixels = np.zeros((side, side), np.uint32)
    image = QImage(pixels.data, side, side, side * 4, QImage.Format.Format_ARGB32_Premultiplied)
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.translate(side / 2, side / 2)
    painter.scale(ratio, ratio)
    draw(painter)
    painter.end()
    return pixels


def draw_chosen(painter: QPainter, theme: Theme) -> None:
    """Draw the ring round a thing that is picked out, around (0, 0), so that it is seen on any ground."""
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for colour, width in ((theme.map_ground, 4.4), (theme.text, 2.0)):
        painter.setPen(QPen(QColor(colour), width))
        painter.drawEllipse(QPointF(0, 0), CHOSEN_PX, CHOSEN_PX)


def chosen_ring(theme: Theme, ratio: float) -> U32:
    """Return the picture of that ring."""
    return render(odd_side(2 * CHOSEN_PX + 6, ratio), ratio, lambda painter: draw_chosen(painter, theme))


def draw_lamp(painter: QPainter, lamp: Lamp, size: float, theme: Theme) -> None:
    """Draw the shape of a lamp around (0, 0), rimmed with the map's ground so that it stands off it."""
    half = size / 2
    painter.setPen(QPen(QColor(theme.map_ground), max(1.0, size / 12)))
    painter.setBrush(QColor(lamp_colour(theme, lamp)))
    if lamp is Lamp.WITHIN:
        painter.drawEllipse(QPointF(0, 0), half * 0.86, half * 0.86)
    elif lamp is Lamp.NEAR:
        points = [QPointF(0, -half * 0.95), QPointF(half, half * 0.75), QPointF(-half, half * 0.75)]
        painter.drawPolygon(QPolygonF(points))
    elif lamp is Lamp.OVERDUE:
        painter.drawRect(QRectF(-half * 0.78, -half * 0.78, half * 1.56, half * 1.56))
    elif lamp is Lamp.PAUSED:
        painter.drawRect(QRectF(-half * 0.7, -half * 0.75, half * 0.5, half * 1.5))
        painter.drawRect(QRectF(half * 0.2, -half * 0.75, half * 0.5, half * 1.5))
    else:
        painter.setBrush(QColor(theme.map_ground))
        painter.setPen(QPen(QColor(theme.text_second), max(1.0, size / 9)))
        painter.drawEllipse(QPointF(0, 0), half * 0.55, half * 0.55)


def draw_urgent(painter: QPainter, size: float, theme: Theme) -> None:
    """Draw the sign of an urgent case at the upper right: an exclamation mark in a disc."""
    at = QPointF(size * 0.5, -size * 0.5)
    painter.setPen(QPen(QColor(theme.map_ground), 1.0))
    painter.setBrush(QColor(theme.text))
    painter.drawEllipse(at, 5.0, 5.0)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(theme.map_ground))
    painter.drawRect(QRectF(at.x() - 0.8, at.y() - 3.0, 1.6, 3.6))
    painter.drawRect(QRectF(at.x() - 0.8, at.y() + 1.4, 1.6, 1.6))


def draw_staff(painter: QPainter, size: float, heading_deg: float | None, theme: Theme, *, stale: bool) -> None:
    """Draw a person: an arrowhead where the heading is known, else a disc; hollow and grey when the fix is stale."""
    _pen_for(painter, theme, stale=stale)
    half = size / 2
    if heading_deg is None:
        painter.drawEllipse(QPointF(0, 0), half * 0.62, half * 0.62)
        return
    painter.save()
    painter.rotate(heading_deg)
    points = [(0.0, -1.0), (0.68, 0.85), (0.0, 0.45), (-0.68, 0.85)]
    painter.drawPolygon(QPolygonF([QPointF(x * half, y * half) for x, y in points]))
    painter.restore()


def draw_vehicle(painter: QPainter, size: float, theme: Theme, *, stale: bool) -> None:
    """Draw a vehicle: a rounded box with a windscreen."""
    _pen_for(painter, theme, stale=stale)
    half = size / 2
    painter.drawRoundedRect(QRectF(-half, -half * 0.66, size, size * 0.66), 3, 3)
    if not stale and size > SMALL_THING_SIZE:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(theme.map_ground))
        painter.drawRect(QRectF(half * 0.25, -half * 0.38, half * 0.3, half * 0.76))


def _pen_for(painter: QPainter, theme: Theme, *, stale: bool) -> None:
    if stale:
        painter.setPen(QPen(QColor(theme.paused), 1.4))
        painter.setBrush(QColor(theme.map_ground))
    else:
        painter.setPen(QPen(QColor(theme.map_ground), 1.0))
        painter.setBrush(QColor(theme.staff))


def draw_sign(painter: QPainter, state: UnitState, size: float, theme: Theme) -> None:
    """Draw what a unit is doing at the lower right of its symbol: under way a triangle, on the job a diamond."""
    if state not in (UnitState.UNDER_WAY, UnitState.ON_THE_JOB):
        return
    x, y, r = size * 0.46, size * 0.42, 4.2
    painter.setPen(QPen(QColor(theme.map_ground), 1.2))
    painter.setBrush(QColor(theme.accent))
    if state is UnitState.UNDER_WAY:
        points = [(-0.8, -1.0), (1.0, 0.0), (-0.8, 1.0)]
    else:
        points = [(0.0, -1.1), (1.1, 0.0), (0.0, 1.1), (-1.1, 0.0)]
    painter.drawPolygon(QPolygonF([QPointF(x + px * r, y + py * r) for px, py in points]))


def case_sprites(theme: Theme, size: float, ratio: float, *, signs: bool) -> Sprites:
    """Return the sprites of cases: code = rank of the lamp, plus the number of lamps for an urgent one."""
    side = odd_side(size * (1.6 if signs else 1.0), ratio)
    made = []
    for urgent in (False, True):
        for lamp in LAMP_ORDER:

            def draw(painter: QPainter, lamp: Lamp = lamp, urgent: bool = urgent) -> None:
                draw_lamp(painter, lamp, size, theme)
                if urgent and signs:
                    draw_urgent(painter, size, theme)

            made.append(render(side, ratio, draw))
    return make_sprites(np.stack(made))


def draw_ended(painter: QPainter, size: float, theme: Theme) -> None:
    """Draw an ended case: a small grey dot."""
    painter.setPen(QPen(QColor(theme.map_ground), 0.8))
    painter.setBrush(QColor(theme.paused))
    painter.drawEllipse(QPointF(0, 0), size / 2, size / 2)


def dot_sprites(theme: Theme, size: float, ratio: float) -> Sprites:
    """Return the one sprite of ended cases."""

    def draw(painter: QPainter) -> None:
        draw_ended(painter, size, theme)

    return make_sprites(render(odd_side(size + 2, ratio), ratio, draw)[None])


def thing_sprites(theme: Theme, size: float, ratio: float) -> Sprites:
    """Return the sprites of people and vehicles; for their codes see ``layers.thing_codes``."""
    signs = size > SMALL_THING_SIZE
    side = odd_side(size * (2.0 if signs else 1.0), ratio)
    made = []

    def add(draw: Draw) -> None:
        made.append(render(side, ratio, draw))

    for state in (*SIGNS, None):
        for step in range(STEPS):
            heading = step * 360 / HEADINGS if step < HEADINGS else None

            def staff(painter: QPainter, state: UnitState | None = state, heading: float | None = heading) -> None:
                draw_staff(painter, size, heading, theme, stale=state is None)
                if signs and state is not None:
                    draw_sign(painter, state, size, theme)

            add(staff)
    for state in (*SIGNS, None):

        def vehicle(painter: QPainter, state: UnitState | None = state) -> None:
            draw_vehicle(painter, size, theme, stale=state is None)
            if signs and state is not None:
                draw_sign(painter, state, size, theme)

        add(vehicle)
    return make_sprites(np.stack(made))
