"""What stands behind intake: what reads words, what looks for duplicates, what holds back what sends people."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from client.picture import Delta
from client.room import Room
from console.duplicates import DuplicateSearch
from console.gists import Gists
from console.holds import Holds
from widgets.held_strip import HeldStrip

if TYPE_CHECKING:
    from console.desk import Desk


class Intake(QObject):
    """The parts of intake, each of which the others do not know."""

    def __init__(self, desk: "Desk") -> None:
        super().__init__(desk)
        self.gists = Gists(desk.tasks, desk.panels.report_form)
        self.duplicates = DuplicateSearch(desk.tasks, desk.panels, desk.selection, self)
        self.held_strip = HeldStrip(desk.words, desk.appearance.theme, desk.names, desk.frame)
        self.holds = Holds(desk.intents.act, desk.intents.carry_out, desk.settings, self)

    def use(self, room: Room | None) -> None:
        """Work for this room from here on."""
        self.gists.use(room)
        self.duplicates.use(room)
        if room is None:
            self.holds.drop_all()

    def take(self, delta: Delta) -> None:
        """Take in what altered."""
        self.duplicates.take(delta)
