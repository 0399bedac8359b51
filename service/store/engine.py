"""Opening a store: SQLite with full durability by default, PostgreSQL through the same statements."""

import time
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError

from domain.faults import invalid
from service.store import direct

BUSY_MS = 15_000
EMPTYING_MS, EMPTYING_ATTEMPTS = 200, 5
READERS = 4
LOCK_WITHIN_S = 10
IDLE_WITHIN_S = 60
POOL_WITHIN_S = 10.0
WAL_PAGES = 16_384
"""Pages (64 MB) after which a commit itself empties the write-ahead log: a backstop behind ``Store.checkpoint``."""


class Store:
    """The two ways into a database: ``writing`` (one connection at a time, locks at once) and ``reading``.

    ``path`` is the SQLite file, None on PostgreSQL. Errors never show parameters: a contact may be among them, and
    they end in the diagnostic log.
    """

    def __init__(self, url: str, driver: Any = None) -> None:
        """``driver`` stands in for the module ``sqlite3``; faults are made with it (``benchmarks.faults``)."""
        self.url = parse_url(url)
        self._driver = {} if driver is None else {"module": driver}
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        self.path = Path(str(self.url.database)) if self.is_sqlite else None
        if self.path is not None and not self.path.parent.is_dir():
            raise invalid("database_folder_missing", path=str(self.path.parent))
        self.writing = self._engine("BEGIN IMMEDIATE", pool_size=1)
        self.reading = self._engine("BEGIN", pool_size=READERS)

    def close(self) -> None:
        """Close all connections."""
        self.reading.dispose()
        self.writing.dispose()

    def checkpoint(self) -> None:
        """Bring SQLite's write-ahead log into the file, beside the writer and without holding it up."""
        if not self.is_sqlite:
            return
        raw = self.reading.raw_connection()
        try:
            raw.cursor().execute("PRAGMA wal_checkpoint(PASSIVE)").close()
        finally:
            raw.close()

    def forget_deleted(self) -> bool:
        """Get what was deleted out of the files: empty SQLite's write-ahead log, vacuum PostgreSQL's dead rows.

        SQLite overwrites what it deletes (``secure_delete``). Returns False while a reader keeps the log from being
        emptied: then it is emptied by a later call.
        """
        if self.is_sqlite:
            raw = self.reading.raw_connection()
            try:
                return _empty_log(raw.cursor())
            finally:
                raw.close()
        with self.reading.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            for table in ("change", "cases", "contact", "second_factor"):
                connection.exec_driver_sql(f"VACUUM {table}")
        return True

    def compact(self) -> tuple[int, int]:
        """Rewrite the database without unused space and gather its statistics. Returns its bytes before and after.

        On SQLite nobody else may use the file meanwhile; PostgreSQL is vacuumed beside a running service.
        """
        with self.reading.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            before = self._size(connection)
            for statement in ("VACUUM", "ANALYZE") if self.is_sqlite else ("VACUUM (ANALYZE)",):
                connection.connection.cursor().execute(statement)
            if self.is_sqlite:
                _empty_log(connection.connection.cursor())
            return before, self._size(connection)

    def _size(self, connection: Connection) -> int:
        if self.path is not None:
            return self.path.stat().st_size
        return int(connection.exec_driver_sql("SELECT pg_database_size(current_database())").scalar_one())

    def _engine(self, begin: str, pool_size: int) -> Engine:
        if self.is_sqlite:
            engine = create_engine(
                self.url,
                pool_size=pool_size,
                max_overflow=0,
                hide_parameters=True,
                connect_args={"isolation_level": None, "check_same_thread": False, "timeout": BUSY_MS / 1000},
                **self._driver,
            )
            event.listen(engine, "connect", prepare_sqlite)
            event.listen(engine, "begin", _beginner(begin))
            return engine
        level = "READ COMMITTED" if begin.endswith("IMMEDIATE") else "REPEATABLE READ"
        return create_engine(
            self.url,
            pool_size=pool_size,
            max_overflow=0,
            pool_pre_ping=True,
            pool_timeout=POOL_WITHIN_S,
            hide_parameters=True,
            isolation_level=level,
            connect_args=server_options("onemap"),
        )


def server_options(name: str, **settings: str) -> dict[str, str | int]:
    """Return what a connection to PostgreSQL is opened with, so that no other end can keep us waiting for ever.

    A service that hangs in a transaction is cut off by the server; one that waits for it gives up before.
    """
    given = {
        "lock_timeout": f"{LOCK_WITHIN_S}s",
        "idle_in_transaction_session_timeout": f"{IDLE_WITHIN_S}s",
        **settings,
    }
    return {
        "application_name": name,
        "connect_timeout": 5,
        "keepalives_idle": 5,
        "keepalives_interval": 3,
        "keepalives_count": 3,
        "tcp_user_timeout": 15_000,
        "options": " ".join(f"-c {key}={value}" for key, value in given.items()),
    }


def parse_url(text: str) -> URL:
    """Return the URL of a database. A bare path means a SQLite file.

    Raises ``Fault('database_url_bad')`` for anything but a SQLite file or PostgreSQL.
    """
    if "://" not in text:
        return URL.create("sqlite", database=text)
    try:
        url = make_url(text)
    except (ArgumentError, ValueError):
        raise invalid("database_url_bad") from None
    backend = url.get_backend_name()
    if backend == "sqlite" and url.database and url.database != ":memory:":
        return url.set(drivername="sqlite")
    if backend == "postgresql":
        return url.set(drivername="postgresql+psycopg")
    raise invalid("database_url_bad")


def prepare_sqlite(connection: Any, _record: object = None) -> None:
    """Set what every connection of ours to SQLite works under."""
    cursor = connection.cursor()
    for pragma in (
        f"busy_timeout={BUSY_MS}",
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        "secure_delete=ON",
        "temp_store=MEMORY",
        "cache_size=-32000",
        f"wal_autocheckpoint={WAL_PAGES}",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _empty_log(cursor: Any) -> bool:
    """Empty the write-ahead log in short attempts: each holds commits up while it waits for readers."""
    cursor.execute(f"PRAGMA busy_timeout={EMPTYING_MS}")
    try:
        for attempt in range(EMPTYING_ATTEMPTS):
            if attempt:
                time.sleep(EMPTYING_MS / 1000)
            (busy, *_) = cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
            if not busy:
                return True
        return False
    finally:
        cursor.execute(f"PRAGMA busy_timeout={BUSY_MS}")
        cursor.close()


def _beginner(statement: str) -> Any:
    def begin(connection: Connection) -> None:
        direct.execute(connection, statement, ())

    return begin
