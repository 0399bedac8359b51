"""Positions between services over a NATS server: sealed, and over PostgreSQL whenever somebody would not hear them."""

from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Event
from time import monotonic
from typing import Any

import pytest
from nats_server import NatsServer
from served import Served, serve_town

from domain.faults import Fault
from domain.people import Role
from service.relay.nats import NatsLine, Sealer

pytestmark = pytest.mark.logs_expected("service.relay.nats")


@pytest.fixture
def nats() -> Iterator[NatsServer]:
    server = NatsServer().start()
    yield server
    server.stop()


def until(met: Callable[[], Any]) -> None:
    deadline = monotonic() + 20
    while not met():
        assert monotonic() < deadline, "it did not come about"
        Event().wait(0.01)


def line(served: Served) -> NatsLine:
    found = served.runtime.relay._nats
    assert found is not None
    return found


class Walk:
    """One thing that moves on whenever it is asked to."""

    def __init__(self, first: Served) -> None:
        self._token = first.token("gate", Role.GATEWAY, Role.READER)
        self._step = 0

    def seen(self, sent: Served, shown: Served) -> None:
        """Send a fix to one service and wait until another shows it."""
        self._step += 1
        lon = round(120.80 + self._step / 1000, 3)
        at = f"2026-03-03T00:30:{self._step:02}Z"
        fix = {"thing": "s-li", "lon": lon, "lat": 29.56, "fixed_at": at}
        assert sent.client(self._token).post("/v1/positions", json={"positions": [fix]}).status_code == 204
        client = shown.client(self._token)
        until(lambda: [p["lon"] for p in client.get("/v1/positions").json()["positions"]] == [lon])


def test_positions_go_over_nats_and_over_postgresql_while_it_is_lost(postgres_home: Path, nats: NatsServer) -> None:
    with serve_town(postgres_home, nats=nats.url) as one, serve_town(postgres_home, nats=nats.url) as other:
        until(lambda: line(one).up and line(other).up)
        walk = Walk(one)
        walk.seen(one, other)
        walk.seen(other, one)
        nats.stop()
        until(lambda: not line(one).up and not line(other).up)
        walk.seen(one, other)
        walk.seen(other, one)
        nats.start()
        until(lambda: line(one).up and line(other).up)
        walk.seen(one, other)


def test_with_everybody_on_nats_postgresql_carries_no_positions(
    postgres_home: Path, nats: NatsServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    from service.relay import relay

    monkeypatch.setattr(relay, "DEAF_FOR_S", 0.0)
    with serve_town(postgres_home, nats=nats.url) as one, serve_town(postgres_home, nats=nats.url) as other:
        until(lambda: line(one).up and line(other).up)
        for served in (one, other):
            listener = served.runtime.relay._listener
            assert listener is not None
            listener.stop()
        Walk(one).seen(one, other)


def test_one_service_without_nats_hears_those_with_it(postgres_home: Path, nats: NatsServer) -> None:
    with serve_town(postgres_home, nats=nats.url) as one, serve_town(postgres_home) as other:
        until(lambda: line(one).up and other.runtime.relay.listening)
        walk = Walk(one)
        walk.seen(one, other)
        walk.seen(other, one)


def test_a_server_that_is_not_there_keeps_nothing_from_starting(postgres_home: Path, nats: NatsServer) -> None:
    nats.stop()
    with serve_town(postgres_home, nats=nats.url) as one, serve_town(postgres_home, nats=nats.url) as other:
        walk = Walk(one)
        walk.seen(one, other)
        nats.start()
        until(lambda: line(one).up and line(other).up)
        walk.seen(one, other)


def test_only_frames_sealed_under_our_key_are_opened() -> None:
    ours, theirs = Sealer(b"o" * 32), Sealer(b"t" * 32)
    sealed = ours.seal("长")
    assert ours.open(sealed) == "长"
    assert "长".encode() not in sealed
    assert theirs.open(sealed) is None
    for n in range(len(sealed)):
        assert ours.open(sealed[:n] + bytes([sealed[n] ^ 1]) + sealed[n + 1 :]) is None
        assert ours.open(sealed[:n]) is None
    assert ours.open(b"x" * 100_000) is None
    assert ours.subject != theirs.subject


@pytest.mark.parametrize("url", ["http://x", "", "nats://" + "x" * 400])
def test_what_is_no_nats_server_is_refused(postgres_home: Path, url: str) -> None:
    with pytest.raises(Fault, match="nats_url_bad"), serve_town(postgres_home, nats=url):
        pass


def test_a_sqlite_service_has_nobody_to_tell(tmp_path: Path) -> None:
    with pytest.raises(Fault, match="nats_url_bad"), serve_town(tmp_path, nats="nats://127.0.0.1:4222"):
        pass
