"""The short way and the ordinary one: whatever is sent, the same bytes come back, and the same is done.

Each request goes twice to one running service: as it is, and marked, so that it is led past the short way.
"""

import importlib.util
import json
import socket
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import msgspec
import pytest
import served as serving
from served import ALL_ROOM, Served, key, serve_town
from stages import set_stage

from domain.people import Role
from domain.wire import Outcome
from service.http.codec import NAMED
from service.http.express import Express
from service.runtime import Runtime

PAST = "x-past-the-short-way"
REPORT = {"channel": "hotline", "text": "路灯不亮", "kind": "01-02", "lon": 120.805, "lat": 29.555}
FIX = {"thing": "s-li", "lon": 120.8, "lat": 29.55, "fixed_at": "2026-03-03T00:30:00Z"}


def _table() -> Any:
    """Return the module with the table of refusals; test folders are no packages."""
    path = Path(__file__).with_name("test_bad_requests.py")
    spec = importlib.util.spec_from_file_location("table_of_refusals", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


TABLE = _table()


class BothWays:
    """The application, and for a marked request the framework's alone; it counts what reached the framework."""

    def __init__(self, runtime: Runtime) -> None:
        self._whole = _MAKE_APP(runtime)
        self._ordinary = self._whole.ordinary
        self.seen = self.taken = 0
        self._whole.ordinary = self._count

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "http" and any(name == PAST.encode() for name, _ in scope["headers"]):
            await self._ordinary(scope, receive, send)
        else:
            await self._whole(scope, receive, send)

    def lane(self, path: str) -> Any:
        return self._whole.lane(path)

    def take(self, lane: Any, which: str, scope: Any, body: bytes, settle: Any) -> bool:
        """Take a request in as the protocol asks, unless it is marked."""
        if PAST.encode() in scope[NAMED]:
            return False
        self.taken += 1  # before its answer, upon which a test may look
        taken: bool = self._whole.take(lane, which, scope, body, settle)
        self.taken -= not taken
        return taken

    async def _count(self, scope: Any, receive: Any, send: Any) -> None:
        self.seen += scope["type"] == "http"
        await self._ordinary(scope, receive, send)


_MAKE_APP = serving.make_app
_MADE: list[BothWays] = []


def _make(runtime: Runtime) -> BothWays:
    _MADE.append(BothWays(runtime))
    return _MADE[-1]


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(serving, "make_app", _make)
        with serve_town(tmp_path_factory.mktemp("both")) as served:
            yield set_stage(served)


@pytest.fixture
def room(stage: Any) -> httpx.Client:
    client: httpx.Client = stage.clients["room"]
    return client


def both(stage: Any, bad: Any) -> tuple[httpx.Response, httpx.Response]:
    """Send a request of the table both ways."""
    past = {**vars(bad), "headers": {**bad.headers, PAST: "1"}}
    return TABLE._send(stage, bad), TABLE._send(stage, type(bad)(**past))


def alike(one: httpx.Response, other: httpx.Response) -> None:
    """Hold two answers to the same status, headers and bytes."""
    assert one.status_code == other.status_code
    assert one.content == other.content
    assert _headers(one) == _headers(other)


def _headers(response: httpx.Response) -> list[tuple[bytes, bytes]]:
    return [(name.lower(), value) for name, value in response.headers.raw if name.lower() != b"date"]


def test_the_short_way_is_that_of_the_hot_routes(stage: Any) -> None:
    app = _MADE[-1]._whole
    assert isinstance(app, Express)
    assert {app.way_of(path) for path in ("/v1/reports", "/v1/positions", "/v1/cases/x/commands")} == {True}
    others = ("/v1/session", "/v1/cases//commands", "/v1/cases/a/b/commands", "/v1/reports/", "/v1/cases/x/contact")
    assert {app.way_of(path) for path in others} == {False}


@pytest.mark.parametrize("bad", TABLE.BAD, ids=lambda bad: bad.name)
def test_a_refusal_is_the_same_both_ways(stage: Any, bad: Any) -> None:
    alike(*both(stage, bad))


@pytest.mark.parametrize("bad", TABLE.BAD, ids=lambda bad: bad.name)
def test_a_refusal_is_the_same_both_ways_as_messagepack(stage: Any, bad: Any) -> None:
    asked = type(bad)(**{**vars(bad), "headers": {**bad.headers, "Accept": "application/msgpack"}})
    alike(*both(stage, asked))


ODD_HEADERS: list[tuple[str, list[tuple[str, str]]]] = [
    ("a host nobody has", [("Host", "a b")]),
    ("no host", [("Host", "")]),
    ("two keys", [("Idempotency-Key", "first-key-1"), ("Idempotency-Key", "second-key-2")]),
    ("a wire to come", [("OneMap-Wire", "99")]),
    ("a key of Chinese", [("Idempotency-Key", "\u00e4\u00e4\u00e4\u00e4\u00e4\u00e4\u00e4\u00e4")]),
    ("text as body", [("Content-Type", "text/plain")]),
    ("nobody's behalf", [("OneMap-On-Behalf-Of", "s-nobody")]),
]


@pytest.mark.parametrize(
    "path", ["/v1/reports", "/v1/positions", "/v1/cases/%7Breported%7D/commands", "/v1/cases/%2F/commands"]
)
@pytest.mark.parametrize("odd", ODD_HEADERS, ids=lambda odd: odd[0])
def test_odd_headers_meet_the_same_both_ways(stage: Any, room: httpx.Client, odd: Any, path: str) -> None:
    own = [("Authorization", room.headers["Authorization"]), ("Idempotency-Key", "short")]
    names = {name.lower() for name, _ in odd[1]}
    sent = [(name, value) for name, value in own if name.lower() not in names] + list(odd[1])

    def send(*more: tuple[str, str]) -> httpx.Response:
        raw = [(name.encode(), value.encode("latin-1")) for name, value in [*sent, *more]]
        return httpx.post(stage.served.url + path, content=b'{"text":""}', headers=raw, trust_env=False)

    alike(send(), send((PAST, "1")))


BODIES = [
    b"",
    b"{",
    b"[]",
    b"null",
    b'{"text":"\\u0000"}',
    b"\xff\xfe",
    b" ",
    b'{"a":' * 5000,
    b"9" * 70_000,
    b"x" * (1 << 20),
]


@pytest.mark.parametrize("path", ["/v1/reports", "/v1/positions", "/v1/cases/none/commands"])
@pytest.mark.parametrize("chunked", [False, True])
@pytest.mark.parametrize("body", BODIES, ids=lambda body: f"{len(body)}-{body[:8]!r}")
def test_odd_bodies_meet_the_same_both_ways(stage: Any, body: bytes, chunked: bool, path: str) -> None:
    gateway: httpx.Client = stage.clients["gateway"]
    headers = {"Idempotency-Key": key(), "Content-Type": "application/json"}

    def send(**more: str) -> httpx.Response:
        content: Any = iter([body[: len(body) // 2], body[len(body) // 2 :]]) if chunked else body
        return gateway.post(path, content=content, headers={**headers, **more})

    alike(send(), send(**{PAST: "1"}))


@pytest.mark.parametrize("accept", ["application/json", "application/msgpack"])
@pytest.mark.parametrize("first", ["short", "ordinary"])
def test_an_accepted_report_and_command_are_answered_alike(room: httpx.Client, accept: str, first: str) -> None:
    """The one way does it, the other finds it done: both must say the same."""
    ways: list[dict[str, str]] = [{}, {PAST: "1"}]
    if first == "ordinary":
        ways.reverse()
    named = {"Idempotency-Key": key(), "Accept": accept}
    answers = [room.post("/v1/reports", json=REPORT, headers={**named, **way}) for way in ways]
    assert [a.status_code for a in answers] == [201, 201]
    alike(*answers)
    decoder = msgspec.json if accept == "application/json" else msgspec.msgpack
    case = decoder.decode(answers[0].content, type=Outcome).case
    body = {"action": "accept", "version": 1, "args": {"text": "已核"}}
    named = {"Idempotency-Key": key(), "Accept": accept}
    path = f"/v1/cases/{case.case_no}/commands"
    answers = [room.post(path, json=body, headers={**named, **way}) for way in ways]
    assert [a.status_code for a in answers] == [200, 200]
    alike(*answers)


def test_positions_are_taken_alike(stage: Any) -> None:
    gateway: httpx.Client = stage.clients["gateway"]
    answers = [gateway.post("/v1/positions", json={"positions": [FIX]}, headers=h) for h in ({}, {PAST: "1"})]
    assert [a.status_code for a in answers] == [204, 204]
    alike(*answers)


def in_one_piece(client: httpx.Client, path: str, body: object) -> bytes:
    """Post with one write, head and body together, as no client library does for certain; return the first line."""
    content = json.dumps(body).encode()
    head = (
        f"POST {path} HTTP/1.1\r\nHost: {client.base_url.netloc.decode()}\r\nContent-Type: application/json\r\n"
        f"Authorization: {client.headers['Authorization']}\r\nContent-Length: {len(content)}\r\n\r\n"
    )
    with socket.create_connection((client.base_url.host, client.base_url.port), timeout=20) as line:
        line.sendall(head.encode() + content)
        return line.makefile("rb").readline()


def test_what_is_accepted_never_reaches_the_framework(stage: Any, room: httpx.Client) -> None:
    gateway: httpx.Client = stage.clients["gateway"]
    gateway.post("/v1/positions", json={"positions": [FIX]})  # so that it is known whose token it is
    seen = _MADE[-1].seen
    made = room.post("/v1/reports", json=REPORT, headers={"Idempotency-Key": key()})
    case_no = made.json()["case"]["case_no"]
    body = {"action": "accept", "version": 1, "args": {"text": "已核"}}
    room.post(f"/v1/cases/{case_no}/commands", json=body, headers={"Idempotency-Key": key()})
    taken = _MADE[-1].taken
    assert in_one_piece(gateway, "/v1/positions", {"positions": [FIX]}).startswith(b"HTTP/1.1 204")
    assert _MADE[-1].taken == taken + 1, "the protocol itself takes what is whole and plain"
    assert _MADE[-1].seen == seen


def test_a_body_in_pieces_takes_the_short_way_too(room: httpx.Client) -> None:
    seen = _MADE[-1].seen
    whole = json.dumps({**REPORT, "text": "积水" * 1500}).encode()
    headers = {"Idempotency-Key": key(), "Content-Type": "application/json"}
    pieces = iter([whole[:100], whole[100:9000], whole[9000:]])
    answer = room.post("/v1/reports", content=pieces, headers=headers)
    assert answer.status_code == 201
    assert _MADE[-1].seen == seen


def test_the_schema_still_lists_the_hot_routes_with_their_types(stage: Any) -> None:
    schema = stage.clients["nobody"].get("/schema/openapi.json").json()
    for path, body, status in (
        ("/v1/reports", "NewReport", "201"),
        ("/v1/cases/{case_no}/commands", "Command", "200"),
        ("/v1/positions", "PositionBatch", "204"),
    ):
        operation = schema["paths"][path]["post"]
        reference = operation["requestBody"]["content"]["application/json"]["schema"]["$ref"]
        assert reference.endswith(body)
        assert {status, "400", "401", "403", "409", "413", "422", "503"} <= set(operation["responses"])


def test_a_role_that_may_not_is_kept_out_of_the_short_way(own_service: Served) -> None:
    reader = own_service.client(own_service.token("reader", Role.READER))
    room = own_service.client(own_service.token("room", *ALL_ROOM))
    assert reader.post("/v1/reports", json=REPORT, headers={"Idempotency-Key": key()}).status_code == 403
    assert room.post("/v1/reports", json=REPORT, headers={"Idempotency-Key": key()}).status_code == 201
