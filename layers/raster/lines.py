"""Compiled kernels that draw lines. Only ``layers.raster.compiled`` calls these; see ``layers.raster.contract``."""

from math import floor, sqrt

import numpy as np

from layers.raster.contract import F32, F64, I32, U32, Frame
from layers.raster.edges import BLOCK, block_end, find_steps, to_pixels
from layers.raster.jit import compiled, exact, inlined
from layers.raster.vector import share


@exact
def blend(under: int, colour: int, cover: int) -> int:
    """Return ``colour`` laid over ``under`` with cover 0..256; exact at both ends."""
    rest = 256 - cover
    rb = ((colour & 0xFF00FF) * cover + (under & 0xFF00FF) * rest) >> 8
    g = ((colour & 0x00FF00) * cover + (under & 0x00FF00) * rest) >> 8
    return 0xFF000000 | (rb & 0xFF00FF) | (g & 0x00FF00)


@exact
def share_pixel(frame: Frame, row: int, column: int, colour: int, cover: int) -> None:
    """Blend one pixel if it lies in the frame."""
    if 0 <= row < frame.shape[0] and 0 <= column < frame.shape[1]:
        frame[row, column] = blend(frame[row, column], colour, cover)


@exact
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
    i0 = floor(max(xa, 0.0))
    i1 = floor(min(xb, along - 1.0))
    y = ya + slope * (i0 + 0.5 - xa) - 0.5
    for i in range(i0, i1 + 1):
        if -1.0 <= y < across:
            j = floor(y)
            part = int((y - j) * full)
            if steep:
                share_pixel(frame, i, j, colour, full - part)
                share_pixel(frame, i, j + 1, colour, part)
            else:
                share_pixel(frame, j, i, colour, full - part)
                share_pixel(frame, j + 1, i, colour, part)
        y += slope


@compiled
def thick_line(frame: Frame, xa: float, ya: float, xb: float, yb: float, half: float, colour: int) -> None:
    """Draw one line ``2 * half`` pixels wide with round ends: cover falls off over one pixel at its rim."""
    height, width = frame.shape
    reach = half + 0.5
    row0 = max(0, floor(min(ya, yb) - reach))
    row1 = min(height - 1, floor(max(ya, yb) + reach))
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
        for i in range(max(0, floor(low)), min(width - 1, floor(high)) + 1):
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
def longest(rings: I32) -> int:
    """Return how many points the longest ring has."""
    most = 0
    for r in range(rings.shape[0] - 1):
        most = max(most, rings[r + 1] - rings[r])
    return most


@exact
def ring_to_pixels(
    xs: F32, ys: F32, a: int, b: int, per_metre: float, dx: float, dy: float, closed: bool, px: F64, py: F64
) -> int:
    """Put points a..b-1 as pixels into ``px, py``, the last also first where ``closed``; return how many there are."""
    first = 1 if closed and b > a else 0
    for j in range(b - a):
        px[first + j] = xs[a + j] * per_metre + dx
        py[first + j] = dy - ys[a + j] * per_metre
    count = first + b - a
    if first:
        px[0], py[0] = px[count - 1], py[count - 1]
    return count


@inlined
def draw_steps(
    flat: U32, width: int, first: float, slope: float, start: int, stride: int, count: int, colour: int
) -> None:
    """Draw a hairline that lies well inside a flat frame, from what ``edges.find_steps`` found of it."""
    alpha = colour >> 24
    full, solid = alpha + (alpha >> 7), np.uint32(colour)
    y, at, aside = first, start, width + 1 - stride
    for _ in range(count):
        j = int(y)
        part = int((y - j) * full)
        near = at + j * aside
        share(flat, near, near + aside, solid, np.uint64(full - part), np.uint64(part))
        y += slope
        at += stride


@exact
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
    height, width = frame.shape
    flat = frame.reshape(height * width)
    px, py, rows = np.empty(BLOCK), np.empty(BLOCK), np.empty(BLOCK, np.int32)
    slopes, firsts = np.empty(BLOCK), np.empty(BLOCK)
    starts, strides, counts = np.empty(BLOCK, np.int32), np.empty(BLOCK, np.int32), np.empty(BLOCK, np.int32)
    begin = end = 0
    for k in range(which.shape[0]):
        first, last = rings[parts[which[k]]], rings[parts[which[k] + 1]]
        if last - first > BLOCK:
            for r in range(parts[which[k]], parts[which[k] + 1]):
                outline_long(frame, xs, ys, rings[r], rings[r + 1], colour, per_metre, dx, dy, closed)
            continue
        if first < begin or last > end:
            begin, end = first, block_end(rings, parts, which, k, xs.shape[0])
            n = end - begin
            to_pixels(xs[begin:end], ys[begin:end], per_metre, dx, dy, px[:n], py[:n], rows[:n])
            m = max(0, n - 1)
            find_steps(px[:n], py[:n], width, height, slopes[:m], firsts[:m], starts[:m], strides[:m], counts[:m])
        for r in range(parts[which[k]], parts[which[k] + 1]):
            a, b = rings[r] - begin, rings[r + 1] - begin
            if closed and b > a:
                hairline(frame, px[b - 1], py[b - 1], px[a], py[a], colour)
            for j in range(np.uintp(a), np.uintp(max(a, b - 1))):
                if counts[j] > 0:
                    draw_steps(flat, width, firsts[j], slopes[j], starts[j], strides[j], counts[j], colour)
                else:
                    hairline(frame, px[j], py[j], px[j + np.uintp(1)], py[j + np.uintp(1)], colour)


@exact
def outline_long(
    frame: Frame,
    xs: F32,
    ys: F32,
    a: int,
    b: int,
    colour: int,
    per_metre: float,
    dx: float,
    dy: float,
    closed: bool,
) -> None:
    """Draw a ring of very many points as hairlines, edge by edge."""
    px, py = np.empty(b - a + 1), np.empty(b - a + 1)
    count = ring_to_pixels(xs, ys, a, b, per_metre, dx, dy, closed, px, py)
    for j in range(1, count):
        hairline(frame, px[j - 1], py[j - 1], px[j], py[j], colour)


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
    px, py = np.empty(longest(rings) + 1), np.empty(longest(rings) + 1)
    for k in range(which.shape[0]):
        for r in range(parts[which[k]], parts[which[k] + 1]):
            count = ring_to_pixels(xs, ys, rings[r], rings[r + 1], per_metre, dx, dy, closed, px, py)
            for j in range(1, count):
                thick_line(frame, px[j - 1], py[j - 1], px[j], py[j], widths[k] * 0.5, colour)
