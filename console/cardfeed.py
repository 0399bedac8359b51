"""From the live picture to the case card: the selected case, its timeline, what may be done, whom to send, photos."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QImage

from client.line import LineState
from client.picture import Delta, Picture
from client.room import Room
from console.holdings import Holdings
from console.late import Late
from console.select import Selection
from console.suggester import Suggester
from console.tasks import Tasks
from console.workers import runners
from domain.case import Case
from domain.change import Change, Subject
from domain.faults import Fault, FaultKind
from domain.ids import AttachmentId, CaseNo, UnitId
from domain.machine import Step
from domain.nearest import Runner
from domain.not_after import is_descriptive
from domain.recommend import Candidate
from domain.register import EntryKind
from domain.runcards import Proposal
from domain.states import ENDED, CaseState
from domain.units import UnitStatus

if TYPE_CHECKING:
    from widgets.case_card.panel import CaseCard

OWNER, MAKER = "card", "card-maker"
LOOKUP_MOST = 50
RETRY_EVERY_S = 3
"""What could not be fetched is asked for again this often once the line is live."""
RECKON_EVERY_S = 5
"""Steps that time alone can end, and distances of moving units, are reckoned anew this often."""

Ahead = Callable[[Case], Case | None]
"""Returns a case as it will be once what waits on it is done, None where that cannot be told."""


def _as_it_is(case: Case) -> Case | None:
    return case


class CardFeed(QObject):
    """Keeps the card at the selected case. ``case_left`` tells of a selected case that is no longer shown to us."""

    case_left = Signal(object)

    def __init__(
        self,
        tasks: Tasks,
        card: "Late[CaseCard]",
        selection: Selection,
        holdings: Holdings,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._tasks = tasks
        self._late_card = card
        self._selection = selection
        self._holdings = holdings
        self._suggester = Suggester(tasks, holdings)
        self._room: Room | None = None
        self._changes: list[Change] | None = None
        self._steps: list[Step] = []
        self._seconds = 0
        self._retry_at: int | None = None
        self._ahead: Ahead = _as_it_is
        self._tell(lambda card: card.set_lookup(self.look_up))
        self._tell(lambda card: card.set_runner_source(self.runners))

    def use(self, room: Room | None) -> None:
        """Follow this room from here on."""
        self._tasks.cancel(OWNER)
        self._suggester.stop()
        self._room = room
        self._selection.select_case(None)
        self._tell(lambda card: card.forget_drafts())

    def look_ahead(self, ahead: Ahead) -> None:
        """Take what tells how a case will be once what waits on it is done: more can be asked for behind that."""
        self._ahead = ahead

    def show_again(self) -> None:
        """Show the selected case anew: what waits on it is another."""
        case = self._case(self._selection.case_no)
        if case is not None:
            self._show(case)

    def show(self, case_no: CaseNo | None) -> None:
        """Show a case, or none."""
        self._changes = self._retry_at = None
        case = self._case(case_no)
        if case is None or self._room is None:
            self._tell(lambda card: card.show_case(None))
            if case_no is not None and self._room is not None and self._room.picture is not None:
                self._tasks.start(OWNER, "case", self._fetch_case(self._room, case_no))
            return
        self._show(case)
        self._tell(lambda card: card.set_changes(None))
        self._tell(lambda card: card.set_fault(""))
        self._suggest(case)
        self._tasks.start(OWNER, "changes", self._fetch_changes(self._room, case.case_no))

    def take(self, delta: Delta) -> None:
        """Take in what altered."""
        case_no = self._selection.case_no
        if case_no is None:
            return
        if case_no in delta.removed:
            self._selection.select_case(None)
            self.case_left.emit(case_no)
            return
        case = self._case(case_no)
        if delta.whole:
            self.show(case_no)
        elif case is not None and (case_no in delta.cases or delta.reference):
            self._show(case)
            self._suggest(case)
        elif case is not None and any(kind is EntryKind.RUN_CARD for kind, _ in delta.entries):
            self._suggest(case)
        self._append(case_no, delta.changes)

    def on_second(self, now: datetime) -> None:
        """Let time pass (service time)."""
        self._tell(lambda card: card.set_now(now))
        self._seconds += 1
        self._try_again()
        case = self._case(self._selection.case_no)
        if case is None or self._room is None or self._seconds % RECKON_EVERY_S:
            return
        self._suggest(case)
        if [s.action for s in self._steps_on(self._room, case)] != [s.action for s in self._steps]:
            self._show(case)

    def look_up(self, typed: str) -> Sequence[Case]:
        """Return open cases that a case number, title or address leads to, newest first; for the case picker."""
        picture = self._picture()
        if picture is None or not typed.strip():
            return ()
        sought = typed.strip().casefold()
        found = [
            case
            for case in picture.cases.values()
            if case.state not in ENDED
            and case.case_no != self._selection.case_no
            and sought in f"{case.case_no} {case.title} {case.address}".casefold()
        ]
        found.sort(key=lambda case: case.opened_at, reverse=True)
        return found[:LOOKUP_MOST]

    def runners(self, case: Case) -> Sequence[Runner]:
        """Return whom a case can be sent to for a look, the one to send first."""
        picture = self._picture()
        return () if picture is None or self._room is None else runners(picture, case, self._room.service_now())

    def put_photo(self, attachment_id: str, full: bool, image: QImage) -> None:
        """Hand a photo to the card."""
        self._tell(lambda card: card.set_photo(AttachmentId(attachment_id), image, full=full))

    def miss_photo(self, attachment_id: str, full: bool, fault: Fault) -> None:
        """Tell the card that a photo cannot be had."""
        self._tell(lambda card: card.set_photo(AttachmentId(attachment_id), None, full=full))

    def _make_card(self) -> None:
        """Have the card made in the turns that follow, where it is not yet; whoever asks for it gets it at once."""
        if self._late_card.made is None:
            self._tasks.start(MAKER, "card", self._late_card.make_soon())

    # -- inside ----------------------------------------------------------------------------------------------------

    def _tell(self, told: "Callable[[CaseCard], object]") -> None:
        """Tell the card, or have it told first thing once it is made. What is told holds its values by then."""
        self._late_card.then(told)

    def _picture(self) -> Picture | None:
        return None if self._room is None else self._room.picture

    def _case(self, case_no: CaseNo | None) -> Case | None:
        picture = self._picture()
        return None if picture is None or case_no is None else picture.case(case_no)

    def _show(self, case: Case) -> None:
        if self._room is None:
            return
        self._steps = self._steps_on(self._room, case)
        steps, now = self._steps, self._room.service_now()
        self._tell(lambda card: card.set_now(now))
        self._tell(lambda card: card.show_case(case, steps))
        self._make_card()

    def _steps_on(self, room: Room, case: Case) -> list[Step]:
        """Return what may be asked for: behind what waits, or, where that cannot be told, only what describes."""
        ahead = self._ahead(case)
        if ahead is None:
            return [step for step in room.actions(case) if is_descriptive(step.action)]
        return room.actions(ahead)

    def _append(self, case_no: CaseNo, changes: Sequence[Change]) -> None:
        if self._changes is None:
            return
        last = self._changes[-1].seq if self._changes else 0
        fresh = [c for c in changes if _about(c, case_no) and c.seq > last]
        if fresh:
            self._changes.extend(fresh)
            known = tuple(self._changes)
            self._tell(lambda card: card.set_changes(known))

    def _try_again(self) -> None:
        """Fetch what could not be had while the line was down."""
        room, case_no = self._room, self._selection.case_no
        if self._retry_at is None or self._seconds < self._retry_at or room is None or case_no is None:
            return
        if room.line().state is not LineState.LIVE:
            return
        self._retry_at = None
        if self._case(case_no) is None:
            self._tasks.start(OWNER, "case", self._fetch_case(room, case_no))
        else:
            self._tasks.start(OWNER, "changes", self._fetch_changes(room, case_no))

    async def _fetch_changes(self, room: Room, case_no: CaseNo) -> None:
        try:
            page = await room.client.changes(case_no)
        except Fault:
            if self._selection.case_no == case_no:
                self._retry_at = self._seconds + RETRY_EVERY_S
                self._tell(lambda card: card.miss_changes())
            return
        if self._selection.case_no == case_no:
            self._changes = list(page.changes)
            self._tell(lambda card: card.set_changes(page.changes))

    async def _fetch_case(self, room: Room, case_no: CaseNo) -> None:
        """Bring a case that the picture does not hold: an ended one, found by its number."""
        try:
            case = await room.client.case(case_no)
        except Fault as fault:
            if fault.kind is not FaultKind.UNAVAILABLE:
                self.case_left.emit(case_no)
            elif self._selection.case_no == case_no:
                self._retry_at = self._seconds + RETRY_EVERY_S
            return
        if room.picture is not None and self._selection.case_no == case_no:
            room.take_case(case)
            self.show(case_no)

    def _suggest(self, case: Case) -> None:
        """Tell the card what the units are doing and, while the case waits for one, whom to send."""
        picture, room = self._picture(), self._room
        if picture is None or room is None:
            return
        doing = statuses(picture, self._holdings)
        self._tell(lambda card: card.set_unit_status(doing))
        if case.state is CaseState.PENDING_DISPATCH:
            self._suggester.suggest(room, case, self._on_suggested)
        else:
            self._suggester.stop()
            self._tell(lambda card: card.set_candidates(()))

    def _on_suggested(self, case_no: CaseNo, candidates: Sequence[Candidate], proposal: Proposal | None) -> None:
        if case_no == self._selection.case_no:
            self._tell(lambda card: card.set_candidates(candidates, proposal))


def _about(change: Change, case_no: CaseNo) -> bool:
    return change.subject is Subject.CASE and change.subject_id == case_no


def statuses(picture: Picture, holdings: Holdings) -> dict[UnitId, UnitStatus]:
    """Return what every unit is doing."""
    return {unit_id: holdings.status(unit_id) for unit_id in picture.units}
