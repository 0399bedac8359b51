"""Points in view, in memory used again (fresh memory costs more than the arithmetic), and points near a place."""

from collections.abc import Hashable

import numpy as np
import numpy.typing as npt

from layers.contract import Area
from layers.raster.contract import F32, F64, U16, Bounds, Points, Raster, room_for

NEAR_PX = 64
"""Device pixels round a view in which something begins that is still seen."""
TURNS = 2
"""What was returned stays as it is until it has been asked for so many more times."""


class LocalPlaces:
    """Keeps of many points those in view, local to its corner as rasters take them. UI thread."""

    def __init__(self) -> None:
        self._rooms = [room_for(0)] * TURNS
        self._turn = 0

    def seen(self, raster: Raster, xs: F64, ys: F64, codes: U16, area: Area, margin_px: float) -> Points:
        """Return the points (plane metres) within a margin around an area; see ``TURNS`` for how long they last."""
        self._turn = (self._turn + 1) % TURNS
        if len(self._rooms[self._turn].xs) <= len(xs):
            self._rooms[self._turn] = room_for(len(xs) + len(xs) // 8)
        corner = area.left, area.top
        return raster.near(xs, ys, codes, corner, area.bounds(margin_px), self._rooms[self._turn])


FEW = 20_000
"""Fewer points than this are all looked at with each frame."""


class Surroundings:
    """Of many points those in and round a view, so that a map that is moved need not look at all with each frame."""

    def __init__(self) -> None:
        self._asked: tuple[Hashable, Area] | None = None
        self._found: tuple[Hashable, Bounds, npt.NDArray[np.intp]] | None = None

    def slots(self, key: Hashable, xs: F64, ys: F64, area: Area) -> npt.NDArray[np.intp] | None:
        """Return the points that may lie on an area, or a little outside, in order; None: look at all of them.

        ``key`` differs when points have changed. They are looked through from the second view on that is asked about:
        where points change and the view does not, that would cost more than it saves.
        """
        if len(xs) < FEW:
            return None
        if self._found is not None and self._found[0] == key and lies_in(area.bounds(NEAR_PX), self._found[1]):
            return self._found[2]
        if self._asked is None or self._asked[0] != key or self._asked[1] == area:
            self._asked = key, area
            return None
        bounds = area.bounds(max(area.width, area.height) / 2)
        found = between(xs, ys, bounds)
        self._found = key, bounds, found
        return found


def local_to(corner: tuple[float, float], xs: F64, ys: F64) -> tuple[F32, F32]:
    """Return the places of few points (plane metres) local to a corner."""
    return (xs - corner[0]).astype(np.float32), (ys - corner[1]).astype(np.float32)


def squares_round(area: Area, xs: F64, ys: F64, side: float) -> F64:
    """Return marks of so many logical pixels as ``LayerItem.obstacles`` tells of them."""
    half = np.full(len(xs), side / 2 * area.ratio)
    return np.column_stack([(xs - area.left) / area.scale, (area.top - ys) / area.scale, half])


def lies_in(inner: Bounds, outer: Bounds) -> bool:
    """Return whether bounds lie in others: whether what was made for those serves."""
    return outer[0] <= inner[0] and inner[2] <= outer[2] and outer[1] <= inner[1] and inner[3] <= outer[3]


def between(xs: F64, ys: F64, bounds: Bounds) -> npt.NDArray[np.intp]:
    """Return the points within bounds, in order."""
    x0, y0, x1, y1 = bounds
    parts = []
    for a in range(0, len(xs), AT_ONCE):
        x = xs[a : a + AT_ONCE]
        some = a + np.flatnonzero((x >= x0) & (x <= x1))
        parts.append(some[(ys[some] >= y0) & (ys[some] <= y1)])
    found: npt.NDArray[np.intp] = np.concatenate(parts) if parts else np.empty(0, np.intp)
    return found


AT_ONCE = 15_000
"""Points looked at in one go: what is in between is smaller than what memory is taken from the system for."""


def within(
    xs: F64, ys: F64, x: float, y: float, limit: float, slots: npt.NDArray[np.intp] | None = None
) -> npt.NDArray[np.intp]:
    """Return the points in the square ``limit`` metres around a place, in order.

    ``slots`` are those that count, in rising order; None for all.
    """
    found = between(xs, ys, (x - limit, y - limit, x + limit, y + limit))
    if slots is not None:
        places = np.minimum(np.searchsorted(slots, found), len(slots) - 1)
        found = found[slots[places] == found] if len(slots) else found[:0]
    return found


def nearest(
    xs: F64, ys: F64, x: float, y: float, limit: float, slots: npt.NDArray[np.intp] | None = None
) -> int | None:
    """Return the point nearest to a place, the last of several, or None where none is within ``limit`` metres."""
    near = within(xs, ys, x, y, limit, slots)
    if not len(near):
        return None
    far = np.hypot(xs[near] - x, ys[near] - y)
    best = len(far) - 1 - int(np.argmin(far[::-1]))
    return int(near[best]) if far[best] <= limit else None
