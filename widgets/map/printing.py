"""A map drawn for paper: the layers of another map, never shown, in a theme of its own and finer than the screen."""

from collections.abc import Collection, Iterable

import msgspec
from PySide6.QtGui import QImage

from layers.camera import Bounds, Camera
from layers.contract import Area, LayerItem, LegendRow
from resources.theme import Theme
from resources.words import Words
from widgets.map.canvas import MapCanvas
from widgets.map.legend import legend_rows

LABELS_AT_ONCE = 10
FINE = 2.0
"""Device pixels a logical pixel: about 190 to the inch on the sheet."""


def without_empty_ground(view: Bounds, items: Iterable[LayerItem]) -> Bounds:
    """Return of a view what these layers have something in; all of it where they have nothing there.

    On the screen cards lie over the ground round a town; on paper it is only empty, and the town small beside it.
    """
    had = [bounds for item in items if (bounds := item.bounds()) is not None]
    if not had:
        return view
    x0, y0 = (max(view[i], min(bounds[i] for bounds in had)) for i in (0, 1))
    x1, y1 = (min(view[i], max(bounds[i] for bounds in had)) for i in (2, 3))
    return (x0, y0, x1, y1) if x0 < x1 and y0 < y1 else view


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
