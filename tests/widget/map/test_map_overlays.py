"""What lies over the map: counts in the legend, a true scale bar, layers on and off, the empty map, both languages."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QAbstractButton, QLineEdit, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from domain.places import distance_m
from layers.contract import LegendRow, Picked, PickedKind
from layers.mercator import to_degrees
from resources.theme import load_theme
from resources.words import Language, Words
from tests.helpers.map_scene import NOW, Scene, make_scene, pixels, thing_mark, town_grids, wait_settled
from widgets.map.draw_card import DrawCard
from widgets.map.overlays import REST_MS
from widgets.map.pick_card import PickedRow
from widgets.map.playback_bar import PlaybackBar
from widgets.map.playback_card import PlaybackCard
from widgets.map.scale_bar import round_distance
from widgets.map.view import MapView
from widgets.names import Names


@pytest.fixture
def scene(qtbot: QtBot) -> Scene:
    return make_scene(qtbot)


def test_the_legend_counts_what_is_there(qtbot: QtBot, scene: Scene) -> None:
    scene.positions.replace([thing_mark("a", 120.71, 29.71), thing_mark("b", 120.72, 29.71, age_s=500)])
    scene.view.set_synthetic(True)
    scene.view.overlays.feed()
    said = scene.view.overlays.legend.accessibleName()
    for part in ("在办案件 3", "时限内 1", "将超时 1", "已超时 1", "在岗人员 1", "位置陈旧 1", "演示数据（虚构）"):
        assert part in said
    scene.cases.update([replace(scene.cases.open.marks[0], urgent=True)])
    urgent = [row.count for row in scene.view.item("cases").legend() if row.symbol == "urgent"]
    assert urgent == [1]
    scene.cases.remove(["near"])
    qtbot.waitUntil(lambda: "在办案件 2" in scene.view.overlays.legend.accessibleName(), timeout=2000)


def test_the_legend_is_headed_by_the_cases_only_while_they_are_shown(scene: Scene) -> None:
    legend = scene.view.overlays.legend
    assert "在办案件" in legend.accessibleName()
    scene.view.set_layer_visible("cases", False)
    scene.view.overlays.feed()
    assert "在办案件" not in legend.accessibleName()
    assert legend.accessibleName().startswith("图例")


def test_the_legend_tells_of_cases_without_a_place_and_explains_every_sign(scene: Scene) -> None:
    legend = scene.view.overlays.legend
    scene.view.overlays.feed()
    assert "无位置" not in legend.accessibleName()
    for part in ("加急 0", "途中", "处置中"):
        assert part in legend.accessibleName()
    scene.cases.set_placeless(2)
    scene.view.overlays.feed()
    assert "在办案件 3（另有 2 件无位置）" in legend.accessibleName()
    painted = legend.grab().toImage()
    accent = QColor(load_theme("dark").accent)
    blue = [painted.pixelColor(x, y) == accent for x in range(painted.width()) for y in range(painted.height())]
    assert sum(blue) > 40, "the triangle and the diamond are drawn"


def test_the_scale_bar_is_as_long_as_it_says(scene: Scene) -> None:
    bar, camera = scene.view.overlays.scale_bar, scene.view.camera
    for steps in (0, 5, 11, -9):
        scene.view.zoom(steps)
        camera = scene.view.camera
        left = to_degrees(*camera.to_plane(400 - bar.length_px / 2, 300))
        right = to_degrees(*camera.to_plane(400 + bar.length_px / 2, 300))
        assert distance_m(*left, *right) == pytest.approx(bar.distance_m, rel=0.006)
        assert 50 < bar.length_px <= 150


@given(st.floats(1e-3, 1e8))
def test_a_round_distance_is_one_two_or_five_and_not_too_long(most: float) -> None:
    found = round_distance(most)
    assert most / 2.6 <= found <= most * 1.000001
    assert f"{found:.0e}"[0] in "125"


def test_the_buttons_do_what_they_say_and_say_their_key(qtbot: QtBot, scene: Scene) -> None:
    buttons = {name: scene.view.findChild(QAbstractButton, f"map_{name}") for name in ("zoom_in", "fit", "back")}
    scale = scene.view.camera.scale
    qtbot.mouseClick(buttons["zoom_in"], Qt.MouseButton.LeftButton)
    assert scene.view.camera.scale < scale
    qtbot.mouseClick(buttons["back"], Qt.MouseButton.LeftButton)
    assert scene.view.camera.scale == scale
    assert "Home" in buttons["fit"].toolTip()
    assert all(min(b.width(), b.height()) >= 32 and b.accessibleName() for b in buttons.values())


def test_an_empty_map_says_what_would_be_here_until_grids_come(qtbot: QtBot) -> None:
    scene = make_scene(qtbot, empty=True)
    scene.view.overlays.feed()
    assert scene.view.overlays.empty.isVisible()
    assert "onemap import grids" in scene.view.overlays.empty.accessibleName()
    scene.grids.set_grids(town_grids())
    qtbot.waitUntil(lambda: not scene.view.overlays.empty.isVisible(), timeout=2000)


def test_a_view_of_nothing_says_so_once_it_rests_and_never_while_it_moves(qtbot: QtBot, scene: Scene) -> None:
    view, line = scene.view, scene.view.overlays.nothing_here
    qtbot.wait(REST_MS + 200)
    assert not line.isVisible(), "the town is in view"
    for _ in range(5):
        view.pan(3000, 0)
        view.overlays.feed()
        assert not line.isVisible(), "not while it moves"
    qtbot.waitUntil(line.isVisible, timeout=2000)
    assert "Home" in line.accessibleName()
    assert line.geometry().center().x() == pytest.approx(view.width() / 2, abs=2)
    view.pan(10, 0)
    assert not line.isVisible()
    qtbot.waitUntil(line.isVisible, timeout=2000)
    for item in view.items:
        item.choose(replace(item.options, visible=False))
    view.overlays.feed()
    assert not line.isVisible(), "nothing is to be shown anywhere"
    for item in view.items:
        item.choose(replace(item.options, visible=True))
    view.overlays.feed()
    assert line.isVisible()
    qtbot.keyClick(view, Qt.Key.Key_Home)
    qtbot.wait(REST_MS + 200)
    assert not line.isVisible()


def test_another_language_reaches_every_overlay(scene: Scene) -> None:
    words: Words = scene.view._look.words
    words.use("en")
    scene.view.retranslate()
    over = scene.view.overlays
    assert "open cases" in over.legend.accessibleName()
    assert over.attribution.text().startswith("Base map")
    assert "arrows" in scene.view.accessibleName()


def test_the_age_of_positions_stands_beside_their_layer(scene: Scene) -> None:
    scene.view.set_layer_note("positions", "3 分前", stale=True)
    scene.view.set_layer_note("nothing of that name", "x")
    scene.view.overlays.feed()
    row = scene.view.overlays.layer_tree.rows.row("positions")
    assert row is not None
    assert (row.note, row.stale) == ("3 分前", True)


def test_a_long_legend_takes_more_columns_and_counts_what_finds_no_room(qtbot: QtBot, scene: Scene) -> None:
    legend = scene.view.overlays.legend
    rows = [LegendRow("staff", f"第 {i} 行", i) for i in range(24)]
    legend.bound(2_000, 2_000)
    legend.set_rows("图例", rows)
    assert [row.text for row in legend._shown] == [*(row.text for row in rows[:11]), "另有 13 项"]
    assert "第 23 行" in legend.accessibleName()
    assert legend.toolTip() == "点击查看全部图例"
    qtbot.mouseClick(legend, Qt.MouseButton.LeftButton)
    legend.bound(2_000, 2_000)  # the desk has put it back into the room on its map
    tall, wide = legend.height(), legend.width()
    assert tall == (1 + 12 + legend._synthetic) * 27 + 14
    legend.bound(2_000, 300)
    assert legend.height() <= 300
    assert legend.width() > wide
    assert legend._shown == tuple(rows)
    legend.bound(wide + 10, 200)
    assert (legend.height() <= 200, legend.width() <= wide + 10) == (True, True)
    assert legend._shown[-1].text == f"另有 {24 - len(legend._shown) + 1} 项"
    seen = list(legend._shown[:-1])
    assert legend.toolTip() == "点击看下一页"
    legend.folding_changed.disconnect(scene.view.overlays.place)  # the map has more room than is asked for here
    while legend.toolTip() == "点击看下一页":
        legend.toggle()
        assert (legend.height() <= 200, legend.width() <= wide + 10) == (True, True)
        seen += [row for row in legend._shown if row.symbol]
    assert seen == rows, "page by page every row is seen once"
    legend.toggle()
    assert legend._shown[0] == rows[0], "folded again"
    assert legend.toolTip() == "点击查看全部图例"
    assert len(legend._shown) <= 12


def test_an_unfolded_legend_shows_every_row_on_a_small_map(qtbot: QtBot, scene: Scene) -> None:
    over = scene.view.overlays
    scene.view.resize(640, 500)
    rows = [LegendRow("staff", f"一行图例 {i}", i) for i in range(26)]
    over.feed = lambda: None  # type: ignore[method-assign] - the rows below are to stay
    over.legend.set_rows("图例", rows)
    over.place()
    assert len(over.legend._shown) <= 12
    scene.view.setFocus()
    qtbot.mouseClick(over.legend, Qt.MouseButton.LeftButton)
    assert over.legend._shown == tuple(rows)
    assert over.legend.isVisible()
    assert scene.view.rect().contains(over.legend.geometry())
    for card in (over.toolbar, over.layer_tree):
        assert not card.geometry().intersects(over.legend.geometry())
    over.show_picked("某网格", [PickedRow("责任人", "李某")])
    assert not over.pick_card.geometry().intersects(over.legend.geometry())
    assert over.legend.toolTip() == "点击看下一页", "with less room it goes on, on a page more"


def test_a_folded_legend_stands_low_and_an_unfolded_one_as_high_as_it_needs(qtbot: QtBot, scene: Scene) -> None:
    legend, view = scene.view.overlays.legend, scene.view
    legend.set_rows("图例", [LegendRow("", f"第 {i} 种") for i in range(20)])
    scene.view.overlays.place()
    assert legend.height() <= view.height() / 4, "the town has the rest"
    folded = legend.height()
    legend.toggle()
    scene.view.overlays.place()
    assert legend.height() > folded


def test_esc_in_a_card_gives_the_keys_to_the_map_under_it(qtbot: QtBot, scene: Scene) -> None:
    window, elsewhere, view = QWidget(), QLineEdit(), scene.view
    column = QVBoxLayout(window)
    column.addWidget(view)
    column.addWidget(elsewhere)
    qtbot.addWidget(window)
    with qtbot.waitExposed(window):
        window.show()
    card = PlaybackCard(Names(Words("zh-CN")), load_theme("dark"), view)
    QWidget.setTabOrder(card.read, elsewhere)
    card.open_card()
    assert window.focusWidget() is card.reason
    qtbot.keyClick(card.reason, Qt.Key.Key_Escape)
    assert card.isHidden()
    assert window.focusWidget() is view, "not whatever comes next in the window"
    card.open_card()
    elsewhere.setFocus()
    card.close_card()
    assert window.focusWidget() is elsewhere, "who has gone on stays there"
    view.setParent(None)


def test_a_place_that_is_shown_lies_under_no_card(scene: Scene) -> None:
    view = scene.view
    view.look_closely(120.72, 29.715, 5.0)
    scale = view.camera.scale
    under = view.overlays.legend.geometry().center()
    lon, lat = to_degrees(*view.camera.to_plane(under.x(), under.y()))
    assert view.covered().contains(scene.pixel(lon, lat))
    view.show_case(lon, lat)
    assert not view.covered().contains(scene.pixel(lon, lat))
    assert view.rect().contains(scene.pixel(lon, lat))
    assert view.camera.scale == scale


def test_the_legend_stands_below_tools_and_card_and_takes_the_room_of_a_list_that_made_way(scene: Scene) -> None:
    view, over = scene.view, scene.view.overlays
    view.resize(640, 500)
    rows = [LegendRow("staff", f"A row of the legend {i}", i) for i in range(9)]
    over.feed = lambda: None  # type: ignore[method-assign] - the rows below are to stay
    over.legend.set_rows("图例", rows)
    over.layer_tree.set_note("cases", "a note that makes the list wide")
    over.show_layers()
    over.place()
    assert over.layer_tree.isVisible()
    assert over.legend.geometry().right() < over.layer_tree.x()
    assert over.legend.x() == over.toolbar.x(), "nobody unfolded it: it stays low in its corner"
    narrow = over.legend.width()
    card = DrawCard(Words("zh-CN"), load_theme("dark"), view)
    card.fit = lambda: card.resize(300, 120)  # type: ignore[method-assign] - one lower than the tools
    card.altered.connect(over.place)
    card.open_card()
    assert not over.layer_tree.isVisible()
    assert over.legend.isVisible()
    assert not over.legend.geometry().intersects(over.toolbar.geometry())
    assert over.legend.width() > narrow


def test_what_lies_over_the_map_makes_way_for_a_card(qtbot: QtBot, scene: Scene) -> None:
    view, overlays = scene.view, scene.view.overlays
    view.resize(900, 640)
    card = DrawCard(Words("zh-CN"), load_theme("dark"), view)
    card.altered.connect(overlays.place)
    assert overlays.legend.isVisible()
    card.open_card()
    assert not overlays.legend.isVisible() or not overlays.legend.geometry().intersects(card.geometry())
    assert overlays.layer_tree.isVisible()
    assert overlays.pick_card.x() > card.geometry().right()
    view.resize(640, 640)
    overlays.layer_tree.resize(300, 200)
    overlays.place()
    assert not overlays.layer_tree.isVisible(), "the map is what is left to see between them"
    card.close_card()
    assert overlays.layer_tree.isVisible()


@pytest.mark.parametrize("language", ["zh-CN", "en"])
def test_the_buttons_of_drawing_stay_where_they_are_whatever_is_said(scene: Scene, language: Language) -> None:
    card = DrawCard(Words(language), load_theme("dark"), scene.view)
    card.open_card()
    places = set()
    for key in ("redline.hint", "redline.done", "redline.where_to", "redline.text_first"):
        card.say(key)
        card.column.activate()
        assert card.said.height() >= card.said.heightForWidth(card.said.width()), "read whole"
        places.add((card.height(), card._delete.y(), card.list.y()))
    assert len(places) == 1, places


@pytest.mark.parametrize(("size", "left"), [((726, 548), False), ((960, 548), True), ((726, 800), True)])
def test_on_a_small_map_the_legend_makes_way_for_who_works_with_a_tool(
    scene: Scene, size: tuple[int, int], left: bool
) -> None:
    """Card, list and legend left a strip to draw on."""
    view, overlays = scene.view, scene.view.overlays
    view.resize(*size)
    card = DrawCard(Words("zh-CN"), load_theme("dark"), view)
    card.fit = lambda: card.resize(300, 200)  # type: ignore[method-assign]
    card.altered.connect(overlays.place)
    assert overlays.legend.isVisible()
    card.open_card()
    assert overlays.layer_tree.isVisible()
    assert overlays.legend.isVisible() == left
    card.close_card()
    assert overlays.legend.isVisible()


def test_the_list_of_layers_makes_way_for_what_was_picked_where_both_have_no_room(qtbot: QtBot, scene: Scene) -> None:
    view, overlays = scene.view, scene.view.overlays
    view.resize(760, 640)
    card = DrawCard(Words("zh-CN"), load_theme("dark"), view)
    card.altered.connect(overlays.place)
    rows = [PickedRow("责任人", "袁雅琴 · 在岗")]
    overlays.show_picked("清溪-94", rows)
    assert overlays.layer_tree.isVisible(), "beside the toolbar there is room for both"
    card.open_card()
    assert overlays.pick_card.geometry().right() > overlays.layer_tree.x()
    assert not overlays.layer_tree.isVisible()
    card.close_card()
    assert overlays.layer_tree.isVisible()
    view.resize(640, 640)
    overlays.show_picked("清溪-94", [PickedRow("责任人", "很长的一句话" * 12)])
    assert not overlays.layer_tree.isVisible()
    overlays.pick_card.close_card()
    assert overlays.layer_tree.isVisible()


def test_a_small_map_leaves_out_legend_and_list(qtbot: QtBot, scene: Scene) -> None:
    view: MapView = scene.view
    view.resize(400, 300)
    assert not view.overlays.legend.isVisible()
    assert not view.overlays.layer_tree.isVisible()
    assert view.overlays.scale_bar.isVisible()
    view.resize(800, 600)
    assert view.overlays.legend.isVisible()


def test_time_of_the_service_makes_positions_stale_in_the_legend(qtbot: QtBot, scene: Scene) -> None:
    from datetime import timedelta

    legend = scene.view.overlays.legend
    assert "位置陈旧 1" not in legend.accessibleName()
    scene.positions.set_now(NOW + timedelta(minutes=5))
    qtbot.waitUntil(lambda: "位置陈旧 1" in legend.accessibleName(), timeout=2000)
    assert "位置陈旧 1" in legend.accessibleName()


def test_a_frame_of_the_map_does_not_paint_what_lies_over_it_again(qtbot: QtBot, scene: Scene) -> None:
    view = scene.view
    wait_settled(qtbot, view)
    view.overlays._feed.blockSignals(True)  # what the layers say meanwhile is not looked at
    qtbot.wait(60)  # what they said before is painted
    legend, tree = view.overlays.legend, view.overlays.layer_tree
    assert legend.isVisible()
    assert tree.isVisible()
    contents: list[str] = []
    legend.paint_content = lambda _painter: contents.append("legend")  # type: ignore[method-assign]
    tree.paint_content = lambda _painter: contents.append("tree")  # type: ignore[method-assign]
    before = pixels(view.grab().toImage())
    contents.clear()
    view.pan(40, 0)
    qtbot.wait(60)
    qtbot.waitUntil(lambda: view.settled, timeout=15_000)
    assert contents == []
    middle = (slice(250, 350), slice(350, 450))
    assert (pixels(view.grab().toImage())[middle] != before[middle]).any(), "the map itself did move"
    contents.clear()
    legend.update()
    qtbot.waitUntil(lambda: contents == ["legend"])


@pytest.mark.parametrize("corner", ["foot", "head"])
def test_what_is_pointed_at_is_told_beside_the_cards_and_above_those_it_must_lie_on(scene: Scene, corner: str) -> None:
    view, over = scene.view, scene.view.overlays
    bar = PlaybackBar(view._look.words, load_theme("dark"), view, (1, 10))
    bar.show_tape(600)
    bar.place(0)
    bar.show()
    over.place()
    found = Picked(PickedKind.THING, "a", 0.0, 0.0, "李某", ("网格员", "5 秒前"))
    at = QPointF(bar.geometry().center().x(), bar.y() - 20 if corner == "foot" else 30)
    over.show_pointer(at, found)
    card = over.hover_card
    assert card.isVisible()
    assert not card.geometry().intersects(bar.geometry())
    assert not card.geometry().contains(at.toPoint())
    assert view.rect().contains(card.geometry())
    bar.setGeometry(view.rect())
    over.show_pointer(at, found)
    children = view.children()
    assert children.index(card) > children.index(bar), "above what lies everywhere"
