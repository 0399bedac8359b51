"""A ticked box: framed, with a mark apart from its frame, and its words where those of an empty one are."""

import pytest
from PySide6.QtGui import QColor, QImage
from PySide6.QtWidgets import QApplication, QCheckBox, QStyle, QStyleOptionButton, QWidget

from resources.theme import ThemeName, load_theme
from widgets.common.style import style_sheet


def picture(box: QCheckBox) -> tuple[QImage, int, int, int]:
    """Return a box's picture, the corner of its indicator and the indicator's side, pixels."""
    option = QStyleOptionButton()
    box.initStyleOption(option)
    rect = box.style().subElementRect(QStyle.SubElement.SE_CheckBoxIndicator, option, box)
    assert rect.width() == rect.height()
    return box.grab().toImage(), rect.left(), rect.top(), rect.width()


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
        accent, middle = QColor(colours.accent), top + side // 2
        assert image.pixelColor(left + side // 2, middle) == accent
        assert image.pixelColor(left, middle) == accent, "the frame"
        assert image.pixelColor(left + 2, middle) != accent, "the mark stands apart from the frame"
    finally:
        app.setStyleSheet(before)
