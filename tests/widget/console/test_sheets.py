"""Sheets over the desk: Esc closes the topmost wherever the focus is, and none piles up on another."""

import pytest
from desks import signed_in, until
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton, QWidget
from served import Served

from console.desk import Desk
from widgets.common.sheet import Sheet, open_sheets


async def _open(desk: Desk, action: str) -> Sheet:
    """Open a sheet by its key and return it."""
    before = open_sheets(desk.window)
    desk.actions.trigger(action)
    await until(lambda: [sheet for sheet in open_sheets(desk.window) if sheet not in before])
    return open_sheets(desk.window)[-1]


def _escape(desk: Desk) -> None:
    at = desk.window.focusWidget()
    QTest.keyClick(desk.window if at is None else at, Qt.Key.Key_Escape)


@pytest.mark.parametrize("action", ["help", "outbox", "settings", "messages", "shift", "saved_views", "export_map"])
async def test_esc_on_the_map_closes_the_sheet_and_the_focus_goes_back(served: Served, action: str) -> None:
    async with signed_in(served) as desk:
        desk.panels.case_list.focus_search()
        before = desk.window.focusWidget()
        sheet = await _open(desk, action)
        desk.panels.map.setFocus()
        _escape(desk)
        assert not sheet.isVisible()
        assert desk.window.focusWidget() is before
        _escape(desk)  # nothing is left that Esc could close


async def test_esc_in_the_search_line_and_on_the_map_is_theirs_first(served: Served) -> None:
    async with signed_in(served) as desk:
        sheet = await _open(desk, "help")
        desk.panels.case_list.focus_search()
        QTest.keyClicks(desk.panels.case_list.filter_bar.search, "x")
        _escape(desk)
        assert desk.panels.case_list.filter_bar.search.text() == ""
        assert sheet.isVisible()
        desk.actions.trigger("map_identify")
        card = desk.map_desk.identify.card
        desk.panels.map.setFocus()
        _escape(desk)
        assert card.isHidden()
        assert sheet.isVisible()
        _escape(desk)
        assert not sheet.isVisible()


async def test_a_sheet_takes_the_place_of_another_and_gives_the_focus_back_to_the_desk(served: Served) -> None:
    async with signed_in(served) as desk:
        desk.panels.case_list.focus_search()
        before = desk.window.focusWidget()
        first = await _open(desk, "outbox")
        second = await _open(desk, "settings")
        third = await _open(desk, "export_map")
        assert open_sheets(desk.window) == [third]
        assert not first.isVisible()
        assert not second.isVisible()
        _escape(desk)
        assert open_sheets(desk.window) == []
        assert desk.window.focusWidget() is before


async def test_what_is_being_typed_stays_below_and_comes_up_again(served: Served) -> None:
    async with signed_in(served) as desk:
        messages = await _open(desk, "messages")
        line = desk.crew.messages.sheet.text
        line.setFocus()
        QTest.keyClicks(line, "half")
        over = await _open(desk, "outbox")
        assert open_sheets(desk.window) == [messages, over]
        desk.actions.trigger("messages")
        await until(lambda: open_sheets(desk.window) == [messages])
        again = await _open(desk, "outbox")
        assert again is over
        desk.panels.map.setFocus()
        _escape(desk)
        assert open_sheets(desk.window) == [messages]
        assert line.text() == "half"


async def test_a_form_on_a_sheet_is_left_before_the_sheet(served: Served) -> None:
    async with signed_in(served) as desk:
        sheet = await _open(desk, "run_cards")
        sheet.begin_new()
        assert sheet.form is not None
        over = await _open(desk, "help")
        assert open_sheets(desk.window) == [sheet, over]
        desk.panels.map.setFocus()
        _escape(desk)
        assert open_sheets(desk.window) == [sheet]
        desk.panels.map.setFocus()
        _escape(desk)
        assert sheet.form is None
        assert sheet.isVisible()
        desk.panels.map.setFocus()
        _escape(desk)
        assert open_sheets(desk.window) == []


async def test_what_had_the_focus_may_be_gone_when_the_sheet_closes(served: Served) -> None:
    async with signed_in(served) as desk:
        gone = QWidget(desk.frame)
        gone.show()
        gone.setFocus()
        sheet = await _open(desk, "help")
        gone.setParent(None)
        gone.deleteLater()
        del gone
        QApplication.sendPostedEvents(None, 52)
        _escape(desk)
        assert not sheet.isVisible()


@pytest.mark.parametrize("key", [Qt.Key.Key_N, Qt.Key.Key_Slash])
async def test_a_bare_key_does_nothing_behind_a_sheet(served: Served, key: Qt.Key) -> None:
    async with signed_in(served) as desk:
        sheet = await _open(desk, "export_map")
        QTest.keyClick(sheet.findChildren(QPushButton)[0], key)
        assert not desk.panels.command_bar.isVisible()
        assert open_sheets(desk.window) == [sheet]
        assert desk.panels.late_report_form.made is None or not desk.panels.late_report_form.made.isVisible()
        _escape(desk)
        desk.panels.map.setFocus()
        QTest.keyClick(desk.panels.map, key)
        if key == Qt.Key.Key_Slash:
            await until(desk.panels.command_bar.isVisible)
        else:
            await until(lambda: desk.panels.late_report_form.made is not None)
