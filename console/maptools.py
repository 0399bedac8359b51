"""The map's tools as the desk offers them: what a key or a button begins on the map, and what follows from it."""

import asyncio
from typing import Protocol

from PySide6.QtCore import QObject, Signal

from console.tasks import Tasks
from domain.faults import Fault
from layers.mercator import to_plane
from resources.words import Words, sentence
from widgets.map.sketch import Sketch, SketchKind
from widgets.map.view import MapView


class SaysWhy(Protocol):
    """A tool's card that says things by their key."""

    def say(self, key: str, **values: str) -> None:
        """Say this."""


def draw_on(view: MapView, words: Words, card: SaysWhy, fault: Fault) -> None:
    """Say what is wrong with what was just drawn, and let it be drawn on from there."""
    card.say("redline.go_on", why=sentence(words, f"fault.{fault.key}", dict(fault.params)))
    if view.sketch is not None:
        view.reopen_sketch(words(f"map_tools.hint.{view.sketch.kind}"))


class MapTools(QObject):
    """Begins measuring; a tool that is begun again, or Escape, ends it. ``begun`` each time."""

    begun = Signal()

    def __init__(self, view: MapView, tasks: Tasks, words: Words, parent: QObject) -> None:
        super().__init__(parent)
        self._view, self._tasks, self._words = view, tasks, words
        self._warm = False
        view.overlays.toolbar.measure_requested.connect(self.measure_distance)
        view.overlays.toolbar.area_requested.connect(self.measure_area)

    def measure_distance(self) -> None:
        """Measure along a line."""
        self._measure(SketchKind.LINE)

    def measure_from(self, lon: float, lat: float) -> None:
        """Measure along a line that begins at a place in degrees."""
        self._measure(SketchKind.LINE, (lon, lat))

    def measure_area(self) -> None:
        """Measure an area and its border."""
        self._measure(SketchKind.AREA)

    def _measure(self, kind: SketchKind, first: tuple[float, float] | None = None) -> None:
        self._tasks.start("maptools", "measure", self._begin(kind, first))

    async def _begin(self, kind: SketchKind, first: tuple[float, float] | None) -> None:
        if not self._warm:
            from layers.geodesy import warm  # noqa: PLC0415 - what it stands on takes its time to import

            await asyncio.to_thread(warm)
            self._warm = True
        self.begun.emit()
        hint = self._words(f"map_tools.hint.{kind}")
        sketch = Sketch(kind, self._view)
        self._view.begin_sketch(sketch, hint=hint, measuring=True)
        if first is not None:
            sketch.add(*to_plane(*first), self._view.camera)
