"""The live feed: every change goes once to every reader, in order; what a reader may not see goes as ``Skip``.

Readers with the same sight get the same bytes, encoded once. Each has a bounded queue; one that does not keep up is
closed with a reason and resumes from the log. Event loop only.
"""

import asyncio
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime

import msgspec

from domain.change import Change, Seq
from domain.clock import ServiceClock
from domain.ids import ThingId
from domain.places import Position
from domain.wire import Changes, FeedMessage, Hello, KeepAlive, Positions, Resync, Skip
from service.access import Sight
from service.clock import real_now
from service.store.rows import watchers
from service.write.work import Recorded

MOST_QUEUED = 8 * 1024 * 1024
"""Bytes waiting for one reader before it counts as too slow."""
MOST_READERS = 500
MOST_IN_FRAME = 500
ALIVE_EVERY_S = 2.5

_encoder = msgspec.msgpack.Encoder()


def encode(message: FeedMessage) -> bytes:
    """Return a message as it goes on the wire."""
    return _encoder.encode(message)


def frames(recorded: Sequence[Recorded], sight: Sight) -> list[bytes]:
    """Return what a reader with this sight is sent for these consecutive changes."""
    out: list[bytes] = []
    seen: list[Change] = []
    hidden: tuple[Seq, Seq] | None = None
    for entry in recorded:
        change = entry.change
        if sight.sees_change(change, () if sight.whole else _watched_by(entry)):
            if hidden is not None:
                out.append(encode(Skip(*hidden)))
                hidden = None
            seen.append(sight.show_change(change, sensitive=entry.case is None or entry.case.sensitive))
            continue
        if seen:
            out += [encode(Changes(tuple(part))) for part in _parts(seen)]
            seen = []
        hidden = (hidden[0] if hidden is not None else change.seq, change.seq)
    out += [encode(Changes(tuple(part))) for part in _parts(seen)]
    if hidden is not None:
        out.append(encode(Skip(*hidden)))
    return out


def _watched_by(entry: Recorded) -> frozenset[str]:
    """Who watched the case before still hears of the change that takes it from them."""
    marks = frozenset[str]() if entry.case is None else watchers(entry.case)
    return marks if entry.before is None else marks | watchers(entry.before)


def _parts(changes: list[Change]) -> Iterable[list[Change]]:
    for i in range(0, len(changes), MOST_IN_FRAME):
        yield changes[i : i + MOST_IN_FRAME]


class Reader:
    """One open feed: what waits to be sent, and why it has to end."""

    def __init__(self, sight: Sight, token: bytes, expires_at: datetime) -> None:
        self.sight = sight
        self.token = token
        self.expires_at = expires_at
        self.last_sent_s = 0.0
        self.ended: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        self._queue: deque[bytes] = deque()
        self._size = 0
        self._wake = asyncio.Event()

    def put(self, frame: bytes) -> None:
        """Queue a frame; a reader with too much waiting is ended instead."""
        if self.ended.done():
            return
        if self._size + len(frame) > MOST_QUEUED:
            self._queue.clear()
            self.end("slow_reader")
            return
        self._queue.append(frame)
        self._size += len(frame)
        self._wake.set()

    def end(self, reason: str) -> None:
        """Ask for the feed to be closed; ``reason`` is a fault key."""
        if not self.ended.done():
            self.ended.set_result(reason)

    async def next(self) -> bytes:
        """Wait for the next frame."""
        while not self._queue:
            self._wake.clear()
            await self._wake.wait()
        frame = self._queue.popleft()
        self._size -= len(frame)
        self.last_sent_s = asyncio.get_running_loop().time()
        return frame


class Hub:
    """All open feeds. ``head`` is the last change handed out."""

    def __init__(self, head: Seq, epoch: str, clock: Callable[[], datetime]) -> None:
        self.head: int = head
        self.epoch = epoch
        self._clock = clock
        self._readers: set[Reader] = set()

    @property
    def readers(self) -> int:
        """How many feeds are open."""
        return len(self._readers)

    def join(self, reader: Reader) -> int | None:
        """Add a reader and return the head from which it hears everything; None where there are too many."""
        if len(self._readers) >= MOST_READERS:
            return None
        self._readers.add(reader)
        return self.head

    def leave(self, reader: Reader) -> None:
        """Forget a reader."""
        self._readers.discard(reader)

    def publish(self, recorded: Sequence[Recorded]) -> None:
        """Hand consecutive changes to everybody."""
        if not recorded:
            return
        self.head = recorded[-1].change.seq
        encoded: dict[Sight, list[bytes]] = {}
        for reader in self._readers:
            if reader.sight not in encoded:
                encoded[reader.sight] = frames(recorded, reader.sight)
            for frame in encoded[reader.sight]:
                reader.put(frame)

    def publish_positions(self, fresh: dict[ThingId, Position], gone: set[ThingId]) -> None:
        """Hand the latest fixes to whoever may see them."""
        if not fresh and not gone:
            return
        encoded: dict[Sight, bytes | None] = {}
        for reader in self._readers:
            sight = reader.sight
            if sight not in encoded:
                encoded[sight] = _positions_frame(sight, fresh, gone)
            frame = encoded[sight]
            if frame is not None:
                reader.put(frame)

    def tick(self) -> None:
        """Keep silent feeds alive and end those whose token has expired. Called twice a second."""
        now = asyncio.get_running_loop().time()
        real = real_now()
        alive: bytes | None = None
        for reader in self._readers:
            if real >= reader.expires_at:
                reader.end("token_expired")
            elif now - reader.last_sent_s >= ALIVE_EVERY_S:
                alive = alive or encode(KeepAlive(self.head, self._clock()))
                reader.put(alive)

    def end_token(self, token: bytes, reason: str) -> None:
        """End the feeds opened with a token."""
        for reader in self._readers:
            if reader.token == token:
                reader.end(reason)

    def end_all(self, reason: str) -> None:
        """End every feed."""
        for reader in self._readers:
            reader.end(reason)


def _positions_frame(sight: Sight, fresh: dict[ThingId, Position], gone: set[ThingId]) -> bytes | None:
    if not sight.all_positions:
        fresh = {thing: p for thing, p in fresh.items() if thing in sight.own_things}
        gone = {thing for thing in gone if thing in sight.own_things}
    if not fresh and not gone:
        return None
    return encode(Positions(tuple(fresh.values()), tuple(sorted(gone))))


def hello(epoch: str, head: Seq, clock: ServiceClock) -> bytes:
    """Return the first frame of a feed."""
    return encode(Hello(epoch, head, clock))


def resync(reason: str) -> bytes:
    """Return the frame that asks for a new snapshot; ``reason`` is a fault key."""
    return encode(Resync(reason))
