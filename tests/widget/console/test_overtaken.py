"""Two people at one case: who comes second is told by a notice, at a real desk with a real service."""

from desks import listed, open_desk, until
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit, QPlainTextEdit
from served import Served, command, send_report

from domain.people import Role
from domain.states import CaseState
from tests.widget.console.test_outbox_desk import sign_in, standing


async def test_who_comes_second_is_told_of_the_form_and_of_the_key(served: Served) -> None:
    case = send_report(served.client(served.token("phones", Role.GATEWAY))).case
    async with open_desk() as desk:
        await sign_in(desk, served)
        await until(lambda: listed(desk) == [case.case_no])
        desk.selection.select_case(case.case_no)
        card = desk.panels.card
        await until(lambda: any(step.action == "accept" for step in card.steps()))
        QTest.keyClick(desk.panels.case_list.view, Qt.Key.Key_A)
        assert card._form is not None
        command(served.client(served.token("a", Role.ACCEPTOR)), case, "accept")
        await until(lambda: "desk.key.overtaken" in standing(desk))
        shown = next(n for n in desk.notice_feed.standing() if n.key == "desk.key.overtaken")
        assert shown.stays
        QTest.keyClick(card._form, Qt.Key.Key_Escape)
        assert "desk.key.overtaken" not in standing(desk), "it goes with the form"
        now = card.case()
        assert now is not None
        assert now.state is CaseState.PENDING_FILE
        QTest.keyClick(desk.panels.case_list.view, Qt.Key.Key_A)
        assert card._form is None
        assert "desk.key.not_in_state" in standing(desk)


async def test_what_is_told_of_a_form_stays_while_the_form_is_only_put_aside(served: Served) -> None:
    phones = served.client(served.token("phones", Role.GATEWAY))
    case, other = send_report(phones).case, send_report(phones, title="老街口井盖").case
    async with open_desk() as desk:
        await sign_in(desk, served)
        await until(lambda: set(listed(desk)) == {case.case_no, other.case_no})
        desk.selection.select_case(case.case_no)
        card = desk.panels.card
        await until(lambda: any(step.action == "reject" for step in card.steps()))
        card.start_action("reject")
        assert card._form is not None
        reason = card._form.findChild(QLineEdit) or card._form.findChild(QPlainTextEdit)
        assert reason is not None
        QTest.keyClicks(reason, "not ours")
        assert card.is_typing()
        command(served.client(served.token("a", Role.ACCEPTOR)), case, "accept")
        await until(lambda: "desk.key.overtaken" in standing(desk))
        desk.selection.select_case(other.case_no)
        await until(lambda: card._form is None)
        assert "desk.key.overtaken" in standing(desk)
        desk.selection.select_case(case.case_no)
        await until(lambda: card._form is not None)
        QTest.keyClick(card._form, Qt.Key.Key_Escape)
        assert "desk.key.overtaken" not in standing(desk)
