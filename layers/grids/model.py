"""The grids, and the class each is filled by. See ``layers`` for how models are used."""

from collections.abc import Iterable, Mapping

import msgspec
import numpy as np
import numpy.typing as npt

from domain.ids import GridCode
from domain.places import Grid
from layers.background import give_back
from layers.colours import CLASS_COUNT
from layers.geometry import POLYGONS, by_place, feature_at, inner_points, read_wkb, shared_borders, to_shapes
from layers.grids.figures import Classed, Indicator, Source, classed
from layers.mercator import to_plane
from layers.observed import Observed
from layers.raster.contract import Shapes, no_shapes

NO_CLASS = 255
MANY = 10_000
"""Grids whose reading leaves so much memory free that it is given back."""
EVERY_S = 2.0
"""How often the figures are asked for anew."""
Classes = npt.NDArray[np.uint8]


class GridShapes(msgspec.Struct, frozen=True):
    """Grids ready to be drawn: areas, borders (each once), the grids (without geometry), where their names stand."""

    areas: Shapes
    borders: Shapes
    grids: tuple[Grid, ...]
    name_xs: npt.NDArray[np.float64]
    name_ys: npt.NDArray[np.float64]


def read_grids(grids: Iterable[Grid]) -> GridShapes:
    """Return grids as shapes, neighbours after one another; one whose area cannot be read is left out.

    Pure: may run in any thread.
    """
    listed = list(grids)
    geometries = read_wkb([g.wkb for g in listed])
    areas, kept = to_shapes(geometries, POLYGONS)
    order = by_place(areas)
    areas, kept = areas.chosen(order), kept[order]
    xs, ys = inner_points(geometries[kept]) if len(kept) else (np.empty(0), np.empty(0))
    borders = shared_borders(areas)
    named = tuple(msgspec.structs.replace(listed[i], wkb=b"") for i in kept)  # the shapes say where they lie
    del geometries
    if len(listed) > MANY:
        give_back()
    return GridShapes(areas, borders, named, xs, ys)


class GridsModel(Observed):
    """The grids of the town. ``classes`` holds a class 0..4 a grid, or ``NO_CLASS``; it is replaced, never changed."""

    def __init__(self) -> None:
        super().__init__()
        self.shapes = GridShapes(no_shapes(), no_shapes(), (), np.empty(0), np.empty(0))
        self.bounds: tuple[float, float, float, float] | None = None
        self.classes: Classes | None = None
        self.indicator = Indicator.NONE
        self.figures: Mapping[GridCode, float] = {}
        self.classed = Classed()
        self._source: Source | None = None
        self._asked_s = -EVERY_S
        self._index: dict[str, int] = {}

    def set_grids(self, grids: Iterable[Grid], classes: Mapping[GridCode, int] | None = None) -> None:
        """Replace all grids, with classes to fill them by."""
        self.put(read_grids(grids), classes)

    def put(self, shapes: GridShapes, classes: Mapping[GridCode, int] | None = None) -> None:
        """Replace all grids by what ``read_grids`` made of them."""
        self.shapes = shapes
        self.bounds = shapes.areas.bounds()
        self._index = {grid.code: i for i, grid in enumerate(shapes.grids)}
        self.set_classes(classes)

    def set_classes(self, classes: Mapping[GridCode, int] | None) -> None:
        """Fill grids by class (0..4, light to strong), or none with None. Raises ValueError for another class."""
        if classes is None:
            self.classes = None
        else:
            filled = np.full(len(self.shapes.grids), NO_CLASS, np.uint8)
            for code, value in classes.items():
                if not 0 <= value < CLASS_COUNT:
                    raise ValueError(f"class {value} of grid {code} is not 0..{CLASS_COUNT - 1}")
                if code in self._index:
                    filled[self._index[code]] = value
            self.classes = filled
        self._changed()

    def set_source(self, source: Source) -> None:
        """Have figures asked of ``source`` while an indicator is chosen, every so often."""
        self._source = source

    def fill_by(self, indicator: Indicator, now_s: float) -> None:
        """Fill grids by an indicator; asked again and again while the grids are shown. ``now_s`` only goes forward."""
        if indicator is Indicator.NONE and self.indicator is Indicator.NONE:
            return
        if indicator is self.indicator and now_s - self._asked_s < EVERY_S:
            return
        altered = indicator is not self.indicator
        self.indicator, self._asked_s = indicator, now_s
        figures = {} if indicator is Indicator.NONE or self._source is None else dict(self._source(indicator))
        if altered or figures != self.figures:
            self.figures, self.classed = figures, classed(figures)
            self.set_classes(None if indicator is Indicator.NONE else self.classed.classes)

    def index_of(self, code: str) -> int | None:
        """Return the place of a grid in ``shapes``, or None for a code that is not drawn."""
        return self._index.get(code)

    def grid_at(self, lon: float, lat: float) -> Grid | None:
        """Return the grid drawn at a point in degrees, or None."""
        return self.grid_on_plane(*to_plane(lon, lat))

    def grid_on_plane(self, x: float, y: float) -> Grid | None:
        """Return the grid drawn at a plane point, or None."""
        found = feature_at(self.shapes.areas, x, y)
        return None if found is None else self.shapes.grids[found]
