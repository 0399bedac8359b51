"""A case leaves the list under somebody's hands: the letters act on the case that is framed, never on another."""

from desks import listed, signed_in, until
from PySide6.QtCore import Qt
from served import Served, command, send_report

from console.desk import Desk
from domain.ids import CaseNo
from domain.people import Role
from widgets.case_list.rows import ListTab


def _on_card(desk: Desk) -> CaseNo | None:
    case = desk.panels.card.case()
    return None if case is None else case.case_no


async def test_the_note_goes_to_the_framed_case_after_another_was_accepted(qtbot, served: Served) -> None:
    gateway = served.client(served.token("phones", Role.GATEWAY))
    cases = {case.case_no: case for case in (send_report(gateway, text=f"第 {n} 件").case for n in range(3))}
    async with signed_in(served) as desk:
        panel = desk.panels.case_list
        panel.set_tab(ListTab.ACCEPT)
        await until(lambda: len(listed(desk)) == 3)
        first, second, third = listed(desk)
        desk.actions.trigger("go_cases")
        qtbot.keyClick(panel.view, Qt.Key.Key_Home)
        assert _on_card(desk) == first
        command(served.client(served.token("a", Role.ACCEPTOR)), cases[first], "accept")
        await until(lambda: listed(desk) == [second, third])
        assert _on_card(desk) == first
        assert not panel.view.currentIndex().isValid()
        desk.actions.trigger("go_cases")
        qtbot.keyClick(panel.view, Qt.Key.Key_Home)
        qtbot.keyClick(panel.view, Qt.Key.Key_T)
        assert _on_card(desk) == desk.selection.case_no == panel.selected() == second
        form = desk.panels.card._form
        assert form is not None
        assert form.step.action == "note"
