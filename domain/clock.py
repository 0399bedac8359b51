"""Working-time clocks: how much of a limit has run, when it falls due, and which lamp that lights.

Kinds of limit (domain.md 2.3, from the timer classes of a published city platform):

* 工作时 / 工作日 run in working time only; one working day is 8 working hours;
* 紧急工作时 run on, nights and holidays included;
* 自然日 and plain minutes run on as well.

Hours of work, holidays and make-up working days are data (``WorkCalendar``). All times are aware UTC datetimes; all
durations are whole seconds. Nothing here reads the time.
"""

from bisect import bisect_right
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from functools import lru_cache
from itertools import pairwise
from typing import Annotated
from zoneinfo import ZoneInfo

import msgspec

MINUTES_A_DAY = 24 * 60
FIRST_YEAR, LAST_YEAR = 1970, 2200


class LimitUnit(StrEnum):
    """Unit a limit is given in. Names under ``limit_unit.<value>``."""

    MINUTE = "minute"  # 分, runs on
    WORK_HOUR = "work_hour"  # 工作时
    WORK_DAY = "work_day"  # 工作日
    URGENT_HOUR = "urgent_hour"  # 紧急工作时
    CALENDAR_DAY = "calendar_day"  # 自然日


WORKING = frozenset({LimitUnit.WORK_HOUR, LimitUnit.WORK_DAY})


class Limit(msgspec.Struct, frozen=True):
    """A time limit as it is written in a rule: an amount and a unit."""

    amount: Annotated[int, msgspec.Meta(ge=1, le=100_000)]
    unit: LimitUnit


class Hours(msgspec.Struct, frozen=True):
    """A stretch of working hours, minutes after local midnight, ``start < end <= 1440``."""

    start: Annotated[int, msgspec.Meta(ge=0, lt=MINUTES_A_DAY)]
    end: Annotated[int, msgspec.Meta(gt=0, le=MINUTES_A_DAY)]

    def __post_init__(self) -> None:
        if not 0 <= self.start < self.end <= MINUTES_A_DAY:
            raise ValueError("working hours end after they start, within one day")


class WorkEra(msgspec.Struct, frozen=True):
    """Hours and weekly days off that hold from a local day on."""

    since: date
    hours: tuple[Hours, ...]
    days_off: frozenset[int]

    def __post_init__(self) -> None:
        _check_week(self.hours, self.days_off)


def _check_week(hours: Sequence[Hours], days_off: frozenset[int]) -> None:
    stretches = sorted(hours, key=lambda h: h.start)
    if not stretches or any(a.end > b.start for a, b in pairwise(stretches)):
        raise ValueError("working hours are missing or overlap")
    if not days_off < set(range(7)):
        raise ValueError("days off are numbered 0 to 6, and a week has a working day")


class WorkCalendar(msgspec.Struct, frozen=True):
    """When the town works: hours, weekly days off (Monday is 0), holidays, and days worked instead.

    ``later`` are the hours and days off that took or will take effect after the first ones, by day.

    Raises ValueError (on decoding ``msgspec.ValidationError``) for an unknown time zone, hours that overlap or are
    missing, and a week without a working day.
    """

    timezone: str = "Asia/Shanghai"
    hours: tuple[Hours, ...] = (Hours(8 * 60, 12 * 60), Hours(14 * 60, 18 * 60))
    days_off: frozenset[int] = frozenset({5, 6})
    holidays: frozenset[date] = frozenset()
    makeup_days: frozenset[date] = frozenset()
    work_day_minutes: Annotated[int, msgspec.Meta(ge=1, le=MINUTES_A_DAY)] = 8 * 60
    later: tuple[WorkEra, ...] = ()

    def __post_init__(self) -> None:
        try:
            _zone(self.timezone)
        except (KeyError, OSError) as error:
            raise ValueError(f"unknown time zone {self.timezone[:40]!r}") from error
        _check_week(self.hours, self.days_off)
        if any(a.since >= b.since for a, b in pairwise(self.later)):
            raise ValueError("later working hours are in the order of their days")

    def week_on(self, day: date) -> tuple[tuple[Hours, ...], frozenset[int]]:
        """Return the hours and the weekly days off that hold on a day."""
        i = bisect_right(self.later, day, key=_since)
        return (self.hours, self.days_off) if i == 0 else (self.later[i - 1].hours, self.later[i - 1].days_off)

    def works_on(self, day: date) -> bool:
        """Return whether ``day`` is worked; a make-up day beats a holiday, a holiday beats the weekday."""
        if day in self.makeup_days:
            return True
        return day not in self.holidays and day.weekday() not in self.week_on(day)[1]


def _since(era: WorkEra) -> date:
    return era.since


class Pause(msgspec.Struct, frozen=True):
    """A stretch during which a clock stood still; ``until`` is None while it still does."""

    since: datetime
    until: datetime | None = None


class Lamp(StrEnum):
    """The lamp of a clock: shape and colour are in the theme, the thresholds here (domain.md 2.3)."""

    WITHIN = "within"  # green circle, up to 80 % of the limit
    NEAR = "near"  # amber triangle, up to 100 %
    OVERDUE = "overdue"  # red square
    PAUSED = "paused"  # grey pause
    NONE = "none"  # no clock runs


NEAR_SHARE = 0.8
LAMP_ORDER = (Lamp.NONE, Lamp.PAUSED, Lamp.WITHIN, Lamp.NEAR, Lamp.OVERDUE)
"""From best to worst: a cluster shows its worst."""


class Reading(msgspec.Struct, frozen=True):
    """What a clock shows at one moment. ``remaining_s`` is negative once overdue."""

    limit: Limit
    started_at: datetime
    elapsed_s: int
    remaining_s: int
    lamp: Lamp
    due_at: datetime | None
    stopped_at: datetime | None = None


def _start(hours: Hours) -> int:
    return hours.start


class _Year:
    """The working stretches of one calendar year as UTC seconds, with running totals."""

    def __init__(self, calendar: WorkCalendar, year: int) -> None:
        zone = ZoneInfo(calendar.timezone)
        hours = sorted(calendar.hours, key=_start)
        self.starts: list[int] = []
        self.ends: list[int] = []
        self.before: list[int] = [0]
        day = date(year, 1, 1)
        while day.year == year:
            if calendar.works_on(day):
                midnight = datetime(day.year, day.month, day.day)
                if calendar.later:
                    hours = sorted(calendar.week_on(day)[0], key=_start)
                for h in hours:
                    a = (midnight + timedelta(minutes=h.start)).replace(tzinfo=zone)
                    b = (midnight + timedelta(minutes=h.end)).replace(tzinfo=zone)
                    self.starts.append(int(a.timestamp()))
                    self.ends.append(int(b.timestamp()))
                    self.before.append(self.before[-1] + self.ends[-1] - self.starts[-1])
            day += timedelta(days=1)
        self.total = self.before[-1]

    def worked_until(self, at: int) -> int:
        """Working seconds of this year up to the UTC second ``at``."""
        i = bisect_right(self.starts, at)
        if i == 0:
            return 0
        return self.before[i - 1] + min(at, self.ends[i - 1]) - self.starts[i - 1]

    def moment_of(self, worked: int) -> int:
        """The first UTC second at which ``worked`` (1..total) working seconds of this year have run."""
        i = bisect_right(self.before, worked - 1) - 1
        return self.starts[i] + worked - self.before[i]


@lru_cache(maxsize=1024)
def _year(calendar: WorkCalendar, year: int) -> _Year:
    return _Year(calendar, year)


@lru_cache(maxsize=64)
def _zone(name: str) -> ZoneInfo:
    return ZoneInfo(name)


def _local_year(calendar: WorkCalendar, at: int) -> int:
    year = datetime.fromtimestamp(at, _zone(calendar.timezone)).year
    return min(max(year, FIRST_YEAR), LAST_YEAR)


def working_seconds(calendar: WorkCalendar, since: datetime, until: datetime) -> int:
    """Return the working seconds in ``[since, until)``; 0 where ``until`` is not after ``since``."""
    a, b = int(since.timestamp()), int(until.timestamp())
    if b <= a:
        return 0
    first, last = _local_year(calendar, a), _local_year(calendar, b)
    total = sum(_year(calendar, y).total for y in range(first, last))
    return total + _year(calendar, last).worked_until(b) - _year(calendar, first).worked_until(a)


def add_working(calendar: WorkCalendar, since: datetime, seconds: int) -> datetime | None:
    """Return the first moment at which ``seconds`` working seconds have run; None beyond the year 2200."""
    if seconds <= 0:
        return since
    a = int(since.timestamp())
    year = _local_year(calendar, a)
    left = seconds + _year(calendar, year).worked_until(a)
    while left > _year(calendar, year).total:
        left -= _year(calendar, year).total
        year += 1
        if year > LAST_YEAR:
            return None
    return datetime.fromtimestamp(_year(calendar, year).moment_of(left), UTC)


def limit_seconds(limit: Limit, calendar: WorkCalendar) -> int:
    """Return the length of a limit in seconds of the time it runs in (working or continuous)."""
    per = {
        LimitUnit.MINUTE: 60,
        LimitUnit.WORK_HOUR: 3600,
        LimitUnit.WORK_DAY: calendar.work_day_minutes * 60,
        LimitUnit.URGENT_HOUR: 3600,
        LimitUnit.CALENDAR_DAY: 86_400,
    }
    return limit.amount * per[limit.unit]


def _running(since: datetime, until: datetime, pauses: Sequence[Pause]) -> list[tuple[datetime, datetime]]:
    """The stretches of ``[since, until)`` in which the clock ran. Pauses are in order and do not overlap."""
    edges = [since]
    for pause in pauses:
        edges += [pause.since, until if pause.until is None else pause.until]
    edges.append(until)
    clipped = [min(max(edge, since), until) for edge in edges]
    return [(a, b) for a, b in list(pairwise(clipped))[::2] if b > a]


def elapsed_s(
    limit: Limit, calendar: WorkCalendar, since: datetime, until: datetime, pauses: Sequence[Pause] = ()
) -> int:
    """Return the seconds of the limit's own time that ran in ``[since, until)``, pauses left out."""
    spans = _running(since, until, pauses)
    if limit.unit in WORKING:
        return sum(working_seconds(calendar, a, b) for a, b in spans)
    return sum(int(b.timestamp()) - int(a.timestamp()) for a, b in spans)


def due_at(limit: Limit, calendar: WorkCalendar, since: datetime, pauses: Sequence[Pause] = ()) -> datetime | None:
    """Return when the limit falls due; None while a pause is open or beyond the year 2200."""
    left = limit_seconds(limit, calendar)
    start = since
    for pause in pauses:
        if pause.until is not None and pause.until <= start:
            continue
        ran = elapsed_s(limit, calendar, start, pause.since)
        if ran >= left:
            break
        if pause.until is None:
            return None
        left -= ran
        start = max(start, pause.until)
    if limit.unit in WORKING:
        return add_working(calendar, start, left)
    return datetime.fromtimestamp(int(start.timestamp()) + left, UTC)


def read_clock(
    limit: Limit,
    calendar: WorkCalendar,
    since: datetime,
    now: datetime,
    *,
    stopped_at: datetime | None = None,
    pauses: Sequence[Pause] = (),
) -> Reading:
    """Return what a clock started at ``since`` shows at ``now``, or showed when it stopped."""
    until = now if stopped_at is None else stopped_at
    ran = elapsed_s(limit, calendar, since, until, pauses)
    whole = limit_seconds(limit, calendar)
    standing = stopped_at is None and any(p.until is None and p.since <= now for p in pauses)
    return Reading(
        limit=limit,
        started_at=since,
        elapsed_s=ran,
        remaining_s=whole - ran,
        lamp=Lamp.PAUSED if standing else lamp_for(ran, whole),
        due_at=due_at(limit, calendar, since, pauses),
        stopped_at=stopped_at,
    )


def lamp_for(ran_s: int, whole_s: int) -> Lamp:
    """Return the lamp: green up to 80 % of the limit, yellow up to 100 %, red beyond (domain.md 2.3, F5)."""
    if ran_s > whole_s:
        return Lamp.OVERDUE
    return Lamp.NEAR if ran_s > NEAR_SHARE * whole_s else Lamp.WITHIN


class ServiceClock(msgspec.Struct, frozen=True):
    """The clock in force: real time, or for a synthetic town a time that starts elsewhere and runs faster.

    ``service_time = service_origin + (real_time - real_origin) * speed``. Sign-in times stay real.
    """

    real_origin: datetime
    service_origin: datetime
    speed: Annotated[float, msgspec.Meta(gt=0, le=1000)] = 1.0

    def at(self, real: datetime) -> datetime:
        """Return the service's time at a real time."""
        return self.service_origin + (real - self.real_origin) * self.speed
