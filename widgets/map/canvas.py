"""The picture half of the map: the layers, what is chosen, and the one image a paint.

``widgets.map.view.MapView`` adds the person: mouse, keys and what lies over the picture.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from functools import partial

import msgspec
from PySide6.QtCore import QPointF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen, QRegion, QResizeEvent
from PySide6.QtWidgets import QWidget

from layers.background import BESIDE
from layers.camera import Bounds, Camera
from layers.cases.item import CasesItem
from layers.contract import Area, Focus, LayerItem, Look, Picked
from layers.observed import Observed
from layers.options import GROUPS, LayerOptions
from layers.raster.contract import Surface
from layers.raster.source import RasterSource
from layers.registry import ITEMS, make_item
from resources.theme import Theme
from resources.words import Words
from widgets.map.frame import MapFrame
from widgets.map.looking import LookingMap
from widgets.map.surface import WindowPixels
from widgets.map.tiles import TileStore

LEAST = QSize(240, 180)
REACH_PX = 5.0
ARRIVALS_MS = 24
"""Tiles that come in within this time are shown together."""
LAST_MS = 10
"""How long the last tile that came in waits for a frame that is painted anyway.
The first picture that is whole waits for nothing."""


class MapCanvas(LookingMap):
    """An opaque widget that shows layers through a camera."""

    layers_changed = Signal()
    """Layers say something else than before, or others are shown; ``layers_set`` goes before where there are others."""
    layers_set = Signal()
    _compiled = Signal()

    def __init__(
        self, words: Words, theme: Theme, family: str, rasters: RasterSource | None, parent: QWidget | None
    ) -> None:
        super().__init__(parent)
        self.setMinimumSize(LEAST)
        self._look = Look(theme, words, family)
        self._rasters = RasterSource() if rasters is None else rasters
        self._tiles = TileStore(self)
        self._frame = MapFrame(self._look, self._rasters, self._tiles)
        self._pixels = WindowPixels()
        self._items: list[LayerItem] = []
        self._models: dict[str, Observed] = {}
        self._unsubscribe: dict[str, Callable[[], None]] = {}
        self._focus = Focus()
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

    # -- what it shows ------------------------------------------------------------------------------------------

    def set_layers(self, models: Iterable[Observed], *, as_given: bool = False) -> None:
        """Show these models from the ground up: by group and the order of ``layers.registry``, or ``as_given``."""
        self._let_go()
        order = {kind: rank for rank, kind in enumerate(ITEMS)}
        ranked = models if as_given else sorted(models, key=lambda given: order.get(type(given), len(order)))
        for model in ranked:
            self._show(model)
        if not as_given:
            self.order_layers([item.key for item in self._items])
        self.layers_set.emit()
        self._on_model_changed()

    @property
    def items(self) -> tuple[LayerItem, ...]:
        """The layers, from the ground up."""
        return tuple(self._items)

    def item(self, key: str) -> LayerItem | None:
        """Return the layer of a key."""
        return next((item for item in self._items if item.key == key), None)

    def add_layer(self, model: Observed) -> LayerItem:
        """Show one more model, above the others of its group; raises KeyError for a model no layer knows."""
        item = self._show(model)
        self.layers_set.emit()
        self.order_layers([kept.key for kept in self._items])
        return item

    def remove_layer(self, key: str) -> None:
        """Take a layer away; an unknown key is passed over."""
        item = self.item(key)
        if item is not None:
            self._unsubscribe.pop(key)()
            self._models.pop(key)
            self._items.remove(item)
            item.close()
            self.layers_set.emit()
            self._on_model_changed()

    def choose(self, key: str, options: LayerOptions) -> None:
        """Show a layer as was chosen; an unknown key is passed over."""
        item = self.item(key)
        if item is not None and item.options != options:
            item.choose(options)
            self._on_model_changed()

    def order_layers(self, keys: Sequence[str]) -> None:
        """Lay the layers over one another in this order, group by group; one not named stays above those named."""
        rank = {key: place for place, key in enumerate(keys)}
        self._items.sort(key=lambda item: (GROUPS.index(item.group), rank.get(item.key, len(rank))))
        self._on_model_changed()

    def set_layer_visible(self, key: str, on: bool) -> None:
        """Show or hide a layer; an unknown key is passed over."""
        item = self.item(key)
        if item is not None:
            self.choose(key, msgspec.structs.replace(item.options, visible=on))

    @property
    def rasters(self) -> RasterSource:
        """What this map draws with; another map may draw with it too."""
        return self._rasters

    @property
    def models(self) -> tuple[Observed, ...]:
        """The models that are shown, from the ground up: another map can be made of them."""
        return tuple(self._models[item.key] for item in self._items)

    @property
    def past(self) -> datetime | None:
        """The moment that is played back, None where the map shows what is now."""
        return self._look.past

    def show_past(self, moment: datetime | None) -> None:
        """Say that cases and things are as they were at a moment; layers of what is now are drawn paler meanwhile."""
        began = (moment is None) != (self._look.past is None)
        self._look.past = moment
        if began:
            self._on_model_changed()

    @property
    def shows_ended(self) -> bool:
        """Whether ended cases are shown."""
        item = self.item("cases")
        return isinstance(item, CasesItem) and item.ended_shown()

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

    # -- what is chosen -----------------------------------------------------------------------------------------

    @property
    def chosen(self) -> Focus:
        """What is chosen and pointed at."""
        return self._focus

    def select_case(self, case_no: str | None) -> None:
        """Ring a case, or none."""
        self._set_focus(msgspec.structs.replace(self._focus, case_no=case_no, case_at=self._case_place(case_no)))

    def select_thing(self, thing: str | None) -> None:
        """Name a person or vehicle whatever the scale, or none."""
        self._set_focus(msgspec.structs.replace(self._focus, thing=thing))

    def select_grid(self, code: str | None) -> None:
        """Pick out a grid, or none."""
        self._set_focus(msgspec.structs.replace(self._focus, grid=code))

    def select_entry(self, key: str | None) -> None:
        """Pick out something of the register (``domain.register.subject_id``), or none."""
        self._set_focus(msgspec.structs.replace(self._focus, entry=key))

    def drop_chosen(self) -> bool:
        """Pick out nothing any more but the chosen case; return whether anything was."""
        before = self._focus
        self._set_focus(msgspec.structs.replace(before, thing=None, grid=None, entry=None))
        return self._focus != before

    # -- what there is to look at ---------------------------------------------------------------------------------

    def fit_layer(self, key: str) -> None:
        """Show all of a layer; one that is unknown or has nothing to show is passed over."""
        item = self.item(key)
        self.fit_to(None if item is None else item.bounds())

    def all_bounds(self) -> Bounds | None:
        """See ``LookingMap``: the grids, or what else there is."""
        order = ("grids", "divisions", "basemap", "cases", "positions")
        found = (item.bounds() for key in order if (item := self.item(key)) is not None)
        return next((bounds for bounds in found if bounds is not None), None)

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
        if self._frame.wanting:
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

    def shown_items(self) -> tuple[LayerItem, ...]:
        """Return the layers that show at this scale, the lowest first."""
        denominator = self.denominator()
        return tuple(item for item in self._items if item.visible and item.options.shows_at(denominator))

    def _set_focus(self, focus: Focus) -> None:
        if focus != self._focus:
            self._focus = focus
            self.refresh()

    def _case_place(self, case_no: str | None) -> tuple[float, float] | None:
        item = self.item("cases")
        return item.place(case_no) if case_no is not None and isinstance(item, CasesItem) else None

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

    def _on_model_changed(self, changed: LayerItem | None = None) -> None:
        """Follow the model of a layer, or anything else that may have changed."""
        self._fit_first()
        if self._focus.case_no is not None:
            self._set_focus(msgspec.structs.replace(self._focus, case_at=self._case_place(self._focus.case_no)))
        if self._is_moving() or self._moves_along():
            self._refresh_along()
        else:
            self._repaint_moved(self._frame.moved(changed, self._area(), self.shown_items))
        self.layers_changed.emit()

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

    def _show(self, model: Observed) -> LayerItem:
        item = make_item(model, self._look)
        self._items.append(item)
        self._models[item.key] = model
        self._unsubscribe[item.key] = item.subscribe(partial(self._on_model_changed, item))
        return item

    def _let_go(self) -> None:
        for unsubscribe in self._unsubscribe.values():
            unsubscribe()
        self._unsubscribe.clear()
        for item in self._items:
            item.close()
        self._items.clear()
        self._models.clear()
