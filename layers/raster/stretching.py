"""The compiled kernel that draws a picture larger or smaller. Only ``layers.raster.compiled`` calls it."""

import numpy as np

from layers.raster.contract import Frame
from layers.raster.jit import exact


@exact
def stretch(
    frame: Frame, x0: int, y0: int, x1: int, y1: int, picture: Frame, left: float, top: float, times: float
) -> None:
    """Set the pixels of a box, all of whose middles fall on the picture, to what they fall on."""
    columns = np.empty(x1 - x0, np.int32)
    for i in range(x1 - x0):
        columns[i] = np.int32(np.floor((x0 + i + 0.5 - left) / times))
    before = -1
    for y in range(y0, y1):
        row = int(np.floor((y + 0.5 - top) / times))
        line = frame[y, x0:x1]
        if row == before:
            line[:] = frame[y - 1, x0:x1]
        else:
            source, by_fours = picture[row], line.shape[0] & ~3
            for i in range(0, by_fours, 4):  # four loads under way at a time
                first, second = source[np.uintp(columns[i])], source[np.uintp(columns[i + 1])]
                third, fourth = source[np.uintp(columns[i + 2])], source[np.uintp(columns[i + 3])]
                line[i], line[i + 1], line[i + 2], line[i + 3] = first, second, third, fourth
            for i in range(by_fours, line.shape[0]):
                line[i] = source[np.uintp(columns[i])]
        before = row
