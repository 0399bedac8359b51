"""The shift at two desks: posts, a handover signed by both, the duty log, papers; and the idle lock."""

from collections.abc import Callable
from pathlib import Path

import pytest
from desks import PASSWORD, listed, open_desk, until
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel
from served import ALL_ROOM, Served, command, send_report

from console.desk import Desk
from console.paperdoc import Paper, PaperTable, html_of, numbered, write_pdf
from console.verifier import Verifier
from domain.people import Role
from tests.widget.console.test_outbox_desk import cut, fresh, mend, sign_in, standing
from widgets.shift.sheet import ShiftSheet, ShiftTab
from widgets.shift.values import Do, ShiftIntent


def sheet_of(desk: Desk) -> ShiftSheet:
    sheet = desk.crew.shift_desk._sheet
    assert sheet is not None
    return sheet


async def test_a_shift_is_handed_over_by_two_people_at_two_desks(served: Served) -> None:
    served.account("wang", PASSWORD, *ALL_ROOM)
    case = fresh(served)
    command(served.client(served.token("zhao", Role.DUTY_LEADER)), case, "instruct", text="今天务必处理")
    async with open_desk() as one, open_desk() as other:
        await sign_in(one, served)
        await sign_in(other, served, "wang")
        await until(lambda: listed(one) == [case.case_no])
        one.actions.trigger("shift")
        sheet = sheet_of(one)
        assert sheet.posts.empty.isVisibleTo(sheet)
        sheet.posts.name.setText("值班长席")
        QTest.keyClick(sheet.posts.name, Qt.Key.Key_Return)
        await until(sheet.posts.table.shown)
        QTest.keyClick(sheet.posts.table.view, Qt.Key.Key_Return)
        await until(lambda: "li" in sheet.posts.table.shown()[0].cells[1])
        # everybody sees who is on it
        other.actions.trigger("handover")
        there = sheet_of(other)
        await until(lambda: "li" in there.posts.table.shown()[0].cells[1])
        # the sheet lists what is open by itself, the leader's words among it
        sheet.turn(ShiftTab.HANDOVER)
        await until(lambda: not one.crew.shift_desk._loading)
        sheet.handover.draft.click()
        kinds = {row.cells[1] for row in sheet.handover.table.shown()}
        assert "领导批示" in kinds
        sheet.handover.remarks.setPlainText("应急电话见墙上")
        sheet.handover.sign.click()
        await until(lambda: "notice.shift_waits" in standing(other))
        # who comes cannot sign before every line was read
        await until(lambda: there.handover.row() is not None)
        assert not there.handover.sign.isEnabled()
        assert there.handover.left() == len(there.handover.table.shown())
        there.turn(ShiftTab.HANDOVER)
        for _ in there.handover.table.shown():
            QTest.keyClick(there.handover.table.view, Qt.Key.Key_Down)
        await until(there.handover.sign.isEnabled)
        there.handover.sign.click()
        await until(lambda: "notice.shift_received" in standing(one))
        # who goes is off the post, who comes is on it, and both stand on the sheet
        await until(lambda: "wang" in sheet.posts.table.shown()[0].cells[1])
        await until(lambda: "li" not in sheet.posts.table.shown()[0].cells[1])
        row = there.handover.row()
        assert row is not None
        assert one.intents._shown == {}
        assert (row.outgoing, row.incoming, row.remarks) == ("li", "wang", "应急电话见墙上")
        await _log_is_kept(there)
        sheet.close_sheet()
        there.close_sheet()


async def _log_is_kept(there: ShiftSheet) -> None:
    """The log has written itself; a typed warning says what is still due until it is told."""
    there.turn(ShiftTab.LOG)
    there.log.text.setText("气象台电话：暴雨黄色预警")
    there.log.who.setText("值班领导")
    QTest.keyClick(there.log.text, Qt.Key.Key_Return)
    await until(lambda: any("暴雨黄色预警" in row.cells[2] for row in there.log.table.shown()))
    told = " ".join(row.cells[2] for row in there.log.table.shown())
    assert "接班签字" in told
    assert "已告知 值班领导" in told
    # a warning is told by telephone, then in writing; what is still due stands beside it
    there.log.text.setText("河堤险情")
    there.log.warning.setChecked(True)
    there.log.add.click()
    await until(lambda: any("10 分钟内" in row.cells[2] for row in there.log.table.shown()))
    for due in ("30 分钟内", "书面"):
        there.log.table.choose(next(row.key for row in there.log.table.shown() if "河堤险情" in row.cells[2]))
        there.log.who.setText("张镇长")
        QTest.keyClick(there.log.table.view, Qt.Key.Key_Return)
        await until(lambda due=due: any(due in row.cells[2] for row in there.log.table.shown()))
    assert sum("河堤险情" in row.cells[2] for row in there.log.table.shown()) == 1
    there.log.kind.setCurrentIndex(there.log.kind.findData("note"))
    assert len(there.log.table.shown()) == 2


async def test_a_note_typed_without_a_line_waits_in_the_outbox(served: Served) -> None:
    async with open_desk() as desk:
        await sign_in(desk, served)
        desk.actions.trigger("duty_log")
        await cut(desk)
        desk.crew.shift_desk.do(ShiftIntent(Do.NOTE, text="线路中断，改用电话"))
        await until(lambda: [e.order.action for e in desk.outbox.entries()] == ["put_log_note"])
        head = served.head()
        await mend(desk)
        await until(lambda: not desk.outbox.entries())
        assert served.head() == head + 1
        sheet_of(desk).close_sheet()


def _paper(desk: Desk) -> str:
    paper = desk.paper.fallback()
    return "" if paper is None else html_of(paper)


async def test_the_paper_fallback_is_made_without_a_line_and_logged_when_it_is_back(
    served: Served, tmp_path: Path
) -> None:
    gateway = served.client(served.token("phones", Role.GATEWAY))
    case = send_report(gateway, text="积水", contact={"name": "欧阳", "phone": "13900009999"}).case
    async with open_desk() as desk:
        await sign_in(desk, served)
        await until(lambda: listed(desk) == [case.case_no])
        desk.settings.set("paper_folder", str(tmp_path / "纸单"), store=False)
        desk.crew.shift_desk.do(ShiftIntent(Do.ADD_PHONE, "市政维修队", "0575-8300000", source="夜间"))
        await until(lambda: "notice.shift_phone" in standing(desk))
        await until(lambda: "0575-8300000" in _paper(desk))
        await cut(desk)
        said = _paper(desk)
        assert case.case_no in said
        assert "环卫所" in said
        assert "13900009999" not in said
        assert "欧阳" not in said
        desk.actions.trigger("print_fallback")
        await until(lambda: "notice.printed" in standing(desk))
        assert desk.paper.last is not None
        assert desk.paper.last.read_bytes().startswith(b"%PDF")
        assert [e.order.action for e in desk.outbox.entries()] == ["printed"]
        head = served.head()
        await mend(desk)
        await until(lambda: not desk.outbox.entries())
        assert served.head() == head + 1
        # a folder that cannot be written is said
        (tmp_path / "file").write_text("in the way")
        desk.settings.set("paper_folder", str(tmp_path / "file"), store=False)
        desk.actions.trigger("print_fallback")
        await until(lambda: "fault.export_not_writable" in standing(desk))


def test_long_paper_goes_over_pages_and_escapes_what_it_is_given(tmp_path: Path, qapp: object) -> None:
    rows = numbered([(f"第 {n} 件 <b>&", "很长的内容" * 12) for n in range(120)])
    paper = Paper("标题", ("一行",), (PaperTable("表", ("序", "甲", "乙"), rows),), "li 打印", "{n}/{of}")
    pages = write_pdf(tmp_path / "a.pdf", paper, "")
    assert pages > 2
    assert "&lt;b&gt;&amp;" in html_of(paper)
    assert not list(tmp_path.glob(".*"))


def shown_texts(desk: Desk) -> Callable[[], str]:
    def texts() -> str:
        cover = desk.crew.idle_lock._cover
        assert cover is not None
        return "\n".join(label.text() for label in cover.findChildren(QLabel))

    return texts


async def test_an_idle_desk_is_covered_listens_and_is_unlocked_by_its_own_person(served: Served) -> None:
    served.account("wang", PASSWORD + "2", *ALL_ROOM)
    async with open_desk() as desk:
        await sign_in(desk, served)
        desk.actions.trigger("new_report")
        desk.panels.report_form.text.setPlainText("打到一半")
        desk.crew.preferences.open()
        desk.crew.idle_lock._stirred -= 10 * 60 + 1
        desk.on_second()
        cover = desk.crew.idle_lock._cover
        assert cover is not None
        assert desk.crew.idle_lock.locked
        assert cover.geometry() == desk.window.rect()
        assert not desk.frame.isEnabled()
        for _ in range(6):
            QTest.keyClick(desk.window.focusWidget() or cover, Qt.Key.Key_Tab)
            assert cover.isAncestorOf(desk.window.focusWidget() or cover.password), "no key leads below the cover"
        cover.password.setFocus()
        assert not desk.actions.enabled(), "no key does anything below the cover"
        case = fresh(served)
        await until(lambda: listed(desk) == [case.case_no])  # it goes on listening
        await until(lambda: "1" in shown_texts(desk)())
        assert case.title not in shown_texts(desk)()
        desk.crew.alarms.sos_waiting.emit(2)
        assert "2 个求助" in shown_texts(desk)()
        for wrong in ("nonsense", PASSWORD + "2"):
            cover.password.setText(wrong)
            QTest.keyClick(cover.password, Qt.Key.Key_Return)
            await until(lambda: cover.fault.isVisibleTo(cover))
            assert desk.crew.idle_lock.locked
        cover.password.setText(PASSWORD)
        QTest.keyClick(cover.password, Qt.Key.Key_Return)
        await until(lambda: not desk.crew.idle_lock.locked)
        assert desk.panels.report_form.text.toPlainText() == "打到一半"
        assert "sign_out" in desk.actions.enabled()
        assert cover.password.text() == ""


@pytest.mark.logs_expected("service")
async def test_without_a_line_it_unlocks_by_what_this_session_remembers(
    served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with open_desk() as desk:
        await sign_in(desk, served)
        await until(lambda: desk.session.verifier is not None)
        desk.crew.idle_lock.lock()
        cover = desk.crew.idle_lock._cover
        assert cover is not None
        room = desk.session.room
        assert room is not None
        monkeypatch.setattr(type(room.client), "base_url", property(lambda self: "http://127.0.0.1:9"))
        cover.unlock_requested.emit("nonsense", "")
        await until(lambda: cover.fault.isVisibleTo(cover))
        assert desk.crew.idle_lock.locked
        cover.unlock_requested.emit(PASSWORD, "")
        await until(lambda: not desk.crew.idle_lock.locked)
        desk.crew.idle_lock.lock()
        cover.leave.click()
        assert desk.crew.idle_lock.locked, "it asks once"
        cover.leave.click()
        await until(lambda: not desk.window.on_desk)
        assert not desk.crew.idle_lock.locked
        assert desk.session.verifier is None


def test_a_verifier_says_nothing_and_knows_one_password() -> None:
    verifier = Verifier("the right one")
    assert verifier.matches("the right one")
    assert not verifier.matches("the right one ")
    assert "right" not in repr(verifier)
