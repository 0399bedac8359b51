"""One service per SQLite file, several per PostgreSQL database: locks that are dropped when a process ends, however."""

import contextlib
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from sqlalchemy import NullPool, create_engine, text
from sqlalchemy.engine import URL
from sqlalchemy.exc import DBAPIError, OperationalError, SQLAlchemyError

from domain.faults import Fault, FaultKind
from service.store.engine import Store, server_options

SERVICE_LOCK = 7_306_991_030
"""Number of the advisory lock that every service shares on a PostgreSQL database."""
START_LOCK = 7_306_991_031
"""Number of the one held while a schema, a town or a clock is put in."""
FENCES_LOCK = 7_306_991_032
"""Number of the one held by the service that tells what geofences tell."""
SILENT_S = 20
"""A service that does not say for so long that it is still there loses its turns."""

_HOLDERS = (
    "SELECT count(*) FROM pg_locks l JOIN pg_database d ON d.oid = l.database AND d.datname = current_database() "
    "WHERE l.locktype = 'advisory' AND l.granted AND l.objsubid = 1 "
    "AND (l.classid::bigint << 32) + l.objid::bigint = :n"
)

if sys.platform == "win32":
    import msvcrt

    def _take(handle: int) -> None:
        msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
else:
    import fcntl

    def _take(handle: int) -> None:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)


class FileLock:
    """Holds ``<database>.lock`` while open. Raises ``Fault('database_in_use')`` where another service holds it."""

    def __init__(self, database: Path) -> None:
        self.path = database.with_name(database.name + ".lock")
        self._handle = os.open(self.path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            _take(self._handle)
        except OSError:
            os.close(self._handle)
            raise Fault(FaultKind.CONFLICT, "database_in_use", path=str(database)) from None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Give the lock back. The file stays: removing it would let two services lock different files."""
        os.close(self._handle)


class ServerLock:
    """Says on a PostgreSQL database that a service runs, while its connection lives. Several may, but none beside one
    who must be ``alone``. Raises ``Fault('database_in_use')``.
    """

    def __init__(self, url: URL, *, alone: bool) -> None:
        self._held = _Held(url)
        statement = "SELECT pg_try_advisory_lock(:n)" if alone else "SELECT pg_try_advisory_lock_shared(:n)"
        if not self._held.run(statement, SERVICE_LOCK):
            self.close()
            raise Fault(FaultKind.CONFLICT, "database_in_use", path=str(url.database))

    def close(self) -> None:
        """Say so no longer."""
        self._held.close()


class Turn:
    """Whose turn it is to do what one service of a database does for all: a lock of a session of its own.

    It passes to another service where that session or its process ends or stands still (``SILENT_S``): who has it
    asks again in time. On SQLite it is always ours. One thread at a time.
    """

    def __init__(self, store: Store, number: int) -> None:
        self.ours = store.is_sqlite
        self._store = store
        self._number = number
        self._held: _Held | None = None

    def take(self) -> bool:
        """Return whether the turn is ours, after taking it where nobody has it.

        Raises ``Fault('database_unreachable')``: nobody knows then whose it is.
        """
        if self._store.is_sqlite:
            return True
        if self._held is not None:
            with contextlib.suppress(DBAPIError):
                return self._ask(self._held)
            self.close()
        options = server_options("onemap turns", idle_session_timeout=f"{SILENT_S}s")
        self._held = _Held(self._store.url, connect_args=options)
        return self._ask(self._held)

    def _ask(self, held: "_Held") -> bool:
        # Asked again by who has it the lock only counts up; all of it goes with the session.
        self.ours = bool(held.run("SELECT pg_try_advisory_lock(:n)", self._number))
        return self.ours

    def close(self) -> None:
        """Leave the turn to another."""
        held, self._held = self._held, None
        if held is not None:
            self.ours = False
            held.close()


@contextlib.contextmanager
def one_at_a_time(store: Store) -> Iterator[None]:
    """Hold others that begin on a PostgreSQL database until the block ends: schema, town and clock are set once."""
    if store.path is not None:
        yield
        return
    held = _Held(store.url)
    try:
        held.run("SELECT pg_advisory_lock(:n) IS NULL", START_LOCK)
        yield
    finally:
        held.close()


def services(store: Store) -> int:
    """Return how many services run on a database right now; of a SQLite file that is one or none."""
    if store.path is not None:
        return int(is_held(store.path))
    held = _Held(store.url)
    try:
        return int(held.run(_HOLDERS, SERVICE_LOCK))
    finally:
        held.close()


class _Held:
    """A connection of its own that holds advisory locks. Raises ``Fault('database_unreachable')``."""

    def __init__(self, url: URL, **how: Any) -> None:
        self._engine = create_engine(url, poolclass=NullPool, isolation_level="AUTOCOMMIT", hide_parameters=True, **how)
        try:
            self._connection = self._engine.connect()
        except OperationalError as error:
            raise unreachable(url, error) from None

    def run(self, statement: str, number: int) -> Any:
        """Run a statement about a lock and return its value."""
        return self._connection.execute(text(statement), {"n": number}).scalar_one()

    def close(self) -> None:
        """Give all locks back at once: the server notices a closed connection only some time later."""
        with contextlib.suppress(SQLAlchemyError):  # of a session that has ended they are given back already
            self._connection.execute(text("SELECT pg_advisory_unlock_all()"))
        self._connection.close()
        self._engine.dispose()


def unreachable(url: URL, error: OperationalError) -> Fault:
    """Return the fault of a server that cannot be reached: which, and its own first line."""
    said = str(error.orig).strip().splitlines() or [""]
    return Fault(FaultKind.UNAVAILABLE, "database_unreachable", url=url.render_as_string(), said=said[0][:200])


def is_held(database: Path) -> bool:
    """Return whether some service holds the lock of this database right now."""
    try:
        FileLock(database).close()
    except Fault:
        return True
    return False
