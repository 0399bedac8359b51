"""Roll call at the desk: every unit on shift is asked to answer, answers are noted by key, who is missing is told."""

from datetime import timedelta
from typing import TYPE_CHECKING

import msgspec
from PySide6.QtCore import QObject

from client.api import new_key
from client.picture import Delta
from console.notices import Notice
from console.putting import Putter
from domain.ids import EntryId, UnitId
from domain.register import Entry, EntryKind, read_body
from domain.register_rollcall import Answer, RollCall
from resources.words import Value
from widgets.notices import Severity

if TYPE_CHECKING:
    from console.desk import Desk
    from widgets.roll_call_sheet import RollCallSheet

OWNER = "roll-call"
DUE_AFTER = timedelta(minutes=10)
"""Who has not answered so long after the call is told of as missing."""
KEPT_FOR = timedelta(days=30)
"""So long it stands in the register; in the change log it stays."""


class RollCallDesk(QObject):
    """Opens the sheet, keeps it as the picture is, and has done what is asked for there."""

    def __init__(self, desk: "Desk") -> None:
        super().__init__(desk)
        self._desk, self._putter = desk, Putter(desk, OWNER)
        self._sheet: RollCallSheet | None = None
        self._told: set[EntryId] = set()

    def open(self) -> None:
        """Open the sheet."""
        sheet = self._sheet or self._make()
        if not sheet.isVisible():
            self.fill()
            sheet.open_sheet()

    def on_closed(self) -> None:
        """Nobody is signed in any more."""
        self._told.clear()
        if self._sheet is not None and self._sheet.isVisible():
            self._sheet.close_sheet()

    def take(self, delta: Delta) -> None:
        """Take in what altered."""
        if delta.whole or any(kind is EntryKind.ROLL_CALL for kind, _ in delta.entries):
            self.fill()

    def on_second(self) -> None:
        """A second has passed: who is missing when the time is over is told once."""
        found = self._current()
        if found is None or found[1].closed or found[0].entry_id in self._told:
            return
        entry, body = found
        if body.missing and self._desk.service_now() >= body.due_at:
            self._told.add(entry.entry_id)
            comma = self._desk.words("list.comma")
            who = comma.join(self._desk.names.unit(unit) for unit in body.missing[:5])
            values: dict[str, Value] = {"n": len(body.missing), "who": who}
            self._desk.notices.post(Notice(Severity.WARNING, "notice.roll_call_missing", values, OWNER, "roll_call"))
            self.fill()

    def fill(self) -> None:
        """Show the latest roll call as it is."""
        if self._sheet is None:
            return
        found = self._current()
        self._sheet.show_call(None if found is None else found[1], self._desk.service_now())

    def _make(self) -> "RollCallSheet":
        from widgets.roll_call_sheet import RollCallSheet  # noqa: PLC0415 - not before it is asked for

        desk = self._desk
        self._sheet = sheet = RollCallSheet(desk.names, desk.appearance.theme, desk.frame)
        sheet.call_requested.connect(self.call)
        sheet.answer_toggled.connect(self.toggle)
        sheet.close_requested.connect(self.close)
        desk.appearance.dress([sheet])
        return sheet

    # -- doing -----------------------------------------------------------------------------------------------------

    def call(self) -> None:
        """Call every unit on shift, unless a call is still open."""
        found = self._current()
        units = tuple(row.unit.unit_id for row in self._desk.panels.board.rows() if row.on_shift)
        if found is not None and not found[1].closed:
            self._desk.notices.info("notice.roll_call_open", replace=OWNER)
        elif not units:
            self._desk.notices.info("notice.roll_call_nobody", replace=OWNER)
        else:
            now = self._desk.service_now()
            self._put(EntryId(new_key()), RollCall(now, now + DUE_AFTER, units), 0, "roll_call_made")

    def toggle(self, unit: str) -> None:
        """Note that a unit answered, or that it did not after all."""
        found = self._current()
        if found is None or found[1].closed or unit not in found[1].units:
            return
        entry, body = found
        answers = tuple(answer for answer in body.answers if answer.unit != unit)
        if len(answers) == len(body.answers):
            answers += (Answer(UnitId(unit), self._desk.service_now()),)
        self._put(entry.entry_id, msgspec.structs.replace(body, answers=answers), entry.version)

    def close(self, result: str) -> None:
        """Close the call; ``result`` says what came of it."""
        found = self._current()
        if found is not None and not found[1].closed:
            entry, body = found
            closed = msgspec.structs.replace(body, closed=True, result=result)
            self._put(entry.entry_id, closed, entry.version, "roll_call_closed")

    def _put(self, entry_id: EntryId, body: RollCall, version: int, done: str = "") -> None:
        until = self._desk.service_now() + KEPT_FOR
        values = {"n": len(body.units), "missing": len(body.missing)}
        self._putter.put(entry_id, body, version, until, self._desk.words("register.roll_call"), done, **values)

    def _current(self) -> tuple[Entry, RollCall] | None:
        """Return the latest roll call, open or closed."""
        room = self._desk.session.room
        if room is None or room.picture is None:
            return None
        found: list[tuple[Entry, RollCall]] = []
        for entry in room.picture.entries.values():
            body = read_body(entry, RollCall) if entry.kind is EntryKind.ROLL_CALL and not entry.removed else None
            if body is not None:
                found.append((entry, body))
        return max(found, key=lambda row: (row[1].called_at, row[0].entry_id), default=None)
