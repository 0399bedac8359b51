"""Stamping many sprites without drawing what later ones hide: the same pixels as stamping all of them in order.

From the last sprite to the first it is noted which pixels are covered by something opaque. A row of a sprite whose
pixels are all covered by later ones need not be drawn: whatever it drew would be overwritten, whole, by the opaque
pixel that covers it. What remains is drawn in the order given, so that each pixel goes through the same steps with the
same rounding from its topmost opaque one on. Only ``layers.raster.compiled`` calls these.
"""

import numpy as np

from layers.raster.contract import F32, LANES, U16, U32, Frame, Placing, Sprites
from layers.raster.jit import compiled, exact
from layers.raster.stamps import lay_clipped, pixel_x, pixel_y
from layers.raster.vector import cover, lay, lowest, showing

MARGIN = 2 * LANES
"""Pixels around the frame within which a sprite begins that has its middle at most its own size outside."""
FARTHEST = 1 << 15
"""Largest side of a frame whose pixels can be told in half a word."""
NOWHERE = np.uint32(0xFFFFFFFF)


class Room:
    """Memory to stamp many sprites with, kept from one time to the next: fresh memory costs more than the stamping."""

    def __init__(self) -> None:
        self.corners = self.shown = self.what = np.empty(0, np.uint32)
        self._covered: dict[tuple[int, int], Covered] = {}

    def reserve(self, count: int) -> None:
        """Have room for that many sprites."""
        if count > len(self.corners):
            self.corners, self.shown, self.what = (np.empty(count + count // 8, np.uint32) for _ in range(3))

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
def choose(corners: U32, codes: U16, seen: U32, solid: U32, covered: U32, stride: int, shown: U32, what: U32) -> int:
    """List the sprites of which something shows, the last first: their corners, and code and rows. Return how many."""
    n, last = 0, corners.shape[0] - 1
    masks, hides = seen.reshape(seen.size), solid.reshape(solid.size)
    for j in range(corners.shape[0]):
        corner = corners[last - j]
        if corner == np.uint32(0xFFFFFFFF):
            continue
        x, y = np.int64(corner >> np.uint32(16)), np.int64(corner & np.uint32(0xFFFF))
        at, shift = (x // LANES + 1) * stride + y, np.uint32(x % LANES)
        code = np.int64(codes[last - j])
        rows = showing(covered, at, masks, code * LANES, shift)
        shown[n], what[n] = corner, np.uint32(code << 16) | rows
        n += 1 if rows != 0 else 0
        cover(covered, at, stride, hides, code * LANES, shift)
    return n


@compiled
def stamp_chosen(frame: Frame, shown: U32, what: U32, count: int, over: U32, rests: U32, size: int) -> None:
    """Lay the rows listed by ``choose``, from the end of the list to its beginning."""
    height, width = frame.shape
    wide = over.shape[2]
    flat = frame.reshape(height * width)
    flat_over, flat_rests = over.reshape(over.size), rests.reshape(rests.size)
    for j in range(count):
        corner, found = shown[count - 1 - j], what[count - 1 - j]
        left = np.int64(corner >> np.uint32(16)) - MARGIN
        top = np.int64(corner & np.uint32(0xFFFF)) - MARGIN
        step = np.int64(found >> np.uint32(16)) * size * wide
        rows = np.uint32(found & np.uint32(0xFFFF))
        at = top * width + left
        whole = left >= 0 and left + wide <= width
        while rows != 0:
            r = lowest(rows)
            if whole:
                lay(flat, at + r * width, flat, at + r * width, flat_over, flat_rests, step + r * wide)
            else:
                lay_clipped(flat, flat, width, top + r, left, flat_over, flat_rests, step + r * wide, wide)
            rows = np.uint32(rows & (rows - np.uint32(1)))


def stamp_shown(frame: Frame, xs: F32, ys: F32, codes: U16, sprites: Sprites, placing: Placing, room: Room) -> None:
    """Stamp sprites of at most ``LANES`` pixels a side, leaving out what is hidden by later ones."""
    height, width = frame.shape
    count = len(xs)
    room.reserve(count)
    corners = room.corners[:count]
    locate(xs, ys, sprites.size, height, width, *placing, corners)
    covered = room.covered(height, width)
    found = choose(corners, codes, sprites.seen, sprites.solid, covered.begin(), covered.stride, room.shown, room.what)
    stamp_chosen(frame, room.shown, room.what, found, sprites.over, sprites.rests, sprites.size)
