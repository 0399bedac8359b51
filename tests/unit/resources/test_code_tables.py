"""The shipped code tables agree with each other and with what the product leaves out on principle."""

from datetime import UTC, date, datetime

from domain.clock import Limit, LimitUnit, limit_seconds
from domain.states import CaseState
from resources.codes import load_codes

CODES = load_codes()
KINDS = {k.code: k for k in CODES.kinds}


def test_exactly_the_kinds_left_out_on_principle_are_disabled() -> None:
    assert {c for c, k in KINDS.items() if not k.enabled} == {"event.04-09", "event.05-02", "event.05-12"}


def test_codes_are_unique_named_in_both_languages_and_hang_on_a_parent() -> None:
    assert len(KINDS) == len(CODES.kinds)
    for kind in CODES.kinds:
        assert kind.name_zh
        assert kind.name_en
        assert kind.parent is None or (kind.parent in KINDS and kind.code.startswith(kind.parent))


def test_there_are_the_kinds_of_the_annexes_and_the_four_platforms() -> None:
    leaves = [c for c in KINDS if c.count("-") == 1 or c.startswith("plat.")]
    assert sum(c.startswith("event.") for c in leaves) >= 57
    assert sum(c.startswith("part.") for c in leaves) == 66
    assert sum(c.startswith("plat.") for c in leaves) == 24


def test_conditions_are_of_known_enabled_kinds_and_can_be_ticked_off_in_both_languages() -> None:
    assert len({c.code for c in CODES.conditions}) == len(CODES.conditions) >= 60
    for condition in CODES.conditions:
        assert condition.kind == "" or KINDS[condition.kind].enabled
        assert len(condition.closing_zh) == len(condition.closing_en) >= 1
        assert len(set(condition.closing_zh)) == len(condition.closing_zh)
        assert limit_seconds(condition.limit, CODES.calendar) > 0


def test_every_kind_can_be_filed_under_something() -> None:
    for code in KINDS:
        assert any(code.startswith(c.kind) for c in CODES.conditions)


def test_dangerous_covers_run_on_at_night() -> None:
    fastest = next(c.limit for c in CODES.conditions if c.kind == "part.01-02")
    assert fastest == Limit(2, LimitUnit.URGENT_HOUR)


def test_stage_limits_are_those_of_the_field() -> None:
    stage = CODES.rules.stage
    quarter = Limit(15, LimitUnit.MINUTE)
    assert stage[CaseState.REPORTED] == stage[CaseState.PENDING_FILE] == stage[CaseState.PENDING_DISPATCH] == quarter
    assert stage[CaseState.VERIFYING] == Limit(2, LimitUnit.WORK_HOUR)
    assert CODES.rules.whole_case == Limit(3, LimitUnit.WORK_DAY)


def test_the_calendar_knows_holidays_and_the_days_worked_instead() -> None:
    works = CODES.calendar.works_on
    assert works(date(2026, 11, 23))
    assert works(date(2026, 10, 10))
    assert date(2026, 10, 10).weekday() == 5
    assert not works(date(2026, 10, 7))
    assert not works(date(2026, 2, 17))
    assert not works(date(2027, 2, 6))
    assert not works(date(2026, 11, 22))
    assert not CODES.calendar.holidays & CODES.calendar.makeup_days
    assert all(day.weekday() >= 5 for day in CODES.calendar.makeup_days)
    assert CODES.calendar.timezone == "Asia/Shanghai"
    assert datetime(2026, 11, 23, tzinfo=UTC).weekday() == 0
