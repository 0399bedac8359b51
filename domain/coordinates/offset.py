"""GCJ-02 and BD-09: the shifts laid over maps published in China, and their exact inverses.

The rule of GCJ-02 was never published; the series below is the one every map program carries (it became known as
"eviltransform") and agrees with the maps to about a metre. It is laid over a box around China and leaves everything
outside as it is. BD-09 turns and moves GCJ-02 a second time, everywhere.

Each function takes ``fn``, the module that calculates: ``math`` for two floats, ``numpy`` for two arrays. The inverses
are fixed points: both shifts alter by less than a hundredth of what the place does, so a few rounds bring the error
below a millimetre. Within about a kilometre outside of the box a place of GCJ-02 may have two originals; the one in
the box is taken.
"""

from typing import Any

WEST, EAST, SOUTH, NORTH = 72.004, 137.8347, 0.8293, 55.8271
"""The box GCJ-02 is laid over, degrees."""
_AXIS_M = 6_378_245.0
_ECCENTRICITY_2 = 0.006_693_421_622_965_943
"""Krasovsky 1940, on which the series was fitted."""
_TURN = 3000.0 / 180.0
_EAST_OF_BD, _NORTH_OF_BD = 0.0065, 0.006
_ROUNDS = 6
_HAIR = 1e-9
"""Degrees by which the inverse of a place on the edge may miss it: a tenth of a millimetre."""

Pair = tuple[Any, Any]


def gcj02_from_wgs84(lon: Any, lat: Any, fn: Any) -> Pair:
    """Return where GCJ-02 shows a WGS-84 place, degrees."""
    d_lon, d_lat = _shift(lon, lat, fn)
    inside = _inside(lon, lat)
    return lon + d_lon * inside, lat + d_lat * inside


def wgs84_from_gcj02(lon: Any, lat: Any, fn: Any) -> Pair:
    """Return the WGS-84 place that GCJ-02 shows there, degrees."""
    true_lon, true_lat = lon, lat
    for _ in range(_ROUNDS):
        d_lon, d_lat = _shift(true_lon, true_lat, fn)
        true_lon, true_lat = lon - d_lon, lat - d_lat
    inside = _inside(true_lon, true_lat, _HAIR)
    return lon + (true_lon - lon) * inside, lat + (true_lat - lat) * inside


def bd09_from_gcj02(lon: Any, lat: Any, fn: Any) -> Pair:
    """Return where BD-09 shows a place of GCJ-02, degrees."""
    d_lon, d_lat = _turned(lon, lat, fn)
    return lon + d_lon, lat + d_lat


def gcj02_from_bd09(lon: Any, lat: Any, fn: Any) -> Pair:
    """Return the place of GCJ-02 that BD-09 shows there, degrees."""
    true_lon, true_lat = lon - _EAST_OF_BD, lat - _NORTH_OF_BD
    for _ in range(_ROUNDS):
        d_lon, d_lat = _turned(true_lon, true_lat, fn)
        true_lon, true_lat = lon - d_lon, lat - d_lat
    return true_lon, true_lat


def _inside(lon: Any, lat: Any, hair: float = 0.0) -> Any:
    """Return 1 within the box widened by a hair and 0 outside of it, for one place or for many."""
    return (lon >= WEST - hair) * (lon <= EAST + hair) * (lat >= SOUTH - hair) * (lat <= NORTH + hair) * 1.0


def _shift(lon: Any, lat: Any, fn: Any) -> Pair:
    """Return by how much GCJ-02 moves a WGS-84 place, degrees, as if the box were everywhere."""
    x, y = lon - 105.0, lat - 35.0
    root = fn.sqrt(fn.fabs(x))
    fine = 20.0 * fn.sin(6.0 * fn.pi * x) + 20.0 * fn.sin(2.0 * fn.pi * x)
    north = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * root
    north += (fine + 20.0 * fn.sin(y * fn.pi) + 40.0 * fn.sin(y / 3.0 * fn.pi)) * 2.0 / 3.0
    north += (160.0 * fn.sin(y / 12.0 * fn.pi) + 320.0 * fn.sin(y * fn.pi / 30.0)) * 2.0 / 3.0
    east = 300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * root
    east += (fine + 20.0 * fn.sin(x * fn.pi) + 40.0 * fn.sin(x / 3.0 * fn.pi)) * 2.0 / 3.0
    east += (150.0 * fn.sin(x / 12.0 * fn.pi) + 300.0 * fn.sin(x / 30.0 * fn.pi)) * 2.0 / 3.0
    phi = lat / 180.0 * fn.pi
    curve = 1.0 - _ECCENTRICITY_2 * fn.sin(phi) ** 2
    meridian_m = _AXIS_M * (1.0 - _ECCENTRICITY_2) / (curve * fn.sqrt(curve))
    parallel_m = _AXIS_M / fn.sqrt(curve) * fn.cos(phi)
    return east * 180.0 / (parallel_m * fn.pi), north * 180.0 / (meridian_m * fn.pi)


def _turned(lon: Any, lat: Any, fn: Any) -> Pair:
    """Return by how much BD-09 moves a place of GCJ-02, degrees."""
    turn = _TURN * fn.pi
    reach = fn.sqrt(lon * lon + lat * lat) + 0.00002 * fn.sin(lat * turn)
    angle = fn.atan2(lat, lon) + 0.000003 * fn.cos(lon * turn)
    return reach * fn.cos(angle) + _EAST_OF_BD - lon, reach * fn.sin(angle) + _NORTH_OF_BD - lat
