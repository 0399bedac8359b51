"""Marking several cases in the list: by keys and by mouse, bounded, and kept by case whatever moves."""

from datetime import timedelta

import pytest
from domain_factories import MONDAY, Ledger
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QPoint, Qt
from pytestqt.qtbot import QtBot

from domain.case import Case
from domain.ids import CaseNo
from resources.theme import Theme
from resources.words import Words
from widgets.case_list.marks import MOST, Marks
from widgets.case_list.panel import CaseListPanel
from widgets.case_list.rows import Order
from widgets.names import Names


def _number(n: int) -> CaseNo:
    return CaseNo(f"c{n:03}")


@given(st.lists(st.tuples(st.sampled_from(("toggle", "stretch", "clear")), st.integers(0, 30)), max_size=40))
def test_marks_against_a_plain_set(moves: list[tuple[str, int]]) -> None:
    listed = [_number(n) for n in range(31)]
    marks, model, anchor = Marks(), set[CaseNo](), 5
    for what, n in moves:
        if what == "clear":
            marks.clear()
            model, anchor = set(), 5
        elif what == "toggle":
            marks.toggle(_number(n))
            model ^= {_number(n)}
            anchor = n
        else:
            marks.stretch(listed, _number(n), _number(5))
            model |= {_number(i) for i in range(min(anchor, n), max(anchor, n) + 1)}
        assert set(marks.numbers()) == model
        assert len(marks) == len(model)


def test_there_is_a_most() -> None:
    marks = Marks()
    marks.mark(_number(n) for n in range(MOST + 50))
    assert len(marks) == MOST
    marks.toggle(_number(MOST + 60))
    assert len(marks) == MOST


@pytest.fixture
def cases() -> list[Case]:
    ledger = Ledger()
    found = []
    for _ in range(6):
        found.append(ledger.report())
        ledger.pass_time(minutes=1)
    return found


@pytest.fixture
def panel(qtbot: QtBot, words: Words, theme: Theme, names: Names, cases: list[Case]) -> CaseListPanel:
    panel = CaseListPanel(words, theme, names)
    qtbot.addWidget(panel)
    panel.resize(380, 600)
    panel.show()
    panel.filter_bar.order = Order.OLDEST
    panel.set_cases(cases, MONDAY + timedelta(minutes=9))
    panel._on_filter_changed()
    panel.select(cases[0].case_no)
    panel.focus_list()
    return panel


def test_space_and_shift_with_arrows_mark_and_letters_act_on_all(
    qtbot: QtBot, panel: CaseListPanel, cases: list[Case]
) -> None:
    wanted: list[tuple[str, tuple[Case, ...]]] = []
    letters: list[str] = []
    panel.bulk_wanted.connect(lambda action, of: wanted.append((action, of)))
    panel.letter_pressed.connect(letters.append)
    qtbot.keyClick(panel.view, Qt.Key.Key_Space)
    qtbot.keyClick(panel.view, Qt.Key.Key_Down, Qt.KeyboardModifier.ShiftModifier)
    qtbot.keyClick(panel.view, Qt.Key.Key_Down, Qt.KeyboardModifier.ShiftModifier)
    assert panel.marked() == tuple(c.case_no for c in cases[:3])
    assert panel.bulk_bar.isVisibleTo(panel)
    assert "已选 3 件" in panel.bulk_bar._text.text()
    qtbot.keyClick(panel.view, Qt.Key.Key_A)
    qtbot.keyClick(panel.view, Qt.Key.Key_D)
    assert [(action, [c.case_no for c in of]) for action, of in wanted] == [("accept", [c.case_no for c in cases[:3]])]
    assert letters == [], "no letter acts on one case while several are marked"
    qtbot.keyClick(panel.view, Qt.Key.Key_Escape)
    assert panel.marked() == ()
    qtbot.keyClick(panel.view, Qt.Key.Key_D)
    assert letters == ["D"]


def test_everything_that_is_listed_is_marked_at_once(qtbot: QtBot, panel: CaseListPanel, cases: list[Case]) -> None:
    qtbot.keyClick(panel.view, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    assert set(panel.marked()) == {c.case_no for c in cases}


def test_the_mouse_marks_with_ctrl_and_shift_and_the_card_stays(
    qtbot: QtBot, panel: CaseListPanel, cases: list[Case]
) -> None:
    chosen: list[CaseNo] = []
    panel.case_selected.connect(chosen.append)

    def click(row: int, held: Qt.KeyboardModifier) -> None:
        at: QPoint = panel.view.visualRect(panel.table.index(row)).center()
        qtbot.mouseClick(panel.view.viewport(), Qt.MouseButton.LeftButton, held, at)

    click(1, Qt.KeyboardModifier.ControlModifier)
    click(4, Qt.KeyboardModifier.ShiftModifier)
    click(2, Qt.KeyboardModifier.ControlModifier)
    assert set(panel.marked()) == {cases[n].case_no for n in (1, 3, 4)}
    assert chosen == []
    assert panel.selected() == cases[0].case_no


def test_marks_stay_with_their_cases_and_go_with_them(panel: CaseListPanel, cases: list[Case]) -> None:
    for row in (0, 2):
        panel._on_mark_toggled(row)
    panel.filter_bar.order = Order.NEWEST
    panel._on_filter_changed()
    assert set(panel.marked()) == {cases[0].case_no, cases[2].case_no}
    panel.update_cases((), removed=[cases[0].case_no])
    assert panel.marked() == (cases[2].case_no,)
    panel.set_cases(cases[:2], MONDAY)
    assert panel.marked() == ()
    assert not panel.bulk_bar.isVisibleTo(panel)
