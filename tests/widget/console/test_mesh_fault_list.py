"""The list of faults of a mesh: a row is read whole, on the screen, in its tooltip and by who reads it aloud."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QFontMetrics
from pytestqt.qtbot import QtBot

from domain.mesh import FaultSort, MeshFault
from resources.theme import load_theme
from resources.words import Words
from widgets.common.fonts import installed_family
from widgets.common.style import style_sheet
from widgets.grid_keeper.fault_list import BESIDE_PX, MOST_WRAPPED, FaultList

BOX = (120.0, 29.0, 120.1, 29.1)


def shown(qtbot: QtBot, faults: list[MeshFault]) -> FaultList:
    made = FaultList(Words())
    qtbot.addWidget(made)
    made.setStyleSheet(style_sheet(load_theme("light"), installed_family() or ""))
    made.resize(300, 400)
    made.show()
    made.set_faults(faults)
    return made


def test_a_long_row_wraps_and_one_with_many_grids_names_them_all_in_its_tooltip(qtbot: QtBot) -> None:
    codes = tuple(f"330683-清溪镇-{i:03d}" for i in range(5))
    made = shown(
        qtbot,
        [
            MeshFault(FaultSort.OVERLAP, (0, 1), codes, BOX, area_m2=12345.0),
            MeshFault(FaultSort.OVERLAP, (0, 1), ("a",), BOX),
        ],
    )
    long, short = made.rows.item(0), made.rows.item(1)
    written = QFontMetrics(made.rows.font())
    lines = -(-written.horizontalAdvance(long.text()) // (made.rows.viewport().width() - 2 * BESIDE_PX))
    assert lines >= 2
    wanted = made.rows.visualItemRect(short).height() + (lines - 1) * written.lineSpacing()
    assert made.rows.visualItemRect(long).height() >= wanted, "no line of it is left out"
    assert codes[3] not in long.text()
    assert "…" in long.text()
    for told in (long.toolTip(), long.data(Qt.ItemDataRole.AccessibleTextRole)):
        assert all(code in told for code in codes)


@pytest.mark.parametrize("count", [MOST_WRAPPED, MOST_WRAPPED + 1])
def test_very_many_rows_have_a_line_each(qtbot: QtBot, count: int) -> None:
    fault = MeshFault(FaultSort.OVERLAP, (0, 1), ("330683-清溪镇-000",) * 3, BOX, area_m2=12345.0)
    made = shown(qtbot, [fault] * count)
    line = QFontMetrics(made.rows.font()).lineSpacing()
    assert (made.rows.visualItemRect(made.rows.item(0)).height() < 2 * line) == (count > MOST_WRAPPED)
