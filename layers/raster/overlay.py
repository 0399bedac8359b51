"""What lies over moving things, kept so that it can be laid over them again without drawing it anew.

Stamping rounds at every step, so marks on one another cannot be added up to one translucent picture. Noted is, for each
pixel, what drawing does to whatever lies under it, exactly: nothing; a colour, where something opaque is involved; one
translucent colour; or, for the few pixels with several translucent ones on one another, each of them in a log.
Importing this imports numba.
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from layers.raster import stamps
from layers.raster.contract import (
    F32,
    F64,
    I32,
    U16,
    U32,
    Bounds,
    Box,
    Cells,
    Corner,
    Frame,
    Marks,
    Pictures,
    Placing,
    Points,
    Raster,
    Shapes,
    Sprites,
    Surface,
    Taken,
    Wanted,
    make_sprites,
    surface_of,
)

FIRST_ROOM = 1 << 14
MOST_ROOM = 1 << 22
"""Entries the log has at first and at most; a drawing that needs more cannot be noted."""
NOTHING = np.uint32(256 | 256 << 16)
FEW = 4
"""Squares that cover less than one in so many pixels are set back one by one."""


class Squares(NamedTuple):
    """Squares of ``size`` device pixels around points."""

    xs: F32
    ys: F32
    size: int
    placing: Placing


class NotedOverlay:
    """What one drawing does to a frame of a size. UI thread."""

    def __init__(self, raster: Raster, height: int, width: int) -> None:
        self._raster = raster
        self._width = width
        self._over: U32 = np.zeros(height * width, np.uint32)
        self._rests: U32 = np.full(height * width, NOTHING, np.uint32)
        self._room = FIRST_ROOM
        self._few = FEW
        self._used = 0
        self._can = True
        self._log: I32 = np.empty(0, np.int32)
        self._logged: U32 = np.empty((0, 2), np.uint32)
        self._deep: tuple[U32, I32, U32, U32] | None = None
        self._below = self._moved = self._covered = np.zeros((0, 0), np.uint32)
        self._stood: Squares | None = None
        self._order = np.empty(0, np.intp)

    def note(self, draw: Callable[[Raster], None], below: Frame) -> bool:
        """See ``Noted.note``."""
        while True:
            self._over[:] = 0
            self._rests[:] = NOTHING
            self._log, self._logged = np.empty(self._room, np.int32), np.empty((self._room, 2), np.uint32)
            self._used, self._can = 0, True
            draw(self)
            if self._used <= self._room:
                break
            self._room = 2 * self._used
            if self._room > MOST_ROOM:
                return False
        self._sort(below)
        self._keep(below)
        return self._can

    def _keep(self, below: Frame) -> None:
        """Keep what the drawing makes of ``below`` as long as nothing moves between them."""
        if self._covered.shape != below.shape:
            self._covered, self._moved = np.empty_like(below), np.empty_like(below)
        self._below, self._stood, self._order = below, None, np.empty(0, np.intp)
        stamps.lay_all(self._covered.reshape(-1), below.reshape(-1), self._over, self._rests)
        self._lay_deep(surface_of(self._covered), below)

    def lay(self, surface: Surface, marks: Marks) -> None:
        """See ``Noted.lay``."""
        before, size = self._stood, marks.sprites.size
        if before is None or len(before.xs) * before.size**2 > self._moved.size // self._few:
            np.copyto(self._moved, self._below)
        else:
            stamps.copy_squares(self._moved, self._below, before.xs, before.ys, before.size, *before.placing)
        self._raster.stamp(self._moved, *marks)
        if len(self._order) != len(marks.xs):
            self._order = _by_rows(marks)
        self._stood = Squares(marks.xs[self._order], marks.ys[self._order], size, marks.placing)
        copy_boxes(surface, self._covered)
        stamps.lay_noted(
            surface.flat, surface.stride, surface.boxes, self._moved, self._over, self._rests,
            self._stood.xs, self._stood.ys, size, *marks.placing,
        )  # fmt: skip
        self._lay_deep(surface, self._moved)

    def _lay_deep(self, surface: Surface, below: Frame) -> None:
        if self._deep is not None:
            stamps.lay_deep(surface.flat, surface.stride, surface.boxes, below, *self._deep)

    def _sort(self, below: Frame) -> None:
        """Put the log in the order of pixels, the entries of each as they were noted, and drop what is hidden."""
        log = self._log[: self._used]
        shown = np.flatnonzero(self._rests[log] == stamps.DEEP)
        self._deep = None
        if len(shown):
            order = shown[np.argsort(log[shown], kind="stable")]
            places, first = np.unique(log[order], return_index=True)
            starts = np.r_[first, len(order)].astype(np.int32)
            was, made = below.ravel()[places], np.empty_like(below)
            entries = self._logged[order]
            flat, stride, *_, whole = surface_of(made)
            stamps.lay_deep(flat, stride, whole, below, places.astype(np.uint32), starts, entries, ~was)
            self._over[places], self._rests[places] = made.ravel()[places], 0  # right as long as nothing is below
            self._deep = places.astype(np.uint32), starts, entries, was
        self._log, self._logged = np.empty(0, np.int32), np.empty((0, 2), np.uint32)

    # -- a raster that notes instead of drawing -------------------------------------------------------------------

    def thinned(self, shapes: Shapes, tolerance: float, *, closed: bool) -> Shapes:
        """See ``Raster.thinned``; cannot be noted."""
        self._can = False
        return shapes

    def fill(self, frame: Frame, shapes: Shapes, which: I32, colours: U32, placing: Placing) -> None:
        """See ``Raster.fill``; cannot be noted."""
        self._can = self._can and not len(which)

    def outline(self, frame: Frame, shapes: Shapes, which: I32, colour: int, placing: Placing, *, closed: bool) -> None:
        """See ``Raster.outline``; cannot be noted."""
        self._can = self._can and not len(which)

    def stroke(
        self, frame: Frame, shapes: Shapes, which: I32, colour: int, widths: F32, placing: Placing, *, closed: bool
    ) -> None:
        """See ``Raster.stroke``; cannot be noted."""
        self._can = self._can and not len(which)

    def stamp(self, frame: Frame, xs: F32, ys: F32, codes: U16, sprites: Sprites, placing: Placing) -> None:
        """See ``Raster.stamp``."""
        self._used = stamps.note_points(
            self._over,
            self._rests,
            self._log,
            self._logged,
            self._used,
            self._width,
            xs,
            ys,
            codes,
            sprites.over,
            sprites.rests,
            sprites.rows,
            sprites.size,
            *placing,
        )

    def show(self, surface: Surface, below: Frame, marks: Marks) -> bool:
        """See ``Raster.show``; cannot be noted."""
        self._can = False
        return False

    def blit(self, frame: Frame, sprite: U32, x: int, y: int) -> None:
        """See ``Raster.blit``."""
        side = max(sprite.shape)
        square = np.zeros((1, side, side), np.uint32)
        square[0, : sprite.shape[0], : sprite.shape[1]] = sprite
        nought = np.zeros(1, np.float32)
        middle = side // 2 + 0.5
        self.stamp(
            frame, nought, nought, np.zeros(1, np.uint16), make_sprites(square), Placing(1.0, x + middle, y + middle)
        )

    def seated(self, wanted: Wanted, taken: Taken, width: int, height: int) -> F64:
        """See ``Raster.seated``."""
        return np.full((len(wanted.px), 2), np.nan)

    def lay_pictures(self, frame: Frame, pictures: Pictures) -> None:
        """See ``Raster.lay_pictures``."""
        for start, wide, high, left, top in zip(*(column.tolist() for column in pictures[1:]), strict=True):
            self.blit(frame, pictures.book[start : start + wide * high].reshape(high, wide), left, top)

    def gathered(self, xs: F64, ys: F64, side: float, bounds: tuple[float, float, float, float]) -> Cells:
        """See ``Raster.gathered``; cannot be noted."""
        self._can = False
        return Cells(xs[:0], ys[:0], np.empty(0, np.int32), np.empty(0, np.int32))

    def stretch(self, frame: Frame, box: Box, picture: Frame, corner: tuple[float, float], times: float) -> None:
        """See ``Raster.stretch``; cannot be noted."""
        self._can = False

    def near(self, xs: F64, ys: F64, codes: U16, corner: Corner, bounds: Bounds, room: Points) -> Points:
        """See ``Raster.near``."""
        return self._raster.near(xs, ys, codes, corner, bounds, room)

    def noted(self, height: int, width: int) -> "NotedOverlay | None":
        """See ``Raster.noted``."""
        return None


def copy_boxes(surface: Surface, below: Frame) -> None:
    """Set a surface to a frame of its size."""
    pixels = np.lib.stride_tricks.as_strided(
        surface.flat, below.shape, (surface.stride * surface.flat.itemsize, surface.flat.itemsize)
    )
    for left, top, right, bottom in surface.boxes.tolist():
        np.copyto(pixels[top:bottom, left:right], below[top:bottom, left:right])


def _by_rows(marks: Marks) -> npt.NDArray[np.intp]:
    """Return an order in which neighbours follow one another, as pixels lie in memory; good while they walk."""
    down = marks.ys * marks.placing.per_metre
    return np.lexsort((marks.xs, np.floor(down / marks.sprites.size)))
