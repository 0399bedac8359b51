"""Run cards at a real desk: a set is taken by one key, what is lacking is named and kept; the book is kept by form."""

import msgspec
from desks import PASSWORD, puts_unanswered, signed_in, until
from msgspec.structs import replace
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from served import ALL_ROOM, Served, key

from console.desk import Desk
from domain.ids import UnitId
from domain.register_runcard import Need, Part, RunCard
from domain.states import CaseState
from tests.widget.console.test_take_back import _state, _to_dispatch
from widgets.book.sheet import BookSheet
from widgets.case_card.fields.run_card import UnmetField
from widgets.forms.entries import LinesEntry, TextEntry
from widgets.forms.form import EntryForm

CARD = RunCard(
    "路口垃圾",
    ("01",),
    (
        Need("清运", Part.LEAD, units=(UnitId("u-sanitation"),)),
        Need("燃气抢修", skills=("04-03",)),
        Need("知会城管", Part.COPY, units=(UnitId("u-patrol"),)),
    ),
)


async def test_one_key_takes_the_whole_set_and_it_can_be_taken_back(served: Served) -> None:
    room = served.client(served.token("room", *ALL_ROOM))
    case = _to_dispatch(room)
    async with signed_in(served) as desk:
        desk.settings.set("take_back_s", 30, store=False)
        desk.register.put(CARD)
        await until(lambda: _state(desk, case.case_no) is CaseState.PENDING_DISPATCH)
        desk.selection.select_case(case.case_no)
        card = desk.panels.card
        await until(lambda: card.body.suggestions.proposal() is not None)
        assert "缺 1 个燃气抢修" in card.body.suggestions._set.accessibleName()
        await until(lambda: card.press_key("4"))
        form = card._form
        assert form is not None
        unit, copies, unmet = (form.field(name) for name in ("unit", "copies", "unmet"))
        assert unit is not None
        assert unit.value() == "u-sanitation"
        assert copies is not None
        assert copies.value() == ["u-patrol"]
        assert isinstance(unmet, UnmetField)
        assert "缺 1 个燃气抢修" in unmet.line.text()
        form.submit()
        strip = desk.intake.held_strip
        assert strip.isVisibleTo(desk.window)
        assert "抄告" in strip.accessibleName()
        QTest.keyClick(desk.window, Qt.Key.Key_F6)
        await until(lambda: card._form is not None)
        again = card._form
        assert again is not None
        field = again.field("copies")
        assert field is not None
        assert field.value() == ["u-patrol"]
        again.submit()
        desk.intake.holds.send_all()
        await until(lambda: _state(desk, case.case_no) is CaseState.PENDING_HANDLE)
        changes = room.get(f"/v1/cases/{case.case_no}/changes").json()["changes"]
        data = changes[-1]["data"]
        assert (data["run_card"], data["unmet"], data["copies"]) == ("路口垃圾", ["燃气抢修 ×1"], ["u-patrol"])
        await until(
            lambda: (
                "按预案卡「路口垃圾」，未满足：燃气抢修 ×1"
                in " ".join(row.accessibleName() for row in card.body.timeline._rows)
            )
        )


async def test_the_book_is_kept_by_its_form(served: Served) -> None:
    async with signed_in(served) as desk:
        desk.actions.trigger("run_cards")
        sheet = desk.crew.run_cards.sheet
        assert sheet is not None
        assert sheet.empty.isVisibleTo(sheet)
        QTest.keyClick(sheet, Qt.Key.Key_Insert)
        form = _filled(sheet, "没有这个")
        form.submit()
        assert "没有「没有这个」这个类别" in form._fault.text()
        kinds = form.entry("kinds")
        assert isinstance(kinds, TextEntry)
        kinds.edit.setText("01-02")
        form.submit()
        await until(lambda: [row.cells[0] for row in sheet.table.shown()] == ["路口垃圾"])
        await until(lambda: sheet.form is None)
        assert "主办 1 清运：部门" in sheet.told.text()
        sheet.table.view.setFocus()
        QTest.keyClick(sheet.table.view, Qt.Key.Key_Return)
        form = sheet.form
        assert form is not None
        needs = form.entry("needs")
        assert isinstance(needs, LinesEntry)
        assert needs.value() == ("主办 1 清运：部门",)
        needs.edit.setPlainText("协办 1 清运：部门")
        form.submit()
        assert "有且只有一个主办" in form._fault.text()
        QTest.keyClick(form, Qt.Key.Key_Escape)
        assert sheet.form is None
        assert sheet.isVisible()
        for _ in range(2):
            QTest.keyClick(sheet, Qt.Key.Key_Delete)
        await until(lambda: not sheet.table.shown())
        await until(lambda: desk.register.can_undo)
        QTest.keyClick(sheet, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
        await until(lambda: [row.cells[0] for row in sheet.table.shown()] == ["路口垃圾"])
        sheet.close_sheet()


async def test_what_is_being_entered_stays_while_another_page_is_kept(served: Served) -> None:
    async with signed_in(served) as desk:
        desk.actions.trigger("run_cards")
        sheet = desk.crew.run_cards.sheet
        assert sheet is not None
        sheet.begin_new()
        form = sheet.form
        assert form is not None
        told: list[str] = []
        desk.register.done.connect(lambda entry: told.append(entry.entry_id))
        other = desk.register.put(CARD)
        await until(lambda: told == [other])
        assert sheet.form is form
        sheet.close_sheet()


async def test_a_new_page_saved_again_after_a_lost_answer_is_one_page_and_told_in_the_language_of_the_moment(
    served: Served,
) -> None:
    async with signed_in(served) as desk:
        sheet, form = await _saved_unanswered(desk)
        before = form._fault.text()
        desk.actions.trigger("language")
        assert form._fault.text() not in ("", before)
        desk.actions.trigger("language")
        await until(lambda: len(desk.register.all(RunCard)) == 1)
        form.submit()
        await until(lambda: sheet.form is None)
        sheet.begin_new()
        assert sheet.form is not None
        sheet.put_wanted.emit("", desk.register.all(RunCard)[0].body, 0)
        await until(lambda: len(desk.register.all(RunCard)) == 2)
        sheet.close_sheet()


async def test_a_new_page_that_a_colleague_has_altered_since_its_answer_was_lost_is_not_overwritten(
    served: Served,
) -> None:
    served.account("wang", PASSWORD, *ALL_ROOM)
    async with signed_in(served) as desk:
        sheet, form = await _saved_unanswered(desk)
        await until(lambda: len(desk.register.all(RunCard)) == 1)
        (held,) = desk.register.all(RunCard)
        token = served.client().post("/v1/session", json={"user": "wang", "password": PASSWORD}).json()["token"]
        theirs = msgspec.to_builtins(replace(held.body, name="同事改的"))
        path = f"/v1/register/run_card/{held.entry_id}"
        put = served.client(token).put(path, json={"body": theirs, "version": 1}, headers={"Idempotency-Key": key()})
        assert put.status_code < 300, put.text
        await until(lambda: desk.register.all(RunCard)[0].body.name == "同事改的")
        before = form._fault.text()
        form.submit()
        await until(lambda: form._fault.text() not in ("", before))
        assert sheet.form is form, "what was entered is kept"
        assert [card.body.name for card in desk.register.all(RunCard)] == ["同事改的"]
        sheet.close_sheet()


def _filled(sheet: BookSheet, kind: str) -> EntryForm:
    """Fill in the form of a new card."""
    form = sheet.form
    assert form is not None
    name, kinds, needs = (form.entry(key) for key in ("name", "kinds", "needs"))
    assert isinstance(name, TextEntry)
    assert isinstance(kinds, TextEntry)
    assert isinstance(needs, LinesEntry)
    name.edit.setText("路口垃圾")
    kinds.edit.setText(kind)
    needs.edit.setPlainText("主办 1 清运：部门")
    return form


async def _saved_unanswered(desk: Desk) -> tuple[BookSheet, EntryForm]:
    """Save a new card of which the service's answer is lost; its form stays."""
    desk.actions.trigger("run_cards")
    sheet = desk.crew.run_cards.sheet
    assert sheet is not None
    sheet.begin_new()
    form = _filled(sheet, "01-02")
    with puts_unanswered(desk):
        form.submit()
        await until(lambda: form._fault.text() != "")
    return sheet, form
