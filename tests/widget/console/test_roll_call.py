"""A roll call at two desks: called, answered by key, the missing told once, closed with a result."""

from datetime import timedelta

import pytest
from desks import PASSWORD, open_desk, until
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from served import ALL_ROOM, Served

from console.desk import Desk
from tests.widget.console.test_outbox_desk import sign_in, standing
from widgets.roll_call_sheet import RollCallSheet


def sheet_of(desk: Desk) -> RollCallSheet:
    sheet = desk.crew.roll_call.sheet
    assert sheet is not None
    return sheet


async def test_who_answers_and_who_is_missing(served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    served.account("wang", PASSWORD, *ALL_ROOM)
    async with open_desk() as one, open_desk() as other:
        await sign_in(one, served)
        await sign_in(other, served, "wang")
        await until(lambda: any(row.on_shift for row in one.panels.board.rows()))
        one.actions.trigger("roll_call")
        other.actions.trigger("roll_call")
        sheet, there = sheet_of(one), sheet_of(other)
        assert sheet.empty.isVisibleTo(sheet)
        on_shift = [row.unit.unit_id for row in one.panels.board.rows() if row.on_shift]
        sheet.call.click()
        await until(lambda: len(sheet.table.shown()) == len(on_shift) == len(there.table.shown()))
        assert {row.key for row in sheet.table.shown()} == set(on_shift)
        assert one.window.focusWidget() is sheet.table.view, "the keys go to the rows"
        first = sheet.table.shown()[0].key
        sheet.table.choose(first)
        QTest.keyClick(sheet.table.view, Qt.Key.Key_Return)
        await until(lambda: any(row.key == first and row.cells[1].startswith("✓") for row in there.table.shown()))
        assert f"1/{len(on_shift)}" in there.facts()
        called, limit = one.service_now(), one.crew.roll_call.rules().roll_call_minutes
        monkeypatch.setattr(one, "service_now", lambda: called + timedelta(minutes=limit + 1))
        await until(lambda: "notice.roll_call_missing" in standing(one))
        # a mistake is taken back, a second call is not made over an open one
        there.table.choose(first)
        QTest.keyClick(there.table.view, Qt.Key.Key_Return)
        await until(lambda: all(f"0/{len(on_shift)}" in seen.facts() for seen in (sheet, there)))
        one.crew.roll_call.call()
        assert "notice.roll_call_open" in standing(one)
        there.end.click()
        assert there.result.hasFocus() or other.window.focusWidget() is there.result
        there.result.setText("已电话联系")
        QTest.keyClick(there.result, Qt.Key.Key_Return)
        await until(lambda: "已电话联系" in sheet.facts())
        assert sheet.call.isVisibleTo(sheet)
        sheet.close_sheet()
        there.close_sheet()
