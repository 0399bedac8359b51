"""What the system administrator sets: units, limits, days, hours, code tables. Each edit is a change.

Limits and working hours carry their history with them (``Rules.later``, ``WorkCalendar.later``), because a clock that
runs keeps the limit it started under. A row of a code table counts at one moment only, when a case is reported or
filed; so a row for later is planned, and taken in when its moment comes.
"""

from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
from msgspec.structs import replace

from domain.case import LEFT_OUT, MOST_VERSIONS, CaseKind, Condition, Rules, RulesFrom
from domain.change import Change, Subject
from domain.clock import FIRST_YEAR, LAST_YEAR, WorkCalendar, WorkEra
from domain.faults import conflict, invalid
from domain.ids import UnitId
from domain.people import Unit
from domain.states import OPEN
from domain.wire import TownInfo
from domain.wire_admin import (
    ConditionEdit,
    DayKind,
    DaysEdit,
    Done,
    HoursEdit,
    KindEdit,
    Planned,
    RulesEdit,
    UnitEdit,
)
from service.access import Asker
from service.store import statements as sql
from service.world import META_PLANNED, META_TOWN, World, with_row
from service.write.reporting import author_of
from service.write.work import SYSTEM, Author, Work

MOST_ROWS = 5_000
"""Rows of a code table, units, and single days a town may have."""
MOST_PLANNED = 200


def set_rules(work: Work, edit: RulesEdit, asker: Asker) -> Done:
    """Put limits in force from a moment on; those already planned for the same moment are replaced."""
    info = _seen(work, edit.revision)
    since = _since(work, edit.since)
    strange = set(edit.stage) - OPEN
    if strange:
        raise invalid("stage_unknown", state=min(strange))
    rules = Rules(
        stage=edit.stage,
        whole_case=edit.whole_case,
        return_window=edit.return_window,
        max_extensions=edit.max_extensions,
        max_suspensions=edit.max_suspensions,
        max_suspension_days=edit.max_suspension_days,
        max_redos=edit.max_redos,
        claim_minutes=edit.claim_minutes,
        similar_m=edit.similar_m,
        similar_hours=edit.similar_hours,
        task_minutes=edit.task_minutes,
        whistle_minutes=edit.whistle_minutes,
        whistle_escalate_minutes=edit.whistle_escalate_minutes,
        message_minutes=edit.message_minutes,
        roll_call_minutes=edit.roll_call_minutes,
    )
    later = [version for version in info.rules.later if version.since != since] + [RulesFrom(since, rules)]
    _bounded(later, MOST_VERSIONS, "rules")
    before = replace(info.rules.at(since), later=())
    altered = replace(info, rules=replace(info.rules, later=tuple(sorted(later, key=lambda v: v.since))))
    return _set(work, altered, "rules_set", asker, _differences(before, rules) | {"since": since.isoformat()})


def set_days(work: Work, edit: DaysEdit, asker: Asker) -> Done:
    """Make single days holidays, make-up days or ordinary ones. What is over stays as it was."""
    info = _seen(work, edit.revision)
    today = _today(work, info.calendar)
    holidays, makeup = set(info.calendar.holidays), set(info.calendar.makeup_days)
    before: dict[str, str] = {}
    after: dict[str, str] = {}
    for day, kind in sorted(edit.days.items()):
        if day < today:
            raise invalid("day_over", day=day.isoformat())
        if day.year >= LAST_YEAR:
            raise invalid("time_out_of_bounds", argument="days")
        was = DayKind.HOLIDAY if day in holidays else DayKind.MAKEUP if day in makeup else DayKind.ORDINARY
        if was is kind:
            continue
        before[day.isoformat()], after[day.isoformat()] = was.value, kind.value
        holidays.discard(day)
        makeup.discard(day)
        if kind is not DayKind.ORDINARY:
            (holidays if kind is DayKind.HOLIDAY else makeup).add(day)
    _bounded([*holidays, *makeup], MOST_ROWS, "days")
    calendar = replace(info.calendar, holidays=frozenset(holidays), makeup_days=frozenset(makeup))
    return _set(work, replace(info, calendar=calendar), "days_set", asker, {"before": before, "after": after})


def set_hours(work: Work, edit: HoursEdit, asker: Asker) -> Done:
    """Put working hours and weekly days off in force from a day on, tomorrow at the earliest."""
    info = _seen(work, edit.revision)
    if edit.since <= _today(work, info.calendar):
        raise invalid("since_past")
    if not FIRST_YEAR < edit.since.year < LAST_YEAR:
        raise invalid("time_out_of_bounds", argument="since")
    try:
        era = WorkEra(edit.since, edit.hours, edit.days_off)
    except ValueError:
        raise invalid("week_bad") from None
    later = [e for e in info.calendar.later if e.since != era.since] + [era]
    _bounded(later, MOST_VERSIONS, "hours")
    hours, days_off = info.calendar.week_on(edit.since)
    calendar = replace(info.calendar, later=tuple(sorted(later, key=lambda e: e.since)))
    data = _differences(WorkEra(edit.since, hours, days_off), era) | {"since": edit.since.isoformat()}
    return _set(work, replace(info, calendar=calendar), "hours_set", asker, data)


def set_kind(work: Work, code: str, edit: KindEdit, asker: Asker) -> Done:
    """Add or alter a kind of case, now or from a moment on."""
    info = _seen(work, edit.revision)
    _check_code(code)
    if edit.enabled and _is_left_out(code):
        raise invalid("kind_left_out", kind=code)
    _check_parent(work.world, code, edit.parent)
    kind = CaseKind(code, edit.name_zh, edit.name_en, edit.parent, edit.enabled, edit.sensitive)
    _bounded({*work.world.kinds, code}, MOST_ROWS, "kinds")
    row = Planned(_since(work, edit.since), kind=kind)
    return _plan(work, info, row, _newest(work.world, row) or work.world.kinds.get(code), "kind_set", asker)


def set_condition(work: Work, code: str, edit: ConditionEdit, asker: Asker) -> Done:
    """Add or alter a filing condition, now or from a moment on. What was filed keeps what it was filed with."""
    info = _seen(work, edit.revision)
    _check_code(code)
    if edit.kind and edit.kind not in work.world.kinds:
        raise invalid("unknown_kind", kind=edit.kind)
    condition = Condition(
        code, edit.kind, edit.name_zh, edit.name_en, edit.limit, edit.closing_zh, edit.closing_en, edit.enabled
    )
    _bounded({*work.world.conditions, code}, MOST_ROWS, "conditions")
    row = Planned(_since(work, edit.since), condition=condition)
    return _plan(work, info, row, _newest(work.world, row) or work.world.conditions.get(code), "condition_set", asker)


def set_unit(work: Work, unit_id: UnitId, edit: UnitEdit, asker: Asker) -> Done:
    """Add or alter a unit."""
    info = _seen(work, edit.revision)
    _check_code(unit_id)
    for kind in edit.kinds:
        if not any(code.startswith(kind) for code in work.world.kinds):
            raise invalid("unknown_kind", kind=kind)
    for grid in edit.grids:
        if grid not in work.world.grids:
            raise invalid("unknown_grid", grid=grid[:64])
    before = work.world.units.get(unit_id)
    unit = Unit(unit_id, edit.name, edit.kind, edit.kinds, edit.grids, info.synthetic)
    _bounded({*work.world.units, unit_id}, MOST_ROWS, "units")
    data = _differences(before, unit)
    _check_alters(data)
    work.put(sql.DROP_UNIT, {"which": unit_id})
    work.put(sql.ADD_UNIT, {"unit_id": unit_id, "body": msgspec.msgpack.encode(unit)})
    work.world_after = work.world.with_people([unit], [])
    _keep_info(work, replace(info, revision=info.revision + 1))
    return Done(work.record(Subject.UNIT, unit_id, "added" if before is None else "changed", author_of(asker), data))


def take_effect(work: Work) -> None:
    """Keep planned rows whose moment has come, and tell everybody. The rules have judged by them since that moment."""
    world = work.world
    due = [row for row in world.planned if row.since <= work.now]
    if not due:
        return
    rest = [row for row in world.planned if row.since > work.now]
    work.world_after = world.with_planned(rest)
    _keep_planned(work)
    _keep_info(work, world.info)
    for row in due:
        table, value = ("kind", row.kind) if row.kind is not None else ("condition", row.condition)
        data = {table: msgspec.to_builtins(value), "since": row.since.isoformat()}
        work.record(Subject.TOWN, world.info.division, "took_effect", SYSTEM, data)


def _plan(
    work: Work, info: TownInfo, row: Planned, before: CaseKind | Condition | None, action: str, asker: Asker
) -> Done:
    """Take a row in at once, or plan it for its moment in place of what was planned for that moment."""
    data = _differences(before, row.kind or row.condition) | {"since": row.since.isoformat(), "code": _code(row)}
    if row.since > work.now:
        rest = [p for p in work.world.planned if (p.since, _code(p), p.kind is None) != _place(row)]
        _bounded(rest, MOST_PLANNED - 1, "planned")
    else:
        rest = list(work.world.planned)
    _check_alters(data)
    now = row.since <= work.now
    world = work.world if not now else work.world.with_info(with_row(info, row))
    work.world_after = world.with_planned(rest if now else [*rest, row])
    _keep_planned(work)
    return _set(work, work.world_after.info, action, asker, data)


def _place(row: Planned) -> tuple[datetime, str, bool]:
    return row.since, _code(row), row.kind is None


def _code(row: Planned) -> str:
    value = row.kind or row.condition
    return "" if value is None else value.code


def _newest(world: World, row: Planned) -> CaseKind | Condition | None:
    """Return what is planned for the same code up to the row's moment: that is what it alters."""
    found: CaseKind | Condition | None = None
    for planned in world.planned:
        if planned.since < row.since and _place(planned)[1:] == _place(row)[1:]:
            found = planned.kind or planned.condition
    return found


def _seen(work: Work, revision: int) -> TownInfo:
    """Return the settings. Raises ``Fault('stale_version')`` unless the asker saw them as they are."""
    take_effect(work)
    info = work.world.info
    if revision != info.revision:
        raise conflict("stale_version", seen=revision, current=info.revision)
    return info


def _since(work: Work, given: datetime | None) -> datetime:
    """Return from when an edit is in force. Raises a ``Fault`` for the past, and where there is no offset."""
    if given is None:
        return work.now
    if given.tzinfo is None:
        raise invalid("moment_without_offset", argument="since")
    if given < work.now:
        raise invalid("since_past")
    if given.year >= LAST_YEAR:
        raise invalid("time_out_of_bounds", argument="since")
    return given.astimezone(UTC)


def _today(work: Work, calendar: WorkCalendar) -> date:
    return work.now.astimezone(ZoneInfo(calendar.timezone)).date()


def _check_code(code: str) -> None:
    if not 1 <= len(code) <= 64 or code != code.strip() or not code.isprintable():
        raise invalid("code_bad")


def _is_left_out(code: str) -> bool:
    return any(code == left or code.startswith((left + "-", left + ".")) for left in LEFT_OUT)


def _check_parent(world: World, code: str, parent: str | None) -> None:
    """Raise a ``Fault`` unless the parent is a known kind and not below this one."""
    above = parent
    for _ in range(len(world.kinds) + 1):
        if above is None:
            return
        if above == code or above not in world.kinds:
            raise invalid("unknown_kind", kind=above)
        above = world.kinds[above].parent
    raise invalid("unknown_kind", kind=parent)


def _bounded(values: Any, most: int, argument: str) -> None:
    if len(values) > most:
        raise invalid("too_many", argument=argument, limit=most)


def _differences(before: Any, after: Any) -> dict[str, Any]:
    """Return the fields that differ, as they were and as they are."""
    old = {} if before is None else msgspec.to_builtins(before)
    new = msgspec.to_builtins(after)
    names = [n for n in new if old.get(n) != new[n] and n != "later"]
    return {"before": {n: old[n] for n in names if n in old}, "after": {n: new[n] for n in names}}


def _check_alters(data: dict[str, Any]) -> None:
    if not data["after"]:
        raise conflict("nothing_to_alter")


def _set(work: Work, info: TownInfo, action: str, asker: Asker, data: dict[str, Any]) -> Done:
    _check_alters(data)
    info = replace(info, revision=info.revision + 1)
    return Done(_keep(work, info, action, author_of(asker), data))


def _keep(work: Work, info: TownInfo, action: str, author: Author, data: dict[str, Any]) -> Change:
    _keep_info(work, info)
    return work.record(Subject.TOWN, info.division, action, author, data)


def _keep_info(work: Work, info: TownInfo) -> None:
    work.put(sql.DROP_META, {"which": META_TOWN})
    work.put(sql.ADD_META, {"name": META_TOWN, "value": msgspec.json.encode(info)})
    work.world_after = work.world.with_info(info)


def _keep_planned(work: Work) -> None:
    work.put(sql.DROP_META, {"which": META_PLANNED})
    work.put(sql.ADD_META, {"name": META_PLANNED, "value": msgspec.json.encode(work.world.planned)})
