"""The report form, the command bar and the help sheet."""

from collections.abc import Sequence

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from domain.case import Contact, NewReport
from domain.machine import TABLE
from domain.states import Channel
from resources.theme import Theme
from resources.words import Language, Words
from widgets.command_bar import CommandBar, Hit
from widgets.help_sheet import HelpSheet
from widgets.intents import ReportIntent
from widgets.names import Names
from widgets.report_form import ReportForm


@pytest.fixture
def form(qtbot: QtBot, words: Words, theme: Theme, names: Names) -> ReportForm:
    form = ReportForm(words, theme, names)
    qtbot.addWidget(form)
    form.resize(460, 700)
    form.open_form()
    return form


def _texts(widget: QWidget) -> list[str]:
    QApplication.processEvents()
    return [label.text() for label in widget.findChildren(QLabel) if label.isVisible()]


def test_a_report_is_taken_down_whole(form: ReportForm, qtbot: QtBot) -> None:
    form.text.setPlainText("  路口有垃圾  ")
    qtbot.keyClicks(form.kind.search, "0102")
    qtbot.keyClick(form.kind.search, Qt.Key.Key_Return)
    form.channel.setCurrentIndex(1)
    form.address.setText("老街 18 号")
    form.contact_name.setText("王女士")
    form.contact_phone.setText("13800000000")
    form.urgent.setChecked(True)
    form.set_place(120.8, 29.6, "清溪-1")
    form.photos.add_files(["/x/a.jpg", "/x/b.jpg", "/x/a.jpg"])
    with qtbot.waitSignal(form.report_requested) as sent:
        qtbot.keyClick(form.text, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert sent.args == [
        ReportIntent(
            NewReport(
                channel=Channel.COUNTER,
                text="路口有垃圾",
                kind="0102",
                address="老街 18 号",
                lon=120.8,
                lat=29.6,
                urgent=True,
                contact=Contact("王女士", "13800000000"),
            ),
            ("/x/a.jpg", "/x/b.jpg"),
        )
    ]


def test_the_least_report_is_a_text(form: ReportForm, qtbot: QtBot, words: Words) -> None:
    with qtbot.assertNotEmitted(form.report_requested):
        form.submit()
    assert "请填写：情况" in _texts(form)
    words.use("en")
    form.retranslate()
    assert words("desk.form.missing", name=words("desk.report.text")) in _texts(form)
    assert "请填写：情况" not in _texts(form)
    form.text.setPlainText("停水")
    with qtbot.waitSignal(form.report_requested) as sent:
        form.submit()
    assert sent.args[0].report == NewReport(channel=Channel.HOTLINE, text="停水")


def test_choosing_a_kind_by_enter_does_not_send(form: ReportForm, qtbot: QtBot) -> None:
    form.text.setPlainText("停水")
    form.kind.search.setFocus()
    qtbot.keyClicks(form.kind.search, "0302")
    with qtbot.assertNotEmitted(form.report_requested):
        qtbot.keyClick(form.kind.search, Qt.Key.Key_Return)
    assert form.kind.chosen() == ["0302"]


def test_enter_on_a_button_of_the_form_does_what_it_says_and_does_not_send(form: ReportForm, qtbot: QtBot) -> None:
    form.text.setPlainText("停水")
    with qtbot.assertNotEmitted(form.report_requested), qtbot.waitSignal(form.place_requested):
        qtbot.keyClick(form._pick, Qt.Key.Key_Return)
    with qtbot.assertNotEmitted(form.report_requested), qtbot.waitSignal(form.closed):
        qtbot.keyClick(form._cancel, Qt.Key.Key_Return)


def test_disabled_kinds_and_classes_are_not_offered(form: ReportForm) -> None:
    offered = [form.kind.rows.item(row).data(Qt.ItemDataRole.UserRole) for row in range(form.kind.rows.count())]
    assert offered == ["0102", "0302"]


def test_what_was_typed_stays_on_a_fault_and_goes_when_it_was_taken(form: ReportForm) -> None:
    form.text.setPlainText("停水")
    form.submit()
    form.set_busy(False)
    form.set_fault("服务暂时不可用")
    assert form.text.toPlainText() == "停水"
    assert form.has_input()
    form.clear()
    assert not form.has_input()
    assert "服务暂时不可用" not in _texts(form)


def test_esc_puts_it_away_and_switching_the_language_keeps_the_text(
    form: ReportForm, qtbot: QtBot, words: Words
) -> None:
    form.text.setPlainText("停水")
    form.channel.setCurrentIndex(2)
    with qtbot.waitSignal(form.closed):
        qtbot.keyClick(form.address, Qt.Key.Key_Escape)
    words.use("en")
    form.retranslate()
    assert form.text.toPlainText() == "停水"
    assert form.channel.currentText() == "Public"


HITS = (Hit("case", "c1", "井盖缺失", "0047"), Hit("unit", "u1", "1队"), Hit("grid", "g1", "清溪-1"))


def _source(typed: str) -> Sequence[Hit]:
    return [hit for hit in HITS if typed in f"{hit.text} {hit.detail} {hit.value}"]


@pytest.fixture
def window(qtbot: QtBot) -> QWidget:
    window = QWidget()
    qtbot.addWidget(window)
    column = QVBoxLayout(window)
    column.addWidget(QLineEdit())
    window.resize(900, 500)
    window.show()
    return window


def test_the_command_bar_finds_chooses_and_gives_the_focus_back(
    qtbot: QtBot, words: Words, theme: Theme, window: QWidget
) -> None:
    bar = CommandBar(words, theme, window)
    bar.set_source(_source)
    edit = next(w for w in window.findChildren(QLineEdit) if not bar.isAncestorOf(w))
    edit.setFocus()
    bar.open_bar()
    qtbot.keyClicks(bar.list.search, "0047")
    with qtbot.waitSignal(bar.hit_chosen) as chosen:
        qtbot.keyClick(bar.list.search, Qt.Key.Key_Return)
    assert chosen.args == [HITS[0]]
    assert not bar.isVisible()
    bar.open_bar("zzz")
    assert any("没有找到" in text for text in _texts(bar))
    qtbot.keyClick(bar.list.search, Qt.Key.Key_Escape)
    assert not bar.isVisible()
    assert window.focusWidget() is edit


def test_down_and_enter_take_the_second_hit(qtbot: QtBot, words: Words, theme: Theme, window: QWidget) -> None:
    bar = CommandBar(words, theme, window)
    bar.set_source(_source)
    bar.open_bar("1")
    qtbot.keyClick(bar.list.search, Qt.Key.Key_Down)
    with qtbot.waitSignal(bar.hit_chosen) as chosen:
        qtbot.keyClick(bar.list.search, Qt.Key.Key_Return)
    assert chosen.args == [HITS[1]]


def test_the_bar_goes_when_the_keys_go_elsewhere_and_does_not_take_them_back(
    qtbot: QtBot, words: Words, theme: Theme, window: QWidget
) -> None:
    bar = CommandBar(words, theme, window)
    bar.set_source(_source)
    column, elsewhere = window.layout(), QLineEdit()
    assert column is not None
    column.addWidget(elsewhere)
    window.activateWindow()
    bar.open_bar("zzz")
    qtbot.waitUntil(bar.list.search.hasFocus)
    other = QWidget()
    qtbot.addWidget(other)
    other.show()
    other.activateWindow()
    qtbot.waitUntil(lambda: not bar.list.search.hasFocus())
    QApplication.processEvents()
    assert bar.isVisible(), "another window is not another place at this desk"
    window.activateWindow()
    qtbot.waitUntil(bar.list.search.hasFocus)
    with qtbot.waitSignal(bar.closed):
        qtbot.mouseClick(elsewhere, Qt.MouseButton.LeftButton, pos=QPoint(5, 5))
    assert not bar.isVisible()
    assert window.focusWidget() is elsewhere


@pytest.mark.parametrize("language", ["zh-CN", "en"])
def test_that_nothing_was_found_is_read_whole(
    qtbot: QtBot, words: Words, theme: Theme, window: QWidget, language: Language
) -> None:
    words.use(language)
    bar = CommandBar(words, theme, window)
    bar.open_bar("zzz")
    said = next(label for label in bar.findChildren(QLabel) if label.text() == words("desk.command.nothing"))
    room = said.fontMetrics().boundingRect(said.rect(), Qt.TextFlag.TextWordWrap.value, said.text())
    assert said.contentsRect().contains(room), (said.rect(), room)
    assert bar.rect().contains(said.geometry())


def test_the_help_sheet_names_every_action_in_both_languages(
    qtbot: QtBot, words: Words, theme: Theme, window: QWidget
) -> None:
    sheet = HelpSheet(words, theme, window)
    for language in ("zh-CN", "en"):
        words.use("en" if language == "en" else "zh-CN")
        sheet.open_sheet()
        text = "\n".join(_texts(sheet))
        assert "desk." not in text
        for step in TABLE:
            if step.action != "report":
                assert words(f"action.{step.action}") in text
        qtbot.keyClick(sheet, Qt.Key.Key_Escape)
        assert not sheet.isVisible()
