"""Files of one's own: every kind, in any coordinates and encoding; what is refused, and the process apart."""

from datetime import timedelta
from pathlib import Path

import numpy as np
import pyogrio
import pytest
import shapely

from console.filelayer import process, reading
from console.filelayer.contents import MAX_BYTES
from console.filelayer.process import features_of, fits_of, track_of
from console.filelayer.reading import read_file, read_track
from console.filelayer.systems import systems_around
from domain.coordinates import system_named
from domain.faults import Fault
from layers.imported.model import ImportedModel, read_imported
from layers.tracks.model import TrackModel

GPX = """<?xml version="1.0"?><gpx version="1.1" creator="x" xmlns="http://www.topografix.com/GPX/1/1">
<wpt lat="29.71" lon="120.71"><name>井盖</name></wpt>
<trk><name>巡查一</name><trkseg>
<trkpt lat="29.70" lon="120.70"><time>2026-11-23T01:00:00Z</time></trkpt>
<trkpt lat="29.70" lon="120.71"><time>2026-11-23T01:05:00Z</time></trkpt>
<trkpt lat="29.71" lon="120.71"><time>2026-11-23T02:00:00Z</time></trkpt></trkseg></trk></gpx>"""
KML = """<?xml version="1.0"?><kml xmlns="http://www.opengis.net/kml/2.2"><Document><Placemark><name>广场</name>
<Polygon><outerBoundaryIs><LinearRing><coordinates>120.7,29.7 120.71,29.7 120.71,29.71 120.7,29.7</coordinates>
</LinearRing></outerBoundaryIs></Polygon></Placemark></Document></kml>"""
COLLECTION = """{"type":"FeatureCollection","features":[
{"type":"Feature","properties":{"名称":"东","n":1},"geometry":{"type":"Point","coordinates":[120.7,29.7]}},
{"type":"Feature","properties":{"名称":"线"},"geometry":{"type":"LineString","coordinates":[[120.7,29.7],[120.8,29.8]]}},
{"type":"Feature","properties":{"名称":"无"},"geometry":null}]}"""


def write(path: Path, content: str, encoding: str = "utf-8") -> Path:
    path.write_bytes(content.encode(encoding))
    return path


def geopackage(path: Path, crs: str = "EPSG:4549") -> Path:
    """Two layers in a CGCS2000 zone."""
    for layer, x in (("a", 540_000.0), ("b", 541_000.0)):
        pyogrio.raw.write(
            path,
            np.array([shapely.to_wkb(shapely.box(x, 3_287_000, x + 100, 3_287_100))], object),
            [np.array([f"块{layer}"], object)],
            ["名称"],
            layer=layer,
            driver="GPKG",
            geometry_type="Polygon",
            crs=crs,
            append=path.exists(),
        )
    return path


def test_each_kind_of_file_is_read(tmp_path: Path) -> None:
    found = read_file(write(tmp_path / "a.geojson", COLLECTION), None)
    assert found.columns == ("名称", "n")
    assert found.rows == (("东", "1"), ("线", ""))
    assert found.notes == ("left_out:1",)
    found = read_file(write(tmp_path / "a.kml", KML), None)
    assert "广场" in found.rows[0]
    assert shapely.from_wkb(found.wkbs[0]).geom_type == "Polygon"
    found = read_file(write(tmp_path / "a.gpx", GPX), None)
    kinds = [shapely.from_wkb(wkb).geom_type for wkb in found.wkbs]
    assert kinds == ["Point", "MultiLineString"]
    assert any("井盖" in row for row in found.rows)
    found = read_file(geopackage(tmp_path / "a.gpkg"), None)
    assert [row[0] for row in found.rows] == ["块a", "块b"], "every layer of it"
    x, y = shapely.from_wkb(found.wkbs[0]).centroid.coords[0]
    assert (x, y) == pytest.approx((120.41, 29.7), abs=0.02), "brought to degrees"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
@pytest.mark.parametrize("mark", [",", ";"])
def test_a_table_with_places_is_read_in_its_encoding(tmp_path: Path, encoding: str, mark: str) -> None:
    lines = [mark.join(row) for row in (("名称", "经度", "纬度"), ("老街", "120.7", "29.7"), ("空", "", ""))]
    found = read_file(write(tmp_path / "a.csv", "\n".join(lines) + "\n", encoding), None)
    assert found.rows == (("老街", "120.7", "29.7"),)
    shifted = read_file(tmp_path / "a.csv", "gcj02")
    moved, plain = shapely.from_wkb(shifted.wkbs[0]), shapely.from_wkb(found.wkbs[0])
    assert 0.002 < moved.distance(plain) < 0.01


def test_a_shapefile_without_its_coordinates_asks_for_them(tmp_path: Path) -> None:
    import zipfile

    folder = tmp_path / "shp"
    folder.mkdir()
    shapes = np.array([shapely.to_wkb(shapely.Point(540_000, 3_287_000))], object)
    names = np.array(["井"], object)
    pyogrio.raw.write(
        folder / "a.shp", shapes, [names], ["n"], geometry_type="Point", crs="EPSG:4549", driver="ESRI Shapefile",
        encoding="GBK",
    )  # fmt: skip
    (folder / "a.prj").unlink()
    (folder / "a.cpg").unlink(missing_ok=True)
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        for file in folder.iterdir():
            archive.write(file, file.name)
    with pytest.raises(Fault) as refused:
        read_file(tmp_path / "a.zip", None)
    assert refused.value.key == "crs_missing"
    found = read_file(tmp_path / "a.zip", "EPSG:4549")
    assert found.rows == (("井",),)
    assert shapely.from_wkb(found.wkbs[0]).x == pytest.approx(120.41, abs=0.02)


POINT_AT = (
    '{"type":"FeatureCollection","features":[{"type":"Feature","properties":{},"geometry":{"type":"Point",'
    '"coordinates":[%s]}}]}'
)


@pytest.mark.parametrize(
    ("name", "content", "key"),
    [
        ("a.csv", "a,b\n1,2\n", "file_without_places"),
        ("a.geojson", '{"type":"FeatureCollection","features":[]}', "file_without_shapes"),
        ("a.geojson", '{"type":"Feature', "json_cut_short"),
        ("a.geojson", POINT_AT % "577520.9, 3287000", "file_not_degrees"),
        ("a.geojson", POINT_AT % "29.7, 120.7", "file_not_degrees"),
        ("a.kml", "<kml>", "layer_unreadable"),
        ("a.kml", KML.replace("120.7", "540000"), "file_always_degrees"),
        ("a.kml", '<!DOCTYPE kml [<!ENTITY a "b">]><kml/>', "layer_unreadable"),
        ("a.exe", "MZ", "file_kind_unknown"),
        ("a.csv", "lon,lat\n999,29\n", "file_not_degrees"),
        ("a.csv", "lon,lat\nx,29\n", "file_rows_bad"),
        ("a.csv", "lon,lat\n,\n", "file_without_shapes"),
    ],
)
def test_what_cannot_be_shown_is_named(tmp_path: Path, name: str, content: str, key: str) -> None:
    with pytest.raises(Fault) as refused:
        read_file(write(tmp_path / name, content), None)
    assert refused.value.key == key


def rows_file(path: Path, *rows: str, header: str = "名称,lon,lat") -> Path:
    return write(path, "\n".join((header, *rows)) + "\n")


def test_bad_rows_are_named_and_left_out_by_choice_alone(tmp_path: Path) -> None:
    rows = ["好,120.7,29.7"] * 6 + ["字,东经,29.7", "空,,", "缺,120.7,", "远,999,29.7", "多,120.7,29.7,x"]
    path = rows_file(tmp_path / "a.csv", *rows)
    with pytest.raises(Fault) as refused:
        read_file(path, None)
    told = dict(refused.value.params)
    assert refused.value.key == "file_rows_bad_and_placeless"
    assert (told["count"], told["rest"], told["lines"]) == (4, 6, "8, 10, 11, 12")
    assert told["placeless"] == 1, "asked and told alike: four and one are not shown"
    assert (told["line"], told["wrong"], told["value"]) == (8, "fault.coordinate_unreadable", "东经")
    found = read_file(path, None, rest=True)
    assert len(found.rows) == 6
    assert found.notes == ("left_out:5",), "the row without a place is counted as well"
    with pytest.raises(Fault) as refused:
        read_file(rows_file(tmp_path / "b.csv", *["字,东经,29.7"] * 7), None, rest=True)
    assert refused.value.params["lines"] == "2, 3, 4, 5, 6 …"
    assert refused.value.params["rest"] == 0, "there is no rest to show"


def test_metres_in_a_table_ask_for_their_system_and_one_row_astray_does_not(tmp_path: Path) -> None:
    metres = rows_file(tmp_path / "a.csv", "井,40540000.6,3287000.8", "井,40541000,3287000", "未测,0,0")
    for crs in (None, "EPSG:4549", "EPSG:4526"):
        with pytest.raises(Fault) as refused:
            read_file(metres, crs)
        assert refused.value.key == "file_not_degrees", f"{crs}: 0, 0 is in degrees, but most is not"
    with pytest.raises(Fault) as refused:
        read_file(metres, "EPSG:4528")
    assert refused.value.key == "file_rows_bad"
    found = read_file(metres, "EPSG:4528", rest=True)
    assert [shapely.from_wkb(wkb).x for wkb in found.wkbs] == pytest.approx([120.41, 120.42], abs=0.02)
    northing_first = write(tmp_path / "c.csv", "x,y,北坐标,东坐标\n3287000,540000,3287000,540000\n")
    assert shapely.from_wkb(read_file(northing_first, "EPSG:4549").wkbs[0]).x == pytest.approx(120.41, abs=0.02)
    with pytest.raises(Fault) as refused:
        read_file(metres, "EPSG:1")
    assert refused.value.key == "crs_unknown"
    fixes = rows_file(tmp_path / "b.csv", "甲,540000,3287000", "甲,540100,3287000")
    with pytest.raises(Fault) as refused:
        read_track(fixes, None, timedelta())
    assert refused.value.key == "file_not_degrees"
    assert read_track(fixes, "EPSG:4549", timedelta()).fixes[0].lon == pytest.approx(120.41, abs=0.02)


def test_a_file_too_large_is_refused_unread(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    with path.open("wb") as file:
        file.truncate(MAX_BYTES + 1)
    with pytest.raises(Fault) as refused:
        read_file(path, None)
    assert refused.value.key == "file_too_large"


def test_tracks_are_read_with_their_times(tmp_path: Path) -> None:
    found = read_track(write(tmp_path / "a.gpx", GPX), None, timedelta())
    assert found.names == ("巡查一",)
    assert [fix.at for fix in found.fixes][:2] == [1795395600.0, 1795395900.0]
    lines = "name,时间,lon,lat\n甲,2026-11-23 09:00:00,120.7,29.7\n甲,2026/11/23 09:01:00,120.71,29.7\n"
    found = read_track(write(tmp_path / "a.csv", lines), None, timedelta(hours=8))
    assert found.names == ("甲",)
    assert found.fixes[0].at == 1795395600.0, "a time without a zone is the town's own"
    with pytest.raises(Fault) as refused:
        read_track(write(tmp_path / "b.csv", lines.replace("09:01", "99:01")), None, timedelta())
    assert refused.value.params["line"] == 3
    assert refused.value.params["wrong"] == "fault.track_time_bad"
    more = lines.replace("09:01", "99:01") + "甲,2026-11-23 09:02:00,120.72,29.7\n,,,\n"
    found = read_track(write(tmp_path / "b.csv", more), None, timedelta(), rest=True)
    assert (len(found.fixes), found.left_out) == (2, 2)
    with pytest.raises(Fault) as refused:
        read_track(write(tmp_path / "c.csv", "lon,lat\n120,29\n"), None, timedelta())
    assert refused.value.key == "track_empty"


def test_a_silence_parts_a_track_and_its_points_stand_in_the_order_of_time() -> None:
    from zoneinfo import ZoneInfo

    model = TrackModel("a", "A", ZoneInfo("Asia/Shanghai"))
    model.put(("甲",), [(0, 900.0, 120.72, 29.7), (0, 0.0, 120.70, 29.7), (0, 100.0, 120.71, 29.7)])
    assert model.at.tolist() == [0.0, 100.0, 900.0]
    assert np.diff(model.shapes.rings).tolist() == [2, 1]
    assert model.span() == (0.0, 900.0)


def test_the_process_apart_answers_and_its_end_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write(tmp_path / "a.geojson", COLLECTION)
    found = features_of(path, None)
    assert found == read_file(path, None)
    features = read_imported(found.wkbs, found.columns, found.rows)
    assert (len(features.xs), len(features.lines), len(features.areas)) == (1, 1, 0)
    model = ImportedModel("a", "A")
    model.put(features)
    assert model.revision == 1
    with pytest.raises(Fault) as refused:
        track_of(path, None, timedelta())
    assert refused.value.key == "file_kind_unknown"
    monkeypatch.setattr(process, "READER", "console.filelayer.no_such_module")
    with pytest.raises(Fault) as refused:
        features_of(path, None)
    assert refused.value.key == "file_reader_failed"
    monkeypatch.setattr(process, "READER", reading.__name__)
    with pytest.raises(Fault) as refused:
        features_of(path, None, patience_s=0.01)
    assert refused.value.key == "file_reader_slow"


def test_where_a_file_would_fall_is_found_out_whatever_it_names(tmp_path: Path) -> None:
    places = "\n".join(["甲,640000,3287000"] * 30 + ["错,1,1", "空,,", "字,东,北"])
    table = write(tmp_path / "a.csv", f"名称,x,y\n{places}\n")
    named = POINT_AT.replace('{"type":"F', '{"crs":{"type":"name","properties":{"name":"EPSG:4326"}},"type":"F', 1)
    collection = write(tmp_path / "a.geojson", named % "640000, 3287000")
    for path in (table, collection):
        fits = {fit.system: fit.box for fit in fits_of(path, systems_around(120.4))}
        assert fits["wgs84"] is None
        assert fits["EPSG:4528"] is None
        assert fits["EPSG:4549"] == pytest.approx((121.446, 29.693, 121.446, 29.693), abs=0.002), "one slip is left out"
        assert fits["EPSG:4548"] == pytest.approx((118.446, 29.693, 118.446, 29.693), abs=0.002)
    found = read_file(collection, "EPSG:4549")
    assert shapely.from_wkb(found.wkbs[0]).x == pytest.approx(121.446, abs=0.002), "who was asked knows better"


@pytest.mark.parametrize(
    ("lon", "some"),
    [(120.7, {"EPSG:4549", "EPSG:4528", "EPSG:4499"}), (87.6, {"EPSG:4538", "EPSG:4517"}), (134.0, {"EPSG:4553"})],
)
def test_systems_are_offered_by_where_the_town_is(lon: float, some: set[str]) -> None:
    offered = systems_around(lon)
    assert some <= set(offered)
    assert len(set(offered)) == len(offered) == 11
    assert all(system_named(name) is not None for name in offered if name != "EPSG:3857")
