"""The map with what is drawn over its layers: marks and tools of guests, and what a person draws or measures just now.

``widgets.map.view.MapView`` adds mouse and keys.
"""

from PySide6.QtCore import QPointF, Qt, Signal
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QWidget

from layers.raster.source import RasterSource
from resources.theme import Theme
from resources.words import Words
from widgets.map.guests import MapGuest
from widgets.map.measuring import paint_reading
from widgets.map.overlaid import OverlaidMap
from widgets.map.sketch import Sketch, SketchKind


class DrawnMap(OverlaidMap):
    """An overlaid map with its guests, and at most one thing that is being drawn or a place that is being chosen."""

    sketch_ended = Signal()

    def __init__(
        self, words: Words, theme: Theme, family: str, rasters: RasterSource | None, parent: QWidget | None
    ) -> None:
        super().__init__(words, theme, family, rasters, parent)
        self._placing = False
        self._sketch: Sketch | None = None
        self._measuring = self._by_pointer = False
        self._guests: list[MapGuest] = []

    def add_guest(self, guest: MapGuest) -> None:
        """Let this paint over the layers and be asked first about keys and clicks."""
        self._guests.append(guest)

    @property
    def sketch(self) -> Sketch | None:
        """What is being drawn, or was and is still to be seen."""
        return self._sketch

    @property
    def awaits_points(self) -> bool:
        """Whether a click draws something, or chooses a place."""
        return self._drawing or self._placing

    def begin_place_pick(self) -> None:
        """Let the next click, or Enter at the cross, choose a place: ``place_picked``. Escape ends it."""
        self._placing = True
        self.setCursor(Qt.CursorShape.CrossCursor)
        self._overlays.coordinates.set_hint(self._look.words("map.pick_place"))

    def cancel_place_pick(self) -> None:
        """Stop choosing a place."""
        self._placing = False
        self.unsetCursor()
        self._overlays.coordinates.set_hint("")

    def begin_sketch(self, sketch: Sketch, *, hint: str, measuring: bool = False) -> None:
        """Let clicks, or Enter at the cross, draw this; ``measuring`` says how long or large it is. Escape ends it.

        It stays to be seen when it is finished, until ``end_sketch`` or the next one.
        """
        self.end_sketch()
        self.cancel_place_pick()
        self._sketch, self._measuring, self._by_pointer = sketch, measuring, False
        sketch.altered.connect(self.refresh)
        sketch.finished.connect(self._on_sketch_finished)
        sketch.given_up.connect(self.end_sketch)
        self.setCursor(Qt.CursorShape.CrossCursor)
        self._overlays.coordinates.set_hint(hint)
        self.setFocus()
        self.refresh()

    def reopen_sketch(self, hint: str) -> None:
        """Let what was finished be drawn on."""
        if self._sketch is not None:
            self._sketch.reopen()
            self.setCursor(Qt.CursorShape.CrossCursor)
            self._overlays.coordinates.set_hint(hint)
            self.setFocus()

    def end_sketch(self) -> None:
        """Take away what was drawn: the map is as before."""
        sketch, self._sketch = self._sketch, None
        if sketch is None:
            return
        for signal, slot in (
            (sketch.altered, self.refresh),
            (sketch.finished, self._on_sketch_finished),
            (sketch.given_up, self.end_sketch),
        ):
            signal.disconnect(slot)
        self.unsetCursor()
        self._overlays.coordinates.set_hint("")
        self.refresh()
        self.sketch_ended.emit()

    # -- inner --------------------------------------------------------------------------------------------------

    @property
    def _drawing(self) -> bool:
        return self._sketch is not None and not self._sketch.done

    @property
    def _awaits_box(self) -> bool:
        """Whether dragging draws a rectangle, rather than move the map."""
        return self._sketch is not None and self._sketch.kind is SketchKind.RECT and not self._sketch.points

    def _add_point(self, at: QPointF, *, by_pointer: bool = False) -> None:
        self._by_pointer = by_pointer
        if self._sketch is not None:
            self._sketch.add(*self._camera.to_plane(at.x(), at.y()), self._camera)

    def _finish_sketch(self) -> None:
        if self._sketch is not None:
            self._sketch.finish()

    def _on_sketch_finished(self) -> None:
        self.unsetCursor()
        self._overlays.coordinates.set_hint("")
        self.refresh()

    def _moves_along(self) -> bool:
        """See ``MapCanvas``."""
        return any(guest.moves_along for guest in self._guests)

    def _paint_over(self, painter: QPainter) -> None:
        """Paint what guests have and what is being drawn or measured, under the cross."""
        for guest in self._guests:
            painter.save()
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            guest.paint(painter, self._camera, self._look.theme)
            painter.restore()
        if self._sketch is not None:
            self._sketch.paint(painter, self._camera, self._look.theme)
            if self._measuring:
                paint_reading(painter, self._camera, self._sketch, self._look, self.font(), self.covered())
        super()._paint_over(painter)
