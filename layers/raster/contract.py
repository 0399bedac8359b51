"""What a raster does, whoever does it: the arrays it draws from and the operations it has.

A frame is a C-contiguous ``uint32`` array (height, width) of opaque ARGB pixels. Colours are ``0xAARRGGBB``, not
premultiplied; sprite pixels are premultiplied. Pixel centres lie at .5, as in Qt.
"""

from collections.abc import Callable
from functools import cached_property
from math import ceil, floor
from typing import NamedTuple, Protocol

import msgspec
import numpy as np
import numpy.typing as npt

Frame = npt.NDArray[np.uint32]
Box = tuple[int, int, int, int]
"""Left, top, right, bottom."""
Corner = tuple[float, float]
Bounds = tuple[float, float, float, float]
"""x0, y0, x1, y1 on the plane."""
F32 = npt.NDArray[np.float32]
F64 = npt.NDArray[np.float64]
I32 = npt.NDArray[np.int32]
U16 = npt.NDArray[np.uint16]
U32 = npt.NDArray[np.uint32]
Mask = npt.NDArray[np.bool_]
U64 = npt.NDArray[np.uint64]


def _touching(boxes: F32, bounds: Bounds) -> I32:
    """Return which boxes touch bounds, in order."""
    x0, y0, x1, y1 = bounds
    near = np.flatnonzero((boxes[:, 1] <= y1) & (boxes[:, 3] >= y0))  # often few: the rest is asked of these
    b = boxes if len(near) == len(boxes) else boxes[near]
    return near[(b[:, 0] <= x1) & (b[:, 2] >= x0)].astype(np.int32)


class Placing(NamedTuple):
    """Pixel = ``x * per_metre + dx``, ``dy - y * per_metre`` for coordinates local to an origin."""

    per_metre: float
    dx: float
    dy: float


BLOCK = 64
"""Features that follow one another and have a box together, which is asked first."""


class Shapes(msgspec.Struct, frozen=True, dict=True):
    """Lines or areas as flat arrays: feature f has rings ``parts[f]:parts[f+1]``, ring r points ``rings[r:r+2]``.

    Coordinates are float32 metres local to ``origin`` (plane metres). Rings of areas are stored open (the last point
    is not the first again); an area is what lies inside an odd number of its rings. ``boxes``: x0, y0, x1, y1 each.
    """

    xs: F32
    ys: F32
    rings: I32
    parts: I32
    boxes: F32
    origin: tuple[float, float]

    def __len__(self) -> int:
        return len(self.parts) - 1

    def visible(self, bounds: tuple[float, float, float, float]) -> I32:
        """Return the features whose box touches ``bounds`` (plane metres), in order."""
        if not len(self):
            return np.empty(0, np.int32)
        ox, oy = self.origin
        local = bounds[0] - ox, bounds[1] - oy, bounds[2] - ox, bounds[3] - oy
        if len(self) < 4 * BLOCK:
            return _touching(self.boxes, local)
        blocks = _touching(self._blocks, local)
        if 2 * len(blocks) > len(self._blocks):  # cheaper in one go
            return _touching(self.boxes, local)
        near = (blocks[:, None] * BLOCK + np.arange(BLOCK)).ravel().astype(np.int32)
        near = near[: np.searchsorted(near, len(self))]  # the last block may not be full
        return near[_touching(self.boxes[near], local)]

    @cached_property
    def _blocks(self) -> F32:
        """The box of the features of each block, made when first asked for."""
        starts = np.arange(0, len(self), BLOCK)
        least, most = np.fmin.reduceat(self.boxes, starts), np.fmax.reduceat(self.boxes, starts)
        return np.concatenate([least[:, :2], most[:, 2:]], axis=1)

    def chosen(self, which: npt.NDArray[np.intp]) -> "Shapes":
        """Return only these features, in this order."""
        starts, ends = self.parts[which], self.parts[which + 1]
        counts = ends - starts
        rings = np.repeat(starts - np.r_[0, np.cumsum(counts)[:-1]], counts) + np.arange(counts.sum())
        lengths = np.diff(self.rings)[rings]
        points = np.repeat(self.rings[rings] - np.r_[0, np.cumsum(lengths)[:-1]], lengths) + np.arange(lengths.sum())
        return Shapes(
            self.xs[points],
            self.ys[points],
            np.r_[0, np.cumsum(lengths)].astype(np.int32),
            np.r_[0, np.cumsum(counts)].astype(np.int32),
            self.boxes[which],
            self.origin,
        )

    def run(self, first: int, last: int) -> "Shapes":
        """Return features first..last-1; their points are those of these shapes, not a copy."""
        rings = self.rings[self.parts[first] : self.parts[last] + 1]
        parts = self.parts[first : last + 1]
        points = slice(rings[0], rings[-1])
        return Shapes(
            self.xs[points], self.ys[points], rings - rings[0], parts - parts[0], self.boxes[first:last], self.origin
        )

    def bounds(self) -> tuple[float, float, float, float] | None:
        """Return what all features cover on the plane, or None without any."""
        if not len(self):
            return None
        ox, oy = self.origin
        b = self.boxes
        return (
            float(b[:, 0].min()) + ox,
            float(b[:, 1].min()) + oy,
            float(b[:, 2].max()) + ox,
            float(b[:, 3].max()) + oy,
        )


def no_shapes() -> Shapes:
    """Return shapes without features."""
    none = np.empty(0, np.float32)
    zero = np.zeros(1, np.int32)
    return Shapes(none, none, zero, zero, np.empty((0, 4), np.float32), (0.0, 0.0))


LANES = 16
"""Pixels the kernels take at a time: rows of sprites are padded to a multiple of it."""


WIDE_BITS, HIGH_BITS = 5, 6
CELL_WIDE, CELL_HIGH = 1 << WIDE_BITS, 1 << HIGH_BITS
"""Device pixels of the cells in which it is told what of a frame something touches."""


class Sprites(msgspec.Struct, frozen=True):
    """Square sprites of one size: premultiplied ``pixels`` (count, size, size), and the same as the kernels read them.

    ``over`` (count, size, a multiple of ``LANES``) is padded with nothing, ``rests`` says what each of its pixels lets
    through (0..256), once in each half of its 32 bits. ``rows`` (count, 4): first row with anything, one past the last,
    and the same of columns, in steps of ``LANES``.
    ``seen`` and ``solid`` (count, ``LANES``) have a bit for each pixel that shows anything, and that hides what is
    below; they are empty for sprites larger than ``LANES``.
    """

    pixels: U32
    over: U32
    rests: U32
    rows: I32
    seen: U32
    solid: U32

    @property
    def size(self) -> int:
        """Side of a sprite in device pixels."""
        return int(self.pixels.shape[1])


def make_sprites(pixels: U32) -> Sprites:
    """Return sprites from premultiplied pixels (count, size, size)."""
    count, size, _ = pixels.shape
    over = np.zeros((count, size, -(-size // LANES) * LANES), np.uint32)
    over[:, :, :size] = pixels
    alpha = over >> np.uint32(24)
    through = (np.uint32(256) - (alpha + (alpha >> np.uint32(7)))).astype(np.uint32)
    seen = (pixels.max(axis=2) > 0).reshape(count, size)
    empty = ~seen.max(axis=1)
    first = np.where(empty, 0, seen.argmax(axis=1))
    last = np.where(empty, 0, size - seen[:, ::-1].argmax(axis=1))
    lanes = (over.max(axis=1) > 0).reshape(count, -1, LANES).max(axis=2)
    left = np.where(empty, 0, lanes.argmax(axis=1)) * LANES
    right = np.where(empty, 0, lanes.shape[1] - lanes[:, ::-1].argmax(axis=1)) * LANES
    rows = np.ascontiguousarray(np.stack([first, last, left, right], axis=1), np.int32)
    solid = _bits(through[:, :, :size] == 0)
    return Sprites(
        np.ascontiguousarray(pixels), over, through | through << np.uint32(16), rows, _bits(pixels > 0), solid
    )


def _bits(mask: npt.NDArray[np.bool_]) -> U32:
    """Return masks (count, size, size) with a word a row, or nothing for those that are too large for that."""
    count, size, _ = mask.shape
    if size > LANES:
        return np.zeros((0, LANES), np.uint32)
    made = np.zeros((count, LANES), np.uint32)
    made[:, :size] = (mask.astype(np.uint32) << np.arange(size, dtype=np.uint32)).sum(axis=2)
    return made


class Marks(NamedTuple):
    """Sprites centred on points, as ``Raster.stamp`` takes them."""

    xs: F32
    ys: F32
    codes: U16
    sprites: Sprites
    placing: Placing


class Points(NamedTuple):
    """Points (metres local to a corner) and a code for each: those of ``Marks``."""

    xs: F32
    ys: F32
    codes: U16

    def first(self, count: int) -> "Points":
        """Return the first of them."""
        return Points(self.xs[:count], self.ys[:count], self.codes[:count])


def room_for(count: int) -> Points:
    """Return memory that ``Raster.near`` can write so many points into."""
    more = count + 1
    return Points(np.empty(more, np.float32), np.empty(more, np.float32), np.empty(more, np.uint16))


class Surface(NamedTuple):
    """Pixels that may be part of somebody else's: only inside ``boxes`` anything may be drawn.

    ``flat`` begins with the first pixel of ``height`` rows of ``width``, which lie ``stride`` pixels apart. Boxes
    (count, 4) are left, top, right, bottom; they lie in rows as those of a region of Qt's do: the rows from the top to
    the bottom, all boxes of a row from the left to the right and of the same height, none over another.
    """

    flat: U32
    stride: int
    height: int
    width: int
    boxes: I32

    def whole(self) -> Frame | None:
        """Return it as a frame, None where its rows do not follow one another or not all of it may be drawn on."""
        together = self.stride == self.width and self.boxes.tolist() == [[0, 0, self.width, self.height]]
        return self.flat.reshape(self.height, self.width) if together else None


def surface_of(frame: Frame) -> Surface:
    """Return the whole of a frame."""
    height, width = frame.shape
    return Surface(frame.reshape(-1), width, height, width, np.array([[0, 0, width, height]], np.int32))


class Cells(NamedTuple):
    """The occupied ones of the square cells over a part of the plane, row by row: how many points each holds.

    ``xs, ys``: the middle of its points (plane metres); ``lasts``: the last of them.
    """

    xs: F64
    ys: F64
    counts: I32
    lasts: I32


def cell_range(side: float, bounds: tuple[float, float, float, float]) -> tuple[int, int, int, int]:
    """Return the first column and row of the cells that touch ``bounds``, and how many there are across and down."""
    x0, y0, x1, y1 = (floor(value / side) for value in bounds)
    return x0, y0, x1 - x0 + 1, y1 - y0 + 1


def cells_of(sums: tuple[I32, F64, F64, I32], side: float, column: int, row: int) -> Cells:
    """Return the occupied cells of what was added up in arrays (rows, columns): counts, places in the cell, lasts."""
    counts, sum_xs, sum_ys, lasts = sums
    r, c = np.nonzero(counts)
    held = counts[r, c]
    return Cells((column + c) * side + sum_xs[r, c] / held, (row + r) * side + sum_ys[r, c] / held, held, lasts[r, c])


class Wanted(NamedTuple):
    """Labels that want room, the most important first: an array each, device pixels.

    ``px, py``: the pixel each belongs to. ``away`` > 0 puts it beside that: right, left or below; ``shift`` > 0 lets it
    also go that far below or above. A ``firm`` one may lie on marks if it must.
    """

    px: F64
    py: F64
    wide: F64
    high: F64
    away: F64
    shift: F64
    firm: npt.NDArray[np.bool_]


class Taken(NamedTuple):
    """Boxes (x0, y0, x1, y1) that are taken already, by marks or by labels."""

    boxes: F64
    is_mark: npt.NDArray[np.bool_]


class Pictures(NamedTuple):
    """Premultiplied pictures in one flat ``book``: where each starts, its size, and the pixel its corner goes to."""

    book: U32
    starts: I32
    wide: I32
    high: I32
    lefts: I32
    tops: I32


def no_pictures() -> Pictures:
    """Return nothing to lay."""
    none = np.empty(0, np.int32)
    return Pictures(np.empty(0, np.uint32), none, none, none, none, none)


class Raster(Protocol):
    """Draws into a frame. ``which`` lists features in drawing order; colours and widths go along with it."""

    def thinned(self, shapes: Shapes, tolerance: float, *, closed: bool) -> Shapes:
        """Return the shapes without points within ``tolerance`` metres of the edges that are left; maybe as given."""

    def fill(self, frame: Frame, shapes: Shapes, which: I32, colours: U32, placing: Placing) -> None:
        """Fill areas (odd-even): a pixel belongs to the area its centre lies in."""

    def outline(self, frame: Frame, shapes: Shapes, which: I32, colour: int, placing: Placing, *, closed: bool) -> None:
        """Draw antialiased lines one pixel wide."""

    def stroke(
        self, frame: Frame, shapes: Shapes, which: I32, colour: int, widths: F32, placing: Placing, *, closed: bool
    ) -> None:
        """Draw antialiased opaque lines of ``widths`` device pixels with round ends and joins."""

    def stamp(self, frame: Frame, xs: F32, ys: F32, codes: U16, sprites: Sprites, placing: Placing) -> None:
        """Stamp ``sprites[codes[i]]`` centred on each point, in the order given."""

    def show(self, surface: Surface, below: Frame, marks: Marks) -> bool:
        """Set a surface to ``below`` with marks stamped on it; return whether this raster can: else nothing is done."""

    def blit(self, frame: Frame, sprite: U32, x: int, y: int) -> None:
        """Lay one premultiplied picture of any size over the frame, its top left corner at ``x, y``."""

    def seated(self, wanted: Wanted, taken: Taken, width: int, height: int) -> F64:
        """Return the corner of each label (count, 2) where it overlaps none that is in, NaN for those without room."""

    def lay_pictures(self, frame: Frame, pictures: Pictures) -> None:
        """Lay pictures over the frame, in the order given."""

    def gathered(self, xs: F64, ys: F64, side: float, bounds: tuple[float, float, float, float]) -> Cells:
        """Return how many points (plane metres) lie in each cell of ``side`` metres that touches ``bounds``.

        Cells are fixed to the plane's origin: looking elsewhere changes nothing about them.
        """

    def stretch(self, frame: Frame, box: Box, picture: Frame, corner: tuple[float, float], times: float) -> None:
        """Draw, inside a box of the frame, a picture ``times`` as large whose corner lies at a pixel.

        Each pixel is that of the picture its middle falls on; where it falls beside the picture it stays as it is.
        """

    def near(self, xs: F64, ys: F64, codes: U16, corner: Corner, bounds: Bounds, room: Points) -> Points:
        """Return the points (plane metres) that lie within ``bounds``, in order and local to ``corner``, in ``room``.

        ``room`` is what ``room_for`` gave for at least as many points.
        """

    def noted(self, height: int, width: int) -> "Noted | None":
        """Return something to note a drawing with, for frames of a size; None where this raster has no such thing."""


def within_picture(box: Box, picture: Frame, corner: tuple[float, float], times: float) -> Box | None:
    """Return the pixels of a box whose middles fall on a picture ``times`` as large at a corner, None without any."""

    def run(first: int, last: int, start: float, count: int) -> tuple[int, int]:
        low, high = max(first, ceil(start - 0.5)), min(last, ceil(start + count * times - 0.5))
        while low < high and floor((low + 0.5 - start) / times) < 0:  # as the pixels are looked up, rounding and all
            low += 1
        while high > low and floor((high - 0.5 - start) / times) >= count:
            high -= 1
        return low, high

    (left, right), (top, bottom) = (
        run(box[side], box[side + 2], corner[side], picture.shape[1 - side]) for side in (0, 1)
    )
    return (left, top, right, bottom) if left < right and top < bottom else None


class Noted(Protocol):
    """What a drawing does to whatever lies under it, to be laid again over something that moves below."""

    def note(self, draw: Callable[[Raster], None], below: Frame) -> bool:
        """Note a drawing made of stamps and blits over ``below``; return whether it could be noted."""

    def lay(self, surface: Surface, marks: Marks) -> None:
        """Set a surface to what the drawing was noted over, marks stamped on that, and the drawing over them, exactly.

        What lies below must be as it was when the drawing was noted.
        """


class MarkCells(Protocol):
    """Tells in which cells of a frame marks lie. A mask has one more cell on each side, for what lies outside."""

    def touch_altered(self, before: Marks, after: Marks, mask: Mask) -> int:
        """Set the cells in which the picture of marks altered, and return how many of them did.

        Both are of the same sprites and placing; where their number differs all count as altered.
        """

    def touch(self, marks: Marks, margin: int, mask: Mask) -> None:
        """Set the cells that lie within so many device pixels of marks."""

    def lie_within(self, marks: Marks, mask: Mask) -> bool:
        """Return whether all cells in which marks lie are set."""

    def join(self, mask: Mask, most: int) -> None:
        """Set cells between others of a row, where few lie between or there are more than ``most`` runs of them."""
