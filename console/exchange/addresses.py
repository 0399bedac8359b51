"""An address base in a text file: millions of rows, so it is read twice as a stream, never whole in memory.

The first reading judges every row and refuses a file that is broken anywhere; only then the second one sends. A base is
about places: columns that seem to hold persons are named and the file is refused, whatever the mapping takes.
"""

import csv
import os
from collections.abc import Iterable, Iterator
from hashlib import sha256
from itertools import islice
from math import isfinite
from pathlib import Path
from typing import Any, TextIO

import msgspec

from console.exchange.addressdoubts import Codes, Doubts, FarChoice, FarOff, far_from
from console.exchange.csv_reader import check_header, count_fault, csv_fault, decode_text
from console.exchange.mapping import Mapping, need_mapped
from console.exchange.rows import Row, bounded, read_coordinate
from console.exchange.table import Record, Table, too_large, unreadable
from domain.addresses import MAX_ADDRESS, folded, names_persons
from domain.faults import Fault, FaultKind, invalid
from domain.places import Bounds
from domain.wire import ImportedAddress

MAX_BYTES = 2 * 1024**3
MAX_ROWS = 10_000_000
MOST_REJECTED = 100_000
"""Rows that may be unusable before the file as a whole is: then it is read by the wrong mapping."""
CHUNK = 1_000
_BUFFER = 1024 * 1024


class Judged(msgspec.Struct, frozen=True):
    """What the first reading found: how many rows there are, how the file stands as a table, and what is doubtful."""

    rows: int
    table: Table
    doubts: Doubts


class AddressFile:
    """One file of addresses. Nothing is kept of it but its columns, and which of its codes stand twice.

    ``far`` says what becomes of rows far from ``town``: None takes them, after the person was asked.
    """

    def __init__(self, path: Path, mapping: Mapping, town: Bounds | None = None, far: FarChoice | None = None) -> None:
        self.path = path
        self._mapping = mapping
        self._town = town
        self._far = far
        self._doubles: dict[int, int] = {}

    def judge(self) -> Judged:
        """Read the file to its end. Raises the ``Fault`` that says where it is broken, or that it is about persons."""
        self._check_file()
        rows = rejected = 0
        first: Fault | None = None
        codes, far = Codes(), FarOff(first=[])
        for part in self.parts():
            rows += len(part)
            if rows > MAX_ROWS:
                raise Fault(FaultKind.TOO_LARGE, "file_too_many_rows", rows=rows, limit=MAX_ROWS)
            for row in part:
                if row.far_m is not None:
                    far.note(row.record.number, row.far_m)
                if row.wire is not None:
                    codes.note(row.wire.code, row.record.number)
            faults = [row.fault for row in part if row.fault is not None]
            rejected += len(faults)
            first = first or (faults[0] if faults else None)
            if rejected > MOST_REJECTED and first is not None:
                raise invalid("addresses_too_many_bad", limit=MOST_REJECTED, first=first.key)
        with self.path.open("rb") as file:
            file.seek(-1, os.SEEK_END)
            unended = file.read(1) not in (b"\n", b"\r")
        self._doubles = codes.doubles()
        return Judged(rows, Table("line", self._columns, [], unended=unended), Doubts(far, self._doubles))

    def parts(self) -> Iterator[list[Row[ImportedAddress]]]:
        """Yield the rows of the file by the thousand. Raises ``Fault`` where it is broken."""
        records = self._records()
        while part := list(islice(records, CHUNK)):
            rows = _judged(part, self._mapping)
            for row in rows:
                if row.wire is not None:
                    self._doubt(row, row.wire)
            yield rows

    def _doubt(self, row: Row[ImportedAddress], wire: ImportedAddress) -> None:
        """Note where a sound row lies far off or has its code on a later line, too; refuse it where that was chosen."""
        row.far_m = far_from(self._town, wire.lon, wire.lat)
        if row.far_m is not None and self._far == "refuse":
            row.wire, row.fault = None, invalid("address_far_off", km=round(row.far_m / 1000))
        row.counts_as = self._doubles.get(row.record.number)

    def _check_file(self) -> None:
        try:
            size = self.path.stat().st_size
        except FileNotFoundError:
            raise invalid("file_missing", file=str(self.path)) from None
        if not self.path.is_file():
            raise invalid("file_not_a_file", file=self.path.name)
        if self.path.suffix.lower() not in (".csv", ".txt"):
            raise invalid("file_kind_unknown", file=self.path.name, known=".csv .txt")
        if size > MAX_BYTES:
            raise too_large(self.path, size, MAX_BYTES)
        if size == 0:
            raise invalid("file_empty", file=self.path.name)

    def _records(self) -> Iterator[Record]:
        with self._opened() as file:
            lines = _Lines(file)
            reader = csv.reader(lines, delimiter=self._mapping.delimiter, strict=True)
            begins = 1
            try:
                self._columns = self._header(next(reader, []))
                begins = reader.line_num + 1
                for values in reader:
                    if values:
                        yield self._record(begins, values, last=lines.ended)
                    begins = reader.line_num + 1
            except csv.Error as error:
                raise csv_fault(str(error), begins, reader.line_num) from None
            except UnicodeDecodeError:
                raise self._wrong_encoding(reader.line_num) from None

    def _opened(self) -> TextIO:
        encoding = "utf-8-sig" if self._mapping.encoding.lower().replace("_", "-") == "utf-8" else "gb18030"
        try:
            return self.path.open("r", encoding=encoding, newline="", buffering=_BUFFER)
        except OSError as error:
            raise unreadable(self.path, error) from error

    def _header(self, header: list[str]) -> tuple[str, ...]:
        columns = tuple(name.strip() for name in header)
        check_header(columns, 1)
        persons = [name for name in columns if names_persons(name)]
        if persons:
            raise invalid("addresses_name_persons", columns=", ".join(persons)[:300])
        need_mapped(columns, self._mapping)
        return columns

    def _record(self, line: int, values: list[str], *, last: bool) -> Record:
        record = Record(line, dict(zip(self._columns, (v.strip() for v in values), strict=False)))
        if len(values) != len(self._columns):
            record.fault = count_fault(line, len(values), len(self._columns), last=last)
        return record

    def _wrong_encoding(self, line: int) -> Fault:
        """Return the refusal that names line and byte, found by looking at that stretch of the file alone."""
        with self.path.open("rb") as file:
            try:
                decode_text(file.read(64 * 1024 * 1024), self._mapping.encoding)
            except Fault as fault:
                return fault
        return invalid("encoding_unknown", encoding=self._mapping.encoding, line=line, byte=0)


class _Lines:
    """The lines of a file, one ahead, so that the last is known as such; a NUL is refused."""

    def __init__(self, file: TextIO) -> None:
        self._file = file
        self._next: str | None = None
        self._number = 0
        self.ended = False

    def __iter__(self) -> "_Lines":
        return self

    def __next__(self) -> str:
        line = self._file.readline() if self._next is None else self._next
        self._number += 1
        if not line:
            raise StopIteration
        if "\x00" in line:
            raise invalid("file_has_nul", line=self._number, byte=0)
        self._next = self._file.readline()
        self.ended = not self._next
        return line


def _judged(records: Iterable[Record], mapping: Mapping) -> list[Row[ImportedAddress]]:
    rows: list[Row[ImportedAddress]] = []
    found: list[tuple[int, float, float]] = []
    for record in records:
        try:
            if record.fault is not None:
                raise record.fault
            found.append((len(rows), *_numbers(record, mapping)))
            rows.append(Row(record))
        except Fault as fault:
            rows.append(Row(record, fault=fault))
    for (i, _, _), place in zip(found, _in_degrees(found, mapping.crs), strict=True):
        try:
            rows[i].wire = _address(rows[i].record, mapping, place)
        except Fault as fault:
            rows[i].fault = fault
    return rows


def _numbers(record: Record, mapping: Mapping) -> tuple[float, float]:
    lon, lat = (read_coordinate(name, mapping.value(record.fields, name)) for name in ("lon", "lat"))
    return lon, lat


def _in_degrees(found: list[tuple[int, float, float]], crs: str | None) -> list[tuple[float, float]]:
    if crs is None or not found:
        return [(x, y) for _, x, y in found]
    import numpy as np  # noqa: PLC0415 - only where a system was declared

    from console.exchange.shapes import moves  # noqa: PLC0415

    x: Any = np.array([one[1] for one in found])
    y: Any = np.array([one[2] for one in found])
    for move in moves(None, crs):
        x, y = move(x, y)
    return list(zip(np.round(x, 8).tolist(), np.round(y, 8).tolist(), strict=True))


def _address(record: Record, mapping: Mapping, place: tuple[float, float]) -> ImportedAddress:
    lon, lat = place
    if not (isfinite(lon) and isfinite(lat) and -180 <= lon <= 180 and -90 <= lat <= 90):
        raise invalid("coordinates_out_of_range", lon=lon, lat=lat)
    text = bounded("text", mapping.value(record.fields, "text"), MAX_ADDRESS, least=1)
    if not folded(text):
        raise invalid("value_missing", field="text")
    code = bounded("code", mapping.value(record.fields, "code"), 64)
    return ImportedAddress(
        code=code or "~" + sha256(f"{mapping.source}\n{folded(text)}".encode()).hexdigest()[:24],
        text=text,
        lon=lon,
        lat=lat,
        division=bounded("division", mapping.value(record.fields, "division"), 64),
        source=mapping.source,
    )
