"""Backups: every row comes back, into either database, and a backup that is not whole is refused."""

import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from homes import database_of
from sqlalchemy import select
from stores import report_job, settled_store

from domain.faults import Fault
from service.care.backup import back_up, inspect_backup, restore
from service.clock import real_now
from service.starting import opened
from service.store import reads
from service.store import tables as t
from service.store.engine import Store
from service.write.transaction import transact


def _quiet(_table: str, _rows: int) -> None:
    """Nobody watches."""


def _fill(home: Path) -> None:
    with settled_store(home) as (store, ledger), store.writing.connect() as connection:
        committed = transact(connection, ledger, [report_job(f"第 {i} 件") for i in range(30)], real_now)
        assert not any(isinstance(answer, Exception) for answer in committed.answers)


def _rows(url: str, *, but: tuple[str, ...] = ("token", "meta", "head", "change")) -> dict[str, set[Any]]:
    store = Store(url)
    try:
        with store.reading.begin() as connection:
            return {
                name: {
                    tuple(bytes(v) if isinstance(v, memoryview) else v for v in row)
                    for row in connection.execute(select(table))
                }
                for name, table in t.metadata.tables.items()
                if name not in but
            }
    finally:
        store.close()


def _log(url: str) -> list[Any]:
    store = Store(url)
    try:
        with store.reading.begin() as connection:
            return reads.changes_after(connection, 0, 10_000)
    finally:
        store.close()


def _epoch(url: str) -> bytes | None:
    store = Store(url)
    try:
        with store.reading.begin() as connection:
            return reads.meta(connection, "epoch")
    finally:
        store.close()


def test_what_is_restored_is_what_was_there(homes: Callable[[], Path], tmp_path: Path) -> None:
    first, second = homes(), homes()
    _fill(first)
    manifest = back_up(database_of(first), tmp_path / "b.onemap", _quiet)
    assert inspect_backup(tmp_path / "b.onemap") == manifest
    assert restore(tmp_path / "b.onemap", database_of(second), _quiet) == manifest
    assert _rows(database_of(second)) == _rows(database_of(first))
    before, after = _log(database_of(first)), _log(database_of(second))
    assert after[:-1] == before
    assert (before[-1].action, after[-1].action) == ("backup", "restored")
    assert _epoch(database_of(first)) != _epoch(database_of(second))


def test_a_backup_of_one_database_fits_the_other(tmp_path: Path, postgres_home: Path) -> None:
    (tmp_path / "lite").mkdir()
    _fill(tmp_path / "lite")
    back_up(str(tmp_path / "lite" / "town.db"), tmp_path / "b.onemap", _quiet)
    restore(tmp_path / "b.onemap", database_of(postgres_home), _quiet)
    assert _rows(database_of(postgres_home)) == _rows(str(tmp_path / "lite" / "town.db"))
    back_up(database_of(postgres_home), tmp_path / "c.onemap", _quiet)
    restore(tmp_path / "c.onemap", str(tmp_path / "again.db"), _quiet)
    assert _rows(str(tmp_path / "again.db")) == _rows(str(tmp_path / "lite" / "town.db"))


def test_a_restored_record_goes_on(tmp_path: Path) -> None:
    _fill(tmp_path)
    back_up(str(tmp_path / "town.db"), tmp_path / "b.onemap", _quiet)
    (tmp_path / "new").mkdir()
    restore(tmp_path / "b.onemap", str(tmp_path / "new" / "town.db"), _quiet)
    with settled_store(tmp_path / "new") as (store, ledger), store.writing.connect() as connection:
        answer = transact(connection, ledger, [report_job("又一件")], real_now).answers[0]
    assert answer.case.case_no.endswith("0031")


def test_a_backup_changed_by_a_single_value_is_refused_and_nothing_is_restored(tmp_path: Path) -> None:
    _fill(tmp_path)
    back_up(str(tmp_path / "town.db"), tmp_path / "b.onemap", _quiet)
    with sqlite3.connect(tmp_path / "b.onemap") as connection:
        connection.execute("UPDATE cases SET title = 'x' WHERE case_no = (SELECT min(case_no) FROM cases)")
    connection.close()
    with pytest.raises(Fault, match="backup_differs"):
        inspect_backup(tmp_path / "b.onemap")
    with pytest.raises(Fault, match="backup_differs"):
        restore(tmp_path / "b.onemap", str(tmp_path / "new.db"), _quiet)
    with opened(str(tmp_path / "new.db"), exclusive=True) as store, store.reading.begin() as connection:
        assert reads.head(connection).seq == 0
        assert reads.open_case_bodies(connection) == []


@pytest.mark.parametrize("cut", [0, 100, 5000, -4096])
def test_a_backup_cut_short_is_refused(tmp_path: Path, cut: int) -> None:
    _fill(tmp_path)
    back_up(str(tmp_path / "town.db"), tmp_path / "b.onemap", _quiet)
    whole = (tmp_path / "b.onemap").read_bytes()
    (tmp_path / "b.onemap").write_bytes(whole[:cut])
    with pytest.raises(Fault, match=r"backup_(differs|not_one)"):
        inspect_backup(tmp_path / "b.onemap")


def test_a_file_that_is_no_backup_is_refused(tmp_path: Path) -> None:
    (tmp_path / "b.onemap").write_text("not a database" * 100)
    for path, key in ((tmp_path / "b.onemap", "backup_not_one"), (tmp_path / "missing", "backup_missing")):
        with pytest.raises(Fault, match=key):
            inspect_backup(path)
    _fill(tmp_path)
    with pytest.raises(Fault, match="backup_not_one"):
        inspect_backup(tmp_path / "town.db")


def test_nothing_is_overwritten(tmp_path: Path) -> None:
    _fill(tmp_path)
    back_up(str(tmp_path / "town.db"), tmp_path / "b.onemap", _quiet)
    with pytest.raises(Fault, match="backup_exists"):
        back_up(str(tmp_path / "town.db"), tmp_path / "b.onemap", _quiet)
    with pytest.raises(Fault, match="restore_not_empty"):
        restore(tmp_path / "b.onemap", str(tmp_path / "town.db"), _quiet)
    assert [path.name for path in tmp_path.glob("b.onemap*")] == ["b.onemap"]


def test_a_backup_holds_no_token_and_is_for_its_owner_alone(tmp_path: Path) -> None:
    _fill(tmp_path)
    with Store(str(tmp_path / "town.db")).writing.begin() as connection:
        connection.exec_driver_sql(
            "INSERT INTO token (hash, account, roles, added_at, expires_at) VALUES (x'00', 'a', '[]', 0, 1)"
        )
    back_up(str(tmp_path / "town.db"), tmp_path / "b.onemap", _quiet)
    with sqlite3.connect(tmp_path / "b.onemap") as connection:
        assert connection.execute("SELECT count(*) FROM token").fetchone() == (0,)
    connection.close()
    assert (tmp_path / "b.onemap").stat().st_mode & 0o077 == 0
