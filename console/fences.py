"""The tool of geofences on the map: drawing, editing, switching off, deleting them, looking at what they told."""

from datetime import timedelta
from typing import TYPE_CHECKING

import msgspec
import numpy as np
from PySide6.QtCore import QObject
from PySide6.QtGui import QKeyEvent

from console.fenceedge import edge_meant, untaken
from console.maptools import draw_on
from console.register import Held
from domain.faults import Fault, conflict
from domain.ids import EntryId
from domain.people import UnitKind
from domain.register import Entry, EntryKind
from domain.register_fence import FenceAlert, Geofence
from domain.register_shapes import check_ring
from layers.mercator import to_plane
from resources.words import sentence
from widgets.common.pick_list import Choice
from widgets.fence_sheet import THING, UNIT, FenceSheet, FenceWish
from widgets.map.fence_card import AlertRow, FenceCard, FenceForm, FenceRow
from widgets.map.guests import MapGuest, undo_or_close
from widgets.map.sketch import Sketch, SketchKind

if TYPE_CHECKING:
    from console.desk import Desk

SKETCHED = {FenceForm.AREA: SketchKind.AREA, FenceForm.RECT: SketchKind.RECT}
"""Forms that are drawn; of the others one point is given."""
MOST_ALERTS_SHOWN = 200


class Fences(QObject, MapGuest):
    """The tool. Made when it is first wanted; ``open`` shows its card."""

    def __init__(self, desk: "Desk") -> None:
        super().__init__(desk)
        self._desk = desk
        self._view = desk.panels.map
        self.card = FenceCard(desk.words, desk.appearance.theme, self._view)
        self.sheet = FenceSheet(desk.words, desk.frame)
        desk.appearance.dress([self.card, self.sheet])
        self._form: FenceForm | None = None
        self._edge_of: EntryId | None = None
        self._editing: Held[Geofence] | None = None
        self._awaited: EntryId | None = None
        self._new: EntryId | None = None
        """The id of the new fence in the sheet, once it was sent: saved again it is the same fence."""
        self._said: dict[EntryId, str] = {}
        self._view.add_guest(self)
        self._connect()

    def _connect(self) -> None:
        card, desk = self.card, self._desk
        card.form_chosen.connect(self.begin)
        card.edit_requested.connect(self.edit)
        card.edge_requested.connect(self.begin_edge)
        card.switch_requested.connect(self.switch)
        card.delete_requested.connect(self.delete)
        card.undo_requested.connect(self.undo)
        card.fence_opened.connect(self.show_fence)
        card.alert_opened.connect(self.show_alert)
        card.acknowledge_requested.connect(desk.crew.fence_desk.acknowledge)
        card.closed.connect(self._on_closed)
        self.sheet.saved.connect(self._on_saved)
        desk.crew.fence_desk.altered.connect(self._show_rows)
        desk.register.done.connect(self._on_done)
        desk.register.refused.connect(self._on_refused)
        desk.reception.closed.connect(self._on_signed_out)

    def open(self) -> None:
        """Show the card: what is watched, and what was told."""
        self._desk.workspace.show_dock("dock-map")
        self._view.set_layer_visible("geofences", True)
        self.card.say("fence.hint" if self._may_write else "fence.may_not")
        self.card.open_card()
        self._show_rows()

    @property
    def _may_write(self) -> bool:
        return self._desk.register.may_write(Geofence)

    # -- drawing ---------------------------------------------------------------------------------------------------

    def begin(self, form: FenceForm) -> None:
        """Let the edge of a fence be given."""
        self._form = form
        kind = SKETCHED.get(form, SketchKind.POINT)
        self.card.show_form(form)
        self.card.say(f"fence.draw.{form}")
        sketch = Sketch(kind, self._view)
        sketch.finished.connect(self._on_drawn)
        sketch.given_up.connect(self._on_given_up)
        self._view.begin_sketch(sketch, hint=self._desk.words(f"map_tools.hint.{kind}"))

    def begin_edge(self, entry_id: str) -> None:
        """Let a fence be given another edge: the form is chosen next."""
        self._edge_of = EntryId(entry_id)
        self.card.say("fence.edge_how")

    def _on_drawn(self) -> None:
        sketch, form = self._view.sketch, self._form
        if sketch is None or form is None:
            return
        points, edge_of = tuple(sketch.degrees()), self._edge_of
        try:
            edge = edge_meant(form, points, float(self.card.radius.value()), self._desk.map_feed.models)
            check_ring(edge.ring)
        except Fault as fault:
            self._on_unusable(sketch, fault)
            return
        self._on_given_up()
        self._view.end_sketch()
        held = None if edge_of is None else self._desk.register.get(Geofence, edge_of)
        if edge_of is not None and held is None:
            self.card.say("fence.gone")
            return
        if held is not None:
            self._put(msgspec.structs.replace(held.body, ring=edge.ring), held, "fence.saved")
            return
        taken = [held.body.name for held in self._desk.register.all(Geofence)]
        name = edge.name or self._desk.words("fence.new_name", n=len(taken) + 1)
        self._open_sheet(Geofence(untaken(name, taken), edge.ring), None)

    def _on_unusable(self, sketch: Sketch, fault: Fault) -> None:
        """Say what is wrong with an edge. One that was drawn corner by corner is drawn on from there."""
        if sketch.kind is SketchKind.AREA:
            draw_on(self._view, self._desk.words, self.card, fault)
            return
        self._on_given_up()
        self._view.end_sketch()
        self._refuse(fault)

    def _on_given_up(self) -> None:
        self._form = self._edge_of = None
        self.card.show_form(None)

    # -- altering --------------------------------------------------------------------------------------------------

    def edit(self, entry_id: str) -> None:
        """Open the sheet of a fence."""
        held = self._asked_for(entry_id)
        if held is not None:
            self._open_sheet(held.body, held)

    def _open_sheet(self, body: Geofence, held: Held[Geofence] | None) -> None:
        self._editing, self._awaited, self._new = held, None, None
        lasting = held is not None and held.entry.expires_at is not None
        self.sheet.open_fence(body, self._choices(body), lasting=lasting)

    def _asked_for(self, entry_id: str) -> Held[Geofence] | None:
        """Return the fence something is asked of; another edge is given to none any more."""
        self._edge_of = None
        return self._desk.register.get(Geofence, EntryId(entry_id))

    def switch(self, entry_id: str) -> None:
        """Switch a fence off, or on again."""
        held = self._asked_for(entry_id)
        if held is not None:
            key = "fence.switched_on" if held.body.paused else "fence.switched_off"
            self._put(msgspec.structs.replace(held.body, paused=not held.body.paused), held, key)

    def delete(self, entry_id: str) -> None:
        """Delete a fence; it can be undone."""
        held = self._asked_for(entry_id)
        if held is not None:
            self._said[held.entry_id] = "fence.deleted"
            self._desk.register.remove(held)

    def undo(self) -> None:
        """Take back what was done last from here."""
        self._desk.register.undo(EntryKind.GEOFENCE)

    def _on_saved(self, wish: FenceWish) -> None:
        """Put what was entered; the sheet stays open until it is there, so that nothing entered is lost."""
        if self._awaited is not None:
            return
        before = self._editing
        held = None if before is None else self._desk.register.get(Geofence, before.entry_id)
        if before is not None and held is None:
            self.sheet.tell(lambda: self._desk.words("fence.gone"))
        elif before is not None and held is not None and held.entry.version != before.entry.version:
            self._refuse_saving(conflict("stale_entry", seen=before.entry.version, current=held.entry.version))
        elif before is None and self._is_kept(wish):
            self.sheet.close_sheet()
            self.card.say("fence.saved")
        else:
            self._awaited = self._put(wish.body, held, "fence.saved", wish.hours)
            self._new = self._awaited if before is None else None

    def _is_kept(self, wish: FenceWish) -> bool:
        """Whether the new fence was kept as it is wished, though the answer that said so was lost."""
        there = None if self._new is None else self._desk.register.get(Geofence, self._new)
        return there is not None and there.body == wish.body and not wish.hours

    def _refuse_saving(self, fault: Fault) -> None:
        self.sheet.tell(lambda: sentence(self._desk.words, f"fault.{fault.key}", dict(fault.params)))

    def _put(self, body: Geofence, held: Held[Geofence] | None, said: str, hours: int | None = None) -> EntryId:
        """Put a fence; ``hours`` None keeps its end, 0 takes it away."""
        until = None if held is None else held.entry.expires_at
        if hours is not None:
            until = self._desk.service_now() + timedelta(hours=hours) if hours else None
        entry_id = self._desk.register.put(body, self._new if held is None else held.entry_id, expires_at=until)
        self._said[entry_id] = said
        return entry_id

    def _on_done(self, entry: Entry) -> None:
        ours = entry.kind is EntryKind.GEOFENCE
        if ours and entry.entry_id == self._awaited:
            self._awaited = None
            self.sheet.close_sheet()
        if ours:
            self.card.say(self._said.pop(entry.entry_id, "fence.taken_back"))
        self._show_rows()

    def _on_refused(self, key: tuple[EntryKind, EntryId], fault: Fault) -> None:
        if key[0] is EntryKind.GEOFENCE:
            self._said.pop(key[1], None)
            self._refuse(fault)
            if key[1] == self._awaited:
                self._awaited = None
                self._refuse_saving(fault)

    def _refuse(self, fault: Fault) -> None:
        said = sentence(self._desk.words, f"fault.{fault.key}", dict(fault.params))
        self.card.say("redline.refused", why=said)

    # -- showing ---------------------------------------------------------------------------------------------------

    def show_fence(self, entry_id: str) -> None:
        """Look at a fence."""
        held = self._desk.register.get(Geofence, EntryId(entry_id))
        if held is None:
            self.card.say("fence.gone")
            return
        spots = np.array([to_plane(*spot) for spot in held.body.ring])
        self._view.fit_to((*spots.min(axis=0).tolist(), *spots.max(axis=0).tolist()))

    def show_alert(self, entry_id: str) -> None:
        """Look at the fence that told, and ring who it was told of where they are still on shift."""
        held = self._desk.register.get(FenceAlert, EntryId(entry_id))
        if held is not None:
            self.show_fence(held.body.fence)
            if held.body.thing and self._desk.map_feed.models.positions.place(held.body.thing) is not None:
                self._view.select_thing(held.body.thing)

    def _show_rows(self) -> None:
        if self.card.isHidden():
            return
        desk = self._desk
        fences = sorted(desk.register.all(Geofence), key=lambda held: held.body.name)
        self.card.show_fences([self._row(held) for held in fences])
        told = sorted(desk.register.all(FenceAlert), key=_waiting_newest_first)
        self.card.show_alerts([self._alert(held) for held in told[:MOST_ALERTS_SHOWN]])
        self.card.show_rights(may_write=self._may_write, can_undo=desk.register.can_undo(EntryKind.GEOFENCE))

    def rename(self) -> None:
        """See ``MapGuest``."""
        self._show_rows()

    def _row(self, held: Held[Geofence]) -> FenceRow:
        desk, body = self._desk, held.body
        ringing = {alert.body.fence for alert in desk.crew.fence_desk.waiting()}
        state = desk.words(f"map.fence.{desk.crew.fence_desk.state(held, desk.service_now(), ringing)}")
        parts = [body.name, state, desk.crew.fence_desk.tells(body), desk.crew.fence_desk.whom(body)]
        if held.entry.expires_at is not None:
            parts.append(desk.words("redline.until", at=desk.names.when(held.entry.expires_at, desk.service_now())))
        return FenceRow(held.entry_id, " · ".join(parts), desk.register.may_alter(held), body.paused)

    def _alert(self, held: Held[FenceAlert]) -> AlertRow:
        desk, body = self._desk, held.body
        text = f"{desk.names.when(body.at, desk.service_now())}  {desk.crew.fence_desk.sentence(body)}"
        if body.acknowledged:
            text = f"{text} · {desk.names.account(held.entry.by)}"
        return AlertRow(held.entry_id, text, not body.acknowledged)

    def _choices(self, body: Geofence) -> tuple[Choice, ...]:
        """Return who can be named: units, then people and vehicles, and whoever the fence names beside these."""
        names, words = self._desk.names, self._desk.words
        units = sorted((u for u in names.units.values() if u.kind is not UnitKind.PERSON), key=lambda u: u.name)
        found = [Choice(UNIT + u.unit_id, u.name, words(f"fence.unit.{u.kind}")) for u in units]
        people = sorted(names.people.values(), key=lambda person: person.name)
        found += [Choice(THING + p.staff_id, p.name, names.unit(p.unit_id)) for p in people]
        found += [Choice(THING + v.vehicle_id, v.name, names.unit(v.unit_id)) for v in names.vehicles]
        offered = {choice.value for choice in found}
        named = [Choice(UNIT + u, names.unit(u)) for u in body.units]
        named += [Choice(THING + t, self._desk.crew.fence_desk.thing(t)) for t in body.things]
        return (*found, *(choice for choice in named if choice.value not in offered))

    def key(self, event: QKeyEvent) -> bool:
        """Ctrl+Z on the map takes back; Escape closes."""
        can = self._desk.register.can_undo(EntryKind.GEOFENCE)
        return undo_or_close(event, self.card, self.undo, self.open if can else None)

    def _on_closed(self) -> None:
        self._view.end_sketch()
        self._on_given_up()
        self._view.setFocus()

    def _on_signed_out(self) -> None:
        self._said.clear()
        self._editing = self._awaited = None
        if self.sheet.isVisible():
            self.sheet.close_sheet()
        self.card.close_card()


def _waiting_newest_first(held: Held[FenceAlert]) -> tuple[bool, float]:
    return held.body.acknowledged, -held.body.at.timestamp()
