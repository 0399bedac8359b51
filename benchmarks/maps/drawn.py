"""The map drawn into an image, as QGIS draws: the product's frame and layers without a window.

What a window adds, Qt's part of a paint, is in the figures of ``benchmarks.maps.ours``.
"""

import time

import numpy as np
from PySide6.QtGui import QImage, QPainter, QRegion
from PySide6.QtWidgets import QApplication

from benchmarks.county import County
from benchmarks.maps.ours import NOW, SIZE, Degrees, Land, draw_plainly
from layers.contract import Area, Focus, Look
from layers.raster.source import RasterSource
from layers.registry import make_item
from resources.theme import load_theme
from resources.words import Words
from widgets.map.frame import MapFrame
from widgets.map.surface import WindowPixels
from widgets.map.tiles import TileStore


class DrawnMap:
    """A land on an image of ``area``, in the peers' order, every mark by itself."""

    def __init__(self, county: County, area: Area, rasters: RasterSource) -> None:
        land, look = Land(), Look(load_theme("dark"), Words("zh-CN"))
        self._positions = land.positions
        self._slots = self._positions.slots(land.fill(county))
        self._items = [make_item(model, look) for model in (land.grids, land.cases, land.positions)]
        draw_plainly(self._items)
        for item in self._items:
            item.prepare()
        self._area = area
        self._tiles = TileStore()
        self._frame = MapFrame(look, rasters, self._tiles)
        self._pixels = WindowPixels()
        self._image = QImage(*SIZE, QImage.Format.Format_RGB32)
        self._draw(None)
        while not self._frame.complete:
            QApplication.processEvents()
            time.sleep(0.001)
            self._draw(None)

    def staff(self, moved: Degrees) -> float:
        """Take new places (degrees) of all staff, then draw them over what is kept; milliseconds of the drawing."""
        self._positions.move(self._slots, moved[:, 0], moved[:, 1], NOW.timestamp())
        began = time.perf_counter()
        self._draw(self._frame.moved(self._items[-1], self._area, lambda: self._items))
        return (time.perf_counter() - began) * 1000

    def unlike_anew(self) -> int:
        """Return how many pixels of the image differ from one that is drawn anew."""
        drawn = self._image.copy()
        self._frame.draw_now(self._area, self._items, Focus())
        anew = self._frame.picture(self._area)
        return int(np.count_nonzero(_pixels(drawn) != _pixels(anew)))

    def close(self) -> None:
        """End the threads that draw tiles, and let go of the models."""
        self._tiles.stop()
        for item in self._items:
            item.close()

    def _draw(self, region: QRegion | None) -> None:
        """Draw what may have altered, None for all of it, as the map's window does."""
        if region is None:
            self._frame.alter()
        painter = QPainter(self._image)
        surface = self._pixels.painted_on(painter, self._area, QRegion(0, 0, *SIZE) if region is None else region)
        if not self._frame.draw_again(surface, self._area) and not self._frame.draw_onto(
            surface, self._area, self._items, Focus()
        ):
            painter.drawImage(0, 0, self._frame.picture(self._area))
        painter.end()


def _pixels(image: QImage) -> np.ndarray[tuple[int, ...], np.dtype[np.uint32]]:
    return np.frombuffer(image.constBits(), np.uint32).reshape(image.height(), image.width())
