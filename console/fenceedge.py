"""The edge a new geofence gets, and what it may be called: a grid's or a village's fence has the name of that."""

from collections.abc import Collection, Sequence
from typing import NamedTuple

from console.mapfeed import MapModels
from domain.faults import invalid
from domain.register_shapes import MAX_POINTS, Spot
from layers.geodesy import ring_around
from layers.geometry import feature_at, outer_edge_at
from layers.mercator import to_plane
from widgets.map.fence_card import FenceForm


class Edge(NamedTuple):
    """A ring in degrees, and the name of what it goes round; empty where that has none."""

    ring: tuple[Spot, ...]
    name: str = ""


def edge_meant(form: FenceForm, points: Sequence[Spot], radius_m: float, models: MapModels) -> Edge:
    """Return the edge that was meant. Raises ``Fault`` where there is nothing to take it from."""
    if form is FenceForm.CIRCLE:
        return Edge(ring_around(*points[0], radius_m))
    if form is FenceForm.GRID:
        areas = models.grids.shapes.areas
        names = tuple(grid.name for grid in models.grids.shapes.grids)
    elif form is FenceForm.DIVISION:
        areas, names = models.divisions.shapes.areas, models.divisions.shapes.names
    else:
        return Edge(tuple(points))
    which, ring = feature_at(areas, *to_plane(*points[0])), outer_edge_at(areas, *points[0], MAX_POINTS)
    if which is None or not ring:
        raise invalid("fence_no_outline")
    return Edge(ring, names[which].strip())


def untaken(name: str, taken: Collection[str]) -> str:
    """Return a name that no other fence has: with a number where it must be."""
    numbered = (f"{name} ({n})" for n in range(2, len(taken) + 3))
    return name if name not in taken else next(one for one in numbered if one not in taken)
