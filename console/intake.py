"""What stands behind intake: what reads words, what looks for duplicates, what holds back what sends people."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from client.picture import Delta
from client.room import Room
from console.bulk import Bulk
from console.duplicates import DuplicateSearch
from console.gists import Gists
from console.holds import Holds
from console.late import Late
from console.templates import TemplateKeeper
from domain.case import Case
from domain.ids import CaseNo
from widgets.common.fault_label import Telling
from widgets.held_strip import HeldStrip
from widgets.intents import ActionIntent

if TYPE_CHECKING:
    from console.desk import Desk
    from widgets.bulk_sheet import BulkSheet

WHISTLE = "put_whistle"
"""What is held back like an action on a case, but goes to the desk of whistles."""


class Intake(QObject):
    """The parts of intake, each of which the others do not know."""

    def __init__(self, desk: "Desk") -> None:
        super().__init__(desk)
        self.gists = Gists(desk.tasks, desk.panels.late_report_form)
        self.duplicates = DuplicateSearch(desk.tasks, desk.panels, desk.selection, self)
        self.held_strip = HeldStrip(desk.words, desk.appearance.theme, desk.names, desk.frame)
        desk.frame.keep_clear(self.held_strip)
        self.holds = Holds(self._send, self._carry_out, desk.settings, self)
        self.templates = TemplateKeeper(desk.tasks, desk.notices, desk.words, desk.names.templates, self)
        self.bulk = Bulk(desk.tasks, desk.outbox, desk.clerk, desk.words, self)
        self.late_bulk_sheet = Late(self._make_bulk_sheet)
        self._desk = desk

    @property
    def bulk_sheet(self) -> "BulkSheet":
        """The sheet of what is done to many cases, made now where nobody has opened it yet."""
        return self.late_bulk_sheet.get()

    def ask_bulk(self, action: str, cases: Sequence[Case]) -> None:
        """Ask for what an action needs before it is done to many cases."""
        room = self._desk.session.room
        if room is not None and room.picture is not None:
            self.bulk_sheet.open_for(action, cases, self._desk.card_feed.look_up, room.service_now())

    def on_bulk_result(self, case_no: CaseNo, telling: Telling, refused: bool) -> None:
        """What was done needs its mark no longer; what was refused keeps it, to be looked at."""
        self.bulk_sheet.show_result(case_no, telling, refused=refused)
        if not refused:
            self._desk.panels.case_list.unmark(case_no)

    def _make_bulk_sheet(self) -> "BulkSheet":
        from widgets.bulk_sheet import BulkSheet  # noqa: PLC0415 - not before it is asked for

        desk = self._desk
        return BulkSheet(desk.words, desk.appearance.theme, desk.names, desk.frame)

    def _send(self, intent: ActionIntent) -> None:
        (self._desk.crew.whistle.blow if intent.action == WHISTLE else self._desk.intents.act)(intent)

    async def _carry_out(self, intent: ActionIntent) -> None:
        desk = self._desk
        await (desk.crew.whistle.carry_out if intent.action == WHISTLE else desk.intents.carry_out)(intent)

    def use(self, room: Room | None) -> None:
        """Work for this room from here on."""
        self.gists.use(room)
        self.duplicates.use(room)
        self.bulk.use(room)
        self.templates.use(room)
        if room is None:
            self.holds.drop_all()
            self._desk.panels.case_list.clear_marks()

    def take(self, delta: Delta) -> None:
        """Take in what altered."""
        self.duplicates.take(delta)
        self.templates.take(delta)
