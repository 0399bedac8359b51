"""The ground of the map: what stands still, drawn into tiles beside the window and put together for an area."""

from collections.abc import Callable, Hashable, Sequence
from contextlib import AbstractContextManager, nullcontext
from math import ceil, floor

import numpy as np

from layers.background import BESIDE
from layers.colours import argb
from layers.contract import Area, LayerItem, Look
from layers.raster.contract import Box, Frame, Raster
from layers.raster.source import RasterSource
from widgets.map.tiles import TILE, TileKey, TileStore, count_around, tiles_over

Piece = Callable[[], AbstractContextManager[None]]
Placed = Sequence[tuple[TileKey, int, int]]
"""Tiles, each with the pixel of the frame its corner lies at."""
Found = Sequence[tuple[Frame | None, int, int]]
"""Those of them there are."""


def tile_states(items: Sequence[LayerItem]) -> Hashable:
    """Return what differs when tiles must be drawn again."""
    return tuple(item.tile_state() for item in items)


class MapGround:
    """Finds the tiles of an area, asks for the rest, and lays them. UI thread."""

    def __init__(self, look: Look, rasters: RasterSource, tiles: TileStore) -> None:
        self._look = look
        self._rasters = rasters
        self._tiles = tiles
        self._key: Hashable = None
        self._placed: tuple[Area | None, Placed] = None, []
        self._ahead: Hashable = None
        self._whole: tuple[Area, Found] | None = None
        self._older: tuple[Area, Found] | None = None
        self.complete = False
        """Whether all tiles of the area last looked at were there, and as they are to be."""

    def restyle(self) -> None:
        """Take up another theme, language or font."""
        self._key = self._whole = self._older = None

    def follow(self, items: Sequence[LayerItem]) -> None:
        """Make tiles old where what they show has changed."""
        for item in items:
            item.prepare()
        key = tile_states(items), self._rasters.compiled, self._look.theme
        if key != self._key:
            self._key = key
            self._tiles.renew()
        for item in items:
            self.spoil(item)

    def spoil(self, item: LayerItem) -> bool:
        """Make tiles old where pieces of a layer came in; return whether any did."""
        boxes = item.spoilt()
        self._tiles.spoil(boxes)
        return bool(boxes)

    def find(self, area: Area, items: Sequence[LayerItem]) -> Found:
        """Return what there is of the tiles of an area, and ask for the rest."""
        self._tiles.take_in()
        if self._placed[0] != area:
            self._placed = area, tiles_over(area)
        placed = self._placed[1]
        looked_up = [(*self._tiles.find(key), x, y) for key, x, y in placed]
        found = [(tile, x, y) for tile, _, x, y in looked_up]
        self.complete = all(fresh for _, fresh, _, _ in looked_up)
        if self._whole is not None and self._whole[0].scale != area.scale:
            self._older = self._whole
        if self.complete:
            self._whole = area, found
        else:
            self._want(area, placed, items)
        return found

    def begin(self, area: Area, items: Sequence[LayerItem]) -> None:
        """Have the tiles of an area drawn whose picture is wanted soon."""
        self._want(area, tiles_over(area), items)

    def look_ahead(self, area: Area, items: Sequence[LayerItem]) -> None:
        """Have drawn what may be seen next, once all of an area is there."""
        if self.complete and self._ahead != (area, self._tiles.generation):
            self._want(area, tiles_over(area, margin=1), items)
            self._ahead = area, self._tiles.generation

    def _want(self, area: Area, placed: Placed, items: Sequence[LayerItem]) -> None:
        self._ahead = None
        shown = tuple(items)
        self._tiles.keep(count_around(area))

        def render(frame: Frame, at: Area) -> None:
            self.render(self._rasters.beside, frame, at, shown, BESIDE.piece)

        self._tiles.want((key for key, _, _ in placed), render)

    def render(
        self, raster: Raster, frame: Frame, area: Area, items: Sequence[LayerItem], piece: Piece = nullcontext
    ) -> None:
        """Draw all that stands still, item by item, each as a ``piece`` of work; any thread."""
        frame[...] = self._bare()
        for item in items:
            with piece():
                item.paint_tile(raster, frame, area)

    def lay(self, frame: Frame, area: Area, found: Found) -> None:
        """Draw the tiles there are, over what is known of the place where others are missing."""
        bare = [_clipped(frame, x, y) for tile, x, y in found if tile is None]
        if 2 * len(bare) > len(found):  # cheaper in one go, though tiles come over some of it
            bare = [(0, 0, frame.shape[1], frame.shape[0])]
        for box in bare:
            self._show_older(frame, area, box)
        for tile, x, y in found:
            if tile is not None:
                _paste(frame, tile, x, y)

    def blank(self, frame: Frame) -> None:
        """Draw the bare ground: with nothing to draw no tile is asked for."""
        frame[...] = self._bare()
        self.complete = True

    def _show_older(self, frame: Frame, area: Area, box: Box) -> None:
        """Draw in a box the last whole picture of another scale, stretched, on bare ground."""
        left, top, right, bottom = box
        was, tiles = (area, ()) if self._older is None else self._older
        x, y = area.to_pixel(was.left, was.top)
        grown = was.scale / area.scale
        far = grown > 64 or abs(x) > 1e6 or abs(y) > 1e6
        wide, high = was.width * grown, was.height * grown
        there = (0, 0, 0, 0) if far or not tiles else (ceil(x), ceil(y), floor(x + wide), floor(y + high))
        for x0, y0, x1, y1 in _outside(box, there):
            frame[y0:y1, x0:x1] = self._bare()
        side = TILE * grown
        for tile, at_x, at_y in () if far else tiles:
            tile_x, tile_y = x + at_x * grown, y + at_y * grown
            if tile is not None and left - side < tile_x < right and top - side < tile_y < bottom:
                self._rasters.raster.stretch(frame, box, tile, (tile_x, tile_y), grown)

    def _bare(self) -> np.uint32:
        return np.uint32(argb(self._look.theme.map_ground))


def _outside(box: Box, inner: Box) -> list[Box]:
    """Return what of a box lies outside another, as boxes."""
    left, top, right, bottom = box
    x0, x1 = (min(max(x, left), right) for x in (inner[0], inner[2]))
    y0, y1 = (min(max(y, top), bottom) for y in (inner[1], inner[3]))
    if x0 >= x1 or y0 >= y1:
        return [box]
    parts = (left, top, right, y0), (left, y1, right, bottom), (left, y0, x0, y1), (x1, y0, right, y1)
    return [part for part in parts if part[0] < part[2] and part[1] < part[3]]


def _paste(frame: Frame, tile: Frame, x: int, y: int) -> None:
    """Copy the part of a tile that lies on the frame."""
    left, top, right, bottom = _clipped(frame, x, y)
    if top < bottom and left < right:
        frame[top:bottom, left:right] = tile[top - y : bottom - y, left - x : right - x]


def _clipped(frame: Frame, x: int, y: int) -> Box:
    """Return what of a tile whose corner lies at ``x, y`` lies on the frame."""
    height, width = frame.shape
    return max(0, x), max(0, y), min(width, x + TILE), min(height, y + TILE)
