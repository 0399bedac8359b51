"""The compiled kernels that find the cells in which marks altered. Only ``layers.raster.compiled`` calls them."""

from math import floor

from layers.raster.contract import CELL_HIGH, CELL_WIDE, F32, I32, U16, Mask
from layers.raster.jit import exact, inlined
from layers.raster.stamps import pixel_x, pixel_y


@inlined
def touch(x: float, y: float, size: int, mask: Mask) -> None:
    """Set the cells in which a sprite lies whose middle is at a pixel."""
    rows, columns = mask.shape
    if -size < x < columns * CELL_WIDE + size and -size < y < rows * CELL_HIGH + size:
        left, top = floor(x) - size // 2, floor(y) - size // 2
        first, last = max(left, 0) // CELL_WIDE, min(max(left + size - 1, 0) // CELL_WIDE, columns - 1)
        upper, lower = max(top, 0) // CELL_HIGH, min(max(top + size - 1, 0) // CELL_HIGH, rows - 1)
        first, upper = min(first, last), min(upper, lower)  # one that is just outside counts as on the edge
        mask[upper, first] = mask[upper, last] = mask[lower, first] = mask[lower, last] = True
        if size > CELL_WIDE:  # there are cells between its corners
            mask[upper : lower + 1, first : last + 1] = True


@exact
def touch_altered(
    xs: F32,
    ys: F32,
    codes: U16,
    to_xs: F32,
    to_ys: F32,
    to_codes: U16,
    size: int,
    per_metre: float,
    dx: float,
    dy: float,
    most: int,
    mask: Mask,
) -> bool:
    """Set the cells in which sprites lie, or lay, that are another or elsewhere; all are where their number differs.

    Return whether they are no more than ``most``: else it is given up.
    """
    found, few, many = 0, min(xs.shape[0], to_xs.shape[0]), max(xs.shape[0], to_xs.shape[0])
    for k in range(many):
        if few == many and xs[k] == to_xs[k] and ys[k] == to_ys[k] and codes[k] == to_codes[k]:
            continue
        found += 1
        if found > most:
            return False
        if k < xs.shape[0]:
            touch(pixel_x(xs[k], per_metre, dx), pixel_y(ys[k], per_metre, dy), size, mask)
        if k < to_xs.shape[0]:
            touch(pixel_x(to_xs[k], per_metre, dx), pixel_y(to_ys[k], per_metre, dy), size, mask)
    return True


@exact
def find_runs(mask: Mask, boxes: I32) -> int:
    """Write the runs of cells that are set (first column, row, one past the last column); return how many.

    A single cell between two counts with them, and so do as many more as need be for ``boxes`` to have room for all.
    """
    for joined in (1, 3, 7, 15, mask.shape[1]):
        n = 0
        for row in range(mask.shape[0]):
            last = -1 - joined
            for column in range(mask.shape[1]):
                if mask[row, column]:
                    if last < 0 or column - last > joined + 1:
                        if n < boxes.shape[0]:
                            boxes[n, 0], boxes[n, 1] = column, row
                        n += 1
                    if n <= boxes.shape[0]:
                        boxes[n - 1, 2] = column + 1
                    last = column
        if n <= boxes.shape[0]:
            break
    return n
