"""Compiled kernels that fill areas. Only ``layers.raster.compiled`` calls these; see ``layers.raster.contract``.

A pixel belongs to an area when an odd number of its edges cross the pixel's row left of its middle. For all but large
areas that is a word of bits a row, of which each crossing turns those right of it, one strip of the area after another:
nothing is sorted and nothing branches. For a large one the crossings of each row are sorted, and what lies between each
pair is coloured.
"""

from math import ceil

import numpy as np

from layers.raster.contract import F32, F64, I32, LANES, U32, U64, Frame
from layers.raster.edges import BLOCK, block_end, crossing, find_crossings, slope_of, to_pixels
from layers.raster.jit import compiled, exact, inlined
from layers.raster.vector import Index, fill, paint, tint

CROSSINGS = 64
"""Crossings a row may have before an area is filled the slow way."""
STRIP = 63
"""Pixels across that are told by a word; its last bit is for what lies further right."""
WIDEST, HIGHEST = 4 * STRIP, 512
"""Pixels across and down that an area has at most, a margin included, to be filled by strips."""


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


@exact
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


@exact
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


@inlined
def right_of(column: Index | np.int32) -> np.uint64:
    """Return the bits from a column of a strip on, which may lie outside."""
    return np.uint64(0xFFFFFFFFFFFFFFFF) << np.uint64(min(max(column, 0), STRIP))


@inlined
def turn(bits: U64, top: int, column: int, x: float, slope: float, first: int, last: int) -> None:
    """Turn the pixels right of where an edge crosses rows first..last-1."""
    for row in range(first, last):
        bits[np.uintp(row - top)] ^= right_of(crossing(x) - column)
        x += slope


@inlined
def turn_ring(
    bits: U64, top: int, left: int, px: F64, py: F64, rows: I32, slopes: F64, firsts: F64, columns: I32, a: int, b: int
) -> None:
    """Turn what lies inside a ring of prepared points a..b-1: rows of ``bits`` from ``top``, bit 0 at ``left``."""
    end, p, q = b - 1, rows[b - 1], rows[a]
    if p != q:  # the edge that closes it is not among those prepared
        slope = slope_of(px[end], py[end], px[a], py[a])
        first = min(p, q)
        turn(bits, top, left, px[end] + slope * ((first + 0.5) - py[end]), slope, first, max(p, q))
    p = rows[a]
    one, none = np.uintp(1), np.uint64(0)
    for j in range(np.uintp(a), np.uintp(end)):
        q = rows[j + one]
        many, first = abs(q - p), min(p, q)
        right = right_of(np.int64(columns[j]) - left)
        bits[np.uintp(first - top)] ^= right if many != 0 else none
        if many > 1:
            turn(bits, top, left, firsts[j] + slopes[j], slopes[j], first + 1, first + many)
        p = q


@inlined
def paint_bits(flat: U32, height: int, width: int, bits: U64, top: int, left: int, count: int, colour: int) -> None:
    """Colour the pixels of a flat frame whose bit is set, and set the bits back to 0."""
    low, high = max(0, -left), min(STRIP, width - left)
    all_bits = np.uint64(0xFFFFFFFFFFFFFFFF)
    shown = np.uint64(0)
    if low < high:
        shown = (all_bits << np.uint64(low)) & (all_bits >> np.uint64(64 - high))
    alpha = colour >> 24
    cover = alpha + (alpha >> 7)
    rest, solid = np.uint32(256 - cover), np.uint32(colour)
    rb, g = np.uint32((colour & 0xFF00FF) * cover), np.uint32((colour & 0x00FF00) * cover)
    for row in range(np.uintp(count)):
        lanes = bits[row] & shown
        bits[row] = 0
        at = (top + np.int64(row)) * width + left
        if not 0 <= top + np.int64(row) < height:
            continue
        if alpha == 255:
            while lanes != 0:
                paint(flat, at, lanes, solid)
                lanes >>= np.uint64(LANES)
                at += LANES
        else:
            while lanes != 0:
                tint(flat, at, lanes, rb, g, rest)
                lanes >>= np.uint64(LANES)
                at += LANES


@exact
def fill_areas(
    frame: Frame,
    xs: F32,
    ys: F32,
    rings: I32,
    parts: I32,
    boxes: F32,
    which: I32,
    colours: U32,
    per_metre: float,
    dx: float,
    dy: float,
) -> None:
    """Fill areas, odd-even over all rings of a feature."""
    height, width = frame.shape
    flat = frame.reshape(height * width)
    px, py, rows = np.empty(BLOCK), np.empty(BLOCK), np.empty(BLOCK, np.int32)
    slopes, firsts, columns = np.empty(BLOCK), np.empty(BLOCK), np.empty(BLOCK, np.int32)
    bits = np.zeros(HIGHEST, np.uint64)
    counts, limits = np.zeros(height, np.int32), np.zeros(3, np.int32)
    found = np.empty((0, CROSSINGS), np.float32)
    begin = end = 0
    for k in range(which.shape[0]):
        f, colour = which[k], int(colours[k])
        left, right = int(np.floor(boxes[f, 0] * per_metre + dx)) - 1, int(np.floor(boxes[f, 2] * per_metre + dx)) + 1
        top, low = int(np.floor(dy - boxes[f, 3] * per_metre)) - 1, int(np.floor(dy - boxes[f, 1] * per_metre)) + 2
        a, b = rings[parts[f]], rings[parts[f + 1]]
        if right - left < WIDEST and low - top <= HIGHEST and b - a <= BLOCK:
            if a < begin or b > end:
                begin, end = a, block_end(rings, parts, which, k, xs.shape[0])
                n = end - begin
                to_pixels(xs[begin:end], ys[begin:end], per_metre, dx, dy, px[:n], py[:n], rows[:n])
                find_crossings(px[:n], py[:n], rows[:n], slopes[: n - 1], firsts[: n - 1], columns[: n - 1])
            for strip in range(left, right + 1, STRIP):
                for r in range(parts[f], parts[f + 1]):
                    begins, ends = rings[r] - begin, rings[r + 1] - begin
                    if ends - begins > 2:
                        turn_ring(bits, top, strip, px, py, rows, slopes, firsts, columns, begins, ends)
                paint_bits(flat, height, width, bits, top, strip, low - top, colour)
            continue
        if found.shape[0] == 0:
            found = np.empty((height, CROSSINGS), np.float32)
        fill_large(frame, xs, ys, rings, parts[f], parts[f + 1], colour, per_metre, dx, dy, counts, found, limits)


@exact
def fill_large(
    frame: Frame,
    xs: F32,
    ys: F32,
    rings: I32,
    first: int,
    last: int,
    colour: int,
    per_metre: float,
    dx: float,
    dy: float,
    counts: I32,
    found: F32,
    limits: I32,
) -> None:
    """Fill what lies inside rings first..last-1 by sorting the crossings of each row; see ``crossings``."""
    crossings(xs, ys, rings, first, last, per_metre, dx, dy, counts, found, limits)
    if limits[2] <= CROSSINGS:
        paint_rows(frame, counts, found, int(limits[0]), int(limits[1]), colour)
    else:
        counts[:] = 0
        wide = np.empty((frame.shape[0], int(limits[2])), np.float32)
        crossings(xs, ys, rings, first, last, per_metre, dx, dy, counts, wide, limits)
        paint_rows(frame, counts, wide, int(limits[0]), int(limits[1]), colour)
