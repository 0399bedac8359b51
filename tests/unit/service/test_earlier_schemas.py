"""A record of every earlier schema is brought forward with all that is in it, proves whole, and goes on being written.

``schemas/0001.sql`` is what the program of that schema wrote through its own service: reports with and without a
place, a contact that was revealed, a photo, accounts, an imported case.
"""

import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
from homes import database_of
from records import Record
from sqlalchemy import MetaData, insert, select, text
from stores import report_job, settled_store
from towns import REPAIR, SANITATION

from domain.people import Role
from service.audit.verify import check
from service.clock import real_now
from service.starting import opened
from service.store import migrate, reads
from service.store import tables as t
from service.store.engine import Store
from service.tokens import find_account
from service.world import load_world
from service.write.ledger import Ledger
from service.write.transaction import transact

FIRST = Path(__file__).parent / "schemas" / "0001.sql"
VERSIONS = sorted(
    path.name.split("_")[0] for path in (Path(migrate.__file__).parent / "migrations" / "versions").glob("[0-9]*.py")
)
EARLIER = VERSIONS[:-1]
SENT_LATER: tuple[tuple[str, dict[str, Any]], ...] = (
    ("accept", {}),
    ("file", {"condition": "c1"}),
    ("dispatch", {"unit": SANITATION}),
    ("add_helpers", {"helpers": [REPAIR]}),
)


@pytest.fixture(params=EARLIER)
def earlier(request: Any, home: Path) -> Iterator[str]:
    """Give a database of an earlier schema with a record in it."""
    url = database_of(home)
    store = Store(url)
    if not store.is_sqlite:
        with store.writing.begin() as connection:
            connection.execute(text("DROP SCHEMA public CASCADE"))
            connection.execute(text("CREATE SCHEMA public"))
    migrate.upgrade(store, "0001")
    _fill(store)
    migrate.upgrade(store, request.param)
    assert migrate.revision(store) == request.param
    store.close()
    return url


def _fill(store: Store) -> None:
    kept = sqlite3.connect(":memory:")
    kept.executescript(FIRST.read_text(encoding="utf-8"))
    with store.writing.begin() as connection:
        known = MetaData()
        known.reflect(connection)
        for table in known.sorted_tables:
            if table.name == "alembic_version":
                continue
            names = [column.name for column in table.columns]
            quoted = ", ".join(f'"{name}"' for name in names)
            rows = kept.execute(f'SELECT {quoted} FROM "{table.name}"').fetchall()
            if rows:
                connection.execute(insert(table), [dict(zip(names, row, strict=True)) for row in rows])
    kept.close()


def test_everything_is_still_there_and_proves_whole(earlier: str) -> None:
    with opened(earlier, exclusive=True) as store:
        with store.reading.begin() as connection:
            assert migrate.revision(store) == migrate.NEWEST
            verdict = check(connection)
            assert not verdict.broken, verdict.breaks
            assert verdict.checked == 11
            titles = {case.title for case in map(_case(connection), _numbers(connection))}
            assert titles == {"井盖缺失", "路灯不亮", "old"}
            contacts = connection.execute(select(t.contact.c.name, t.contact.c.phone)).all()
            assert [tuple(row) for row in contacts] == [("张女士", "13800001111")]
            keeper = find_account(connection, "admin")
            assert keeper is not None
            assert keeper.actor.roles == {Role.SYSTEM_ADMIN}
            ledger = Ledger(load_world(connection), reads.head(connection).seq)
        with store.writing.connect() as connection:
            answer = transact(connection, ledger, [report_job("新的一件")], real_now).answers[0]
        assert not isinstance(answer, Exception), answer
        with store.reading.begin() as connection:
            assert not check(connection).broken


def test_a_helper_sent_before_it_was_kept_when_is_told_of_from_the_log(home: Path) -> None:
    with settled_store(home) as (store, ledger):
        record = Record(store, ledger)
        case_no = record.report().case_no
        for action, args in SENT_LATER:
            record.act(case_no, action, **args)
        before = record.case(case_no)
        assert before.helped[0].sent_at is not None
        old = msgspec.structs.replace(before, helped=())
        with store.writing.begin() as connection:
            connection.execute(text("UPDATE cases SET body = :body"), {"body": msgspec.msgpack.encode(old)})
            connection.execute(text("UPDATE alembic_version SET version_num = '0012'"))
        migrate.upgrade(store)
        with store.reading.begin() as connection:
            assert reads.case(connection, case_no) == before
            assert not check(connection).broken


def _numbers(connection: Any) -> list[str]:
    return [row.case_no for row in connection.execute(select(t.cases.c.case_no))]


def _case(connection: Any) -> Any:
    return lambda number: reads.case(connection, number)


def test_there_is_an_earlier_schema_to_test() -> None:
    assert EARLIER[0] == "0001"
    assert VERSIONS[-1] == migrate.NEWEST
