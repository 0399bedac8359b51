"""Drawing of measured tracks: a line, its points where there is room, the start and the end, and times along it."""

from collections.abc import Callable, Hashable, Sequence
from datetime import datetime
from functools import partial

import numpy as np
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QColor, QPainter, QPen

from layers.colours import argb
from layers.contract import Area, Focus, Label, LabelStyle, LayerItem, LegendRow, Look, Picked, PickedKind
from layers.options import Group, Style
from layers.owncolours import TRACK_COLOURS, colour_style, legend_title
from layers.raster.contract import Frame, Raster, Sprites, make_sprites
from layers.symbols import odd_side, render
from layers.tracks.model import TrackModel

KEY_PREFIX = "track:"
POINT_PX, END_PX, WIDTH_PX = 5.0, 11.0, 2.4
POINT, START, END = 0, 1, 2
POINTS_UNTIL = 12.0
"""Coarsest scale (plane metres a logical pixel) at which single points show."""
LABEL_EVERY_PX = 110.0
LABELS_MOST = 200


class TrackItem(LayerItem):
    """Tracks of one file or one reading."""

    group = Group.OWN
    removable = True

    def __init__(self, model: TrackModel, look: Look) -> None:
        super().__init__(look)
        self._model = model
        self.key = KEY_PREFIX + model.ident
        self.renamable = not model.guarded  # one of the history says whose it is; the next one would take its name over
        self._sheets: dict[tuple[str, float], Sprites] = {}

    def title(self) -> str:
        """See ``LayerItem``: the name it was given, or what it is of."""
        return (self.options.name if self.renamable else "") or self._model.name

    def remark(self) -> str:
        """See ``LayerItem``: where it is from, and the time it spans."""
        span = self._model.span()
        between = "" if span is None else f"{self._moment(span[0])} – {self._moment(span[1])}"
        return "\n".join(text for text in (self._model.remark, between) if text)

    def note(self) -> tuple[str, bool]:
        """See ``LayerItem``: when it ends."""
        span = self._model.span()
        return ("" if span is None else self._moment(span[1])[-5:]), False

    def styles(self) -> Sequence[Style]:
        """See ``LayerItem``."""
        words = self.look.words
        times = ("shown", "hidden")
        return (
            colour_style(TRACK_COLOURS, self._model.colour, words),
            Style("times", times, "shown", tuple(words(f"own_layer.times.{t}") for t in times)),
        )

    def subscribe(self, callback: Callable[[], None]) -> Callable[[], None]:
        """See ``LayerItem``."""
        return self._model.subscribe(callback)

    def static_state(self) -> Hashable:
        """See ``LayerItem``."""
        return self._model.revision, self.options.styles, self.look.theme

    def live_state(self) -> Hashable:
        """See ``LayerItem``."""
        return self._model.revision, self.options.styles

    def restyle(self) -> None:
        """See ``LayerItem``."""
        self._sheets = {}

    def bounds(self) -> tuple[float, float, float, float] | None:
        """See ``LayerItem``."""
        return self._model.shapes.bounds()

    def draw_tile(self, raster: Raster, frame: Frame, area: Area) -> None:
        """See ``LayerItem``."""
        shapes, role = self._model.shapes, self.role
        which = shapes.visible(area.bounds(6))
        if not len(which):
            return
        colour = argb(str(getattr(self.look.theme, role)))
        widths = np.full(len(which), WIDTH_PX * area.ratio, np.float32)
        raster.stroke(frame, shapes, which, colour, widths, area.placing(shapes.origin), closed=False)
        codes = np.zeros(len(shapes.xs), np.uint16)
        codes[shapes.rings[1:] - 1], codes[shapes.rings[:-1]] = END, START
        seen = slice(None) if area.ground() < POINTS_UNTIL else np.flatnonzero(codes)
        sheet, place = self._sheet(role, area.ratio), area.placing(shapes.origin)
        raster.stamp(frame, shapes.xs[seen], shapes.ys[seen], codes[seen], sheet, place)

    def labels(self, area: Area, focus: Focus) -> Sequence[Label]:
        """See ``LayerItem``: times along the track, as many as have room."""
        if self.options.style(self.styles()[1]) == "hidden":
            return ()
        model, found = self._model, list[Label]()
        x0, y0, x1, y1 = area.bounds()
        inside = (model.xs > x0) & (model.xs < x1) & (model.ys > y0) & (model.ys < y1) & np.isfinite(model.at)
        last: tuple[float, float] | None = None
        for i in np.flatnonzero(inside).tolist():
            px, py = area.to_pixel(float(model.xs[i]), float(model.ys[i]))
            if last is None or abs(px - last[0]) + abs(py - last[1]) > LABEL_EVERY_PX * area.ratio:
                last = px, py
                text = self._moment(float(model.at[i]))[-5:]
                found.append(Label(text, float(model.xs[i]), float(model.ys[i]), LabelStyle.STALE, 26.0, beside=8.0))
            if len(found) >= LABELS_MOST:
                break
        return found

    @property
    def role(self) -> str:
        """The role of the theme it is drawn in."""
        return self.options.style(self.styles()[0])

    def legend(self) -> Sequence[LegendRow]:
        """See ``LayerItem``: the track by its name."""
        title = legend_title(self.title())
        return [LegendRow(f"own_track.{self.role}", title)] if len(self._model.xs) else []

    def pick(self, area: Area, px: float, py: float, reach: float) -> Picked | None:
        """See ``LayerItem``: the nearest point, with its time."""
        model = self._model
        if not len(model.xs):
            return None
        x, y = area.left + px * area.scale, area.top - py * area.scale
        far = np.hypot(model.xs - x, model.ys - y)
        best = int(np.argmin(far))
        if far[best] > (reach + POINT_PX * area.ratio) * area.scale:
            return None
        named = model.names[int(model.track[best])] if int(model.track[best]) < len(model.names) else ""
        when = (
            self._moment(float(model.at[best])) if np.isfinite(model.at[best]) else self.look.words("own_layer.no_time")
        )
        lines = tuple(text for text in (named, when) if text)
        at = float(model.xs[best]), float(model.ys[best])
        return Picked(PickedKind.FEATURE, f"{self.key}#{best}", *at, title=self.title(), lines=lines)

    def _moment(self, at: float) -> str:
        """Return a time as it is shown, in the town's own zone."""
        return datetime.fromtimestamp(at, self._model.zone).strftime("%Y-%m-%d %H:%M")

    def _sheet(self, role: str, ratio: float) -> Sprites:
        made = self._sheets.get((role, ratio))
        if made is None:
            side = odd_side(END_PX + 3, ratio)
            pixels = [render(side, ratio, partial(self._draw, role, code)) for code in (POINT, START, END)]
            made = self._sheets[role, ratio] = make_sprites(np.stack(pixels))
        return made

    def _draw(self, role: str, code: int, painter: QPainter) -> None:
        """Draw a point, a start (a ring) or an end (a square)."""
        theme = self.look.theme
        colour, ground = QColor(str(getattr(theme, role))), QColor(theme.map_ground)
        if code == POINT:
            painter.setPen(QPen(ground, 1.0))
            painter.setBrush(colour)
            painter.drawEllipse(QPointF(0, 0), POINT_PX / 2, POINT_PX / 2)
        elif code == START:
            painter.setPen(QPen(colour, 2.0))
            painter.setBrush(ground)
            painter.drawEllipse(QPointF(0, 0), END_PX / 2 - 1, END_PX / 2 - 1)
        else:
            painter.setPen(QPen(ground, 1.4))
            painter.setBrush(colour)
            painter.drawRect(QRectF(-END_PX / 2 + 1, -END_PX / 2 + 1, END_PX - 2, END_PX - 2))
