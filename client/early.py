"""Replies asked for before the rest of the program is there, by a thread with next to nothing imported.

The first picture needs two large replies (one, where the map is known from before). A program that knows its token
asks for them as its very first act; the service works on them while the program imports and builds. ``ServiceClient``
takes each as the first answer to the request it belongs to. However old they are by then, the feed goes on from the
change the snapshot was taken at.

It speaks just enough HTTP/1.1 for that: GETs on one line, replies of a stated length. Nothing here is reported:
whatever is otherwise is simply asked again in the ordinary way, which says what is wrong.
"""

import socket
import threading
import time
from concurrent.futures import Future

import msgspec

from client.address import Address, parse_address
from domain.faults import Fault
from domain.wire import WIRE, WIRE_HEADER

SNAPSHOT_PATH, GEOMETRY_PATH = "/v1/snapshot", "/v1/geometry"
FIRST_PATHS = (SNAPSHOT_PATH, GEOMETRY_PATH)
TIMEOUT_S = 20.0
MOST_BYTES = 64 * 1024 * 1024
"""A larger reply is left to the ordinary way."""
MOST_HEAD_BYTES = 64 * 1024
PART_BYTES = 1024 * 1024


class OtherwiseError(Exception):
    """What came is not what is understood here: to be asked in the ordinary way."""


class EarlyReply(msgspec.Struct, frozen=True):
    """A complete reply with status 200; ``sent_at`` and ``received_at`` are monotonic seconds."""

    body: bytes
    headers: dict[str, str]
    sent_at: float
    received_at: float


class EarlyReplies:
    """The replies of one service to one token, each to be taken once. Asking begins at once, in a thread."""

    def __init__(
        self, base_url: str, token: str, *, ca_file: str | None = None, paths: tuple[str, ...] = FIRST_PATHS
    ) -> None:
        self._base_url = base_url
        self._token = token
        self._ca_file = ca_file
        self._waiting: dict[str, Future[EarlyReply]] = {path: Future() for path in paths}
        self._futures = dict(self._waiting)
        for future in self._futures.values():
            future.set_running_or_notify_cancel()  # who waits may give up; the thread may answer all the same
        threading.Thread(target=self._ask_all, name="onemap-early", daemon=True).start()

    def take(self, path: str) -> "Future[EarlyReply] | None":
        """Return the reply to a GET of ``path``, which may still be on its way or fail; None the second time."""
        return self._waiting.pop(path, None)

    def reply(self, path: str, timeout_s: float) -> EarlyReply | None:
        """Wait in a thread for the reply to a GET of ``path``, which stays to be taken; None where it failed."""
        try:
            return self._futures[path].result(timeout_s)
        except (OtherwiseError, TimeoutError):
            return None

    def _ask_all(self) -> None:
        line: socket.socket | None = None
        try:
            address = parse_address(self._base_url)
            line = _open(address, self._ca_file)
            for path, future in self._futures.items():
                future.set_result(self._ask(line, address, path))
        except (OSError, ValueError, OtherwiseError, Fault) as error:
            for future in self._futures.values():
                if not future.done():
                    future.set_exception(OtherwiseError(str(error)))
        finally:
            if line is not None:
                line.close()

    def _ask(self, line: socket.socket, address: Address, path: str) -> EarlyReply:
        sent_at = time.monotonic()
        line.sendall(
            f"GET {path} HTTP/1.1\r\nHost: {address.authority}\r\n{WIRE_HEADER}: {WIRE}\r\n"
            f"Accept: application/msgpack\r\nAuthorization: Bearer {self._token}\r\n\r\n".encode("ascii")
        )
        head, rest = _read_head(line)
        headers = _read_headers(head)
        body = _read_body(line, rest, headers)
        return EarlyReply(body, headers, sent_at, time.monotonic())


def _open(address: Address, ca_file: str | None) -> socket.socket:
    line = socket.create_connection((address.host, address.port_number), timeout=TIMEOUT_S)
    if address.scheme == "http":
        return line
    import ssl  # noqa: PLC0415 - seldom needed this early

    try:
        return ssl.create_default_context(cafile=ca_file).wrap_socket(line, server_hostname=address.host)
    except BaseException:
        line.close()
        raise


def _read_head(line: socket.socket) -> tuple[bytes, bytes]:
    """Return the head of a reply, and what came of its body with it."""
    came = bytearray()
    while (end := came.find(b"\r\n\r\n")) < 0:
        part = line.recv(MOST_HEAD_BYTES)
        came += part
        if not part or len(came) > 2 * MOST_HEAD_BYTES:
            raise OtherwiseError("no head")
    return bytes(came[:end]), bytes(came[end + 4 :])


def _read_headers(head: bytes) -> dict[str, str]:
    """Return the headers, lower-case, of a reply with status 200."""
    status, *lines = head.decode("latin-1").split("\r\n")
    if not status.startswith("HTTP/1.1 200"):
        raise OtherwiseError("another status")
    named = (line.partition(":") for line in lines)
    return {name.strip().lower(): value.strip() for name, _, value in named}


def _read_body(line: socket.socket, rest: bytes, headers: dict[str, str]) -> bytes:
    stated = headers.get("content-length", "")
    plain = stated.isascii() and stated.isdigit() and len(stated) < 12
    if not plain or int(stated) > MOST_BYTES or "transfer-encoding" in headers or "content-encoding" in headers:
        raise OtherwiseError("a body of another kind")
    body = bytearray(rest)
    while len(body) < int(stated):
        part = line.recv(min(PART_BYTES, int(stated) - len(body)))
        if not part:
            raise OtherwiseError("cut short")
        body += part
    if len(body) > int(stated):
        raise OtherwiseError("more than was asked for")
    return bytes(body)
