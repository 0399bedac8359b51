"""The compiled kernel that stamps sprites. Only ``layers.raster.compiled`` calls it; see ``layers.raster.contract``."""

from math import floor

import numpy as np

from layers.raster.contract import F32, I32, U16, U32, Frame
from layers.raster.jit import compiled


@compiled
def stamp_points(
    frame: Frame,
    xs: F32,
    ys: F32,
    codes: U16,
    pixels: U32,
    through: U32,
    spans: I32,
    per_metre: float,
    dx: float,
    dy: float,
) -> None:
    """Lay a sprite over each point, in the order given; points far outside are passed over.

    The one-dimensional slices are there for the compiler: loops over them are vectorised, loops over two indices not.
    """
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
        inside = left >= 0 and left + size <= width
        for r in range(max(0, -top), min(size, height - top)):
            a, b = spans[c, r, 0], spans[c, r, 1]
            if not inside:
                a, b = max(a, -left), min(b, width - left)
            under = frame[top + r, left + a : left + b]
            over = pixels[c, r, a:b]
            rests = through[c, r, a:b]
            for i in range(b - a):
                d = under[i]
                rest = rests[i]
                rb = ((d & low) * rest) >> eight
                ag = ((d >> eight) & low) * rest
                under[i] = over[i] + (rb & low) + (ag & high)
