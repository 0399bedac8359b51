"""The queues of one computer, in one folder: one for each account that used it, and further ones for consoles that run
at the same time. Whoever opens the own queue takes over what earlier consoles of the same account left behind.
"""

import contextlib
import hashlib
import os
from pathlib import Path

import msgspec

from client.outbox.cipher import Cipher
from client.outbox.lock import SlotLock
from client.outbox.order import Owner
from client.outbox.queue import Queue, peek
from domain.faults import Fault, FaultKind, os_why

SLOTS = 8
"""Consoles of one account at the same time on one computer."""


class Waiting(msgspec.Struct, frozen=True):
    """That somebody's orders wait, and how many; what they are is nobody else's business."""

    owner: Owner
    count: int


class OpenQueue:
    """A queue that is held by this console. ``damaged`` tells that something of it could not be read."""

    def __init__(self, queue: Queue, lock: SlotLock) -> None:
        self.queue = queue
        self._lock = lock
        self.damaged = queue.damaged

    def close(self) -> None:
        """Let go of it."""
        self.queue.close()
        self._lock.close()


class Shelf:
    """The folder of queues. All of it is file work."""

    def __init__(self, folder: Path, master: bytes) -> None:
        self._folder = folder
        self._master = master

    def open(self, owner: Owner) -> OpenQueue:
        """Open the queue of an account. Raises ``Fault``: ``outbox_unwritable``, ``outbox_in_use``.

        What another key sealed is put aside, unread, and a new queue begun: ``damaged`` is 1 then.
        """
        mine: OpenQueue | None = None
        for slot in range(SLOTS):
            path = self._path(owner, slot)
            if mine is not None and not path.exists():
                continue
            try:
                lock = SlotLock(path)
            except OSError as error:
                if (
                    isinstance(error, BlockingIOError | PermissionError)
                    and path.with_name(path.name + ".lock").exists()
                ):
                    continue
                raise Fault(FaultKind.UNAVAILABLE, "outbox_unwritable", reason=os_why(error)) from error
            if mine is None:
                mine = self._opened(path, owner, lock)
            else:
                self._take_over(mine.queue, path, owner, lock)
        if mine is None:
            raise Fault(FaultKind.UNAVAILABLE, "outbox_in_use", count=SLOTS)  # or a folder that is not ours
        return mine

    def others(self, owner: Owner) -> list[Waiting]:
        """Return whose orders wait here beside those of ``owner``. What cannot be read is not counted."""
        counted: dict[Owner, int] = {}
        for path in sorted(self._folder.glob("*.outbox")) if self._folder.is_dir() else ():
            found = self._peek(path)
            if found is not None and (found.owner.server, found.owner.account) != (owner.server, owner.account):
                counted[found.owner] = counted.get(found.owner, 0) + found.count
        return [Waiting(whose, count) for whose, count in counted.items() if count]

    def _opened(self, path: Path, owner: Owner, lock: SlotLock) -> OpenQueue:
        cipher = Cipher(self._master, self._name(owner))
        try:
            try:
                return OpenQueue(Queue(path, owner, cipher), lock)
            except Fault as fault:
                if fault.key != "outbox_unreadable":
                    raise
            with contextlib.suppress(OSError):
                os.replace(path, path.with_name(path.name + ".unreadable"))
            opened = OpenQueue(Queue(path, owner, cipher), lock)
        except Fault:
            lock.close()
            raise
        opened.damaged = max(1, opened.damaged)
        return opened

    def _take_over(self, mine: Queue, path: Path, owner: Owner, lock: SlotLock) -> None:
        """Another console of this account has ended: what it left waits here from now on."""
        with contextlib.suppress(Fault):
            other = Queue(path, owner, Cipher(self._master, self._name(owner)))
            try:
                mine.take_over(other)
            finally:
                other.close()
            with contextlib.suppress(OSError):
                path.unlink()
        lock.close()

    def _peek(self, path: Path) -> Waiting | None:
        """Count what waits in a queue without holding it: of one that is being written the end may be missed."""
        name = path.name.rsplit("-", 1)[0]
        with contextlib.suppress(OSError, ValueError):
            found = peek(path, Cipher(self._master, name))
            return None if found is None else Waiting(*found)
        return None

    def _path(self, owner: Owner, slot: int) -> Path:
        return self._folder / f"{self._name(owner)}-{slot}.outbox"

    @staticmethod
    def _name(owner: Owner) -> str:
        return hashlib.sha256(f"{owner.server}\n{owner.account}".encode()).hexdigest()[:32]
