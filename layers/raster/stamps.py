"""The compiled kernel that stamps sprites. Only ``layers.raster.compiled`` calls it; see ``layers.raster.contract``."""

from math import floor

import numpy as np

from layers.raster.contract import F32, I32, LANES, U16, U32, Frame, Marks, Surface
from layers.raster.jit import compiled, exact
from layers.raster.vector import Index, copy, lay

DEEP = np.uint32(257)
"""Noted of a pixel: several translucent ones lie on one another, see the log."""
STEP = 64
"""Rows of a frame for which it is remembered which boxes lie there."""


@exact
def pixel_x(x: float, per_metre: float, dx: float) -> float:
    """Return the pixel x of a point."""
    return x * per_metre + dx


@exact
def pixel_y(y: float, per_metre: float, dy: float) -> float:
    """Return the pixel y of a point."""
    return dy - y * per_metre


@compiled
def lay_few(out: U32, at: Index, under: U32, start: Index, over: U32, rests: U32, step: Index, count: int) -> None:
    """Lay ``count`` pixels one by one: a part of a row that hangs over an edge."""
    low, high = np.uint32(0xFF00FF), np.uint32(0xFF00FF00)
    eight, most = np.uint32(8), np.uint32(0x1FF)
    for i in range(count):
        d, rest = under[start + i], rests[step + i] & most
        rb = ((d & low) * rest) >> eight
        ag = ((d >> eight) & low) * rest
        out[at + i] = over[step + i] + (rb & low) + (ag & high)


@compiled
def stamp_points(
    flat: U32,
    stride: int,
    x0: int,
    y0: int,
    x1: int,
    y1: int,
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
    """Lay what lies in a box of a sprite over each point, in the order given; see ``contract.Surface``."""
    wide = over.shape[2]
    half = size // 2
    flat_over, flat_rests = over.reshape(over.size), rests.reshape(rests.size)
    for k in range(xs.shape[0]):
        fx = pixel_x(xs[k], per_metre, dx)
        fy = pixel_y(ys[k], per_metre, dy)
        if not (x0 - size < fx < x1 + size and y0 - size < fy < y1 + size):
            continue
        left = floor(fx) - half
        top = floor(fy) - half
        c = np.int64(codes[k])
        whole = left >= x0 and left + wide <= x1
        for r in range(max(rows[c, 0], y0 - top), min(rows[c, 1], y1 - top)):
            step = (c * size + r) * wide
            at = (top + r) * stride + left
            if whole:
                for i in range(rows[c, 2], rows[c, 3], LANES):
                    lay(flat, at + i, flat, at + i, flat_over, flat_rests, step + i)
            else:
                first, last = max(0, x0 - left), min(wide, x1 - left)
                lay_few(flat, at + first, flat, at + first, flat_over, flat_rests, step + first, last - first)


def stamp_plainly(surface: Surface, marks: Marks) -> None:
    """Stamp all marks one by one, in the order given: what every faster way is to leave behind, pixel for pixel."""
    xs, ys, codes, sprites, placing = marks
    for x0, y0, x1, y1 in surface.boxes.tolist():
        stamp_points(
            surface.flat, surface.stride, x0, y0, x1, y1, xs, ys, codes, sprites.over, sprites.rests, sprites.rows,
            sprites.size, *placing,
        )  # fmt: skip


@exact
def note_row(
    over: U32, rests: U32, log: I32, logged: U32, used: int, at: int, pixels: U32, lets: U32, step: int, count: int
) -> int:
    """Note a run of a sprite's pixels laid on what is noted there already; return how much of the log is in use."""
    low, high, eight, both = np.uint32(0xFF00FF), np.uint32(0xFF00FF00), np.uint32(8), np.uint32(16)
    most = np.uint32(0x1FF)
    for i in range(count):
        mark, rest = pixels[step + i], lets[step + i] & most
        if rest == 256 and mark == 0:
            continue
        place = at + i
        under, was = over[place], rests[place] & most
        if rest == 0:  # nothing below shows any more
            over[place], rests[place] = mark, 0
        elif was == 0:  # what is below is known
            rb = ((under & low) * rest) >> eight
            ag = ((under >> eight) & low) * rest
            over[place] = mark + (rb & low) + (ag & high)
        elif was == 256:
            over[place], rests[place] = mark, rest | rest << both
        else:
            if was != DEEP:
                if used < log.shape[0]:
                    log[used] = place
                    logged[used, 0], logged[used, 1] = under, was
                used += 1
                rests[place] = DEEP
            if used < log.shape[0]:
                log[used] = place
                logged[used, 0], logged[used, 1] = mark, rest
            used += 1
    return used


@compiled
def find_extents(pixels: U32, lets: U32, first: I32, last: I32) -> None:
    """Find where in each row of each sprite anything begins and ends; arrays (count, size)."""
    size = first.shape[1]
    for c in range(first.shape[0]):
        for r in range(size):
            first[c, r], last[c, r] = size, 0
            for i in range(size):
                if pixels[c, r, i] != 0 or lets[c, r, i] & np.uint32(0x1FF) != 256:
                    first[c, r], last[c, r] = min(first[c, r], i), i + 1


@exact
def note_points(
    over: U32,
    rests: U32,
    log: I32,
    logged: U32,
    used: int,
    width: int,
    xs: F32,
    ys: F32,
    codes: U16,
    pixels: U32,
    lets: U32,
    rows: I32,
    size: int,
    per_metre: float,
    dx: float,
    dy: float,
) -> int:
    """Note what stamping sprites would do to each pixel, whatever lies under it; see ``layers.raster.overlay``.

    Return how many entries of ``log`` are then in use, or would be: what does not fit is counted and not written.
    """
    height = over.shape[0] // width
    wide, half = pixels.shape[2], size // 2
    flat_pixels, flat_lets = pixels.reshape(pixels.size), lets.reshape(lets.size)
    begins, ends = np.empty((2, pixels.shape[0], size), np.int32)
    find_extents(pixels, lets, begins, ends)
    for k in range(xs.shape[0]):
        fx = pixel_x(xs[k], per_metre, dx)
        fy = pixel_y(ys[k], per_metre, dy)
        if not (-size < fx < width + size and -size < fy < height + size):
            continue
        left, top = floor(fx) - half, floor(fy) - half
        c = np.int64(codes[k])
        for r in range(max(rows[c, 0], -top), min(rows[c, 1], height - top)):
            step = (c * size + r) * wide
            first, last = max(begins[c, r], -left), min(ends[c, r], width - left)
            at = (top + r) * width + left + first
            used = note_row(over, rests, log, logged, used, at, flat_pixels, flat_lets, step + first, last - first)
    return used


@compiled
def lay_all(flat: U32, under: U32, over: U32, rests: U32) -> None:
    """Set all pixels to what lies under them with what was noted laid on it."""
    end = flat.shape[0] // LANES * LANES
    for at in range(0, end, LANES):
        lay(flat, at, under, at, over, rests, at)
    lay_few(flat, end, under, end, over, rests, end, flat.shape[0] - end)


@compiled
def first_boxes(boxes: I32, height: int) -> I32:
    """Return for each ``STEP`` rows of a frame the first of its boxes that ends below the first of these rows."""
    found, b = np.empty(height // STEP + 1, np.int32), 0
    for step in range(found.shape[0]):
        while b < boxes.shape[0] and boxes[b, 3] <= step * STEP:
            b += 1
        found[step] = b
    return found


@compiled
def lay_noted(
    flat: U32,
    stride: int,
    boxes: I32,
    below: Frame,
    over: U32,
    rests: U32,
    xs: F32,
    ys: F32,
    size: int,
    per_metre: float,
    dx: float,
    dy: float,
) -> None:
    """Set boxes to what is ``below`` with what was noted laid on it, in the squares of sprites of ``size``.

    Squares grow to a multiple of ``LANES`` in width.
    """
    width = below.shape[1]
    half = size // 2
    wide = -(-size // LANES) * LANES
    under, height = below.reshape(below.size), below.shape[0]
    firsts = first_boxes(boxes, height)
    for k in range(xs.shape[0]):
        fx = pixel_x(xs[k], per_metre, dx)
        fy = pixel_y(ys[k], per_metre, dy)
        if not (-wide < fx < width + wide and -size < fy < height + size):
            continue
        left, top = floor(fx) - half, floor(fy) - half
        for b in range(firsts[min(max(top, 0), height - 1) // STEP], boxes.shape[0]):
            x0, y0, x1, y1 = int(boxes[b, 0]), int(boxes[b, 1]), int(boxes[b, 2]), int(boxes[b, 3])
            if y0 >= top + size:
                break
            if left >= x1 or left + wide <= x0:
                continue
            whole = left >= x0 and left + wide <= x1
            for row in range(max(y0, top), min(y1, top + size)):
                at, start = row * stride + left, row * width + left
                if whole:
                    for i in range(0, wide, LANES):
                        lay(flat, at + i, under, start + i, over, rests, start + i)
                else:
                    first, last = max(0, x0 - left), min(wide, x1 - left)
                    lay_few(flat, at + first, under, start + first, over, rests, start + first, last - first)


@compiled
def copy_squares(
    frame: Frame, below: Frame, xs: F32, ys: F32, size: int, per_metre: float, dx: float, dy: float
) -> None:
    """Set ``frame`` to ``below`` in the squares of sprites of ``size``."""
    height, width = frame.shape
    half = size // 2
    flat, under = frame.reshape(frame.size), below.reshape(below.size)
    for k in range(xs.shape[0]):
        fx = pixel_x(xs[k], per_metre, dx)
        fy = pixel_y(ys[k], per_metre, dy)
        if not (-size < fx < width + size and -size < fy < height + size):
            continue
        left, top = floor(fx) - half, floor(fy) - half
        first, count = max(0, left), min(width, left + size) - max(0, left)
        for row in range(max(0, top), min(height, top + size)):
            at = row * width + first
            if count <= LANES and first + LANES <= width:
                copy(flat, at, under)
            else:
                for i in range(at, at + count):
                    flat[i] = under[i]


@compiled
def lay_deep(flat: U32, stride: int, boxes: I32, below: Frame, places: U32, starts: I32, logged: U32, was: U32) -> None:
    """Set the pixels of boxes on which several translucent ones were noted, one after another.

    ``was`` is what lay below each when it was noted: where it still does, the pixel is laid like any other.
    """
    width = np.uint32(below.shape[1])
    under, firsts = below.reshape(below.size), first_boxes(boxes, below.shape[0])
    low, high, eight = np.uint32(0xFF00FF), np.uint32(0xFF00FF00), np.uint32(8)
    for k in range(places.shape[0]):
        at = np.uintp(places[k])
        d = under[at]
        if d == was[k]:
            continue
        row, column = np.int64(places[k] // width), np.int64(places[k] % width)
        for b in range(firsts[row // STEP], boxes.shape[0]):
            if boxes[b, 1] > row:
                break
            if boxes[b, 0] <= column < boxes[b, 2] and boxes[b, 1] <= row < boxes[b, 3]:
                for e in range(starts[k], starts[k + 1]):
                    rb = ((d & low) * logged[e, 1]) >> eight
                    ag = ((d >> eight) & low) * logged[e, 1]
                    d = logged[e, 0] + (rb & low) + (ag & high)
                flat[row * stride + column] = d
