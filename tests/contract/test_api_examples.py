"""The examples of ``docs/api`` are what a real service answers, and its OpenAPI document is the one in the folder.

Times, numbers and names differ from run to run; what must be the same is the status, the fault, and every field with
its type.
"""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
from served import ALL_ROOM, Served, serve_town
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

from domain.people import Role

API = Path(__file__).resolve().parents[2] / "docs" / "api"


class Examples:
    """Runs examples in order against a service, with what earlier ones saved."""

    def __init__(self, served: Served) -> None:
        self.served = served
        self.saved = {"epoch": served.runtime.epoch}
        self.tokens = {"room": served.token("room", *ALL_ROOM), "gate": served.token("gate", Role.GATEWAY)}

    def ask(self, example: dict[str, Any]) -> tuple[int, Any]:
        """Send a request and return its status and answer."""
        client = self.served.client(self.tokens.get(example["as"] or "", ""))
        path = example["path"].format(**self.saved)
        answer = client.request(
            example["method"], path, json=example.get("body"), headers=example.get("headers", {}) or None
        )
        body = answer.json() if answer.content else None
        for name, where in example.get("save", {}).items():
            value = body
            for step in where.split("."):
                value = value[step]
            self.saved[name] = str(value)
        return answer.status_code, body

    def listen(self, example: dict[str, Any], types: list[str]) -> list[Any]:
        """Open a feed and return the first message of each of these types, which must come in this order."""
        query = f"epoch={example['epoch']}&since={example['since']}".format(**self.saved)
        url = f"{self.served.url.replace('http', 'ws', 1)}/v1/feed?{query}"
        headers = {"Authorization": f"Bearer {self.tokens[example['as']]}", "OneMap-Wire": "3"}
        got: list[Any] = []
        with connect(url, additional_headers=headers, proxy=None, compression=None) as line:
            if "look" in example:
                line.send(json.dumps(example["look"]))
            while len(got) < len(types):
                try:
                    message = msgspec.msgpack.decode(line.recv(6))
                except ConnectionClosed:
                    break
                if message["type"] == types[len(got)]:
                    got.append(msgspec.to_builtins(message))
        assert [message["type"] for message in got] == types
        return got


@pytest.fixture(scope="module")
def examples(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Examples]:
    """One service for all of them: they tell one story."""
    with serve_town(tmp_path_factory.mktemp("examples")) as served:
        yield Examples(served)


def differs(told: Any, now: Any, path: str = "") -> list[str]:
    """Return where an answer has other fields, or other types, than the example says."""
    if isinstance(told, dict) and isinstance(now, dict):
        found = [f"{path}.{name}" for name in told.keys() ^ now.keys()]
        return found + [
            wrong for name in told.keys() & now.keys() for wrong in differs(told[name], now[name], f"{path}.{name}")
        ]
    if isinstance(told, list) and isinstance(now, list):
        return differs(told[0], now[0], f"{path}[0]") if told and now else []
    if isinstance(told, int | float) and isinstance(now, int | float):
        return []
    return [] if type(told) is type(now) or None in (told, now) else [f"{path}: {type(now).__name__}"]


def read() -> dict[str, list[dict[str, Any]]]:
    """Return the examples."""
    found: dict[str, list[dict[str, Any]]] = json.loads((API / "examples.json").read_text(encoding="utf-8"))
    return found


def test_the_examples_are_what_the_service_says(examples: Examples) -> None:
    for example in read()["requests"]:
        status, answer = examples.ask(example)
        assert status == example["status"], (example["what"], answer)
        assert not differs(example["answer"], answer), (example["what"], differs(example["answer"], answer))
        if status >= 400:
            assert answer["key"] == example["answer"]["key"], example["what"]
    for example in read()["feeds"]:
        says = examples.listen(example, [message["type"] for message in example["says"]])
        for told, now in zip(example["says"], says, strict=True):
            assert not differs(told, now), (example["what"], differs(told, now))
        assert [m.get("reason") for m in says] == [m.get("reason") for m in example["says"]]


def test_every_message_and_every_fault_of_the_feed_is_described() -> None:
    from domain.wire_feed import FeedMessage
    from service.http.feed import RETRY_AFTER_S

    text = (API / "feed.md").read_text(encoding="utf-8")
    for kind in FeedMessage.__args__:
        assert f"`{kind.__struct_config__.tag}`" in text
        for name in kind.__struct_fields__:
            assert f"`{name}`" in text, name
    assert "slow_reader" in RETRY_AFTER_S


def test_the_openapi_document_is_up_to_date() -> None:
    """Written in a process of its own: a service that is never run leaves its threads with it."""
    root = API.parents[1]
    script = (
        "import sys; sys.path.insert(0, 'packaging'); import write_openapi as w; sys.stdout.buffer.write(w.document())"
    )
    made = subprocess.run([sys.executable, "-c", script], cwd=root, capture_output=True, timeout=60, check=False)
    assert made.returncode == 0, made.stderr.decode()
    assert made.stdout == (API / "openapi.json").read_bytes(), "run: python packaging/write_openapi.py"
