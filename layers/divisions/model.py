"""The divisions that have an area. See ``layers`` for how models are used."""

from collections.abc import Iterable

import msgspec
import numpy as np
import numpy.typing as npt

from domain.places import Division, DivisionLevel
from layers.geometry import POLYGONS, contains, inner_points, read_wkb, shared_borders, to_shapes
from layers.observed import Observed
from layers.raster.contract import Shapes, no_shapes


class DivisionShapes(msgspec.Struct, frozen=True):
    """Divisions ready to be drawn: areas, their borders (each once), names and where those stand."""

    areas: Shapes
    borders: Shapes
    names: tuple[str, ...]
    levels: tuple[DivisionLevel, ...]
    name_xs: npt.NDArray[np.float64]
    name_ys: npt.NDArray[np.float64]


def read_areas(divisions: Iterable[Division]) -> DivisionShapes:
    """Return divisions as shapes; those without an area are left out. Pure: may run in any thread."""
    listed = list(divisions)
    geometries = read_wkb([d.wkb for d in listed])
    areas, kept = to_shapes(geometries, POLYGONS)
    xs, ys = inner_points(geometries[kept]) if len(kept) else (np.empty(0), np.empty(0))
    return DivisionShapes(
        areas, shared_borders(areas), tuple(listed[i].name for i in kept), tuple(listed[i].level for i in kept), xs, ys
    )


class DivisionsModel(Observed):
    """The divisions of the town, usually its villages and itself."""

    def __init__(self) -> None:
        super().__init__()
        self.shapes = DivisionShapes(no_shapes(), no_shapes(), (), (), np.empty(0), np.empty(0))

    def set_divisions(self, divisions: Iterable[Division]) -> None:
        """Replace all divisions."""
        self.put(read_areas(divisions))

    def holding(self, x: float, y: float) -> list[int]:
        """Return which divisions hold a plane point, the village before its town and what has no level before both."""
        shapes, order = self.shapes, tuple(DivisionLevel)
        near = (int(which) for which in shapes.areas.visible((x, y, x, y)))
        found = [which for which in near if contains(shapes.areas, which, x, y)]
        return sorted(found, key=lambda which: order.index(shapes.levels[which]), reverse=True)

    def bounds_of(self, name: str) -> tuple[float, float, float, float] | None:
        """Return how far the division of this name reaches, plane metres; None where there is none."""
        shapes = self.shapes
        if name not in shapes.names:
            return None
        x0, y0, x1, y1 = shapes.areas.boxes[shapes.names.index(name)].tolist()
        east, north = shapes.areas.origin
        return x0 + east, y0 + north, x1 + east, y1 + north

    def put(self, shapes: DivisionShapes) -> None:
        """Replace all divisions by what ``read_areas`` made of them."""
        self.shapes = shapes
        self._changed()
