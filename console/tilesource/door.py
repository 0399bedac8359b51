"""How one source's tiles come: from its pack, or from what was kept and the server, in that order. Threads only."""

import hashlib
import time
from collections import OrderedDict
from typing import NamedTuple, Protocol

from console.tilesource.declared import PACKS, BaseMap, filled
from console.tilesource.decode import MAX_BYTES, decode
from console.tilesource.health import HealthWatch
from console.tilesource.packs import Pack, open_pack
from console.tilesource.store import FRESH_S, TileCache
from console.tilesource.web import TileFault, WebDoor
from domain.faults import Fault
from layers.tiles.matrix import TileGrid, TileId
from layers.tiles.model import NOTHING, Picture

ABSENT_S = 600.0
ABSENT_MOST = 4000


class Came(NamedTuple):
    """A tile that came: its pixels, None where the source has none there."""

    picture: Picture | None


class Door(Protocol):
    """Where tiles come from. ``read`` returns None where the tile is to be asked for again later."""

    health: HealthWatch

    def open(self) -> TileGrid:
        """Return where the tiles lie. Raises ``Fault`` where the source cannot be used at all."""

    def read(self, tile: TileId) -> Came | None:
        """Return a tile."""

    def kept(self, tile: TileId) -> Picture | None:
        """Return a tile that is on this computer, ``NOTHING`` where the source has none; nobody else is asked."""

    def close(self) -> None:
        """Let go of files and connections."""


class PackDoor:
    """Tiles of a pack."""

    def __init__(self, source: BaseMap) -> None:
        self.health = HealthWatch()
        self._source = source
        self._pack: Pack | None = None

    def open(self) -> TileGrid:
        """See ``Door``."""
        try:
            self._pack = open_pack(self._source)
        except Fault as fault:
            self.health.note_fault(fault)
            raise
        return self._pack.grid

    def read(self, tile: TileId) -> Came | None:
        """See ``Door``. A tile that is broken is as good as none: the rest of the pack is still shown."""
        if self._pack is None:
            return None
        try:
            body = self._pack.read(tile)
            came = Came(None if body is None else decode(body, self._pack.grid.levels[tile.level].tile_px))
        except Fault as fault:
            self.health.note_fault(fault)
            return Came(None)
        if came.picture is not None:
            self.health.note_good()
        return came

    def kept(self, tile: TileId) -> Picture | None:
        """See ``Door``: all of a pack is here."""
        came = self.read(tile)
        return None if came is None else NOTHING if came.picture is None else came.picture

    def close(self) -> None:
        """See ``Door``."""
        if self._pack is not None:
            self._pack.close()


class ServerDoor:
    """Tiles of a map server. What it sends is decoded before it is kept, so that no lie is."""

    def __init__(self, source: BaseMap, key: str, cache: TileCache, web: WebDoor | None = None) -> None:
        self.health = HealthWatch()
        self._source, self._key, self._cache = source, key, cache
        self._grid = source.grid()
        self._web = WebDoor() if web is None else web
        self._absent: OrderedDict[TileId, float] = OrderedDict()
        mark = f"{source.address}|{source.system}|{source.plane.value}".encode()
        self._kept_as = f"{source.ident}-{hashlib.sha256(mark).hexdigest()[:12]}"

    def open(self) -> TileGrid:
        """See ``Door``: nothing is asked of the server yet."""
        return self._grid

    def read(self, tile: TileId) -> Came | None:
        """See ``Door``."""
        px = self._grid.levels[tile.level].tile_px
        kept = self._cache.get(self._kept_as, tile, time.time())
        if kept is not None and kept[1] < FRESH_S:
            picture = self._decoded(kept[0], px)
            if picture is not None:
                return Came(picture)
        if self._absent.get(tile, 0.0) > time.monotonic():
            return Came(None)
        fetched = self._fetched(tile, px) if self.health.may_ask() else None
        if fetched is not None:
            return fetched
        old = None if kept is None else self._decoded(kept[0], px)
        return None if old is None else Came(old)

    def kept(self, tile: TileId) -> Picture | None:
        """See ``Door``: however old, as it is shown where there is no line."""
        kept = self._cache.get(self._kept_as, tile, time.time())
        return None if kept is None else self._decoded(kept[0], self._grid.levels[tile.level].tile_px)

    def close(self) -> None:
        """See ``Door``."""
        self._web.close()

    def _fetched(self, tile: TileId, px: int) -> Came | None:
        """Return what the server sends, None (and the health says why) where that is no tile."""
        try:
            body = self._web.fetch(filled(self._source, tile, self._key), MAX_BYTES)
            picture = None if body is None else decode(body, px)
        except TileFault as fault:
            self.health.note_fault(fault, fault.retry_s)
            return None
        except Fault as fault:
            self.health.note_fault(fault)
            return None
        self.health.note_good()
        if body is None:
            self._absent[tile] = time.monotonic() + ABSENT_S
            while len(self._absent) > ABSENT_MOST:
                self._absent.pop(next(iter(self._absent)), None)
        else:
            self._cache.put(self._kept_as, tile, body, time.time())
        return Came(picture)

    @staticmethod
    def _decoded(body: bytes, px: int) -> Picture | None:
        try:
            return decode(body, px)
        except Fault:
            return None


def make_door(source: BaseMap, key: str, cache: TileCache) -> Door:
    """Return the door of a source."""
    return PackDoor(source) if source.kind in PACKS else ServerDoor(source, key, cache)
