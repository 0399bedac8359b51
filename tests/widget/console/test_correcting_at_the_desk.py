"""Correcting a case at a real desk, by keyboard alone: the card's form, the map's cross, the timeline."""

from desks import signed_in, until
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel
from served import ALL_ROOM, Served, command, send_report

from widgets.case_card.fields.correcting import CorrectedField, PlaceField


def texts(widget: object) -> str:
    return "\n".join(label.text() for label in widget.findChildren(QLabel) if not label.isHidden())  # type: ignore[attr-defined]


async def test_a_case_is_corrected_by_keyboard_and_the_timeline_tells_both(served: Served) -> None:
    room = served.client(served.token("phones", *ALL_ROOM))
    case = send_report(room, title="旧标题", address="老街1号").case
    async with signed_in(served) as desk:
        desk.selection.select_case(case.case_no)
        card = desk.panels.card
        await until(lambda: any(step.action == "correct" for step in card.steps()))
        card.setFocus()
        QTest.keyClick(card, Qt.Key.Key_6)
        form = card._form
        assert form is not None
        title, place = form.field("title"), form.field("place")
        assert isinstance(title, CorrectedField)
        assert isinstance(place, PlaceField)
        assert (title.edit.toPlainText(), place.edit.text()) == ("旧标题", "120.805000, 29.555000")
        at = QApplication.focusWidget()
        assert at is not None
        assert form.isAncestorOf(at)
        QTest.keyClick(at, Qt.Key.Key_5)
        # nothing altered yet: said here, and not sent
        QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Return)
        assert "没有改动" in texts(form)
        assert not form.is_busy()
        place.edit.setText("村口")
        QTest.keyClick(place.edit, Qt.Key.Key_Return)
        assert "看不出是哪里" in texts(place)
        # the map's cross gives the place
        place._pick.click()
        view = desk.panels.map
        QTest.keyClick(view, Qt.Key.Key_Right)
        QTest.keyClick(view, Qt.Key.Key_Return)
        await until(lambda: place.value() is not None)
        picked = place.value()
        assert "addresses/place" not in desk.tasks.running()
        assert desk.panels.late_report_form.made is None, "the place is not for a report"
        # somebody else corrects the address meanwhile: shown where nothing was typed, what was typed stays
        title.edit.setFocus()
        title.edit.selectAll()
        QTest.keyClicks(title.edit, "New title")
        command(room, case, "correct", reason="told_again", address="老街2号")
        address = form.field("address")
        assert isinstance(address, CorrectedField)
        await until(lambda: address.edit.toPlainText() == "老街2号")
        assert title.value() == "New title"
        QTest.keyClick(title.edit, Qt.Key.Key_Return)
        await until(lambda: card._form is None)
        now = room.get(f"/v1/cases/{case.case_no}").json()
        assert (now["title"], now["address"], [now["lon"], now["lat"]]) == ("New title", "老街2号", picked)
        await until(lambda: "标题：旧标题 → New title" in texts(card.body.timeline))
        assert "地址：老街1号 → 老街2号" in texts(card.body.timeline)
        mark = desk.map_feed._mark(desk.session.room.picture.case(case.case_no), card._now)  # type: ignore[union-attr]
        assert mark is not None
        assert [mark.lon, mark.lat] == picked
