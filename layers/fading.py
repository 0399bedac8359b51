"""Drawing a layer more faintly: what stands still as one sheet, marks one by one. At full strength none of it runs."""

from collections.abc import Callable

import numpy as np

from layers.raster.blit import EIGHT, LOW
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
    Raster,
    Shapes,
    Sprites,
    Surface,
    Taken,
    Wanted,
    make_sprites,
)

FULL = 100
"""Opacity is in hundredths."""
KEPT_SHEETS = 16


def faded_onto(frame: Frame, opacity: int, draw: Callable[[], None]) -> None:
    """Have ``draw`` draw on the frame, and let what it altered show only so far: parts that overlap do not add up."""
    before = frame.copy()
    draw()
    altered = np.flatnonzero(frame.ravel() != before.ravel())
    if len(altered):
        pixels = frame.reshape(-1)
        pixels[altered] = mixed(pixels[altered], before.reshape(-1)[altered], opacity)


def mixed(over: U32, under: U32, opacity: int) -> U32:
    """Return opaque pixels ``opacity`` hundredths of the way from those under to those over."""
    share = np.uint32(round(opacity * 256 / FULL))
    rest = np.uint32(256) - share
    low = ((over & LOW) * share + (under & LOW) * rest) >> EIGHT
    high = ((over >> EIGHT) & LOW) * share + ((under >> EIGHT) & LOW) * rest
    return (low & LOW) | (high & ~LOW)


def fainter(premultiplied: U32, opacity: int) -> U32:
    """Return premultiplied pixels at so much of their strength."""
    share = np.uint32(round(opacity * 256 / FULL))
    low = ((premultiplied & LOW) * share) >> EIGHT
    high = ((premultiplied >> EIGHT) & LOW) * share
    return (low & LOW) | (high & ~LOW)


class FadedRaster:
    """A raster that draws everything ``opacity`` hundredths as strong. UI thread."""

    def __init__(self, opacity: int) -> None:
        self.opacity = opacity
        self._raster: Raster | None = None
        self._sheets: dict[int, tuple[Sprites, Sprites]] = {}

    def over(self, raster: Raster) -> "FadedRaster":
        """Draw by this raster from here on."""
        self._raster = raster
        return self

    @property
    def _by(self) -> Raster:
        assert self._raster is not None
        return self._raster

    def thinned(self, shapes: Shapes, tolerance: float, *, closed: bool) -> Shapes:
        """See ``Raster.thinned``."""
        return self._by.thinned(shapes, tolerance, closed=closed)

    def fill(self, frame: Frame, shapes: Shapes, which: I32, colours: U32, placing: Placing) -> None:
        """See ``Raster.fill``."""
        faded_onto(frame, self.opacity, lambda: self._by.fill(frame, shapes, which, colours, placing))

    def outline(self, frame: Frame, shapes: Shapes, which: I32, colour: int, placing: Placing, *, closed: bool) -> None:
        """See ``Raster.outline``."""
        by = self._by
        faded_onto(frame, self.opacity, lambda: by.outline(frame, shapes, which, colour, placing, closed=closed))

    def stroke(
        self, frame: Frame, shapes: Shapes, which: I32, colour: int, widths: F32, placing: Placing, *, closed: bool
    ) -> None:
        """See ``Raster.stroke``."""
        by = self._by
        faded_onto(frame, self.opacity, lambda: by.stroke(frame, shapes, which, colour, widths, placing, closed=closed))

    def stamp(self, frame: Frame, xs: F32, ys: F32, codes: U16, sprites: Sprites, placing: Placing) -> None:
        """See ``Raster.stamp``."""
        self._by.stamp(frame, xs, ys, codes, self.faded(sprites), placing)

    def faded(self, sprites: Sprites) -> Sprites:
        """Return sprites so much fainter; those asked for lately are kept."""
        kept = self._sheets.get(id(sprites))
        if kept is None or kept[0] is not sprites:
            if len(self._sheets) >= KEPT_SHEETS:
                self._sheets.clear()
            kept = self._sheets[id(sprites)] = sprites, make_sprites(fainter(sprites.pixels, self.opacity))
        return kept[1]

    def show(self, surface: Surface, below: Frame, marks: Marks) -> bool:
        """See ``Raster.show``."""
        return self._by.show(surface, below, marks._replace(sprites=self.faded(marks.sprites)))

    def blit(self, frame: Frame, sprite: U32, x: int, y: int) -> None:
        """See ``Raster.blit``."""
        self._by.blit(frame, fainter(sprite, self.opacity), x, y)

    def seated(self, wanted: Wanted, taken: Taken, width: int, height: int) -> F64:
        """See ``Raster.seated``."""
        return self._by.seated(wanted, taken, width, height)

    def lay_pictures(self, frame: Frame, pictures: Pictures) -> None:
        """See ``Raster.lay_pictures``."""
        for start, wide, high, left, top in zip(*(column.tolist() for column in pictures[1:]), strict=True):
            self.blit(frame, pictures.book[start : start + wide * high].reshape(high, wide), left, top)

    def gathered(self, xs: F64, ys: F64, side: float, bounds: tuple[float, float, float, float]) -> Cells:
        """See ``Raster.gathered``."""
        return self._by.gathered(xs, ys, side, bounds)

    def stretch(self, frame: Frame, box: Box, picture: Frame, corner: tuple[float, float], times: float) -> None:
        """See ``Raster.stretch``."""
        self._by.stretch(frame, box, picture, corner, times)

    def near(self, xs: F64, ys: F64, codes: U16, corner: Corner, bounds: Bounds, room: Points) -> Points:
        """See ``Raster.near``."""
        return self._by.near(xs, ys, codes, corner, bounds, room)

    def noted(self, height: int, width: int) -> Noted | None:
        """See ``Raster.noted``."""
        return self._by.noted(height, width)
