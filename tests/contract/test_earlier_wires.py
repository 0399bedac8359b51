"""Wires 1 and 2 are still served: traffic recorded from the last service that spoke each means the same to this one.

``wire<n>/traffic.json`` holds requests with their answers, and feeds frame by frame, as that service gave them. What a
program of that wire read then must be there now, of the same types; more may be beside it.
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


class Spoken:
    """A service in the state a recording began with, the tokens named in it, and the recording."""

    def __init__(self, wire: int, served: Served) -> None:
        self.wire = wire
        self.served = served
        self.traffic = json.loads((Path(__file__).parent / f"wire{wire}" / "traffic.json").read_text(encoding="utf-8"))
        self.tokens = {
            "room": served.token("room", *ALL_ROOM),
            "gate": served.token("gate", Role.GATEWAY),
            "reader": served.token("reader", Role.READER),
        }
        if wire > 1:
            self.tokens |= {
                "sys": served.token("sys", Role.SYSTEM_ADMIN),
                "sec": served.token("sec", Role.SECURITY_ADMIN),
                "audit": served.token("audit", Role.AUDIT_ADMIN),
            }

    def frames(self, name: str) -> list[Any]:
        return [msgspec.msgpack.decode(base64.b64decode(frame)) for frame in self.traffic["feed"][name]]

    def listen(self, token: str, since: int, epoch: str, until: str) -> list[Any]:
        """Return the messages, up to one of a type, of a feed opened as a console of that wire does."""
        url = f"{self.served.url.replace('http', 'ws', 1)}/v1/feed?epoch={epoch}&since={since}"
        headers = {"Authorization": f"Bearer {token}", "OneMap-Wire": str(self.wire)}
        got: list[Any] = []
        with connect(url, additional_headers=headers, proxy=None, compression=None) as line:
            with suppress(ConnectionClosed):
                if self.wire == 1:
                    line.send("whatever a console of wire 1 may say is not listened to")
                elif epoch != "another":
                    box = {"west": 120.7, "south": 29.5, "east": 120.9, "north": 29.6}
                    line.send(json.dumps({"type": "look", "view": box, "rate_hz": 10}))
            try:
                while not got or got[-1]["type"] != until:
                    got.append(msgspec.msgpack.decode(line.recv(6)))
            except ConnectionClosed as closed:
                got.append(None if closed.rcvd is None else (closed.rcvd.code, closed.rcvd.reason))
        return got


@pytest.fixture(scope="module", params=[1, 2])
def spoken(request: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Spoken]:
    with serve_town(tmp_path_factory.mktemp(f"wire{request.param}")) as served:
        yield Spoken(request.param, served)


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


def test_every_recorded_request_is_answered_as_it_was(spoken: Spoken) -> None:
    for said in spoken.traffic["http"]:
        client = spoken.served.client(spoken.tokens.get(said["who"], ""), **{"OneMap-Wire": str(spoken.wire)})
        headers = {name: key() for name in said["headers"]}
        answer = client.request(said["method"], said["path"], json=said["body"], headers=headers)
        assert answer.status_code == said["status"], (said["path"], answer.text)
        now = answer.json() if answer.content else None
        if said["path"] == "/v1/health":
            said["answer"].pop("wire")
        assert not lacks(said["answer"], now), (said["path"], lacks(said["answer"], now))
        if said["path"] == "/v1/snapshot":
            assert not {"entries", "readings"} & now.keys(), "the register came with wire 3"


def by_type(messages: list[Any]) -> dict[str, Any]:
    return {message["type"]: message for message in messages if isinstance(message, dict)}


def test_a_feed_says_what_it_said(spoken: Spoken) -> None:
    served, tokens = spoken.served, spoken.tokens
    fix = next(
        said["body"]["positions"][0]
        for said in spoken.traffic["http"]
        if said["path"] == "/v1/positions" and said["body"]
    )
    gate = served.client(tokens["gate"])
    moved = {"positions": [fix | {"fixed_at": "2026-03-03T00:31:00Z"}]}
    assert gate.post("/v1/positions", json=moved).status_code == 204
    then = by_type(spoken.frames("resumed"))
    first = then["changes"]["changes"][0]["seq"]
    now = by_type(spoken.listen(tokens["room"], first - 1, served.runtime.epoch, "alive"))
    assert now.keys() == then.keys()
    for kind, message in then.items():
        assert not lacks(message, now[kind]), (kind, lacks(message, now[kind]))
    assert now["hello"]["wire"] == spoken.wire
    skipping = by_type(spoken.listen(tokens["reader"], 0, served.runtime.epoch, "skip"))
    assert {"hello", "changes", "skip"} <= skipping.keys()
    assert not lacks(by_type(spoken.frames("skipping"))["skip"], skipping["skip"])


def test_a_feed_that_cannot_be_resumed_ends_as_it_did(spoken: Spoken) -> None:
    now = spoken.listen(spoken.tokens["room"], 0, "another", "no such type")
    then = [message["type"] for message in spoken.frames("another_epoch")]
    assert [message["type"] for message in now[:-1]] == then, "no message that this wire does not know"
    assert now[-1] == (1013, "other_epoch")


def test_changes_of_the_register_are_skipped(spoken: Spoken) -> None:
    """Live and resumed: an earlier program cannot read them, and its numbers must have no holes."""
    served, room = spoken.served, spoken.served.client(spoken.tokens["room"])
    before = served.head()
    body = {"body": {"name": "积水", "level": "red", "ring": [[120.8, 29.55], [120.81, 29.55], [120.8, 29.56]]}}
    put = room.put(f"/v1/register/hazard/h-{spoken.wire}", json=body, headers={"Idempotency-Key": key()})
    assert put.status_code == 200, put.text
    resumed = spoken.listen(spoken.tokens["room"], before, served.runtime.epoch, "alive")
    assert {"type": "skip", "first": before + 1, "last": before + 1} in resumed
    assert not [m for m in resumed if m["type"] in ("changes", "readings")]


@pytest.mark.parametrize(
    ("wire", "fault"),
    [
        ("0", "wire_too_old"),
        ("4", "wire_too_new"),
        ("99999", "wire_too_new"),
        ("x", "wire_unknown"),
        ("1" * 9, "wire_unknown"),
    ],
)
def test_another_wire_is_told_which_side_to_update(spoken: Spoken, wire: str, fault: str) -> None:
    from resources.words import Words

    answer = spoken.served.client("", **{"OneMap-Wire": wire}).get("/v1/health")
    assert answer.status_code == 400
    body = answer.json()
    assert body["key"] == fault
    assert spoken.served.client().get("/v1/health").json()["wires"] == [1, 2, 3]
    for language in ("zh-CN", "en"):
        assert "{" not in Words(language)(f"fault.{fault}", **body["params"])
