"""The real service over a real database, on a real port, in a thread of the test process."""

import asyncio
import socket
import ssl
import threading
import uuid
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import msgspec
import uvicorn
from homes import database_of, new_database
from towns import GivenTown

from domain.case import Case
from domain.ids import StaffId, UnitId
from domain.people import Role
from domain.town import Town
from domain.wire import Outcome
from service.app import make_app
from service.http.express_protocol import ExpressProtocol
from service.listening import listen
from service.passwords import hash_password
from service.runtime import Runtime
from service.starting import make_runtime, opened, write_once
from service.store.engine import Store
from service.write.accounts import NewAccount, give_script_token, keep_account
from service.write.work import Work

ALL_ROOM = frozenset({Role.ACCEPTOR, Role.DUTY_CHIEF, Role.DISPATCHER, Role.DUTY_LEADER, Role.INSPECTOR})
_NO_AUTHORITIES = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
"""Spares each client the loading of authorities that nobody asks for."""


@dataclass
class Served:
    """A running service and ways to talk to it."""

    url: str
    store: Store
    runtime: Runtime
    loop: asyncio.AbstractEventLoop
    clients: list[httpx.Client] = field(default_factory=list)

    def token(self, user: str, *roles: Role, hours: int = 8) -> str:
        """Return a token of a script account."""

        def run(work: Work) -> str:
            return give_script_token(work, user, frozenset(roles), hours)

        return str(write_once(self.store_beside(), run))

    def account(
        self, user: str, password: str, *roles: Role, unit: UnitId | None = None, staff: StaffId | None = None
    ) -> None:
        """Make a person's account."""
        wanted = NewAccount(user, user, frozenset(roles), hash_password(password), unit, staff)

        def run(work: Work) -> None:
            keep_account(work, wanted)

        write_once(self.store_beside(), run)

    def store_beside(self) -> Store:
        """Return the store as another program would open it."""
        return self.store

    def client(self, token: str = "", **headers: str) -> httpx.Client:
        """Return an HTTP client that signs in with a token; it is closed with the service."""
        given = dict(headers)
        if token:
            given["Authorization"] = f"Bearer {token}"
        self.clients.append(
            httpx.Client(base_url=self.url, headers=given, timeout=20, trust_env=False, verify=_NO_AUTHORITIES)
        )
        return self.clients[-1]

    def close_clients(self) -> None:
        """Close every client handed out."""
        for client in self.clients:
            client.close()

    def head(self) -> int:
        """Return where the log stands in the store."""
        from service.store import reads

        with self.store.reading.begin() as connection:
            return reads.head(connection).seq


@contextmanager
def serve_town(
    folder: Path, town: Town | None = None, speed: float | None = None, nats: str | None = None
) -> Iterator[Served]:
    """Serve a town from the database of a folder until the block ends."""
    with ExitStack() as stack:
        sock = stack.enter_context(listen("127.0.0.1", 0))
        store = stack.enter_context(opened(new_database(folder), exclusive=False, serving=True))
        beside = Store(database_of(folder))
        stack.callback(beside.close)
        runtime = make_runtime(store, GivenTown(town), speed, nats, folder / "factor.key")
        runner = _Runner(runtime, sock)
        runner.start()
        stack.callback(runner.stop)
        served = Served(f"http://127.0.0.1:{sock.getsockname()[1]}", beside, runtime, runner.loop)
        stack.callback(served.close_clients)
        yield served


class _Runner:
    def __init__(self, runtime: Runtime, sock: socket.socket) -> None:
        app = make_app(runtime)
        config = uvicorn.Config(
            app,
            http=partial(ExpressProtocol, app),  # type: ignore[arg-type] # it is called as the class would be
            log_config=None,
            access_log=False,
            ws="websockets-sansio",
            ws_per_message_deflate=False,
            timeout_graceful_shutdown=2,
            lifespan="on",
        )
        self.server = uvicorn.Server(config)
        self.loop = asyncio.new_event_loop()
        self._sock = sock
        self._thread = threading.Thread(target=self._run, name="served")

    def start(self) -> None:
        self._thread.start()
        while not self.server.started:
            assert self._thread.is_alive(), "the service did not start"
            threading.Event().wait(0.005)

    def stop(self) -> None:
        self.server.should_exit = True
        self._thread.join(15)
        assert not self._thread.is_alive(), "the service did not stop"

    def _run(self) -> None:
        asyncio.set_event_loop(self.loop)
        try:
            self.loop.run_until_complete(self.server.serve(sockets=[self._sock]))
        finally:
            self.loop.close()


def key() -> str:
    """Return a fresh idempotency key."""
    return uuid.uuid4().hex


def send_report(client: httpx.Client, **fields: Any) -> Outcome:
    """Send a report and return what became of it."""
    body = {"channel": "hotline", "text": "路口有垃圾", "kind": "01-02", "lon": 120.805, "lat": 29.555, **fields}
    response = client.post("/v1/reports", json=body, headers={"Idempotency-Key": key()})
    assert response.status_code == 201, response.text
    return msgspec.json.decode(response.content, type=Outcome)


def command(client: httpx.Client, case: Case, action: str, behalf: str = "", **args: Any) -> Outcome:
    """Send a command on a case at its version and return what became of it."""
    headers = {"Idempotency-Key": key()} | ({"OneMap-On-Behalf-Of": behalf} if behalf else {})
    body = {"action": action, "version": case.version, "args": args}
    response = client.post(f"/v1/cases/{case.case_no}/commands", json=body, headers=headers)
    assert response.status_code == 200, response.text
    return msgspec.json.decode(response.content, type=Outcome)
