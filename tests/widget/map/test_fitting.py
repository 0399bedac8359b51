"""Fitting: what is shown whole lies beside the cards over the map, and a single place is seen with its street."""

from collections.abc import Callable

import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QRect, QRectF, QSize
from pytestqt.qtbot import QtBot

from layers.contract import LegendRow
from layers.imported.model import ImportedModel, read_imported
from layers.mercator import to_plane
from tests.helpers.map_scene import PLACES, Scene, case_mark, make_scene
from widgets.map.clearance import LEAST_FREE_PX, ways_clear, widest_gap
from widgets.map.draw_card import DrawCard
from widgets.map.looking import MARK_ROOM_PX
from widgets.map.overlay import Card
from widgets.map.pick_card import PickedRow


@pytest.fixture
def scene(qtbot: QtBot) -> Scene:
    made = make_scene(qtbot)
    made.view.resize(1100, 760)
    made.view.overlays.feed()
    return made


def _pick(scene: Scene) -> Card:
    scene.view.overlays.show_picked("某网格", [PickedRow("责任人", "李某")] * 8)
    return scene.view.overlays.pick_card


def _tool(scene: Scene) -> Card:
    card = DrawCard(scene.view._look.words, scene.view._look.theme, scene.view)
    card.open_card()
    scene.view.overlays.place()
    return card


def _options(scene: Scene) -> Card:
    scene.view.overlays.open_layer("cases")
    return scene.view.overlays.layer_options


@pytest.mark.parametrize("way", ["home", "layer"])
@pytest.mark.parametrize("opened", [_pick, _tool, _options])
def test_what_is_fitted_lies_beside_the_cards(scene: Scene, opened: Callable[[Scene], Card], way: str) -> None:
    view, card = scene.view, opened(scene)
    assert card.isVisible()
    (view.fit if way == "home" else lambda: view.fit_layer("cases"))()
    bounds = view.all_bounds() if way == "home" else view.item("cases").bounds()  # type: ignore[union-attr]
    assert bounds is not None
    left, top = view.camera.to_screen(bounds[0], bounds[3])
    right, bottom = view.camera.to_screen(bounds[2], bounds[1])
    seen = QRectF(left, top, right - left, bottom - top)
    assert QRectF(view.rect()).contains(seen)
    for part in (card, view.overlays.legend, view.overlays.layer_tree):
        assert not part.isVisible() or not seen.intersects(QRectF(part.geometry())), part.objectName()


@pytest.mark.parametrize("opened", [_pick, _tool, _options])
def test_a_card_that_is_open_while_the_window_alters_makes_the_town_no_smaller(
    scene: Scene, opened: Callable[[Scene], Card]
) -> None:
    view = scene.view
    view.resize(1040, 700)
    alone = view.camera.scale
    view.resize(1100, 760)
    assert opened(scene).isVisible()
    before = view.camera.scale
    view.resize(1040, 700)
    assert view.camera.scale != before, "nobody has chosen a view: it follows the window"
    assert view.camera.scale <= alone


def test_a_legend_that_was_unfolded_to_be_read_makes_the_town_no_smaller(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    view, legend = scene.view, scene.view.overlays.legend
    rows = [LegendRow("", f"第 {n} 行", n) for n in range(30)]
    monkeypatch.setattr(scene.view.items[-1], "legend", lambda: rows)
    view.fit()
    folded = view.camera.scale
    legend.toggle()
    view.overlays.place()
    assert legend.unfolded
    view.fit()
    assert view.camera.scale <= folded


def test_a_single_place_is_shown_with_the_street_round_it(scene: Scene) -> None:
    scene.cases.replace([case_mark("near")])
    scene.view.fit_layer("cases")
    assert 100 < scene.view.camera.scale * scene.view.width() < 2000, "metres across the map"
    at = scene.view.camera.to_screen(*to_plane(*PLACES["near"]))
    assert scene.view.rect().adjusted(50, 50, -50, -50).contains(round(at[0]), round(at[1]))


def test_where_cards_leave_no_room_they_lie_over_what_is_shown(scene: Scene) -> None:
    whole = scene.view.rect()
    assert ways_clear(whole.size(), [whole], [whole], [], []) == [(0, 0, 0, 0)]
    for way in ways_clear(QSize(700, 500), [whole.adjusted(0, 0, -800, -300)], [], [], []):
        assert 700 - way[0] - way[2] >= LEAST_FREE_PX
        assert 500 - way[1] - way[3] >= LEAST_FREE_PX


@pytest.mark.parametrize("size", [QSize(1100, 760), QSize(720, 460), QSize(820, 480)])
def test_marks_at_the_edge_of_a_fitted_layer_are_whole(scene: Scene, size: QSize) -> None:
    view = scene.view
    view.resize(size)
    _pick(scene)
    west, south = PLACES["near"]
    own = ImportedModel("a.csv", "a")
    corners = [(west + dx, south + dy) for dx in (0.0, 0.004) for dy in (0.0, 0.002)]
    own.put(read_imported([shapely.to_wkb(shapely.Point(at)) for at in corners], ("n",), [("a",)] * 4), "")
    item = view.add_layer(own)
    view.fit_layer(item.key)
    parts = (view.overlays.legend, view.overlays.layer_tree, view.overlays.pick_card)
    over = [part.geometry() for part in parts if part.isVisible()]
    for at in corners:
        mark = QRect(0, 0, 2 * MARK_ROOM_PX - 4, 2 * MARK_ROOM_PX - 4)
        mark.moveCenter(scene.pixel(*at))
        assert view.rect().contains(mark)
        assert not any(mark.intersects(rect) for rect in over)


def test_what_the_desk_lays_over_the_foot_lies_beside_the_cards_and_over_the_folded_legend_only(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    view, over = scene.view, scene.view.overlays
    rows = [LegendRow("", f"第 {n} 行", n) for n in range(30)]
    monkeypatch.setattr(view.items[-1], "legend", lambda: rows)
    over.feed()
    beside = view.foot_room(46, 300, ())
    assert beside is not None
    assert beside.left() > over.legend.geometry().right()
    for part in (over.layer_tree, over.scale_bar, over.attribution):
        assert not beside.intersects(part.geometry())
    left_free = QRect(0, 0, over.legend.geometry().right(), view.height())
    right = QRect(left_free.right() + 1, 0, view.width(), view.height())
    on_legend = view.foot_room(46, 200, (right,))
    assert on_legend is not None
    assert on_legend.intersects(over.legend.geometry())
    assert left_free.contains(on_legend)
    over.coordinates.set_hint("点选位置")
    over.place()
    beside = view.foot_room(46, 300, ())
    assert beside is not None
    assert not beside.intersects(over.coordinates.geometry())
    over.legend.toggle()
    over.place()
    assert over.legend.unfolded
    read = view.foot_room(46, 200, (right,))
    assert read is None or not read.intersects(over.legend.geometry()), "somebody reads it"
    assert view.foot_room(46, 300, (view.rect(),)) is None


RECTS = st.lists(st.builds(QRect, *(st.integers(-20, 120),) * 2, *(st.integers(0, 60),) * 2), max_size=6)


@given(RECTS, st.integers(0, 90), st.integers(1, 40))
def test_the_widest_gap_of_a_band_is_free_and_no_other_is_wider(taken: list[QRect], top: int, high: int) -> None:
    left, right = widest_gap(0, 99, range(top, top + high), taken)
    free = [not any(rect.intersects(QRect(x, top, 1, high)) for rect in taken) for x in range(100)]
    runs = "".join("1" if is_free else "0" for is_free in free).split("0")
    assert all(free[left : right + 1])
    assert right - left + 1 == max(map(len, runs))
