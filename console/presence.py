"""Who else has a case open right now: said to colleagues, and shown of them while the line is live. Nothing is kept."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer

from client.line import LineReading, LineState
from client.picture import Delta
from client.room import Room
from domain.ids import AccountId, CaseNo

if TYPE_CHECKING:
    from console.desk import Desk

SETTLE_MS = 300
"""A case that is passed over sooner is not told: whoever runs down the list looks at none of them."""


class PresenceDesk(QObject):
    """Tells which case is on the card, and marks in list and card what colleagues look at. No claim, no history."""

    def __init__(self, desk: "Desk") -> None:
        super().__init__(desk)
        self._desk = desk
        self._room: Room | None = None
        self._live = self._away = False
        self._settle = QTimer(self)
        self._settle.setSingleShot(True)
        self._settle.setInterval(SETTLE_MS)
        self._settle.timeout.connect(self._tell)
        desk.panels.late_card.then(lambda card: card.set_viewers(self.viewers()))

    def use(self, room: Room | None) -> None:
        """Follow this room from here on; with None nobody's."""
        self._settle.stop()
        self._room, self._live = room, False
        self._show()

    def on_case_changed(self, case_no: CaseNo | None) -> None:
        """Another case is on the card, or none: say so once it stays."""
        self._settle.start()

    def on_second(self) -> None:
        """A second has passed: nobody looks at anything below the cover of a locked desk."""
        if self._away != self._desk.crew.idle_lock.locked:
            self._away = not self._away
            self._tell()

    def take(self, delta: Delta) -> None:
        """Take in what altered."""
        if delta.viewers or delta.whole:
            self._show()

    def on_line(self, line: LineReading) -> None:
        """Show signs only while the line is live: what was so before is not known to be so now."""
        if self._live != (line.state is LineState.LIVE):
            self._live = not self._live
            self._show()

    def viewers(self) -> dict[CaseNo, tuple[AccountId, ...]]:
        """Return what others have open now, by case; nothing while that is not known."""
        picture = None if self._room is None else self._room.picture
        if picture is None or not self._live:
            return {}
        me = picture.me.account
        others = {case_no: tuple(a for a in accounts if a != me) for case_no, accounts in picture.viewers.items()}
        return {case_no: accounts for case_no, accounts in others.items() if accounts}

    def _tell(self) -> None:
        if self._room is not None:
            self._room.have_open(None if self._away else self._desk.selection.case_no)

    def _show(self) -> None:
        viewers = self.viewers()
        self._desk.panels.case_list.set_viewers(viewers)
        card = self._desk.panels.late_card.made
        if card is not None:
            card.set_viewers(viewers)
