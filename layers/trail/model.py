"""The trail of one thing: its fixes since it is followed, at the console alone. See ``layers`` for how models are used.

Where somebody was before that is a matter of the record: it is read for a stated reason, which is logged first.
"""

from collections.abc import Callable
from math import hypot

import msgspec

from layers.contract import usable
from layers.mercator import to_plane
from layers.observed import Observed

MOST = 600
STEP_M = 2.0
"""Fixes at most, and how far apart they are at least (plane metres)."""


class Spot(msgspec.Struct, frozen=True):
    """Where the followed thing is (degrees), and how sure that is."""

    lon: float
    lat: float
    accuracy_m: float | None = None


class TrailModel(Observed):
    """The trail of ``followed``, oldest first, on the plane; the last point is where it is."""

    def __init__(self) -> None:
        super().__init__()
        self.followed: str | None = None
        self.points: list[tuple[float, float]] = []
        self.accuracy_m: float | None = None
        self._source: Callable[[str], Spot | None] | None = None

    def set_source(self, source: Callable[[str], Spot | None]) -> None:
        """Have the place of what is followed asked of ``source`` when following begins."""
        self._source = source

    def follow(self, thing: str | None) -> None:
        """Follow one thing from here on; what was kept of another is let go."""
        if thing == self.followed:
            return
        self.followed, self.points, self.accuracy_m = thing, [], None
        if thing is not None and self._source is not None:
            spot = self._source(thing)
            if spot is not None:
                self.note(spot)

    def note(self, spot: Spot) -> None:
        """Take in where the followed thing is now."""
        if not usable(spot.lon, spot.lat):
            return
        at = to_plane(spot.lon, spot.lat)
        moved = not self.points or hypot(at[0] - self.points[-1][0], at[1] - self.points[-1][1]) >= STEP_M
        if moved:
            self.points = [*self.points[-MOST + 1 :], at]
        if moved or spot.accuracy_m != self.accuracy_m:
            self.accuracy_m = spot.accuracy_m
            self._changed()

    def lose(self) -> None:
        """The followed thing is gone from the map."""
        if self.points:
            self.points, self.accuracy_m = [], None
            self._changed()
