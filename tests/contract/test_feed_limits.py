"""What the feed bounds: how old a number may be, how far a reader may fall behind, what is sent of the telemetry."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest
from listening import Listener, listening, numbers
from served import ALL_ROOM, Served, send_report, serve_town
from towns import LI, MORNING, VAN, WANG, ZHAO

from benchmarks.proxy import running_proxy
from client.picture import Picture
from domain.ids import ThingId
from domain.people import Role
from domain.places import Position
from domain.wire import Snapshot
from domain.wire_feed import Bye, Changes, Fixes, Hello, KeepAlive, Look, Resync, ViewBox

SMALL = 16 * 1024


@pytest.fixture
def own_service(tmp_path: Path) -> Iterator[Served]:
    """A service for one test alone; the store is no part of what is tested here."""
    with serve_town(tmp_path) as served:
        yield served


@contextmanager
def stalled(served: Served, token: str) -> Iterator[socket.socket]:
    """Open a feed on a real socket with little room and read no more than the handshake."""
    host, port = served.url.removeprefix("http://").split(":")
    with socket.socket() as line:
        line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, SMALL)
        line.connect((host, int(port)))
        line.settimeout(10)
        line.sendall(
            f"GET /v1/feed?epoch={served.runtime.epoch}&since={served.head()} HTTP/1.1\r\nHost: x\r\n"
            "Upgrade: websocket\r\nConnection: Upgrade\r\n"
            f"Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Version: 13\r\n"
            f"Authorization: Bearer {token}\r\n\r\n".encode()
        )
        assert line.recv(16).startswith(b"HTTP/1.1 101")
        yield line


def on_loop(served: Served, act: Any) -> Any:
    """Run something on the service's loop and return what it returns."""
    import asyncio

    async def run() -> Any:
        return act()

    return asyncio.run_coroutine_threadsafe(run(), served.loop).result(10)


def until(holds: Any, within_s: float = 15.0) -> None:
    deadline = time.monotonic() + within_s
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def flood(served: Served, second: int, things: int) -> None:
    """Let many things move, as though they were on shift."""
    at = MORNING + timedelta(seconds=second)
    fixes = [Position(ThingId(f"thing-{n:06d}"), 120.8, 29.55, at) for n in range(things)]
    on_loop(served, lambda: served.runtime.tracker.put(fixes))


def test_a_number_older_than_72_hours_of_recording_wants_a_snapshot(own_service: Served) -> None:
    room = own_service.token("room", *ALL_ROOM)
    with own_service.client(room) as client:
        send_report(client)
    keeper = own_service.runtime.timekeeper
    before = keeper.clock
    with listening(own_service, room, 1) as feed:
        assert isinstance(feed.next(), Hello)
        assert feed.until(own_service.head())
    keeper.clock = msgspec.structs.replace(
        before, service_origin=before.service_origin + timedelta(hours=72, minutes=1)
    )
    with listening(own_service, room, 1) as feed:
        feed.next()
        assert feed.next() == Resync("too_far_behind")
    with listening(own_service, room, own_service.head()) as feed:
        feed.next()
        assert isinstance(feed.next(), Fixes), "who has everything is resumed however long ago that was"


def test_a_hole_in_the_log_is_never_passed_over(own_service: Served) -> None:
    from sqlalchemy import text

    room = own_service.token("room", *ALL_ROOM)
    with own_service.client(room) as client:
        for _ in range(4):
            send_report(client)
    with own_service.store_beside().writing.begin() as connection:
        connection.execute(text("DROP TRIGGER IF EXISTS change_delete"))
        names = connection.execute(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).scalars().all()
        for name in names:
            connection.execute(text(f"DROP TRIGGER {name}"))
        connection.execute(text("DELETE FROM change WHERE seq = :seq"), {"seq": own_service.head() - 1})
    with listening(own_service, room, 1) as feed:
        assert feed.rest()[-2:] == [Resync("too_far_behind"), Bye("too_far_behind", 1.0)]


def test_many_changes_are_caught_up_in_frames_and_in_order(
    own_service: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("service.feed.catching_up.MOST_A_READ", 7)
    monkeypatch.setattr("service.feed.catching_up.NEAR", 3)
    monkeypatch.setattr("service.feed.tongue.MOST_CHANGES", 5)
    room = own_service.token("room", *ALL_ROOM)
    with own_service.client(room) as client:
        for _ in range(40):
            send_report(client)
    with listening(own_service, room, 1) as feed:
        feed.next()
        got = feed.until(own_service.head())
    assert numbers(got) == list(range(2, own_service.head() + 1))


def test_a_lost_change_is_noticed_within_five_seconds(own_service: Served) -> None:
    room = own_service.token("room", *ALL_ROOM)
    with running_proxy(own_service.url) as proxy, own_service.client(room) as client:
        shown = msgspec.json.decode(client.get("/v1/snapshot").content, type=Snapshot)
        picture = Picture(shown)
        through = Served(proxy.url, own_service.store, own_service.runtime, own_service.loop)
        with listening(through, room, shown.head) as feed:
            feed.next()
            while not isinstance(feed.next(), Fixes):
                pass
            proxy.drop_message(containing=b"changes")
            send_report(client)
            began = time.monotonic()
            while picture.apply(feed.next()).resync != "hole":
                assert time.monotonic() - began < 5
            assert picture.head == shown.head


def test_a_stalled_reader_is_coalesced_then_dropped_and_hurts_nobody(
    own_service: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("service.feed.reader.STUCK_S", 3.0)
    room = own_service.token("room", *ALL_ROOM)
    hub = own_service.runtime.hub
    with stalled(own_service, room), listening(own_service, room, own_service.head()) as well:
        until(lambda: hub.readers == 2)
        heard = _keep_reading(well)
        for second in range(40):
            flood(own_service, second, 5_000)
            time.sleep(0.06)
        waiting = on_loop(own_service, lambda: sorted(reader.waiting for reader in hub._readers))
        behind = on_loop(own_service, lambda: [len(r.behind) for r in hub._readers if r.behind])
        assert waiting[0] < 200_000, "who reads has nothing waiting"
        assert 1_000_000 < waiting[1] < 2_000_000, "telemetry is coalesced from 1 MiB on"
        assert behind == [5_000], "each thing once"
        until(lambda: hub.readers == 1)
        with own_service.client(room) as client:
            number = send_report(client).change.seq
        until(lambda: number in heard)


def _keep_reading(feed: Listener) -> set[int]:
    """Read a feed in a thread until it ends, as a console does; returns the numbers of the changes heard so far."""
    heard: set[int] = set()

    def read() -> None:
        while (message := feed.next(60)) is not None:
            if isinstance(message, Changes):
                heard.update(change.seq for change in message.changes)

    threading.Thread(target=read, daemon=True, name="a console").start()
    return heard


def test_what_waits_for_a_stalled_reader_of_the_log_is_bounded(own_service: Served) -> None:
    room = own_service.token("room", *ALL_ROOM)
    hub = own_service.runtime.hub
    with stalled(own_service, room):
        until(lambda: hub.readers == 1)
        from domain.change import Change, Subject
        from domain.ids import AccountId
        from service.write.work import Recorded

        head, most = hub.head, 0
        for n in range(400):
            change = Change(head + 1 + n, Subject.TOWN, "x", "y", AccountId("z"), MORNING, data={"text": "字" * 20_000})
            on_loop(own_service, lambda c=change: hub.publish([Recorded(c)]))  # type: ignore[misc]
            most = max(most, on_loop(own_service, lambda: hub.waiting))
            if not hub.readers:
                break
        assert most <= 4 * 1024 * 1024 + 200_000
        until(lambda: hub.readers == 0)


def test_a_slow_reader_that_comes_to_reads_why_and_when_to_come_back(own_service: Served) -> None:
    room = own_service.token("room", *ALL_ROOM)
    hub = own_service.runtime.hub
    with listening(own_service, room, own_service.head()) as feed:
        feed.next()
        until(lambda: hub.readers == 1)
        on_loop(own_service, lambda: [reader.end("slow_reader") for reader in hub._readers])
        assert feed.rest()[-1] == Bye("slow_reader", 5.0)
        assert feed.ended == (1013, "slow_reader")


def test_who_falls_behind_ends_with_the_latest_of_every_thing(own_service: Served) -> None:
    room = own_service.token("room", *ALL_ROOM)
    with running_proxy(own_service.url) as proxy:
        through = Served(proxy.url, own_service.store, own_service.runtime, own_service.loop)
        with listening(through, room, own_service.head()) as feed:
            feed.next()
            proxy.faults.stall_down = True
            for second in range(30):
                flood(own_service, second, 4_000)
                time.sleep(0.05)
            proxy.faults.stall_down = False
            held: dict[str, int] = {}
            last = int((MORNING + timedelta(seconds=29)).timestamp() * 1000)
            deadline = time.monotonic() + 15
            while len(held) < 4_000 or set(held.values()) != {last}:
                assert time.monotonic() < deadline
                message = feed.next()
                if isinstance(message, Fixes):
                    held |= {fix.thing: fix.at_ms for fix in message.fixes}


def post(served: Served, gate: str, second: int, **places: tuple[float, float]) -> None:
    names = {"li": LI, "wang": WANG, "zhao": ZHAO, "van": VAN}
    at = (MORNING + timedelta(seconds=second)).isoformat()
    fixes = [{"thing": names[n], "lon": lon, "lat": lat, "fixed_at": at} for n, (lon, lat) in places.items()]
    body = msgspec.msgpack.encode({"positions": fixes})
    answer = served.client(gate).post("/v1/positions", content=body, headers={"Content-Type": "application/msgpack"})
    assert answer.status_code == 204, answer.text


def take(feed: Listener, held: dict[str, tuple[float, float]], want: dict[str, tuple[float, float]]) -> None:
    """Read until what is held is what is wanted."""
    deadline = time.monotonic() + 8
    while held != want:
        assert time.monotonic() < deadline, (held, want)
        message = feed.next()
        if isinstance(message, Fixes):
            if message.whole:
                held.clear()
            held.update({fix.thing: (fix.lon, fix.lat) for fix in message.fixes})
            for thing in message.gone:
                held.pop(thing, None)


def test_a_reader_gets_what_its_view_shows_and_hears_of_what_leaves_it(own_service: Served) -> None:
    room, gate = own_service.token("room", *ALL_ROOM), own_service.token("gate", Role.GATEWAY)
    here, there = (120.805, 29.555), (121.9, 30.9)
    post(own_service, gate, 1, li=here, wang=there)
    with listening(own_service, room, own_service.head()) as feed:
        feed.next()
        held: dict[str, tuple[float, float]] = {}
        take(feed, held, {LI: here, WANG: there})
        feed.socket.send(msgspec.msgpack.encode(Look(ViewBox(120.80, 29.55, 120.82, 29.57), 20)))
        take(feed, held, {LI: here})
        post(own_service, gate, 2, wang=here, van=there)
        take(feed, held, {LI: here, WANG: here})
        post(own_service, gate, 3, li=there)
        take(feed, held, {WANG: here})
        margin = (120.823, 29.555)
        post(own_service, gate, 4, zhao=margin)
        take(feed, held, {WANG: here, ZHAO: margin})
        off = own_service.runtime.world
        on_loop(own_service, lambda: own_service.runtime.tracker.sweep(off, MORNING + timedelta(days=1)))
        take(feed, held, {})
        feed.socket.send(b'{"type":"look"}'.decode())
        post(own_service, gate, 5, van=there)
        take(feed, held, {VAN: there})


@pytest.mark.parametrize(
    "said",
    [
        b"\xc1",
        b"",
        msgspec.msgpack.encode({"type": "look", "rate_hz": 51}),
        msgspec.msgpack.encode({"type": "look", "rate_hz": 0}),
        msgspec.msgpack.encode({"type": "look", "view": {"west": 2.0, "south": 0.0, "east": 1.0, "north": 1.0}}),
        msgspec.msgpack.encode(
            {"type": "look", "view": {"west": float("nan"), "south": 0.0, "east": 1.0, "north": 1.0}}
        ),
        msgspec.msgpack.encode({"type": "look", "view": None, "more": 1}),
        '{"type":"look","view":{"west":-999,"south":0,"east":1,"north":1}}',
    ],
)
def test_what_is_no_look_ends_the_feed(own_service: Served, said: bytes | str) -> None:
    room = own_service.token("room", *ALL_ROOM)
    with listening(own_service, room, own_service.head()) as feed:
        feed.next()
        feed.socket.send(said)
        assert feed.rest()[-1] == Bye("look_bad", 1.0)
        assert own_service.client(room).get("/v1/health").json()["status"] == "ok"


def test_a_rate_is_kept_and_things_are_coalesced(own_service: Served) -> None:
    room, gate = own_service.token("room", *ALL_ROOM), own_service.token("gate", Role.GATEWAY)
    with (
        listening(own_service, room, own_service.head()) as slow,
        listening(own_service, room, own_service.head()) as fast,
    ):
        frames = {}
        for feed, hz in ((slow, 1), (fast, 50)):
            feed.next()
            feed.socket.send(msgspec.msgpack.encode(Look(None, hz)))
        time.sleep(0.3)
        for second in range(40):
            post(own_service, gate, second, li=(120.8 + second / 1e4, 29.5))
            time.sleep(0.03)
        for name, feed in (("slow", slow), ("fast", fast)):
            frames[name] = 0
            message = None
            while not (isinstance(message, Fixes) and message.fixes and message.fixes[0].lon == 120.8 + 39 / 1e4):
                message = feed.next()
                frames[name] += isinstance(message, Fixes)
        assert frames["slow"] <= 6
        assert frames["fast"] >= 20


def test_a_keepalive_comes_however_much_else_is_said(own_service: Served) -> None:
    room, gate = own_service.token("room", *ALL_ROOM), own_service.token("gate", Role.GATEWAY)
    with listening(own_service, room, own_service.head()) as feed:
        began, second = time.monotonic(), 0
        while not isinstance(feed.next(), KeepAlive):
            second += 1
            post(own_service, gate, second, li=(120.8, 29.5))
            assert time.monotonic() - began < 3.5
