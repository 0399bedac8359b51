"""Which labels find room, in plain Python: until the kernels are in. ``layers.raster.seating`` does the same faster."""

import numpy as np

from layers.raster.contract import F64, Taken, Wanted

BIN = 96.0
"""Side in pixels of the bins that boxes are looked up by."""

Box = tuple[float, float, float, float]
Bins = dict[tuple[int, int], list[Box]]


def seat(wanted: Wanted, taken: Taken, width: int, height: int) -> F64:
    """See ``Raster.seated``."""
    labels: Bins = {}
    marks: Bins = {}
    for box, is_mark in zip(taken.boxes.tolist(), taken.is_mark.tolist(), strict=True):
        _put(marks if is_mark else labels, tuple(box))
    found = np.full((len(wanted.px), 2), np.nan)
    rows = zip(*(column.tolist() for column in wanted), strict=True)
    for i, (x, y, wide, high, away, shift, firm) in enumerate(rows):
        if not (-wide < x < width + wide and -high < y < height + high):
            continue
        boxes = [(left, top, left + wide, top + high) for left, top in _spots(x, y, wide, high, away, shift)]
        clear = [box for box in boxes if not _meets(labels, box)]
        best = next((box for box in clear if not _meets(marks, box)), clear[0] if firm and clear else None)
        if best is not None:
            _put(labels, best)
            found[i] = best[:2]
    return found


def _spots(x: float, y: float, wide: float, high: float, away: float, shift: float) -> tuple[tuple[float, float], ...]:
    """Return the corners a label may have, the best first."""
    if away > 0:
        return (x + away, y - high / 2), (x - away - wide, y - high / 2), (x - wide / 2, y + away)
    left, top = x - wide / 2, y - high / 2
    return ((left, top), (left, top + shift), (left, top - shift)) if shift > 0 else ((left, top),)


def _cells(box: Box) -> list[tuple[int, int]]:
    x0, y0, x1, y1 = (int(side // BIN) for side in box)
    return [(i, j) for i in range(x0, x1 + 1) for j in range(y0, y1 + 1)]


def _put(bins: Bins, box: Box) -> None:
    for cell in _cells(box):
        bins.setdefault(cell, []).append(box)


def _meets(bins: Bins, box: Box) -> bool:
    x0, y0, x1, y1 = box
    return any(
        x0 < a1 and a0 < x1 and y0 < b1 and b0 < y1 for cell in _cells(box) for a0, b0, a1, b1 in bins.get(cell, ())
    )
