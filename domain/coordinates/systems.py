"""The systems by name: what a mapping, a command line or a person may call them."""

import math
import re
from typing import Any

import msgspec

from domain.coordinates import gauss, offset
from domain.faults import invalid

_WGS84 = frozenset({"WGS84", "WGS 84", "GPS", "CGCS2000", "EPSG:4326", "EPSG:4490", "OGC:CRS84", "CRS84"})
_GCJ02 = frozenset({"GCJ02", "GCJ"})
_BD09 = frozenset({"BD09", "BD09LL", "BD"})
_EPSG = re.compile(r"(?:URN:OGC:DEF:CRS:)?EPSG:[\d.]*:?(\d{4,5})")
_ZONED_6, _PLAIN_6, _ZONED_3, _PLAIN_3, _PAST = 4491, 4502, 4513, 4534, 4555
"""First codes of the four runs of CGCS2000 Gauss-Krüger in the EPSG register, and the one after the last."""
_MOST_OFF_MERIDIAN = 10.0


class System(msgspec.Struct, frozen=True):
    """A coordinate system. ``meridian`` is set for a Gauss-Krüger plane; ``zone`` where eastings begin with it."""

    name: str
    meridian: int | None = None
    zone: int | None = None

    @property
    def is_plane(self) -> bool:
        """Whether coordinates are metres, not degrees."""
        return self.meridian is not None

    @property
    def is_shifted(self) -> bool:
        """Whether it is GCJ-02 or BD-09, which no file can name by itself."""
        return self in (GCJ02, BD09)


SWAPPED = "swapped:"
"""Before the name of a system, of a file that has lat before lon, or the northing before the easting."""
WGS84 = System("WGS-84")
GCJ02 = System("GCJ-02")
BD09 = System("BD-09")


def plane(meridian: int, *, zone: int | None = None) -> System:
    """Return a Gauss-Krüger plane under the name surveyors use."""
    width = "" if zone is None else f" {3 if zone in gauss.ZONES_3 else 6}° {zone}"
    return System(f"CGCS2000 GK{width} CM{meridian}E", meridian, zone)


def system_named(name: str) -> System | None:
    """Return the system of a name (``gcj02``, ``BD-09``, ``EPSG:4549``), None for one that is not ours to know."""
    upper = name.strip().upper()
    plain = upper.replace("-", "").replace("_", "")
    for system, names in ((WGS84, _WGS84), (GCJ02, _GCJ02), (BD09, _BD09)):
        if upper in names or plain in names or (upper.endswith(":CRS84") and system is WGS84):
            return system
    found = _EPSG.fullmatch(upper)
    return None if found is None else _of_epsg(int(found[1]))


def _of_epsg(code: int) -> System | None:
    if code in (4326, 4490):
        return WGS84
    if _ZONED_6 <= code < _PLAIN_6:
        zone = code - _ZONED_6 + gauss.ZONES_6.start
        return plane(gauss.meridian_of(zone), zone=zone)
    if _PLAIN_6 <= code < _ZONED_3:
        return plane(75 + 6 * (code - _PLAIN_6))
    if _ZONED_3 <= code < _PLAIN_3:
        zone = code - _ZONED_3 + gauss.ZONES_3.start
        return plane(gauss.meridian_of(zone), zone=zone)
    if _PLAIN_3 <= code < _PAST:
        return plane(75 + 3 * (code - _PLAIN_3))
    return None


def to_wgs84(x: Any, y: Any, system: System, fn: Any = math) -> tuple[Any, Any]:
    """Return lon and lat of a place, degrees: x, y are lon, lat or easting, northing of ``system``.

    With ``fn=numpy`` both are arrays. A place a plane cannot hold comes out as not finite, or out of the degrees.
    """
    if system == GCJ02:
        return offset.wgs84_from_gcj02(x, y, fn)
    if system == BD09:
        return offset.wgs84_from_gcj02(*offset.gcj02_from_bd09(x, y, fn), fn)
    if system.meridian is None:
        return x, y
    easting = x if system.zone is None else x - system.zone * 1e6
    return gauss.backward(easting, y, system.meridian, fn)


def from_wgs84(lon: Any, lat: Any, system: System, fn: Any = math) -> tuple[Any, Any]:
    """Return a place in another system: lon, lat, or easting (with its zone where it has one) and northing."""
    if system == GCJ02:
        return offset.gcj02_from_wgs84(lon, lat, fn)
    if system == BD09:
        return offset.bd09_from_gcj02(*offset.gcj02_from_wgs84(lon, lat, fn), fn)
    if system.meridian is None:
        return lon, lat
    easting, northing = gauss.forward(lon, lat, system.meridian, fn)
    return (easting if system.zone is None else easting + system.zone * 1e6), northing


def check_plane(easting: float, northing: float, system: System) -> None:
    """Raise ``Fault('not_in_plane')`` for numbers that cannot be metres of that plane: axes swapped, another zone."""
    east = easting if system.zone is None else easting - system.zone * 1e6
    far = 111_320.0 * _MOST_OFF_MERIDIAN
    if not (math.isfinite(east) and math.isfinite(northing)) or abs(east - 5e5) > far or not -1e7 <= northing <= 1e7:
        raise invalid("not_in_plane", x=easting, y=northing, crs=system.name)
