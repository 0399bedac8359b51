"""The shortest way: a report is taken in as the web server reads it, without a task, and its answer written as bytes.

uvicorn makes a task and a chain of awaits for each request; together they cost more than the request (docs/adr/0010).
This protocol is uvicorn's own in everything, but lets ``Express.take`` have a plain, whole, short POST of a hot route
on a connection where nothing else is under way. Every other request, and each that ``take`` hands back, goes uvicorn's
way with nothing lost: pipelined ones among them, so their order is uvicorn's concern alone.
"""

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Protocol

from uvicorn.protocols.http.flow_control import HIGH_WATER_LIMIT
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from service.http.codec import NAMED
from service.http.packed import Ready

if TYPE_CHECKING:
    from service.http.express import Lane


class Takes(Protocol):
    """What takes requests in: ``service.http.express.Express``."""

    def lane(self, path: str) -> "tuple[Lane | None, str]":
        """Return the short way of a path."""

    def take(self, lane: "Lane", which: str, scope: Any, body: bytes, settle: Callable[[Ready], None]) -> bool:
        """Take a whole request in, or return False."""


class _Nobody:
    """Whom uvicorn wakes when a connection ends: no task of ours waits."""

    def set(self) -> None:
        """Wake nobody."""


class _Turn:
    """A request that was taken, or may be once its body is here. uvicorn reads and sets what it knows of its own."""

    __slots__ = ("disconnected", "keep_alive", "lane", "pieces", "protocol", "response_complete", "scope", "which")
    message_event = _Nobody()

    def __init__(self, protocol: "ExpressProtocol", lane: "Lane", which: str, scope: dict[str, Any]) -> None:
        self.protocol = protocol
        self.lane = lane
        self.which = which
        self.scope = scope
        self.pieces: list[bytes] = []
        self.keep_alive = True
        self.disconnected = False
        self.response_complete = False

    def settle(self, answer: Ready) -> None:
        """Write the answer, unless who asked is gone."""
        protocol = self.protocol
        transport = protocol.transport
        if self.disconnected or transport.is_closing():
            return
        self.response_complete = True
        transport.write(answer.on_the_wire(protocol.server_state.default_headers, keep_alive=self.keep_alive))
        if not self.keep_alive:
            transport.close()
        protocol.on_response_complete()


class ExpressProtocol(HttpToolsProtocol):
    """One connection. Given to ``uvicorn.Config`` as ``http=partial(ExpressProtocol, express)``."""

    def __init__(self, express: Takes, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._express = express
        self._held: _Turn | None = None
        self._quiet_since = 0.0
        self._watch: asyncio.TimerHandle | None = None
        # What uvicorn counts or writes down for each request, it must see.
        self._never = self.limit_concurrency is not None or self.config.access_log or bool(self.root_path)

    def on_message_begin(self) -> None:
        """Begin a request. What uvicorn keeps of one is made once it is uvicorn's (``_leave_to_uvicorn``)."""
        self.url = b""
        self.expect_100_continue = False
        self.headers = []

    def on_headers_complete(self) -> None:
        """Hold a request that may be taken until its body is here; leave any other to uvicorn."""
        if self.transport.is_closing():
            return  # we closed it with the answer before: what was sent behind is not read
        turn = self._turn()
        if turn is None:
            self._leave_to_uvicorn()
        else:
            self.cycle = self._held = turn  # type: ignore[assignment] # uvicorn asks it for what a cycle of its own has

    def _leave_to_uvicorn(self) -> None:
        """Have uvicorn begin the request whose head has been read."""
        url, headers, expects = self.url, self.headers, self.expect_100_continue
        super().on_message_begin()
        self.url, self.expect_100_continue = url, expects
        self.headers = self.scope["headers"] = headers
        super().on_headers_complete()

    def _turn(self) -> _Turn | None:
        before, parser, url = self.cycle, self.parser, self.url
        if self._never or self.flow.write_paused or not (before is None or before.response_complete):
            return None
        if parser.get_method() != b"POST" or b"%" in url or b"?" in url or not url.isascii():
            return None
        path = url.decode("ascii")
        lane, which = self._express.lane(path)
        if lane is None or parser.get_http_version() != "1.1" or self.expect_100_continue:
            return None
        if parser.should_upgrade() or not parser.should_keep_alive():
            return None
        named = dict(self.headers)
        if len(named) != len(self.headers) or b"transfer-encoding" in named:
            return None
        length = named.get(b"content-length", b"")
        if not (length.isdigit() and len(length) < 9 and 0 < int(length) <= min(lane.most_bytes, HIGH_WATER_LIMIT)):
            return None
        return _Turn(self, lane, which, {"method": "POST", "path": path, "query_string": b"", NAMED: named})

    def on_response_complete(self) -> None:
        """Go on as uvicorn does; a silent connection is ended by one timer of its own, not by one a request."""
        if self.pipeline:
            super().on_response_complete()
            return
        self.server_state.total_requests += 1
        if self.transport.is_closing():
            return
        self.flow.resume_reading()
        self._quiet_since = self.loop.time()
        if self._watch is None:
            self._watch = self.loop.call_later(self.timeout_keep_alive, self._end_if_quiet)

    def _unset_keepalive_if_required(self) -> None:
        """Called by uvicorn for whatever comes in."""
        self._quiet_since = 0.0

    def _end_if_quiet(self) -> None:
        self._watch = None
        if not self._quiet_since or self.transport.is_closing():
            return  # the next answer begins the watch again
        left = self._quiet_since + self.timeout_keep_alive - self.loop.time()
        if left > 0:
            self._watch = self.loop.call_later(left, self._end_if_quiet)
        else:
            self.timeout_keep_alive_handler()

    def connection_lost(self, exc: Exception | None) -> None:
        """Watch no longer."""
        if self._watch is not None:
            self._watch.cancel()
        super().connection_lost(exc)

    def on_body(self, body: bytes) -> None:
        """Keep a piece of the body."""
        if self._held is None:
            super().on_body(body)
        else:
            self._held.pieces.append(body)

    def on_message_complete(self) -> None:
        """Take the request in, or hand it to uvicorn as if it had just been read."""
        turn = self._held
        if turn is None:
            super().on_message_complete()
            return
        self._held = None
        self._unset_keepalive_if_required()
        body = turn.pieces[0] if len(turn.pieces) == 1 else b"".join(turn.pieces)
        if self._express.take(turn.lane, turn.which, turn.scope, body, turn.settle):
            return
        self.cycle = None  # type: ignore[assignment] # as it is before the first request
        self._leave_to_uvicorn()
        self.cycle.keep_alive = self.cycle.keep_alive and turn.keep_alive  # it may have been asked to end meanwhile
        super().on_body(body)
        super().on_message_complete()
