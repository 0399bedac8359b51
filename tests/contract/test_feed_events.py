"""The feed as Server-Sent Events: the same rules, the same bounds, resumed by ``Last-Event-ID``."""

import json
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest
from served import ALL_ROOM, Served, send_report, serve_town
from towns import LI, MORNING

from domain.people import Role


@pytest.fixture
def own_service(tmp_path: Path) -> Iterator[Served]:
    """A service for one test alone; the store is no part of what is tested here."""
    with serve_town(tmp_path) as served:
        yield served


@dataclass
class Events:
    """An open stream, read as the standard says."""

    lines: Iterator[str]
    last_id: str = ""
    retry_ms: int = 0
    seen: list[tuple[str, Any]] = field(default_factory=list)

    def next(self) -> tuple[str, Any]:
        """Return the next event: its kind and its data. Raises StopIteration at the end."""
        kind, data = "", ""
        for line in self.lines:
            name, _, value = line.partition(": ")
            if not line and data:
                self.seen.append((kind, json.loads(data)))
                return self.seen[-1]
            kind = value if name == "event" else kind
            data = value if name == "data" else data
            self.last_id = value if name == "id" else self.last_id
            self.retry_ms = int(value) if name == "retry" else self.retry_ms
        raise StopIteration

    def until(self, kind: str, within_s: float = 8.0) -> Any:
        """Return the data of the next event of a kind."""
        deadline = time.monotonic() + within_s
        while time.monotonic() < deadline:
            found, data = self.next()
            if found == kind:
                return data
        raise AssertionError(f"no {kind}: {self.seen}")


@contextmanager
def events(served: Served, token: str, last_id: str = "", **query: str) -> Iterator[Events]:
    headers = {"Authorization": f"Bearer {token}"} | ({"Last-Event-ID": last_id} if last_id else {})
    with (
        httpx.Client(timeout=8, trust_env=False) as client,
        client.stream("GET", f"{served.url}/v1/feed/events", headers=headers, params=query) as answer,
    ):
        assert answer.status_code == 200
        assert answer.headers["content-type"] == "text/event-stream; charset=utf-8"
        yield Events(answer.iter_lines())


def forgotten(served: Served) -> None:
    """Wait until the service has no reader."""
    deadline = time.monotonic() + 5
    while served.runtime.hub.readers:
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_events_begin_now_and_are_resumed_by_the_last_id(own_service: Served) -> None:
    room = own_service.token("room", *ALL_ROOM)
    with own_service.client(room) as client, events(own_service, room) as first:
        assert first.until("hello")["epoch"] == own_service.runtime.epoch
        first.until("alive")
        assert first.retry_ms == 1000
        one = send_report(client).change
        assert [change["seq"] for change in first.until("changes")["changes"]] == [one.seq]
        assert first.last_id == f"{own_service.runtime.epoch}:{one.seq}"
        missed = [send_report(client).change.seq for _ in range(3)]
        with events(own_service, room, first.last_id) as again:
            assert [change["seq"] for change in again.until("changes")["changes"]] == missed


def test_what_cannot_be_resumed_is_told_and_goes_on_from_now(own_service: Served) -> None:
    room = own_service.token("room", *ALL_ROOM)
    with events(own_service, room, "another:4") as stream, own_service.client(room) as client:
        assert stream.until("resync") == {"type": "resync", "reason": "other_epoch"}
        head = stream.until("alive")["head"]
        assert stream.last_id == f"{own_service.runtime.epoch}:{head}"
        number = send_report(client).change.seq
        assert stream.until("changes")["changes"][0]["seq"] == number


def test_a_reader_sees_no_more_by_events_than_otherwise(own_service: Served) -> None:
    county = own_service.token("county", Role.COUNTY)
    gate = own_service.client(own_service.token("gate", Role.GATEWAY))
    with events(own_service, county, f"{own_service.runtime.epoch}:1") as stream:
        skipped = stream.until("skip")
        assert (skipped["first"], skipped["last"]) == (2, 3)
        fix = {"thing": LI, "lon": 120.8, "lat": 29.55, "fixed_at": MORNING.isoformat()}
        assert gate.post("/v1/positions", json={"positions": [fix]}).status_code == 204
        stream.until("alive")
        assert [data["fixes"] for kind, data in stream.seen if kind == "fixes"] == [[]]


def test_telemetry_by_view_and_rate(own_service: Served) -> None:
    room = own_service.token("room", *ALL_ROOM)
    gate = own_service.client(own_service.token("gate", Role.GATEWAY))
    with events(own_service, room, view="120,29,121,30", rate_hz="20") as stream:
        assert stream.until("fixes")["whole"] is True
        fix = {"thing": LI, "lon": 120.8, "lat": 29.55, "fixed_at": MORNING.isoformat()}
        assert gate.post("/v1/positions", json={"positions": [fix]}).status_code == 204
        at_ms = int(MORNING.timestamp() * 1000)
        assert stream.until("fixes")["fixes"] == [[LI, 120.8, 29.55, at_ms, None, None, None]]


def test_signing_out_says_bye(own_service: Served) -> None:
    own_service.account("chief", "a good password", *ALL_ROOM)
    body = {"user": "chief", "password": "a good password"}
    token = own_service.client().post("/v1/session", json=body).json()["token"]
    with events(own_service, token) as stream:
        stream.until("hello")
        assert own_service.client(token).delete("/v1/session").status_code == 204
        assert stream.until("bye")["reason"] == "signed_out"
        with pytest.raises(StopIteration):
            stream.next()
    forgotten(own_service)


@pytest.mark.parametrize(
    ("query", "last", "status", "key"),
    [
        ({"view": "1,2,3"}, "", 400, "look_bad"),
        ({"view": "9,0,1,1"}, "", 400, "look_bad"),
        ({"rate_hz": "51"}, "", 400, "look_bad"),
        ({"rate_hz": "x"}, "", 400, "look_bad"),
        ({"epoch": "e", "since": "-1"}, "", 400, "since_bad"),
        ({}, "nonsense", 400, "since_bad"),
        ({}, "e:99999999999999999999", 400, "since_bad"),
    ],
)
def test_a_bad_question_is_refused(
    own_service: Served, query: dict[str, str], last: str, status: int, key: str
) -> None:
    room = own_service.client(own_service.token("room", *ALL_ROOM), **({"Last-Event-ID": last} if last else {}))
    answer = room.get("/v1/feed/events", params=query)
    assert (answer.status_code, answer.json()["key"]) == (status, key)


def test_who_may_not_read_gets_no_stream(own_service: Served) -> None:
    importer = own_service.client(own_service.token("imp", Role.IMPORTER))
    assert importer.get("/v1/feed/events").status_code == 403
    assert own_service.client().get("/v1/feed/events").status_code == 401
    assert own_service.runtime.hub.readers == 0


def test_a_stalled_stream_is_dropped(own_service: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("service.feed.reader.STUCK_S", 1.0)
    room = own_service.token("room", *ALL_ROOM)
    host, port = own_service.url.removeprefix("http://").split(":")
    hub = own_service.runtime.hub
    with socket.socket() as line:
        line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 16 * 1024)
        line.connect((host, int(port)))
        line.sendall(f"GET /v1/feed/events HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {room}\r\n\r\n".encode())
        assert line.recv(15) == b"HTTP/1.1 200 OK"
        with own_service.client(room) as client:
            deadline = time.monotonic() + 30
            while not hub.readers:
                time.sleep(0.02)
            while hub.readers:
                assert time.monotonic() < deadline
                send_report(client, text="长" * 4000)
        assert own_service.client(room).get("/v1/health").json()["status"] == "ok"


def test_a_stream_that_is_left_is_forgotten(own_service: Served) -> None:
    room = own_service.token("room", *ALL_ROOM)
    with events(own_service, room) as stream:
        stream.until("alive")
        assert own_service.runtime.hub.readers == 1
    forgotten(own_service)
