"""GeoJSON feature collections (RFC 7946), WGS-84 unless the old ``crs`` member says otherwise."""

import json
from math import isnan
from typing import Any, NoReturn

import shapely
from shapely.geometry import shape

from console.exchange.csv_reader import decode_text
from console.exchange.shapes import shapes_to_wgs84
from console.exchange.table import MAX_ROWS, ReadOptions, Record, Table, too_many_rows
from domain.faults import Fault, invalid

_GEOMETRIES = frozenset(
    {"Point", "MultiPoint", "LineString", "MultiLineString", "Polygon", "MultiPolygon", "GeometryCollection"}
)


def read_geojson(content: bytes, options: ReadOptions) -> Table:
    """Return the features of a collection. Raises ``Fault`` where the file is cut, malformed or something else."""
    whole = _parse(decode_text(content, "utf-8"))
    features = _features(whole)
    records = [_record(number, feature) for number, feature in enumerate(features, start=1)]
    _reproject(records, options.named(_crs_of(whole)), options.crs)
    columns = dict.fromkeys(name for record in records for name in record.fields)
    return Table("feature", tuple(columns), records)


def plain_text(value: Any) -> str:
    """Return an attribute as text: whole numbers without a point, nothing for null."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        if isnan(value):
            return ""
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    return str(value).strip() if not isinstance(value, dict | list) else json.dumps(value, ensure_ascii=False)


def _parse(text: str) -> Any:
    try:
        return json.loads(text, parse_constant=_no_constant)
    except json.JSONDecodeError as error:
        cut = error.pos >= len(text.rstrip()) - 1 or error.msg.startswith("Unterminated string")
        key = "json_cut_short" if cut else "json_malformed"
        raise invalid(key, line=error.lineno, column=error.colno, reason=error.msg) from None
    except RecursionError:
        raise invalid("json_too_deep") from None
    except ValueError:  # an integer of thousands of digits
        raise invalid("json_number_bad", value="999…") from None


def _no_constant(name: str) -> NoReturn:
    raise invalid("json_number_bad", value=name)


def _features(whole: Any) -> list[dict[str, Any]]:
    if not isinstance(whole, dict) or whole.get("type") != "FeatureCollection":
        found = whole.get("type") if isinstance(whole, dict) else type(whole).__name__
        raise invalid("not_a_feature_collection", found=str(found)[:40])
    features = whole.get("features")
    if not isinstance(features, list):
        raise invalid("not_a_feature_collection", found="features")
    if len(features) > MAX_ROWS:
        raise too_many_rows(len(features))
    for number, feature in enumerate(features, start=1):
        if not isinstance(feature, dict) or feature.get("type") != "Feature":
            raise invalid("not_a_feature", feature=number)
        if not isinstance(feature.get("properties"), dict | None) or not isinstance(
            feature.get("geometry"), dict | None
        ):
            raise invalid("not_a_feature", feature=number)
    return features


def _record(number: int, feature: dict[str, Any]) -> Record:
    properties: dict[str, Any] = feature.get("properties") or {}
    fields = {str(name): plain_text(value) for name, value in properties.items()}
    if feature.get("id") is not None:
        fields.setdefault("id", plain_text(feature["id"]))
    record = Record(number, fields)
    geometry = feature.get("geometry")
    if geometry is not None:
        try:
            record.geometry = _geometry(geometry)
        except Fault as fault:
            record.fault = fault
    return record


def _geometry(geometry: dict[str, Any]) -> Any:
    if geometry.get("type") not in _GEOMETRIES:
        raise invalid("geometry_bad", reason=str(geometry.get("type"))[:40])
    try:
        return shapely.force_2d(shape(geometry))
    except (ValueError, TypeError, KeyError, IndexError, AttributeError, shapely.errors.ShapelyError) as error:
        raise invalid("geometry_bad", reason=str(error)[:100]) from None


def _crs_of(whole: dict[str, Any]) -> str | None:
    crs = whole.get("crs")
    if not isinstance(crs, dict):
        return None
    properties = crs.get("properties")
    name = properties.get("name") if isinstance(properties, dict) else None
    if not isinstance(name, str):
        raise invalid("crs_unknown", crs=str(crs)[:100])
    return name


def _reproject(records: list[Record], named: str | None, declared: str | None) -> None:
    located = [record for record in records if record.geometry is not None]
    moved = shapes_to_wgs84([r.geometry for r in located], named, declared)
    for record, geometry in zip(located, moved, strict=True):
        record.geometry = geometry
