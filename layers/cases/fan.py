"""A cluster that coming closer does not part, opened: its cases stand around it, each to be picked by itself.

It is one picture, laid over the map as a whole: what is above moving things may consist of pictures alone.
"""

from collections.abc import Hashable, Sequence
from math import cos, hypot, pi, sin

import msgspec
from msgspec.structs import replace
from PySide6.QtCore import QPointF
from PySide6.QtGui import QColor, QPainter, QPen

from layers.cases.model import CaseMark
from layers.chosen import lay_round
from layers.contract import Area, Look
from layers.raster.contract import U32, Frame, Raster
from layers.symbols import CASE_SIZE, draw_lamp, draw_urgent, odd_side, render
from layers.table import MarkTable
from resources.theme import Theme

MOST = 60
"""Cases that are fanned out, the worst first; the rest stays in the cluster."""
FIRST_RING = 10
RING_PX, RING_STEP_PX = 34.0, 27.0
REACH_PX = 3
"""So far beside its mark a case is still picked."""
SAME_M = 1e-9
"""Scales that differ by no more are the same."""


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


class OpenedCluster:
    """The one cluster of a map that is opened, if any: its cases as they are by now. UI thread."""

    def __init__(self, look: Look) -> None:
        self._look = look
        self._fan: Fan | None = None
        self._followed: Hashable = None
        self._drawn: tuple[Hashable, U32] | None = None

    @property
    def state(self) -> Hashable:
        """A value that differs when it must be drawn again."""
        return self._fan

    def members(self) -> tuple[str, ...]:
        """Return the numbers of the cases that stand around."""
        return () if self._fan is None else tuple(mark.case_no for mark in self._fan.marks)

    def open(self, at: tuple[float, float], ground: float, marks: Sequence[CaseMark]) -> None:
        """Let these, the worst first, stand around a point of the plane until the scale alters."""
        self._fan = Fan(*at, ground, tuple(marks[:MOST])) if marks else None

    def close(self) -> bool:
        """Let them stand in their cluster again; return whether one was open."""
        was, self._fan = self._fan, None
        return was is not None

    def follow(self, key: Hashable, table: MarkTable[CaseMark]) -> None:
        """Take up how its cases are by now, and leave out those no longer shown; ``key`` differs when any altered."""
        fan = self._fan
        if fan is None or key == self._followed:
            return
        self._followed = key
        slots = table.slots(self.members()).tolist()
        marks = tuple(table.marks[slot] for slot in slots if slot >= 0)
        if marks != fan.marks:
            self._fan = replace(fan, marks=marks) if marks else None

    def hit(self, area: Area, x: float, y: float) -> CaseMark | None:
        """Return the case at a point of the plane."""
        fan = self._at(area)
        if fan is None:
            return None
        return fan.hit((x - fan.x) / area.ground(), (fan.y - y) / area.ground(), CASE_SIZE / 2 + REACH_PX)

    def draw(self, raster: Raster, frame: Frame, area: Area) -> None:
        """Lay it over a frame."""
        fan = self._at(area)
        if fan is None:
            return
        key = fan, area.ratio
        if self._drawn is None or self._drawn[0] != key:
            self._drawn = key, draw_fan(fan, self._look.theme, area.ratio)
        lay_round(raster, frame, area, (fan.x, fan.y), self._drawn[1])

    def restyle(self) -> None:
        """Take up another theme."""
        self._drawn = None

    def _at(self, area: Area) -> Fan | None:
        return self._fan if self._fan is not None and abs(self._fan.ground - area.ground()) < SAME_M else None
