"""Geofences at a real desk: drawn, named, saved, switched, deleted, undone; what they tell is seen and acknowledged."""

import asyncio
from datetime import timedelta
from typing import Any

from desks import PASSWORD, puts_unanswered, signed_in, until
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QPolygon
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton
from served import Served, key

from console.desk import Desk
from domain.people import Role
from domain.register_fence import Geofence
from layers.mercator import to_plane
from layers.states import FenceState
from service.timers import Timers
from tests.widget.console.test_outbox_desk import standing
from widgets.fence_sheet import THING, UNIT
from widgets.map.fence_card import FenceForm


def press(button: QPushButton) -> None:
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)


def click(desk: Desk, *places: tuple[int, int]) -> None:
    for x, y in places:
        QTest.mouseClick(desk.panels.map, Qt.MouseButton.LeftButton, pos=QPoint(x, y))


def kept(served: Served, kind: str = "geofence") -> dict[str, dict[str, Any]]:
    reader = served.client(served.token("boss", Role.DUTY_CHIEF))
    return {e["entry_id"]: e for e in reader.get(f"/v1/register/{kind}").json()["entries"]}


async def test_a_fence_is_drawn_named_altered_switched_deleted_and_taken_back(served: Served) -> None:
    served.account("wu", PASSWORD, Role.DISPATCHER)
    async with signed_in(served, "wu") as desk:
        desk.actions.trigger("map_fences")
        card, sheet = desk.map_desk.fences.card, desk.map_desk.fences.sheet
        press(card._forms[FenceForm.AREA])
        click(desk, (420, 200), (520, 220), (480, 300), (480, 300))
        assert sheet.isVisible()
        sheet.name.setText(" 河堤 ")
        sheet.checks["off_post"].setChecked(True)
        press(sheet.save)
        assert sheet.isVisible(), "off post needs somebody"
        assert "单位或人员" in sheet._fault.text()
        sheet.who.choose(UNIT + "u-patrol")
        sheet.who.choose(THING + "s-zhao")
        sheet.checks["timed"].setChecked(True)
        for button in sheet.days[5:]:
            button.setChecked(False)
        sheet.hours.setValue(8)
        QTest.keyClick(sheet, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
        await until(lambda: not sheet.isVisible())
        await until(lambda: card.fences.count() == 1)
        ((entry_id, entry),) = kept(served).items()
        body = entry["body"]
        assert (body["name"], body["units"], body["things"]) == ("河堤", ["u-patrol"], ["s-zhao"])
        assert (body["off_post_s"], body["hours"]) == (900, {"start": 480, "end": 1080, "days": [1, 2, 3, 4, 5]})
        assert len(body["ring"]) == 3
        assert entry["expires_at"] is not None
        (mark,) = desk.map_feed.models.geofences.held.marks
        assert mark.rank in (FenceState.WATCHING, FenceState.RESTING)
        # another name; its end, edge and people stay
        card.fences.setCurrentRow(0)
        press(card.acts["edit"])
        assert sheet.who.chosen() == [UNIT + "u-patrol", THING + "s-zhao"]
        sheet.name.setText("河堤东")
        press(sheet.save)
        await until(lambda: kept(served)[entry_id]["body"]["name"] == "河堤东")
        altered = kept(served)[entry_id]
        assert (altered["expires_at"], altered["body"] | {"name": "河堤"}) == (entry["expires_at"], body)
        # off, deleted, and taken back
        await until(lambda: "河堤东" in card.fences.item(0).text())
        press(card.acts["switch"])
        await until(lambda: desk.map_feed.models.geofences.held.marks[0].rank is FenceState.PAUSED)
        assert kept(served)[entry_id]["body"]["paused"]
        press(card.acts["delete"])
        await until(lambda: card.fences.count() == 0)
        assert entry_id not in kept(served)
        QTest.keyClick(desk.panels.map, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
        await until(lambda: card.fences.count() == 1)
        assert kept(served)[entry_id]["body"]["paused"]


async def test_what_a_fence_tells_is_seen_acknowledged_and_looked_at(served: Served) -> None:
    served.account("wu", PASSWORD, Role.ACCEPTOR)
    chief, gate = served.client(served.token("boss", Role.DUTY_CHIEF)), served.client(served.token("g", Role.GATEWAY))
    ring = [[120.80, 29.55], [120.81, 29.55], [120.81, 29.56], [120.80, 29.56]]
    body = {"body": {"name": "河堤", "ring": ring, "settle_s": 0}}
    assert chief.put("/v1/register/geofence/f", json=body, headers={"Idempotency-Key": key()}).is_success
    async with signed_in(served, "wu") as desk:
        desk.actions.trigger("map_fences")
        card = desk.map_desk.fences.card
        await until(lambda: card.fences.count() == 1)
        assert not card._forms[FenceForm.AREA].isEnabled(), "an acceptor draws none"
        card.fences.setCurrentRow(0)
        assert not card.acts["delete"].isEnabled()
        for i, lon in enumerate((120.79, 120.805)):
            at = served.runtime.timekeeper.now() + timedelta(seconds=i)
            said = {"thing": "s-li", "lon": lon, "lat": 29.555, "fixed_at": at.isoformat()}
            assert gate.post("/v1/positions", json={"positions": [said]}).status_code == 204
            look = asyncio.run_coroutine_threadsafe(Timers(served.runtime).watch_fences(), served.loop)
            await asyncio.wrap_future(look)
        await until(lambda: card.alerts.count() == 1)
        assert "李网格" in card.alerts.item(0).text()
        assert "进入河堤" in card.alerts.item(0).text()
        assert "notice.fence_told" in standing(desk)
        assert desk.map_feed.models.geofences.held.marks[0].rank is FenceState.RINGING
        await until(lambda: desk.map_feed.models.positions.place("s-li") is not None)
        card.alerts.setCurrentRow(0)
        press(card.alert_acts["show"])
        assert desk.panels.map.chosen.thing == "s-li"
        press(card.alert_acts["acknowledge"])
        await until(lambda: card.alerts.item(0).text().startswith("✓"))
        ((_, told),) = kept(served, "fence_alert").items()
        assert (told["by"], told["body"]["acknowledged"]) == ("wu", True)
        assert desk.map_feed.models.geofences.held.marks[0].rank is FenceState.WATCHING
        await until(lambda: "notice.fence_told" not in standing(desk))
        assert desk.register.all(Geofence)


async def test_a_fence_that_is_looked_at_lies_under_no_card(served: Served) -> None:
    chief = served.client(served.token("boss", Role.DUTY_CHIEF))
    ring = [[120.80, 29.55], [120.81, 29.55], [120.81, 29.56], [120.80, 29.56]]
    small = [[120.80 + (lon - 120.80) / 500, 29.55 + (lat - 29.55) / 500] for lon, lat in ring]
    for name, edge in (("f", ring), ("g", small)):
        body = {"body": {"name": name, "ring": edge, "settle_s": 0}}
        assert chief.put(f"/v1/register/geofence/{name}", json=body, headers={"Idempotency-Key": key()}).is_success
    async with signed_in(served) as desk:
        desk.window.resize(1280, 720)
        desk.window.show()
        desk.actions.trigger("map_fences")
        view, card = desk.panels.map, desk.map_desk.fences.card
        await until(lambda: card.fences.count() == 2 and view.settled)
        for row, edge in enumerate((ring, small)):
            card.fences.setCurrentRow(row)
            card.fences.itemActivated.emit(card.fences.item(row))
            places = [view.camera.to_screen(*to_plane(lon, lat)) for lon, lat in edge]
            corners = QPolygon([QPoint(round(x), round(y)) for x, y in places])
            assert view.rect().contains(corners.boundingRect())
            assert not view.overlays.covered_for_long().intersects(corners.boundingRect())
        assert view.camera.scale > 0.4, "the streets round a small one are seen as well"


async def test_what_was_entered_for_a_fence_is_kept_until_it_is_saved_and_undoes_nobody_elses(served: Served) -> None:
    served.account("wu", PASSWORD, Role.DISPATCHER)
    chief = served.client(served.token("boss", Role.DUTY_CHIEF))
    ring = [[120.80, 29.55], [120.81, 29.55], [120.81, 29.56], [120.80, 29.56]]

    def put(version: int, **more: Any) -> None:
        body = {"name": "河堤", "ring": ring, "units": ["u-gone"], **more}
        asked = {"body": body, "version": version}
        put = chief.put("/v1/register/geofence/f", json=asked, headers={"Idempotency-Key": key()})
        assert put.is_success, put.text

    put(0)
    async with signed_in(served, "wu") as desk:
        desk.actions.trigger("map_fences")
        tool, card, sheet = desk.map_desk.fences, desk.map_desk.fences.card, desk.map_desk.fences.sheet
        await until(lambda: card.fences.count() == 1)
        tool.begin_edge("f")
        tool.edit("f")
        assert tool._edge_of is None, "another edge is asked for no more"
        assert sheet.who.chosen() == [UNIT + "u-gone"], "whoever is not there any more is not left out in silence"
        put(1, paused=True)
        await until(lambda: desk.register.get(Geofence, "f").entry.version == 2)
        sheet.name.setText("河堤东")
        press(sheet.save)
        assert sheet.isVisible()
        assert sheet._fault.text()
        assert kept(served)["f"]["version"] == 2
        sheet.close_sheet()
        tool.edit("f")
        sheet.name.setText("河堤东")
        put(2, paused=False)  # which the desk has not heard of yet
        QTest.keyClick(sheet.who.search, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
        await until(lambda: sheet._fault.text() != "")
        assert sheet.isVisible()
        assert sheet.name.text() == "河堤东"
        sheet.close_sheet()


async def test_a_new_fence_saved_again_after_a_lost_answer_is_one_fence(served: Served) -> None:
    served.account("wu", PASSWORD, Role.DISPATCHER)
    async with signed_in(served, "wu") as desk:
        desk.actions.trigger("map_fences")
        tool, sheet = desk.map_desk.fences, desk.map_desk.fences.sheet
        ring = ((120.80, 29.55), (120.81, 29.55), (120.81, 29.56), (120.80, 29.56))
        tool._open_sheet(Geofence("河堤", ring), None)
        with puts_unanswered(desk):
            press(sheet.save)
            await until(lambda: sheet._fault.text() != "")
        assert sheet.isVisible()
        await until(lambda: len(desk.register.all(Geofence)) == 1)
        press(sheet.save)
        await until(lambda: not sheet.isVisible())
        assert [entry["body"]["name"] for entry in kept(served).values()] == ["河堤"]


async def test_nothing_counts_as_told_while_nobody_is_signed_in(served: Served) -> None:
    """Else what waits at the next sign-in would be told before the names of our own are there."""
    async with signed_in(served) as desk:
        fences = desk.crew.fence_desk
        desk.on_second()
        await until(lambda: fences._known is not None)
        desk.session.sign_out()
        await until(lambda: desk.session.room is None and fences._known is None)
        desk.on_second()
        assert fences._known is None


async def test_an_edge_that_crosses_itself_is_mended_where_it_was_drawn(served: Served) -> None:
    served.account("wu", PASSWORD, Role.DISPATCHER)
    async with signed_in(served, "wu") as desk:
        desk.actions.trigger("map_fences")
        card, sheet, view = desk.map_desk.fences.card, desk.map_desk.fences.sheet, desk.panels.map
        press(card._forms[FenceForm.AREA])
        click(desk, (420, 200), (520, 300), (520, 200), (420, 300), (420, 300))  # crossed evenly: its area is nothing
        assert not sheet.isVisible()
        assert "交叉" in card.said.text()
        assert view.sketch is not None
        assert len(view.sketch.points) == 4, "what was drawn is there to be drawn on"
        QTest.keyClick(view, Qt.Key.Key_Backspace)
        QTest.keyClick(view, Qt.Key.Key_Backspace)
        click(desk, (420, 300), (420, 300))
        assert sheet.isVisible()
        assert view.sketch is None
