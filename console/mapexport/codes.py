"""The names of codes, beside them: whoever opens a table in another program has no list of ours to look them up in.

A code's column keeps its name and what is in it, so that a program finds it whatever language a file was written in;
the column after it has the name. Nobody of the public is named: who reported is not in a table at all.
"""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import msgspec

from console.mapexport.tables import Table
from domain.ids import GridCode, UnitId
from resources.words import Words
from widgets.names import Names

Tell = Callable[[Any], str]

BY_WORD: Mapping[str, Mapping[str, str]] = {
    "grids": {"indicator": "map.style.grids.fill."},
    "divisions": {"level": "map.division."},
    "basemap": {"kind": "map_export.base."},
    "positions": {"state": "unit_state."},
    "hazards": {"level": "hazard_level.", "kind": "hazard."},
    "geofences": {"state": "map.fence."},
    "drawings": {"form": "drawing.", "ink": "ink."},
    "cameras": {"state": "map_export.camera."},
    "components": {"kind": "component.", "condition": "condition.", "state": "map.sensed."},
    "cases": {"channel": "channel.", "state": "state.", "lamp": "lamp."},
}
"""What keys of words begin with that name codes, by layer and column."""


def tellers(layer: str, names: Names, words: Words) -> dict[str, Tell]:
    """Return what tells the name of each code of a layer, by its column."""

    def units(ids: str) -> str:
        return words("list.comma").join(names.unit(UnitId(unit)) for unit in ids.split())

    def word(head: str, code: str) -> str:
        return words(head + code)

    found: dict[str, Tell] = {column: partial(word, head) for column, head in BY_WORD.get(layer, {}).items()}
    if layer == "cases":
        found |= {"kind": names.kind, "lead_unit": units, "helper_units": units, "copied_units": units}
        found["grid_code"] = lambda code: names.grid(GridCode(code) if code else None)
    return found


def named(table: Table, names: Names, words: Words) -> Table:
    """Return a table with the name of each code in a column after it."""
    tell = tellers(table.of, names, words)
    columns: dict[str, list[Any]] = {}
    for name, column in table.columns.items():
        columns[name] = column
        if name in tell:
            columns[name_of(name)] = told(column, tell[name])
    return msgspec.structs.replace(table, columns=columns)


def told(column: list[Any], tell: Tell) -> list[str]:
    """Return the names of codes, each asked for once."""
    known = {code: tell(code) for code in set(column)}
    return [known[code] for code in column]


def name_of(column: str) -> str:
    """Return the column that has the names of a column's codes."""
    return f"{column.removesuffix('_code')}_name"
