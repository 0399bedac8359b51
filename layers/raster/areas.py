"""Compiled kernels that fill areas. Only ``layers.raster.compiled`` calls these; see ``layers.raster.contract``."""

from math import ceil

import numpy as np

from layers.raster.contract import F32, I32, LANES, U32, Frame
from layers.raster.jit import compiled
from layers.raster.vector import fill

CROSSINGS = 64
"""Crossings a row may have before an area is filled the slow way."""


@compiled
def span(flat: U32, at: int, count: int, colour: int) -> None:
    """Colour ``count`` pixels of a flat frame from ``at``; bounds must hold."""
    alpha = colour >> 24
    if alpha == 255:
        solid = np.uint32(colour)
        end = at + count
        if count >= LANES:
            for i in range(at, end - LANES, LANES):
                fill(flat, i, solid)
            fill(flat, end - LANES, solid)
        else:
            for i in range(at, end):
                flat[i] = solid
    elif alpha > 0:
        cover = alpha + (alpha >> 7)
        rest = np.uint32(256 - cover)
        rb = np.uint32((colour & 0xFF00FF) * cover)
        g = np.uint32((colour & 0x00FF00) * cover)
        under = flat[at : at + count]
        for i in range(count):
            d = under[i]
            r = ((d & np.uint32(0xFF00FF)) * rest + rb) >> np.uint32(8)
            h = ((d & np.uint32(0x00FF00)) * rest + g) >> np.uint32(8)
            under[i] = np.uint32(0xFF000000) | (r & np.uint32(0xFF00FF)) | (h & np.uint32(0x00FF00))


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
    last row touched and the largest count. A row belongs to an edge from the row its upper end begins to before that of
    its lower end, so that a point that two edges share counts once.
    """
    height, room = found.shape
    flat = found.reshape(height * room)
    lowest, highest = -1.0, height + 1.0
    top, bottom, most = height, 0, 0
    for r in range(first, last):
        a, b = rings[r], rings[r + 1]
        if b - a < 3:
            continue
        px = xs[b - 1] * per_metre + dx
        py = dy - ys[b - 1] * per_metre
        p = min(max(ceil(min(max(py, lowest), highest) - 0.5), 0), height)
        for j in range(a, b):
            qx = xs[j] * per_metre + dx
            qy = dy - ys[j] * per_metre
            q = min(max(ceil(min(max(qy, lowest), highest) - 0.5), 0), height)
            if p != q:
                slope = (qx - px) / (qy - py)
                r0, r1 = (p, q) if p < q else (q, p)
                top, bottom = min(top, r0), max(bottom, r1)
                x = px + slope * (r0 + 0.5 - py)
                for row in range(np.uintp(r0), np.uintp(r1)):
                    n = counts[row]
                    if n < room:
                        flat[row * np.uintp(room) + np.uintp(n)] = x
                    counts[row] = n + 1
                    most = max(most, n + 1)
                    x += slope
            px, py, p = qx, qy, q
    limits[0], limits[1], limits[2] = top, bottom, most


@compiled
def paint_rows(frame: Frame, counts: I32, found: F32, top: int, bottom: int, colour: int) -> None:
    """Sort the crossings of rows top..bottom-1, colour between each pair, and set the counts back to 0."""
    height, width = frame.shape
    room = found.shape[1]
    flat, crossed = frame.reshape(height * width), found.reshape(found.size)
    for row in range(top, bottom):
        n = counts[row]
        counts[row] = 0
        start = row * room
        if n == 2:  # nearly every row of nearly every area
            a, b = crossed[np.uintp(start)], crossed[np.uintp(start + 1)]
            left = max(0, ceil(max(min(a, b), np.float32(-1)) - 0.5))
            right = min(width, ceil(min(max(a, b), np.float32(width + 1)) - 0.5))
            if left < right:
                span(flat, row * width + left, right - left, colour)
            continue
        for u in range(start + 1, start + n):
            v = crossed[u]
            w = u - 1
            while w >= start and crossed[w] > v:
                crossed[w + 1] = crossed[w]
                w -= 1
            crossed[w + 1] = v
        for u in range(start, start + n - 1, 2):
            left = max(0, ceil(max(crossed[u], np.float32(-1)) - 0.5))
            right = min(width, ceil(min(crossed[u + 1], np.float32(width + 1)) - 0.5))
            if left < right:
                span(flat, row * width + left, right - left, colour)


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
