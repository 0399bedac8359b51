"""The map for paper: drawn a few names at a time, so that the window goes on, and the same picture as drawn at once."""

import numpy as np
from pytestqt.qtbot import QtBot

from resources.theme import load_theme
from resources.words import Words
from tests.helpers.map_scene import make_scene, pixels, wait_settled
from widgets.map.printing import LABELS_AT_ONCE, PrintMap


def _printed(qtbot: QtBot, shown: PrintMap, *, most: int) -> tuple[np.ndarray, list[int]]:
    """Return the picture, and how many names each turn drew for the first time."""
    made, drawn = [0], []
    shown._frame.labels_a_frame = most
    shown.make_room()
    taken: list[np.ndarray] = []

    def turn() -> bool:
        picture = shown.picture()
        atlas = shown._frame._atlas
        count = 0 if atlas is None else len(atlas._starts)
        drawn.append(count - made[0])
        made[0] = count
        if picture is not None:
            taken.append(pixels(picture.copy()))
        return picture is not None

    qtbot.waitUntil(turn, timeout=20_000)
    return taken[0], drawn


def test_a_few_names_a_turn_make_the_same_picture_as_all_at_once(qtbot: QtBot) -> None:
    scene = make_scene(qtbot)
    wait_settled(qtbot, scene.view)
    pictures = []
    for most in (LABELS_AT_ONCE, 100_000):
        shown = PrintMap(Words("zh-CN"), load_theme("light"), "", scene.view, ())
        qtbot.addWidget(shown)
        shown.look_at(scene.view.camera.bounds(), 900, 600)
        picture, drawn = _printed(qtbot, shown, most=most)
        assert max(drawn) <= most
        pictures.append(picture)
        shown.stop()
    assert np.array_equal(*pictures)
    assert sum(drawn) > LABELS_AT_ONCE, "there are more names than one turn may draw"
