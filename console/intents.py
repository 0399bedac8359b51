"""What panels ask for becomes orders here; what the service answers becomes notices and words on the card.

Everything goes through the outbox: it is on disk before it is sent, and stays there until it is answered. A conflict
is shown to the person together with what changed meanwhile; it is never tried again by itself.
"""

import asyncio
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from client.api import new_key
from client.line import LineState
from client.mime import mime_of
from client.outbox.order import Entry, Order, command_order, reading_order, report_order
from client.outbox.results import Delayed, Refused, Sent
from client.room import Room
from console.notices import NoticeHub
from console.outbox import Outbox
from console.tasks import Tasks
from domain.case import Case
from domain.change import Change
from domain.differences import seen_of
from domain.faults import Fault, FaultKind, invalid
from domain.ids import CaseNo
from domain.not_after import not_after
from domain.wire import Outcome, RevealedContact
from widgets.intents import ActionIntent, ReportIntent, RevealIntent

OWNER = "intents"
MAX_PHOTO = 12 * 1024 * 1024


class Intents(QObject):
    """Sends what was asked for, one task each. ``room`` is set with ``use`` while somebody is signed in."""

    started = Signal(object)
    """A case is being acted on: ``CaseNo``."""
    done = Signal(object, str)
    """It was done: ``CaseNo`` and the action."""
    refused = Signal(object, object, object)
    """It was not: ``CaseNo``, the ``Fault``, and the changes made since the person looked (a tuple)."""
    delayed = Signal(object, str, object)
    """It waits in the outbox: ``CaseNo``, the action, and the ``Fault`` that says why."""
    report_started = Signal()
    report_done = Signal(object)
    """A report was taken: its ``CaseNo``."""
    report_refused = Signal(object)
    report_delayed = Signal(object)
    """A report waits in the outbox, and the ``Fault`` that says why."""
    report_merged = Signal(object, object, object)
    """A report was taken and merged: its ``CaseNo``, that of the other case, and the ``Fault`` where merging failed."""
    revealed = Signal(object, object)
    """Contacts were shown: ``CaseNo`` and a list of ``RevealedContact``."""

    def __init__(self, tasks: Tasks, notices: NoticeHub, outbox: Outbox, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._tasks, self._notices, self._outbox = tasks, notices, outbox
        self._room: Room | None = None
        self._shown: dict[CaseNo, list[RevealedContact]] = {}
        self._into: dict[str, CaseNo] = {}
        outbox.sent.connect(self._on_sent_late)

    def use(self, room: Room | None) -> None:
        """Send over this room from here on; contacts another one was shown are forgotten."""
        self._room = room
        self._shown.clear()
        self._into.clear()

    def forget_contacts(self) -> None:
        """The shift is handed over: contacts shown in it are not shown again without a line."""
        self._shown.clear()

    # -- what panels ask for ---------------------------------------------------------------------------------------

    def act(self, intent: ActionIntent) -> None:
        """Act on a case."""
        self.started.emit(intent.case_no)
        self._tasks.start(OWNER, f"act/{intent.case_no}/{intent.action}/{new_key()}", self._act(intent))

    async def carry_out(self, intent: ActionIntent) -> None:
        """Act on a case and wait until it was done, refused, or kept by the outbox."""
        await self._act(intent)

    def report(self, intent: ReportIntent) -> None:
        """Send a report taken down in the room."""
        self.report_started.emit()
        self._tasks.start(OWNER, f"report/{new_key()}", self._report(intent))

    def reveal(self, intent: RevealIntent) -> None:
        """Ask for the contacts of a case's reporters; the service logs it with the reason.

        Without a line they are shown again only to whoever was shown them in this shift; it is logged when it is back.
        """
        self._tasks.start(OWNER, f"reveal/{intent.case_no}", self._reveal(intent))

    # -- sending ---------------------------------------------------------------------------------------------------

    async def _act(self, intent: ActionIntent) -> None:
        try:
            room = self._signed_in()
            photos = {name: await _read_all(paths) for name, paths in intent.files.items()}
            order = _command(room, intent)
            result = await (await self._outbox.give(order, photos))
        except Fault as unkept:
            self.refused.emit(intent.case_no, unkept, ())
            return
        match result:
            case Sent():
                self.done.emit(intent.case_no, intent.action)
            case Refused(fault=fault):
                self.refused.emit(intent.case_no, fault, await self._since(intent, fault))
            case Delayed(fault=fault):
                self.delayed.emit(intent.case_no, intent.action, fault)

    async def _report(self, intent: ReportIntent) -> None:
        try:
            now = self._signed_in().client.time.now()
            photos = {"photos": await _read_all(intent.files)}
            order = report_order(new_key(), intent.report, now)
            result = await (await self._outbox.give(order, photos))
        except Fault as unkept:
            self.report_refused.emit(unkept)
            return
        match result:
            case Sent(outcome=Outcome() as outcome):
                await self._merge(outcome.case, intent.into)
            case Refused(fault=fault):
                self.report_refused.emit(fault)
            case Delayed(fault=fault):
                if intent.into is not None:
                    self._into[order.key] = intent.into
                self.report_delayed.emit(fault)

    async def _merge(self, taken: Case, into: CaseNo | None) -> None:
        """Merge a report that was taken into the case it tells of again; where that fails it stays its own case."""
        if into is None:
            self.report_done.emit(taken.case_no)
            return
        try:
            now = self._signed_in().client.time.now()
            order = command_order(new_key(), taken, "merge", {"into": into}, seen_of(taken), now, taken.version)
            result = await (await self._outbox.give(order, {}))
        except Fault as unkept:
            self.report_merged.emit(taken.case_no, into, unkept)
            return
        self.report_merged.emit(taken.case_no, into, None if isinstance(result, Sent) else result.fault)

    def _on_sent_late(self, entry: Entry, outcome: Outcome | None) -> None:
        """A report that had waited was taken: merge it where that was wanted when it was given."""
        into = self._into.pop(entry.order.key, None)
        if into is not None and outcome is not None:
            self._tasks.start(OWNER, f"merge/{entry.order.key}", self._merge(outcome.case, into))

    async def _reveal(self, intent: RevealIntent) -> None:
        try:
            room = self._signed_in()
            if room.line().state is LineState.OFFLINE:
                contacts = await self._shown_before(room, intent)
            else:
                contacts = await room.client.reveal(intent.case_no, intent.reason)
                self._shown[intent.case_no] = contacts
        except Fault as fault:
            self._notices.fault(fault, replace="reveal")
            return
        self.revealed.emit(intent.case_no, contacts)

    async def _shown_before(self, room: Room, intent: RevealIntent) -> list[RevealedContact]:
        """Return contacts this person was shown since signing in; that they were looked at again waits to be logged."""
        contacts = self._shown.get(intent.case_no)
        if contacts is None:
            raise Fault(FaultKind.UNAVAILABLE, "reveal_offline")
        await self._outbox.give(reading_order(new_key(), intent.case_no, intent.reason, room.client.time.now()), {})
        return contacts

    async def _since(self, intent: ActionIntent, fault: Fault) -> tuple[Change, ...]:
        """Return what happened to the case since the person looked, where that is why the command was refused."""
        if fault.kind is not FaultKind.CONFLICT or self._room is None:
            return ()
        try:
            page = await self._room.client.changes(intent.case_no)
        except Fault:
            return ()  # the conflict itself is told; its story comes with the timeline
        return tuple(change for change in page.changes if change.version > intent.version)

    def _signed_in(self) -> Room:
        if self._room is None:
            raise Fault(FaultKind.UNAUTHENTICATED, "not_signed_in")
        return self._room


def _command(room: Room, intent: ActionIntent) -> Order:
    """Return the order for an intent, with what the person saw of the case."""
    case = None if room.picture is None else room.picture.case(intent.case_no)
    now = room.client.time.now()
    if case is None:
        until = not_after(intent.action, now)
        return Order(new_key(), intent.action, now, until, intent.case_no, "", intent.version, dict(intent.args))
    return command_order(new_key(), case, intent.action, dict(intent.args), seen_of(case), now, intent.version)


async def _read_all(paths: tuple[str, ...]) -> list[bytes]:
    """Return the content of photos, of a type the service takes. Raises ``Fault``."""
    contents = [await asyncio.to_thread(read_photo, Path(path)) for path in paths]
    for content in contents:
        mime_of(content)
    return contents


def read_photo(path: Path) -> bytes:
    """Return the content of a photo. Raises ``Fault``."""
    try:
        if path.stat().st_size > MAX_PHOTO:
            raise Fault(FaultKind.TOO_LARGE, "photo_too_large", file=path.name, limit_mb=MAX_PHOTO // 2**20)
        return path.read_bytes()
    except OSError:
        raise invalid("photo_file_unreadable", file=path.name) from None
