"""Bodies in and out: JSON, or MessagePack where the headers say so. Strict: a number in quotes is no number."""

import re
from collections.abc import Hashable
from functools import cache, lru_cache
from hashlib import sha256
from typing import Annotated, Any, Protocol, TypeVar, cast

import msgspec
from litestar import Request, Response
from litestar.connection import ASGIConnection
from litestar.params import HeaderParameter

from domain.faults import Fault, FaultKind, invalid
from domain.wire import KEY_HEADER, FaultBody
from service.access import Asker
from service.http.packed import Packed, Ready
from service.runtime import Runtime
from service.write.transaction import Key

JSON = "application/json"
MSGPACK = "application/msgpack"
T = TypeVar("T")

STATUS: dict[FaultKind, int] = {
    FaultKind.INVALID: 400,
    FaultKind.UNAUTHENTICATED: 401,
    FaultKind.FORBIDDEN: 403,
    FaultKind.NOT_FOUND: 404,
    FaultKind.CONFLICT: 409,
    FaultKind.TOO_LARGE: 413,
    FaultKind.MISMATCH: 422,
    FaultKind.THROTTLED: 429,
    FaultKind.UNAVAILABLE: 503,
}

_NUL = re.compile(rb"(?<!\\)(?:\\\\)*\\u0000")
"""A NUL character in JSON. PostgreSQL keeps none in a text, so we take none. Six plain bytes are looked for first: this
expression alone costs ten times the decoding."""

_Decoder = msgspec.json.Decoder[Any] | msgspec.msgpack.Decoder[Any]


@cache
def _decoders(kind: Hashable) -> tuple[_Decoder, _Decoder]:
    wire: Any = kind
    return msgspec.json.Decoder(wire), msgspec.msgpack.Decoder(wire)


@lru_cache(maxsize=64)
def _media(content_type: str) -> str:
    """Return the media type of a ``Content-Type``."""
    return content_type.partition(";")[0].strip().lower()


def decode(body: bytes, content_type: str, kind: type[T]) -> T:
    """Return a body as a wire type. Raises ``Fault``: another content type, unreadable, or not of that shape."""
    media = _media(content_type)
    if media not in (JSON, MSGPACK, ""):
        raise invalid("content_type_unknown", content_type=media[:80])
    decoder = _decoders(cast("Hashable", kind))[1 if media == MSGPACK else 0]
    try:
        value = cast("T", decoder.decode(body))
        plain = msgspec.json.encode(value) if media == MSGPACK else body
    except msgspec.ValidationError as error:
        raise invalid("validation", detail=str(error)[:200]) from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError, ValueError, OverflowError):
        raise invalid("body_unreadable") from None
    if b"\\u0000" in plain and _NUL.search(plain):
        raise invalid("text_with_nul")
    return value


class Scoped(Protocol):
    """A request or a connection, whichever way it came in."""

    @property
    def scope(self) -> Any:
        """The ASGI scope."""


class ApiRequest(Request[Any, Any, Any]):
    """A request whose body is decoded straight into the wire type its handler names in ``opt['body']``."""

    async def json(self) -> Any:
        """Return the body as the handler's wire type."""
        kind = self.route_handler.opt.get("body")
        body = await self.body()
        return decode(body, header(self, b"content-type") or "", cast("type[Any]", kind))


NAMED = "onemap.headers"
"""Where a request that came the short way has its headers by name. None of them was repeated."""


def header(connection: Scoped, name: bytes) -> str | None:
    """Return a header by its lower-case name, the first where it is repeated."""
    scope = connection.scope
    named = scope.get(NAMED)
    if named is not None:
        found = named.get(name)
        return None if found is None else str(found, "latin-1")
    for key, value in scope["headers"]:
        if key == name:
            return str(value, "latin-1")
    return None


def wants_msgpack(connection: Scoped) -> bool:
    """Return whether the answer is asked for as MessagePack."""
    accept = header(connection, b"accept")
    return accept is not None and MSGPACK in accept


def ready(connection: Scoped, value: Any, status: int = 200) -> Ready:
    """Return an answer encoded as it was asked for."""
    if wants_msgpack(connection):
        return Ready(msgspec.msgpack.encode(value), MSGPACK, status)
    return Ready(msgspec.json.encode(value), JSON, status)


def reply(request: Scoped, value: T, status: int = 200) -> Response[T]:
    """Return an answer encoded as it was asked for, as the framework wants it."""
    return Packed.of(ready(request, value, status))


def encoded(
    content: bytes, *, msgpack: bool, status: int = 200, headers: dict[str, str] | None = None
) -> Response[Any]:
    """Return an answer that is encoded already."""
    return Packed(content, MSGPACK if msgpack else JSON, status, headers)


def fault_ready(connection: Scoped, fault: Fault, status: int | None = None) -> Ready:
    """Return a fault as an answer."""
    body = FaultBody(fault.key, {k: _plain(v) for k, v in fault.params.items()})
    return ready(connection, body, status or STATUS[fault.kind])


def fault_reply(connection: Scoped, fault: Fault, status: int | None = None) -> Response[Any]:
    """Return a fault as an answer, as the framework wants it."""
    return Packed.of(fault_ready(connection, fault, status))


def _plain(value: str | float | None) -> str | int | float | None:
    return str(value) if isinstance(value, str) else value


def runtime_of(connection: ASGIConnection[Any, Any, Any, Any]) -> Runtime:
    """Return the running service behind a connection."""
    return cast("Runtime", connection.app.state.runtime)


def asker_of(request: ApiRequest) -> Asker:
    """Return who asks, as the guard found out."""
    return cast("Asker", request.scope["state"]["asker"])


KeyHeader = Annotated[
    str | None,
    HeaderParameter(
        name=KEY_HEADER, description="Required; 8 to 64 plain characters; kept at least 7 days", required=True
    ),
]
"""How a handler names the idempotency key, so that the schema shows it. ``key_of`` reads and checks it."""

_KEY = KEY_HEADER.lower().encode()


def key_of(request: Scoped, asker: Asker, body: bytes, status: int) -> Key:
    """Return the idempotency key of a request. Raises ``Fault`` where it is missing or malformed."""
    given = header(request, _KEY)
    if given is None:
        raise invalid("idempotency_key_missing")
    if not 8 <= len(given) <= 64 or not given.isascii() or not given.isprintable():
        raise invalid("idempotency_key_bad")
    covered = b"%b%b\x00%b" % (request.scope["path"].encode(), (asker.on_behalf_of or "").encode(), body)
    return Key(asker.own.account, given, sha256(covered).digest(), status)
