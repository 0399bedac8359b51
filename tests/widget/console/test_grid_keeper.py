"""The grid keeper through the real sheet and the real service: read, check, mend, compare, publish, undo."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import shapely
from desks import PASSWORD, open_desk, until
from PySide6.QtCore import QPoint, QRect
from PySide6.QtWidgets import QWidget
from served import Served
from towns import SIDE, SOUTH, VILLAGE, WEST, grid_code

from console.desk import Desk
from domain.mesh import FaultSort, Mend
from domain.people import Role
from widgets.grid_keeper.sheet import GridKeeperSheet
from widgets.system_question import SystemQuestion

DATA = Path(__file__).parents[4] / "shared" / "data"


def feature(code: str, name: str, west: float, wide: float, high: float = 2.0) -> dict[str, Any]:
    box = shapely.box(WEST + west * SIDE, SOUTH, WEST + (west + wide) * SIDE, SOUTH + high * SIDE)
    properties = {"编码": code, "名称": name, "区划代码": str(VILLAGE), "网格员": "s-li"}
    return {"type": "Feature", "properties": properties, "geometry": json.loads(shapely.to_geojson(box))}


def mesh_file(folder: Path, *features: dict[str, Any]) -> Path:
    path = folder / "新网格.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}), encoding="utf-8")
    return path


@asynccontextmanager
async def keeping(served: Served) -> AsyncIterator[tuple[Desk, GridKeeperSheet]]:
    served.account("keeper", PASSWORD, Role.SYSTEM_ADMIN)
    async with open_desk() as desk:
        desk.session.sign_in(served.url, "keeper", PASSWORD)
        await until(lambda: desk.session.room is not None and desk.session.room.picture is not None)
        await until(lambda: desk.map_feed.models.grids.shapes.grids)
        desk.actions.trigger("grid_keeper")
        sheet = desk.grid_keeper.sheet()
        await until(lambda: sheet.isVisible() and "grid-keeper/versions" not in desk.tasks.running())
        yield desk, sheet


async def idle(desk: Desk) -> None:
    await until(lambda: "grid-keeper/work" not in desk.tasks.running())


async def press(desk: Desk, sheet: GridKeeperSheet, name: str) -> None:
    assert sheet.buttons[name].isEnabled(), name
    sheet.buttons[name].click()
    await idle(desk)


async def test_a_mesh_is_read_mended_compared_published_and_undone(served: Served, tmp_path: Path) -> None:
    path = mesh_file(tmp_path, feature(grid_code(0, 0), "西片", 0.0, 1.2), feature(f"{VILLAGE}009", "东片", 1.0, 1.0))
    async with keeping(served) as (desk, sheet):
        assert not sheet.buttons["check"].isEnabled()
        sheet.choose_file(str(path))
        await idle(desk)
        assert (sheet.choice.chosen().code, sheet.choice.chosen().responsible) == ("编码", "网格员")
        await press(desk, sheet, "check")
        (overlap,) = desk.grid_keeper._faults
        assert overlap.sort is FaultSort.OVERLAP
        assert sheet.faults.rows.count() == 1
        await until(sheet.faults.rows.hasFocus)
        assert "■" in sheet.faults.rows.item(0).text() or "▲" in sheet.faults.rows.item(0).text()
        camera = desk.panels.map.camera
        sheet.faults.rows.itemClicked.emit(sheet.faults.rows.item(0))
        await until(lambda: desk.panels.map.item("meshfaults") is not None)
        assert desk.grid_keeper._model is not None
        assert desk.grid_keeper._model.chosen == 0
        assert desk.panels.map.camera is not None
        assert camera is not None
        assert not sheet.buttons["compare"].isEnabled()
        await press(desk, sheet, "mend")
        assert desk.grid_keeper._faults == []
        await press(desk, sheet, "compare")
        assert "新增 1" in sheet._said.text()
        assert "取消 3" in sheet._said.text()
        assert not sheet.buttons["publish"].isEnabled(), "why is not said yet"
        sheet.note.setText("按新图调整")
        await press(desk, sheet, "publish")
        await until(lambda: len(desk.map_feed.models.grids.shapes.grids) == 2)
        assert served.runtime.world.grids[grid_code(0, 0)].responsible == "s-li"
        assert sheet.versions.count() == 1
        at = sheet._known.versions[1].at.astimezone(ZoneInfo("Asia/Shanghai"))
        assert f"第 1 版 {at:%Y-%m-%d %H:%M}" in sheet.versions.itemText(0), "by the clock of the town"
        desk.appearance.toggle_language()
        assert sheet.versions.itemText(0).startswith("version 1"), "in the language of the desk"
        desk.appearance.toggle_language()
        await press(desk, sheet, "republish")
        await until(lambda: len(desk.map_feed.models.grids.shapes.grids) == 4)
        sheet.close_sheet()
        assert desk.panels.map.item("meshfaults") is None


async def test_a_fault_that_is_meant_may_stay(served: Served, tmp_path: Path) -> None:
    path = mesh_file(tmp_path, feature(grid_code(0, 0), "西片", 0.0, 1.2), feature(f"{VILLAGE}009", "东片", 1.0, 1.0))
    async with keeping(served) as (desk, sheet):
        sheet.choose_file(str(path))
        await idle(desk)
        await press(desk, sheet, "check")
        sheet.faults.mend.setCurrentIndex(sheet.faults.mend.findData(Mend.LEAVE.value))
        sheet.faults.mend.activated.emit(sheet.faults.mend.currentIndex())
        assert sheet.buttons["compare"].isEnabled()
        desk.window.resize(1280, 640)
        await press(desk, sheet, "compare")
        assert "共 2 个网格" in sheet._said.text()
        within = sheet._scroll.viewport()

        def seen(part: QWidget) -> bool:
            return within.rect().contains(QRect(part.mapTo(within, QPoint()), part.size()))

        await until(lambda: sheet.note.hasFocus() and seen(sheet.note) and seen(sheet.buttons["publish"]))


async def test_broken_files_and_unknown_staff_are_named_and_nothing_is_sent(served: Served, tmp_path: Path) -> None:
    one = feature(grid_code(0, 0), "西片", 0.0, 2.0)
    one["properties"]["网格员"] = "查无此人"
    async with keeping(served) as (desk, sheet):
        for content in (b"", b"{}", b"PK\x03\x04broken", b'{"type": "FeatureCollection", "features": [{'):
            path = tmp_path / ("a.zip" if content.startswith(b"PK") else "a.geojson")
            path.write_bytes(content)
            sheet.choose_file(str(path))
            await idle(desk)
            assert sheet._fault.isVisibleTo(sheet)
            assert not sheet.buttons["check"].isEnabled()
        sheet.choose_file(str(mesh_file(tmp_path, one)))
        await idle(desk)
        await press(desk, sheet, "check")
        await press(desk, sheet, "compare")
        assert "查无此人" in sheet._fault.text()
        assert not sheet.buttons["publish"].isEnabled()


async def test_a_refused_file_takes_the_place_of_the_one_before(served: Served, tmp_path: Path) -> None:
    async with keeping(served) as (desk, sheet):
        sheet.choose_file(str(mesh_file(tmp_path, feature(grid_code(0, 0), "全镇", 0.0, 2.0))))
        await idle(desk)
        await press(desk, sheet, "check")
        await press(desk, sheet, "compare")
        sheet.note.setText("按新图调整")
        assert sheet.buttons["publish"].isEnabled()
        broken = tmp_path / "坏的.geojson"
        broken.write_bytes(b"{")
        sheet.choose_file(str(broken))
        await idle(desk)
        assert not any(sheet.buttons[name].isEnabled() for name in ("check", "mend", "compare", "publish"))
        assert "坏的.geojson" in sheet._file.text()
        assert sheet._fault.text()


async def test_what_nobody_could_tell_apart_is_not_published_and_no_grid_left_is_said(
    served: Served, tmp_path: Path
) -> None:
    blank, astray = feature("", "", 0.0, 1.0), feature(f"{VILLAGE}009", "东片", 1.0, 1.0)
    astray["properties"]["区划代码"] = "abc"
    async with keeping(served) as (desk, sheet):
        sheet.choose_file(str(mesh_file(tmp_path, blank, astray)))
        await idle(desk)
        await press(desk, sheet, "check")
        assert {fault.sort for fault in desk.grid_keeper._faults} == {FaultSort.UNNAMED, FaultSort.DIVISION}
        assert not sheet.buttons["compare"].isEnabled()
        await press(desk, sheet, "mend")
        assert [(grid.code, grid.division) for grid in desk.grid_keeper._grids] == [(f"{VILLAGE}009", "")]
        sheet.choose_file(str(mesh_file(tmp_path, blank)))
        await idle(desk)
        await press(desk, sheet, "check")
        await press(desk, sheet, "mend")
        assert "没有剩下任何网格" in sheet._fault.text()
        assert not sheet._busy
        assert not sheet.buttons["compare"].isEnabled()


async def test_of_several_layers_one_is_chosen_and_metres_ask_for_their_system(served: Served, tmp_path: Path) -> None:
    geopandas = pytest.importorskip("geopandas")
    shape = shapely.box(WEST, SOUTH, WEST + 2 * SIDE, SOUTH + 2 * SIDE)
    path = tmp_path / "两层.gpkg"
    for layer in ("新网格", "旧网格"):
        table = {"编码": [grid_code(0, 0)], "名称": [layer]}
        geopandas.GeoDataFrame(table, geometry=[shape], crs="EPSG:4326").to_file(path, layer=layer, driver="GPKG")
    far = feature(grid_code(0, 0), "全镇", 0.0, 2.0)
    far["geometry"] = json.loads(shapely.to_geojson(shapely.box(540_000, 3_280_000, 541_000, 3_281_000)))
    async with keeping(served) as (desk, sheet):
        sheet.choose_file(str(path))
        await idle(desk)
        assert [sheet.layers.itemText(i) for i in range(sheet.layers.count())][1:] == ["新网格", "旧网格"]
        assert not sheet.buttons["check"].isEnabled()
        sheet.layers.setCurrentIndex(2)
        sheet.layers.activated.emit(2)
        await idle(desk)
        assert sheet.layers.isHidden()
        await press(desk, sheet, "check")
        assert [grid.name for grid in desk.grid_keeper._grids] == ["旧网格"]
        sheet.choose_file(str(mesh_file(tmp_path, far)))
        await idle(desk)
        assert not sheet.buttons["check"].isEnabled()
        await answer(desk, "EPSG:4549")
        assert sheet._file.text() == "新网格.geojson：1 个网格，坐标系按 CGCS2000 3°带 中央经线 120°"
        await press(desk, sheet, "check")
        assert FaultSort.ELSEWHERE not in {fault.sort for fault in desk.grid_keeper._faults}


async def answer(desk: Desk, system: str) -> None:
    """Answer the question in which coordinates a file is."""
    await until(lambda: desk.window.findChild(SystemQuestion) is not None)
    question = desk.window.findChild(SystemQuestion)
    assert question is not None
    question.choose(system)
    question.show_it.click()
    await until(lambda: desk.window.findChild(SystemQuestion) is None)
    await idle(desk)


async def test_an_answer_that_comes_once_the_sheet_is_closed_reads_nothing(served: Served, tmp_path: Path) -> None:
    far = feature(grid_code(0, 0), "米", 0.0, 1.0)
    far["geometry"] = json.loads(shapely.to_geojson(shapely.box(540_000, 3_280_000, 541_000, 3_281_000)))
    async with keeping(served) as (desk, sheet):
        sheet.choose_file(str(mesh_file(tmp_path, far)))
        await until(lambda: desk.window.findChild(SystemQuestion) is not None)
        sheet.close_sheet()
        await answer(desk, "EPSG:4549")
        assert desk.grid_keeper._table is None


async def test_a_mesh_elsewhere_by_the_system_its_file_names_is_asked_about_and_read_anew(
    served: Served, tmp_path: Path
) -> None:
    astray = feature(grid_code(0, 0), "西片", 0.0, 2.0)
    away = shapely.transform(shapely.geometry.shape(astray["geometry"]), lambda xy: xy - (3.0, 0.0))
    astray["geometry"] = json.loads(shapely.to_geojson(away))
    async with keeping(served) as (desk, sheet):
        assert "先选择文件" in sheet._said.text()
        assert sheet.faults.isHidden()
        sheet.choose_file(str(mesh_file(tmp_path, astray)))
        await idle(desk)
        assert "检查拼接" in sheet._said.text()
        await press(desk, sheet, "check")
        (fault,) = desk.grid_keeper._faults
        assert fault.sort is FaultSort.ELSEWHERE, "the grids in force say where the town is"
        assert not sheet.buttons["mend"].isEnabled()
        assert "不在本镇" in sheet._said.text()
        await answer(desk, "gcj02")
        await press(desk, sheet, "check")
        assert [fault.sort for fault in desk.grid_keeper._faults] == [FaultSort.ELSEWHERE]
        assert desk.window.findChild(SystemQuestion) is None, "who was asked is not asked again"


async def test_what_holds_no_mesh_is_named_and_columns_that_are_lacking_are_asked_for(
    served: Served, tmp_path: Path
) -> None:
    point = feature(grid_code(0, 0), "点", 0.0, 1.0)
    point["geometry"] = {"type": "Point", "coordinates": [WEST, SOUTH]}
    bare = feature(grid_code(0, 0), "无", 0.0, 1.0)
    bare["properties"] = {"甲": "1"}
    table = tmp_path / "表.csv"
    table.write_text("编码\n1\n", encoding="utf-8")
    async with keeping(served) as (desk, sheet):
        for path, said in (
            (lambda: mesh_file(tmp_path, point), "没有面，只有点"),
            (lambda: mesh_file(tmp_path), "没有任何网格"),
            (lambda: table, "可用 .shp .zip .gpkg"),
        ):
            sheet.choose_file(str(path()))
            await idle(desk)
            assert said in sheet._fault.text()
        sheet.choose_file(str(mesh_file(tmp_path, bare)))
        await idle(desk)
        assert not sheet.buttons["check"].isEnabled()
        assert "哪一列是网格编码" in sheet._said.text()


async def test_real_boroughs_are_read_and_lie_elsewhere(served: Served) -> None:
    if not (DATA / "nyc_boroughs.zip").is_file():
        pytest.skip("the real input nyc_boroughs.zip is not on this machine")
    async with keeping(served) as (desk, sheet):
        sheet.choose_file(str(DATA / "nyc_boroughs.zip"))
        await idle(desk)
        assert "boro_code" in [
            sheet.choice.columns["code"].itemText(i) for i in range(sheet.choice.columns["code"].count())
        ]
        for field, column in (("code", "boro_code"), ("name", "boro_name")):
            sheet.choice.columns[field].setCurrentIndex(sheet.choice.columns[field].findData(column))
        await press(desk, sheet, "check")
        assert len(desk.grid_keeper._grids) == 5


async def test_whoever_is_no_system_administrator_is_not_offered_it(served: Served) -> None:
    async with open_desk() as desk:
        desk.session.sign_in(served.url, "li", PASSWORD)
        await until(lambda: desk.session.room is not None and desk.session.room.picture is not None)
        desk.actions.trigger("grid_keeper")
        assert desk.grid_keeper._sheet is None
