"""Drawing for everybody at two real desks: drawn, seen, moved, deleted, taken back; and others' is left alone."""

from collections.abc import Iterable
from typing import Any

from desks import PASSWORD, signed_in, until
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QListWidget
from served import Served, key

from console.desk import Desk
from domain.people import Role
from domain.register import Entry
from domain.register_map import Form, Ink


def _standing(served: Served) -> dict[str, dict[str, Any]]:
    reader = served.client(served.token("reader", Role.READER))
    return {e["entry_id"]: e for e in reader.get("/v1/register/drawing").json()["entries"] if not e["removed"]}


def _click(desk: Desk, *places: tuple[int, int]) -> None:
    for x, y in places:
        QTest.mouseClick(desk.panels.map, Qt.MouseButton.LeftButton, pos=QPoint(x, y))


async def test_what_is_drawn_is_there_for_all_and_is_moved_deleted_and_taken_back(served: Served) -> None:
    served.account("wu", PASSWORD, Role.ACCEPTOR)
    async with signed_in(served, "wu") as desk:
        desk.actions.trigger("map_redline")
        redline, card, view = desk.map_desk.redline, desk.map_desk.redline.card, desk.panels.map
        QTest.mouseClick(card._forms[Form.TEXT], Qt.MouseButton.LeftButton)
        assert view.sketch is None, "a text wants its words first"
        card.label.setText("临时封路")
        card.ink.setCurrentIndex(list(Ink).index(Ink.RED))
        QTest.mouseClick(card._forms[Form.LINE], Qt.MouseButton.LeftButton)
        _click(desk, (420, 200), (520, 240), (520, 240))
        await until(lambda: len(redline.entries) == 1)
        (drawn,) = _standing(served).values()
        assert (drawn["author"], drawn["body"]["ink"], drawn["body"]["label"]) == ("wu", "red", "临时封路")
        assert drawn["expires_at"] is not None
        assert len(drawn["body"]["points"]) == 2
        # moved: both points by as much
        card.list.setCurrentRow(0)
        QTest.mouseClick(card._move, Qt.MouseButton.LeftButton)
        _click(desk, (450, 300))
        await until(lambda: redline.entries[drawn["entry_id"]].version > drawn["version"])
        moved = _standing(served)[drawn["entry_id"]]
        by = [
            [a - b for a, b in zip(p, q, strict=True)]
            for p, q in zip(moved["body"]["points"], drawn["body"]["points"], strict=True)
        ]
        assert abs(by[0][0] - by[1][0]) < 1e-9
        assert by[0][1] < 0
        # deleted, and everything taken back step by step with Ctrl+Z on the map
        card.list.setCurrentRow(0)
        QTest.mouseClick(card._delete, Qt.MouseButton.LeftButton)
        await until(lambda: not redline.entries)
        assert not _standing(served)
        for left, expected in ((2, moved), (1, drawn)):  # at once: it waits for the deleting to be answered
            QTest.keyClick(view, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
            await until(lambda left=left: len(redline._done) == left and not redline._turn.locked())
            assert _standing(served)[drawn["entry_id"]]["body"] == expected["body"]
        QTest.keyClick(view, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
        await until(lambda: not redline._done)
        assert not _standing(served)


async def test_what_was_drawn_can_be_taken_back_right_after_the_card_was_left(served: Served) -> None:
    served.account("wu", PASSWORD, Role.ACCEPTOR)
    undo = Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier
    async with signed_in(served, "wu") as desk:
        desk.actions.trigger("map_redline")
        redline, card, view = desk.map_desk.redline, desk.map_desk.redline.card, desk.panels.map
        for x in (420, 460):
            count = len(redline._done)
            QTest.mouseClick(card._forms[Form.POINT], Qt.MouseButton.LeftButton)
            _click(desk, (x, 200))
            await until(lambda count=count: len(redline._done) > count)
        QTest.keyClick(view, Qt.Key.Key_Escape)
        assert card.isHidden()
        QTest.keyClick(view, *undo)
        await until(lambda: len(_standing(served)) == 1)
        assert card.isVisibleTo(view), "what became of it is seen"
        await until(lambda: "撤销" in card.said.text() and not redline._turn.locked())
        QTest.keyClick(view, Qt.Key.Key_Escape)
        desk.actions.trigger("map_select")
        QTest.keyClick(view, *undo)
        assert card.isHidden(), "something else has begun"
        assert len(_standing(served)) == 1


async def test_what_somebody_else_drew_is_listed_and_left_alone(served: Served) -> None:
    served.account("wu", PASSWORD, Role.ACCEPTOR)
    chief = served.client(served.token("chief", Role.DUTY_CHIEF))
    body = {"body": {"form": "point", "points": [[120.8, 29.55]], "label": "集合点"}}
    put = chief.put("/v1/register/drawing/p1", json=body, headers={"Idempotency-Key": key()})
    assert put.status_code in (200, 201), put.text
    async with signed_in(served, "wu") as desk:
        desk.actions.trigger("map_redline")
        card = desk.map_desk.redline.card
        await until(lambda: card.list.count() == 1)
        assert "集合点" in card.list.item(0).text()
        card.list.setCurrentRow(0)
        assert not card._move.isEnabled()
        assert not card._delete.isEnabled()
        desk.map_desk.redline.delete("p1")  # and the service refuses it as well
        await until(lambda: "不能改" in card.said.text())
        assert "p1" in _standing(served)
        more = chief.put("/v1/register/drawing/p2", json=body, headers={"Idempotency-Key": key()})
        assert more.status_code in (200, 201), more.text
        await until(lambda: card.list.count() == 2)


async def test_an_area_that_crosses_itself_is_mended_where_it_was_drawn(served: Served) -> None:
    served.account("wu", PASSWORD, Role.ACCEPTOR)
    async with signed_in(served, "wu") as desk:
        desk.actions.trigger("map_redline")
        redline, card, view = desk.map_desk.redline, desk.map_desk.redline.card, desk.panels.map
        QTest.mouseClick(card._forms[Form.AREA], Qt.MouseButton.LeftButton)
        _click(desk, (420, 200), (520, 300), (520, 200), (420, 300), (420, 300))
        assert "交叉" in card.said.text()
        assert view.sketch is not None
        QTest.keyClick(view, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
        QTest.keyClick(view, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
        _click(desk, (420, 300), (420, 300))
        await until(lambda: len(redline.entries) == 1)
        (drawn,) = _standing(served).values()
        assert len(drawn["body"]["points"]) == 3


async def test_each_row_says_until_when_its_drawing_stands(served: Served) -> None:
    served.account("wu", PASSWORD, Role.ACCEPTOR)
    async with signed_in(served, "wu") as desk:
        desk.actions.trigger("map_redline")
        redline, card = desk.map_desk.redline, desk.map_desk.redline.card
        card.label.setText("这是一段写得很长、一行放不下的说明文字，后面还要看得到它到几点为止")
        for hours in (1, 0, 48):
            card.hours.setValue(hours)
            count = len(redline.entries)
            QTest.mouseClick(card._forms[Form.POINT], Qt.MouseButton.LeftButton)
            _click(desk, (420 + 20 * hours, 220))
            await until(lambda count=count: len(redline.entries) > count)
        await until(lambda: card.list.count() == 3)
        rows = [card.list.item(row).text() for row in range(3)]
        ends = {hours: desk.names.local(entry.expires_at) for hours, entry in _by_hours(redline.entries.values())}
        now = desk.names.local(desk.service_now())
        soon = f"{ends[1]:%H:%M}" if ends[1].date() == now.date() else f"{ends[1]:%m-%d %H:%M}"
        assert sum(row.endswith(f" · 至 {soon}") for row in rows) == 1
        assert sum(row.endswith(f" · 至 {ends[48]:%m-%d %H:%M}") for row in rows) == 1
        assert sum(row.endswith(" · 不自动消失") for row in rows) == 1
        assert _shown_end(card.list), "what is long is cut in its middle: the end stays to be read"


def _by_hours(entries: Iterable[Entry]) -> list[tuple[int, Entry]]:
    lasting = sorted((entry for entry in entries if entry.expires_at is not None), key=lambda e: str(e.expires_at))
    return list(zip((1, 48), lasting, strict=True))


def _shown_end(rows: QListWidget) -> bool:
    """Whether the last row is painted up to its end: otherwise than one with another end is."""
    before = rows.grab().toImage()
    item = rows.item(rows.count() - 1)
    item.setText(item.text()[:-1] + "一")
    return bool(rows.grab().toImage() != before)
