"""The live feed: one WebSocket that yields typed messages until it breaks."""

import time
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager, suppress
from ssl import SSLContext
from urllib.parse import urlencode

import msgspec
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake, InvalidStatus, WebSocketException

from client.transport import refusal
from domain.change import Seq
from domain.faults import Fault, FaultKind
from domain.wire import WIRE, WIRE_HEADER
from domain.wire_feed import FeedMessage, Said

MAX_FRAME = 64 * 1024 * 1024
"""Bytes of one message."""
OPEN_TIMEOUT_S = 8.0
PING_S = 10.0

_DECODER: msgspec.msgpack.Decoder[FeedMessage] = msgspec.msgpack.Decoder(FeedMessage)


class LiveFeed:
    """An open feed. ``messages`` yields until the line breaks, which is a ``Fault('line_down')``."""

    def __init__(self, socket: ClientConnection) -> None:
        self._socket = socket
        self._heard = time.monotonic()

    @property
    def silence_s(self) -> float:
        """How long the service has sent nothing, seconds."""
        return time.monotonic() - self._heard

    async def messages(self) -> AsyncGenerator[FeedMessage | Fault, None]:
        """Yield what the service says; a frame that cannot be read is yielded as ``Fault('bad_feed_message')``.

        Such a frame is not the end: if a change was in it, the hole in the numbers brings a resync.
        """
        try:
            async for frame in self._socket:
                self._heard = time.monotonic()
                yield read_frame(frame)
        except (WebSocketException, OSError) as error:
            raise Fault(FaultKind.UNAVAILABLE, "line_down") from error
        raise Fault(FaultKind.UNAVAILABLE, "line_down")

    async def say(self, said: Said) -> None:
        """Tell the service what we look at, or what is open here. A cut line is noticed by ``messages``."""
        with suppress(WebSocketException, OSError):
            await self._socket.send(msgspec.msgpack.encode(said))

    def drop(self) -> None:
        """Cut the line at once, without waiting for a peer that no longer answers."""
        self._socket.transport.abort()


@asynccontextmanager
async def open_feed(
    url: str, token: str | None, tls: SSLContext | None, *, epoch: str, since: Seq
) -> AsyncIterator[LiveFeed]:
    """Open the feed after change ``since`` of ``epoch``.

    Raises ``Fault``: the service's own refusal, ``line_down`` where there is no connection.
    """
    headers = {WIRE_HEADER: str(WIRE)}
    if token is not None:
        headers["Authorization"] = f"Bearer {token}"
    try:
        socket = await connect(
            f"{url}?{urlencode({'epoch': epoch, 'since': since})}",
            additional_headers=headers,
            ssl=tls,
            proxy=None,
            compression=None,
            open_timeout=OPEN_TIMEOUT_S,
            ping_interval=PING_S,
            ping_timeout=PING_S,
            close_timeout=1.0,
            max_size=MAX_FRAME,
        )
    except InvalidStatus as error:
        answer = error.response
        kind = answer.headers.get("Content-Type", "").partition(";")[0].strip().lower()
        raise refusal(answer.status_code, bytes(answer.body or b""), kind) from error
    except (OSError, InvalidHandshake, ConnectionClosed) as error:
        raise Fault(FaultKind.UNAVAILABLE, "line_down") from error
    try:
        yield LiveFeed(socket)
    finally:
        await socket.close()


def read_frame(frame: str | bytes) -> FeedMessage | Fault:
    """Return the message in a frame, or the fault that says it is none."""
    if isinstance(frame, str):
        return Fault(FaultKind.UNAVAILABLE, "bad_feed_message", reason="text")
    try:
        return _DECODER.decode(frame)
    except (ValueError, RecursionError) as error:  # msgspec.DecodeError is one, and so is text that is not UTF-8
        return Fault(FaultKind.UNAVAILABLE, "bad_feed_message", reason=str(error)[:200])
