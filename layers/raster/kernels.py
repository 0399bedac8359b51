"""The compiled kernels. Only ``layers.raster.compiled`` calls them; what each does is said in ``layers.raster.contract``.

Every argument always has the same dtype and layout, so that each kernel compiles once.
"""

from math import ceil, floor, sqrt

import numpy as np

from layers.raster.contract import F32, I32, U16, U32, Frame
from layers.raster.jit import compiled

CROSSINGS = 64
"""Crossings a row may have before an area is filled the slow way."""


@compiled
def blend(under: int, colour: int, cover: int) -> int:
    """Return ``colour`` laid over ``under`` with cover 0..256; exact at both ends."""
    rest = 256 - cover
    rb = ((colour & 0xFF00FF) * cover + (under & 0xFF00FF) * rest) >> 8
    g = ((colour & 0x00FF00) * cover + (under & 0x00FF00) * rest) >> 8
    return 0xFF000000 | (rb & 0xFF00FF) | (g & 0x00FF00)


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
            r0 = int(ceil(max(low, -1.0) - 0.5))
            r1 = int(ceil(min(high, height + 1.0) - 0.5))
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
            left = int(ceil(found[row, u] - 0.5)) if found[row, u] > 0 else 0
            right = int(ceil(found[row, u + 1] - 0.5)) if found[row, u + 1] < width else width
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
        colour = np.int64(colours[k])
        crossings(xs, ys, rings, parts[f], parts[f + 1], per_metre, dx, dy, counts, found, limits)
        if limits[2] <= CROSSINGS:
            paint_rows(frame, counts, found, limits[0], limits[1], colour)
        else:
            counts[:] = 0
            wide = np.empty((height, limits[2]), np.float32)
            crossings(xs, ys, rings, parts[f], parts[f + 1], per_metre, dx, dy, counts, wide, limits)
            paint_rows(frame, counts, wide, limits[0], limits[1], colour)


@compiled
def hairline(frame: Frame, xa: float, ya: float, xb: float, yb: float, colour: int) -> None:
    """Draw one antialiased line a pixel wide: two pixels share each step along its longer axis."""
    height, width = frame.shape
    alpha = colour >> 24
    full = alpha + (alpha >> 7)
    steep = abs(yb - ya) > abs(xb - xa)
    if steep:
        xa, ya, xb, yb = ya, xa, yb, xb
        along, across = height, width
    else:
        along, across = width, height
    if xb < xa:
        xa, ya, xb, yb = xb, yb, xa, ya
    if xb < 0 or xa >= along or max(ya, yb) < -1 or min(ya, yb) > across + 1:
        return
    slope = (yb - ya) / (xb - xa) if xb - xa > 1e-6 else 0.0
    i0 = int(floor(max(xa, 0.0)))
    i1 = int(floor(min(xb, along - 1.0)))
    y = ya + slope * (i0 + 0.5 - xa) - 0.5
    for i in range(i0, i1 + 1):
        if -1.0 <= y < across:
            j = int(floor(y))
            part = int((y - j) * full)
            if steep:
                if j >= 0:
                    frame[i, j] = blend(frame[i, j], colour, full - part)
                if j + 1 < across:
                    frame[i, j + 1] = blend(frame[i, j + 1], colour, part)
            else:
                if j >= 0:
                    frame[j, i] = blend(frame[j, i], colour, full - part)
                if j + 1 < across:
                    frame[j + 1, i] = blend(frame[j + 1, i], colour, part)
        y += slope


@compiled
def outline_shapes(
    frame: Frame,
    xs: F32,
    ys: F32,
    rings: I32,
    parts: I32,
    which: I32,
    colour: int,
    per_metre: float,
    dx: float,
    dy: float,
    closed: bool,
) -> None:
    """Draw every edge of features as a hairline."""
    for k in range(which.shape[0]):
        f = which[k]
        for r in range(parts[f], parts[f + 1]):
            a, b = rings[r], rings[r + 1]
            if b - a < 2:
                continue
            start = a if closed else a + 1
            px = xs[b - 1 if closed else a] * per_metre + dx
            py = dy - ys[b - 1 if closed else a] * per_metre
            for j in range(start, b):
                qx = xs[j] * per_metre + dx
                qy = dy - ys[j] * per_metre
                hairline(frame, px, py, qx, qy, colour)
                px, py = qx, qy


@compiled
def thick_line(frame: Frame, xa: float, ya: float, xb: float, yb: float, half: float, colour: int) -> None:
    """Draw one line ``2 * half`` pixels wide with round ends: cover falls off over one pixel at its rim."""
    height, width = frame.shape
    reach = half + 0.5
    row0 = max(0, int(floor(min(ya, yb) - reach)))
    row1 = min(height - 1, int(floor(max(ya, yb) + reach)))
    if max(xa, xb) + reach < 0 or min(xa, xb) - reach > width:
        return
    vx, vy = xb - xa, yb - ya
    length2 = vx * vx + vy * vy
    length = sqrt(length2)
    for row in range(row0, row1 + 1):
        cy = row + 0.5
        low, high = min(xa, xb) - reach, max(xa, xb) + reach
        if abs(vy) > 1e-3:  # on a long slanting line only the part near this row
            middle = xa + (cy - ya) * vx / vy
            extent = reach * length / abs(vy) + 1.0
            low, high = max(low, middle - extent), min(high, middle + extent)
        for i in range(max(0, int(floor(low))), min(width - 1, int(floor(high))) + 1):
            cx = i + 0.5
            t = 0.0
            if length2 > 1e-12:
                t = min(1.0, max(0.0, ((cx - xa) * vx + (cy - ya) * vy) / length2))
            ex, ey = xa + t * vx - cx, ya + t * vy - cy
            cover = reach - sqrt(ex * ex + ey * ey)
            if cover > 0:
                part = int(min(1.0, cover) * min(1.0, 2.0 * half) * 256)
                frame[row, i] = blend(frame[row, i], colour, part)


@compiled
def stroke_shapes(
    frame: Frame,
    xs: F32,
    ys: F32,
    rings: I32,
    parts: I32,
    which: I32,
    colour: int,
    widths: F32,
    per_metre: float,
    dx: float,
    dy: float,
    closed: bool,
) -> None:
    """Draw every edge of features as a thick line."""
    for k in range(which.shape[0]):
        f = which[k]
        half = widths[k] * 0.5
        for r in range(parts[f], parts[f + 1]):
            a, b = rings[r], rings[r + 1]
            if b - a < 2:
                continue
            start = a if closed else a + 1
            px = xs[b - 1 if closed else a] * per_metre + dx
            py = dy - ys[b - 1 if closed else a] * per_metre
            for j in range(start, b):
                qx = xs[j] * per_metre + dx
                qy = dy - ys[j] * per_metre
                thick_line(frame, px, py, qx, qy, half, colour)
                px, py = qx, qy


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
        left = int(floor(fx)) - half
        top = int(floor(fy)) - half
        c = codes[k]
        i0, i1 = max(0, -left), min(size, width - left)
        for r in range(max(0, -top), min(size, height - top)):
            for i in range(i0, i1):
                rest = through[c, r, i]
                d = frame[top + r, left + i]
                rb = ((d & low) * rest) >> eight
                ag = ((d >> eight) & low) * rest
                frame[top + r, left + i] = pixels[c, r, i] + (rb & low) + (ag & high)


@compiled
def thin_rings(
    xs: F32, ys: F32, rings: I32, tolerance: float, closed: bool, out_xs: F32, out_ys: F32, out_rings: I32
) -> int:
    """Copy rings without points nearer than ``tolerance`` to the one kept before. Return how many points are left.

    The first point of each ring stays, the last of each line too.
    """
    limit = tolerance * tolerance
    n = 0
    out_rings[0] = 0
    for r in range(rings.shape[0] - 1):
        a, b = rings[r], rings[r + 1]
        if b > a:
            lx, ly = xs[a], ys[a]
            out_xs[n], out_ys[n] = lx, ly
            n += 1
            for j in range(a + 1, b):
                ex, ey = xs[j] - lx, ys[j] - ly
                if ex * ex + ey * ey >= limit or (j == b - 1 and not closed):
                    lx, ly = xs[j], ys[j]
                    out_xs[n], out_ys[n] = lx, ly
                    n += 1
        out_rings[r + 1] = n
    return n
