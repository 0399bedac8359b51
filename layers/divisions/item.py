"""Drawing of divisions: a firm outline over the grids, and the name large enough to read from the next chair."""

from collections.abc import Callable, Hashable, Sequence

import numpy as np

from domain.places import DivisionLevel
from layers.camera import Bounds
from layers.colours import argb, mix
from layers.contract import Area, Focus, Label, LabelStyle, LayerItem, Look
from layers.detail import DetailCache
from layers.divisions.model import DivisionsModel
from layers.options import Group, Style
from layers.raster.contract import Frame, Raster

WIDTH_PX = 1.6
NAMES = Style("names", ("shown", "hidden"), "shown")
NAMED = {
    DivisionLevel.PROVINCE: (4000.0, 60.0),
    DivisionLevel.CITY: (1500.0, 30.0),
    DivisionLevel.COUNTY: (400.0, 12.0),
    DivisionLevel.TOWN: (120.0, 9.0),
    DivisionLevel.VILLAGE: (20.0, 0.0),
    DivisionLevel.OTHER: (2000.0, 0.0),
}
"""By level: coarsest and finest scale (plane metres a logical pixel) at which the name shows."""
ORDER = tuple(DivisionLevel)


class DivisionsItem(LayerItem):
    """Outlines and names of divisions."""

    key = "divisions"
    group = Group.AREAS

    def __init__(self, model: DivisionsModel, look: Look) -> None:
        super().__init__(look)
        self._model = model
        self._seen = -1
        self._colour = self._mixed()
        self._borders = DetailCache(model.shapes.borders, closed=False)

    def styles(self) -> Sequence[Style]:
        """See ``LayerItem``."""
        return (NAMES,)

    def subscribe(self, callback: Callable[[], None]) -> Callable[[], None]:
        """See ``LayerItem``."""
        return self._model.subscribe(callback)

    def static_state(self) -> Hashable:
        """See ``LayerItem``."""
        return self._model.revision, self._colour

    def restyle(self) -> None:
        """See ``LayerItem``."""
        self._colour = self._mixed()

    def live_state(self) -> Hashable:
        """See ``LayerItem``."""
        return self.options.styles

    def prepare(self) -> None:
        """See ``LayerItem``."""
        if self._seen != self._model.revision:
            self._seen = self._model.revision
            self._borders = DetailCache(self._model.shapes.borders, closed=False)

    def bounds(self) -> Bounds | None:
        """See ``LayerItem``."""
        return self._model.shapes.areas.bounds()

    def bounds_of(self, name: str) -> Bounds | None:
        """Return how far the division of this name reaches."""
        return self._model.bounds_of(name)

    def draw_tile(self, raster: Raster, frame: Frame, area: Area) -> None:
        """See ``LayerItem``."""
        for shapes, which, _ in self._borders.seen(raster, area, 4):
            widths = np.full(len(which), WIDTH_PX * area.ratio, np.float32)
            raster.stroke(frame, shapes, which, self._colour, widths, area.placing(shapes.origin), closed=False)

    def labels(self, area: Area, focus: Focus) -> Sequence[Label]:
        """See ``LayerItem``."""
        if self.options.style(NAMES) == "hidden":
            return ()
        shapes, scale = self._model.shapes, area.ground()
        x0, y0, x1, y1 = area.bounds(120)
        found = []
        rows = zip(shapes.names, shapes.levels, shapes.name_xs.tolist(), shapes.name_ys.tolist(), strict=True)
        for name, level, x, y in rows:
            coarsest, finest = NAMED[level]
            if finest <= scale < coarsest and x0 < x < x1 and y0 < y < y1:
                village = level in (DivisionLevel.VILLAGE, DivisionLevel.OTHER)
                style = LabelStyle.DIVISION if village else LabelStyle.TOWN
                found.append(Label(name, x, y, style, float(ORDER.index(level))))
        return found

    def _mixed(self) -> int:
        return argb(mix(self.look.theme.map_grid_line, self.look.theme.text_second, 0.45))
