"""Drawing of cameras: their field of view as a wedge on the ground, and a box with a lens where each stands."""

from collections.abc import Callable, Hashable, Sequence
from math import ceil

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QPointF, QRect, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF

from layers.cameras.model import CameraMark, CamerasModel, field_of_view
from layers.chosen import ChosenMark
from layers.contract import Area, Focus, Label, LabelStyle, LayerItem, LegendRow, Look, Picked, PickedKind, Tells
from layers.local import squares_round
from layers.options import Style
from layers.raster.contract import F64, U32, Frame, Raster, Sprites, make_sprites
from layers.raster.qt import as_image, as_sheet
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
    noted = True

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
            image = as_image(frame)  # named: a painter does not keep its device alive
            painter = QPainter(image)
            for mark, x, y in near:
                self._paint_view(painter, _outline(mark, x, y, area), area.ratio, online=mark.online, strong=False)
            painter.end()

    def draw_live(self, raster: Raster, frame: Frame, area: Area, focus: Focus) -> None:
        """See ``LayerItem``: the cameras, and the field of view of the chosen one."""
        table = self._model.table
        if not len(table):
            return
        if focus.entry is not None and self.options.style(VIEWS) != "hidden":
            slot = table.slot(focus.entry)
            if slot is not None:
                self._draw_view_of(raster, frame, area, slot)
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

    def _draw_view_of(self, raster: Raster, frame: Frame, area: Area, slot: int) -> None:
        """Draw the field of view of the chosen camera by the raster alone, so that it can be kept over who walks."""
        table = self._model.table
        mark = table.marks[slot]
        outline = _outline(mark, float(table.xs[slot]), float(table.ys[slot]), area)
        edge = ceil(2 * area.ratio)
        around = outline.boundingRect().toAlignedRect().adjusted(-edge, -edge, edge, edge)
        seen = around & QRect(0, 0, area.width, area.height)
        if seen.isEmpty():
            return
        sheet: U32 = np.zeros((seen.height(), seen.width()), np.uint32)
        image = as_sheet(sheet)
        painter = QPainter(image)
        painter.translate(-seen.x(), -seen.y())
        self._paint_view(painter, outline, area.ratio, online=mark.online, strong=True)
        painter.end()
        raster.blit(frame, sheet, seen.x(), seen.y())

    def _paint_view(self, painter: QPainter, outline: QPolygonF, ratio: float, *, online: bool, strong: bool) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        colour = QColor(self.look.theme.cameras if online else self.look.theme.paused)
        edge = QPen(colour, (2.0 if strong else 1.0) * ratio)
        if not online:
            edge.setStyle(Qt.PenStyle.DashLine)
        painter.setPen(edge)
        tint = QColor(colour)
        tint.setAlpha((64 if strong else 34) if online else 12)
        painter.setBrush(tint)
        painter.drawPolygon(outline)

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


def _outline(mark: CameraMark, x: float, y: float, area: Area) -> QPolygonF:
    return QPolygonF([QPointF(*area.to_pixel(px, py)) for px, py in field_of_view(mark, x, y)])
