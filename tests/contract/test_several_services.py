"""Two services on one PostgreSQL database: whoever asks either sees the same, at once, in order and without holes."""

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import pytest
from homes import on_postgres
from listening import Listener, last_of, listening, numbers
from log_checks import check_store
from postgres import Cluster
from served import ALL_ROOM, Served, command, key, send_report, serve_town

from domain.change import Change
from domain.people import Role
from domain.wire_feed import Fixes, Skip

FIX = {"thing": "s-li", "lon": 120.81, "lat": 29.56, "fixed_at": "2026-03-03T00:30:00Z"}
REPORT = {"channel": "hotline", "text": "路灯不亮", "kind": "01-02", "lon": 120.805, "lat": 29.555}
QUIETLY = pytest.mark.logs_expected(
    "service.relay.postgres", "service.write.transaction", "service.write.writer", "service.app", "service.http.faults"
)


@pytest.fixture
def pair(postgres_home: Path) -> Iterator[tuple[Served, Served]]:
    with serve_town(postgres_home) as one, serve_town(postgres_home) as other:
        until(lambda: one.runtime.relay.listening and other.runtime.relay.listening)
        yield one, other


def until(met: Callable[[], Any], within_s: float = 20.0) -> Any:
    deadline = time.monotonic() + within_s
    while not (found := met()):
        assert time.monotonic() < deadline, "it did not come about"
        threading.Event().wait(0.01)
    return found


def changes(got: list[Change | Skip]) -> list[Change]:
    return [entry for entry in got if isinstance(entry, Change)]


def test_both_feeds_are_the_log_whoever_wrote(pair: tuple[Served, Served]) -> None:
    one, other = pair
    token = one.token("room", *ALL_ROOM)
    rooms = [one.client(token), other.client(token)]
    start = one.head()
    until(lambda: one.runtime.hub.head == start and other.runtime.hub.head == start)
    with listening(one, token, start) as at_one, listening(other, token, start) as at_other:
        with ThreadPoolExecutor(4) as pool:
            made = list(pool.map(lambda n: send_report(rooms[n % 2], text=f"第{n}件").change.seq, range(60)))
        case = send_report(rooms[0]).case
        case = command(rooms[1], case, "accept").case
        last = command(rooms[0], case, "file", condition="c1").change.seq
        got = [feed.until(last) for feed in (at_one, at_other)]
    assert [numbers(entries) for entries in got] == [list(range(start + 1, last + 1))] * 2
    assert changes(got[0]) == changes(got[1])
    assert len(set(made)) == 60
    snapshots = [room.get("/v1/snapshot").json() for room in rooms]
    for same in ("epoch", "head", "cases", "geometry", "clock"):
        assert snapshots[0][same] == snapshots[1][same], same
    assert check_store(one.store) == one.head()


def test_a_change_is_told_and_not_found_by_looking(
    pair: tuple[Served, Served], monkeypatch: pytest.MonkeyPatch
) -> None:
    from service.write import writer

    monkeypatch.setattr(writer, "LOOK_EVERY_S", 3600)
    one, other = pair
    threading.Event().wait(0.6)
    seq = send_report(one.client(one.token("room", *ALL_ROOM))).change.seq
    until(lambda: other.runtime.hub.head >= seq)


@QUIETLY
def test_without_the_telling_it_is_found_by_looking(pair: tuple[Served, Served]) -> None:
    one, other = pair
    listener = other.runtime.relay._listener
    assert listener is not None
    listener.stop()
    seq = send_report(one.client(one.token("room", *ALL_ROOM))).change.seq
    until(lambda: other.runtime.hub.head >= seq, within_s=5)


def test_who_loses_a_case_by_the_other_service_hears_of_it(pair: tuple[Served, Served]) -> None:
    one, other = pair
    room = one.client(one.token("room", *ALL_ROOM))
    one.account("zhao", "a good password", Role.HANDLER, unit="u-sanitation", staff="s-zhao")  # type: ignore[arg-type]
    body = {"user": "zhao", "password": "a good password"}
    token = other.client().post("/v1/session", json=body).json()["token"]
    case = send_report(room).case
    for action, args in (("accept", {}), ("file", {"condition": "c1"}), ("dispatch", {"unit": "u-sanitation"})):
        case = command(room, case, action, **args).case
    until(lambda: other.runtime.hub.head == one.head())
    with listening(other, token, one.head()) as feed:
        case = command(other.client(token), case, "request_return", reason="not_our_duty").case
        case = command(room, case, "approve_return").case
        case = command(room, case, "dispatch", unit="u-repair").case
        case = command(room, case, "note", text="转办").case
        got = feed.until(one.head())
    assert [c.action for c in changes(got)] == ["request_return", "approve_return"]


def test_one_key_sent_to_both_at_once_is_done_once(pair: tuple[Served, Served]) -> None:
    one, other = pair
    token = one.token("room", *ALL_ROOM)
    rooms = [one.client(token), other.client(token)]
    before = one.head()
    with ThreadPoolExecutor(8) as pool:
        for _ in range(10):
            same = key()
            answers = list(
                pool.map(
                    lambda n, same=same: rooms[n % 2].post(  # type: ignore[misc]
                        "/v1/reports", json=REPORT, headers={"Idempotency-Key": same}
                    ),
                    range(8),
                )
            )
            assert {a.status_code for a in answers} == {201}
            assert len({a.json()["change"]["seq"] for a in answers}) == 1
    assert one.head() == before + 10


def test_positions_sent_to_either_are_shown_by_both(pair: tuple[Served, Served]) -> None:
    one, other = pair
    gate = one.token("gate", Role.GATEWAY, Role.READER)
    with listening(other, gate, other.runtime.hub.head) as feed:
        assert one.client(gate).post("/v1/positions", json={"positions": [FIX]}).status_code == 204
        assert moved(feed, "s-li") == 120.81
    later = {**FIX, "lon": 120.82, "fixed_at": "2026-03-03T00:30:05Z"}
    assert other.client(gate).post("/v1/positions", json={"positions": [later]}).status_code == 204

    def both() -> bool:
        found = [s.client(gate).get("/v1/snapshot").json()["positions"] for s in pair]
        return [[(p["thing"], p["lon"]) for p in shown] for shown in found] == [[("s-li", 120.82)]] * 2

    until(both)


def moved(feed: Listener, thing: str) -> float:
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        message = feed.next()
        for position in message.fixes if isinstance(message, Fixes) else ():
            if position.thing == thing:
                return float(position.lon)
    raise AssertionError("it did not move")


def test_a_service_that_begins_later_is_told_every_position(postgres_home: Path) -> None:
    with serve_town(postgres_home) as one:
        gate = one.token("gate", Role.GATEWAY, Role.READER)
        until(lambda: one.runtime.relay.listening)
        assert one.client(gate).post("/v1/positions", json={"positions": [FIX]}).status_code == 204
        with serve_town(postgres_home) as other:
            client = other.client(gate)
            until(lambda: [p["lon"] for p in client.get("/v1/snapshot").json()["positions"]] == [120.81])


def test_a_signed_out_token_ends_at_the_other_service_within_a_second(pair: tuple[Served, Served]) -> None:
    one, other = pair
    one.account("chief", "correct horse battery", *ALL_ROOM)
    body = {"user": "chief", "password": "correct horse battery"}
    token = one.client().post("/v1/session", json=body).json()["token"]
    until(lambda: other.runtime.hub.head == one.head())
    client = other.client(token)
    assert client.get("/v1/me").status_code == 200
    with listening(other, token, one.head()) as feed:
        feed.next()
        assert one.client(token).delete("/v1/session").status_code == 204
        began = time.monotonic()
        feed.rest()
        assert feed.ended is not None
        assert client.get("/v1/me").status_code == 401
        assert time.monotonic() - began < 1.0


@QUIETLY
def test_services_recover_by_themselves_when_the_server_comes_back(own_cluster: Cluster, tmp_path: Path) -> None:
    with on_postgres(tmp_path, own_cluster), serve_town(tmp_path) as one, serve_town(tmp_path) as other:
        token = one.token("room", *ALL_ROOM)
        rooms = [served.client(token) for served in (one, other)]
        first = send_report(rooms[0]).change.seq
        until(lambda: other.runtime.hub.head >= first)
        with listening(other, token, first) as feed:
            own_cluster.kill()
            refused = rooms[0].post("/v1/reports", json=REPORT, headers={"Idempotency-Key": key()})
            assert (refused.status_code, refused.json()["key"]) == (503, "store_unavailable")
            assert rooms[1].get("/v1/cases").status_code == 503
            for room in rooms:  # a pooled connection may give one more answer before it notices
                until(lambda room=room: room.get("/v1/ready").json().get("key") == "store_unavailable")  # type: ignore[misc]
            own_cluster.start()
            again = key()

            def send(room: httpx.Client) -> bool:
                answer = room.post("/v1/reports", json=REPORT, headers={"Idempotency-Key": again})
                return answer.status_code == 201

            until(lambda: send(rooms[0]))
            until(lambda: send(rooms[1]))
            for room in rooms:
                until(lambda room=room: room.get("/v1/ready").json() == {"status": "ready", "listening": True})  # type: ignore[misc]
            last = send_report(rooms[0]).change.seq
            got = feed.until(last)
        assert numbers(got) == list(range(first + 1, last + 1))
        assert last_of(got[-1]) == last
        assert [s.runtime.writer.trouble() for s in (one, other)] == [None, None]
        assert check_store(one.store) == last


@QUIETLY
def test_who_cannot_listen_is_noticed_and_listens_again(pair: tuple[Served, Served], cluster: Cluster) -> None:
    one, other = pair
    with cluster.admin(one.store.url.database or "") as admin:
        admin.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE application_name = 'onemap listens' AND datname = current_database()"
        )
    seq = send_report(one.client(one.token("room", *ALL_ROOM))).change.seq
    until(lambda: other.runtime.hub.head >= seq)
    until(lambda: one.runtime.relay.listening and other.runtime.relay.listening)


def test_who_guesses_at_one_service_is_slowed_by_the_other(pair: tuple[Served, Served]) -> None:
    pair[0].account("chief", "correct horse battery", Role.ACCEPTOR)
    wrong = {"user": "chief", "password": "wrong password"}
    for n in range(5):
        assert pair[n % 2].client().post("/v1/session", json=wrong).status_code == 401
    for service in pair:
        answer = service.client().post("/v1/session", json=wrong | {"password": "correct horse battery"})
        assert (answer.status_code, answer.json()["key"]) == (429, "sign_in_throttled")
