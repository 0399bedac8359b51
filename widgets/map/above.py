"""What lies over moving things, kept while only they move: no case is drawn anew because somebody walks under it."""

from collections.abc import Callable, Hashable

import numpy as np
import numpy.typing as npt

from layers.contract import Area, Focus, LayerItem
from layers.raster.contract import Frame, Noted, Raster, Squares

Draw = Callable[[Raster], None]


class KeptAbove:
    """What is above the moving layer, as it is on the frame. UI thread.

    They are kept from the second frame on that asks for the same: while the map is being panned or pointed at, keeping
    them would cost more than it saves.
    """

    def __init__(self) -> None:
        self._asked: Hashable = None
        self._key: Hashable = None
        self._can = False
        self._noted: Noted | None = None
        self._by: Raster | None = None
        self._last: Squares | None = None
        self._order = np.empty(0, np.intp)
        self._frame: Frame | None = None
        self._covered = self._moved = np.zeros((1, 1), np.uint32)

    @property
    def kept(self) -> bool:
        """Whether the last frame was put together from what is kept."""
        return self._can and self._key is not None and self._key == self._asked

    def draw(
        self,
        raster: Raster,
        frame: Frame,
        still: Frame,
        moving: LayerItem,
        above: Draw,
        area: Area,
        focus: Focus,
        key: Hashable,
    ) -> bool:
        """Draw a moving layer and what is above it, or return False: then they are to be drawn one after another.

        ``above`` draws on ``frame``; ``key`` differs when that, or what is on ``still``, has changed.
        """
        again, self._asked = key == self._asked, key
        last, self._last = self._last if again and self._frame is frame else None, None
        touched = moving.touched(area, focus) if again else None
        if (
            touched is None
            or _dense(touched, frame)
            or not self._keep(raster, frame, still, above, key)
            or self._noted is None
        ):
            return False

        def draw(onto: Frame) -> None:
            moving.paint_live(raster, onto, area, focus)

        if last is None or len(self._order) != len(touched.xs):
            self._order = _by_rows(touched)
        touched = self._arranged(touched)
        if last is not None:
            self._noted.move(frame, self._moved, still, last, draw, touched)
        else:
            np.copyto(self._moved, still)
            draw(self._moved)
            np.copyto(frame, self._covered)
            self._noted.lay(frame, self._moved, *touched)
        self._last, self._frame = touched, frame
        return True

    def draw_alone(
        self, raster: Raster, frame: Frame, still: Frame, moving: LayerItem, area: Area, focus: Focus, key: Hashable
    ) -> None:
        """Draw a moving layer with nothing above it; ``key`` differs when what is on ``still`` has changed."""
        again, self._asked = key == self._asked, key
        last, self._last = self._last if again and self._frame is frame else None, None
        touched = moving.touched(area, focus)
        if last is not None:
            raster.restore(frame, still, last)
        else:
            np.copyto(frame, still)
        moving.paint_live(raster, frame, area, focus)
        if touched is not None and not _dense(touched, frame):
            if last is None or len(self._order) != len(touched.xs):
                self._order = _by_rows(touched)
            self._last = self._arranged(touched)
            self._frame = frame

    def _arranged(self, squares: Squares) -> Squares:
        return squares._replace(xs=squares.xs[self._order], ys=squares.ys[self._order])

    def spoil(self) -> None:
        """Say that something was drawn over the last frame, so that the next is not made from it."""
        self._last = None

    def _keep(self, raster: Raster, frame: Frame, still: Frame, above: Draw, key: Hashable) -> bool:
        if key == self._key and self._by is raster:
            return self._can
        self._key = key
        if self._by is not raster or self._covered.shape != still.shape:
            self._by, self._noted = raster, raster.noted(*still.shape)
            self._covered, self._moved = np.empty_like(still), np.empty_like(still)
        np.copyto(frame, still)
        above(raster)
        np.copyto(self._covered, frame)
        self._can = self._noted is not None and self._noted.note(above, still)
        return self._can


def _dense(squares: Squares, frame: Frame) -> bool:
    """Return whether squares cover so much that the whole frame is sooner made anew than they are."""
    return len(squares.xs) * squares.size**2 > frame.size


def _by_rows(squares: Squares) -> npt.NDArray[np.intp]:
    """Return an order in which neighbours follow one another, as pixels lie in memory; good while they walk."""
    down = squares.ys * squares.placing.per_metre
    return np.lexsort((squares.xs, np.floor(down / squares.size)))
