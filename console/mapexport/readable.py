"""The cases as a clerk reads them: headed and told in the language in use, each code in a column of its own beside it.

A code's column keeps its name, so that another program finds it whatever language the file was written in.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from console.mapexport.tables import Table
from domain.ids import GridCode, UnitId
from resources.words import Words
from widgets.names import Names

MOMENTS = ("opened_at", "closed_at", "due_at")
"""Times that are sorted and counted with; when the file was written is a stamp, the same in every format."""
Told = Callable[[Any], str]


def readable(table: Table, names: Names, words: Words) -> Table:
    """Return the table of cases with columns and values to be read, the codes kept."""
    named, told = _named(names, words), _told(words)
    columns: dict[str, list[Any]] = {}
    for name, column in table.columns.items():
        tell = named.get(name) or told.get(name)
        known = {} if tell is None else {value: tell(value) for value in set(column)}
        heading = words(f"map_export.column.{name}")
        if name in named:  # beside its code: spreadsheets and databases take "State" and "state" for the same
            heading = words("map_export.column.in_words", heading=heading)
        columns[heading] = [known.get(value, value) for value in column]
        if name in named:
            columns[name] = column
    return Table(table.name, columns, table.shapes)


def _named(names: Names, words: Words) -> dict[str, Told]:
    """Return what tells the name of each code, by its column."""

    def units(ids: str) -> str:
        return words("list.comma").join(names.unit(UnitId(unit)) for unit in ids.split())

    return {
        "channel": lambda code: words(f"channel.{code}"),
        "kind": names.kind,
        "state": lambda code: words(f"state.{code}"),
        "grid_code": lambda code: names.grid(GridCode(code) if code else None),
        "lead_unit": units,
        "helper_units": units,
        "copied_units": units,
        "lamp": lambda code: words(f"lamp.{code}"),
    }


def _told(words: Words) -> dict[str, Told]:
    """Return what tells a value that is no code: a moment as spreadsheets take it, yes and no."""

    def whether(value: bool) -> str:
        return words("map_export.yes" if value else "map_export.no")

    return {**dict.fromkeys(MOMENTS, plain_moment), "synthetic": whether, "urgent": whether}


def plain_moment(text: str | None) -> str:
    """Return a time of a table as a person reads it, and a spreadsheet takes it; empty where there is none."""
    return "" if text is None else datetime.fromisoformat(text).replace(tzinfo=None).isoformat(" ", "seconds")
