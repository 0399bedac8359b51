"""The compiled kernel that gathers points into square cells. Only ``layers.raster.compiled`` calls it."""

import numpy as np

from layers.raster.contract import F64, I32
from layers.raster.jit import exact


@exact
def gather(
    xs: F64, ys: F64, side: float, column: int, row: int, counts: I32, sum_xs: F64, sum_ys: F64, lasts: I32
) -> None:
    """Count the points of each cell, add up where they are in it, and note the last; see ``contract.Cells``.

    The arrays are (rows, columns) and hold 0; the first cell is ``column, row`` of the plane.
    """
    rows, columns = counts.shape
    for k in range(xs.shape[0]):
        i, j = np.floor(xs[k] / side) - column, np.floor(ys[k] / side) - row
        if 0 <= i < columns and 0 <= j < rows:
            c, r = np.int64(i), np.int64(j)
            counts[r, c] += 1
            sum_xs[r, c] += xs[k] - (column + c) * side
            sum_ys[r, c] += ys[k] - (row + r) * side
            lasts[r, c] = k
