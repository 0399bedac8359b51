"""A backup is one SQLite file with every row of the record, whichever database it came from and may be restored into.

It is taken from a snapshot while the service runs, and holds what it must contain: rows and a digest of each table,
which are compared when it is written and again when it is restored. Tokens are left out, so nobody is let in by a
restored one. A restored record is a new epoch: consoles that saw the old one fetch a snapshot.
"""

import os
import secrets
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

import msgspec
from sqlalchemy import Connection, NullPool, Table, create_engine, delete, insert, select
from sqlalchemy.exc import DatabaseError

from domain.change import Subject
from domain.faults import invalid
from service.clock import real_now
from service.starting import opened, write_once
from service.store import reads
from service.store import tables as t
from service.store.engine import Store
from service.store.migrate import revision, upgrade
from service.world import META_EPOCH
from service.write.work import SYSTEM

META_BACKUP = "backup"
ROWS_AT_ONCE = 1000
_LEFT_OUT = frozenset({"token", "sign_in_failure"})
_ALL = 1 << 256

Progress = Callable[[str, int], None]
"""Told the table and how many of its rows are done."""


class Contents(msgspec.Struct, frozen=True):
    """What a table of a backup holds: its rows, and the sum of their SHA-256 as hexadecimal."""

    rows: int
    digest: str


class Manifest(msgspec.Struct, frozen=True):
    """What a backup holds. ``head`` is the last change in it, ``epoch`` that of the record it was taken from."""

    taken_at: datetime
    schema: str
    epoch: str
    head: int
    tables: dict[str, Contents]

    @property
    def rows(self) -> int:
        """All rows together."""
        return sum(contents.rows for contents in self.tables.values())


def back_up(url: str, to: Path, progress: Progress) -> Manifest:
    """Write a backup of a database to a new file, beside a running service. It is logged as an export first.

    Raises ``Fault``: the file is there already, its folder is not, or what was written does not read back.
    """
    if to.exists():
        raise invalid("backup_exists", path=str(to))
    if not to.parent.is_dir():
        raise invalid("database_folder_missing", path=str(to.parent))
    partial = to.with_name(f"{to.name}.partial")
    _remove(partial)
    try:
        with opened(url, exclusive=False) as store:
            write_once(store, lambda work: work.record(Subject.EXPORT, to.name, "backup", SYSTEM, {}))
            manifest = _write(store, partial, progress)
        _sync(partial)
        os.replace(partial, to)
        _sync(to.parent)
    finally:
        _remove(partial)
    return manifest


def _write(store: Store, partial: Path, progress: Progress) -> Manifest:
    partial.touch(mode=0o600)
    target = Store(str(partial))
    try:
        upgrade(target)
        with store.reading.connect() as source, source.begin(), target.writing.connect() as into:
            with into.begin():
                held = _copy(source, into, progress)
                epoch = reads.meta(source, META_EPOCH) or b""
                head = reads.head(source).seq
                manifest = Manifest(real_now(), revision(store) or "", epoch.decode(), head, held)
                row = {"name": META_BACKUP, "value": msgspec.json.encode(manifest)}
                into.execute(insert(t.meta), row)
            with into.begin():
                _compare(into, manifest)
            target.reading.dispose()  # whoever else has the file open keeps its write-ahead log in use
            into.connection.cursor().execute("PRAGMA journal_mode=DELETE").close()
    finally:
        target.close()
    return manifest


def inspect_backup(path: Path) -> Manifest:
    """Return what a backup says it holds, after comparing it with what is there. Raises ``Fault``."""
    with _opened_backup(path) as connection:
        manifest = _manifest(connection, path)
        _compare(connection, manifest)
    return manifest


def restore(path: Path, url: str, progress: Progress) -> Manifest:
    """Fill an empty database from a backup, all or nothing, compare every table, and begin a new epoch.

    Raises ``Fault``: no backup, one that does not hold what it says, a database that is in use or not empty.
    """
    with _opened_backup(path) as source, opened(url, exclusive=True) as store:
        with store.reading.begin() as connection:
            if reads.head(connection).seq != 0:
                raise invalid("restore_not_empty")
        with store.writing.connect() as into, into.begin():
            manifest = _manifest(source, path)
            for table in (t.head, t.meta):
                into.execute(delete(table))
            _copy(source, into, progress)
            into.execute(delete(t.meta).where(t.meta.c.name == META_BACKUP))
            _compare(into, manifest)
            into.execute(delete(t.meta).where(t.meta.c.name == META_EPOCH))
            into.execute(insert(t.meta), {"name": META_EPOCH, "value": secrets.token_hex(8).encode()})
        data = {"taken_at": manifest.taken_at.isoformat(), "head": manifest.head, "epoch": manifest.epoch}
        write_once(store, lambda work: work.record(Subject.EXPORT, path.name, "restored", SYSTEM, data))
    return manifest


@contextmanager
def _opened_backup(path: Path) -> Iterator[Connection]:
    """Open a backup for reading alone: looking at it changes nothing in it."""
    if not path.is_file():
        raise invalid("backup_missing", path=str(path))
    address = f"{path.absolute().as_uri()}?mode=ro&immutable=1"
    engine = create_engine("sqlite://", creator=lambda: sqlite3.connect(address, uri=True), poolclass=NullPool)
    try:
        with engine.connect() as connection:
            yield connection
    finally:
        engine.dispose()


def _manifest(connection: Connection, path: Path) -> Manifest:
    try:
        kept = reads.meta(connection, META_BACKUP)
    except DatabaseError:
        kept = None
    if kept is None:
        raise invalid("backup_not_one", path=str(path))
    return msgspec.json.decode(kept, type=Manifest)


def _tables() -> list[Table]:
    return [table for table in t.metadata.sorted_tables if table.name not in _LEFT_OUT]


def _copy(source: Connection, into: Connection, progress: Progress) -> dict[str, Contents]:
    """Copy every row of every table and return what was copied."""
    held: dict[str, Contents] = {}
    for table in _tables():
        tally = _Tally()
        for part in _parts(source, table):
            into.execute(insert(table), part)
            tally.count(part)
            progress(table.name, tally.rows)
        held[table.name] = tally.contents()
    return held


def _compare(connection: Connection, manifest: Manifest) -> None:
    """Raise ``Fault('backup_differs')`` where a table is not what the manifest says."""
    for table in _tables():
        tally = _Tally()
        try:
            for part in _parts(connection, table):
                tally.count([row for row in part if table is not t.meta or row["name"] != META_BACKUP])
        except DatabaseError as error:
            raise invalid("backup_differs", table=table.name) from error
        if manifest.tables.get(table.name) != tally.contents():
            raise invalid("backup_differs", table=table.name)


class _Tally:
    """Counts rows and adds their hashes up: the two databases do not sort texts alike, so the order must not count."""

    def __init__(self) -> None:
        self.rows = 0
        self._sum = 0

    def count(self, rows: list[dict[str, Any]]) -> None:
        self.rows += len(rows)
        self._sum += sum(int.from_bytes(sha256(msgspec.msgpack.encode(row)).digest()) for row in rows)

    def contents(self) -> Contents:
        return Contents(self.rows, f"{self._sum % _ALL:064x}")


def _parts(connection: Connection, table: Table) -> Iterator[list[dict[str, Any]]]:
    found = connection.execute(select(table).execution_options(yield_per=ROWS_AT_ONCE))
    for part in found.mappings().partitions(ROWS_AT_ONCE):
        yield [{name: _plain(value) for name, value in row.items()} for row in part]


def _plain(value: Any) -> Any:
    return bytes(value) if isinstance(value, memoryview) else value


def _sync(path: Path) -> None:
    """Bring a file or folder to the disk; Windows has no handle for a folder."""
    try:
        handle = os.open(path, os.O_RDONLY if path.is_dir() else os.O_RDWR)
    except PermissionError:
        return
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _remove(partial: Path) -> None:
    for name in (partial.name, f"{partial.name}-wal", f"{partial.name}-shm"):
        partial.with_name(name).unlink(missing_ok=True)
