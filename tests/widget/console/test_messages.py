"""Messages to units at a real desk: sent, carried on by the field, answered; what nobody reads is told."""

import asyncio
from datetime import timedelta
from types import SimpleNamespace

import pytest
from desks import open_desk, signed_in, until
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from served import Served

from client.api import ServiceClient
from client.room import Room
from domain.people import Role
from simulator.acting.pace import Pace
from simulator.acting.radios import Radios
from tests.widget.console.test_outbox_desk import sign_in, standing
from widgets.unit_board.table import Column


class Even:
    """Draws the same every time."""

    def integers(self, most: int) -> int:
        return 0


async def test_a_message_is_carried_on_and_answered(served: Served) -> None:
    async with open_desk() as desk, ServiceClient(served.url, served.token("phones", Role.GATEWAY)) as client:
        await sign_in(desk, served)
        await until(lambda: bool(desk.panels.board.rows()))
        unit = desk.panels.board.rows()[0].unit
        desk.selection.select_unit(unit.unit_id)
        desk.actions.trigger("messages")
        sheet = desk.crew.messages.sheet
        assert sheet is not None
        assert sheet.empty.isVisibleTo(sheet)
        assert desk.window.focusWidget() is sheet.text
        QTest.keyClicks(sheet.text, "Lao Jie 3")
        QTest.keyClick(sheet.text, Qt.Key.Key_Return)
        await until(lambda: [row.cells[3] for row in sheet.table.shown()] == ["→ 已发"])
        assert sheet.text.text() == ""
        room = Room(client)
        async with asyncio.TaskGroup() as tasks:
            running = tasks.create_task(room.run())
            await until(lambda: room.picture is not None)
            scene = SimpleNamespace(
                room=room, pace=Pace(1000.0), between=lambda a, b: a, rng=Even(), now=room.service_now
            )
            Radios(scene, tasks)  # type: ignore[arg-type]  # the parts of a scene it needs
            await until(lambda: [row.cells[3:] for row in sheet.table.shown()] == [("↩ 已回复", "收到")])
            running.cancel()
        board = desk.panels.board.table
        row = board.row_of(unit.unit_id)
        assert row is not None
        assert board.index(row, Column.WORD).data() == "已回复 · 收到"
        desk.appearance.use_language("en")
        assert board.index(row, Column.WORD).data() == "answered · 收到"
        sheet.close_sheet()


async def test_what_nobody_reads_is_told_once_and_an_answer_by_radio_is_noted(
    served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with open_desk() as desk:
        await sign_in(desk, served)
        await until(lambda: bool(desk.panels.board.rows()))
        desk.crew.messages.send("nobody")
        assert "notice.message_which" in standing(desk)
        desk.selection.select_unit(desk.panels.board.rows()[0].unit.unit_id)
        desk.crew.messages.send("到老街口")
        await until(lambda: bool(desk.crew.messages._unheard))
        sent, limit = (
            next(iter(desk.crew.messages._unheard.values())).sent_at,
            desk.crew.messages.rules().message_minutes,
        )
        monkeypatch.setattr(desk, "service_now", lambda: sent + timedelta(minutes=limit) - timedelta(seconds=30))
        desk.crew.messages.on_second()
        assert "notice.message_unheard" not in standing(desk), "the town's own minutes are not over"
        monkeypatch.setattr(desk, "service_now", lambda: sent + timedelta(minutes=limit))
        await until(lambda: "notice.message_unheard" in standing(desk))
        desk.actions.trigger("messages")
        sheet = desk.crew.messages.sheet
        assert sheet is not None
        sheet.table.choose(sheet.table.shown()[0].key)
        QTest.keyClick(sheet.table.view, Qt.Key.Key_Return)
        await until(lambda: sheet.table.shown()[0].cells[4] == "电台应答")
        assert not desk.crew.messages._unheard
        sheet.close_sheet()


async def test_an_empty_sheet_without_a_unit_takes_the_keys_and_closes(qtbot, served: Served) -> None:
    async with signed_in(served) as desk:
        desk.panels.case_list.focus_search()
        before = desk.window.focusWidget()
        desk.actions.trigger("messages")
        sheet = desk.crew.messages.sheet
        assert sheet is not None
        at = desk.window.focusWidget()
        assert at is not None
        assert at is sheet or sheet.isAncestorOf(at)
        qtbot.keyClick(at, Qt.Key.Key_Escape)
        assert not sheet.isVisible()
        assert desk.window.focusWidget() is before
