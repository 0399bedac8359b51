"""One HTTP exchange with the service: bounded, MessagePack both ways, every failure turned into a ``Fault``.

Fault keys made here: ``line_down`` (no connection), ``outcome_unclear`` (a keyed request may or may not have been
taken, even after asking again under the same key), ``bad_reply``, ``reply_too_large``, ``bad_server_url``,
``bad_token``, ``bad_ca_file``, ``certificate_untrusted``. Every other key comes from the service.
"""

import asyncio
import random
import re
import ssl
import time
from collections.abc import Mapping
from email.utils import parsedate_to_datetime
from http.client import HTTPException
from types import TracebackType
from typing import Any, Self, TypeVar

import httpx
import msgspec

from client.early import EarlyReplies
from client.timekeeping import ServiceTime
from domain.faults import Fault, FaultKind, invalid
from domain.wire import KEY_HEADER, WIRE, WIRE_HEADER, FaultBody

T = TypeVar("T")

MSGPACK = "application/msgpack"
MAX_REPLY = 256 * 1024 * 1024
"""Bytes of one reply."""
BIG_REPLY = 256 * 1024
"""Replies above this many bytes are decoded in a thread."""
MAX_AT_ONCE = 8
ATTEMPTS = 4
TIMEOUT = httpx.Timeout(20.0, connect=4.0)

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
        self.base = parse_base(base_url)
        self.time = ServiceTime()
        self._ca_file = ca_file
        self._early = early
        self._slots = asyncio.Semaphore(at_once)
        self._building = asyncio.Lock()
        self._http: httpx.AsyncClient | None = None
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
        if self._http is not None:
            await self._http.aclose()
            self._http = None

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
        http = await self._client()
        request = http.build_request(
            method,
            self.base.copy_with(path=path),
            params={k: v for k, v in (params or {}).items() if v is not None} or None,
            content=body,
            headers=sent,
            timeout=httpx.Timeout(read_timeout, connect=4.0),
        )
        repeatable = method == "GET" or key is not None
        return await self._persist(http, request, ATTEMPTS if repeatable else 1, most)

    async def _take_early(self, path: str) -> Reply | None:
        """Return the reply that was asked for beforehand; None where there is none, or it did not come."""
        waiting = None if self._early is None else self._early.take(path)
        if waiting is None:
            return None
        try:
            early = await asyncio.wrap_future(waiting)
        except (OSError, ValueError, HTTPException):
            return None  # asked again in the ordinary way, which says what is wrong
        self._note_date(early.headers.get("date"), early.sent_at, early.received_at)
        return Reply(200, early.body, _plain_type(early.headers), early.headers)

    async def _persist(self, http: httpx.AsyncClient, request: httpx.Request, attempts: int, most: int) -> Reply:
        maybe_taken = False
        for attempt in range(attempts):
            if attempt:
                await asyncio.sleep(random.uniform(0.05, 0.25 * 2**attempt))
            try:
                async with self._slots:
                    return await self._once(http, request, most)
            except httpx.TransportError as error:
                if _untrusted(error):
                    raise Fault(FaultKind.UNAVAILABLE, "certificate_untrusted") from error
                maybe_taken = maybe_taken or not isinstance(error, httpx.ConnectError | httpx.ConnectTimeout)
                failed: Exception = error
            except Fault as fault:
                if fault.kind is not FaultKind.UNAVAILABLE or attempt == attempts - 1:
                    raise
                failed = fault
        if maybe_taken and KEY_HEADER in request.headers:
            raise Fault(FaultKind.UNAVAILABLE, "outcome_unclear") from failed
        raise Fault(FaultKind.UNAVAILABLE, "line_down") from failed

    async def _once(self, http: httpx.AsyncClient, request: httpx.Request, most: int) -> Reply:
        sent_at = time.monotonic()
        response = await http.send(request, stream=True)
        try:
            self._note_date(response.headers.get("date"), sent_at, time.monotonic())
            body = await _read(response, most)
        except httpx.DecodingError as error:
            raise Fault(FaultKind.UNAVAILABLE, "bad_reply", status=response.status_code) from error
        finally:
            await response.aclose()
        content_type = _plain_type(response.headers)
        if response.is_success or response.status_code == 304:
            return Reply(response.status_code, body, content_type, dict(response.headers.items()))
        raise refusal(response.status_code, body, content_type)

    def _note_date(self, date: str | None, sent_at: float, received_at: float) -> None:
        if date is None:
            return
        try:
            stated = parsedate_to_datetime(date).timestamp()
        except (ValueError, OverflowError):
            return  # a peer that states no time: the feed's own stamps remain
        self.time.note_second(stated, sent_at, received_at)

    async def _client(self) -> httpx.AsyncClient:
        async with self._building:
            if self._http is None:
                # Without TLS an empty context spares httpx the 40-90 ms of loading authorities that nobody asks for.
                tls = await self.tls() or ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
                limits = httpx.Limits(max_connections=MAX_AT_ONCE * 2, max_keepalive_connections=MAX_AT_ONCE)
                self._http = httpx.AsyncClient(verify=tls, timeout=TIMEOUT, limits=limits, trust_env=False)
            return self._http


def parse_base(base_url: str) -> httpx.URL:
    """Return the service's address without a path. Raises ``Fault('bad_server_url')``."""
    try:
        url = httpx.URL(base_url.strip())
    except httpx.InvalidURL:
        raise invalid("bad_server_url", url=base_url[:200]) from None
    if url.scheme not in ("http", "https") or not url.host or url.path not in ("", "/") or url.query or url.userinfo:
        raise invalid("bad_server_url", url=base_url[:200])
    return url.copy_with(path="/")


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


def _untrusted(error: BaseException) -> bool:
    """Return whether a certificate that nobody we trust has signed is at the bottom of an error."""
    below: BaseException | None = error
    while below is not None:
        if isinstance(below, ssl.SSLCertVerificationError):
            return True
        below = below.__cause__ or below.__context__
    return False


async def _read(response: httpx.Response, most: int) -> bytes:
    body = bytearray()
    async for chunk in response.aiter_bytes():
        body += chunk
        if len(body) > most:
            raise Fault(FaultKind.TOO_LARGE, "reply_too_large", limit=most)
    return bytes(body)
