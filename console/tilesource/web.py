"""One request to a map server: bounded in bytes and in time as a whole, and whatever a server may answer made plain.

Addresses may hold a key, so nothing here logs one or puts one into a fault. Redirects are not followed: a tile that is
elsewhere would send the key there. The fault names the host, so that a person can declare it.
"""

import logging
import ssl
import threading
import time
import zlib
from urllib.parse import urlsplit

import httpx

from domain.faults import Fault, FaultKind

CONNECT_S, READ_S, WHOLE_S = 4.0, 5.0, 12.0
MOST_RETRY_S = 600
ABSENT = (204, 404, 410)
KEY_TROUBLE = (401, 403, 407, 418)
"""418 is what Tianditu answers to a key it will not serve."""
BUSY = (429, 503)

logging.getLogger("httpx").setLevel(logging.WARNING)  # it would write whole addresses, keys and all, into the log
logging.getLogger("httpcore").setLevel(logging.WARNING)


class TileFault(Fault):
    """Why a tile did not come; ``retry_s`` is for how long the server wishes not to be asked."""

    retry_s = 0.0


def _fault(key: str, **params: str | int | float | None) -> TileFault:
    return TileFault(FaultKind.UNAVAILABLE, key, **params)


class WebDoor:
    """Connections to map servers, shared by the threads of one source. Built by the first request, in its thread."""

    def __init__(self, *, whole_s: float = WHOLE_S, read_s: float = READ_S) -> None:
        self._whole_s, self._read_s = whole_s, read_s
        self._lock = threading.Lock()
        self._client: httpx.Client | None = None
        self._closed = False

    def fetch(self, address: str, most: int) -> bytes | None:
        """Return the body, None where the server has nothing there. In a thread of its own. Raises ``TileFault``."""
        until = time.monotonic() + self._whole_s
        try:
            with self._opened().stream("GET", address) as reply:
                _check_status(reply)
                if reply.status_code in ABSENT:
                    return None
                return self._read(reply, most, until)
        except httpx.TimeoutException:
            raise _fault("tile_timeout", seconds=round(self._whole_s)) from None
        except (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError, OSError, ValueError, UnicodeError) as error:
            raise _fault("tile_line_down", reason=type(error).__name__) from None

    def close(self) -> None:
        """Close all connections; a request under way ends in a fault."""
        with self._lock:
            client, self._client, self._closed = self._client, None, True
        if client is not None:
            client.close()

    def _read(self, reply: httpx.Response, most: int, until: float) -> bytes:
        stated = reply.headers.get("content-length", "")
        if stated.isdecimal() and int(stated[:20]) > most:
            raise _fault("tile_too_large", size=int(stated[:20]), limit=most)
        parts: list[bytes] = []
        size = 0
        for part in reply.iter_raw():  # as it comes: with a size it would wait until that much is there
            size += len(part)
            if size > most:
                raise _fault("tile_too_large", size=size, limit=most)
            if time.monotonic() > until or self._closed:
                raise _fault("tile_timeout", seconds=round(self._whole_s))
            parts.append(part)
        return _unpacked(b"".join(parts), reply.headers.get("content-encoding", "").lower(), most)

    def _opened(self) -> httpx.Client:
        with self._lock:
            if self._closed:
                raise _fault("tile_line_down", reason="closed")
            if self._client is None:
                times = httpx.Timeout(self._read_s, connect=CONNECT_S, pool=self._whole_s)
                limits = httpx.Limits(max_connections=8, max_keepalive_connections=4, keepalive_expiry=20.0)
                self._client = httpx.Client(
                    timeout=times,
                    limits=limits,
                    follow_redirects=False,
                    verify=ssl.create_default_context(),
                    headers={"User-Agent": "OneMap/1", "Accept": "image/*,*/*;q=0.5", "Accept-Encoding": "identity"},
                )
            return self._client


def _unpacked(body: bytes, packing: str, most: int) -> bytes:
    """Return the body as it was meant; some servers pack whatever is asked of them."""
    if packing in ("", "identity"):
        return body
    if packing not in ("gzip", "x-gzip", "deflate"):
        raise _fault("tile_packed", packing=packing[:20])
    try:
        unpacked = zlib.decompressobj(wbits=47).decompress(body, most + 1)
    except zlib.error:
        raise _fault("tile_broken", reason="gzip") from None
    if len(unpacked) > most:
        raise _fault("tile_too_large", size=len(unpacked), limit=most)
    return unpacked


def _check_status(reply: httpx.Response) -> None:
    status = reply.status_code
    if status == 200 or status in ABSENT:
        return
    if reply.is_redirect:
        raise _fault("tile_redirected", host=urlsplit(reply.headers.get("location", "")).netloc[:80] or "?")
    if status in KEY_TROUBLE:
        fault = _fault("tile_refused", status=status)
        fault.retry_s = 60.0
        raise fault
    if status in BUSY:
        fault = _fault("tile_busy", status=status)
        wished = reply.headers.get("retry-after", "")
        fault.retry_s = float(min(MOST_RETRY_S, int(wished[:6]))) if wished.isdecimal() else 15.0
        raise fault
    raise _fault("tile_status", status=status)
