"""Lengths, areas and buffers on the ellipsoid (WGS-84, which CGCS2000 equals to within a tenth of a millimetre).

Points are ``(lon, lat)`` in degrees. pyproj is imported at the first call: it takes a tenth of a second, so whoever is
on the UI thread has ``warm`` called in another thread beforehand.
"""

from collections.abc import Sequence
from functools import lru_cache
from math import cos, degrees, pi, radians, sin
from typing import Any

import numpy as np
import numpy.typing as npt

from domain.places import EARTH_RADIUS_M

Point = tuple[float, float]
Box = tuple[float, float, float, float]
Floats = npt.NDArray[np.float64]

CORNERS = 64
"""Of a circle: its edge is at most 0.2 % of the radius off."""
LONGEST_BUFFER_M = 100_000.0
"""A buffer is made on a plane around its middle; further than this the plane bends."""


@lru_cache(maxsize=1)
def _geod() -> Any:
    from pyproj import Geod  # noqa: PLC0415 - kept off the start path

    return Geod(ellps="WGS84")


def warm() -> None:
    """Import what measuring needs. Any thread."""
    import shapely  # noqa: PLC0415 - likewise

    shapely.prepare(shapely.box(0, 0, 1, 1))
    _geod().line_length([0.0, 0.0], [0.0, 1.0])


def length_m(points: Sequence[Point]) -> float:
    """Return the length of a line along geodesics, metres; 0 for fewer than two points."""
    if len(points) < 2:
        return 0.0
    return float(_geod().line_length([p[0] for p in points], [p[1] for p in points]))


def gap_m(box: Box, other: Box) -> float:
    """Return how far apart two boxes (west, south, east, north, degrees) lie on the ground; 0 where they meet."""
    lons, lats = _nearest(box[0], box[2], other[0], other[2]), _nearest(box[1], box[3], other[1], other[3])
    return length_m(tuple(zip(lons, lats, strict=True)))


def _nearest(low: float, high: float, other_low: float, other_high: float) -> tuple[float, float]:
    """Return the nearest values of two ranges; twice one both have where they meet."""
    if high < other_low:
        return high, other_low
    return (low, other_high) if other_high < low else (max(low, other_low),) * 2


def area_m2(ring: Sequence[Point]) -> float:
    """Return the area inside a ring (closed or not) in square metres, whichever way round; 0 for fewer than three.

    What a ring that crosses itself encloses counts once, however it goes round it.
    """
    if len(ring) < 3:
        return 0.0
    import shapely  # noqa: PLC0415 - kept off the start path

    shape = shapely.Polygon(ring)
    parts = shapely.get_parts(shape if shape.is_valid else shapely.make_valid(shape))
    return sum(abs(float(_geod().geometry_area_perimeter(part)[0])) for part in parts if part.geom_type == "Polygon")


def perimeter_m(ring: Sequence[Point]) -> float:
    """Return the length around a ring, metres."""
    return length_m([*ring, ring[0]]) if len(ring) > 1 else 0.0


def buffer(points: Sequence[Point], distance_m: float, *, area: bool) -> bytes:
    """Return what lies within a distance of a point, a line or (``area``) a ring, as WKB in degrees.

    Raises ValueError for no point, or a distance that is not above 0 and at most ``LONGEST_BUFFER_M``.
    """
    import shapely  # noqa: PLC0415 - kept off the start path

    if not points or not 0.0 < distance_m <= LONGEST_BUFFER_M:
        raise ValueError(distance_m)
    lon, lat = (sum(p[i] for p in points) / len(points) for i in (0, 1))
    there, back = _plane_around(lon, lat)
    xs, ys = there.transform([p[0] for p in points], [p[1] for p in points])
    flat = list(zip(xs, ys, strict=True))
    shape: Any = shapely.Point(flat[0]) if len(flat) == 1 else shapely.LineString(flat)
    if area and len(flat) > 2:
        shape = shapely.make_valid(shapely.Polygon(flat))
    grown = shapely.buffer(shape, distance_m, quad_segs=24)
    degrees = shapely.transform(grown, lambda c: np.column_stack(back.transform(c[:, 0], c[:, 1])))
    return bytes(shapely.to_wkb(degrees))


def polygon(ring: Sequence[Point]) -> bytes:
    """Return a ring as a valid area, WKB in degrees; one that crosses itself becomes the areas it encloses."""
    import shapely  # noqa: PLC0415 - kept off the start path

    return bytes(shapely.to_wkb(shapely.make_valid(shapely.Polygon(ring))))


def inside(wkb: bytes, lons: Floats, lats: Floats) -> npt.NDArray[np.bool_]:
    """Return for each point whether it lies in an area."""
    import shapely  # noqa: PLC0415 - kept off the start path

    shape = shapely.from_wkb(wkb)
    shapely.prepare(shape)
    held: npt.NDArray[np.bool_] = shapely.intersects_xy(shape, lons, lats)
    return held


def _plane_around(lon: float, lat: float) -> tuple[Any, Any]:
    """Return transformers to and from an azimuthal equidistant plane: distances from its middle are true."""
    from pyproj import CRS, Transformer  # noqa: PLC0415 - kept off the start path

    plane = CRS.from_dict({"proj": "aeqd", "lon_0": lon, "lat_0": lat, "ellps": "WGS84", "units": "m"})
    degrees = CRS.from_dict({"proj": "longlat", "ellps": "WGS84"})
    return (
        Transformer.from_crs(degrees, plane, always_xy=True),
        Transformer.from_crs(plane, degrees, always_xy=True),
    )


def ring_around(lon: float, lat: float, radius_m: float) -> tuple[Point, ...]:
    """Return a circle on the ground as an open ring; up to some kilometres it is one to a few parts in a thousand."""
    north = degrees(radius_m / EARTH_RADIUS_M)
    east = north / cos(radians(lat))
    turns = [2 * pi * i / CORNERS for i in range(CORNERS)]
    return tuple((lon + east * cos(turn), lat + north * sin(turn)) for turn in turns)
