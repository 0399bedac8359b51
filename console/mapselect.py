"""Choosing on the map: by rectangle, polygon, along a line, around a point or around what is selected.

What lies within is counted on a card, ringed on the map and listed alone in the case list and on the board of units;
rows marked in the case list are ringed as well. It stays chosen while other tools are used; Escape, or listing all
again, lets go of it everywhere.
"""

import asyncio
from collections.abc import Container
from typing import TYPE_CHECKING

import numpy as np
from msgspec.structs import replace
from PySide6.QtCore import QObject, QPointF, Qt
from PySide6.QtGui import QColor, QKeyEvent, QPainter, QPen, QPolygonF

from client.picture import EntryKey
from console.choosing import Chosen, Ground, Outline, choose
from console.shownmarks import cases_shown, things_shown
from domain.ids import CaseNo, StaffId, ThingId, UnitId
from domain.register_map import Camera, Component, Hazard
from domain.register_shapes import Body
from domain.states import ENDED
from layers import camera as looking
from layers.mercator import to_degrees, to_plane
from resources.theme import Theme
from widgets.map.guests import MapGuest, paint_ring
from widgets.map.select_card import Count, SelectCard, Way
from widgets.map.sketch import Sketch, SketchKind
from widgets.map.tool_card import ToolCard

if TYPE_CHECKING:
    from console.desk import Desk

OWNER = "mapselect"
REGISTER_LAYERS: dict[str, type[Body]] = {"cameras": Camera, "components": Component, "hazards": Hazard}
"""Layers of the register that take part, and what stands on them."""
MOST_RINGS = 500
"""More places than this are not ringed one by one: the area says it better."""


class MapSelect(QObject, MapGuest):
    """The tool. Made when it is first wanted; ``open`` shows its card."""

    def __init__(self, desk: "Desk") -> None:
        super().__init__(desk)
        self._desk = desk
        self._view = desk.panels.map
        self.card = SelectCard(desk.words, desk.appearance.theme, self._view)
        desk.appearance.dress([self.card])
        self._outline: tuple[tuple[tuple[float, float], ...], bool] | None = None
        self._sketch: Sketch | None = None
        self._making_way = False
        self.chosen: Chosen | None = None
        self._marked: frozenset[CaseNo] = frozenset()
        self._view.add_guest(self)
        self._connect()

    def _connect(self) -> None:
        card, panels = self.card, self._desk.panels
        card.way_chosen.connect(self.begin)
        card.distance_changed.connect(self._on_distance)
        card.opened.connect(self._on_opened)
        card.clear_requested.connect(self.clear)
        card.closed.connect(self._on_closed)
        panels.case_list.only_dropped.connect(self.clear)
        panels.board.only_dropped.connect(self.clear)
        panels.case_list.marks_changed.connect(self._on_rows_marked)
        self._desk.reception.closed.connect(self._on_signed_out)

    def open(self) -> None:
        """Show the card, to choose how, or with what is chosen still."""
        self._desk.workspace.show_dock("dock-map")
        if self.chosen is None:
            self.card.show_saying("map_select.choose_way")
        self.card.open_card()

    def make_way(self) -> None:
        """Close the card for another tool; what was chosen stays so."""
        self._making_way = True
        self.card.close_card()
        self._making_way = False

    def begin(self, way: Way) -> None:
        """Let a shape be drawn, or take the place of what is selected."""
        self.clear()
        self._view.end_sketch()  # what was measured before is done with
        self.card.show_way(way)
        if way is Way.AROUND:
            self._around()
            return
        sketch = Sketch(SketchKind(way.value), self._view)
        sketch.finished.connect(self._on_drawn)
        sketch.given_up.connect(self._on_given_up)
        self._sketch = sketch
        self.card.show_saying(f"map_select.draw.{way}")
        self._view.begin_sketch(sketch, hint=self._desk.words(f"map_tools.hint.{sketch.kind}"))

    def around(self, lon: float, lat: float) -> None:
        """Choose what lies around a place in degrees, as far as around the last point."""
        self.clear()
        self._view.end_sketch()
        self.card.show_way(Way.POINT)
        self.open()
        self._take(((lon, lat),), closed=False)
        self._view.bring_out(*to_plane(lon, lat))

    def clear(self) -> None:
        """Let go of what was chosen, in all places; no way of choosing is in use then."""
        self.card.show_way(None)
        self._desk.tasks.cancel(OWNER)
        self._outline = None
        if self.chosen is not None:
            self.chosen = None
            self._desk.panels.case_list.keep_to(None)
            self._desk.panels.board.keep_to(None)
            self.card.show_saying("map_select.choose_way")
        if self._view.sketch is self._sketch:  # not what another tool draws meanwhile
            self._view.end_sketch()
        self._view.refresh()

    def let_go(self) -> None:
        """Clear what was chosen; the card stays."""
        if self.chosen is not None:
            self.clear()

    # -- the shape -------------------------------------------------------------------------------------------------

    def _around(self) -> None:
        place = self._selected_place()
        if place is None:
            self.card.show_saying("map_select.nothing_selected")
            return
        self._take((place,), closed=False)

    def _selected_place(self) -> tuple[float, float] | None:
        """Return where the selected case is, or whoever is ringed on the map."""
        models = self._desk.map_feed.models
        case_no, thing = self._desk.selection.case_no, self._view.chosen.thing
        place = None if case_no is None else models.cases.place(case_no)
        if place is None and thing is not None:
            place = models.positions.place(thing)
        return None if place is None else to_degrees(*place)

    def _on_drawn(self) -> None:
        sketch = self._view.sketch
        if sketch is None:
            return
        points = tuple(sketch.degrees())
        closed = sketch.kind in (SketchKind.AREA, SketchKind.RECT)
        self._view.end_sketch()
        self._take(points, closed=closed)

    def _on_given_up(self) -> None:
        self.card.show_way(None)
        self.card.show_saying("map_select.choose_way")

    def _on_distance(self) -> None:
        if self._outline is not None:
            points, closed = self._outline
            self._take(points, closed=closed)

    def _take(self, points: tuple[tuple[float, float], ...], *, closed: bool) -> None:
        self._outline = points, closed
        self.card.show_saying("map_select.working")
        self._desk.tasks.start(OWNER, "choose", self._choose(Outline(points, closed, float(self.card.metres))))

    async def _choose(self, outline: Outline) -> None:
        chosen = await asyncio.to_thread(choose, outline, self._ground())
        self._show(chosen)
        self._desk.panels.board.keep_to(self._units(chosen.things))

    def _show(self, chosen: Chosen) -> None:
        self.chosen = chosen
        self.card.show_counts(
            (
                Count("cases", len(chosen.cases), opens=True),
                Count("staff", len(chosen.staff), opens=True),
                Count("vehicles", len(chosen.vehicles), opens=True),
                Count("grids", len(chosen.grids)),
                Count("entries", len(chosen.entries)),
            )
        )
        self._desk.panels.case_list.keep_to(chosen.cases)
        self._view.refresh()

    def on_second(self) -> None:
        """Let go of cases that have ended since: figures say what is open, and the list beside them shows it."""
        room, chosen = self._desk.session.room, self.chosen
        if chosen is None or room is None or room.picture is None:
            return
        held = room.picture.cases
        still = frozenset(n for n in chosen.cases if n in held and held[n].state not in ENDED)
        if still != chosen.cases:
            self._show(replace(chosen, cases=still))

    def _ground(self) -> Ground:
        """Return a copy of what the map shows; a layer that is off is left out."""
        models, shown = self._desk.map_feed.models, {item.key: item for item in self._view.items if item.visible}
        cases, things = models.cases.open, models.positions.table
        by_case, by_thing = shown.get("cases"), shown.get("positions")
        none = np.empty(0, np.intp)
        these = none if by_case is None else cases_shown(by_case.options, cases.marks)
        those = none if by_thing is None else things_shown(by_thing.options, things.marks)
        return Ground(
            cases=tuple(map(cases.keys.__getitem__, these.tolist())),
            case_xs=cases.xs[these],
            case_ys=cases.ys[these],
            things=tuple(map(things.keys.__getitem__, those.tolist())),
            thing_xs=things.xs[those],
            thing_ys=things.ys[those],
            vehicles=frozenset(things.marks[i].thing for i in those.tolist() if things.marks[i].vehicle),
            grids=models.grids.shapes if "grids" in shown else None,
            entries=self._entries(shown),
        )

    def _entries(self, shown: Container[str]) -> tuple[tuple[EntryKey, float, float], ...]:
        """Return the things of the register that show, each at its place."""
        register, found = self._desk.register, []
        for layer, body in REGISTER_LAYERS.items():
            for held in register.all(body) if layer in shown else ():
                place = held.body.place()
                if place is not None:
                    found.append(((held.entry.kind, held.entry_id), *place))
        return tuple(found)

    def _units(self, things: frozenset[ThingId]) -> frozenset[UnitId]:
        room = self._desk.session.room
        if room is None or room.picture is None:
            return frozenset()
        picture = room.picture
        movers = [picture.vehicles.get(t) or picture.members.get(StaffId(t)) for t in things]
        return frozenset(mover.unit_id for mover in movers if mover is not None)

    # -- tables ----------------------------------------------------------------------------------------------------

    def _on_opened(self, what: str) -> None:
        """Go to the table of what was pressed, and say what it lists: it may be in sight already."""
        panels, cases = self._desk.panels, what == "cases"
        chip = panels.case_list.only_chip if cases else panels.board.only_chip
        self._desk.actions.trigger("go_cases" if cases else "go_units")
        key = "notice.chosen_cases" if cases else "notice.chosen_units"
        self._desk.notices.info(key, replace=OWNER, n=chip.count or 0)

    def _on_rows_marked(self) -> None:
        marked = frozenset(self._desk.panels.case_list.marked())
        if marked != self._marked:
            self._marked = marked
            self._view.refresh()

    def _on_closed(self) -> None:
        if self.chosen is None or not self._making_way:
            self.clear()
        self._view.setFocus()

    def _on_signed_out(self) -> None:
        self.card.close_card()
        self.clear()

    # -- on the map ------------------------------------------------------------------------------------------------

    def key(self, event: QKeyEvent) -> bool:
        """Escape on the map lets go of what was chosen."""
        if event.key() != Qt.Key.Key_Escape or self._is_behind():
            return False
        if self.chosen is None:
            self.card.close_card()
        else:
            self.let_go()
        return True

    def _is_behind(self) -> bool:
        """Whether Escape is for something else: the card made way, and nothing is chosen or another card is open."""
        over = self._view.overlays
        cards = (*self._view.findChildren(ToolCard), over.layer_options, over.pick_card)
        return self.card.isHidden() and (self.chosen is None or any(card.isVisible() for card in cards))

    @property
    def moves_along(self) -> bool:
        """See ``MapGuest``: rings are where people and vehicles are."""
        return self.chosen is not None and bool(self.chosen.things)

    def paint(self, painter: QPainter, camera: looking.Camera, theme: Theme) -> None:
        """Paint the area, and rings around what lies within and what is marked in the list."""
        if self.chosen is not None:
            self._paint_area(painter, camera, theme, self.chosen)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for x, y in self._places():
            px, py = camera.to_screen(x, y)
            if -20 <= px <= camera.width + 20 and -20 <= py <= camera.height + 20:
                paint_ring(painter, QPointF(px, py), theme)

    @staticmethod
    def _paint_area(painter: QPainter, camera: looking.Camera, theme: Theme, chosen: Chosen) -> None:
        fill = QColor(theme.accent)
        fill.setAlphaF(0.10)
        for ring in chosen.rings:
            outline = QPolygonF([QPointF(*camera.to_screen(x, y)) for x, y in ring])
            painter.setPen(QPen(QColor(theme.map_ground), 4))
            painter.setBrush(fill)
            painter.drawPolygon(outline)
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(QColor(theme.accent), 1.6, Qt.PenStyle.DashLine))
            painter.drawPolygon(outline)

    def _places(self) -> list[tuple[float, float]]:
        """Return where rings stand, none where there would be too many to tell apart."""
        models = self._desk.map_feed.models
        cases, things = set(self._marked), frozenset[ThingId]()
        if self.chosen is not None:
            cases |= self.chosen.cases
            things = self.chosen.things
        if len(cases) + len(things) > MOST_RINGS:
            return []
        places = [models.cases.place(n) for n in cases] + [models.positions.place(t) for t in things]
        return [place for place in places if place is not None]
