"""Compiled kernels that fill areas. Only ``layers.raster.compiled`` calls these; see ``layers.raster.contract``."""

from math import ceil

import numpy as np

from layers.raster.contract import F32, I32, U32, Frame
from layers.raster.jit import compiled

CROSSINGS = 64
"""Crossings a row may have before an area is filled the slow way."""


@compiled
def span(frame: Frame, row: int, left: int, right: int, colour: int) -> None:
    """Colour pixels left..right-1 of a row; bounds must hold."""
    alpha = colour >> 24
    if alpha == 255:
        solid = np.uint32(colour)
        for i in range(left, right):
            frame[row, i] = solid
    elif alpha > 0:
        cover = alpha + (alpha >> 7)
        rest = np.uint32(256 - cover)
        rb = np.uint32((colour & 0xFF00FF) * cover)
        g = np.uint32((colour & 0x00FF00) * cover)
        for i in range(left, right):
            d = frame[row, i]
            r = ((d & np.uint32(0xFF00FF)) * rest + rb) >> np.uint32(8)
            h = ((d & np.uint32(0x00FF00)) * rest + g) >> np.uint32(8)
            frame[row, i] = np.uint32(0xFF000000) | (r & np.uint32(0xFF00FF)) | (h & np.uint32(0x00FF00))


@compiled
def crossings(
    xs: F32,
    ys: F32,
    rings: I32,
    first: int,
    last: int,
    per_metre: float,
    dx: float,
    dy: float,
    counts: I32,
    found: F32,
    limits: I32,
) -> None:
    """Collect where the edges of rings first..last-1 cross the centres of rows.

    ``counts`` must be 0 and grows past the width of ``found`` where that is too narrow; ``limits`` gets the first and
    last row touched and the largest count.
    """
    height, room = found.shape
    top, bottom, most = height, -1, 0
    for r in range(first, last):
        a, b = rings[r], rings[r + 1]
        if b - a < 3:
            continue
        px = xs[b - 1] * per_metre + dx
        py = dy - ys[b - 1] * per_metre
        for j in range(a, b):
            qx = xs[j] * per_metre + dx
            qy = dy - ys[j] * per_metre
            low, high = (py, qy) if py < qy else (qy, py)
            r0 = ceil(max(low, -1.0) - 0.5)
            r1 = ceil(min(high, height + 1.0) - 0.5)
            r0, r1 = max(r0, 0), min(r1, height)
            if r0 < r1:
                slope = (qx - px) / (qy - py)
                x = px + slope * (r0 + 0.5 - py)
                top, bottom = min(top, r0), max(bottom, r1 - 1)
                for row in range(r0, r1):
                    n = counts[row]
                    if n < room:
                        found[row, n] = x
                    counts[row] = n + 1
                    most = max(most, n + 1)
                    x += slope
            px, py = qx, qy
    limits[0], limits[1], limits[2] = top, bottom, most


@compiled
def paint_rows(frame: Frame, counts: I32, found: F32, top: int, bottom: int, colour: int) -> None:
    """Sort the crossings of each row, colour between each pair, and set the counts back to 0."""
    width = frame.shape[1]
    for row in range(top, bottom + 1):
        n = counts[row]
        counts[row] = 0
        for u in range(1, n):
            v = found[row, u]
            w = u - 1
            while w >= 0 and found[row, w] > v:
                found[row, w + 1] = found[row, w]
                w -= 1
            found[row, w + 1] = v
        for u in range(0, n - 1, 2):
            left = ceil(found[row, u] - 0.5) if found[row, u] > 0 else 0
            right = ceil(found[row, u + 1] - 0.5) if found[row, u + 1] < width else width
            if left < right:
                span(frame, row, left, right, colour)


@compiled
def fill_areas(
    frame: Frame,
    xs: F32,
    ys: F32,
    rings: I32,
    parts: I32,
    which: I32,
    colours: U32,
    per_metre: float,
    dx: float,
    dy: float,
) -> None:
    """Fill areas, odd-even over all rings of a feature."""
    height = frame.shape[0]
    counts = np.zeros(height, np.int32)
    found = np.empty((height, CROSSINGS), np.float32)
    limits = np.zeros(3, np.int32)
    for k in range(which.shape[0]):
        f = which[k]
        colour = int(colours[k])
        crossings(xs, ys, rings, parts[f], parts[f + 1], per_metre, dx, dy, counts, found, limits)
        if limits[2] <= CROSSINGS:
            paint_rows(frame, counts, found, int(limits[0]), int(limits[1]), colour)
        else:
            counts[:] = 0
            wide = np.empty((height, int(limits[2])), np.float32)
            crossings(xs, ys, rings, parts[f], parts[f + 1], per_metre, dx, dy, counts, wide, limits)
            paint_rows(frame, counts, wide, int(limits[0]), int(limits[1]), colour)
