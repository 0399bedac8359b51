"""Geofences at the service: zones against distances counted by hand, the watch against the rule, told once."""

from datetime import timedelta
from functools import partial
from math import hypot
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pytest
from fenced import FENCE, SIDE_M, SQUARE, THING, alerts, at_m, moved, put, running, world
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace
from towns import LI, MORNING, PATROL, SANITATION, VAN, WANG

from domain.fencing import Standing, Zone, counts, step
from domain.ids import AccountId, EntryId, ThingId
from domain.places import Position
from domain.register import Entry, EntryKind
from domain.register_fence import FenceHours, FenceSaid, Geofence
from domain.register_shapes import check_ring
from service.fencing.ground import FenceGround
from service.fencing.watch import MOST_OF_A_FENCE, FenceWatch, still_known
from service.store import register
from service.timers import Timers
from service.world import World


def depth_m(east: float, north: float) -> float:
    """Return how deep a place is within the square, negative outside."""
    dx, dy = max(-east, east - SIDE_M), max(-north, north - SIDE_M)
    return -hypot(max(dx, 0), max(dy, 0)) if max(dx, dy) > 0 else -max(dx, dy)


def entry(fence: Geofence, ident: str = "f1", **more: Any) -> Entry:
    body = msgspec.to_builtins(fence)
    return Entry(EntryKind.GEOFENCE, EntryId(ident), 1, AccountId("a"), AccountId("a"), MORNING, body=body, **more)


def fix(second: float, east: float, north: float, thing: str = THING, accuracy_m: float | None = None) -> Position:
    when = MORNING + timedelta(seconds=second)
    return Position(ThingId(thing), *at_m(east, north), when, accuracy_m=accuracy_m)


def zone_at(east: float, north: float, band_m: float) -> Zone:
    depth = depth_m(east, north)
    return Zone.IN if depth > band_m else Zone.EDGE if depth >= -band_m else Zone.OUT


METRES = st.floats(-120, SIDE_M + 120)


@given(st.lists(st.tuples(METRES, METRES), min_size=1, max_size=30), st.sampled_from([5.0, 30.0, 100.0]))
def test_zones_are_those_of_the_distance_to_the_edge(places: list[tuple[float, float]], band_m: float) -> None:
    places = [p for p in places if abs(abs(depth_m(*p)) - band_m) > 0.05 * band_m]  # corners are rounded by chords
    lons, lats = np.array([at_m(*p) for p in places]).reshape(-1, 2).T
    found = FenceGround([(SQUARE, band_m)]).near(lons, lats)
    zones = dict.fromkeys(range(len(places)), Zone.OUT)
    zones |= {int(i): Zone(int(z)) for i, _, z in zip(*found, strict=True)}
    assert [zones[i] for i in range(len(places))] == [zone_at(*p, band_m) for p in places]


def test_a_fence_narrower_than_its_band_can_be_entered() -> None:
    strip = tuple(at_m(x, y) for x, y in ((0, 0), (300, 0), (300, 20), (0, 20)))
    lon, lat = at_m(150, 10)
    _, _, zones = FenceGround([(strip, 50.0)]).near(np.array([lon]), np.array([lat]))
    assert zones.tolist() == [Zone.IN]


STREAM = st.lists(
    st.tuples(
        st.sampled_from([LI, WANG, VAN]),
        st.integers(1, 100),
        st.sampled_from([-200.0, -10.0, 10.0, 200.0]),
        st.sampled_from([None, 8.0, 50.0, 200.0]),
    ),
    max_size=40,
)
FENCES = {
    "all": replace(FENCE, settle_s=30, dwell_s=120),
    "wide": replace(FENCE, hysteresis_m=150.0, leave=False),
    "post": replace(FENCE, enter=False, leave=False, off_post_s=90, units=(PATROL,)),
    "van": replace(FENCE, things=(VAN,), settle_s=0),
}


@settings(max_examples=60)
@given(STREAM)
def test_the_watch_tells_what_the_rule_tells_of_each_pair(stream: list[tuple[str, int, float, float | None]]) -> None:
    watch, town = FenceWatch([entry(fence, ident) for ident, fence in FENCES.items()]), world()
    standings: dict[tuple[str, str], Standing | None] = {}
    second, wanted = 0, []
    for thing, wait_s, east, accuracy_m in stream:
        second += wait_s
        one = fix(second, east, 200.0, thing, accuracy_m)
        now = one.fixed_at + timedelta(seconds=1)
        watch.begin_round(town, now)
        watch.look([one], town, now)
        unit = PATROL if thing in (LI, WANG) else SANITATION
        for ident, fence in FENCES.items():
            meant = thing in fence.things or unit in fence.units or not (fence.things or fence.units)
            if meant and counts(one, fence.hysteresis_m, now):
                zone = zone_at(east, 200.0, fence.hysteresis_m)
                after, told = step(fence, standings.get((ident, thing)), zone, one.fixed_at)
                standings[ident, thing] = after
                wanted += [(ident, thing, t.said, t.at) for t in told]
    said = [(c.fence.entry_id, c.thing, c.told.said, c.told.at) for c in watch.waiting]
    assert sorted(said) == sorted(wanted)


def walk(watch: FenceWatch, *fixes: Position, town: World | None = None) -> list[FenceSaid]:
    town, before = town or world(), len(watch.waiting)
    for one in fixes:
        watch.begin_round(town, one.fixed_at)
        watch.look([one], town, one.fixed_at)
    return [crossing.told.said for crossing in watch.waiting[before:]]


def test_old_and_unsure_fixes_never_ring() -> None:
    watch = FenceWatch([entry(FENCE)])
    assert walk(watch, fix(0, -200, 200)) == []
    town, late = world(), MORNING + timedelta(minutes=10)
    watch.begin_round(town, late)
    watch.look([fix(10, 200, 200), fix(599, 200, 200, accuracy_m=31.0)], town, late)
    assert watch.waiting == []
    assert walk(watch, fix(601, 200, 200, accuracy_m=12.0)) == [FenceSaid.ENTER]


@pytest.mark.parametrize(
    "altered",
    [
        replace(FENCE, paused=True),
        replace(FENCE, hours=FenceHours(12 * 60, 13 * 60)),
        replace(FENCE, ring=SQUARE[:3]),
        replace(FENCE, things=(ThingId("other"),)),
    ],
)
def test_after_a_rest_or_with_another_edge_everybody_is_seen_for_the_first_time(altered: Geofence) -> None:
    watch = FenceWatch([entry(FENCE)])
    assert walk(watch, fix(0, -200, 200), fix(5, 300, 100)) == [FenceSaid.ENTER]
    watch._take(entry(altered))
    assert walk(watch, fix(10, 301, 100)) == []
    watch._take(entry(FENCE))
    assert walk(watch, fix(15, -200, 200)) == [], "nobody knows when it left"
    assert walk(watch, fix(20, 300, 100)) == [FenceSaid.ENTER]


def test_an_edge_that_goes_out_and_back_stops_no_other_fence() -> None:
    (west, south), (_, north) = SQUARE[0], SQUARE[2]
    east = west + 2e-4  # narrower than two bands
    odd = ((west, south), (east, south), (east, north), (west, north), (west - 1e-3, north), (west, north))
    check_ring(odd)
    watch = FenceWatch([entry(replace(FENCE, ring=odd), "odd"), entry(FENCE)])
    assert walk(watch, fix(0, -200, 200), fix(5, 300, 100)) == [FenceSaid.ENTER]


def test_an_expired_fence_tells_nothing_and_another_name_lets_it_go_on() -> None:
    watch = FenceWatch([entry(FENCE, expires_at=MORNING + timedelta(seconds=30))])
    assert walk(watch, fix(0, -200, 200)) == []
    watch._take(entry(replace(FENCE, name="新名"), expires_at=MORNING + timedelta(seconds=30)))
    assert walk(watch, fix(5, 200, 200)) == [FenceSaid.ENTER]
    assert walk(watch, fix(31, -200, 200)) == []


def test_after_the_shift_nothing_is_known_any_more() -> None:
    watch = FenceWatch([entry(FENCE)])
    walk(watch, fix(0, -200, 200), fix(5, 200, 200))
    watch.waiting.clear()
    kept = watch.drain_unsaved()
    assert [(f, t, s is not None and s.inside) for f, t, s in kept] == [("f1", THING, True)]
    watch.keep_to({})
    assert watch.drain_unsaved() == [(EntryId("f1"), THING, None)]
    assert walk(watch, fix(10, -200, 200)) == [], "on the next shift everybody is seen for the first time"


def test_a_fence_that_rings_all_the_time_is_told_of_once() -> None:
    watch = FenceWatch([entry(FENCE)])
    fixes = [fix(i, 200 if i % 2 else -200, 200) for i in range(2 * MOST_OF_A_FENCE)]
    said = walk(watch, *fixes)
    assert len(said) == MOST_OF_A_FENCE + 1
    assert said[-1] is FenceSaid.MANY
    assert walk(watch, fix(700, -200, 200), fix(705, 200, 200)) != [], "after a while it tells again"


# -- with a store --------------------------------------------------------------------------------------------------


async def test_told_once_in_the_register_and_not_again_after_a_restart(home: Path) -> None:
    async with running(home) as runtime:
        await put(runtime, FENCE)
        for east in (-200.0, 200.0, 210.0):
            await moved(runtime, east)
        (alert,) = await alerts(runtime)
        assert (alert.said, alert.thing, alert.unit, alert.name) == (FenceSaid.ENTER, THING, PATROL, "河堤")
        assert {"lon", "lat"}.isdisjoint(msgspec.to_builtins(alert)), "where somebody was stays nowhere"
    async with running(home) as runtime:
        for east in (205.0, 200.0):
            await moved(runtime, east)
        assert len(await alerts(runtime)) == 1
        await moved(runtime, -200.0)
        assert [alert.said for alert in await alerts(runtime)] == [FenceSaid.ENTER, FenceSaid.LEAVE]


async def test_two_that_saw_the_same_tell_it_once(home: Path) -> None:
    async with running(home) as runtime:
        await put(runtime, FENCE)
        other = FenceWatch(await runtime.read(partial(register.reporting, kinds=(EntryKind.GEOFENCE,))))
        mine = runtime.fences
        for east in (-200.0, 200.0, -200.0):
            await moved(runtime, east)
            runtime.fences, latest = other, list(runtime.tracker.latest.values())
            other.begin_round(runtime.world, runtime.timekeeper.now())
            other.look(latest, runtime.world, runtime.timekeeper.now())
            await Timers(runtime).watch_fences()
            runtime.fences = mine
        assert [alert.said for alert in await alerts(runtime)] == [FenceSaid.ENTER, FenceSaid.LEAVE]
        assert other.waiting == []


async def test_the_oldest_alerts_give_way(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("service.write.fencing.MOST_ALERTS", 2)
    async with running(home) as runtime:
        await put(runtime, FENCE)
        for east in (-200.0, 200.0, -200.0, 200.0):
            await moved(runtime, east)
        assert [alert.said for alert in await alerts(runtime)] == [FenceSaid.LEAVE, FenceSaid.ENTER]


def test_what_was_kept_counts_for_those_who_are_still_there() -> None:
    begun = Standing(True, MORNING, MORNING, MORNING)
    kept = [(EntryId("f1"), THING, begun), (EntryId("f1"), ThingId(VAN), begun)]
    later = MORNING + timedelta(minutes=4)
    found = still_known(kept, {THING: fix(200, 0, 0)}, later)
    assert [(thing, standing.inside) for _, thing, standing in found] == [(THING, True)]
    assert still_known(kept, {THING: fix(0, 0, 0)}, MORNING + timedelta(hours=13)) == []
