"""Compiled kernels for labels: which of them find room, and laying their pictures. For ``layers.raster.compiled``.

Boxes are looked up by coarse square bins, each a chain of boxes; what lies outside the frame counts for the bins at its
edge.
"""

import numpy as np
import numpy.typing as npt

from layers.raster.contract import F64, I32, U32, Frame
from layers.raster.jit import exact

BIN = 96
EDGE = 2
"""Bins beyond each edge of the frame."""

Bools = npt.NDArray[np.bool_]


@exact
def bin_of(side: float, count: int) -> int:
    """Return the bin a coordinate falls into, of ``count``."""
    return min(max(int(np.floor(min(max(side, -1e6), 1e6) / BIN)) + EDGE, 0), count - 1)


@exact
def insert(heads: I32, following: I32, which: I32, used: int, boxes: F64, k: int, across: int, down: int) -> int:
    """Add box ``k`` to the chain of each bin it touches; return how many links are then in use."""
    for c in range(bin_of(boxes[k, 0], across), bin_of(boxes[k, 2], across) + 1):
        for r in range(bin_of(boxes[k, 1], down), bin_of(boxes[k, 3], down) + 1):
            following[used], which[used] = heads[r, c], k
            heads[r, c] = used
            used += 1
    return used


@exact
def meets(heads: I32, following: I32, which: I32, boxes: F64, is_mark: Bools, k: int, marks: bool) -> bool:
    """Return whether box ``k`` overlaps one that is in: a mark, or a label."""
    down, across = heads.shape
    for c in range(bin_of(boxes[k, 0], across), bin_of(boxes[k, 2], across) + 1):
        for r in range(bin_of(boxes[k, 1], down), bin_of(boxes[k, 3], down) + 1):
            link = heads[r, c]
            while link >= 0:
                b = which[link]
                if (
                    is_mark[b] == marks
                    and boxes[k, 0] < boxes[b, 2]
                    and boxes[b, 0] < boxes[k, 2]
                    and boxes[k, 1] < boxes[b, 3]
                    and boxes[b, 1] < boxes[k, 3]
                ):
                    return True
                link = following[link]
    return False


@exact
def spot(boxes: F64, k: int, n: int, x: float, y: float, wide: float, high: float, away: float, shift: float) -> None:
    """Set box ``k`` to the n-th place a label may have, the best first."""
    left, top = x - wide / 2, y - high / 2
    if away > 0:
        left = x + away if n == 0 else (x - away - wide if n == 1 else left)
        top = y + away if n == 2 else top
    elif n > 0:
        top += shift if n == 1 else -shift
    boxes[k, 0], boxes[k, 1], boxes[k, 2], boxes[k, 3] = left, top, left + wide, top + high


@exact
def seat(
    px: F64,
    py: F64,
    wide: F64,
    high: F64,
    away: F64,
    shift: F64,
    firm: Bools,
    boxes: F64,
    is_mark: Bools,
    before: int,
    width: int,
    height: int,
    heads: I32,
    following: I32,
    which: I32,
    found: F64,
) -> None:
    """Give each label a place where it meets nothing, the first ones first; see ``Raster.seated``.

    The first ``before`` of ``boxes`` are taken already, the others are room for the labels.
    """
    down, across = heads.shape
    used = 0
    for k in range(before):
        used = insert(heads, following, which, used, boxes, k, across, down)
    for i in range(px.shape[0]):
        if not (-wide[i] < px[i] < width + wide[i] and -high[i] < py[i] < height + high[i]):
            continue
        k, chosen, fallback = before + i, -1, -1
        for n in range(3 if away[i] > 0 or shift[i] > 0 else 1):
            spot(boxes, k, n, px[i], py[i], wide[i], high[i], away[i], shift[i])
            if meets(heads, following, which, boxes, is_mark, k, False):
                continue
            fallback = n if fallback < 0 else fallback
            if not meets(heads, following, which, boxes, is_mark, k, True):
                chosen = n
                break
        if chosen < 0 and firm[i]:
            chosen = fallback
        if chosen >= 0:
            spot(boxes, k, chosen, px[i], py[i], wide[i], high[i], away[i], shift[i])
            used = insert(heads, following, which, used, boxes, k, across, down)
            found[i, 0], found[i, 1] = boxes[k, 0], boxes[k, 1]


@exact
def lay_pictures(frame: Frame, book: U32, starts: I32, wide: I32, high: I32, lefts: I32, tops: I32) -> None:
    """Lay premultiplied pictures, one after the other in a flat book, over a frame; see ``blit.blit``."""
    height, width = frame.shape
    low, even, eight = np.uint32(0xFF00FF), np.uint32(0xFF00FF00), np.uint32(8)
    for k in range(starts.shape[0]):
        first, last = max(0, -lefts[k]), min(wide[k], width - lefts[k])
        if first >= last:
            continue
        for r in range(max(0, -tops[k]), min(high[k], height - tops[k])):
            at, left = starts[k] + r * wide[k], lefts[k]
            sources = book[at + first : at + last]
            line = frame[tops[k] + r, left + first : left + last]
            for i in range(last - first):  # from 0 on, over two slices: so that it takes many pixels at a time
                source, under = sources[i], line[i]
                alpha = source >> np.uint32(24)
                rest = np.uint32(256) - (alpha + (alpha >> np.uint32(7)))
                rb, ag = ((under & low) * rest) >> eight, ((under >> eight) & low) * rest
                line[i] = np.uint32(source + (rb & low) + (ag & even))
