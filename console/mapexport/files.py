"""Tables of features as a file: GeoPackage with a layer each, one GeoJSON collection, or the cases as CSV.

Runs in a worker thread. The file takes the place of an older one only when it is whole.
"""

import csv
import json
from pathlib import Path
from typing import Any

from console.exchange.export import cell_text, replacing
from console.mapexport.tables import Table
from domain.exporting import MapFormat


def write_tables(out: Path, form: MapFormat, tables: list[Table]) -> None:
    """Write the tables. Raises OSError, and ValueError where the format holds no features."""
    writers = {MapFormat.GPKG: _geopackage, MapFormat.GEOJSON: _geojson, MapFormat.CSV: _csv}
    if form not in writers:
        raise ValueError(form)
    with replacing(out) as path:
        writers[form](path, tables)


def feature_collection(table: Table, **more: Any) -> dict[str, Any]:
    """Return a table as a GeoJSON object (RFC 7946); its features are in the table's order."""
    import shapely  # noqa: PLC0415 - only an export needs it

    shapes = [None if wkb is None else json.loads(shapely.to_geojson(shapely.from_wkb(wkb))) for wkb in table.shapes]
    features = [
        {
            "type": "Feature",
            "properties": {**more, **{name: column[i] for name, column in table.columns.items()}},
            "geometry": shape,
        }
        for i, shape in enumerate(shapes)
    ]
    return {"type": "FeatureCollection", "features": features}


def _geojson(path: Path, tables: list[Table]) -> None:
    features = [f for table in tables for f in feature_collection(table, layer=table.name)["features"]]
    whole = {"type": "FeatureCollection", "features": features}
    path.write_text(json.dumps(whole, ensure_ascii=False, allow_nan=False), encoding="utf-8", newline="\n")


def _csv(path: Path, tables: list[Table]) -> None:
    """Write the cases; another layer has shapes a table of text cannot hold."""
    cases = next((table for table in tables if table.name == "cases"), None)
    with path.open("w", encoding="utf-8-sig", newline="") as file:  # Excel in Chinese offices takes all else for GBK
        writer = csv.writer(file)
        if cases is None:
            return
        writer.writerow(cases.columns)
        writer.writerows([cell_text(value) for value in row] for row in zip(*cases.columns.values(), strict=True))


def _geopackage(path: Path, tables: list[Table]) -> None:
    import numpy as np  # noqa: PLC0415 - only a GeoPackage needs it
    import shapely  # noqa: PLC0415
    from pyogrio import raw  # noqa: PLC0415 - loads GDAL

    for table in tables:
        shapes = np.array(table.shapes, dtype=object)
        kinds = {shapely.get_type_id(shapely.from_wkb(wkb)) for wkb in table.shapes if wkb is not None}
        raw.write(
            path,
            geometry=shapes,
            field_data=[_array(column) for column in table.columns.values()],
            fields=np.array(list(table.columns), dtype=object),
            geometry_type="Point" if kinds <= {0} else "Unknown",
            crs="EPSG:4326",
            driver="GPKG",
            layer=table.name,
            append=path.exists(),
        )


def _array(column: list[Any]) -> Any:
    import numpy as np  # noqa: PLC0415

    first = next((value for value in column if value is not None), "")
    if isinstance(first, bool):
        return np.array(column, dtype=bool)
    if isinstance(first, float):
        return np.array([float("nan") if value is None else value for value in column], dtype=np.float64)
    if isinstance(first, int):
        return np.array(column, dtype=np.int64)
    return np.array(column, dtype=object)
