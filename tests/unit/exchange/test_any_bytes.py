"""Whatever bytes a file holds, it is read or refused by a fault: nothing else ever comes out of a reader."""

import json
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from console.exchange.cases import case_rows
from console.exchange.grids import grid_rows
from console.exchange.mapping import load_mapping
from console.exchange.readers import read_table
from console.exchange.table import ReadOptions
from domain.faults import Fault
from tests.unit.exchange.test_broken_files import GOOD, collection, geopackage, shape_members, zipped

HEADS = (b"", b"PK\x03\x04", b"SQLite format 3\x00", b"\xef\xbb\xbf", b'{"type": "FeatureCollection", "features": [')
CASES = load_mapping("cases", "cases")
GRIDS = load_mapping("grids", "grids")

every = settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture])


def survives(path: Path, content: bytes, encoding: str = "utf-8") -> None:
    path.write_bytes(content)
    try:
        table = read_table(path, ReadOptions(encoding=encoding))
    except Fault:
        return
    for judge in (lambda: case_rows(table, CASES), lambda: grid_rows(table, GRIDS)):
        try:
            rows = judge()
        except Fault:
            continue
        assert all((row.wire is None) != (row.fault is None) for row in rows)


@every
@given(st.sampled_from(["csv", "geojson", "zip", "gpkg"]), st.sampled_from(HEADS), st.binary(max_size=300))
def test_random_bytes(tmp_path: Path, suffix: str, head: bytes, tail: bytes) -> None:
    survives(tmp_path / f"a.{suffix}", head + tail)


@every
@given(st.text(max_size=300), st.sampled_from(["utf-8", "gb18030"]))
def test_random_text(tmp_path: Path, text: str, encoding: str) -> None:
    survives(tmp_path / "a.csv", ("code,name\n" + text).encode(encoding, "replace"), encoding)


geometries = st.recursive(
    st.one_of(st.none(), st.floats(), st.integers(), st.text(max_size=3)),
    lambda inner: st.lists(inner, max_size=4),
    max_leaves=20,
)
kinds = st.sampled_from(["Point", "Polygon", "MultiPolygon", "LineString", "GeometryCollection", "Circle", None])


@every
@given(kinds, geometries, st.dictionaries(st.text(max_size=5), geometries, max_size=3))
def test_random_geometries(
    tmp_path: Path, kind: str | None, coordinates: object, properties: dict[str, object]
) -> None:
    feature = {
        "type": "Feature",
        "properties": {**properties, "code": "1", "name": "a"},
        "geometry": {"type": kind, "coordinates": coordinates, "geometries": coordinates},
    }
    whole = json.dumps({"type": "FeatureCollection", "features": [feature]}).replace("NaN", "1e999")
    survives(tmp_path / "a.geojson", whole.replace("Infinity", "1e999").encode())


@pytest.mark.parametrize("kind", ["csv", "geojson", "zip", "gpkg"])
def test_sound_files_with_one_byte_altered_or_cut(tmp_path: Path, kind: str) -> None:
    made = {
        "csv": GOOD.encode,
        "geojson": lambda: json.dumps(collection()).encode(),
        "zip": lambda: zipped(shape_members(tmp_path)),
        "gpkg": lambda: geopackage(tmp_path),
    }
    sound = made[kind]()

    @settings(max_examples=150)
    @given(st.integers(0, len(sound) - 1), st.integers(0, 255), st.booleans())
    def altered(at: int, byte: int, cut: bool) -> None:
        content = sound[:at] if cut else sound[:at] + bytes([byte]) + sound[at + 1 :]
        survives(tmp_path / f"b.{kind}", content)

    altered()
