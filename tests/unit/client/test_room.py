"""The room over a real socket: resume, resync, stale, offline, refusals, garbage."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import pytest

from client import line as line_module
from client.api import ServiceClient
from client.line import Line, LineReading, LineState
from client.picture import Delta
from client.room import Room
from domain.faults import Fault, FaultKind
from domain.fold import fold_all
from domain.ids import CaseNo
from domain.wire import FaultBody
from domain.wire_feed import Changes, Hello, KeepAlive, Resync
from tests.unit.client.peer import CLOCK, T0, Peer, Say, hold, noted, reported, running_peer, snapshot

pytestmark = pytest.mark.logs_expected("uvicorn")

LOG = [reported(1, "a"), reported(2, "b"), noted(3, "a", 2, "accept"), noted(4, "b", 2), noted(5, "a", 3)]


class Watched:
    """A running room and what it told."""

    def __init__(self, room: Room) -> None:
        self.room = room
        self.deltas: list[Delta] = []
        self.lines: list[LineReading] = []
        self.faults: list[Fault] = []
        room.on_delta(self.deltas.append)
        room.on_line(self.lines.append)
        room.on_fault(self.faults.append)

    async def until(self, holds: Callable[[], bool], within_s: float = 8.0) -> None:
        async with asyncio.timeout(within_s):
            while not holds():  # noqa: ASYNC110 - polled on purpose: the condition is free
                await asyncio.sleep(0.01)

    @property
    def head(self) -> int:
        return -1 if self.room.picture is None else self.room.picture.head


@asynccontextmanager
async def watched(peer: Peer) -> AsyncIterator[Watched]:
    async with ServiceClient(peer.url, "token-1") as client:
        seen = Watched(Room(client))
        task = asyncio.create_task(seen.room.run(), name="room")
        try:
            yield seen
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)


@pytest.fixture
async def peer() -> AsyncIterator[Peer]:
    async with running_peer() as running:
        running.show(snapshot(0))
        yield running


def full() -> dict[str, object]:
    return {n: fold_all(c for c in LOG if c.subject_id == n) for n in ("a", "b")}


async def test_a_line_cut_after_every_change_resumes_by_number(peer: Peer) -> None:
    async def one_each_time(say: Say, since: int) -> None:
        await say(Hello(epoch="e1", head=len(LOG), clock=CLOCK))
        if since < len(LOG):
            await say(Changes(changes=(LOG[since],)))
        else:
            await asyncio.sleep(3600)

    peer.speech = one_each_time
    async with watched(peer) as seen:
        await seen.until(lambda: seen.head == 5 and len(peer.resumed) == 6, 20)
        assert seen.room.picture is not None
        assert seen.room.picture.cases == full()
        assert [since for _, since in peer.resumed] == [0, 1, 2, 3, 4, 5]
        assert peer.seen["/v1/snapshot"] == 1
        assert LineState.OFFLINE in {reading.state for reading in seen.lines}


async def test_a_hole_brings_a_snapshot(peer: Peer) -> None:
    async def with_a_hole(say: Say, since: int) -> None:
        await say(Hello(epoch="e1", head=5, clock=CLOCK))
        if since == 0:
            peer.show(snapshot(5, cases=tuple(full().values())))
            await say(Changes(changes=(LOG[0], LOG[2])))
        await asyncio.sleep(3600)

    peer.speech = with_a_hole
    async with watched(peer) as seen:
        await seen.until(lambda: seen.head == 5)
        assert seen.room.picture is not None
        assert seen.room.picture.cases == full()
        assert peer.seen["/v1/snapshot"] == 2
        assert peer.seen["/v1/geometry"] == 1, "geometry of the same tag is not fetched again"


async def test_garbage_is_reported_and_the_lost_change_made_good(peer: Peer) -> None:
    async def garbled(say: Say, since: int) -> None:
        await say(Hello(epoch="e1", head=5, clock=CLOCK))
        if since == 0:
            peer.show(snapshot(5, cases=tuple(full().values())))
            await say(b"\xc1\xff not msgpack")
            await say(KeepAlive(head=5, at=T0))
            await say(KeepAlive(head=5, at=T0))
        await asyncio.sleep(3600)

    peer.speech = garbled
    async with watched(peer) as seen:
        await seen.until(lambda: seen.head == 5)
        await seen.until(lambda: bool(seen.faults))
        assert [f.key for f in seen.faults] == ["bad_feed_message"]


async def test_the_service_says_resync(peer: Peer) -> None:
    async def too_old(say: Say, since: int) -> None:
        if since == 0:
            peer.show(snapshot(3, epoch="e2", cases=()))
            await say(Resync(reason="too_old"))
        await hold(say, since)

    peer.speech = too_old
    async with watched(peer) as seen:
        await seen.until(lambda: seen.head == 3)


async def test_a_case_never_seen_is_fetched(peer: Peer) -> None:
    peer.show(snapshot(2))  # both cases left out, as ended ones are
    peer.say("/v1/cases/a", full()["a"])
    peer.say("/v1/cases/b", FaultBody("no_such_case"), status=404)

    async def onward(say: Say, since: int) -> None:
        await say(Hello(epoch="e1", head=5, clock=CLOCK))
        await say(Changes(changes=tuple(LOG[2:5])))
        await asyncio.sleep(3600)

    peer.speech = onward
    async with watched(peer) as seen:
        picture = lambda: seen.room.picture  # noqa: E731
        await seen.until(lambda: picture() is not None and CaseNo("a") in picture().cases and not picture().wanted)
        assert set(picture().cases) == {"a"}
        assert peer.seen["/v1/snapshot"] == 1


async def test_a_sign_in_that_ended_ends_the_run(peer: Peer) -> None:
    peer.answers["/v1/snapshot"] = []
    peer.say("/v1/snapshot", FaultBody("session_over"), status=401)
    async with ServiceClient(peer.url, "old") as client:
        with pytest.raises(Fault) as caught:
            await Room(client).run()
    assert (caught.value.kind, caught.value.key) == (FaultKind.UNAUTHENTICATED, "session_over")


async def test_a_feed_refused_for_the_sign_in_ends_the_run(peer: Peer) -> None:
    peer.refuse_feed = (401, b'{"key": "token_revoked", "params": {}}', "application/json")
    async with ServiceClient(peer.url, "old") as client:
        with pytest.raises(Fault) as caught:
            await Room(client).run()
    assert caught.value.key == "token_revoked"


async def test_nobody_there_is_offline_and_tried_again() -> None:
    async with ServiceClient("http://127.0.0.1:9", "t") as client:
        seen = Watched(Room(client))
        task = asyncio.create_task(seen.room.run())
        await seen.until(lambda: seen.room.line().state is LineState.OFFLINE)
        assert seen.room.line().fault == "line_down"
        await seen.until(lambda: seen.room.line().attempt >= 2, 15)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        with pytest.raises(Fault, match="no_picture"):
            seen.room.service_now()


async def test_silence_turns_live_to_stale_then_the_line_is_made_anew(
    peer: Peer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(line_module, "STALE_AFTER_S", 0.3)
    monkeypatch.setattr("client.room.DEAD_AFTER_S", 1.2)
    peer.speech = hold
    async with watched(peer) as seen:
        await seen.until(lambda: len(peer.resumed) >= 2)
        states = [reading.state for reading in seen.lines]
        assert states[:3] == [LineState.LIVE, LineState.STALE, LineState.OFFLINE]
        stale = next(r for r in seen.lines if r.state is LineState.STALE)
        assert stale.heard_age_s is not None
        assert stale.heard_age_s > 0.3


async def test_the_clock_runs_as_the_service_says(peer: Peer) -> None:
    async def alive(say: Say, since: int) -> None:
        await say(Hello(epoch="e1", head=0, clock=CLOCK))
        for _ in range(200):
            await say(KeepAlive(head=0, at=T0))
            await asyncio.sleep(0.05)

    peer.speech = alive
    async with watched(peer) as seen:
        await seen.until(lambda: seen.room.line().state is LineState.LIVE and seen.room.client.time.known)
        await asyncio.sleep(0.1)
        assert abs((seen.room.service_now() - T0).total_seconds()) < 1.0
        skew = seen.room.line().skew_s
        assert skew is not None
        assert abs(skew) > 3600, "the peer lives in March 2026, this machine does not"


async def test_a_listener_that_raises_harms_no_other(peer: Peer) -> None:
    peer.speech = hold
    errors: list[object] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: errors.append(context["exception"]))

    def broken(_: object) -> None:
        raise RuntimeError("a panel's mistake")

    async with ServiceClient(peer.url, "t") as client:
        room = Room(client)
        room.on_delta(broken)
        seen = Watched(room)
        task = asyncio.create_task(room.run())
        await seen.until(lambda: bool(seen.deltas) and seen.room.line().state is LineState.LIVE)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
    assert [type(e) for e in errors] == [RuntimeError]


def test_a_line_tells_its_ages() -> None:
    line = Line(100.0)
    assert line.reading(103.0, None).heard_age_s is None
    assert line.heard(104.0)
    assert not line.heard(105.0)
    assert not line.check(110.0)
    assert line.check(112.0)
    reading = line.reading(115.0, 0.5)
    assert (reading.state, reading.state_age_s, reading.heard_age_s) == (LineState.STALE, 3.0, 10.0)
    assert line.lost(116.0, "line_down")
    assert not line.lost(117.0, "line_down")
    assert not line.connecting(118.0), "offline until the service speaks"
    assert line.heard(119.0)
    assert line.reading(119.0, None).fault is None
