"""The town's settings on the administrators' sheet, against the real service: each edit is a change with its date."""

from datetime import date, timedelta

from admin_desks import fill, office, text_of, turn
from desks import until
from PySide6.QtCore import QDate
from PySide6.QtWidgets import QDateEdit
from served import Served
from towns import MORNING

from domain.clock import Hours, Limit, LimitUnit
from domain.states import CaseState
from domain.wire_admin import DayKind
from widgets.admin.days import hours_text, parse_hours
from widgets.admin.screen import Screen
from widgets.forms.entries import ChoiceEntry, DayEntry, FlagEntry, LimitEntry, WhenEntry


def _pick(screen: Screen, name: str, value: str) -> None:
    assert screen.form is not None
    entry = screen.form.entry(name)
    assert isinstance(entry, ChoiceEntry)
    entry.combo.setCurrentIndex(entry.combo.findData(value))


def _day(screen: Screen, name: str, day: date) -> None:
    assert screen.form is not None
    entry = screen.form.entry(name)
    assert isinstance(entry, DayEntry)
    assert isinstance(entry.edit, QDateEdit)
    entry.edit.setDate(QDate(day.year, day.month, day.day))


async def _send(screen: Screen) -> None:
    assert screen.form is not None
    form = screen.form
    form.submit()
    await until(lambda: screen.form is None or form._fault.isVisible())
    assert screen.form is None, form._fault.text()


async def test_limits_are_set_for_a_moment_to_come(served: Served) -> None:
    async with office(served, "sys") as (_, sheet):
        limits = await turn(sheet, "limits")
        assert len(limits.table.shown()) == 1
        limits.press("new")
        assert limits.form is not None
        when, filing = limits.form.entry("since"), limits.form.entry(CaseState.PENDING_FILE.value)
        assert isinstance(when, WhenEntry)
        assert isinstance(filing, LimitEntry)
        when.mode.setCurrentIndex(1)
        filing.spin.setValue(45)
        sent = when.value()
        await _send(limits)
        await until(lambda: len(limits.table.shown()) == 2)
        assert limits.table.shown()[0].cells[-1] == "待生效"
        limits.table.choose(limits.table.shown()[0].key)
        await until(lambda: "45 分" in text_of(limits))
        rules = served.runtime.world.info.rules
        assert rules.stage[CaseState.PENDING_FILE] == Limit(30, LimitUnit.MINUTE), "those in force stay"
        assert rules.later[0].since == sent
        assert rules.later[0].rules.stage[CaseState.PENDING_FILE] == Limit(45, LimitUnit.MINUTE)
        assert CaseState.HANDLING not in rules.later[0].rules.stage, "no limit stays no limit"


async def test_days_and_hours_are_set_and_days_that_are_over_are_not(served: Served) -> None:
    today = MORNING.date()
    async with office(served, "sys") as (desk, sheet):
        days = await turn(sheet, "days")
        days.press("days")
        _day(days, "first", today + timedelta(days=7))
        _day(days, "last", today + timedelta(days=9))
        await _send(days)
        await until(lambda: len(days.table.shown()) == 4)
        assert served.runtime.world.info.calendar.holidays == {today + timedelta(days=n) for n in (7, 8, 9)}
        days.table.choose((today + timedelta(days=8)).isoformat())
        days.press("day")
        _pick(days, "kind", DayKind.ORDINARY)
        await _send(days)
        await until(lambda: len(days.table.shown()) == 3)
        days.press("days")
        _day(days, "first", today - timedelta(days=1))
        _day(days, "last", today)
        form = days.form
        assert form is not None
        form.submit()
        await until(form._fault.isVisible)
        assert desk.words("fault.day_over", day=(today - timedelta(days=1)).isoformat()) == form._fault.text()
        _day(days, "last", today - timedelta(days=5))
        form.submit()
        assert desk.words("admin.day.stretch_bad", n=400) == form._fault.text()
        days.press("hours")
        fill(days, hours="9-12")
        assert days.form is not None
        days.form.submit()
        assert not days.form._busy, "what cannot be read is not sent"
        fill(days, hours="08:30-12:00，13:00-17:30")
        await _send(days)
        assert served.runtime.world.info.calendar.later[0].hours == (Hours(510, 720), Hours(780, 1050))


def test_hours_are_read_as_they_are_written() -> None:
    hours = (Hours(480, 720), Hours(840, 1080))
    assert parse_hours(hours_text(hours)) == hours
    assert parse_hours("8:00–12:00") == (Hours(480, 720),)
    for bad in ("", "8", "8-12", "12:00-08:00", "08:00-12:00-13:00", "25:00-26:00", "08:60-09:00", "a:00-b:00"):
        assert parse_hours(bad) == (), bad


async def test_kinds_and_conditions_are_put_out_of_use_and_planned(served: Served) -> None:
    async with office(served, "sys") as (desk, sheet):
        kinds = await turn(sheet, "kinds")
        kinds.table.choose("01-99")
        kinds.press("edit")
        assert kinds.form is not None
        enabled = kinds.form.entry("enabled")
        assert isinstance(enabled, FlagEntry)
        enabled.box.setChecked(False)
        await _send(kinds)
        await until(lambda: next(r for r in kinds.table.shown() if r.key == "01-99").dim)
        kinds.press("new")
        fill(kinds, code="01-02", name_zh="又一个", name_en="Another")
        assert kinds.form is not None
        kinds.form.submit()
        assert kinds.form._fault.text() == desk.words("admin.code_taken", code="01-02"), "nothing is overwritten"
        conditions = await turn(sheet, "conditions")
        conditions.table.choose("c2")
        conditions.press("edit")
        assert conditions.form is not None
        assert conditions.form.entry("kind").value() == "05", "a kind that is not in the table is not lost"
        _pick(conditions, "kind", "01")
        when = conditions.form.entry("since")
        assert isinstance(when, WhenEntry)
        when.mode.setCurrentIndex(1)
        await _send(conditions)
        await until(lambda: len(conditions.table.shown()) == 3)
        assert served.runtime.world.conditions["c2"].kind == "05"
        planned = served.runtime.world.planned[0]
        assert planned.since > MORNING
        assert planned.condition is not None
        assert planned.condition.kind == "01"


async def test_a_unit_is_made_and_who_only_reads_is_offered_nothing(served: Served) -> None:
    async with office(served, "sys") as (_, sheet):
        units = await turn(sheet, "units")
        units.press("new")
        fill(units, code="u-night", name="夜班")
        await _send(units)
        await until(lambda: "u-night" in {row.key for row in units.table.shown()})
    for user in ("sec", "aud"):
        async with office(served, user) as (_, sheet):
            for name in ("units", "limits", "days", "kinds", "conditions"):
                screen = await turn(sheet, name)
                screen.table.choose(screen.table.shown()[0].key)
                assert screen.offered() == [], (user, name)


async def test_two_system_administrators_do_not_overwrite_each_other(served: Served) -> None:
    async with office(served, "sys") as (desk, sheet):
        units = await turn(sheet, "units")
        units.table.choose("u-repair")
        units.press("edit")
        fill(units, name="维修一队")
        other = desk.session.client
        assert other is not None
        from client.admin import AdminClient
        from client.api import new_key
        from domain.ids import UnitId
        from domain.people import UnitKind
        from domain.wire_admin import UnitEdit

        admin = AdminClient(other.line)
        seen = (await admin.settings()).revision
        edit = UnitEdit(revision=seen, name="维修二队", kind=UnitKind.TEAM)
        await admin.set_unit(UnitId("u-repair"), edit, key=new_key())
        form = units.form
        assert form is not None
        assert form.entry("name").value() == "维修一队", "what was typed is not taken away by news"
        form.submit()
        await until(form._again.isVisible)
        form._again.click()
        await until(lambda: "维修二队" in text_of(units))
