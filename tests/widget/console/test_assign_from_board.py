"""Giving a unit a case from the unit board, by Enter and by dragging, at a real desk."""

from desks import listed, open_desk, until
from PySide6.QtCore import QMimeData, QPointF, Qt
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from served import Served, command, send_report

from console.desk import Desk
from domain.ids import CaseNo
from domain.people import Role
from tests.widget.console.test_outbox_desk import sign_in, standing
from widgets.case_card.fields.pickers import UnitField


def _to_dispatch(served: Served) -> CaseNo:
    case = send_report(served.client(served.token("phones", Role.GATEWAY))).case
    case = command(served.client(served.token("a", Role.ACCEPTOR)), case, "accept").case
    return command(served.client(served.token("c", Role.DUTY_CHIEF)), case, "file", condition="c1").case.case_no


def _chosen(desk: Desk) -> object:
    form = desk.panels.card._form
    if form is None or form.step.action != "dispatch":
        return None
    field = form.field("unit")
    assert isinstance(field, UnitField)
    return field.value()


async def test_enter_and_a_drop_open_the_dispatch_with_the_unit(served: Served) -> None:
    case_no = _to_dispatch(served)
    async with open_desk() as desk:
        await sign_in(desk, served)
        await until(lambda: listed(desk) == [case_no] and len(desk.panels.board.rows()) > 1)
        view, rows = desk.panels.board.view, desk.panels.board.rows()
        view.setFocus()
        view.selectRow(0)
        QTest.keyClick(view, Qt.Key.Key_Return)
        assert "notice.assign_what" in standing(desk), "no case is on the card"
        desk.selection.select_case(case_no)
        await until(lambda: any(step.action == "dispatch" for step in desk.panels.card.steps()))
        QTest.keyClick(view, Qt.Key.Key_Return)
        assert _chosen(desk) == rows[0].unit.unit_id
        room = desk.session.room
        assert room is not None
        assert room.picture is not None
        assert room.picture.cases[case_no].lead_unit is None, "nothing is sent yet"
        # dragged onto another unit
        desk.selection.select_case(None)
        table = desk.panels.case_list.table
        data = table.mimeData([table.index(0, 0)])
        assert table.flags(table.index(0, 0)) & Qt.ItemFlag.ItemIsDragEnabled
        assert _drop(desk, 1, data)
        await until(lambda: _chosen(desk) == rows[1].unit.unit_id)
        assert desk.selection.case_no == case_no
        assert not _drop(desk, 0, QMimeData()), "what is no case is not taken"


def _drop(desk: Desk, row: int, data: QMimeData) -> bool:
    view = desk.panels.board.view
    at = QPointF(view.visualRect(desk.panels.board.table.index(row, 0)).center())
    held, button = Qt.KeyboardModifier.NoModifier, Qt.MouseButton.LeftButton
    enter = QDragEnterEvent(at.toPoint(), Qt.DropAction.CopyAction, data, button, held)
    QApplication.sendEvent(view.viewport(), enter)
    drop = QDropEvent(at, Qt.DropAction.CopyAction, data, button, held)
    drop.setAccepted(False)
    QApplication.sendEvent(view.viewport(), drop)
    return drop.isAccepted()
