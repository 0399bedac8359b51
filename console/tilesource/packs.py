"""Packs of tiles in one file: MBTiles (an SQLite file, specification 1.3) and PMTiles (version 3), pictures only."""

import mmap
import sqlite3
import threading
import zlib
from collections import OrderedDict
from math import isfinite
from pathlib import Path
from typing import Any, Protocol

from console.tilesource.declared import MOST_ZOOM, BaseMap
from console.tilesource.decode import MAX_BYTES
from domain.faults import invalid
from layers.mercator import MAX_LAT
from layers.tiles.matrix import WORLD, Box, Plane, TileGrid, TileId, ladder

MAX_DIRECTORY = 4 * 2**20
"""Bytes of one directory of a PMTiles file, packed or not."""
KEPT_DIRECTORIES = 32
BUSY_S = 1.0


class Pack(Protocol):
    """An open pack: what it covers, and its tiles. ``read`` may be called from any thread."""

    grid: TileGrid
    attribution: str

    def read(self, tile: TileId) -> bytes | None:
        """Return a tile's bytes, None where the pack has none there. Raises ``Fault``."""

    def close(self) -> None:
        """Let go of the file."""


def open_pack(source: BaseMap) -> Pack:
    """Open a pack. Raises ``Fault``: not found, not such a file, or not one of pictures."""
    path = Path(source.address)
    if not path.is_file():
        raise invalid("pack_missing", file=path.name)
    return MBTiles(path, source.system) if source.kind == "mbtiles" else PMTiles(path, source.system)


class MBTiles:
    """An MBTiles file, opened for reading alone; rows count from the south (TMS)."""

    def __init__(self, path: Path, system: str) -> None:
        self._path = path
        self._lock = threading.Lock()
        try:
            self._database = sqlite3.connect(
                f"{path.resolve().as_uri()}?mode=ro", uri=True, check_same_thread=False, timeout=BUSY_S
            )
        except sqlite3.Error as error:
            raise invalid("pack_broken", file=path.name, reason=str(error)[:80]) from None
        try:
            told = self._told()
            first, last = self._zooms(told)
        except (sqlite3.Error, ValueError, OverflowError) as error:
            self._database.close()
            raise invalid("pack_broken", file=path.name, reason=str(error)[:80]) from None
        if told.get("format", "png").lower() not in ("png", "jpg", "jpeg", "webp"):
            self._database.close()
            raise invalid("pack_not_pictures", file=path.name, found=told["format"][:20])
        self.attribution = told.get("attribution", "")[:200]
        bounds = _bounds(told.get("bounds", "").split(","))
        self.grid = TileGrid(Plane.MERCATOR, ladder(Plane.MERCATOR, first, last), bounds, system)

    def read(self, tile: TileId) -> bytes | None:
        """See ``Pack``."""
        z = int(self.grid.levels[tile.level].ident)
        asked = (z, tile.column, 2**z - 1 - tile.row, MAX_BYTES)
        try:
            with self._lock:
                row = self._database.execute(
                    "SELECT tile_data FROM tiles WHERE zoom_level=? AND tile_column=? AND tile_row=?"
                    " AND length(tile_data)<=?",
                    asked,
                ).fetchone()
        except (sqlite3.Error, UnicodeDecodeError) as error:
            raise invalid("pack_broken", file=self._path.name, reason=str(error)[:80]) from None
        return bytes(row[0]) if row is not None and isinstance(row[0], bytes) else None

    def close(self) -> None:
        """See ``Pack``."""
        with self._lock:
            self._database.close()

    def _told(self) -> dict[str, str]:
        rows = self._database.execute(
            "SELECT name, value FROM metadata WHERE length(name)<100 AND length(value)<2000 LIMIT 200"
        )
        return {str(name): str(value) for name, value in rows}

    def _zooms(self, told: dict[str, str]) -> tuple[int, int]:
        if "minzoom" in told and "maxzoom" in told:
            first, last = int(told["minzoom"]), int(told["maxzoom"])
        else:
            first, last = self._database.execute("SELECT min(zoom_level), max(zoom_level) FROM tiles").fetchone()
        if first is None or not 0 <= int(first) <= int(last) <= MOST_ZOOM:
            raise ValueError(f"zoom {first}..{last}")
        return int(first), int(last)


class PMTiles:
    """A PMTiles file of version 3, mapped into memory; its directories are unpacked once and a few of them kept."""

    def __init__(self, path: Path, system: str) -> None:
        from pmtiles.tile import TileType, deserialize_header  # noqa: PLC0415 - not before there is a pack

        self._path = path
        self._lock = threading.Lock()
        self._kept: OrderedDict[int, Any] = OrderedDict()
        try:
            with path.open("rb") as file:
                self._bytes = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
            header: Any = deserialize_header(self._bytes[:127])
            first, last = int(header["min_zoom"]), int(header["max_zoom"])
            if not 0 <= first <= last <= MOST_ZOOM:
                raise ValueError(f"zoom {first}..{last}")
        except Exception as error:  # noqa: BLE001 - the package raises bare Exceptions of its own at what is no such file
            raise invalid("pack_broken", file=path.name, reason=str(error)[:80] or type(error).__name__) from None
        if header["tile_type"] not in (TileType.PNG, TileType.JPEG, TileType.WEBP):
            self._bytes.close()
            raise invalid("pack_not_pictures", file=path.name, found=header["tile_type"].name)
        self._header = header
        self.attribution = ""
        corners = [header[f"{name}_e7"] / 1e7 for name in ("min_lon", "min_lat", "max_lon", "max_lat")]
        self.grid = TileGrid(
            Plane.MERCATOR, ladder(Plane.MERCATOR, first, last), _bounds([str(c) for c in corners]), system
        )

    def read(self, tile: TileId) -> bytes | None:
        """See ``Pack``."""
        from pmtiles.tile import find_tile, zxy_to_tileid  # noqa: PLC0415

        header = self._header
        number = zxy_to_tileid(int(self.grid.levels[tile.level].ident), tile.column, tile.row)
        offset, length = header["root_offset"], header["root_length"]
        for _ in range(4):  # the specification's own bound on depth
            found = find_tile(self._directory(offset, length), number)
            if found is None:
                return None
            if found.run_length > 0:
                return self._slice(header["tile_data_offset"] + found.offset, found.length, MAX_BYTES)
            offset, length = header["leaf_directory_offset"] + found.offset, found.length
        raise invalid("pack_broken", file=self._path.name, reason="directories too deep")

    def close(self) -> None:
        """See ``Pack``."""
        with self._lock:
            self._bytes.close()

    def _directory(self, offset: int, length: int) -> Any:
        from pmtiles.tile import deserialize_directory  # noqa: PLC0415

        with self._lock:
            kept = self._kept.get(offset)
            if kept is not None:
                self._kept.move_to_end(offset)
                return kept
        packed = self._slice(offset, length, MAX_DIRECTORY)
        try:
            _check_unpacked(packed)
            made = deserialize_directory(packed)
        except (EOFError, OSError, ValueError, IndexError, zlib.error, MemoryError) as error:
            raise invalid("pack_broken", file=self._path.name, reason=str(error)[:80]) from None
        with self._lock:
            self._kept[offset] = made
            while len(self._kept) > KEPT_DIRECTORIES:
                self._kept.popitem(last=False)
        return made

    def _slice(self, offset: int, length: int, most: int) -> bytes:
        with self._lock:
            if self._bytes.closed:
                raise invalid("pack_missing", file=self._path.name)
            if not 0 <= length <= most or not 0 <= offset <= len(self._bytes) - length:
                raise invalid("pack_broken", file=self._path.name, reason=f"{offset}+{length}")
            return self._bytes[offset : offset + length]


def _check_unpacked(packed: bytes) -> None:
    """Raise ValueError where a packed directory would unpack to more than is bearable."""
    unpacker = zlib.decompressobj(wbits=31)
    if len(unpacker.decompress(packed, MAX_DIRECTORY)) >= MAX_DIRECTORY:
        raise ValueError("directory too large")


def _bounds(given: list[str]) -> Box:
    """Return the bounds a pack states, or the world where those are none."""
    try:
        west, south, east, north = (float(part) for part in given)
    except ValueError:
        return WORLD
    if not all(isfinite(value) for value in (west, south, east, north)):
        return WORLD
    inside = max(-180.0, west), max(-MAX_LAT, south), min(180.0, east), min(MAX_LAT, north)
    return inside if inside[0] < inside[2] and inside[1] < inside[3] else WORLD
