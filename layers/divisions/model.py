"""The divisions that have an area. See ``layers`` for how models are used."""

from collections.abc import Iterable

import msgspec
import numpy as np
import numpy.typing as npt

from domain.places import Division, DivisionLevel
from layers.geometry import POLYGONS, inner_points, read_wkb, shared_borders, to_shapes
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

    def put(self, shapes: DivisionShapes) -> None:
        """Replace all divisions by what ``read_areas`` made of them."""
        self.shapes = shapes
        self._changed()
