"""The town's settings with their dates: what is in force when, what running clocks keep, and what the log says."""

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import msgspec
import pytest
from stores import GATE, make_asker, report_job, settled_store
from towns import MORNING

from domain.case import Case, NewReport
from domain.clock import Hours, Limit, LimitUnit
from domain.faults import Fault
from domain.ids import CaseNo, UnitId
from domain.people import Role, UnitKind
from domain.states import CaseState, Channel
from domain.timing import case_clock, stage_clock
from domain.wire_admin import ConditionEdit, DayKind, DaysEdit, HoursEdit, KindEdit, RulesEdit, UnitEdit
from service.store import reads
from service.store.engine import Store
from service.world import World, load_world
from service.write import admin_settings as write
from service.write.ledger import Ledger
from service.write.reporting import take_report
from service.write.transaction import Job, transact
from service.write.work import Work

SYS = make_asker("sys", Role.SYSTEM_ADMIN)
DAY = timedelta(days=1)


class Room:
    """A store and a clock that is set by hand."""

    def __init__(self, store: Store, ledger: Ledger) -> None:
        self.store, self.ledger, self.now = store, ledger, MORNING

    def do(self, run: Callable[[Work], Any]) -> Any:
        with self.store.writing.connect() as connection:
            answer = transact(connection, self.ledger, [Job(run, alone=True)], lambda: self.now).answers[0]
        if isinstance(answer, Exception):
            raise answer
        return answer

    def edit(self, what: Callable[..., Any], *named: Any) -> Any:
        return self.do(lambda work: what(work, *named, SYS)).change

    @property
    def world(self) -> World:
        assert self.ledger.world is not None
        return self.ledger.world.at(self.now)

    @property
    def revision(self) -> int:
        return self.world.info.revision

    def report(self, kind: str = "01-02") -> Case:
        case: Case = self.do(report_job(kind=kind).run).case
        return case


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Room]:
    with settled_store(tmp_path) as (store, ledger):
        yield Room(store, ledger)


def rules(room: Room, minutes: int, since: datetime | None = None, **more: Any) -> RulesEdit:
    given: dict[str, Any] = {
        "revision": room.revision,
        "since": since,
        "stage": {CaseState.REPORTED: Limit(minutes, LimitUnit.MINUTE)},
        "whole_case": Limit(2, LimitUnit.CALENDAR_DAY),
        "return_window": Limit(4, LimitUnit.WORK_HOUR),
        "max_extensions": 2,
        "max_suspensions": 1,
        "max_suspension_days": 365,
        "max_redos": 1,
    }
    return RulesEdit(**(given | more))


def kind(room: Room, since: datetime | None = None, **more: Any) -> KindEdit:
    given: dict[str, Any] = {"name_zh": "暴露垃圾", "name_en": "Rubbish", "parent": "01", "enabled": True}
    return KindEdit(revision=room.revision, since=since, **(given | more))


def limit_of(room: Room, case: Case) -> int:
    info = room.world.info
    reading = stage_clock(case, info.rules, info.calendar, room.now)
    assert reading is not None
    return reading.limit.amount


def test_a_running_clock_keeps_its_limit_and_a_new_one_takes_the_new(room: Room) -> None:
    old = room.report()
    room.now += timedelta(minutes=1)
    room.edit(write.set_rules, rules(room, 5))
    room.now += timedelta(minutes=1)
    new = room.report()
    assert (limit_of(room, old), limit_of(room, new)) == (30, 5)


def test_a_limit_for_later_counts_from_its_moment_on(room: Room) -> None:
    begins = MORNING + DAY
    room.edit(write.set_rules, rules(room, 5, begins))
    before = room.report()
    room.now = begins - timedelta(seconds=1)
    last = room.report()
    room.now = begins
    first = room.report()
    assert [limit_of(room, c) for c in (before, last, first)] == [30, 30, 5]


def test_the_whole_case_keeps_the_limit_of_its_acceptance(room: Room) -> None:
    case = msgspec.structs.replace(room.report(), accepted_at=MORNING)
    room.now += timedelta(minutes=1)
    room.edit(write.set_rules, rules(room, 5))
    info = room.world.info
    later = msgspec.structs.replace(case, accepted_at=room.now)
    readings = [case_clock(c, info.rules, info.calendar, room.now) for c in (case, later)]
    assert [r and (r.limit.amount, r.limit.unit) for r in readings] == [
        (3, LimitUnit.WORK_DAY),
        (2, LimitUnit.CALENDAR_DAY),
    ]


def test_versions_are_in_order_and_one_for_the_same_moment_replaces_the_other(room: Room) -> None:
    for days, minutes in ((3, 5), (1, 6), (2, 7), (1, 8)):
        room.edit(write.set_rules, rules(room, minutes, MORNING + days * DAY))
    later = room.world.info.rules.later
    found = [(v.since - MORNING, v.rules.stage[CaseState.REPORTED].amount) for v in later]
    assert found == [(DAY, 8), (2 * DAY, 7), (3 * DAY, 5)]
    assert all(not v.rules.later for v in later)


def test_a_kind_goes_out_of_use_at_its_moment_to_the_second(room: Room) -> None:
    ends = MORNING + DAY
    room.edit(write.set_kind, "01-02", kind(room, ends, enabled=False))
    room.report()
    room.now = ends - timedelta(microseconds=1)
    room.report()
    room.now = ends
    with pytest.raises(Fault, match="kind_disabled"):
        room.report()
    assert room.world.planned, "the timer has not been by: the rules judge by the moment alone"
    room.do(write.take_effect)
    with pytest.raises(Fault, match="kind_disabled"):
        room.report()
    assert not room.world.planned
    with room.store.reading.begin() as connection:
        again = load_world(connection)
        change = reads.change(connection, reads.head(connection).seq)
    assert not again.kinds["01-02"].enabled
    assert (change.action, change.actor, change.data["kind"]["enabled"]) == ("took_effect", "system", False)


def test_a_planned_row_survives_a_restart_and_an_edit_of_now_is_not_undone_by_an_older_plan(room: Room) -> None:
    room.edit(write.set_kind, "01-02", kind(room, MORNING + DAY, name_zh="甲"))
    with room.store.reading.begin() as connection:
        room.ledger.world = load_world(connection)
    room.now = MORNING + 2 * DAY
    assert room.world.kinds["01-02"].name_zh == "甲"
    room.edit(write.set_kind, "01-02", kind(room, name_zh="乙"))
    room.now += DAY
    assert room.world.kinds["01-02"].name_zh == "乙"


def test_a_condition_is_filed_with_what_it_is_then_and_not_once_it_is_out_of_use(room: Room) -> None:
    edit = ConditionEdit(
        revision=room.revision,
        kind="01",
        name_zh="一般",
        name_en="Ordinary",
        limit=Limit(9, LimitUnit.WORK_HOUR),
        closing_zh=("拍照",),
        enabled=False,
    )
    change = room.edit(write.set_condition, "c1", edit)
    assert change.data["before"]["limit"] == {"amount": 4, "unit": "work_hour"}
    assert change.data["after"]["limit"] == {"amount": 9, "unit": "work_hour"}
    assert not room.world.conditions["c1"].enabled
    assert room.world.conditions["c2"].enabled


def test_a_holiday_moves_what_is_due_and_what_is_over_stays(room: Room) -> None:
    thursday, monday = date(2026, 3, 5), date(2026, 3, 2)
    change = room.edit(write.set_days, DaysEdit(revision=0, days={thursday: DayKind.HOLIDAY}))
    assert change.data == {"before": {"2026-03-05": "ordinary"}, "after": {"2026-03-05": "holiday"}}
    assert not room.world.info.calendar.works_on(thursday)
    with pytest.raises(Fault, match="day_over"):
        room.edit(write.set_days, DaysEdit(revision=1, days={monday: DayKind.HOLIDAY}))
    room.edit(write.set_days, DaysEdit(revision=1, days={thursday: DayKind.ORDINARY, date(2026, 3, 7): DayKind.MAKEUP}))
    assert room.world.info.calendar.works_on(thursday)
    assert room.world.info.calendar.works_on(date(2026, 3, 7))
    with pytest.raises(Fault, match="nothing_to_alter"):
        room.edit(write.set_days, DaysEdit(revision=2, days={thursday: DayKind.ORDINARY}))


def test_new_hours_hold_from_their_day_on(room: Room) -> None:
    short = (Hours(9 * 60, 11 * 60),)
    friday = date(2026, 3, 6)
    room.edit(write.set_hours, HoursEdit(revision=0, since=friday, hours=short, days_off=frozenset({6})))
    calendar = room.world.info.calendar
    assert calendar.week_on(date(2026, 3, 5))[0] != short
    assert calendar.week_on(friday) == (short, frozenset({6}))
    assert calendar.works_on(date(2026, 3, 7))
    from domain.clock import working_seconds

    begin = datetime(2026, 3, 4, 16, tzinfo=UTC)  # Thursday 0:00 in Shanghai
    assert [working_seconds(calendar, begin + i * DAY, begin + (i + 1) * DAY) for i in range(4)] == [
        8 * 3600,
        2 * 3600,
        2 * 3600,
        0,
    ]
    for since in (date(2026, 3, 3), date(2026, 1, 1)):
        with pytest.raises(Fault, match="since_past"):
            room.edit(write.set_hours, HoursEdit(revision=1, since=since, hours=short, days_off=frozenset({6})))
    bad = HoursEdit(revision=1, since=friday + DAY, hours=(Hours(60, 120), Hours(90, 180)), days_off=frozenset())
    with pytest.raises(Fault, match="week_bad"):
        room.edit(write.set_hours, bad)


def test_a_unit_is_added_and_altered(room: Room) -> None:
    edit = UnitEdit(revision=0, name="绿化所", kind=UnitKind.DEPARTMENT, kinds=("01",))
    assert room.edit(write.set_unit, UnitId("u-green"), edit).action == "added"
    edit = UnitEdit(revision=1, name="园林绿化所", kind=UnitKind.DEPARTMENT, kinds=("01",))
    change = room.edit(write.set_unit, UnitId("u-green"), edit)
    assert (change.action, change.data) == (
        "changed",
        {"before": {"name": "绿化所"}, "after": {"name": "园林绿化所"}},
    )
    with room.store.reading.begin() as connection:
        assert load_world(connection).units[UnitId("u-green")].name == "园林绿化所"


def test_an_edit_of_what_was_seen_before_is_refused(room: Room) -> None:
    room.edit(write.set_rules, rules(room, 5))
    with pytest.raises(Fault, match="stale_version"):
        room.edit(write.set_days, DaysEdit(revision=0, days={date(2026, 3, 5): DayKind.HOLIDAY}))


BAD: list[tuple[str, Callable[[Room], tuple[Any, ...]]]] = [
    ("kind_left_out", lambda r: (write.set_kind, "05-02", kind(r, parent=None))),
    ("kind_left_out", lambda r: (write.set_kind, "04-09", kind(r, parent=None))),
    ("kind_left_out", lambda r: (write.set_kind, "05-12-1", kind(r, parent=None))),
    ("unknown_kind", lambda r: (write.set_kind, "01-02", kind(r, parent="01-02"))),
    ("unknown_kind", lambda r: (write.set_kind, "01", kind(r, parent="01-02"))),
    ("unknown_kind", lambda r: (write.set_kind, "01-02", kind(r, parent="77"))),
    ("code_bad", lambda r: (write.set_kind, " x", kind(r, parent=None))),
    ("code_bad", lambda r: (write.set_kind, "x" * 65, kind(r, parent=None))),
    ("since_past", lambda r: (write.set_kind, "01-02", kind(r, MORNING - DAY))),
    ("since_past", lambda r: (write.set_rules, rules(r, 5, MORNING - timedelta(seconds=1)))),
    ("moment_without_offset", lambda r: (write.set_rules, rules(r, 5, datetime(2027, 1, 1)))),
    ("stage_unknown", lambda r: (write.set_rules, rules(r, 5, stage={CaseState.CLOSED: Limit(1, LimitUnit.MINUTE)}))),
    ("nothing_to_alter", lambda r: (write.set_kind, "01-02", kind(r))),
    ("unknown_kind", lambda r: (write.set_unit, UnitId("u"), _unit(kinds=("77",)))),
    ("unknown_grid", lambda r: (write.set_unit, UnitId("u"), _unit(grids=("g",)))),
]


def _unit(**more: Any) -> UnitEdit:
    return UnitEdit(revision=0, name="x", kind=UnitKind.TEAM, **more)


@pytest.mark.parametrize(("fault", "what"), BAD, ids=[f"{n}-{b[0]}" for n, b in enumerate(BAD)])
def test_what_cannot_be_set_is_refused(room: Room, fault: str, what: Callable[[Room], tuple[Any, ...]]) -> None:
    edit, *named = what(room)
    before = room.ledger.seq
    with pytest.raises(Fault, match=fault):
        room.edit(edit, *named)
    assert room.ledger.seq == before


def test_versions_are_bounded(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(write, "MOST_VERSIONS", 3)
    monkeypatch.setattr(write, "MOST_PLANNED", 3)
    for i in range(3):
        room.edit(write.set_rules, rules(room, 5 + i, MORNING + (i + 1) * DAY))
        room.edit(write.set_kind, "01-02", kind(room, MORNING + (i + 1) * DAY, name_zh=f"名{i}"))
    with pytest.raises(Fault, match="too_many"):
        room.edit(write.set_rules, rules(room, 5, MORNING + 9 * DAY))
    with pytest.raises(Fault, match="too_many"):
        room.edit(write.set_kind, "01-02", kind(room, MORNING + 9 * DAY, name_zh="九"))


def test_a_case_of_a_sensitive_kind_is_marked(room: Room) -> None:
    assert not room.report().sensitive
    room.edit(write.set_kind, "01-02", kind(room, sensitive=True))
    assert room.report().sensitive
    report = NewReport(Channel.HOTLINE, "路口", kind="01-99", lon=120.805, lat=29.555)
    assert not room.do(partial(take_report, report=report, asker=GATE)).case.sensitive
    assert CaseNo(room.report().case_no)
