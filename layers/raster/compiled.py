"""The raster of compiled kernels: what draws the map once numba is in. Importing this imports numba."""

from collections.abc import Callable, Iterator
from threading import local
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from layers.placing import Columns, Slots
from layers.raster import areas, cells, hidden, lines, places, points, seating, stamps, stretching, thinning
from layers.raster.blit import blit
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
    Noted,
    Pictures,
    Placing,
    Points,
    Shapes,
    Sprites,
    Surface,
    Taken,
    Wanted,
    cell_range,
    cells_of,
    make_sprites,
    room_for,
    surface_of,
    within_picture,
)
from layers.raster.overlay import NotedOverlay, copy_boxes

Number = TypeVar("Number", np.float64, np.intp)

AT_ONCE = 800
"""Features drawn in one go where something may come in between: about a millisecond of a core."""
RINGS_AT_ONCE = 500
"""Rings thinned in one go, likewise."""
MANY = 4000
"""From this many points on it pays to find out first which of them show."""


class CompiledRaster:
    """Draws with the kernels; any thread, without the interpreter's lock while a kernel runs.

    With ``between`` shapes are drawn some at a time, and it is called after each of these parts.
    """

    def __init__(self, between: Callable[[], object] | None = None) -> None:
        self._local = local()
        self._between = between

    def _parts(self, which: I32) -> Iterator[slice]:
        """Return which of some features to draw in one go, part by part."""
        at_once = len(which) if self._between is None else AT_ONCE
        for start in range(0, len(which), max(1, at_once)):
            yield slice(start, start + at_once)
            if self._between is not None:
                self._between()

    def thinned(self, shapes: Shapes, tolerance: float, *, closed: bool) -> Shapes:
        """See ``Raster.thinned``."""
        if not len(shapes):
            return shapes
        xs, ys = np.empty_like(shapes.xs), np.empty_like(shapes.ys)
        rings, n, step = np.zeros_like(shapes.rings), 0, len(shapes.rings) if self._between is None else RINGS_AT_ONCE
        for first in range(0, len(shapes.rings) - 1, step):
            some, ends = shapes.rings[first : first + step + 1], rings[first + 1 : first + step + 1]
            more = thinning.thin_rings(shapes.xs, shapes.ys, some, float(tolerance), closed, xs[n:], ys[n:], ends)
            ends += n
            n += more
            if self._between is not None:
                self._between()
        return Shapes(xs[:n].copy(), ys[:n].copy(), rings, shapes.parts, shapes.boxes, shapes.origin)

    def fill(self, frame: Frame, shapes: Shapes, which: I32, colours: U32, placing: Placing) -> None:
        """See ``Raster.fill``."""
        xs, ys, rings, parts = shapes.xs, shapes.ys, shapes.rings, shapes.parts
        for part in self._parts(which):
            areas.fill_areas(frame, xs, ys, rings, parts, shapes.boxes, which[part], colours[part], *placing)

    def outline(self, frame: Frame, shapes: Shapes, which: I32, colour: int, placing: Placing, *, closed: bool) -> None:
        """See ``Raster.outline``."""
        xs, ys, rings, parts = shapes.xs, shapes.ys, shapes.rings, shapes.parts
        for part in self._parts(which):
            lines.outline_shapes(frame, xs, ys, rings, parts, which[part], colour, *placing, closed)

    def stroke(
        self, frame: Frame, shapes: Shapes, which: I32, colour: int, widths: F32, placing: Placing, *, closed: bool
    ) -> None:
        """See ``Raster.stroke``."""
        xs, ys, rings, parts = shapes.xs, shapes.ys, shapes.rings, shapes.parts
        for part in self._parts(which):
            lines.stroke_shapes(frame, xs, ys, rings, parts, which[part], colour, widths[part], *placing, closed)

    def stamp(self, frame: Frame, xs: F32, ys: F32, codes: U16, sprites: Sprites, placing: Placing) -> None:
        """See ``Raster.stamp``."""
        if len(xs):
            self._stamp(surface_of(frame), None, Marks(xs, ys, codes, sprites, placing))

    def show(self, surface: Surface, below: Frame, marks: Marks) -> bool:
        """See ``Raster.show``."""
        self._stamp(surface, below, marks)
        return True

    def _stamp(self, surface: Surface, below: Frame | None, marks: Marks) -> None:
        packed = max(surface.height, surface.width) < hidden.FARTHEST and 0 < len(marks.sprites.seen) < 1 << 16
        if packed and (below is not None or len(marks.xs) >= MANY):
            stamp = hidden.stamp_shown if len(marks.xs) >= MANY else hidden.stamp_all
            stamp(surface, below, marks, self._room())
            return
        if below is not None:
            copy_boxes(surface, below)
        stamps.stamp_plainly(surface, marks)

    def _room(self) -> hidden.Room:
        """Return the memory of this thread."""
        room: hidden.Room | None = getattr(self._local, "room", None)
        if room is None:
            room = self._local.room = hidden.Room()
        return room

    def blit(self, frame: Frame, sprite: U32, x: int, y: int) -> None:
        """See ``Raster.blit``."""
        blit(frame, sprite, x, y)

    def seated(self, wanted: Wanted, taken: Taken, width: int, height: int) -> F64:
        """See ``Raster.seated``."""
        before, count = len(taken.boxes), len(wanted.px)
        boxes = np.concatenate([taken.boxes, np.empty((count, 4))])
        boxes[before:, 0], boxes[before:, 1], boxes[before:, 2], boxes[before:, 3] = 0, 0, wanted.wide, wanted.high
        sizes = np.ceil((boxes[:, 2:] - boxes[:, :2]) / seating.BIN) + 1
        links = int(sizes.prod(axis=1).sum())
        is_mark = np.concatenate([taken.is_mark, np.zeros(count, bool)])
        across, down = (side // seating.BIN + 2 * seating.EDGE + 1 for side in (width, height))
        heads, found = np.full((down, across), -1, np.int32), np.full((count, 2), np.nan)
        chains = np.empty(links, np.int32), np.empty(links, np.int32)
        seating.seat(*wanted, boxes, is_mark, before, width, height, heads, *chains, found)
        return found

    def lay_pictures(self, frame: Frame, pictures: Pictures) -> None:
        """See ``Raster.lay_pictures``."""
        if len(pictures.starts):
            seating.lay_pictures(frame, *pictures)

    def gathered(self, xs: F64, ys: F64, side: float, bounds: tuple[float, float, float, float]) -> Cells:
        """See ``Raster.gathered``."""
        column, row, columns, rows = cell_range(side, bounds)
        shape = rows, columns
        sums = np.zeros(shape, np.int32), np.zeros(shape), np.zeros(shape), np.zeros(shape, np.int32)
        points.gather(xs, ys, side, column, row, *sums)
        return cells_of(sums, side, column, row)

    def stretch(self, frame: Frame, box: Box, picture: Frame, corner: tuple[float, float], times: float) -> None:
        """See ``Raster.stretch``."""
        inside = within_picture(box, picture, corner, times)
        if inside is not None:
            stretching.stretch(frame, *inside, picture, *corner, times)

    def near(self, xs: F64, ys: F64, codes: U16, corner: Corner, bounds: Bounds, room: Points) -> Points:
        """See ``Raster.near``."""
        found = points.pick_near(xs, ys, codes, *corner, *bounds, room.xs, room.ys, room.codes)
        return room.first(found)

    def noted(self, height: int, width: int) -> Noted:
        """See ``Raster.noted``."""
        return NotedOverlay(self, height, width)


def place_marks(slots: Slots, lons: F64, lats: F64, times: F64 | float, columns: Columns) -> None:
    """See ``layers.placing.Place``."""
    if not len(slots):
        return
    apart = not (lons.flags.c_contiguous or lats.flags.c_contiguous)  # columns of one array are taken as they are
    if not (apart and lons.flags.writeable and lats.flags.writeable):
        lons, lats = _in_a_row(lons), _in_a_row(lats)
    places.place(_in_a_row(slots), lons, lats, _in_a_row(np.atleast_1d(times)), *columns)


def _in_a_row(values: npt.NDArray[Number]) -> npt.NDArray[Number]:
    """Return values as a kernel was made for, else it would be made once more: one after the other, to be written."""
    as_wanted = values.flags.c_contiguous and values.flags.writeable
    return values if as_wanted else np.require(values, requirements=("C", "W"))


def exercise() -> None:
    """Call every kernel once on a few pixels, so that each is compiled or fetched from the cache."""
    frame = np.zeros((8, 8), np.uint32)
    square = np.array([1, 6, 6, 1], np.float32), np.array([1, 1, 6, 6], np.float32)
    ends = np.array([0, 4], np.int32)
    one = np.array([0, 1], np.int32)
    shapes = Shapes(square[0], square[1], ends, one, np.array([[1, 1, 6, 6]], np.float32), (0.0, 0.0))
    which = np.zeros(1, np.int32)
    place = Placing(1.0, 0.0, 8.0)
    raster = CompiledRaster()
    raster.thinned(shapes, 0.5, closed=True)
    raster.fill(frame, shapes, which, np.array([0xFF123456], np.uint32), place)
    raster.outline(frame, shapes, which, 0xFF123456, place, closed=True)
    raster.stroke(frame, shapes, which, 0xFF123456, np.array([3], np.float32), place, closed=True)
    nought, none = np.zeros(1), np.zeros(1, np.int32)
    seats = Wanted(nought, nought, nought + 1, nought + 1, nought, nought, np.zeros(1, bool))
    raster.seated(seats, Taken(np.zeros((1, 4)), np.zeros(1, bool)), 8, 8)
    raster.lay_pictures(frame, Pictures(np.zeros(1, np.uint32), none, none + 1, none + 1, none, none))
    raster.stretch(frame, (0, 0, 8, 8), frame.copy(), (0.0, 0.0), 1.0)
    raster.gathered(np.zeros(1), np.zeros(1), 1.0, (-1.0, -1.0, 1.0, 1.0))
    raster.near(nought, nought, np.zeros(1, np.uint16), (0.0, 0.0), (-1.0, -1.0, 1.0, 1.0), room_for(1))
    table = np.zeros((2, 2))
    for lons, lats in ((table[0], table[1]), (table[:, 0], table[:, 1])):
        place_marks(np.arange(2), lons, lats, 0.0, (np.zeros(2), np.zeros(2), np.zeros(2)))
    sprites = make_sprites(np.full((1, 3, 3), 0xFF00FF00, np.uint32))
    raster.stamp(frame, square[0], square[1], np.zeros(4, np.uint16), sprites, place)
    marks = Marks(square[0], square[1], np.zeros(4, np.uint16), sprites, place)
    finder, mask = cells.CompiledCells(), np.zeros((3, 3), np.bool_)
    finder.touch_altered(marks, marks, mask)
    finder.touch(marks, 1, mask)
    finder.lie_within(marks, mask)
    finder.join(mask[1:-1, 1:-1], 1)
    for stamp in (hidden.stamp_shown, hidden.stamp_all):
        stamp(surface_of(frame), frame.copy(), marks, hidden.Room())
    overlay = raster.noted(8, 8)
    twice = np.array([4, 4], np.float32)
    glass = make_sprites(np.full((1, 3, 3), 0x80408000, np.uint32))
    overlay.note(lambda noting: noting.stamp(frame, twice, twice, np.zeros(2, np.uint16), glass, place), frame.copy())
    for _ in range(2):  # the second time what stood is set back
        overlay.lay(surface_of(frame), marks)
