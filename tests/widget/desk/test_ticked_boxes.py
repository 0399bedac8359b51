"""A ticked box: filled and with a tick, and its words where those of an empty one are; one tick everywhere."""

from pathlib import Path

import pytest
from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QImage, QPainter
from PySide6.QtWidgets import QApplication, QCheckBox, QStyle, QStyleOptionButton, QWidget

from resources.files import read_bytes
from resources.theme import ThemeName, load_theme
from widgets.common import style
from widgets.common.style import style_sheet
from widgets.common.tick import paint_tick_box


def picture(box: QCheckBox) -> tuple[QImage, int, int, int]:
    """Return a box's picture, the corner of its indicator and the indicator's side, pixels."""
    option = QStyleOptionButton()
    box.initStyleOption(option)
    rect = box.style().subElementRect(QStyle.SubElement.SE_CheckBoxIndicator, option, box)
    assert rect.width() == rect.height()
    return box.grab().toImage(), rect.left(), rect.top(), rect.width()


def _near(colour: QColor, wanted: QColor, other: QColor) -> bool:
    """Whether a colour, its edge softened, is nearer to one than to another."""

    def away(one: QColor) -> int:
        return sum(abs(a - b) for a, b in zip(colour.getRgb()[:3], one.getRgb()[:3], strict=True))

    return away(wanted) < away(other)


@pytest.mark.parametrize("named", ["dark", "light"])
def test_a_ticked_box_differs_by_more_than_colour_and_moves_nothing(qtbot, named: ThemeName) -> None:
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    colours, before = load_theme(named), app.styleSheet()
    app.setStyleSheet(style_sheet(colours, "sans-serif"))
    try:
        page = QWidget()
        empty, ticked = QCheckBox("在内滞留满", page), QCheckBox("在内滞留满", page)
        ticked.setChecked(True)
        qtbot.addWidget(page)
        page.show()
        assert empty.sizeHint() == ticked.sizeHint()
        image, left, top, side = picture(ticked)
        assert picture(empty)[1:] == (left, top, side)
        accent = QColor(colours.accent)
        assert image.pixelColor(left + 1, top + 3) == accent, "the box is filled"
        own = QImage(side, side, QImage.Format.Format_ARGB32)
        painter = QPainter(own)
        paint_tick_box(painter, QRectF(0, 0, side, side), colours, on=True)
        painter.end()
        for what, shown, x0, y0 in (("by the sheet", image, left, top), ("by hand", own, 0, 0)):
            pixels = [shown.pixelColor(x0 + x, y0 + y) for x in range(3, side - 3) for y in range(3, side - 3)]
            ticked_px = sum(_near(pixel, QColor(colours.on_accent), accent) for pixel in pixels)
            assert 8 <= ticked_px <= len(pixels) // 2, what
    finally:
        app.setStyleSheet(before)


def test_the_tick_is_found_wherever_the_program_lies(qtbot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "一张图 (it's here"
    folder.mkdir()

    def moved(path: str) -> str:
        there = folder / Path(path).name
        there.write_bytes(read_bytes(path))
        return there.as_posix()

    monkeypatch.setattr(style, "path_of", moved)
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    before, colours = app.styleSheet(), load_theme("dark")
    app.setStyleSheet(style_sheet(colours, "sans-serif"))
    try:
        page = QWidget()
        box = QCheckBox("甲", page)
        box.setChecked(True)
        qtbot.addWidget(page)
        page.show()
        image, left, top, side = picture(box)
        inner = [image.pixelColor(left + x, top + y) for x in range(3, side - 3) for y in range(3, side - 3)]
        assert any(_near(pixel, QColor(colours.on_accent), QColor(colours.accent)) for pixel in inner)
    finally:
        app.setStyleSheet(before)
