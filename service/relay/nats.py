"""The way over a NATS server, where one is named: it costs half of what PostgreSQL does for positions (ADR 11).

Nothing but latest positions goes this way, and nothing is kept there. Every frame is sealed (AES-256-GCM) under a key
that stands in the database, because whoever reaches a NATS server hears everything and may say anything.
"""

import asyncio
import logging
from collections.abc import Callable, Sequence
from hashlib import sha256
from os import urandom
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from nats.aio.client import Client
from nats.errors import Error

from service.relay import frames

AGAIN_S = 0.5
PING_EVERY_S = 5
NONCE = 12
TAG = 16
MOST_PENDING = 4 * 1024 * 1024
"""Bytes that may wait for the server; what comes beyond is dropped."""

log = logging.getLogger(__name__)


class Sealer:
    """Seals and opens frames. ``subject`` is the same for all services of one database, and tells nothing of it."""

    def __init__(self, key: bytes) -> None:
        self._cipher = AESGCM(key)
        self.subject = "onemap." + sha256(b"subject" + key).hexdigest()[:24]

    def seal(self, frame: str) -> bytes:
        """Return a frame that only services of this database can read or have made."""
        nonce = urandom(NONCE)
        return nonce + self._cipher.encrypt(nonce, frame.encode(), None)

    def open(self, sealed: bytes) -> str | None:
        """Return the frame, None for what was not made under our key."""
        if not NONCE + TAG < len(sealed) <= NONCE + TAG + frames.MOST_BYTES:
            return None
        try:
            return self._cipher.decrypt(sealed[:NONCE], sealed[NONCE:], None).decode()
        except (InvalidTag, UnicodeDecodeError):
            return None


class NatsLine:
    """A connection to a NATS server that comes back by itself. Event loop only."""

    def __init__(self, url: str, key: bytes, hear: Callable[[str], None], joined: Callable[[], None]) -> None:
        self.up = False
        self._url = url
        self._sealer = Sealer(key)
        self._hear = hear
        self._joined = joined
        self._client: Client | None = None
        self._task: asyncio.Task[None] | None = None
        self._publishing: set[asyncio.Task[None]] = set()

    def start(self) -> None:
        """Begin to connect."""
        self._task = asyncio.get_running_loop().create_task(self._connect(), name="relay-nats")

    async def stop(self) -> None:
        """End the connection."""
        self.up = False
        tasks = [*self._publishing, *([] if self._task is None else [self._task])]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        if self._client is not None:
            await self._client.close()

    def tell(self, told: Sequence[str]) -> bool:
        """Send frames; returns False, having sent none, where the line is down."""
        client = self._client
        if not self.up or client is None or client.pending_data_size > MOST_PENDING:
            return False
        if told:
            task = asyncio.get_running_loop().create_task(self._publish(told), name="relay-nats-publish")
            self._publishing.add(task)
            task.add_done_callback(self._publishing.discard)
        return True

    async def _publish(self, told: Sequence[str]) -> None:
        client = self._client
        if client is None:
            return
        try:
            for frame in told:
                await client.publish(self._sealer.subject, self._sealer.seal(frame))
        except (Error, OSError) as error:
            log.debug("positions are not passed on over NATS: %s", error)

    async def _connect(self) -> None:
        async def lost() -> None:
            if self.up:
                log.warning("the NATS server is lost; positions go over PostgreSQL until it is back")
            self.up = False

        async def back() -> None:
            self.up = True
            self._joined()

        async def note(error: Exception) -> None:
            log.debug("NATS: %s", error)

        async def hear(message: Any) -> None:
            frame = self._sealer.open(message.data)
            if frame is not None:
                self._hear(frame)

        client = self._client = Client()
        try:
            await client.connect(
                self._url,
                name="onemap",
                connect_timeout=2,
                reconnect_time_wait=AGAIN_S,  # type: ignore[arg-type] # it only sleeps so long
                max_reconnect_attempts=-1,
                ping_interval=PING_EVERY_S,
                no_echo=True,
                error_cb=note,
                disconnected_cb=lost,
                reconnected_cb=back,
                pending_size=MOST_PENDING,
            )
            await client.subscribe(self._sealer.subject, cb=hear, pending_bytes_limit=MOST_PENDING)
            await back()
        except (Error, OSError, ValueError) as error:
            log.error("no positions go over NATS: %s", error)
