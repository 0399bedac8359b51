"""Plans at real desks: put to use on a case, ticked and taken back, seen by others, also without a line; printed."""

from pathlib import Path
from typing import Any

import pytest
from desks import open_desk, until
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from served import Served

from client.api import ServiceClient
from client.outbox.order import Stage
from client.transport import Reply
from console.desk import Desk
from domain.faults import Fault, FaultKind
from domain.ids import CaseNo, EntryId
from domain.register import EntryKind
from domain.register_plan import Plan, PlanContact, PlanStep, tick_id
from tests.widget.console.test_outbox_desk import cut, entries, fresh, mend, sign_in, standing
from widgets.book.plans import read_contact, read_means, read_step, write_contact, write_means, write_step
from widgets.checklist_sheet import ChecklistSheet

pytestmark = pytest.mark.logs_expected("service.http.faults")
PLAN = Plan(
    "垃圾处置",
    (PlanStep("通知环卫所", "受理员", 5), PlanStep("清运"), PlanStep("复查")),
    kinds=("01",),
    contacts=(PlanContact("环卫所值班", "0575-0000-0101"),),
)


def states(sheet: ChecklistSheet) -> list[str]:
    return [row.cells[3] for row in sheet.rows.shown()]


async def _open(desk: Desk, case_no: CaseNo) -> ChecklistSheet:
    """Put the plan to use on a case, by the keys a person presses."""
    room = desk.session.room
    await until(lambda: room is not None and room.picture is not None and room.picture.case(case_no) is not None)
    desk.selection.select_case(case_no)
    await until(lambda: desk.panels.card.case() is not None)
    desk.actions.trigger("plans")
    book = desk.crew.plans.book.sheet
    assert book is not None
    await until(lambda: bool(book.table.shown()))
    book.table.choose(book.table.shown()[0].key)
    QTest.keyClick(book, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    await until(lambda: desk.crew.plans.sheet is not None and desk.crew.plans.sheet.isVisible())
    sheet = desk.crew.plans.sheet
    assert sheet is not None
    return sheet


async def test_a_plan_on_a_case_is_ticked_at_every_desk_and_printed(served: Served, tmp_path: Path) -> None:
    case = fresh(served)
    async with open_desk() as one, open_desk() as other:
        await sign_in(one, served)
        await sign_in(other, served)
        one.register.put(PLAN)
        await until(lambda: len(other.register.all(Plan)) == 1)
        await until(lambda: len(one.register.all(Plan)) == 1)
        sheet = await _open(one, case.case_no)
        assert "notice.plan_there" in standing(one)
        await until(lambda: states(sheet) == ["○ 待办"] * 3)
        assert "环卫所值班 | 0575-0000-0101" in sheet.below.text()
        QTest.keyClick(sheet.rows.view, Qt.Key.Key_Return)
        await until(lambda: states(sheet)[0] == "✓ 已完成")
        other.actions.trigger("checklists")
        seen = other.crew.plans.sheet
        assert seen is not None
        await until(lambda: [row.cells[2] for row in seen.list.shown()] == ["1/3"])
        assert "li" in seen.rows.shown()[0].cells[4]
        seen.rows.choose("0")
        QTest.keyClick(seen.rows.view, Qt.Key.Key_Return)
        await until(lambda: states(sheet)[0] == "○ 待办")
        one.settings.set("paper_folder", str(tmp_path), store=False)
        QTest.keyClick(sheet.rows.view, Qt.Key.Key_P)
        await until(lambda: one.paper.last is not None and one.paper.last.exists())
        assert one.paper.last is not None
        assert one.paper.last.name.startswith("onemap-plan-")
        sheet.result.setText("清完了")
        QTest.keyClick(sheet.result, Qt.Key.Key_Return)
        await until(lambda: "已结束：清完了" in seen.facts.text())
        seen.close_sheet()
        sheet.close_sheet()


async def test_without_a_line_a_plan_is_put_to_use_ticked_and_sent_once(served: Served) -> None:
    case = fresh(served)
    async with open_desk() as desk, open_desk() as other:
        await sign_in(desk, served)
        await sign_in(other, served)
        desk.register.put(PLAN)
        await until(lambda: len(desk.register.all(Plan)) == 1)
        await cut(desk)
        sheet = await _open(desk, case.case_no)
        assert "待发送" in sheet.list.shown()[0].cells[0]
        for key in (0, 1, 1, 2):
            sheet.rows.choose(str(key))
            before = len(entries(desk))
            QTest.keyClick(sheet.rows.view, Qt.Key.Key_Return)
            await until(lambda n=before: len(entries(desk)) == n + 1)
        await until(lambda: states(sheet) == ["✓ 已完成", "○ 待办", "✓ 已完成"])
        await mend(desk)
        await until(lambda: not entries(desk))
        other.crew.plans.open()
        seen = other.crew.plans.sheet
        assert seen is not None
        await until(lambda: states(seen) == ["✓ 已完成", "○ 待办", "✓ 已完成"])
        await until(lambda: states(sheet) == states(seen))
        assert "待发送" not in sheet.list.shown()[0].cells[0]
        seen.close_sheet()
        sheet.close_sheet()


async def test_a_tick_whose_answer_was_lost_counts_once(served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its change comes by the feed while the order still waits for its answer: what is done next counts both as one."""
    case = fresh(served)
    async with open_desk() as desk:
        await sign_in(desk, served)
        desk.register.put(PLAN)
        await until(lambda: len(desk.register.all(Plan)) == 1)
        sheet = await _open(desk, case.case_no)
        await until(lambda: not entries(desk))
        send, lost = ServiceClient.send_kept, []

        async def lose_the_first_answer(client: ServiceClient, *given: Any, **named: Any) -> Reply:
            reply = await send(client, *given, **named)
            if not lost:
                lost.append(reply)
                raise Fault(FaultKind.UNAVAILABLE, "outcome_unclear")
            return reply

        monkeypatch.setattr(ServiceClient, "send_kept", lose_the_first_answer)
        room, which = desk.session.room, (EntryKind.TICK, tick_id(EntryId(sheet.list.key), 0))
        assert room is not None
        assert room.picture is not None
        picture = room.picture
        sheet.rows.choose("0")
        QTest.keyClick(sheet.rows.view, Qt.Key.Key_Return)
        await until(lambda: which in picture.entries)
        assert [stage for _, stage in entries(desk)] == [Stage.UNCLEAR]
        assert states(sheet)[0] == "✓ 已完成"
        QTest.keyClick(sheet.rows.view, Qt.Key.Key_Return)
        await until(lambda: states(sheet)[0] == "○ 待办")
        await until(lambda: not entries(desk))
        await until(lambda: picture.entries[which].version == 2)
        assert picture.entries[which].body["done"] is False
        assert states(sheet)[0] == "○ 待办"
        assert not [key for key in standing(desk) if key.startswith("fault.")]
        sheet.close_sheet()


def test_lines_of_a_plan_are_read_as_they_were_written() -> None:
    for step in (*PLAN.steps, PlanStep("x", "", 7)):
        assert read_step(write_step(step)) == step
    for contact in (*PLAN.contacts, PlanContact("a", "110", "24 小时")):
        assert read_contact(write_contact(contact)) == contact
    for line in ("沙袋 | 800 只 | 水务站", "沙袋", "沙袋 |  | 水务站"):
        assert read_means(write_means(read_means(line))) == read_means(line)
