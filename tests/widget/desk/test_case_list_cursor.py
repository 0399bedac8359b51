"""The framed row of the case list is the open case, or no row is framed: whatever leaves, comes or is sorted anew."""

from datetime import timedelta

import pytest
from domain_factories import MONDAY, make_case
from msgspec.structs import replace
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from domain.case import Case
from domain.ids import CaseNo
from domain.states import CaseState
from resources.theme import Theme
from resources.words import Words
from widgets.case_list.cursor import REVEAL_MS
from widgets.case_list.panel import CaseListPanel
from widgets.case_list.rows import ListTab
from widgets.case_list.table import CASE_ROLE
from widgets.names import Names

ROWS = 30
WAITING = CaseState.REPORTED


@pytest.fixture
def panel(qtbot: QtBot, words: Words, theme: Theme, names: Names) -> CaseListPanel:
    """A list of what waits to be accepted, with the keys on it; what waits longest is at the top."""
    panel = CaseListPanel(words, theme, names)
    qtbot.addWidget(panel)
    panel.resize(390, 600)
    panel.set_cases([make_case(n, WAITING, 100 - n) for n in range(ROWS)], MONDAY)
    panel.set_tab(ListTab.ACCEPT)
    panel.show()
    panel.focus_list()
    return panel


def _at(panel: CaseListPanel, row: int) -> Case:
    case = panel.table.index(row).data(CASE_ROLE)
    assert isinstance(case, Case)
    return case


def _framed(panel: CaseListPanel) -> CaseNo | None:
    """Return the case of the row the keys are on; the one that is filled is the same."""
    model = panel.view.selectionModel()
    case = model.currentIndex().data(CASE_ROLE)
    assert [index.data(CASE_ROLE) for index in model.selectedRows()] == ([] if case is None else [case])
    return None if case is None else case.case_no


def _press(qtbot: QtBot, panel: CaseListPanel, *keys: Qt.Key) -> None:
    for key in keys:
        qtbot.keyClick(panel.view, key)


def _accept(panel: CaseListPanel, *cases: Case) -> None:
    """A colleague accepts cases: they leave the list."""
    panel.update_cases([replace(case, state=CaseState.PENDING_FILE, version=2) for case in cases])


def _in_sight(panel: CaseListPanel) -> bool:
    row = panel.table.row_of(panel.selected())
    assert row is not None
    return panel.view.viewport().rect().contains(panel.view.visualRect(panel.table.index(row)))


def _older(first: int, count: int) -> list[Case]:
    return [make_case(n, WAITING, 1000 + n) for n in range(first, first + count)]


def test_no_other_row_is_framed_where_the_open_case_left_the_list(panel: CaseListPanel, qtbot: QtBot) -> None:
    _press(qtbot, panel, Qt.Key.Key_Down, Qt.Key.Key_Down)
    case = _at(panel, 1)
    assert panel.selected() == _framed(panel) == case.case_no
    with qtbot.assertNotEmitted(panel.case_selected):
        _accept(panel, case)
    assert panel.selected() == case.case_no
    assert _framed(panel) is None
    with qtbot.waitSignal(panel.case_opened) as opened:
        _press(qtbot, panel, Qt.Key.Key_Return)
    assert opened.args == [case.case_no], "Enter goes to the case the letters act on"


@pytest.mark.parametrize(
    ("key", "number"), [(Qt.Key.Key_Down, 6), (Qt.Key.Key_Up, 4), (Qt.Key.Key_PageUp, 501), (Qt.Key.Key_PageDown, 14)]
)
def test_the_keys_go_on_from_where_the_row_was(panel: CaseListPanel, qtbot: QtBot, key: Qt.Key, number: int) -> None:
    case, above = _at(panel, 5), _at(panel, 1)
    panel.resize(390, panel.height() + 9 * 58 + 20 - panel.view.viewport().height())  # nine rows to a page
    panel.select(case.case_no)
    _accept(panel, case)
    _accept(panel, above)
    panel.update_cases(_older(500, 2))  # what comes and goes above it does not move the place
    with qtbot.waitSignal(panel.case_selected) as chosen:
        _press(qtbot, panel, key)
    assert chosen.args == [make_case(number).case_no]
    assert panel.selected() == _framed(panel) == chosen.args[0]


def test_the_place_at_the_end_of_the_list_is_not_past_it(panel: CaseListPanel, qtbot: QtBot) -> None:
    _press(qtbot, panel, Qt.Key.Key_End)
    _accept(panel, _at(panel, ROWS - 1))
    _press(qtbot, panel, Qt.Key.Key_Down)
    assert panel.selected() == _framed(panel) == _at(panel, ROWS - 2).case_no


def test_home_opens_the_first_row_also_where_the_open_case_was_the_first(panel: CaseListPanel, qtbot: QtBot) -> None:
    _press(qtbot, panel, Qt.Key.Key_Home)
    case, following = _at(panel, 0), _at(panel, 1)
    assert panel.selected() == case.case_no
    _accept(panel, case)
    with qtbot.waitSignal(panel.case_selected) as chosen:
        _press(qtbot, panel, Qt.Key.Key_Home)
    assert chosen.args == [following.case_no]
    assert panel.selected() == _framed(panel) == following.case_no


def test_in_another_list_no_row_is_framed_and_down_begins_at_the_top(panel: CaseListPanel, qtbot: QtBot) -> None:
    case = _at(panel, 6)
    _accept(panel, *(_at(panel, row) for row in range(3)))
    panel.select(case.case_no)
    panel.set_tab(ListTab.FILE)
    assert panel.selected() == case.case_no
    assert _framed(panel) is None
    _press(qtbot, panel, Qt.Key.Key_Down)
    assert panel.selected() == _framed(panel) == _at(panel, 0).case_no


def test_letting_go_of_the_case_frames_no_row(panel: CaseListPanel, qtbot: QtBot) -> None:
    _press(qtbot, panel, Qt.Key.Key_Down)
    panel.select(None)
    assert _framed(panel) is None


@pytest.mark.parametrize("count", [8, 70])
def test_the_row_that_is_looked_at_stays_in_view_as_rows_come_above_it(
    panel: CaseListPanel, qtbot: QtBot, count: int
) -> None:
    _press(qtbot, panel, *[Qt.Key.Key_Down] * 4)
    qtbot.wait(2 * REVEAL_MS)
    panel.update_cases(_older(500, count))  # very many at once sort everything anew
    qtbot.waitUntil(lambda: _in_sight(panel), timeout=1000)
    assert panel.selected() == _framed(panel)


def test_the_row_that_is_looked_at_stays_in_view_as_it_moves_up(panel: CaseListPanel, qtbot: QtBot) -> None:
    _press(qtbot, panel, Qt.Key.Key_End, Qt.Key.Key_Up)
    qtbot.wait(2 * REVEAL_MS)
    case = _at(panel, ROWS - 2)
    panel.update_cases([replace(case, stage_since=MONDAY - timedelta(minutes=900), version=2)])
    assert panel.table.row_of(case.case_no) == 0
    qtbot.waitUntil(lambda: _in_sight(panel), timeout=1000)


@pytest.mark.parametrize("count", [1, 70])
def test_whoever_has_scrolled_away_is_not_taken_back(panel: CaseListPanel, qtbot: QtBot, count: int) -> None:
    _press(qtbot, panel, Qt.Key.Key_Home)
    qtbot.wait(2 * REVEAL_MS)
    _wheel_down(panel)
    assert not _in_sight(panel)
    at = panel.view.verticalScrollBar().value()
    panel.update_cases(_older(500, count))
    qtbot.wait(3 * REVEAL_MS)
    assert panel.view.verticalScrollBar().value() == at
    assert panel.selected() == _framed(panel)
    row = panel.table.row_of(panel.selected())
    assert row is not None
    _accept(panel, _at(panel, row))
    qtbot.wait(3 * REVEAL_MS)
    assert panel.view.verticalScrollBar().value() == at
    assert _framed(panel) is None


def _wheel_down(panel: CaseListPanel) -> None:
    at = panel.view.viewport().rect().center()
    for _ in range(10):
        event = QWheelEvent(
            QPointF(at),
            QPointF(panel.view.viewport().mapToGlobal(at)),
            QPoint(),
            QPoint(0, -360),
            Qt.MouseButton.NoButton,
            Qt.KeyboardModifier.NoModifier,
            Qt.ScrollPhase.NoScrollPhase,
            False,
        )
        QApplication.sendEvent(panel.view.viewport(), event)


def test_a_row_that_is_half_in_sight_is_let_be_while_nothing_moves(panel: CaseListPanel, qtbot: QtBot) -> None:
    _press(qtbot, panel, Qt.Key.Key_Home)
    qtbot.wait(2 * REVEAL_MS)
    panel.view.verticalScrollBar().setValue(20)
    panel.set_now(MONDAY + timedelta(seconds=1))
    qtbot.wait(2 * REVEAL_MS)
    assert panel.view.verticalScrollBar().value() == 20


@pytest.mark.parametrize("key", [Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Space])
def test_keys_that_move_nothing_open_and_unframe_nothing(panel: CaseListPanel, qtbot: QtBot, key: Qt.Key) -> None:
    _press(qtbot, panel, *[Qt.Key.Key_Down] * 4)
    case = _at(panel, 3)
    qtbot.keyClick(panel.view, key, Qt.KeyboardModifier.ControlModifier)
    assert panel.selected() == _framed(panel) == case.case_no
    _accept(panel, case)
    _press(qtbot, panel, key)
    assert panel.selected() == case.case_no
    assert _framed(panel) is None
