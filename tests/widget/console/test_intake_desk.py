"""Taking a report down over the real console and the real service, by keyboard; its duplicate is merged."""

from desks import listed, signed_in, until
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from served import ALL_ROOM, Served, send_report

from console.desk import Desk


def _say(desk: Desk, text: str) -> None:
    """Type into the words of the report, as an input method hands it over."""
    edit = desk.panels.report_form.text
    assert desk.window.focusWidget() is edit
    edit.insertPlainText(text)


async def test_a_telephone_report_is_taken_down_by_keyboard_and_its_double_is_merged(served: Served) -> None:
    room = served.client(served.token("room", *ALL_ROOM))
    async with signed_in(served) as desk:
        form, card = desk.panels.report_form, desk.panels.card
        await until(lambda: form._reader is not None)
        QTest.keyClick(desk.window, Qt.Key.Key_N)
        await until(form.isVisible)
        _say(desk, "老街 18 号门口有暴露垃圾")
        await until(form.kind.chosen)
        form.address.setText("老街 18 号")
        QTest.keyClick(form.text, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
        await until(lambda: len(listed(desk)) == 1)
        (first,) = listed(desk)
        assert room.get(f"/v1/cases/{first}").json()["title"] == "老街 18 号门口有暴露垃圾"
        await until(lambda: card.case() is not None)

        QTest.keyClick(desk.window, Qt.Key.Key_N)
        await until(form.isVisible)
        _say(desk, "老街18号又有暴露垃圾")
        form.address.setText("老街 18 号")
        await until(form.duplicates.found)
        assert form.duplicates.found()[0].case.case_no == first
        QTest.keyClick(form.text, Qt.Key.Key_F5)
        assert form.duplicates.into == first
        QTest.keyClick(form.text, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
        await until(lambda: len(room.get(f"/v1/cases/{first}").json()["reports"]) == 2)
        await until(lambda: not form.has_input())
        assert desk.selection.case_no == first


async def test_the_card_shows_what_others_told_of_the_same(served: Served) -> None:
    room = served.client(served.token("room", *ALL_ROOM))
    one, two = (send_report(room).case for _ in range(2))
    async with signed_in(served) as desk:
        await until(lambda: len(listed(desk)) == 2)
        desk.selection.select_case(one.case_no)
        found = desk.panels.card.body.duplicates
        await until(found.found)
        assert [similar.case.case_no for similar in found.found()] == [two.case_no]
        third = send_report(room).case
        await until(lambda: len(found.found()) == 2)
        assert third.case_no in {similar.case.case_no for similar in found.found()}
        found.chosen.emit(third.case_no)
        await until(lambda: desk.selection.case_no == third.case_no)


async def test_two_desks_see_who_has_a_case_in_hand(served: Served) -> None:
    room = served.client(served.token("room", *ALL_ROOM))
    case = send_report(room).case
    async with signed_in(served) as desk, signed_in(served) as other:
        for each in (desk, other):
            await until(lambda each=each: len(listed(each)) == 1)
            each.selection.select_case(case.case_no)
            await until(lambda each=each: each.panels.card.case() is not None)
        assert desk.panels.card.press_key("0")
        await until(lambda: (shown := other.panels.card.case()) is not None and shown.claim is not None)
        assert other.panels.case_list.table.claim(other.panels.card.case()) == "我在办"  # type: ignore[arg-type]
        await until(lambda: desk.panels.card.press_key("0"))  # the same key puts it back
        await until(lambda: (shown := other.panels.card.case()) is not None and shown.claim is None)
