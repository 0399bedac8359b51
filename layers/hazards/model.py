"""Hazard zones as areas. See ``layers`` for how models are used."""

from collections.abc import Iterable

import msgspec

from domain.register_map import HazardLevel
from layers.geometry import rings_to_shapes
from layers.observed import Observed
from layers.raster.contract import Shapes, no_shapes

LEVELS = tuple(HazardLevel)


class HazardMark(msgspec.Struct, frozen=True):
    """A hazard zone as the map shows it; ``ring`` are degrees, not closed."""

    ident: str
    level: HazardLevel
    ring: tuple[tuple[float, float], ...]
    title: str = ""
    lines: tuple[str, ...] = ()


class Zones(msgspec.Struct, frozen=True):
    """The zones with their areas in one order, gravest last; replaced as a whole."""

    marks: tuple[HazardMark, ...] = ()
    areas: Shapes = msgspec.field(default_factory=no_shapes)


class HazardsModel(Observed):
    """The hazard zones."""

    def __init__(self) -> None:
        super().__init__()
        self.zones = Zones()

    def replace(self, marks: Iterable[HazardMark]) -> None:
        """Show exactly these zones; nobody hears of it where they are the same."""
        ranked = tuple(sorted(marks, key=lambda mark: LEVELS.index(mark.level)))
        if ranked == self.zones.marks:
            return  # nothing altered, so no tile is drawn anew
        self.zones = Zones(ranked, rings_to_shapes([mark.ring for mark in ranked]))
        self._changed()

    def slot(self, ident: str | None) -> int | None:
        """Return the place of a zone in ``zones``."""
        return next((i for i, mark in enumerate(self.zones.marks) if mark.ident == ident), None)
