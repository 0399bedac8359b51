"""Drawing on the map for everybody: points, lines, areas and texts through the register, with an author and an end.

One's own may be moved, deleted and taken back (Ctrl+Z on the map); what others drew only where the register's rules let
it be. The layer of drawings shows them on every desk.
"""

import asyncio
from collections.abc import Coroutine
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import msgspec
from PySide6.QtCore import QObject
from PySide6.QtGui import QKeyEvent

from console.actsdone import ActsDone
from console.maptools import draw_on
from console.register import Held
from domain.faults import Fault
from domain.ids import EntryId
from domain.register import Entry, EntryKind, EntryPut, read_body
from domain.register_map import Drawing, Form
from domain.register_shapes import check_ring
from resources.words import sentence
from widgets.map.draw_card import DrawCard, DrawnRow
from widgets.map.guests import MapGuest, undo_or_close
from widgets.map.sketch import Sketch, SketchKind

if TYPE_CHECKING:
    from console.desk import Desk

OWNER = "redline"
DRAWN = EntryKind.DRAWING
SKETCHED = {
    Form.POINT: SketchKind.POINT,
    Form.TEXT: SketchKind.POINT,
    Form.LINE: SketchKind.LINE,
    Form.AREA: SketchKind.AREA,
}


class Redline(QObject, MapGuest):
    """The tool. Made when it is first wanted; ``open`` shows its card."""

    def __init__(self, desk: "Desk") -> None:
        super().__init__(desk)
        self._desk = desk
        self._view = desk.panels.map
        self.card = DrawCard(desk.words, desk.appearance.theme, self._view)
        desk.appearance.dress([self.card])
        self._form: Form | None = None
        self._moving: EntryId | None = None
        self._done = ActsDone()
        self._turn = asyncio.Lock()
        self._view.add_guest(self)
        self._connect()

    def _connect(self) -> None:
        card = self.card
        card.form_chosen.connect(self.begin)
        card.move_requested.connect(self.begin_move)
        card.delete_requested.connect(self.delete)
        card.row_opened.connect(self._on_opened)
        card.undo_requested.connect(self.undo)
        card.closed.connect(self._on_closed)
        self._desk.reception.closed.connect(self._on_signed_out)
        self._desk.register.changed.connect(self._on_register_changed)

    def open(self) -> None:
        """Show the card and what stands on the map."""
        self._desk.workspace.show_dock("dock-map")
        self.card.say("redline.hint")
        self.card.open_card()
        self._show_rows()

    @property
    def entries(self) -> dict[EntryId, Entry]:
        """The drawings that stand on the map, by id."""
        return {held.entry_id: held.entry for held in self._desk.register.all(Drawing)}

    # -- drawing ---------------------------------------------------------------------------------------------------

    def begin(self, form: Form) -> None:
        """Let something be drawn; a text wants its words first."""
        if form is Form.TEXT and not self.card.label.text().strip():
            self.card.show_form(None)
            self.card.say("redline.text_first")
            self.card.label.setFocus()
            return
        self._form, self._moving = form, None
        self._sketch(SKETCHED[form])

    def begin_move(self, entry_id: str) -> None:
        """Let the new place of a drawing's first point be given."""
        self._form, self._moving = None, EntryId(entry_id)
        self.card.say("redline.where_to")
        self._sketch(SketchKind.POINT)

    def _sketch(self, kind: SketchKind) -> None:
        sketch = Sketch(kind, self._view)
        sketch.finished.connect(self._on_drawn)
        sketch.given_up.connect(self._on_given_up)
        self._view.begin_sketch(sketch, hint=self._desk.words(f"map_tools.hint.{kind}"))

    def _on_drawn(self) -> None:
        sketch = self._view.sketch
        if sketch is None:
            return
        points = tuple(sketch.degrees())
        form, moving = self._form, self._moving
        if form is Form.AREA and (fault := _unusable(points)) is not None:
            draw_on(self._view, self._desk.words, self.card, fault)
            return
        self._on_given_up()
        self._view.end_sketch()
        room = self._desk.session.room
        if form is not None and room is not None:
            hours = self.card.hours.value()
            until = room.service_now() + timedelta(hours=hours) if hours else None
            body = Drawing(form, points, self.card.label.text().strip(), self.card.chosen_ink())
            asked = EntryPut(msgspec.to_builtins(body), expires_at=until)
            entry_id = EntryId(uuid4().hex)
            self._do(f"put {entry_id}", self._put(entry_id, asked))
        elif moving is not None and (before := self.entries.get(moving)) is not None:
            moved = _moved(before, points[0])
            if moved is not None:
                self._do(f"put {before.entry_id}", self._put(before.entry_id, moved))

    def _on_given_up(self) -> None:
        self._form = self._moving = None
        self.card.show_form(None)

    # -- altering --------------------------------------------------------------------------------------------------

    def delete(self, entry_id: str) -> None:
        """Take a drawing off the map; it can be taken back."""
        entry = self.entries.get(EntryId(entry_id))
        if entry is not None:
            self._do(f"delete {entry.entry_id}", self._delete(entry))

    def undo(self) -> None:
        """Take back what was done last from here."""
        if self._done or self._turn.locked():
            self._do("undo", self._take_back())

    async def _put(self, entry_id: EntryId, asked: EntryPut) -> None:
        self._done.note(await self._desk.register.put_entry(DRAWN, entry_id, asked))
        self._say("redline.done")

    async def _delete(self, entry: Entry) -> None:
        self._done.note(await self._desk.register.remove_entry(entry))
        self._say("redline.deleted")

    async def _take_back(self) -> None:
        act = self._done.last
        if act is not None:
            self._done.took_back(act, await self._desk.register.put_back(act))
            self._say("redline.taken_back")

    # -- showing ---------------------------------------------------------------------------------------------------

    def _on_register_changed(self, kinds: frozenset[EntryKind]) -> None:
        if DRAWN in kinds and not self.card.isHidden():
            self._show_rows()

    def rename(self) -> None:
        """See ``MapGuest``."""
        self._show_rows()

    def _say(self, key: str) -> None:
        self.card.say(key)
        self._show_rows()

    def _show_rows(self) -> None:
        latest = sorted(self._desk.register.all(Drawing), key=lambda held: held.entry.at, reverse=True)
        self.card.show_rows([self._row(held) for held in latest])
        self.card.show_can_undo(can=bool(self._done))

    def _row(self, held: Held[Drawing]) -> DrawnRow:
        entry, body, names = held.entry, held.body, self._desk.names
        parts = [names.words(f"drawing.{body.form}"), body.label, names.account(entry.author)]
        if entry.expires_at is None:
            parts.append(names.words("redline.no_end"))
        else:
            parts.append(names.words("redline.until", at=names.when(entry.expires_at, self._desk.service_now())))
        return DrawnRow(entry.entry_id, " · ".join(part for part in parts if part), self._desk.register.may_alter(held))

    def _on_opened(self, entry_id: str) -> None:
        held = self._desk.register.get(Drawing, EntryId(entry_id))
        if held is not None:
            self._view.show_case(*held.body.place())

    def key(self, event: QKeyEvent) -> bool:
        """Ctrl+Z on the map takes back; Escape closes."""
        return undo_or_close(event, self.card, self.undo, self.open if self._done else None)

    # -- inside ----------------------------------------------------------------------------------------------------

    def _do(self, name: str, work: Coroutine[Any, Any, None]) -> None:
        self._desk.tasks.start(OWNER, name, self._told(work), work)

    async def _told(self, work: Coroutine[Any, Any, None]) -> None:
        """Do something once what was asked before it is done; what is refused is said on the card."""
        try:
            async with self._turn:
                await work
        except Fault as fault:
            said = sentence(self._desk.words, f"fault.{fault.key}", dict(fault.params))
            self.card.say("redline.refused", why=said)
            if fault.key == "stale_entry":
                self._done.clear()
                self._show_rows()

    def _on_closed(self) -> None:
        self._view.end_sketch()
        self._on_given_up()
        self._view.setFocus()

    def _on_signed_out(self) -> None:
        self._desk.tasks.cancel(OWNER)
        self._done.clear()
        self.card.show_rows(())
        self.card.close_card()


def _unusable(ring: tuple[tuple[float, float], ...]) -> Fault | None:
    """Return what is wrong with the edge of an area, None where nothing is."""
    try:
        check_ring(ring)
    except Fault as fault:
        return fault
    return None


def _moved(entry: Entry, to: tuple[float, float]) -> EntryPut | None:
    """Return a drawing with its first point at another place and all others as far from it as before."""
    body = read_body(entry, Drawing)
    if body is None:
        return None
    east, north = to[0] - body.points[0][0], to[1] - body.points[0][1]
    points = tuple((lon + east, lat + north) for lon, lat in body.points)
    moved = msgspec.structs.replace(body, points=points)
    return EntryPut(msgspec.to_builtins(moved), entry.version, entry.expires_at)
