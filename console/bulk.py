"""Does one action to many cases, one after the other: each is judged by itself and has its own result.

Each goes through the outbox like any other command, at the version of the case as it is when its turn comes.
"""

from functools import partial

from PySide6.QtCore import QObject, Signal

from client.api import new_key
from client.outbox.order import command_order
from client.outbox.results import Delayed, Refused
from client.room import Room
from console.clerk import Clerk
from console.outbox import Outbox
from console.tasks import Tasks
from domain.differences import seen_of
from domain.faults import Fault, not_found
from domain.ids import CaseNo
from resources.words import Words
from widgets.common.fault_label import Telling
from widgets.intents import BulkIntent

OWNER = "bulk"


class Bulk(QObject):
    """Runs one at a time. ``result`` carries a case number, what is to be said, and whether it was refused."""

    result = Signal(object, object, bool)
    over = Signal()

    def __init__(self, tasks: Tasks, outbox: Outbox, clerk: Clerk, words: Words, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._tasks, self._outbox, self._clerk, self._words = tasks, outbox, clerk, words
        self._room: Room | None = None
        self._stopped = False

    def use(self, room: Room | None) -> None:
        """Act over this room from here on."""
        self._room = room
        self._stopped = True

    def run(self, intent: BulkIntent) -> None:
        """Begin."""
        self._stopped = False
        self._tasks.start(OWNER, "run", self._run(intent))

    def stop(self) -> None:
        """Do nothing more once the case under way is done; what was done stays done."""
        self._stopped = True

    async def _run(self, intent: BulkIntent) -> None:
        for case_no in intent.cases:
            if self._stopped:
                break
            telling, refused = await self._one(intent, case_no)
            self.result.emit(case_no, telling, refused)
        self.over.emit()

    async def _one(self, intent: BulkIntent, case_no: CaseNo) -> tuple[Telling, bool]:
        """Return what became of it, in words, and whether it was refused."""
        room = self._room
        case = None if room is None or room.picture is None else room.picture.case(case_no)
        try:
            if room is None or case is None:
                raise not_found("unknown_case", case_no=case_no)
            now = room.client.time.now()
            order = command_order(new_key(), case, intent.action, dict(intent.args), seen_of(case), now, case.version)
            outcome = await (await self._outbox.give(order, {}))
        except Fault as fault:
            return partial(self._clerk.explain, fault, ()), True
        if isinstance(outcome, Refused):
            return partial(self._clerk.explain, outcome.fault, ()), True
        return partial(self._words, "bulk.kept" if isinstance(outcome, Delayed) else "bulk.done"), False
