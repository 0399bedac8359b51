"""The tree of layers by mouse and keyboard: on and off, order, strength, scales, styles, filters, taking back."""

from typing import TypeVar

import numpy as np
import pytest
from msgspec.structs import replace
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QAbstractButton, QCheckBox, QSlider, QWidget
from pytestqt.qtbot import QtBot

from domain.register_map import HazardLevel
from layers.hazards.model import HazardMark, HazardsModel
from layers.options import LayerOptions, LayerState
from resources.words import Words
from tests.helpers.map_scene import PLACES, Scene, make_scene, picture, wait_settled
from widgets.common.combo import Combo
from widgets.map.layer_options import LegendRows
from widgets.map.layer_rows import LayerRows
from widgets.map.pick_card import PickedRow

T = TypeVar("T", bound=QWidget)
ALT = Qt.KeyboardModifier.AltModifier
CTRL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def scene(qtbot: QtBot) -> Scene:
    made = make_scene(qtbot)
    made.view.overlays.feed()
    return made


def rows(scene: Scene) -> LayerRows:
    return scene.view.overlays.layer_tree.rows


def listed(scene: Scene) -> list[tuple[str, list[str]]]:
    """What a person reads, from the top."""
    heads = [rows(scene).topLevelItem(i) for i in range(rows(scene).topLevelItemCount())]
    return [(head.text(0), [head.child(i).text(0) for i in range(head.childCount())]) for head in heads]


def place(scene: Scene, key: str, *, at_end: bool = False) -> QPoint:
    rect = rows(scene).visualItemRect(rows(scene)._items()[key])
    return QPoint(rect.right() - 6, rect.center().y()) if at_end else QPoint(rect.left() + 40, rect.center().y())


def options(scene: Scene, key: str) -> LayerOptions:
    item = scene.view.item(key)
    assert item is not None
    return item.options


def control(scene: Scene, kind: type[T], name: str) -> T:
    found = scene.view.overlays.layer_options.findChild(kind, name)
    assert found is not None, name
    return found


def test_layers_stand_in_groups_the_topmost_first(scene: Scene) -> None:
    assert listed(scene) == [
        ("业务", ["案件", "人员车辆"]),
        ("区域", ["村社区界", "网格"]),
        ("底图", ["底图"]),
    ]


def test_a_click_and_the_space_bar_hide_and_show_a_layer(qtbot: QtBot, scene: Scene) -> None:
    qtbot.mouseClick(rows(scene).viewport(), Qt.MouseButton.LeftButton, pos=place(scene, "positions"))
    assert not options(scene, "positions").visible
    qtbot.keyClick(rows(scene), Qt.Key.Key_Space)
    assert options(scene, "positions").visible


def title(scene: Scene) -> QAbstractButton:
    found = scene.view.overlays.layer_tree.findChild(QAbstractButton, "map_layers_fold")
    assert found is not None
    return found


def test_the_list_folds_to_its_title_and_lets_the_map_below_it_be_seen_and_clicked(qtbot: QtBot, scene: Scene) -> None:
    view, over = scene.view, scene.view.overlays
    tree = over.layer_tree
    before, corner = tree.geometry(), tree.geometry().bottomLeft() + QPoint(20, -20)
    over.open_layer("cases")
    qtbot.mouseClick(title(scene), Qt.MouseButton.LeftButton)
    assert tree.folded
    assert tree.isVisible()
    assert title(scene).isVisible()
    assert not rows(scene).isVisible()
    assert not over.layer_options.isVisible(), "the options went with their list"
    assert tree.height() < 45
    assert tree.width() < before.width() * 2 // 3
    assert tree.geometry().topRight() == before.topRight()
    assert not view.covered().contains(corner)
    assert view.childAt(corner) is None
    over.feed()  # what the layers say goes on, and unfolds nothing
    assert tree.height() < 45
    qtbot.mouseClick(title(scene), Qt.MouseButton.LeftButton)
    assert tree.geometry() == before
    assert rows(scene).isVisible()


def test_a_folded_list_gives_its_room_to_the_town_that_is_fitted(scene: Scene) -> None:
    view = scene.view
    view.resize(900, 500)
    view.fit()
    before = view.camera.scale
    view.overlays.layer_tree.fold(True)
    view.fit()
    assert view.camera.scale < before


def test_by_keyboard_the_list_folds_and_unfolds_and_the_keys_stay_in_it(qtbot: QtBot, scene: Scene) -> None:
    view, tree = scene.view, scene.view.overlays.layer_tree
    view.focus_layers()
    tree.toggle()
    assert tree.folded
    assert view.window().focusWidget() is title(scene)
    qtbot.keyClick(title(scene), Qt.Key.Key_Return)
    assert not tree.folded
    qtbot.keyClick(title(scene), Qt.Key.Key_Space)
    assert tree.folded
    view.focus_layers()  # whoever goes to the layers wants to see them
    assert not tree.folded
    assert view.window().focusWidget() is rows(scene)
    view.overlays.open_layer("cases")
    assert view.overlays.layer_options.isAncestorOf(view.window().focusWidget())
    tree.toggle()
    assert view.window().focusWidget() is title(scene)
    assert title(scene).accessibleName() == "图层 · 展开图层列表（Ctrl+Alt+Shift+L）"
    view.setFocus()
    tree.toggle()
    assert view.window().focusWidget() is view, "keys that were elsewhere stay there"


def test_what_can_be_added_is_offered_again_once_the_list_is_unfolded(scene: Scene) -> None:
    tree = scene.view.overlays.layer_tree
    add = tree.findChild(QAbstractButton, "map_layers_add")
    assert add is not None
    tree.fold(True)
    tree.offer_add(True)
    assert not add.isVisible()
    tree.fold(False)
    assert add.isVisible()


def test_the_menu_key_opens_what_the_right_button_does_and_asks_nothing_of_the_map(qtbot: QtBot, scene: Scene) -> None:
    wanted: list[object] = []
    scene.view.menu_wanted.connect(wanted.append)
    rows(scene).go_to("grids")
    qtbot.keyClick(rows(scene), Qt.Key.Key_Menu)
    item = scene.view.overlays.layer_options.item
    assert item is not None
    assert item.key == "grids"
    assert not wanted


def test_alt_and_an_arrow_move_a_layer_within_its_group_and_the_picture_follows(qtbot: QtBot, scene: Scene) -> None:
    rows(scene).go_to("grids")
    qtbot.keyClick(rows(scene), Qt.Key.Key_Up, ALT)
    assert [item.key for item in scene.view.items] == ["basemap", "divisions", "grids", "positions", "cases"]
    scene.view.overlays.feed()
    assert listed(scene)[1] == ("区域", ["网格", "村社区界"])
    assert rows(scene).current_key() == "grids", "the focus goes with the layer"
    qtbot.keyClick(rows(scene), Qt.Key.Key_Up, ALT)
    assert [item.key for item in scene.view.items][2] == "grids", "at the top of its group it stays"
    qtbot.keyClick(rows(scene), Qt.Key.Key_Z, CTRL)
    assert [item.key for item in scene.view.items] == ["basemap", "grids", "divisions", "positions", "cases"]


def test_a_row_is_dragged_over_another(qtbot: QtBot, scene: Scene) -> None:
    viewport, start = rows(scene).viewport(), place(scene, "cases")
    end = place(scene, "positions") + QPoint(0, 12)
    qtbot.mousePress(viewport, Qt.MouseButton.LeftButton, pos=start)
    for y in range(start.y(), end.y() + 1, 4):
        qtbot.mouseMove(viewport, QPoint(start.x(), y))
        _held_move(scene, QPoint(start.x(), y))
    _held_move(scene, end)
    qtbot.mouseRelease(viewport, Qt.MouseButton.LeftButton, pos=end)
    assert [item.key for item in scene.view.items][-2:] == ["cases", "positions"]
    assert options(scene, "cases").visible, "a drag is no click"


def _held_move(scene: Scene, at: QPoint) -> None:
    """Move with the button held, which ``qtbot.mouseMove`` does not."""
    from PySide6.QtCore import QEvent, QPointF
    from PySide6.QtGui import QMouseEvent

    where = QPointF(at)
    held, none = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    over = QPointF(rows(scene).viewport().mapToGlobal(at))
    rows(scene).mouseMoveEvent(QMouseEvent(QEvent.Type.MouseMove, where, over, held, held, none))


def test_a_fainter_layer_is_mixed_with_what_lies_below(qtbot: QtBot, scene: Scene) -> None:
    view, plain = scene.view, {"positions": LayerOptions(), "cases": LayerOptions()}
    plain["grids"] = LayerOptions().with_style("names", "hidden")  # names give way to marks, and would be other ones
    view.choose("grids", plain["grids"])
    view.choose("basemap", LayerOptions().with_kind("kind", "names", shown=False))
    wait_settled(qtbot, view)
    full = picture(view)
    for key in ("positions", "grids", "cases"):
        view.choose(key, replace(plain[key], visible=False))
        wait_settled(qtbot, view)
        without = picture(view)
        view.choose(key, replace(plain[key], opacity=50))
        wait_settled(qtbot, view)
        half = picture(view)
        view.choose(key, plain[key])
        wait_settled(qtbot, view)
        altered = np.abs(full - without).max(axis=2) > (12 if key == "grids" else 40)
        assert altered.sum() > 40
        expected = (full[altered] + without[altered]) / 2
        share = np.mean(np.abs(half[altered] - expected).max(axis=1) <= 3)
        assert share > 0.97, (key, share)
    assert np.array_equal(picture(view), full), "back at full strength it is the same picture, pixel for pixel"


def test_strength_is_chosen_on_the_card_and_taken_back_in_one_step(qtbot: QtBot, scene: Scene) -> None:
    qtbot.mouseClick(rows(scene).viewport(), Qt.MouseButton.LeftButton, pos=place(scene, "grids", at_end=True))
    assert options(scene, "grids").visible, "the end of the row opens the options and hides nothing"
    slider = control(scene, QSlider, "layer_opacity")
    assert slider.hasFocus()
    for _ in range(4):
        qtbot.keyClick(slider, Qt.Key.Key_Left)
    assert options(scene, "grids").opacity == 80
    qtbot.keyClick(slider, Qt.Key.Key_Z, CTRL)
    assert options(scene, "grids").opacity == 100
    assert slider.value() == 100
    qtbot.keyClick(slider, Qt.Key.Key_Escape)
    assert not scene.view.overlays.layer_options.isVisible()
    assert rows(scene).hasFocus()


def test_right_goes_into_the_options_of_a_row_and_unfolds_a_group(qtbot: QtBot, scene: Scene) -> None:
    tree, card = rows(scene), scene.view.overlays.layer_options
    tree.setFocus()
    tree.go_to("grids")
    qtbot.keyClick(tree, Qt.Key.Key_Right)
    assert card.item is scene.view.item("grids")
    assert control(scene, QSlider, "layer_opacity").hasFocus()
    tree.setFocus()
    qtbot.keyClick(tree, Qt.Key.Key_Right)
    assert card.isVisible(), "it goes in again, and closes nothing"
    assert control(scene, QSlider, "layer_opacity").hasFocus()
    qtbot.keyClick(control(scene, QSlider, "layer_opacity"), Qt.Key.Key_Escape)
    qtbot.keyClick(tree, Qt.Key.Key_Left)
    assert tree.currentItem().text(0) == "区域", "out of a row is up to its group"
    qtbot.keyClick(tree, Qt.Key.Key_Left)
    assert tree.folded() == ("areas",)
    qtbot.keyClick(tree, Qt.Key.Key_Right)
    assert tree.folded() == ()
    assert not card.isVisible()


def test_where_a_row_is_gone_the_next_one_is_current(scene: Scene) -> None:
    tree, view = rows(scene), scene.view
    tree.go_to("divisions")
    for gone, current in (("divisions", "grids"), ("grids", "basemap"), ("basemap", "cases")):
        assert tree.current_key() == gone
        view.remove_layer(gone)
        view.overlays.feed()
        assert tree.current_key() == current
    tree.go_to("positions")
    view.remove_layer("positions")
    view.overlays.feed()
    assert tree.current_key() == "cases", "the last of a group passes it to the one before"


def test_the_options_stay_under_the_pointer_while_cases_come_and_are_closed_by_a_button(
    qtbot: QtBot, scene: Scene
) -> None:
    qtbot.mouseClick(rows(scene).viewport(), Qt.MouseButton.LeftButton, pos=place(scene, "cases", at_end=True))
    card = scene.view.overlays.layer_options
    slider, legend = control(scene, QSlider, "layer_opacity"), control(scene, LegendRows, "map_legend")
    said = legend.accessibleName()
    scene.cases.replace([])
    scene.view.overlays.feed()
    assert legend.accessibleName() != said, "the legend counts anew"
    assert control(scene, QSlider, "layer_opacity") is slider, "what somebody is about to use is not made anew"
    assert slider.hasFocus()
    qtbot.mouseClick(control(scene, QAbstractButton, "layer_close"), Qt.MouseButton.LeftButton)
    assert not card.isVisible()
    assert rows(scene).hasFocus()


def test_escape_on_the_map_closes_the_options_and_then_what_was_picked(qtbot: QtBot, scene: Scene) -> None:
    over = scene.view.overlays
    over.show_picked("清溪-01", [PickedRow("责任人", "张三")])
    over.open_layer("cases")
    scene.view.setFocus()
    qtbot.keyClick(scene.view, Qt.Key.Key_Escape)
    assert over.layer_options.item is None
    assert over.pick_card.isVisible(), "one at a time"
    assert scene.view.hasFocus(), "the keys stay with who works on the map"
    qtbot.keyClick(scene.view, Qt.Key.Key_Escape)
    assert not over.pick_card.isVisible()


def test_a_layer_shows_only_within_its_scales_and_says_so(qtbot: QtBot, scene: Scene) -> None:
    rows(scene).go_to("cases")
    qtbot.keyClick(rows(scene), Qt.Key.Key_Return)
    coarsest = control(scene, Combo, "layer_coarsest")
    coarsest.setCurrentIndex(coarsest.findData(10_000))
    assert options(scene, "cases").coarsest == 10_000
    assert scene.view.denominator() > 10_000
    scene.view.overlays.feed()
    row = rows(scene).row("cases")
    assert row is not None
    assert row.dim
    assert "比例" in row.note
    spot = scene.pixel(*PLACES["near"])
    found = scene.view.pick_at(spot.x(), spot.y())
    assert found is not None
    assert found.kind.value != "case", "what is not shown is not picked"
    scene.view.zoom(40)
    assert scene.view.denominator() < 10_000
    qtbot.waitUntil(lambda: (r := rows(scene).row("cases")) is not None and not r.dim, timeout=2000)
    finest = control(scene, Combo, "layer_finest")
    finest.setCurrentIndex(finest.findData(50_000))
    assert (options(scene, "cases").finest, options(scene, "cases").coarsest) == (50_000, 50_000)


def test_kinds_left_out_are_neither_drawn_nor_picked(qtbot: QtBot, scene: Scene) -> None:
    view = scene.view
    view.overlays.open_layer("cases")
    box = control(scene, QCheckBox, "layer_filter_lamp_overdue")
    assert box.text() == "已超时"
    box.click()
    spot = scene.pixel(*PLACES["near"])
    found = view.pick_at(spot.x(), spot.y())
    assert found is not None
    assert found.kind.value == "grid"
    view.choices.choose("positions", LayerOptions().with_kind("kind", "staff", shown=False))
    spot = scene.pixel(*PLACES["east"])
    found = view.pick_at(spot.x(), spot.y())
    assert found is not None
    assert found.kind.value == "grid"
    box.click()
    spot = scene.pixel(*PLACES["near"])
    found = view.pick_at(spot.x(), spot.y())
    assert found is not None
    assert found.ident == "near"


def test_styles_are_made_from_what_the_layer_says(qtbot: QtBot, scene: Scene) -> None:
    scene.view.overlays.open_layer("cases")
    marks = control(scene, Combo, "layer_style_marks")
    assert [marks.itemText(i) for i in range(marks.count())] == ["聚合", "逐个"]
    spot = scene.pixel(*PLACES["west"])
    found = scene.view.pick_at(spot.x(), spot.y())
    assert found is not None
    assert found.kind.value == "cluster"
    marks.setCurrentIndex(1)
    found = scene.view.pick_at(spot.x(), spot.y())
    assert found is not None
    assert found.kind.value == "case"


def test_choices_come_back_as_they_were_kept_also_for_a_layer_that_comes_later(qtbot: QtBot, scene: Scene) -> None:
    choices = scene.view.choices
    kept = LayerState(
        options={"grids": LayerOptions(opacity=40), "of a file": LayerOptions(visible=False)},
        order=("basemap", "divisions", "grids", "positions", "cases"),
    )
    choices.show(kept)
    assert options(scene, "grids").opacity == 40
    assert [item.key for item in scene.view.items][1:3] == ["divisions", "grids"]
    assert choices.state() == kept, "what is chosen of a layer that is not there now is kept too"
    assert not choices.can_undo
    choices.reset()
    assert options(scene, "grids") == LayerOptions()
    assert [item.key for item in scene.view.items][1:3] == ["grids", "divisions"]
    choices.undo()
    assert choices.state() == kept


def test_the_buttons_take_back_and_reset(qtbot: QtBot, scene: Scene) -> None:
    undo = scene.view.findChild(QAbstractButton, "map_layers_undo")
    reset = scene.view.findChild(QAbstractButton, "map_layers_reset")
    assert undo is not None
    assert reset is not None
    assert not undo.isEnabled()
    scene.view.choices.choose("cases", LayerOptions(visible=False))
    assert undo.isEnabled()
    qtbot.mouseClick(reset, Qt.MouseButton.LeftButton)
    assert options(scene, "cases").visible
    qtbot.mouseClick(undo, Qt.MouseButton.LeftButton)
    assert not options(scene, "cases").visible


def test_another_language_and_a_small_map(qtbot: QtBot, scene: Scene) -> None:
    scene.view.overlays.open_layer("positions")
    words: Words = scene.view._look.words
    words.use("en")
    scene.view.retranslate()
    assert listed(scene)[0] == ("Work", ["Cases", "Staff and vehicles"])
    assert control(scene, QCheckBox, "layer_filter_kind_vehicle").text() == "Vehicles"
    scene.view.resize(700, 440)
    tree = scene.view.overlays.layer_tree
    assert tree.geometry().bottom() <= scene.view.height()
    assert scene.view.overlays.layer_options.geometry().bottom() <= scene.view.height()


def test_a_map_narrower_than_the_tree_is_laid_out_all_the_same(qtbot: QtBot, scene: Scene) -> None:
    """The tree is bound to less than nothing, cannot be that, and may not ask to be placed again for ever."""
    tree = scene.view.overlays.layer_tree
    scene.view.setMinimumSize(0, 0)
    scene.view.resize(tree.width() - 20, 400)
    scene.view.overlays.place()
    scene.view.resize(900, 600)
    assert tree.isVisibleTo(scene.view)
    assert tree.height() > 100


def test_a_kind_whose_row_leaves_the_legend_is_left_out_by_a_click_and_brought_back(qtbot: QtBot, scene: Scene) -> None:
    model = HazardsModel()
    scene.view.add_layer(model)
    ring = ((120.722, 29.712), (120.729, 29.712), (120.729, 29.719))
    model.replace([HazardMark("hazard:1", HazardLevel.RED, ring, "警戒线")])
    scene.view.overlays.open_layer("hazards")
    box, legend = control(scene, QCheckBox, "layer_filter_level_red"), control(scene, LegendRows, "map_legend")
    assert not legend.isHidden()
    box.click()
    assert legend.isHidden(), "there is nothing to explain"
    assert control(scene, QCheckBox, "layer_filter_level_red") is box, "it stays under the pointer"
    box.click()
    assert not legend.isHidden()
    assert "红色" in legend.accessibleName()
