"""Words longer than their place: what is shortened, what makes way for what, and what can still be read whole."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QStyleOptionButton, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from resources.theme import Theme
from resources.words import Words
from widgets.common.button import NAME_PX, Button, RowButton, short_name
from widgets.common.elided import NamedLabel
from widgets.common.row_table import ROW_PX, Row, RowTable, column_most
from widgets.top_bar import ROOM_PX, TopBar

LONG = "人民政府综合行政执法与应急管理联合值守办公室 Supercalifragilistic " * 6
HEADS = ("时间", "谁", "内容")


@pytest.fixture
def box(qtbot: QtBot) -> QWidget:
    made = QWidget()
    qtbot.addWidget(made)
    return made


def shown_table(qtbot: QtBot, box: QWidget, theme: Theme, rows: list[Row], *, wraps: bool = False) -> RowTable:
    table = RowTable(theme, box, stretch=2, wraps=wraps)
    QVBoxLayout(box).addWidget(table.view)
    table.set_rows(HEADS, rows)
    box.resize(600, 400)
    box.show()
    qtbot.waitExposed(box)
    return table


def test_the_chosen_row_is_high_enough_to_be_read_whole_and_the_others_are_a_line(
    qtbot: QtBot, box: QWidget, theme: Theme
) -> None:
    table = shown_table(qtbot, box, theme, [Row("a", ("08:30", "李明", LONG)), Row("b", ("08:31", "王芳", LONG * 9))])
    assert [table.view.rowHeight(i) for i in (0, 1)] == [ROW_PX, ROW_PX]
    table.choose("a")
    lines = table.view.fontMetrics().boundingRect(
        0, 0, table.view.columnWidth(2), 0, int(Qt.TextFlag.TextWordWrap), LONG
    )
    assert table.view.rowHeight(0) >= lines.height() > ROW_PX
    before = table.view.rowHeight(0)
    box.resize(420, 400)
    qtbot.waitUntil(lambda: table.view.rowHeight(0) > before)  # narrower, it is higher
    table.choose("b")
    assert table.view.rowHeight(0) == ROW_PX
    assert table.view.rowHeight(1) <= table.view.viewport().height(), "never more than can be seen at once"
    table.choose("")
    assert table.view.rowHeight(1) == ROW_PX
    table.choose("a")
    table.set_rows(HEADS, [Row("c", ("08:32", "李明", "短"))])
    assert table.view.rowHeight(0) == ROW_PX


def test_rows_that_have_to_be_read_are_all_as_high_as_their_text(qtbot: QtBot, box: QWidget, theme: Theme) -> None:
    rows = [Row("a", ("08:30", "李明", LONG)), Row("b", ("08:31", "王芳", "短"))]
    table = shown_table(qtbot, box, theme, rows, wraps=True)
    assert table.view.rowHeight(0) > ROW_PX == table.view.rowHeight(1)


def test_what_the_table_is_about_keeps_a_third_of_it(qtbot: QtBot, box: QWidget, theme: Theme) -> None:
    table = shown_table(qtbot, box, theme, [Row("a", (LONG, LONG, LONG))])
    assert table.view.columnWidth(2) >= table.view.viewport().width() // 3 - 1


@given(st.lists(st.integers(1, 2_000), max_size=9), st.integers(0, 3_000))
def test_columns_make_way_widest_first_and_fit_where_they_can(widths: list[int], room: int) -> None:
    most = column_most(widths, room)
    assert most >= 1
    given_px = [min(most, width) for width in widths]
    assert sum(given_px) <= room or most == column_most([10**6] * 100, room), "beyond the least a column may be"
    if sum(widths) <= room:
        assert given_px == widths, "nothing is taken where there is room"


def test_a_row_of_a_list_shortens_what_it_says_and_widens_nothing(qtbot: QtBot, box: QWidget) -> None:
    column = QVBoxLayout(box)
    row, plain = RowButton(LONG), RowButton("短")
    column.addWidget(row)
    column.addWidget(plain)
    box.resize(260, 90)
    box.show()
    qtbot.waitExposed(box)
    assert box.width() == 260
    assert _shown(row) != LONG
    assert _shown(row).endswith("…")
    assert _shown(plain) == "短"


def _shown(button: RowButton) -> str:
    option = QStyleOptionButton()
    button.initStyleOption(option)
    return option.text


def test_a_name_on_a_button_is_cut_and_whole_on_hover(qtbot: QtBot) -> None:
    button = Button()
    qtbot.addWidget(button)
    short = short_name(button, LONG)
    assert button.fontMetrics().horizontalAdvance(short) <= NAME_PX
    assert button.toolTip() == LONG
    assert short_name(button, "值班长席") == "值班长席"
    assert not button.toolTip()


def test_the_room_is_no_wider_after_the_other_language_than_before(qtbot: QtBot, theme: Theme) -> None:
    words = Words("zh-CN")
    bar = TopBar(words, theme)
    qtbot.addWidget(bar)
    bar.resize(1366, 50)
    bar.set_room("清溪镇")
    bar.show()
    qtbot.waitExposed(bar)
    room = bar.findChild(QWidget, "top_room")
    assert room is not None
    before = room.width()
    for language in ("en", "zh-CN"):
        words.use(language)
        bar.retranslate()
        qtbot.waitUntil(lambda: bar.layout().geometry().width() == bar.width())
    qtbot.waitUntil(lambda: room.width() == before, timeout=2000)


def test_a_long_name_of_the_town_makes_way_for_the_persons(qtbot: QtBot, theme: Theme) -> None:
    bar = TopBar(Words("zh-CN"), theme)
    qtbot.addWidget(bar)
    bar.resize(1100, 50)
    bar.set_room(LONG[:60], synthetic=True)
    bar.set_person("欧阳明华", "受理员")
    bar.show()
    qtbot.waitExposed(bar)
    room, person = bar.findChild(QWidget, "top_room"), bar.findChild(NamedLabel)
    assert room is not None and person is not None  # noqa: PT018 - for types
    assert room.width() >= ROOM_PX
    assert LONG[:60] in room.toolTip()
    assert "欧阳明华" in person.fitted(person.width())
    bar.set_room("清溪镇")
    assert not room.toolTip()
