"""Geofences as areas. See ``layers`` for how models are used."""

from collections.abc import Iterable

import msgspec

from layers.geometry import rings_to_shapes
from layers.observed import Observed
from layers.raster.contract import Shapes, no_shapes
from layers.states import FenceState

STATES = tuple(FenceState)
"""From what is to be seen first to what is seen last."""


class FenceMark(msgspec.Struct, frozen=True):
    """A geofence as the map shows it; ``ring`` are degrees, not closed."""

    ident: str
    state: FenceState
    ring: tuple[tuple[float, float], ...]
    title: str = ""
    lines: tuple[str, ...] = ()


class Fences(msgspec.Struct, frozen=True):
    """The fences with their areas in one order, what rings last; replaced as a whole."""

    marks: tuple[FenceMark, ...] = ()
    areas: Shapes = msgspec.field(default_factory=no_shapes)


class GeofencesModel(Observed):
    """The geofences."""

    def __init__(self) -> None:
        super().__init__()
        self.fences = Fences()

    def replace(self, marks: Iterable[FenceMark]) -> None:
        """Show exactly these fences."""
        ranked = tuple(sorted(marks, key=lambda mark: -STATES.index(mark.state)))
        if ranked != self.fences.marks:
            self.fences = Fences(ranked, rings_to_shapes([mark.ring for mark in ranked]))
            self._changed()

    def slot(self, ident: str | None) -> int | None:
        """Return the place of a fence in ``fences``."""
        return next((i for i, mark in enumerate(self.fences.marks) if mark.ident == ident), None)
