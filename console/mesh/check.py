"""Looking for the faults of a mesh: one by one, pair by pair, and as a whole.

Bounded: pairs are found through a tree and cut by the ten thousand, the union is made tile by tile; between two steps
the progress is told, and may end it.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import shapely

from console.mesh.mesh import MeshGrid, Metres, Progress, Shapes, Tolerances, areas_in, shapes_of
from domain.mesh import FaultSort, MeshFault
from domain.places import distance_m

Box = tuple[float, float, float, float]
PAIRS_AT_ONCE = 10_000
TILE = 400
"""Grids whose union is made at once."""
LONGEST_CODE = 64
MOST_FAULTS = 5_000
"""Faults that are told; a mesh with more is not mended by hand."""
_AREAS = ("Polygon", "MultiPolygon")
_NOWHERE = (0.0, 0.0, 0.0, 0.0)


def _silent(_done: int, _of: int) -> None:
    pass


def check_mesh(
    grids: Sequence[MeshGrid],
    divisions: Mapping[str, Any] | None = None,
    tolerances: Tolerances | None = None,
    progress: Progress = _silent,
    known: Collection[str] = (),
    near: Box | None = None,
) -> list[MeshFault]:
    """Return the faults of a mesh, the gravest sorts first, at most ``MOST_FAULTS``.

    ``divisions`` are areas by code: each grid is held to its own, and the mesh to all of them. ``known`` are the codes
    of all divisions, none where nobody can tell. Where no division has an area, ``near`` is where the mesh is to lie.
    Raises whatever ``progress`` raises.
    """
    given = divisions or {}
    limits = tolerances or Tolerances()
    shapes = shapes_of(grids)
    metres = Metres(shapes)
    whole = list(_as_a_whole(shapes, given, limits, near))
    if whole:
        return whole
    faults = [*_singly(grids, shapes, metres, limits), *_codes(grids, shapes), *_said(grids, shapes, known)]
    sound = np.array([s.geom_type in _AREAS and not s.is_empty and s.is_valid for s in shapes], np.bool_)
    steps = _Steps(progress, len(grids))
    faults += _overlaps(grids, shapes, sound, metres, limits, steps)
    faults += _outside(grids, shapes, sound, given, limits)
    union = _union(shapes[sound], steps)
    faults += _gaps(grids, union, shapes, given, metres, limits)
    order = {sort: rank for rank, sort in enumerate(FaultSort)}
    faults.sort(key=lambda fault: (not fault.must_be_mended, order[fault.sort], -fault.area_m2))
    return faults[:MOST_FAULTS]


class _Steps:
    """Counts the steps of a check: pairs take the first half, the union the second."""

    def __init__(self, progress: Progress, grids: int) -> None:
        self._progress = progress
        self._of = max(1, 2 * grids)

    def tell(self, half: int, share: float) -> None:
        """Say how far one of the halves is."""
        self._progress(round((half + share) * self._of / 2), self._of)


def _fault(sort: FaultSort, grids: Sequence[MeshGrid], which: Sequence[int], part: Any, **more: Any) -> MeshFault:
    bounds = _NOWHERE if part is None or part.is_empty else tuple(float(v) for v in part.bounds)
    codes = tuple(grids[i].code[:LONGEST_CODE] or f"#{i + 1}" for i in which)
    return MeshFault(sort, tuple(which), codes, bounds, **more)  # type: ignore[arg-type]


def _as_a_whole(
    shapes: Shapes, divisions: Mapping[str, Any], limits: Tolerances, near: Box | None
) -> Iterator[MeshFault]:
    """Yield the one fault that makes all others pointless: the mesh lies somewhere else."""
    there = shapes[~shapely.is_empty(shapes)]
    homes = [shape for shape in divisions.values() if shape is not None and not shape.is_empty]
    if not len(there):
        return
    bounds = shapely.total_bounds(there)
    if not may_be_degrees(bounds):
        where = f"{bounds[0]:.7g}, {bounds[1]:.7g}"
        yield MeshFault(FaultSort.ELSEWHERE, (), (), _NOWHERE, detail=where)
        return
    home = shapely.total_bounds(np.array(homes, object)) if homes else near
    if home is None:
        return
    lon, lat = (home[0] + home[2]) / 2, (home[1] + home[3]) / 2
    middle = shapely.get_coordinates(shapely.centroid(there))
    x, y = float(np.median(middle[:, 0])), float(np.median(middle[:, 1]))
    if distance_m(x, min(90.0, max(-90.0, y)), lon, lat) <= limits.elsewhere_km * 1000:
        return
    swapped = abs(x) <= 90 and distance_m(y, x, lon, lat) <= limits.elsewhere_km * 1000
    sort = FaultSort.SWAPPED if swapped else FaultSort.ELSEWHERE
    where = f"{x:.4f}, {y:.4f}"
    yield MeshFault(sort, (), (), tuple(float(v) for v in bounds), detail=where)  # type: ignore[arg-type]


def may_be_degrees(bounds: Any) -> bool:
    """Return whether bounds may be degrees, in whichever order: metres are not, nor is what is beyond all measure."""
    return bool(np.isfinite(bounds).all() and np.abs(bounds).max() <= 180)


def _said(grids: Sequence[MeshGrid], shapes: Shapes, known: Collection[str]) -> Iterator[MeshFault]:
    """Yield the grids whose code cannot be one, and those that are said to be of a division there is none of."""
    for i, grid in enumerate(grids):
        if not 0 < len(grid.code) <= LONGEST_CODE:
            yield _fault(FaultSort.UNNAMED, grids, [i], shapes[i])
        if grid.division and known and grid.division not in known:
            yield _fault(FaultSort.DIVISION, grids, [i], shapes[i], detail=grid.division[:LONGEST_CODE])


def _singly(grids: Sequence[MeshGrid], shapes: Shapes, metres: Metres, limits: Tolerances) -> Iterator[MeshFault]:
    areas = metres.area_m2(shapes)
    widths = metres.width_m(shapes)
    for i, shape in enumerate(shapes):
        if shape.geom_type not in _AREAS or shape.is_empty:
            yield _fault(FaultSort.EMPTY, grids, [i], shape, detail=shape.geom_type)
        elif not shape.is_valid:
            reason = str(shapely.is_valid_reason(shape))[:100]
            yield _fault(FaultSort.CROSSING, grids, [i], shape, area_m2=float(areas[i]), detail=reason)
        elif areas[i] < limits.tiny_m2 or widths[i] < limits.sliver_m:
            yield _fault(FaultSort.TINY, grids, [i], shape, area_m2=float(areas[i]))
        elif areas[i] > limits.huge_km2 * 1e6:
            yield _fault(FaultSort.HUGE, grids, [i], shape, area_m2=float(areas[i]))


def _codes(grids: Sequence[MeshGrid], shapes: Shapes) -> Iterator[MeshFault]:
    by_code: dict[str, list[int]] = defaultdict(list)
    for i, grid in enumerate(grids):
        if grid.code:
            by_code[grid.code].append(i)
    for members in by_code.values():
        for later in members[1:]:
            yield _fault(FaultSort.DUPLICATE, grids, [members[0], later], shapes[later])


def _overlaps(
    grids: Sequence[MeshGrid], shapes: Shapes, sound: Any, metres: Metres, limits: Tolerances, steps: _Steps
) -> Iterator[MeshFault]:
    numbers = np.flatnonzero(sound)
    if not len(numbers):
        return
    tree = shapely.STRtree(shapes[numbers])
    pairs = tree.query(shapes[numbers], predicate="intersects")
    pairs = numbers[pairs[:, pairs[0] < pairs[1]]]
    areas = shapely.area(shapes)
    for at in range(0, pairs.shape[1], PAIRS_AT_ONCE):
        steps.tell(0, at / pairs.shape[1])
        first, second = pairs[0, at : at + PAIRS_AT_ONCE], pairs[1, at : at + PAIRS_AT_ONCE]
        meets = ~shapely.touches(shapes[first], shapes[second])
        first, second = first[meets], second[meets]
        shared = shapely.intersection(shapes[first], shapes[second])
        square = metres.area_m2(shared)
        for k in np.flatnonzero(square > limits.least_m2).tolist():
            i, j = int(first[k]), int(second[k])
            if grids[i].code == grids[j].code:
                continue  # told as one code twice
            smaller = [i, j] if areas[i] >= areas[j] else [j, i]
            part = shapely.union_all(areas_in(shared[k]))
            thin = float(metres.width_m(part)) < limits.sliver_m
            sort = FaultSort.SLIVER if thin else FaultSort.OVERLAP
            yield _fault(sort, grids, smaller, part, area_m2=float(square[k]), wkb=shapely.to_wkb(part))


def _outside(
    grids: Sequence[MeshGrid], shapes: Shapes, sound: Any, divisions: Mapping[str, Any], limits: Tolerances
) -> Iterator[MeshFault]:
    metres = Metres(shapes)
    known = {code: shape for code, shape in divisions.items() if shape is not None}
    for shape in known.values():
        shapely.prepare(shape)
    for i in np.flatnonzero(sound).tolist():
        home = home_of(grids[i], known)
        if home is None or shapely.covers(home, shapes[i]):
            continue
        beyond = shapely.difference(shapes[i], home)
        if beyond.area > limits.outside_share * shapes[i].area:
            square = float(metres.area_m2(beyond))
            yield _fault(FaultSort.OUTSIDE, grids, [i], beyond, area_m2=square, wkb=shapely.to_wkb(beyond))


def home_of(grid: MeshGrid, divisions: Mapping[str, Any]) -> Any:
    """Return the area of a grid's division: its own, or by its code, or the smallest known one above."""
    for code in (grid.division, grid.code[:12]):
        for length in (len(code), 12, 9, 6):
            if code[:length] in divisions:
                return divisions[code[:length]]
    return None


def _union(shapes: Shapes, steps: _Steps) -> Any:
    """Return the union of sound areas: neighbours first, by the tile, then tile with tile."""
    if not len(shapes):
        return shapely.Polygon()
    middle = shapely.get_coordinates(shapely.centroid(shapes))
    rows = max(1, round((len(shapes) / TILE) ** 0.5))
    bands = np.array_split(np.argsort(middle[:, 1], kind="stable"), rows)
    parts: list[Any] = []
    for done, band in enumerate(bands):
        across = band[np.argsort(middle[band, 0], kind="stable")]
        merged = []
        for tile in np.array_split(across, max(1, len(across) // TILE)):
            merged.append(shapely.union_all(shapes[tile]))
            steps.tell(1, (done + len(merged) * TILE / max(1, len(across))) / (len(bands) + 1) * 0.9)
        parts.append(shapely.union_all(merged))
    whole = shapely.union_all(parts)
    steps.tell(1, 1.0)
    return whole


def _gaps(
    grids: Sequence[MeshGrid],
    union: Any,
    shapes: Shapes,
    divisions: Mapping[str, Any],
    metres: Metres,
    limits: Tolerances,
) -> Iterator[MeshFault]:
    """Yield the holes of the union, and what of the divisions it leaves uncovered."""
    holes = [shapely.Polygon(ring) for part in areas_in(union) for ring in part.interiors]
    if divisions:
        home = shapely.union_all([s for s in divisions.values() if s is not None])
        lacking = shapely.difference(home, union)
        holes = [hole for hole in holes if not shapely.intersects(home, hole)] + areas_in(lacking)
    if not holes:
        return
    tree = shapely.STRtree(shapes)
    for hole in holes:
        square = float(metres.area_m2(hole))
        if square <= limits.least_m2:
            continue
        sort = FaultSort.SLIVER if float(metres.width_m(hole)) < limits.sliver_m else FaultSort.GAP
        around = sorted(tree.query(hole, predicate="intersects").tolist())[:8]
        yield _fault(sort, grids, around, hole, area_m2=square, wkb=shapely.to_wkb(hole))
