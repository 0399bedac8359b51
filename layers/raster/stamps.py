"""The compiled kernel that stamps sprites. Only ``layers.raster.compiled`` calls it; see ``layers.raster.contract``."""

from math import floor

import numpy as np

from layers.raster.contract import F32, U16, U32, Frame
from layers.raster.jit import compiled


@compiled
def stamp_points(
    frame: Frame,
    xs: F32,
    ys: F32,
    codes: U16,
    pixels: U32,
    through: U32,
    per_metre: float,
    dx: float,
    dy: float,
) -> None:
    """Lay a sprite over each point, in the order given; points far outside are passed over."""
    height, width = frame.shape
    size = pixels.shape[1]
    half = size // 2
    low, high = np.uint32(0xFF00FF), np.uint32(0xFF00FF00)
    eight = np.uint32(8)
    for k in range(xs.shape[0]):
        fx = xs[k] * per_metre + dx
        fy = dy - ys[k] * per_metre
        if not (-size < fx < width + size and -size < fy < height + size):
            continue
        left = floor(fx) - half
        top = floor(fy) - half
        c = codes[k]
        i0, i1 = max(0, -left), min(size, width - left)
        for r in range(max(0, -top), min(size, height - top)):
            for i in range(i0, i1):
                rest = through[c, r, i]
                d = frame[top + r, left + i]
                rb = ((d & low) * rest) >> eight
                ag = ((d >> eight) & low) * rest
                frame[top + r, left + i] = pixels[c, r, i] + (rb & low) + (ag & high)
