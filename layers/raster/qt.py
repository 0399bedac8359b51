"""The raster that needs no compiler: Qt's painter on the same frame. It draws the first frames, until numba is in."""

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QImage, QPainter, QPen, QPolygonF

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
)
from layers.raster.paths import paths
from layers.raster.seats import seat

OPAQUE = 255
HAIRLINES_AT_ONCE = 256
STROKES_AT_ONCE = 8
"""Lines drawn as one path: each call costs, and so does sorting the edges of a large path of broad lines."""


def as_image(frame: Frame) -> QImage:
    """Return an image that shares the frame's pixels; the frame must outlive it."""
    height, width = frame.shape
    return QImage(frame.data, width, height, frame.strides[0], QImage.Format.Format_RGB32)


def as_sheet(pixels: U32) -> QImage:
    """Return an image that shares premultiplied translucent pixels; they must outlive it."""
    height, width = pixels.shape
    return QImage(pixels.data, width, height, pixels.strides[0], QImage.Format.Format_ARGB32_Premultiplied)


class QtRaster:
    """Draws with QPainter; any thread. Edges differ from the kernels' by antialiasing, nothing else."""

    def exercise(self) -> None:
        """Draw a little of everything, in the thread that made the program.

        PySide6 makes classes and enumerations when they are first needed. Two threads that need the same one at the
        same time, one to draw a tile and one to draw the frame, may end the program.
        """
        frame, place = np.zeros((4, 4), np.uint32), Placing(1.0, 0.0, 4.0)
        corners, ends, box = np.array([0, 3, 3], np.float32), np.array([0, 3], np.int32), np.zeros((1, 4), np.float32)
        one = Shapes(corners, corners[::-1].copy(), ends, np.array([0, 1], np.int32), box, (0.0, 0.0))
        which, colour = np.zeros(1, np.int32), 0xFF808080
        self.fill(frame, one, which, np.array([colour], np.uint32), place)
        self.outline(frame, one, which, colour, place, closed=True)
        self.stroke(frame, one, which, colour, np.ones(1, np.float32), place, closed=False)
        sprite = make_sprites(np.zeros((1, 3, 3), np.uint32))
        self.stamp(frame, corners[:1], corners[:1], np.zeros(1, np.uint16), sprite, place)
        with _Painting(frame, smooth=True) as painter:
            painter.setPen(QPen(QColor.fromRgba(colour), 1.0, Qt.PenStyle.DashLine))
            painter.setBrush(QColor.fromRgba(colour))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.fillRect(0, 0, 1, 1, QColor.fromRgba(colour))
            painter.drawPolygon(QPolygonF([QPointF(0, 0), QPointF(1, 1)]))
            painter.drawPolyline(QPolygonF([QPointF(0, 0), QPointF(1, 1)]))
            painter.drawEllipse(QPointF(1, 1), 1.0, 1.0)
            painter.drawLine(QPointF(0, 0), QPointF(1, 1))
            painter.translate(QPointF(0, 0))
            painter.scale(1.0, 1.0)

    def thinned(self, shapes: Shapes, tolerance: float, *, closed: bool) -> Shapes:
        """Return the shapes as they are: thinning without a compiler costs more than it saves."""
        return shapes

    def fill(self, frame: Frame, shapes: Shapes, which: I32, colours: U32, placing: Placing) -> None:
        """See ``Raster.fill``."""
        with _Painting(frame, smooth=False) as painter:
            painter.setPen(Qt.PenStyle.NoPen)
            for path, colour in zip(paths(shapes, which, placing, closed=True), colours.tolist(), strict=True):
                painter.setBrush(QBrush(QColor.fromRgba(colour)))
                painter.drawPath(path)

    def outline(self, frame: Frame, shapes: Shapes, which: I32, colour: int, placing: Placing, *, closed: bool) -> None:
        """See ``Raster.outline``."""
        with _Painting(frame, smooth=True) as painter:
            painter.setPen(QPen(QColor.fromRgba(colour), 1.0))
            _draw(painter, shapes, which, colour, placing, closed=closed, at_once=HAIRLINES_AT_ONCE)

    def stroke(
        self, frame: Frame, shapes: Shapes, which: I32, colour: int, widths: F32, placing: Placing, *, closed: bool
    ) -> None:
        """See ``Raster.stroke``."""
        with _Painting(frame, smooth=True) as painter:
            for width in sorted(set(widths.tolist())):  # np.unique would import the masked arrays, 15 ms
                pen = QPen(QColor.fromRgba(colour), width)
                pen.setCapStyle(Qt.PenCapStyle.RoundCap)
                pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
                painter.setPen(pen)
                chosen = which[widths == width]
                _draw(painter, shapes, chosen, colour, placing, closed=closed, at_once=STROKES_AT_ONCE)

    def stamp(self, frame: Frame, xs: F32, ys: F32, codes: U16, sprites: Sprites, placing: Placing) -> None:
        """See ``Raster.stamp``."""
        count, size = sprites.pixels.shape[0], sprites.size
        height, width = frame.shape
        left, top = corners(xs, ys, placing, size)
        seen = np.flatnonzero((left > -size) & (left < width) & (top > -size) & (top < height))
        strip = QImage(sprites.pixels.data, size, size * count, size * 4, QImage.Format.Format_ARGB32_Premultiplied)
        with _Painting(frame, smooth=False) as painter:
            for k in seen.tolist():
                painter.drawImage(int(left[k]), int(top[k]), strip, 0, int(codes[k]) * size, size, size)

    def show(self, surface: Surface, below: Frame, marks: Marks) -> bool:
        """See ``Raster.show``: not without a compiler."""
        return False

    def blit(self, frame: Frame, sprite: U32, x: int, y: int) -> None:
        """See ``Raster.blit``."""
        blit(frame, sprite, x, y)

    def seated(self, wanted: Wanted, taken: Taken, width: int, height: int) -> F64:
        """See ``Raster.seated``."""
        return seat(wanted, taken, width, height)

    def lay_pictures(self, frame: Frame, pictures: Pictures) -> None:
        """See ``Raster.lay_pictures``."""
        for start, wide, high, left, top in zip(*(column.tolist() for column in pictures[1:]), strict=True):
            self.blit(frame, pictures.book[start : start + wide * high].reshape(high, wide), left, top)

    def gathered(self, xs: F64, ys: F64, side: float, bounds: tuple[float, float, float, float]) -> Cells:
        """See ``Raster.gathered``."""
        column, row, columns, rows = cell_range(side, bounds)
        i, j = np.floor(xs / side) - column, np.floor(ys / side) - row
        inside = np.flatnonzero((i >= 0) & (i < columns) & (j >= 0) & (j < rows))
        c, r = i[inside].astype(np.int64), j[inside].astype(np.int64)
        counts, lasts = np.zeros((rows, columns), np.int32), np.zeros((rows, columns), np.int32)
        sum_xs, sum_ys = np.zeros((rows, columns)), np.zeros((rows, columns))
        np.add.at(counts, (r, c), 1)
        np.add.at(sum_xs, (r, c), xs[inside] - (column + c) * side)
        np.add.at(sum_ys, (r, c), ys[inside] - (row + r) * side)
        np.maximum.at(lasts, (r, c), inside.astype(np.int32))
        return cells_of((counts, sum_xs, sum_ys, lasts), side, column, row)

    def stretch(self, frame: Frame, box: Box, picture: Frame, corner: tuple[float, float], times: float) -> None:
        """See ``Raster.stretch``."""
        target = QRectF(*corner, picture.shape[1] * times, picture.shape[0] * times)
        with _Painting(frame, smooth=False) as painter:
            painter.setClipRect(QRect(box[0], box[1], box[2] - box[0], box[3] - box[1]))
            painter.drawImage(target, as_image(picture))

    def near(self, xs: F64, ys: F64, codes: U16, corner: Corner, bounds: Bounds, room: Points) -> Points:
        """See ``Raster.near``."""
        x0, y0, x1, y1 = bounds
        inside = np.flatnonzero((xs >= x0) & (xs <= x1) & (ys >= y0) & (ys <= y1))
        found = room.first(len(inside))
        found.xs[:], found.ys[:], found.codes[:] = xs[inside] - corner[0], ys[inside] - corner[1], codes[inside]
        return found

    def noted(self, height: int, width: int) -> None:
        """See ``Raster.noted``: not without a compiler."""
        return


def corners(xs: F32, ys: F32, placing: Placing, size: int) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Return the top left pixel of a sprite of ``size`` centred on each point."""
    per_metre, dx, dy = placing
    held_x = np.clip(xs * per_metre + dx, -1e9, 1e9)
    held_y = np.clip(dy - ys * per_metre, -1e9, 1e9)
    left = np.floor(held_x).astype(np.int64) - size // 2
    top = np.floor(held_y).astype(np.int64) - size // 2
    return left, top


class _Painting:
    """A painter on a frame that always ends."""

    def __init__(self, frame: Frame, *, smooth: bool) -> None:
        self._image = as_image(frame)
        self._smooth = smooth
        self._painter = QPainter()

    def __enter__(self) -> QPainter:
        self._painter.begin(self._image)
        self._painter.setRenderHint(QPainter.RenderHint.Antialiasing, self._smooth)
        return self._painter

    def __exit__(self, *_: object) -> None:
        self._painter.end()


def _draw(
    painter: QPainter, shapes: Shapes, which: I32, colour: int, placing: Placing, *, closed: bool, at_once: int
) -> None:
    """Draw lines with the pen that is set, ``at_once`` of them unless they are to be seen through one another."""
    together = at_once if colour >> 24 == OPAQUE else 1
    for path in paths(shapes, which, placing, closed=closed, at_once=together):
        painter.drawPath(path)
