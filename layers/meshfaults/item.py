"""Drawing of a mesh's faults: filled and firmly outlined where they must be mended, else outlined alone."""

from collections.abc import Callable, Hashable

import numpy as np

from layers.colours import argb
from layers.contract import Area, Focus, LayerItem, Look
from layers.meshfaults.model import MeshFaultsModel
from layers.options import Group
from layers.raster.contract import Frame, Raster

GRAVE_PX, LIGHT_PX, CHOSEN_PX = 2.5, 1.5, 4.0
ROOM = 1.5
"""How much of its own size is left around the fault that is looked at."""
LEAST_M, MOST_M = 40.0, 400.0


class MeshFaultsItem(LayerItem):
    """The faults, and a ring around the one that is looked at."""

    key = "meshfaults"
    group = Group.WORK

    def __init__(self, model: MeshFaultsModel, look: Look) -> None:
        super().__init__(look)
        self._model = model

    def subscribe(self, callback: Callable[[], None]) -> Callable[[], None]:
        """See ``LayerItem``."""
        return self._model.subscribe(callback)

    def static_state(self) -> Hashable:
        """See ``LayerItem``."""
        return self._model.turn

    def live_state(self) -> Hashable:
        """See ``LayerItem``."""
        return self._model.chosen

    def bounds(self) -> tuple[float, float, float, float] | None:
        """See ``LayerItem``: of the fault that is looked at, with room around it, else of all."""
        areas, chosen = self._model.shapes.areas, self._model.chosen
        if chosen is None:
            return areas.bounds()
        x, y = areas.origin
        x0, y0, x1, y1 = (float(v) + o for v, o in zip(areas.boxes[chosen], (x, y, x, y), strict=True))
        room = min(max(LEAST_M, ROOM * max(x1 - x0, y1 - y0)), MOST_M)
        return x0 - room, y0 - room, x1 + room, y1 + room

    def draw_tile(self, raster: Raster, frame: Frame, area: Area) -> None:
        """See ``LayerItem``."""
        shapes, theme = self._model.shapes, self.look.theme
        which = shapes.areas.visible(area.bounds(4))
        if not len(which):
            return
        place = area.placing(shapes.areas.origin)
        for grave, colour, width in ((False, theme.near, LIGHT_PX), (True, theme.overdue, GRAVE_PX)):
            some = which[shapes.grave[which] == grave]
            if not len(some):
                continue
            if grave:
                raster.fill(frame, shapes.areas, some, np.full(len(some), argb(colour, 90), np.uint32), place)
            widths = np.full(len(some), width * area.ratio, np.float32)
            raster.stroke(frame, shapes.areas, some, argb(colour), widths, place, closed=True)

    def draw_live(self, raster: Raster, frame: Frame, area: Area, focus: Focus) -> None:
        """See ``LayerItem``: the ring."""
        chosen = self._model.chosen
        if chosen is None:
            return
        areas = self._model.shapes.areas
        widths = np.array([CHOSEN_PX * area.ratio], np.float32)
        which = np.array([chosen], np.int32)
        raster.stroke(
            frame, areas, which, argb(self.look.theme.accent), widths, area.placing(areas.origin), closed=True
        )

    def note(self) -> tuple[str, bool]:
        """See ``LayerItem``."""
        return self.look.words("map.note.count", n=len(self._model.shapes.grave)), False
