"""The short way for requests that come by the thousand a second: from the web server straight to the handler's work.

A handler that names in ``opt['express']`` what it does is reached without the framework's routing, extraction and
response building, which cost three times what a report itself does (docs/adr/0010). There is no second copy of any
rule: door, wire, token, body and key are checked by the functions the ordinary way calls, with the options the handler
declares once. And there is no second way to say no: whatever cannot be taken in here, for whatever reason, is handed to
the ordinary way, which judges it from the start.
"""

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import Any

from litestar import Litestar, Response
from litestar.handlers import HTTPRouteHandler
from litestar.types import HTTPReceiveMessage, Receive, Scope, Send

from domain.faults import Fault
from domain.wire import Outcome
from service.access import Asker
from service.http.codec import ApiRequest, asker_of, decode, fault_ready, header, ready, runtime_of
from service.http.faults import failure
from service.http.guard import enter, enter_known
from service.http.outlet import note_outlet
from service.http.packed import Packed, Ready
from service.runtime import Runtime
from service.write.transaction import Job

_PLAIN_HOST = re.compile(rb"[0-9A-Za-z.:\-\[\]]{1,255}")


@dataclass(slots=True)
class Call:
    """What a handler needs of a request, whichever way it came in. ``which`` is the case number in its path."""

    runtime: Runtime
    scope: Any
    asker: Asker
    body: bytes
    which: str = ""


Prepare = Callable[[Call, Any], Job | None]
"""Judges a request that was let in; returns the job it asks for, None where it is done already. May raise ``Fault``."""


async def call_of(request: ApiRequest, which: str = "") -> Call:
    """Return the call of a request that came the ordinary way."""
    return Call(runtime_of(request), request.scope, asker_of(request), await request.body(), which)


async def carry_out(call: Call, job: Job) -> Response[Any]:
    """Have a job done and return its answer, as the framework wants it."""
    return Packed.of(await _done(call, job))


async def _done(call: Call, job: Job) -> Ready:
    return _answer(call, job, await call.runtime.do(job))


def _answer(call: Call, job: Job, outcome: Any) -> Ready:
    if isinstance(outcome, Outcome):
        outcome = call.runtime.sight(call.asker).show_outcome(outcome)
    return ready(call, outcome, 200 if job.key is None else job.key.status)


def _refusal(call: Call, error: Exception) -> Ready:
    if isinstance(error, Fault):
        return fault_ready(call, error)
    return fault_ready(call, *failure(call.scope, error))  # as the framework's own last resort


@dataclass(frozen=True, slots=True)
class Lane:
    """A handler that has a short way."""

    opt: dict[str, Any]
    prepare: Prepare
    most_bytes: int


class Express:
    """The whole application: the short way, with the framework's behind it."""

    def __init__(self, ordinary: Litestar, runtime: Runtime) -> None:
        self.ordinary = ordinary
        self._runtime = runtime
        self._plain: dict[str, Lane] = {}
        self._around: list[tuple[str, str, Lane]] = []
        for route in ordinary.routes:
            for handler in getattr(route, "route_handlers", ()):
                if isinstance(handler, HTTPRouteHandler) and handler.opt.get("express") is not None:
                    self._add(route.path, handler)

    def _add(self, path: str, handler: HTTPRouteHandler) -> None:
        lane = Lane(handler.opt, handler.opt["express"], int(str(handler.resolve_request_max_body_size())))
        before, brace, after = path.partition("{")
        if brace:
            self._around.append((before, after.partition("}")[2], lane))
        else:
            self._plain[path] = lane

    def way_of(self, path: str) -> bool:
        """Return whether a POST to this path has a short way."""
        return self.lane(path)[0] is not None

    def take(self, lane: Lane, which: str, scope: Any, body: bytes, settle: Callable[[Ready], None]) -> bool:
        """Take in a whole request at once, without waiting for anything; ``settle`` is given the answer on the loop.

        Returns False, with nothing done, where the request must go through ``__call__`` instead.
        """
        call = Call(self._runtime, scope, None, body, which)  # type: ignore[arg-type] # known in a moment
        try:
            if not body or not _plain_host(header(call, b"host")):
                return False
            asker = enter_known(call, lane.opt, self._runtime)
            if asker is None:
                return False
            call.asker = asker
            job = _judged(lane, call)
        except Exception:  # noqa: BLE001 - the ordinary way comes upon it again, and says it
            return False
        if job is None:
            settle(_NOTHING)
            return True
        try:
            self._runtime.begin(job, partial(_settle, call, job, settle))
        except Fault as fault:
            settle(_refusal(call, fault))
        return True

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Answer a request, a connection or the server's own start and end."""
        if scope["type"] == "http" and scope["method"] == "POST":
            lane, which = self.lane(scope["path"])
            if lane is not None and not scope["root_path"]:
                await self._try(lane, which, scope, receive, send)
                return
        note_outlet(scope, send)
        await self.ordinary(scope, receive, send)

    def lane(self, path: str) -> tuple[Lane | None, str]:
        """Return the short way for a POST to this path and the case number in it; None where there is none."""
        lane = self._plain.get(path)
        if lane is not None:
            return lane, ""
        for before, after, around in self._around:
            if path.startswith(before) and path.endswith(after):
                which = path[len(before) : -len(after)]
                if which and "/" not in which:
                    return around, which
        return None, ""

    async def _try(self, lane: Lane, which: str, scope: Scope, receive: Receive, send: Send) -> None:
        taken: list[HTTPReceiveMessage] = []
        call = Call(self._runtime, scope, None, b"", which)  # type: ignore[arg-type] # known in a moment
        try:
            job = await _prepared(lane, call, receive, taken)
        except Exception:  # noqa: BLE001 - the ordinary way comes upon it again, and says it
            await self.ordinary(scope, _again(taken, receive), send)
            return
        try:
            answer = _NOTHING if job is None else await _done(call, job)
        except Exception as error:  # noqa: BLE001 - whatever it is, it is written down and answered
            answer = _refusal(call, error)
        await answer(scope, receive, send)


_NOTHING = Ready(b"", "", 204)


def _settle(call: Call, job: Job, settle: Callable[[Ready], None], outcome: Any) -> None:
    """Turn what a job came to into an answer and give it."""
    try:
        answer = _refusal(call, outcome) if isinstance(outcome, Exception) else _answer(call, job, outcome)
    except Exception as error:  # noqa: BLE001 - whatever it is, it is written down and answered
        answer = _refusal(call, error)
    settle(answer)


async def _prepared(lane: Lane, call: Call, receive: Receive, taken: list[HTTPReceiveMessage]) -> Job | None:
    """Return the job a request asks for. Raises whatever keeps it from the short way; ``taken`` is what was read."""
    if not _plain_host(header(call, b"host")):
        raise LookupError("host")
    asker = await enter(call, lane.opt, call.runtime)
    if asker is None:
        raise LookupError("asker")
    call.asker = asker
    call.body = await _body(call, lane.most_bytes, receive, taken)
    return _judged(lane, call)


def _judged(lane: Lane, call: Call) -> Job | None:
    """Return the job of a request whose asker and body are known."""
    data = decode(call.body, header(call, b"content-type") or "", lane.opt["body"])
    return lane.prepare(call, data)


@lru_cache(maxsize=64)
def _plain_host(host: str | None) -> bool:
    return host is not None and _PLAIN_HOST.fullmatch(host.encode("latin-1")) is not None


async def _body(call: Call, most_bytes: int, receive: Receive, taken: list[HTTPReceiveMessage]) -> bytes:
    announced = header(call, b"content-length")
    if announced is not None and (not announced.isdecimal() or int(announced) > most_bytes):
        raise LookupError("content-length")
    size = 0
    while True:
        message = await receive()
        taken.append(message)  # type: ignore[arg-type] # an HTTP request hears of nothing else
        if message["type"] != "http.request":
            raise LookupError(message["type"])
        size += len(message["body"])
        if size > most_bytes:
            raise LookupError("too long")
        if not message.get("more_body"):
            break
    if not size:
        raise LookupError("no body")
    return bytes(taken[0]["body"]) if len(taken) == 1 else b"".join(m["body"] for m in taken)  # type: ignore[typeddict-item] # as above


def _again(taken: list[HTTPReceiveMessage], receive: Receive) -> Callable[[], Awaitable[Any]]:
    """Return a ``receive`` that first says again what was read already."""
    waiting = iter(taken)

    async def receive_again() -> Any:
        for message in waiting:
            return message
        return await receive()

    return receive_again
