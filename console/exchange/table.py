"""What every reader returns: a table of records, each knowing where in its file it stands."""

from pathlib import Path
from typing import Any, Literal

import msgspec

from console.exchange.shapes import area_wkb, sound_area
from domain.faults import Fault, FaultKind, invalid, os_why

MAX_FILE_BYTES = 256 * 1024 * 1024
MAX_ROWS = 500_000
MAX_COLUMNS = 500

Place = Literal["line", "feature"]


class Record(msgspec.Struct):
    """One record. ``number`` is its first line in a text file, or its place among the features, from 1.

    ``geometry`` is a shapely geometry in WGS-84 degrees or None; ``fault`` says why the record alone cannot be used.
    """

    number: int
    fields: dict[str, str]
    geometry: Any = None
    fault: Fault | None = None
    repaired: bool = False

    def area_wkb(self) -> bytes:
        """Return the record's area as WKB and note whether it had to be repaired. Raises ``Fault``."""
        area, self.repaired = sound_area(self.geometry)
        return area_wkb(area)


class Table(msgspec.Struct):
    """All records of a file. ``place`` says what their numbers count.

    ``unended`` means the text stops without a line end: allowed, but so it looks when the last field was cut.
    ``notes`` are what the reading library had to remark, in its words.
    """

    place: Place
    columns: tuple[str, ...]
    records: list[Record]
    unended: bool = False
    notes: list[str] = []


class ReadOptions(msgspec.Struct, frozen=True):
    """How a file is declared to be. ``crs`` counts only where the file names none, or where it ``overrules`` that.

    ``attributes`` is the encoding of a Shapefile's attributes, None to find out.
    """

    encoding: str = "utf-8"
    delimiter: str = ","
    crs: str | None = None
    layer: str | None = None
    attributes: str | None = None
    overrules: bool = False

    def named(self, system: str | None) -> str | None:
        """Return the system a file names, as far as it counts."""
        return None if self.overrules and self.crs is not None else system


def too_large(path: Path, size: int, limit: int) -> Fault:
    """Return the fault of a file of more bytes than are read."""
    mb = 2**20
    return Fault(FaultKind.TOO_LARGE, "file_too_large", file=path.name, size_mb=-(-size // mb), limit_mb=limit // mb)


def read_whole(path: Path) -> bytes:
    """Return the bytes of a file. Raises ``Fault``: missing, unreadable, empty, too large."""
    try:
        size = path.stat().st_size
        if not path.is_file():
            raise invalid("file_not_a_file", file=path.name)
        if size > MAX_FILE_BYTES:
            raise too_large(path, size, MAX_FILE_BYTES)
        content = path.read_bytes()
    except FileNotFoundError:
        raise invalid("file_missing", file=str(path)) from None
    except OSError as error:
        raise unreadable(path, error) from error
    if not content.strip():
        raise invalid("file_empty", file=path.name)
    return content


def read_head(path: Path, most: int) -> bytes:
    """Return the first bytes of a file. Raises ``Fault``: unreadable."""
    try:
        with path.open("rb") as file:
            return file.read(most)
    except OSError as error:
        raise unreadable(path, error) from error


def unreadable(path: Path, error: OSError) -> Fault:
    """Return the fault of a file the system does not let us read."""
    return invalid("file_unreadable", file=path.name, reason=os_why(error))


def too_many_rows(count: int) -> Fault:
    """Return the refusal of a file with more records than are taken at once."""
    return Fault(FaultKind.TOO_LARGE, "file_too_many_rows", rows=count, limit=MAX_ROWS)
