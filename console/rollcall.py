"""Roll call at the desk: every unit on shift is asked to answer, answers are noted by key, who is missing is told."""

from datetime import timedelta
from typing import TYPE_CHECKING

import msgspec

from client.api import new_key
from console.entrydesk import EntryDesk
from console.notices import Notice
from domain.ids import EntryId, UnitId
from domain.register import Entry
from domain.register_rollcall import Answer, RollCall
from resources.words import Value
from widgets.notices import Severity

if TYPE_CHECKING:
    from console.desk import Desk
    from widgets.roll_call_sheet import RollCallSheet

OWNER = "roll-call"
KEPT_FOR = timedelta(days=30)


class RollCallDesk(EntryDesk["RollCallSheet"]):
    """Opens the sheet, keeps it as the picture is, and has done what is asked for there."""

    def __init__(self, desk: "Desk") -> None:
        super().__init__(desk, OWNER, KEPT_FOR, RollCall)

    def on_second(self) -> None:
        """A second has passed: who is missing when the time is over is told once."""
        found = self._current()
        if found is None or found[1].closed or found[0].entry_id in self.told:
            return
        entry, body = found
        if body.missing and self.desk.service_now() >= body.due_at:
            self.told.add(entry.entry_id)
            comma = self.desk.words("list.comma")
            who = comma.join(self.desk.names.unit(unit) for unit in body.missing[:5])
            values: dict[str, Value] = {"n": len(body.missing), "who": who}
            self.desk.notices.post(Notice(Severity.WARNING, "notice.roll_call_missing", values, OWNER, "roll_call"))
            self.fill()

    def fill(self) -> None:
        """Show the latest roll call as it is."""
        if self.sheet is None:
            return
        found = self._current()
        self.sheet.show_call(None if found is None else found[1], self.desk.service_now())

    def make_sheet(self) -> "RollCallSheet":
        """See ``EntryDesk``."""
        from widgets.roll_call_sheet import RollCallSheet  # noqa: PLC0415 - not before it is asked for

        desk = self.desk
        sheet = RollCallSheet(desk.names, desk.appearance.theme, desk.frame)
        sheet.call_requested.connect(self.call)
        sheet.answer_toggled.connect(self.toggle)
        sheet.close_requested.connect(self.close)
        return sheet

    # -- doing -----------------------------------------------------------------------------------------------------

    def call(self) -> None:
        """Call every unit on shift, unless a call is still open."""
        found = self._current()
        units = tuple(row.unit.unit_id for row in self.desk.panels.board.rows() if row.on_shift)
        if found is not None and not found[1].closed:
            self.desk.notices.info("notice.roll_call_open", replace=OWNER)
        elif not units:
            self.desk.notices.info("notice.roll_call_nobody", replace=OWNER)
        else:
            now = self.desk.service_now()
            due = now + timedelta(minutes=self.rules().at(now).roll_call_minutes)
            self._put(EntryId(new_key()), RollCall(now, due, units), 0, "roll_call_made")

    def toggle(self, unit: str) -> None:
        """Note that a unit answered, or that it did not after all."""
        found = self._current()
        if found is None or found[1].closed or unit not in found[1].units:
            return
        entry, body = found
        answers = tuple(answer for answer in body.answers if answer.unit != unit)
        if len(answers) == len(body.answers):
            answers += (Answer(UnitId(unit), self.desk.service_now()),)
        self._put(entry.entry_id, msgspec.structs.replace(body, answers=answers), entry.version)

    def close(self, result: str) -> None:
        """Close the call; ``result`` says what came of it."""
        found = self._current()
        if found is not None and not found[1].closed:
            entry, body = found
            closed = msgspec.structs.replace(body, closed=True, result=result)
            self._put(entry.entry_id, closed, entry.version, "roll_call_closed")

    def _put(self, entry_id: EntryId, body: RollCall, version: int, done: str = "") -> None:
        values = {"n": len(body.units), "missing": len(body.missing)}
        self.put(entry_id, body, version, self.desk.words("register.roll_call"), done, values=values)

    def _current(self) -> tuple[Entry, RollCall] | None:
        """Return the latest roll call, open or closed."""
        calls = self.held(RollCall, lambda entry, body: (body.called_at, entry.entry_id))
        return calls[-1] if calls else None
