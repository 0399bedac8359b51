"""A town as a directory: ``town.json`` and three GeoJSON files, WGS-84 degrees, lon before lat.

* ``town.json``: everything but geometry (``TownFile``);
* ``divisions.geojson``, ``grids.geojson``: areas with the fields of ``Division`` and ``Grid`` as properties;
* ``base.geojson``: the base map, with the properties ``kind``, ``name``, ``rank``;
* ``addresses.csv``: the address base, where there is one (``code,text,lon,lat,division``).

Written files are the same bytes for the same town. Reading bounds every size and checks that what is named exists.
"""

import csv
from collections.abc import Iterable, Sequence
from io import StringIO
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar

import msgspec
import numpy as np
import shapely

from domain.faults import Fault, FaultKind, invalid
from domain.ids import DivisionCode, GridCode, StaffId
from domain.places import BaseFeature, BaseKind, Division, DivisionLevel, Grid
from domain.town import Town
from domain.wire import MAX_WKB, ImportedAddress
from resources.townfile import TownFile, decode, read_bytes, town_file

MAX_FEATURES = 200_000
ADDRESSES = "addresses.csv"

T = TypeVar("T")
Name = Annotated[str, msgspec.Meta(max_length=200)]
Key = Annotated[str, msgspec.Meta(min_length=1, max_length=64)]

_AREAS = ("Polygon", "MultiPolygon")
_ANY = (*_AREAS, "LineString", "MultiLineString", "Point")


class _DivisionProps(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    code: Key
    name: Name
    level: DivisionLevel
    parent: Key | None = None
    source: Name = ""
    synthetic: bool = False


class _GridProps(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    code: Key
    name: Name
    division: Key | None = None
    responsible: Key | None = None
    source: Name = ""
    synthetic: bool = False


class _BaseProps(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    kind: BaseKind
    name: Name = ""
    rank: Annotated[int, msgspec.Meta(ge=0, le=20)] = 5


class _Feature(msgspec.Struct, frozen=True):
    properties: msgspec.Raw
    geometry: msgspec.Raw
    type: Literal["Feature"]


class _Collection(msgspec.Struct, frozen=True):
    type: Literal["FeatureCollection"]
    features: Annotated[list[_Feature], msgspec.Meta(max_length=MAX_FEATURES)]


def read_town(folder: Path) -> Town:
    """Return the town in a directory.

    Raises ``Fault``: ``town_file_missing``, ``town_file_too_large``, ``town_file_unreadable``, ``town_geometry_bad``,
    ``town_doubled`` (an id used twice) or ``town_unknown_reference`` (something named that is not there).
    """
    file = town_file(folder)
    divisions = [
        Division(
            code=DivisionCode(p.code),
            name=p.name,
            level=p.level,
            parent=None if p.parent is None else DivisionCode(p.parent),
            wkb=wkb,
            source=p.source,
            synthetic=p.synthetic,
        )
        for p, wkb in _features(folder, "divisions.geojson", _DivisionProps, _AREAS, may_lack=True)
    ]
    grids = [
        Grid(
            code=GridCode(p.code),
            name=p.name,
            wkb=wkb or b"",
            division=None if p.division is None else DivisionCode(p.division),
            responsible=None if p.responsible is None else StaffId(p.responsible),
            source=p.source,
            synthetic=p.synthetic,
        )
        for p, wkb in _features(folder, "grids.geojson", _GridProps, _AREAS)
    ]
    base = [
        BaseFeature(kind=p.kind, wkb=wkb or b"", name=p.name, rank=p.rank)
        for p, wkb in _features(folder, "base.geojson", _BaseProps, _ANY)
    ]
    town = Town(
        info=file.info,
        divisions=tuple(divisions),
        grids=tuple(grids),
        base=tuple(base),
        units=file.units,
        staff=file.staff,
        vehicles=file.vehicles,
        seed=file.seed,
        clock_start=file.clock_start,
        addresses=_addresses(folder),
    )
    _check(town)
    return town


def write_town(town: Town, folder: Path) -> None:
    """Write a town into a directory, made where it is missing. Each file appears whole or not at all."""
    folder.mkdir(parents=True, exist_ok=True)
    file = TownFile(town.info, town.units, town.staff, town.vehicles, town.seed, town.clock_start)
    plain = msgspec.json.encode(file, order="deterministic")
    _write(folder / "town.json", msgspec.json.format(plain, indent=1) + b"\n")
    _write_features(
        folder / "divisions.geojson",
        [(_DivisionProps(d.code, d.name, d.level, d.parent, d.source, d.synthetic), d.wkb) for d in town.divisions],
    )
    _write_features(
        folder / "grids.geojson",
        [(_GridProps(g.code, g.name, g.division, g.responsible, g.source, g.synthetic), g.wkb) for g in town.grids],
    )
    _write_features(folder / "base.geojson", [(_BaseProps(b.kind, b.name, b.rank), b.wkb) for b in town.base])
    if town.addresses:
        _write(folder / ADDRESSES, _address_lines(town.addresses))


def _address_lines(addresses: Iterable[ImportedAddress]) -> bytes:
    text = StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(("code", "text", "lon", "lat", "division"))
    writer.writerows((a.code, a.text, a.lon, a.lat, a.division) for a in addresses)
    return text.getvalue().encode()


def _addresses(folder: Path) -> tuple[ImportedAddress, ...]:
    """Return the town's address base, nothing where it has none. Raises ``Fault``."""
    if not (folder / ADDRESSES).exists():
        return ()
    try:
        rows = list(csv.DictReader(StringIO(read_bytes(folder, ADDRESSES).decode(), newline="")))
        made = [{**row, "lon": float(row["lon"]), "lat": float(row["lat"]), "source": "synthetic"} for row in rows]
        found: tuple[ImportedAddress, ...] = msgspec.convert(
            made, type=Annotated[tuple[ImportedAddress, ...], msgspec.Meta(max_length=MAX_FEATURES)]
        )
    except (msgspec.ValidationError, UnicodeDecodeError, csv.Error, KeyError, TypeError, ValueError) as error:
        raise invalid("town_file_unreadable", file=ADDRESSES, detail=str(error)[:200]) from error
    _unique("address", [address.code for address in found])
    return found


def _features(
    folder: Path, name: str, kind: type[T], shapes: Sequence[str], *, may_lack: bool = False
) -> list[tuple[T, bytes | None]]:
    """Return the properties and the WKB of each feature; None for one without geometry where that may be."""
    whole = decode(read_bytes(folder, name), _Collection, name)
    props = [decode(f.properties, kind, f"{name} #{i + 1}") for i, f in enumerate(whole.features)]
    texts = [bytes(f.geometry) for f in whole.features]
    return list(zip(props, _wkb_of(texts, name, shapes, may_lack=may_lack), strict=True))


def _wkb_of(texts: list[bytes], name: str, shapes: Sequence[str], *, may_lack: bool) -> list[bytes | None]:
    wanted: list[str | None] = [None if text == b"null" else text.decode("utf-8", "replace") for text in texts]
    geometries = shapely.from_geojson(np.array(wanted, dtype=object), on_invalid="ignore")
    found: list[bytes | None] = []
    for i, (text, geometry) in enumerate(zip(wanted, geometries, strict=True)):
        if text is None and may_lack:
            found.append(None)
            continue
        if geometry is None or geometry.is_empty or geometry.geom_type not in shapes or not _in_range(geometry):
            raise invalid("town_geometry_bad", file=name, row=i + 1)
        wkb: bytes = shapely.to_wkb(geometry, byte_order=1)
        if len(wkb) > MAX_WKB:
            raise Fault(FaultKind.TOO_LARGE, "town_geometry_bad", file=name, row=i + 1)
        found.append(wkb)
    return found


def _in_range(geometry: Any) -> bool:
    west, south, east, north = geometry.bounds
    return bool(-180.0 <= west <= east <= 180.0 and -90.0 <= south <= north <= 90.0)


def _check(town: Town) -> None:
    """Refuse ids used twice and names of things that are not there."""
    units = _unique("unit", [u.unit_id for u in town.units])
    things = _unique("staff", [*(s.staff_id for s in town.staff), *(v.vehicle_id for v in town.vehicles)])
    grids = _unique("grid", [g.code for g in town.grids])
    divisions = _unique("division", [d.code for d in town.divisions])
    _unique("kind", [k.code for k in town.info.kinds])
    _unique("condition", [c.code for c in town.info.conditions])
    _known("unit", [*(s.unit_id for s in town.staff), *(v.unit_id for v in town.vehicles)], units)
    _known("grid", [s.grid_code for s in town.staff], grids)
    _known("grid", [code for u in town.units for code in u.grids], grids)
    _known("staff", [g.responsible for g in town.grids], things)
    _known("division", [g.division for g in town.grids], divisions)
    if town.clock_start is not None and town.clock_start.tzinfo is None:
        raise invalid("town_file_unreadable", file="town.json", detail="clock_start")


def _unique(what: str, ids: Sequence[str]) -> frozenset[str]:
    seen: set[str] = set()
    for one in ids:
        if one in seen:
            raise invalid("town_doubled", what=what, id=one[:64])
        seen.add(one)
    return frozenset(seen)


def _known(what: str, named: Iterable[str | None], ids: frozenset[str]) -> None:
    for one in named:
        if one is not None and one not in ids:
            raise invalid("town_unknown_reference", what=what, id=one[:64])


def _write_features(path: Path, rows: Sequence[tuple[msgspec.Struct, bytes | None]]) -> None:
    lines = [
        msgspec.json.encode({"type": "Feature", "properties": props, "geometry": _plain_geometry(wkb)})
        for props, wkb in rows
    ]
    _write(path, b'{"type":"FeatureCollection","features":[\n' + b",\n".join(lines) + b"\n]}\n")


def _plain_geometry(wkb: bytes | None) -> dict[str, Any] | None:
    if wkb is None:
        return None
    plain: dict[str, Any] = shapely.geometry.mapping(shapely.from_wkb(wkb))
    return plain


def _write(path: Path, content: bytes) -> None:
    part = path.with_name(path.name + ".part")
    part.write_bytes(content)
    part.replace(path)
