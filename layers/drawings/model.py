"""Shared drawings. See ``layers`` for how models are used."""

from collections.abc import Iterable

import msgspec
import numpy as np

from domain.register_map import Drawing
from layers.mercator import to_plane_arrays
from layers.observed import Observed

Box = tuple[float, float, float, float]


class DrawingMark(msgspec.Struct, frozen=True):
    """A drawing as the map shows it."""

    ident: str
    drawing: Drawing
    title: str = ""
    lines: tuple[str, ...] = ()


class Placed(msgspec.Struct, frozen=True):
    """A drawing with its points on the plane and the box they lie in."""

    mark: DrawingMark
    points: tuple[tuple[float, float], ...]
    box: Box

    def touches(self, bounds: Box) -> bool:
        """Return whether its box and some bounds on the plane have a point in common."""
        x0, y0, x1, y1 = bounds
        return self.box[0] <= x1 and self.box[2] >= x0 and self.box[1] <= y1 and self.box[3] >= y0


class DrawingsModel(Observed):
    """The drawings, the one put last on top. ``placed`` is replaced, never changed in place."""

    def __init__(self) -> None:
        super().__init__()
        self.placed: tuple[Placed, ...] = ()

    def replace(self, marks: Iterable[DrawingMark]) -> None:
        """Show exactly these drawings, in the order given; nobody hears of it where they are the same."""
        shown = tuple(marks)
        if shown != tuple(placed.mark for placed in self.placed):
            self.placed = tuple(map(_placed, shown))
            self._changed()

    def get(self, ident: str | None) -> Placed | None:
        """Return a drawing that is shown."""
        return next((placed for placed in self.placed if placed.mark.ident == ident), None)


def _placed(mark: DrawingMark) -> Placed:
    spots = np.array(mark.drawing.points, np.float64)
    xs, ys = to_plane_arrays(spots[:, 0], spots[:, 1])
    points = tuple(zip(xs.tolist(), ys.tolist(), strict=True))
    return Placed(mark, points, (float(xs.min()), float(ys.min()), float(xs.max()), float(ys.max())))
