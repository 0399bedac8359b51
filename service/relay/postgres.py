"""The two connections a service has to PostgreSQL beside its stores: one that listens, and one that tells.

Each has a thread and comes back by itself. What cannot be told is dropped: only telemetry goes this way, and the next
fix brings it; changes are in the log and told of by the database itself.
"""

import logging
import select
import socket
import threading
from collections import deque
from collections.abc import Callable, Sequence
from typing import Any

import psycopg
from psycopg import sql
from sqlalchemy.engine import URL

from service.relay.frames import FIXES
from service.store.engine import server_options

AGAIN_S = 0.5
QUIET_S = 10.0
"""Silence after which the listener asks the server whether it is still there."""
MOST_WAITING = 6_000
"""Frames waiting to be told: a second of 300,000 fixes. Beyond that the oldest are dropped."""
MOST_AT_ONCE = 200

_TELL = f"SELECT pg_notify('{FIXES}', frame) FROM unnest(%s::text[]) AS frame"

log = logging.getLogger(__name__)

Hear = Callable[[str, str], None]


class Listener:
    """Hears what is told on the channels. ``joined`` is called whenever the connection stands, also after a cut.

    Both callbacks run on its thread. ``listening`` says whether the connection stands.
    """

    def __init__(self, url: URL, channels: Sequence[str], hear: Hear, joined: Callable[[], None]) -> None:
        self._url = url
        self._channels = channels
        self._hear = hear
        self._joined = joined
        self._stop: socket.socket | None = None
        self._thread: threading.Thread | None = None
        self.listening = False

    def start(self) -> None:
        """Start the thread."""
        self._stop, stopped = socket.socketpair()
        self._thread = threading.Thread(target=self._run, args=(stopped,), name="relay-listener", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End the thread, if it was started."""
        if self._stop is not None and self._thread is not None:
            self._stop.close()  # the other end becomes readable
            self._thread.join(10)
            self._stop = self._thread = None

    def _run(self, stopped: socket.socket) -> None:
        with stopped:
            self._keep_listening(stopped)

    def _keep_listening(self, stopped: socket.socket) -> None:
        complained = False
        while True:
            try:
                with _connect(self._url, "onemap listens") as connection:
                    for channel in self._channels:
                        connection.execute(sql.SQL("LISTEN {}").format(sql.Identifier(channel)))
                    self.listening = True
                    complained = False
                    self._joined()
                    if self._listen(connection, stopped):
                        return
            except psycopg.Error as error:
                if not complained:
                    log.warning("not listening to other services, asking twice a second instead: %s", _first(error))
                complained = True
            finally:
                self.listening = False
            if select.select([stopped], [], [], AGAIN_S)[0]:
                return

    def _listen(self, connection: "psycopg.Connection[Any]", stopped: socket.socket) -> bool:
        """Hear until told to stop (True). Raises psycopg.Error where the connection is lost."""
        pgconn = connection.pgconn
        while True:
            watched: list[Any] = [pgconn.socket, stopped]
            ready, _, _ = select.select(watched, [], [], QUIET_S)
            if stopped in ready:
                return True
            if ready:
                pgconn.consume_input()
            else:
                connection.execute("SELECT 1")
            while (told := pgconn.notifies()) is not None:
                self._hear(told.relname.decode(), told.extra.decode())


class Teller:
    """Tells frames to all services, a few milliseconds later, on a thread of its own."""

    def __init__(self, url: URL) -> None:
        self._url = url
        self._waiting: deque[str] = deque(maxlen=MOST_WAITING)
        self._wake = threading.Condition()
        self._stopping = False
        self._thread = threading.Thread(target=self._run, name="relay-teller", daemon=True)

    def start(self) -> None:
        """Start the thread."""
        self._thread.start()

    def stop(self) -> None:
        """End the thread; what waits is dropped."""
        with self._wake:
            self._stopping = True
            self._wake.notify()
        self._thread.join(10)

    def tell(self, frames: Sequence[str]) -> None:
        """Queue frames. Never blocks."""
        if frames:
            with self._wake:
                self._waiting.extend(frames)
                self._wake.notify()

    def _run(self) -> None:
        while not self._stopping:
            try:
                # Nothing told must outlive a crash, so no commit waits for the disk.
                with _connect(self._url, "onemap tells", synchronous_commit="off") as connection:
                    self._tell(connection)
            except psycopg.Error:
                log.debug("telemetry is not passed on", exc_info=True)
                with self._wake:
                    self._waiting.clear()
                    self._wake.wait(AGAIN_S)

    def _tell(self, connection: "psycopg.Connection[Any]") -> None:
        while True:
            with self._wake:
                while not self._waiting and not self._stopping:
                    self._wake.wait()
                if self._stopping:
                    return
                frames = [self._waiting.popleft() for _ in range(min(len(self._waiting), MOST_AT_ONCE))]
            connection.execute(_TELL, (frames,))


def _connect(url: URL, name: str, **settings: str) -> "psycopg.Connection[Any]":
    """Open a connection of its own, each statement committed by itself."""
    plain = url.set(drivername="postgresql").render_as_string(hide_password=False)
    options: dict[str, Any] = {**server_options(name, **settings)}
    return psycopg.connect(plain, autocommit=True, **options)


def _first(error: psycopg.Error) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0]
