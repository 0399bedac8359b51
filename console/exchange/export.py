"""Writing cases to a file: whole or not at all, never with a contact.

CSV is plain UTF-8: scripts read ``case_no`` as the first column. With a byte order mark if asked for, because Excel in
Chinese offices takes anything else for GBK. Times are ISO 8601 with the town's offset. A case without a place has empty
coordinates, or no geometry.
"""

import csv
import json
import os
import tempfile
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol, TextIO
from zoneinfo import ZoneInfo

from client.api import ServiceClient
from console.exchange.guarding import cell
from domain.faults import Fault, FaultKind, invalid, os_why
from domain.states import CaseState
from domain.wire import ExportPage, ExportRow

COLUMNS = (
    "case_no",
    "source",
    "source_no",
    "channel",
    "kind",
    "title",
    "state",
    "opened_at",
    "closed_at",
    "due_at",
    "grid_code",
    "address",
    "lon",
    "lat",
    "synthetic",
    "lead_unit",
    "helper_units",
    "copied_units",
)
MAX_EXPORT_ROWS = 5_000_000
GEOPACKAGE_ROWS = 200_000
"""Rows a GeoPackage is filled with at a time."""
SUFFIXES = (".csv", ".geojson", ".gpkg")

Progress = Callable[[int], None]


class _Writer(Protocol):
    """Writes rows of one file format."""

    def write(self, rows: list[dict[str, Any]]) -> None:
        """Write some rows."""

    def finish(self) -> None:
        """Write what follows the last row and close the file."""


async def export_cases(
    client: ServiceClient,
    out: Path,
    *,
    since: datetime | None,
    state: CaseState | None,
    progress: Progress,
    bom: bool = False,
) -> int:
    """Write all cases that match into ``out`` and return how many. Raises ``Fault``; then ``out`` is as it was.

    ``bom`` begins a CSV with a byte order mark; another file cannot have one.
    """
    makers = _MAKERS | {".csv": _CsvForExcel} if bom else _MAKERS
    maker = makers.get(out.suffix.lower())
    if maker is None:
        raise invalid("export_kind_unknown", file=out.name[:200], known=" ".join(SUFFIXES))
    count = 0
    if bom and maker is not _CsvForExcel:
        raise invalid("export_bom_only_csv", file=out.name[:200])
    try:
        with replacing(out) as path:
            writer = maker(path)
            try:
                async for page in _pages(client, since, state):
                    zone = ZoneInfo(page.timezone)
                    writer.write([plain_row(row, zone) for row in page.rows])
                    count += len(page.rows)
                    progress(count)
            finally:
                writer.finish()
    except OSError as error:
        raise invalid("export_not_writable", file=out.name[:200], reason=os_why(error)) from error
    return count


def plain_row(row: ExportRow, zone: ZoneInfo) -> dict[str, Any]:
    """Return a row as plain values in the order of ``COLUMNS``; times are texts."""
    plain: dict[str, Any] = {}
    for name in COLUMNS:
        value = getattr(row, name)
        if isinstance(value, datetime):
            value = moment_text(value, zone)
        plain[name] = str(value) if isinstance(value, str) else value
    return plain


def moment_text(at: datetime, zone: ZoneInfo) -> str:
    """Return a moment as every file has it: ISO 8601 to the second, with the offset of the town's zone."""
    return at.astimezone(zone).isoformat(timespec="seconds")


async def _pages(client: ServiceClient, since: datetime | None, state: CaseState | None) -> AsyncIterator[ExportPage]:
    after: str | None = None
    count = 0
    while True:
        page = await client.export_cases(since=since, state=state, after=after)
        count += len(page.rows)
        if count > MAX_EXPORT_ROWS:
            raise Fault(FaultKind.TOO_LARGE, "export_too_large", limit=MAX_EXPORT_ROWS)
        yield page
        if page.after is None:
            return
        if page.after == after:
            raise Fault(FaultKind.UNAVAILABLE, "bad_reply")
        after = page.after


@contextmanager
def replacing(out: Path) -> Iterator[Path]:
    """Give a name beside ``out`` to write to; it takes the place of ``out`` only where all went well."""
    with tempfile.TemporaryDirectory(dir=out.parent, prefix=".onemap-", ignore_cleanup_errors=True) as folder:
        path = Path(folder) / f"cases{out.suffix.lower()}"
        yield path
        os.replace(path, out)


class _Csv:
    encoding = "utf-8"

    def __init__(self, path: Path) -> None:
        self._file: TextIO = path.open("w", encoding=self.encoding, newline="")
        self._writer = csv.writer(self._file)
        self._writer.writerow(COLUMNS)

    def write(self, rows: list[dict[str, Any]]) -> None:
        self._writer.writerows([cell_text(row[name]) for name in COLUMNS] for row in rows)

    def finish(self) -> None:
        self._file.close()


class _CsvForExcel(_Csv):
    encoding = "utf-8-sig"


def cell_text(value: Any) -> str:
    """Return a plain value as the text of a CSV cell that no spreadsheet takes for a formula."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return cell(value) if isinstance(value, str) else repr(value)


class _GeoJson:
    def __init__(self, path: Path) -> None:
        self._file: TextIO = path.open("w", encoding="utf-8", newline="\n")
        self._file.write('{"type": "FeatureCollection", "features": [')
        self._first = True

    def write(self, rows: list[dict[str, Any]]) -> None:
        for row in rows:
            self._file.write("\n" if self._first else ",\n")
            self._first = False
            json.dump(_feature(row), self._file, ensure_ascii=False, allow_nan=False)

    def finish(self) -> None:
        self._file.write("\n]}\n")
        self._file.close()


def _feature(row: dict[str, Any]) -> dict[str, Any]:
    place = None
    if row["lon"] is not None and row["lat"] is not None:
        place = {"type": "Point", "coordinates": [row["lon"], row["lat"]]}
    return {"type": "Feature", "id": row["case_no"], "properties": row, "geometry": place}


class _GeoPackage:
    """Rows are gathered and appended in large pieces: opening the file for each page costs more than writing it."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._held: list[dict[str, Any]] = []
        self._written = False

    def write(self, rows: list[dict[str, Any]]) -> None:
        self._held += rows
        if len(self._held) >= GEOPACKAGE_ROWS:
            self._flush()

    def finish(self) -> None:
        if self._held or not self._written:
            self._flush()

    def _flush(self) -> None:
        import numpy as np  # noqa: PLC0415 - only a GeoPackage needs it
        import shapely  # noqa: PLC0415
        from pyogrio import raw  # noqa: PLC0415 - loads GDAL

        rows, self._held = self._held, []
        shapes = [None if r["lon"] is None or r["lat"] is None else shapely.Point(r["lon"], r["lat"]) for r in rows]
        numbers = {"lon", "lat"}
        columns = [
            np.array([float("nan") if r[n] is None else r[n] for r in rows], dtype=np.float64)
            if n in numbers
            else np.array([r[n] for r in rows], dtype=bool if n == "synthetic" else object)
            for n in COLUMNS
        ]
        raw.write(
            self._path,
            geometry=shapely.to_wkb(np.array(shapes, dtype=object)),
            field_data=columns,
            fields=np.array(COLUMNS, dtype=object),
            geometry_type="Point",
            crs="EPSG:4326",
            driver="GPKG",
            layer="cases",
            append=self._written,
        )
        self._written = True


_MAKERS: dict[str, Callable[[Path], _Writer]] = {".csv": _Csv, ".geojson": _GeoJson, ".gpkg": _GeoPackage}
