"""The compiled kernels that find the cells in which marks lie. Only ``layers.raster.compiled`` calls them.

A mask has one more cell on each side: whatever lies outside counts as in these.
"""

import numpy as np

from layers.raster.contract import CELL_WIDE, F32, HIGH_BITS, I32, U16, WIDE_BITS, Marks, Mask
from layers.raster.jit import exact, inlined
from layers.raster.stamps import pixel_x, pixel_y

FAR = float(1 << 20)
"""No frame is so large that a pixel so far away lies on it."""


@exact
def find_corners(xs: F32, ys: F32, half: int, per_metre: float, dx: float, dy: float) -> I32:
    """Return the pixels at the upper left of squares round points: their columns, and their rows."""
    found = np.empty((2, xs.shape[0]), np.int32)
    for k in range(xs.shape[0]):
        found[0, k] = np.int32(np.floor(min(max(pixel_x(xs[k], per_metre, dx), -FAR), FAR))) - half
        found[1, k] = np.int32(np.floor(min(max(pixel_y(ys[k], per_metre, dy), -FAR), FAR))) - half
    return found


@inlined
def cell(pixel: int, bits: int, last: int) -> int:
    """Return the row or column of a mask in which a pixel lies."""
    return min(max((pixel >> bits) + 1, 0), last)


@inlined
def touch(left: int, top: int, size: int, mask: Mask, flat: Mask) -> None:
    """Set the cells in which a square lies; ``flat`` is the mask in one row."""
    wide, last = mask.shape[1], mask.shape[0] - 1
    first_column, last_column = cell(left, WIDE_BITS, wide - 1), cell(left + size - 1, WIDE_BITS, wide - 1)
    upper, lower = cell(top, HIGH_BITS, last) * wide, cell(top + size - 1, HIGH_BITS, last) * wide
    flat[np.uintp(upper + first_column)] = flat[np.uintp(upper + last_column)] = True
    flat[np.uintp(lower + first_column)] = flat[np.uintp(lower + last_column)] = True
    if size > CELL_WIDE:  # there are cells between its corners
        mask[upper // wide : lower // wide + 1, first_column : last_column + 1] = True


@exact
def touch_all(xs: F32, ys: F32, size: int, margin: int, per_metre: float, dx: float, dy: float, mask: Mask) -> None:
    """Set the cells that lie within a margin of sprites."""
    flat, wide = mask.reshape(mask.size), size + 2 * margin
    corners = find_corners(xs, ys, size // 2 + margin, per_metre, dx, dy)
    for k in range(xs.shape[0]):
        touch(corners[0, k], corners[1, k], wide, mask, flat)


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
    mask: Mask,
) -> int:
    """Set the cells in which sprites lie, or lay, that are another or elsewhere, of as many before as after.

    Return how many there are.
    """
    flat, found = mask.reshape(mask.size), 0
    before = find_corners(xs, ys, size // 2, per_metre, dx, dy)
    after = find_corners(to_xs, to_ys, size // 2, per_metre, dx, dy)
    for k in range(xs.shape[0]):
        if before[0, k] != after[0, k] or before[1, k] != after[1, k] or codes[k] != to_codes[k]:
            found += 1
            touch(before[0, k], before[1, k], size, mask, flat)
            touch(after[0, k], after[1, k], size, mask, flat)
    return found


@exact
def lie_within(xs: F32, ys: F32, size: int, per_metre: float, dx: float, dy: float, mask: Mask) -> bool:
    """Return whether all cells in which sprites lie are set."""
    flat, found = mask.reshape(mask.size), True
    wide, last = mask.shape[1], mask.shape[0] - 1
    corners = find_corners(xs, ys, size // 2, per_metre, dx, dy)
    for k in range(xs.shape[0]):
        left, top = corners[0, k], corners[1, k]
        first_column, last_column = cell(left, WIDE_BITS, wide - 1), cell(left + size - 1, WIDE_BITS, wide - 1)
        upper, lower = cell(top, HIGH_BITS, last) * wide, cell(top + size - 1, HIGH_BITS, last) * wide
        found &= flat[np.uintp(upper + first_column)] & flat[np.uintp(upper + last_column)]
        found &= flat[np.uintp(lower + first_column)] & flat[np.uintp(lower + last_column)]
        if size > CELL_WIDE:
            found &= mask[upper // wide : lower // wide + 1, first_column : last_column + 1].all()
    return found


@exact
def join_runs(mask: Mask, most: int) -> None:
    """Set a single cell between two that are set in a row, and so many more as need be for ``most`` runs to be left."""
    for between in (1, 3, 7, 15, mask.shape[1]):
        runs = 0
        for row in range(mask.shape[0]):
            last = -1
            for column in range(mask.shape[1]):
                if mask[row, column]:
                    if last >= 0 and column - last <= between + 1:
                        mask[row, last:column] = True
                    else:
                        runs += 1
                    last = column
        if runs <= most:
            break


class CompiledCells:
    """Finds the cells of marks with the kernels; any thread."""

    def touch_altered(self, before: Marks, after: Marks, mask: Mask) -> int:
        """See ``MarkCells.touch_altered``."""
        if len(before.xs) == len(after.xs):
            return touch_altered(*before[:3], *after[:3], after.sprites.size, *after.placing, mask)
        for marks in (before, after):
            self.touch(marks, 0, mask)
        return max(len(before.xs), len(after.xs))

    def touch(self, marks: Marks, margin: int, mask: Mask) -> None:
        """See ``MarkCells.touch``."""
        touch_all(marks.xs, marks.ys, marks.sprites.size, margin, *marks.placing, mask)

    def lie_within(self, marks: Marks, mask: Mask) -> bool:
        """See ``MarkCells.lie_within``."""
        return lie_within(marks.xs, marks.ys, marks.sprites.size, *marks.placing, mask)

    def join(self, mask: Mask, most: int) -> None:
        """See ``MarkCells.join``."""
        join_runs(mask, most)
