"""A TCP proxy that does to a line what networks do: delay, cut, stall, fall silent one way, garble, lose, repeat.

It runs on a loop of its own in a thread, so tests and benchmarks of any kind can use it. What it does to a line can be
altered at any time and holds for the connections that are open and for those to come.
"""

import asyncio
import random
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

PIECE = 64 * 1024


@dataclass
class Faults:
    """What is done to the bytes. Directions: ``down`` is from the service to the client."""

    delay_s: float = 0.0
    jitter_s: float = 0.0
    bytes_per_s: float = 0.0
    """0: no limit."""
    stall_up: bool = False
    stall_down: bool = False
    """Nothing is read from that side: what it sends piles up in the system's buffers."""
    hole_up: bool = False
    hole_down: bool = False
    """Half-open: what comes from that side is swallowed."""
    garble: float = 0.0
    """Share of pieces in which one byte is altered."""
    repeat: float = 0.0
    """Share of WebSocket messages that arrive twice."""
    cut_after: int = 0
    """Bytes downward after which a connection is cut; 0: never."""
    refuse: bool = False
    """New connections are closed at once."""


class _Frames:
    """Follows the frames of a WebSocket on its way down, to lose whole ones. Other traffic passes as it is."""

    def __init__(self) -> None:
        self._is_feed: bool | None = None
        self._buffer = b""

    def take(self, data: bytes, pair: "_Pair", repeats: Callable[[], bool]) -> bytes:
        """Return what of the bytes goes on; ``repeats`` says of each message whether it goes twice."""
        if self._is_feed is None:
            self._is_feed = data.startswith(b"HTTP/1.1 101")
            if self._is_feed:
                head, gap, rest = data.partition(b"\r\n\r\n")
                assert gap, "the handshake came in pieces"
                return head + gap + self._whole(rest, pair, repeats)
        return self._whole(data, pair, repeats) if self._is_feed else data

    def _whole(self, data: bytes, pair: "_Pair", repeats: Callable[[], bool]) -> bytes:
        self._buffer += data
        out = []
        while (size := _frame_size(self._buffer)) is not None and len(self._buffer) >= size:
            frame, self._buffer = self._buffer[:size], self._buffer[size:]
            if pair.dropping and frame[0] & 0x0F == 0x02 and pair.containing in frame:
                pair.dropping -= 1
                continue
            out.append(frame)
            if frame[0] & 0x0F == 0x02 and repeats():
                out.append(frame)
        return b"".join(out)


@dataclass(eq=False)
class _Pair:
    """One connection and its other half."""

    client: asyncio.StreamWriter
    service: asyncio.StreamWriter
    down: int = 0
    dropping: int = 0
    """WebSocket messages yet to be dropped on the way down."""
    containing: bytes = b""
    frames: _Frames = field(default_factory=_Frames)


class Proxy:
    """A proxy in front of ``host:port``, on a free port of this machine. Use it as ``with running_proxy(...)``."""

    def __init__(self, host: str, port: int, seed: int = 0) -> None:
        self.target = (host, port)
        self.faults = Faults()
        self.port = 0
        self.accepted = 0
        self._dice = random.Random(seed)
        self._pairs: set[_Pair] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._loop = asyncio.new_event_loop()
        self._ready = threading.Event()
        self._over: asyncio.Event
        self._thread = threading.Thread(target=self._run, name="proxy")

    @property
    def url(self) -> str:
        """The address that leads through the proxy."""
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Begin to listen."""
        self._thread.start()
        assert self._ready.wait(10)

    def stop(self) -> None:
        """Cut everything and end."""
        self._loop.call_soon_threadsafe(self._over.set)
        self._thread.join(10)
        assert not self._thread.is_alive(), "the proxy did not stop"

    def cut(self) -> None:
        """Reset every open connection, both ways."""
        self._call(self._cut_all)

    def drop_message(self, count: int = 1, containing: bytes = b"") -> None:
        """Lose the next WebSocket messages with these bytes in them on their way down; the line goes on.

        No TCP line does that. A middle box or a mistake might, and whoever reads must notice.
        """

        def drop() -> None:
            for pair in self._pairs:
                pair.dropping += count
                pair.containing = containing

        self._call(drop)

    @property
    def open(self) -> int:
        """How many connections are open."""
        return len(self._pairs)

    def _call(self, act: Callable[[], None]) -> None:
        done = threading.Event()

        def run() -> None:
            act()
            done.set()

        self._loop.call_soon_threadsafe(run)
        assert done.wait(10)

    def _cut_all(self) -> None:
        for pair in list(self._pairs):
            _reset(pair.client)
            _reset(pair.service)

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        try:
            self._loop.run_until_complete(self._serve())
        finally:
            self._loop.close()

    async def _serve(self) -> None:
        self._over = asyncio.Event()
        server = await asyncio.start_server(self._accept, "127.0.0.1", 0)
        self.port = server.sockets[0].getsockname()[1]
        self._ready.set()
        await self._over.wait()
        server.close()
        self._cut_all()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task: Any = asyncio.current_task()
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        self.accepted += 1
        if self.faults.refuse:
            _reset(writer)
            return
        try:
            onward_reader, onward = await asyncio.open_connection(*self.target)
        except OSError:
            _reset(writer)
            return
        pair = _Pair(writer, onward)
        self._pairs.add(pair)
        up = asyncio.create_task(self._pass(reader, onward, pair, down=False))
        down = asyncio.create_task(self._pass(onward_reader, writer, pair, down=True))
        try:
            await asyncio.wait({up, down}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for way in (up, down):
                way.cancel()
            await asyncio.gather(up, down, return_exceptions=True)
            self._pairs.discard(pair)
            _reset(writer)
            _reset(onward)

    async def _pass(
        self, source: asyncio.StreamReader, target: asyncio.StreamWriter, pair: _Pair, *, down: bool
    ) -> None:
        with suppress(OSError):
            while True:
                while self.faults.stall_down if down else self.faults.stall_up:  # noqa: ASYNC110 - altered from outside
                    await asyncio.sleep(0.01)
                data = await source.read(PIECE)
                if not data:
                    return
                left = await self._done_to(data, pair, down=down)
                if left is None:
                    return
                target.write(left)
                await target.drain()

    async def _done_to(self, data: bytes, pair: _Pair, *, down: bool) -> bytes | None:
        """Return what is passed on of a piece; None to cut the line."""
        faults = self.faults
        if faults.delay_s or faults.jitter_s:
            await asyncio.sleep(faults.delay_s + self._dice.uniform(0, faults.jitter_s))
        if faults.bytes_per_s:
            await asyncio.sleep(len(data) / faults.bytes_per_s)
        if faults.hole_down if down else faults.hole_up:
            return b""
        if down:
            pair.down += len(data)
            if faults.cut_after and pair.down >= faults.cut_after:
                return None
            data = pair.frames.take(data, pair, lambda: self._dice.random() < faults.repeat)
        if data and faults.garble and self._dice.random() < faults.garble:
            at = self._dice.randrange(len(data))
            data = data[:at] + bytes((data[at] ^ 0x55,)) + data[at + 1 :]
        return data


def _frame_size(data: bytes) -> int | None:
    """Return the length of the unmasked frame that begins here, None where that cannot be told yet."""
    if len(data) < 2:
        return None
    short = data[1] & 0x7F
    more = {126: 2, 127: 8}.get(short, 0)
    if len(data) < 2 + more:
        return None
    return 2 + more + (int.from_bytes(data[2 : 2 + more], "big") if more else short)


def _reset(writer: asyncio.StreamWriter) -> None:
    with suppress(OSError, RuntimeError):
        writer.transport.abort()


@contextmanager
def running_proxy(url: str, seed: int = 0) -> Iterator[Proxy]:
    """Run a proxy in front of a service's address."""
    host, _, port = url.rpartition("//")[2].rstrip("/").partition(":")
    proxy = Proxy(host, int(port), seed)
    proxy.start()
    try:
        yield proxy
    finally:
        proxy.stop()
