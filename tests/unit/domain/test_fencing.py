"""Geofences: a stream of fixes against a count from scratch; what never tells anything; hours; what may be put."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
import pytest
from domain_factories import refusal
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from domain.fencing import SILENT_AFTER, Standing, Zone, counts, step, watches, within
from domain.ids import EntryId, ThingId, UnitId
from domain.places import Position
from domain.register import EntryKind, checked_body
from domain.register_fence import FenceAlert, FenceHours, FenceSaid, Geofence, alert_step
from domain.units import POSITION_STALE_AFTER

NOW = datetime(2026, 3, 3, 1, 0, tzinfo=UTC)
RING = ((120.80, 29.55), (120.81, 29.55), (120.81, 29.56))
FENCE = Geofence("河堤", RING, dwell_s=120, off_post_s=180, settle_s=20, units=(UnitId("u"),))
ZONES = st.sampled_from([Zone.OUT, Zone.EDGE, Zone.IN])
STEPS = st.lists(st.tuples(st.integers(1, 90) | st.just(400), ZONES), min_size=1, max_size=40)

Fixes = Sequence[tuple[datetime, Zone]]
Said = list[tuple[FenceSaid, datetime]]


def walked(fence: Geofence, fixes: Fixes) -> Said:
    standing: Standing | None = None
    said: Said = []
    for at, zone in fixes:
        standing, told = step(fence, standing, zone, at)
        said += [(one.said, one.at) for one in told]
    return said


def counted(fence: Geofence, fixes: Fixes) -> Said:
    """Say the same from the whole stream each time: the side after each fix, its first fix there, the silences."""
    said: Said = []
    settle = timedelta(seconds=fence.settle_s)
    sides = [(i, zone is Zone.IN) for i, (_, zone) in enumerate(fixes) if zone is not Zone.EDGE]
    if not sides:
        return said
    begun, inside = sides[0]
    told_long = False
    for j in range(begun + 1, len(fixes)):
        at, zone = fixes[j]
        side = Zone.IN if inside else Zone.OUT
        other = Zone.OUT if inside else Zone.IN
        last_same = max((i for i in range(begun, j + 1) if fixes[i][1] is side), default=begun - 1)
        crossing = next((i for i in range(max(begun, last_same + 1), j + 1) if fixes[i][1] is other), None)
        if crossing is not None and zone is other and at - fixes[crossing][0] >= settle:
            begun, inside, told_long = crossing, not inside, False
            if fence.enter if inside else fence.leave:
                said.append((FenceSaid.ENTER if inside else FenceSaid.LEAVE, at))
        elif crossing is not None:
            continue
        silences = [i for i in range(begun + 1, j + 1) if fixes[i][0] - fixes[i - 1][0] > SILENT_AFTER]
        timed_from = fixes[max([begun, *silences])][0]
        limit_s = fence.dwell_s if inside else fence.off_post_s
        if limit_s is not None and not told_long and at - timed_from >= timedelta(seconds=limit_s):
            told_long = True
            said.append((FenceSaid.DWELL if inside else FenceSaid.OFF_POST, at))
    return said


@given(STEPS, st.integers(0, 60), st.booleans(), st.booleans(), st.booleans())
def test_the_rule_says_what_a_count_from_scratch_says(
    steps: list[tuple[int, Zone]], settle_s: int, enter: bool, leave: bool, timed: bool
) -> None:
    fence = replace(FENCE, settle_s=settle_s, enter=enter, leave=leave)
    if not timed:
        fence = replace(fence, dwell_s=None, off_post_s=None)
    at, fixes = NOW, []
    for seconds, zone in steps:
        at += timedelta(seconds=seconds)
        fixes.append((at, zone))
    assert walked(fence, fixes) == counted(fence, fixes)


@given(st.lists(st.sampled_from([Zone.EDGE, Zone.IN]), max_size=60), st.booleans())
def test_jitter_on_the_edge_and_a_single_jump_tell_nothing(zones: list[Zone], jump: bool) -> None:
    fence = replace(FENCE, dwell_s=None)
    stream = [Zone.IN, *zones, *([Zone.OUT, Zone.IN] if jump else []), *zones]
    fixes = [(NOW + timedelta(seconds=5 * i), zone) for i, zone in enumerate(stream)]
    assert walked(fence, fixes) == []


def test_first_seen_inside_is_no_entering_and_what_is_told_is_told_once() -> None:
    times = [NOW + timedelta(seconds=10 * i) for i in range(60)]
    assert walked(FENCE, [(at, Zone.IN) for at in times]) == [(FenceSaid.DWELL, times[12])]
    assert walked(FENCE, [(at, Zone.OUT) for at in times]) == [(FenceSaid.OFF_POST, times[18])]


def fix(age: timedelta, accuracy_m: float | None) -> Position:
    return Position(ThingId("t"), 120.8, 29.55, NOW - age, accuracy_m=accuracy_m)


@pytest.mark.parametrize(
    ("age_s", "accuracy_m", "good"),
    [(0, None, True), (0, 30.0, True), (0, 30.1, False), (120, 5.0, True), (121, 5.0, False), (-60, 5.0, True)],
)
def test_old_and_unsure_fixes_do_not_count(age_s: int, accuracy_m: float | None, good: bool) -> None:
    assert timedelta(seconds=120) == POSITION_STALE_AFTER
    assert counts(fix(timedelta(seconds=age_s), accuracy_m), 30.0, NOW) is good


@given(st.integers(0, 1439), st.integers(0, 1439), st.sets(st.integers(1, 7)), st.integers(0, 7 * 1440 - 1))
def test_hours_are_those_minutes_counted_one_by_one(start: int, end: int, days: set[int], minute: int) -> None:
    hours = FenceHours(start, end, tuple(sorted(days)))
    length = (end - start) % 1440 or 1440
    held = set()
    for day in days or set(range(1, 8)):
        held |= {((day - 1) * 1440 + start + i) % (7 * 1440) for i in range(length)}
    monday = datetime(2026, 3, 2, tzinfo=ZoneInfo("Asia/Shanghai"))
    assert within(hours, monday + timedelta(minutes=minute)) is (minute in held)


def test_it_rests_while_paused_and_out_of_hours() -> None:
    zone = ZoneInfo("Asia/Shanghai")
    assert watches(FENCE, NOW, zone)
    assert not watches(replace(FENCE, paused=True), NOW, zone)
    assert watches(replace(FENCE, hours=FenceHours(8 * 60, 18 * 60)), NOW, zone)
    assert not watches(replace(FENCE, hours=FenceHours(10 * 60, 18 * 60)), NOW, zone)


@pytest.mark.parametrize(
    ("fence", "key"),
    [
        (replace(FENCE, enter=False, leave=False, dwell_s=None, off_post_s=None), "fence_tells_nothing"),
        (replace(FENCE, units=()), "fence_post_of_nobody"),
        (replace(FENCE, ring=((0, 0), (1, 1), (1, 0), (0, 1.5))), "ring_crosses_itself"),
        (replace(FENCE, ring=((0, 0), (1, 1), (1, 0), (0, 1))), "ring_crosses_itself"),
        (replace(FENCE, ring=((0, 0), (1, 1), (2, 2))), "ring_without_inside"),
        (replace(FENCE, hysteresis_m=2.0), "entry_body_bad"),
        (replace(FENCE, hours=FenceHours(0, 1440)), "entry_body_bad"),
    ],
)
def test_a_fence_that_cannot_be_is_refused(fence: Geofence, key: str) -> None:
    assert refusal(lambda: checked_body(EntryKind.GEOFENCE, _plain(fence))).key == key


ALERT = FenceAlert(EntryId("a"), "河堤", FenceSaid.LEAVE, NOW, NOW, ThingId("t"), UnitId("u"))


@pytest.mark.parametrize(
    ("before", "after", "key"),
    [
        (None, ALERT, "fence_alert_of_the_service"),
        (ALERT, None, "fence_alert_stays"),
        (ALERT, replace(ALERT, thing=ThingId("other"), acknowledged=True), "fence_alert_altered"),
        (ALERT, replace(ALERT, note="only a word"), "fence_alert_settled"),
        (replace(ALERT, acknowledged=True), replace(ALERT, acknowledged=True, note="again"), "fence_alert_settled"),
    ],
)
def test_an_alert_is_acknowledged_once_and_nothing_else(
    before: FenceAlert | None, after: FenceAlert | None, key: str
) -> None:
    held = None if before is None else _plain(before)
    body = None if after is None else checked_body(EntryKind.FENCE_ALERT, _plain(after))
    assert refusal(lambda: alert_step(held, body, own=False)).key == key
    alert_step(_plain(ALERT), _plain(replace(ALERT, acknowledged=True, note="已联系")), own=False)


def _plain(body: Any) -> Any:
    return msgspec.json.decode(msgspec.json.encode(body))
