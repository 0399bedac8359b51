"""What an intruder with the database in hand can do to the log: switch its triggers off, rewrite it, hash it anew."""

from typing import Any

from sqlalchemy import Connection, delete, insert, select, text, update

from domain.change import GENESIS, chain_hash
from service.store import tables as t
from service.store.rows import change_of

TRIGGERS = {
    "sqlite": ("DROP TRIGGER change_stays", "DROP TRIGGER change_is_not_deleted"),
    "postgresql": ("ALTER TABLE change DISABLE TRIGGER USER",),
}


def let_go_of_the_log(connection: Connection) -> None:
    """Switch off what holds the log, within a transaction that is undone."""
    for words in TRIGGERS[connection.dialect.name]:
        connection.execute(text(words))


def rows_of(connection: Connection) -> list[dict[str, Any]]:
    """Return the whole log."""
    return [dict(row._mapping) for row in connection.execute(select(t.change).order_by(t.change.c.seq))]


def put_back(connection: Connection, rows: list[dict[str, Any]]) -> None:
    """Put the whole log back."""
    connection.execute(delete(t.change))
    connection.execute(insert(t.change), rows)


def chained(rows: list[dict[str, Any]], first: int) -> None:
    """Number and hash the rows anew from an index on, as an intruder would who knows the code."""
    link = rows[first - 1]["hash"] if first else GENESIS
    for seq, row in enumerate(rows[first:], first + 1):
        row["seq"] = seq
        named = type("Row", (), row)
        link = row["hash"] = chain_hash(link, change_of(named), row["digest"])


def set_head(connection: Connection, rows: list[dict[str, Any]]) -> None:
    """Let the head name the last row."""
    last = rows[-1]
    values = {"seq": last["seq"], "hash": last["hash"], "recorded_at": last["recorded_at"]}
    connection.execute(update(t.head).values(values))
