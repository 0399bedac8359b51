"""The focus coming to a list or a board chooses nothing; the first arrow key chooses the first row."""

from desks import listed, signed_in, until
from PySide6.QtCore import Qt
from served import Served, send_report

from domain.people import Role


async def test_focus_alone_selects_no_case_and_no_unit(qtbot, served: Served) -> None:
    gateway = served.client(served.token("phones", Role.GATEWAY))
    for number in range(3):
        send_report(gateway, text=f"第 {number} 件")
    async with signed_in(served) as desk:
        await until(lambda: len(listed(desk)) == 3 and desk.panels.board.rows())
        desk.window.activateWindow()
        desk.panels.board.view.setFocus()
        await until(desk.panels.board.view.hasFocus)
        assert desk.selection.unit_id is None
        desk.panels.case_list.focus_list()
        await until(desk.panels.case_list.view.hasFocus)
        assert desk.selection.case_no is None
        qtbot.keyClick(desk.panels.case_list.view, Qt.Key.Key_Down)
        assert desk.selection.case_no == listed(desk)[0]
        qtbot.keyClick(desk.panels.case_list.view, Qt.Key.Key_Down)
        assert desk.selection.case_no == listed(desk)[1]
