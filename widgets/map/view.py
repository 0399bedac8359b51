"""The map: one opaque widget that owns a frame of pixels, a camera and the layers, and what lies over them.

``MapView(words, theme, family="", rasters=None)``, then ``set_layers([models...])`` in any order; the models are filled
by whoever made them (see ``layers``). ``warm_up()`` once the first window is up starts making the fast kernels ready in
the background; ``stop()`` before the program ends the threads. Besides what ``widgets.map.looking``, ``canvas``,
``overlaid`` and ``drawn`` have:

* ``select_case(case_no | None)``, ``select_thing``, ``select_grid``: ring or fill what is chosen; emits nothing
* ``show_case(lon, lat)``: look there, closer if need be; ``fit()``: show all; ``back()``: the view before
* ``set_layer_note(key, text, stale=False)``: what the layer list says beside a layer (its age or version)
* ``choices`` (``LayerChoices``): what is chosen of the layers, kept and taken back; ``set_layer_visible(key, on)``
* ``add_layer(model)``, ``remove_layer(key)``, ``fit_layer(key)``; ``set_synthetic(on)``
* ``begin_sketch(sketch, measuring=)`` / ``end_sketch()``: what is clicked is drawn (``widgets.map.sketch``)
* ``add_guest(guest)``: marks and tools of others on the map (``widgets.map.guests``)
* ``begin_place_pick()`` / ``cancel_place_pick()``: the next click chooses a place
* ``set_theme(theme)``, ``retranslate()``; ``draw_now()``, ``settled``; ``set_overlays(on)``

Signals carry one value: ``case_picked`` (CasePicked), ``thing_picked`` (ThingPicked), ``grid_picked`` (GridPicked),
``entry_picked`` (EntryPicked), ``place_picked`` (PlacePicked), ``menu_wanted`` (MenuWanted),
``hovered`` (``layers.contract.Picked`` or None), ``camera_changed`` (Camera).

Keys: arrows pan, + and - zoom, Home fits, Backspace goes back, Enter picks what is nearest to the cross in the middle,
the menu key or Shift+F10 asks what can be done there, as the right button does where it is pressed,
Escape ends choosing a place, closes the options of a layer or the card of what was picked, leaves a playback, and drops
who is ringed.
"""

from collections.abc import Callable

import msgspec
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt, QTimer, Signal
from PySide6.QtGui import (
    QContextMenuEvent,
    QFocusEvent,
    QKeyEvent,
    QMouseEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QWidget

from layers.cases.item import CasesItem
from layers.contract import Picked, PickedKind
from layers.divisions.item import DivisionsItem
from layers.mercator import to_degrees
from layers.raster.source import RasterSource
from resources.theme import Theme
from resources.words import Words
from widgets.common.menus import is_menu_key
from widgets.map.drawn import DrawnMap
from widgets.map.events import CasePicked, EntryPicked, GridPicked, MenuWanted, PlacePicked, ThingPicked
from widgets.map.overlaid import ZOOM_STEPS

PAN_STEP_PX = 96
NOTCH = 120
CROSS_REACH_PX = 60.0
DRAG_FROM_PX = 4
GESTURE_MS = 700
"""Moves that follow one another faster than this are one step back."""

CARDED = frozenset({PickedKind.THING, PickedKind.ENTRY, PickedKind.GRID})
"""What is told of on the card of what was picked."""


class MapView(DrawnMap):
    """The map widget; see the module for how it is used."""

    case_picked = Signal(object)
    thing_picked = Signal(object)
    grid_picked = Signal(object)
    entry_picked = Signal(object)
    place_picked = Signal(object)
    menu_wanted = Signal(object)
    hovered = Signal(object)

    def __init__(
        self,
        words: Words,
        theme: Theme,
        family: str = "",
        rasters: RasterSource | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(words, theme, family, rasters, parent)
        self.setObjectName("map")
        self.setAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled, False)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self._pressed: QPoint | None = None
        self._pointer: QPointF | None = None
        self._dragging = self._drawing_box = False
        self._wheel = 0
        self._ended = False  # what was drawn, by the click before
        self._gesture = QTimer(self)
        self._gesture.setSingleShot(True)
        self._gesture.setInterval(GESTURE_MS)
        self._keys: dict[int, Callable[[], None]] = {
            Qt.Key.Key_Left: lambda: self.pan(PAN_STEP_PX, 0),
            Qt.Key.Key_Right: lambda: self.pan(-PAN_STEP_PX, 0),
            Qt.Key.Key_Up: lambda: self.pan(0, PAN_STEP_PX),
            Qt.Key.Key_Down: lambda: self.pan(0, -PAN_STEP_PX),
            Qt.Key.Key_Plus: self.zoom_in,
            Qt.Key.Key_Equal: self.zoom_in,
            Qt.Key.Key_Minus: self.zoom_out,
            Qt.Key.Key_Home: self.fit,
            Qt.Key.Key_Backspace: self.back,
            Qt.Key.Key_Return: self.pick_middle,
            Qt.Key.Key_Enter: self.pick_middle,
        }

    # -- what a person does -------------------------------------------------------------------------------------

    def pick_middle(self) -> None:
        """Pick what is nearest to the middle, or the place itself while a place is being chosen."""
        self._set_cross(True)
        middle = QPointF(self.width() / 2, self.height() / 2)
        if self._placing:
            self._choose_place(middle)
        elif self._drawing and self._by_pointer:
            self._finish_sketch()  # the corners are where the pointer set them, and none is at the cross
        elif self._drawing:
            self._add_point(middle)
        elif not any(guest.click(middle) for guest in self._guests):
            self._pick(self.pick_at(middle.x(), middle.y(), CROSS_REACH_PX))

    def ask_menu_at_cross(self) -> None:
        """Ask what can be done at the cross in the middle."""
        self._set_cross(True)
        self._ask_menu(QPointF(self.width() / 2, self.height() / 2), by_key=True)

    def pick_entry(self, key: str) -> None:
        """Pick something of the register as a click on it does."""
        self.entry_picked.emit(EntryPicked(key))

    def pick_grid(self, code: str) -> None:
        """Pick a grid as a click on it does."""
        self.grid_picked.emit(GridPicked(code))

    def pick_thing(self, thing: str) -> None:
        """Pick a person or vehicle as a click on it does."""
        self.thing_picked.emit(ThingPicked(thing))

    def open_hit(self, hit: Picked) -> None:
        """Do with a hit what a click on it does."""
        self._pick(hit)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Take hold of the map."""
        if event.button() == Qt.MouseButton.LeftButton:
            self._pressed = event.position().toPoint()
            self._dragging = self._drawing_box = self._ended = False
            self._set_cross(False)
        event.accept()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Drag the map, or point at what is under the pointer."""
        at = event.position()
        if self._pressed is not None and event.buttons() & Qt.MouseButton.LeftButton:
            step = at.toPoint() - self._pressed
            far = self._dragging or step.manhattanLength() >= DRAG_FROM_PX
            if far and not self._drawing_box and self._awaits_box:
                self._drawing_box = True
                self._add_point(QPointF(self._pressed), by_pointer=True)
            if self._drawing_box:
                self._draw_to(at)
            elif far:
                if not self._dragging:
                    self._dragging = True
                    self._hover(None, None)
                self.pan(step.x(), step.y())
                self._pressed = at.toPoint()
        elif self._drawing:
            self._draw_to(at)
        else:
            self._hover(at, self.pick_at(at.x(), at.y()))
        event.accept()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Let go of the map; without a drag, pick."""
        if event.button() == Qt.MouseButton.LeftButton and self._pressed is not None:
            self._pressed = None
            at = event.position()
            if self._drawing_box:
                self._drawing_box = False
                self._add_point(at, by_pointer=True)
            elif not self._dragging:
                if self._placing:
                    self._choose_place(at)
                elif self._drawing:
                    self._add_point(at, by_pointer=True)
                    self._ended = not self._drawing
                elif not any(guest.click(at) for guest in self._guests):
                    self._pick(self.pick_at(at.x(), at.y()))
            self._dragging = False
        event.accept()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Come closer, or end what is drawn; the first of the two clicks set its last point, or ended it already."""
        if self._drawing:
            self._finish_sketch()
        elif not self._ended:
            self.zoom(2 * ZOOM_STEPS, event.position())
        event.accept()

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Zoom at the pointer; touchpads send parts of a notch."""
        self._wheel += event.angleDelta().y()
        steps = int(self._wheel * ZOOM_STEPS / NOTCH)
        if steps:
            self._wheel -= round(steps * NOTCH / ZOOM_STEPS)
            self.zoom(steps, event.position())
        event.accept()

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Ask what can be done where the right button was pressed; what is being drawn stays as it is."""
        if event.reason() is QContextMenuEvent.Reason.Keyboard:
            self.ask_menu_at_cross()
        elif self._pressed is None:  # the map is not being dragged
            self._ask_menu(QPointF(event.pos()))
        event.accept()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Move, zoom and pick by keyboard."""
        if is_menu_key(event):
            self.ask_menu_at_cross()
            return
        if event.key() == Qt.Key.Key_Escape and self._placing:
            self.cancel_place_pick()
            return
        if self._sketch is not None and self._sketch.key(event):
            return
        if any(guest.key(event) for guest in self._guests):
            return
        if event.key() == Qt.Key.Key_Escape and self._escape():
            return
        act = self._keys.get(event.key())
        if act is None or event.modifiers() & (Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier):
            super().keyPressEvent(event)
            return
        self._set_cross(True)
        if act != self.pick_middle:
            self._by_pointer = False  # the cross was moved: it is what sets the next corner
        act()
        if self._drawing and self._sketch is not None:
            self._sketch.point_at(self._camera.x, self._camera.y)  # by keyboard the cross is the pointer

    def _escape(self) -> bool:
        """Close or drop what lies on top; return whether there was anything."""
        return self._overlays.close_one() or any(guest.escape() for guest in self._guests) or self.drop_chosen()

    def leaveEvent(self, event: QEvent) -> None:
        """Point at nothing."""
        self._hover(None, None)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """The keys go elsewhere: no cross, but while a menu is open for the place it shows."""
        if event.reason() is not Qt.FocusReason.PopupFocusReason:
            self._set_cross(False)
        super().focusOutEvent(event)

    @property
    def moving(self) -> bool:
        """Whether the last move is so fresh that another would belong to the same step back."""
        return self._gesture.isActive()

    # -- inner --------------------------------------------------------------------------------------------------

    def _remember(self) -> None:
        """Keep the view once a gesture."""
        if not self._gesture.isActive():
            super()._remember()
        self._gesture.start()

    def _on_camera_changed(self, camera: object = None) -> None:
        """Other ground lies under a pointer that stands still: say which."""
        super()._on_camera_changed(camera)
        if self._pointer is not None:
            self._hover(self._pointer, None)

    def _draw_to(self, at: QPointF) -> None:
        """Draw as far as the pointer, and say where that is."""
        if self._sketch is not None:
            self._sketch.point_at(*self._camera.to_plane(at.x(), at.y()))
        self._hover(at, None)

    def _set_cross(self, on: bool) -> None:
        if self._cross != on:
            self._cross = on
            self.refresh()

    def _pick(self, found: Picked | None) -> None:
        cases = self.item("cases")
        if isinstance(cases, CasesItem):
            cases.fold_unless(found)
        if found is not None:
            self._answer(found)
            if found.kind in CARDED and self._overlays.pick_card.isVisible():
                self.bring_out(found.x, found.y)  # the card that has opened is not to lie over what it tells of

    def _answer(self, found: Picked) -> None:
        """Come closer to what is picked, show it, or say what it is."""
        if found.kind is PickedKind.CLUSTER:
            self._open_cluster(found)
        elif found.kind is PickedKind.CROWD:
            px, py = self._camera.to_screen(found.x, found.y)
            self.zoom(2 * ZOOM_STEPS, QPointF(px, py))
        elif found.kind is PickedKind.CASE:
            self.case_picked.emit(CasePicked(found.ident))
        elif found.kind is PickedKind.THING:
            self.thing_picked.emit(ThingPicked(found.ident))
        elif found.kind is PickedKind.FEATURE:
            px, py = self._camera.to_screen(found.x, found.y)
            self._overlays.show_pointer(QPointF(px, py), found)
        elif found.kind is PickedKind.DIVISION:
            divisions = self.item("divisions")
            self.fit_to(divisions.bounds_of(found.ident) if isinstance(divisions, DivisionsItem) else None)
        elif found.kind is PickedKind.ENTRY:
            self.entry_picked.emit(EntryPicked(found.ident))
        else:
            self.grid_picked.emit(GridPicked(found.ident))

    def _open_cluster(self, found: Picked) -> None:
        """Come closer to a cluster; where that parts nothing more, fan it out and pick its cases in turn."""
        spread = self._spread(found.members)
        if spread > self._camera.scale and self._camera.scale > 0.3:
            px, py = self._camera.to_screen(found.x, found.y)
            self.zoom(2 * ZOOM_STEPS, QPointF(px, py))
            return
        cases = self.item("cases")
        if isinstance(cases, CasesItem):
            cases.open_fan(found, self._area())
        now = self._focus.case_no
        after = found.members.index(now) + 1 if now in found.members else 0
        self.case_picked.emit(CasePicked(found.members[after % len(found.members)]))

    def _spread(self, members: tuple[str, ...]) -> float:
        places = [place for case_no in members if (place := self._case_place(case_no)) is not None]
        xs, ys = [x for x, _ in places], [y for _, y in places]
        return max(max(xs) - min(xs), max(ys) - min(ys)) if places else 0.0

    def _choose_place(self, at: QPointF) -> None:
        place = self._place_at(at)
        self.cancel_place_pick()
        self.place_picked.emit(place)

    def _ask_menu(self, at: QPointF, *, by_key: bool = False) -> None:
        self.menu_wanted.emit(MenuWanted(self._place_at(at), by_key))

    def _place_at(self, at: QPointF) -> PlacePicked:
        lon, lat = to_degrees(*self._camera.to_plane(at.x(), at.y()))
        return PlacePicked(lon, lat, self._grid_under(at))

    def _grid_under(self, at: QPointF) -> str | None:
        item = self.item("grids")
        area = self._area()
        found = item.pick(area, at.x() * area.ratio, at.y() * area.ratio, 0.0) if item is not None else None
        return None if found is None else found.ident

    def _hover(self, at: QPointF | None, found: Picked | None) -> None:
        self._pointer = at
        changed = found != self._focus.hovered
        self._set_focus(msgspec.structs.replace(self._focus, hovered=found))
        self._overlays.show_pointer(at, found)
        if changed:
            self.hovered.emit(found)
