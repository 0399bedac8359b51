"""Messages to units at the desk: sending one to the selected unit, how far each came, telling what is unheard."""

from datetime import timedelta
from typing import TYPE_CHECKING

import msgspec
from PySide6.QtCore import QObject

from client.api import new_key
from client.picture import Delta
from console.notices import Notice
from console.putting import Putter
from console.tones import Tone
from domain.ids import EntryId, UnitId
from domain.register import Entry, EntryKind, read_body
from domain.register_message import UNHEARD, Delivery, Message
from resources.words import Value
from widgets.notices import Severity

if TYPE_CHECKING:
    from console.desk import Desk
    from widgets.message_sheet import MessageSheet

OWNER = "messages"
HEARD_WITHIN = timedelta(minutes=5)
"""A message nobody has read so long after it was sent is told of, once."""
KEPT_FOR = timedelta(days=7)
"""So long it stands in the register; in the change log it stays."""


class MessageDesk(QObject):
    """Opens the sheet, keeps sheet and board as the picture is, sends."""

    def __init__(self, desk: "Desk") -> None:
        super().__init__(desk)
        self._desk, self._putter = desk, Putter(desk, OWNER)
        self._sheet: MessageSheet | None = None
        self._told: set[EntryId] = set()
        self._unheard: dict[EntryId, Message] = {}

    def open(self) -> None:
        """Open the sheet; what is typed goes to the unit that is selected."""
        sheet = self._sheet or self._make()
        if not sheet.isVisible():
            self.fill()
            sheet.open_sheet()

    def on_closed(self) -> None:
        """Nobody is signed in any more."""
        self._told.clear()
        self._unheard.clear()
        self._desk.panels.board.set_last_words({})
        if self._sheet is not None:
            self._sheet.forget()

    def take(self, delta: Delta) -> None:
        """Take in what altered."""
        if delta.whole or any(kind is EntryKind.MESSAGE for kind, _ in delta.entries):
            self.fill()

    def on_second(self) -> None:
        """A second has passed: what nobody out there has read in time is told once."""
        now = self._desk.service_now()
        for entry_id, body in self._unheard.items():
            if entry_id not in self._told and now - body.sent_at >= HEARD_WITHIN:
                self._told.add(entry_id)
                values: dict[str, Value] = {"unit": self._desk.names.unit(body.unit), "text": body.text[:40]}
                told = Notice(Severity.WARNING, "notice.message_unheard", values, entry_id, "messages")
                self._desk.notices.post(told)
                self._desk.alarms.sounds.play(Tone.ALERT)

    def fill(self) -> None:
        """Show the messages as they are."""
        found = self._messages()
        self._unheard = {entry.entry_id: body for entry, body in found if body.state in UNHEARD}
        words = self._desk.words
        last: dict[UnitId, str] = {}
        for _, body in found:  # the latest first
            said = body.answer or body.text
            last.setdefault(body.unit, f"{words(f'message.state.{body.state}')} · {said}")
        self._desk.panels.board.set_last_words(last)
        if self._sheet is not None:
            self._sheet.show_messages([(entry.entry_id, body) for entry, body in found])
            self._sheet.set_unit(self._desk.selection.unit_id)

    def on_unit_changed(self, unit: UnitId | None) -> None:
        """Another unit is selected: what is typed goes there."""
        if self._sheet is not None:
            self._sheet.set_unit(unit)

    def send(self, text: str) -> None:
        """Send a message to the selected unit."""
        unit = self._desk.selection.unit_id
        if unit is None:
            self._desk.notices.info("notice.message_which", replace=OWNER)
            return
        now = self._desk.service_now()
        self._put(EntryId(new_key()), Message(unit, text, now), 0, "message_sent")

    def answered(self, entry_id: str) -> None:
        """Note that a unit answered over the radio."""
        for entry, body in self._messages():
            if entry.entry_id == entry_id and body.state is not Delivery.ANSWERED:
                told = msgspec.structs.replace(
                    body,
                    state=Delivery.ANSWERED,
                    state_at=self._desk.service_now(),
                    answer=self._desk.words("message.by_radio"),
                )
                self._put(entry.entry_id, told, entry.version)

    def _put(self, entry_id: EntryId, body: Message, version: int, done: str = "") -> None:
        until, name = self._desk.service_now() + KEPT_FOR, self._desk.names.unit(body.unit)
        self._putter.put(entry_id, body, version, until, name, done, unit=name)

    def _make(self) -> "MessageSheet":
        from widgets.message_sheet import MessageSheet  # noqa: PLC0415 - not before it is asked for

        desk = self._desk
        self._sheet = sheet = MessageSheet(desk.names, desk.appearance.theme, desk.frame)
        sheet.send_requested.connect(self.send)
        sheet.answered.connect(self.answered)
        desk.appearance.dress([sheet])
        return sheet

    def _messages(self) -> list[tuple[Entry, Message]]:
        """Return all messages, the latest first."""
        room = self._desk.session.room
        if room is None or room.picture is None:
            return []
        found: list[tuple[Entry, Message]] = []
        for entry in room.picture.entries.values():
            body = read_body(entry, Message) if entry.kind is EntryKind.MESSAGE and not entry.removed else None
            if body is not None:
                found.append((entry, body))
        return sorted(found, key=lambda row: (row[1].sent_at, row[0].entry_id), reverse=True)
