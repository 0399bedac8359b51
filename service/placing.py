"""Which grid a place falls into: a search tree over the grids' polygons, rebuilt when they change.

Where grids overlap the smallest holds the place, then the one whose code sorts first; a border belongs to its grid.
"""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from domain.faults import Fault, invalid
from domain.ids import GridCode
from domain.places import Grid, Placement

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

MAX_VERTICES = 500_000
_AREAS = ("Polygon", "MultiPolygon")

Placed = tuple[Placement, GridCode | None]


class GridIndex:
    """Answers where a place lies. Cheap to make; the tree is built when it is first asked."""

    def __init__(self, grids: Iterable[Grid]) -> None:
        self._grids = tuple(grids)
        self._tree: Any = None
        self._codes: list[GridCode] = []

    def place(self, lon: float | None, lat: float | None) -> Placed:
        """Return the placement of one place."""
        if lon is None or lat is None:
            return Placement.NO_PLACE, None
        import shapely  # noqa: PLC0415 - a quarter of a second that a start need not pay

        if not self._grids:
            return Placement.OUTSIDE, None
        if self._tree is None:
            self._build()
        ranks = self._tree.query(shapely.points(lon, lat), predicate="intersects")
        return (Placement.INSIDE, self._codes[ranks.min()]) if ranks.size else (Placement.OUTSIDE, None)

    def place_all(self, lons: Sequence[float], lats: Sequence[float]) -> list[Placed]:
        """Return the placements of many places, in their order."""
        import shapely  # noqa: PLC0415 - a quarter of a second that a start need not pay

        if not self._grids or not lons:
            return [(Placement.OUTSIDE, None)] * len(lons)
        if self._tree is None:
            self._build()
        found: list[int | None] = [None] * len(lons)
        points, ranks = self._tree.query(shapely.points(lons, lats), predicate="intersects")
        for point, rank in zip(points.tolist(), ranks.tolist(), strict=True):
            best = found[point]
            if best is None or rank < best:
                found[point] = rank
        return [(Placement.OUTSIDE, None) if rank is None else (Placement.INSIDE, self._codes[rank]) for rank in found]

    def _build(self) -> None:
        import shapely  # noqa: PLC0415

        shapes = shapely.from_wkb([grid.wkb for grid in self._grids])
        areas = shapely.area(shapes)
        order = sorted(range(len(self._grids)), key=lambda i: (areas[i], self._grids[i].code))
        ordered = shapes[order]
        shapely.prepare(ordered)
        self._codes = [self._grids[i].code for i in order]
        self._tree = shapely.STRtree(ordered)


def check_area(wkb: bytes) -> None:
    """Raise ``Fault`` unless the bytes are a valid, non-empty (multi)polygon within the world's degrees."""
    fault = area_fault(wkb)
    if fault is not None:
        raise fault


def area_fault(wkb: bytes) -> Fault | None:
    """Return what is wrong with an area, None where nothing is."""
    import shapely  # noqa: PLC0415

    try:
        shape: BaseGeometry = shapely.from_wkb(wkb)
    except (shapely.errors.ShapelyError, ValueError, TypeError):
        return invalid("area_unreadable")
    if shape.geom_type not in _AREAS:
        return invalid("area_not_polygon", found=shape.geom_type)
    if shape.is_empty:
        return invalid("area_empty")
    if shapely.get_num_coordinates(shape) > MAX_VERTICES:
        return invalid("area_too_detailed", limit=MAX_VERTICES)
    west, south, east, north = shape.bounds
    if not (-180 <= west <= east <= 180 and -90 <= south <= north <= 90):
        return invalid("area_out_of_range")
    if not shape.is_valid:
        return invalid("area_invalid", reason=shapely.is_valid_reason(shape)[:80])
    return None
