"""Compiled kernels that go through very many points. Only ``layers.raster.compiled`` calls these."""

import numpy as np

from layers.raster.contract import F32, F64, I32, U16
from layers.raster.jit import exact

BLOCK = 1024
"""Points looked at in one go: what is known of them stays in the nearest cache."""


@exact
def gather(
    xs: F64, ys: F64, side: float, column: int, row: int, counts: I32, sum_xs: F64, sum_ys: F64, lasts: I32
) -> None:
    """Count the points of each cell, add up where they are in it, and note the last; see ``contract.Cells``.

    The arrays are (rows, columns) and hold 0; the first cell is ``column, row`` of the plane.
    """
    rows, columns = counts.shape
    some_counts, some_lasts = counts.reshape(counts.size), lasts.reshape(lasts.size)
    some_xs, some_ys = sum_xs.reshape(sum_xs.size), sum_ys.reshape(sum_ys.size)
    places, ahead, above = np.empty(BLOCK, np.int32), np.empty(BLOCK), np.empty(BLOCK)
    for start in range(0, xs.shape[0], BLOCK):
        many = min(BLOCK, xs.shape[0] - start)
        for k in range(many):  # many at a time: nothing here waits for what was added up before
            x, y = xs[start + k], ys[start + k]
            i, j = np.floor(x / side), np.floor(y / side)
            ahead[k], above[k] = x - i * side, y - j * side
            c, r = i - column, j - row
            inside = (c >= 0) & (c < columns) & (r >= 0) & (r < rows)
            places[k] = np.int32(r * columns + c) if inside else np.int32(-1)
        for k in range(many):
            if places[k] >= 0:
                at = np.uintp(places[k])
                some_counts[at] += 1
                some_xs[at] += ahead[k]
                some_ys[at] += above[k]
                some_lasts[at] = start + k


@exact
def pick_near(
    xs: F64,
    ys: F64,
    codes: U16,
    corner_x: float,
    corner_y: float,
    x0: float,
    y0: float,
    x1: float,
    y1: float,
    near_xs: F32,
    near_ys: F32,
    near_codes: U16,
) -> int:
    """Write down the points within bounds, local to a corner, and their codes; return how many; see ``Raster.near``."""
    n = 0
    for k in range(xs.shape[0]):
        x, y = xs[k], ys[k]
        at = np.uintp(n)
        near_xs[at], near_ys[at], near_codes[at] = x - corner_x, y - corner_y, codes[k]
        n += (x >= x0) & (x <= x1) & (y >= y0) & (y <= y1)  # without a branch: nobody can foretell it
    return n
