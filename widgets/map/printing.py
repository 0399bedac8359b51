"""A map drawn for paper: the layers of another map, never shown, in a theme of its own and finer than the screen."""

from collections.abc import Collection

import msgspec
from PySide6.QtGui import QImage

from layers.camera import Bounds, Camera
from layers.contract import Area, LegendRow
from resources.theme import Theme
from resources.words import Words
from widgets.map.canvas import MapCanvas
from widgets.map.legend import legend_rows

LABELS_AT_ONCE = 10
FINE = 2.0
"""Device pixels a logical pixel: about 190 to the inch on the sheet."""


class PrintMap(MapCanvas):
    """Hand it a map and what to look at, then ask for ``picture`` until there is one; ``stop`` ends its threads."""

    def __init__(self, words: Words, theme: Theme, family: str, shown: MapCanvas, keep: Collection[str]) -> None:
        """Show the layers ``keep`` of ``shown`` as they were chosen there, at whatever scale paper has."""
        super().__init__(words, theme, family, shown.rasters, None)
        self._frame.labels_a_frame = LABELS_AT_ONCE
        self.set_layers(shown.models, as_given=True)
        for item in shown.items:
            kept = msgspec.structs.replace(item.options, visible=item.key in keep, finest=None, coarsest=None)
            self.choose(item.key, kept)

    def look_at(self, bounds: Bounds, width: int, height: int) -> None:
        """Show all of ``bounds`` (plane metres) in so many logical pixels."""
        self.resize(width, height)
        self._fitted = True
        self._camera = Camera(width=width, height=height).fitted(bounds)

    def make_room(self) -> None:
        """Take the memory the picture needs. Any thread, before ``picture`` is first asked for."""
        self._frame.make_room(self._area())

    def picture(self) -> QImage | None:
        """Return the picture once every tile and label of it is drawn; each call goes on with them for a short while.

        It is the map's own memory: to be copied, in whichever thread, before anything is asked of the map again.
        """
        image = self._frame.draw(self._area(), self.shown_items(), self._focus)
        return image if self.settled else None

    def legend(self) -> list[LegendRow]:
        """Return the rows that explain what is shown."""
        return legend_rows(reversed(self.shown_items()))

    def _area(self) -> Area:
        return self._camera.area(FINE)
