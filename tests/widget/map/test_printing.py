"""The map for paper: drawn a few names at a time, so that the window goes on, and the same picture as drawn at once."""

import numpy as np
import pytest
from PySide6.QtGui import QColor, QImage, QPainter, QPicture
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from layers.options import LayerOptions
from resources.theme import load_theme
from resources.words import Words
from tests.helpers.map_scene import make_scene, pixels, wait_settled
from widgets.map.papers import PAGES, Paper
from widgets.map.printing import LABELS_AT_ONCE, PrintMap
from widgets.map.sheet import SheetText, paint_sheet


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
        shown = PrintMap(Words("zh-CN"), load_theme("light"), "", scene.view, [item.key for item in scene.view.items])
        qtbot.addWidget(shown)
        shown.look_at(scene.view.camera.bounds(), 900, 600)
        picture, drawn = _printed(qtbot, shown, most=most)
        assert max(drawn) <= most
        pictures.append(picture)
        shown.stop()
    assert np.array_equal(*pictures)
    assert sum(drawn) > LABELS_AT_ONCE, "there are more names than one turn may draw"


def test_legend_and_scale_are_as_large_on_a_page_of_finer_dots(qapp: QApplication) -> None:
    side = QPicture()
    painter = QPainter(side)
    painter.fillRect(0, 0, 100, 60, QColor("#ff0000"))
    painter.end()
    theme, pictures, paper = load_theme("light"), [], PAGES[Paper.A3]
    for dots_an_inch in (96, 288):
        page = QImage(paper.size.toSize(), QImage.Format.Format_RGB32)
        page.setDotsPerMeterX(round(dots_an_inch / 0.0254))
        page.setDotsPerMeterY(round(dots_an_inch / 0.0254))
        painter = QPainter(page)
        text = SheetText("", "", (), "")
        paint_sheet(painter, paper, QImage(8, 8, QImage.Format.Format_RGB32), side, text, theme, "")
        painter.end()
        pixels = np.frombuffer(page.constBits(), np.uint32).reshape(page.height(), page.width())
        rows, columns = np.nonzero(pixels == 0xFFFF0000)
        pictures.append((int(np.ptp(columns)) + 1, int(np.ptp(rows)) + 1))
    assert pictures[0] == (100, 60)
    assert pictures[1] == pytest.approx(pictures[0], abs=2)


def test_paper_has_the_layers_the_screen_has_whatever_scale_it_has(qtbot: QtBot) -> None:
    scene = make_scene(qtbot)
    scene.view.choose("grids", LayerOptions(finest=round(scene.view.denominator() * 0.9)))
    assert scene.view.item("grids") in scene.view.shown_items()
    keep = [item.key for item in scene.view.shown_items() if item.key != "cases"]
    paper = PrintMap(Words("zh-CN"), load_theme("light"), "", scene.view, keep)
    qtbot.addWidget(paper)
    paper.look_at(scene.view.camera.bounds(), 4000, 3000)
    assert [item.key for item in paper.shown_items()] == keep
    paper.stop()
