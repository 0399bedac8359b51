"""The base map's features, sorted into what is drawn alike. See ``layers`` for how models are used."""

from collections.abc import Iterable, Sequence

import msgspec
import numpy as np

from domain.places import BaseFeature, BaseKind
from layers.geometry import LINES, POLYGONS, Geometries, inner_points, is_one_of, read_wkb, to_shapes
from layers.mercator import to_plane_arrays
from layers.observed import Observed
from layers.raster.contract import I32, Shapes, no_shapes


class Name(msgspec.Struct, frozen=True):
    """A name on the base map and where it stands on the plane. ``rank`` 0 is the most important."""

    text: str
    x: float
    y: float
    kind: BaseKind
    rank: int


class BaseShapes(msgspec.Struct, frozen=True):
    """Features ready to be drawn: areas, road lines with the rank of each, and names."""

    water: Shapes
    water_lines: Shapes
    green: Shapes
    buildings: Shapes
    roads: Shapes
    road_ranks: I32
    names: tuple[Name, ...]


def read_features(features: Iterable[BaseFeature]) -> BaseShapes:
    """Return features as shapes. Pure: may run in any thread. What cannot be read as geometry is left out."""
    listed = list(features)
    geometries = read_wkb([f.wkb for f in listed])
    of: dict[BaseKind, list[int]] = {kind: [] for kind in BaseKind}
    for i, feature in enumerate(listed):
        of[feature.kind].append(i)

    def shapes(kind: BaseKind, kinds: frozenset[int]) -> tuple[Shapes, list[int]]:
        found, kept = to_shapes(geometries[of[kind]], kinds)
        return found, [of[kind][i] for i in kept]

    roads, which_roads = shapes(BaseKind.ROAD, LINES)
    return BaseShapes(
        water=shapes(BaseKind.WATER, POLYGONS)[0],
        water_lines=shapes(BaseKind.WATER, LINES)[0],
        green=shapes(BaseKind.GREEN, POLYGONS)[0],
        buildings=shapes(BaseKind.BUILDING, POLYGONS)[0],
        roads=roads,
        road_ranks=np.array([listed[i].rank for i in which_roads], np.int32),
        names=tuple(_names(listed, geometries)),
    )


def _names(features: Sequence[BaseFeature], geometries: Geometries) -> list[Name]:
    import shapely  # noqa: PLC0415 - kept off the start path

    named = [i for i, f in enumerate(features) if f.name and geometries[i] is not None]
    if not named:
        return []
    chosen = geometries[named]
    types = shapely.get_type_id(chosen)
    middles = shapely.point_on_surface(chosen)
    lines = types == 1
    middles[lines] = shapely.line_interpolate_point(chosen[lines], 0.5, normalized=True)
    xs, ys = to_plane_arrays(shapely.get_x(middles), shapely.get_y(middles))
    areas = is_one_of(types, POLYGONS)
    if areas.any():
        xs[areas], ys[areas] = inner_points(chosen[areas])
    found = (
        Name(features[i].name, float(x), float(y), features[i].kind, features[i].rank)
        for i, x, y in zip(named, xs, ys, strict=True)
    )
    return [n for n in found if np.isfinite(n.x) and np.isfinite(n.y)]


class BasemapModel(Observed):
    """The base map of the town."""

    def __init__(self) -> None:
        super().__init__()
        none = no_shapes()
        self.shapes = BaseShapes(none, none, none, none, none, np.empty(0, np.int32), ())

    def set_features(self, features: Iterable[BaseFeature]) -> None:
        """Replace all features."""
        self.put(read_features(features))

    def put(self, shapes: BaseShapes) -> None:
        """Replace all features by what ``read_features`` made of them."""
        self.shapes = shapes
        self._changed()
