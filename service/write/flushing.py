"""Writing what a transaction came to: few statements with many rows each.

A row a call makes the writer ask for the interpreter a hundred times a transaction, and each time it waits behind the
loop. Rows that are born go in by the 64, then by the eight, and the rest in one more statement: few enough texts that
both driver and database keep them prepared. Rows are whole and of plain types: SQLAlchemy's work on each is left out.
"""

import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import chain
from typing import Any

from sqlalchemy import Connection, Executable, Insert
from sqlalchemy.engine import Dialect

from service.store import direct
from service.store import statements as sql

SIZES = (64, 56, 48, 40, 32, 24, 16, 8, 7, 6, 5, 4, 3, 2, 1)
"""Rows of one statement. PostgreSQL takes 65,535 values in one, SQLite 32,766; our widest row has 17."""

_NAMED = re.compile(r"%\((\w+)\)s")


def flush(connection: Connection, rows: sql.Rows, counters: dict[str, int]) -> None:
    """Write staged rows and the counters of days. Raises what the store does."""
    if counters:
        rows = {
            **rows,
            sql.KEEP_COUNTER: [{"day": day, "last": last} for day, last in counters.items()],
        }
    for statement in sql.FLUSH_ORDER:
        waiting = rows.get(statement)
        if not waiting:
            continue
        name = sql.ONE_PER_KEY.get(statement)
        if name is not None:
            waiting = list({row[name]: row for row in waiting}.values())
        write(connection, statement, waiting)


def write(connection: Connection, statement: Executable, waiting: list[dict[str, Any]]) -> None:
    """Write some rows of one statement. Raises what the store does."""
    if isinstance(statement, Insert) and waiting[0]:
        texts, order = _many(statement, connection.dialect)
        for size, part in _parts(waiting):
            direct.execute(connection, texts[size], tuple(chain.from_iterable(map(order, part))))
        return
    text, single = direct.compiled(statement, connection.dialect)
    if len(waiting) == 1:
        direct.execute(connection, text, waiting[0] if single is None else single(waiting[0]))
        return
    connection.exec_driver_sql(text, waiting if single is None else [single(row) for row in waiting])


def _parts(waiting: list[dict[str, Any]]) -> Iterator[tuple[int, list[dict[str, Any]]]]:
    at = 0
    for size in SIZES:
        while len(waiting) - at >= size:
            yield size, waiting[at : at + size]
            at += size


@lru_cache(maxsize=256)
def _many(statement: Executable, dialect: Dialect) -> tuple[dict[int, str], direct.Order]:
    """Return the text of an insertion by its number of rows, and what puts a row's values in order."""
    compiled: Any = statement.compile(dialect=dialect)  # type: ignore[attr-defined] # all ours are statements
    head, _, group = str(compiled).partition(" VALUES ")
    names = compiled.positiontup if compiled.positional else _NAMED.findall(group)
    group = group if compiled.positional else _NAMED.sub("%s", group)
    texts = {size: f"{head} VALUES {', '.join([group] * size)}" for size in SIZES}
    return texts, direct.orderer(names)
