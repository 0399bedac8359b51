"""The shortest way keeps what the web server keeps: order, connections, and answers to whoever still waits."""

import json
import socket
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import msgspec
import pytest
import served as serving
from served import ALL_ROOM, Served, key, serve_town

from domain.people import Role
from domain.wire import Outcome
from service.http.express import Express
from service.http.express_protocol import ExpressProtocol
from service.runtime import Runtime
from service.write import writer as writing
from service.write.transaction import Job
from service.write.work import Work

REPORT = {"channel": "hotline", "text": "路灯不亮", "kind": "01-02", "lon": 120.805, "lat": 29.555}
FIX = {"positions": [{"thing": "s-li", "lon": 120.8, "lat": 29.55, "fixed_at": "2026-03-03T00:30:00Z"}]}
_MAKE_APP = serving.make_app


class Counting(Express):
    """The application, counting what the protocol had taken in."""

    taken = 0

    def take(self, *given: Any) -> bool:
        taken = super().take(*given)
        type(self).taken += taken
        return taken


@pytest.fixture(autouse=True)
def counting(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    def make(runtime: Runtime) -> Express:
        return Counting(_MAKE_APP(runtime).ordinary, runtime)

    monkeypatch.setattr(serving, "make_app", make)
    Counting.taken = 0
    yield
    while _LINES:
        _LINES.pop().close()


class Town:
    """A service and a token for everything that is sent here."""

    def __init__(self, served: Served) -> None:
        self.served = served
        self.token = served.token("all", *ALL_ROOM, Role.GATEWAY)
        self.client = served.client(self.token)
        self.get_known(self.client)

    def get_known(self, client: httpx.Client) -> None:
        """Let the service hear of all accounts and tokens first, then look up this client's."""
        for _ in range(2000):
            if self.served.runtime.hub.head >= self.served.head():
                break
            threading.Event().wait(0.005)
        assert client.get("/v1/cases").status_code == 200

    def head(self, path: str, body: bytes, *more: str, method: str = "POST") -> bytes:
        lines = [f"{method} {path} HTTP/1.1", "Host: here", f"Authorization: Bearer {self.token}"]
        lines += [f"Content-Length: {len(body)}", *more]
        return ("\r\n".join(lines) + "\r\n\r\n").encode()

    def report(self, name: str, *more: str, text: str = "路灯不亮", path: str = "/v1/reports") -> bytes:
        body = json.dumps({**REPORT, "text": text}).encode()
        return self.head(path, body, f"Idempotency-Key: {name}", *more) + body

    def line(self) -> "Line":
        _LINES.append(Line(self.served.url))
        return _LINES[-1]

    def hold_writer(self) -> threading.Event:
        """Keep the writer from anything until the event is set."""
        gate, held = threading.Event(), threading.Event()

        def hold(_work: Work) -> None:
            held.set()
            gate.wait(20)

        self.served.loop.call_soon_threadsafe(self.served.runtime.begin, Job(hold, alone=True), _unheard)
        assert held.wait(10)
        return gate

    def wait_for(self, count: int) -> None:
        """Wait until that many jobs wait for the writer."""
        for _ in range(2000):
            if self.served.runtime.writer.waiting >= count:
                return
            threading.Event().wait(0.005)
        raise AssertionError("nothing came to the writer")


class Line:
    """A bare connection."""

    def __init__(self, url: str) -> None:
        parts = httpx.URL(url)
        self.sock = socket.create_connection((parts.host, int(parts.port or 80)), timeout=20)
        self.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._got = self.sock.makefile("rb")

    def send(self, data: bytes) -> None:
        self.sock.sendall(data)

    def answer(self) -> tuple[int, dict[str, str], bytes]:
        status = int(self._got.readline().split()[1])
        headers = {}
        while (line := self._got.readline()) not in (b"\r\n", b""):
            name, _, value = line.decode().partition(":")
            headers[name.lower()] = value.strip()
        return status, headers, self._got.read(int(headers.get("content-length", 0)))

    def ended(self) -> bool:
        return self._got.read(1) == b""

    def close(self) -> None:
        self._got.close()
        self.sock.close()


_LINES: list[Line] = []


@pytest.fixture
def town(tmp_path: Path) -> Iterator[Town]:
    with serve_town(tmp_path) as served:
        yield Town(served)


def _unheard(_answer: Any) -> None:
    """Nobody waits for this answer."""


def case_of(body: bytes) -> str:
    return msgspec.json.decode(body, type=Outcome).case.case_no


def test_pipelined_requests_are_answered_in_their_order_whichever_way_they_go(town: Town) -> None:
    fix = json.dumps(FIX).encode()
    asked = [
        town.report("pipelined-1"),
        town.head("/v1/cases", b"", method="GET"),
        town.head("/v1/positions", fix) + fix,
        town.report("pipelined-2"),
        town.report("pipelined-2", text="别的"),
        town.head("/v1/nowhere", b""),
        town.report("pipelined-1"),
    ]
    line = town.line()
    line.send(b"".join(asked))
    answers = [line.answer() for _ in asked]
    assert [status for status, _, _ in answers] == [201, 200, 204, 201, 422, 404, 201]
    assert case_of(answers[0][2]) == case_of(answers[6][2]) != case_of(answers[3][2])
    assert Counting.taken >= 1


def test_a_client_that_sends_far_ahead_is_answered_to_its_last_request(town: Town) -> None:
    line = town.line()
    sending = threading.Thread(target=line.send, args=(b"".join(town.report(f"ahead-{n:04d}") for n in range(400)),))
    sending.start()
    numbers = [case_of(line.answer()[2]) for _ in range(400)]
    sending.join(20)
    assert len(set(numbers)) == 400
    assert numbers == sorted(numbers)


def test_a_connection_stays_and_takes_one_request_after_the_other(town: Town) -> None:
    line = town.line()
    for n in range(5):
        line.send(town.report(f"one-by-one-{n}"))
        status, headers, _ = line.answer()
        assert (status, "connection" in headers) == (201, False)
    assert Counting.taken == 5
    line.send(town.report("and-the-last", "Connection: close"))
    status, headers, _ = line.answer()
    assert (status, headers["connection"]) == (201, "close")
    assert line.ended()


class Brief(ExpressProtocol):
    """A connection that is soon called silent."""

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self.timeout_keep_alive = 0.1  # type: ignore[assignment] # any number does


def test_a_silent_connection_is_ended_but_never_one_that_waits_for_its_answer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(serving, "ExpressProtocol", Brief)
    with serve_town(tmp_path) as served:
        town = Town(served)
        line = town.line()
        gate = town.hold_writer()
        line.send(town.report("slowly-answered"))
        town.wait_for(1)
        threading.Event().wait(0.5)
        gate.set()
        assert line.answer()[0] == 201
        assert line.ended()


def test_a_slow_body_is_waited_for(town: Town) -> None:
    line = town.line()
    whole = town.report("in-pieces")
    for at in range(0, len(whole), 40):
        line.send(whole[at : at + 40])
        assert town.client.get("/v1/cases").status_code == 200  # others are served meanwhile
    assert line.answer()[0] == 201
    assert Counting.taken == 1


@pytest.mark.parametrize("more", ["Expect: 100-continue", "Connection: close", "X-Twice: 1\r\nX-Twice: 2"])
def test_what_is_unusual_goes_the_ordinary_way(town: Town, more: str) -> None:
    line = town.line()
    line.send(town.report("unusual-1", more))
    status = line._got.readline()
    if status.startswith(b"HTTP/1.1 100"):
        line._got.readline()
        status = line._got.readline()
    assert status.split()[1] == b"201"
    assert Counting.taken == 0


def test_an_unknown_token_is_looked_up_and_the_request_done_all_the_same(town: Town) -> None:
    fresh = town.served.client(town.served.token("fresh", *ALL_ROOM))
    assert fresh.post("/v1/reports", json=REPORT, headers={"Idempotency-Key": key()}).status_code == 201
    assert Counting.taken == 0
    town.get_known(fresh)
    assert fresh.post("/v1/reports", json=REPORT, headers={"Idempotency-Key": key()}).status_code == 201
    assert Counting.taken == 1


def test_a_client_that_leaves_loses_no_report_and_harms_nobody(town: Town) -> None:
    leaving, half, staying = town.line(), town.line(), town.line()
    whole = town.report("left-while-it-waited")
    half.send(town.report("never-whole")[:-5])
    gate = town.hold_writer()
    leaving.send(whole)
    staying.send(town.report("who-stayed"))
    town.wait_for(2)
    leaving.close()
    half.close()
    assert town.client.get("/v1/cases").status_code == 200
    gate.set()
    assert staying.answer()[0] == 201
    staying.send(whole)
    status, _, body = staying.answer()
    assert status == 201
    staying.send(whole)
    assert case_of(staying.answer()[2]) == case_of(body)
    assert len(town.client.get("/v1/cases").json()["cases"]) == 2


def test_a_client_that_leaves_in_the_midst_of_an_unusual_request_is_no_failure_of_ours(town: Town) -> None:
    """That nothing is logged as one is seen to by ``no_unexpected_log``."""
    half = town.line()
    half.send(town.report("left-half-way", "X-Twice: 1\r\nX-Twice: 2")[:-5])
    threading.Event().wait(0.1)  # it is being read
    half.close()
    threading.Event().wait(0.1)
    assert town.client.get("/v1/cases").json()["cases"] == []


def test_who_waits_when_the_service_is_stopped_is_answered(tmp_path: Path) -> None:
    with serve_town(tmp_path) as served:
        town = Town(served)
        waiting, half, idle = town.line(), town.line(), town.line()
        whole = town.report("half-when-it-stopped")
        half.send(whole[:-5])
        idle.send(town.report("long-before"))
        assert idle.answer()[0] == 201

        gate = town.hold_writer()
        waiting.send(town.report("waiting-when-it-stopped"))
        town.wait_for(1)

        def go_on() -> None:
            assert idle.ended()  # that is the stopping having begun
            half.send(whole[-5:])
            gate.set()

        after = threading.Thread(target=go_on)
        after.start()
    after.join(20)
    assert idle.ended()
    for line in (waiting, half):
        status, headers, _ = line.answer()
        assert (status, headers["connection"]) == (201, "close")
        assert line.ended()


def test_a_full_queue_refuses_both_ways_alike(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    short, ordinary = town.line(), town.line()
    with monkeypatch.context() as patch:
        patch.setattr(writing, "MOST_WAITING", 0)
        short.send(town.report("too-many"))
        ordinary.send(town.report("too-many", path="/v1/reports?past=it"))
        refused, other = short.answer(), ordinary.answer()
    assert refused[0] == other[0] == 503
    assert json.loads(refused[2])["key"] == "too_busy"
    assert refused[2] == other[2]
    assert Counting.taken == 1
