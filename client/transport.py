"""One HTTP exchange with the service: bounded, MessagePack both ways, every failure turned into a ``Fault``.

Fault keys made here: ``line_down`` (no connection), ``outcome_unclear`` (a keyed request may or may not have been
taken, even after asking again under the same key), ``bad_reply``, ``reply_too_large``, ``bad_server_url``,
``bad_token``, ``bad_ca_file``, ``certificate_untrusted``. Every other key comes from the service.
"""

import asyncio
import random
import re
import ssl
from collections.abc import Awaitable, Callable, Mapping
from importlib import import_module
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self, TypeVar

import msgspec

from client.address import parse_address
from client.answers import Answer, LineBrokenError
from client.early import EarlyReplies, OtherwiseError
from client.timekeeping import ServiceTime, read_http_date
from domain.faults import Fault, FaultKind, invalid
from domain.wire import KEY_HEADER, WIRE, WIRE_HEADER, FaultBody

if TYPE_CHECKING:
    from client.pool import Pool

T = TypeVar("T")

MSGPACK = "application/msgpack"
MAX_REPLY = 256 * 1024 * 1024
"""Bytes of one reply."""
BIG_REPLY = 256 * 1024
"""Replies above this many bytes are decoded in a thread."""
MAX_AT_ONCE = 8
ATTEMPTS = 4

_KIND_OF_STATUS: dict[int, FaultKind] = {
    400: FaultKind.INVALID,
    401: FaultKind.UNAUTHENTICATED,
    403: FaultKind.FORBIDDEN,
    404: FaultKind.NOT_FOUND,
    409: FaultKind.CONFLICT,
    413: FaultKind.TOO_LARGE,
    422: FaultKind.MISMATCH,
    429: FaultKind.THROTTLED,
    503: FaultKind.UNAVAILABLE,
}
_TOKEN = re.compile(r"[\x21-\x7e]{1,4096}")


class Reply(msgspec.Struct, frozen=True):
    """A successful reply: status, body, content type and lower-case headers."""

    status: int
    body: bytes
    content_type: str
    headers: Mapping[str, str]


class Transport:
    """An HTTP connection pool to one service. Built without blocking: the TLS context is made in a thread."""

    def __init__(
        self,
        base_url: str,
        *,
        ca_file: str | None = None,
        early: EarlyReplies | None = None,
        at_once: int = MAX_AT_ONCE,
    ) -> None:
        """``base_url`` is ``http(s)://host[:port]``; ``ca_file`` a PEM file of a private authority, or None.

        ``early`` holds replies of this service that were asked for beforehand, under the same token.
        Raises ``Fault('bad_server_url')``.
        """
        self.base = parse_address(base_url)
        self.time = ServiceTime()
        self._ca_file = ca_file
        self._early = early
        self._slots = asyncio.Semaphore(at_once)
        self._building = asyncio.Lock()
        self._pool: Pool | None = None
        self._tls: ssl.SSLContext | None = None
        self._token: str | None = None

    @property
    def token(self) -> str | None:
        """The token sent with each request."""
        return self._token

    @token.setter
    def token(self, token: str | None) -> None:
        if token is not None and not _TOKEN.fullmatch(token):
            raise Fault(FaultKind.UNAUTHENTICATED, "bad_token")
        self._token = token

    async def tls(self) -> ssl.SSLContext | None:
        """Return the TLS context for this service, or None where it is reached without TLS."""
        if self.base.scheme == "https" and self._tls is None:
            try:
                self._tls = await asyncio.to_thread(ssl.create_default_context, cafile=self._ca_file)
            except OSError as error:
                raise invalid("bad_ca_file", file=str(self._ca_file)) from error
        return self._tls

    async def aclose(self) -> None:
        """Close the pool."""
        pool, self._pool = self._pool, None
        if pool is not None:
            await pool.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.aclose()

    async def exchange(
        self,
        method: str,
        path: str,
        *,
        params: Mapping[str, str | int | None] | None = None,
        body: bytes | None = None,
        content_type: str = MSGPACK,
        headers: Mapping[str, str] | None = None,
        key: str | None = None,
        read_timeout: float = 20.0,
        most: int = MAX_REPLY,
    ) -> Reply:
        """Send one request and return the reply; 304 counts as one.

        Reads and requests with an idempotency ``key`` are asked again, under the same key, a bounded number of times
        while the line fails or the service says it cannot; anything else is sent once.
        """
        if method == "GET" and not params and not headers and (ready := await self._take_early(path)) is not None:
            return ready
        sent: dict[str, str] = {WIRE_HEADER: str(WIRE), "Accept": MSGPACK, **(headers or {})}
        if self._token is not None:
            sent["Authorization"] = f"Bearer {self._token}"
        if key is not None:
            sent[KEY_HEADER] = key
        if body is not None:
            sent["Content-Type"] = content_type
        pool = await self._open()

        async def once() -> Answer:
            return await pool.send(
                method,
                self.base.url(path),
                params=params or {},
                body=body,
                headers=sent,
                read_timeout=read_timeout,
                most=most,
            )

        repeatable = method == "GET" or key is not None
        return await self._persist(once, ATTEMPTS if repeatable else 1, keyed=key is not None)

    async def _take_early(self, path: str) -> Reply | None:
        """Return the reply that was asked for beforehand; None where there is none, or it did not come."""
        waiting = None if self._early is None else self._early.take(path)
        if waiting is None:
            return None
        try:
            early = await asyncio.wrap_future(waiting)
        except OtherwiseError:
            return None  # asked again in the ordinary way, which says what is wrong
        self._note_date(early.headers.get("date"), early.sent_at, early.received_at)
        return Reply(200, early.body, _plain_type(early.headers), early.headers)

    async def _persist(self, once: Callable[[], Awaitable[Answer]], attempts: int, *, keyed: bool) -> Reply:
        maybe_taken = False
        for attempt in range(attempts):
            if attempt:
                await asyncio.sleep(random.uniform(0.05, 0.25 * 2**attempt))
            try:
                async with self._slots:
                    answer = await once()
                return self._accept(answer)
            except LineBrokenError as error:
                if error.untrusted:
                    raise Fault(FaultKind.UNAVAILABLE, "certificate_untrusted") from error
                maybe_taken = maybe_taken or error.maybe_taken
                failed: Exception = error
            except Fault as fault:
                if fault.kind is not FaultKind.UNAVAILABLE or attempt == attempts - 1:
                    raise
                failed = fault
        if maybe_taken and keyed:
            raise Fault(FaultKind.UNAVAILABLE, "outcome_unclear") from failed
        raise Fault(FaultKind.UNAVAILABLE, "line_down") from failed

    def _accept(self, answer: Answer) -> Reply:
        """Return the reply of a success. Raises the ``Fault`` of a refusal."""
        self._note_date(answer.headers.get("date"), answer.sent_at, answer.received_at)
        content_type = _plain_type(answer.headers)
        if 200 <= answer.status < 300 or answer.status == 304:
            return Reply(answer.status, answer.body, content_type, answer.headers)
        raise refusal(answer.status, answer.body, content_type)

    def _note_date(self, date: str | None, sent_at: float, received_at: float) -> None:
        stated = None if date is None else read_http_date(date)
        if stated is not None:  # from a peer that states no time the feed's own stamps remain
            self.time.note_second(stated.timestamp(), sent_at, received_at)

    async def _open(self) -> "Pool":
        async with self._building:
            if self._pool is None:
                tls = await self.tls()
                module = await asyncio.to_thread(import_module, "client.pool")  # 50 ms the window need not wait for
                pool: Pool = module.Pool(tls)
                self._pool = pool
            return self._pool


def refusal(status: int, body: bytes, content_type: str) -> Fault:
    """Return the fault a refused request stands for: the service's own key, or ``bad_reply`` where it gave none."""
    kind = _KIND_OF_STATUS.get(status, FaultKind.UNAVAILABLE)
    try:
        fault = decode(body, content_type, FaultBody)
    except Fault:
        return Fault(kind, "bad_reply", status=status)
    return Fault(kind, fault.key, **fault.params)


def decode(body: bytes, content_type: str, kind: type[T]) -> T:
    """Return a reply as a value of ``kind``. Raises ``Fault('bad_reply')`` where it is not one."""
    try:
        if content_type == MSGPACK:
            return msgspec.msgpack.decode(body, type=kind)
        return msgspec.json.decode(body, type=kind)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Fault(FaultKind.UNAVAILABLE, "bad_reply") from error


async def decode_apart(reply: Reply, kind: type[T]) -> T:
    """Return a reply as ``decode`` does, large ones in a thread."""
    if len(reply.body) > BIG_REPLY:
        return await asyncio.to_thread(decode, reply.body, reply.content_type, kind)
    return decode(reply.body, reply.content_type, kind)


def encode(value: Any) -> bytes:
    """Return a request body."""
    return msgspec.msgpack.encode(value)


def _plain_type(headers: Mapping[str, str]) -> str:
    """Return the content type without its parameters."""
    return headers.get("content-type", "").partition(";")[0].strip().lower()
