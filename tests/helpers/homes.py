"""The same test on both stores: ``home`` is a folder whose database is a SQLite file, and then one on PostgreSQL.

Everything in ``tests/helpers`` that takes a folder asks ``database_of`` which it is, so a restart finds the same one.
"""

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from postgres import Cluster

STORES = ("sqlite", "postgresql")
SAYS = "database-url"


def database_of(folder: Path) -> str:
    """Return the database of a folder: the URL it was given, else the SQLite file ``town.db`` in it."""
    says = folder / SAYS
    return says.read_text() if says.exists() else str(folder / "town.db")


def new_database(folder: Path) -> str:
    """Return ``database_of``. A SQLite file that is not there yet is made on the newest schema, with nothing in it.

    A copy: the migrations take a fifth of a second, and have tests of their own.
    """
    database = database_of(folder)
    if "://" not in database and not Path(database).exists():
        Path(database).write_bytes(_migrated())
    return database


@lru_cache(maxsize=1)
def _migrated() -> bytes:
    with TemporaryDirectory() as made:
        file = Path(made) / "migrated.db"
        _migrate(str(file))
        return file.read_bytes()


@contextmanager
def on_postgres(folder: Path, cluster: Cluster) -> Iterator[Path]:
    """Give a folder a new PostgreSQL database on the newest schema, with nothing in it yet."""
    name = cluster.create(cluster.template("migrated", _migrate))
    (folder / SAYS).write_text(cluster.url(name))
    yield folder
    cluster.drop(name)


def new_home(store: str, folder: Path, request: pytest.FixtureRequest, stack: ExitStack) -> Path:
    """Return a new folder in ``folder`` with a database of its own, both until ``stack`` ends."""
    made = folder / os.urandom(6).hex()
    made.mkdir()
    return stack.enter_context(home_on(store, made, request))


@contextmanager
def home_on(store: str, folder: Path, request: pytest.FixtureRequest) -> Iterator[Path]:
    """Give a folder a database of one of ``STORES``; skips where that is not to be had."""
    if store == "sqlite":
        yield folder
        return
    with on_postgres(folder, request.getfixturevalue("cluster")) as home:
        yield home


@pytest.fixture(params=STORES)
def home(request: Any, tmp_path: Path) -> Iterator[Path]:
    """Give a folder with a database of its own; a test that asks for it is run on every store."""
    with home_on(request.param, tmp_path, request) as folder:
        yield folder


@pytest.fixture(params=STORES)
def homes(request: Any, tmp_path: Path) -> Iterator[Callable[[], Path]]:
    """Give what makes such folders, for a test that needs several; it is run on every store."""
    with ExitStack() as stack:
        yield lambda: new_home(request.param, tmp_path, request, stack)


@pytest.fixture
def postgres_home(tmp_path: Path, cluster: Cluster) -> Iterator[Path]:
    """Give a folder with a PostgreSQL database of its own."""
    with on_postgres(tmp_path, cluster) as folder:
        yield folder


def _migrate(url: str) -> None:
    from service.store.engine import Store
    from service.store.migrate import upgrade

    store = Store(url)
    upgrade(store)
    store.close()
