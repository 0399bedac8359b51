"""Identifying: everything under a place of the map in all layers that show, listed by layer."""

from typing import TYPE_CHECKING, TypeVar

import numpy as np
from PySide6.QtCore import QObject, QPointF, Qt
from PySide6.QtGui import QKeyEvent, QPainter

from console.placesaid import address_said, in_systems
from console.shownmarks import cases_shown, things_shown
from domain.addresses import Address
from layers.camera import Camera
from layers.cases.item import CasesItem
from layers.cases.model import CaseMark
from layers.contract import LayerItem, Picked, PickedKind
from layers.divisions.item import DivisionsItem
from layers.mercator import to_degrees
from layers.positions.item import PositionsItem
from layers.positions.model import ThingMark
from layers.table import MarkTable
from resources.theme import Theme
from widgets.map.canvas import REACH_PX
from widgets.map.guests import MapGuest, paint_ring
from widgets.map.identify_card import Found, IdentifyCard

if TYPE_CHECKING:
    from console.desk import Desk

MOST_OF_A_LAYER = 200
Mark = TypeVar("Mark")


class MapIdentify(QObject, MapGuest):
    """The tool. While its card is open a click, or Enter at the cross, lists what is there."""

    def __init__(self, desk: "Desk") -> None:
        super().__init__(desk)
        self._desk = desk
        self._view = desk.panels.map
        self.card = IdentifyCard(desk.words, desk.appearance.theme, self._view)
        desk.appearance.dress([self.card])
        self._at: tuple[float, float] | None = None
        self.card.opened.connect(self._view.open_hit)
        self.card.closed.connect(self._on_closed)
        desk.reception.closed.connect(self.card.close_card)
        self._view.add_guest(self)

    def open(self) -> None:
        """Turn the tool on."""
        self._desk.workspace.show_dock("dock-map")
        self._view.end_sketch()  # a click asks from here on, and draws nothing
        self.card.show_found(None)
        self.card.open_card()
        self._view.setCursor(Qt.CursorShape.WhatsThisCursor)
        self._view.setFocus()

    def at_cross(self) -> None:
        """Turn the tool on and list what is at the cross in the middle; where it is on, go to its list."""
        if self.card.isVisible() and self.card.places():
            self.card.focus_first()
            return
        self.at(QPointF(self._view.width() / 2, self._view.height() / 2))

    def at(self, at: QPointF) -> None:
        """Turn the tool on and list what is at a logical pixel."""
        self.open()
        self.click(at)

    def click(self, at: QPointF) -> bool:
        """List what is at a logical pixel, while the tool is on."""
        if self.card.isHidden():
            return False
        self._at = self._view.camera.to_plane(at.x(), at.y())
        self._show(at)
        self._view.bring_out(*self._at)  # the card has grown: what it tells of is not to lie under it
        self._view.refresh()
        return True

    def rename(self) -> None:
        """See ``MapGuest``."""
        if self._at is not None and not self.card.isHidden():
            self._show(QPointF(*self._view.camera.to_screen(*self._at)))

    def key(self, event: QKeyEvent) -> bool:
        """Escape turns the tool off."""
        if self.card.isHidden() or event.key() != Qt.Key.Key_Escape:
            return False
        self.card.close_card()
        return True

    def paint(self, painter: QPainter, camera: Camera, theme: Theme) -> None:
        """Ring the place."""
        if self._at is not None:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            paint_ring(painter, QPointF(*camera.to_screen(*self._at)), theme, REACH_PX)

    def _show(self, at: QPointF) -> None:
        lon, lat = to_degrees(*self._view.camera.to_plane(at.x(), at.y()))
        found, place = self._found(at), in_systems(lon, lat, self._desk.words)
        self.card.show_found(found, place)

        def told(address: Address | None) -> None:
            if not self.card.isHidden() and self._at is not None:
                self.card.show_place((*place, address_said(address, self._desk.words)))
                self._view.bring_out(*self._at)

        self._desk.addresses.ask_at(round(lon, 6), round(lat, 6), told)

    def _found(self, at: QPointF) -> list[Found]:
        found = []
        for item, top in self._view.hits_at(at.x(), at.y(), REACH_PX):
            hits = self._of_layer(item, at, top)
            if hits:
                found.append(Found(item.title(), tuple(hits[:MOST_OF_A_LAYER])))
        return found

    def _of_layer(self, item: LayerItem, at: QPointF, top: Picked | None) -> list[Picked]:
        """Return what lies there on one layer: of cases, things and divisions all, of another layer what is on top."""
        models = self._desk.map_feed.models
        if isinstance(item, CasesItem):
            near = self._near(models.cases.open, at)
            marks = [near[i] for i in cases_shown(item.options, near)]
            names = {mark.case_no for mark in marks}
            more = (models.cases.mark(n) for n in (() if top is None else (*top.members, top.ident)) if n not in names)
            return [_case(mark, models.cases.place(mark.case_no)) for mark in (*marks, *more) if mark is not None]
        if isinstance(item, PositionsItem):
            things = self._near(models.positions.table, at)
            return [
                _thing(things[i], models.positions.place(things[i].thing)) for i in things_shown(item.options, things)
            ]
        if isinstance(item, DivisionsItem):
            return self._divisions(at)
        return [] if top is None else [top]

    def _divisions(self, at: QPointF) -> list[Picked]:
        """Return the village and whatever it belongs to: their areas are no target of a click, grids lie over them."""
        model, words = self._desk.map_feed.models.divisions, self._desk.words
        x, y = self._view.camera.to_plane(at.x(), at.y())
        names, levels = model.shapes.names, model.shapes.levels
        return [
            Picked(PickedKind.DIVISION, names[i], x, y, names[i], (words(f"map.division.{levels[i]}"),))
            for i in model.holding(x, y)
        ]

    def _near(self, table: MarkTable[Mark], at: QPointF) -> list[Mark]:
        x, y = self._view.camera.to_plane(at.x(), at.y())
        far = np.hypot(table.xs - x, table.ys - y)
        near = np.flatnonzero(far <= REACH_PX * self._view.camera.scale)
        return [table.marks[i] for i in near[np.argsort(far[near])][:MOST_OF_A_LAYER].tolist()]

    def _on_closed(self) -> None:
        self._at = None
        self._view.unsetCursor()
        self._view.setFocus()
        self._view.refresh()


def _case(mark: CaseMark, place: tuple[float, float] | None) -> Picked:
    x, y = place or (0.0, 0.0)
    return Picked(PickedKind.CASE, mark.case_no, x, y, mark.title, mark.lines)


def _thing(mark: ThingMark, place: tuple[float, float] | None) -> Picked:
    x, y = place or (0.0, 0.0)
    return Picked(PickedKind.THING, mark.thing, x, y, mark.title, mark.lines)
