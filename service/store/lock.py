"""One service per database: a lock that is dropped when the process ends, however it ends."""

import os
import sys
from pathlib import Path
from types import TracebackType
from typing import Self

from sqlalchemy import NullPool, create_engine, text
from sqlalchemy.engine import URL

from domain.faults import Fault, FaultKind

SERVICE_LOCK = 7_306_991_030
"""Number of the advisory lock a service holds on a PostgreSQL database."""

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
    """Holds an advisory lock of a PostgreSQL database while its connection lives.

    Raises ``Fault('database_in_use')`` where another service holds it.
    """

    def __init__(self, url: URL) -> None:
        self._engine = create_engine(url, poolclass=NullPool, isolation_level="AUTOCOMMIT")
        self._connection = self._engine.connect()
        taken = self._connection.execute(text("SELECT pg_try_advisory_lock(:n)"), {"n": SERVICE_LOCK}).scalar_one()
        if not taken:
            self.close()
            raise Fault(FaultKind.CONFLICT, "database_in_use", path=str(url.database))

    def close(self) -> None:
        """Give the lock back."""
        self._connection.close()
        self._engine.dispose()


def is_held(database: Path) -> bool:
    """Return whether some service holds the lock of this database right now."""
    try:
        FileLock(database).close()
    except Fault:
        return True
    return False
