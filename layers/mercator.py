"""Web Mercator (EPSG:3857): degrees to metres on the projection plane and back, for one point or for arrays."""

from math import atan, cos, degrees, exp, log, pi, radians, tan

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

EARTH_RADIUS_M = 6_378_137.0  # WGS-84 semi-major axis, as EPSG:3857 wants it
HALF_WORLD_M = pi * EARTH_RADIUS_M
MAX_LAT = 85.05112877980659
"""Beyond this the plane is no longer square; latitudes are clamped to it."""


def to_plane(lon: float, lat: float) -> tuple[float, float]:
    """Return the plane metres of a point in degrees."""
    lat = min(max(lat, -MAX_LAT), MAX_LAT)
    return radians(lon) * EARTH_RADIUS_M, log(tan(pi / 4 + radians(lat) / 2)) * EARTH_RADIUS_M


def to_degrees(x: float, y: float) -> tuple[float, float]:
    """Return ``lon, lat`` of a point on the plane."""
    return degrees(x / EARTH_RADIUS_M), degrees(2 * atan(exp(y / EARTH_RADIUS_M)) - pi / 2)


def to_plane_arrays(lon: Floats, lat: Floats) -> tuple[Floats, Floats]:
    """Return the plane metres of many points."""
    x, y = lon * (pi / 180), np.clip(lat, -MAX_LAT, MAX_LAT)  # np.radians goes one by one
    x *= EARTH_RADIUS_M
    y *= pi / 360  # in place: what is in between stays in the nearest cache
    y += pi / 4
    np.tan(y, out=y)
    np.log(y, out=y)
    y *= EARTH_RADIUS_M
    return x, y


def ground_scale(y: float) -> float:
    """Return how many metres of ground one metre of the plane is at ``y`` (1 at the equator, less away from it)."""
    _, lat = to_degrees(0.0, y)
    return cos(radians(lat))
