"""The cases as a clerk reads them: headed and told in the language in use, each code in a column of its own beside it.

A code's column keeps its name, so that another program finds it whatever language the file was written in.
"""

from datetime import datetime
from typing import Any

from console.mapexport.codes import Tell, tellers, told
from console.mapexport.tables import Table
from resources.words import Words
from widgets.names import Names

MOMENTS = ("opened_at", "closed_at", "due_at")
"""Times that are sorted and counted with; when the file was written is a stamp, the same in every format."""


def readable(table: Table, names: Names, words: Words) -> Table:
    """Return the table of cases with columns and values to be read, the codes kept."""
    coded, plain = tellers(table.of, names, words), _plain(words)
    columns: dict[str, list[Any]] = {}
    for name, column in table.columns.items():
        heading = words(f"map_export.column.{name}")
        if name in coded:  # beside its code: spreadsheets and databases take "State" and "state" for the same
            columns[words("map_export.column.in_words", heading=heading)] = told(column, coded[name])
            columns[name] = column
        else:
            columns[heading] = told(column, plain[name]) if name in plain else column
    return Table(table.name, columns, table.shapes)


def _plain(words: Words) -> dict[str, Tell]:
    """Return what tells a value that is no code: a moment as spreadsheets take it, yes and no."""

    def whether(value: bool) -> str:
        return words("map_export.yes" if value else "map_export.no")

    return {**dict.fromkeys(MOMENTS, plain_moment), "synthetic": whether, "urgent": whether}


def plain_moment(text: str | None) -> str:
    """Return a time of a table as a person reads it, and a spreadsheet takes it; empty where there is none."""
    return "" if text is None else datetime.fromisoformat(text).replace(tzinfo=None).isoformat(" ", "seconds")
