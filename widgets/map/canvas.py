"""The picture half of the map: the one image a paint.

``widgets.map.view.MapView`` adds the person: mouse, keys and what lies over the picture.
"""

from collections.abc import Callable

from PySide6.QtCore import QPointF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen, QRegion, QResizeEvent
from PySide6.QtWidgets import QWidget

from layers.background import BESIDE
from layers.camera import Camera
from layers.contract import Area, LayerItem, Look, Picked
from layers.raster.contract import Surface
from layers.raster.source import RasterSource
from resources.theme import Theme
from resources.words import Words
from widgets.map.frame import MapFrame
from widgets.map.layered import LayeredMap
from widgets.map.surface import WindowPixels
from widgets.map.tiles import TileStore

LEAST = QSize(240, 180)
REACH_PX = 5.0
ARRIVALS_MS = 24
"""Tiles that come in within this time are shown together."""
LAST_MS = 10
"""How long the last tile that came in waits for a frame that is painted anyway.
The first picture that is whole waits for nothing."""


class MapCanvas(LayeredMap):
    """An opaque widget that shows layers through a camera."""

    _compiled = Signal()

    def __init__(
        self, words: Words, theme: Theme, family: str, rasters: RasterSource | None, parent: QWidget | None
    ) -> None:
        super().__init__(Look(theme, words, family), parent)
        self.setMinimumSize(LEAST)
        self._rasters = RasterSource() if rasters is None else rasters
        self._tiles = TileStore(self)
        self._frame = MapFrame(self._look, self._rasters, self._tiles)
        self._pixels = WindowPixels()
        self._at_once = self._was_whole = False
        self._painted: Area | None = None
        self._kept_area: tuple[Camera, Area] | None = None
        self._cross = False
        self.covered: Callable[[], QRegion] = QRegion
        """Tells where nothing of the map is to be seen, because something lies over it."""
        self._arrivals = QTimer(self)
        self._arrivals.setSingleShot(True)
        self._arrivals.timeout.connect(self.refresh)
        self._tiles.tiles_arrived.connect(self._on_tiles_arrived)
        self._compiled.connect(self.refresh)
        self._tell_compiled = self._compiled.emit
        self._rasters.when_compiled(self._tell_compiled)

    def minimumSizeHint(self) -> QSize:
        """The least size once more: a dock asks for this one alone, and would give the map no room at all."""
        return LEAST

    @property
    def rasters(self) -> RasterSource:
        """What this map draws with; another map may draw with it too."""
        return self._rasters

    def warm_up(self) -> None:
        """Start making the fast kernels ready in the background. Until then, and without numba, Qt draws."""
        self._rasters.warm_up()

    def stop(self) -> None:
        """End the threads that draw tiles, stop every timer and let go of the models."""
        self._rasters.forget(self._tell_compiled)
        self._let_go()
        self._tiles.stop()
        for timer in self.findChildren(QTimer):
            timer.stop()

    # -- the picture --------------------------------------------------------------------------------------------

    @property
    def settled(self) -> bool:
        """Whether the picture last painted is whole: every tile drawn, every label made."""
        return self._frame.complete and not self._frame.wanting and all(item.ready for item in self.shown_items())

    @property
    def idle(self) -> bool:
        """Whether nothing is on its way: no tile is drawn, not even one out of sight, and what came in is painted."""
        return not self._tiles.busy and not self._arrivals.isActive()

    def begin(self) -> None:
        """Have what stands still drawn for the view as it is, before any of it is painted."""
        self._frame.begin(self._area(), self.shown_items())

    def draw_now(self) -> None:
        """Draw everything anew at once, without waiting for tiles, and paint it before returning (if visible)."""
        self._at_once = True
        self.repaint()

    def forget_tiles(self) -> None:
        """Have every tile drawn anew, though nothing has changed (for measurements)."""
        self._tiles.forget()
        self._frame.restyle()

    def pick_at(self, px: float, py: float, reach: float = REACH_PX) -> Picked | None:
        """Return what lies under a logical pixel, the topmost: cases, then things, then grids."""
        area = self._area()
        for item in reversed(self.shown_items()):
            found = item.pick(area, px * area.ratio, py * area.ratio, reach * area.ratio)
            if found is not None:
                return found
        return None

    def hits_at(self, px: float, py: float, reach: float = REACH_PX) -> list[tuple[LayerItem, Picked | None]]:
        """Return each layer that shows, from the topmost, with what of it lies under a logical pixel."""
        area = self._area()
        return [
            (item, item.pick(area, px * area.ratio, py * area.ratio, reach * area.ratio))
            for item in reversed(self.shown_items())
        ]

    def refresh(self) -> None:
        """Have the frame put together and painted anew, but for what lies under something that hides it."""
        self._frame.alter()
        self.update(self._open())

    def _open(self) -> QRegion:
        """Return what of the map is to be seen."""
        return QRegion(self.rect()) - self.covered()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the frame."""
        with BESIDE.held_off():
            painter = QPainter(self)
            try:
                if not self._draw(self._pixels.painted_on(painter, self._area(), event.region())):
                    painter.drawImage(0, 0, self._frame.picture(self._area()))
                self._paint_over(painter)
            finally:
                painter.end()  # a painter left open on a widget ends the program
        if self._arrivals.isActive() and (self._open() - event.region()).isEmpty():
            self._arrivals.stop()  # whatever came in is painted
        if self._painted is None:
            # Not before: with everything still to be painted Qt would paint an opaque map by itself, and what lies over
            # it once more with the rest of the window.
            self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self._painted = self._area()
        self._was_whole = self._was_whole or self._frame.complete
        if self._frame.wanting or any(item.owing for item in self.shown_items()):
            self._refresh_along()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Follow the widget's size; until somebody moved the map it stays fitted."""
        self._camera = self._camera.resized(self.width(), self.height())
        self._fit_first()

    def _paint_over(self, painter: QPainter) -> None:
        """Paint the cross that says what Enter would pick, and the frame that shows where the keys go."""
        theme = self._look.theme
        if self._cross:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            middle = QPointF(self.width() / 2, self.height() / 2)
            for colour, width in ((theme.map_ground, 4.0), (theme.accent, 1.6)):
                painter.setPen(QPen(QColor(colour), width))
                for dx, dy in ((1, 0), (-1, 0), (0, 1), (0, -1)):
                    painter.drawLine(middle + QPointF(dx, dy) * 7, middle + QPointF(dx, dy) * 20)
        if self.hasFocus():
            accent, width, height = QColor(theme.accent), self.width(), self.height()
            for x, y, w, h in (
                (0, 0, width, 1),
                (0, height - 1, width, 1),
                (0, 0, 1, height),
                (width - 1, 0, 1, height),
            ):
                painter.fillRect(x, y, w, h, accent)

    def _moves_along(self) -> bool:
        """Whether what is painted over the frame goes along with its marks."""
        return False

    # -- inner --------------------------------------------------------------------------------------------------

    def _area(self) -> Area:
        camera, ratio = self._camera, self.devicePixelRatioF()
        if self._kept_area is None or self._kept_area[0] is not camera or self._kept_area[1].ratio != ratio:
            self._kept_area = camera, camera.area(ratio)
        return self._kept_area[1]

    def _draw(self, surface: Surface | None) -> bool:
        """Draw the frame; return whether it is on the surface already."""
        area, at_once = self._area(), self._at_once
        self._at_once = False
        if not at_once and self._frame.draw_again(surface, area):
            return True
        items = self.shown_items()
        if at_once:
            return self._frame.draw_now(area, items, self._focus, surface)
        return self._frame.draw_onto(surface, area, items, self._focus)

    def _on_tiles_arrived(self) -> None:
        self._frame.alter()
        if not self._tiles.busy and not self._is_moving():
            self._arrivals.start(LAST_MS if self._was_whole else 0)
        elif not self._arrivals.isActive():
            self._arrivals.start(ARRIVALS_MS)

    def _refresh_along(self) -> None:
        """Have the frame painted anew: now, or along with the next one where the map is being moved."""
        self._frame.alter()
        if not self._is_moving():
            self.refresh()
        elif not self._arrivals.isActive():
            self._arrivals.start(ARRIVALS_MS)

    def _show_changes(self, changed: LayerItem | None) -> None:
        """See ``LayeredMap``: only where marks have moved, or along with the next frame of a map that is moved."""
        if self._is_moving() or self._moves_along():
            self._refresh_along()
        else:
            self._repaint_moved(self._frame.moved(changed, self._area(), self.shown_items))

    def _repaint_moved(self, region: QRegion | None) -> None:
        if region is None:
            self._refresh_along()
        elif not region.isEmpty():
            self.update(region - self.covered())

    def _restyle(self) -> None:
        for item in self._items:
            item.restyle()
        self._frame.restyle()
        self.refresh()
