"""The store: its schema as migrated, its durability, its lock, its address, and rows that read back as written."""

import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import inspect

from domain.faults import Fault
from service.starting import opened
from service.store import migrate
from service.store.engine import Store, parse_url
from service.store.lock import FileLock, is_held
from service.store.rows import from_us, to_us
from service.store.tables import metadata

VERSIONS = Path(migrate.__file__).parent / "migrations" / "versions"


def test_the_migrations_make_the_tables_the_program_uses(tmp_path: Path) -> None:
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext

    with opened(str(tmp_path / "a.db"), exclusive=False) as store, store.reading.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []
        found = set(inspect(connection).get_table_names())
    assert found == set(metadata.tables) | {"alembic_version"}


def test_the_newest_revision_is_the_last_file() -> None:
    last = max(path.name.split("_")[0] for path in VERSIONS.glob("[0-9]*.py"))
    assert last == migrate.NEWEST


def test_opening_again_changes_nothing_and_loads_no_alembic(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    with opened(str(path), exclusive=False):
        pass
    code = (
        "import sys\nfrom service.starting import opened\n"
        f"with opened({str(path)!r}, exclusive=False): pass\n"
        "sys.exit(any(name.startswith('alembic') for name in sys.modules))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_a_database_of_a_later_program_is_refused(tmp_path: Path) -> None:
    path = str(tmp_path / "a.db")
    with opened(path, exclusive=False) as store, store.writing.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(Fault, match="database_newer"), opened(path, exclusive=False):
        pass


def test_every_connection_is_fully_durable(tmp_path: Path) -> None:
    store = Store(str(tmp_path / "a.db"))
    for engine in (store.writing, store.reading):
        with engine.connect() as connection:
            assert connection.exec_driver_sql("PRAGMA synchronous").scalar() == 2
            assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"
    store.close()


def test_reading_sees_one_state_while_writing_goes_on(tmp_path: Path) -> None:
    with opened(str(tmp_path / "a.db"), exclusive=False) as store:
        count = "SELECT count(*) FROM meta"
        with store.reading.begin() as reading:
            before = reading.exec_driver_sql(count).scalar()
            with store.writing.begin() as writing:
                writing.exec_driver_sql("INSERT INTO meta VALUES ('x', x'00')")
            assert reading.exec_driver_sql(count).scalar() == before
        with store.reading.begin() as reading:
            assert reading.exec_driver_sql(count).scalar() == before + 1


def test_a_second_service_on_the_file_is_refused_until_the_first_ends(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    assert not is_held(path)
    with FileLock(path):
        assert is_held(path)
        with pytest.raises(Fault, match="database_in_use"):
            FileLock(path)
        code = f"from pathlib import Path\nfrom service.store.lock import is_held\nexit(is_held(Path({str(path)!r})))"
        assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 1
    assert not is_held(path)
    with FileLock(path):
        pass


@pytest.mark.parametrize(
    ("given_url", "driver"),
    [
        ("town.db", "sqlite"),
        ("sqlite:///town.db", "sqlite"),
        ("sqlite:////var/lib/town.db", "sqlite"),
        ("postgresql://u@h/town", "postgresql+psycopg"),
        ("postgresql+psycopg2://u@h/town", "postgresql+psycopg"),
    ],
)
def test_addresses_of_a_database(given_url: str, driver: str) -> None:
    assert parse_url(given_url).drivername == driver


@pytest.mark.parametrize("given_url", ["mysql://u@h/x", "sqlite://", "sqlite:///:memory:", "://", "http://x"])
def test_what_is_no_database_is_refused(given_url: str) -> None:
    with pytest.raises(Fault, match="database_url_bad"):
        parse_url(given_url)


def test_a_folder_that_is_missing_is_named(tmp_path: Path) -> None:
    with pytest.raises(Fault, match="database_folder_missing"):
        Store(str(tmp_path / "nowhere" / "a.db"))


@given(st.datetimes(datetime(1900, 1, 1), datetime(2300, 1, 1), timezones=st.just(UTC)))
def test_moments_read_back_as_written(moment: datetime) -> None:
    assert from_us(to_us(moment)) == moment


def test_moments_of_other_offsets_are_the_same_moment() -> None:
    from datetime import timezone

    east = datetime(2026, 3, 3, 8, 30, 0, 123456, tzinfo=timezone(timedelta(hours=8)))
    assert from_us(to_us(east)) == east
    assert from_us(to_us(east)).utcoffset() == timedelta(0)
