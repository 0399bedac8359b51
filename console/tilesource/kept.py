"""The tiles of one base map that are on this computer already, for a file that is taken out: nothing is fetched."""

from collections.abc import Mapping
from typing import NamedTuple

from console.tilesource.declared import BaseMap
from console.tilesource.door import Door
from layers.tiles.item import COARSER
from layers.tiles.matrix import Box, TileGrid, TileId, level_for, tiles_over
from layers.tiles.model import Picture


class KeptTiles(NamedTuple):
    """A base map as it was when a file was asked for. Any thread but the window's."""

    source: BaseMap
    grid: TileGrid
    held: Mapping[TileId, Picture]
    """Those in memory."""
    door: Door

    def over(self, box: Box, scale: float) -> tuple[dict[TileId, Picture], int, int]:
        """Return the tiles for a box at a scale (plane metres a pixel), how many are wanting, and of how many.

        For those that are wanting there are coarser ones if any, as on the screen.
        """
        level = level_for(self.grid, scale)
        wanted = tiles_over(self.grid, level, box)
        found = self._there(wanted)
        wanting = len(wanted) - len(found)
        for coarser in range(level - 1, max(-1, level - 1 - COARSER), -1):
            if wanting:
                found |= self._there(tiles_over(self.grid, coarser, box))
        return found, wanting, len(wanted)

    def _there(self, tiles: list[TileId]) -> dict[TileId, Picture]:
        there = ((tile, self.held[tile] if tile in self.held else self.door.kept(tile)) for tile in tiles)
        return {tile: picture for tile, picture in there if picture is not None}
