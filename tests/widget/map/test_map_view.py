"""The map through a person's hands: clicks, wheel, drag, keys, and what it tells others."""

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from layers.contract import PickedKind
from layers.mercator import to_plane
from tests.helpers.map_scene import PLACES, Scene, case_mark, make_scene, thing_mark
from widgets.map.events import CasePicked, GridPicked, PlacePicked, ThingPicked
from widgets.map.sketch import Sketch, SketchKind


@pytest.fixture
def scene(qtbot: QtBot) -> Scene:
    return make_scene(qtbot)


def click(qtbot: QtBot, scene: Scene, at: QPoint) -> None:
    qtbot.mouseClick(scene.view, Qt.MouseButton.LeftButton, pos=at)


def wheel(scene: Scene, at: QPoint, angle: int) -> None:
    spot = QPointF(at)
    event = QWheelEvent(
        spot,
        scene.view.mapToGlobal(spot),
        QPoint(),
        QPoint(0, angle),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(scene.view, event)


def test_a_click_on_a_case_picks_it(qtbot: QtBot, scene: Scene) -> None:
    with qtbot.waitSignal(scene.view.case_picked, timeout=1000) as caught:
        click(qtbot, scene, scene.pixel(*PLACES["near"]))
    assert caught.args == [CasePicked("near")]


def test_a_click_on_a_person_picks_that_person(qtbot: QtBot, scene: Scene) -> None:
    with qtbot.waitSignal(scene.view.thing_picked, timeout=1000) as caught:
        click(qtbot, scene, scene.pixel(*PLACES["east"]))
    assert caught.args == [ThingPicked("张三")]


def test_a_click_on_bare_ground_picks_the_grid_and_outside_nothing(qtbot: QtBot, scene: Scene) -> None:
    with qtbot.waitSignal(scene.view.grid_picked, timeout=1000) as caught:
        click(qtbot, scene, scene.pixel(120.7265, 29.7265))
    assert caught.args == [GridPicked("g22")]
    with qtbot.assertNotEmitted(scene.view.grid_picked, wait=50):
        click(qtbot, scene, scene.pixel(120.699, 29.715))


def test_cases_too_close_to_tell_apart_are_one_cluster_that_a_click_opens(qtbot: QtBot, scene: Scene) -> None:
    at = scene.pixel(*PLACES["west"])
    found = scene.view.pick_at(at.x(), at.y())
    assert found is not None
    assert (found.kind, set(found.members)) == (PickedKind.CLUSTER, {"west", "twin"})
    assert found.ident == "twin"  # the worst lamp first
    for _ in range(8):
        before = scene.view.camera.scale
        at = scene.pixel(*PLACES["west"])
        found = scene.view.pick_at(at.x(), at.y())
        if found is None or found.kind is not PickedKind.CLUSTER:
            break
        click(qtbot, scene, at)
        assert scene.view.camera.scale < before
    with qtbot.waitSignal(scene.view.case_picked, timeout=1000) as caught:
        click(qtbot, scene, scene.pixel(*PLACES["west"]))
    assert caught.args == [CasePicked("west")]


def test_cases_in_the_very_same_place_are_picked_one_after_the_other(qtbot: QtBot, scene: Scene) -> None:
    from msgspec.structs import replace

    scene.cases.replace([case_mark("near"), replace(case_mark("near"), case_no="again")])
    at = scene.pixel(*PLACES["near"])
    picked = []
    for _ in range(3):
        with qtbot.waitSignal(scene.view.case_picked, timeout=1000) as caught:
            click(qtbot, scene, at)
        picked.append(caught.args[0].case_no)
        scene.view.select_case(picked[-1])
    assert picked == ["near", "again", "near"]


@pytest.mark.parametrize("angle", [120, -120, 240])
def test_the_wheel_zooms_at_the_pointer(scene: Scene, angle: int) -> None:
    at = QPoint(200, 150)
    before, point = scene.view.camera.scale, scene.view.camera.to_plane(200, 150)
    wheel(scene, at, angle)
    assert (scene.view.camera.scale < before) == (angle > 0)
    assert scene.view.camera.scale == pytest.approx(before * 2 ** (-angle / 240))
    assert scene.view.camera.to_plane(200, 150) == pytest.approx(point, abs=0.01)


def test_small_turns_of_a_touchpad_add_up(scene: Scene) -> None:
    before = scene.view.camera.scale
    for _ in range(12):
        wheel(scene, QPoint(400, 300), 10)
    assert scene.view.camera.scale == pytest.approx(before / 2**0.5)


def test_dragging_moves_the_map_with_the_pointer_and_picks_nothing(qtbot: QtBot, scene: Scene) -> None:
    view, start = scene.view, scene.pixel(*PLACES["near"])
    point = view.camera.to_plane(start.x(), start.y())
    with qtbot.assertNotEmitted(view.case_picked, wait=20):
        qtbot.mousePress(view, Qt.MouseButton.LeftButton, pos=start)
        for step in (10, 40, 90):
            qtbot.mouseMove(view, start + QPoint(step, -step // 2))
        qtbot.mouseRelease(view, Qt.MouseButton.LeftButton, pos=start + QPoint(90, -45))
    assert view.camera.to_plane(start.x() + 90, start.y() - 45) == pytest.approx(point, abs=0.01)


def test_keys_pan_zoom_fit_and_go_back(qtbot: QtBot, scene: Scene) -> None:
    view = scene.view
    view.fit()  # what lies over the map has grown since it was first fitted
    qtbot.waitUntil(lambda: not view.moving)
    fitted = view.camera
    qtbot.keyClick(view, Qt.Key.Key_Right)
    assert view.camera.x > fitted.x
    qtbot.waitUntil(lambda: not view.moving)  # the next key is a gesture of its own
    panned = view.camera
    qtbot.keyClick(view, Qt.Key.Key_Plus)
    assert view.camera.scale < panned.scale
    qtbot.keyClick(view, Qt.Key.Key_Backspace)
    assert view.camera == panned
    qtbot.keyClick(view, Qt.Key.Key_Backspace)
    assert view.camera == fitted
    qtbot.keyClick(view, Qt.Key.Key_Up)
    qtbot.keyClick(view, Qt.Key.Key_Minus)
    qtbot.keyClick(view, Qt.Key.Key_Home)
    assert (view.camera.x, view.camera.scale) == (fitted.x, fitted.scale)


def test_enter_picks_what_is_nearest_to_the_middle(qtbot: QtBot, scene: Scene) -> None:
    view = scene.view
    view.show_case(*PLACES["near"])
    middle = scene.pixel(*PLACES["near"]) - QPoint(400, 300)
    view.pan(-middle.x() - 30, -middle.y())
    with qtbot.waitSignal(view.case_picked, timeout=1000) as caught:
        qtbot.keyClick(view, Qt.Key.Key_Return)
    assert caught.args == [CasePicked("near")]


def test_a_place_is_chosen_by_click_once_and_escape_ends_it(qtbot: QtBot, scene: Scene) -> None:
    view = scene.view
    view.begin_place_pick()
    with qtbot.waitSignal(view.place_picked, timeout=1000) as caught, qtbot.assertNotEmitted(view.case_picked):
        click(qtbot, scene, scene.pixel(*PLACES["near"]))
    chosen = caught.args[0]
    assert isinstance(chosen, PlacePicked)
    assert (chosen.lon, chosen.lat) == pytest.approx(PLACES["near"], abs=1e-4)
    assert chosen.grid == "g10"
    with qtbot.assertNotEmitted(view.place_picked, wait=20):
        click(qtbot, scene, scene.pixel(*PLACES["near"]))
    view.begin_place_pick()
    qtbot.keyClick(view, Qt.Key.Key_Escape)
    with qtbot.assertNotEmitted(view.place_picked, wait=20):
        click(qtbot, scene, scene.pixel(*PLACES["near"]))


def test_the_right_button_asks_for_the_menu_of_the_place_and_neither_picks_nor_draws(
    qtbot: QtBot, scene: Scene
) -> None:
    view, wanted, picked = scene.view, [], []
    view.menu_wanted.connect(wanted.append)
    view.case_picked.connect(picked.append)
    at = scene.pixel(*PLACES["near"])
    window = view.windowHandle()
    QTest.mouseClick(window, Qt.MouseButton.RightButton, Qt.KeyboardModifier.NoModifier, at)
    assert len(wanted) == 1
    place = wanted[0].place
    assert (place.lon, place.lat) == pytest.approx(PLACES["near"], abs=1e-4)
    assert place.grid is not None
    assert not wanted[0].by_key
    assert not picked
    sketch = Sketch(SketchKind.LINE, view)
    view.begin_sketch(sketch, hint="")
    click(qtbot, scene, at)
    QTest.mouseClick(window, Qt.MouseButton.RightButton, Qt.KeyboardModifier.NoModifier, at + QPoint(40, 40))
    assert len(wanted) == 2
    assert view.sketch is sketch
    assert len(sketch.points) == 1
    assert not sketch.done


def test_while_the_map_is_dragged_no_menu_is_asked_for(qtbot: QtBot, scene: Scene) -> None:
    view, wanted = scene.view, []
    view.menu_wanted.connect(wanted.append)
    window, held = view.windowHandle(), Qt.KeyboardModifier.NoModifier
    qtbot.mousePress(view, Qt.MouseButton.LeftButton, pos=QPoint(300, 300))
    QTest.mouseClick(window, Qt.MouseButton.RightButton, held, QPoint(300, 300))
    assert not wanted
    qtbot.mouseRelease(view, Qt.MouseButton.LeftButton, pos=QPoint(300, 300))


def test_pointing_at_a_case_shows_its_card_and_leaving_hides_it(qtbot: QtBot, scene: Scene) -> None:
    view = scene.view
    with qtbot.waitSignal(view.hovered, timeout=1000) as caught:
        qtbot.mouseMove(view, scene.pixel(*PLACES["near"]))
    assert caught.args[0].title == "案件 near"
    assert view.overlays.hover_card.isVisible()
    assert "清溪-10" in view.overlays.coordinates.text()
    qtbot.mouseMove(view, scene.pixel(120.7265, 29.7265))
    assert not view.overlays.hover_card.isVisible()


def test_nothing_is_told_of_what_the_pointer_left_for_a_card(qtbot: QtBot, scene: Scene) -> None:
    view, over = scene.view, scene.view.overlays
    over.feed()
    qtbot.mouseMove(view, scene.pixel(*PLACES["near"]))
    assert over.hover_card.isVisible()
    qtbot.mouseMove(over.layer_tree, over.layer_tree.rect().center())
    qtbot.waitUntil(lambda: not over.hover_card.isVisible(), timeout=1000)
    assert over.coordinates.text() == "", "the pointer is at no place"


def test_showing_a_case_brings_it_into_view_near_enough_and_leaves_a_good_view_alone(scene: Scene) -> None:
    view = scene.view
    view.pan(3000, 0)
    view.show_case(*PLACES["near"])
    at = scene.pixel(*PLACES["near"])
    assert (at.x(), at.y()) == pytest.approx((400, 300), abs=2)
    assert view.camera.scale <= 2.5
    view.pan(50, 20)
    before = view.camera
    view.show_case(*PLACES["near"])
    assert view.camera == before


def test_the_map_refuses_the_input_method(scene: Scene) -> None:
    assert not scene.view.testAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled)


def test_until_somebody_moves_it_the_map_stays_fitted(qtbot: QtBot, scene: Scene) -> None:
    view = scene.view
    view.resize(500, 600)
    x0, y0, x1, y1 = view.camera.bounds()
    west, south = to_plane(120.70, 29.70)
    east, north = to_plane(120.74, 29.73)
    assert x0 < west < east < x1
    assert y0 < south < north < y1
    scale = view.camera.scale
    view.zoom(4)
    view.resize(900, 700)
    assert view.camera.scale == pytest.approx(scale / 2**0.5)


def test_a_chosen_person_is_found_after_moving(qtbot: QtBot, scene: Scene) -> None:
    scene.positions.update([thing_mark("张三", 120.7265, 29.7265)])
    at = scene.pixel(120.7265, 29.7265)
    found = scene.view.pick_at(at.x(), at.y())
    assert found is not None
    assert (found.kind, found.ident) == (PickedKind.THING, "张三")
