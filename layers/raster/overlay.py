"""What lies over moving things, kept so that it can be laid over them again without drawing it anew.

Stamping rounds at every step, so marks on one another cannot be added up to one translucent picture. Noted is, for each
pixel, what drawing does to whatever lies under it, exactly: nothing; a colour, where something opaque is involved; one
translucent colour; or, for the few pixels with several translucent ones on one another, each of them in a log.
Importing this imports numba.
"""

from collections.abc import Callable

import numpy as np

from layers.raster import stamps
from layers.raster.contract import (
    F32,
    F64,
    I32,
    U16,
    U32,
    Cells,
    Frame,
    Pictures,
    Placing,
    Raster,
    Shapes,
    Sprites,
    Squares,
    Taken,
    Wanted,
    make_sprites,
)

Draw = Callable[[Frame], None]

FIRST_ROOM = 1 << 14
MOST_ROOM = 1 << 22
"""Entries the log has at first and at most; a drawing that needs more cannot be noted."""
NOTHING = np.uint32(256 | 256 << 16)


class NotedOverlay:
    """What one drawing does to a frame of a size. UI thread."""

    def __init__(self, height: int, width: int) -> None:
        self._width = width
        self._over: U32 = np.zeros(height * width, np.uint32)
        self._rests: U32 = np.full(height * width, NOTHING, np.uint32)
        self._room = FIRST_ROOM
        self._used = 0
        self._can = True
        self._log: I32 = np.empty(0, np.int32)
        self._logged: U32 = np.empty((0, 2), np.uint32)
        self._deep: tuple[U32, I32, U32, U32] | None = None

    def note(self, draw: Callable[[Raster], None], below: Frame) -> bool:
        """Note a drawing made of stamps and blits over ``below``; return whether it could be noted."""
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
        return self._can

    def lay(self, frame: Frame, below: Frame, xs: F32, ys: F32, size: int, placing: Placing) -> None:
        """Set ``frame`` to ``below`` with the drawing over it, in squares of ``size`` around points."""
        stamps.lay_noted(frame, below, self._over, self._rests, xs, ys, size, *placing)
        self._lay_deep(frame, below)

    def _lay_deep(self, frame: Frame, below: Frame) -> None:
        if self._deep is not None:
            stamps.lay_deep(frame, below, *self._deep)

    def move(self, frame: Frame, moved: Frame, still: Frame, before: Squares, draw: Draw, after: Squares) -> None:
        """See ``Noted.move``."""
        stamps.copy_squares(moved, still, *_flat(before))
        draw(moved)
        if before.size == after.size and len(before.xs) == len(after.xs):  # the same things: most moved a pixel or two
            stamps.lay_both(
                frame, moved, self._over, self._rests, before.xs, before.ys, after.xs, after.ys, after.size,
                *before.placing, *after.placing,
            )  # fmt: skip
        else:
            stamps.lay_noted(frame, moved, self._over, self._rests, *_flat(before))
            stamps.lay_noted(frame, moved, self._over, self._rests, *_flat(after))
        self._lay_deep(frame, moved)

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
            stamps.lay_deep(made, below, places.astype(np.uint32), starts, entries, ~was)
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

    def restore(self, frame: Frame, below: Frame, squares: Squares) -> None:
        """See ``Raster.restore``; cannot be noted."""
        self._can = False

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

    def noted(self, height: int, width: int) -> "NotedOverlay | None":
        """See ``Raster.noted``."""
        return None


def _flat(squares: Squares) -> tuple[F32, F32, int, float, float, float]:
    return squares.xs, squares.ys, squares.size, *squares.placing
