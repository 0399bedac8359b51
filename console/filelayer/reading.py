"""The reading process: ``python -m console.filelayer.reading MODE FILE OUT [CRS [MINUTES [REST]]]`` writes ``Answer``.

A process apart, because a file may be anything: what brings its codec down takes nothing else along, and what takes too
long is ended. It reads what imports read, and KML and GPX besides. With ``fits`` CRS is the systems to be tried.
"""

import sys
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta, timezone
from math import isnan
from pathlib import Path
from typing import Any

import msgspec

from console.exchange.container_reader import layers_of
from console.exchange.readers import read_table
from console.exchange.shapes import are_degrees
from console.exchange.table import ReadOptions, Record, Table, too_large
from console.filelayer.contents import (
    FEATURE_SUFFIXES,
    FEATURES,
    FITS,
    MAX_BYTES,
    MAX_COLUMNS,
    MAX_FEATURES,
    MAX_POINTS,
    MAX_TEXT,
    REST,
    TRACK_SUFFIXES,
    Answer,
    FileFeatures,
    FileFix,
    FileTrack,
    Fit,
)
from console.filelayer.fits import fits_of_table
from console.filelayer.rows import Places, column_of, used_rows
from console.filelayer.systems import AS_IT_STANDS
from domain.faults import Fault, FaultKind, invalid

TIME_NAMES = ("at", "time", "timestamp", "datetime", "date_time", "fixed_at", "时间", "定位时间")
NAME_NAMES = ("name", "track", "thing", "id", "名称", "人员", "车辆")
TABLES, MARKUP = (".csv", ".txt"), (".kml", ".gpx")
MOST_LAYERS = 20


def read_file(path: Path, crs: str | None, *, rest: bool = False) -> FileFeatures:
    """Return the features of a file. Raises ``Fault`` with what is wrong with it; ``rest`` leaves bad rows out."""
    _check(path, FEATURE_SUFFIXES)
    if path.suffix.lower() in MARKUP:
        return _packed(list(_marked_up(path)), [], astray="file_always_degrees")
    table = _table(path, crs)
    if path.suffix.lower() not in TABLES:
        return _packed([(record.fields, record.geometry) for record in table.records], list(table.notes))
    import shapely  # noqa: PLC0415

    places = Places(table, crs)

    def judge(record: Record) -> tuple[dict[str, str], Any] | None:
        place = places.of(record)
        return None if place is None else (record.fields, shapely.Point(*place))

    used = used_rows(table.records, judge, rest=rest)
    return _packed(used.found, list(table.notes), used.left_out)


def read_track(path: Path, crs: str | None, offset: timedelta, *, rest: bool = False) -> FileTrack:
    """Return the tracks of a GPX or CSV file; times without a zone are ``offset`` ahead of UTC. Raises ``Fault``."""
    _check(path, TRACK_SUFFIXES)
    if path.suffix.lower() == ".gpx":
        return _gpx_track(path)
    table = _table(path, crs)
    at, name = column_of(table, TIME_NAMES), column_of(table, NAME_NAMES)
    names: dict[str, int] = {}
    places = Places(table, crs)

    def judge(record: Record) -> FileFix | None:
        place = places.of(record)
        if place is None:
            return None
        moment = _moment(record.fields.get(at, ""), offset) if at else None
        if at and moment is None:
            raise invalid("track_time_bad", text=record.fields.get(at, "")[:40])
        track = names.setdefault(record.fields.get(name, "")[:60] if name else "", len(names))
        return FileFix(track, moment, *place)

    used = used_rows(table.records, judge, rest=rest)
    return _sound_track(tuple(names), used.found, used.left_out)


def read_fits(path: Path, systems: Sequence[str]) -> tuple[Fit, ...]:
    """Return where the places of a file fall in each system, whatever it says of them. Raises ``Fault``."""
    return fits_of_table(_table(path, AS_IT_STANDS), systems)


def _table(path: Path, crs: str | None) -> Table:
    """Return the records of a file; a system somebody was asked for counts, whatever the file says."""
    delimiter = _delimiter(path) if path.suffix.lower() in TABLES else ","
    for encoding in ("utf-8", "gb18030"):
        try:
            return read_table(path, ReadOptions(encoding=encoding, crs=crs, delimiter=delimiter, overrules=True))
        except Fault as fault:
            if fault.key not in ("encoding_unknown", "wrong_encoding") or encoding == "gb18030":
                if fault.key == "gpkg_which_layer":
                    return _all_layers(path, crs)
                raise
    raise invalid("layer_unreadable", reason=path.name)


def _delimiter(path: Path) -> str:
    with path.open("rb") as file:
        head = file.readline(4096)
    return max((",", ";", "\t"), key=lambda mark: head.count(mark.encode()))


def _all_layers(path: Path, crs: str | None) -> Table:
    """Return the records of every layer of a GeoPackage: it is only looked at, so nobody need choose."""
    tables = [
        read_table(path, ReadOptions(crs=crs, layer=name, overrules=True)) for name in layers_of(path)[:MOST_LAYERS]
    ]
    columns = dict.fromkeys(column for table in tables for column in table.columns)
    return Table("feature", tuple(columns), [r for table in tables for r in table.records], notes=[])


# -- KML and GPX -------------------------------------------------------------------------------------------------------


def _marked_up(path: Path) -> Iterator[tuple[dict[str, str], Any]]:
    for layer in _layers(path):
        if not layer.endswith("_points"):
            yield from _layer(path, layer)


def _layers(path: Path) -> list[str]:
    import pyogrio  # noqa: PLC0415 - loads GDAL
    from pyogrio.errors import DataLayerError, DataSourceError  # noqa: PLC0415

    head = path.read_bytes()[:4096]
    if b"<!DOCTYPE" in head or b"<!ENTITY" in head:
        raise invalid("layer_unreadable", reason="DOCTYPE")
    try:
        return [str(name) for name, kind in pyogrio.list_layers(path) if kind is not None][:MOST_LAYERS]
    except (DataSourceError, DataLayerError, UnicodeDecodeError) as error:
        raise invalid("layer_unreadable", reason=str(error)[:100]) from None


def _layer(path: Path, layer: str) -> Iterator[tuple[dict[str, str], Any]]:
    import shapely  # noqa: PLC0415
    from pyogrio import raw  # noqa: PLC0415 - loads GDAL
    from pyogrio.errors import DataLayerError, DataSourceError, FeatureError, GeometryError  # noqa: PLC0415

    try:
        read = raw.read(path, layer=layer, datetime_as_string=True, max_features=MAX_FEATURES + 1)
        shapes = shapely.force_2d(shapely.from_wkb(read[2], on_invalid="ignore"))
    except (DataSourceError, DataLayerError, FeatureError, GeometryError, UnicodeDecodeError, ValueError) as error:
        raise invalid("layer_unreadable", reason=str(error)[:100]) from None
    names = [str(name) for name in read[0]["fields"]]
    for i, shape in enumerate(shapes):
        fields = {name: _text(column[i]) for name, column in zip(names, read[3], strict=True)}
        yield {name: text for name, text in fields.items() if text}, shape


def _text(value: Any) -> str:
    plain = value.item() if hasattr(value, "item") else value
    return "" if plain is None or (isinstance(plain, float) and isnan(plain)) else str(plain)


def _gpx_track(path: Path) -> FileTrack:
    layers = _layers(path)
    named = [fields.get("name", "")[:60] for fields, _ in _layer(path, "tracks")] if "tracks" in layers else []
    fixes, pieces = [], dict[tuple[int, int], int]()
    for fields, point in _layer(path, "track_points") if "track_points" in layers else ():
        piece = int(fields.get("track_fid", "0")), int(fields.get("track_seg_id", "0"))
        track = pieces.setdefault(piece, len(pieces))
        fixes.append(FileFix(track, _moment(fields.get("time", ""), timedelta()), point.x, point.y))
    names = tuple(named[fid] if fid < len(named) else "" for fid, _ in pieces)
    return _sound_track(names, fixes)


def _moment(text: str, offset: timedelta) -> float | None:
    try:
        moment = datetime.fromisoformat(text.strip().replace("/", "-"))
    except ValueError:
        return None
    aware = moment if moment.tzinfo is not None else moment.replace(tzinfo=timezone(offset))
    return aware.astimezone(UTC).timestamp()


def _sound_track(names: tuple[str, ...], fixes: list[FileFix], left_out: int = 0) -> FileTrack:
    if len(fixes) < 2:
        raise invalid("track_empty")
    if len(fixes) > MAX_FEATURES:
        raise Fault(FaultKind.TOO_LARGE, "file_too_many_features", count=len(fixes), limit=MAX_FEATURES)
    return FileTrack(names, tuple(fixes), left_out)


# -- bounds ------------------------------------------------------------------------------------------------------------


def _check(path: Path, suffixes: Sequence[str]) -> None:
    if path.suffix.lower() not in suffixes:
        raise invalid("file_kind_unknown", file=path.name, known=" ".join(suffixes))
    try:
        size = path.stat().st_size
    except OSError:
        raise invalid("file_missing", file=path.name) from None
    if size > MAX_BYTES:
        raise too_large(path, size, MAX_BYTES)


def _packed(
    found: list[tuple[dict[str, str], Any]], notes: list[str], left_out: int = 0, *, astray: str = "file_not_degrees"
) -> FileFeatures:
    """Return features within bounds; ``left_out`` counts what had no place before they were looked at.

    Where none of them is in degrees the file is refused with ``astray``.
    """
    import shapely  # noqa: PLC0415

    if len(found) > MAX_FEATURES:
        raise Fault(FaultKind.TOO_LARGE, "file_too_many_features", count=len(found), limit=MAX_FEATURES)
    columns = tuple(dict.fromkeys(name for fields, _ in found for name in fields))[:MAX_COLUMNS]
    rows, wkbs, no_degrees, points, count = [], [], 0, 0, len(found) + left_out
    for fields, shape in found:
        if shape is None or shape.is_empty or not are_degrees(shape.bounds):
            left_out += 1
            no_degrees += shape is not None and not shape.is_empty
            continue
        for part in getattr(shape, "geoms", [shape]) if shape.geom_type == "GeometryCollection" else [shape]:
            points += int(shapely.get_num_coordinates(part))
            rows.append(tuple(fields.get(column, "")[:MAX_TEXT] for column in columns))
            wkbs.append(shapely.to_wkb(part, output_dimension=2))
    if points > MAX_POINTS:
        raise Fault(FaultKind.TOO_LARGE, "file_too_many_points", count=points, limit=MAX_POINTS)
    if not wkbs:
        raise invalid(astray) if no_degrees else invalid("file_without_shapes", count=count)
    if left_out:
        notes.append(f"left_out:{left_out}")
    return FileFeatures(columns, tuple(rows), tuple(wkbs), tuple(notes[:20]))


def main(arguments: list[str]) -> int:
    """Read as asked and write the answer."""
    mode, path, out = arguments[0], Path(arguments[1]), Path(arguments[2])
    crs = arguments[3] if len(arguments) > 3 and arguments[3] else None
    offset = timedelta(minutes=int(arguments[4])) if len(arguments) > 4 else timedelta()
    rest = len(arguments) > 5 and arguments[5] == REST
    try:
        if mode == FEATURES:
            answer = Answer(features=read_file(path, crs, rest=rest))
        elif mode == FITS:
            answer = Answer(fits=read_fits(path, (crs or "").split()))
        else:
            answer = Answer(track=read_track(path, crs, offset, rest=rest))
    except Fault as fault:
        answer = Answer(fault=fault.key, params={**fault.params})
    except (ValueError, OverflowError, RecursionError, MemoryError, OSError) as error:
        answer = Answer(fault="layer_unreadable", params={"reason": type(error).__name__})
    out.write_bytes(msgspec.msgpack.encode(answer))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
