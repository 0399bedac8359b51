"""Which grid a place falls into: a search tree over the grids' polygons, rebuilt when they change.

Where grids overlap the smallest holds the place, then the one whose code sorts first; a border belongs to its grid.
Reports come by the thousand from the same streets: cells that lie in one grid whole are remembered, for asking the tree
costs a report five times what looking in a table does.
"""

from collections.abc import Iterable, Sequence
from math import floor
from typing import TYPE_CHECKING, Any

from domain.faults import Fault, invalid
from domain.ids import GridCode
from domain.places import Bounds, Grid, Placement

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

MAX_VERTICES = 500_000
_AREAS = ("Polygon", "MultiPolygon")

Placed = tuple[Placement, GridCode | None]

CELLS_A_DEGREE = 1000
"""Side of the cells that are remembered, about a hundred metres: most lie in one grid whole."""
MOST_CELLS = 50_000
MOST_BY_CELL = 512
"""Places asked for at once above which the tree answers all of them."""
MOST_DEGREES = 360.0
_ROUNDING = 1e-9
"""Degrees by which a cell is taken larger, so that no rounding puts a place beside its own."""
_OUTSIDE: Placed = (Placement.OUTSIDE, None)
_NEW: Placed = (Placement.NO_PLACE, GridCode("new"))
_ONCE: Placed = (Placement.NO_PLACE, GridCode("once"))
_MIXED: Placed = (Placement.NO_PLACE, GridCode("mixed"))


class GridIndex:
    """Answers where a place lies. Cheap to make; the tree is built when it is first asked."""

    def __init__(self, grids: Iterable[Grid]) -> None:
        self._grids = tuple(grids)
        self._tree: Any = None
        self._codes: list[GridCode] = []
        self._bounds: Bounds | None = None
        self._cells: dict[tuple[int, int], Placed] = {}

    def place(self, lon: float | None, lat: float | None) -> Placed:
        """Return the placement of one place."""
        if lon is None or lat is None:
            return Placement.NO_PLACE, None
        return self.place_all((lon,), (lat,))[0]

    def place_all(self, lons: Sequence[float], lats: Sequence[float]) -> list[Placed]:
        """Return the placements of many places, in their order."""
        if not self._grids:
            return [_OUTSIDE] * len(lons)
        if self._tree is None:
            self._build()
        if len(lons) > MOST_BY_CELL:
            return self._look_up(lons, lats)
        known = [self._known(lon, lat) for lon, lat in zip(lons, lats, strict=True)]
        open_ = [i for i, found in enumerate(known) if found is None]
        if open_:
            asked = self._look_up([lons[i] for i in open_], [lats[i] for i in open_])
            for i, found in zip(open_, asked, strict=True):
                known[i] = found
        return [found for found in known if found is not None]

    def bounds(self) -> Bounds | None:
        """Return the box all grids lie in; None where there is none. The first time it takes as long as a place."""
        if self._grids and self._tree is None:
            self._build()
        return self._bounds

    def _known(self, lon: float, lat: float) -> Placed | None:
        """Return where a place lies where all of its cell lies there; None where the tree must be asked."""
        if not -MOST_DEGREES <= lon <= MOST_DEGREES or not -MOST_DEGREES <= lat <= MOST_DEGREES:
            return None
        cell = floor(lon * CELLS_A_DEGREE), floor(lat * CELLS_A_DEGREE)
        known = self._cells.get(cell, _NEW)
        if known is _NEW or known is _ONCE:  # a cell that is asked for once is not worth looking at
            known = _ONCE if known is _NEW else self._survey(*cell)
            if len(self._cells) >= MOST_CELLS:
                self._cells.clear()
            self._cells[cell] = known
        return None if known is _ONCE or known is _MIXED else known

    def _look_up(self, lons: Sequence[float], lats: Sequence[float]) -> list[Placed]:
        """Ask the tree."""
        import shapely  # noqa: PLC0415

        found: list[int | None] = [None] * len(lons)
        points, ranks = self._tree.query(shapely.points(lons, lats), predicate="intersects")
        for point, rank in zip(points.tolist(), ranks.tolist(), strict=True):
            best = found[point]
            if best is None or rank < best:
                found[point] = rank
        return [_OUTSIDE if rank is None else (Placement.INSIDE, self._codes[rank]) for rank in found]

    def _survey(self, column: int, row: int) -> Placed:
        """Return where every place of a cell lies, ``_MIXED`` where that is not the same for all of them."""
        import shapely  # noqa: PLC0415

        west, south, side = column / CELLS_A_DEGREE, row / CELLS_A_DEGREE, 1 / CELLS_A_DEGREE
        cell = shapely.box(west - _ROUNDING, south - _ROUNDING, west + side + _ROUNDING, south + side + _ROUNDING)
        touched = self._tree.query(cell, predicate="intersects")
        if not touched.size:
            return _OUTSIDE
        if touched.size == 1 and self._tree.query(cell, predicate="within").size:
            return Placement.INSIDE, self._codes[int(touched[0])]
        return _MIXED

    def _build(self) -> None:
        import shapely  # noqa: PLC0415 - a quarter of a second that a start need not pay

        shapes = shapely.from_wkb([grid.wkb for grid in self._grids])
        areas = shapely.area(shapes)
        order = sorted(range(len(self._grids)), key=lambda i: (areas[i], self._grids[i].code))
        ordered = shapes[order]
        shapely.prepare(ordered)
        self._codes = [self._grids[i].code for i in order]
        west, south, east, north = shapely.total_bounds(shapes).tolist()
        self._bounds = (west, south, east, north)
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
