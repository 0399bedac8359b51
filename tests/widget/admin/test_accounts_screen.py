"""Accounts on the administrators' sheet, against the real service: two administrators let one person in."""

import pytest
from admin_desks import PASSWORD, fill, office, sheet_of, text_of, turn
from desks import open_desk, signed_in, until
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from served import Served

from client.line import LineState
from domain.people import ADMIN_ROLES, Role
from widgets.admin.sheet import AdminSheet, screens_of
from widgets.forms.entries import ManyEntry


def test_each_role_has_its_own_screens_and_no_others() -> None:
    names = {role: [kind.name for kind in screens_of(frozenset({role}))] for role in Role}
    settings = ["units", "limits", "days", "kinds", "conditions"]
    assert names[Role.SYSTEM_ADMIN] == ["accounts", *settings, "own"]
    assert names[Role.SECURITY_ADMIN] == ["accounts", "sessions", "keeping", *settings, "own"]
    assert names[Role.AUDIT_ADMIN] == ["trail", "proof", "accounts", *settings, "own"]
    for role in set(Role) - ADMIN_ROLES:
        assert names[role] == ["own"]


async def test_whoever_works_on_cases_finds_no_administration(served: Served) -> None:
    async with signed_in(served) as desk:
        assert desk.window.findChild(AdminSheet) is None, "it costs nothing until it is asked for"
        assert "admin" not in [name for name, _, _ in desk.actions.listed()]
        desk.actions.trigger("own_account")
        sheet = sheet_of(desk)
        assert sheet is not None
        assert list(sheet._kinds) == ["own"]


async def test_an_administrator_without_cases_is_shown_the_office_at_once(served: Served) -> None:
    async with office(served, "sys") as (desk, sheet):
        accounts = await turn(sheet, "accounts")
        assert {row.key for row in accounts.table.shown()} >= {"sys", "sec", "aud", "li"}
        assert desk.panels.case_list.table.rowCount() == 0
        await until(lambda: desk.session.room is not None and desk.session.room.line().state is LineState.LIVE)
        assert not {n.severity.value for n in desk.notice_feed.standing()} & {"fault", "warning"}
        sheet.close_sheet()
        desk.on_second()
        desk.selection.select_case(None)
        desk.appearance.toggle_language()
        QTest.keyClick(
            desk.window, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
        )
        assert sheet_of(desk) is sheet


async def test_it_takes_two_administrators_to_let_somebody_in(served: Served) -> None:
    async with office(served, "sys") as (_, sheet):
        accounts = await turn(sheet, "accounts")
        assert accounts.offered() == ["new"]
        accounts.press("new")
        fill(accounts, account="zhou", name="周敏", password="Vw3-first-given")
        assert accounts.form is not None
        accounts.form.submit()
        await until(lambda: accounts.form is None and "zhou" in {row.key for row in accounts.table.shown()})
        accounts.table.choose("zhou")
        assert accounts.offered() == ["new", "edit", "disable", "password"], "rights are another's"
        await until(lambda: "未授权" in text_of(accounts))
        accounts.table.choose("sec")
        assert accounts.offered() == ["new"], "an administrator's account is out of reach"
    async with office(served, "sec") as (_, sheet):
        accounts = await turn(sheet, "accounts")
        accounts.table.choose("zhou")
        assert accounts.offered() == ["rights", "lock", "sign-out"]
        accounts.press("rights")
        assert accounts.form is not None
        roles = accounts.form.entry("roles")
        assert isinstance(roles, ManyEntry)
        roles.list.choose(Role.ACCEPTOR.value)
        fill(accounts, reason="到岗")
        accounts.form.submit()
        await until(lambda: "受理员" in accounts.table.shown()[-1].cells[2])


async def test_a_conflict_is_told_in_words_with_a_way_on(served: Served) -> None:
    async with office(served, "sec") as (desk, sheet):
        accounts = await turn(sheet, "accounts")
        accounts.table.choose("li")
        accounts.press("lock")
        fill(accounts, reason="休假")
        served.account("li", PASSWORD, Role.DISPATCHER)  # somebody was faster
        form = accounts.form
        assert form is not None
        form.submit()
        await until(form._again.isVisible)
        assert desk.words("fault.stale_version", seen=1, current=2).split("{")[0][:4] in form._fault.text()
        form._again.click()
        await until(lambda: accounts.form is None and "派遣员" in text_of(accounts))


async def test_what_is_grave_names_the_thing_and_wants_its_button(served: Served, qtbot) -> None:
    async with office(served, "sec") as (_, sheet):
        accounts = await turn(sheet, "accounts")
        accounts.table.choose("li")
        accounts.press("sign-out")
        form = accounts.form
        assert form is not None
        assert "li" in form._title.text()
        fill(accounts, reason="离岗")
        reason = form.entry("reason").focusProxy()
        reason.setFocus()
        qtbot.keyClick(reason, Qt.Key.Key_Return)
        assert not form._busy
        assert form._send.hasFocus()
        qtbot.keyClick(form._send, Qt.Key.Key_Return)
        assert form._busy
        await until(lambda: accounts.form is None)


async def test_it_is_worked_by_keyboard_alone(served: Served, qtbot) -> None:
    async with office(served, "sys") as (desk, sheet):
        accounts = await turn(sheet, "accounts")

        def press(key: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
            focus = QApplication.focusWidget()
            assert focus is not None
            qtbot.keyClick(focus, key, modifier)

        assert sheet.tabs.hasFocus()
        press(Qt.Key.Key_Down)
        assert accounts.table.view.hasFocus()
        press(Qt.Key.Key_Down)
        press(Qt.Key.Key_Down)
        assert accounts.table.key == "li"
        press(Qt.Key.Key_Return)  # to what can be done with the row
        focus = QApplication.focusWidget()
        assert focus is not None
        assert focus.objectName() == "step_edit"
        press(Qt.Key.Key_Return)
        assert accounts.form is not None
        press(Qt.Key.Key_Escape)
        assert accounts.form is None
        assert accounts.table.view.hasFocus()
        press(Qt.Key.Key_N)
        card = desk.panels.card  # made now, where it is not yet
        assert desk.panels.card_stack.currentWidget() is card, "the desk below hears no letter"
        press(Qt.Key.Key_PageDown, Qt.KeyboardModifier.ControlModifier)
        assert sheet.screen_shown is sheet.screens["units"]
        press(Qt.Key.Key_Escape)
        assert sheet_of(desk) is None


async def test_rows_are_found_by_typing_and_none_says_so(served: Served) -> None:
    async with office(served, "aud") as (desk, sheet):
        accounts = await turn(sheet, "accounts")
        accounts.table.search.setText("审计")
        assert [row.key for row in accounts.table.shown()] == ["aud"]
        accounts.table.search.setText("nobody of that name")
        assert desk.words("admin.none_found") in text_of(accounts)
        assert accounts.offered() == [], "the audit administrator only reads"


@pytest.mark.logs_expected("asyncio")
async def test_a_line_that_is_down_is_said_and_nothing_is_lost(served: Served) -> None:
    async with office(served, "sys") as (desk, sheet):
        accounts = await turn(sheet, "accounts")
        rows = accounts.table.shown()
        accounts.press("new")
        fill(accounts, account="zhou", name="周敏", password="Vw3-first-given")
        client = desk.session.client
        assert client is not None
        client.line.base = type(client.line.base)("http", "127.0.0.1", 9)  # nobody is there
        form = accounts.form
        assert form is not None
        form.submit()
        await until(form._fault.isVisible)
        assert accounts.form is form, "what was typed stays"
        assert accounts.table.shown() == rows
        accounts.load()
        await until(lambda: desk.words("admin.offline") in text_of(accounts))


async def test_both_languages_have_every_word(served: Served) -> None:
    for user in ("sys", "sec", "aud"):
        async with office(served, user) as (desk, sheet):
            desk.appearance.use_language("en")
            for name in list(sheet._kinds):
                screen = await turn(sheet, name)
                for step in screen.offered():
                    if step not in ("more",):
                        screen.press(step)
                        assert "admin." not in text_of(sheet), (name, step)
                        desk.appearance.toggle_language()
                        assert "admin." not in text_of(sheet), (name, step)
                        desk.appearance.toggle_language()
                        screen.close_form()
                assert "admin." not in text_of(sheet), name


async def test_a_first_password_is_changed_before_anything_else(served: Served) -> None:
    sys = served.client(served.token("boss", Role.SYSTEM_ADMIN))
    body = {"account": "zhou", "name": "周敏", "password": "Vw3-first-given"}
    answer = sys.post("/v1/admin/accounts", json=body, headers={"Idempotency-Key": "make-zhou-1"})
    assert answer.status_code == 201, answer.text
    async with open_desk() as desk:
        desk.ask_to_sign_in(served.url)
        desk.sign_in.user.setText("zhou")
        desk.sign_in.password.setText("Vw3-first-given")
        desk.sign_in.password.returnPressed.emit()
        await until(lambda: desk.admin._first is not None)
        sheet = desk.admin._first
        assert sheet is not None
        assert desk.sign_in.password.text() == ""
        for name, value in (("old", "Vw3-first-given"), ("new", "13800001111"), ("again", "13800001111")):
            sheet.form.entry(name).focusProxy().setText(value)
        sheet.form.submit()
        await until(sheet.form._fault.isVisible)
        assert "密码不能" in sheet.form._fault.text()
        for name in ("new", "again"):
            sheet.form.entry(name).focusProxy().setText("my own sentence 7")
        sheet.form.submit()
        await until(lambda: desk.admin._first is None)
        served_again = served.client().post("/v1/session", json={"user": "zhou", "password": "my own sentence 7"})
        assert served_again.status_code == 201
