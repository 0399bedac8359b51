"""A whistle at two real desks: blown through the strip, signed in by a unit and by radio, told when late, ended."""

from datetime import datetime, timedelta

import msgspec
import pytest
from desks import PASSWORD, listed, open_desk, until
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from served import Served, send_report

from client.api import ServiceClient, new_key
from domain.case import Rules
from domain.ids import EntryId, UnitId
from domain.people import Role
from domain.register import EntryKind, EntryPut
from domain.register_whistle import SignIn, Whistle, sign_in_id
from tests.widget.console.test_outbox_desk import cut, mend, sign_in, standing
from widgets.whistle_sheet import Blow, WhistleSheet

SANITATION, REPAIR = UnitId("u-sanitation"), UnitId("u-repair")


def shown(sheet: WhistleSheet) -> dict[str, str]:
    return {row.key: row.cells[2] for row in sheet.rows.shown()}


async def test_units_are_called_sign_in_and_it_is_ended(served: Served) -> None:
    async with open_desk() as one, open_desk() as other:
        await sign_in(one, served)
        await sign_in(other, served)
        one.settings.set("take_back_s", 30, store=False)
        one.actions.trigger("whistle")
        other.actions.trigger("whistle")
        sheet, seen = one.crew.whistle.sheet, other.crew.whistle.sheet
        assert sheet is not None
        assert seen is not None
        assert sheet.empty.isVisibleTo(sheet)
        QTest.keyClick(sheet, Qt.Key.Key_Insert)
        form = sheet.form
        assert form is not None
        form.entry("matter").edit.setText("管道破裂")  # type: ignore[attr-defined]
        form.submit()
        units = form.entry("units")
        assert "召集单位" in units._problem.text()
        for unit in (SANITATION, REPAIR):
            form.entry("units").list.choose(unit)  # type: ignore[attr-defined]
        form.entry("own").edit.setPlainText("环卫所 10")  # type: ignore[attr-defined]
        form.submit()
        strip = one.intake.held_strip
        assert strip.isVisibleTo(one.window)
        assert "管道破裂" in strip.accessibleName()
        assert "环卫所" in strip.accessibleName()
        one.intake.holds.take_back_last()
        await until(lambda: sheet.form is not None)
        again = sheet.form
        assert again is not None
        assert again.entry("matter").value() == "管道破裂"
        assert set(again.entry("units").value()) == {SANITATION, REPAIR}
        again.submit()
        one.intake.holds.send_all()
        await until(lambda: set(shown(seen).values()) == {"… 待报到"})
        dues = {row.key: row.cells[1] for row in seen.rows.shown()}
        assert dues[SANITATION] < dues[REPAIR]
        key = EntryId(seen.list.key)
        async with ServiceClient(served.url) as unit:
            await _as_unit(served, unit, key, one.service_now())
        await until(lambda: shown(seen)[SANITATION] == "✓ 已报到")
        await until(lambda: "notice.whistle_signed" in standing(other))
        seen.rows.choose(REPAIR)
        QTest.keyClick(seen.rows.view, Qt.Key.Key_Return)
        await until(lambda: shown(sheet)[REPAIR] == "✓ 已报到")
        sheet.result.setText("都到了")
        QTest.keyClick(sheet.result, Qt.Key.Key_Return)
        await until(lambda: "已结束：都到了" in seen.facts.text())
        assert not seen.buttons["mark"].isVisibleTo(seen)
        sheet.close_sheet()
        seen.close_sheet()


async def _as_unit(served: Served, client: ServiceClient, whistle: EntryId, now: datetime) -> None:
    """Sign in as somebody of the unit does: for the own unit only."""
    served.account("zhao-unit", PASSWORD, Role.HANDLER, unit=SANITATION)
    await client.sign_in("zhao-unit", PASSWORD)
    for unit, allowed in ((REPAIR, False), (SANITATION, True)):
        asked = EntryPut(msgspec.to_builtins(SignIn(whistle, unit, now)))
        put = client.register.put(EntryKind.SIGN_IN, sign_in_id(whistle, unit), asked, key=new_key())
        if allowed:
            await put
        else:
            with pytest.raises(Exception, match="whistle_not_your_unit"):
                await put


async def test_who_is_late_is_told_reminded_and_escalates(served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    async with open_desk() as desk:
        await sign_in(desk, served)
        desk.crew.whistle.open()
        sheet = desk.crew.whistle.sheet
        assert sheet is not None
        desk.crew.whistle.ask(Blow("积水", "东桥", (SANITATION,), 1))
        await until(lambda: len(sheet.rows.shown()) == 1)
        now = desk.service_now()
        monkeypatch.setattr(desk, "service_now", lambda: now + timedelta(minutes=2))
        await until(lambda: "notice.whistle_overdue" in standing(desk))
        assert shown(sheet) == {SANITATION: "▲ 超时未到"}
        sheet.rows.choose(SANITATION)
        QTest.keyClick(sheet.rows.view, Qt.Key.Key_C)
        await until(lambda: sheet.rows.shown()[0].cells[4] == "已催 1 次 · 已发")
        monkeypatch.setattr(
            desk, "service_now", lambda: now + timedelta(minutes=2 + Rules({}).whistle_escalate_minutes)
        )
        await until(lambda: "notice.whistle_escalated" in standing(desk))
        assert shown(sheet) == {SANITATION: "▲▲ 超时升级"}
        sheet.close_sheet()


async def test_a_whistle_taken_back_is_still_for_its_own_case(served: Served) -> None:
    async with open_desk() as desk:
        await sign_in(desk, served)
        desk.settings.set("take_back_s", 30, store=False)
        gateway = served.client(served.token("phones", Role.GATEWAY))
        first, second = (send_report(gateway, text=text).case.case_no for text in ("老街口积水", "东桥护栏松动"))
        await until(lambda: {first, second} <= set(listed(desk)))
        desk.selection.select_case(first)
        await until(lambda: desk.panels.card.case() is not None and desk.panels.card.case().case_no == first)
        desk.actions.trigger("whistle")
        sheet = desk.crew.whistle.sheet
        assert sheet is not None
        sheet.begin()
        assert first in sheet.form._effect.text()
        sheet.form.entry("units").list.choose(SANITATION)
        sheet.form.submit()
        sheet.close_sheet()
        desk.selection.select_case(second)
        await until(lambda: desk.panels.card.case().case_no == second)
        desk.intake.holds.take_back_last()
        await until(lambda: sheet.form is not None)
        sheet.form.submit()
        desk.intake.holds.send_all()
        await until(lambda: len(desk.crew.whistle.held(Whistle, lambda entry, body: entry.entry_id)) == 1)
        ((_, whistle),) = desk.crew.whistle.held(Whistle, lambda entry, body: entry.entry_id)
        assert whistle.case_no == first
        sheet.close_sheet()


async def test_a_sign_in_noted_without_a_line_is_shown_waiting_and_taken_back_in_order(served: Served) -> None:
    async with open_desk() as desk:
        await sign_in(desk, served)
        desk.actions.trigger("whistle")
        sheet = desk.crew.whistle.sheet
        assert sheet is not None
        desk.settings.set("take_back_s", 0, store=False)
        desk.crew.whistle.ask(Blow("积水", "东桥", (SANITATION,), 30))
        await until(lambda: len(sheet.rows.shown()) == 1)
        await cut(desk)
        for state in ("✓ 已报到 (待发送)", "… 待报到 (待发送)", "✓ 已报到 (待发送)"):
            sheet.rows.choose(SANITATION)
            QTest.keyClick(sheet.rows.view, Qt.Key.Key_Return)
            await until(lambda state=state: shown(sheet) == {SANITATION: state})
        await mend(desk)
        await until(lambda: not desk.outbox.entries())
        await until(lambda: shown(sheet) == {SANITATION: "✓ 已报到"})
        sheet.result.setText("写到一半")
        sheet.close_sheet()
        assert sheet.result.text() == "", "not for whoever sits down next"
