"""The town's calendar: holidays and make-up days, and the working hours with the days they hold from."""

from collections.abc import Sequence
from datetime import date, timedelta
from functools import partial
from typing import Any

from domain.clock import Hours, WorkCalendar
from domain.wire_admin import DayKind, DaysEdit, HoursEdit
from widgets.admin.known import Known
from widgets.admin.screen import Step
from widgets.admin.settings_screen import SettingsScreen
from widgets.common.pick_list import Choice
from widgets.common.row_table import Row
from widgets.forms.act import Act
from widgets.forms.entries import ChoiceEntry, DayEntry, Entry, ManyEntry, TextEntry
from widgets.forms.form import FormSpec

MOST_DAYS = 400
HOURS_FIRST = "hours:first"


class DaysScreen(SettingsScreen):
    """Single days, latest first, below the working hours."""

    name = "days"

    def __init__(self, known: Known) -> None:
        super().__init__(known)
        self.refresh()

    def heads(self) -> Sequence[str]:
        """Return the columns."""
        return ("admin.day.day", "admin.day.weekday", "admin.day.kind", "admin.state")

    def rows(self) -> Sequence[Row]:
        """Return the working hours, then the days."""
        calendar = self._calendar()
        if calendar is None:
            return ()
        today, w = self._today(), self.words
        days = dict.fromkeys(calendar.holidays, DayKind.HOLIDAY) | dict.fromkeys(calendar.makeup_days, DayKind.MAKEUP)
        hours = [self._hours_row(key, calendar) for key in self._eras(calendar)]
        return [
            *hours,
            *(
                Row(
                    day.isoformat(),
                    (
                        day.isoformat(),
                        w(f"desk.weekday.{day.weekday()}"),
                        w(f"admin.day.{kind}"),
                        w("admin.day.over") if day < today else "",
                    ),
                    dim=day < today,
                )
                for day, kind in sorted(days.items(), reverse=True)
            ),
        ]

    def title(self, key: str) -> str:
        """Return the day, or what the hours hold from."""
        if key.startswith("hours:"):
            return self.words("admin.day.hours")
        return f"{key} {self.words(f'desk.weekday.{date.fromisoformat(key).weekday()}')}"

    def facts(self, key: str) -> Sequence[tuple[str, str]]:
        """Return the hours of a day, or of the hours' own row."""
        calendar = self._calendar()
        if calendar is None:
            return ()
        eras = self._eras(calendar)
        day = self._today() if not key else eras[key] if key in eras else date.fromisoformat(key)
        hours, off = calendar.week_on(date.min if day is None else day)
        return (
            ("admin.day.hours", hours_text(hours)),
            ("admin.day.days_off", self._weekdays(off)),
            ("admin.day.timezone", calendar.timezone),
        )

    def steps(self) -> Sequence[Step]:
        """Offer other days and other hours."""
        if not self.may_edit:
            return []
        return [
            Step("days", "admin.day.set", form=partial(self._days_form, None)),
            Step("hours", "admin.day.set_hours", form=self._hours_form),
        ]

    def row_steps(self, key: str) -> Sequence[Step]:
        """Offer to alter a day that is not over."""
        if not self.may_edit or key.startswith("hours:") or date.fromisoformat(key) < self._today():
            return []
        return [Step("day", "admin.edit", form=partial(self._days_form, date.fromisoformat(key)))]

    def _calendar(self) -> WorkCalendar | None:
        return None if self.settings is None else self.settings.calendar

    def _today(self) -> date:
        return self.known.names.local(self.known.now).date()

    def _eras(self, calendar: WorkCalendar) -> dict[str, date | None]:
        return {HOURS_FIRST: None} | {f"hours:{era.since.isoformat()}": era.since for era in calendar.later}

    def _hours_row(self, key: str, calendar: WorkCalendar) -> Row:
        since = self._eras(calendar)[key]
        hours, off = calendar.week_on(date.min if since is None else since)
        begins = (
            self.words("admin.from_the_first") if since is None else self.words("admin.day.from", day=since.isoformat())
        )
        over = any(
            later is not None and later <= self._today() and (since is None or later > since)
            for later in self._eras(calendar).values()
        )
        state = "over" if over else "planned" if since is not None and since > self._today() else "now"
        rest = self.words("admin.day.off", days=self._weekdays(off))
        return Row(key, (begins, rest, hours_text(hours), self.words(f"admin.in_force.{state}")), dim=over)

    def _weekdays(self, days: frozenset[int]) -> str:
        return self.words("list.comma").join(self.words(f"desk.weekday.{day}") for day in sorted(days)) or "—"

    def _days_form(self, day: date | None) -> FormSpec:
        w = self.words
        first = day or self._today() + timedelta(days=1)

        def entries() -> list[Entry]:
            return [
                DayEntry(w, "first", "admin.day.first", first),
                DayEntry(w, "last", "admin.day.last", first, hint="admin.day.last_hint"),
                ChoiceEntry(
                    w,
                    "kind",
                    "admin.day.kind",
                    lambda: [Choice(k.value, w(f"admin.day.{k}")) for k in DayKind],
                    DayKind.HOLIDAY if day is None else DayKind.ORDINARY,
                ),
            ]

        def make(v: dict[str, Any]) -> Act:
            n = (v["last"] - v["first"]).days + 1
            days = {v["first"] + timedelta(days=i): DayKind(v["kind"]) for i in range(n)}
            return Act("days", "", DaysEdit(revision=self.revision, days=days))

        def check(v: dict[str, Any]) -> str:
            n = (v["last"] - v["first"]).days + 1
            return "" if 1 <= n <= MOST_DAYS else w("admin.day.stretch_bad", n=MOST_DAYS)

        title = partial(w, "admin.day.set") if day is None else partial(w, "admin.edit_thing", what=day.isoformat())
        return FormSpec(title, partial(w, "admin.day.effect"), entries, make, "admin.save", check=check)

    def _hours_form(self) -> FormSpec:
        w, calendar = self.words, self._calendar()
        tomorrow = self._today() + timedelta(days=1)
        hours, off = (WorkCalendar() if calendar is None else calendar).week_on(tomorrow)

        def entries() -> list[Entry]:
            def days() -> list[Choice]:
                return [Choice(str(i), w(f"desk.weekday.{i}")) for i in range(7)]

            return [
                DayEntry(w, "since", "admin.since", tomorrow),
                HoursEntry(w, "hours", "admin.day.hours", hours_text(hours), most=100, hint="admin.day.hours_hint"),
                ManyEntry(w, "off", "admin.day.days_off", days, [str(i) for i in sorted(off)]),
            ]

        def make(v: dict[str, Any]) -> Act:
            edit = HoursEdit(
                revision=self.revision,
                since=v["since"],
                hours=parse_hours(v["hours"]),
                days_off=frozenset(int(i) for i in v["off"]),
            )
            return Act("hours", "", edit)

        return FormSpec(
            partial(w, "admin.day.set_hours"), partial(w, "admin.day.hours_effect"), entries, make, "admin.save"
        )


class HoursEntry(TextEntry):
    """Working hours as ``08:00-12:00, 14:00-18:00``."""

    def wrong(self) -> str:
        """Say that it cannot be read as hours."""
        text = super().wrong()
        return text or ("" if parse_hours(self.value()) else self._words("admin.day.hours_bad"))


def hours_text(hours: Sequence[Hours]) -> str:
    """Return working hours as they are typed."""
    return ", ".join(f"{_clock(h.start)}-{_clock(h.end)}" for h in sorted(hours, key=lambda h: h.start))


def parse_hours(typed: str) -> tuple[Hours, ...]:
    """Return typed working hours; none where they cannot be read."""
    found = []
    for part in typed.replace("，", ",").replace("、", ",").replace("：", ":").split(","):
        first, dash, last = part.strip().replace("–", "-").replace("—", "-").partition("-")
        try:
            found.append(Hours(_minutes(first), _minutes(last)))
        except ValueError:
            return ()
        if not dash:
            return ()
    return tuple(found)


def _minutes(text: str) -> int:
    hours, colon, minutes = text.strip().partition(":")
    if not colon or not (hours.isdecimal() and minutes.isdecimal() and len(minutes) == 2 and int(minutes) < 60):
        raise ValueError(text)
    return int(hours) * 60 + int(minutes)


def _clock(minutes: int) -> str:
    return f"{minutes // 60:02d}:{minutes % 60:02d}"
