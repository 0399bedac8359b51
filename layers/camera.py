"""The camera: where the map looks and how close, and the views it had before."""

from math import ceil, floor, log2

import msgspec

from layers.contract import Area
from layers.mercator import HALF_WORLD_M

STEPS_PER_OCTAVE = 8
"""Scales come in eighths of an octave, so that coming back to one finds its tiles."""
FINEST_M = 2.0**-5
COARSEST_M = 2.0**18
"""Bounds of the scale, plane metres a pixel."""

Bounds = tuple[float, float, float, float]
"""x0, y0, x1, y1 in plane metres."""
Insets = tuple[int, int, int, int]
"""Pixels at the left, top, right and bottom."""


def snap_scale(scale: float, *, coarser: bool = False) -> float:
    """Return the nearest scale of the ladder, or the next coarser one; always within bounds."""
    step = log2(min(max(scale, FINEST_M), COARSEST_M)) * STEPS_PER_OCTAVE
    snapped = ceil(step - 1e-9) if coarser else floor(step + 0.5)
    return min(max(float(2.0 ** (snapped / STEPS_PER_OCTAVE)), FINEST_M), COARSEST_M)


class Camera(msgspec.Struct, frozen=True):
    """A view: centre in plane metres, ``scale`` in plane metres a pixel, size in pixels (logical ones)."""

    x: float = 0.0
    y: float = 0.0
    scale: float = 64.0
    width: int = 1
    height: int = 1

    def to_screen(self, x: float, y: float) -> tuple[float, float]:
        """Return the pixel of a point on the plane."""
        return (x - self.x) / self.scale + self.width / 2, (self.y - y) / self.scale + self.height / 2

    def to_plane(self, px: float, py: float) -> tuple[float, float]:
        """Return the point on the plane under a pixel."""
        return self.x + (px - self.width / 2) * self.scale, self.y - (py - self.height / 2) * self.scale

    def bounds(self) -> Bounds:
        """Return what is in view."""
        half_w, half_h = self.width * self.scale / 2, self.height * self.scale / 2
        return self.x - half_w, self.y - half_h, self.x + half_w, self.y + half_h

    def moved(self, dx: float, dy: float) -> "Camera":
        """Return the camera with its picture shifted by that many pixels (dragging to the right looks west)."""
        return msgspec.structs.replace(self, x=self.x - dx * self.scale, y=self.y + dy * self.scale).clamped()

    def centred(self, x: float, y: float, scale: float | None = None) -> "Camera":
        """Return the camera over a point, at another scale if one is given."""
        return msgspec.structs.replace(
            self, x=x, y=y, scale=self.scale if scale is None else snap_scale(scale)
        ).clamped()

    def zoomed(self, steps: int, px: float, py: float) -> "Camera":
        """Return the camera ``steps`` eighths of an octave closer (negative: away); the point under a pixel stays."""
        scale = snap_scale(self.scale / 2.0 ** (steps / STEPS_PER_OCTAVE))
        x, y = self.to_plane(px, py)
        near = msgspec.structs.replace(self, scale=scale)
        return msgspec.structs.replace(
            near, x=x - (px - self.width / 2) * scale, y=y + (py - self.height / 2) * scale
        ).clamped()

    def fitted(
        self,
        bounds: Bounds,
        margin: float = 0.04,
        taken: Insets = (0, 0, 0, 0),
        finest: float = FINEST_M,
        around_px: int = 0,
    ) -> "Camera":
        """Return the camera that shows all of ``bounds`` with a margin (share of what is free of either side).

        ``taken`` are the pixels at the left, top, right and bottom that something else lies over; it comes no closer
        than ``finest``. The margin is at least ``around_px``, as far as half of what is free allows that.
        """
        x0, y0, x1, y1 = bounds
        left, top, right, bottom = taken
        free_w, free_h = max(1, self.width - left - right), max(1, self.height - top - bottom)
        room_w, room_h = (
            max(min(free * (1.0 - 2 * margin), free - 2 * around_px), free / 2) for free in (free_w, free_h)
        )
        wanted = max((x1 - x0) / room_w, (y1 - y0) / room_h, finest)
        scale = snap_scale(wanted, coarser=True)
        x = (x0 + x1) / 2 + (right - left) / 2 * scale
        y = (y0 + y1) / 2 - (bottom - top) / 2 * scale
        return msgspec.structs.replace(self, x=x, y=y, scale=scale).clamped()

    def resized(self, width: int, height: int) -> "Camera":
        """Return the camera for another window size, looking at the same centre."""
        return msgspec.structs.replace(self, width=max(1, width), height=max(1, height))

    def clamped(self) -> "Camera":
        """Return the camera with its centre kept on the world."""
        x = min(max(self.x, -HALF_WORLD_M), HALF_WORLD_M)
        y = min(max(self.y, -HALF_WORLD_M), HALF_WORLD_M)
        return self if (x, y) == (self.x, self.y) else msgspec.structs.replace(self, x=x, y=y)

    def area(self, ratio: float = 1.0) -> Area:
        """Return the raster area of this view at a device pixel ratio, aligned to whole device pixels."""
        scale = self.scale / ratio
        width, height = max(1, round(self.width * ratio)), max(1, round(self.height * ratio))
        left = round((self.x - width * scale / 2) / scale)
        top = round((self.y + height * scale / 2) / scale)
        return Area(left * scale, top * scale, scale, width, height, ratio)


class ViewHistory:
    """The views left behind, most recent last; bounded."""

    def __init__(self, limit: int = 50) -> None:
        self._views: list[Camera] = []
        self._limit = limit

    def remember(self, camera: Camera) -> None:
        """Keep a view that is about to be left; the same view twice in a row is kept once."""
        if not self._views or self._views[-1] != camera:
            self._views.append(camera)
            del self._views[: -self._limit]

    def back(self) -> Camera | None:
        """Take out and return the latest view, or None where there is none."""
        return self._views.pop() if self._views else None

    def __len__(self) -> int:
        return len(self._views)
