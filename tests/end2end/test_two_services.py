"""Two real services on one real PostgreSQL, clients on both, and kills: nothing lost, nothing doubled, one feed."""

import threading
import time
from pathlib import Path
from typing import Any

import httpx
import pytest
from homes import database_of
from listening import Listener, last_of, numbers
from log_checks import check_store
from processes import Service, issue_token
from served import key
from sqlalchemy import func, select
from towns import make_town
from websockets.exceptions import InvalidStatus, WebSocketException
from websockets.sync.client import connect

from domain.change import Change
from domain.wire_feed import Changes, Skip
from resources.town import write_town
from service.store import tables as t
from service.store.engine import Store

pytestmark = [pytest.mark.end2end, pytest.mark.timeout(500)]

SENDERS = 6
A_ROUND = 120


class Sender:
    """Sends reports one after the other; what one service does not answer goes to the other under the same key."""

    def __init__(self, services: list[Service], token: str, first: int, answered: dict[str, dict[str, Any]]) -> None:
        self._clients = [
            httpx.Client(base_url=s.url, headers={"Authorization": f"Bearer {token}"}, timeout=10, trust_env=False)
            for s in services
        ]
        self._which = first
        self._answered = answered
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    def stop(self) -> None:
        self._stopping.set()
        self._thread.join(60)
        for client in self._clients:
            client.close()

    def _run(self) -> None:
        while not self._stopping.is_set():
            which = key()
            answer = self._send(which)
            self._answered[which] = answer.json()
            self._which += 1

    def _send(self, which: str) -> httpx.Response:
        body = {"channel": "hotline", "text": which}
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            client = self._clients[self._which % 2]
            try:
                answer = client.post("/v1/reports", json=body, headers={"Idempotency-Key": which})
            except httpx.TransportError:
                self._which += 1
                self._stopping.wait(0.02)
                continue
            if answer.status_code == 201:
                return answer
            assert answer.status_code == 503, answer.text
            self._which += 1
            self._stopping.wait(0.02)
        raise AssertionError(f"{which} was answered by neither service")


class Follower:
    """A console: follows one service's feed, and resumes where it was whenever it is cut."""

    def __init__(self, service: Service, token: str, epoch: str, since: int) -> None:
        self.got: list[Change | Skip] = []
        self.cuts = 0
        self._service, self._token, self._epoch, self._since = service, token, epoch, since
        self._until: int | None = None
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    def finish(self, head: int) -> list[Change | Skip]:
        """Follow up to ``head`` and return everything heard."""
        self._until = head
        self._thread.join(60)
        assert not self._thread.is_alive(), f"heard only up to {self._since} of {head}"
        return self.got

    def _run(self) -> None:
        while self._until is None or self._since < self._until:
            try:
                self._follow()
            except (OSError, InvalidStatus, WebSocketException, TimeoutError):
                time.sleep(0.05)
            self.cuts += 1

    def _follow(self) -> None:
        url = f"{self._service.url.replace('http', 'ws', 1)}/v1/feed?epoch={self._epoch}&since={self._since}"
        headers = {"Authorization": f"Bearer {self._token}"}
        with connect(url, additional_headers=headers, proxy=None, compression=None, max_size=2**26) as socket:
            feed = Listener(socket)
            while self._until is None or self._since < self._until:
                message = feed.next(timeout_s=10)
                if message is None:
                    return
                if isinstance(message, Changes):
                    self.got += message.changes
                elif isinstance(message, Skip):
                    self.got.append(message)
                if self.got:
                    self._since = max(self._since, last_of(self.got[-1]))


def test_one_of_two_services_killed_under_load_loses_and_doubles_nothing(postgres_home: Path) -> None:
    database = database_of(postgres_home)
    town = postgres_home / "town"
    town.mkdir()
    write_town(make_town(), town)
    services = [Service(database, town).start(), Service(database, town).start()]
    token = issue_token(database, "gate", "gateway", "reader", "acceptor")
    headers = {"Authorization": f"Bearer {token}"}
    start = httpx.get(f"{services[1].url}/v1/snapshot", headers=headers, trust_env=False, timeout=20).json()
    followers = [Follower(s, token, start["epoch"], start["head"]) for s in services]
    answered: dict[str, dict[str, Any]] = {}
    senders = [Sender(services, token, n, answered) for n in range(SENDERS)]
    try:
        for turn in range(4):
            _wait(lambda turn=turn: len(answered) >= (turn + 1) * A_ROUND)  # type: ignore[misc]
            services[turn % 2].kill()
            _wait(lambda turn=turn: len(answered) >= (turn + 1) * A_ROUND + A_ROUND // 2)  # type: ignore[misc]
            services[turn % 2].start()
    finally:
        for sender in senders:
            sender.stop()
    heads = [httpx.get(f"{s.url}/v1/snapshot", headers=headers, trust_env=False, timeout=20).json() for s in services]
    assert heads[0]["head"] == heads[1]["head"]
    assert heads[0]["cases"] == heads[1]["cases"]
    got = [follower.finish(heads[0]["head"]) for follower in followers]
    assert [s.stop() for s in services] == [0, 0]

    assert [numbers(entries) for entries in got] == [list(range(start["head"] + 1, heads[0]["head"] + 1))] * 2
    seen = [[entry for entry in entries if isinstance(entry, Change)] for entries in got]
    assert seen[0] == seen[1]
    assert min(follower.cuts for follower in followers) >= 3
    by_seq = {change.seq: change for change in seen[0]}
    for which, outcome in answered.items():
        assert by_seq[outcome["change"]["seq"]].subject_id == outcome["case"]["case_no"], which
    assert len({o["case"]["case_no"] for o in answered.values()}) == len(answered)
    store = Store(database)
    assert check_store(store) == heads[0]["head"]
    with store.reading.begin() as connection:
        assert connection.execute(select(func.count()).select_from(t.cases)).scalar_one() == len(answered)
    store.close()


def _wait(met: Any) -> None:
    deadline = time.monotonic() + 90
    while not met():
        assert time.monotonic() < deadline
        time.sleep(0.01)
