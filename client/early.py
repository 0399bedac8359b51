"""Replies asked for before the rest of the program is there, by a thread with nothing but the standard library.

The first picture needs two large replies. A program that knows its token asks for them as its very first act; the
service works on them while the program imports and builds. ``ServiceClient`` takes each as the first answer to the
request it belongs to. However old they are by then, the feed goes on from the change the snapshot was taken at.

Nothing here is reported: what fails is simply asked again in the ordinary way, which says what is wrong.
"""

import http.client
import ssl
import threading
import time
from concurrent.futures import Future
from dataclasses import dataclass
from urllib.parse import urlsplit

from domain.wire import WIRE, WIRE_HEADER

FIRST_PATHS = ("/v1/snapshot", "/v1/geometry")
TIMEOUT_S = 20.0
MOST_BYTES = 64 * 1024 * 1024
"""A larger reply is left to the ordinary way."""


@dataclass(frozen=True)
class EarlyReply:
    """A complete reply with status 200; ``sent_at`` and ``received_at`` are monotonic seconds."""

    body: bytes
    headers: dict[str, str]
    sent_at: float
    received_at: float


class EarlyReplies:
    """The replies of one service to one token, each to be taken once. Asking begins at once, in a thread."""

    def __init__(self, base_url: str, token: str, *, ca_file: str | None = None) -> None:
        self._base_url = base_url
        self._token = token
        self._ca_file = ca_file
        self._waiting: dict[str, Future[EarlyReply]] = {path: Future() for path in FIRST_PATHS}
        self._futures = dict(self._waiting)
        for future in self._futures.values():
            future.set_running_or_notify_cancel()  # who waits may give up; the thread may answer all the same
        threading.Thread(target=self._ask_all, name="onemap-early", daemon=True).start()

    def take(self, path: str) -> "Future[EarlyReply] | None":
        """Return the reply to a GET of ``path``, which may still be on its way or fail; None the second time."""
        return self._waiting.pop(path, None)

    def _ask_all(self) -> None:
        line: http.client.HTTPConnection | None = None
        try:
            line = self._open()
            for path, future in self._futures.items():
                future.set_result(self._ask(line, path))
        except (OSError, ValueError, http.client.HTTPException) as error:
            for future in self._futures.values():
                if not future.done():
                    future.set_exception(error)
        finally:
            if line is not None:
                line.close()

    def _open(self) -> http.client.HTTPConnection:
        parts = urlsplit(self._base_url.strip())
        if parts.scheme == "http" and parts.hostname:
            return http.client.HTTPConnection(parts.hostname, parts.port, timeout=TIMEOUT_S)
        if parts.scheme == "https" and parts.hostname:
            tls = ssl.create_default_context(cafile=self._ca_file)
            return http.client.HTTPSConnection(parts.hostname, parts.port, timeout=TIMEOUT_S, context=tls)
        raise ValueError("not the address of a service")

    def _ask(self, line: http.client.HTTPConnection, path: str) -> EarlyReply:
        sent_at = time.monotonic()
        headers = {WIRE_HEADER: str(WIRE), "Accept": "application/msgpack", "Authorization": f"Bearer {self._token}"}
        line.request("GET", path, headers=headers)
        reply = line.getresponse()
        body = reply.read(MOST_BYTES + 1)
        if reply.status != http.client.OK or len(body) > MOST_BYTES:
            raise http.client.HTTPException("to be asked in the ordinary way")
        stated = {name.lower(): value for name, value in reply.getheaders()}
        return EarlyReply(body, stated, sent_at, time.monotonic())
