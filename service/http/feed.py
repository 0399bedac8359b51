"""The live feed over WebSocket: Hello, then everything after the number asked for, in order, until it ends."""

import asyncio
import contextlib
from typing import Any

import msgspec
from litestar import WebSocket, websocket
from litestar.exceptions import WebSocketDisconnect

from domain.change import MAX_SEQ, Seq
from domain.faults import Fault, FaultKind, invalid
from domain.step import ROOM
from domain.wire import WIRE_HEADER, FaultBody
from domain.wire_feed import Bye, Hello, Look, Open, Resync, Said
from service.access import Door, admit
from service.feed.catching_up import catch_up, hub_reaches
from service.feed.presence import SINCE
from service.feed.reader import Reader
from service.feed.tongue import Tongue
from service.http.codec import JSON, STATUS, Scoped, header, runtime_of
from service.http.guard import check_wire, identify_in
from service.http.outlet import outlet_of
from service.runtime import Runtime

CLOSE_WITHIN_S = 2.0
LINGER_S = 0.05
"""The server takes a refused handshake as ended only once the connection is gone; until then we stay."""
LOOK_EVERY_S = 0.1
"""A reader is heard so often at most; what it says meanwhile waits with it."""
AT_ONCE_S = 0.03
"""A message that comes sooner than this after the pause was waiting already."""
MOST_BACKLOG = 10
"""Messages found waiting one after the other, after which what a reader says it has open is too old to be told."""
TRY_AGAIN = 1013
GOING_AWAY = 1001
RETRY_AFTER_S = {"slow_reader": 5.0, "too_many_feeds": 10.0, "stopping": 2.0}
"""How long a reader is asked to stay away, by the reason it was sent away for; 1 s for the rest."""

Socket = WebSocket[Any, Any, Any]


@websocket("/v1/feed")
async def feed(socket: Socket) -> None:
    """Serve one reader until it leaves or has to end."""
    runtime = runtime_of(socket)
    try:
        check_wire(header(socket, WIRE_HEADER.lower().encode()))
        since = read_number(socket.query_params.get("since", "0"))
        tongue = Tongue.of(header(socket, WIRE_HEADER.lower().encode()))
        reader = await let_in(socket, runtime, tongue)
        await hub_reaches(runtime, since)
    except Fault as fault:
        await _refuse(socket, fault)
        return
    try:
        await socket.accept()
        await socket.send_bytes(hello(runtime, tongue, hears_open=reader.in_room and tongue.wire >= SINCE))
        reason = await catch_up(runtime, reader, socket.send_bytes, socket.query_params.get("epoch", ""), since)
        if reason in ("other_epoch", "too_far_behind"):
            await socket.send_bytes(tongue.say(Resync(reason)))
        elif reason is None:
            reason = await _serve(socket, runtime, reader)
        await _close(socket, reader, reason)
    except (WebSocketDisconnect, OSError):
        return
    finally:
        runtime.hub.leave(reader)


def read_number(text: object) -> Seq:
    """Return the number a reader has. Raises ``Fault('since_bad')``."""
    given = str(text)
    if not given.isdecimal() or not given.isascii() or len(given) > 16 or int(given) > MAX_SEQ:
        raise invalid("since_bad")
    return int(given)


async def let_in(connection: Scoped, runtime: Runtime, tongue: Tongue) -> Reader:
    """Return the reader who opens a feed. Raises the ``Fault`` that keeps it out."""
    turn = runtime.holders.turn
    asker = await identify_in(connection, runtime)
    admit(asker, Door.READ)
    if runtime.hub.full:
        raise Fault(FaultKind.UNAVAILABLE, "too_many_feeds")
    holder = await runtime.holder(header(connection, b"authorization"))
    reader = Reader(runtime.sight(asker), holder.token, holder.expires_at, tongue, outlet_of(connection.scope))
    reader.account = asker.own.account
    reader.turn = turn
    reader.in_room = bool(asker.own.roles & ROOM)
    return reader


def hello(runtime: Runtime, tongue: Tongue, *, hears_open: bool = False) -> bytes:
    """Return the first message of a feed; ``hears_open`` where it is heard which case the reader has open."""
    offered = True if hears_open else msgspec.UNSET
    clock = runtime.timekeeper.clock
    return tongue.say(Hello(runtime.epoch, runtime.hub.head, clock, wire=tongue.wire, hears_open=offered))


async def _serve(socket: Socket, runtime: Runtime, reader: Reader) -> str:
    """Send what is published and hear the reader; returns why the feed ends."""
    runtime.hub.watch(reader, Look())
    pump = asyncio.create_task(reader.pump(socket.send_bytes, direct=True), name="feed-pump")
    listen = asyncio.create_task(_listen(socket, runtime, reader), name="feed-listen")
    try:
        parts: set[asyncio.Future[Any]] = {pump, listen, reader.ended}
        await asyncio.wait(parts, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in (pump, listen):
            task.cancel()
        await asyncio.gather(pump, listen, return_exceptions=True)
    if reader.ended.done():
        return reader.ended.result()
    raise WebSocketDisconnect(detail="gone", code=1000)


async def _listen(socket: Socket, runtime: Runtime, reader: Reader) -> None:
    """Hear what the reader looks at and has open until it leaves. What cannot be read ends the feed."""
    backlog, loop = 0, asyncio.get_running_loop()
    while True:
        asked = loop.time()
        message = await socket.receive()
        backlog = backlog + 1 if loop.time() - asked < AT_ONCE_S else 0
        if message["type"] == "websocket.disconnect":
            return
        if reader.tongue is Tongue.WIRE_1:
            continue
        try:
            said = _read_said(message)
        except (msgspec.MsgspecError, RecursionError, UnicodeDecodeError):
            reader.end("look_bad")
            return
        if isinstance(said, Open):
            await runtime.openings.hear(reader, said if backlog <= MOST_BACKLOG else Open())
        else:
            runtime.hub.watch(reader, said)
        await asyncio.sleep(LOOK_EVERY_S)


def _read_said(message: Any) -> Said:
    packed = message.get("bytes")
    decode: Any = msgspec.json.decode if packed is None else msgspec.msgpack.decode
    given = (message.get("text") or "") if packed is None else packed
    try:
        look: Look = decode(given, type=Look)  # first, for a look was always read without its type as well
    except msgspec.ValidationError:
        opened: Open = decode(given, type=Open)
        return opened
    return look


async def _close(socket: Socket, reader: Reader, reason: str) -> None:
    """Say why, close, and cut a connection that takes neither."""
    code = GOING_AWAY if reason == "stopping" else TRY_AGAIN
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(CLOSE_WITHIN_S):
            if reason == "rights_changed":
                await socket.send_bytes(reader.tongue.say(Resync(reason)))
            if reader.tongue is not Tongue.WIRE_1:
                await socket.send_bytes(reader.tongue.say(Bye(reason, RETRY_AFTER_S.get(reason, 1.0))))
            await socket.close(code=code, reason=reason)
            while reader.waiting:  # noqa: ASYNC110 - a transport tells nobody that it is empty
                await asyncio.sleep(0.05)
            return
    if reader.outlet is not None:
        reader.outlet.abort()


async def _refuse(socket: Socket, fault: Fault) -> None:
    """Refuse the handshake with the same answer an HTTP request would get."""
    body = msgspec.json.encode(FaultBody(fault.key, fault.params))
    send: Any = socket.send
    headers = [(b"content-type", JSON.encode()), (b"content-length", str(len(body)).encode())]
    await send({"type": "websocket.http.response.start", "status": STATUS[fault.kind], "headers": headers})
    await send({"type": "websocket.http.response.body", "body": body, "more_body": False})
    await asyncio.sleep(LINGER_S)


HANDLERS = (feed,)
