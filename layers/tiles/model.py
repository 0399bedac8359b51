"""The tiles of one raster base map that are in memory. It fetches nothing: who fills it says what came."""

from collections import OrderedDict
from collections.abc import Iterable, Mapping

import numpy as np
import numpy.typing as npt

from layers.observed import Observed
from layers.tiles.matrix import Box, TileGrid, TileId, tile_box

Picture = npt.NDArray[np.uint32]
"""A tile as premultiplied ARGB, rows from the top."""
NOTHING: Picture = np.zeros((1, 1), np.uint32)
"""Stands for a tile the source does not have."""
KEPT_BYTES = 48 * 2**20


class TilesModel(Observed):
    """Tiles by id, bounded in bytes. ``tiles`` is replaced with every change, so other threads may read from it."""

    def __init__(self, ident: str, name: str, grid: TileGrid) -> None:
        super().__init__()
        self.ident = ident
        self.name = name
        self.grid = grid
        self.tiles: Mapping[TileId, Picture] = {}
        self.remark = ""
        self.notice = ("", False)
        """What the tree says beside it, and whether that is a warning; both are texts, ready to read."""
        self._order: OrderedDict[TileId, Picture] = OrderedDict()
        self._size = 0
        self._most = KEPT_BYTES
        self._spoilt: list[Box] = []

    @property
    def size_bytes(self) -> int:
        """Bytes of all tiles in memory."""
        return self._size

    def lay_out(self, grid: TileGrid) -> None:
        """Take another matrix: what is in memory lies elsewhere, and goes."""
        if grid != self.grid:
            self.grid = grid
            self._order.clear()
            self.tiles, self._size = {}, 0
            self._changed()

    def say(self, note: str, *, stale: bool, remark: str) -> bool:
        """Say how the source is doing; return whether that is news. Nothing is drawn anew for it."""
        news = (note, stale, remark) != (*self.notice, self.remark)
        self.notice, self.remark = (note, stale), remark
        return news

    def bound(self, most: int) -> None:
        """Keep no more bytes than this from here on."""
        self._most = most
        self._let_go(frozenset())

    def put(self, tiles: Mapping[TileId, Picture], wanted: Iterable[TileId] = ()) -> None:
        """Take tiles in; what is over the bound goes, the longest unused first, but never what is ``wanted``."""
        for tile, picture in tiles.items():
            self._drop(tile)
            self._order[tile] = picture
            self._size += picture.nbytes
        self._let_go(frozenset(wanted) | tiles.keys())
        self._spoilt += [tile_box(self.grid, tile) for tile in tiles]
        if tiles:
            self._changed()

    def use(self, wanted: Iterable[TileId]) -> list[TileId]:
        """Note that these tiles are looked at, and return those that are not here."""
        missing = []
        for tile in wanted:
            if tile in self._order:
                self._order.move_to_end(tile)
            else:
                missing.append(tile)
        return missing

    def take_spoilt(self) -> list[Box]:
        """Return the boxes (plane metres) in which tiles came since this was last asked."""
        spoilt, self._spoilt = self._spoilt, []
        return spoilt

    def _drop(self, tile: TileId) -> None:
        gone = self._order.pop(tile, None)
        if gone is not None:
            self._size -= gone.nbytes

    def _let_go(self, held: frozenset[TileId]) -> None:
        for tile in list(self._order):
            if self._size <= self._most:
                break
            if tile not in held:
                self._drop(tile)
        self.tiles = dict(self._order)
