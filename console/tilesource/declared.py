"""The base maps of this computer, as declared: what each is, where it is, and in which coordinates. One file.

A key (Tianditu's ``tk``) is never part of it: the address has ``{key}`` where the key goes, and the key is kept in the
system's own keeping (``console.keeping``).
"""

import re
from math import isfinite
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import quote, urlsplit

import msgspec

from console.folders import write_atomically
from console.tilesource import FILE_NAME
from domain.faults import Fault, FaultKind, invalid
from layers.tiles.matrix import WORLD, Level, Plane, TileGrid, TileId, ladder

MAX_FILE = 256 * 1024
MOST_SOURCES = 12
MOST_ZOOM = 24

Kind = Literal["mbtiles", "pmtiles", "xyz", "wmts"]
KINDS: tuple[Kind, ...] = ("mbtiles", "pmtiles", "xyz", "wmts")
PACKS = ("mbtiles", "pmtiles")
SYSTEMS = ("wgs84", "gcj02", "bd09")
KEY_MARK = "{key}"

Zoom = Annotated[int, msgspec.Meta(ge=0, le=MOST_ZOOM)]


class BaseMap(msgspec.Struct, frozen=True, omit_defaults=True):
    """One base map. ``address`` is a file of tiles, or an address with ``{z}``, ``{x}``, ``{y}`` and perhaps ``{key}``.

    ``{-y}`` counts rows from the south, ``{0-7}`` or ``{a-c}`` is one of several hosts. ``levels`` are those a WMTS
    states; without any the common ladder from ``first_zoom`` to ``last_zoom`` holds. ``system`` is the coordinate
    system its pictures are drawn in; ``attribution`` is shown while it is.
    """

    ident: Annotated[str, msgspec.Meta(pattern=r"^[a-z0-9-]{1,40}$")]
    name: Annotated[str, msgspec.Meta(min_length=1, max_length=60)]
    kind: Kind
    address: Annotated[str, msgspec.Meta(min_length=1, max_length=2000)]
    system: Literal["wgs84", "gcj02", "bd09"] = "wgs84"
    attribution: Annotated[str, msgspec.Meta(max_length=200)] = ""
    plane: Plane = Plane.MERCATOR
    first_zoom: Zoom = 0
    last_zoom: Zoom = 19
    levels: Annotated[tuple[Level, ...], msgspec.Meta(max_length=MOST_ZOOM + 6)] = ()
    bounds: tuple[float, float, float, float] = WORLD

    def grid(self) -> TileGrid:
        """Return where its tiles lie; a pack says so itself."""
        levels = self.levels or ladder(self.plane, self.first_zoom, self.last_zoom)
        return TileGrid(self.plane, levels, self.bounds, self.system)

    @property
    def wants_key(self) -> bool:
        """Whether a key belongs into its address."""
        return KEY_MARK in self.address


class _File(msgspec.Struct, frozen=True):
    version: int
    sources: Annotated[tuple[BaseMap, ...], msgspec.Meta(max_length=MOST_SOURCES)]


VERSION = 1
MOST_ALONG = 2**30
"""Tiles of a level side by side at most."""
_SEVERAL = re.compile(r"{([0-9a-z])-([0-9a-z])}")
_HOST = re.compile(r"[a-zA-Z0-9._\-\[\]:{},]+")


def check(source: BaseMap) -> None:
    """Raise the ``Fault`` that says what is wrong with a declaration, if anything is."""
    if source.first_zoom > source.last_zoom:
        raise invalid("base_map_zooms", first=source.first_zoom, last=source.last_zoom)
    if not all(_is_sound(level) for level in source.levels) or not _is_box(source.bounds):
        raise invalid("base_map_levels")
    if source.kind in PACKS:
        return
    parts = urlsplit(source.address.strip())
    if parts.scheme not in ("http", "https") or not _HOST.fullmatch(parts.netloc):
        raise invalid("base_map_address", address=source.address[:80])
    if not all(mark in source.address for mark in ("{z}", "{x}")) or not re.search(r"{-?y}", source.address):
        raise invalid("base_map_template", address=source.address[:80])


def _is_sound(level: Level) -> bool:
    finite = all(isfinite(value) and abs(value) < 1e9 for value in (level.left, level.top, level.side))
    counted = 1 <= level.columns <= MOST_ALONG and 1 <= level.rows <= MOST_ALONG
    return finite and counted and level.side > 0 and level.tile_px in (256, 512) and len(level.ident) <= 120


def _is_box(box: tuple[float, float, float, float]) -> bool:
    west, south, east, north = box
    return -180 <= west < east <= 180 and -90 <= south < north <= 90


def read_sources(folder: Path) -> tuple[BaseMap, ...]:
    """Return the declared base maps. Raises ``Fault`` where the file is not what it should be."""
    try:
        with (folder / FILE_NAME).open("rb") as file:
            content = file.read(MAX_FILE + 1)
    except FileNotFoundError:
        return ()
    except OSError:
        raise invalid("base_maps_unreadable", file=FILE_NAME) from None
    try:
        stored = msgspec.json.decode(content, type=_File)
    except (ValueError, RecursionError):  # msgspec.DecodeError is a ValueError
        raise invalid("base_maps_unreadable", file=FILE_NAME) from None
    if len(content) > MAX_FILE or stored.version != VERSION:
        raise invalid("base_maps_unreadable", file=FILE_NAME)
    return stored.sources


def write_sources(folder: Path, sources: tuple[BaseMap, ...]) -> None:
    """Keep the declared base maps. Raises ``Fault('base_maps_too_many')`` and OSError."""
    if len(sources) > MOST_SOURCES:
        raise Fault(FaultKind.TOO_LARGE, "base_maps_too_many", limit=MOST_SOURCES)
    content = msgspec.json.format(msgspec.json.encode(_File(VERSION, sources)), indent=1)
    write_atomically(folder / FILE_NAME, content)


def tianditu(layer: str, name: str, ident: str, plane: Plane = Plane.MERCATOR) -> BaseMap:
    """Return a layer of Tianditu (天地图): ``vec``, ``img``, ``ter``, or the names on those: ``cva``, ``cia``, ``cta``.

    Its sets are ``w`` (Web Mercator) and ``c`` (degrees of CGCS2000, EPSG:4490), levels 1 to 18, key-value requests.
    """
    matrix_set = "w" if plane is Plane.MERCATOR else "c"
    address = (
        f"https://t{{0-7}}.tianditu.gov.cn/{layer}_{matrix_set}/wmts?SERVICE=WMTS&REQUEST=GetTile&VERSION=1.0.0"
        f"&LAYER={layer}&STYLE=default&TILEMATRIXSET={matrix_set}&FORMAT=tiles"
        f"&TILEMATRIX={{z}}&TILEROW={{y}}&TILECOL={{x}}&tk={KEY_MARK}"
    )
    return BaseMap(ident, name, "wmts", address, attribution=name, plane=plane, first_zoom=1, last_zoom=18)


def filled(source: BaseMap, tile: TileId, key: str) -> str:
    """Return the address of a tile. The result may hold a key: it is never shown, logged or kept."""
    level = source.grid().levels[tile.level]
    address = source.address.strip().replace("{z}", quote(level.ident, safe=""))
    address = address.replace("{x}", str(tile.column)).replace("{y}", str(tile.row))
    address = address.replace("{-y}", str(level.rows - 1 - tile.row)).replace(KEY_MARK, quote(key, safe=""))
    return _SEVERAL.sub(lambda found: _one_of(found, tile.column + tile.row), address)


def _one_of(found: "re.Match[str]", turn: int) -> str:
    first, last = ord(found[1]), ord(found[2])
    return chr(first + turn % (last - first + 1)) if first <= last else found[1]
