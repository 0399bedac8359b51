"""Many clients at once over plain keep-alive HTTP/1.1: a generator light enough not to be what is measured.

It shares the machine's cores with what it measures, so a run says how much of a core it took itself. A *closed* loop
(``drive``) lets each connection send its next request when it has its answer: it finds the most that can be done, but
a slow answer delays the next question, so its waits flatter. An *open* loop (``pace``) sends at fixed moments, whatever
the answers do, and counts each wait from the moment the request was due.

Only what our own services answer is read: a status line, headers with a Content-Length, a body.
"""

import asyncio
import sys
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import cast
from urllib.parse import urlsplit

MakeRequest = Callable[[int], bytes]
"""Returns the whole request (head and body) for a running number."""

_END = b"\r\n\r\n"
_LENGTH = b"content-length:"


@dataclass
class Load:
    """What a run came to. ``waits_s`` has one entry an answered request; ``core`` its share of a core."""

    seconds: float
    waits_s: list[float] = field(default_factory=list)
    refused: dict[int, int] = field(default_factory=dict)
    core: float = 0.0

    @property
    def per_second(self) -> float:
        """Accepted requests a second."""
        return len(self.waits_s) / self.seconds if self.seconds else 0.0


def post(url: str, path: str, body: bytes, headers: dict[str, str]) -> bytes:
    """Return a POST as bytes."""
    lines = [f"POST {path} HTTP/1.1", f"Host: {urlsplit(url).netloc}", f"Content-Length: {len(body)}"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1") + body


def drive(url: str, make: MakeRequest, *, clients: int, seconds: float, first: int = 0) -> Load:
    """Let ``clients`` connections send one request after the other for ``seconds``; count those answered 2xx."""
    return _timed(_Closed(make, first, seconds), url, clients)


def pace(url: str, make: MakeRequest, *, per_second: float, clients: int, seconds: float, first: int = 0) -> Load:
    """Send requests at fixed moments for ``seconds``; one that finds none of ``clients`` connections free waits."""
    return _timed(_Open(make, first, seconds, per_second), url, clients)


def _timed(plan: "_Plan", url: str, clients: int) -> Load:
    used = time.process_time()
    with asyncio.Runner(loop_factory=_loop) as runner:
        runner.run(_run(plan, url, clients))
    plan.load.core = (time.process_time() - used) / plan.load.seconds
    return plan.load


def _loop() -> asyncio.AbstractEventLoop:
    if sys.platform == "win32":
        return asyncio.new_event_loop()
    import uvloop

    return uvloop.new_event_loop()


async def _run(plan: "_Plan", url: str, clients: int) -> None:
    parts = urlsplit(url)
    loop = asyncio.get_running_loop()
    host, port = str(parts.hostname), int(parts.port or 80)
    lines = [(await loop.create_connection(lambda: _Line(plan), host, port))[1] for _ in range(clients)]
    began = time.perf_counter()
    plan.begin(lines)
    try:
        async with asyncio.timeout(plan.load.seconds + 60):
            await plan.over
    finally:
        plan.load.seconds = time.perf_counter() - began
        for line in lines:
            line.close()


class _Line(asyncio.Protocol):
    """One connection with at most one request under way."""

    def __init__(self, plan: "_Plan") -> None:
        self._plan = plan
        self._due = 0.0
        self._got = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)  # uvloop's own class is no subclass

    def send(self, request: bytes, due: float) -> None:
        """Send a request that was due at a moment of ``time.perf_counter``."""
        self._due = due
        self._transport.write(request)

    def data_received(self, data: bytes) -> None:
        got = self._got + data if self._got else data
        end = got.find(_END)
        if end < 0 or len(got) < end + 4 + _length(got, end):
            self._got = got
            return
        self._got = b""
        self._plan.answered(self, int(got[9:12]), time.perf_counter() - self._due)

    def connection_lost(self, exc: Exception | None) -> None:
        self._plan.lost(exc)

    def close(self) -> None:
        """End the connection."""
        self._transport.close()


def _length(head: bytes, end: int) -> int:
    at = head.find(_LENGTH, 0, end)
    if at < 0:
        at = head.lower().find(_LENGTH, 0, end)
    return 0 if at < 0 else int(head[at + len(_LENGTH) : head.find(b"\r\n", at, end + 2)])


class _Plan:
    """Who sends next and when it is over."""

    def __init__(self, make: MakeRequest, first: int, seconds: float) -> None:
        self.load = Load(seconds)
        self.over: asyncio.Future[None]
        self._make = make
        self._next = first
        self._under_way = 0
        self._stop_at = 0.0

    def begin(self, lines: list[_Line]) -> None:
        """Start sending over open lines."""
        self.over = asyncio.get_running_loop().create_future()
        self._stop_at = time.perf_counter() + self.load.seconds

    def answered(self, line: _Line, status: int, wait_s: float) -> None:
        """Count an answer and see who is next."""
        self._under_way -= 1
        if 200 <= status < 300:
            self.load.waits_s.append(wait_s)
        else:
            self.load.refused[status] = self.load.refused.get(status, 0) + 1

    def lost(self, error: Exception | None) -> None:
        """End with an error: nobody closes a connection before we do."""
        if not self.over.done():
            self.over.set_exception(error or ConnectionError("the server closed a connection"))

    def send(self, line: _Line, due: float) -> None:
        """Send the next request."""
        request = self._make(self._next)
        self._next += 1
        self._under_way += 1
        line.send(request, due)

    def check_over(self) -> None:
        """End once the time is up and nothing is under way."""
        if not self._under_way and not self.over.done():
            self.over.set_result(None)


class _Closed(_Plan):
    def begin(self, lines: list[_Line]) -> None:
        super().begin(lines)
        for line in lines:
            self.send(line, time.perf_counter())

    def answered(self, line: _Line, status: int, wait_s: float) -> None:
        super().answered(line, status, wait_s)
        now = time.perf_counter()
        if now < self._stop_at:
            self.send(line, now)
        else:
            self.check_over()


class _Open(_Plan):
    def __init__(self, make: MakeRequest, first: int, seconds: float, per_second: float) -> None:
        super().__init__(make, first, seconds)
        self._step_s = 1 / per_second
        self._due = 0.0
        self._free: deque[_Line] = deque()

    def begin(self, lines: list[_Line]) -> None:
        super().begin(lines)
        self._free.extend(lines)
        self._due = time.perf_counter()
        self._tick()

    def answered(self, line: _Line, status: int, wait_s: float) -> None:
        super().answered(line, status, wait_s)
        self._free.append(line)
        self._send_due()
        if self._due >= self._stop_at:
            self.check_over()

    def _tick(self) -> None:
        self._send_due()
        if self._due < self._stop_at:
            asyncio.get_running_loop().call_later(max(0.001, self._due - time.perf_counter()), self._tick)

    def _send_due(self) -> None:
        now = time.perf_counter()
        while self._free and self._due <= now and self._due < self._stop_at:
            self.send(self._free.popleft(), self._due)
            self._due += self._step_s


async def send_all(url: str, requests: list[bytes]) -> None:
    """Send requests one after the other on one connection. Raises RuntimeError where one is refused."""
    parts = urlsplit(url)
    reader, writer = await asyncio.open_connection(parts.hostname, parts.port)
    try:
        for request in requests:
            writer.write(request)
            status = await _answer(reader)
            if not 200 <= status < 300:
                raise RuntimeError(f"refused with {status}")
    finally:
        writer.close()


async def _answer(reader: asyncio.StreamReader) -> int:
    head = await reader.readuntil(_END)
    length = _length(head, len(head) - 4)
    if length:
        await reader.readexactly(length)
    return int(head[9:12])
