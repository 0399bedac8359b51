"""The compiled kernel that stamps sprites. Only ``layers.raster.compiled`` calls it; see ``layers.raster.contract``."""

from math import floor

import numpy as np

from layers.raster.contract import F32, I32, LANES, U16, U32, Frame
from layers.raster.jit import compiled, exact
from layers.raster.vector import Index, copy, lay

DEEP = np.uint32(257)
"""Noted of a pixel: several translucent ones lie on one another, see the log."""


@exact
def pixel_x(x: float, per_metre: float, dx: float) -> float:
    """Return the pixel x of a point."""
    return x * per_metre + dx


@exact
def pixel_y(y: float, per_metre: float, dy: float) -> float:
    """Return the pixel y of a point."""
    return dy - y * per_metre


@compiled
def lay_clipped(
    out: U32, under: U32, width: int, row: Index, left: Index, over: U32, rests: U32, step: Index, wide: int
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
        fx = pixel_x(xs[k], per_metre, dx)
        fy = pixel_y(ys[k], per_metre, dy)
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
                for i in range(rows[c, 2], rows[c, 3], LANES):
                    lay(flat, at + i, flat, at + i, flat_over, flat_rests, step + i)
            else:
                lay_clipped(flat, flat, width, top + r, left, flat_over, flat_rests, step, wide)


@compiled
def note_pixel(
    over: U32, rests: U32, log: I32, logged: U32, used: int, at: int, mark: np.uint32, rest: np.uint32
) -> int:
    """Note one pixel laid on what is noted there already; return how many entries of the log are in use."""
    low, high, eight, both = np.uint32(0xFF00FF), np.uint32(0xFF00FF00), np.uint32(8), np.uint32(16)
    under, was = over[at], rests[at] & np.uint32(0x1FF)
    if rest == 0:  # nothing below shows any more
        over[at], rests[at] = mark, 0
    elif was == 0:  # what is below is known
        rb = ((under & low) * rest) >> eight
        ag = ((under >> eight) & low) * rest
        over[at] = mark + (rb & low) + (ag & high)
    elif was == 256:
        over[at], rests[at] = mark, rest | rest << both
    else:
        if was != DEEP:
            if used < log.shape[0]:
                log[used] = at
                logged[used, 0], logged[used, 1] = under, was
            used += 1
            rests[at] = DEEP
        if used < log.shape[0]:
            log[used] = at
            logged[used, 0], logged[used, 1] = mark, rest
        used += 1
    return used


@compiled
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
    most = np.uint32(0x1FF)
    for k in range(xs.shape[0]):
        fx = pixel_x(xs[k], per_metre, dx)
        fy = pixel_y(ys[k], per_metre, dy)
        if not (-size < fx < width + size and -size < fy < height + size):
            continue
        left, top = floor(fx) - half, floor(fy) - half
        c = np.int64(codes[k])
        for r in range(max(rows[c, 0], -top), min(rows[c, 1], height - top)):
            step = (c * size + r) * wide
            for i in range(max(0, -left), min(size, width - left)):
                mark, rest = flat_pixels[step + i], flat_lets[step + i] & most
                if rest == 256 and mark == 0:
                    continue
                at = (top + r) * width + left + i
                used = note_pixel(over, rests, log, logged, used, at, mark, rest)
    return used


@compiled
def lay_box(
    flat: U32, under: U32, over: U32, rests: U32, height: int, width: int, left: int, top: int, wide: int, high: int
) -> None:
    """Set a box to what is ``under`` with what was noted laid on it; it may grow to a multiple of ``LANES``."""
    for row in range(max(0, top), min(height, top + high)):
        at = row * width + left
        if left >= 0 and left + wide <= width:
            for i in range(0, wide, LANES):
                lay(flat, at + i, under, at + i, over, rests, at + i)
        else:
            lay_clipped(flat, under, width, row, left, over, rests, at, wide)


@compiled
def lay_noted(
    frame: Frame,
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
    """Set ``frame`` to ``below`` with what was noted laid on it, in the squares of sprites of ``size``."""
    height, width = frame.shape
    half = size // 2
    wide = -(-size // LANES) * LANES
    flat, under = frame.reshape(frame.size), below.reshape(below.size)
    for k in range(xs.shape[0]):
        fx = pixel_x(xs[k], per_metre, dx)
        fy = pixel_y(ys[k], per_metre, dy)
        if -size < fx < width + size and -size < fy < height + size:
            lay_box(flat, under, over, rests, height, width, floor(fx) - half, floor(fy) - half, wide, size)


@compiled
def lay_both(
    frame: Frame,
    below: Frame,
    over: U32,
    rests: U32,
    xs0: F32,
    ys0: F32,
    xs1: F32,
    ys1: F32,
    size: int,
    per0: float,
    dx0: float,
    dy0: float,
    per1: float,
    dx1: float,
    dy1: float,
) -> None:
    """As ``lay_noted`` in the squares of things where they were and where they are; near ones in one go."""
    height, width = frame.shape
    half = size // 2
    wide = -(-size // LANES) * LANES
    flat, under = frame.reshape(frame.size), below.reshape(below.size)
    for k in range(xs0.shape[0]):
        fx0, fy0 = pixel_x(xs0[k], per0, dx0), pixel_y(ys0[k], per0, dy0)
        fx1, fy1 = pixel_x(xs1[k], per1, dx1), pixel_y(ys1[k], per1, dy1)
        was = -size < fx0 < width + size and -size < fy0 < height + size
        now = -size < fx1 < width + size and -size < fy1 < height + size
        if was and now:
            left0, top0, left1, top1 = floor(fx0) - half, floor(fy0) - half, floor(fx1) - half, floor(fy1) - half
            across, down = abs(left1 - left0), abs(top1 - top0)
            if across + size <= wide and down < size:
                lay_box(flat, under, over, rests, height, width, min(left0, left1), min(top0, top1), wide, size + down)
                continue
        if was:
            lay_box(flat, under, over, rests, height, width, floor(fx0) - half, floor(fy0) - half, wide, size)
        if now:
            lay_box(flat, under, over, rests, height, width, floor(fx1) - half, floor(fy1) - half, wide, size)


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
def lay_deep(frame: Frame, below: Frame, places: U32, starts: I32, logged: U32, was: U32) -> None:
    """Set the pixels of ``frame`` on which several translucent ones were noted, one after another.

    ``was`` is what lay below each when it was noted: where it still does, the pixel is laid like any other.
    """
    flat, under = frame.reshape(frame.size), below.reshape(below.size)
    low, high, eight = np.uint32(0xFF00FF), np.uint32(0xFF00FF00), np.uint32(8)
    for k in range(places.shape[0]):
        at = np.uintp(places[k])
        d = under[at]
        if d == was[k]:
            continue
        for e in range(starts[k], starts[k + 1]):
            rb = ((d & low) * logged[e, 1]) >> eight
            ag = ((d >> eight) & low) * logged[e, 1]
            d = logged[e, 0] + (rb & low) + (ag & high)
        flat[at] = d
