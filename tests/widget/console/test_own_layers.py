"""Files dropped on the map and tracks of the room's own at the desk, through the real window and the real service."""

import json
import re
from pathlib import Path

import numpy as np
import pytest
import shapely
from desks import open_desk, signed_in, until
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent
from PySide6.QtWidgets import QMenu, QMessageBox
from served import Served

from client.tracks import read_track
from console.desk import Desk
from console.systemask import box_of
from domain.faults import Fault
from domain.ids import GridCode, ThingId
from domain.places import Grid
from layers.imported.item import ImportedItem
from layers.options import LayerOptions
from layers.owncolours import OWN_COLOURS
from layers.tracks.model import TrackModel
from resources.theme import load_theme
from tests.helpers.map_scene import make_scene, picture, wait_settled
from widgets.system_question import SystemQuestion
from widgets.track_sheet import TrackSheet


def geojson(path: Path) -> Path:
    told = (
        ({"名称": "广场", "面积": "3"}, shapely.box(120.71, 29.71, 120.72, 29.72)),
        ({"名称": "管线"}, shapely.LineString([(120.70, 29.705), (120.74, 29.705)])),
        ({"名称": "井"}, shapely.Point(120.73, 29.725)),
    )
    features = [
        {"type": "Feature", "properties": fields, "geometry": shapely.geometry.mapping(shape)} for fields, shape in told
    ]
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}), encoding="utf-8")
    return path


def drop(desk: Desk, *paths: Path) -> None:
    """Let files go on the map as a person does."""
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    none = Qt.KeyboardModifier.NoModifier
    event = QDropEvent(QPointF(50, 50), Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton, none)
    desk.panels.map.dropEvent(event)
    assert event.isAccepted()


async def test_a_dropped_file_is_shown_removed_by_its_row_and_brought_back(qtbot, tmp_path: Path) -> None:
    async with open_desk() as desk:
        desk.window.show_desk()
        drop(desk, geojson(tmp_path / "现场.geojson"))
        view = desk.panels.map
        await until(lambda: view.item("file:现场.geojson") is not None)
        item = view.item("file:现场.geojson")
        assert item is not None
        assert item.title() == "现场"
        assert "仅在本机" in item.remark()
        bounds = item.bounds()
        assert bounds is not None
        inside = view.camera.bounds()
        assert inside[0] < bounds[0] < bounds[2] < inside[2], "the map went there"
        view.overlays.feed()
        rows = view.overlays.layer_tree.rows
        rows.go_to("file:现场.geojson")
        qtbot.keyClick(rows, Qt.Key.Key_Delete)
        assert view.item("file:现场.geojson") is None
        assert [n.action for n in desk.notice_feed.standing()][-1] == "restore_layer"
        desk.actions.trigger("restore_layer")
        assert view.item("file:现场.geojson") is not None


async def test_undo_in_the_list_brings_removed_layers_back_in_their_turn(qtbot, tmp_path: Path) -> None:
    async with open_desk() as desk:
        desk.window.show_desk()
        view, keys = desk.panels.map, ("file:甲.geojson", "file:乙.geojson")
        drop(desk, *(geojson(tmp_path / key.partition(":")[2]) for key in keys))
        await until(lambda: all(view.item(key) is not None for key in keys))
        view.overlays.feed()
        rows = view.overlays.layer_tree.rows

        def there() -> list[bool]:
            return [view.item(key) is not None for key in keys]

        def press(key: Qt.Key, held: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
            qtbot.keyClick(rows, key, held)
            view.overlays.feed()

        control = Qt.KeyboardModifier.ControlModifier
        for key in keys:
            rows.go_to(key)
            press(Qt.Key.Key_Delete)
        assert there() == [False, False]
        rows.go_to("grids")
        press(Qt.Key.Key_Space)
        assert not view.item("grids").visible  # type: ignore[union-attr]
        press(Qt.Key.Key_Z, control)
        assert view.item("grids").visible, "what was done last comes first"  # type: ignore[union-attr]
        assert there() == [False, False]
        press(Qt.Key.Key_Z, control)
        assert there() == [False, True]
        assert not any(n.action == "restore_layer" for n in desk.notice_feed.standing())
        desk.actions.trigger("restore_layer")
        assert there() == [True, True]
        press(Qt.Key.Key_Z, control)
        assert there() == [True, True], "what is back already is not brought back twice"
        rows.go_to(keys[0])
        press(Qt.Key.Key_Delete)
        drop(desk, tmp_path / "甲.geojson")
        await until(lambda: there() == [True, True])
        desk.actions.trigger("restore_layer")
        assert [item.key for item in view.items].count(keys[0]) == 1, "it was opened anew"


async def test_what_cannot_be_read_is_told_and_nothing_is_added(tmp_path: Path) -> None:
    broken = tmp_path / "a.geojson"
    broken.write_text('{"type":"FeatureCollection","features":[')
    async with open_desk() as desk:
        drop(desk, broken)
        await until(lambda: any(n.key == "notice.file_refused" for n in desk.notice_feed.standing()))
        (told,) = (n.text for n in desk.panels.notices.notices() if "a.geojson" in n.text)
        assert "JSON 在第 1 行" in told, "which file it is, and where it breaks off"
        assert not re.search(r"[A-Za-z]+ [A-Za-z]+ ", told), "no English of a library in Chinese"
        assert not any(item.key.startswith("file:") for item in desk.panels.map.items)
        drop(desk, *(tmp_path / f"{i}.csv" for i in range(11)))
        assert any(n.key == "fault.files_too_many" for n in desk.notice_feed.standing())


async def test_a_file_that_does_not_say_its_coordinates_is_asked_for_them(qtbot, tmp_path: Path) -> None:
    import zipfile

    import pyogrio

    shapes = np.array([shapely.to_wkb(shapely.Point(540_000, 3_287_000))], object)
    names = np.array(["井"], object)
    pyogrio.raw.write(
        tmp_path / "a.shp", shapes, [names], ["n"], geometry_type="Point", crs="EPSG:4549", driver="ESRI Shapefile"
    )
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        for suffix in (".shp", ".shx", ".dbf"):
            archive.write(tmp_path / f"a{suffix}", f"a{suffix}")
    async with open_desk() as desk:
        drop(desk, tmp_path / "a.zip")
        question = await asked(desk)
        question.choose("EPSG:4549")
        qtbot.mouseClick(question.show_it, Qt.MouseButton.LeftButton)
        await until(lambda: desk.panels.map.item("file:a.zip") is not None)


async def test_a_shapefile_is_dropped_with_its_parts_and_what_it_lacks_is_said(tmp_path: Path) -> None:
    import pyogrio

    shapes, names = np.array([shapely.to_wkb(shapely.Point(120.71, 29.71))], object), np.array(["井"], object)
    pyogrio.raw.write(
        tmp_path / "井.shp", shapes, [names], ["n"], geometry_type="Point", crs="EPSG:4326", driver="ESRI Shapefile"
    )
    parts = [tmp_path / f"井.{suffix}" for suffix in ("shp", "shx", "dbf", "prj", "cpg")]
    async with open_desk() as desk:
        drop(desk, *parts)
        await until(lambda: desk.panels.map.item("file:井.shp") is not None)
        assert not any(n.key == "notice.file_refused" for n in desk.notice_feed.standing()), "the parts are no files"
        (tmp_path / "井.dbf").unlink()
        drop(desk, tmp_path / "井.shp")
        await until(lambda: any(n.key == "notice.file_refused" for n in desk.notice_feed.standing()))
        (told,) = (n.text for n in desk.panels.notices.notices() if "无法显示" in n.text)
        for part in ("旁边缺少 井.dbf", ".zip", ".kml", ".gpx", ".gpkg", ".geojson"):
            assert part in told


async def test_bad_rows_of_a_table_are_named_and_the_rest_is_shown_by_choice(qtbot, tmp_path: Path) -> None:
    table = tmp_path / "井.csv"
    table.write_text("名称,lon,lat\n甲,120.71,29.71\n乙,东经,29.71\n丙,120.72,29.72\n,,\n", encoding="utf-8")
    track = tmp_path / "轨.csv"
    track.write_text("lon,lat\n120.71,29.71\nx,29.71\n120.72,29.72\n", encoding="utf-8")
    async with open_desk() as desk:
        for path, key, lines, left in ((table, "file:井.csv", "3", "2"), (track, "track:轨.csv", "3", "1")):
            crew = desk.crew.own_layers
            (crew.on_files_chosen if path == table else crew.on_tracks_chosen)([str(path)])
            await until(lambda: desk.window.findChild(QMessageBox, "own_layer_rest") is not None)
            dialog = desk.window.findChild(QMessageBox, "own_layer_rest")
            assert dialog is not None
            assert f"第 {lines} 行：坐标读不出来" in dialog.text()
            assert desk.panels.map.item(key) is None, "nothing is left out unasked"
            rest = next(b for b in dialog.buttons() if "其余" in b.text())
            qtbot.mouseClick(rest, Qt.MouseButton.LeftButton)
            await until(lambda key=key: desk.panels.map.item(key) is not None)
            item = desk.panels.map.item(key)
            assert item is not None
            assert f"{left} 个要素没有可用位置" in item.remark()
            told = [n.text for n in desk.panels.notices.notices() if path.name in n.text]
            assert any(f"{left} 个没有可用位置" in text for text in told)
            await until(lambda: desk.window.findChild(QMessageBox, "own_layer_rest") is None)


async def test_a_table_without_one_good_row_is_refused_with_line_and_reason(tmp_path: Path) -> None:
    table = tmp_path / "井.csv"
    table.write_text("lon,lat\n东经,29.71\n", encoding="utf-8")
    async with open_desk() as desk:
        drop(desk, table)
        await until(lambda: any(n.key == "notice.file_refused" for n in desk.notice_feed.standing()))
        (told,) = (n.text for n in desk.panels.notices.notices() if "井.csv" in n.text)
        assert "第 2 行：坐标读不出来：东经" in told


async def test_a_table_in_metres_asks_for_its_system_as_other_files_do(qtbot, tmp_path: Path) -> None:
    table = tmp_path / "井.csv"
    table.write_text("名称,x,y\n甲,40540000.6,3287000.8\n", encoding="utf-8")
    async with open_desk() as desk:
        for kind in ("file", "track"):
            crew = desk.crew.own_layers
            (crew.on_files_chosen if kind == "file" else crew.on_tracks_chosen)([str(table)])
            question = await asked(desk)
            question.choose("EPSG:4549")
            assert question.show_it.isEnabled() is False, "40 million metres are no easting without its zone"
            question.choose("EPSG:4528")
            qtbot.keyClick(question.rows, Qt.Key.Key_Return)
            if kind == "file":
                await until(lambda: desk.panels.map.item("file:井.csv") is not None)
            else:
                await until(lambda: any(n.key == "notice.file_refused" for n in desk.notice_feed.standing()))
                told = desk.notice_feed.standing()[-1]
                assert told.values["why"] == "fault.track_empty", "it was read: one place is no track"
            await gone(desk)


def rows_of(question: SystemQuestion) -> dict[str, str]:
    items = [question.rows.item(row) for row in range(question.rows.count())]
    return {item.text().split("  ·  ")[0]: item.text().split("  ·  ")[-1] for item in items}


async def asked(desk: Desk) -> SystemQuestion:
    await until(lambda: desk.window.findChild(SystemQuestion) is not None)
    question = desk.window.findChild(SystemQuestion)
    assert question is not None
    return question


async def gone(desk: Desk) -> None:
    await until(lambda: desk.window.findChild(SystemQuestion) is None)


def metres_file(path: Path, *places: tuple[float, float], crs: str = "") -> Path:
    shapes = [shapely.geometry.mapping(shapely.Point(*place)) for place in places]
    features = [{"type": "Feature", "properties": {}, "geometry": shape} for shape in shapes]
    named = {"crs": {"type": "name", "properties": {"name": crs}}} if crs else {}
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features} | named), encoding="utf-8")
    return path


HOME = shapely.to_wkb(shapely.box(120.3, 29.6, 120.5, 29.8))


async def test_the_question_says_where_a_file_would_fall_and_lights_what_falls_into_the_town(
    qtbot, tmp_path: Path
) -> None:
    path = metres_file(tmp_path / "米.geojson", (540_000, 3_287_000), (541_000, 3_287_000), crs="EPSG:4326")
    async with open_desk() as desk:
        desk.map_feed.models.grids.set_grids([Grid(GridCode("g1"), "一网格", HOME)])
        drop(desk, path)
        question = await asked(desk)
        assert question.rows.currentItem().text() == "CGCS2000 3°带 中央经线 120°  ·  落在本镇"
        assert "只有按“CGCS2000 3°带 中央经线 120°”" in question.hint.text()
        rows = rows_of(question)
        assert rows["WGS-84 / CGCS2000 经纬度"] == "坐标不可能是这种"
        assert rows["CGCS2000 3°带 中央经线 117°"] == "离本镇 278 公里"
        qtbot.mouseClick(question.leave, Qt.MouseButton.LeftButton)
        await gone(desk)
        assert desk.panels.map.item("file:米.geojson") is None


async def test_a_choice_that_was_made_is_remembered_where_nothing_falls_into_the_town(qtbot, tmp_path: Path) -> None:
    path = metres_file(tmp_path / "米.geojson", (640_000, 3_287_000))
    async with open_desk() as desk:
        desk.map_feed.models.grids.set_grids([Grid(GridCode("g1"), "一网格", HOME)])
        for time, lit in enumerate(("EPSG:4549", "EPSG:4548")):
            drop(desk, path)
            question = await asked(desk)
            assert question.rows.currentItem().data(Qt.ItemDataRole.UserRole) == lit
            assert ("上次选的" in question.hint.text()) == (time == 1)
            question.choose("EPSG:4548")
            qtbot.mouseClick(question.show_it, Qt.MouseButton.LeftButton)
            await gone(desk)
            await until(lambda: any(item.key.startswith("file:米") for item in desk.panels.map.items))


@pytest.mark.parametrize(
    ("place", "crs", "said"),
    [
        ((120.4, 29.7), "LOCAL:1", "3 种数据都落在本镇"),  # which of them is told by a look at the map alone
        ((-29.7, 220.4), "", "颠倒"),
    ],
)
async def test_where_no_one_system_fits_it_is_said_what_may_be_the_matter(
    tmp_path: Path, place: tuple[float, float], crs: str, said: str
) -> None:
    async with open_desk() as desk:
        desk.map_feed.models.grids.set_grids([Grid(GridCode("g1"), "一网格", HOME)])
        drop(desk, metres_file(tmp_path / "度.geojson", place, crs=crs))
        question = await asked(desk)
        assert said in question.hint.text()
        if crs:
            assert question.rows.currentItem().data(Qt.ItemDataRole.UserRole) == "wgs84"
        question.reject()


@pytest.mark.parametrize(
    ("place", "lit"),
    [((29.7, 120.4), "swapped:wgs84"), ((3_287_000, 540_000), "swapped:EPSG:4549")],
)
async def test_a_file_with_its_two_coordinates_swapped_is_shown_where_it_belongs_by_choice(
    qtbot, tmp_path: Path, place: tuple[float, float], lit: str
) -> None:
    """Surveyors write the northing first, and many a table has the latitude first."""
    async with open_desk() as desk:
        desk.map_feed.models.grids.set_grids([Grid(GridCode("g1"), "一网格", HOME)])
        drop(desk, metres_file(tmp_path / "颠倒.geojson", place))
        question = await asked(desk)
        assert question.rows.currentItem().data(Qt.ItemDataRole.UserRole) == lit
        assert "两个坐标颠倒" in question.rows.currentItem().text()
        assert "落在本镇" in question.rows.currentItem().text()
        qtbot.mouseClick(question.show_it, Qt.MouseButton.LeftButton)
        await gone(desk)
        await until(lambda: desk.panels.map.item("file:颠倒.geojson") is not None)
        west, south, east, north = box_of(desk.panels.map, "file:颠倒.geojson") or (0.0, 0.0, 0.0, 0.0)
        assert 120.39 < west <= east < 120.42
        assert 29.69 < south <= north < 29.71


async def test_a_swapped_reading_is_not_offered_where_the_file_fits_as_it_is(tmp_path: Path) -> None:
    async with open_desk() as desk:
        desk.map_feed.models.grids.set_grids([Grid(GridCode("g1"), "一网格", HOME)])
        drop(desk, metres_file(tmp_path / "度.geojson", (120.4, 29.7), crs="LOCAL:1"))
        question = await asked(desk)
        assert not [text for text in rows_of(question) if "颠倒" in text]
        question.reject()


async def test_a_file_far_from_the_town_is_told_its_distance_over_the_ground(tmp_path: Path) -> None:
    async with open_desk() as desk:
        desk.map_feed.models.grids.set_grids([Grid(GridCode("g1"), "一网格", HOME)])
        drop(desk, metres_file(tmp_path / "巴黎.geojson", (2.35, 48.85)))
        await until(lambda: any(n.key == "notice.file_far" for n in desk.notice_feed.standing()))
        (told,) = (n for n in desk.notice_feed.standing() if n.key == "notice.file_far")
        assert told.values["km"] == "9,347"
        drop(desk, metres_file(tmp_path / "近.geojson", (120.6, 29.7)))
        await until(lambda: desk.panels.map.item("file:近.geojson") is not None)
        assert len([n for n in desk.notice_feed.standing() if n.key == "notice.file_far"]) == 1


async def test_each_file_added_has_a_colour_of_its_own_that_can_be_altered(tmp_path: Path) -> None:
    async with open_desk() as desk:
        view, keys = desk.panels.map, []

        async def add(name: str) -> str:
            drop(desk, geojson(tmp_path / f"{name}.geojson"))
            await until(lambda: view.item(f"file:{name}.geojson") is not None)
            keys.append(f"file:{name}.geojson")
            return colour(keys[-1])

        def colour(key: str) -> str:
            item = view.item(key)
            assert isinstance(item, ImportedItem)
            return item.role

        given = [await add(name) for name in "abcde"]
        assert given == list(OWN_COLOURS)
        desk.crew.own_layers.on_remove_wanted(keys[1])
        assert await add("f") == OWN_COLOURS[1], "one that nobody has any more"
        view.choose(keys[0], LayerOptions().with_style("colour", OWN_COLOURS[2]))
        assert colour(keys[0]) == OWN_COLOURS[2]
        assert await add("g") == OWN_COLOURS[0]


@pytest.mark.qt_log_ignore("plugin does not support", extend=True)  # the offscreen platform has no windows to raise
async def test_the_button_of_the_tree_offers_what_can_be_added(qtbot) -> None:
    async with open_desk() as desk:
        desk.panels.map.add_layer_wanted.emit()
        menu = next(m for m in desk.window.findChildren(QMenu) if m.isVisible())
        assert [a.objectName() for a in menu.actions()] == ["open_file", "open_track", "ask_track", "base_maps"]
        menu.close()


def test_a_track_is_drawn_with_its_times(qtbot) -> None:
    from zoneinfo import ZoneInfo

    scene = make_scene(qtbot)
    model = TrackModel("a", "甲", ZoneInfo("Asia/Shanghai"), "文件")
    model.put(("甲",), [(0, 0.0, 120.705, 29.715), (0, 300.0, 120.72, 29.715), (0, 420.0, 120.735, 29.715)])
    item = scene.view.add_layer(model)
    wait_settled(qtbot, scene.view)
    middle = scene.pixel(120.72, 29.715)
    found = scene.view.pick_at(middle.x(), middle.y())
    assert found is not None
    assert found.lines == ("甲", "1970-01-01 08:05")
    assert "08:00" in item.remark()
    staff = np.array([int(load_theme("dark").staff[i : i + 2], 16) for i in (5, 3, 1)])
    row = scene.pixel(120.7125, 29.715)
    assert np.abs(picture(scene.view)[row.y() - 1 : row.y() + 2, row.x()] - staff).max(axis=1).min() < 30


async def test_the_history_of_a_track_wants_a_reason_and_is_logged(qtbot, served: Served) -> None:
    async with signed_in(served) as desk:
        desk.actions.trigger("ask_track")
        sheet = desk.window.findChild(TrackSheet)
        assert sheet is not None
        qtbot.mouseClick(sheet.read, Qt.MouseButton.LeftButton)
        assert "先选择" in sheet._fault.text()
        room = desk.session.room
        assert room is not None
        assert room.picture is not None
        thing = next(iter(room.picture.members.values())).staff_id
        sheet.things.choose(thing)
        qtbot.mouseClick(sheet.read, Qt.MouseButton.LeftButton)
        assert "原因" in sheet._fault.text()
        sheet.reason.setText("核对到岗")
        qtbot.mouseClick(sheet.read, Qt.MouseButton.LeftButton)
        await until(lambda: sheet._fault.text() not in ("", desk.words("track.reason_first")))
        assert "没有轨迹" in sheet._fault.text(), "nobody has moved here yet, and the service says so"
        with pytest.raises(Fault):
            await read_track(room.client.line, ThingId(thing), "x", room.service_now(), room.service_now())
