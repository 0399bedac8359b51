"""What lies over moving things, kept while only they move: no case is drawn anew because somebody walks under it."""

from collections.abc import Hashable, Sequence

import numpy as np

from layers.contract import Area, Focus, LayerItem
from layers.raster.contract import Frame, Noted, Raster


class KeptAbove:
    """The layers above the moving one, as they are on the frame. UI thread.

    They are kept from the second frame on that asks for the same: while the map is being panned or pointed at, keeping
    them would cost more than it saves.
    """

    def __init__(self) -> None:
        self._asked: Hashable = None
        self._key: Hashable = None
        self._can = False
        self._noted: Noted | None = None
        self._by: Raster | None = None
        self._covered = self._moved = np.zeros((1, 1), np.uint32)

    @property
    def kept(self) -> bool:
        """Whether the last frame was put together from what is kept."""
        return self._can and self._key is not None and self._key == self._asked

    def draw(
        self,
        raster: Raster,
        frame: Frame,
        still: Frame,
        live: Sequence[LayerItem],
        area: Area,
        focus: Focus,
        key: Hashable,
    ) -> bool:
        """Draw a moving layer and those above it, or return False: then they are to be drawn one after another.

        ``key`` differs when ``still`` or anything but the first of ``live`` has changed.
        """
        if len(live) < 2 or any(item.moving for item in live[1:]):
            return False
        again, self._asked = key == self._asked, key
        touched = live[0].touched(area, focus) if again else None
        if touched is None or not self._keep(raster, still, live[1:], area, focus, key) or self._noted is None:
            return False
        np.copyto(self._moved, still)
        live[0].draw_live(raster, self._moved, area, focus)
        np.copyto(frame, self._covered)
        self._noted.lay(frame, self._moved, *touched)
        return True

    def _keep(
        self, raster: Raster, still: Frame, above: Sequence[LayerItem], area: Area, focus: Focus, key: Hashable
    ) -> bool:
        if key == self._key and self._by is raster:
            return self._can
        self._key = key
        if self._by is not raster or self._covered.shape != still.shape:
            self._by, self._noted = raster, raster.noted(*still.shape)
            self._covered, self._moved = np.empty_like(still), np.empty_like(still)
        np.copyto(self._covered, still)

        def draw(onto: Raster) -> None:
            for item in above:
                item.draw_live(onto, self._covered, area, focus)

        draw(raster)
        self._can = self._noted is not None and self._noted.note(draw)
        return self._can
