"""Choosing by an area on the map: what of cases, people, vehicles, grids and register things lies within. Pure.

``choose`` may run in any thread: a ``Ground`` holds copies only.
"""

from typing import Any

import msgspec
import numpy as np
import numpy.typing as npt

from client.picture import EntryKey
from domain.ids import CaseNo, GridCode, ThingId
from layers import geodesy
from layers.grids.model import GridShapes
from layers.mercator import EARTH_RADIUS_M, to_plane_arrays
from layers.raster.contract import Shapes

Floats = npt.NDArray[np.float64]
Rings = tuple[tuple[tuple[float, float], ...], ...]


class Outline(msgspec.Struct, frozen=True):
    """What was drawn (lon, lat), whether it encloses an area, and how far around it still counts, metres."""

    points: tuple[tuple[float, float], ...]
    closed: bool
    within_m: float

    def area(self) -> bytes:
        """Return the area as WKB in degrees. Raises ValueError where a point or line has no distance around it."""
        if self.closed and self.within_m <= 0:
            return geodesy.polygon(self.points)
        return geodesy.buffer(self.points, self.within_m, area=self.closed)


class Ground(msgspec.Struct, frozen=True):
    """What is searched, copied: names with places on the plane. What the map does not show is not in it."""

    cases: tuple[str, ...] = ()
    case_xs: Floats = np.empty(0)
    case_ys: Floats = np.empty(0)
    things: tuple[str, ...] = ()
    thing_xs: Floats = np.empty(0)
    thing_ys: Floats = np.empty(0)
    vehicles: frozenset[str] = frozenset()
    grids: GridShapes | None = None
    entries: tuple[tuple[EntryKey, float, float], ...] = ()


class Chosen(msgspec.Struct, frozen=True):
    """What lies within; ``rings`` is the edge on the plane, to be drawn."""

    rings: Rings = ()
    cases: frozenset[CaseNo] = frozenset()
    staff: frozenset[ThingId] = frozenset()
    vehicles: frozenset[ThingId] = frozenset()
    grids: tuple[GridCode, ...] = ()
    entries: frozenset[EntryKey] = frozenset()

    @property
    def things(self) -> frozenset[ThingId]:
        """Staff and vehicles."""
        return self.staff | self.vehicles


def choose(outline: Outline, ground: Ground) -> Chosen:
    """Return what lies within an outline: cases and things by their place, grids where any of them is touched."""
    wkb = outline.area()
    things = _within(wkb, ground.things, ground.thing_xs, ground.thing_ys)
    keys = tuple(key for key, _, _ in ground.entries)
    places = np.array([place for _, *place in ground.entries], np.float64).reshape(-1, 2)
    held = geodesy.inside(wkb, places[:, 0], places[:, 1])
    rings = _rings(wkb)
    return Chosen(
        rings=rings,
        cases=frozenset(CaseNo(n) for n in _within(wkb, ground.cases, ground.case_xs, ground.case_ys)),
        staff=frozenset(ThingId(t) for t in things if t not in ground.vehicles),
        vehicles=frozenset(ThingId(t) for t in things if t in ground.vehicles),
        grids=() if ground.grids is None else _touched(rings, ground.grids),
        entries=frozenset(key for key, inside in zip(keys, held, strict=True) if inside),
    )


def _within(wkb: bytes, names: tuple[str, ...], xs: Floats, ys: Floats) -> list[str]:
    if not names:
        return []
    lons = np.degrees(xs / EARTH_RADIUS_M)
    lats = np.degrees(2 * np.arctan(np.exp(ys / EARTH_RADIUS_M)) - np.pi / 2)
    return [names[i] for i in np.flatnonzero(geodesy.inside(wkb, lons, lats)).tolist()]


def _touched(rings: Rings, shapes: GridShapes) -> tuple[GridCode, ...]:
    """Return the grids that an area on the plane touches.

    Of most one inner point says it; only those along the edge are made into polygons.
    """
    import shapely  # noqa: PLC0415 - kept off the start path

    if not shapes.grids or not rings:
        return ()
    area = shapely.union_all([shapely.Polygon(ring) for ring in rings])
    shapely.prepare(area)
    near = shapes.areas.visible(area.bounds)
    held = shapely.intersects_xy(area, shapes.name_xs[near], shapes.name_ys[near])
    return tuple(
        shapes.grids[feature].code
        for feature, inside in zip(near.tolist(), held.tolist(), strict=True)
        if inside or shapely.intersects(area, _polygon_of(shapes.areas, feature))
    )


def _polygon_of(shapes: Shapes, feature: int) -> Any:
    """Return a feature on the plane: what lies inside an odd number of its rings."""
    import shapely  # noqa: PLC0415 - likewise

    whole: Any = shapely.Polygon()
    for ring in range(int(shapes.parts[feature]), int(shapes.parts[feature + 1])):
        points = slice(int(shapes.rings[ring]), int(shapes.rings[ring + 1]))
        xs = shapes.xs[points].astype(np.float64) + shapes.origin[0]
        ys = shapes.ys[points].astype(np.float64) + shapes.origin[1]
        if len(xs) > 2:
            one = shapely.make_valid(shapely.Polygon(np.column_stack([xs, ys])))
            whole = one if whole.is_empty else shapely.symmetric_difference(whole, one)
    return whole


def _rings(wkb: bytes) -> Rings:
    import shapely  # noqa: PLC0415 - kept off the start path

    parts = [part for part in shapely.get_parts(shapely.from_wkb(wkb)) if part.geom_type == "Polygon"]
    rings = []
    for ring in shapely.get_rings(np.array(parts, object)) if parts else ():
        lons, lats = shapely.get_coordinates(ring).T
        xs, ys = to_plane_arrays(lons, lats)
        rings.append(tuple(zip(xs.tolist(), ys.tolist(), strict=True)))
    return tuple(rings)
