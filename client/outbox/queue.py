"""The orders of one account on this computer: a fold of its journal, bounded in number and in bytes.

Every method that alters writes the journal first: what it returned from outlives a crash. All of it is file work, so
none of it belongs on the loop; a lock lets threads in one after the other.
"""

import contextlib
import hashlib
import os
import threading
from collections import Counter, OrderedDict
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path

import msgspec
from msgspec.structs import replace

from client.outbox.cipher import Cipher
from client.outbox.journal import Journal, parse, sync_folder
from client.outbox.order import Entry, Order, Owner, Stage
from domain.faults import Fault, FaultKind, os_why

MAX_ORDERS = 20_000
MAX_BYTES = 512 * 1024 * 1024
DEAD_BYTES = 256 * 1024
DEAD_RECORDS = 4_000
"""A journal of nothing is written anew beyond so many bytes, any other beyond so many records more than it needs."""

STEPS_KEPT = 1_000
"""Own steps remembered, so that what was given before one of them came back follows it."""


class Given(msgspec.Struct, frozen=True, tag="given"):
    """An order came in; ``instead`` is the held one it takes the place of."""

    order: Order
    instead: str = ""


class Tried(msgspec.Struct, frozen=True, tag="tried"):
    """An order is about to be sent for the first time, as these bytes."""

    key: str
    at: datetime
    body: bytes


class Settled(msgspec.Struct, frozen=True, tag="settled"):
    """An order is over: done, refused to the face of whoever gave it, or dropped by a person.

    ``before`` and ``after`` are the versions of the case an order that was done came between.
    """

    key: str
    before: int = 0
    after: int = 0


class Held(msgspec.Struct, frozen=True, tag="held"):
    """An order waits for a person, and why."""

    key: str
    why: str
    kind: FaultKind
    params: dict[str, str | int | float | None] = {}


class Moved(msgspec.Struct, frozen=True, tag="moved"):
    """An order as it stood when the journal was written anew, or taken over from another one."""

    entry: Entry


class _Tagged(msgspec.Struct, frozen=True, tag="owner"):
    owner: Owner


_Line = _Tagged | Given | Tried | Settled | Held | Moved
_DECODER: msgspec.msgpack.Decoder[_Line] = msgspec.msgpack.Decoder(_Line)


class Queue:
    """What one account has waiting, in the order it was given."""

    def __init__(self, path: Path, owner: Owner, cipher: Cipher) -> None:
        """Open the queue of ``owner``. Raises ``Fault``: ``outbox_unwritable``, ``outbox_unreadable`` (another key)."""
        self.owner = owner
        self._cipher = cipher
        self._lock = threading.RLock()
        self._entries: dict[str, Entry] = {}
        self._number = 0
        self._photo_bytes: Counter[str] = Counter()
        self._steps: OrderedDict[tuple[str, int], int] = OrderedDict()
        self._journal = Journal(path, cipher)
        try:
            self._load()
        except Fault:
            self._journal.close()
            raise

    @property
    def damaged(self) -> int:
        """How many records could not be read when it was opened; the file lies aside."""
        return self._journal.damaged

    def close(self) -> None:
        """Let go of the files; of a queue in which nothing waits nothing stays but whose it is."""
        with self._lock:
            if not self._entries and self._journal.records > 1:
                with contextlib.suppress(Fault):
                    self._rewrite()
            self._journal.close()

    def entries(self) -> list[Entry]:
        """Return all that waits, as it was given."""
        with self._lock:
            return sorted(self._entries.values(), key=lambda entry: entry.number)

    def entry(self, key: str) -> Entry | None:
        """Return an order as it stands, None where it is settled."""
        return self._entries.get(key)

    def __len__(self) -> int:
        return len(self._entries)

    # -- altering --------------------------------------------------------------------------------------------------

    def give(self, order: Order, photos: Mapping[str, Sequence[bytes]], instead: str = "") -> Entry:
        """Keep an order with its photos. Raises ``Fault('outbox_full')``, ``outbox_unwritable``."""
        with self._lock:
            fresh = sum(len(p) for group in photos.values() for p in group)
            if len(self._entries) >= MAX_ORDERS or self._bytes() + fresh > MAX_BYTES:
                raise Fault(FaultKind.UNAVAILABLE, "outbox_full", count=len(self._entries))
            order = replace(order, photos={name: len(group) for name, group in photos.items() if group})
            self._keep_photos(order.key, photos)
            self._write(Given(order, instead), sync=True)
            entry = self._take_in(order, instead)
            self._forget_photos(instead)
            return entry

    def tried(self, key: str, at: datetime, body: bytes) -> Entry:
        """Note that an order is about to be sent, as these bytes and no others."""
        with self._lock:
            self._write(Tried(key, at, body), sync=True)
            entry = replace(self._entries[key], stage=Stage.UNCLEAR, tried_at=at, body=body)
            self._put(entry)
            return entry

    def settle(self, key: str, before: int = 0, after: int = 0) -> None:
        """Let an order go. Not synced: after a power cut it would be sent again under its key, and be known."""
        with self._lock:
            self._apply_settled(Settled(key, before, after))
            self._write(Settled(key, before, after), sync=False)
            self._forget_photos(key)
            self._tidy()

    def hold(self, key: str, fault: Fault) -> None:
        """Keep an order for a person to decide on."""
        with self._lock:
            event = Held(key, fault.key, fault.kind, dict(fault.params))
            self._write(event, sync=True)
            self._apply_held(event)

    def take_over(self, other: "Queue") -> None:
        """Take what waits in another journal of the same account, and empty that one."""
        with self._lock:
            for entry in other.entries():
                photos = {name: other.photos(entry.order, name) for name in entry.order.photos}
                self._keep_photos(entry.order.key, photos)
                self._number += 1
                moved = replace(entry, number=self._number)
                self._write(Moved(moved), sync=True)
                self._put(moved)
                other.settle(entry.order.key)

    def photos(self, order: Order, name: str) -> list[bytes]:
        """Return the photos kept beside an order for one argument. Raises ``Fault('outbox_photo_lost')``."""
        found = []
        for n in range(order.photos.get(name, 0)):
            path, place = self._photo(order.key, name, n)
            try:
                content = self._cipher.open(path.read_bytes(), place)
            except OSError:
                content = None
            if content is None:
                raise Fault(FaultKind.INVALID, "outbox_photo_lost", count=sum(order.photos.values()))
            found.append(content)
        return found

    # -- the fold --------------------------------------------------------------------------------------------------

    def _load(self) -> None:
        records = self._journal.read()
        if not records and self._journal.damaged:
            raise Fault(FaultKind.UNAVAILABLE, "outbox_unreadable", file=self._journal.path.name)
        for record in records:
            self._apply(_DECODER.decode(record))
        if not records:
            self._write(_Tagged(self.owner), sync=True)
        self._drop_stray_photos()
        self._tidy()

    def _apply(self, event: _Line) -> None:
        match event:
            case Given(order=order, instead=instead):
                self._take_in(order, instead)
            case Moved(entry=entry):
                self._number = max(self._number, entry.number)
                self._put(entry)
            case Tried(key=key, at=at, body=body) if key in self._entries:
                self._put(replace(self._entries[key], stage=Stage.UNCLEAR, tried_at=at, body=body))
            case Settled():
                self._apply_settled(event)
            case Held():
                self._apply_held(event)
            case _:
                pass

    def _take_in(self, order: Order, instead: str) -> Entry:
        """A new order stands last; one that takes another's place stands there."""
        before = self._forget(instead)
        if before is None:
            self._number += 1
        version = order.version
        while (order.lane, version) in self._steps:  # it was seen before our own last step came back
            version = self._steps[order.lane, version]
        entry = Entry(order, self._number if before is None else before.number, version)
        self._put(entry)
        return entry

    def _apply_settled(self, event: Settled) -> None:
        gone = self._forget(event.key)
        if gone is None or not event.after:
            return
        self._steps[gone.order.lane, event.before] = event.after
        while len(self._steps) > STEPS_KEPT:
            self._steps.popitem(last=False)
        for entry in list(self._entries.values()):
            # What was written behind it, by the same person and in knowledge of it, follows the version it came to.
            follows = entry.order.case_no == gone.order.case_no and entry.number > gone.number
            if follows and entry.tried_at is None and entry.version == event.before:
                self._put(replace(entry, version=event.after))

    def _apply_held(self, event: Held) -> None:
        entry = self._entries.get(event.key)
        if entry is not None:
            held = replace(entry, stage=Stage.HELD, why=event.why, why_kind=event.kind, params=dict(event.params))
            self._put(held)

    # -- files -----------------------------------------------------------------------------------------------------

    def _write(self, event: _Line, *, sync: bool) -> None:
        self._journal.append([msgspec.msgpack.encode(event)], sync=sync)

    def _put(self, entry: Entry) -> None:
        self._entries[entry.order.key] = entry

    def _forget(self, key: str) -> Entry | None:
        return self._entries.pop(key, None)

    def _bytes(self) -> int:
        return self._journal.size_bytes + self._photo_bytes.total()

    def _tidy(self) -> None:
        """Write the journal anew when little of it is still alive."""
        if self._entries:
            if self._journal.records < DEAD_RECORDS + 4 * len(self._entries):
                return
        elif self._journal.size_bytes < DEAD_BYTES:
            return
        self._rewrite()

    def _rewrite(self) -> None:
        lines: list[_Line] = [_Tagged(self.owner), *(Moved(entry) for entry in self.entries())]
        self._journal.rewrite([msgspec.msgpack.encode(line) for line in lines])

    @property
    def _folder(self) -> Path:
        return self._journal.path.with_suffix(".photos")

    def _photo(self, key: str, name: str, n: int) -> tuple[Path, bytes]:
        place = f"{key}|{name}|{n}".encode()
        return self._folder / f"{hashlib.sha256(place).hexdigest()[:32]}.{key}", place

    def _keep_photos(self, key: str, photos: Mapping[str, Sequence[bytes]]) -> None:
        if not any(photos.values()):
            return
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            for name, group in photos.items():
                for n, content in enumerate(group):
                    path, place = self._photo(key, name, n)
                    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | getattr(os, "O_BINARY", 0), 0o600)
                    with os.fdopen(handle, "wb") as file:
                        file.write(self._cipher.seal(content, place))
                        file.flush()
                        os.fsync(file.fileno())
                    self._photo_bytes[key] += len(content)
            sync_folder(self._folder)
        except OSError as error:
            self._forget_photos(key)
            raise Fault(FaultKind.UNAVAILABLE, "outbox_unwritable", reason=os_why(error)) from error

    def _forget_photos(self, key: str) -> None:
        if self._photo_bytes.pop(key, 0):
            for path in self._folder.glob(f"*.{key}"):
                with contextlib.suppress(OSError):
                    path.unlink()

    def _drop_stray_photos(self) -> None:
        """Photos of orders that are gone, or never came to be, are deleted; the others are counted."""
        for path in self._folder.glob("*.*") if self._folder.is_dir() else ():
            key = path.suffix[1:]
            if key in self._entries:
                self._photo_bytes[key] += path.stat().st_size
            else:
                with contextlib.suppress(OSError):
                    path.unlink()


def peek(path: Path, cipher: Cipher) -> tuple[Owner, int] | None:
    """Return whose orders a journal holds and how many wait, without holding or altering it; None where unreadable."""
    owner: Owner | None = None
    waiting: set[str] = set()
    for record in parse(path.read_bytes(), cipher).records:
        match _DECODER.decode(record):
            case _Tagged(owner=whose):
                owner = whose
            case Given(order=order, instead=instead):
                waiting.discard(instead)
                waiting.add(order.key)
            case Moved(entry=entry):
                waiting.add(entry.order.key)
            case Settled(key=key):
                waiting.discard(key)
            case _:
                pass
    return None if owner is None else (owner, len(waiting))
