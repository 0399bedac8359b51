"""Hazard zones as areas. See ``layers`` for how models are used."""

import msgspec

from domain.register_map import HazardLevel
from layers.ranked import RankedModel


class HazardMark(msgspec.Struct, frozen=True):
    """A hazard zone as the map shows it; ``ring`` are degrees, not closed."""

    ident: str
    rank: HazardLevel
    ring: tuple[tuple[float, float], ...]
    title: str = ""
    lines: tuple[str, ...] = ()


class HazardsModel(RankedModel[HazardMark]):
    """The hazard zones, the gravest seen first."""

    ranks = tuple(reversed(HazardLevel))
