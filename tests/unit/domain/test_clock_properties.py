"""The working-time clock against a count of minutes, one by one, that anybody can follow."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import msgspec
import pytest
from domain_factories import CALENDAR, MONDAY, working_hours
from hypothesis import example, given, settings
from hypothesis import strategies as st

from domain.clock import (
    LAST_YEAR,
    WORKING,
    Hours,
    Lamp,
    Limit,
    LimitUnit,
    Pause,
    ServiceClock,
    WorkCalendar,
    add_working,
    due_at,
    elapsed_s,
    lamp_for,
    limit_seconds,
    read_clock,
    working_seconds,
)

MINUTE = timedelta(minutes=1)
ORDINARY = working_hours((480, 720), (840, 1080))
ODD = working_hours((0, 7), (421, 422), (600, 1001), (1439, 1440))
ALL_DAY = working_hours((0, 1440))
NIGHTS = working_hours((0, 360), (1320, 1440))


def _days(first: date, last: date) -> st.SearchStrategy[frozenset[date]]:
    return st.frozensets(st.dates(first, last), max_size=6)


def _calendars(zone: str, hours: tuple[tuple[Hours, ...], ...]) -> st.SearchStrategy[WorkCalendar]:
    first, last = date(2025, 12, 20), date(2026, 12, 31)
    return st.builds(
        WorkCalendar,
        timezone=st.just(zone),
        hours=st.sampled_from(hours),
        days_off=st.frozensets(st.integers(0, 6), max_size=5),
        holidays=_days(first, last),
        makeup_days=_days(first, last),
    )


# New York shifts its clocks at 02:00, so no working hours here begin or end between 01:00 and 03:00.
CALENDARS = st.one_of(
    _calendars("Asia/Shanghai", (ORDINARY, ODD, ALL_DAY, NIGHTS)),
    _calendars("America/New_York", (ORDINARY, ALL_DAY, NIGHTS)),
)
MOMENTS = st.datetimes(datetime(2025, 12, 25), datetime(2026, 12, 20)).map(
    lambda d: d.replace(second=0, microsecond=0, tzinfo=UTC)
)
AROUND_SPRING, AROUND_AUTUMN = datetime(2026, 3, 7, 12, tzinfo=UTC), datetime(2026, 10, 31, 12, tzinfo=UTC)


def minutes_by_hand(calendar: WorkCalendar, since: datetime, until: datetime) -> int:
    """Count the working minutes of a stretch by looking at the wall clock in each of them."""
    zone = ZoneInfo(calendar.timezone)
    count, moment = 0, since
    while moment < until:
        local = moment.astimezone(zone)
        day, minute = local.date(), local.hour * 60 + local.minute
        worked = day in calendar.makeup_days or (
            day not in calendar.holidays and day.weekday() not in calendar.days_off
        )
        count += worked and any(h.start <= minute < h.end for h in calendar.hours)
        moment += MINUTE
    return count


@given(CALENDARS, MOMENTS, st.integers(0, 6 * 24 * 60))
@example(WorkCalendar("America/New_York", hours=ALL_DAY, days_off=frozenset()), AROUND_SPRING, 2880)
@example(WorkCalendar("America/New_York", hours=ALL_DAY, days_off=frozenset()), AROUND_AUTUMN, 2880)
@example(WorkCalendar("America/New_York", hours=NIGHTS, days_off=frozenset()), AROUND_AUTUMN, 2880)
@example(WorkCalendar(hours=ODD), datetime(2025, 12, 31, 10, tzinfo=UTC), 3 * 1440)
@settings(max_examples=120)
def test_working_time_is_the_minutes_counted_by_hand(calendar: WorkCalendar, since: datetime, minutes: int) -> None:
    until = since + minutes * MINUTE
    assert working_seconds(calendar, since, until) == 60 * minutes_by_hand(calendar, since, until)


@given(CALENDARS, MOMENTS, st.integers(0, 10**7), st.integers(0, 10**7))
@settings(max_examples=200)
def test_working_time_adds_up(calendar: WorkCalendar, since: datetime, first: int, second: int) -> None:
    middle = since + timedelta(seconds=first)
    until = middle + timedelta(seconds=second)
    whole = working_seconds(calendar, since, until)
    assert whole == working_seconds(calendar, since, middle) + working_seconds(calendar, middle, until)
    assert 0 <= whole <= first + second
    assert working_seconds(calendar, until, since) == 0


@given(CALENDARS, MOMENTS, st.integers(1, 3_000_000))
@settings(max_examples=200)
def test_added_working_time_is_the_first_moment_it_ran(calendar: WorkCalendar, since: datetime, seconds: int) -> None:
    due = add_working(calendar, since, seconds)
    assert due is not None
    assert working_seconds(calendar, since, due) == seconds
    assert working_seconds(calendar, since, due - timedelta(seconds=1)) == seconds - 1


LIMITS = st.builds(Limit, st.integers(1, 60), st.sampled_from(list(LimitUnit)))


def _pauses(since: datetime, gaps: list[int], open_ended: bool) -> tuple[Pause, ...]:
    """Pauses from the seconds between their edges."""
    edges, moment = [], since
    for gap in gaps:
        moment += timedelta(seconds=gap)
        edges.append(moment)
    closed = [Pause(a, b) for a, b in zip(edges[::2], edges[1::2], strict=False)]
    if open_ended and len(edges) % 2:
        closed.append(Pause(edges[-1]))
    return tuple(closed)


GAPS = st.lists(st.integers(0, 400_000), max_size=6)


@given(LIMITS, CALENDARS, MOMENTS, GAPS, st.booleans())
@settings(max_examples=250)
def test_due_is_when_the_limit_has_run(
    limit: Limit, calendar: WorkCalendar, since: datetime, gaps: list[int], open_ended: bool
) -> None:
    pauses = _pauses(since, gaps, open_ended)
    due = due_at(limit, calendar, since, pauses)
    whole = limit_seconds(limit, calendar)
    if due is None:
        assert pauses[-1].until is None
        assert elapsed_s(limit, calendar, since, pauses[-1].since, pauses) < whole
        return
    assert elapsed_s(limit, calendar, since, due, pauses) == whole
    assert elapsed_s(limit, calendar, since, due - timedelta(seconds=1), pauses) == whole - 1


@given(LIMITS, CALENDARS, MOMENTS, GAPS, st.integers(0, 2_000_000))
@settings(max_examples=200)
def test_a_paused_clock_runs_only_between_the_pauses(
    limit: Limit, calendar: WorkCalendar, since: datetime, gaps: list[int], seconds: int
) -> None:
    pauses = _pauses(since, gaps, open_ended=True)
    until = since + timedelta(seconds=seconds)
    stood = 0
    for pause in pauses:
        end = until if pause.until is None else min(pause.until, until)
        stood += elapsed_s(limit, calendar, min(pause.since, until), end)
    assert elapsed_s(limit, calendar, since, until, pauses) == elapsed_s(limit, calendar, since, until) - stood


@pytest.mark.parametrize(
    ("unit", "amount", "seconds"),
    [
        (LimitUnit.MINUTE, 15, 900),
        (LimitUnit.WORK_HOUR, 4, 4 * 3600),
        (LimitUnit.WORK_DAY, 2, 2 * 8 * 3600),
        (LimitUnit.URGENT_HOUR, 2, 7200),
        (LimitUnit.CALENDAR_DAY, 3, 3 * 86_400),
    ],
)
def test_how_long_a_limit_is(unit: LimitUnit, amount: int, seconds: int) -> None:
    assert limit_seconds(Limit(amount, unit), CALENDAR) == seconds


def test_units_run_in_the_time_they_say() -> None:
    """From Friday 17:00: four urgent hours are over on Friday, four working hours on Monday."""
    friday = datetime(2026, 3, 6, 9, 0, tzinfo=UTC)
    assert due_at(Limit(4, LimitUnit.URGENT_HOUR), CALENDAR, friday) == datetime(2026, 3, 6, 13, tzinfo=UTC)
    assert due_at(Limit(4, LimitUnit.WORK_HOUR), CALENDAR, friday) == datetime(2026, 3, 9, 3, tzinfo=UTC)
    assert due_at(Limit(1, LimitUnit.WORK_DAY), CALENDAR, friday) == datetime(2026, 3, 9, 9, tzinfo=UTC)
    assert due_at(Limit(1, LimitUnit.CALENDAR_DAY), CALENDAR, friday) == datetime(2026, 3, 7, 9, tzinfo=UTC)
    assert {u for u in LimitUnit if "work" in u.value} == WORKING


def test_holidays_and_makeup_days() -> None:
    holiday, makeup = datetime(2026, 5, 1, tzinfo=UTC), datetime(2026, 5, 9, tzinfo=UTC)  # a Friday, a Saturday
    assert working_seconds(CALENDAR, holiday, holiday + timedelta(hours=12)) == 0
    assert working_seconds(CALENDAR, makeup, makeup + timedelta(hours=12)) == 8 * 3600
    both = WorkCalendar(holidays=frozenset({date(2026, 5, 9)}), makeup_days=frozenset({date(2026, 5, 9)}))
    assert both.works_on(date(2026, 5, 9))


@given(st.integers(1, 10**7), st.data())
def test_the_lamp_changes_at_80_and_100_percent(whole: int, data: st.DataObject) -> None:
    ran = data.draw(st.one_of(st.integers(0, 2 * whole), st.just(4 * whole // 5), st.just(whole), st.just(whole + 1)))
    if ran > whole:
        assert lamp_for(ran, whole) == Lamp.OVERDUE
    elif 5 * ran > 4 * whole:
        assert lamp_for(ran, whole) == Lamp.NEAR
    else:
        assert lamp_for(ran, whole) == Lamp.WITHIN


def test_a_clock_that_stands_or_has_stopped() -> None:
    limit = Limit(15, LimitUnit.MINUTE)
    now = MONDAY + timedelta(minutes=30)
    paused = read_clock(limit, CALENDAR, MONDAY, now, pauses=(Pause(MONDAY + timedelta(minutes=5)),))
    assert (paused.lamp, paused.elapsed_s, paused.due_at) == (Lamp.PAUSED, 300, None)
    stopped = read_clock(limit, CALENDAR, MONDAY, now, stopped_at=MONDAY + timedelta(minutes=16))
    assert (stopped.lamp, stopped.remaining_s, stopped.stopped_at) == (
        Lamp.OVERDUE,
        -60,
        MONDAY + timedelta(minutes=16),
    )
    running = read_clock(limit, CALENDAR, MONDAY, now)
    assert (running.lamp, running.remaining_s, running.due_at) == (Lamp.OVERDUE, -900, MONDAY + timedelta(minutes=15))
    later = (Pause(now + timedelta(minutes=1)),)
    assert read_clock(limit, CALENDAR, MONDAY, now, pauses=later).lamp == Lamp.OVERDUE


def test_the_last_working_second_of_a_year_is_in_that_year() -> None:
    midnight = timedelta(hours=8)  # in Shanghai
    first, last = datetime(2026, 1, 1, tzinfo=UTC) - midnight, datetime(2027, 1, 1, tzinfo=UTC) - midnight
    whole = working_seconds(CALENDAR, first, last)
    assert add_working(CALENDAR, first, whole) == datetime(2026, 12, 31, 10, tzinfo=UTC)
    assert add_working(CALENDAR, first, whole + 1) == datetime(2027, 1, 1, 0, 0, 1, tzinfo=UTC)


def test_beyond_the_last_year_nothing_falls_due() -> None:
    late = datetime(LAST_YEAR, 12, 30, tzinfo=UTC)
    assert add_working(CALENDAR, late, 30 * 86_400) is None


@given(st.floats(0.01, 1000), st.integers(0, 10**6))
def test_the_service_clock_runs_at_its_speed(speed: float, seconds: int) -> None:
    clock = ServiceClock(MONDAY, MONDAY + timedelta(days=100), speed)
    shown = clock.at(MONDAY + timedelta(seconds=seconds)) - (MONDAY + timedelta(days=100))
    assert shown.total_seconds() == pytest.approx(seconds * speed, abs=1e-4)


@pytest.mark.parametrize(
    "calendar",
    [
        {"timezone": "Asia/Nowhere"},
        {"timezone": "../../etc/passwd"},
        {"hours": [{"start": 720, "end": 480}]},
        {"hours": [{"start": 480, "end": 480}]},
        {"hours": [{"start": 480, "end": 720}, {"start": 700, "end": 800}]},
        {"hours": []},
        {"hours": [{"start": -1, "end": 480}]},
        {"hours": [{"start": 0, "end": 1441}]},
        {"days_off": [0, 1, 2, 3, 4, 5, 6]},
        {"days_off": [7]},
        {"work_day_minutes": 0},
        {"holidays": ["2026-02-30"]},
    ],
)
def test_a_calendar_that_makes_no_sense_is_refused(calendar: dict[str, object]) -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.json.decode(msgspec.json.encode(calendar), type=WorkCalendar)


def test_a_calendar_comes_back_from_a_file_as_it_was() -> None:
    assert msgspec.json.decode(msgspec.json.encode(CALENDAR), type=WorkCalendar) == CALENDAR
