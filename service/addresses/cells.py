"""Where an address stands: its block, by its place on the map, and its slot in the block.

A cell is five thousandths of a degree wide and high, some 500 m; a region is 32 cells each way. Numbers are
put together as region, cell within it (10 bits), turn of the block within its cell (8 bits), slot (12 bits): less than
2**53 in all.
"""

from collections.abc import Iterable
from math import cos, radians, sin

import numpy as np
from numpy.typing import NDArray

CELL_DEG = 0.005
COLUMNS, ROWS = 72_000, 36_000
SLOTS = 4096
"""Addresses of one block."""
MOST_BLOCKS = 255
"""Blocks of one cell (one number is left free): a million addresses on a quarter of a square kilometre."""
REGION_BYTES = 128
"""Bytes of a set of a region's cells."""
REGION_BITS, BLOCK_BITS = 23, 41
BLOCKS, MOST_GRAMS = 1 << BLOCK_BITS, 1 << 22
"""Numbers a block may have, and grams the index may: together they make one key of 63 bits."""
METRES_A_DEGREE = 111_195.0

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


def cell_of(lon: float, lat: float) -> int:
    """Return the cell of a place."""
    return int(cells_of(np.array([lon]), np.array([lat]))[0])


def cells_of(lon: Floats, lat: Floats) -> Ints:
    """Return the cells of places."""
    x = np.minimum(((lon + 180.0) / CELL_DEG).astype(np.int64), COLUMNS - 1)
    y = np.minimum(((lat + 90.0) / CELL_DEG).astype(np.int64), ROWS - 1)
    return cells_at(x, y)


def cells_at(x: Ints, y: Ints) -> Ints:
    """Return cells by their column and row."""
    made: Ints = (((y >> 5) << 12 | (x >> 5)) << 10) | ((y & 31) << 5) | (x & 31)
    return made


def column_and_row(cells: Ints) -> tuple[Ints, Ints]:
    """Return the columns and rows of cells."""
    region = cells >> 10
    return (region & 4095) << 5 | (cells & 31), (region >> 12) << 5 | ((cells >> 5) & 31)


def region_and_bit(block: int) -> tuple[int, int]:
    """Return the region of a block, and the bit of its cell among the cells of the region."""
    return block >> 18, 1 << (block >> 8 & 1023)


def first_block(cell: int) -> int:
    """Return the first block of a cell; its others follow, up to ``last_block``."""
    return cell << 8


def last_block(cell: int) -> int:
    """Return the last block a cell may have."""
    return cell << 8 | (MOST_BLOCKS - 1)


def cells_in(regions: dict[int, int]) -> Ints:
    """Return the cells of regions, each with a bit for every cell that is meant; in order."""
    numbers = sorted(regions)
    packed = b"".join(regions[region].to_bytes(REGION_BYTES, "little") for region in numbers)
    at = np.flatnonzero(np.unpackbits(np.frombuffer(packed, np.uint8), bitorder="little"))
    cells: Ints = (np.array(numbers, np.int64)[at >> 10] << 10) | (at & 1023)
    return cells


def nearest_first(cells: Ints, lon: float, lat: float) -> tuple[Ints, Floats]:
    """Return cells in the order of their nearest edge to a place, and how far that is, metres."""
    x, y = column_and_row(cells)
    west, south = x * CELL_DEG - 180.0, y * CELL_DEG - 90.0
    away_x = np.maximum(0.0, np.maximum(west - lon, lon - west - CELL_DEG)) * np.cos(np.radians(lat))
    away_y = np.maximum(0.0, np.maximum(south - lat, lat - south - CELL_DEG))
    away = np.hypot(away_x, away_y) * METRES_A_DEGREE
    order = np.argsort(away, kind="stable")
    return cells[order], away[order]


def cells_around(lon: float, lat: float, within_m: float) -> Iterable[int]:
    """Yield the cells that come within a distance of a place."""
    high = within_m / METRES_A_DEGREE
    wide = high / max(0.01, float(np.cos(np.radians(min(89.0, abs(lat) + high)))))
    columns = range(int((lon - wide + 180.0) / CELL_DEG), int((lon + wide + 180.0) / CELL_DEG) + 1)
    rows = range(int((lat - high + 90.0) / CELL_DEG), int((lat + high + 90.0) / CELL_DEG) + 1)
    x, y = np.meshgrid(np.array(columns, dtype=np.int64), np.array(rows, dtype=np.int64))
    known = (x >= 0) & (x < COLUMNS) & (y >= 0) & (y < ROWS)
    yield from cells_at(x[known], y[known]).tolist()


def metres_from(lon: float, lat: float, lons: Floats, lats: Floats) -> Floats:
    """Return distances, metres: flat, which over a few kilometres errs by less than a thousandth."""
    north = lats - lat
    shrunk = cos(radians(lat)) - sin(radians(lat)) / 2.0 * np.radians(north)  # the cosine half way, as good as straight
    east = (lons - lon) * shrunk
    made: Floats = np.sqrt(east * east + north * north) * METRES_A_DEGREE
    return made
