"""Trying a source before it is declared: is there a tile in view, and what does a WMTS offer? Threads only."""

import time
from typing import NamedTuple

from console.tilesource.capabilities import MAX_BYTES, Offer, capabilities_address, read_capabilities
from console.tilesource.declared import PACKS, BaseMap, filled
from console.tilesource.decode import MAX_BYTES as MAX_TILE
from console.tilesource.decode import decode
from console.tilesource.packs import open_pack
from console.tilesource.web import WebDoor
from domain.faults import invalid
from layers.tiles.matrix import level_for, tiles_over


class Probed(NamedTuple):
    """What was found: ``tile``, or ``none`` where the source has nothing here; level and time taken."""

    what: str
    level: str
    took_s: float


def probe(source: BaseMap, key: str, middle: tuple[float, float], scale: float) -> Probed:
    """Read the tile in the middle of a view. Raises ``Fault`` with what is wrong."""
    began = time.monotonic()
    pack = open_pack(source) if source.kind in PACKS else None
    web = WebDoor()
    try:
        grid = source.grid() if pack is None else pack.grid
        x, y = middle
        found = tiles_over(grid, level_for(grid, scale), (x - 1, y - 1, x + 1, y + 1))
        if not found:
            return Probed("none", "", time.monotonic() - began)
        tile = found[0]
        body = web.fetch(filled(source, tile, key), MAX_TILE) if pack is None else pack.read(tile)
        if body is not None:
            decode(body, grid.levels[tile.level].tile_px)
        return Probed("none" if body is None else "tile", grid.levels[tile.level].ident, time.monotonic() - began)
    finally:
        web.close()
        if pack is not None:
            pack.close()


def ask_offers(address: str, key: str) -> tuple[Offer, ...]:
    """Ask a WMTS what it has. Raises ``Fault`` with what is wrong."""
    if not address.lower().startswith(("http://", "https://")):
        raise invalid("base_map_address", address=address[:80])
    web = WebDoor()
    try:
        content = web.fetch(capabilities_address(address, key), MAX_BYTES)
    finally:
        web.close()
    if content is None:
        raise invalid("wmts_nothing")
    return read_capabilities(content, address)
