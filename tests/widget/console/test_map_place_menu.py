"""The menu of a place on the map: by the right button and by keyboard, what it offers when, and what each row does."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from desks import PASSWORD, signed_in, until
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAction, QContextMenuEvent, QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu, QWidget
from served import Served, send_report
from towns import LI, MORNING

from console.desk import Desk
from domain.people import Role
from domain.places import distance_m
from layers.mercator import to_degrees, to_plane
from widgets.map.select_card import Way

AT = (120.801, 29.551)
BUSY_ROWS = ["centre", "copy"]
"""What is offered while something is drawn or a place is chosen."""
pytestmark = pytest.mark.qt_log_ignore(
    "This plugin does not support"
)  # offscreen a menu can neither be raised nor grab


@asynccontextmanager
async def at_desk(served: Served, user: str = "li") -> AsyncIterator[Desk]:
    """A desk at which no menu stays open: Qt's loop would wait for it."""
    async with signed_in(served, user) as desk:
        try:
            yield desk
        finally:
            for menu in desk.panels.map.findChildren(QMenu):
                menu.close()


def right_click(desk: Desk, at: QPoint) -> QMenu:
    """Press the right button on the map, and have Qt's wish for a menu come of it."""
    click_right(desk.panels.map, at)
    return menu_of(desk)


def click_right(widget: QWidget, at: QPoint) -> None:
    """What the window system would do; a click on the window itself turns Qt's loop within a step of asyncio's."""
    QTest.mouseClick(widget, Qt.MouseButton.RightButton, pos=at)
    wish = QContextMenuEvent(QContextMenuEvent.Reason.Mouse, at, widget.mapToGlobal(at))
    QApplication.sendEvent(widget, wish)


def menu_of(desk: Desk) -> QMenu:
    open_now = [menu for menu in desk.panels.map.findChildren(QMenu, "map_place_menu") if menu.isVisible()]
    assert len(open_now) == 1
    return open_now[0]


def rows(menu: QMenu) -> list[str]:
    return [action.data() for action in menu.actions() if action.data()]


def row(menu: QMenu, name: str) -> QAction:
    return next(action for action in menu.actions() if action.data() == name)


async def press(menu: QMenu, name: str) -> None:
    """Click a row of the menu."""
    spot = menu.actionGeometry(row(menu, name)).center()
    QTest.mouseClick(menu, Qt.MouseButton.LeftButton, pos=spot)
    await asyncio.sleep(0)


def spot_of(desk: Desk) -> QPoint:
    """Look closely beside the place, and return where it is seen: not in the middle, off the cards."""
    view = desk.panels.map
    view.look_closely(*AT, 1.0)
    view.pan(20, 60)
    return QPoint(*(round(value) for value in view.camera.to_screen(*to_plane(*AT))))


async def test_the_right_button_offers_what_can_be_done_at_a_place_and_says_keys(served: Served) -> None:
    async with at_desk(served) as desk:
        at, picked = spot_of(desk), []
        desk.panels.map.grid_picked.connect(picked.append)
        menu = right_click(desk, at)
        assert rows(menu) == ["identify", "around", "measure", "report", "centre", "copy"]
        assert row(menu, "identify").text() == "这里有什么\tCtrl+Alt+I"
        assert row(menu, "around").text() == "周边 200 米内有什么\tCtrl+Alt+S"
        assert row(menu, "measure").text() == "从这里量距离\tCtrl+M"
        assert row(menu, "report").text() == "在这里新增上报\tN"
        assert not picked, "the right button picks nothing"
        QTest.keyClick(menu, Qt.Key.Key_Escape)
        desk.actions.trigger("language")
        assert row(right_click(desk, at), "identify").text() == "What is here\tCtrl+Alt+I"


async def test_it_copies_the_coordinates_as_identifying_tells_them(served: Served) -> None:
    async with at_desk(served) as desk:
        await press(right_click(desk, spot_of(desk)), "copy")
        copied = QGuiApplication.clipboard().text()
        lon, lat = map(float, copied.split(", "))
        assert distance_m(lon, lat, *AT) < 1.0
        assert [notice.values for notice in desk.notice_feed.standing()] == [{"text": copied}]
        menu = right_click(desk, spot_of(desk))
        assert copied in row(menu, "copy").text()
        others = menu.findChildren(QMenu)[0]
        assert [a.text().split(" · ")[0] for a in others.actions()] == ["高德、腾讯", "百度", "高斯 120°"]
        others.actions()[0].trigger()
        hit = desk.finder.find(f"gcj {QGuiApplication.clipboard().text()}")[0]
        assert distance_m(hit.lon or 0.0, hit.lat or 0.0, *AT) < 1.0


async def test_what_is_here_and_around_here_is_told_by_the_tools_there_are(served: Served) -> None:
    gateway = served.client(served.token("phones", Role.GATEWAY))
    number = send_report(gateway, text="井盖", lon=AT[0], lat=AT[1]).case.case_no
    fix = {"thing": LI, "lon": AT[0] + 0.0015, "lat": AT[1], "fixed_at": MORNING.isoformat()}
    assert gateway.post("/v1/positions", json={"positions": [fix]}).status_code == 204
    async with at_desk(served) as desk:
        await until(lambda: len(desk.map_feed.models.cases.open) == 1 and len(desk.map_feed.models.positions.table))
        await press(right_click(desk, spot_of(desk)), "identify")
        card = desk.map_desk.identify.card
        assert card.isVisibleTo(desk.window)
        assert number in {hit.ident for hit in card._buttons.values()}
        await press(right_click(desk, spot_of(desk)), "around")
        assert card.isHidden(), "one tool at a time"
        select = desk.map_desk.select
        await until(lambda: select.chosen is not None)
        assert select.chosen is not None
        assert (select.chosen.cases, select.chosen.staff) == ({number}, {LI}), "he is 145 m away"
        assert select.card.isVisibleTo(desk.window)
        select.card.distance.setValue(100)  # another distance: it is what the menu says next
        await until(lambda: select.chosen is not None and not select.chosen.staff)
        assert select.card.metres_of(Way.POINT) == 100
        assert row(right_click(desk, spot_of(desk)), "around").text().startswith("周边 100 米内有什么")


async def test_measuring_begins_at_the_place_and_goes_on_by_clicks(served: Served) -> None:
    async with at_desk(served) as desk:
        view = desk.panels.map
        at = spot_of(desk)
        await press(right_click(desk, at), "measure")
        await until(lambda: view.sketch is not None)
        assert view.sketch is not None
        QTest.mouseClick(view, Qt.MouseButton.LeftButton, pos=at + QPoint(100, 0))
        first, second = view.sketch.degrees()
        assert distance_m(*first, *AT) < 1.5
        assert 80 < distance_m(*first, *second) < 100


async def test_a_report_taken_down_there_has_the_place_and_who_may_not_report_is_not_offered_it(served: Served) -> None:
    served.account("chief", PASSWORD, Role.DUTY_CHIEF)
    async with at_desk(served) as desk:
        desk.scout.on_card_place_requested()  # the card had asked for a place, and was left
        desk.panels.map.cancel_place_pick()
        await press(right_click(desk, spot_of(desk)), "report")
        form = desk.panels.report_form
        assert form.isVisibleTo(desk.window)
        assert form._place is not None
        assert distance_m(*form._place, *AT) < 1.5
        grid = desk.map_feed.models.grids.grid_at(*AT)
        assert grid is not None
        assert desk.names.grid(grid.code) in form._where.text()
        assert desk.window.focusWidget() is form.text, "what it is about is asked for next"
    async with at_desk(served, "chief") as desk:
        assert rows(right_click(desk, spot_of(desk))) == ["identify", "around", "measure", "centre", "copy"]


async def test_centring_can_be_gone_back_from(served: Served) -> None:
    async with at_desk(served) as desk:
        view = desk.panels.map
        at = spot_of(desk)
        before = view.camera
        await asyncio.sleep(0.8)  # a move of its own, not one with the last
        await press(right_click(desk, at), "centre")
        lon, lat = to_degrees(view.camera.x, view.camera.y)
        assert distance_m(lon, lat, *AT) < 1.5
        assert view.camera.scale == before.scale
        view.back()
        assert (view.camera.x, view.camera.y) == (before.x, before.y)


@pytest.mark.parametrize(("button", "held"), [(Qt.Key.Key_Menu, False), (Qt.Key.Key_F10, True)])
async def test_by_keyboard_it_is_of_the_cross_and_enter_takes_its_first_row(
    served: Served, button: Qt.Key, held: bool
) -> None:
    async with at_desk(served) as desk:
        view = desk.panels.map
        view.look_closely(*AT, 1.0)
        view.setFocus()
        modifier = Qt.KeyboardModifier.ShiftModifier if held else Qt.KeyboardModifier.NoModifier
        QTest.keyClick(view, button, modifier)
        menu = menu_of(desk)
        middle = view.mapToGlobal(QPoint(view.width() // 2, view.height() // 2))
        box = menu.geometry()
        assert abs(box.top() - middle.y()) <= 2
        assert box.left() - 2 <= middle.x() <= box.right() + 2, "on a small screen it is moved in"
        assert view._cross
        assert menu.activeAction() is not None
        QTest.keyClick(menu, Qt.Key.Key_Return)
        await until(lambda: "identify" in vars(desk.map_desk) and desk.map_desk.identify.card.places())
        assert "120.801000, 29.551000" in desk.map_desk.identify.card.places()[0].text()


async def test_what_is_drawn_stays_as_it_is_and_a_place_that_is_asked_for_is_still_asked_for(served: Served) -> None:
    async with at_desk(served) as desk:
        view = desk.panels.map
        at = spot_of(desk)
        desk.actions.trigger("measure_area")
        await until(lambda: view.sketch is not None)
        sketch = view.sketch
        assert sketch is not None
        for step in (QPoint(0, 0), QPoint(60, 0)):
            QTest.mouseClick(view, Qt.MouseButton.LeftButton, pos=at + step)
        menu = right_click(desk, at + QPoint(30, 40))
        assert rows(menu) == BUSY_ROWS
        await press(menu, "centre")
        assert view.sketch is sketch
        assert len(sketch.points) == 2
        QTest.keyClick(right_click(desk, at), Qt.Key.Key_Escape)
        assert view.sketch is sketch
        view.end_sketch()
        desk.actions.trigger("new_report")
        desk.panels.report_form.place_requested.emit()
        menu = right_click(desk, at)
        assert rows(menu) == BUSY_ROWS
        QTest.keyClick(menu, Qt.Key.Key_Escape)
        assert view.awaits_points
        QTest.mouseClick(view, Qt.MouseButton.LeftButton, pos=at)
        assert desk.panels.report_form._place is not None


async def test_in_a_playback_nothing_of_now_is_chosen(served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    async with at_desk(served) as desk:
        at = spot_of(desk)
        monkeypatch.setattr(type(desk.map_desk.playback), "on", True)
        assert rows(right_click(desk, at)) == ["identify", "measure", "report", "centre", "copy"]


async def test_a_right_click_on_a_card_is_not_of_the_map_below(served: Served) -> None:
    async with at_desk(served) as desk:
        view = desk.panels.map
        for card in (view.overlays.toolbar, view.overlays.legend):
            click_right(card, card.rect().center())
        assert not view.findChildren(QMenu, "map_place_menu")
