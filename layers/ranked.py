"""Areas of a rank that are told apart by it, as a model: hazard zones by level, geofences by state. Knows no Qt."""

from collections.abc import Iterable
from enum import StrEnum
from typing import Generic, Protocol, TypeVar

import msgspec

from layers.geometry import rings_to_shapes
from layers.observed import Observed
from layers.raster.contract import Shapes, no_shapes


class RankedMark(Protocol):
    """An area as the map shows it; ``ring`` are degrees, not closed."""

    @property
    def ident(self) -> str:
        """Who it is, among its kind."""

    @property
    def rank(self) -> StrEnum:
        """What it is coloured, filtered and counted by."""

    @property
    def ring(self) -> tuple[tuple[float, float], ...]:
        """Its edge."""

    @property
    def title(self) -> str:
        """Its name."""

    @property
    def lines(self) -> tuple[str, ...]:
        """What else is said of it."""


M = TypeVar("M", bound=RankedMark)


class RankedAreas(msgspec.Struct, Generic[M], frozen=True):
    """The marks with their areas in one order, what is to be seen first last; replaced as a whole."""

    marks: tuple[M, ...] = ()
    areas: Shapes = msgspec.field(default_factory=no_shapes)


class RankedModel(Observed, Generic[M]):
    """Areas of one kind. ``ranks`` go from what is to be seen first to what is seen last."""

    ranks: tuple[StrEnum, ...]

    def __init__(self) -> None:
        super().__init__()
        self.held: RankedAreas[M] = RankedAreas()

    def replace(self, marks: Iterable[M]) -> None:
        """Show exactly these; nobody hears of it where they are the same, so that no tile is drawn anew."""
        ranked = tuple(sorted(marks, key=lambda mark: -self.ranks.index(mark.rank)))
        if ranked != self.held.marks:
            self.held = RankedAreas(ranked, rings_to_shapes([mark.ring for mark in ranked]))
            self._changed()

    def slot(self, ident: str | None) -> int | None:
        """Return the place of an area in ``held``."""
        return next((i for i, mark in enumerate(self.held.marks) if mark.ident == ident), None)

    def mark(self, ident: str) -> M | None:
        """Return an area's mark."""
        index = self.slot(ident)
        return None if index is None else self.held.marks[index]
