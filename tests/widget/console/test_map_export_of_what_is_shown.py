"""An export holds what the map shows and nothing beside it: layers, filters, scales, files of one's own, one stamp."""

import csv
import json
import re
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
import shapely
from desks import signed_in, until
from map_exports import export, geojson_of, logged, report
from pyogrio import list_layers, raw
from PySide6.QtGui import QImage
from served import ALL_ROOM, Served, key

from console.desk import Desk
from domain.exporting import MapFormat
from domain.register_fence import Geofence
from domain.register_map import Hazard
from layers.camera import Bounds
from layers.mercator import to_plane
from layers.options import LayerOptions
from layers.tracks.model import TrackModel
from resources.theme import load_theme
from tests.widget.console.test_own_layers import drop
from widgets.map.printing import PrintMap
from widgets.map_export_sheet import Extent

PHONE, OWNER = "13900007777", "王某某"
RING = [[120.801, 29.551], [120.803, 29.551], [120.803, 29.553]]


def survey(path: Path) -> Path:
    """A file with what nobody may take out of the room in its columns."""
    told = (
        ({"名称": "一号井", "户主": OWNER, "电话": PHONE}, shapely.Point(120.802, 29.552)),
        ({"名称": f"找 {PHONE}", "户主": OWNER, "电话": PHONE}, shapely.box(120.801, 29.551, 120.803, 29.553)),
    )
    features = [
        {"type": "Feature", "properties": fields, "geometry": shapely.geometry.mapping(shape)} for fields, shape in told
    ]
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}), encoding="utf-8")
    return path


async def _own(desk: Desk, path: Path) -> str:
    drop(desk, survey(path))
    await until(lambda: any(item.removable for item in desk.panels.map.items))
    return next(item.key for item in desk.panels.map.items if item.removable)


def _of(features: list[dict[str, Any]], layer: str) -> list[dict[str, Any]]:
    return [feature for feature in features if feature["properties"]["layer"] == layer]


async def test_a_file_of_ones_own_goes_out_by_its_shapes_and_name_alone(served: Served, tmp_path: Path) -> None:
    name = "现场踏勘" * 10  # longer than the record takes
    async with signed_in(served) as desk:
        key_ = await _own(desk, tmp_path / f"{name}.geojson")
        for named in (False, True):
            if named:
                desk.panels.map.choose(key_, LayerOptions().with_style("names", "名称"))
            features = await geojson_of(desk, tmp_path)
            found = _of(features, f"file_{name}")
            assert [feature["geometry"]["type"] for feature in found] == ["Point", "Polygon"]
            assert shapely.Point(found[0]["geometry"]["coordinates"]).equals(shapely.Point(120.802, 29.552))
            assert {feature["properties"]["title"] for feature in found} == {name}
            told = [feature["properties"].get("name") for feature in found]
            assert told == (["一号井", "找 ***"] if named else [None, None])
            for form in (MapFormat.GPKG, MapFormat.HTML):
                await export(desk, form, tmp_path / f"map.{form}")
            written = "".join((tmp_path / f"map.{form}").read_bytes().decode("utf-8", "replace") for form in
                              ("geojson", "gpkg", "html"))  # fmt: skip
            for secret in (PHONE, OWNER, "户主", "电话"):
                assert secret not in written
            layers = dict(list_layers(tmp_path / "map.gpkg"))
            assert f"file_{name}" in layers
            assert {"cases", "grids"} <= layers.keys()
            page = (tmp_path / "map.html").read_text("utf-8")
            assert name in page, "the layer is named"
            light = load_theme("light")
            assert light.accent in page
            (dot,) = (made for made in re.findall(r"\{[^{}]*\}", page) if f'"color": "{light.map_ground}"' in made)
            assert f'"fillColor": "{light.accent}"' in dot
            assert '"fillOpacity": 1.0' in dot, "a point is as filled as on the map"
            assert ('"一号井"' in page) == named
        assert {"file"} == {layer for log in logged(served) for layer in log["layers"] if "file" in layer}


async def test_kinds_of_a_file_go_out_in_their_colours_without_what_is_left_out(served: Served, tmp_path: Path) -> None:
    async with signed_in(served) as desk:
        key_ = await _own(desk, tmp_path / "井.geojson")
        view = desk.panels.map
        view.choose(key_, LayerOptions().with_style("kind", "名称"))
        item = view.item(key_)
        assert item is not None
        (found,) = item.filters()
        assert sorted(found.texts) == ["一号井", "找 ***"]
        features = _of(await geojson_of(desk, tmp_path), "file_井")
        assert [feature["properties"]["kind"] for feature in features] == ["一号井", "找 ***"]
        await export(desk, MapFormat.HTML, tmp_path / "map.html")
        page, light = (tmp_path / "map.html").read_text("utf-8"), load_theme("light")
        assert light.accent in page
        assert light.own_magenta in page
        view.choose(key_, item.options.with_kind("kind", found.values[found.texts.index("一号井")], shown=False))
        (left,) = _of(await geojson_of(desk, tmp_path), "file_井")
        assert left["geometry"]["type"] == "Polygon"
        assert PHONE not in json.dumps(left, ensure_ascii=False)


async def test_a_telephone_in_the_name_of_a_file_stays_behind_in_every_format(served: Served, tmp_path: Path) -> None:
    async with signed_in(served) as desk:
        key_ = await _own(desk, tmp_path / f"{'户' * 55}{PHONE}.geojson")
        item = desk.panels.map.item(key_)
        assert item is not None
        told = [item.title(), *(row.text for row in item.legend())]
        for form in (MapFormat.GEOJSON, MapFormat.GPKG, MapFormat.HTML):
            await export(desk, form, tmp_path / f"map.{form}")
            told.append((tmp_path / f"map.{form}").read_bytes().decode("utf-8", "replace"))
        assert not [text for text in told if PHONE[:5] in text], "not even cut short"


async def test_two_files_of_one_name_are_two_tables(served: Served, tmp_path: Path) -> None:
    async with signed_in(served) as desk:
        for folder in ("a", "b"):
            (tmp_path / folder).mkdir()
            drop(desk, survey(tmp_path / folder / "Survey.geojson" if folder == "a" else tmp_path / "b/survey.geojson"))
        await until(lambda: sum(item.removable for item in desk.panels.map.items) == 2)
        await export(desk, MapFormat.GPKG, tmp_path / "map.gpkg")
        tables = {name.casefold() for name in dict(list_layers(tmp_path / "map.gpkg"))}
        assert {"file_survey", "file_survey_2"} <= tables
        drop(desk, survey(tmp_path / "survey.geojson"))
        await until(lambda: sum(item.removable for item in desk.panels.map.items) == 3)
        await export(desk, MapFormat.HTML, tmp_path / "map.html")
        assert '"survey (2)"' in (tmp_path / "map.html").read_text("utf-8"), "each has its own place in the list"


async def test_the_notice_names_the_layers_a_format_cannot_hold(served: Served, tmp_path: Path) -> None:
    report(served)
    async with signed_in(served) as desk:
        await until(lambda: desk.map_feed.models.cases.open.marks)
        desk.panels.map.set_layer_visible("heat", True)
        await _own(desk, tmp_path / "own.geojson")
        for form in (MapFormat.GEOJSON, MapFormat.PNG, MapFormat.CSV):
            await export(desk, form, tmp_path / f"out.{form}")
            (told,) = (n for n in desk.panels.notices.notices() if f"out.{form}" in n.text)
            assert ("不在其中的图层：案件热力（" in told.text) == (form is MapFormat.GEOJSON), told.text


async def test_what_is_switched_off_filtered_or_out_of_its_scales_stays_behind(served: Served, tmp_path: Path) -> None:
    report(served)
    keeper = served.client(served.token("keeper", *ALL_ROOM))
    bodies = {
        "hazard": {"name": "后山警戒线", "level": "red", "ring": RING},
        "geofence": {"name": "市集值守区", "ring": RING},
    }
    for kind, body in bodies.items():
        put = keeper.put(
            f"/v1/register/{kind}/1", json={"version": 0, "body": body}, headers={"Idempotency-Key": key()}
        )
        assert put.status_code == 200, put.text
    async with signed_in(served) as desk:
        view = desk.panels.map
        await until(lambda: desk.register.all(Hazard) and desk.register.all(Geofence))
        await until(lambda: desk.map_feed.models.geofences.held.marks and desk.map_feed.models.cases.open.marks)
        for layer in ("hazards", "geofences"):
            view.set_layer_visible(layer, True)
        state = desk.map_feed.models.geofences.held.marks[0].rank.value
        before = {f["properties"]["layer"] for f in await geojson_of(desk, tmp_path)}
        assert {"hazards", "geofences", "grids", "basemap", "cases"} <= before
        lamps = {f["properties"]["lamp"] for f in _of(await geojson_of(desk, tmp_path), "cases")}
        near = round(view.denominator() / 2)
        left_out = {
            "hazards": LayerOptions().with_kind("level", "red", shown=False),
            "geofences": LayerOptions().with_kind("state", state, shown=False),
            "grids": LayerOptions(coarsest=near),
            "basemap": LayerOptions(visible=False),
            "cases": LayerOptions(hidden=tuple(("lamp", lamp) for lamp in sorted(lamps))),
        }
        for layer, options in left_out.items():
            view.choose(layer, options)
        after = {f["properties"]["layer"] for f in await geojson_of(desk, tmp_path)}
        assert before - after == set(left_out)
        assert not [n for n in desk.panels.notices.notices() if "不在其中" in n.text], (
            "a filter is no want of the format"
        )
        await export(desk, MapFormat.HTML, tmp_path / "map.html")
        page = (tmp_path / "map.html").read_text("utf-8")
        assert "后山警戒线" not in page
        for form in (MapFormat.PNG, MapFormat.PDF):
            await export(desk, form, tmp_path / f"map.{form}")
            assert not {"grids", "basemap"} & set(logged(served)[-1]["layers"])


async def test_a_picture_has_no_track_of_our_own_unless_asked_for_and_leaves_the_trail_as_it_is(
    served: Served, tmp_path: Path
) -> None:
    async with signed_in(served) as desk:
        track = TrackModel("history-history", "李四", desk.names.zone, guarded=True)
        track.put(("李四",), [(0, 0.0, 120.801, 29.551), (0, 60.0, 120.804, 29.554)])
        desk.panels.map.add_layer(track)
        trail = desk.map_feed.models.trail
        desk.panels.map.select_thing("staff-1")
        trail.followed, trail.points = "staff-1", [(1.0, 1.0), (9.0, 9.0)]
        pictures = []
        for staff in (False, True):
            await export(desk, MapFormat.PNG, tmp_path / "map.png", staff=staff)
            pictures.append(QImage(str(tmp_path / "map.png")))
            assert ("track" in logged(served)[-1]["layers"]) == staff
            assert "trail" not in logged(served)[-1]["layers"]
            assert len(trail.points) == 2, "a picture of the map lets go of nothing the map keeps"
        assert [log["staff"] for log in logged(served)] == [False, True]
        assert pictures[0] != pictures[1]
        features = await geojson_of(desk, tmp_path, staff=True)
        assert not [f for f in features if f["properties"]["layer"].startswith("track")]
        assert "track" not in logged(served)[-1]["layers"], "the record names what the file holds, and no more"
        await export(desk, MapFormat.CSV, tmp_path / "map.csv", staff=True)
        assert (logged(served)[-1]["layers"], logged(served)[-1]["staff"]) == (["cases"], False)


async def test_a_track_of_a_file_goes_out_as_a_line_without_its_times(served: Served, tmp_path: Path) -> None:
    async with signed_in(served) as desk:
        track = TrackModel("patrol.gpx", "巡查路线", desk.names.zone)
        fixes = [(0, 0.0, 120.801, 29.551), (0, 60.0, 120.804, 29.554), (0, 90_000.0, 120.806, 29.556)]
        track.put((OWNER,), fixes)
        desk.panels.map.add_layer(track)
        features = _of(await geojson_of(desk, tmp_path), "track_巡查路线")
        assert [feature["geometry"]["type"] for feature in features] == ["LineString", "Point"]
        assert features[0]["geometry"]["coordinates"][1] == pytest.approx([120.804, 29.554])
        assert features[0]["properties"].keys() == {"layer", "title", "exported_by", "exported_at"}


async def test_grids_are_filled_as_they_are_on_the_map(served: Served, tmp_path: Path) -> None:
    report(served)
    async with signed_in(served) as desk:
        view = desk.panels.map
        view.choose("grids", LayerOptions().with_style("fill", "open"))
        await until(lambda: view.grab() and desk.map_feed.models.grids.figures)
        found = _of(await geojson_of(desk, tmp_path), "grids")
        assert {f["properties"]["indicator"] for f in found} == {"open"}
        assert sorted({f["properties"]["figure"] for f in found}) == [0.0, 2.0]


async def test_every_format_tells_programs_in_one_way_when_it_was_written_and_people_in_theirs(
    served: Served, tmp_path: Path
) -> None:
    report(served)
    async with signed_in(served) as desk:
        said: list[str] = []
        features = await geojson_of(desk, tmp_path)
        said.append(features[0]["properties"]["exported_at"])
        await export(desk, MapFormat.CSV, tmp_path / "map.csv")
        with (tmp_path / "map.csv").open(encoding="utf-8-sig", newline="") as file:
            said.append(next(csv.DictReader(file))["导出时间"])
        await export(desk, MapFormat.GPKG, tmp_path / "map.gpkg")
        fields = raw.read(tmp_path / "map.gpkg", layer="cases", columns=["exported_at"])[3]
        said.append(str(fields[0][0]))
        await export(desk, MapFormat.HTML, tmp_path / "map.html")
        page = (tmp_path / "map.html").read_text("utf-8")
        written = page.split("导出人 li，")[1].split("（")[0]
        assert page.count(f"li {written}") >= 2, "across the map, too"
        town = datetime.fromisoformat(said[-1])  # in the town's own time, as the page and the sheet have it
        assert written == f"{town.year}年{town.month}月{town.day}日 {town:%H:%M}"
        for at in said:
            assert datetime.fromisoformat(at).utcoffset() is not None
            assert len(at) == len("2026-11-23T08:32:05+08:00")


async def test_a_view_goes_out_as_a_page_of_that_view(served: Served, tmp_path: Path) -> None:
    report(served)
    async with signed_in(served) as desk:
        desk.panels.map.pan(100_000, 0)
        await export(desk, MapFormat.HTML, tmp_path / "far.html", extent=Extent.VIEW)
        page = (tmp_path / "far.html").read_text("utf-8")
        assert "网格" in page, "the layer is told of though nothing of it is in view"
        assert "第1网格" not in page


async def test_a_view_goes_out_without_the_empty_ground_round_the_town(
    served: Served, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn: list[Bounds] = []
    look_at = PrintMap.look_at

    def noted(chart: PrintMap, bounds: Bounds, width: int, height: int) -> None:
        drawn.append(bounds)
        look_at(chart, bounds, width, height)

    monkeypatch.setattr(PrintMap, "look_at", noted)
    report(served)
    async with signed_in(served) as desk:
        view = desk.panels.map
        town = view.all_bounds()
        assert town is not None
        view.fit()
        for steps in (-4, 8):  # all of the town with much round it, then a part of it alone
            view.zoom(steps)
            seen = view.camera.bounds()
            wanted = tuple(f(a, b) for f, a, b in zip((max, max, min, min), seen, town, strict=True))
            await export(desk, MapFormat.PNG, tmp_path / "view.png", extent=Extent.VIEW)
            assert drawn.pop() == pytest.approx(wanted, abs=50)
            await export(desk, MapFormat.HTML, tmp_path / "view.html", extent=Extent.VIEW)
            found = re.search(r"bounds:(\[\[.*?\]\])", (tmp_path / "view.html").read_text("utf-8"))
            assert found is not None
            (south, west), (north, east) = json.loads(found[1])
            assert (*to_plane(west, south), *to_plane(east, north)) == pytest.approx(wanted, abs=50)
        view.pan(100_000, 0)
        await export(desk, MapFormat.PNG, tmp_path / "far.png", extent=Extent.VIEW)
        assert drawn.pop() == view.camera.bounds(), "where there is nothing, nothing is shown"
