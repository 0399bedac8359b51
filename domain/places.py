"""Divisions, grids, coordinates, positions and base-map features (domain.md 4.1).

Coordinates are CGCS2000/WGS-84 degrees, always ``lon, lat`` in that order. Geometry is WKB (OGC 06-103r4) in the
same degrees; nothing here opens it.
"""

from datetime import datetime
from enum import StrEnum
from math import asin, cos, isfinite, radians, sin, sqrt
from typing import Annotated

import msgspec

from domain.faults import invalid
from domain.ids import DivisionCode, GivenThing, GridCode, StaffId

EARTH_RADIUS_M = 6_371_008.8  # mean radius, IUGG

Lon = Annotated[float, msgspec.Meta(ge=-180.0, le=180.0)]
Lat = Annotated[float, msgspec.Meta(ge=-90.0, le=90.0)]
Bounds = tuple[Lon, Lat, Lon, Lat]
"""West, south, east, north."""

FAR_FROM_TOWN_M = 30_000.0
"""Farther from the town than this, a place is said to be far off: it may be mistyped, or read in the wrong system."""


class Placement(StrEnum):
    """Where a case lies with respect to the grids."""

    INSIDE = "inside"
    OUTSIDE = "outside"  # has a place, but no grid holds it
    NO_PLACE = "no_place"


class DivisionLevel(StrEnum):
    """Level of an administrative division."""

    PROVINCE = "province"
    CITY = "city"
    COUNTY = "county"
    TOWN = "town"
    VILLAGE = "village"
    OTHER = "other"


_LEVEL_BY_LENGTH = {
    2: DivisionLevel.PROVINCE,
    4: DivisionLevel.CITY,
    6: DivisionLevel.COUNTY,
    9: DivisionLevel.TOWN,
    12: DivisionLevel.VILLAGE,
}


class Division(msgspec.Struct, frozen=True):
    """An administrative division, with or without its area."""

    code: DivisionCode
    name: str
    level: DivisionLevel
    parent: DivisionCode | None = None
    wkb: bytes | None = None
    source: str = ""
    synthetic: bool = False


class Grid(msgspec.Struct, frozen=True):
    """A grid: the cell of the town that one grid worker answers for. ``wkb`` is a (multi)polygon."""

    code: GridCode
    name: str
    wkb: bytes
    division: DivisionCode | None = None
    responsible: StaffId | None = None
    source: str = ""
    synthetic: bool = False


class BaseKind(StrEnum):
    """What the base map is drawn from."""

    ROAD = "road"
    WATER = "water"
    BUILDING = "building"
    GREEN = "green"
    PLACE = "place"  # a named point


class BaseFeature(msgspec.Struct, frozen=True):
    """One feature of the base map. ``rank`` 0 is the most important (main road, town seat)."""

    kind: BaseKind
    wkb: bytes
    name: str = ""
    rank: int = 5


class Position(msgspec.Struct, frozen=True):
    """The latest fix of a staff member or vehicle: telemetry, never part of the change log."""

    thing: GivenThing
    lon: Lon
    lat: Lat
    fixed_at: datetime
    speed_mps: Annotated[float, msgspec.Meta(ge=0, le=150)] | None = None
    heading_deg: Annotated[float, msgspec.Meta(ge=0, lt=360)] | None = None
    accuracy_m: Annotated[float, msgspec.Meta(ge=0, le=100_000)] | None = None


def division_level(code: str) -> DivisionLevel:
    """Return the level a GB/T 2260 style code has by its length; ``OTHER`` for foreign codes."""
    return _LEVEL_BY_LENGTH.get(len(code), DivisionLevel.OTHER) if _is_digits(code) else DivisionLevel.OTHER


def parent_code(code: str) -> DivisionCode | None:
    """Return the code one level up, or None where the code has no digits to drop.

    Direct parents only: 12 -> 9 -> 6 -> 4 -> 2.
    """
    lengths = (12, 9, 6, 4, 2)
    if not _is_digits(code) or len(code) not in lengths or len(code) == 2:
        return None
    return DivisionCode(code[: lengths[lengths.index(len(code)) + 1]])


def _is_digits(code: str) -> bool:
    """Whether a code is of the digits 0 to 9 alone (``isdigit`` takes those of every script)."""
    return code.isascii() and code.isdigit()


def check_lon_lat(lon: float, lat: float) -> None:
    """Raise ``Fault('coordinates_out_of_range')`` unless both are finite degrees in range."""
    if not (isfinite(lon) and isfinite(lat) and -180.0 <= lon <= 180.0 and -90.0 <= lat <= 90.0):
        raise invalid("coordinates_out_of_range", lon=lon, lat=lat)


def away_from_m(bounds: Bounds, lon: float, lat: float) -> float:
    """Return how far a place lies from a box, metres; 0.0 within it."""
    west, south, east, north = bounds
    near_lon, near_lat = min(max(lon, west), east), min(max(lat, south), north)
    return 0.0 if (near_lon, near_lat) == (lon, lat) else distance_m(lon, lat, near_lon, near_lat)


def distance_m(lon_a: float, lat_a: float, lon_b: float, lat_b: float) -> float:
    """Return the great-circle distance in metres (haversine on the mean sphere, error under 0.6 %)."""
    phi_a, phi_b = radians(lat_a), radians(lat_b)
    s = sin((phi_b - phi_a) / 2) ** 2 + cos(phi_a) * cos(phi_b) * sin(radians(lon_b - lon_a) / 2) ** 2
    return 2 * EARTH_RADIUS_M * asin(min(1.0, sqrt(s)))
