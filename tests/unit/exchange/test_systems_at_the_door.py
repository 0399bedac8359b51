"""A source's coordinates come to WGS-84 at the door: declared by the file, by the mapping or by whoever imports."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely

from console.exchange.intake import ImportOrder, Intake, mapping_of, read_order
from domain.coordinates import from_wgs84, system_named
from domain.places import distance_m

NOW = datetime(2026, 3, 6, 8, tzinfo=UTC)
HERE = (120.8225, 29.5905)
HEAD = "source_no,state,kind,title,opened_at,lon,lat\n"


def shifted(name: str, lon: Any = HERE[0], lat: Any = HERE[1], fn: Any = None) -> tuple[Any, Any]:
    system = system_named(name)
    assert system is not None
    return from_wgs84(lon, lat, system) if fn is None else from_wgs84(lon, lat, system, fn)


def read(file: Path, what: Any, **words: Any) -> Intake:
    order = ImportOrder(what=what, file=file, **words)
    return read_order(order, mapping_of(order), NOW)


def case_file(folder: Path, x: float, y: float) -> Path:
    path = folder / "cases.csv"
    path.write_text(f"{HEAD}1,reported,9,井盖,2026-01-05T08:00:00+08:00,{x!r},{y!r}\n", encoding="utf-8")
    return path


@pytest.mark.parametrize("crs", ["gcj02", "BD-09", "EPSG:4549", "EPSG:4528", "EPSG:2437", None])
def test_places_of_a_table(tmp_path: Path, crs: str | None) -> None:
    if crs == "EPSG:2437":  # Beijing 1954: not one of ours, so PROJ's
        from pyproj import Transformer

        x, y = Transformer.from_crs("EPSG:4326", crs, always_xy=True).transform(*HERE)
    else:
        x, y = shifted(crs or "wgs84")
    (row,) = read(case_file(tmp_path, x, y), "cases", crs=crs).rows
    assert row.wire is not None, row.fault
    assert distance_m(row.wire.lon, row.wire.lat, *HERE) < 0.01


def test_a_mapping_declares_it_for_good(tmp_path: Path) -> None:
    own = tmp_path / "gaode.toml"
    shipped = (Path(__file__).parents[3] / "resources/mappings/cases.toml").read_text(encoding="utf-8")
    own.write_text('crs = "gcj02"\n' + shipped, encoding="utf-8")
    (row,) = read(case_file(tmp_path, *shifted("gcj02")), "cases", mapping=str(own)).rows
    assert distance_m(row.wire.lon, row.wire.lat, *HERE) < 0.01


@pytest.mark.parametrize(
    ("crs", "x", "y", "key"),
    [
        ("EPSG:4549", 3_274_000.0, 482_000.0, "not_in_plane"),
        ("EPSG:4528", 482_000.0, 3_274_000.0, "not_in_plane"),
        ("moon", 1.0, 1.0, "crs_unknown"),
        ("gcj02", 482_000.0, 3_274_000.0, "coordinates_out_of_range"),
    ],
)
def test_what_cannot_be_there_is_told(tmp_path: Path, crs: str, x: float, y: float, key: str) -> None:
    (row,) = read(case_file(tmp_path, x, y), "cases", crs=crs).rows
    assert row.fault is not None
    assert row.fault.key == key


def grid_file(folder: Path, corners: "np.ndarray[Any, Any]", crs: str | None = None) -> Path:
    feature = {
        "type": "Feature",
        "properties": {"code": "1", "name": "甲"},
        "geometry": json.loads(shapely.to_geojson(shapely.Polygon(corners))),
    }
    whole: dict[str, Any] = {"type": "FeatureCollection", "features": [feature]}
    if crs is not None:
        whole["crs"] = {"type": "name", "properties": {"name": crs}}
    path = folder / "grids.geojson"
    path.write_text(json.dumps(whole), encoding="utf-8")
    return path


@pytest.mark.parametrize("named", [None, "urn:ogc:def:crs:OGC:1.3:CRS84"])
def test_areas_that_call_themselves_wgs84_and_are_not(tmp_path: Path, named: str | None) -> None:
    true = np.array([[120.0, 29.0], [120.1, 29.0], [120.1, 29.1], [120.0, 29.1]])
    corners = np.column_stack(shifted("gcj02", true[:, 0], true[:, 1], np))
    (row,) = read(grid_file(tmp_path, corners, named), "grids", crs="gcj02").rows
    assert np.abs(shapely.get_coordinates(shapely.from_wkb(row.wire.wkb))[:4] - true).max() < 1e-8


def test_a_plane_the_file_names_counts_before_what_is_declared(tmp_path: Path) -> None:
    true = np.array([[120.0, 29.0], [120.1, 29.0], [120.1, 29.1], [120.0, 29.1]])
    corners = np.column_stack(shifted("EPSG:4549", true[:, 0], true[:, 1], np))
    path = grid_file(tmp_path, corners, "urn:ogc:def:crs:EPSG::4549")
    (row,) = read(path, "grids", crs="EPSG:4490").rows
    assert np.abs(shapely.get_coordinates(shapely.from_wkb(row.wire.wkb))[:4] - true).max() < 1e-8
