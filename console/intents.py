"""What panels ask for becomes commands here; what the service answers becomes notices and words on the card.

A conflict is shown to the person together with what changed meanwhile; it is never tried again by itself. The same
intent asked again after an unclear answer goes out under the same key, so that it is done once.
"""

import asyncio
from pathlib import Path

import msgspec
from PySide6.QtCore import QObject, Signal

from client.api import new_key
from client.line import LineState
from client.room import Room
from console.notices import NoticeHub
from console.tasks import Tasks
from domain.change import Change
from domain.faults import Fault, FaultKind, invalid
from domain.ids import AttachmentId
from widgets.intents import ActionIntent, ReportIntent, RevealIntent

OWNER = "intents"
MAX_PHOTO = 12 * 1024 * 1024
MAX_KEYS = 200
UNCLEAR = frozenset({"outcome_unclear", "line_down"})

_MIME = {b"\xff\xd8\xff": "image/jpeg", b"\x89PNG": "image/png", b"RIFF": "image/webp"}


class Intents(QObject):
    """Sends what was asked for, one task each. ``room`` is set with ``use`` while somebody is signed in."""

    started = Signal(object)
    """A case is being acted on: ``CaseNo``."""
    done = Signal(object, str)
    """It was done: ``CaseNo`` and the action."""
    refused = Signal(object, object, object)
    """It was not: ``CaseNo``, the ``Fault``, and the changes made since the person looked (a tuple)."""
    report_started = Signal()
    report_done = Signal(object)
    """A report was taken: its ``CaseNo``."""
    report_refused = Signal(object)
    revealed = Signal(object, object)
    """Contacts were shown: ``CaseNo`` and a list of ``RevealedContact``."""

    def __init__(self, tasks: Tasks, notices: NoticeHub, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._tasks = tasks
        self._notices = notices
        self._room: Room | None = None
        self._keys: dict[str, str] = {}
        self._uploads: dict[tuple[str, int, int], AttachmentId] = {}

    def use(self, room: Room | None) -> None:
        """Send over this room from here on."""
        self._room = room
        self._uploads.clear()
        if room is None:
            self._keys.clear()

    # -- what panels ask for ---------------------------------------------------------------------------------------

    def act(self, intent: ActionIntent) -> None:
        """Act on a case."""
        self.started.emit(intent.case_no)
        self._tasks.start(OWNER, f"act/{intent.case_no}/{intent.action}", self._act(intent))

    def report(self, intent: ReportIntent) -> None:
        """Send a report taken down in the room."""
        self.report_started.emit()
        self._tasks.start(OWNER, "report", self._report(intent))

    def reveal(self, intent: RevealIntent) -> None:
        """Ask for the contacts of a case's reporters; the service logs it with the reason."""
        self._tasks.start(OWNER, f"reveal/{intent.case_no}", self._reveal(intent))

    # -- sending ---------------------------------------------------------------------------------------------------

    async def _act(self, intent: ActionIntent) -> None:
        said = repr(intent)
        try:
            room = self._usable_room()
            args = dict(intent.args)
            for name, paths in intent.files.items():
                args[name] = [*args.get(name, ()), *await self._upload(room, paths)]
            key = self._key_for(said)
            await room.send(intent.case_no, intent.action, args, intent.version, key=key)
        except Fault as fault:
            if fault.key not in UNCLEAR:
                self._keys.pop(said, None)
            self.refused.emit(intent.case_no, fault, await self._since(intent, fault))
            return
        self._keys.pop(said, None)
        self.done.emit(intent.case_no, intent.action)

    async def _report(self, intent: ReportIntent) -> None:
        said = repr(intent)
        try:
            room = self._usable_room()
            report = intent.report
            if intent.files:
                photos = (*report.photos, *await self._upload(room, intent.files))
                report = msgspec.structs.replace(report, photos=photos)
            outcome = await room.client.report(report, key=self._key_for(said))
        except Fault as fault:
            if fault.key not in UNCLEAR:
                self._keys.pop(said, None)
            self.report_refused.emit(fault)
            return
        self._keys.pop(said, None)
        self.report_done.emit(outcome.case.case_no)

    async def _reveal(self, intent: RevealIntent) -> None:
        try:
            contacts = await self._usable_room().client.reveal(intent.case_no, intent.reason)
        except Fault as fault:
            self._notices.fault(fault, replace="reveal")
            return
        self.revealed.emit(intent.case_no, contacts)

    async def _since(self, intent: ActionIntent, fault: Fault) -> tuple[Change, ...]:
        """Return what happened to the case since the person looked, where that is why the command was refused."""
        if fault.kind is not FaultKind.CONFLICT or self._room is None:
            return ()
        try:
            page = await self._room.client.changes(intent.case_no)
        except Fault:
            return ()  # the conflict itself is told; its story comes with the timeline
        return tuple(change for change in page.changes if change.version > intent.version)

    async def _upload(self, room: Room, paths: tuple[str, ...]) -> list[AttachmentId]:
        """Upload photos and return their ids; one that was uploaded for a refused command is not sent again."""
        ids: list[AttachmentId] = []
        for path in paths:
            mark, content = await asyncio.to_thread(read_photo, Path(path))
            if mark not in self._uploads:
                info = await room.upload(content, mime_of(content))
                self._uploads[mark] = info.attachment_id
            ids.append(self._uploads[mark])
        return ids

    def _usable_room(self) -> Room:
        if self._room is None:
            raise Fault(FaultKind.UNAUTHENTICATED, "not_signed_in")
        if self._room.line().state is LineState.OFFLINE:
            raise Fault(FaultKind.UNAVAILABLE, "line_down")
        return self._room

    def _key_for(self, said: str) -> str:
        """Return the key of an intent: fresh, or the one it went out under when the answer was unclear."""
        key = self._keys.setdefault(said, new_key())
        while len(self._keys) > MAX_KEYS:
            del self._keys[next(iter(self._keys))]
        return key


def read_photo(path: Path) -> tuple[tuple[str, int, int], bytes]:
    """Return what tells a file apart (path, size, time of change) and its content. Raises ``Fault``."""
    try:
        stat = path.stat()
        if stat.st_size > MAX_PHOTO:
            raise Fault(FaultKind.TOO_LARGE, "photo_too_large", file=path.name, limit_mb=MAX_PHOTO // 2**20)
        return (str(path), stat.st_size, stat.st_mtime_ns), path.read_bytes()
    except OSError:
        raise invalid("photo_file_unreadable", file=path.name) from None


def mime_of(content: bytes) -> str:
    """Return the type of a picture by its first bytes. Raises ``Fault('photo_type_unknown')``."""
    for start, mime in _MIME.items():
        if content.startswith(start):
            return mime
    raise invalid("photo_type_unknown")
