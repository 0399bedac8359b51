"""A plain reader of the live feed, for tests: what came, in order, and why it ended."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import msgspec
from served import Served
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

from domain.change import Change
from domain.wire_feed import Changes, FeedMessage, KeepAlive, Skip

_DECODER: msgspec.msgpack.Decoder[FeedMessage] = msgspec.msgpack.Decoder(FeedMessage)


class Listener:
    """An open feed."""

    def __init__(self, socket: ClientConnection) -> None:
        self.socket = socket
        self.ended: tuple[int, str] | None = None

    def next(self, timeout_s: float = 5.0) -> Any:
        """Return the next message, None once the feed has ended (``ended`` says how)."""
        try:
            frame = self.socket.recv(timeout=timeout_s)
        except ConnectionClosed as closed:
            self.ended = (0, "cut") if closed.rcvd is None else (closed.rcvd.code, closed.rcvd.reason)
            return None
        assert isinstance(frame, bytes)
        return _DECODER.decode(frame)

    def until(self, seq: int, timeout_s: float = 10.0) -> list[Change | Skip]:
        """Return changes and skips up to number ``seq``; fails when it does not come."""
        got: list[Change | Skip] = []
        deadline = time.monotonic() + timeout_s
        while time.monotonic() < deadline:
            message = self.next(max(0.01, deadline - time.monotonic()))
            if isinstance(message, Changes):
                got += message.changes
            elif isinstance(message, Skip):
                got.append(message)
            elif message is None:
                break
            if got and last_of(got[-1]) >= seq:
                return got
        raise AssertionError(f"change {seq} did not come: {got[-3:]}, ended {self.ended}")

    def rest(self) -> list[Any]:
        """Return everything until the feed ends, keep-alives left out."""
        got = []
        while (message := self.next()) is not None:
            if not isinstance(message, KeepAlive):
                got.append(message)
        return got


def last_of(entry: Change | Skip) -> int:
    """Return the last number an entry covers."""
    return entry.last if isinstance(entry, Skip) else entry.seq


def numbers(entries: list[Change | Skip]) -> list[int]:
    """Return every number covered, in order."""
    out: list[int] = []
    for entry in entries:
        out += range(entry.first, entry.last + 1) if isinstance(entry, Skip) else [entry.seq]
    return out


@contextmanager
def listening(served: Served, token: str, since: int, epoch: str | None = None) -> Iterator[Listener]:
    """Open a feed after number ``since``."""
    epoch = served.runtime.epoch if epoch is None else epoch
    url = f"{served.url.replace('http', 'ws', 1)}/v1/feed?epoch={epoch}&since={since}"
    headers = {"Authorization": f"Bearer {token}"}
    with connect(url, additional_headers=headers, proxy=None, compression=None, max_size=2**26) as socket:
        yield Listener(socket)
