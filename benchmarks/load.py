"""Many clients at once over plain keep-alive HTTP/1.1: a generator light enough not to be what is measured.

Only what our own service answers is read: a status line, headers with a Content-Length, a body.
"""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import urlsplit

MakeRequest = Callable[[int], bytes]
"""Returns the whole request (head and body) for a running number."""


@dataclass
class Load:
    """What a run of requests came to. ``waits_s`` has one entry an answered request."""

    seconds: float
    waits_s: list[float] = field(default_factory=list)
    refused: dict[int, int] = field(default_factory=dict)

    @property
    def per_second(self) -> float:
        """Accepted requests a second."""
        return len(self.waits_s) / self.seconds if self.seconds else 0.0


def post(url: str, path: str, body: bytes, headers: dict[str, str]) -> bytes:
    """Return a POST as bytes."""
    lines = [f"POST {path} HTTP/1.1", f"Host: {urlsplit(url).netloc}", f"Content-Length: {len(body)}"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1") + body


async def drive(url: str, make: MakeRequest, *, clients: int, seconds: float, first: int = 0) -> Load:
    """Let ``clients`` connections send one request after the other for ``seconds``; count those answered 2xx."""
    load = Load(seconds=seconds)
    numbers = iter(range(first, first + 100_000_000))
    stop_at = time.perf_counter() + seconds
    parts = urlsplit(url)

    async def one() -> None:
        reader, writer = await asyncio.open_connection(parts.hostname, parts.port)
        try:
            while (began := time.perf_counter()) < stop_at:
                writer.write(make(next(numbers)))
                status = await _answer(reader)
                if 200 <= status < 300:
                    load.waits_s.append(time.perf_counter() - began)
                else:
                    load.refused[status] = load.refused.get(status, 0) + 1
        finally:
            writer.close()

    began = time.perf_counter()
    await asyncio.gather(*(one() for _ in range(clients)))
    load.seconds = time.perf_counter() - began
    return load


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
    head = await reader.readuntil(b"\r\n\r\n")
    length = 0
    for line in head.split(b"\r\n")[1:]:
        if line[:15].lower() == b"content-length:":
            length = int(line[15:])
    if length:
        await reader.readexactly(length)
    return int(head[9:12])
