"""The picture itself: tiles and direct drawing agree, layers, themes and choices are to be seen, live things move."""

import numpy as np
import pytest
from msgspec.structs import replace
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor
from pytestqt.qtbot import QtBot

from domain.clock import Lamp
from domain.ids import CaseNo, GridCode
from layers.cases.item import CasesItem
from layers.options import LayerOptions
from resources.theme import load_theme
from tests.helpers.map_scene import PLACES, Scene, case_mark, make_scene, picture, thing_mark, wait_settled
from widgets.map.above import KeptAbove


@pytest.fixture
def scene(qtbot: QtBot) -> Scene:
    return make_scene(qtbot)


def near(scene: Scene, shown: np.ndarray, place: tuple[float, float], around: int = 24) -> np.ndarray:
    at = scene.pixel(*place)
    return shown[at.y() - around : at.y() + around, at.x() - around : at.x() + around]


def count(shown: np.ndarray, colour: str, within: int = 10) -> int:
    wanted = QColor(colour)
    bgr = np.array([wanted.blue(), wanted.green(), wanted.red()])
    return int(np.count_nonzero(np.abs(shown - bgr).max(axis=-1) <= within))


@pytest.mark.parametrize("compiled", [False, True])
def test_tiles_and_direct_drawing_make_the_same_picture(qtbot: QtBot, scene: Scene, compiled: bool) -> None:
    view = scene.view
    if compiled:
        view._rasters.compile()
    view.pan(37, -21)
    wait_settled(qtbot, view)
    tiled = picture(view)
    view.draw_now()
    view._at_once = True  # the grab below paints once more
    direct = picture(view)
    assert np.abs(tiled - direct).max() <= 3


def test_kernels_take_over_without_changing_the_picture_much(qtbot: QtBot, scene: Scene) -> None:
    before = picture(scene.view)
    scene.view.warm_up()
    qtbot.waitUntil(lambda: scene.view._rasters.compiled, timeout=60_000)
    wait_settled(qtbot, scene.view)
    after = picture(scene.view)
    differs = np.abs(before - after).max(axis=-1)
    assert np.count_nonzero(differs) > 0
    assert np.count_nonzero(differs > 60) < 0.01 * differs.size


def test_each_lamp_has_its_colour_where_the_case_is(scene: Scene) -> None:
    theme = load_theme("dark")
    shown = picture(scene.view)
    assert count(near(scene, shown, PLACES["near"]), theme.overdue) > 100
    assert count(near(scene, shown, PLACES["west"]), theme.near) > 100  # the cluster shows its worst
    assert count(near(scene, shown, PLACES["west"]), theme.within) == 0
    scene.cases.update([case_mark("near", Lamp.WITHIN)])
    shown = picture(scene.view)
    assert count(near(scene, shown, PLACES["near"]), theme.overdue) == 0
    assert count(near(scene, shown, PLACES["near"]), theme.within) > 100


@pytest.mark.parametrize("place", ["near", "west"])
def test_people_who_stand_at_a_case_hide_neither_its_lamp_nor_its_count(scene: Scene, place: str) -> None:
    scene.positions.replace([])
    alone = near(scene, picture(scene.view), PLACES[place], 8)
    scene.positions.update([thing_mark(f"p{i}", *PLACES[place], heading=None) for i in range(3)])
    assert np.array_equal(near(scene, picture(scene.view), PLACES[place], 8), alone)
    assert count(near(scene, picture(scene.view), PLACES["east"]), load_theme("dark").staff) == 0


def test_a_chosen_case_wears_a_ring(scene: Scene) -> None:
    theme = load_theme("dark")
    assert count(near(scene, picture(scene.view), PLACES["near"]), theme.text, 40) < 20
    scene.view.select_case("near")
    assert count(near(scene, picture(scene.view), PLACES["near"]), theme.text, 40) > 60
    scene.view.select_case(None)
    assert count(near(scene, picture(scene.view), PLACES["near"]), theme.text, 40) < 20


def test_a_hidden_layer_is_gone_from_the_picture(qtbot: QtBot, scene: Scene) -> None:
    theme = load_theme("dark")
    lines = count(picture(scene.view), theme.map_grid_line, 4)
    scene.view.set_layer_visible("grids", False)
    wait_settled(qtbot, scene.view)
    assert count(picture(scene.view), theme.map_grid_line, 4) < lines * 2 / 3
    scene.view.set_layer_visible("cases", False)
    assert count(near(scene, picture(scene.view), PLACES["near"]), theme.overdue) == 0


def test_another_theme_changes_the_ground(qtbot: QtBot, scene: Scene) -> None:
    light = load_theme("light")
    assert count(picture(scene.view), light.map_ground, 1) == 0
    scene.view.set_theme(light)
    wait_settled(qtbot, scene.view)
    assert count(picture(scene.view), light.map_ground, 1) > 200_000


def test_moving_people_draws_no_tile_anew(qtbot: QtBot, scene: Scene) -> None:
    theme = load_theme("dark")
    generation = scene.view._tiles.generation
    assert count(near(scene, picture(scene.view), PLACES["east"]), theme.staff) > 20
    scene.positions.update([thing_mark("张三", 120.7265, 29.7265)])
    shown = picture(scene.view)
    assert count(near(scene, shown, PLACES["east"]), theme.staff) == 0
    assert count(near(scene, shown, (120.7265, 29.7265)), theme.staff) > 20
    assert scene.view._tiles.generation == generation


def test_people_who_move_under_the_cases_leave_the_picture_that_drawing_in_order_makes(
    qtbot: QtBot, scene: Scene
) -> None:
    view = scene.view
    view._rasters.compile()
    rng = np.random.default_rng(2)
    lons, lats = rng.uniform(120.70, 120.74, 600), rng.uniform(29.70, 29.73, 600)
    marks = [
        replace(case_mark("near", lamp), case_no=CaseNo(f"c{i}"), lon=float(lons[i]), lat=float(lats[i]))
        for i, lamp in enumerate([Lamp.WITHIN, Lamp.NEAR, Lamp.OVERDUE, Lamp.NONE] * 100)
    ]
    scene.cases.replace(marks)
    item = view.item("cases")
    assert isinstance(item, CasesItem)
    for clustered, thing in ((False, None), (True, None), (True, "p3")):
        item.clustered = clustered
        view.select_thing(thing)
        view.select_case("c7" if clustered else None)
        wait_settled(qtbot, view)
        seen = []
        for step in range(4):
            scene.positions.replace(
                [
                    thing_mark(f"p{i}", lon + step * 0.0003, lat, age_s=600 * (i % 2))
                    for i, (lon, lat) in enumerate(zip(lons[300:], lats[300:], strict=True))
                ]
            )
            seen.append(picture(view))
            kept, view._frame._above = view._frame._above, KeptAbove()  # a new one draws all in order the first time
            assert np.array_equal(seen[-1], picture(view))
            view._frame._above = kept
        assert np.count_nonzero(seen[0] != seen[-1]) > 1000
        assert view._frame._above.kept


@pytest.mark.parametrize("compiled", [False, True])
def test_people_who_move_over_everything_leave_nothing_behind(
    qtbot: QtBot, scene: Scene, monkeypatch: pytest.MonkeyPatch, compiled: bool
) -> None:
    view = scene.view
    if compiled:
        view._rasters.compile()
    view.set_layers([scene.grids, scene.cases, scene.positions], as_given=True)
    rng = np.random.default_rng(3)
    lons, lats = rng.uniform(120.69, 120.75, 300), rng.uniform(29.69, 29.74, 300)  # some beyond the edges
    lons[3], lats[3] = 120.72, 29.71
    wait_settled(qtbot, view)
    seen, shown, show_moving = [], [], view._frame._show_moving
    monkeypatch.setattr(view._frame, "_show_moving", lambda *given: shown.append(show_moving(*given)) or shown[-1])
    for step, there in enumerate((300, 300, 300, 250, 300)):
        if step == 2:
            view.select_thing("p3")  # named over it all
        scene.positions.replace(
            [thing_mark(f"p{i}", lons[i] + step * 0.0004, lats[i], age_s=600 * (i % 2)) for i in range(there)]
        )
        seen.append(picture(view))
        assert not len(view._frame._names.starts)
        assert shown.pop() is compiled, "put together from what is kept, or drawn in order"
        with monkeypatch.context() as patch:
            patch.setattr(view._frame, "_show_moving", lambda *_: False)  # all drawn in order
            assert np.array_equal(seen[-1], picture(view))
    assert np.count_nonzero(seen[0] != seen[1]) > 1000


def test_a_stale_person_is_hollow_and_grey(scene: Scene) -> None:
    theme = load_theme("dark")
    scene.positions.replace([thing_mark("张三", *PLACES["east"], age_s=600)])
    shown = near(scene, picture(scene.view), PLACES["east"])
    assert count(shown, theme.staff) == 0
    assert count(shown, theme.paused, 40) > 10


def test_ended_cases_show_when_there_is_no_open_one_or_when_asked(qtbot: QtBot, scene: Scene) -> None:
    theme = load_theme("dark")
    ended = replace(case_mark("east"), ended=True, lamp=Lamp.NONE, lon=120.7265, lat=29.7265)
    spot = (ended.lon, ended.lat)
    scene.cases.update([ended])
    wait_settled(qtbot, scene.view)
    assert count(near(scene, picture(scene.view), spot, 6), theme.paused) == 0
    scene.view.choose("cases", LayerOptions().with_style("ended", "shown"))
    wait_settled(qtbot, scene.view)
    assert count(near(scene, picture(scene.view), spot, 6), theme.paused) > 5
    scene.view.choose("cases", LayerOptions())
    scene.cases.replace([ended])
    wait_settled(qtbot, scene.view)
    assert count(near(scene, picture(scene.view), spot, 6), theme.paused) > 5


def test_class_fills_colour_their_grid_only(qtbot: QtBot, scene: Scene) -> None:
    before = picture(scene.view)
    scene.grids.set_classes({GridCode("g22"): 4})
    wait_settled(qtbot, scene.view)
    after = picture(scene.view)
    filled, other = (120.7265, 29.7235), (120.7165, 29.7235)
    assert np.abs(near(scene, after, filled, 4) - near(scene, before, filled, 4)).min() > 10
    assert np.abs(near(scene, after, other, 4) - near(scene, before, other, 4)).max() == 0


def test_old_tiles_stretch_until_new_ones_are_in(qtbot: QtBot, scene: Scene) -> None:
    theme = load_theme("dark")
    scene.view.zoom(8)
    shown = picture(scene.view)  # grabbed at once: no thread can have drawn a tile yet
    wait_settled(qtbot, scene.view)
    assert count(shown, theme.map_grid_line, 12) > 100
    settled = picture(scene.view)
    assert np.count_nonzero(np.abs(settled - shown).max(axis=-1) > 30) > 0


def test_after_stop_the_map_still_paints_what_it_has(qtbot: QtBot, scene: Scene) -> None:
    scene.view.stop()
    assert picture(scene.view).shape == (600, 800, 3)


def test_esc_on_the_map_drops_who_was_picked_and_not_the_chosen_case(qtbot: QtBot, scene: Scene) -> None:
    view = scene.view
    view.setFocus()
    view.select_case("near")
    view.select_thing("张三")
    view.select_grid("g11")
    view.overlays.show_picked("张三", [])
    qtbot.keyClick(view, Qt.Key.Key_Escape)
    assert view.chosen.thing == "张三", "first its card"
    qtbot.keyClick(view, Qt.Key.Key_Escape)
    assert (view.chosen.thing, view.chosen.grid, view.chosen.case_no) == (None, None, "near")
