"""Where notices lie over the desk: what they tell is seen, and nothing that is worked with is hidden by it."""

import pytest
from desks import signed_in, until
from PySide6.QtCore import QPoint, QRect
from PySide6.QtWidgets import QWidget
from served import Served

from console.desk import Desk
from console.notices import Notice
from domain.ids import CaseNo
from resources.words import Value
from tests.widget.console.test_grid_keeper import keeping
from widgets.common.sheet import open_sheets
from widgets.held_strip import HeldRow
from widgets.intents import ActionIntent
from widgets.notices import Severity


def _place(part: QWidget, desk: Desk) -> QRect:
    return QRect(part.mapTo(desk.window, QPoint(0, 0)), part.size())


async def _tell(desk: Desk, rows: int) -> QRect:
    """Tell something and return where it is told."""
    for n in range(rows):
        desk.notices.warn("notice.playback_on", replace=f"test-{n}")
    strip = desk.panels.notices
    await until(lambda: strip.height() >= rows * 30 and _on_top(desk))
    desk.on_second()
    return _place(strip, desk)


def _on_top(desk: Desk) -> bool:
    strip = desk.panels.notices
    at = desk.window.childAt(_place(strip, desk).center())
    return at is not None and (at is strip or strip.isAncestorOf(at))


@pytest.mark.parametrize("language", ["zh-CN", "en"])
@pytest.mark.parametrize("size", [(1280, 720), (1600, 900)])
async def test_notices_leave_titles_and_closes_of_cards_free(
    served: Served, size: tuple[int, int], language: str
) -> None:
    async with signed_in(served) as desk:
        desk.appearance.use_language("en" if language == "en" else "zh-CN")
        desk.window.resize(*size)
        desk.workspace.reset(size[0], size[1] - desk.panels.top_bar.height())
        desk.actions.trigger("map_identify")
        card = desk.map_desk.identify.card
        await until(card.isVisible)
        told = await _tell(desk, 3)
        for part in (card, desk.panels.map.overlays.layer_tree, desk.panels.top_bar):
            assert not part.isVisible() or not told.intersects(_place(part, desk))
        assert desk.window.rect().contains(told)


@pytest.mark.parametrize("rows", [1, 3])
@pytest.mark.parametrize("language", ["zh-CN", "en"])
@pytest.mark.parametrize("size", [(1024, 640), (1100, 720), (1280, 720), (1366, 768), (1600, 900)])
async def test_notices_lie_at_the_foot_of_the_map_and_hide_no_list_no_card_and_no_figure(
    served: Served, size: tuple[int, int], language: str, rows: int
) -> None:
    async with signed_in(served) as desk:
        desk.appearance.use_language("en" if language == "en" else "zh-CN")
        _lay_out(desk, size)
        told = await _tell(desk, rows)
        panels, overlays = desk.panels, desk.panels.map.overlays
        shown = _place(panels.map, desk)
        assert shown.contains(told)
        assert told.bottom() > shown.center().y()
        assert all(row.height() >= row.heightForWidth(row.width()) for row in panels.notices._rows if row.isVisible())
        for part in (overlays.layer_tree, overlays.toolbar, overlays.scale_bar, overlays.attribution):
            assert not part.isVisible() or not told.intersects(_place(part, desk))


async def test_what_is_held_back_lies_there_too_and_notices_above_it(served: Served) -> None:
    async with signed_in(served) as desk:
        _lay_out(desk, (1366, 768))
        strip = desk.intake.held_strip
        row = HeldRow(ActionIntent(CaseNo("330699103-20260302-00001"), "accept", 1), 9.0)
        desk.intake.holds.altered.emit([row])
        assert _place(desk.panels.map, desk).contains(_place(strip, desk)), "from the first on"
        told = await _tell(desk, 1)
        held = _place(strip, desk)
        assert _place(desk.panels.map, desk).contains(held)
        assert told.bottom() < held.top()
        desk.intake.holds.altered.emit([])
        assert _place(desk.panels.notices, desk).bottom() > told.bottom()


async def test_where_cards_leave_no_room_on_the_map_notices_lie_at_the_foot_of_the_desk(served: Served) -> None:
    async with signed_in(served) as desk:
        _lay_out(desk, (1100, 720))
        desk.actions.trigger("map_identify")
        card = desk.map_desk.identify.card
        await until(card.isVisible)
        card.setFixedHeight(card.parentWidget().height())  # as one with much to tell
        told = await _tell(desk, 1)
        assert not told.intersects(_place(card, desk))
        assert told.top() > _place(desk.panels.map, desk).bottom()


def _lay_out(desk: Desk, size: tuple[int, int]) -> None:
    desk.window.resize(*size)
    desk.window.show()
    desk.workspace.reset(size[0], size[1] - desk.panels.top_bar.height())


@pytest.mark.parametrize("action", ["outbox", "run_cards", "saved_views", "export_map"])
async def test_notices_leave_the_foot_of_a_sheet_free_and_are_seen_over_it(served: Served, action: str) -> None:
    async with signed_in(served) as desk:
        desk.window.resize(1280, 720)
        desk.actions.trigger(action)
        await until(lambda: open_sheets(desk.window))
        (sheet,) = open_sheets(desk.window)
        close = next(
            part for name in ("_close", "close_button", "buttons") if (part := getattr(sheet, name, None)) is not None
        )
        told = await _tell(desk, 1)
        close = close["close"] if isinstance(close, dict) else close
        assert not told.intersects(_place(close, desk))
        sheet.close_sheet()
        desk.on_second()
        assert _place(desk.panels.map, desk).contains(_place(desk.panels.notices, desk))


@pytest.mark.parametrize("size", [(1366, 768), (1024, 640)])
async def test_notices_stand_beside_a_sheet_at_a_side(served: Served, size: tuple[int, int]) -> None:
    async with keeping(served) as (desk, sheet):
        desk.window.resize(*size)
        told = await _tell(desk, 2)
        assert not told.intersects(_place(sheet, desk))
        assert desk.window.rect().contains(told)


@pytest.mark.parametrize("language", ["zh-CN", "en"])
@pytest.mark.parametrize("size", [(1366, 768), (1280, 720)])
async def test_a_long_notice_has_the_width_and_what_is_pressed_stands_below_it(
    served: Served, size: tuple[int, int], language: str
) -> None:
    async with signed_in(served) as desk:
        desk.appearance.use_language("en" if language == "en" else "zh-CN")
        _lay_out(desk, size)
        strip = desk.panels.notices
        for file, folder, below in (
            ("a.csv", "C:", False),
            ("清溪镇 防汛排查 2026-11-27 14-36.geojson", "D:/文档/OneMap 导出地图/二〇二六年汛期", True),
        ):
            values: dict[str, Value] = {"file": file, "folder": folder}
            desk.notices.post(Notice(Severity.INFO, "notice.map_exported", values, "map_export", "export_folder"))
            await until(lambda: strip.isVisible() and _on_top(desk))
            desk.on_second()
            row = next(row for row in strip._rows if row.isVisible())
            said, pressed = row._text.geometry(), row._action.geometry()
            narrow = size[0] < 1366  # there even a short one is long
            assert (pressed.top() > said.bottom()) == (below or (narrow and language == "en"))
            assert said.height() >= row._text.heightForWidth(said.width()), "nothing of it is cut"
            assert row.rect().contains(said.united(pressed).united(row._close.geometry()))
            assert not said.intersects(pressed)
            assert not below or said.width() > 0.6 * row.width()
