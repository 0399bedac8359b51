"""The compiled kernel that stamps sprites. Only ``layers.raster.compiled`` calls it; see ``layers.raster.contract``."""

from math import floor

import numpy as np

from layers.raster.contract import F32, I32, LANES, U16, U32, Frame
from layers.raster.jit import compiled
from layers.raster.vector import lay


@compiled
def lay_clipped(
    out: U32, under: U32, width: int, row: int, left: int, over: U32, rests: U32, step: int, wide: int
) -> None:
    """Lay one row of a sprite that hangs over the left or right edge, pixel by pixel."""
    low, high = np.uint32(0xFF00FF), np.uint32(0xFF00FF00)
    eight, most = np.uint32(8), np.uint32(0x1FF)
    for i in range(max(0, -left), min(wide, width - left)):
        at = row * width + left + i
        d, rest = under[at], rests[step + i] & most
        rb = ((d & low) * rest) >> eight
        ag = ((d >> eight) & low) * rest
        out[at] = over[step + i] + (rb & low) + (ag & high)


@compiled
def stamp_points(
    frame: Frame,
    xs: F32,
    ys: F32,
    codes: U16,
    over: U32,
    rests: U32,
    rows: I32,
    size: int,
    per_metre: float,
    dx: float,
    dy: float,
) -> None:
    """Lay a sprite over each point, in the order given; points far outside are passed over."""
    height, width = frame.shape
    wide = over.shape[2]
    half = size // 2
    flat = frame.reshape(height * width)
    flat_over, flat_rests = over.reshape(over.size), rests.reshape(rests.size)
    for k in range(xs.shape[0]):
        fx = xs[k] * per_metre + dx
        fy = dy - ys[k] * per_metre
        if not (-size < fx < width + size and -size < fy < height + size):
            continue
        left = floor(fx) - half
        top = floor(fy) - half
        c = np.int64(codes[k])
        whole = left >= 0 and left + wide <= width
        for r in range(max(rows[c, 0], -top), min(rows[c, 1], height - top)):
            step = (c * size + r) * wide
            if whole:
                at = (top + r) * width + left
                for i in range(0, wide, LANES):
                    lay(flat, at + i, flat, at + i, flat_over, flat_rests, step + i)
            else:
                lay_clipped(flat, flat, width, top + r, left, flat_over, flat_rests, step, wide)
