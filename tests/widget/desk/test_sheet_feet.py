"""The buttons of sheets are as wide as they need to be, also while what stands beside them is hidden."""

from collections.abc import Callable

import pytest
from PySide6.QtWidgets import QApplication, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from resources.theme import Theme
from resources.words import Words
from widgets.common.sheet import Sheet
from widgets.fence_sheet import FenceSheet
from widgets.names import Names
from widgets.roll_call_sheet import RollCallSheet
from widgets.shift.handover import HandoverPage
from widgets.track_sheet import TrackSheet

Made = tuple[QWidget, tuple[QPushButton, ...]]


def _track(words: Words, theme: Theme, names: Names, window: QWidget) -> Made:
    sheet = TrackSheet(words, window)
    return sheet, (sheet.read, sheet.leave)


def _fence(words: Words, theme: Theme, names: Names, window: QWidget) -> Made:
    sheet = FenceSheet(words, window)
    return sheet, (sheet.save, sheet.leave)


def _roll_call(words: Words, theme: Theme, names: Names, window: QWidget) -> Made:
    sheet = RollCallSheet(names, theme, window)
    return sheet, (sheet.call, sheet.leave)


def _handover(words: Words, theme: Theme, names: Names, window: QWidget) -> Made:
    page = HandoverPage(names, theme, window)
    page.resize(900, 500)
    page.retranslate()
    return page, (page.draft, page.print)


@pytest.mark.parametrize("made", [_track, _fence, _roll_call, _handover])
def test_no_button_is_stretched(
    qtbot: QtBot, words: Words, theme: Theme, names: Names, made: Callable[[Words, Theme, Names, QWidget], Made]
) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    window.resize(1366, 768)
    window.show()
    sheet, buttons = made(words, theme, names, window)
    if isinstance(sheet, Sheet):
        sheet.show_over()
    else:
        sheet.show()
    QApplication.processEvents()
    assert all(button.isVisible() for button in buttons)
    assert [button.width() for button in buttons] == [button.sizeHint().width() for button in buttons]
