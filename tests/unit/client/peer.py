"""A peer with a script, for what a sound service never does: holes, garbage, silence, refusals, cuts.

A real HTTP and WebSocket server on a real socket; only what it says is written down by the test.
"""

import asyncio
import socket
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs

import msgspec
import uvicorn

from domain.case import Rules
from domain.change import Change, Subject
from domain.clock import Limit, LimitUnit, ServiceClock, WorkCalendar
from domain.ids import AccountId, CaseNo
from domain.people import Role
from domain.states import CaseState
from domain.wire import Geometry, Me, Snapshot, TownInfo
from domain.wire_feed import Hello

T0 = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)

Send = Callable[[dict[str, Any]], Awaitable[None]]
Receive = Callable[[], Awaitable[dict[str, Any]]]
Say = Callable[[Any], Awaitable[None]]
Speech = Callable[[Say, int], Coroutine[Any, Any, None]]
Answer = tuple[int, bytes, str]

MSGPACK_CUT = "application/msgpack; cut"

CLOCK = ServiceClock(real_origin=T0, service_origin=T0)
TOWN = TownInfo(
    division="330699103",  # type: ignore[arg-type]
    name_zh="清溪镇",
    name_en="Qingxi",
    synthetic=True,
    calendar=WorkCalendar(),
    rules=Rules(stage={CaseState.REPORTED: Limit(15, LimitUnit.MINUTE)}),
    kinds=(),
    conditions=(),
)
ME = Me(account=AccountId("ann"), name="Ann", roles=frozenset({Role.ACCEPTOR}))


def snapshot(
    head: int = 0, epoch: str = "e1", cases: tuple[Any, ...] = (), geometry: str = "g1", **more: Any
) -> Snapshot:
    return Snapshot(
        epoch=epoch,
        head=head,
        clock=CLOCK,
        me=ME,
        town=TOWN,
        units=(),
        staff=(),
        vehicles=(),
        cases=cases,
        positions=(),
        geometry=geometry,
        **more,
    )


def reported(seq: int, case_no: str) -> Change:
    """The first change of a case."""
    return Change(
        seq=seq,
        subject=Subject.CASE,
        subject_id=case_no,
        action="report",
        actor=AccountId("gate"),
        recorded_at=T0 + timedelta(seconds=seq),
        version=1,
        state=CaseState.REPORTED,
        data={
            "channel": "public",
            "kind": "0101",
            "title": f"case {case_no}",
            "placement": "no_place",
            "report": {"report_id": f"r-{case_no}", "text": "text"},
        },
    )


def noted(seq: int, case_no: str, version: int, action: str = "note") -> Change:
    """A further change of a case."""
    return Change(
        seq=seq,
        subject=Subject.CASE,
        subject_id=case_no,
        action=action,
        actor=AccountId("ann"),
        recorded_at=T0 + timedelta(seconds=seq),
        version=version,
        state=CaseState.PENDING_FILE if action == "accept" else CaseState.REPORTED,
        data={"text": "seen"},
    )


class Peer:
    """What the peer answers: ``answers[path]`` is used up from the front, the last stays; ``speech`` is the feed"""

    def __init__(self) -> None:
        self.url = ""
        self.answers: dict[str, list[Answer]] = {}
        self.seen: Counter[str] = Counter()
        self.keys: list[str] = []
        self.tokens: list[str] = []
        self.resumed: list[tuple[str, int]] = []
        self.speech: Speech | None = None
        self.refuse_feed: Answer | None = None

    def say(self, path: str, value: Any, status: int = 200) -> None:
        """Answer ``path`` with a value as MessagePack, after the answers already set."""
        answer = (status, msgspec.msgpack.encode(value), "application/msgpack")
        self.answers.setdefault(path, []).append(answer)

    def show(self, shown: Snapshot) -> None:
        """Answer with this snapshot from now on."""
        self.answers.pop("/v1/snapshot", None)
        self.answers.pop("/v1/geometry", None)
        self.say("/v1/snapshot", shown)
        self.say("/v1/geometry", Geometry(tag=shown.geometry, divisions=(), grids=(), base=()))

    async def app(self, scope: dict[str, Any], receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            await self._http(scope, receive, send)
        elif scope["type"] == "websocket":
            await self._feed(scope, receive, send)

    async def _http(self, scope: dict[str, Any], receive: Receive, send: Send) -> None:
        headers = {k.decode().lower(): v.decode() for k, v in scope["headers"]}
        self.seen[scope["path"]] += 1
        if "idempotency-key" in headers:
            self.keys.append(headers["idempotency-key"])
        self.tokens.append(headers.get("authorization", ""))
        while (await receive()).get("more_body"):
            pass
        waiting = self.answers.get(scope["path"], [(404, b"", "")])
        status, body, kind = waiting.pop(0) if len(waiting) > 1 else waiting[0]
        if status == 0:  # a reply that breaks off
            status, body, kind = 200, b"", MSGPACK_CUT
        start = [
            (b"content-type", kind.encode()),
            (b"content-length", str(len(body) + 100 * (kind == MSGPACK_CUT)).encode()),
        ]
        await send({"type": "http.response.start", "status": status, "headers": start})
        if kind != MSGPACK_CUT:
            await send({"type": "http.response.body", "body": body})

    async def _feed(self, scope: dict[str, Any], receive: Receive, send: Send) -> None:
        query = parse_qs(scope["query_string"].decode())
        self.resumed.append((query["epoch"][0], int(query["since"][0])))
        await receive()
        if self.refuse_feed is not None:
            status, body, kind = self.refuse_feed
            start = [(b"content-type", kind.encode()), (b"content-length", str(len(body)).encode())]
            await send({"type": "websocket.http.response.start", "status": status, "headers": start})
            await send({"type": "websocket.http.response.body", "body": body})
            return
        await send({"type": "websocket.accept"})

        async def say(value: Any) -> None:
            frame = value if isinstance(value, bytes) else msgspec.msgpack.encode(value)
            await send({"type": "websocket.send", "bytes": frame})

        if self.speech is not None and await self._speak(self.speech(say, self.resumed[-1][1]), receive):
            await send({"type": "websocket.close", "code": 1011})

    async def _speak(self, speech: Coroutine[Any, Any, None], receive: Receive) -> bool:
        """Speak until done or the other end has left; return whether it is still there."""
        speaking = asyncio.create_task(speech, name="speech")
        leaving = asyncio.ensure_future(receive())
        await asyncio.wait({speaking, leaving}, return_when=asyncio.FIRST_COMPLETED)
        there = not leaving.done()
        for task in (speaking, leaving):
            task.cancel()
        await asyncio.gather(speaking, leaving, return_exceptions=True)
        return there


@asynccontextmanager
async def running_peer() -> AsyncIterator[Peer]:
    """A peer on a free port of this machine."""
    peer = Peer()
    listener = socket.create_server(("127.0.0.1", 0))
    peer.url = f"http://127.0.0.1:{listener.getsockname()[1]}"
    config = uvicorn.Config(peer.app, log_config=None, lifespan="off", interface="asgi3", timeout_graceful_shutdown=1)
    server = uvicorn.Server(config)
    task = asyncio.create_task(server._serve([listener]), name="peer")
    while not server.started:  # noqa: ASYNC110 - uvicorn offers nothing to wait on
        await asyncio.sleep(0.005)
    try:
        yield peer
    finally:
        server.should_exit = True
        server.force_exit = True
        await task
        listener.close()


async def hold(say: Say, since: int) -> None:
    """A feed that says hello and nothing more."""
    await say(Hello(epoch="e1", head=since, clock=CLOCK))
    await asyncio.sleep(3600)


def numbers(cases: dict[CaseNo, Any]) -> list[str]:
    return sorted(cases)
