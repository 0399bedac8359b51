"""Shapefiles, zipped or loose, and GeoPackages: the container is checked by its own books before GDAL is let at it.

A Shapefile's members state their lengths and record counts; a GeoPackage is an SQLite file with a page count. GDAL
reads on past what is missing, so we do not ask it whether a file is whole.
"""

import sqlite3
import struct
import tempfile
import warnings
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import closing, contextmanager
from io import BytesIO
from pathlib import Path, PurePosixPath
from typing import Any

import shapely

from console.exchange.geojson_reader import plain_text
from console.exchange.shapes import shapes_to_wgs84
from console.exchange.table import (
    MAX_FILE_BYTES,
    MAX_ROWS,
    ReadOptions,
    Record,
    Table,
    read_head,
    read_whole,
    too_many_rows,
)
from domain.faults import Fault, FaultKind, invalid

MAX_MEMBERS = 64
MAX_UNPACKED = 2 * MAX_FILE_BYTES
MAX_TEXT = 64 * 1024
"""Of what names the coordinate system, and of what names the encoding."""
LEAST_PAGE = 512
_NEEDED = (".shp", ".shx", ".dbf")
_TAKEN = (*_NEEDED, ".prj", ".cpg")


def read_shapefile_zip(content: bytes, options: ReadOptions) -> Table:
    """Return the records of the one Shapefile in a zip. Raises ``Fault`` with the member that is broken."""
    return _read_members(_members(content), options)


def read_shapefile(path: Path, options: ReadOptions) -> Table:
    """Return the records of a Shapefile that lies in a folder with its other files. Raises ``Fault``: one lacks."""
    members = {}
    for suffix in _TAKEN:
        beside = (path.with_suffix(suffix), path.with_suffix(suffix.upper()))
        found = path if suffix == ".shp" else next((file for file in beside if file.is_file()), None)
        if found is not None:
            members[suffix] = read_whole(found) if suffix in _NEEDED else read_head(found, MAX_TEXT)
    missing = [f"{path.stem}{suffix}" for suffix in _NEEDED if suffix not in members]
    if missing:
        raise invalid("shp_member_missing", file=path.name, member=", ".join(missing)[:200])
    return _read_members(members, options)


def _read_members(members: dict[str, bytes], options: ReadOptions) -> Table:
    _check_shapefile(members)
    prj = members.get(".prj", b"").decode("utf-8", "replace").strip()
    if not prj and options.crs is None:
        raise invalid("crs_missing")
    declared = members.get(".cpg", b"").decode("ascii", "replace").strip()
    with tempfile.TemporaryDirectory(prefix="onemap-", ignore_cleanup_errors=True) as folder:
        for suffix in _NEEDED:
            (Path(folder) / f"layer{suffix}").write_bytes(members[suffix])
        shapes = Path(folder) / "layer.shp"
        return _read(shapes, None, prj or None, options, _encodings(options.attributes or declared))


def read_geopackage(content: bytes, options: ReadOptions) -> Table:
    """Return the records of a GeoPackage's one layer, or of the one asked for. Raises ``Fault``."""
    _check_pages(content)
    with tempfile.TemporaryDirectory(prefix="onemap-", ignore_cleanup_errors=True) as folder:
        path = Path(folder) / "layer.gpkg"
        path.write_bytes(content)
        _check_sqlite(path)
        with _heard() as notes:
            layer = _layer(path, options.layer)
        table = _read(path, layer, None, options, ("utf-8",))
        table.notes = list(dict.fromkeys([*notes, *table.notes]))
        return table


# -- zip ---------------------------------------------------------------------------------------------------------------


def _members(content: bytes) -> dict[str, bytes]:
    """Return the Shapefile's members by suffix."""
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            entries = [e for e in archive.infolist() if not e.is_dir() and not e.filename.startswith("__MACOSX/")]
            _check_entries(entries)
            chosen = _choose(entries)
            return {suffix: _unpack(archive, entry) for suffix, entry in chosen.items()}
    except (zipfile.BadZipFile, EOFError, ValueError, struct.error) as error:  # ValueError: it points before its start
        raise invalid("zip_broken", member="", reason=str(error)[:100]) from None
    except (NotImplementedError, RuntimeError) as error:  # a method we lack, or a password
        raise invalid("zip_unreadable", reason=str(error)[:100]) from None


def _check_entries(entries: list[zipfile.ZipInfo]) -> None:
    if len(entries) > MAX_MEMBERS:
        raise Fault(FaultKind.TOO_LARGE, "zip_too_many_members", members=len(entries), limit=MAX_MEMBERS)
    unpacked = sum(entry.file_size for entry in entries)
    if unpacked > MAX_UNPACKED:
        raise Fault(FaultKind.TOO_LARGE, "zip_too_large", size=unpacked, limit=MAX_UNPACKED)


def _choose(entries: list[zipfile.ZipInfo]) -> dict[str, zipfile.ZipInfo]:
    shapes = [e for e in entries if e.filename.lower().endswith(".shp")]
    if not shapes:
        raise invalid("zip_without_shp", members=", ".join(e.filename for e in entries)[:200])
    if len(shapes) > 1:
        raise invalid("zip_several_shp", members=", ".join(e.filename for e in shapes)[:200])
    stem = str(PurePosixPath(shapes[0].filename).with_suffix("")).lower()
    chosen = {}
    for entry in entries:
        path = PurePosixPath(entry.filename)
        if str(path.with_suffix("")).lower() == stem and path.suffix.lower() in _TAKEN:
            chosen[path.suffix.lower()] = entry
    missing = [suffix for suffix in _NEEDED if suffix not in chosen]
    if missing:
        raise invalid("zip_member_missing", member=f"{stem}{missing[0]}"[:200])
    return chosen


def _unpack(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> bytes:
    try:
        with archive.open(entry) as source:
            data = source.read(entry.file_size + 1)
    except (zipfile.BadZipFile, zlib.error, EOFError) as error:
        raise invalid("zip_broken", member=entry.filename[:200], reason=str(error)[:100]) from None
    if len(data) != entry.file_size:
        raise invalid("zip_broken", member=entry.filename[:200], reason=f"{len(data)} != {entry.file_size}")
    return data


# -- Shapefile (ESRI white paper, July 1998) and dBASE III -------------------------------------------------------------


def _check_shapefile(members: dict[str, bytes]) -> None:
    for suffix in (".shp", ".shx"):
        data = members[suffix]
        if len(data) < 100 or struct.unpack(">i", data[:4])[0] != 9994:
            raise invalid("shp_not_one", member=suffix)
        stated = struct.unpack(">i", data[24:28])[0] * 2
        if stated != len(data):
            raise invalid("shp_cut_short", member=suffix, size=len(data), expected=stated)
    dbf = members[".dbf"]
    if len(dbf) < 33:
        raise invalid("shp_cut_short", member=".dbf", size=len(dbf), expected=33)
    records, head, length = struct.unpack("<IHH", dbf[4:12])
    if len(dbf) < head + records * length:
        raise invalid("shp_cut_short", member=".dbf", size=len(dbf), expected=head + records * length)
    shapes = (len(members[".shx"]) - 100) // 8
    if shapes != records:
        raise invalid("shp_counts_differ", shapes=shapes, records=records)
    if shapes > MAX_ROWS:
        raise too_many_rows(shapes)
    _check_records(members[".shp"], members[".shx"])


def _check_records(shp: bytes, shx: bytes) -> None:
    """Hold each entry of the index against the record it points at."""
    for number, (offset, length) in enumerate(struct.iter_unpack(">ii", shx[100:]), start=1):
        start = offset * 2
        if start < 100 or length < 0 or start + 8 + length * 2 > len(shp):
            raise invalid("shp_record_broken", feature=number, byte=start)
        stated_number, stated_length = struct.unpack_from(">ii", shp, start)
        if stated_number != number or stated_length != length:
            raise invalid("shp_record_broken", feature=number, byte=start)


def _encodings(declared: str) -> tuple[str, ...]:
    """Return the encodings to try: the stated one alone, or UTF-8 and then GB 18030."""
    if not declared:
        return ("utf-8", "gb18030")
    name = {"65001": "utf-8", "936": "gb18030", "54936": "gb18030", "GBK": "gb18030"}.get(declared.upper(), declared)
    try:
        "".encode(name)
    except LookupError:
        raise invalid("encoding_unknown", encoding=declared[:40], line=0, byte=0) from None
    return (name,)


# -- SQLite ------------------------------------------------------------------------------------------------------------


def _check_pages(content: bytes) -> None:
    if len(content) < 100:
        raise invalid("gpkg_cut_short", size=len(content), expected=100)
    page = struct.unpack(">H", content[16:18])[0]
    if page != 1 and (page < LEAST_PAGE or page & (page - 1)):
        raise invalid("gpkg_broken", reason=f"page size {page}")
    pages = struct.unpack(">I", content[28:32])[0]
    expected = (65536 if page == 1 else page) * pages
    if expected != len(content):
        raise invalid("gpkg_cut_short", size=len(content), expected=expected)


def _check_sqlite(path: Path) -> None:
    try:
        with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro&immutable=1", uri=True)) as database:
            verdict = database.execute("PRAGMA quick_check(1)").fetchone()[0]
            listed = database.execute("SELECT count(*) FROM gpkg_contents").fetchone()[0]
    except (sqlite3.Error, UnicodeDecodeError) as error:  # what SQLite says of spoilt bytes may hold them
        raise invalid("gpkg_broken", reason=str(error)[:100]) from None
    if verdict != "ok":
        raise invalid("gpkg_broken", reason=str(verdict)[:100])
    if not listed:
        raise invalid("gpkg_without_layer")


def layers_of(path: Path) -> list[str]:
    """Return the layers of a GeoPackage that have shapes. Raises ``Fault``: it is broken."""
    import pyogrio  # noqa: PLC0415 - loads GDAL
    from pyogrio.errors import DataLayerError, DataSourceError  # noqa: PLC0415

    try:
        return [str(name) for name, kind in pyogrio.list_layers(path) if kind is not None]
    except (DataSourceError, DataLayerError, UnicodeDecodeError) as error:
        raise invalid("gpkg_broken", reason=str(error)[-100:]) from None


def _layer(path: Path, wanted: str | None) -> str:
    names = layers_of(path)
    if not names:
        raise invalid("gpkg_without_layer")
    if wanted is None and len(names) == 1:
        return names[0]
    if wanted not in names:
        raise invalid("gpkg_which_layer", layers=", ".join(names)[:200])
    return str(wanted)


# -- reading -----------------------------------------------------------------------------------------------------------


def _read(path: Path, layer: str | None, prj: str | None, options: ReadOptions, encodings: tuple[str, ...]) -> Table:
    for encoding in encodings:
        try:
            return _read_as(path, layer, prj, options, encoding)
        except UnicodeDecodeError as error:
            failed = error
    raise invalid("encoding_unknown", encoding=encodings[-1], line=0, byte=failed.start)


def _read_as(path: Path, layer: str | None, prj: str | None, options: ReadOptions, encoding: str) -> Table:
    from pyogrio import raw  # noqa: PLC0415 - loads GDAL
    from pyogrio.errors import DataLayerError, DataSourceError, FeatureError, GeometryError  # noqa: PLC0415

    apart: dict[str, Any] = {} if path.suffix == ".gpkg" else {"encoding": encoding}
    try:
        with _heard() as notes:
            meta, _, shapes, columns = raw.read(path, layer=layer, datetime_as_string=True, **apart)
    except (DataSourceError, DataLayerError, FeatureError, GeometryError) as error:
        raise invalid("layer_unreadable", reason=str(error)[:200]) from None
    names = tuple(str(name) for name in meta["fields"])
    if shapes is None:
        raise invalid("layer_without_shapes")
    if len(shapes) > MAX_ROWS:
        raise too_many_rows(len(shapes))
    named = options.named(prj if path.suffix == ".shp" else meta["crs"] or None)
    if named is None and options.crs is None:
        raise invalid("crs_missing")
    geometries = shapes_to_wgs84([_geometry(i + 1, wkb) for i, wkb in enumerate(shapes)], named, options.crs)
    records = [
        Record(i + 1, {n: plain_text(_scalar(c[i])) for n, c in zip(names, columns, strict=True)}, geometry)
        for i, geometry in enumerate(geometries)
    ]
    return Table("feature", names, records, notes=notes)


def _geometry(feature: int, wkb: bytes | None) -> Any:
    """Return the shape of a feature. Raises ``Fault``: what GDAL hands on need not hold for GEOS (a ring left open)."""
    if wkb is None:
        return None
    try:
        return shapely.force_2d(shapely.from_wkb(wkb))
    except shapely.errors.ShapelyError as error:
        raise invalid("layer_unreadable", reason=f"{feature}: {error}"[:200]) from None


@contextmanager
def _heard() -> Iterator[list[str]]:
    """Gather what GDAL warns of, to be told to whoever imports instead of to a terminal nobody reads."""
    notes: list[str] = []
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        yield notes
    notes += dict.fromkeys(str(warning.message)[:200] for warning in caught[:20])


def _scalar(value: Any) -> Any:
    """Return a numpy scalar as the plain Python value it holds."""
    return value.item() if hasattr(value, "item") else value
