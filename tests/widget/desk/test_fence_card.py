"""The card of geofences on a low map: its lists share what room there is, and what is chosen is read whole."""

from collections.abc import Iterator
from math import ceil

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QListWidget, QWidget
from pytestqt.qtbot import QtBot

from resources.theme import Theme
from resources.words import Words
from widgets.map.fence_card import AlertRow, FenceCard, FenceRow

LOW = 726, 548
"""The map at the desk in a window of 1366 by 768."""
FENCE = "北坞后山警戒线 {n} · 值守中 · 滞留满 20 分钟 · 全部在岗人员和车辆"
ALERT = "08:3{n}  执法车 3（执法三组） 离开演示围栏 {n}"


@pytest.fixture(params=["zh-CN", "en"])
def card(request: pytest.FixtureRequest, qtbot: QtBot, theme: Theme) -> Iterator[FenceCard]:
    around = QWidget()
    qtbot.addWidget(around)
    around.resize(*LOW)
    card = FenceCard(Words(request.param), theme, around)
    around.show()
    card.show_fences([FenceRow(str(n), FENCE.format(n=n), mine=True, paused=False) for n in range(6)])
    card.show_alerts([AlertRow(str(n), ALERT.format(n=n), waiting=True) for n in range(6)])
    card.say("fence.hint")
    card.open_card()
    QApplication.processEvents()
    yield card
    card.hide()


def _whole(rows: QListWidget) -> int:
    return sum(_is_whole(rows, row) for row in range(rows.count()))


def _is_whole(rows: QListWidget, row: int) -> bool:
    held = rows.visualItemRect(rows.item(row))
    return held.top() >= 0 and held.bottom() < rows.viewport().height()


def test_three_fences_and_nearly_three_alerts_are_read_on_a_low_map(card: FenceCard) -> None:
    assert card.geometry().bottom() < LOW[1]
    assert _whole(card.fences) >= 3
    assert _whole(card.alerts) >= 2
    assert card.alerts.viewport().height() > 2.5 * card.alerts.visualItemRect(card.alerts.item(0)).height()
    card.fences.setCurrentRow(0)
    QApplication.processEvents()
    assert _whole(card.fences) >= 3, "also where one of them takes two lines"


def test_a_fence_takes_one_line_until_it_is_chosen(card: FenceCard) -> None:
    line = card.fences.visualItemRect(card.fences.item(1)).height()
    card.fences.setCurrentRow(1)
    QApplication.processEvents()
    assert card.fences.visualItemRect(card.fences.item(1)).height() > 1.5 * line
    card.fences.setCurrentRow(5)
    QApplication.processEvents()
    assert card.fences.visualItemRect(card.fences.item(1)).height() == line
    assert card.fences.visualItemRect(card.fences.item(5)).height() > 1.5 * line
    assert _is_whole(card.fences, 5)


def test_the_lists_take_no_more_than_their_rows_need(card: FenceCard) -> None:
    high = card.height()
    card.show_fences([FenceRow("0", FENCE.format(n=0), mine=True, paused=False)])
    card.show_alerts([])
    QApplication.processEvents()
    assert card.height() < high - 60
    assert card.fences.height() < 70


def test_a_row_has_room_for_all_of_its_lines(card: FenceCard) -> None:
    lengths = range(14, 60, 3)
    card.show_alerts([AlertRow(str(n), "围" * n, waiting=True) for n in lengths])
    QApplication.processEvents()
    metrics = card.alerts.fontMetrics()
    sign = metrics.horizontalAdvance("围")
    in_a_line = (card.alerts.viewport().width() - 22) // sign  # what the style leaves free beside the words
    for row, n in enumerate(lengths):
        high = card.alerts.visualItemRect(card.alerts.item(row)).height()
        assert high >= ceil(n / in_a_line) * metrics.lineSpacing(), n


def _told(waiting: str, of: str = "abcd") -> list[AlertRow]:
    """Those that wait first, as the desk lists them."""
    rows = [AlertRow(name, ALERT.format(n=name), waiting=name in waiting) for name in of]
    return sorted(rows, key=lambda row: not row.waiting)


def test_an_alert_that_comes_takes_the_keys_from_no_button(qtbot: QtBot, card: FenceCard) -> None:
    button = card.alert_acts["acknowledge"]
    card.show_alerts(_told("abcd"))
    card.alerts.setCurrentRow(1)
    button.setFocus()
    card.show_alerts(_told("xabcd", "xabcd"))
    assert card.alerts.currentRow() == 2, "the same alert"
    assert card.window().focusWidget() is button, "not the one beside it, which acknowledges all of them"


def test_alerts_are_acknowledged_one_after_another_by_one_key(qtbot: QtBot, card: FenceCard) -> None:
    wanted: list[tuple[str, ...]] = []
    card.acknowledge_requested.connect(wanted.append)
    button = card.alert_acts["acknowledge"]
    card.show_alerts(_told("abcd"))
    card.alerts.setCurrentRow(1)
    button.setFocus()
    for waiting in ("acd", "ad", "a", ""):
        qtbot.keyClick(button, Qt.Key.Key_Space)
        card.show_alerts(_told(waiting))
    assert wanted == [("b",), ("c",), ("d",), ("a",)], "the one below it, then the one above"
    assert card.window().focusWidget() is card.alerts, "nothing is left to be acknowledged"


def test_what_a_colleague_acknowledges_leaves_the_choice_and_the_keys_off_all(qtbot: QtBot, card: FenceCard) -> None:
    card.show_alerts(_told("abcd"))
    card.alerts.setCurrentRow(1)
    card.alert_acts["acknowledge"].setFocus()
    card.show_alerts(_told("acd"))
    assert card.alerts.currentItem().text().startswith("✓")
    assert card.window().focusWidget() is card.alerts
