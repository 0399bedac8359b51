"""Keeping clear of what lies over the map: how much of each side is given up so that nothing covers what is shown."""

from collections.abc import Sequence
from itertools import product

from PySide6.QtCore import QPoint, QRect, QSize
from PySide6.QtGui import QRegion

from layers.camera import Insets

LEAST_FREE_PX = 160
"""So much room there is between the cards at least; where they leave less, they lie over what is shown."""

STEP_PX = 12
"""How finely a free place is looked for."""

Rects = Sequence[QRect]


def ways_clear(room: QSize, head_left: Rects, head_right: Rects, foot_left: Rects, foot: Rects) -> Sequence[Insets]:
    """Return the ways to keep clear of what stands in the corners: each is left free to its side, or below or above it.

    What stands at the foot is always kept clear of upwards. Where nothing leaves room the way is the whole map.
    """
    ways = []
    for legend_beside, cards_beside, list_beside in product((True, False), repeat=3):
        at_left = [*(foot_left if legend_beside else ()), *(head_left if cards_beside else ())]
        at_head = [*(() if cards_beside else head_left), *(() if list_beside else head_right)]
        at_foot = [*foot, *(() if legend_beside else foot_left)]
        way = (
            max((rect.right() + 1 for rect in at_left), default=0),
            max((rect.bottom() + 1 for rect in at_head), default=0),
            max((room.width() - rect.x() for rect in (head_right if list_beside else ())), default=0),
            max((room.height() - rect.y() for rect in at_foot), default=0),
        )
        if _leaves_room(way, room):
            ways.append(way)
    return ways or [(0, 0, 0, 0)]


def nearest_clear(at: QPoint, around: int, room: QSize, covered: QRegion) -> QPoint:
    """Return the pixel nearest to one round which, so far, nothing is covered and the map does not end.

    Where there is none it is the pixel itself.
    """
    least = QRect(0, 0, 2 * around, 2 * around)
    least.moveCenter(at)
    if not covered.intersects(least):
        return at
    xs, ys = (range(around, side - around, STEP_PX) for side in (room.width(), room.height()))
    spots = sorted(product(xs, ys), key=lambda spot: (spot[0] - at.x()) ** 2 + (spot[1] - at.y()) ** 2)
    for x, y in spots:
        least.moveCenter(QPoint(x, y))
        if not covered.intersects(least):
            return QPoint(x, y)
    return at


def widest_gap(left: int, right: int, band: range, taken: Rects) -> tuple[int, int]:
    """Return from which pixel to which the widest part of a band goes that nothing stands in; an empty one at worst."""
    standing = sorted(
        (rect.left(), rect.right())
        for rect in taken
        if rect.top() < band.stop and rect.bottom() >= band.start and not rect.isEmpty()
    )
    best, at = (left, left - 1), left
    for begin, end in [*standing, (right + 1, right + 1)]:
        if min(begin - 1, right) - at > best[1] - best[0]:
            best = at, min(begin - 1, right)
        at = max(at, end + 1)
    return best


def _leaves_room(way: Insets, room: QSize) -> bool:
    left, top, right, bottom = way
    return room.width() - left - right >= LEAST_FREE_PX and room.height() - top - bottom >= LEAST_FREE_PX
