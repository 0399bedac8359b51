"""Saved views through the window and the service: kept, shown by key, renamed, deleted, brought back, shared."""

from pathlib import Path
from typing import Any

import pytest
from desks import PASSWORD, signed_in, until
from PySide6.QtCore import Qt
from served import ALL_ROOM, Served

from console.desk import Desk
from console.savedviews import _layer, _options, _state
from domain.faults import Fault, FaultKind
from domain.people import Role
from domain.register import EntryKind
from domain.register_map import Drawing, Form, SavedLayer
from layers.options import LayerOptions, LayerState
from tests.widget.console.test_own_layers import drop, geojson
from widgets.saved_views_sheet import SavedViewsSheet


def names(desk: Desk) -> list[str]:
    return [held.body.name for held in desk.crew.saved_views.listed()]


def opened(desk: Desk) -> SavedViewsSheet:
    desk.actions.trigger("saved_views")
    sheet = desk.window.findChild(SavedViewsSheet)
    assert sheet is not None
    assert sheet.isVisible()
    return sheet


async def test_a_view_is_kept_shown_by_its_key_and_taken_back(qtbot, served: Served) -> None:
    async with signed_in(served) as desk:
        view = desk.panels.map
        view.choose("grids", LayerOptions(opacity=30, coarsest=100_000).with_style("names", "hidden"))
        view.choose("cases", LayerOptions().with_kind("lamp", "within", shown=False))
        view.choices.put_above("divisions", None)
        view.zoom(8)
        kept = view.camera
        order = [item.key for item in view.items]
        sheet = opened(desk)
        assert "还没有" in sheet._hint.text()
        assert not sheet.buttons["undo"].isEnabled(), "nothing was done that could be taken back"
        sheet.name.setText("晚高峰")
        qtbot.keyClick(sheet.name, Qt.Key.Key_Return)
        await until(lambda: names(desk) == ["晚高峰"])
        await until(lambda: sheet.list.count() == 1)
        assert "Ctrl+Alt+1" in sheet.list.item(0).text()
        qtbot.keyClick(sheet, Qt.Key.Key_Escape)
        view.choices.reset()
        view.fit()
        assert view.camera != kept
        desk.actions.trigger("view_1")
        assert (view.camera.x, view.camera.y) == pytest.approx((kept.x, kept.y), abs=1e-3)
        assert view.camera.scale == kept.scale
        grids, cases = view.item("grids"), view.item("cases")
        assert grids is not None
        assert cases is not None
        assert grids.options == LayerOptions(opacity=30, coarsest=100_000).with_style("names", "hidden")
        assert cases.options.hides("lamp") == {"within"}
        assert [item.key for item in view.items] == order
        view.choices.undo()
        assert grids.options == LayerOptions(), "the layers as they were before the view was shown"
        desk.actions.trigger("view_7")
        assert any(n.key == "notice.no_such_view" for n in desk.notice_feed.standing())


async def test_a_view_is_renamed_renewed_deleted_and_brought_back(qtbot, served: Served) -> None:
    async with signed_in(served) as desk:
        desk.crew.saved_views.save("一", shared=False)
        await until(lambda: names(desk) == ["一"])
        sheet = opened(desk)
        sheet.name.setText("老街")
        qtbot.mouseClick(sheet.buttons["rename"], Qt.MouseButton.LeftButton)
        await until(lambda: names(desk) == ["老街"])
        scale = desk.panels.map.camera.scale
        desk.panels.map.zoom(8)
        qtbot.mouseClick(sheet.buttons["renew"], Qt.MouseButton.LeftButton)
        await until(lambda: desk.crew.saved_views.listed()[0].body.scale < scale)
        qtbot.keyClick(sheet, Qt.Key.Key_Delete)
        await until(lambda: names(desk) == [])
        await until(sheet.buttons["undo"].isEnabled)
        qtbot.mouseClick(sheet.buttons["undo"], Qt.MouseButton.LeftButton)
        await until(lambda: names(desk) == ["老街"])
        desk.register.put(Drawing(Form.POINT, ((120.8, 29.55),)))
        await until(lambda: desk.register.can_undo(EntryKind.DRAWING))
        await until(lambda: not sheet.buttons["undo"].isEnabled())


async def test_the_name_typed_after_rename_renames_and_saves_no_other_view(qtbot, served: Served) -> None:
    async with signed_in(served) as desk:
        desk.crew.saved_views.save("一", shared=False)
        await until(lambda: names(desk) == ["一"])
        sheet = opened(desk)
        qtbot.keyClick(sheet.buttons["rename"], Qt.Key.Key_Space)
        assert desk.window.focusWidget() is sheet.name
        assert sheet.name.selectedText() == "一", "to be altered, or typed over"
        assert "“一”" in sheet._hint.text()
        qtbot.keyClicks(sheet.name, "lao jie")
        desk.appearance.use_language("en")
        assert "Enter" in sheet._hint.text()
        qtbot.keyClick(sheet.name, Qt.Key.Key_Return)
        await until(lambda: names(desk) == ["lao jie"])
        assert not sheet.name.text()
        # nothing is renamed once another view is chosen, or the name is given up
        qtbot.mouseClick(sheet.buttons["rename"], Qt.MouseButton.LeftButton)
        qtbot.keyClick(sheet.name, Qt.Key.Key_Escape)
        assert sheet.isVisible()
        assert not sheet.name.text()
        sheet.name.setText("二")
        qtbot.keyClick(sheet.name, Qt.Key.Key_Return)
        await until(lambda: sorted(names(desk)) == ["lao jie", "二"])
        qtbot.keyClick(sheet.name, Qt.Key.Key_Escape)
        assert not sheet.isVisible()


async def test_views_are_deleted_one_by_one_by_one_key_and_all_brought_back(qtbot, served: Served) -> None:
    async with signed_in(served) as desk:
        for name in "一二三":
            desk.crew.saved_views.save(name, shared=False)
            await until(lambda name=name: name in names(desk))
        sheet = opened(desk)
        before = names(desk)
        assert before == ["一", "二", "三"], "as they were made, also within a second"
        sheet.list.setCurrentRow(1)
        remove = sheet.buttons["remove"]
        remove.setFocus()
        qtbot.keyClick(remove, Qt.Key.Key_Space)
        await until(lambda: sheet.list.count() == 2)
        assert sheet.list.currentRow() == 1, "the one that stood below it, not one out of sight"
        assert desk.window.focusWidget() is remove
        qtbot.keyClick(remove, Qt.Key.Key_Space)
        await until(lambda: sheet.list.count() == 1)
        for count in (2, 3):
            await until(sheet.buttons["undo"].isEnabled)
            qtbot.mouseClick(sheet.buttons["undo"], Qt.MouseButton.LeftButton)
            await until(lambda count=count: sheet.list.count() == count)
        assert names(desk) == before


async def test_a_view_says_nothing_of_the_files_and_tracks_of_this_computer(served: Served, tmp_path: Path) -> None:
    reader = served.client(served.token("boss", Role.DUTY_CHIEF))
    async with signed_in(served) as desk:
        view = desk.panels.map
        drop(desk, geojson(tmp_path / "李明 13812345678.geojson"))
        await until(lambda: any(item.removable for item in view.items))
        own = next(item for item in view.items if item.removable)
        view.choose(own.key, own.options.with_kind("kind", "李明", shown=False))
        for shared in (True, False):
            desk.crew.saved_views.save("现场", shared=shared)
        await until(lambda: names(desk) == ["现场", "现场"])
        (shared_view,) = reader.get("/v1/register/shared_view").json()["entries"]
        assert "李明" not in str(shared_view)
        assert {layer.key for held in desk.crew.saved_views.listed() for layer in held.body.layers} == {
            item.key for item in view.items if not item.removable
        }
        view.choose(own.key, LayerOptions(opacity=40))
        desk.actions.trigger("view_1")
        assert own.options == LayerOptions(opacity=40), "it is shown as it is now"


async def test_a_name_that_was_refused_is_typed_still(qtbot, served: Served) -> None:
    async with signed_in(served) as desk:
        room = desk.session.room
        assert room is not None

        async def unreachable(*args: object, **named: object) -> Any:
            raise Fault(FaultKind.UNAVAILABLE, "store_unavailable")

        sheet = opened(desk)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(type(room.client.register), "put", unreachable)
            sheet.name.setText("晚高峰")
            qtbot.keyClick(sheet.name, Qt.Key.Key_Return)
            assert not sheet.name.text()
            await until(lambda: sheet.name.text() == "晚高峰")
        qtbot.keyClick(sheet.name, Qt.Key.Key_Return)
        await until(lambda: names(desk) == ["晚高峰"])
        assert not sheet.name.text()


async def test_whoever_may_save_no_views_is_not_asked_for_a_name(served: Served) -> None:
    served.account("zhou", PASSWORD, Role.GRID_WORKER)
    async with signed_in(served, "zhou") as desk:
        sheet = opened(desk)
        assert not sheet.name.isEnabled()
        assert not sheet.buttons["save"].isEnabled()
        assert "本角色" in sheet._hint.text()


async def test_a_view_that_is_gone_to_is_seen_where_the_map_was_closed(served: Served) -> None:
    async with signed_in(served) as desk:
        desk.window.show()
        desk.crew.saved_views.save("一", shared=False)
        await until(lambda: names(desk) == ["一"])
        desk.workspace.dock("dock-map").toggleView(False)
        assert not desk.panels.map.isVisible()
        desk.actions.trigger("view_1")
        assert desk.panels.map.isVisible()


async def test_ones_own_views_are_ones_own_and_shared_ones_everybodys(served: Served) -> None:
    served.account("qian", PASSWORD, *ALL_ROOM)
    async with signed_in(served) as desk:
        desk.crew.saved_views.save("自己", shared=False)
        await until(lambda: names(desk) == ["自己"])
        desk.crew.saved_views.save("大家", shared=True)
        await until(lambda: names(desk) == ["自己", "大家"])
    async with signed_in(served, "qian") as desk:
        await until(lambda: names(desk) == ["大家"])
        desk.crew.saved_views.save("第二", shared=False)
        await until(lambda: names(desk) == ["第二", "大家"])


def test_what_a_later_program_kept_of_a_layer_is_passed_over() -> None:
    for layer in (
        SavedLayer("a", False, 0.5, "not json", ""),
        SavedLayer("a", False, 0.5, "", '{"finest": -4}'),
        SavedLayer("a", False, 0.5, "[[1, 2]]", ""),
    ):
        assert _options(layer) == LayerOptions(visible=False, opacity=50)
    now = LayerState(options={"b": LayerOptions(opacity=10)}, order=("b", "a"))
    state = _state((SavedLayer("a", True, 1.0),), now)
    assert state.options["b"].opacity == 10, "a layer the view does not know stays as it is"


def test_every_scene_that_is_listed_can_be_taken() -> None:
    from console.shot.layerscenes import LAYER_SCENES
    from console.shot.scenes import SCENES
    from console.shot.views import SCENE_NAMES

    assert {*SCENES, *LAYER_SCENES} == set(SCENE_NAMES)


def test_a_name_that_a_layer_was_given_is_no_part_of_a_view() -> None:
    now = LayerState(options={"file:a": LayerOptions(opacity=20, name="甲")})
    saved = _layer("file:a", LayerOptions(opacity=50, name="乙"))
    assert "乙" not in saved.style + saved.filters, "a shared view goes to others"
    assert _state((saved,), now).options == {"file:a": LayerOptions(opacity=50, name="甲")}
