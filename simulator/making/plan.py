"""The plan the town is made from (``resources/demo/qingxi.json``) and the frame it is drawn in.

Everything is laid out in metres east and north of the middle of the town and turned into degrees at the end.
"""

from math import cos, pi, radians
from typing import Any

import msgspec
import numpy as np
import shapely
from numpy.typing import NDArray

from domain.places import EARTH_RADIUS_M
from resources.files import read_bytes

Points = NDArray[np.float64]
"""An array of shape (n, 2): metres east, metres north."""

DEGREE_STEP = 1e-6
"""Coordinates are kept to six decimals, about a decimetre, so that borders meet exactly."""


class River(msgspec.Struct, frozen=True):
    """The river: its middle line and its width in metres."""

    name: str
    width_m: float
    line: list[tuple[float, float]]


class VillagePlan(msgspec.Struct, frozen=True):
    """A village: where it lies, how far its houses reach, how its lanes run; ``pull_m`` makes its area larger."""

    code: str
    name: str
    at: tuple[float, float]
    reach_m: float
    spacing_m: float
    angle_deg: float
    pull_m: float


class RoadPlan(msgspec.Struct, frozen=True):
    """A named road."""

    name: str
    rank: int
    line: list[tuple[float, float]]


class PlacePlan(msgspec.Struct, frozen=True):
    """A named place."""

    name: str
    rank: int
    at: tuple[float, float]


class UnitPlan(msgspec.Struct, frozen=True):
    """A unit: how many people and which vehicles it has, where it waits, what it is there for."""

    id: str
    name: str
    kind: str
    staff: int
    vehicles: list[str]
    base: str
    kinds: list[str]
    villages: list[str] = []
    night: bool = False


class Plan(msgspec.Struct, frozen=True):
    """The whole plan of the town."""

    division: str
    name_zh: str
    name_en: str
    grid_prefix: str
    lon: float
    lat: float
    half_width_m: float
    half_height_m: float
    river: River
    villages: list[VillagePlan]
    roads: list[RoadPlan]
    places: list[PlacePlan]
    units: list[UnitPlan]
    room: list[list[str]]
    surnames: str
    given: list[str]


def load_plan() -> Plan:
    """Return the plan the product ships with."""
    return msgspec.json.decode(read_bytes("demo/qingxi.json"), type=Plan)


class Frame:
    """Metres around the middle of the town, and the degrees they stand for."""

    def __init__(self, lon: float, lat: float) -> None:
        self.lon = lon
        self.lat = lat
        self._per_lat = EARTH_RADIUS_M * pi / 180
        self._per_lon = self._per_lat * cos(radians(lat))

    def degrees(self, geometry: Any) -> Any:
        """Return a shapely geometry in metres as degrees."""
        return shapely.transform(geometry, self._to_degrees)

    def metres(self, geometry: Any) -> Any:
        """Return a shapely geometry in degrees as metres."""
        return shapely.transform(geometry, self._to_metres)

    def place(self, lon: float, lat: float) -> tuple[float, float]:
        """Return the metres east and north of one point in degrees."""
        return (lon - self.lon) * self._per_lon, (lat - self.lat) * self._per_lat

    def lon_lat(self, x: float, y: float) -> tuple[float, float]:
        """Return the degrees of one point in metres, to six decimals."""
        return round(self.lon + x / self._per_lon, 6), round(self.lat + y / self._per_lat, 6)

    def _to_degrees(self, xy: Points) -> Points:
        return np.column_stack([self.lon + xy[:, 0] / self._per_lon, self.lat + xy[:, 1] / self._per_lat])

    def _to_metres(self, degrees: Points) -> Points:
        return np.column_stack([(degrees[:, 0] - self.lon) * self._per_lon, (degrees[:, 1] - self.lat) * self._per_lat])


def rounded(geometry: Any) -> Any:
    """Return a geometry in degrees kept to ``DEGREE_STEP``; equal points stay equal."""
    return shapely.transform(geometry, _six_decimals)


def _six_decimals(xy: Points) -> Points:
    return np.round(xy, 6)


def smooth(line: list[tuple[float, float]], steps: int = 10) -> Points:
    """Return a Catmull-Rom curve through the points of ``line``."""
    p = np.asarray(line, dtype=np.float64)
    ends = np.vstack([2 * p[0] - p[1], p, 2 * p[-1] - p[-2]])
    t = np.linspace(0.0, 1.0, steps, endpoint=False)[:, None]
    pieces = []
    for a, b, c, d in zip(ends, ends[1:], ends[2:], ends[3:], strict=False):
        pieces.append(0.5 * (2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t**2 + (3 * b - a - 3 * c + d) * t**3))
    return np.vstack([*pieces, p[-1:]])
