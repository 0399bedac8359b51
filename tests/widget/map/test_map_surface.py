"""Drawing straight on the window's pixels: the same picture, nothing outside, and nothing between two frames."""

import threading
import time

import numpy as np
import pytest
from PySide6.QtCore import QRect
from PySide6.QtGui import QImage, QPainter, QRegion
from PySide6.QtWidgets import QLabel, QWidget
from pytestqt.qtbot import QtBot

from layers import background
from layers.background import BESIDE
from tests.helpers.map_scene import Scene, make_scene, pixels, thing_mark, wait_settled
from widgets.map import tiles
from widgets.map.surface import WindowPixels
from widgets.map.tiles import TileKey, TileStore


def shown(window: QWidget) -> np.ndarray:
    """What is on the screen, without painting it once more."""
    image = window.backingStore().paintDevice()
    assert isinstance(image, QImage)
    return pixels(image.copy())


def move(scene: Scene, step: int) -> None:
    rng = np.random.default_rng(5)
    lons, lats = rng.uniform(120.69, 120.75, 150), rng.uniform(29.69, 29.74, 150)
    scene.positions.replace([thing_mark(f"p{i}", lons[i] + step * 0.0005, lats[i]) for i in range(150)])


@pytest.mark.parametrize("order", ["staff on top", "cases on top"])
@pytest.mark.parametrize("compiled", [False, True])
def test_in_a_window_with_a_card_over_the_map_it_is_the_same_picture(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, order: str, compiled: bool
) -> None:
    scene = make_scene(qtbot)
    view, window = scene.view, QWidget()
    if compiled:
        view._rasters.compile()
    if order == "staff on top":
        view.set_layers([scene.grids, scene.cases, scene.positions], as_given=True)
    view.setParent(window)
    view.setGeometry(31, 47, 800, 600)
    window.resize(900, 700)
    qtbot.addWidget(window)
    view.set_overlays(False)
    card = QLabel("案件", view)
    card.setAutoFillBackground(True)
    card.setGeometry(60, 250, 333, 111)
    monkeypatch.setattr(view, "covered", lambda: QRegion(card.geometry()))
    window.show()
    drawn = []
    draw = view._draw
    monkeypatch.setattr(view, "_draw", lambda surface: drawn.append(done := draw(surface)) or done)
    for step in range(3):
        move(scene, step)
        wait_settled(qtbot, view)
        for _ in range(2):  # what is over the staff is kept from the second frame on
            drawn.clear()
            view.refresh()
            qtbot.waitUntil(lambda: bool(drawn))
        drawn.clear()
        move(scene, step + 10)
        qtbot.waitUntil(lambda: bool(drawn))
        straight = shown(window)
        assert drawn[-1] == compiled
        with monkeypatch.context() as patch:
            patch.setattr(view._pixels, "painted_on", lambda *_: None)
            patch.setattr(view._frame, "_show_moving", lambda *_: False)  # all drawn in order
            view.repaint()
            assert not drawn[-1]
            np.testing.assert_array_equal(straight, shown(window))
            np.testing.assert_array_equal(straight[297:408, 91:424], pixels(card.grab().toImage()))
        drawn.clear()
    view.setParent(None)


def test_pixels_that_are_not_a_frames_are_left_to_qt(qtbot: QtBot) -> None:
    area, on = make_scene(qtbot).view._area(), WindowPixels()
    whole = QRegion(0, 0, 800, 600)
    for size, form, wanted in (
        ((800, 600), QImage.Format.Format_RGB32, True),
        ((800, 600), QImage.Format.Format_RGB16, False),
        ((799, 600), QImage.Format.Format_RGB32, False),
    ):
        image = QImage(*size, form)
        painter = QPainter(image)
        assert (on.painted_on(painter, area, whole) is not None) == wanted
        painter.scale(2, 2)
        assert on.painted_on(painter, area, whole) is None
        painter.end()


def test_what_came_in_is_painted_with_the_next_frame_and_not_once_more(qtbot: QtBot) -> None:
    view = make_scene(qtbot).view
    view.repaint()  # with whatever is still to be painted
    view._arrivals.stop()
    view._on_tiles_arrived()
    view.repaint(QRect(300, 200, 40, 40))  # as when a card goes: the rest has still to be painted
    assert view._arrivals.isActive()
    view.repaint()
    assert not view._arrivals.isActive()


def test_a_tile_that_came_in_is_on_the_next_frame_though_nothing_else_has_changed(qtbot: QtBot) -> None:
    view = make_scene(qtbot).view
    view._rasters.compile()
    wait_settled(qtbot, view)
    for _ in range(3):
        view.repaint()
    store = view._tiles
    for key, (generation, tile) in list(store._tiles.items()):
        store._tiles[key] = generation, np.full_like(tile, 0xFFFF0000)
    view._on_tiles_arrived()
    view.repaint()
    red = (shown(view)[..., :3] == (0, 0, 255)).all(axis=-1)
    assert red.mean() > 0.3


def test_no_piece_of_a_tile_is_begun_while_a_frame_is_painted(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(background, "HELD_OFF_S", 60.0)
    scene = make_scene(qtbot)
    store, begun = scene.view._tiles, []
    qtbot.waitUntil(lambda: not store.busy)
    monkeypatch.setattr(scene.view.items[0], "paint_tile", lambda *_: begun.append("first"))
    store.forget()
    with BESIDE.held_off():
        scene.view._frame._ground.begin(scene.view._area(), scene.view.items)
        time.sleep(0.2)  # many times as long as a tile takes
        assert not begun
    qtbot.waitUntil(lambda: not store.busy)
    assert begun


def test_pieces_of_work_take_turns_and_each_lets_a_frame_come_first() -> None:
    beside, going, most = background.Beside(2), [], []

    def work() -> None:
        for _ in range(20):
            with beside.piece():
                going.append(1)
                most.append(len(going))
                time.sleep(0.001)
                going.pop()

    threads = [threading.Thread(target=work) for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(most) == 100
    assert max(most) == 2, "two at once, and never more"
    failing = pytest.raises(ZeroDivisionError)
    with failing, beside.piece():
        raise ZeroDivisionError
    with beside.piece(), beside.piece():
        pass  # what failed keeps no turn


def test_no_more_tiles_are_kept_than_are_wanted_and_some(qtbot: QtBot) -> None:
    store = TileStore()
    store.keep(20)
    for block in range(4):
        store.want([TileKey(1.0, 1.0, column, block) for column in range(20)], lambda frame, _area: None)
        qtbot.waitUntil(lambda: not store.busy)
    assert len(store._tiles) == tiles.KEPT_LEAST
    assert all(store.find(TileKey(1.0, 1.0, column, 3))[1] for column in range(20))
    store.stop()
