"""What the grid keeper's sheet asks for, as values."""

import msgspec

from domain.mesh import Mend

SUFFIXES = (".shp", ".zip", ".gpkg", ".geojson", ".json")
"""Of files that may hold a mesh."""


class FileWanted(msgspec.Struct, frozen=True):
    """A file to be read. ``encoding`` is that of its attributes, empty to find out; ``crs`` where it names none.

    ``layer`` is which of several; ``overrules``: somebody was asked for the system, whatever the file names.
    """

    path: str
    encoding: str = ""
    crs: str = ""
    layer: str = ""
    overrules: bool = False


class Columns(msgspec.Struct, frozen=True):
    """Which columns say what; empty for none."""

    code: str
    name: str
    division: str = ""
    responsible: str = ""


class Decided(msgspec.Struct, frozen=True):
    """What is to be done about a fault, by its place in the list."""

    fault: int
    mend: Mend


class Republish(msgspec.Struct, frozen=True):
    """An earlier version to be put in force again, and why."""

    version: int
    note: str
