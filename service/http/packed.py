"""An answer whose bytes are ready: sent as it is, without the framework's encoding, cookies and header merging.

Those cost a fifth of the time of a report; none of our answers needs them.
"""

from functools import cache
from http import HTTPStatus
from typing import Any

from litestar import Response
from litestar.types import HTTPResponseBodyEvent, HTTPResponseStartEvent, Receive, Scope, Send


@cache
def _status_line(status: int) -> bytes:
    return b"HTTP/1.1 %d %b\r\n" % (status, HTTPStatus(status).phrase.encode())


class Ready:
    """The two messages of an answer. Without a media type there is nothing but the status (204)."""

    __slots__ = ("_body", "_start", "status")

    def __init__(self, body: bytes, media_type: str, status: int, headers: dict[str, str] | None = None) -> None:
        sent = [(b"content-type", media_type.encode()), (b"content-length", b"%d" % len(body))] if media_type else []
        if headers:
            sent += [(name.lower().encode(), value.encode()) for name, value in headers.items()]
        self.status = status
        self._start: HTTPResponseStartEvent = {"type": "http.response.start", "status": status, "headers": sent}
        self._body: HTTPResponseBodyEvent = {"type": "http.response.body", "body": body, "more_body": False}

    def on_the_wire(self, default_headers: list[tuple[bytes, bytes]], *, keep_alive: bool) -> bytes:
        """Return the whole answer as HTTP/1.1, as the web server itself would put it."""
        parts = [_status_line(self.status)]
        for name, value in (*default_headers, *self._start["headers"]):
            parts += (name, b": ", value, b"\r\n")
        parts += (b"\r\n" if keep_alive else b"connection: close\r\n\r\n", self._body["body"])
        return b"".join(parts)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send both."""
        await send(self._start)
        await send(self._body)


class Packed(Response[Any]):
    """A ready answer as the framework wants it. Handlers annotate the wire type it holds."""

    def __init__(self, body: bytes, media_type: str, status: int, headers: dict[str, str] | None = None) -> None:
        super().__init__(None, status_code=status)
        self.ready = Ready(body, media_type, status, headers)

    @classmethod
    def of(cls, ready: Ready) -> "Packed":
        """Return a ready answer as the framework wants it."""
        packed = cls(b"", "", ready.status)
        packed.ready = ready
        return packed

    def to_asgi_response(self, *_: Any, **__: Any) -> Ready:  # type: ignore[override] # an ASGI app, as it must be
        """Return what is sent."""
        return self.ready
