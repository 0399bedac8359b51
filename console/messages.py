"""Messages to units at the desk: sending one to the selected unit, how far each came, telling what is unheard."""

from datetime import timedelta
from typing import TYPE_CHECKING

import msgspec

from client.api import new_key
from console.entrydesk import EntryDesk
from console.notices import Notice
from console.tones import Tone
from domain.ids import EntryId, UnitId
from domain.register import Entry
from domain.register_message import UNHEARD, Delivery, Message
from resources.words import Value
from widgets.notices import Severity

if TYPE_CHECKING:
    from console.desk import Desk
    from widgets.message_sheet import MessageSheet

OWNER = "messages"
KEPT_FOR = timedelta(days=7)


class MessageDesk(EntryDesk["MessageSheet"]):
    """Opens the sheet, keeps sheet and board as the picture is, sends."""

    def __init__(self, desk: "Desk") -> None:
        super().__init__(desk, OWNER, KEPT_FOR, Message)
        self._unheard: dict[EntryId, Message] = {}

    def on_closed(self) -> None:
        """Nobody is signed in any more."""
        self._unheard.clear()
        self.desk.panels.late_board.then(lambda board: board.set_last_words({}))
        if self.sheet is not None:
            self.sheet.forget()
        super().on_closed()

    def on_second(self) -> None:
        """A second has passed: what nobody out there has read in time is told once."""
        now, rules = self.desk.service_now(), self.rules()
        for entry_id, body in self._unheard.items():
            minutes = rules.at(body.sent_at).message_minutes  # a clock keeps the rule it started under
            if entry_id not in self.told and now - body.sent_at >= timedelta(minutes=minutes):
                self.told.add(entry_id)
                unit = self.desk.names.unit(body.unit)
                values: dict[str, Value] = {"unit": unit, "n": minutes, "text": body.text[:40]}
                told = Notice(Severity.WARNING, "notice.message_unheard", values, entry_id, "messages")
                self.desk.notices.post(told)
                self.desk.crew.alarms.sounds.play(Tone.ALERT)

    def fill(self) -> None:
        """Show the messages as they are."""
        found = self._messages()
        self._unheard = {entry.entry_id: body for entry, body in found if body.state in UNHEARD}
        words = self.desk.words
        last: dict[UnitId, str] = {}
        for _, body in found:  # the latest first
            said = body.answer or body.text
            last.setdefault(body.unit, f"{words(f'message.state.{body.state}')} · {said}")
        self.desk.panels.late_board.then(lambda board: board.set_last_words(last))
        if self.sheet is not None:
            self.sheet.show_messages([(entry.entry_id, body) for entry, body in found])
            self.sheet.set_unit(self.desk.selection.unit_id)

    def on_unit_changed(self, unit: UnitId | None) -> None:
        """Another unit is selected: what is typed goes there."""
        if self.sheet is not None:
            self.sheet.set_unit(unit)

    def send(self, text: str) -> None:
        """Send a message to the selected unit."""
        unit = self.desk.selection.unit_id
        if unit is None:
            self.desk.notices.info("notice.message_which", replace=OWNER)
            return
        self.send_to(unit, text)

    def send_to(self, unit: UnitId, text: str, about: str = "") -> None:
        """Send a message to a unit, for the sake of an entry where ``about`` names one."""
        now = self.desk.service_now()
        self._put(EntryId(new_key()), Message(unit, text, now, about=about), 0, "message_sent")

    def answered(self, entry_id: str) -> None:
        """Note that a unit answered over the radio."""
        for entry, body in self._messages():
            if entry.entry_id == entry_id and body.state is not Delivery.ANSWERED:
                told = msgspec.structs.replace(
                    body,
                    state=Delivery.ANSWERED,
                    state_at=self.desk.service_now(),
                    answer=self.desk.words("message.by_radio"),
                )
                self._put(entry.entry_id, told, entry.version)

    def make_sheet(self) -> "MessageSheet":
        """See ``EntryDesk``."""
        from widgets.message_sheet import MessageSheet  # noqa: PLC0415 - not before it is asked for

        desk = self.desk
        sheet = MessageSheet(desk.names, desk.appearance.theme, desk.frame)
        sheet.send_requested.connect(self.send)
        sheet.answered.connect(self.answered)
        return sheet

    def _put(self, entry_id: EntryId, body: Message, version: int, done: str = "") -> None:
        name = self.desk.names.unit(body.unit)
        self.put(entry_id, body, version, name, done, values={"unit": name})

    def _messages(self) -> list[tuple[Entry, Message]]:
        """Return all messages, the latest first."""
        return self.held(Message, lambda entry, body: (body.sent_at, entry.entry_id))[::-1]
