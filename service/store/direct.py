"""Statements sent and questions asked straight on the driver, where SQLAlchemy's work on each call costs more than the
database's: those of every transaction. The texts are SQLAlchemy's own, made once for each dialect.
"""

from collections.abc import Callable
from functools import lru_cache
from operator import itemgetter
from typing import Any

from sqlalchemy import Connection, Executable
from sqlalchemy.engine import Dialect
from sqlalchemy.exc import DBAPIError

Order = Callable[[dict[str, Any]], tuple[Any, ...]]


def rows(connection: Connection, statement: Executable, values: dict[str, Any]) -> list[tuple[Any, ...]]:
    """Return the rows of a question, of the driver's plain types. The connection must be in a transaction."""
    text, single = compiled(statement, connection.dialect)
    given = values if single is None else single(values)
    if connection.dialect.name != "sqlite":
        return [tuple(row) for row in connection.exec_driver_sql(text, given)]
    found: list[tuple[Any, ...]] = _on_sqlite(connection, text, given).fetchall()
    return found


def execute(connection: Connection, text: str, values: Any) -> None:
    """Execute a statement once. The connection must be in a transaction."""
    if connection.dialect.name != "sqlite":
        connection.exec_driver_sql(text, values)
    else:
        _on_sqlite(connection, text, values)


def _on_sqlite(connection: Connection, text: str, values: Any) -> Any:
    """Execute on the driver, with its errors as SQLAlchemy's."""
    try:
        return connection.connection.cursor().execute(text, values)
    except Exception as error:
        dbapi = connection.dialect.loaded_dbapi
        if not isinstance(error, dbapi.Error):
            raise
        raise DBAPIError.instance(text, None, error, dbapi.Error, hide_parameters=True) from error


@lru_cache(maxsize=256)
def compiled(statement: Executable, dialect: Dialect) -> tuple[str, Callable[[dict[str, Any]], Any] | None]:
    """Return a statement's text and, where a row cannot be given as it is, what makes of it what is given.

    A value the statement itself names (``used=1``) goes beside the row's own.
    """
    made: Any = statement.compile(dialect=dialect)  # type: ignore[attr-defined] # all ours are statements
    own = {name: value for name, value in made.params.items() if value is not None}
    if made.positional:
        order = orderer(made.positiontup)
        return str(made), (lambda row: order({**own, **row})) if own else order
    return str(made), (lambda row: {**own, **row}) if own else None


def orderer(names: list[str]) -> Order:
    """Return what puts a row's values in the order of these names."""
    if not names:
        return lambda _row: ()
    if len(names) == 1:
        only = names[0]
        return lambda row: (row[only],)
    return itemgetter(*names)
