"""What differs, field by field, in an outbox with very long texts: nothing is cut, the list and the buttons stay."""

from datetime import UTC, datetime, timedelta

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from domain.ids import CaseNo
from resources.theme import Theme
from widgets.names import Names
from widgets.outbox.fields import HEIGHT_MOST_PX
from widgets.outbox.sheet import OutboxSheet
from widgets.waiting import FieldChoice, WaitingRow

NOW = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)


@pytest.mark.parametrize("text", ["Longwordwithoutanybreak" * 9, "文化广场南侧地下燃气管线接头" * 14])
def test_long_texts_wrap_and_a_text_is_pressed_like_its_button(
    qtbot: QtBot, theme: Theme, names: Names, text: str
) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    window.resize(1366, 768)
    window.show()
    sheet = OutboxSheet(names, theme, window)
    fields = tuple(FieldChoice(name, name, text, f"{text}1", f"{text}2") for name in ("title", "address"))
    row = WaitingRow(
        key="a",
        stage="held",
        action="correct",
        title=text,
        given_at=NOW,
        not_after=NOW + timedelta(hours=1),
        why=lambda: "",
        case_no=CaseNo("330699103-20261123-0001"),
        held=True,
        offered=True,
        describes=True,
        fields=fields,
        meanwhile="",
    )
    sheet.show_rows([row], NOW)
    sheet.open_sheet()
    QApplication.processEvents()
    table = sheet.detail.fields
    assert 0 < table.height() <= HEIGHT_MOST_PX
    assert sheet.minimumSizeHint().width() <= sheet.width()
    assert table.widget().width() <= table.viewport().width()
    assert sheet.table.view.height() > 150
    theirs = table.theirs()["title"]
    said = theirs.parentWidget()
    assert not theirs.isChecked()
    QTest.mouseClick(said.childAt(QPoint(said.width() // 2, 8)), Qt.MouseButton.LeftButton)
    assert theirs.isChecked()
