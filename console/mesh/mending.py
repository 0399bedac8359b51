"""Mending a mesh by what was decided of each fault; the result is to be checked again: a mend may uncover another."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import shapely
from msgspec.structs import replace

from console.mesh.check import home_of
from console.mesh.mesh import MeshGrid, areas_in
from domain.mesh import FaultSort, Mend, MeshFault

Decision = tuple[MeshFault, Mend]
Divisions = Mapping[str, Any]


def mend_mesh(
    grids: Sequence[MeshGrid], decisions: Sequence[Decision], divisions: Divisions | None = None
) -> list[MeshGrid]:
    """Return the mesh with every decision carried out, in an order that does not depend on how they came.

    What is dropped goes last, so that positions hold until then.
    """
    work = list(grids)
    dropped: set[int] = set()
    rank = {mend: number for number, mend in enumerate(Mend)}
    for fault, mend in sorted(decisions, key=lambda d: (rank[d[1]], d[0].grids, -d[0].area_m2)):
        if mend is Mend.SWAP:
            work = [replace(g, shape=g.shape and shapely.transform(g.shape, _swapped)) for g in work]
        elif mend in (Mend.DROP, Mend.MERGE):
            dropped.add(fault.grids[-1])
        if mend in _HOW:
            _HOW[mend](work, fault, divisions or {})
    return [grid for i, grid in enumerate(work) if i not in dropped]


def _make_valid(work: list[MeshGrid], fault: MeshFault, _divisions: Divisions) -> None:
    _put(work, fault.grids[-1], shapely.make_valid(work[fault.grids[-1]].shape, method="structure"))


def _merge(work: list[MeshGrid], fault: MeshFault, _divisions: Divisions) -> None:
    first, later = fault.grids
    _put(work, first, shapely.union_all([work[first].shape, work[later].shape]))


def _clip(work: list[MeshGrid], fault: MeshFault, divisions: Divisions) -> None:
    home = home_of(work[fault.grids[-1]], divisions)
    if home is not None:
        _put(work, fault.grids[-1], shapely.intersection(work[fault.grids[-1]].shape, home))


def _by_place(work: list[MeshGrid], fault: MeshFault, _divisions: Divisions) -> None:
    work[fault.grids[-1]] = replace(work[fault.grids[-1]], division="")


def _put(work: list[MeshGrid], i: int, shape: Any) -> None:
    """Give a grid the areas of a geometry; lines and points a calculation leaves behind are none of it."""
    parts = areas_in(shape)
    made = None if not parts else parts[0] if len(parts) == 1 else shapely.MultiPolygon(parts)
    work[i] = replace(work[i], shape=made)


def _cut(work: list[MeshGrid], fault: MeshFault, _divisions: Divisions) -> None:
    larger, smaller = fault.grids
    if work[larger].shape is not None and work[smaller].shape is not None:
        _put(work, smaller, shapely.difference(work[smaller].shape, work[larger].shape))


def _fill(work: list[MeshGrid], fault: MeshFault, divisions: Divisions) -> None:
    """A thin overlap is cut from the smaller grid; a gap goes to the neighbour with the longest border on it."""
    if fault.sort is FaultSort.SLIVER and len(fault.grids) == 2 and fault.wkb is not None:
        shared = shapely.intersection(work[fault.grids[0]].shape, work[fault.grids[1]].shape)
        if shared.area > 0.5 * shapely.from_wkb(fault.wkb).area:
            _cut(work, fault, divisions)
            return
    if fault.wkb is None or not fault.grids:
        return
    hole = shapely.from_wkb(fault.wkb)
    borders = [
        (shapely.length(shapely.intersection(shapely.boundary(hole), work[i].shape)), -i)
        for i in fault.grids
        if work[i].shape is not None
    ]
    if borders:
        best = -max(borders)[1]
        _put(work, best, shapely.union_all([work[best].shape, hole]))


def _swapped(xy: Any) -> Any:
    return xy[:, ::-1]


_HOW: dict[Mend, Callable[[list[MeshGrid], MeshFault, Divisions], None]] = {
    Mend.MAKE_VALID: _make_valid,
    Mend.KEEP_LARGER: _cut,
    Mend.FILL: _fill,
    Mend.MERGE: _merge,
    Mend.CLIP: _clip,
    Mend.BY_PLACE: _by_place,
}
