"""SQLite as SQLAlchemy asks for it (DB-API 2), over APSW, so that the product's own store runs on a recording disk.

Only what ``service.store`` uses; autocommit as the store sets it (``isolation_level=None``): it says BEGIN itself.
"""

import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import apsw

_OPERATIONAL = (
    apsw.BusyError,
    apsw.LockedError,
    apsw.FullError,
    apsw.IOError,
    apsw.CantOpenError,
    apsw.ReadOnlyError,
    apsw.CorruptError,
)


class Driver:
    """What SQLAlchemy takes for the module ``sqlite3``; ``vfs`` is the name of the disk it opens files on."""

    apilevel = "2.0"
    threadsafety = 1
    paramstyle = "qmark"
    sqlite_version_info = tuple(int(part) for part in apsw.sqlite_lib_version().split("."))
    sqlite_version = apsw.sqlite_lib_version()
    Warning = sqlite3.Warning
    Error = sqlite3.Error
    InterfaceError = sqlite3.InterfaceError
    DatabaseError = sqlite3.DatabaseError
    DataError = sqlite3.DataError
    OperationalError = sqlite3.OperationalError
    IntegrityError = sqlite3.IntegrityError
    InternalError = sqlite3.InternalError
    ProgrammingError = sqlite3.ProgrammingError
    NotSupportedError = sqlite3.NotSupportedError
    Binary = bytes

    def __init__(self, vfs: str) -> None:
        self._vfs = vfs

    def connect(self, database: str, timeout: float = 5.0, **_of_sqlite3: Any) -> "_Connection":
        """Open a database."""
        with _as_sqlite3():
            connection = apsw.Connection(database, vfs=self._vfs)
            connection.set_busy_timeout(int(timeout * 1000))
        return _Connection(connection)


class _Connection:
    isolation_level = None

    def __init__(self, raw: apsw.Connection) -> None:
        self._raw = raw

    def cursor(self, *_: Any) -> "_Cursor":
        return _Cursor(self._raw.cursor())

    def create_function(self, name: str, arguments: int, function: Callable[..., Any], **how: Any) -> None:
        self._raw.create_scalar_function(name, function, arguments, **how)

    def commit(self) -> None:
        self._end("COMMIT")

    def rollback(self) -> None:
        self._end("ROLLBACK")

    def _end(self, how: str) -> None:
        if not self._raw.get_autocommit():
            with _as_sqlite3():
                self._raw.execute(how)

    def close(self) -> None:
        self._raw.close()


class _Cursor:
    arraysize = 1
    lastrowid: int | None = None

    def __init__(self, raw: apsw.Cursor) -> None:
        self._raw = raw
        raw.exec_trace = self._see
        self._rows: Iterator[tuple[Any, ...]] = iter(())
        self.description: Sequence[Any] | None = None
        self.rowcount = -1

    def execute(self, statement: str, values: Sequence[Any] = ()) -> "_Cursor":
        return self._run(lambda: self._raw.execute(statement, tuple(values)))

    def executemany(self, statement: str, rows: Iterable[Sequence[Any]]) -> "_Cursor":
        return self._run(lambda: self._raw.executemany(statement, (tuple(row) for row in rows)))

    def _run(self, begin: Callable[[], object]) -> "_Cursor":
        """Run a statement to its end at once: APSW runs it only as far as its rows are asked for."""
        connection = self._raw.connection
        before = connection.total_changes()
        with _as_sqlite3():
            begin()
            self._rows = iter(self._raw.fetchall())
        self.rowcount = connection.total_changes() - before if self.description is None else -1
        return self

    def _see(self, cursor: apsw.Cursor, _statement: str, _values: object) -> bool:
        """Keep the names of the columns, which APSW knows only until a statement without rows has run."""
        self.description = cursor.description or None
        return True

    def fetchone(self) -> tuple[Any, ...] | None:
        return next(self._rows, None)

    def fetchmany(self, size: int | None = None) -> list[tuple[Any, ...]]:
        wanted = self.arraysize if size is None else size
        return [row for _, row in zip(range(wanted), self._rows, strict=False)]

    def fetchall(self) -> list[tuple[Any, ...]]:
        return list(self._rows)

    def __iter__(self) -> Iterator[tuple[Any, ...]]:
        return self._rows

    def close(self) -> None:
        self._raw.close()


@contextmanager
def _as_sqlite3() -> Iterator[None]:
    """Raise APSW's errors as those the standard driver would raise."""
    try:
        yield
    except apsw.ConstraintError as error:
        raise sqlite3.IntegrityError(str(error)) from error
    except _OPERATIONAL as error:
        raise sqlite3.OperationalError(str(error)) from error
    except apsw.Error as error:
        raise sqlite3.DatabaseError(str(error)) from error
