"""One action on many cases, over the real console and the real service: each with its own result."""

import httpx
from desks import listed, signed_in, until
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from served import ALL_ROOM, Served, command, key, send_report

from console.desk import Desk
from domain.ids import CaseNo


def _state(room: httpx.Client, case_no: CaseNo) -> str:
    return str(room.get(f"/v1/cases/{case_no}").json()["state"])


async def _marked(desk: Desk, count: int) -> None:
    await until(lambda: len(listed(desk)) >= count)
    QTest.keyClick(desk.panels.case_list.view, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    assert len(desk.panels.case_list.marked()) == count


async def test_many_are_accepted_at_once_and_a_refused_one_stays_marked_with_its_reason(served: Served) -> None:
    room = served.client(served.token("room", *ALL_ROOM))
    mate = served.client(served.token("mate", *ALL_ROOM))
    cases = [send_report(room).case for _ in range(8)]
    held = command(mate, cases[3], "claim").case
    async with signed_in(served) as desk:
        await _marked(desk, 8)
        QTest.keyClick(desk.panels.case_list.view, Qt.Key.Key_A)
        sheet = desk.intake.bulk_sheet
        await until(lambda: sheet.isVisibleTo(desk.window))
        assert sheet._form is not None
        sheet._form.submit()
        await until(lambda: not sheet._running and len(sheet._results) == 8)
        assert "办成 7 件，未成 1 件" in sheet._title.text()
        assert "在办" in sheet._list.item(0).text() and sheet._list.item(0).text().startswith("✗")  # noqa: PT018
        assert desk.panels.case_list.marked() == (held.case_no,)
        assert [_state(room, c.case_no) for c in cases].count("pending_file") == 7
        QTest.keyClick(sheet, Qt.Key.Key_Return)
        assert not sheet.isVisibleTo(desk.window)


async def test_many_are_merged_into_one_and_a_reason_is_given_once(served: Served) -> None:
    room = served.client(served.token("room", *ALL_ROOM))
    into, *others = [send_report(room).case for _ in range(4)]
    async with signed_in(served) as desk:
        await _marked(desk, 4)
        desk.panels.case_list.unmark(into.case_no)
        QTest.keyClick(desk.panels.case_list.view, Qt.Key.Key_M)
        sheet = desk.intake.bulk_sheet
        await until(lambda: sheet._form is not None)
        field = sheet._form.field("into")  # type: ignore[union-attr]
        assert field is not None
        field.list.search.setText(into.case_no)  # type: ignore[attr-defined]
        field.update_context()
        field.prefill(into.case_no)
        sheet._form.submit()  # type: ignore[union-attr]
        await until(lambda: not sheet._running and len(sheet._results) == 3)
        assert {_state(room, c.case_no) for c in others} == {"merged"}
        assert len(room.get(f"/v1/cases/{into.case_no}").json()["reports"]) == 4


async def test_it_can_be_stopped_and_what_was_not_tried_is_told(served: Served) -> None:
    room = served.client(served.token("room", *ALL_ROOM))
    cases = [send_report(room).case for _ in range(12)]
    async with signed_in(served) as desk:
        await _marked(desk, 12)
        desk.intake.bulk.result.connect(lambda *_: desk.intake.bulk.stop())
        QTest.keyClick(desk.panels.case_list.view, Qt.Key.Key_O)
        sheet = desk.intake.bulk_sheet
        await until(lambda: sheet._form is not None)
        sheet._form.submit()  # type: ignore[union-attr]
        await until(lambda: bool(sheet._results) and not sheet._running)
        assert len(sheet._results) == 1
        assert "未办 11 件" in sheet._title.text()
        assert len(desk.panels.case_list.marked()) == 11
        assert [_state(room, c.case_no) for c in cases].count("recorded") == 1
        assert key()
