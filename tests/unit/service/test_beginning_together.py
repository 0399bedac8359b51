"""Services that begin on one PostgreSQL database: one schema, one town, one clock; and who must be alone is."""

import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from homes import database_of
from log_checks import check_store
from postgres import Cluster
from towns import GivenTown

from domain.faults import Fault
from service.runtime import Runtime
from service.starting import make_runtime, opened
from service.store import reads
from service.store.engine import Store
from service.store.lock import services


def close(runtime: Runtime) -> None:
    runtime.doorkeeper.close()
    runtime._reading.shutdown()
    runtime._photos.shutdown()


def together(count: int, work: Callable[[], Any]) -> list[Any]:
    got: list[Any] = []
    start = threading.Barrier(count)

    def run() -> None:
        start.wait(20)
        got.append(work())

    threads = [threading.Thread(target=run) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return got


def test_services_that_begin_at_once_on_an_empty_database_make_one_town_and_one_clock(cluster: Cluster) -> None:
    name = cluster.create()
    url = cluster.url(name)

    def begin() -> tuple[str, Any]:
        with opened(url, exclusive=False, serving=True) as store:
            runtime = make_runtime(store, GivenTown(), 60)
            time.sleep(0.3)
            close(runtime)
            return runtime.epoch, runtime.timekeeper.clock

    begun = together(4, begin)
    assert len(begun) == 4
    assert len({epoch for epoch, _ in begun}) == 1
    assert len({clock for _, clock in begun}) == 1
    store = Store(url)
    assert check_store(store) == 1
    store.close()
    cluster.drop(name)


def test_a_clock_nobody_runs_by_stood_still(postgres_home: Path) -> None:
    url = database_of(postgres_home)
    clocks = []
    for speed in (1000.0, 1000.0):
        with opened(url, exclusive=False, serving=True) as store:
            runtime = make_runtime(store, GivenTown(), speed)
            clocks.append(runtime.timekeeper.clock)
            close(runtime)
        time.sleep(0.05)
    assert clocks[0] != clocks[1]
    assert (clocks[1].service_origin - clocks[0].service_origin).total_seconds() < 1


def test_a_second_service_cannot_run_the_clock_faster(postgres_home: Path) -> None:
    url = database_of(postgres_home)
    with opened(url, exclusive=False, serving=True) as store:
        first = make_runtime(store, GivenTown(), 60)
        with opened(url, exclusive=False, serving=True) as second:
            with pytest.raises(Fault, match="other_speed"):
                make_runtime(second, GivenTown(), 61)
            close(make_runtime(second, GivenTown(), 60))
        close(first)


def test_several_serve_but_who_must_be_alone_is(postgres_home: Path) -> None:
    url = database_of(postgres_home)
    with opened(url, exclusive=False, serving=True) as store:
        with opened(url, exclusive=False, serving=True), opened(url, exclusive=False):
            assert services(store) == 2
            with pytest.raises(Fault, match="database_in_use"), opened(url, exclusive=True):
                pass
        assert services(store) == 1
    with opened(url, exclusive=True) as store:
        with pytest.raises(Fault, match="database_in_use"), opened(url, exclusive=False, serving=True):
            pass
        with store.reading.begin() as connection:
            assert reads.is_founded(connection)


def test_one_file_takes_one_service(tmp_path: Path) -> None:
    path = str(tmp_path / "a.db")
    with opened(path, exclusive=False, serving=True):
        for way in ({"exclusive": True}, {"exclusive": False, "serving": True}):
            with pytest.raises(Fault, match="database_in_use"), opened(path, **way):
                pass


def test_a_database_of_an_earlier_schema_is_left_alone_while_others_serve_it(postgres_home: Path) -> None:
    url = database_of(postgres_home)
    with opened(url, exclusive=False, serving=True) as store:
        with store.writing.begin() as connection:
            connection.exec_driver_sql("UPDATE alembic_version SET version_num = '0000'")
        with pytest.raises(Fault, match="database_in_use"), opened(url, exclusive=False):
            pass


def test_a_server_that_is_not_there_is_named_without_its_password() -> None:
    url = "postgresql://u:secret@127.0.0.1:1/town"
    with pytest.raises(Fault, match="database_unreachable") as caught, opened(url, exclusive=False):
        pass
    assert "secret" not in str(caught.value.params)
    assert "127.0.0.1:1" in str(caught.value.params["url"])


def test_a_service_that_hangs_in_a_transaction_does_not_hang_the_others(
    postgres_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from service.store import engine

    monkeypatch.setattr(engine, "LOCK_WITHIN_S", 1)
    monkeypatch.setattr(engine, "IDLE_WITHIN_S", 2)
    with opened(database_of(postgres_home), exclusive=False) as store:
        hanging = Store(database_of(postgres_home))
        with hanging.writing.connect() as held, store.writing.connect() as connection:
            reads.head(held, lock=True)
            from sqlalchemy.exc import DBAPIError, OperationalError

            with pytest.raises(OperationalError, match="lock timeout"), connection.begin():
                reads.head(connection, lock=True)
            deadline = time.monotonic() + 20
            while True:
                try:
                    with connection.begin():
                        reads.head(connection, lock=True)
                    break
                except OperationalError:
                    assert time.monotonic() < deadline
            with pytest.raises(DBAPIError):
                reads.head(held)
            held.invalidate()
        hanging.close()
