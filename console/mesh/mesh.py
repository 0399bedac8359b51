"""A mesh as it is worked on: its grids' areas as one array, with measures in metres."""

from collections.abc import Callable, Sequence
from typing import Any

import msgspec
import numpy as np
import shapely
from numpy.typing import NDArray

METRES_A_DEGREE = 111_195.0

Shapes = NDArray[np.object_]
Progress = Callable[[int, int], None]
"""Told how far a check is: done, of. It may raise to end it (``Cancelled``)."""


class Cancelled(Exception):
    """Raised by a progress when nobody wants the check any more."""


class MeshGrid(msgspec.Struct, frozen=True):
    """One grid of a mesh: what it is called, and its area (shapely, WGS-84 degrees, None where there is none)."""

    code: str
    name: str
    shape: Any = None
    division: str = ""
    responsible: str = ""


class Tolerances(msgspec.Struct, frozen=True):
    """What counts as a fault. A hair is ``sliver_m`` wide; anything below ``least_m2`` is rounding."""

    sliver_m: float = 2.0
    least_m2: float = 1.0
    tiny_m2: float = 50.0
    huge_km2: float = 500.0
    outside_share: float = 0.01
    elsewhere_km: float = 150.0


class Metres:
    """Local measures: degrees are scaled to metres about the middle of the mesh; it errs little within a province."""

    def __init__(self, shapes: Shapes) -> None:
        bounds = shapely.total_bounds(shapes) if len(shapes) else np.full(4, np.nan)
        middle = 0.0 if not np.isfinite(bounds).all() else (bounds[1] + bounds[3]) / 2.0
        self.x = METRES_A_DEGREE * float(np.cos(np.radians(min(89.0, max(-89.0, middle)))))
        self.y = METRES_A_DEGREE

    def area_m2(self, shapes: Any) -> Any:
        """Return areas in square metres."""
        return shapely.area(shapes) * self.x * self.y

    def width_m(self, shapes: Any) -> Any:
        """Return how wide areas are, as strips: twice the area over the outline."""
        scaled = shapely.transform(shapes, lambda xy: xy * (self.x, self.y))
        around = np.maximum(shapely.length(scaled), 1e-12)
        return 2.0 * shapely.area(scaled) / around


def shapes_of(grids: Sequence[MeshGrid]) -> Shapes:
    """Return the areas of grids; an empty polygon stands for none."""
    nothing = shapely.Polygon()
    made = np.empty(len(grids), object)
    made[:] = [nothing if grid.shape is None else grid.shape for grid in grids]
    return made


def areas_in(shape: Any) -> list[Any]:
    """Return the polygons within a geometry of any kind."""
    parts = shapely.get_parts(shape, return_index=False)
    found: list[Any] = []
    for part in parts:
        if part.geom_type == "Polygon":
            found.append(part)
        elif part.geom_type in ("MultiPolygon", "GeometryCollection"):
            found += areas_in(part)
    return [part for part in found if not part.is_empty]
