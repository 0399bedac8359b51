"""Looking keys up costs what they are, not what their gateway ever sent, also before PostgreSQL knows the table."""

from pathlib import Path

from homes import database_of
from sqlalchemy import Connection, insert, text

from service.starting import opened
from service.store import reads
from service.store import tables as t

MANY = 4000
READ = text("SELECT seq_tup_read + idx_tup_fetch FROM pg_stat_xact_user_tables WHERE relname = :name")


def _read(connection: Connection, name: str) -> int:
    return int(connection.execute(READ, {"name": name}).scalar_one())


def test_a_key_is_found_among_thousands_of_its_gateway(postgres_home: Path) -> None:
    row = {"actor": "gate", "request": b"r", "status": 201, "seq": 1, "at": 1}
    with opened(database_of(postgres_home), exclusive=True) as store:
        with store.writing.begin() as connection:
            connection.execute(insert(t.answered), [{**row, "key": f"key-{n}"} for n in range(MANY)])
        with store.reading.begin() as connection:
            found = reads.answered(connection, [("gate", "key-7"), ("gate", "new"), ("other", "key-7")])
            assert found == {("gate", "key-7"): (b"r", 1)}
            assert _read(connection, "answered") < 20
