"""Saved views through the window and the service: kept, shown by key, renamed, deleted, brought back, shared."""

import pytest
from desks import PASSWORD, signed_in, until
from PySide6.QtCore import Qt
from served import ALL_ROOM, Served

from console.desk import Desk
from console.savedviews import _layer, _options, _state
from domain.register import EntryKind
from domain.register_map import Drawing, Form, SavedLayer
from layers.options import LayerOptions, LayerState
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
