"""Geofences as areas. See ``layers`` for how models are used."""

import msgspec

from layers.ranked import RankedModel
from layers.states import FenceState


class FenceMark(msgspec.Struct, frozen=True):
    """A geofence as the map shows it; ``ring`` are degrees, not closed."""

    ident: str
    rank: FenceState
    ring: tuple[tuple[float, float], ...]
    title: str = ""
    lines: tuple[str, ...] = ()


class GeofencesModel(RankedModel[FenceMark]):
    """The geofences, what rings seen first."""

    ranks = tuple(FenceState)
