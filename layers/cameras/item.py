"""Drawing of cameras: their field of view as a wedge on the ground, and a box with a lens where each stands."""

from collections.abc import Callable, Hashable, Sequence

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF

from layers.cameras.model import CameraMark, CamerasModel, field_of_view
from layers.chosen import ChosenMark
from layers.contract import Area, Focus, Label, LabelStyle, LayerItem, LegendRow, Look, Picked, PickedKind, Tells
from layers.local import squares_round
from layers.options import Style
from layers.raster.contract import F64, Frame, Raster, Sprites, make_sprites
from layers.raster.qt import as_image
from layers.signs import draw_camera
from layers.symbols import odd_side, render

SIZE, SMALL = 17.0, 9.0
VIEWS_UNTIL = 6.0
"""Coarsest scale (plane metres a logical pixel) at which fields of view are drawn."""
SMALL_FROM = 12.0
NAMES_UNTIL = 2.0
VIEWS = Style("views", ("shown", "chosen", "hidden"), "shown")


class CamerasItem(LayerItem):
    """Cameras with their field of view."""

    key = "cameras"

    def __init__(self, model: CamerasModel, look: Look) -> None:
        super().__init__(look)
        self._model = model
        self._style = 0
        self._sheets: dict[tuple[float, float], Sprites] = {}
        self._chosen = ChosenMark(look)
        self._seen = -1
        self._placed: tuple[tuple[CameraMark, float, float], ...] = ()

    def subscribe(self, callback: Callable[[], None]) -> Callable[[], None]:
        """See ``LayerItem``."""
        return self._model.subscribe(callback)

    @property
    def tells(self) -> Tells:
        """See ``LayerItem``."""
        return Tells.NOW

    def styles(self) -> Sequence[Style]:
        """See ``LayerItem``."""
        return (VIEWS,)

    def static_state(self) -> Hashable:
        """See ``LayerItem``."""
        return self._model.revision, self._style, self.options.style(VIEWS)

    def live_state(self) -> Hashable:
        """See ``LayerItem``."""
        return self._model.revision, self._style, self.options.style(VIEWS)

    def restyle(self) -> None:
        """See ``LayerItem``."""
        self._style += 1
        self._sheets = {}
        self._chosen.restyle()

    def prepare(self) -> None:
        """See ``LayerItem``."""
        if self._seen != self._model.revision:
            self._seen = self._model.revision
            table = self._model.table
            self._placed = tuple(zip(table.marks, table.xs.tolist(), table.ys.tolist(), strict=True))

    def bounds(self) -> tuple[float, float, float, float] | None:
        """See ``LayerItem``."""
        xs, ys = self._model.table.xs, self._model.table.ys
        return (float(xs.min()), float(ys.min()), float(xs.max()), float(ys.max())) if len(xs) else None

    def draw_tile(self, raster: Raster, frame: Frame, area: Area) -> None:
        """See ``LayerItem``: the fields of view."""
        if area.ground() > VIEWS_UNTIL or self.options.style(VIEWS) != "shown":
            return
        x0, y0, x1, y1 = area.bounds()
        near = [
            (mark, x, y)
            for mark, x, y in self._placed
            if x0 - 2 * mark.range_m < x < x1 + 2 * mark.range_m and y0 - 2 * mark.range_m < y < y1 + 2 * mark.range_m
        ]
        if near:
            self._draw_views(frame, area, near, strong=False)

    def draw_live(self, raster: Raster, frame: Frame, area: Area, focus: Focus) -> None:
        """See ``LayerItem``: the cameras, and the field of view of the chosen one."""
        table = self._model.table
        if not len(table):
            return
        if focus.entry is not None and self.options.style(VIEWS) != "hidden":
            slot = table.slot(focus.entry)
            if slot is not None:
                chosen = [(table.marks[slot], float(table.xs[slot]), float(table.ys[slot]))]
                self._draw_views(frame, area, chosen, strong=True)
        xs, ys = (table.xs - area.left).astype(np.float32), (table.ys - area.top).astype(np.float32)
        codes = (~self._model.online()).astype(np.uint16)
        raster.stamp(frame, xs, ys, codes, self._sheet(area), area.placing((area.left, area.top)))
        self._chosen.draw(raster, frame, area, table.at(focus.entry))

    def labels(self, area: Area, focus: Focus) -> Sequence[Label]:
        """See ``LayerItem``: the name of the chosen one, whatever else there is to name."""
        at = self._model.table.at(focus.entry)
        mark = None if focus.entry is None else self._model.mark(focus.entry)
        return () if mark is None or at is None else self._chosen.named(mark.title, at, self.name_strength)

    def obstacles(self, area: Area, focus: Focus) -> F64:
        """See ``LayerItem``: the cameras in view, unless they are drawn small."""
        if self._size(area) == SMALL:
            return super().obstacles(area, focus)
        table, slots = self._model.table, self._within(*area.bounds(SIZE))
        return squares_round(area, table.xs[slots], table.ys[slots], SIZE)

    def live_labels(self, area: Area, focus: Focus) -> Sequence[Label]:
        """See ``LayerItem``: names when near."""
        table, found, strength = self._model.table, [], self.name_strength
        x0, y0, x1, y1 = area.bounds(20)
        near = area.ground() < NAMES_UNTIL
        for slot in self._within(x0, y0, x1, y1).tolist():
            mark = table.marks[slot]
            if near and mark.ident != focus.entry:
                at = float(table.xs[slot]), float(table.ys[slot])
                found.append(Label(mark.title, *at, LabelStyle.THING, 22.0, 11.0, strength))
        return found

    def pick(self, area: Area, px: float, py: float, reach: float) -> Picked | None:
        """See ``LayerItem``: the nearest camera."""
        table = self._model.table
        if not len(table):
            return None
        far = np.hypot(table.xs - area.left - px * area.scale, table.ys - area.top + py * area.scale)
        best = len(far) - 1 - int(np.argmin(far[::-1]))
        if far[best] > (reach + self._size(area) / 2 * area.ratio) * area.scale:
            return None
        mark = table.marks[best]
        return Picked(
            PickedKind.ENTRY, mark.ident, float(table.xs[best]), float(table.ys[best]), mark.title, mark.lines
        )

    def legend(self) -> Sequence[LegendRow]:
        """See ``LayerItem``: those that answer and those that do not."""
        if not len(self._model.table):
            return ()
        online, words = int(np.count_nonzero(self._model.online())), self.look.words
        rows = [LegendRow("camera", words("map.legend.camera"), online)]
        silent = len(self._model.table) - online
        return [*rows, LegendRow("camera_offline", words("map.legend.camera_offline"), silent)] if silent else rows

    def note(self) -> tuple[str, bool]:
        """See ``LayerItem``: how many, and how many of them do not answer."""
        silent = len(self._model.table) - int(np.count_nonzero(self._model.online()))
        words = self.look.words
        if silent:
            return words("map.note.offline", n=silent), True
        return words("map.note.count", n=len(self._model.table)), False

    def _within(self, x0: float, y0: float, x1: float, y1: float) -> npt.NDArray[np.intp]:
        xs, ys = self._model.table.xs, self._model.table.ys
        return np.flatnonzero((xs > x0) & (xs < x1) & (ys > y0) & (ys < y1))

    def _draw_views(
        self, frame: Frame, area: Area, cameras: Sequence[tuple[CameraMark, float, float]], *, strong: bool
    ) -> None:
        image = as_image(frame)  # named: a painter does not keep its device alive
        painter = QPainter(image)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        theme = self.look.theme
        for mark, x, y in cameras:
            colour = QColor(theme.cameras if mark.online else theme.paused)
            edge = QPen(colour, (2.0 if strong else 1.0) * area.ratio)
            if not mark.online:
                edge.setStyle(Qt.PenStyle.DashLine)
            painter.setPen(edge)
            tint = QColor(colour)
            tint.setAlpha((64 if strong else 34) if mark.online else 12)
            painter.setBrush(tint)
            points = [QPointF(*area.to_pixel(px, py)) for px, py in field_of_view(mark, x, y)]
            painter.drawPolygon(QPolygonF(points))
        painter.end()

    def _size(self, area: Area) -> float:
        return SMALL if area.ground() > SMALL_FROM else SIZE

    def _sheet(self, area: Area) -> Sprites:
        size, ratio, theme = self._size(area), area.ratio, self.look.theme
        found = self._sheets.get((size, ratio))
        if found is None:
            side = odd_side(size * 1.3, ratio)
            made = [render(side, ratio, lambda p: draw_camera(p, size, theme, offline=False))]
            made.append(render(side, ratio, lambda p: draw_camera(p, size, theme, offline=True)))
            found = self._sheets[size, ratio] = make_sprites(np.stack(made))
        return found
