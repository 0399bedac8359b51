"""The file of rejected rows: ``FILE.rejected.csv`` beside the input, or in the working folder if that is read-only."""

import csv
import os
import tempfile
from collections.abc import Callable, Sequence
from io import StringIO
from pathlib import Path

from console.exchange.guarding import cell
from console.exchange.table import Record
from domain.wire import FaultBody

Said = Callable[[FaultBody], str]
"""Turns a fault into the sentence a person reads."""


def write_rejects(
    source: Path, columns: Sequence[str], place: str, rejected: Sequence[tuple[Record, FaultBody]], said: Said
) -> Path | None:
    """Write the rejected rows with the reason of each and return the file; None where none was rejected.

    A file left by an earlier run is replaced, or removed where nothing is rejected any more.
    """
    name = f"{source.name}.rejected.csv"
    if not rejected:
        stale = source.parent / name
        if stale.is_file() and os.access(source.parent, os.W_OK):
            stale.unlink()
        return None
    content = _table(columns, place, rejected, said)
    for folder in (source.parent, Path.cwd()):
        try:
            return _write(folder / name, content)
        except OSError as error:
            failed = error
    raise failed


def _table(columns: Sequence[str], place: str, rejected: Sequence[tuple[Record, FaultBody]], said: Said) -> bytes:
    text = StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow([place, "reason_key", "reason", *columns])
    for record, fault in rejected:
        values = [record.fields.get(name, "") for name in columns]
        writer.writerow([record.number, fault.key, *(cell(v) for v in (said(fault), *values))])
    return text.getvalue().encode("utf-8-sig", "replace")


def _write(path: Path, content: bytes) -> Path:
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".onemap-")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        os.replace(name, path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
    return path
