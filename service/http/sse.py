"""The live feed as Server-Sent Events: the same messages in JSON, for browsers, scripts and whoever cannot upgrade.

A reader comes back with ``Last-Event-ID``, which is ``epoch:number``. One that cannot be resumed is told ``resync`` and
then hears what is new from there on: an event source that was closed would only come back with the same number.
"""

import asyncio
import contextlib
from typing import Annotated, Any

import msgspec
from litestar import Response, get
from litestar.params import QueryParameter

from domain.change import Seq
from domain.faults import invalid
from domain.wire import WIRE_HEADER
from domain.wire_feed import Bye, FeedMessage, KeepAlive, Look, Resync, ViewBox
from service.access import Door
from service.feed.catching_up import catch_up, hub_reaches
from service.feed.reader import Reader
from service.feed.tongue import Tongue
from service.http.codec import ApiRequest, header, runtime_of
from service.http.feed import RETRY_AFTER_S, hello, let_in, read_number
from service.http.guard import REFUSALS, through
from service.runtime import Runtime

MEDIA = "text/event-stream"
_HEADERS = [
    (b"content-type", f"{MEDIA}; charset=utf-8".encode()),
    (b"cache-control", b"no-store"),
    (b"x-accel-buffering", b"no"),
]

Text = Annotated[str, QueryParameter(max_length=64)]
View = Annotated[str, QueryParameter(max_length=120, description="west,south,east,north in degrees")]


@get("/v1/feed/events", opt=through(Door.READ), responses=REFUSALS, media_type=MEDIA)
async def feed_events(
    request: ApiRequest, epoch: Text = "", since: Text = "", view: View = "", rate_hz: Text = "1"
) -> Response[FeedMessage]:
    """Stream the live feed as events, from ``Last-Event-ID`` on, else from ``epoch`` and ``since``, else from now."""
    runtime = runtime_of(request)
    look = _look(view, rate_hz)
    last = header(request, b"last-event-id")
    if last:
        epoch, _, since = last.rpartition(":")
    start = read_number(since) if since else None
    reader = await let_in(request, runtime, Tongue.of_events(header(request, WIRE_HEADER.lower().encode())))
    if start is not None:
        await hub_reaches(runtime, start)
    return _Events(_Stream(runtime, reader, epoch, start, look))


def _look(view: str, rate_hz: str) -> Look:
    """Return what a query asks to see of the telemetry. Raises ``Fault('look_bad')``."""
    try:
        sides = [float(side) for side in view.split(",")] if view else []
        box = None if not sides else msgspec.convert(dict(zip(ViewBox.__struct_fields__, sides, strict=True)), ViewBox)
        return msgspec.convert({"type": "look", "view": box, "rate_hz": int(rate_hz)}, Look)
    except (ValueError, OverflowError):
        raise invalid("look_bad") from None


class _Events(Response[Any]):
    """A stream as the framework wants it."""

    def __init__(self, stream: "_Stream") -> None:
        super().__init__(None, status_code=200)
        self._stream = stream

    def to_asgi_response(self, *_: Any, **__: Any) -> "_Stream":  # type: ignore[override] # an ASGI app, as it must be
        """Return what sends."""
        return self._stream


class _Stream:
    """One open stream of events."""

    def __init__(self, runtime: Runtime, reader: Reader, epoch: str, since: Seq | None, look: Look) -> None:
        self._runtime = runtime
        self._reader = reader
        self._epoch = epoch
        self._since = since
        self._look = look
        self._send: Any = None

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Stream until the reader leaves or has to end."""
        self._send = send
        leaving = asyncio.ensure_future(_until_gone(receive))
        serving = asyncio.ensure_future(self._serve())
        reader = self._reader
        try:
            parts: set[asyncio.Future[Any]] = {leaving, serving, reader.ended}
            await asyncio.wait(parts, return_when=asyncio.FIRST_COMPLETED)
            if reader.ended.done() and not leaving.done():
                await self._say_bye(serving, reader.ended.result())
        finally:
            for task in (leaving, serving):
                task.cancel()
            done = await asyncio.gather(leaving, serving, return_exceptions=True)
            self._runtime.hub.leave(reader)
        if isinstance(done[1], Exception) and not isinstance(done[1], OSError | TimeoutError):
            raise done[1]

    async def _serve(self) -> None:
        runtime, reader = self._runtime, self._reader
        await self._send({"type": "http.response.start", "status": 200, "headers": _HEADERS})
        await self._put(b"retry: 1000\n\n" + hello(runtime, reader.tongue))
        reason = "" if self._since is None else await catch_up(runtime, reader, self._put, self._epoch, self._since)
        if reason == "slow_reader":
            reader.end(reason)
            return
        if reason is not None:
            if reason:
                await self._put(reader.tongue.say(Resync(reason)))
            head = runtime.join(reader)
            await self._put(reader.tongue.say(KeepAlive(head, runtime.timekeeper.now()), runtime.epoch))
        runtime.hub.watch(reader, self._look)
        await reader.pump(self._put, direct=False)

    async def _put(self, data: bytes) -> None:
        await self._send({"type": "http.response.body", "body": data, "more_body": True})

    async def _say_bye(self, serving: "asyncio.Future[None]", reason: str) -> None:
        """Say why, end the answer, and cut a connection that takes neither."""
        serving.cancel()
        retry_s = RETRY_AFTER_S.get(reason, 1.0)
        bye = f"retry: {int(retry_s * 1000)}\n".encode() + self._reader.tongue.say(Bye(reason, retry_s))
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(2.0):
                await asyncio.gather(serving, return_exceptions=True)
                if reason == "rights_changed":
                    await self._put(self._reader.tongue.say(Resync(reason)))
                await self._put(bye)
                await self._send({"type": "http.response.body", "body": b"", "more_body": False})
                while self._reader.waiting:  # noqa: ASYNC110 - a transport tells nobody that it is empty
                    await asyncio.sleep(0.05)
                return
        if self._reader.outlet is not None:
            self._reader.outlet.abort()


async def _until_gone(receive: Any) -> None:
    """Wait until the other end has left."""
    while (await receive())["type"] != "http.disconnect":
        pass


HANDLERS = (feed_events,)
