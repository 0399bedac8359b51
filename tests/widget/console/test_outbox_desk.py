"""The desk while the line is bad: what is asked for waits, says so, survives, is sent once, and asks when it must."""

from pathlib import Path
from typing import ClassVar

import msgspec
import pytest
from desks import PASSWORD, listed, open_desk, until
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QRadioButton
from served import ALL_ROOM, Served, command, send_report

from client.outbox.order import Stage
from console import outbox_key
from console.desk import Desk
from console.outbox_key import find_key
from domain.case import Case, NewReport
from domain.faults import Fault, FaultKind
from domain.ids import CaseNo
from domain.people import Role
from domain.states import CaseState, Channel
from widgets.intents import ActionIntent, ReportIntent, RevealIntent
from widgets.waiting import Decision, OutboxIntent

pytestmark = pytest.mark.logs_expected("service.http.faults")


def standing(desk: Desk) -> set[str]:
    return {notice.key for notice in desk.notice_feed.standing()}


def texts(widget: object) -> str:
    return "\n".join(label.text() for label in widget.findChildren(QLabel) if label.isVisibleTo(widget))  # type: ignore[attr-defined]


async def sign_in(desk: Desk, served: Served, user: str = "li") -> None:
    desk.session.sign_in(served.url, user, PASSWORD)
    await until(lambda: desk.session.room is not None and desk.session.room.picture is not None)
    desk.outbox.begin()
    await until(lambda: desk.outbox.key)


async def cut(desk: Desk) -> None:
    """Nothing is heard from here on, and nothing is sent."""
    room = desk.session.room
    assert room is not None
    desk.tasks.cancel("session", "room")
    await until(lambda: "session/room" not in desk.tasks.running())
    room._line.lost(0.0, "line_down")
    desk.outbox.on_line(room.line())
    desk.on_second()


async def mend(desk: Desk) -> None:
    room = desk.session.room
    assert room is not None
    desk.tasks.start("session", "room", desk.session._run(room))
    await until(lambda: room.line().state.value == "live")


def fresh(served: Served) -> Case:
    return send_report(served.client(served.token("phones", Role.GATEWAY))).case


def state(served: Served, case: Case) -> tuple[CaseState, int]:
    now = msgspec.json.decode(_case(served, case), type=Case)
    return now.state, now.version


def entries(desk: Desk) -> list[tuple[str, Stage]]:
    return [(entry.order.action, entry.stage) for entry in desk.outbox.entries()]


async def test_what_is_done_without_a_line_waits_is_marked_and_is_sent_in_order(served: Served) -> None:
    case = fresh(served)
    async with open_desk() as desk:
        await sign_in(desk, served)
        await until(lambda: listed(desk) == [case.case_no])
        desk.selection.select_case(case.case_no)
        await cut(desk)
        assert len(desk.veils._veils) == 4
        assert all("数据停在" in veil.text and veil.isVisibleTo(desk.window) for veil in desk.veils._veils)
        desk.panels.card.start_action("accept")
        desk.intents.act(ActionIntent(case.case_no, "accept", case.version))
        await until(lambda: "notice.outbox_kept" in standing(desk))
        # the form is gone, the case is what it was, and every place says that it waits
        assert desk.panels.card._form is None
        shown = desk.panels.card.case()
        assert shown is not None
        assert shown.state is CaseState.REPORTED
        await until(lambda: "受理" in texts(desk.panels.card.body.waiting))
        assert desk.panels.case_list.table.waits_on(case) is False
        assert "1" in desk.panels.top_bar._outbox.text()
        assert desk.panels.top_bar._outbox.isVisibleTo(desk.panels.top_bar)
        # behind it the next step can be asked for already, the same one no more
        offered = {step.action for step in desk.panels.card._steps}
        assert "return_to_acceptor" in offered
        assert "accept" not in offered
        desk.intents.act(ActionIntent(case.case_no, "note", case.version, {"text": "已电话核实"}))
        await until(lambda: len(desk.outbox.entries()) == 2)
        assert state(served, case) == (CaseState.REPORTED, 1)
        await mend(desk)
        await until(lambda: not desk.outbox.entries())
        await until(lambda: not desk.panels.card.body.waiting.isVisibleTo(desk.panels.card.body))
        assert desk.panels.case_list.table.waits_on(case) is None
        await until(lambda: standing(desk) & {"notice.outbox_sent", "notice.outbox_sent_left"})
        await until(lambda: not any(veil.isVisibleTo(desk.window) for veil in desk.veils._veils))
    assert state(served, case) == (CaseState.PENDING_FILE, 3)


@pytest.mark.parametrize(("action", "says"), [("whistle", True), ("help", False)])
async def test_a_sheet_that_shows_what_others_alter_says_since_when_it_is_stale(
    served: Served, action: str, says: bool
) -> None:
    async with open_desk() as desk:
        await sign_in(desk, served)
        desk.actions.trigger(action)
        (sheet,) = desk._open_sheets()
        desk.on_second()
        layout = sheet.layout()
        assert layout is not None
        room = layout.contentsMargins().bottom()
        assert sheet.accessibleDescription() == ""
        await cut(desk)
        assert ("数据停在" in sheet.accessibleDescription()) is says
        assert (layout.contentsMargins().bottom() > room) is says
        await mend(desk)
        await until(lambda: desk.veils._text == "")
        desk.on_second()
        assert (sheet.accessibleDescription(), layout.contentsMargins().bottom()) == ("", room)


async def test_a_queue_belongs_to_who_filled_it_and_survives_sign_out_and_restart(served: Served) -> None:
    served.account("wang", PASSWORD, *ALL_ROOM)
    case = fresh(served)
    async with open_desk() as desk:
        await sign_in(desk, served)
        await until(lambda: listed(desk) == [case.case_no])
        await cut(desk)
        desk.intents.act(ActionIntent(case.case_no, "note", case.version, {"text": "李的机密话"}))
        await until(lambda: len(desk.outbox.entries()) == 1)
        desk.session.sign_out()
        await until(lambda: desk.session.room is None)
        await sign_in(desk, served, "wang")
        assert desk.outbox.entries() == []
        desk.outbox_desk.open()
        sheet = desk.outbox_desk._sheet
        assert sheet is not None
        assert "li" in texts(sheet)
        assert "1" in texts(sheet)
        assert "机密" not in texts(sheet)
        sheet.close_sheet()
    assert state(served, case)[1] == 1
    async with open_desk() as again:
        await sign_in(again, served)
        await until(lambda: not again.outbox.entries())
    assert state(served, case)[1] == 2
    home = desk.folders.config
    assert not any("机密".encode() in file.read_bytes() for file in home.rglob("*") if file.is_file())


async def test_what_waits_is_sent_after_the_next_sign_in_at_the_same_desk(served: Served) -> None:
    """Nobody need ask for anything first."""
    case = fresh(served)
    async with open_desk() as desk:
        await sign_in(desk, served)
        await until(lambda: desk._warm)
        await cut(desk)
        desk.notices.fault(Fault(FaultKind.INVALID, "unknown_kind", kind="李的事"))
        desk.intents.act(ActionIntent(case.case_no, "note", case.version, {"text": "路边"}))
        await until(lambda: len(desk.outbox.entries()) == 1)
        desk.session.sign_out()
        await until(lambda: desk.session.room is None)
        await until(lambda: "fault.unknown_kind" not in standing(desk))  # what was told to li is not for the next
        desk.session.sign_in(served.url, "li", PASSWORD)
        await until(lambda: state(served, case)[1] == 2)


async def test_a_report_told_again_without_a_line_is_merged_once_it_was_taken(served: Served) -> None:
    case = fresh(served)
    async with open_desk() as desk:
        await sign_in(desk, served)
        await until(lambda: listed(desk) == [case.case_no])
        await cut(desk)
        told = NewReport(Channel.HOTLINE, "又有人来电", kind="01-02")
        desk.intents.report(ReportIntent(told, into=case.case_no))
        await until(lambda: "notice.outbox_report_kept" in standing(desk) or desk.outbox.entries())
        merged: list[object] = []
        desk.intents.report_merged.connect(lambda taken, into, fault: merged.append((into, fault)))
        await mend(desk)
        await until(lambda: merged == [(case.case_no, None)])
        await until(lambda: not desk.outbox.entries())
    assert len(msgspec.json.decode(_case(served, case), type=Case).reports) == 2


def _case(served: Served, case: Case) -> bytes:
    return served.client(served.token("reader", *ALL_ROOM)).get(f"/v1/cases/{case.case_no}").content


async def held_note(desk: Desk, served: Served) -> Case:
    """A note given without a line on a case somebody else went on with meanwhile."""
    case = fresh(served)
    await sign_in(desk, served)
    await until(lambda: listed(desk) == [case.case_no])
    await cut(desk)
    desk.intents.act(ActionIntent(case.case_no, "note", case.version, {"text": "我的备注"}))
    await until(lambda: len(desk.outbox.entries()) == 1)
    command(served.client(served.token("wang", Role.ACCEPTOR)), case, "accept")
    await mend(desk)
    await until(lambda: entries(desk) == [("note", Stage.HELD)])
    return case


async def test_a_conflict_is_shown_field_by_field_and_mine_is_kept_when_a_person_says_so(served: Served) -> None:
    async with open_desk() as desk:
        case = await held_note(desk, served)
        await until(lambda: "notice.outbox_held" in standing(desk))
        assert state(served, case)[1] == 2, "nothing is resolved by itself"
        desk.actions.trigger("outbox")
        sheet = desk.outbox_desk._sheet
        assert sheet is not None
        await until(lambda: "待立案" in texts(sheet.detail) and "待受理" in texts(sheet.detail))
        await until(lambda: "wang" in texts(sheet.detail))
        assert sheet.detail.again.text() == "保留我的"
        QTest.keyClick(sheet.table.view, Qt.Key.Key_A)
        await until(lambda: not desk.outbox.entries())
        await until(lambda: sheet.empty.isVisibleTo(sheet))
        sheet.close_sheet()
    assert state(served, case) == (CaseState.PENDING_FILE, 3)


async def test_of_a_correction_each_field_is_kept_or_taken_by_itself(served: Served) -> None:
    case = fresh(served)
    async with open_desk() as desk:
        await sign_in(desk, served)
        await until(lambda: listed(desk) == [case.case_no])
        await cut(desk)
        mine = {"reason": "misheard", "title": "我的标题", "place": [120.806, 29.556]}
        desk.intents.act(ActionIntent(case.case_no, "correct", case.version, mine))
        await until(lambda: len(desk.outbox.entries()) == 1)
        theirs = {"reason": "typing", "title": "对方的标题", "place": [120.807, 29.557]}
        command(served.client(served.token("wang", Role.ACCEPTOR)), case, "correct", **theirs)
        await mend(desk)
        await until(lambda: entries(desk) == [("correct", Stage.HELD)])
        desk.actions.trigger("outbox")
        sheet = desk.outbox_desk._sheet
        assert sheet is not None
        await until(lambda: set(sheet.detail.fields.theirs()) == {"title", "place"})
        shown = {button.accessibleName() for button in sheet.detail.findChildren(QRadioButton)}
        assert shown >= {"对方的标题", "我的标题", "120.807000, 29.557000", "120.806000, 29.556000"}
        sheet.detail.fields.theirs()["title"].setChecked(True)
        sheet.detail.again.click()
        await until(lambda: not desk.outbox.entries())
        sheet.close_sheet()
    now = msgspec.json.decode(_case(served, case), type=Case)
    assert (now.title, now.lon, now.lat, now.version) == ("对方的标题", 120.806, 29.556, 3)


async def test_dropping_asks_once_and_nothing_is_sent(served: Served) -> None:
    async with open_desk() as desk:
        case = await held_note(desk, served)
        desk.actions.trigger("outbox")
        sheet = desk.outbox_desk._sheet
        assert sheet is not None
        QTest.keyClick(sheet.table.view, Qt.Key.Key_Delete)
        assert "备注" in sheet.detail.drop.text()
        assert len(desk.outbox.entries()) == 1
        QTest.keyClick(sheet.table.view, Qt.Key.Key_Delete)
        await until(lambda: not desk.outbox.entries())
        sheet.close_sheet()
    assert state(served, case)[1] == 2


async def test_an_action_is_offered_again_only_where_the_case_allows_it(served: Served) -> None:
    case = fresh(served)
    async with open_desk() as desk:
        await sign_in(desk, served)
        await until(lambda: listed(desk) == [case.case_no])
        await cut(desk)
        desk.intents.act(ActionIntent(case.case_no, "accept", case.version))
        await until(lambda: len(desk.outbox.entries()) == 1)
        command(served.client(served.token("wang", Role.ACCEPTOR)), case, "accept")
        await mend(desk)
        await until(lambda: entries(desk) == [("accept", Stage.HELD)])
        desk.actions.trigger("outbox")
        sheet = desk.outbox_desk._sheet
        assert sheet is not None
        await until(lambda: not sheet.detail.again.isEnabled())
        desk.outbox_desk.decide(OutboxIntent(sheet.table.key, Decision.OPEN))
        assert desk.selection.case_no == case.case_no
        assert not sheet.isVisible()


async def test_contacts_are_seen_without_a_line_only_where_they_were_seen_in_this_shift(served: Served) -> None:
    gateway = served.client(served.token("phones", Role.GATEWAY))
    seen = send_report(gateway, contact={"name": "赵", "phone": "13900001111"}).case
    unseen = send_report(gateway, contact={"name": "钱", "phone": "13900002222"}).case
    async with open_desk() as desk:
        await sign_in(desk, served)
        await until(lambda: len(listed(desk)) == 2)
        shown: list[CaseNo] = []
        desk.intents.revealed.connect(lambda case_no, contacts: shown.append(case_no))
        desk.intents.reveal(RevealIntent(seen.case_no, "回访"))
        await until(lambda: shown == [seen.case_no])
        readings = served.head()
        await cut(desk)
        desk.intents.reveal(RevealIntent(unseen.case_no, "回访"))
        await until(lambda: "fault.reveal_offline" in standing(desk))
        desk.intents.reveal(RevealIntent(seen.case_no, "再看一次"))
        await until(lambda: shown == [seen.case_no] * 2)
        await mend(desk)
        await until(lambda: not desk.outbox.entries())
        assert served.head() == readings + 1  # that it was looked at again is logged
        desk.session.sign_out()
        await until(lambda: desk.intents._shown == {})


async def test_where_nothing_can_be_written_it_still_works_and_says_so(served: Served, own_folders: Path) -> None:
    case = fresh(served)
    (own_folders / "config").mkdir()
    (own_folders / "config" / "outbox").write_text("in the way")
    async with open_desk() as desk:
        await sign_in(desk, served)
        assert "notice.outbox_nowhere" in standing(desk)
        await until(lambda: listed(desk) == [case.case_no])
        desk.intents.act(ActionIntent(case.case_no, "accept", case.version))
        await until(lambda: "notice.done" in standing(desk))


def test_the_key_lies_in_the_system_s_store_or_in_a_file_only_we_may_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import keyring
    from keyring.backend import KeyringBackend
    from keyring.errors import NoKeyringError

    class Store(KeyringBackend):
        priority = 1  # type: ignore[assignment]
        kept: ClassVar[dict[tuple[str, str], str]] = {}

        def get_password(self, service: str, username: str) -> str | None:
            return self.kept.get((service, username))

        def set_password(self, service: str, username: str, password: str) -> None:
            self.kept[service, username] = password

    before = keyring.get_keyring()
    try:
        keyring.set_keyring(Store())
        first = find_key(tmp_path / "a")
        assert not first.in_file
        assert find_key(tmp_path / "a").master == first.master
        assert not (tmp_path / "a").exists()

        class Nothing(Store):
            def get_password(self, service: str, username: str) -> str | None:
                raise NoKeyringError

        keyring.set_keyring(Nothing())
        second = find_key(tmp_path / "b")
        assert second.in_file
        file = tmp_path / "b" / outbox_key.FILE_NAME
        assert file.stat().st_mode & 0o077 == 0
        keyring.set_keyring(Store())  # a store that came later does not hide what the file's key sealed
        assert find_key(tmp_path / "b").master == second.master
        assert second.master.hex() not in repr(second)
    finally:
        keyring.set_keyring(before)
