"""The settings sheet: exactly the rows it is given, by keyboard, in both languages, and told what was refused."""

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QCheckBox, QLineEdit, QSpinBox, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from console.settings import DECLARED
from resources.words import Words
from widgets.common.combo import Combo
from widgets.settings_sheet import SettingRow, SettingsSheet, Value


@pytest.fixture
def sheet(qtbot: QtBot, words: Words) -> Iterator[SettingsSheet]:
    window = QWidget()
    window.resize(900, 700)
    below = QLineEdit(window)
    QVBoxLayout(window).addWidget(below)
    qtbot.addWidget(window)
    window.show()
    below.setFocus()
    rows = [SettingRow(s.name, s.default, s.choices, s.low, s.high, at_start=s.at_start) for s in DECLARED]
    sheet = SettingsSheet(words, rows, window)
    sheet.chosen = []  # type: ignore[attr-defined]  # what the tests look at
    sheet.value_chosen.connect(lambda name, value: sheet.chosen.append((name, value)))  # type: ignore[attr-defined]
    sheet.open_sheet()
    yield sheet
    window.close()


def _chosen(sheet: SettingsSheet) -> list[tuple[str, Value]]:
    return sheet.chosen  # type: ignore[attr-defined, no-any-return]


def test_every_declared_setting_has_its_control_and_no_other(sheet: SettingsSheet) -> None:
    assert list(sheet.controls) == [s.name for s in DECLARED]
    kinds = {bool: QCheckBox, int: QSpinBox, str: (Combo, QLineEdit)}
    for setting in DECLARED:
        control = sheet.controls[setting.name]
        assert isinstance(control, kinds[type(setting.default)])
        assert control.accessibleName()
    assert _chosen(sheet) == [], "showing a value chooses nothing"


def test_it_is_worked_by_keyboard(sheet: SettingsSheet, qtbot: QtBot) -> None:
    language = sheet.controls["language"]
    assert language.hasFocus()
    qtbot.keyClick(language, Qt.Key.Key_Down)
    assert _chosen(sheet) == [("language", "en")]
    seen = []
    for _ in DECLARED:
        focus = QApplication.focusWidget()
        assert focus is not None
        seen.append(focus.objectName().removeprefix("setting_"))
        qtbot.keyClick(focus, Qt.Key.Key_Tab)
    assert seen == [s.name for s in DECLARED], "Tab goes through them in order"
    locked = sheet.controls["layout_locked"]
    locked.setFocus()
    qtbot.keyClick(locked, Qt.Key.Key_Space)
    assert _chosen(sheet)[-1] == ("layout_locked", False)
    notice = sheet.controls["notice_s"]
    assert isinstance(notice, QSpinBox)
    qtbot.keyClick(notice, Qt.Key.Key_Up)
    assert _chosen(sheet)[-1] == ("notice_s", 9)
    notice.setValue(60)
    qtbot.keyClick(notice, Qt.Key.Key_Up)
    assert _chosen(sheet)[-1] == ("notice_s", 60), "the range is the declared one"


def test_a_text_counts_once_it_is_left_also_by_escape(sheet: SettingsSheet, qtbot: QtBot) -> None:
    server = sheet.controls["server_url"]
    assert isinstance(server, QLineEdit)
    server.setFocus()
    server.selectAll()
    qtbot.keyClicks(server, "http://10.0.0.2:8800")
    assert _chosen(sheet) == []
    qtbot.keyClick(server, Qt.Key.Key_Escape)
    assert _chosen(sheet) == [("server_url", "http://10.0.0.2:8800")]
    assert not sheet.isVisible()
    focus = QApplication.focusWidget()
    assert isinstance(focus, QLineEdit)
    assert focus is not server, "the focus is back where it was"


def test_values_set_elsewhere_show_and_refusals_are_told(sheet: SettingsSheet, words: Words) -> None:
    sheet.show_values({"theme": "light", "notice_s": 20, "layout_locked": False})
    theme, notice = sheet.controls["theme"], sheet.controls["notice_s"]
    assert isinstance(theme, Combo)
    assert isinstance(notice, QSpinBox)
    assert (theme.currentData(), notice.value()) == ("light", 20)
    assert _chosen(sheet) == []
    sheet.set_fault(lambda: words("fault.line_down"))
    assert sheet._fault.isVisible()


@pytest.mark.parametrize(("language", "light"), [("zh-CN", "浅色"), ("en", "Light")])
def test_both_languages(sheet: SettingsSheet, words: Words, language: str, light: str) -> None:
    words.use("en" if language == "en" else "zh-CN")
    sheet.retranslate()
    theme = sheet.controls["theme"]
    assert isinstance(theme, Combo)
    assert theme.itemText(1) == light
    texts = [label.text() for label in (*sheet._labels.values(), *sheet._hints.values())]
    assert all(text and not text.startswith(("setting.", "desk.")) for text in texts)
    assert words("desk.settings.at_start") in sheet._hints["map_updates_per_s"].text()
