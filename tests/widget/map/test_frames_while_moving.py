"""While the map is moved, what alters is painted with the next frame; where none follows, all the same."""

import os
import sys
import threading

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from map_scene import Scene, case_mark, make_scene, picture, pixels, thing_mark, wait_settled
from PySide6.QtCore import QEvent, QObject
from PySide6.QtGui import QColor, QPaintEvent, QRegion
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from layers.background import NICE, give_way
from layers.options import LayerOptions
from layers.positions import crowds
from widgets.map import canvas, ground, looking
from widgets.map.canvas import ARRIVALS_MS


class Paints(QObject):
    """Counts the frames a map paints."""

    def __init__(self, scene: Scene) -> None:
        super().__init__(scene.view)
        self.count, self._view = 0, scene.view
        scene.view.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QPaintEvent):  # not what only overlays ask for
            self.count += (QRegion(self._view.rect()) - self._view.covered() - event.region()).isEmpty()
        return False


def move(scene: Scene) -> None:
    scene.view.pan(3, 0)
    scene.view.repaint()


def owed(scene: Scene) -> bool:
    """Whether a frame left something to the next."""
    return any(item.owing for item in scene.view.items)


def test_what_alters_while_the_map_moves_waits_for_the_next_frame(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(looking, "MOVING_S", 5.0)
    monkeypatch.setattr(canvas, "ARRIVALS_MS", 60_000)
    scene = make_scene(qtbot)
    paints = Paints(scene)
    move(scene)
    begun = paints.count
    scene.cases.update([case_mark("east")])
    scene.positions.update([thing_mark("李四", 120.715, 29.705)])
    qtbot.wait(50)
    assert paints.count == begun, "a frame of its own would be late for the next"
    move(scene)
    assert paints.count == begun + 1
    assert not scene.view._arrivals.isActive()


def test_after_a_turn_of_the_wheel_crowds_are_counted_at_their_scale_without_another_move(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(crowds, "LEAST", 10)
    monkeypatch.setattr(looking, "MOVING_S", 1.0)
    scene = make_scene(qtbot)
    scene.view.set_overlays(False)  # one that is moved would have the map painted once more
    scene.positions.replace([thing_mark(f"p{i}", 120.7 + i * 1e-5, 29.7) for i in range(200)])
    wait_settled(qtbot, scene.view)
    scene.view.zoom(2)
    scene.view.repaint()
    assert owed(scene), "the last cells serve for a frame"
    assert not scene.view.settled
    wait_settled(qtbot, scene.view)
    turned = picture(scene.view)
    scene.view.draw_now()
    np.testing.assert_array_equal(turned, picture(scene.view))
    scene.view.zoom(2)
    scene.view.draw_now()
    assert scene.view.settled, "a picture drawn at once puts nothing off"
    scene.view.zoom(2)
    scene.view.repaint()
    scene.view.choose("positions", LayerOptions().with_style("crowds", "single"))
    scene.view.draw_now()
    assert scene.view.settled, "nor is anything owed of what is no longer counted"


def test_nothing_is_owed_of_people_who_are_all_gone(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(crowds, "LEAST", 10)
    monkeypatch.setattr(looking, "MOVING_S", 1.0)
    scene = make_scene(qtbot)
    scene.view.set_overlays(False)  # one that is moved would have the map painted once more
    scene.view.set_layers([scene.positions])
    scene.positions.replace([thing_mark(f"p{i}", 120.7 + i * 1e-5, 29.7) for i in range(200)])
    wait_settled(qtbot, scene.view)
    scene.view.zoom(2)
    scene.view.repaint()
    assert owed(scene)
    scene.positions.replace([])
    wait_settled(qtbot, scene.view)
    qtbot.wait(2 * ARRIVALS_MS)
    paints = Paints(scene)
    qtbot.wait(4 * ARRIVALS_MS)
    assert paints.count == 0, "an empty map is not painted again and again"


def test_where_the_map_is_moved_no_further_it_is_painted_soon(qtbot: QtBot) -> None:
    scene = make_scene(qtbot)
    paints = Paints(scene)
    move(scene)
    scene.cases.update([case_mark("east")])
    begun = paints.count
    qtbot.waitUntil(lambda: paints.count > begun, timeout=5_000)
    wait_settled(qtbot, scene.view)
    qtbot.wait(2 * ARRIVALS_MS)
    begun = paints.count
    qtbot.wait(4 * ARRIVALS_MS)
    assert paints.count == begun, "once it is whole nothing more is painted"


@pytest.mark.parametrize("compiled", [False, True])
@pytest.mark.parametrize("beside_others", [False, True])
def test_the_picture_while_the_map_moves_is_the_one_once_it_rests(
    qtbot: QtBot, compiled: bool, beside_others: bool
) -> None:
    scene, window = make_scene(qtbot), QWidget()
    if compiled:
        scene.view._rasters.compile()
    scene.view.set_overlays(False)
    shown: QWidget = scene.view
    if beside_others:  # then its pixels are a part of the window's
        shown = window
        scene.view.setParent(window)
        scene.view.setGeometry(31, 47, 800, 600)
        window.resize(900, 700)
        qtbot.addWidget(window)
        window.show()
    wait_settled(qtbot, scene.view)
    scene.view.select_case("west")
    for dx, dy, steps in ((7, 3, 0), (-21, 5, 0), (4, 4, 5), (60, -40, 0), (0, 0, -9)):
        scene.view.pan(dx, dy)
        scene.view.zoom(steps)
        wait_settled(qtbot, scene.view)
        scene.view.pan(1, 0)  # all tiles are there: this is drawn in one go
        moved = pixels(shown.grab().toImage())
        assert scene.view._frame._base_key is None, "nothing of it was kept"
        rested = pixels(shown.grab().toImage())
        assert scene.view._frame._base_key is not None
        np.testing.assert_array_equal(moved, rested)
    scene.view.setParent(None)


def test_until_its_tiles_are_there_another_scale_shows_the_last_picture_stretched(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    scene = make_scene(qtbot)
    wait_settled(qtbot, scene.view)
    monkeypatch.setattr(scene.view._tiles, "want", lambda *_: None)
    before = picture(scene.view)
    scene.view.zoom(8)
    stretched = picture(scene.view)
    assert not scene.view.settled
    ground = np.count_nonzero(before == before[2, 2]) / before.size
    assert np.count_nonzero(stretched == before[2, 2]) / stretched.size <= ground + 0.05, "nothing is left bare"
    scene.view.pan(5, 0)
    shifted = picture(scene.view)
    same = np.count_nonzero(shifted[50:-50, 55:-50] == stretched[50:-50, 50:-55]) / shifted[50:-50, 55:-50].size
    assert same > 0.9, "it moves along"


@pytest.mark.parametrize("steps", [-3, -8, -16])
def test_round_the_last_picture_of_a_closer_scale_the_ground_is_bare(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, steps: int
) -> None:
    scene = make_scene(qtbot)
    wait_settled(qtbot, scene.view)
    scene.view.zoom(12)  # the town fills the window
    wait_settled(qtbot, scene.view)
    filled = picture(scene.view)
    monkeypatch.setattr(scene.view._tiles, "find", lambda _key: (None, False))
    monkeypatch.setattr(scene.view._tiles, "want", lambda *_: None)
    scene.view._frame._frame[...] = 0xFFFF00FF  # whatever was there before
    scene.view.zoom(steps)
    shown = picture(scene.view)
    assert not (shown == (255, 0, 255)).all(axis=-1).any()
    ground = QColor(scene.view._look.theme.map_ground)
    bare = (shown == (ground.blue(), ground.green(), ground.red())).all(axis=-1)
    bare = bare[3:-3, 3:-3]  # without the frame that shows where the keys go
    edges = np.concatenate([bare[0], bare[-1], bare[:, 0], bare[:, -1]])
    assert edges.all() or steps > -16, "so far out no tile of the closer scale reaches"
    assert not bare[250:350, 350:450].all()
    assert (filled != shown).any()


@given(st.data())
def test_what_lies_outside_another_box_and_that_box_are_all_of_a_box_once(data: st.DataObject) -> None:
    side = st.integers(-3, 12)
    left, top = data.draw(st.integers(0, 5)), data.draw(st.integers(0, 5))
    box = left, top, left + data.draw(st.integers(1, 5)), top + data.draw(st.integers(1, 5))
    inner = tuple(data.draw(side) for _ in range(4))
    times = np.zeros((12, 12), int)
    for x0, y0, x1, y1 in ground._outside(box, inner):
        times[y0:y1, x0:x1] += 1
    expected = np.zeros((12, 12), int)
    expected[box[1] : box[3], box[0] : box[2]] = 1
    if inner[0] < inner[2] and inner[1] < inner[3]:
        expected[max(0, inner[1]) : max(0, inner[3]), max(0, inner[0]) : max(0, inner[2])] = 0
    np.testing.assert_array_equal(times, expected)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells threads apart in this")
def test_a_thread_gives_way_alone() -> None:
    found: list[tuple[int, int]] = []

    def run() -> None:
        give_way()
        found.append((os.getpriority(os.PRIO_PROCESS, threading.get_native_id()), os.sched_getscheduler(0)))

    before = os.getpriority(os.PRIO_PROCESS, 0), os.sched_getscheduler(0)
    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    assert found == [(max(before[0], NICE), os.SCHED_BATCH)]
    assert (os.getpriority(os.PRIO_PROCESS, 0), os.sched_getscheduler(0)) == before
