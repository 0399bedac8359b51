"""What the map tells others, as frozen values."""

from dataclasses import dataclass


@dataclass(frozen=True)
class CasePicked:
    """Somebody picked a case on the map."""

    case_no: str


@dataclass(frozen=True)
class ThingPicked:
    """Somebody picked a person or vehicle."""

    thing: str


@dataclass(frozen=True)
class GridPicked:
    """Somebody picked a grid."""

    code: str


@dataclass(frozen=True)
class PlacePicked:
    """Somebody pointed at a place after ``MapView.begin_place_pick``; degrees."""

    lon: float
    lat: float
    grid: str | None = None
