"""The outbox of whoever is signed in: opened when it is first needed, sent while the line is there, closed with them.

Where the folder cannot be written it lies in a folder that goes with the program, and the person is told so.
"""

import asyncio
import tempfile
from collections.abc import Coroutine, Mapping, Sequence
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
from PySide6.QtCore import QObject, Signal

from client.api import new_key
from client.line import LineReading, LineState
from client.outbox.results import Delayed
from client.room import Room
from console.notices import Notice, NoticeHub
from console.tasks import Tasks
from domain.case import Case
from domain.faults import Fault, FaultKind
from domain.ids import CaseNo
from domain.wire import Outcome
from widgets.notices import Severity

if TYPE_CHECKING:
    from client.outbox.courier import Courier
    from client.outbox.order import Entry, Order, Owner
    from client.outbox.results import Result
    from client.outbox.shelf import OpenQueue, Waiting

OWNER = "outbox"
FOLDER = "outbox"
KEY_IN_STORE, KEY_IN_FILE, KEY_NOWHERE = "store", "file", "nowhere"
"""Where the key lies: in the system's store, in a file, or with the program alone."""


class Kept(msgspec.Struct, frozen=True):
    """An opened outbox: the queue, whose orders wait beside it, and where its key is."""

    queue: "OpenQueue"
    others: "tuple[Waiting, ...]"
    key: str
    fresh: bool = False


class Outbox(QObject):
    """Keeps what was asked for until it is answered. ``use`` a room while somebody is signed in."""

    altered = Signal()
    """What waits is another, or something of it stands otherwise."""
    held = Signal(object, object)
    """An order waits for a person: ``Entry`` and ``Fault``."""
    sent = Signal(object, object)
    """An order that had waited was done: ``Entry`` and ``Outcome`` or None."""

    def __init__(self, tasks: Tasks, notices: NoticeHub, config: Path, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._tasks, self._notices, self._config = tasks, notices, config
        self._room: Room | None = None
        self._courier: Courier | None = None
        self._kept: Kept | None = None
        self._opening: asyncio.Task[None] | None = None
        self._finding: asyncio.Future[Kept] | None = None
        self._sending: asyncio.Task[None] | None = None
        self._closing = asyncio.Lock()
        self._interim: tempfile.TemporaryDirectory[str] | None = None
        self._waited: set[str] = set()

    # -- who it is for ---------------------------------------------------------------------------------------------

    def use(self, room: Room | None) -> None:
        """Be the outbox of whoever is signed in over this room; what waits of another stays on disk."""
        closing = self._leave()
        self._room = room
        if closing is not None:
            self._tasks.start("outbox-closing", new_key(), closing)
        self.altered.emit()

    async def stop(self) -> None:
        """Let go of everything; what waits stays on disk."""
        opening, closing = self._opening, self._leave()
        if opening is not None:
            await asyncio.gather(opening, return_exceptions=True)
        if self._finding is not None:  # a thread is not cancelled: what it still opens is closed before the loop ends
            await asyncio.wait([self._finding])
            await asyncio.sleep(0)
        if closing is not None:
            await closing
        async with self._closing:
            if self._interim is not None:
                with suppress(OSError):
                    self._interim.cleanup()

    def _leave(self) -> Coroutine[Any, Any, None] | None:
        """Stop sending; returns what is to be awaited before the queue may be opened again."""
        kept, sending = self._kept, self._sending
        self._kept = self._courier = self._room = self._opening = self._sending = None
        self._waited.clear()
        self._tasks.cancel(OWNER)
        return None if kept is None else self._close(kept, sending)

    def begin(self) -> None:
        """Open it where that was not begun: what waits from an earlier time is sent."""
        if self._opening is None and self._room is not None and self._room.picture is not None:
            self._opening = self._tasks.start(OWNER, "open", self._open(self._room))

    def on_line(self, line: LineReading) -> None:
        """Take how the line is."""
        if self._courier is not None:
            self._courier.set_reachable(line.state is not LineState.OFFLINE)

    # -- what waits ------------------------------------------------------------------------------------------------

    def entries(self) -> "list[Entry]":
        """Return what waits of whoever is signed in, in order."""
        return [] if self._kept is None else self._kept.queue.queue.entries()

    def entry(self, key: str) -> "Entry | None":
        """Return an order that waits, by its key."""
        return None if self._kept is None else self._kept.queue.queue.entry(key)

    def on_case(self, case_no: CaseNo) -> "list[Entry]":
        """Return what waits on a case."""
        return [entry for entry in self.entries() if entry.order.case_no == case_no]

    def ahead(self, case: Case) -> Case | None:
        """Return the case as it will be once what waits on it is done; None where that cannot be told."""
        waiting, room = self.on_case(case.case_no), self._room
        if not waiting or room is None or room.picture is None:
            return case
        from client.outbox.ahead import case_ahead  # noqa: PLC0415 - only where something waits

        return case_ahead(case, waiting, room.picture.actor, room.context())

    def others(self) -> "tuple[Waiting, ...]":
        """Return whose orders wait on this computer beside one's own."""
        return () if self._kept is None else self._kept.others

    @property
    def key(self) -> str:
        """Where its key lies; empty while it is not open."""
        return "" if self._kept is None else self._kept.key

    # -- what a person does ----------------------------------------------------------------------------------------

    async def give(
        self, order: "Order", photos: Mapping[str, Sequence[bytes]], *, instead: str = ""
    ) -> "asyncio.Future[Result]":
        """Keep an order and send it. Raises ``Fault`` where it could not be kept, and then nothing was."""
        courier = await self._opened()
        waiter = await courier.give(order, photos, instead=instead)
        waiter.add_done_callback(lambda done: self._note_waited(order.key, done))
        return waiter

    async def photos_of(self, order: "Order") -> dict[str, list[bytes]]:
        """Return the photos kept beside an order. Raises ``Fault('outbox_photo_lost')``."""
        if self._kept is None:
            return {}
        queue = self._kept.queue.queue
        return {name: await asyncio.to_thread(queue.photos, order, name) for name in order.photos}

    async def drop(self, key: str) -> bool:
        """Let an order go unsent; False where it is just being sent."""
        return self._courier is not None and await self._courier.drop(key)

    def hurry(self) -> None:
        """Send now what can be sent."""
        if self._courier is not None:
            self._courier.hurry()

    # -- inside ----------------------------------------------------------------------------------------------------

    async def _opened(self) -> "Courier":
        self.begin()
        if self._opening is not None:
            await asyncio.shield(self._opening)
        if self._courier is None:
            raise Fault(FaultKind.UNAUTHENTICATED, "not_signed_in")
        return self._courier

    async def _open(self, room: Room) -> None:
        picture = room.picture
        if picture is None:
            return
        module = await asyncio.to_thread(import_module, "client.outbox.courier")
        orders = await asyncio.to_thread(import_module, "client.outbox.order")
        owner = orders.Owner(room.client.base_url, picture.me.account, picture.me.name)
        async with self._closing:  # one's own of a moment ago is let go of first
            self._finding = finding = asyncio.ensure_future(asyncio.to_thread(self._find, owner))
            try:
                kept = await asyncio.shield(finding)
            except asyncio.CancelledError:
                finding.add_done_callback(_let_go)  # a thread is not cancelled: what it opens is closed again
                raise
        self._kept = kept
        courier: Courier = module.Courier(kept.queue.queue, room.client, picture.me.account, room.client.time.now)
        courier.on_change(self.altered.emit)
        courier.on_sent(self._on_sent)
        courier.on_held(self.held.emit)
        courier.set_reachable(room.line().state is not LineState.OFFLINE)
        self._courier = courier
        self._tell_of(kept)
        self._sending = self._tasks.start(OWNER, "courier", courier.run())
        self.altered.emit()

    def _find(self, owner: "Owner") -> Kept:
        """Open the queue of ``owner`` under the key of this computer, or one that goes with the program."""
        from client.outbox.cipher import new_master  # noqa: PLC0415 - not before somebody is at work
        from client.outbox.shelf import Shelf  # noqa: PLC0415
        from console.outbox_key import find_key  # noqa: PLC0415

        try:
            found = find_key(self._config)
            shelf = Shelf(self._config / FOLDER, found.master)
            opened = shelf.open(owner)
            key, fresh = KEY_IN_FILE if found.in_file else KEY_IN_STORE, found.fresh
        except (Fault, OSError):
            self._interim = self._interim or tempfile.TemporaryDirectory(prefix="onemap-")
            shelf = Shelf(Path(self._interim.name), new_master())
            opened, key, fresh = shelf.open(owner), KEY_NOWHERE, False
        return Kept(opened, tuple(shelf.others(owner)), key, fresh)

    async def _close(self, kept: Kept, sending: asyncio.Task[None] | None) -> None:
        async with self._closing:
            if sending is not None:
                await asyncio.gather(sending, return_exceptions=True)
            await asyncio.to_thread(kept.queue.close)

    def _tell_of(self, kept: Kept) -> None:
        if kept.key == KEY_IN_FILE and kept.fresh:
            self._notices.info("outbox.key.file", replace="outbox-key")
        if kept.key == KEY_NOWHERE:
            self._notices.post(Notice(Severity.WARNING, "notice.outbox_nowhere", replace="outbox-key", lasting=True))
        if kept.queue.damaged:
            self._notices.post(Notice(Severity.FAULT, "notice.outbox_damaged", {}, "outbox-damaged", stays=True))
        waiting = len(kept.queue.queue)
        if waiting:
            self._waited.update(entry.order.key for entry in kept.queue.queue.entries())
            self._notices.post(Notice(Severity.INFO, "notice.outbox_left", {"n": waiting}, "outbox", "outbox"))

    def _note_waited(self, key: str, done: "asyncio.Future[Result]") -> None:
        if not done.cancelled() and isinstance(done.result(), Delayed):
            self._waited.add(key)

    def _on_sent(self, entry: "Entry", outcome: Outcome | None) -> None:
        if self._room is not None and outcome is not None:
            self._room.take_outcome(outcome)
        if entry.order.key in self._waited:
            self._waited.discard(entry.order.key)
            self.sent.emit(entry, outcome)


def _let_go(found: "asyncio.Future[Kept]") -> None:
    if not found.cancelled() and found.exception() is None:
        found.result().queue.close()
