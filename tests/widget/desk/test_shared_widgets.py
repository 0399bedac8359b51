"""The small shared widgets: faces, tabs that fit, columns, lists to pick from, durations."""

import pytest
from domain_factories import CALENDAR, MONDAY
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QPoint
from PySide6.QtGui import QGuiApplication, QKeyEvent, Qt, QTextDocument
from PySide6.QtWidgets import QAbstractButton, QPushButton, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from domain.clock import Lamp, Limit, LimitUnit, Reading
from layers.ages import age_text
from resources.theme import Theme
from resources.words import Words
from widgets.common.button import Button
from widgets.common.chip import Chip
from widgets.common.flow import FlowLayout
from widgets.common.fonts import FAMILIES, pick_family
from widgets.common.key_button import KeyButton
from widgets.common.photo_files import PhotoFiles
from widgets.common.pick_list import Choice, PickList
from widgets.common.slider import Slider
from widgets.common.stale import StaleVeil
from widgets.common.tab_strip import Tab, TabStrip
from widgets.common.tips import plain_tip
from widgets.common.wrapped import WrappedLabel, breakable
from widgets.durations import clock_text, distance_text, minutes_text, rate_text, span_text


def _reading(unit: LimitUnit, remaining_s: int, lamp: Lamp = Lamp.WITHIN) -> Reading:
    return Reading(Limit(3, unit), MONDAY, 0, remaining_s, lamp, None)


@pytest.mark.parametrize(
    ("reading", "chinese", "english"),
    [
        (_reading(LimitUnit.MINUTE, 108 * 60 + 59), "剩 1:48", "1:48 left"),
        (_reading(LimitUnit.MINUTE, -12 * 60 - 5, Lamp.OVERDUE), "超 0:12", "0:12 over"),
        (_reading(LimitUnit.WORK_DAY, 2 * 8 * 3600 + 5 * 3600 + 20 * 60), "剩 2 工作日 5:20", "2 work d 5:20 left"),
        (_reading(LimitUnit.WORK_HOUR, 7 * 3600 + 51 * 60), "剩 7:51 工作时", "7:51 work h left"),
        (_reading(LimitUnit.CALENDAR_DAY, 86_400 + 3600), "剩 1 日 1:00", "1 d 1:00 left"),
        (_reading(LimitUnit.URGENT_HOUR, 26 * 3600), "剩 26:00", "26:00 left"),
        (_reading(LimitUnit.URGENT_HOUR, -2000 * 3600, Lamp.OVERDUE), "超 83 日", "83 d over"),
        (_reading(LimitUnit.WORK_HOUR, 60, Lamp.PAUSED), "停 0:01 工作时", "paused 0:01 work h"),
    ],
)
def test_clocks_are_said_as_the_room_says_them(reading: Reading, chinese: str, english: str) -> None:
    assert clock_text(reading, Words("zh-CN"), CALENDAR) == chinese
    assert clock_text(reading, Words("en"), CALENDAR) == english


@given(st.integers(0, 10**9))
def test_a_span_never_says_more_than_is_true(seconds: int) -> None:
    text = span_text(seconds, Words("en"), None)
    if seconds < 100 * 3600:
        hours, minutes = text.split(":")
        assert 0 <= seconds - int(hours) * 3600 - int(minutes) * 60 < 60


@pytest.mark.parametrize(
    ("age_s", "said"),
    [(-5, "0 秒前"), (12.9, "12 秒前"), (60, "1 分前"), (3599, "59 分前"), (7200, "2 小时前"), (200_000, "2 天前")],
)
def test_ages(age_s: float, said: str) -> None:
    assert age_text(age_s, Words("zh-CN")) == said


def test_distances_rates_and_minutes() -> None:
    assert [distance_text(m) for m in (3, 86, 494, 900, 2449, 9960)] == [
        "< 50 m",
        "90 m",
        "490 m",
        "0.9 km",
        "2.4 km",
        "10 km",
    ]
    assert [rate_text(share) for share in (None, 0.0, 0.9312, 1.0)] == ["—", "0%", "93.1%", "100%"]
    assert [minutes_text(s) for s in (None, 400, 3661)] == ["—", "6:40", "1:01:01"]


def test_the_best_chinese_face_is_taken_and_none_is_admitted() -> None:
    assert pick_family({"Arial", "SimSun", "Microsoft YaHei UI"}) == "Microsoft YaHei UI"
    assert pick_family({"Arial", "Noto Sans CJK JP"}) is None
    assert pick_family(FAMILIES) == "Noto Sans CJK SC"


def _tabs(*names: str) -> list[Tab]:
    return [Tab(name, name, 10, pinned=name == "last") for name in names]


def test_tabs_that_do_not_fit_go_into_the_menu_but_never_the_current_or_the_pinned(qtbot: QtBot, theme: Theme) -> None:
    strip = TabStrip(theme)
    qtbot.addWidget(strip)
    strip.resize(220, 38)
    strip.show()
    strip.set_tabs(_tabs("first", "second", "third", "fourth", "last"), "More")
    strip.set_current("fourth")
    shown = {name for name, button in strip._buttons.items() if button.isVisible()}
    assert {"fourth", "last"} <= shown
    assert strip._hidden
    assert strip._more.isVisible()
    assert all(name in strip._more.toolTip() for name in strip._hidden)
    assert not any(sign.isdigit() for sign in strip._more.tab.text), "it would be read as a number of cases"
    assert all(b.geometry().right() <= strip.width() for b in strip._buttons.values() if b.isVisible())
    strip.resize(900, 38)
    assert not strip._hidden
    with qtbot.waitSignal(strip.tab_chosen) as chosen:
        qtbot.keyClick(strip, Qt.Key.Key_Right)
    assert chosen.args == ["last"]


@pytest.mark.parametrize(("width", "columns"), [(600, 3), (260, 2), (120, 1)])
def test_columns_give_way_where_it_is_narrow(qtbot: QtBot, width: int, columns: int) -> None:
    box = QWidget()
    qtbot.addWidget(box)
    flow = FlowLayout(box, spacing_px=8, columns=3)
    buttons = [QPushButton("x") for _ in range(6)]
    for button in buttons:
        button.setMinimumWidth(110)
        flow.addWidget(button)
    box.resize(width, 400)
    box.show()
    flow.activate()
    assert len({button.x() for button in buttons}) == columns
    assert all(button.geometry().right() < width for button in buttons)
    assert flow.heightForWidth(width) >= max(button.geometry().bottom() for button in buttons)


def _choices(count: int) -> list[Choice]:
    return [Choice(str(n), f"name {n}", "detail", f"code{n}") for n in range(count)]


def test_typing_finds_enter_chooses_and_a_second_enter_sends(qtbot: QtBot) -> None:
    pick = PickList()
    qtbot.addWidget(pick)
    pick.set_choices(_choices(30))
    qtbot.keyClicks(pick.search, "code17")
    assert pick.rows.count() == 1
    with qtbot.assertNotEmitted(pick.submitted):
        qtbot.keyClick(pick.search, Qt.Key.Key_Return)
    assert pick.chosen() == ["17"]
    with qtbot.waitSignal(pick.submitted):
        qtbot.keyClick(pick.search, Qt.Key.Key_Return)


def test_the_search_line_is_the_only_stop_and_down_begins_at_the_first_row(qtbot: QtBot) -> None:
    pick, after = PickList(), QPushButton("after")
    page = QWidget()
    column = QVBoxLayout(page)
    for part in (pick, after):
        column.addWidget(part)
    qtbot.addWidget(page)
    page.show()
    pick.set_choices(_choices(5))
    pick.search.setFocus()
    qtbot.keyClick(pick.search, Qt.Key.Key_Tab)
    assert page.focusWidget() is after
    pick.search.setFocus()
    qtbot.keyClick(pick.search, Qt.Key.Key_Down)
    assert pick.rows.currentRow() == 0
    qtbot.keyClick(pick.search, Qt.Key.Key_Down)
    qtbot.keyClick(pick.search, Qt.Key.Key_Return)
    assert pick.chosen() == ["1"]
    qtbot.mouseClick(pick.rows.viewport(), Qt.MouseButton.LeftButton)
    assert page.focusWidget() is pick.search
    assert pick.chosen() != ["1"]


def test_the_row_that_is_lit_is_chosen_by_going_on_and_wears_a_sign(qtbot: QtBot) -> None:
    pick = PickList()
    qtbot.addWidget(pick)
    pick.show()
    pick.set_choices(_choices(5))
    qtbot.keyClick(pick.search, Qt.Key.Key_Tab)
    assert pick.chosen() == [], "nothing was lit"
    qtbot.keyClicks(pick.search, "code3")
    assert pick.chosen() == []
    with qtbot.assertNotEmitted(pick.picked):
        qtbot.keyClick(pick.search, Qt.Key.Key_Tab)
    assert pick.chosen() == ["3"]
    pick.search.clear()
    assert [pick.rows.item(row).text().startswith("✓") for row in range(5)] == [False, False, False, True, False]


def test_a_list_that_nothing_fits_says_so_instead_of_an_empty_box(qtbot: QtBot) -> None:
    pick = PickList()
    qtbot.addWidget(pick)
    pick.set_texts("kinds", "type", "nothing fits")
    pick.show()
    pick.set_choices(_choices(5))
    assert pick.rows.isVisible()
    assert not pick._none.isVisible()
    pick.search.setText("zzz")
    assert not pick.rows.isVisible()
    assert pick._none.isVisible()
    pick.search.clear()
    assert pick.rows.isVisible()
    assert not pick._none.isVisible()


def test_what_is_chosen_stays_while_the_rows_change_and_goes_with_its_row(qtbot: QtBot) -> None:
    pick = PickList(many=True)
    qtbot.addWidget(pick)
    pick.set_choices(_choices(5))
    pick.choose("1")
    pick.choose("3")
    pick.set_choices(_choices(3))
    assert pick.chosen() == ["1"]
    pick.choose("1")
    assert pick.chosen() == []
    pick.choose("nobody")
    assert pick.chosen() == []


def test_a_long_list_is_shown_in_part_and_found_in_whole(qtbot: QtBot) -> None:
    pick = PickList()
    qtbot.addWidget(pick)
    pick.set_choices(_choices(5000))
    assert pick.rows.count() == 400
    pick.search.setText("code4999")
    assert pick.rows.count() == 1


def test_files_are_kept_once_in_order_within_the_most_and_can_be_taken_out(qtbot: QtBot, words: Words) -> None:
    files = PhotoFiles(2, words)
    qtbot.addWidget(files)
    files.set_texts("add", "photos", "out")
    files.add_files(["/x/a.jpg", "/x/a.jpg", "/x/b.jpg", "/x/c.jpg"])
    assert files.paths() == ("/x/a.jpg", "/x/b.jpg")
    assert not files._add.isEnabled()
    with qtbot.waitSignal(files.changed):
        files._rows["/x/a.jpg"].click()
    assert files.paths() == ("/x/b.jpg",)
    assert files._add.isEnabled()


def test_tabs_that_hold_something_come_before_empty_ones(qtbot: QtBot, theme: Theme) -> None:
    strip = TabStrip(theme)
    qtbot.addWidget(strip)
    strip.resize(170, 38)
    strip.show()
    strip.set_tabs([Tab("first", "first", 0), Tab("second", "second", 0), Tab("third", "third", 7)], "More")
    shown = {name for name, button in strip._buttons.items() if button.isVisible()}
    assert "third" in shown
    assert strip._hidden


class _Form(QWidget):
    """Counts the Enters that come through to what stands around a button."""

    def __init__(self) -> None:
        super().__init__()
        self.sent = 0

    def keyPressEvent(self, event: QKeyEvent) -> None:
        self.sent += event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)


@pytest.mark.parametrize("key", [Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space])
@pytest.mark.parametrize("kind", ["key", "chip", "plain"])
def test_enter_presses_a_button_like_space_and_sends_nothing_around_it(
    qtbot: QtBot, theme: Theme, key: Qt.Key, kind: str
) -> None:
    form = _Form()
    qtbot.addWidget(form)
    button: QAbstractButton = {"key": lambda: KeyButton("派遣", "D", theme), "chip": Chip, "plain": Button}[kind]()
    QVBoxLayout(form).addWidget(button)
    pressed: list[str] = []
    button.clicked.connect(lambda: pressed.append(kind))
    qtbot.keyClick(button, key)
    assert len(pressed) == 1
    assert form.sent == 0
    button.setEnabled(False)
    qtbot.keyClick(button, key)
    assert len(pressed) == 1


def test_ctrl_enter_on_a_button_is_left_to_the_form(qtbot: QtBot) -> None:
    form, button = _Form(), Button("x")
    qtbot.addWidget(form)
    QVBoxLayout(form).addWidget(button)
    with qtbot.assertNotEmitted(button.clicked):
        qtbot.keyClick(button, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert form.sent == 1


def test_a_word_longer_than_the_line_is_broken_and_widens_nothing(qtbot: QtBot) -> None:
    word = "https_example_without_a_blank" * 6
    label = WrappedLabel(f"330699103-20261123-0045 {word}")
    qtbot.addWidget(label)
    assert label.minimumSizeHint().width() < 260
    assert label.heightForWidth(260) >= 4 * label.fontMetrics().height()
    assert label.text() == f"330699103-20261123-0045 {word}"
    assert breakable("330699103-20261123-0045") == "330699103-20261123-0045"
    label.setTextInteractionFlags(
        Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
    )
    label.setSelection(0, len(breakable(label.text())))
    qtbot.keyClick(label, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QGuiApplication.clipboard().text() == label.text(), "what is pasted elsewhere can be searched for"


def test_a_slider_goes_where_it_is_clicked_and_is_dragged_on_from_there(qtbot: QtBot) -> None:
    holder, slider = QWidget(), Slider()
    qtbot.addWidget(holder)
    slider.setParent(holder)
    slider.setRange(0, 1000)
    slider.setPageStep(10)
    slider.resize(500, 32)
    holder.show()
    for x, wanted in ((125, 250), (375, 750), (0, 0), (499, 1000)):
        qtbot.mouseClick(slider, Qt.MouseButton.LeftButton, pos=QPoint(x, 16))
        assert slider.value() == pytest.approx(wanted, abs=25)
    qtbot.mousePress(slider, Qt.MouseButton.LeftButton, pos=QPoint(100, 16))
    qtbot.mouseMove(slider, QPoint(400, 16))
    assert slider.value() == pytest.approx(800, abs=25)
    qtbot.mouseRelease(slider, Qt.MouseButton.LeftButton, pos=QPoint(400, 16))
    qtbot.keyClick(slider, Qt.Key.Key_PageDown)
    assert slider.value() == pytest.approx(790, abs=25)


@pytest.mark.parametrize("at_head", [False, True])
def test_a_veil_speaks_at_the_foot_or_where_something_is_said_there_above(
    qtbot: QtBot, theme: Theme, at_head: bool
) -> None:
    below = QWidget()
    qtbot.addWidget(below)
    below.resize(600, 300)
    below.show()
    StaleVeil(below, theme, at_head=at_head).say("数据停在 08:53:54，线路恢复后更新")
    seen = below.grab().toImage()
    band = [seen.pixelColor(300, y).name() == theme.raised for y in (2, 297)]
    corner = seen.pixelColor(597, 297).name() == theme.raised
    assert (band[0], corner) == (at_head, not at_head)


@pytest.mark.parametrize("written", ["井盖 <破损>", "<b>路灯</b>不亮\n第二行", "<img src='x'>", "1 < 2 & 3 > 2"])
def test_what_somebody_wrote_stands_in_a_tip_as_it_is(written: str) -> None:
    tip, shown = plain_tip(written), QTextDocument()
    if Qt.mightBeRichText(tip):
        shown.setHtml(tip)
    else:
        shown.setPlainText(tip)
    assert [line.strip() for line in shown.toPlainText().split("\n")] == written.split("\n")
    assert not any(f.isImageFormat() for f in shown.allFormats())
