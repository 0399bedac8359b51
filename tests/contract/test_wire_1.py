"""Wire 1 is still served: traffic recorded from the last service that spoke it means the same to this one.

``wire1/traffic.json`` holds requests with their answers, and feeds frame by frame, as that service gave them. What a
program of wire 1 read then must be there now, of the same types; more may be beside it.
"""

import base64
import json
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import msgspec
import pytest
from served import ALL_ROOM, Served, key, serve_town
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

from domain.people import Role

TRAFFIC = json.loads((Path(__file__).parent / "wire1" / "traffic.json").read_text())
LISTS_OF_ANYTHING = ("kinds", "conditions", "units", "staff")


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Served, dict[str, str]]]:
    """A service in the state the recording began with, and the tokens named in it."""
    with serve_town(tmp_path_factory.mktemp("wire1")) as served:
        yield (
            served,
            {
                "room": served.token("room", *ALL_ROOM),
                "gate": served.token("gate", Role.GATEWAY),
                "reader": served.token("reader", Role.READER),
            },
        )


def lacks(then: Any, now: Any, path: str = "") -> list[str]:
    """Return where what is said now lacks something of what was said then, or says it in another type."""
    if isinstance(then, dict):
        if not isinstance(now, dict):
            return [f"{path}: no map"]
        found = [f"{path}.{name}: missing" for name in then if name not in now]
        return found + [
            wrong for name in then if name in now for wrong in lacks(then[name], now[name], f"{path}.{name}")
        ]
    if isinstance(then, list):
        if not isinstance(now, list):
            return [f"{path}: no list"]
        return lacks(then[0], now[0], f"{path}[0]") if then and now else []
    if then is None or now is None or isinstance(now, type(then)):
        return []
    return [] if isinstance(then, float) and isinstance(now, int) else [f"{path}: {type(now).__name__}"]


def test_every_recorded_request_is_answered_as_it_was(town: tuple[Served, dict[str, str]]) -> None:
    served, tokens = town
    for said in TRAFFIC["http"]:
        client = served.client(tokens.get(said["who"], ""), **{"OneMap-Wire": "1"})
        headers = {name: key() for name in said["headers"]}
        answer = client.request(said["method"], said["path"], json=said["body"], headers=headers)
        assert answer.status_code == said["status"], (said["path"], answer.text)
        now = answer.json() if answer.content else None
        if said["path"] == "/v1/health":
            said["answer"].pop("wire")
        assert not lacks(said["answer"], now), (said["path"], lacks(said["answer"], now))


def frames(name: str) -> list[Any]:
    return [msgspec.msgpack.decode(base64.b64decode(frame)) for frame in TRAFFIC["feed"][name]]


def listen(served: Served, token: str, since: int, epoch: str, until: str) -> list[Any]:
    """Return the messages, up to one of a type, of a feed opened as a console of wire 1 does."""
    url = f"{served.url.replace('http', 'ws', 1)}/v1/feed?epoch={epoch}&since={since}"
    headers = {"Authorization": f"Bearer {token}", "OneMap-Wire": "1"}
    got: list[Any] = []
    with connect(url, additional_headers=headers, proxy=None, compression=None) as line:
        with suppress(ConnectionClosed):
            line.send("whatever a console of wire 1 may say is not listened to")
        try:
            while not got or got[-1]["type"] != until:
                got.append(msgspec.msgpack.decode(line.recv(6)))
        except ConnectionClosed as closed:
            got.append(None if closed.rcvd is None else (closed.rcvd.code, closed.rcvd.reason))
    return got


def by_type(messages: list[Any]) -> dict[str, Any]:
    return {message["type"]: message for message in messages if isinstance(message, dict)}


def test_a_feed_of_wire_1_says_what_it_said(town: tuple[Served, dict[str, str]]) -> None:
    served, tokens = town
    fix = next(
        said["body"]["positions"][0] for said in TRAFFIC["http"] if said["path"] == "/v1/positions" and said["body"]
    )
    gate = served.client(tokens["gate"])
    moved = {"positions": [fix | {"fixed_at": "2026-03-03T00:31:00Z"}]}
    assert gate.post("/v1/positions", json=moved).status_code == 204
    then = by_type(frames("resumed"))
    first = then["changes"]["changes"][0]["seq"]
    now = by_type(listen(served, tokens["room"], first - 1, served.runtime.epoch, "alive"))
    assert now.keys() == then.keys() == {"hello", "changes", "positions", "alive"}
    for kind, message in then.items():
        assert not lacks(message, now[kind]), (kind, lacks(message, now[kind]))
    assert now["hello"]["wire"] == 1
    skipping = by_type(listen(served, tokens["reader"], 0, served.runtime.epoch, "skip"))
    assert {"hello", "changes", "skip"} <= skipping.keys()
    assert not lacks(by_type(frames("skipping"))["skip"], skipping["skip"])


def test_a_feed_of_wire_1_that_cannot_be_resumed_ends_as_it_did(town: tuple[Served, dict[str, str]]) -> None:
    served, tokens = town
    now = listen(served, tokens["room"], 0, "another", "bye")
    assert [message["type"] for message in now[:-1]] == ["hello", "resync"], "no message that wire 1 does not know"
    assert now[-1] == (1013, "other_epoch")


@pytest.mark.parametrize(
    ("wire", "fault"),
    [
        ("0", "wire_too_old"),
        ("3", "wire_too_new"),
        ("99999", "wire_too_new"),
        ("x", "wire_unknown"),
        ("1" * 9, "wire_unknown"),
    ],
)
def test_another_wire_is_told_which_side_to_update(town: tuple[Served, dict[str, str]], wire: str, fault: str) -> None:
    from resources.words import Words

    served, _ = town
    answer = served.client("", **{"OneMap-Wire": wire}).get("/v1/health")
    assert answer.status_code == 400
    body = answer.json()
    assert body["key"] == fault
    assert served.client().get("/v1/health").json()["wires"] == [1, 2]
    for language in ("zh-CN", "en"):
        assert "{" not in Words(language)(f"fault.{fault}", **body["params"])
