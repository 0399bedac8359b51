"""The sheet of base maps at the desk: add, test, remove, bring back; a key goes into the keyring and nowhere else."""

import json
from collections.abc import Iterator

import pytest
from desks import open_desk, until
from msgspec.structs import replace
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QWidget
from tile_server import TileServer, tile_server
from wmts_document import WMTS

from console.desk import Desk
from console.folders import find_folders
from console.keeping import Keeping
from console.tilesource import FILE_NAME
from resources.words import Words
from widgets.base_maps_sheet import BaseMapsSheet, SourceRow


class Ring:
    """A keyring in memory."""

    def __init__(self) -> None:
        self.kept: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, username: str) -> str | None:
        return self.kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.kept[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        del self.kept[service, username]


class NoRing(Ring):
    def set_password(self, service: str, username: str, password: str) -> None:
        raise RuntimeError("no keyring here")


@pytest.fixture
def server() -> Iterator[TileServer]:
    with tile_server() as running:
        yield running


def opened(desk: Desk) -> BaseMapsSheet:
    desk.base_maps.keeping = Keeping(Ring())
    desk.actions.trigger("base_maps")
    sheet = desk.window.findChild(BaseMapsSheet)
    assert sheet is not None
    assert sheet.isVisible()
    return sheet


def fill(sheet: BaseMapsSheet, kind: str, address: str, name: str, key: str = "") -> None:
    sheet.form.kind.setCurrentIndex(sheet.form.kind.findData(kind))
    sheet.form.address.setText(address)
    sheet.form.name.setText(name)
    sheet.form.key.setText(key)


async def test_a_base_map_is_tested_added_kept_removed_and_brought_back(qtbot, server: TileServer) -> None:
    path = find_folders().config / FILE_NAME
    async with open_desk(keep=True) as desk:
        sheet = opened(desk)
        fill(sheet, "xyz", f"{server.url}/{{z}}/{{x}}/{{y}}.png?tk={{key}}", "测试图", "topsecret")
        qtbot.mouseClick(sheet.buttons["test"], Qt.MouseButton.LeftButton)
        await until(lambda: "可用" in sheet._good.text())
        assert server.asked[-1].endswith("tk=topsecret")
        qtbot.mouseClick(sheet.buttons["add"], Qt.MouseButton.LeftButton)
        await until(lambda: desk.panels.map.item("tiles:map") is not None)
        await until(path.exists)
        assert "topsecret" not in path.read_text()
        assert "{key}" in path.read_text()
        assert sheet.form.key.text() == ""
        await until(lambda: sheet.chosen() is None and sheet.list.count() == 1)
        sheet.list.setCurrentRow(0)
        qtbot.keyClick(sheet.list, Qt.Key.Key_Delete)
        await until(lambda: desk.panels.map.item("tiles:map") is None)
        await until(sheet.buttons["undo"].isVisible)
        assert json.loads(path.read_text())["sources"] == []
        qtbot.mouseClick(sheet.buttons["undo"], Qt.MouseButton.LeftButton)
        await until(lambda: desk.panels.map.item("tiles:map") is not None)
        await until(lambda: "测试图" in path.read_text())
        log = find_folders().log
        assert not any("topsecret" in file.read_text() for file in log.glob("*")), "no key in the diagnostic log"
    async with open_desk(keep=True) as desk:
        await until(lambda: desk.panels.map.item("tiles:map") is not None)


@pytest.mark.parametrize(
    ("kind", "address", "name", "said"),
    [
        ("xyz", "ftp://h/{z}/{x}/{y}", "a", "http"),
        ("xyz", "https://h/{z}", "a", "{x}"),
        ("xyz", "https://h/{z}/{x}/{y}", "", "名称"),
        ("wmts", "https://h/wmts", "a", "查询图层"),
        ("mbtiles", "/nowhere/a.mbtiles", "a", "找不到离线包"),
    ],
)
async def test_what_cannot_be_added_is_told_on_the_sheet(qtbot, kind: str, address: str, name: str, said: str) -> None:
    async with open_desk() as desk:
        sheet = opened(desk)
        fill(sheet, kind, address, name)
        qtbot.mouseClick(sheet.buttons["add"], Qt.MouseButton.LeftButton)
        await until(lambda: said in sheet._fault.text())
        assert desk.base_maps.feed.sources == ()
        desk.appearance.toggle_language()
        assert said not in sheet._fault.text() or said in ("http", "{x}")


async def test_a_server_that_is_not_there_is_said_plainly_and_tried_again_only_once_it_is_in_use(qtbot) -> None:
    async with open_desk() as desk:
        desk.window.show()
        sheet = opened(desk)
        fill(sheet, "xyz", "http://127.0.0.1:9/{z}/{x}/{y}.png", "死图")
        qtbot.mouseClick(sheet.buttons["test"], Qt.MouseButton.LeftButton)
        await until(lambda: "连不上服务器" in sheet._fault.text())
        assert "重试" not in sheet._fault.text(), "a test is made once"
        assert "Error" not in sheet._fault.text()
        qtbot.mouseClick(sheet.buttons["add"], Qt.MouseButton.LeftButton)
        await until(lambda: desk.base_maps.feed.sources)
        desk.panels.map.refresh()
        await until(lambda: desk.base_maps.feed.fault_of("map") is not None)
        desk.base_maps.on_second()
        assert "取不到图" in sheet._fault.text()
        assert "自动重试" in sheet._fault.text()


async def test_no_field_moves_when_something_is_said_and_enter_adds(qtbot, server: TileServer) -> None:
    async with open_desk() as desk:
        desk.window.resize(1366, 768)
        desk.window.show()
        sheet = opened(desk)
        edits = (
            sheet.form.preset,
            sheet.form.key,
            sheet.form.address,
            sheet.form.name,
            sheet.form.attribution,
            sheet.buttons["add"],
        )
        QApplication.processEvents()
        before = [edit.mapTo(sheet, edit.rect().topLeft()) for edit in edits]
        for good in (False, True):
            sheet.tell("连不上服务器，或连接中断；请检查网络，以及地址里的主机名与端口。" * 3, good=good)
            QApplication.processEvents()
            assert [edit.mapTo(sheet, edit.rect().topLeft()) for edit in edits] == before
        fill(sheet, "xyz", f"{server.url}/{{z}}/{{x}}/{{y}}.png", "")
        qtbot.keyClick(sheet.form.name, Qt.Key.Key_Return)
        await until(lambda: "名称" in sheet._fault.text() and sheet.buttons["add"].isEnabled())
        sheet.form.name.setText("图")
        sheet.buttons["add"].setEnabled(False)
        qtbot.keyClick(sheet.form.name, Qt.Key.Key_Return)
        assert not any("base-maps" in name for name in desk.tasks.running()), "it cannot be pressed"
        sheet.buttons["add"].setEnabled(True)
        qtbot.keyClick(sheet.form.name, Qt.Key.Key_Return)
        await until(lambda: [source.name for source in desk.base_maps.feed.sources] == ["图"])
        sheet.form.key.setText("")
        qtbot.keyClick(sheet.form.key, Qt.Key.Key_Return)
        await until(lambda: "天地图密钥" in sheet._fault.text())


async def test_the_keys_begin_at_the_first_field_and_stay_at_what_was_pressed(qtbot) -> None:
    async with open_desk() as desk:
        desk.window.show()
        sheet = opened(desk)
        assert desk.window.focusWidget() is sheet.form.preset
        fill(sheet, "mbtiles", "/nowhere/a.mbtiles", "a")
        sheet.buttons["add"].setFocus()
        qtbot.keyClick(sheet.buttons["add"], Qt.Key.Key_Space)
        await until(lambda: sheet._fault.text() and sheet.buttons["add"].isEnabled())
        assert desk.window.focusWidget() is sheet.buttons["add"]


async def test_what_was_added_and_brings_nothing_is_not_told_as_if_all_were_well(qtbot, server: TileServer) -> None:
    server.lie = "html"
    async with open_desk() as desk:
        desk.window.show()
        sheet = opened(desk)
        fill(sheet, "xyz", f"{server.url}/{{z}}/{{x}}/{{y}}.png", "坏图")
        qtbot.mouseClick(sheet.buttons["add"], Qt.MouseButton.LeftButton)
        await until(lambda: "已添加" in sheet._good.text())
        desk.panels.map.refresh()
        await until(lambda: desk.base_maps.feed.fault_of("map") is not None)
        desk.base_maps.on_second()
        assert sheet._good.text() == ""
        assert "坏图" in sheet._fault.text()
        assert "取不到图" in sheet._fault.text()


async def test_nothing_is_said_to_be_asked_once_it_is_answered(qtbot, server: TileServer) -> None:
    async with open_desk() as desk:
        sheet = opened(desk)
        fill(sheet, "xyz", f"{server.url}/{{z}}/{{x}}/{{y}}.png", "图")
        qtbot.mouseClick(sheet.buttons["add"], Qt.MouseButton.LeftButton)
        await until(lambda: desk.base_maps.feed.sources and sheet.buttons["add"].isEnabled())
        sheet.list.setCurrentRow(0)
        for name in ("retry", "remove"):
            qtbot.mouseClick(sheet.buttons[name], Qt.MouseButton.LeftButton)
            await until(lambda: not sheet._good.text())
            sheet.tell("before", good=True)


async def test_the_layers_of_a_wmts_are_offered_and_one_is_added(qtbot, server: TileServer) -> None:
    server.capabilities = WMTS.replace("https://h", server.url).encode()
    async with open_desk() as desk:
        sheet = opened(desk)
        fill(sheet, "wmts", f"{server.url}/wmts?tk={{key}}", "影像", "abc")
        qtbot.mouseClick(sheet.buttons["ask"], Qt.MouseButton.LeftButton)
        await until(lambda: sheet.form.offers.count() == 3)
        assert sheet.form.offers.isVisible()
        assert "经纬度" in sheet.form.offers.itemText(0)
        sheet.form.offers.setCurrentIndex(0)
        qtbot.mouseClick(sheet.buttons["add"], Qt.MouseButton.LeftButton)
        await until(lambda: desk.base_maps.feed.sources)
        (source,) = desk.base_maps.feed.sources
        assert source.plane == "degrees"
        assert len(source.levels) == 2
        server.lie = "html"
        fill(sheet, "wmts", f"{server.url}/other", "b")
        qtbot.mouseClick(sheet.buttons["ask"], Qt.MouseButton.LeftButton)
        await until(lambda: "WMTS" in sheet._fault.text())


async def test_tianditu_needs_a_key_once_and_says_where_it_cannot_be_kept(qtbot) -> None:
    async with open_desk() as desk:
        sheet = opened(desk)
        qtbot.mouseClick(sheet.buttons["preset_add"], Qt.MouseButton.LeftButton)
        await until(lambda: "密钥" in sheet._fault.text())
        desk.base_maps.keeping = Keeping(NoRing())
        sheet.form.key.setText("k")
        desk.base_maps.feed._make = lambda source, key, cache: _Silent()
        qtbot.mouseClick(sheet.buttons["preset_add"], Qt.MouseButton.LeftButton)
        await until(lambda: desk.base_maps.feed.sources)
        assert desk.base_maps.feed.sources[0].name == "天地图 矢量"
        assert "notice.key_not_kept" in [notice.key for notice in desk.notice_feed.standing()]
        sheet.form.preset.setCurrentIndex(1)
        sheet.form.key.clear()
        qtbot.mouseClick(sheet.buttons["preset_add"], Qt.MouseButton.LeftButton)
        await until(lambda: len(desk.base_maps.feed.sources) == 2)
        qtbot.keyClick(sheet, Qt.Key.Key_Escape)
        assert not sheet.isVisible()


class _Silent:
    """A door nobody is behind: no request leaves this computer in a test."""

    def __init__(self) -> None:
        from console.tilesource.health import HealthWatch

        self.health = HealthWatch()

    def open(self):
        from console.tilesource.declared import tianditu

        return tianditu("vec", "x", "x").grid()

    def read(self, tile):
        return None

    def close(self) -> None:
        pass


def test_a_list_that_says_something_else_takes_the_keys_from_no_button(qtbot) -> None:
    around = QWidget()
    qtbot.addWidget(around)
    around.resize(1000, 700)
    around.show()
    sheet = BaseMapsSheet(Words("zh-CN"), ("vec",), around)
    sheet.show_sources([])
    sheet.open_sheet()
    assert sheet.list.count() == 1, "that there is none"
    assert sheet.chosen() is None
    rows = [SourceRow(name, name, "12 秒前无响应", troubled=True) for name in ("a", "b")]
    sheet.show_sources(rows)
    sheet.list.setCurrentRow(1)
    retry = sheet.buttons["retry"]
    retry.setFocus()
    sheet.show_sources([replace(row, detail="13 秒前无响应") for row in rows])
    assert sheet.chosen() == "b"
    assert "13" in sheet.list.item(1).text()
    assert around.focusWidget() is retry, "each second another age is said"
    sheet.show_sources([])
    assert sheet.list.count() == 1
    assert not retry.isEnabled()
