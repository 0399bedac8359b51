"""The live feed over WebSocket: Hello, then everything after the number asked for, in order, until it ends."""

import asyncio
import contextlib
import time
from functools import partial
from typing import Any

import msgspec
from litestar import WebSocket, websocket
from litestar.exceptions import WebSocketDisconnect
from sqlalchemy import Connection

from domain.change import MAX_SEQ, Subject
from domain.faults import Fault, FaultKind, invalid
from domain.ids import CaseNo
from domain.wire import WIRE_HEADER, FaultBody
from service.access import Door, Sight, admit
from service.http.codec import JSON, STATUS, header, runtime_of
from service.http.guard import check_wire, identify
from service.hub import Reader, frames, hello, resync
from service.runtime import Runtime
from service.store import reads
from service.write.work import Recorded

MOST_MISSED = 20_000
"""Changes a reader may have missed and still resume; beyond that a snapshot is quicker."""
MOST_A_READ = 2_000
CLOSE_WITHIN_S = 2.0
HUB_WITHIN_S = 3.0
LINGER_S = 0.05
"""The server takes a refused handshake as ended only once the connection is gone; until then we stay."""
TRY_AGAIN = 1013
GOING_AWAY = 1001


@websocket("/v1/feed")
async def feed(socket: WebSocket[Any, Any, Any]) -> None:
    """Serve one reader until it leaves or has to end."""
    try:
        reader, since = await _let_in(socket)
    except Fault as fault:
        await _refuse(socket, fault)
        return
    runtime = runtime_of(socket)
    await _hub_reaches(runtime, since)
    head = runtime.hub.join(reader)
    if head is None:
        await _refuse(socket, Fault(FaultKind.UNAVAILABLE, "too_many_feeds"))
        return
    try:
        await socket.accept()
        await socket.send_bytes(hello(runtime.epoch, head, runtime.timekeeper.clock))
        epoch = socket.query_params.get("epoch", "")
        reason = await _catch_up(socket, runtime, reader.sight, epoch, since, head)
        if reason is None:
            reason = await _serve(socket, reader)
        await _close(socket, reason)
    except (WebSocketDisconnect, OSError):
        return
    finally:
        runtime.hub.leave(reader)


async def _let_in(socket: WebSocket[Any, Any, Any]) -> tuple[Reader, int]:
    check_wire(header(socket, WIRE_HEADER.lower().encode()))
    runtime = runtime_of(socket)
    asker = await identify(socket)
    admit(asker, Door.READ)
    since = str(socket.query_params.get("since", "0"))
    if not since.isdecimal() or not since.isascii() or len(since) > 16 or int(since) > MAX_SEQ:
        raise invalid("since_bad")
    holder = await runtime.holder(header(socket, b"authorization"))
    return Reader(runtime.sight(asker), holder.token, holder.expires_at), int(since)


async def _hub_reaches(runtime: Runtime, since: int) -> None:
    """Wait until the hub has heard of change ``since``, if the store has it.

    A snapshot is read from the store and may be a moment ahead of the hub, above all when another program wrote.
    """
    deadline = time.monotonic() + HUB_WITHIN_S
    while runtime.hub.head < since and time.monotonic() < deadline:
        if since > (await runtime.read(reads.head)).seq:
            return
        await asyncio.sleep(0.02)


async def _catch_up(
    socket: WebSocket[Any, Any, Any], runtime: Runtime, sight: Sight, epoch: str, since: int, head: int
) -> str | None:
    """Send what the reader missed up to ``head``; returns why it cannot be resumed, None where it was."""
    reason = None
    if epoch != runtime.epoch or since > head:
        reason = "other_epoch"
    elif head - since > MOST_MISSED:
        reason = "too_far_behind"
    if reason is not None:
        await socket.send_bytes(resync(reason))
        return reason
    while since < head:
        missed = await runtime.read(partial(_missed, sight=sight, since=since, until=head))
        if not missed:
            await socket.send_bytes(resync("other_epoch"))
            return "other_epoch"
        for frame in await runtime.compute(partial(frames, missed, sight)):
            await socket.send_bytes(frame)
        since = missed[-1].change.seq
    return None


def _missed(connection: Connection, sight: Sight, since: int, until: int) -> list[Recorded]:
    """Return changes of the log as they were published; who may see one is judged by the case as it is now."""
    changes = reads.changes_after(connection, since, min(MOST_A_READ, until - since))
    if sight.whole:
        return [Recorded(change) for change in changes]
    numbers = {CaseNo(c.subject_id) for c in changes if c.subject is Subject.CASE}
    cases = {case.case_no: case for case in reads.cases_in(connection, numbers)}
    return [Recorded(change, cases.get(CaseNo(change.subject_id))) for change in changes]


async def _serve(socket: WebSocket[Any, Any, Any], reader: Reader) -> str:
    """Send what is published and hear the reader leave; returns why the feed ends."""
    pump = asyncio.create_task(_pump(socket, reader), name="feed-pump")
    listen = asyncio.create_task(_listen(socket), name="feed-listen")
    try:
        parts: set[asyncio.Future[Any]] = {pump, listen, reader.ended}
        done, _ = await asyncio.wait(parts, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in (pump, listen):
            task.cancel()
        await asyncio.gather(pump, listen, return_exceptions=True)
    if reader.ended in done:
        return reader.ended.result()
    raise WebSocketDisconnect(detail="gone", code=1000)


async def _pump(socket: WebSocket[Any, Any, Any], reader: Reader) -> None:
    while True:
        await socket.send_bytes(await reader.next())


async def _listen(socket: WebSocket[Any, Any, Any]) -> None:
    """Wait for the reader to leave; whatever it says is not listened to."""
    while True:
        message = await socket.receive()
        if message["type"] == "websocket.disconnect":
            return


async def _close(socket: WebSocket[Any, Any, Any], reason: str) -> None:
    code = GOING_AWAY if reason == "stopping" else TRY_AGAIN
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(CLOSE_WITHIN_S):
            await socket.close(code=code, reason=reason)


async def _refuse(socket: WebSocket[Any, Any, Any], fault: Fault) -> None:
    """Refuse the handshake with the same answer an HTTP request would get."""
    body = msgspec.json.encode(FaultBody(fault.key, fault.params))
    send: Any = socket.send
    headers = [(b"content-type", JSON.encode()), (b"content-length", str(len(body)).encode())]
    await send({"type": "websocket.http.response.start", "status": STATUS[fault.kind], "headers": headers})
    await send({"type": "websocket.http.response.body", "body": body, "more_body": False})
    await asyncio.sleep(LINGER_S)


HANDLERS = (feed,)
