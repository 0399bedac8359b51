"""The unit board: states, destinations, ages, and rows that stay in place."""

from datetime import timedelta

import pytest
from domain_factories import FILED, MONDAY, STAFF, UNITS, Ledger, actor_for
from msgspec.structs import replace
from PySide6.QtCore import Qt
from PySide6.QtTest import QAbstractItemModelTester
from pytestqt.qtbot import QtBot

from domain.ids import ThingId, UnitId
from domain.people import Shift, Staff, Vehicle
from domain.places import Position
from domain.units import UnitState
from resources.theme import Theme
from resources.words import Words
from widgets.names import Names
from widgets.unit_board.panel import UnitBoard
from widgets.unit_board.rows import latest_places, unit_rows
from widgets.unit_board.table import STALE_ROLE, Column

SHIFT = Shift(MONDAY - timedelta(hours=1), MONDAY + timedelta(hours=9))
PEOPLE = tuple(replace(person, shift=SHIFT) for person in STAFF[:2])


@pytest.fixture
def board(qtbot: QtBot, words: Words, theme: Theme, names: Names) -> UnitBoard:
    board = UnitBoard(words, theme, names)
    qtbot.addWidget(board)
    QAbstractItemModelTester(board.table, QAbstractItemModelTester.FailureReportingMode.Fatal, board)
    board.resize(800, 240)
    board.show()
    return board


def _fix(thing: str, age_s: float, lon: float = 120.8) -> Position:
    return Position(ThingId(thing), lon, 29.6, MONDAY - timedelta(seconds=age_s))


def _show(board: UnitBoard, ledger: Ledger, ages: dict[str, float], people: tuple[Staff, ...] = PEOPLE) -> None:
    fixes = {ThingId(thing): _fix(thing, age) for thing, age in ages.items()}
    board.set_picture(UNITS, people, (), ledger.cases.values(), fixes, ledger.now)


def _row(board: UnitBoard, name: str) -> list[str]:
    for row in range(board.table.rowCount()):
        cells = [str(board.table.index(row, column).data()) for column in Column]
        if cells[0] == name:
            return cells
    raise AssertionError(name)


def _dispatched(ledger: Ledger) -> str:
    case = ledger.report(address="溪口村道")
    case = ledger.do(case.case_no, "accept", actor_for(case))
    case = ledger.do(case.case_no, "file", actor_for(case), condition=FILED.code)
    return ledger.do(case.case_no, "dispatch", actor_for(case), unit=UNITS[0].unit_id).case_no


def test_the_name_of_a_narrow_column_ends_in_an_ellipsis_and_is_whole_on_hover(board: UnitBoard, words: Words) -> None:
    words.use("en")
    board.retranslate()
    header, across, tip = board.view.horizontalHeader(), Qt.Orientation.Horizontal, Qt.ItemDataRole.ToolTipRole
    assert header.textElideMode() is Qt.TextElideMode.ElideRight
    assert board.table.headerData(Column.PLACE, across, tip) == words("desk.unit.column.place")


def test_before_there_are_units_it_says_so(board: UnitBoard) -> None:
    assert not board.view.isVisible()


def test_a_unit_goes_from_free_to_the_job(board: UnitBoard) -> None:
    ledger = Ledger()
    _show(board, ledger, {"s1": 12, "s2": 4})
    assert _row(board, "1队") == ["1队", "空闲", "—", "—", "12 秒前", "—"]
    case_no = _dispatched(ledger)
    _show(board, ledger, {"s1": 12})
    assert _row(board, "1队")[1:3] == ["待签收", "0001 溪口村道"]
    ledger.do(case_no, "sign", actor_for(ledger.cases[case_no]))
    ledger.pass_time(minutes=7)
    _show(board, ledger, {"s1": 12})
    assert _row(board, "1队")[1:4] == ["途中", "0001 溪口村道", "0:07"]
    ledger.do(case_no, "arrive", actor_for(ledger.cases[case_no]))
    _show(board, ledger, {"s1": 12})
    assert _row(board, "1队")[1] == "处置中"
    assert str(board.table.index(0, 0).data()) == "1队", "the busiest stands first"


def test_old_positions_are_said_to_be_old_and_those_off_shift_have_none(board: UnitBoard) -> None:
    ledger = Ledger()
    _show(board, ledger, {"s1": 1080})
    assert _row(board, "1队")[1:] == ["位置陈旧", "—", "—", "18 分前", "—"]
    assert _row(board, "3队")[1] == "不在岗"
    assert board.table.index(board.table.row_of(UNITS[0].unit_id) or 0, 0).data(STALE_ROLE) is True
    assert "在岗 2" in board._head.title.text()


def test_a_position_of_somebody_off_shift_is_not_used() -> None:
    gone = replace(STAFF[0], shift=Shift(MONDAY - timedelta(hours=9), MONDAY))
    rows = unit_rows(UNITS, [gone], (), (), {ThingId("s1"): _fix("s1", 1)}, MONDAY)
    assert all(row.fix is None and not row.on_shift for row in rows)


def test_the_newest_fix_of_people_and_vehicles_counts_and_stale_ones_are_not_places() -> None:
    car = Vehicle(ThingId("v1"), "车", UNITS[0].unit_id, SHIFT)
    fixes = {ThingId("s1"): _fix("s1", 60), ThingId("v1"): _fix("v1", 5, 120.9), ThingId("s2"): _fix("s2", 600)}
    rows = unit_rows(UNITS, PEOPLE, [car], (), fixes, MONDAY)
    assert latest_places(rows, MONDAY) == {UnitId("u1"): (120.9, 29.6)}
    assert {row.status.state for row in rows} == {UnitState.FREE}


def test_choosing_a_unit_is_told_once_and_survives_updates(board: UnitBoard, qtbot: QtBot) -> None:
    ledger = Ledger()
    _show(board, ledger, {"s1": 12})
    with qtbot.waitSignal(board.unit_selected) as chosen:
        board.view.setCurrentIndex(board.table.index(1, 0))
    unit_id = chosen.args[0]
    resets: list[int] = []
    board.table.modelReset.connect(lambda: resets.append(1))
    with qtbot.assertNotEmitted(board.unit_selected):
        _show(board, ledger, {"s1": 1})
        _dispatched(ledger)
        _show(board, ledger, {"s1": 1})
    row = board.table.row_of(unit_id)
    assert row is not None
    assert board.view.selectionModel().isRowSelected(row)


def test_both_languages(board: UnitBoard, words: Words) -> None:
    _show(board, Ledger(), {"s1": 12})
    words.use("en")
    board.retranslate()
    assert _row(board, "1队")[1:] == ["Free", "—", "—", "12 s ago", "—"]
    assert board.table.headerData(Column.PLACE, board.view.horizontalHeader().orientation()) == "Destination"
