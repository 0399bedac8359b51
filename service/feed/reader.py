"""One open feed: what waits to be sent, how much of that is allowed, and why the feed has to end.

A frame goes straight to the connection while nothing waits; else it queues, and a task takes it from there. What waits
is counted in bytes, the connection's own buffer included. From ``SOFT`` on telemetry no longer queues but is coalesced
(``service.feed.telemetry``); at ``HARD``, or where the connection takes nothing for ``STUCK_S``, the reader is dropped.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Iterable
from datetime import datetime
from typing import Protocol

from domain.ids import ThingId
from domain.wire_feed import Look
from service.access import Sight
from service.feed.tongue import Tongue

SOFT = 1024 * 1024
HARD = 4 * 1024 * 1024
STUCK_S = 10.0
DIRECT_BELOW = 64 * 1024
"""Bytes in the connection's buffer up to which a frame goes there without a task in between."""

Send = Callable[[bytes], Awaitable[None]]


class Outlet(Protocol):
    """What is used of a connection's transport."""

    def writelines(self, list_of_data: Iterable[bytes]) -> None:
        """Queue bytes."""

    def get_write_buffer_size(self) -> int:
        """Return how many bytes the system has not taken yet."""

    def is_closing(self) -> bool:
        """Return whether the connection ends."""

    def abort(self) -> None:
        """End the connection at once."""


class Reader:
    """One open feed. Event loop only. ``outlet`` is None where frames can only go through the web framework."""

    def __init__(
        self, sight: Sight, token: bytes, expires_at: datetime, tongue: Tongue, outlet: Outlet | None = None
    ) -> None:
        self.sight = sight
        self.token = token
        self.expires_at = expires_at
        self.tongue = tongue
        self.outlet = outlet
        self.ended: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        self.turn = 0
        self.account = ""
        self.in_room = False
        self.look = Look()
        self.behind: set[ThingId] | None = None
        self.owes_whole = False
        self.alive_at = 0.0
        self._queue: deque[bytes] = deque()
        self._queued = 0
        self._sending = 0
        self._handed = 0
        self._wake = asyncio.Event()
        self._open = False
        self._taken = -1
        self._taken_at = 0.0

    @property
    def waiting(self) -> int:
        """Bytes that the other end's system has not taken yet."""
        kept = self._sending if self.outlet is None else self.outlet.get_write_buffer_size()
        return self._queued + kept

    def put(self, frame: bytes) -> None:
        """Send a frame when its turn comes; a reader with too much waiting is ended instead."""
        if self.ended.done():
            return
        outlet = self.outlet
        idle = self._open and not self._queue and not self._sending
        if idle and outlet is not None and outlet.get_write_buffer_size() < DIRECT_BELOW:
            if not outlet.is_closing():
                self._handed += len(frame)
                outlet.writelines((_header(len(frame)), frame))
            return
        if self.waiting + len(frame) > HARD:
            self.end("slow_reader")
            return
        self._queue.append(frame)
        self._queued += len(frame)
        self._wake.set()

    def fall_behind(self, things: Iterable[ThingId]) -> None:
        """Note things whose latest fix has to be sent when there is room again."""
        if self.behind is None:
            self.behind = set()
        self.behind.update(things)

    def end(self, reason: str) -> None:
        """Ask for the feed to be closed; ``reason`` is a fault key."""
        if not self.ended.done():
            self._queue.clear()
            self._queued = 0
            self.ended.set_result(reason)

    def stuck(self, now: float) -> bool:
        """Return whether the connection has taken nothing of what waits for too long. Asked twice a second."""
        waiting = self.waiting
        taken = self._handed - (waiting - self._queued)
        if not waiting or taken != self._taken:
            self._taken, self._taken_at = taken, now
        return now - self._taken_at > STUCK_S

    async def pump(self, send: Send, *, direct: bool) -> None:
        """Send what is queued, for ever; with ``direct`` frames may go round this task while nothing is."""
        self._open = direct
        while True:
            while self._queue:
                frame = self._queue.popleft()
                self._queued -= len(frame)
                self._sending = len(frame)
                self._handed += len(frame)
                try:
                    await send(frame)
                finally:
                    self._sending = 0
            self._wake.clear()
            await self._wake.wait()


def _header(size: int) -> bytes:
    """Return the head of a whole, unmasked, binary WebSocket frame (RFC 6455, 5.2)."""
    if size < 126:
        return bytes((0x82, size))
    if size < 65536:
        return b"\x82\x7e" + size.to_bytes(2, "big")
    return b"\x82\x7f" + size.to_bytes(8, "big")
