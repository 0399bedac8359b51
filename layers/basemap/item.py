"""Drawing of the base map: calm areas, roads as bands with an edge, names by importance."""

from collections.abc import Callable, Hashable, Sequence

import msgspec
import numpy as np

from domain.places import BaseKind
from layers.basemap.model import BasemapModel, Name
from layers.colours import argb, mix
from layers.contract import Area, Focus, Label, LabelStyle, LayerItem, Look
from layers.detail import DetailCache
from layers.options import Filter, Group
from layers.raster.contract import Frame, Placing, Raster

KINDS = Filter("kind", ("green", "water", "building", "road", "names"))
BUILDINGS_UNTIL = 9.0
"""Coarsest scale (plane metres a logical pixel) at which buildings are drawn."""
ROAD_METRES = (15.0, 10.0, 7.0, 4.5, 3.0)
ROAD_LEAST_PX = (2.6, 1.9, 1.3, 0.9, 0.7)
ROAD_UNTIL = (400.0, 90.0, 22.0, 9.0, 5.0)
"""By rank: width on the ground, least width on screen (logical px), coarsest scale drawn."""
NAME_UNTIL = (40.0, 14.0, 9.0, 6.0, 4.0, 3.0)
"""Coarsest scale at which a named place shows, by rank."""


class _Ink(msgspec.Struct, frozen=True):
    """Colours of the base map."""

    green: int
    water: int
    building: int
    building_edge: int
    road: int
    road_edge: int


class _Drawn(msgspec.Struct, frozen=True):
    """Everything a tile is drawn from; replaced as a whole."""

    green: DetailCache
    water: DetailCache
    water_lines: DetailCache
    buildings: DetailCache
    roads: tuple[tuple[int, DetailCache], ...]


class BasemapItem(LayerItem):
    """The base map."""

    key = "basemap"
    group = Group.BASE

    def __init__(self, model: BasemapModel, look: Look) -> None:
        super().__init__(look)
        self._model = model
        self._seen = -1
        self._ink = self._mixed()
        self._drawn = self._sorted()

    def subscribe(self, callback: Callable[[], None]) -> Callable[[], None]:
        """See ``LayerItem``."""
        return self._model.subscribe(callback)

    def static_state(self) -> Hashable:
        """See ``LayerItem``."""
        return self._model.revision, self._ink, self.options.hidden

    def filters(self) -> Sequence[Filter]:
        """See ``LayerItem``."""
        return (KINDS,)

    def restyle(self) -> None:
        """See ``LayerItem``."""
        self._ink = self._mixed()

    def prepare(self) -> None:
        """See ``LayerItem``."""
        if self._seen != self._model.revision:
            self._seen = self._model.revision
            self._drawn = self._sorted()

    def bounds(self) -> tuple[float, float, float, float] | None:
        """See ``LayerItem``: the roads, or what else there is."""
        shapes = self._model.shapes
        return shapes.roads.bounds() or shapes.buildings.bounds() or shapes.water.bounds()

    def draw_tile(self, raster: Raster, frame: Frame, area: Area) -> None:
        """See ``LayerItem``."""
        drawn, ink, hidden = self._drawn, self._ink, self.options.hides(KINDS.name)
        if "green" not in hidden:
            _areas(raster, frame, area, drawn.green, ink.green, ink.green)
        if "water" not in hidden:
            _areas(raster, frame, area, drawn.water, ink.water, ink.water)
            _bands(raster, frame, area, drawn.water_lines, ink.water, max(1.2, 5.0 / area.ground()))
        if area.ground() < BUILDINGS_UNTIL and "building" not in hidden:
            edge = ink.building_edge if area.ground() < 3.0 else ink.building
            _areas(raster, frame, area, drawn.buildings, ink.building, edge)
        if "road" not in hidden:
            self._draw_roads(raster, frame, area)

    def _draw_roads(self, raster: Raster, frame: Frame, area: Area) -> None:
        drawn, ink = self._drawn, self._ink
        for colour, grown in ((ink.road_edge, 2.0), (ink.road, 0.0)):
            for rank, roads in reversed(drawn.roads):
                width = max(ROAD_LEAST_PX[rank], ROAD_METRES[rank] / area.ground())
                if area.ground() < ROAD_UNTIL[rank] and (grown == 0.0 or width > 2.2):
                    _bands(raster, frame, area, roads, colour, width + grown)

    def labels(self, area: Area, focus: Focus) -> Sequence[Label]:
        """See ``LayerItem``."""
        if self.options.hidden and "names" in self.options.hides(KINDS.name):
            return ()
        x0, y0, x1, y1 = area.bounds(120)
        scale = area.ground()
        return [
            Label(n.text, n.x, n.y, style, priority)
            for n in self._model.shapes.names
            if x0 < n.x < x1 and y0 < n.y < y1 and (chosen := _style_of(n, scale))
            for style, priority in (chosen,)
        ]

    def _mixed(self) -> _Ink:
        t = self.look.theme
        return _Ink(
            green=argb(t.map_green),
            water=argb(t.map_water),
            building=argb(t.map_building),
            building_edge=argb(mix(t.map_building, t.text_second, 0.14)),
            road=argb(t.map_road),
            road_edge=argb(mix(t.map_road, t.text_second, 0.28)),
        )

    def _sorted(self) -> _Drawn:
        shapes = self._model.shapes
        last = len(ROAD_METRES) - 1
        ranks = np.clip(shapes.road_ranks, 0, last)
        roads = tuple(
            (rank, DetailCache(shapes.roads.chosen(np.flatnonzero(ranks == rank)), closed=False))
            for rank in range(last + 1)
            if (ranks == rank).any()
        )
        return _Drawn(
            DetailCache(shapes.green, closed=True),
            DetailCache(shapes.water, closed=True),
            DetailCache(shapes.water_lines, closed=False),
            DetailCache(shapes.buildings, closed=True),
            roads,
        )


def _style_of(name: Name, scale: float) -> tuple[LabelStyle, float] | None:
    """Return how a name is set and how important it is, or None where it does not show at this scale."""
    if name.kind is BaseKind.PLACE:
        rank = min(max(name.rank, 0), len(NAME_UNTIL) - 1)
        return (LabelStyle.PLACE, 10.0 + rank) if scale < NAME_UNTIL[rank] else None
    if name.kind in (BaseKind.WATER, BaseKind.GREEN):
        return (LabelStyle.WATER if name.kind is BaseKind.WATER else LabelStyle.ROAD, 8.0) if scale < 14 else None
    if name.kind is BaseKind.ROAD:
        return (LabelStyle.ROAD, 30.0 + name.rank) if scale < (6.0 if name.rank <= 1 else 2.0) else None
    return (LabelStyle.ROAD, 40.0) if scale < 1.5 else None


def _areas(raster: Raster, frame: Frame, area: Area, detail: DetailCache, colour: int, edge: int) -> None:
    for shapes, which, _ in detail.seen(raster, area):
        place: Placing = area.placing(shapes.origin)
        raster.fill(frame, shapes, which, np.full(len(which), colour, np.uint32), place)
        raster.outline(frame, shapes, which, edge, place, closed=True)


def _bands(raster: Raster, frame: Frame, area: Area, detail: DetailCache, colour: int, width: float) -> None:
    device = width * area.ratio
    for shapes, which, _ in detail.seen(raster, area, device + 2):
        widths = np.full(len(which), device, np.float32)
        raster.stroke(frame, shapes, which, colour, widths, area.placing(shapes.origin), closed=False)
