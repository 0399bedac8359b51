"""Drawing of cases: lamps by shape, clusters with worst lamp and count, ended ones as dots, the chosen one ringed."""

from collections.abc import Callable, Hashable, Sequence

import msgspec
import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from domain.clock import LAMP_ORDER
from layers.cases.clusters import Clusters, cluster
from layers.cases.model import CaseMark, CasesModel
from layers.contract import Area, Focus, LayerItem, LegendRow, Look, Picked, PickedKind
from layers.local import LocalPlaces
from layers.options import Filter, Style
from layers.raster.contract import F32, U16, U32, Frame, Raster, Sprites
from layers.symbols import (
    CASE_SIZE,
    SMALL_CASE_SIZE,
    case_sprites,
    dot_sprites,
    draw_cluster,
    draw_lamp,
    odd_side,
    render,
)
from layers.table import Floats, MarkTable
from resources.theme import Theme

MARKS = Style("marks", ("clusters", "single"), "clusters")
ENDED = Style("ended", ("auto", "shown", "hidden"), "auto")
"""``auto`` shows ended ones only while there is no open one."""
LAMPS = Filter("lamp", tuple(lamp.value for lamp in reversed(LAMP_ORDER)))
CLUSTER_PX = 26.0
SMALL_ABOVE = 1500
"""With more than this many unclustered cases the marks are small."""
DOT_SIZE = 5.0


class _Open(msgspec.Struct, frozen=True):
    """The open cases that are shown, with the rank of each one's lamp and its sprite."""

    key: Hashable
    table: MarkTable[CaseMark]
    ranks: npt.NDArray[np.uint8]
    codes: U16


class CasesItem(LayerItem):
    """Cases on the map."""

    key = "cases"

    def __init__(self, model: CasesModel, look: Look, *, clustered: bool = True) -> None:
        super().__init__(look)
        self._model = model
        self.clustered = clustered
        self._style = 0
        self._sheets: dict[tuple[float, float], Sprites] = {}
        self._singles: dict[tuple[int, int, float], U32] = {}
        self._clusters: tuple[Hashable, Clusters] | None = None
        self._open: _Open | None = None
        self._ended_seen = -1
        self._ended: tuple[F32, F32, tuple[float, float]] | None = None
        self._dots: dict[float, Sprites] = {}
        self._places = LocalPlaces()

    def subscribe(self, callback: Callable[[], None]) -> Callable[[], None]:
        """See ``LayerItem``."""
        return self._model.subscribe(callback)

    def styles(self) -> Sequence[Style]:
        """See ``LayerItem``."""
        return MARKS, ENDED

    def filters(self) -> Sequence[Filter]:
        """See ``LayerItem``: by lamp; texts are those of the lamps."""
        return (
            msgspec.structs.replace(LAMPS, texts=tuple(self.look.words(f"lamp.{value}") for value in LAMPS.values)),
        )

    def on_options(self) -> None:
        """See ``LayerItem``."""
        self.clustered = self.options.style(MARKS) == "clusters"

    def static_state(self) -> Hashable:
        """See ``LayerItem``."""
        shown = self.ended_shown()
        return self._style, shown, self._model.ended_revision if shown else 0

    def live_state(self) -> Hashable:
        """See ``LayerItem``."""
        return self._model.revision, self._style, self.clustered, self.options.hidden

    def ended_shown(self) -> bool:
        """Return whether ended cases are drawn."""
        chosen = self.options.style(ENDED)
        return len(self._model.open) == 0 if chosen == "auto" else chosen == "shown"

    def restyle(self) -> None:
        """See ``LayerItem``."""
        self._style += 1
        self._sheets, self._singles, self._dots = {}, {}, {}

    def prepare(self) -> None:
        """See ``LayerItem``."""
        if not self.ended_shown():
            self._ended = None
            self._ended_seen = -1
        elif self._ended_seen != self._model.ended_revision:
            self._ended_seen = self._model.ended_revision
            xs, ys = self._model.ended.xs, self._model.ended.ys
            origin = (float(xs.mean()), float(ys.mean())) if len(xs) else (0.0, 0.0)
            self._ended = (xs - origin[0]).astype(np.float32), (ys - origin[1]).astype(np.float32), origin

    def bounds(self) -> tuple[float, float, float, float] | None:
        """See ``LayerItem``: all cases, open and ended."""
        found = [
            (float(table.xs.min()), float(table.ys.min()), float(table.xs.max()), float(table.ys.max()))
            for table in (self._model.open, self._model.ended)
            if len(table)
        ]
        if not found:
            return None
        left, low, right, high = zip(*found, strict=True)
        return min(left), min(low), max(right), max(high)

    def draw_tile(self, raster: Raster, frame: Frame, area: Area) -> None:
        """See ``LayerItem``: the ended ones."""
        ended = self._ended
        if ended is not None and len(ended[0]):
            sprites = self._dots.get(area.ratio)
            if sprites is None:
                sprites = self._dots[area.ratio] = dot_sprites(self.look.theme, DOT_SIZE, area.ratio)
            codes = np.zeros(len(ended[0]), np.uint16)
            raster.stamp(frame, ended[0], ended[1], codes, sprites, area.placing(ended[2]))

    def draw_live(self, raster: Raster, frame: Frame, area: Area, focus: Focus) -> None:
        """See ``LayerItem``: the open ones, then the chosen one over them."""
        table = self._shown().table
        if len(table) and not self.clustered:
            self._draw_all(raster, frame, area)
        elif len(table):
            self._draw_clustered(raster, frame, area)
        mark = self._model.mark(focus.case_no) if focus.case_no else None
        place = self._model.place(focus.case_no) if focus.case_no else None
        if mark is not None and place is not None:
            sprite = self._ringed(mark, area.ratio)
            px, py = area.to_pixel(*place)
            if -1e6 < px < 1e6 and -1e6 < py < 1e6:
                raster.blit(frame, sprite, int(px) - sprite.shape[1] // 2, int(py) - sprite.shape[0] // 2)

    def obstacles(self, area: Area, focus: Focus) -> Sequence[tuple[float, float, float]]:
        """See ``LayerItem``: marks and clusters, unless they cover everything anyway."""
        table = self._shown().table
        if not len(table) or (not self.clustered and len(table) > SMALL_ABOVE):
            return ()
        found = self._clusters_at(area)
        half = CASE_SIZE / 2 * area.ratio
        px, py = (found.xs - area.left) / area.scale, (area.top - found.ys) / area.scale
        inside = (px > 0) & (px < area.width) & (py > 0) & (py < area.height)
        return [(float(px[i]), float(py[i]), half) for i in np.flatnonzero(inside).tolist()]

    def pick(self, area: Area, px: float, py: float, reach: float) -> Picked | None:
        """See ``LayerItem``: the nearest open case or cluster, or else the nearest ended one shown."""
        x, y = area.left + px * area.scale, area.top - py * area.scale
        limit = (reach + CASE_SIZE / 2 * area.ratio) * area.scale
        table = self._shown().table
        if len(table):
            found = self._clusters_at(area) if self.clustered else None
            xs, ys = (found.xs, found.ys) if found is not None else (table.xs, table.ys)
            near = _nearest(xs, ys, x, y, limit)
            if near is not None and found is not None and found.counts[near] > 1:
                return self._picked_cluster(found, near)
            if near is not None:
                slot = near if found is None else int(found.members(near)[0])
                return _picked(table.marks[slot], *_at(table, slot))
        if self.ended_shown() and len(self._model.ended):
            near = _nearest(self._model.ended.xs, self._model.ended.ys, x, y, (reach + 3 * area.ratio) * area.scale)
            if near is not None:
                return _picked(self._model.ended.marks[near], *_at(self._model.ended, near))
        return None

    def legend(self) -> Sequence[LegendRow]:
        """See ``LayerItem``: each lamp with its count (paused and none only where there are some), then urgent ones."""
        counts = self._model.counts()
        words = self.look.words
        shown = [*LAMP_ORDER[2:], *(lamp for lamp in LAMP_ORDER[:2] if counts[lamp])]
        rows = [LegendRow(f"lamp.{lamp.value}", words(f"lamp.{lamp.value}"), counts[lamp]) for lamp in shown]
        urgent = sum(mark.urgent for mark in self._model.open.marks)
        return [*rows, LegendRow("urgent", words("map.legend.urgent"), urgent)]

    def place(self, case_no: str) -> tuple[float, float] | None:
        """Return where a case stands on the plane."""
        return self._model.place(case_no)

    def note(self) -> tuple[str, bool]:
        """See ``LayerItem``."""
        return self.look.words("map.note.count", n=len(self._model.open)), False

    def open_count(self) -> int:
        """Return how many open cases have a place."""
        return len(self._model.open)

    def placeless_count(self) -> int:
        """Return how many open cases have none, and so are not on the map."""
        return self._model.placeless

    def _draw_all(self, raster: Raster, frame: Frame, area: Area) -> None:
        table = self._shown().table
        size = SMALL_CASE_SIZE if len(table) > SMALL_ABOVE else CASE_SIZE
        corner = area.left, area.top
        xs, ys = self._places.at(table.xs, table.ys, corner)
        raster.stamp(frame, xs, ys, self._shown().codes, self._sheet(size, area.ratio), area.placing(corner))

    def _draw_clustered(self, raster: Raster, frame: Frame, area: Area) -> None:
        found = self._clusters_at(area)
        codes = self._shown().codes
        alone = found.counts[found.member_of] == 1
        table = self._shown().table
        xs = (table.xs[alone] - area.left).astype(np.float32)
        ys = (table.ys[alone] - area.top).astype(np.float32)
        sheet = self._sheet(CASE_SIZE, area.ratio)
        raster.stamp(frame, xs, ys, codes[alone], sheet, area.placing((area.left, area.top)))
        x0, y0, x1, y1 = area.bounds(40)
        together = (found.counts > 1) & (found.xs > x0) & (found.xs < x1) & (found.ys > y0) & (found.ys < y1)
        for i in np.flatnonzero(together).tolist():
            sprite = self._cluster_sprite(int(found.worst[i]), int(found.counts[i]), area.ratio)
            px, py = area.to_pixel(float(found.xs[i]), float(found.ys[i]))
            raster.blit(frame, sprite, int(px) - sprite.shape[1] // 2, int(py) - sprite.shape[0] // 2)

    def _clusters_at(self, area: Area) -> Clusters:
        shown = self._shown()
        key = (area.ground(), shown.key)
        if self._clusters is None or self._clusters[0] != key:
            table = shown.table
            self._clusters = key, cluster(table.xs, table.ys, shown.ranks, CLUSTER_PX * area.ground())
        return self._clusters[1]

    def _shown(self) -> _Open:
        """Return the open cases that are not left out; those of the model itself where none is."""
        hidden = self.options.hides(LAMPS.name) if self.options.hidden else frozenset()
        key = (self._model.revision, hidden)
        if self._open is None or self._open.key != key:
            table, ranks = self._model.open, self._model.ranks()
            if hidden:
                left_out = np.array([lamp.value in hidden for lamp in LAMP_ORDER], bool)
                kept = np.flatnonzero(~left_out[ranks]) if len(ranks) else np.empty(0, np.intp)
                table, ranks = table.chosen(kept), ranks[kept]
            urgent = np.array([m.urgent for m in table.marks], bool)
            codes = (ranks + len(LAMP_ORDER) * urgent).astype(np.uint16)
            self._open = _Open(key, table, ranks, codes)
        return self._open

    def _sheet(self, size: float, ratio: float) -> Sprites:
        found = self._sheets.get((size, ratio))
        if found is None:
            found = case_sprites(self.look.theme, size, ratio, signs=size == CASE_SIZE)
            self._sheets[size, ratio] = found
        return found

    def _cluster_sprite(self, rank: int, count: int, ratio: float) -> U32:
        key = (rank, count, ratio)
        found = self._singles.get(key)
        if found is None:
            look, lamp = self.look, LAMP_ORDER[rank]
            found = render(
                odd_side(CASE_SIZE * 2, ratio),
                ratio,
                lambda p: draw_cluster(p, lamp, count, CASE_SIZE, look.theme, look.family),
            )
            if len(self._singles) > 2000:
                self._singles.clear()
            self._singles[key] = found
        return found

    def _ringed(self, mark: CaseMark, ratio: float) -> U32:
        key = (-1 - LAMP_ORDER.index(mark.lamp), int(mark.ended), ratio)
        found = self._singles.get(key)
        if found is None:
            theme = self.look.theme
            found = render(odd_side(96, ratio), ratio, lambda p: _draw_ring(p, mark, theme))
            self._singles[key] = found
        return found

    def _picked_cluster(self, found: Clusters, which: int) -> Picked:
        shown, members = self._shown(), found.members(which)
        ranked = sorted(members.tolist(), key=lambda slot: -int(shown.ranks[slot]))
        marks = [shown.table.marks[slot] for slot in ranked]
        first = tuple(m.title or m.case_no for m in marks[:4])
        title = self.look.words("map.cluster", count=len(marks))
        numbers = tuple(m.case_no for m in marks)
        x, y = float(found.xs[which]), float(found.ys[which])
        return Picked(PickedKind.CLUSTER, numbers[0], x, y, title, first, numbers)


def _draw_ring(painter: QPainter, mark: CaseMark, theme: Theme) -> None:
    halo = QColor(theme.accent)
    halo.setAlpha(34)
    painter.setPen(QPen(QColor(theme.accent), 1.2, Qt.PenStyle.DashLine))
    painter.setBrush(halo)
    painter.drawEllipse(QPointF(0, 0), 44, 44)
    painter.setPen(QPen(QColor(theme.map_ground), 4.6))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawEllipse(QPointF(0, 0), 17, 17)
    painter.setPen(QPen(QColor(theme.text), 2.4))
    painter.drawEllipse(QPointF(0, 0), 17, 17)
    draw_lamp(painter, mark.lamp, CASE_SIZE, theme)


def _nearest(xs: Floats, ys: Floats, x: float, y: float, limit: float) -> int | None:
    """Return the nearest point within a limit; of equals the one drawn last."""
    far = np.hypot(xs - x, ys - y)
    best = len(far) - 1 - int(np.argmin(far[::-1]))
    return best if far[best] <= limit else None


def _at(table: MarkTable[CaseMark], slot: int) -> tuple[float, float]:
    return float(table.xs[slot]), float(table.ys[slot])


def _picked(mark: CaseMark, x: float, y: float) -> Picked:
    return Picked(PickedKind.CASE, mark.case_no, x, y, mark.title or mark.case_no, mark.lines)
