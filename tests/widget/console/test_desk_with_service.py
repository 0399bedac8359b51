"""The desk and the real service: signing in, following, selecting, acting, conflicts, losing the line, closing."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from desks import PASSWORD, listed, open_desk, signed_in, until
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QWidget
from served import ALL_ROOM, Served, command, send_report, serve_town

from client.line import LineReading, LineState
from console.desk import Desk
from console.deskactions import ON_DESK
from domain.case import NewReport
from domain.faults import Fault, FaultKind
from domain.ids import CaseNo
from domain.people import Role
from domain.states import CaseState, Channel
from widgets.case_list.rows import ListTab
from widgets.intents import ActionIntent, ReportIntent
from widgets.map.events import CasePicked
from widgets.notices import Severity


def _standing(desk: Desk) -> set[str]:
    return {notice.key for notice in desk.notice_feed.standing()}


def _shown_text(desk: Desk) -> str:
    return "\n".join(label.text() for label in desk.panels.card.findChildren(QLabel) if label.isVisibleTo(desk.window))


async def test_a_wrong_password_is_said_and_the_right_one_opens_the_desk(served: Served) -> None:
    async with open_desk() as desk:
        desk.ask_to_sign_in(served.url)
        assert not desk.window.on_desk
        panel = desk.sign_in
        panel.user.setText("li")
        panel.password.setText("wrong")
        panel.password.returnPressed.emit()
        await until(lambda: panel._fault.isVisibleTo(panel))
        assert not desk.window.on_desk
        assert panel.password.text() == ""
        panel.password.setText(PASSWORD)
        panel.password.returnPressed.emit()
        await until(lambda: desk.window.on_desk)
        assert panel.password.text() == ""
        assert desk.settings.text("last_user") == "li"
        assert PASSWORD not in (find_settings_text(desk))


def find_settings_text(desk: Desk) -> str:
    return "".join(file.read_text("utf-8") for file in desk.folders.config.glob("*"))


async def test_the_sign_in_page_opens_where_the_first_empty_line_is(qtbot) -> None:
    async with open_desk() as desk:
        desk.ask_to_sign_in("https://room.example")
        panel = desk.sign_in
        assert desk.window.focusWidget() is panel.user
        qtbot.keyClicks(desk.window.focusWidget(), "li")
        assert panel.user.text() == "li"
        desk.settings.set("last_user", "li", store=False)
        desk.window.show_desk()
        desk.ask_to_sign_in("https://room.example")
        assert desk.window.focusWidget() is panel.password


async def test_a_server_that_is_not_there_is_said_on_the_sign_in_page() -> None:
    async with open_desk() as desk:
        desk.session.sign_in("http://127.0.0.1:9", "li", "x")
        await until(lambda: desk.sign_in._fault.isVisibleTo(desk.sign_in))
        assert not desk.window.on_desk


async def test_a_token_that_does_not_hold_leads_to_the_sign_in_page(served: Served) -> None:
    async with open_desk() as desk:
        desk.session.use_token(served.url, "not-a-token-of-this-service")
        await until(lambda: desk.sign_in._fault.isVisibleTo(desk.sign_in))
        assert not desk.window.on_desk
        assert desk.session.room is None


async def test_reports_appear_in_list_and_map_and_are_selected_together(served: Served) -> None:
    gateway = served.client(served.token("phones", Role.GATEWAY))
    first = send_report(gateway, text="第一件").case
    async with signed_in(served) as desk:
        await until(lambda: listed(desk) == [first.case_no])
        second = send_report(gateway, text="第二件", lon=120.815).case
        await until(lambda: second.case_no in listed(desk))
        await until(lambda: desk.map_feed.models.cases.mark(second.case_no) is not None)
        # from the map to list and card
        desk.panels.map.case_picked.emit(CasePicked(second.case_no))
        assert desk.panels.case_list.selected() == second.case_no
        shown = desk.panels.card.case()
        assert shown is not None
        assert shown.case_no == second.case_no
        # from the list to map and card
        desk.panels.case_list.case_selected.emit(first.case_no)
        assert desk.panels.map.chosen.case_no == first.case_no
        shown = desk.panels.card.case()
        assert shown is not None
        assert shown.case_no == first.case_no
        await until(lambda: "上报" in _shown_text(desk))


async def test_what_one_desk_does_the_other_shows(served: Served) -> None:
    case = send_report(served.client(served.token("phones", Role.GATEWAY))).case
    async with signed_in(served) as one, signed_in(served) as other:
        await until(lambda: listed(one) == [case.case_no] and listed(other) == [case.case_no])
        other.selection.select_case(case.case_no)
        one.selection.select_case(case.case_no)
        assert one.panels.card.press_key("A")
        one.panels.card.action_requested.emit(ActionIntent(case.case_no, "accept", case.version))
        await until(lambda: "notice.done" in _standing(one))

        def state(desk: Desk) -> CaseState | None:
            shown = desk.panels.card.case()
            return None if shown is None else shown.state

        await until(lambda: state(one) is CaseState.PENDING_FILE and state(other) is CaseState.PENDING_FILE)


async def test_a_conflict_is_shown_with_what_changed_and_nothing_is_sent_again(served: Served) -> None:
    case = send_report(served.client(served.token("phones", Role.GATEWAY))).case
    async with signed_in(served) as desk:
        await until(lambda: listed(desk) == [case.case_no])
        desk.selection.select_case(case.case_no)
        desk.panels.card.start_action("accept")
        colleague = served.client(served.token("wang", Role.ACCEPTOR))
        command(colleague, case, "note", text="已电话核实")
        before = served.head()
        desk.intents.act(ActionIntent(case.case_no, "accept", case.version))
        await until(lambda: "wang" in _shown_text(desk) and "备注" in _shown_text(desk))
        assert served.head() == before
        shown = desk.panels.card.case()
        assert shown is not None
        assert shown.state is CaseState.REPORTED


async def test_a_report_from_the_room_is_taken_and_selected(served: Served) -> None:
    async with signed_in(served) as desk:
        desk.actions.trigger("new_report")
        form = desk.panels.report_form
        assert desk.panels.card_stack.currentWidget() is form
        form.text.setPlainText("居民来电：路灯不亮")
        form.submit()
        await until(lambda: "notice.report_done" in _standing(desk))
        assert desk.panels.card_stack.currentWidget() is desk.panels.card
        await until(lambda: desk.selection.case_no in listed(desk))  # the list hears of it over the feed
        assert not form.has_input()


async def test_a_refused_report_keeps_what_was_typed(served: Served) -> None:
    async with signed_in(served) as desk:
        desk.actions.trigger("new_report")
        form = desk.panels.report_form
        form.text.setPlainText("一件事")
        before = served.head()
        desk.intents.report(ReportIntent(NewReport(channel=Channel.HOTLINE, text="一件事", kind="05-02")))
        await until(lambda: form._fault.isVisibleTo(form))
        assert form.text.toPlainText() == "一件事"
        assert served.head() == before


async def test_a_record_that_could_not_be_fetched_is_fetched_once_the_line_is_back(
    served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = send_report(served.client(served.token("phones", Role.GATEWAY))).case
    async with signed_in(served) as desk:
        await until(lambda: listed(desk) == [case.case_no])
        room = desk.session.room
        assert room is not None
        with monkeypatch.context() as down:
            down.setattr(room.client, "changes", _no_line)
            desk.selection.select_case(case.case_no)
            await until(lambda: desk.words("desk.timeline.missed") in _shown_text(desk))
        await until(lambda: desk.words("desk.timeline.missed") not in _shown_text(desk))
        assert len(desk.panels.card.body.timeline._changes or ()) == 1


async def _no_line(case_no: CaseNo) -> None:
    raise Fault(FaultKind.UNAVAILABLE, "line_down")


async def test_the_time_of_the_last_word_stands_still_while_the_clock_runs_faster(tmp_path: Path) -> None:
    with serve_town(tmp_path, speed=60.0) as fast:
        fast.account("li", PASSWORD, *ALL_ROOM)
        async with signed_in(fast) as desk:
            room = desk.session.room
            assert room is not None
            said: list[str] = []
            for age_s in (1.0, 11.0):
                now = room.service_now() + timedelta(seconds=60 * age_s)
                line = LineReading(LineState.OFFLINE, state_age_s=age_s, heard_age_s=age_s)
                desk.room_feed.show_line(line, now)
                said.append(desk.panels.top_bar._line.text())
            first, second = (datetime.strptime(text[-8:], "%H:%M:%S").replace(tzinfo=UTC) for text in said)
            assert abs(second - first) < timedelta(seconds=60)


async def test_an_ended_session_leads_back_to_the_sign_in_page(served: Served) -> None:
    async with signed_in(served) as desk:
        desk.actions.trigger("sign_out")
        await until(lambda: not desk.window.on_desk)
        assert desk.session.room is None
        await until(lambda: desk.tasks.running() == [])


async def test_language_and_theme_change_while_it_runs(served: Served) -> None:
    send_report(served.client(served.token("phones", Role.GATEWAY)))
    async with signed_in(served) as desk:
        await until(lambda: len(listed(desk)) == 1)
        before = desk.window.grab().toImage().pixelColor(5, 5).lightness()
        desk.actions.trigger("language")
        desk.actions.trigger("theme")
        assert "Test Town" in desk.window.windowTitle()
        assert desk.workspace.dock("dock-map").windowTitle() == "Map"
        assert abs(desk.window.grab().toImage().pixelColor(5, 5).lightness() - before) > 80
        desk.actions.trigger("language")
        assert desk.workspace.dock("dock-map").windowTitle() == "地图"


async def test_the_layout_is_where_it_was(served: Served) -> None:
    async with open_desk(keep=True) as desk:
        desk.window.resize(1500, 850)
        desk.window.show_desk()
        desk.actions.enable(["lock_layout"], True)
        desk.actions.trigger("lock_layout")
        desk.workspace.dock("dock-today").toggleView(False)
    async with open_desk(keep=True) as desk:
        assert not desk.workspace.locked
        desk.window.show_desk()
        assert desk.workspace.dock("dock-today").isClosed()
        assert not desk.workspace.dock("dock-map").isClosed()
        desk.actions.enable(["reset_layout"], True)
        desk.actions.trigger("reset_layout")
        assert not desk.workspace.dock("dock-today").isClosed()
        assert desk.workspace.locked
        assert desk.settings.flag("layout_locked")


async def test_the_legend_tells_of_a_case_that_has_no_place(served: Served) -> None:
    gateway = served.client(served.token("phones", Role.GATEWAY))
    send_report(gateway)
    send_report(gateway, lon=None, lat=None)
    async with signed_in(served) as desk:
        legend = desk.panels.map.overlays.legend
        await until(lambda: "在办案件 1（另有 1 件无位置）" in legend.accessibleName())


async def test_closing_is_a_request(served: Served) -> None:
    async with signed_in(served) as desk:
        desk.window.close()
        assert desk.window.isVisible()
        assert desk.closing.is_set()


async def test_a_failure_inside_is_shown_once_in_words(served: Served) -> None:
    async with signed_in(served) as desk:
        desk.show_failure(ZeroDivisionError("secret"), "somewhere")
        desk.show_failure(ZeroDivisionError("secret"), "somewhere")
        shown = [n for n in desk.notice_feed.standing() if n.key == "notice.failure"]
        assert len(shown) == 1
        assert shown[0].severity is Severity.WARNING
        assert all("secret" not in notice.text for notice in desk.panels.notices.notices())


async def test_letters_on_the_map_act_on_the_selected_case(qtbot, served: Served) -> None:
    case = send_report(served.client(served.token("phones", Role.GATEWAY))).case
    async with signed_in(served) as desk:
        await until(lambda: listed(desk) == [case.case_no])
        desk.selection.select_case(case.case_no)
        desk.panels.map.setFocus()
        qtbot.keyClick(desk.panels.map, Qt.Key.Key_A)
        assert desk.panels.card._form is not None
        assert desk.panels.card._form.step.action == "accept"


async def test_the_help_names_every_key_of_the_desk(served: Served) -> None:
    async with signed_in(served) as desk:
        for _ in range(2):
            desk.actions.trigger("help")
            texts = [label.text() for label in desk.panels.help_sheet.findChildren(QLabel)]
            for keys, text in desk.actions.key_list(ON_DESK):
                assert keys in texts
                assert text in texts
            assert desk.words("menu.grid_keeper") not in texts, "which the role of who is signed in may not do"
            desk.panels.help_sheet.close_sheet()
            desk.actions.trigger("language")


async def test_a_role_that_takes_no_report_down_is_told_so_by_the_key_for_one(qtbot, served: Served) -> None:
    """The form opened, was filled in, and the service refused it."""
    served.account("zhao", PASSWORD, Role.DISPATCHER, Role.INSPECTOR)
    async with signed_in(served, "zhao") as desk:
        panels, text = desk.panels, desk.words("menu.new_report")
        desk.window.activateWindow()
        await until(desk.window.isActiveWindow)
        panels.map.setFocus()
        qtbot.keyClick(panels.map, Qt.Key.Key_N)
        assert panels.late_report_form.made is None
        assert panels.notices.notices()[0].text == "「新增上报」不归您的岗位办"
        assert "new_report" not in {hit.value for hit in desk.finder.find("")}, "the search box does not offer it"
        assert text not in [said for _, said in desk.actions.key_list(ON_DESK)], "nor does F1"
        desk.session.sign_out()
        await until(lambda: not desk.window.on_desk)
    async with signed_in(served) as desk:
        desk.window.activateWindow()
        await until(desk.window.isActiveWindow)
        desk.panels.map.setFocus()
        qtbot.keyClick(desk.panels.map, Qt.Key.Key_N)
        assert desk.panels.report_form.isVisible()


@pytest.mark.parametrize("key", ["/", "、"])
async def test_the_slash_opens_the_command_bar_also_from_the_list(qtbot, served: Served, key: str) -> None:
    send_report(served.client(served.token("phones", Role.GATEWAY)))
    async with signed_in(served) as desk:
        await until(lambda: len(listed(desk)) == 1)
        panel = desk.panels.case_list
        desk.window.activateWindow()
        panel.focus_list()
        _press(panel.view, key)
        assert desk.panels.command_bar.isVisible()
        desk.panels.command_bar.close_bar()
        assert desk.window.focusWidget() is panel.view
        qtbot.keyClick(panel.view, Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier)
        assert desk.window.focusWidget() is panel.filter_bar.search
        _press(panel.filter_bar.search, key)
        assert panel.filter_bar.search.text() == key
        assert not desk.panels.command_bar.isVisible()


def _press(widget: QWidget, text: str) -> None:
    """Press a key as the window system gives it, so that shortcuts are looked at first."""
    for press in (True, False):
        QTest.simulateEvent(widget, press, ord(text), Qt.KeyboardModifier.NoModifier, text, False)


async def test_the_command_bar_finds_cases_grids_coordinates_and_actions(served: Served) -> None:
    case = send_report(served.client(served.token("phones", Role.GATEWAY)), title="老街口井盖").case
    async with signed_in(served) as desk:
        await until(lambda: listed(desk) == [case.case_no] and desk.finder.find("全屏"))
        whats = {hit.what for hit in desk.finder.find("井盖")}
        assert "case" in whats
        assert desk.finder.find(case.case_no[-4:])[0].value == case.case_no
        place = desk.finder.find("120.81，29.56")[0]
        assert (place.lon, place.lat) == (120.81, 29.56)
        assert desk.finder.find("120.81, 95") == []
        grid = desk.map_feed.models.grids.shapes.grids[0]
        await until(lambda: any(hit.value == grid.code for hit in desk.finder.find(grid.name)))
        assert desk.finder.find("全屏")[0].what == "action"
        assert {"overdue", "new_report", "quit"} <= {hit.value for hit in desk.finder.find("")}
        desk.panels.command_bar.open_bar()
        assert desk.panels.command_bar.list.rows.count() == len(desk.finder.find(""))
        assert desk.panels.command_bar.list.rows.currentRow() < 0, "Enter alone does nothing"
        desk.panels.command_bar.close_bar()
        hit = desk.finder.find("井盖")[0]
        desk.panels.command_bar.hit_chosen.emit(hit)
        assert desk.selection.case_no == case.case_no


async def test_a_single_role_sees_the_room_and_only_its_own_actions(served: Served) -> None:
    served.account("wang", PASSWORD, Role.DISPATCHER)
    case = send_report(served.client(served.token("phones", Role.GATEWAY))).case
    async with open_desk() as desk:
        desk.session.sign_in(served.url, "wang", PASSWORD)
        await until(lambda: desk.panels.case_list.table.counts()[ListTab.ALL] == 1)
        assert desk.panels.case_list.filter_bar.tab is ListTab.DISPATCH
        desk.selection.select_case(case.case_no)
        assert not desk.panels.card.press_key("A")
    assert Role.DISPATCHER in ALL_ROOM


def test_no_file_of_the_test_is_left_in_the_real_home(own_folders: Path) -> None:
    from console.folders import find_folders

    assert find_folders().config.is_relative_to(own_folders)
