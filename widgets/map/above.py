"""What lies over moving things, kept while only they move: no case is drawn anew because somebody walks under it."""

from collections.abc import Callable, Hashable

from layers.raster.contract import Frame, Marks, Noted, Raster, Surface

Draw = Callable[[Raster], None]


class KeptAbove:
    """What is above the moving layer. UI thread.

    It is kept from the second frame on that asks for the same: while the map is being panned or pointed at, keeping it
    would cost more than it saves.
    """

    def __init__(self) -> None:
        self._asked: Hashable = None
        self._key: Hashable = None
        self._can = False
        self._noted: Noted | None = None
        self._by: Raster | None = None
        self._shape = 0, 0

    @property
    def kept(self) -> bool:
        """Whether the last frame was put together from what is kept."""
        return self._can and self._key is not None and self._key == self._asked

    def show(
        self,
        raster: Raster,
        surface: Surface,
        still: Frame,
        marks: Callable[[], Marks | None],
        above: Draw,
        key: Hashable,
    ) -> bool:
        """Set a surface to ``still``, moving marks on it, and what is above them; or return False and do nothing.

        ``marks`` are asked for only where they may be shown so. ``key`` differs when what is above, or on ``still``,
        has changed.
        """
        again, self._asked = key == self._asked, key
        moving = marks() if again else None
        if moving is None or _dense(moving, still) or not self._keep(raster, still, above, key):
            return False
        if self._noted is not None:
            self._noted.lay(surface, moving)
        return self._noted is not None

    def _keep(self, raster: Raster, still: Frame, above: Draw, key: Hashable) -> bool:
        if key == self._key and self._by is raster:
            return self._can
        self._key = key
        if self._by is not raster or self._shape != still.shape:
            self._by, self._shape, self._noted = raster, (len(still), len(still[0])), raster.noted(*still.shape)
        self._can = self._noted is not None and self._noted.note(above, still)
        return self._can


MOST = 5000
"""More marks than this are not laid one by one."""


def _dense(marks: Marks, frame: Frame) -> bool:
    """Return whether marks cover so much that the whole frame is sooner made anew than their squares are."""
    return len(marks.xs) > MOST or len(marks.xs) * marks.sprites.size**2 > frame.size
