"""Looks for likely duplicates at the service: of the case on the card, and of what is being taken down."""

from PySide6.QtCore import QObject

from client.line import LineState
from client.picture import Delta
from client.room import Room
from console.panels import Panels
from console.select import Selection
from console.tasks import Tasks
from domain.case import Case
from domain.faults import Fault
from domain.ids import CaseNo
from domain.similar import Told, likeness, told_of
from domain.states import ENDED
from domain.wire import SimilarCase

OWNER = "duplicates"


class DuplicateSearch(QObject):
    """Asks over all data, open and ended; what only this console holds would not do."""

    def __init__(self, tasks: Tasks, panels: Panels, selection: Selection, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._tasks, self._panels, self._selection = tasks, panels, selection
        self._room: Room | None = None
        self._asked: tuple[CaseNo, Told] | None = None

    def use(self, room: Room | None) -> None:
        """Ask over this room from here on."""
        self._tasks.cancel(OWNER)
        self._room, self._asked = room, None

    def on_case_changed(self, case_no: CaseNo | None) -> None:
        """Another case is selected."""
        self._asked = None
        self._ask(self._held(case_no))

    def take(self, delta: Delta) -> None:
        """The selected case moved, or one came that may be the same."""
        case = self._held(self._selection.case_no)
        if case is None or self._room is None or self._room.picture is None:
            return
        if case.case_no in delta.cases and self._asked != (case.case_no, told_of(case)):
            self._ask(case)
            return
        rules = self._room.picture.town.rules.at(self._room.service_now())
        others = (self._held(other) for other in delta.cases if other != case.case_no)
        if delta.whole or any(o is not None and likeness(told_of(case), o, rules) is not None for o in others):
            self._ask(case)

    def on_telling_changed(self, told: Told | None) -> None:
        """What is being taken down is known better now; None where there is too little to go by."""
        form, room = self._panels.report_form, self._room
        if told is None or room is None:
            self._tasks.cancel(OWNER, "form")
            form.show_similar(())
        elif room.line().state is LineState.OFFLINE:
            form.show_similar(None)
        else:
            self._tasks.start(OWNER, "form", self._look_for(room, told))

    # -- inside ----------------------------------------------------------------------------------------------------

    def _held(self, case_no: CaseNo | None) -> Case | None:
        room = self._room
        return None if room is None or room.picture is None or case_no is None else room.picture.case(case_no)

    def _ask(self, case: Case | None) -> None:
        if case is None or self._room is None or case.state in ENDED:
            self._tasks.cancel(OWNER, "card")
            self._panels.late_card.then(lambda card: card.set_similar(()))
            return
        self._asked = (case.case_no, told_of(case))
        self._tasks.start(OWNER, "card", self._look_beside(self._room, case))

    async def _look_beside(self, room: Room, case: Case) -> None:
        try:
            found = await room.client.similar(told_of(case), but=case.case_no)
        except Fault:
            self._asked = None  # asked again with the next change; the card says nothing it does not know
            return
        if self._selection.case_no == case.case_no:
            self._panels.card.set_similar(self._known(found.cases))

    async def _look_for(self, room: Room, told: Told) -> None:
        try:
            found = await room.client.similar(told)
        except Fault:
            self._panels.report_form.show_similar(None)
            return
        self._panels.report_form.show_similar(self._known(found.cases))

    def _known(self, found: tuple[SimilarCase, ...]) -> tuple[SimilarCase, ...]:
        """Let the picture keep what it did not hold, so that it can be gone to."""
        if self._room is not None and self._room.picture is not None:
            for similar in found:
                if self._room.picture.case(similar.case.case_no) is None:
                    self._room.take_case(similar.case)
        return found
