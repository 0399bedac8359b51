"""The layer of a file of one's own: drawn, named and picked; told apart and left out by the kinds of a column."""

import numpy as np
import pytest
import shapely
import shiboken6
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox
from pytestqt.qtbot import QtBot

from layers.imported.item import ImportedItem
from layers.imported.model import ImportedModel, read_imported
from layers.options import LayerOptions
from layers.owncolours import OWN_COLOURS
from resources.theme import load_theme
from tests.helpers.map_scene import Scene, make_scene, picture, wait_settled
from widgets.common.combo import Combo
from widgets.common.elided_box import ElidedCheckBox


def test_features_are_drawn_picked_and_named(qtbot: QtBot) -> None:
    scene = make_scene(qtbot)
    view, theme = scene.view, load_theme("dark")
    for key in ("cases", "positions", "basemap"):
        view.choose(key, LayerOptions(visible=False))
    wkbs = [shapely.to_wkb(shapely.box(120.71, 29.71, 120.72, 29.72)), shapely.to_wkb(shapely.Point(120.73, 29.725))]
    model = ImportedModel("x", "现场")
    model.put(read_imported(wkbs, ("名称", "备注"), (("广场", "甲"), ("井", ""))))
    item = view.add_layer(model)
    assert isinstance(item, ImportedItem)
    assert [i.key for i in view.items].index("file:x") > [i.key for i in view.items].index("grids")
    wait_settled(qtbot, view)
    at = scene.pixel(120.715, 29.715)
    found = view.pick_at(at.x(), at.y())
    assert found is not None
    assert (found.title, found.lines) == ("现场", ("名称：广场", "备注：甲"))
    spot = scene.pixel(120.73, 29.725)
    assert (view.pick_at(spot.x() + 3, spot.y()) or found).lines == ("名称：井",)
    shown = picture(view)
    blue = np.array([int(theme.accent[i : i + 2], 16) for i in (5, 3, 1)])
    assert np.abs(shown[spot.y(), spot.x()] - blue).max() < 8
    view.choose("file:x", LayerOptions().with_style("colour", "own_magenta").with_style("fill", "none"))
    wait_settled(qtbot, view)
    view.set_overlays(False)
    assert np.abs(picture(view)[spot.y(), spot.x()] - blue).max() > 60
    found = view.pick_at(at.x(), at.y())
    assert found is not None
    assert found.kind.value == "grid", "an area that is not filled is picked through"
    view.choose("file:x", LayerOptions().with_style("names", "名称"))
    assert {label.text for label in item.labels(view._area(), view.chosen)} == {"广场", "井"}


def bare_scene(qtbot: QtBot) -> Scene:
    """A map with nothing on it and nothing over it."""
    scene = make_scene(qtbot)
    for key in ("cases", "positions", "basemap", "grids", "divisions"):
        scene.view.choose(key, LayerOptions(visible=False))
    scene.view.set_overlays(False)
    return scene


def test_a_column_of_few_entries_tells_kinds_apart_by_colour_and_leaves_some_out(qtbot: QtBot) -> None:
    scene = bare_scene(qtbot)
    view, theme = scene.view, load_theme("dark")
    places = [(120.71 + 0.004 * i, 29.715) for i in range(6)]
    kinds = ["雨水", "污水", "雨水", "", "13900007777", "雨水"]
    model = ImportedModel("x", "管井")
    rows = [(f"井{i}", kind) for i, kind in enumerate(kinds)]
    model.put(read_imported([shapely.to_wkb(shapely.Point(at)) for at in places], ("名称", "类别"), rows))
    item = view.add_layer(model)
    assert isinstance(item, ImportedItem)
    assert item.filters() == (), "none told apart until it is asked for"
    (choice,) = [style for style in item.styles() if style.name == "kind"]
    assert choice.values == ("", "类别"), "six names for six things tell no kinds apart"
    view.choose("file:x", LayerOptions().with_style("kind", "类别"))
    wait_settled(qtbot, view)
    (filter_,) = item.filters()
    assert filter_.texts == ("雨水", "污水", "（空）", "***")
    legend = [(row.symbol.partition(".")[2], row.text, row.count) for row in item.legend()]
    assert legend == list(zip(OWN_COLOURS, filter_.texts, (3, 1, 1, 1), strict=False))

    def colour_at(place: tuple[float, float]) -> str:
        at, shown = scene.pixel(*place), picture(view)
        found = {role: np.abs(shown[at.y(), at.x()] - _bgr(getattr(theme, role))).max() for role in OWN_COLOURS}
        best = min(found, key=lambda role: found[role])
        return best if found[best] < 12 else ""

    drawn = [colour_at(place) for place in places]
    one, two, three, four = OWN_COLOURS[:4]
    assert drawn == [one, two, one, three, four, one]
    view.choose("file:x", item.options.with_kind("kind", filter_.values[0], shown=False).with_style("names", "名称"))
    wait_settled(qtbot, view)
    assert [colour_at(place) for place in places] == ["", two, "", three, four, ""]
    assert [row.text for row in item.legend()] == ["污水", "（空）", "***"]
    assert {label.text for label in item.labels(view._area(), view.chosen)} == {"井1", "井3", "井4"}
    at = scene.pixel(*places[0])
    assert getattr(view.pick_at(at.x(), at.y()), "title", "") != "管井", "what is left out is not picked"
    view.choose("file:x", item.options.with_style("kind", ""))
    wait_settled(qtbot, view)
    assert [colour_at(place) for place in places] == [one] * 6, "all again, by no kind"


def _bgr(colour: str) -> np.ndarray:
    return np.array([int(colour[i : i + 2], 16) for i in (5, 3, 1)])


def test_areas_and_lines_have_the_colours_of_their_kinds_too(qtbot: QtBot) -> None:
    scene = bare_scene(qtbot)
    view, theme = scene.view, load_theme("dark")
    shapes = [
        shapely.box(120.71, 29.71, 120.714, 29.714),
        shapely.box(120.716, 29.71, 120.720, 29.714),
        shapely.LineString([(120.71, 29.72), (120.72, 29.72)]),
        shapely.LineString([(120.71, 29.723), (120.72, 29.723)]),
    ]
    model = ImportedModel("x", "地块")
    model.put(read_imported([shapely.to_wkb(s) for s in shapes], ("甲",), [("a",), ("b",), ("a",), ("b",)]))
    view.add_layer(model)
    view.choose("file:x", LayerOptions().with_style("kind", "甲").with_style("fill", "strong"))
    wait_settled(qtbot, view)

    def near(lon: float, lat: float) -> list[bool]:
        at, shown = scene.pixel(lon, lat), picture(view)
        around = shown[at.y() - 3 : at.y() + 4, at.x() - 3 : at.x() + 4].reshape(-1, 3)
        return [np.abs(around - _bgr(getattr(theme, r))).max(axis=1).min() < 40 for r in OWN_COLOURS[:2]]

    assert [near(120.71, 29.712), near(120.716, 29.712)] == [[True, False], [False, True]]
    assert [near(120.715, 29.72), near(120.715, 29.723)] == [[True, False], [False, True]]
    fills = [picture(view)[p.y(), p.x()] for p in (scene.pixel(120.712, 29.712), scene.pixel(120.718, 29.712))]
    assert np.abs(fills[0] - fills[1]).max() > 30


@pytest.mark.qt_log_ignore("plugin does not support", extend=True)  # the offscreen platform has no windows to raise
def test_the_column_of_kinds_is_chosen_by_keys_from_the_list_and_keeps_them(qtbot: QtBot) -> None:
    scene = make_scene(qtbot)
    overlays = scene.view.overlays
    model = ImportedModel("x", "管井")
    at, rows = [shapely.to_wkb(shapely.Point(120.71, 29.715))] * 4, [("雨水",), ("污水",), ("雨水",), ("污水",)]
    model.put(read_imported(at, ("类别",), rows))
    item = scene.view.add_layer(model)
    card = overlays.layer_options
    card.open_for(item)
    pressed = card.findChild(Combo, "layer_style_kind")
    assert pressed is not None
    pressed.setFocus()
    pressed.showPopup()
    list_ = pressed.view()
    qtbot.keyClick(list_, Qt.Key.Key_Down)
    alive: list[bool] = []
    card.chosen.connect(lambda *_: alive.append(shiboken6.isValid(pressed)))  # after the card was built anew
    qtbot.keyClick(list_, Qt.Key.Key_Return)
    assert alive == [True], "the list that was pressed is in use until the press is over"
    boxes = [box.text() for box in card.findChildren(QCheckBox) if box.isVisible()]
    assert boxes == ["雨水", "污水"], "each kind can be left out at once"
    (new,) = [combo for combo in card.findChildren(Combo, "layer_style_kind") if combo.isVisible()]
    assert new.currentData() == "类别"
    assert card.window().focusWidget() is new, "the keys stay where they were"
    qtbot.waitUntil(lambda: not shiboken6.isValid(pressed))
    assert card.window().focusWidget() is new


def test_a_long_name_of_a_kind_does_not_push_the_options_out_of_their_card(qtbot: QtBot) -> None:
    scene = make_scene(qtbot)
    long = "城市生活垃圾分类收集与转运设施（含大件垃圾）"
    model = ImportedModel("x", "管井")
    at, rows = [shapely.to_wkb(shapely.Point(120.71, 29.715))] * 4, [("雨水",), (long,), ("雨水",), (long,)]
    model.put(read_imported(at, ("类别",), rows))
    item = scene.view.add_layer(model)
    scene.view.choose("file:x", LayerOptions().with_style("kind", "类别"))
    card = scene.view.overlays.layer_options
    scene.view.overlays.open_layer("file:x")
    assert card.item is item
    qtbot.wait(1)
    assert card._page.width() <= card._scroll.viewport().width()
    short, cut = (box for box in card.findChildren(ElidedCheckBox) if box.isVisible())
    assert (short.text(), short.fitted()) == ("雨水", "雨水")
    assert cut.fitted() != long
    assert cut.fitted().endswith("…")
    assert cut.toolTip() == cut.text() == long, "it is read whole on hover"
