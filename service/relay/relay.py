"""A service among others on one PostgreSQL database. On SQLite there are no others, and all of this does nothing.

Changes: the log alone counts. The database tells each service that the head moved, and the writer takes in what is new;
where the telling fails, it finds out by itself within half a second. Positions: the latest fixes taken in here are told
to the others ten times a second, never kept, and asked for anew by whoever begins or comes back; likewise who has which
case open, whenever that alters. They go over a NATS server where one is named, and over PostgreSQL where it is not, or
is lost, or is not named to one of the others.
"""

import asyncio
import contextlib
import secrets
from collections.abc import Callable
from typing import TYPE_CHECKING

from domain.places import Position
from service.feed.presence import Presence, Seen
from service.relay import frames
from service.relay.frames import CHANGES, FIXES
from service.store.engine import Store
from service.tracker import Tracker
from service.write.writer import Writer

if TYPE_CHECKING:
    from service.relay.nats import NatsLine
    from service.relay.postgres import Listener, Teller

ANSWER_EVERY_S = 1.0
"""Least time between two answers with everything we know."""
SAY_DEAF_EVERY_S = 5.0
DEAF_FOR_S = 12.0
"""How long one who said that it hears nothing over NATS is believed."""


class Relay:
    """Owns the connections to the other services. Event loop only, but for what its threads call."""

    def __init__(
        self,
        store: Store,
        writer: Writer,
        tracker: Tracker,
        hear: Callable[[list[Position]], None],
        nats: tuple[str, bytes] | None = None,
    ) -> None:
        """``hear`` is given what others took in, on the loop. ``nats`` is the URL of a server and the key of frames."""
        self.origin = secrets.token_hex(6)
        self._writer = writer
        self._tracker = tracker
        self._heard = hear
        self._loop: asyncio.AbstractEventLoop | None = None
        self._answered_at = -ANSWER_EVERY_S
        self._listener: Listener | None = None
        self._teller: Teller | None = None
        self._nats: NatsLine | None = None
        self._presence: Presence | None = None
        self._hear_seen: Callable[[str, tuple[Seen, ...]], None] | None = None
        self._deaf_until = 0.0
        self._said_deaf_at = -SAY_DEAF_EVERY_S
        if not store.is_sqlite:
            tracker.sharing = True
            self._teller, self._listener = _postgres_lines(store, self._hear, self._joined)
            if nats is not None:
                self._nats = _nats_line(*nats, self._hear_nats, self._ask)

    def share_presence(self, presence: Presence, hear: Callable[[str, tuple[Seen, ...]], None]) -> None:
        """Tell the others who has which case open here; ``hear`` is given what they say, on the loop."""
        self._presence, self._hear_seen = presence, hear

    @property
    def listening(self) -> bool:
        """Whether the others' changes are told to us at once; always where there are no others."""
        return self._listener is None or self._listener.listening

    def start(self) -> None:
        """Begin to listen. Called on the loop that serves."""
        self._loop = asyncio.get_running_loop()
        if self._listener is not None and self._teller is not None:
            self._teller.start()
            self._listener.start()
        if self._nats is not None:
            self._nats.start()

    async def stop(self) -> None:
        """End the connections."""
        if self._nats is not None:
            await self._nats.stop()
        if self._listener is not None and self._teller is not None:
            await asyncio.to_thread(self._listener.stop)
            await asyncio.to_thread(self._teller.stop)

    def share(self) -> None:
        """Tell the others what came in here since the last call. Called ten times a second."""
        if self._teller is None or self._loop is None:
            return
        self._say_deaf(self._loop.time())
        self._tell(list(frames.written(self.origin, self._tracker.drain_taken())))
        seen = None if self._presence is None else self._presence.share(self._loop.time())
        if seen is not None:
            self._tell([frames.opened(self.origin, seen)])

    def _say_deaf(self, now: float) -> None:
        """Have those who are on NATS tell us over PostgreSQL too, while we are not."""
        if self._nats is not None and self._nats.up:
            self._said_deaf_at = -SAY_DEAF_EVERY_S
        elif now - self._said_deaf_at >= SAY_DEAF_EVERY_S and self._teller is not None:
            self._said_deaf_at = now
            self._teller.tell([frames.asking(self.origin, asks=False, deaf=True)])

    def _tell(self, told: list[str]) -> None:
        """Send frames over NATS where there is one, and over PostgreSQL where somebody would not hear them else."""
        if self._teller is None or self._loop is None:
            return
        sent = self._nats is not None and self._nats.tell(told)
        if not sent or self._loop.time() < self._deaf_until:
            self._teller.tell(told)

    def _ask(self) -> None:
        self._tell([frames.asking(self.origin)])

    # -- on the listener's thread ----------------------------------------------------------------------------------

    def _hear(self, channel: str, told: str) -> None:
        if channel == CHANGES:
            if told.isascii() and told.isdecimal() and len(told) < 20:
                self._writer.look(int(told))
            return
        frame = frames.read(told)
        if frame is not None and frame.origin != self.origin:
            self._on_loop(frame)

    def _joined(self) -> None:
        self._writer.look()
        if self._teller is not None:
            self._teller.tell([frames.asking(self.origin, deaf=True)])

    def _on_loop(self, frame: frames.Frame) -> None:
        if self._loop is not None:
            with contextlib.suppress(RuntimeError):  # the loop has ended: nobody looks any more
                self._loop.call_soon_threadsafe(self._take, frame)

    # -- on the loop -----------------------------------------------------------------------------------------------

    def _hear_nats(self, told: str) -> None:
        frame = frames.read(told)
        if frame is not None and frame.origin != self.origin:
            self._take(frame)

    def _take(self, frame: frames.Frame) -> None:
        if frame.deaf and self._loop is not None:
            self._deaf_until = self._loop.time() + DEAF_FOR_S
        if frame.fixes:
            self._heard(frames.positions_of(frame.fixes))
        if frame.seen is not None and self._hear_seen is not None:
            self._hear_seen(frame.origin, frame.seen)
        if frame.asks and self._teller is not None and self._loop is not None:
            wait = self._answered_at + ANSWER_EVERY_S - self._loop.time()
            self._answered_at = max(self._loop.time(), self._answered_at + ANSWER_EVERY_S)
            if wait <= ANSWER_EVERY_S:  # one answer that is still to come answers everybody who asks until then
                self._loop.call_later(max(0.0, wait), self._answer)

    def _answer(self) -> None:
        if self._presence is not None:
            self._presence.share_again()
        self._tell(list(frames.written(self.origin, list(self._tracker.latest.values()))))


def _postgres_lines(
    store: Store, hear: Callable[[str, str], None], joined: Callable[[], None]
) -> "tuple[Teller, Listener]":
    from service.relay.postgres import Listener, Teller  # noqa: PLC0415 - a tenth of a start on SQLite

    return Teller(store.url), Listener(store.url, (CHANGES, FIXES), hear, joined)


def _nats_line(url: str, key: bytes, hear: Callable[[str], None], joined: Callable[[], None]) -> "NatsLine":
    from service.relay.nats import NatsLine  # noqa: PLC0415 - few have one, and start-up is short

    return NatsLine(url, key, hear, joined)
