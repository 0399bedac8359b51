"""The list of a drop-down box: every text whole, a bounded number of rows, within its window."""

from collections.abc import Iterator

import pytest
from PySide6.QtWidgets import QApplication, QStyle, QStyleOptionViewItem, QWidget

from resources.theme import THEMES, load_theme
from widgets.common.combo import EDGE_PX, ROWS_SHOWN, Combo
from widgets.common.style import style_sheet

LONG = "CGCS2000 3°带 40 带（东坐标前带带号 40），离本镇 278 公里"


@pytest.fixture(params=THEMES)
def page(request: pytest.FixtureRequest, qtbot) -> Iterator[QWidget]:
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    before = app.styleSheet()
    app.setStyleSheet(style_sheet(load_theme(request.param), "sans-serif"))
    page = QWidget()
    page.resize(620, 500)
    qtbot.addWidget(page)
    page.show()
    yield page
    page.hide()
    app.setStyleSheet(before)


def opened(page: QWidget, texts: list[str], left: int) -> Combo:
    combo = Combo()
    combo.setParent(page)
    combo.addItems(texts)
    combo.setGeometry(left, 40, 80, 32)
    combo.show()
    combo.showPopup()
    QApplication.processEvents()
    return combo


@pytest.mark.qt_log_ignore("plugin does not support", extend=True)  # the offscreen platform has no windows to raise
@pytest.mark.parametrize("left", [0, 530])
def test_a_narrow_box_opens_a_list_that_shows_its_longest_text_within_the_window(page: QWidget, left: int) -> None:
    combo = opened(page, ["短", LONG], left)
    view = combo.view()
    option = QStyleOptionViewItem()
    option.initFrom(view)
    option.rect = view.visualRect(view.model().index(1, 0))
    option.text, option.features = LONG, QStyleOptionViewItem.ViewItemFeature.HasDisplay
    room = view.style().subElementRect(QStyle.SubElement.SE_ItemViewItemText, option, view)
    assert room.width() >= view.fontMetrics().horizontalAdvance(LONG)
    shown, window = view.window().geometry(), page.geometry()
    assert window.left() + EDGE_PX <= shown.left()
    assert shown.right() <= window.right() - EDGE_PX + 1
    combo.hidePopup()


@pytest.mark.qt_log_ignore("plugin does not support", extend=True)
def test_a_long_list_shows_whole_rows_and_a_bar(page: QWidget) -> None:
    combo = opened(page, [f"第 {n} 项" for n in range(60)], 100)
    view = combo.view()
    rows = view.viewport().height() / view.sizeHintForRow(0)
    assert rows == pytest.approx(ROWS_SHOWN, abs=0.2), "no row is cut through"
    assert view.verticalScrollBar().isVisible()
    combo.hidePopup()
