"""What the map tells others, as frozen values."""

import msgspec


class CasePicked(msgspec.Struct, frozen=True):
    """Somebody picked a case on the map."""

    case_no: str


class ThingPicked(msgspec.Struct, frozen=True):
    """Somebody picked a person or vehicle."""

    thing: str


class GridPicked(msgspec.Struct, frozen=True):
    """Somebody picked a grid."""

    code: str


class EntryPicked(msgspec.Struct, frozen=True):
    """Somebody picked something that stands in the register: a component, a camera, a hazard, a drawing."""

    key: str


class PlacePicked(msgspec.Struct, frozen=True):
    """Somebody pointed at a place after ``MapView.begin_place_pick``; degrees."""

    lon: float
    lat: float
    grid: str | None = None


class MenuWanted(msgspec.Struct, frozen=True):
    """Somebody wants to know what can be done at a place: by the right button, or ``by_key`` at the cross."""

    place: PlacePicked
    by_key: bool = False
