"""A cluster that coming closer does not part, opened: its cases stand around it, each to be picked by itself.

It is one picture, laid over the map as a whole: what is above moving things may consist of pictures alone.
"""

from collections.abc import Sequence
from math import cos, hypot, pi, sin

import msgspec
from PySide6.QtCore import QPointF
from PySide6.QtGui import QColor, QPainter, QPen

from layers.cases.model import CaseMark
from layers.raster.contract import U32
from layers.symbols import CASE_SIZE, draw_lamp, draw_urgent, odd_side, render
from resources.theme import Theme

MOST = 60
"""Cases that are fanned out, the worst first; the rest stays in the cluster."""
FIRST_RING = 10
RING_PX, RING_STEP_PX = 34.0, 27.0


class Fan(msgspec.Struct, frozen=True):
    """An opened cluster: where it stands on the plane, at which scale it was opened, and its cases."""

    x: float
    y: float
    ground: float
    marks: tuple[CaseMark, ...]

    def spots(self) -> list[tuple[float, float]]:
        """Return where each case stands, logical pixels right of and below the middle."""
        return fan_spots(len(self.marks))

    def hit(self, dx: float, dy: float, reach: float) -> CaseMark | None:
        """Return the case at logical pixels from the middle, within a reach."""
        far = [(hypot(dx - x, dy - y), i) for i, (x, y) in enumerate(self.spots())]
        nearest = min(far, default=(reach + 1, -1))
        return self.marks[nearest[1]] if nearest[0] <= reach else None


def fan_spots(count: int) -> list[tuple[float, float]]:
    """Return places for so many cases in rings, none nearer to another than a case is wide."""
    spots: list[tuple[float, float]] = []
    ring = 0
    while len(spots) < count:
        radius = RING_PX + ring * RING_STEP_PX
        room = FIRST_RING if ring == 0 else int(2 * pi * radius / (CASE_SIZE + 5))
        here = min(room, count - len(spots))
        for i in range(here):
            turn = 2 * pi * i / here - pi / 2 + ring * 0.35
            spots.append((cos(turn) * radius, sin(turn) * radius))
        ring += 1
    return spots


def draw_fan(fan: Fan, theme: Theme, ratio: float) -> U32:
    """Return the picture of a fan, its middle in the middle."""
    spots = fan.spots()
    side = odd_side(2 * (max((hypot(x, y) for x, y in spots), default=0.0) + CASE_SIZE), ratio)

    def draw(painter: QPainter) -> None:
        for width, colour in ((3.4, theme.map_ground), (1.4, theme.text_second)):
            painter.setPen(QPen(QColor(colour), width))
            for x, y in spots:
                painter.drawLine(QPointF(0, 0), QPointF(x, y))
        painter.setPen(QPen(QColor(theme.text_second), 1.4))
        painter.setBrush(QColor(theme.map_ground))
        painter.drawEllipse(QPointF(0, 0), 4, 4)
        for mark, (x, y) in zip(fan.marks, spots, strict=True):
            painter.save()
            painter.translate(x, y)
            draw_lamp(painter, mark.lamp, CASE_SIZE, theme)
            if mark.urgent:
                draw_urgent(painter, CASE_SIZE, theme)
            painter.restore()

    return render(side, ratio, draw)


def fan_of(x: float, y: float, ground: float, marks: Sequence[CaseMark]) -> Fan:
    """Return the fan of a cluster's cases, the worst first."""
    return Fan(x, y, ground, tuple(marks[:MOST]))
