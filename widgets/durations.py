"""Clock readings, spans and distances as they are shown, in no more digits than are true."""

from domain.clock import WORKING, Lamp, Limit, LimitUnit, Reading, WorkCalendar
from resources.words import Words

DAY_S = 86_400
WHOLE_DAYS_FROM = 10
"""From so many days on, hours and minutes are left out."""


def clock_text(reading: Reading, words: Words, calendar: WorkCalendar, *, unit: bool = True) -> str:
    """Return ``剩 1:48``, ``超 0:12``, ``剩 2 日 5:20`` or ``停 1:48``; working time says so: ``剩 2:10 工作时``.

    Without ``unit`` it does not: for where the limit stands beside it.
    """
    working = unit and reading.limit.unit in WORKING
    span = span_text(abs(reading.remaining_s), words, _day_s(reading.limit, calendar), working=working)
    if reading.lamp is Lamp.PAUSED:
        return words("desk.clock.paused", span=span)
    if reading.remaining_s < 0:
        return words("desk.clock.over", span=span)
    return words("desk.clock.left", span=span)


def span_text(seconds: int, words: Words, day_s: int | None = DAY_S, *, working: bool = False) -> str:
    """Return a span as ``1:48`` (hours, minutes) or ``2 日 5:20``; ``day_s`` None means never in days.

    A ``working`` span runs only in office hours; without its unit it would look shorter than it is.
    """
    kind = "work" if working else "span"
    days = 0
    if day_s is not None and seconds >= day_s:
        days, seconds = divmod(seconds, day_s)
    elif seconds >= 100 * 3600:
        days, seconds = divmod(seconds, DAY_S)
    hours_minutes = f"{seconds // 3600}:{seconds % 3600 // 60:02d}"
    if not days:
        return words("desk.work.hours", time=hours_minutes) if working else hours_minutes
    if days >= WHOLE_DAYS_FROM:
        return words(f"desk.{kind}.days", days=days)
    return words(f"desk.{kind}.days_hours", days=days, time=hours_minutes)


def limit_text(limit: Limit, words: Words) -> str:
    """Return ``15 分`` or ``3 工作日``."""
    return words(f"limit_unit.{limit.unit}", n=limit.amount)


def distance_text(metres: float) -> str:
    """Return ``80 m`` below half a kilometre, else ``0.9 km``, whole from 10 km on; ``< 50 m`` for nearer."""
    if metres < 50:
        return "< 50 m"
    if metres < 495:
        return f"{round(metres / 10) * 10:d} m"
    kilometres = metres / 1000
    return f"{kilometres:.0f} km" if kilometres >= 9.95 else f"{kilometres:.1f} km"


def rate_text(share: float | None) -> str:
    """Return ``93.1%``, or a dash where there is nothing to divide by."""
    return "—" if share is None else f"{share * 100:.1f}%".replace("100.0%", "100%") if share else "0%"


def minutes_text(seconds: int | None) -> str:
    """Return ``6:40`` (minutes, seconds; hours before them from an hour on), or a dash."""
    if seconds is None:
        return "—"
    if seconds >= 3600:
        return f"{seconds // 3600}:{seconds % 3600 // 60:02d}:{seconds % 60:02d}"
    return f"{seconds // 60}:{seconds % 60:02d}"


def _day_s(limit: Limit, calendar: WorkCalendar) -> int | None:
    if limit.unit is LimitUnit.WORK_DAY:
        return calendar.work_day_minutes * 60
    return DAY_S if limit.unit is LimitUnit.CALENDAR_DAY else None
