"""Choosing on the map of a real desk: by mouse and by keyboard, in list and board, and letting go everywhere."""

import pytest
from desks import listed, signed_in, until
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from served import ALL_ROOM, Served, command, send_report
from towns import LI, MORNING

from console.desk import Desk
from domain.ids import CaseNo
from domain.people import Role
from domain.register_map import Form
from layers.mercator import to_plane
from widgets.common.button import Button
from widgets.map.select_card import Way

PLACES = ((120.800, 29.550), (120.801, 29.550), (120.830, 29.560))


def _report(served: Served) -> list[str]:
    gateway = served.client(served.token("phones", Role.GATEWAY))
    return [send_report(gateway, text=f"第{i}件", lon=x, lat=y).case.case_no for i, (x, y) in enumerate(PLACES)]


async def _ready(desk: Desk, numbers: list[str]) -> None:
    await until(lambda: set(listed(desk)) == set(numbers))
    await until(lambda: len(desk.map_feed.models.cases.open) == len(numbers))
    desk.panels.map.show_case(*PLACES[0])
    desk.actions.trigger("map_select")


def _at(desk: Desk, lon: float, lat: float) -> QPoint:
    x, y = desk.panels.map.camera.to_screen(*to_plane(lon, lat))
    return QPoint(round(x), round(y))


async def test_a_rectangle_narrows_list_and_board_until_it_is_let_go(served: Served) -> None:
    numbers = _report(served)
    async with signed_in(served) as desk:
        await _ready(desk, numbers)
        view, select = desk.panels.map, desk.map_desk.select
        QTest.mouseClick(select.card._ways[Way.RECT], Qt.MouseButton.LeftButton)
        assert select.card._ways[Way.RECT].text() == "✓ 矩形"
        for lon, lat in ((120.7995, 29.5495), (120.8015, 29.5505)):
            QTest.mouseClick(view, Qt.MouseButton.LeftButton, pos=_at(desk, lon, lat))
        await until(lambda: select.chosen is not None)
        assert select.chosen is not None
        assert select.chosen.grids
        assert set(listed(desk)) == set(numbers[:2])
        assert desk.panels.case_list.only_chip.isVisibleTo(desk.window)
        assert "2" in desk.panels.case_list.only_chip.text()
        assert desk.panels.board.table.rowCount() == 0
        assert view.sketch is None
        # a case that comes in meanwhile is not among those chosen
        gateway = served.client(served.token("phones", Role.GATEWAY))
        late = send_report(gateway, text="后来", lon=120.8, lat=29.55).case.case_no
        await until(lambda: desk.map_feed.models.cases.mark(late) is not None)
        assert late not in listed(desk)
        # letting go in the list lets go on the map and on the board
        QTest.mouseClick(desk.panels.case_list.only_chip, Qt.MouseButton.LeftButton)
        assert select.chosen is None
        assert not any(button.isChecked() for button in select.card._ways.values()), "no shape is in use"
        assert select.card._ways[Way.RECT].text() == "矩形"
        assert set(listed(desk)) == {*numbers, late}
        assert not desk.panels.board.only_chip.isVisibleTo(desk.window)


async def test_what_has_ended_since_is_neither_counted_nor_kept(served: Served) -> None:
    gateway = served.client(served.token("phones", Role.GATEWAY))
    cases = [send_report(gateway, text=f"第{i}件", lon=x, lat=y).case for i, (x, y) in enumerate(PLACES)]
    async with signed_in(served) as desk:
        await _ready(desk, [case.case_no for case in cases])
        view, select = desk.panels.map, desk.map_desk.select
        QTest.mouseClick(select.card._ways[Way.RECT], Qt.MouseButton.LeftButton)
        for lon, lat in ((120.7995, 29.5495), (120.8015, 29.5505)):
            QTest.mouseClick(view, Qt.MouseButton.LeftButton, pos=_at(desk, lon, lat))
        await until(lambda: select.chosen is not None)
        count, chip = select.card.findChild(Button, "chosen_cases"), desk.panels.case_list.only_chip
        assert count is not None
        assert count.text() == "在办案件 2"
        room = served.client(served.token("wang", *ALL_ROOM))
        command(room, cases[0], "record_only")
        await until(lambda: count.text() == "在办案件 1")
        assert "1" in chip.text()
        assert listed(desk) == [cases[1].case_no]
        assert select.card.findChildren(Button, "chosen_cases") == [count], "the keys may be on it"


async def test_a_shape_drawn_round_something_counts_as_drawn_until_a_margin_is_given(served: Served) -> None:
    numbers = _report(served)
    async with signed_in(served) as desk:
        await _ready(desk, numbers)
        card = desk.map_desk.select.card
        QTest.mouseClick(card._ways[Way.RECT], Qt.MouseButton.LeftButton)
        card.distance.setValue(9_999)
        QTest.mouseClick(card._ways[Way.POINT], Qt.MouseButton.LeftButton)
        assert card.metres > 0
        QTest.mouseClick(card._ways[Way.RECT], Qt.MouseButton.LeftButton)
        assert card.metres == 0
        for lon, lat in ((120.7995, 29.5495), (120.8015, 29.5505)):
            QTest.mouseClick(desk.panels.map, Qt.MouseButton.LeftButton, pos=_at(desk, lon, lat))
        await until(lambda: desk.map_desk.select.chosen is not None)
        assert set(listed(desk)) == set(numbers[:2])


async def test_by_keyboard_around_a_point_with_a_distance_and_escape_clears(served: Served) -> None:
    numbers = _report(served)
    async with signed_in(served) as desk:
        await _ready(desk, numbers)
        view, select = desk.panels.map, desk.map_desk.select
        QTest.keyClick(select.card._ways[Way.POINT], Qt.Key.Key_Return)
        view._look_at(view.camera.centred(*to_plane(*PLACES[0])))
        QTest.keyClick(view, Qt.Key.Key_Return)  # at the cross: the first place
        await until(lambda: select.chosen is not None)
        assert select.chosen is not None
        assert select.chosen.cases == set(numbers[:2])
        select.card.distance.setValue(20)
        await until(lambda: select.chosen is not None and select.chosen.cases == {numbers[0]})
        assert listed(desk) == [numbers[0]]
        QTest.keyClick(view, Qt.Key.Key_Escape)
        assert select.chosen is None
        assert set(listed(desk)) == set(numbers)
        QTest.keyClick(view, Qt.Key.Key_Escape)
        assert select.card.isHidden()


@pytest.mark.parametrize("table", ["go_units", "go_cases"])
async def test_esc_in_the_table_that_was_opened_lets_go_once_the_table_has_nothing_of_its_own(
    served: Served, table: str
) -> None:
    numbers = _report(served)
    async with signed_in(served) as desk:
        await _ready(desk, numbers)
        select, panels = desk.map_desk.select, desk.panels
        desk.selection.select_case(CaseNo(numbers[0]))
        select.begin(Way.AROUND)
        await until(lambda: select.chosen is not None)
        desk.actions.trigger(table)
        at = panels.board.view if table == "go_units" else panels.case_list.view
        await until(lambda: desk.window.focusWidget() is at)
        if table == "go_units":
            panels.board.keep_to(frozenset(row.unit.unit_id for row in panels.board.rows()))
            QTest.keyClick(at, Qt.Key.Key_Down)
            assert desk.selection.unit_id is not None
        else:
            QTest.keyClick(at, Qt.Key.Key_Space)
            assert panels.case_list.marked()
        QTest.keyClick(at, Qt.Key.Key_Escape)
        assert select.chosen is not None, "the table's own is given up first"
        assert desk.selection.unit_id is None
        assert not panels.case_list.marked()
        assert not at.currentIndex().isValid() or table == "go_cases"
        QTest.keyClick(at, Qt.Key.Key_Escape)
        assert select.chosen is None
        assert set(listed(desk)) == set(numbers)
        assert not panels.board.only_chip.isVisibleTo(desk.window)


async def test_around_the_selected_case_and_a_hidden_layer_takes_no_part(served: Served) -> None:
    numbers = _report(served)
    async with signed_in(served) as desk:
        await _ready(desk, numbers)
        select = desk.map_desk.select
        select.begin(Way.AROUND)
        assert "先选中" in select.card.said.text()
        desk.selection.select_case(desk.session.room.picture.cases[numbers[2]].case_no)
        select.begin(Way.AROUND)
        await until(lambda: select.chosen is not None)
        assert select.chosen.cases == {numbers[2]}
        desk.panels.map.set_layer_visible("cases", False)
        select.begin(Way.AROUND)
        await until(lambda: select.chosen is not None)
        assert not select.chosen.cases


async def test_what_was_chosen_stays_while_another_tool_is_used_until_escape(served: Served) -> None:
    numbers = _report(served)
    async with signed_in(served) as desk:
        await _ready(desk, numbers)
        view, select = desk.panels.map, desk.map_desk.select
        desk.selection.select_case(CaseNo(numbers[0]))
        select.begin(Way.AROUND)
        await until(lambda: select.chosen is not None)
        kept = set(listed(desk))
        assert kept < set(numbers)
        desk.actions.trigger("map_redline")
        assert select.card.isHidden()
        assert select.chosen is not None
        assert set(listed(desk)) == kept
        view.setFocus()
        QTest.keyClick(view, Qt.Key.Key_Escape)
        assert desk.map_desk.redline.card.isHidden(), "the card that is open goes first"
        assert select.chosen is not None
        desk.actions.trigger("map_select")
        assert select.card.findChild(Button, "chosen_cases").text() == f"在办案件 {len(kept)}", "it is shown as it was"
        desk.actions.trigger("map_identify")
        QTest.keyClick(view, Qt.Key.Key_Escape)
        QTest.keyClick(view, Qt.Key.Key_Escape)
        assert select.chosen is None
        assert set(listed(desk)) == set(numbers)
        # letting go in the list leaves alone what another tool draws
        select.begin(Way.AROUND)
        await until(lambda: select.chosen is not None)
        desk.actions.trigger("map_redline")
        desk.map_desk.redline.begin(Form.LINE)
        sketch = view.sketch
        QTest.mouseClick(desk.panels.case_list.only_chip, Qt.MouseButton.LeftButton)
        assert select.chosen is None
        assert view.sketch is sketch is not None
        # a playback is of the past, what is chosen of now
        select.begin(Way.AROUND)
        await until(lambda: select.chosen is not None)
        desk.actions.trigger("map_playback")
        assert select.chosen is None


async def test_nothing_stays_chosen_for_whoever_signs_in_next(served: Served) -> None:
    numbers = _report(served)
    async with signed_in(served) as desk:
        await _ready(desk, numbers)
        select = desk.map_desk.select
        desk.selection.select_case(CaseNo(numbers[0]))
        select.begin(Way.AROUND)
        await until(lambda: select.chosen is not None)
        desk.actions.trigger("map_identify")
        desk.reception.closed.emit()
        assert select.chosen is None


async def test_a_press_on_a_count_says_what_the_table_lists(served: Served) -> None:
    numbers = _report(served)
    fix = {"thing": LI, "lon": PLACES[0][0], "lat": PLACES[0][1], "fixed_at": MORNING.isoformat()}
    gateway = served.client(served.token("phones", Role.GATEWAY))
    assert gateway.post("/v1/positions", json={"positions": [fix]}).status_code == 204
    async with signed_in(served) as desk:
        await _ready(desk, numbers)
        await until(lambda: len(desk.map_feed.models.positions.table) == 1)
        select = desk.map_desk.select
        desk.selection.select_case(CaseNo(numbers[0]))
        select.begin(Way.AROUND)
        await until(lambda: select.chosen is not None and desk.panels.board.only_chip.count is not None)
        for what, key in (("staff", "notice.chosen_units"), ("cases", "notice.chosen_cases")):
            button = select.card.findChild(Button, f"chosen_{what}")
            assert ("单位看板" if what == "staff" else "案件列表") in button.toolTip()
            QTest.mouseClick(button, Qt.MouseButton.LeftButton)
            assert any(notice.key == key for notice in desk.notice_feed.standing())


async def test_rows_marked_in_the_list_are_ringed_on_the_map(served: Served) -> None:
    numbers = _report(served)
    async with signed_in(served) as desk:
        await _ready(desk, numbers)
        select, view = desk.map_desk.select, desk.panels.case_list.view
        for row in (0, 1):
            view.mark_toggled.emit(row)
        places = {desk.map_feed.models.cases.place(n) for n in listed(desk)[:2]}
        assert set(select._places()) == places
