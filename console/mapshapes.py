"""What the map's ground is drawn from, read from the service's geometry. Knows no Qt: it is read before Qt is there."""

from typing import NamedTuple

from domain.wire import Geometry
from layers.basemap.model import BaseShapes, read_features
from layers.divisions.model import DivisionShapes, read_areas
from layers.grids.model import GridShapes, read_grids


class MapShapes(NamedTuple):
    """The shapes of the three layers that stand still, and the tag of the geometry they were read from."""

    tag: str
    base: BaseShapes
    areas: DivisionShapes
    grids: GridShapes


def read_shapes(geometry: Geometry) -> MapShapes:
    """Return geometry as shapes. Pure: may run in any thread."""
    return MapShapes(
        geometry.tag, read_features(geometry.base), read_areas(geometry.divisions), read_grids(geometry.grids)
    )
