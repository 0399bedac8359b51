"""Statements over a list of values, as either database takes one: few texts, so that they stay prepared."""

from typing import Any

import msgspec
from sqlalchemy import Connection, text
from sqlalchemy.sql.elements import TextClause

from service.store import direct

_SOURCES = {
    "sqlite": "(SELECT value AS v FROM json_each(:{0})) l",
    "postgresql": "unnest(CAST(:{0} AS {1}[])) AS l(v)",
}

Either = dict[str, TextClause]
"""A statement by the dialect's name."""


def either(statement: str, name: str, kind: str = "bigint") -> Either:
    """Return a statement in which ``{0}`` is the list called ``name``, a table ``l`` of one column ``v``."""
    return {dialect: text(statement.format(source.format(name, kind))) for dialect, source in _SOURCES.items()}


def listed(
    connection: Connection, statements: Either, name: str, values: list[Any], **others: Any
) -> list[tuple[Any, ...]]:
    """Return the rows of a statement over a list of values. The connection must be in a transaction."""
    if not values:
        return []
    dialect = connection.dialect.name
    given: Any = msgspec.json.encode(values).decode() if dialect == "sqlite" else values
    return direct.rows(connection, statements[dialect], {name: given, **others})
