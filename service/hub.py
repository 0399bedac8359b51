"""All open feeds: every change goes once to every reader, in order; what a reader may not see goes as ``Skip``.

Readers with the same sight and wire get the same bytes, encoded once. Event loop only.
"""

import asyncio
import heapq
from collections.abc import Callable, Sequence
from datetime import datetime

from domain.change import Seq, Subject
from domain.ids import CaseNo
from domain.register import REGISTERS, split_subject
from domain.wire_feed import ALIVE_EVERY_S, KeepAlive, Look
from service.access import Sight
from service.clock import real_now
from service.feed.gauging import Gauging
from service.feed.presence import Presence
from service.feed.reader import Reader
from service.feed.telemetry import Telemetry
from service.feed.tongue import Tongue, frames
from service.gauges import Gauges
from service.tracker import Tracker
from service.write.work import Recorded

MOST_READERS = 2_000
MOST_WAITING = 256 * 1024 * 1024
"""Bytes waiting for all readers together; beyond that those with the most waiting are dropped."""
EARLY_S = 0.5
"""How much sooner than promised a keep-alive is sent: ``tick`` comes twice a second."""


class Hub:
    """All open feeds. ``head`` is the last change handed out."""

    def __init__(self, head: Seq, epoch: str, clock: Callable[[], datetime], tracker: Tracker, gauges: Gauges) -> None:
        self.head: int = head
        self.epoch = epoch
        self.telemetry = Telemetry(tracker)
        self.gauging = Gauging(gauges)
        self.presence = Presence()
        self._clock = clock
        self._readers: set[Reader] = set()

    @property
    def readers(self) -> int:
        """How many feeds are open."""
        return len(self._readers)

    @property
    def waiting(self) -> int:
        """Bytes waiting for all readers together."""
        return sum(reader.waiting for reader in self._readers)

    @property
    def full(self) -> bool:
        """Whether no further feed can be opened."""
        return len(self._readers) >= MOST_READERS

    def join(self, reader: Reader) -> int:
        """Add a reader and return the head from which it hears everything."""
        self._readers.add(reader)
        reader.alive_at = asyncio.get_running_loop().time()
        return self.head

    def everybody(self) -> list[Reader]:
        """Return all open feeds."""
        return list(self._readers)

    def leave(self, reader: Reader) -> None:
        """Forget a reader."""
        self._readers.discard(reader)
        self.telemetry.leave(reader)
        self.gauging.leave(reader)
        self.presence.leave(reader)

    def watch(self, reader: Reader, look: Look) -> None:
        """Let a reader that has joined see the telemetry it looks at, from now on."""
        if reader in self._readers:
            self.telemetry.join(reader, look)
            self.gauging.join(reader)

    def open(self, reader: Reader, case_no: CaseNo | None, marks: frozenset[str] = frozenset()) -> None:
        """Note which case, with these watchers, a reader that has joined has open; None for none."""
        if reader in self._readers:
            self.presence.open(reader, case_no, marks)

    def publish(self, recorded: Sequence[Recorded]) -> None:
        """Hand consecutive changes to everybody."""
        if not recorded:
            return
        self.head = recorded[-1].change.seq
        self.presence.hear_of(recorded)
        encoded: dict[tuple[Sight, Tongue, str], list[bytes]] = {}
        private = any(_is_private(entry) for entry in recorded)
        for reader in self._readers:
            key = (reader.sight, reader.tongue, reader.account if private else "")
            if key not in encoded:
                encoded[key] = frames(recorded, reader.sight, reader.tongue, self.epoch, key[2])
            for frame in encoded[key]:
                reader.put(frame)

    def tick(self) -> None:
        """Hand out readings and who has what open, say where the log stands, end who has to go.

        Called twice a second.
        """
        self.gauging.turn()
        now = asyncio.get_running_loop().time()
        self.presence.turn(now)
        real = real_now()
        alive: dict[Tongue, bytes] = {}
        for reader in self._readers:
            if real >= reader.expires_at:
                reader.end("token_expired")
            elif reader.stuck(now):
                reader.end("slow_reader")
            elif now - reader.alive_at >= ALIVE_EVERY_S - EARLY_S:
                reader.alive_at = now
                tongue = reader.tongue
                if tongue not in alive:
                    alive[tongue] = tongue.say(KeepAlive(self.head, self._clock()), self.epoch)
                reader.put(alive[tongue])
        self._bound()

    def _bound(self) -> None:
        """Drop those with the most waiting where it is too much for all together."""
        over = self.waiting - MOST_WAITING
        if over <= 0:
            return
        for waiting, _, reader in heapq.nlargest(64, ((r.waiting, i, r) for i, r in enumerate(self._readers))):
            if over <= 0 or not waiting:
                return
            reader.end("slow_reader")
            over -= waiting

    def end_token(self, token: bytes, reason: str) -> None:
        """End the feeds opened with a token."""
        for reader in self._readers:
            if reader.token == token:
                reader.end(reason)

    def end_all(self, reason: str) -> None:
        """End every feed."""
        for reader in self._readers:
            reader.end(reason)


def _is_private(entry: Recorded) -> bool:
    """Return whether a change is of a register in which each sees their own alone."""
    change = entry.change
    if change.subject is not Subject.ENTRY:
        return False
    rule = REGISTERS.get(split_subject(change.subject_id)[0])
    return rule is not None and rule.private
