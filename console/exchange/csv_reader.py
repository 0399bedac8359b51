"""Strict CSV: one encoding, one delimiter, as many fields in each record as the header names.

Refused whole, with the line: a wrong encoding, a quote left open, a last record cut short. A record in the middle with
another number of fields is that record's fault alone.
"""

import csv
from codecs import lookup
from io import StringIO

from console.exchange.table import MAX_COLUMNS, MAX_ROWS, ReadOptions, Record, Table, too_many_rows
from domain.faults import Fault, invalid

_WIDE = (b"\xff\xfe", b"\xfe\xff")
ENCODINGS = ("utf-8", "gb18030")
"""What a file may be declared to be written in. GBK and GB 2312 are within GB 18030."""


def decode_text(content: bytes, encoding: str) -> str:
    """Return the text of a file. Raises ``Fault('wrong_encoding')`` with line and byte."""
    if content.startswith(_WIDE):
        raise invalid("wrong_encoding", encoding=encoding, line=1, byte=0, found="UTF-16")
    nul = content.find(b"\x00")
    if nul >= 0:
        raise invalid("file_has_nul", line=_line_at(content, nul), byte=nul)
    name = lookup(encoding).name
    try:
        text = content.decode("utf-8-sig" if name == "utf-8" else name)
    except UnicodeDecodeError as error:
        line, found = _line_at(content, error.start), _guess(content, name)
        if not found:
            raise invalid("encoding_unknown", encoding=encoding, line=line, byte=error.start) from None
        raise invalid("wrong_encoding", encoding=encoding, line=line, byte=error.start, found=found) from None
    return text.removeprefix("\ufeff")


def read_csv(content: bytes, options: ReadOptions) -> Table:
    """Return the records of a CSV file. Raises ``Fault`` where the file is broken as a whole."""
    rows = _rows(decode_text(content, options.encoding), options.delimiter)
    if not rows:
        raise invalid("file_empty", file="")
    header_line, header = rows[0]
    columns = tuple(name.strip() for name in header)
    check_header(columns, header_line)
    records = []
    for index, (line, values) in enumerate(rows[1:], start=1):
        record = Record(line, dict(zip(columns, (v.strip() for v in values), strict=False)))
        if len(values) != len(columns):
            record.fault = count_fault(line, len(values), len(columns), last=index == len(rows) - 1)
        records.append(record)
    return Table("line", columns, records, unended=not content.endswith((b"\n", b"\r")))


def _rows(text: str, delimiter: str) -> list[tuple[int, list[str]]]:
    """Return all records with the line each begins on; empty lines are passed over."""
    reader = csv.reader(StringIO(text, newline=""), delimiter=delimiter, strict=True)
    rows: list[tuple[int, list[str]]] = []
    begins = 1
    try:
        for values in reader:
            if values:
                rows.append((begins, values))
            if len(rows) > MAX_ROWS + 1:
                raise too_many_rows(len(rows))
            begins = reader.line_num + 1
    except csv.Error as error:
        raise csv_fault(str(error), begins, reader.line_num) from None
    return rows


def csv_fault(message: str, begins: int, line: int) -> Fault:
    """Return what the reader's own words mean for the record that begins on a line."""
    if "unexpected end of data" in message:
        return invalid("csv_open_quote", line=begins)
    if "field larger" in message:
        return invalid("csv_field_too_long", line=begins)
    return invalid("csv_malformed", line=line, begins=begins, reason=message)


def check_header(columns: tuple[str, ...], line: int) -> None:
    """Raise ``Fault`` for a header with a column twice, or with too many."""
    if len(columns) > MAX_COLUMNS:
        raise invalid("csv_too_many_columns", columns=len(columns), limit=MAX_COLUMNS)
    doubled = sorted({name for name in columns if name and columns.count(name) > 1})
    if doubled:
        raise invalid("column_twice", line=line, column=doubled[0][:100])


def count_fault(line: int, count: int, wanted: int, *, last: bool) -> Fault:
    """Return the fault of a record with another number of fields. Raises it where the file was cut short there."""
    if last and count < wanted:
        raise invalid("csv_cut_short", line=line, fields=count, expected=wanted)
    return invalid("field_count", line=line, fields=count, expected=wanted)


def _line_at(content: bytes, offset: int) -> int:
    return content.count(b"\n", 0, offset) + 1


def _guess(content: bytes, declared: str) -> str:
    """Return which of the encodings we take the file would be readable in, empty for none."""
    for other in ENCODINGS:
        if lookup(other).name != declared:
            try:
                content.decode(other)
            except UnicodeDecodeError:
                continue
            return other.upper()
    return ""
