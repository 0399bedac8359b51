"""Where a source's tiles lie: levels of a matrix set, on the Web Mercator plane or in degrees, and shifted or not.

The ladder of XYZ, MBTiles and PMTiles is Google's (256 px, level 0 is the world); a WMTS states its own. Tianditu's "c"
sets and EPSG:4326 count degrees: level z has 2^z by 2^(z-1) tiles. Such tiles are laid down in strips, each so short
that the stretching of the Mercator plane is less than a pixel within it. A source in GCJ-02 or BD-09 is moved tile by
tile: the offset changes by metres over a tile that is kilometres wide.
"""

from enum import StrEnum
from math import ceil, floor
from typing import NamedTuple

import msgspec

from domain.coordinates import from_wgs84, system_named, to_wgs84
from layers.mercator import EARTH_RADIUS_M, HALF_WORLD_M, MAX_LAT, to_degrees, to_plane

Box = tuple[float, float, float, float]
"""x0, y0, x1, y1."""
TILE_PX = 256
MOST_TILES = 600
"""Tiles of one level that are looked at for one view; what lies further out is left out."""
SOFTEST = 1.4
"""A source's pixel covers at most this many of the screen's, where there is a finer level."""
DEGREE_M = EARTH_RADIUS_M * 3.141592653589793 / 180.0
MOST_STRIPS = 32
WORLD: Box = (-180.0, -MAX_LAT, 180.0, MAX_LAT)


class Plane(StrEnum):
    """What the tiles are cut from: the Web Mercator plane (metres), or degrees."""

    MERCATOR = "mercator"
    DEGREES = "degrees"


class Level(msgspec.Struct, frozen=True):
    """One level: its name, the upper left corner and the side of a tile (metres or degrees), its size in tiles."""

    ident: str
    left: float
    top: float
    side: float
    columns: int
    rows: int
    tile_px: int = TILE_PX


class TileId(NamedTuple):
    """A tile: index of the level, column from the left, row from the top."""

    level: int
    column: int
    row: int


class Strip(NamedTuple):
    """A part of a tile and where it lies: the box on our plane, and from which to which share of the tile's height."""

    box: Box
    first: float
    last: float


class TileGrid(msgspec.Struct, frozen=True):
    """The levels of a source from coarse to fine, what it covers (degrees), and the coordinate system it is in."""

    plane: Plane
    levels: tuple[Level, ...]
    bounds: Box = WORLD
    system: str = "wgs84"


def ladder(plane: Plane, first: int, last: int, tile_px: int = TILE_PX) -> tuple[Level, ...]:
    """Return the levels ``first`` to ``last`` (both included) of the common ladder of a plane."""
    found = []
    for z in range(first, last + 1):
        if plane is Plane.MERCATOR:
            side = 2 * HALF_WORLD_M / 2**z
            found.append(Level(str(z), -HALF_WORLD_M, HALF_WORLD_M, side, 2**z, 2**z, tile_px))
        else:
            found.append(Level(str(z), -180.0, 90.0, 360.0 / 2**z, 2**z, max(1, 2 ** (z - 1)), tile_px))
    return tuple(found)


def level_for(grid: TileGrid, scale: float) -> int:
    """Return the coarsest level that is sharp enough at a scale (plane metres a pixel), or the finest there is."""
    unit = 1.0 if grid.plane is Plane.MERCATOR else DEGREE_M
    for i, level in enumerate(grid.levels):
        if level.side * unit / level.tile_px <= scale * SOFTEST:
            return i
    return len(grid.levels) - 1


def tiles_over(grid: TileGrid, level: int, box: Box) -> list[TileId]:
    """Return the tiles of a level that touch a box on our plane, the middle ones first; bounded."""
    x0, y0, x1, y1 = _clipped(grid, box)
    if x0 >= x1 or y0 >= y1:
        return []
    left, bottom = _to_source(grid, x0, y0)
    right, top = _to_source(grid, x1, y1)
    at = grid.levels[level]
    first_column = max(0, floor((left - at.left) / at.side))
    last_column = min(at.columns - 1, ceil((right - at.left) / at.side) - 1)
    first_row = max(0, floor((at.top - top) / at.side))
    last_row = min(at.rows - 1, ceil((at.top - bottom) / at.side) - 1)
    if (last_column - first_column + 1) * (last_row - first_row + 1) > MOST_TILES:
        return []
    middle = (first_column + last_column) / 2, (first_row + last_row) / 2
    found = [
        TileId(level, column, row)
        for row in range(first_row, last_row + 1)
        for column in range(first_column, last_column + 1)
    ]
    return sorted(found, key=lambda tile: abs(tile.column - middle[0]) + abs(tile.row - middle[1]))


def strips(grid: TileGrid, tile: TileId) -> list[Strip]:
    """Return where a tile lies on our plane, from its top: one piece, or strips where the plane is stretched."""
    at = grid.levels[tile.level]
    left, top = at.left + tile.column * at.side, at.top - tile.row * at.side
    if grid.plane is Plane.MERCATOR:
        dx, dy = _shift(grid, left + at.side / 2, top - at.side / 2)
        return [Strip((left + dx, top - at.side + dy, left + at.side + dx, top + dy), 0.0, 1.0)]
    middle_x, middle_y = to_plane(left + at.side / 2, top - at.side / 2)
    dx, dy = _shift(grid, middle_x, middle_y)
    count = min(MOST_STRIPS, max(1, ceil(at.side * 8)))
    x0, x1 = to_plane(left, 0.0)[0] + dx, to_plane(left + at.side, 0.0)[0] + dx
    edges = [to_plane(0.0, top - at.side * i / count)[1] + dy for i in range(count + 1)]
    return [Strip((x0, edges[i + 1], x1, edges[i]), i / count, (i + 1) / count) for i in range(count)]


def tile_box(grid: TileGrid, tile: TileId) -> Box:
    """Return the box of a tile on our plane."""
    pieces = strips(grid, tile)
    return pieces[0].box[0], pieces[-1].box[1], pieces[0].box[2], pieces[0].box[3]


def plane_bounds(grid: TileGrid) -> Box:
    """Return what a source covers on our plane."""
    west, south, east, north = grid.bounds
    return (*to_plane(west, south), *to_plane(east, north))


def _clipped(grid: TileGrid, box: Box) -> Box:
    west, south, east, north = plane_bounds(grid)
    return max(box[0], west), max(box[1], south), min(box[2], east), min(box[3], north)


def _to_source(grid: TileGrid, x: float, y: float) -> tuple[float, float]:
    """Return a point of our plane in the source's own numbers."""
    lon, lat = to_degrees(x, y)
    system = system_named(grid.system)
    if system is not None and grid.system != "wgs84":
        lon, lat = from_wgs84(lon, lat, system)
    return (lon, lat) if grid.plane is Plane.DEGREES else to_plane(lon, lat)


def _shift(grid: TileGrid, x: float, y: float) -> tuple[float, float]:
    """Return by how much a point of the source's own Mercator plane is to be moved to lie right on ours."""
    system = system_named(grid.system)
    if system is None or grid.system == "wgs84":
        return 0.0, 0.0
    true_x, true_y = to_plane(*to_wgs84(*to_degrees(x, y), system))
    return true_x - x, true_y - y
