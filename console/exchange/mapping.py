"""Mappings: data files that say which column of another system means what (``resources/mappings/NAME.toml``).

A mapping's name is that of a shipped file, or the path of a file of one's own that ends in ``.toml``.
"""

from codecs import lookup
from collections.abc import Collection, Set
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec

from console.exchange.csv_reader import ENCODINGS
from domain.faults import invalid
from domain.states import CaseState
from resources.files import list_names, read_bytes

MAX_MAPPING_BYTES = 64 * 1024

What = Literal["cases", "grids", "divisions", "positions", "addresses"]
Name = Annotated[str, msgspec.Meta(min_length=1, max_length=200)]


class Level(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One level of a division tree within a row, the outermost first."""

    code: Name
    name: Name


class Mapping(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How the columns of a file are to be understood.

    ``columns`` gives for each of our fields the source's columns, joined by ``joins`` (a space by default) where there
    are several; those in ``optional`` may be absent. ``states`` translates the source's words; without it they must
    be ours. Times without an offset are local to ``timezone``. Values in ``empty`` count as nothing.
    ``crs`` is the system of coordinates: ``gcj02``, ``bd09``, or one of the EPSG register; in a plane the columns of
    lon and lat are easting and northing. It counts where the file names none; the two shifts count on top of that.
    """

    what: What
    source: Annotated[str, msgspec.Meta(min_length=1, max_length=64)]
    columns: dict[str, tuple[Name, ...]]
    joins: dict[str, str] = {}
    optional: frozenset[str] = frozenset()
    states: dict[str, CaseState] = {}
    levels: tuple[Level, ...] = ()
    encoding: str = "utf-8"
    delimiter: Annotated[str, msgspec.Meta(min_length=1, max_length=1)] = ","
    timezone: str | None = None
    time_formats: tuple[str, ...] = ()
    empty: frozenset[str] = frozenset()
    name: str = "{thing}"
    crs: str | None = None

    def required_columns(self, *, but: Set[str] = frozenset()) -> set[str]:
        """Return the source's columns a file must have, those of the fields in ``but`` left out."""
        spared = self.optional | but
        return {column for field, columns in self.columns.items() if field not in spared for column in columns}

    def value(self, fields: dict[str, str], field: str) -> str:
        """Return what a record says for one of our fields, ``""`` for nothing."""
        found = [text for column in self.columns.get(field, ()) if (text := fields.get(column, ""))]
        return self.joins.get(field, " ").join(dict.fromkeys(text for text in found if text not in self.empty))

    def moment(self, fields: dict[str, str], field: str, *, not_before: datetime | None = None) -> datetime | None:
        """Return a time as aware UTC, None for nothing. Raises ``Fault('time_unreadable')``."""
        text = self.value(fields, field)
        return parse_moment(text, self, not_before) if text else None


def load_mapping(name: str, what: What) -> Mapping:
    """Return a mapping. Raises ``Fault``: unknown, broken, or made for something else."""
    own = name.endswith(".toml")
    if not own and name not in mapping_names():
        raise invalid("mapping_unknown", mapping=name[:64], known=", ".join(mapping_names()))
    content = _read_own(Path(name)) if own else read_bytes(f"mappings/{name}.toml")
    try:
        mapping = msgspec.toml.decode(content, type=Mapping)
        _check(mapping)
    except (msgspec.DecodeError, UnicodeDecodeError, LookupError, ValueError, ZoneInfoNotFoundError) as error:
        raise invalid("mapping_broken", mapping=name[:200], reason=str(error)[:200]) from None
    if mapping.what != what:
        raise invalid("mapping_for_another", mapping=name[:64], what=mapping.what)
    return mapping


def _shipped(name: str) -> Mapping:
    return msgspec.toml.decode(read_bytes(f"mappings/{name}.toml"), type=Mapping)


def mapping_names() -> list[str]:
    """Return the names of the shipped mappings."""
    return [n.removesuffix(".toml") for n in list_names("mappings") if n.endswith(".toml")]


def need_mapped(found: Collection[str], mapping: Mapping, *, but: Set[str] = frozenset()) -> None:
    """Raise ``Fault`` unless a file has all columns of a mapping, with the name of a shipped one that they fit."""
    missing = sorted(mapping.required_columns(but=but) - set(found))
    if not missing:
        return
    told = {"columns": ", ".join(missing)[:300], "found": ", ".join(found)[:300]}
    for name in mapping_names():
        other = _shipped(name)
        if other.what == mapping.what and other.required_columns(but=but) <= set(found):
            raise invalid("columns_missing_but_mapped", mapping=name, **told)
    raise invalid("columns_missing", **told)


def parse_moment(text: str, mapping: Mapping, not_before: datetime | None = None) -> datetime:
    """Return a source's time as aware UTC.

    A local time that the clocks show twice is the first of the two, unless that lies before ``not_before``; one they
    skip is read by the offset in force before the skip. Raises ``Fault('time_unreadable')``.
    """
    found = _read_moment(text, mapping)
    if found.tzinfo is not None:
        return _bounded(found, text)
    if mapping.timezone is None:
        raise invalid("time_without_offset", value=text[:40])
    zone = _zone(mapping.timezone)
    first = _bounded(found.replace(tzinfo=zone, fold=0), text)
    if not_before is not None and first < not_before:
        second = _bounded(found.replace(tzinfo=zone, fold=1), text)
        return max(first, second)
    return first


def _read_moment(text: str, mapping: Mapping) -> datetime:
    for pattern in mapping.time_formats:
        try:
            return datetime.strptime(text, pattern)
        except ValueError:
            continue
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        raise invalid("time_unreadable", value=text[:40]) from None


def _bounded(moment: datetime, text: str) -> datetime:
    try:
        return moment.astimezone(UTC)
    except (OverflowError, ValueError):
        raise invalid("time_unreadable", value=text[:40]) from None


@lru_cache(maxsize=64)
def _zone(name: str) -> ZoneInfo:
    return ZoneInfo(name)


def _read_own(path: Path) -> bytes:
    try:
        with path.open("rb") as source:
            content = source.read(MAX_MAPPING_BYTES + 1)
    except OSError:
        raise invalid("mapping_unknown", mapping=path.name[:64], known=", ".join(mapping_names())) from None
    if len(content) > MAX_MAPPING_BYTES:
        raise invalid("mapping_broken", mapping=path.name[:200], reason=f"> {MAX_MAPPING_BYTES}")
    return content


_FIELDS: dict[What, frozenset[str]] = {
    "cases": frozenset(
        {"source", "source_no", "state", "kind", "title", "text", "channel", "address", "lon", "lat"}
        | {"opened_at", "accepted_at", "closed_at"}
    ),
    "grids": frozenset({"code", "name", "division"}),
    "divisions": frozenset({"code", "name", "parent"}),
    "positions": frozenset({"thing", "at", "lon", "lat"}),
    "addresses": frozenset({"code", "text", "lon", "lat", "division"}),
}


def _check(mapping: Mapping) -> None:
    unknown = set(mapping.columns) - _FIELDS[mapping.what]
    if unknown:
        raise ValueError(f"no such field: {sorted(unknown)[0]}")
    if lookup(mapping.encoding).name not in {lookup(e).name for e in ENCODINGS}:
        raise ValueError(f"encoding: {mapping.encoding}")
    if mapping.timezone is not None:
        _zone(mapping.timezone)
