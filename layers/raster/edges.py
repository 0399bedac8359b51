"""Many points and edges made into pixels at once, some thousands at a time: the part of drawing that runs in vectors.

Everything here is ``exact``: that a pixel is drawn the one way or the other must not depend on who asks.
Only kernels call these.
"""

import numpy as np

from layers.raster.contract import F32, F64, I32
from layers.raster.jit import exact

BLOCK = 4096
"""Points prepared at a time: what is known of them stays in the nearest cache."""
GAP = 64
"""Points between two features that are rather prepared along than begun anew after."""
FAR = 30_000.0
"""Pixels beyond which it does not matter where a point lies."""


@exact
def block_end(rings: I32, parts: I32, which: I32, k: int, count: int) -> int:
    """Return the point up to which to prepare, beginning with feature ``which[k]``: those that follow, if near."""
    first = rings[parts[which[k]]]
    end = rings[parts[which[k] + 1]]
    for n in range(k + 1, which.shape[0]):
        a, b = rings[parts[which[n]]], rings[parts[which[n] + 1]]
        if a < end or a > end + GAP or b - first > BLOCK:
            break
        end = b
    return min(int(end), count)


@exact
def to_pixels(xs: F32, ys: F32, per_metre: float, dx: float, dy: float, px: F64, py: F64, rows: I32) -> None:
    """Put points as pixels into ``px, py``; ``rows`` gets the first row whose middle is not above each."""
    for j in range(px.shape[0]):
        x, y = xs[j] * per_metre + dx, dy - ys[j] * per_metre
        px[j], py[j] = x, y
        rows[j] = np.int32(np.ceil(min(max(y, -FAR), FAR) - 0.5))


@exact
def crossing(x: float) -> np.int32:
    """Return the first column whose middle is not left of ``x``, told in single precision."""
    return np.int32(np.ceil(np.float64(np.float32(min(max(x, -FAR), FAR))) - 0.5))


@exact
def slope_of(xa: float, ya: float, xb: float, yb: float) -> float:
    """Return how far an edge goes across for each row it goes down."""
    fall = yb - ya
    return (xb - xa) / (fall if fall != 0.0 else 1.0)


@exact
def find_crossings(px: F64, py: F64, rows: I32, slopes: F64, firsts: F64, columns: I32) -> None:
    """For each edge j to j + 1: where it crosses the middle of the first row it reaches, and how that goes on."""
    for j in range(slopes.shape[0]):
        slope = slope_of(px[j], py[j], px[j + 1], py[j + 1])
        x = px[j] + slope * ((min(rows[j], rows[j + 1]) + 0.5) - py[j])
        slopes[j], firsts[j], columns[j] = slope, x, crossing(x)


@exact
def find_steps(
    px: F64, py: F64, width: int, height: int, slopes: F64, firsts: F64, starts: I32, strides: I32, counts: I32
) -> None:
    """For each edge j to j + 1 as a hairline: its steps along its longer axis, the first one's place across it.

    ``starts`` is that step's place in a flat frame but for its place across, ``strides`` how far the next one is.
    ``counts`` is 0 for an edge that comes near the frame's border.
    """
    right, low = width - 3.0, height - 3.0
    for j in range(slopes.shape[0]):
        xa, ya, xb, yb = px[j], py[j], px[j + 1], py[j + 1]
        steep = abs(yb - ya) > abs(xb - xa)
        u0, v0 = ya if steep else xa, xa if steep else ya
        u1, v1 = yb if steep else xb, xb if steep else yb
        back = u1 < u0
        a, va = u1 if back else u0, v1 if back else v0
        b, vb = u0 if back else u1, v0 if back else v1
        run = b - a
        slope = (vb - va) / (run if run > 1e-6 else 1.0)
        slope = slope if run > 1e-6 else 0.0
        inside = (min(xa, xb) > 2.0) & (max(xa, xb) < right) & (min(ya, yb) > 2.0) & (max(ya, yb) < low)
        i0 = np.int32(min(max(a, 0.0), FAR))
        stride = np.int32(width) if steep else np.int32(1)
        slopes[j], firsts[j] = slope, va + slope * (i0 + 0.5 - a) - 0.5
        starts[j], strides[j] = i0 * stride, stride
        counts[j] = np.int32(min(max(b, 0.0), FAR)) - i0 + 1 if inside else 0
