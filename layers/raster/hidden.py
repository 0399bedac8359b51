"""Stamping many sprites without drawing what later ones hide: the same pixels as stamping all of them in order.

From the last sprite to the first it is noted which pixels are covered by something opaque. A row of a sprite whose
pixels are all covered by later ones need not be drawn: whatever it drew would be overwritten, whole, by the opaque
pixel that covers it. What remains is drawn in the order given, so that each pixel goes through the same steps with the
same rounding from its topmost opaque one on. Only ``layers.raster.compiled`` calls these.
"""

import numpy as np

from layers.raster.contract import F32, I32, LANES, U16, U32, Frame, Marks, Sprites, Surface
from layers.raster.jit import compiled, exact
from layers.raster.stamps import lay_few, pixel_x, pixel_y
from layers.raster.vector import copy_row, cover, lay, lowest, showing

MARGIN = 4 * LANES
"""Pixels around the frame within which a sprite begins that has its middle at most its own size outside: a whole band
of the finer kind, so that bands are the rows of cells of which only some are painted (``CELL_HIGH``)."""
FARTHEST = 1 << 15
"""Largest side of a frame whose pixels can be told in half a word."""
NOWHERE = np.uint32(0xFFFFFFFF)
FINE, COARSE = 6, 8
"""Rows of a band as powers of two: so few that a band is still in the cache when it is stamped, where nothing else is
kept of it; and where finding what shows takes a share of the cache as well."""


class Room:
    """Memory to stamp many sprites with, kept from one time to the next: fresh memory costs more than the stamping."""

    def __init__(self) -> None:
        self.corners = np.empty(0, np.uint32)
        self.shown = self.what = np.empty((0, 0), np.uint32)
        self._covered: dict[tuple[int, int], Covered] = {}

    def reserve(self, count: int, height: int) -> None:
        """Have room for that many sprites in each band of a frame; what of it is never written takes no memory."""
        bands = ((height + 2 * MARGIN + LANES) >> FINE) + 2
        if count > len(self.corners) or bands > len(self.shown):
            count = max(count + count // 8, len(self.corners))
            self.corners = np.empty(count, np.uint32)
            size = max(bands, len(self.shown)), count + 1  # what ``list_all`` writes in vain goes behind the last
            self.shown, self.what = (np.empty(size, np.uint32) for _ in range(2))

    def covered(self, height: int, width: int) -> "Covered":
        """Return what notes the covered pixels of a frame of a size; that of few sizes is kept."""
        found = self._covered.get((height, width))
        if found is None:
            if len(self._covered) >= 2:
                self._covered.clear()
            found = self._covered[height, width] = Covered(height, width)
        return found


class Covered:
    """Which pixels of a frame of a size are covered, in columns of words; see ``vector.cover``. One thread."""

    def __init__(self, height: int, width: int) -> None:
        self.stride = height + 2 * MARGIN + LANES
        columns = -(-(width + 2 * MARGIN) // LANES) + 1
        pixel = np.arange(columns)[:, None] * LANES + np.arange(2 * LANES)
        outside = (pixel < MARGIN) | (pixel >= MARGIN + width)
        self._bare = np.full((columns + 2, self.stride), NOWHERE, np.uint32)  # one more on either side, never read
        self._bare[1:-1, MARGIN : MARGIN + height] = (
            (outside.astype(np.uint64) << np.arange(2 * LANES, dtype=np.uint64)).sum(axis=1).astype(np.uint32)[:, None]
        )
        self._words = self._bare.copy()

    def begin(self) -> U32:
        """Return the words with nothing covered but what lies outside the frame; index 0 is its first column."""
        np.copyto(self._words, self._bare)
        words: U32 = self._words.reshape(self._words.size)
        return words


@exact
def locate(
    xs: F32, ys: F32, size: int, height: int, width: int, per_metre: float, dx: float, dy: float, out: U32
) -> None:
    """Note the corner of each sprite, ``MARGIN`` pixels right and below, x in the upper half; or ``NOWHERE``."""
    half = MARGIN - size // 2
    most_x, most_y = float(width + size), float(height + size)
    for k in range(xs.shape[0]):
        fx = pixel_x(xs[k], per_metre, dx)
        fy = pixel_y(ys[k], per_metre, dy)
        inside = (fx > -size) & (fx < most_x) & (fy > -size) & (fy < most_y)
        left = np.int32(np.floor(min(max(fx, -64.0), most_x))) + half
        top = np.int32(np.floor(min(max(fy, -64.0), most_y))) + half
        out[k] = np.uint32(left << 16 | top) if inside else np.uint32(0xFFFFFFFF)


@compiled
def choose(
    corners: U32,
    codes: U16,
    size: int,
    seen: U32,
    solid: U32,
    covered: U32,
    stride: int,
    bits: int,
    shown: U32,
    what: U32,
    counts: I32,
) -> None:
    """List for each band of ``1 << bits`` rows the sprites of which something shows, the last first.

    Of each it holds the corner, and code and rows. ``counts`` must be 0 and says how many there are in each; a sprite
    on two bands is in both.
    """
    last, room = corners.shape[0] - 1, shown.shape[1]
    masks, hides = seen.reshape(seen.size), solid.reshape(solid.size)
    flat_shown, flat_what = shown.reshape(shown.size), what.reshape(what.size)
    for j in range(corners.shape[0]):
        corner = corners[last - j]
        if corner == np.uint32(0xFFFFFFFF):
            continue
        x, y = np.int64(corner >> np.uint32(16)), np.int64(corner & np.uint32(0xFFFF))
        at, shift = (x // LANES + 1) * stride + y, np.uint32(x % LANES)
        code = np.int64(codes[last - j])
        rows = showing(covered, at, masks, code * LANES, shift)
        found, more = np.uint32(code << 16) | rows, 1 if rows != 0 else 0
        band = y >> bits
        n = band * room + counts[band]
        flat_shown[n], flat_what[n] = corner, found
        counts[band] += more  # without a branch: nobody can foretell it
        if (y + size - 1) >> bits != band:
            n = (band + 1) * room + counts[band + 1]
            flat_shown[n], flat_what[n] = corner, found
            counts[band + 1] += more
        cover(covered, at, stride, hides, code * LANES, shift)


@compiled
def list_all(corners: U32, codes: U16, size: int, rows: I32, bits: int, shown: U32, what: U32, counts: I32) -> None:
    """List for each band all sprites that lie in it, as ``choose`` does those of which something shows."""
    last, room = corners.shape[0] - 1, shown.shape[1]
    flat_shown, flat_what = shown.reshape(shown.size), what.reshape(what.size)
    one = np.uint32(1)
    for j in range(corners.shape[0]):
        corner = corners[last - j]
        if corner == np.uint32(0xFFFFFFFF):
            continue
        y, code = np.int64(corner & np.uint32(0xFFFF)), np.int64(codes[last - j])
        found = np.uint32(code << 16) | np.uint32((one << np.uint32(rows[code, 1])) - (one << np.uint32(rows[code, 0])))
        band, last_band = y >> bits, (y + size - 1) >> bits
        n = band * room + counts[band]
        flat_shown[n], flat_what[n] = corner, found
        counts[band] += 1
        n = last_band * room + counts[last_band]
        flat_shown[n], flat_what[n] = corner, found
        counts[last_band] += last_band - band  # without a branch: nobody can foretell it


@compiled
def stamp_chosen(
    flat: U32,
    stride: int,
    x0: int,
    y0: int,
    x1: int,
    y1: int,
    shown: U32,
    what: U32,
    over: U32,
    rests: U32,
    size: int,
) -> None:
    """Lay in a box what of the rows listed for a band lies there, from the end of the list to its beginning."""
    wide = over.shape[2]
    flat_over, flat_rests = over.reshape(over.size), rests.reshape(rests.size)
    end = shown.shape[0] - 1
    for j in range(end + 1):
        corner, found = shown[end - j], what[end - j]
        left, top = int(corner >> np.uint32(16)) - MARGIN, int(corner & np.uint32(0xFFFF)) - MARGIN
        rows = np.uint32(found & np.uint32(0xFFFF))
        step = np.int64(found >> np.uint32(16)) * size * wide
        at = top * stride + left
        if left >= x0 and left + wide <= x1 and top >= y0 and top + size <= y1:
            while rows != 0:
                r = lowest(rows)
                lay(flat, at + r * stride, flat, at + r * stride, flat_over, flat_rests, step + r * wide)
                rows = np.uint32(rows & (rows - np.uint32(1)))
        elif left + wide > x0 and left < x1:
            first, last = max(0, x0 - left), min(wide, x1 - left)
            while rows != 0:
                r = lowest(rows)
                if y0 <= top + r < y1:
                    place, row = at + r * stride, step + r * wide
                    if first == 0 and last == wide:
                        lay(flat, place, flat, place, flat_over, flat_rests, row)
                    else:
                        lay_few(
                            flat, place + first, flat, place + first, flat_over, flat_rests, row + first, last - first
                        )
                rows = np.uint32(rows & (rows - np.uint32(1)))


@compiled
def stamp_bands(
    flat: U32,
    stride: int,
    boxes: I32,
    below: U32,
    width: int,
    bits: int,
    shown: U32,
    what: U32,
    counts: I32,
    over: U32,
    rests: U32,
    size: int,
) -> None:
    """Set boxes to ``below``, where there is any, with what was listed laid on it, band by band."""
    for band in range(counts.shape[0]):
        for b in range(boxes.shape[0]):
            x0, x1 = int(boxes[b, 0]), int(boxes[b, 2])
            y0 = max(int(boxes[b, 1]), (band << bits) - MARGIN)
            y1 = min(int(boxes[b, 3]), ((band + 1) << bits) - MARGIN)
            if below.shape[0] > 0:
                for row in range(y0, y1):
                    copy_row(flat, row * stride + x0, below, row * width + x0, x1 - x0)
            if y0 < y1 and counts[band] > 0:
                n = counts[band]
                stamp_chosen(flat, stride, x0, y0, x1, y1, shown[band, :n], what[band, :n], over, rests, size)


def stamp_shown(surface: Surface, below: Frame | None, marks: Marks, room: Room) -> None:
    """Stamp sprites of at most ``LANES`` pixels a side over ``below``, or what is there, leaving out hidden ones."""
    corners, counts = _located(surface, marks, room)
    sprites, covered = marks.sprites, room.covered(surface.height, surface.width)
    choose(
        corners, marks.codes, sprites.size, sprites.seen, sprites.solid, covered.begin(), covered.stride, COARSE,
        room.shown, room.what, counts,
    )  # fmt: skip
    _stamp_listed(surface, below, sprites, COARSE, room, counts)


def stamp_all(surface: Surface, below: Frame | None, marks: Marks, room: Room) -> None:
    """As ``stamp_shown``, but without finding out first which sprites show: for few that seldom hide one another."""
    corners, counts = _located(surface, marks, room)
    list_all(corners, marks.codes, marks.sprites.size, marks.sprites.rows, FINE, room.shown, room.what, counts)
    _stamp_listed(surface, below, marks.sprites, FINE, room, counts)


def _located(surface: Surface, marks: Marks, room: Room) -> tuple[U32, I32]:
    """Return the corners of sprites, and how many are listed yet for each band: none."""
    height, width = surface.height, surface.width
    room.reserve(len(marks.xs), height)
    corners = room.corners[: len(marks.xs)]
    locate(marks.xs, marks.ys, marks.sprites.size, height, width, *marks.placing, corners)
    return corners, np.zeros(len(room.shown), np.int32)


def _stamp_listed(surface: Surface, below: Frame | None, sprites: Sprites, bits: int, room: Room, counts: I32) -> None:
    under = np.empty(0, np.uint32) if below is None else below.reshape(-1)
    stamp_bands(
        surface.flat, surface.stride, surface.boxes, under, surface.width, bits, room.shown, room.what, counts,
        sprites.over, sprites.rests, sprites.size,
    )  # fmt: skip
