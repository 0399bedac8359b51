"""Laying one picture over a frame with whole-array arithmetic: labels and other single sprites, no kernel needed."""

import numpy as np

from layers.raster.contract import U32, Frame

LOW, HIGH = np.uint32(0xFF00FF), np.uint32(0xFF00FF00)
EIGHT = np.uint32(8)


def blit(frame: Frame, sprite: U32, x: int, y: int) -> None:
    """Lay a premultiplied picture over a frame, its top left corner at ``x, y``; what hangs over the edge is cut."""
    height, width = frame.shape
    top, left = max(0, y), max(0, x)
    bottom, right = min(height, y + sprite.shape[0]), min(width, x + sprite.shape[1])
    if top >= bottom or left >= right:
        return
    source = sprite[top - y : bottom - y, left - x : right - x]
    under = frame[top:bottom, left:right]
    alpha = source >> np.uint32(24)
    rest = np.uint32(256) - (alpha + (alpha >> np.uint32(7)))
    rb = ((under & LOW) * rest) >> EIGHT
    ag = ((under >> EIGHT) & LOW) * rest
    frame[top:bottom, left:right] = source + (rb & LOW) + (ag & HIGH)
