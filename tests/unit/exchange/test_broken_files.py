"""Broken files: each is refused whole, with the key and the place, before anything could be sent."""

import io
import json
import sqlite3
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely
from pyogrio import raw

from console.exchange.readers import read_table
from console.exchange.table import ReadOptions
from domain.faults import Fault
from resources.words import Words, sentence

HEAD = "code,name,note\n"
GOOD = HEAD + "1,甲,one\n2,乙,two\n"
SQUARE = shapely.box(120.0, 29.0, 120.1, 29.1)


def collection(**more: Any) -> dict[str, Any]:
    feature = {
        "type": "Feature",
        "id": "a1",
        "properties": {"name": "甲"},
        "geometry": json.loads(shapely.to_geojson(SQUARE)),
    }
    return {"type": "FeatureCollection", "features": [feature, {**feature, "id": "a2"}], **more}


def shape_members(folder: Path, encoding: str = "UTF-8") -> dict[str, bytes]:
    """A real Shapefile of two squares, by suffix."""
    path = folder / "made.shp"
    raw.write(
        path,
        geometry=shapely.to_wkb(np.array([SQUARE, shapely.box(121, 29, 122, 30)], dtype=object)),
        field_data=[np.array(["1", "2"], dtype=object), np.array(["甲", "乙"], dtype=object)],
        fields=np.array(["code", "name"], dtype=object),
        geometry_type="Polygon",
        crs="EPSG:4490",
        encoding=encoding,
    )
    return {f.suffix: f.read_bytes() for f in folder.iterdir() if f.stem == "made"}


def zipped(members: dict[str, bytes], stem: str = "areas/made") -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for suffix, data in members.items():
            archive.writestr(f"{stem}{suffix}", data)
    return out.getvalue()


def geopackage(folder: Path) -> bytes:
    path = folder / "made.gpkg"
    raw.write(
        path,
        geometry=shapely.to_wkb(np.array([SQUARE] * 300, dtype=object)),
        field_data=[np.array(["甲" * 50] * 300, dtype=object)],
        fields=np.array(["name"], dtype=object),
        geometry_type="Polygon",
        crs="EPSG:4326",
        driver="GPKG",
        layer="areas",
    )
    return path.read_bytes()


NO_FEATURE = b'{"type":"FeatureCollection","features":[{}]}'
MOON = {"type": "name", "properties": {"name": "moon"}}

TEXT_CASES: list[tuple[str, str, bytes, str, dict[str, Any]]] = [
    ("empty", "a.csv", b"", "file_empty", {}),
    ("blank", "a.csv", b" \n \n", "file_empty", {}),
    ("last record with fewer fields", "a.csv", (GOOD + "3,丙").encode(), "csv_cut_short", {"line": 4, "fields": 2}),
    ("last record of one field", "a.csv", (GOOD + "3\n").encode(), "csv_cut_short", {"line": 4, "fields": 1}),
    ("open quote at the end", "a.csv", (GOOD + '3,"丙').encode(), "csv_open_quote", {"line": 4}),
    ("open quote over lines", "a.csv", (HEAD + '1,"甲,one\n2,乙,two\n').encode(), "csv_open_quote", {"line": 2}),
    ("open quote in the middle", "a.csv", (HEAD + '1,"甲,one\n2,"乙",two\n').encode(), "csv_malformed", {"begins": 2}),
    ("text after a quote", "a.csv", (HEAD + '1,"甲"x,one\n').encode(), "csv_malformed", {"line": 2}),
    ("cut within a character", "a.csv", (GOOD + "3,丙").encode()[:-1], "encoding_unknown", {"line": 4}),
    ("GBK as UTF-8", "a.csv", GOOD.encode("gb18030"), "wrong_encoding", {"line": 2, "byte": 17, "found": "GB18030"}),
    ("no encoding at all", "a.csv", GOOD.encode() + b"\xff\xff\xff\n", "encoding_unknown", {"line": 4}),
    ("UTF-16 LE", "a.csv", b"\xff\xfe" + GOOD.encode("utf-16-le"), "wrong_encoding", {"found": "UTF-16"}),
    ("UTF-16 BE", "a.csv", b"\xfe\xff" + GOOD.encode("utf-16-be"), "wrong_encoding", {"found": "UTF-16"}),
    ("UTF-16 without mark", "a.csv", GOOD.encode("utf-16-le"), "file_has_nul", {"line": 1, "byte": 1}),
    ("zero bytes at the end", "a.csv", GOOD.encode() + b"\0" * 512, "file_has_nul", {"line": 4}),
    ("column twice", "a.csv", b"code,name,code\n1,2,3\n", "column_twice", {"column": "code"}),
    ("one enormous field", "a.csv", (HEAD + "1," + "x" * 200_000 + ",z\n").encode(), "csv_field_too_long", {"line": 2}),
    ("a zip called csv", "a.csv", zipped({".txt": b"x"}), "file_not_what_it_says", {"expected": "CSV", "found": "ZIP"}),
    ("a PDF called csv", "a.csv", b"%PDF-1.7\n", "file_not_what_it_says", {"found": "PDF"}),
    ("a web page called csv", "a.csv", b"<!DOCTYPE html>", "file_not_what_it_says", {"found": "HTML/XML"}),
    ("JSON called csv", "a.csv", b'{"type": "FeatureCollection"}', "file_not_what_it_says", {"found": "JSON"}),
    ("old Excel called csv", "a.csv", b"\xd0\xcf\x11\xe0", "file_not_what_it_says", {"found": "Excel (.xls)"}),
    ("gzip called geojson", "a.geojson", b"\x1f\x8b\x08\x00xx", "file_not_what_it_says", {"found": "gzip"}),
    ("CSV called geojson", "a.geojson", GOOD.encode(), "file_not_what_it_says", {"found": "CSV"}),
    ("unknown suffix", "a.docx", b"PK\x03\x04", "file_kind_unknown", {}),
    ("JSON cut short", "a.geojson", json.dumps(collection()).encode()[:-40], "json_cut_short", {"line": 1}),
    ("JSON cut in a string", "a.geojson", b'{"type": "Feat', "json_cut_short", {"line": 1, "column": 10}),
    ("JSON with a comma too many", "a.geojson", b'{"type": "x",\n,}', "json_malformed", {"line": 2}),
    ("JSON with NaN", "a.geojson", b'{"type": NaN}', "json_number_bad", {"value": "NaN"}),
    ("JSON too deep", "a.geojson", b"[" * 100_000 + b"]" * 100_000, "json_too_deep", {}),
    ("another kind of JSON", "a.geojson", b'{"type": "Topology"}', "not_a_feature_collection", {"found": "Topology"}),
    ("a list", "a.geojson", b"[1, 2]", "not_a_feature_collection", {"found": "list"}),
    ("no features", "a.geojson", b'{"type": "FeatureCollection"}', "not_a_feature_collection", {}),
    ("a feature that is none", "a.geojson", NO_FEATURE, "not_a_feature", {"feature": 1}),
    ("GeoJSON in GBK", "a.geojson", json.dumps(collection(), ensure_ascii=False).encode("gbk"), "wrong_encoding", {}),
    ("unknown crs", "a.geojson", json.dumps(collection(crs=MOON)).encode(), "crs_unknown", {}),
    ("text called zip", "a.zip", GOOD.encode(), "file_not_what_it_says", {"expected": "ZIP", "found": "CSV"}),
    ("rubbish called zip", "a.zip", b"\x01\x02\x03 no zip", "file_not_recognised", {"expected": "ZIP"}),
    ("words called zip", "a.zip", b"not a zip file at all", "file_not_recognised", {"expected": "ZIP"}),
    ("zip without a shape", "a.zip", zipped({".txt": b"x"}), "zip_without_shp", {}),
    ("empty zip", "a.zip", zipped({}), "zip_without_shp", {}),
    ("text called gpkg", "a.gpkg", GOOD.encode(), "file_not_what_it_says", {"expected": "GeoPackage"}),
    ("gpkg of a few bytes", "a.gpkg", b"SQLite format 3\x00xx", "gpkg_cut_short", {"size": 18}),
]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "content", "key", "place"), [c[1:] for c in TEXT_CASES], ids=[c[0] for c in TEXT_CASES]
)
def test_a_broken_file_is_refused_and_says_where(
    tmp_path: Path, name: str, content: bytes, key: str, place: dict[str, Any]
) -> None:
    (tmp_path / name).write_bytes(content)
    _refused(tmp_path / name, key, place)


def _refused(path: Path, key: str, place: dict[str, Any], options: ReadOptions | None = None) -> None:
    with pytest.raises(Fault) as caught:
        read_table(path, options or ReadOptions())
    assert caught.value.key == key, caught.value
    assert place.items() <= caught.value.params.items()
    for language in ("zh-CN", "en"):
        said = sentence(Words(language), f"fault.{key}", caught.value.params)
        assert said != f"fault.{key}"
        assert "{" not in said, f"a name was not filled in: {said}"
        told = str(caught.value.params.get("reason", ""))
        assert not told or told not in said, "a library's own words are for nobody who reads this"


Break = Callable[[dict[str, bytes]], bytes]


def _without(suffix: str) -> Break:
    return lambda m: zipped({k: v for k, v in m.items() if k != suffix})


def _cut(suffix: str, by: int) -> Break:
    return lambda m: zipped({**m, suffix: m[suffix][:-by]})


def _spoilt(members: dict[str, bytes]) -> bytes:
    shp = bytearray(members[".shp"])
    shp[100:104] = struct.pack(">i", 77)
    return zipped({**members, ".shp": bytes(shp)})


def _flipped(members: dict[str, bytes]) -> bytes:
    whole = bytearray(zipped(members))
    at = whole.index(b"areas/made.shp") + 60
    whole[at] ^= 0xFF
    return bytes(whole)


def _one_record_less(members: dict[str, bytes]) -> bytes:
    dbf = bytearray(members[".dbf"])
    dbf[4:8] = struct.pack("<I", 1)
    return zipped({**members, ".dbf": bytes(dbf)})


SHAPE_CASES: list[tuple[str, Break, str, dict[str, Any]]] = [
    ("no index", _without(".shx"), "zip_member_missing", {"member": "areas/made.shx"}),
    ("no attributes", _without(".dbf"), "zip_member_missing", {"member": "areas/made.dbf"}),
    ("no coordinate system", _without(".prj"), "crs_missing", {}),
    ("shapes cut short", _cut(".shp", 20), "shp_cut_short", {"member": ".shp"}),
    ("index cut short", _cut(".shx", 8), "shp_cut_short", {"member": ".shx"}),
    ("attributes cut short", _cut(".dbf", 30), "shp_cut_short", {"member": ".dbf"}),
    ("a record that is not what the index says", _spoilt, "shp_record_broken", {"feature": 1, "byte": 100}),
    ("not shapes at all", lambda m: zipped({**m, ".shp": b"x" * 500}), "shp_not_one", {"member": ".shp"}),
    ("fewer records than shapes", _one_record_less, "shp_counts_differ", {"shapes": 2, "records": 1}),
    ("zip cut short", lambda m: zipped(m)[:-100], "zip_broken", {}),
    ("zip cut to its half", lambda m: zipped(m)[: len(zipped(m)) // 2], "zip_broken", {}),
    ("a flipped byte", _flipped, "zip_broken", {"member": "areas/made.shp"}),
    ("two shapes", lambda m: zipped({**m, "2.shp": m[".shp"]}), "zip_several_shp", {}),
    ("too many members", lambda _: zipped({f".{i}": b"" for i in range(80)}), "zip_too_many_members", {"limit": 64}),
]  # fmt: skip


@pytest.mark.parametrize(("broken", "key", "place"), [c[1:] for c in SHAPE_CASES], ids=[c[0] for c in SHAPE_CASES])
def test_a_broken_shapefile_is_refused_and_says_where(
    tmp_path: Path, broken: Break, key: str, place: dict[str, Any]
) -> None:
    (tmp_path / "a.zip").write_bytes(broken(shape_members(tmp_path)))
    _refused(tmp_path / "a.zip", key, place)


def test_a_loose_shapefile_is_read_with_what_lies_beside_it(tmp_path: Path) -> None:
    folder = tmp_path / "loose"
    folder.mkdir()
    for suffix, content in shape_members(tmp_path).items():
        (folder / f"甲{suffix.upper() if suffix == '.dbf' else suffix}").write_bytes(content)
    assert len(read_table(folder / "甲.shp", ReadOptions()).records) == 2
    (folder / "甲.DBF").unlink()
    (folder / "甲.shx").unlink()
    _refused(folder / "甲.shp", "shp_member_missing", {"file": "甲.shp", "member": "甲.shx, 甲.dbf"})


def test_what_lies_beside_a_shapefile_and_cannot_be_read_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for suffix, content in shape_members(tmp_path).items():
        (tmp_path / f"a{suffix}").write_bytes(content)
    opens = Path.open

    def refuse(path: Path, *given: Any, **more: Any) -> Any:
        if path.suffix == ".prj":
            raise PermissionError(13, "Permission denied")
        return opens(path, *given, **more)

    monkeypatch.setattr(Path, "open", refuse)
    _refused(tmp_path / "a.shp", "file_unreadable", {"file": "a.prj"})


@pytest.mark.parametrize("keep", [0.3, 0.7, 0.99])
def test_a_geopackage_cut_short_is_refused(tmp_path: Path, keep: float) -> None:
    whole = geopackage(tmp_path)
    (tmp_path / "cut.gpkg").write_bytes(whole[: int(len(whole) * keep)])
    _refused(tmp_path / "cut.gpkg", "gpkg_cut_short", {"expected": len(whole)})


def test_a_geopackage_with_spoilt_pages_is_refused(tmp_path: Path) -> None:
    whole = bytearray(geopackage(tmp_path))
    whole[4096:-4096] = b"\xa5" * (len(whole) - 8192)
    (tmp_path / "bad.gpkg").write_bytes(whole)
    _refused(tmp_path / "bad.gpkg", "gpkg_broken", {})


def test_a_geopackage_with_a_spoilt_name_is_refused(tmp_path: Path) -> None:
    """SQLite then quotes the name in what it says, and that is no text."""
    whole = geopackage(tmp_path)
    (tmp_path / "bad.gpkg").write_bytes(
        whole.replace(b"triggergpkg_tile_matrix_zoom_level_update", b"trigger\x80pkg_tile_matrix_zoom_level_update", 1)
    )
    _refused(tmp_path / "bad.gpkg", "gpkg_broken", {})


def test_a_geopackage_whose_list_of_layers_is_another_is_refused(tmp_path: Path) -> None:
    geopackage(tmp_path)
    made = tmp_path / "made.gpkg"
    with sqlite3.connect(made) as database:
        database.execute("ALTER TABLE gpkg_contents RENAME COLUMN min_x TO other_x")
    database.close()
    _refused(made, "gpkg_broken", {})


def test_any_other_database_called_gpkg_is_refused(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "other.gpkg") as database:
        database.execute("CREATE TABLE t (a)")
    database.close()
    _refused(tmp_path / "other.gpkg", "gpkg_broken", {})


def test_a_file_that_is_not_there_or_a_folder(tmp_path: Path) -> None:
    _refused(tmp_path / "none.csv", "file_missing", {})
    (tmp_path / "folder.csv").mkdir()
    _refused(tmp_path / "folder.csv", "file_not_a_file", {})


def test_a_file_beyond_the_bound_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("console.exchange.table.MAX_FILE_BYTES", 2**20)
    (tmp_path / "a.csv").write_text("x" * (2**20 + 1), encoding="utf-8")
    _refused(tmp_path / "a.csv", "file_too_large", {"size_mb": 2, "limit_mb": 1})


def test_too_many_rows_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("console.exchange.csv_reader.MAX_ROWS", 3)
    (tmp_path / "a.csv").write_text(HEAD + "1,a,b\n" * 9, encoding="utf-8")
    _refused(tmp_path / "a.csv", "file_too_many_rows", {})


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "gbk"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_a_sound_file_is_read_in_each_encoding(tmp_path: Path, encoding: str, end: str) -> None:
    (tmp_path / "a.csv").write_bytes(GOOD.replace("\n", end).encode(encoding))
    options = ReadOptions(encoding="gb18030" if encoding.startswith("gb") else "utf-8")
    table = read_table(tmp_path / "a.csv", options)
    assert table.columns == ("code", "name", "note")
    assert [(r.number, r.fields["name"]) for r in table.records] == [(2, "甲"), (3, "乙")]


def test_lines_are_counted_over_quoted_line_breaks(tmp_path: Path) -> None:
    text = HEAD + '1,"two\nlines",x\n\n2,"a ""quoted"" word\u2028and a separator",y\n3,short\n4,d,e\n'
    (tmp_path / "a.csv").write_text(text, encoding="utf-8", newline="")
    records = read_table(tmp_path / "a.csv", ReadOptions()).records
    assert [r.number for r in records] == [2, 5, 6, 7]
    assert records[1].fields["name"] == 'a "quoted" word\u2028and a separator'
    assert [r.fault and r.fault.key for r in records] == [None, None, "field_count", None]


@pytest.mark.parametrize("encoding", ["UTF-8", "GBK"])
@pytest.mark.parametrize("with_cpg", [True, False])
def test_a_sound_shapefile_is_read_with_its_chinese(tmp_path: Path, encoding: str, with_cpg: bool) -> None:
    members = shape_members(tmp_path, encoding)
    if not with_cpg:
        members.pop(".cpg", None)
    (tmp_path / "a.zip").write_bytes(zipped(members, "镇界/网格"))
    table = read_table(tmp_path / "a.zip", ReadOptions())
    assert [r.fields for r in table.records] == [{"code": "1", "name": "甲"}, {"code": "2", "name": "乙"}]
    assert table.records[0].geometry.bounds == pytest.approx((120.0, 29.0, 120.1, 29.1))


def test_projected_coordinates_come_to_degrees(tmp_path: Path) -> None:
    from pyproj import Transformer

    to_metres = Transformer.from_crs("EPSG:4326", "EPSG:4549", always_xy=True)
    metres = shapely.transform(SQUARE, lambda xy: np.column_stack(to_metres.transform(xy[:, 0], xy[:, 1])))
    feature = {"type": "Feature", "properties": {}, "geometry": json.loads(shapely.to_geojson(metres))}
    crs = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::4549"}}
    (tmp_path / "a.geojson").write_text(json.dumps({"type": "FeatureCollection", "features": [feature], "crs": crs}))
    table = read_table(tmp_path / "a.geojson", ReadOptions())
    assert table.records[0].geometry.bounds == pytest.approx((120.0, 29.0, 120.1, 29.1), abs=1e-7)


def test_a_geopackage_is_read(tmp_path: Path) -> None:
    geopackage(tmp_path)
    table = read_table(tmp_path / "made.gpkg", ReadOptions())
    assert len(table.records) == 300
    assert table.records[299].fields == {"name": "甲" * 50}


def test_a_ring_left_open_inside_a_sound_container_is_refused_with_its_feature(tmp_path: Path) -> None:
    ring = struct.pack("<10d", *(n for point in SQUARE.exterior.coords for n in point))
    whole = geopackage(tmp_path)
    assert ring in whole
    (tmp_path / "open.gpkg").write_bytes(whole.replace(ring, ring[:-16] + struct.pack("<2d", 119.0, 28.0), 1))
    with pytest.raises(Fault) as refused:
        read_table(tmp_path / "open.gpkg", ReadOptions())
    assert refused.value.key == "layer_unreadable"
    assert "closed" in str(refused.value.params["reason"])


def test_a_zip_whose_directory_would_begin_before_it_is_refused(tmp_path: Path) -> None:
    whole = bytearray(zipped(shape_members(tmp_path)))
    whole[whole.rindex(b"PK\x05\x06") + 18] = 1  # the offset of the directory, one 64 KB too far
    (tmp_path / "a.zip").write_bytes(bytes(whole))
    _refused(tmp_path / "a.zip", "zip_broken", {})
