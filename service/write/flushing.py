"""Writing what a transaction came to: few statements with many rows each.

A row a call makes the writer ask for the interpreter a hundred times a transaction, and each time it waits behind the
loop. Rows that are born go in with statements of 64, 16, 4 and 1 of them, few enough that both the driver and the
database keep them prepared. Rows are whole and of plain types, so SQLAlchemy's work on each is left out.
"""

import re
from collections.abc import Callable, Iterator
from functools import lru_cache
from itertools import chain
from operator import itemgetter
from typing import Any

from sqlalchemy import Connection, Executable, Insert
from sqlalchemy.engine import Dialect
from sqlalchemy.exc import DBAPIError

from service.store import statements as sql

SIZES = (64, 16, 4, 1)
"""Rows of one statement. PostgreSQL takes 65,535 values in one, SQLite 32,766; our widest row has 17."""

_NAMED = re.compile(r"%\((\w+)\)s")

Order = Callable[[dict[str, Any]], tuple[Any, ...]]


def flush(connection: Connection, rows: sql.Rows, counters: dict[str, int]) -> None:
    """Write staged rows and the counters of days. Raises what the store does."""
    if counters:
        rows = {
            **rows,
            sql.DROP_COUNTER: [{"which": day} for day in counters],
            sql.ADD_COUNTER: [{"day": day, "last": last} for day, last in counters.items()],
        }
    for statement in sql.FLUSH_ORDER:
        waiting = rows.get(statement)
        if not waiting:
            continue
        name = sql.ONE_PER_KEY.get(statement)
        if name is not None:
            waiting = list({row[name]: row for row in waiting}.values())
        _write(connection, statement, waiting)


def _write(connection: Connection, statement: Executable, waiting: list[dict[str, Any]]) -> None:
    if isinstance(statement, Insert) and waiting[0]:
        texts, order = _many(statement, connection.dialect)
        for size, part in _parts(waiting):
            _execute(connection, texts[size], tuple(chain.from_iterable(map(order, part))))
        return
    text, single = _compiled(statement, connection.dialect)
    connection.exec_driver_sql(text, waiting if single is None else [single(row) for row in waiting])


def _parts(waiting: list[dict[str, Any]]) -> Iterator[tuple[int, list[dict[str, Any]]]]:
    at = 0
    for size in SIZES:
        while len(waiting) - at >= size:
            yield size, waiting[at : at + size]
            at += size


def _execute(connection: Connection, text: str, values: tuple[Any, ...]) -> None:
    """Execute a statement. On SQLite straight on the driver, with its errors as SQLAlchemy's: that saves half a
    millisecond a transaction."""
    if connection.dialect.name != "sqlite":
        connection.exec_driver_sql(text, values)
        return
    driver = connection.connection
    try:
        driver.cursor().execute(text, values)
    except Exception as error:
        dbapi = connection.dialect.loaded_dbapi
        if not isinstance(error, dbapi.Error):
            raise
        raise DBAPIError.instance(text, None, error, dbapi.Error, hide_parameters=True) from error


@lru_cache(maxsize=256)
def _many(statement: Executable, dialect: Dialect) -> tuple[dict[int, str], Order]:
    """Return the text of an insertion by its number of rows, and what puts a row's values in order."""
    compiled: Any = statement.compile(dialect=dialect)  # type: ignore[attr-defined] # all ours are statements
    head, _, group = str(compiled).partition(" VALUES ")
    names = compiled.positiontup if compiled.positional else _NAMED.findall(group)
    group = group if compiled.positional else _NAMED.sub("%s", group)
    texts = {size: f"{head} VALUES {', '.join([group] * size)}" for size in SIZES}
    return texts, _orderer(names)


@lru_cache(maxsize=256)
def _compiled(statement: Executable, dialect: Dialect) -> tuple[str, Callable[[dict[str, Any]], Any] | None]:
    """Return a statement's text and, where a row cannot be given as it is, what makes of it what is given.

    A value the statement itself names (``used=1``) goes beside the row's own.
    """
    compiled: Any = statement.compile(dialect=dialect)  # type: ignore[attr-defined] # all ours are statements
    own = {name: value for name, value in compiled.params.items() if value is not None}
    if compiled.positional:
        order = _orderer(compiled.positiontup)
        return str(compiled), (lambda row: order({**own, **row})) if own else order
    return str(compiled), (lambda row: {**own, **row}) if own else None


def _orderer(names: list[str]) -> Order:
    if len(names) == 1:
        only = names[0]
        return lambda row: (row[only],)
    return itemgetter(*names)
