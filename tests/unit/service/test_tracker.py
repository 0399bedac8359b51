"""Latest positions: newer wins, off shift nobody has one, a batch is taken whole or not at all."""

from datetime import timedelta

import pytest
from towns import LI, MORNING, OFF, VAN, WANG, make_town

from domain.faults import Fault
from domain.ids import ThingId
from domain.places import Position
from service.tracker import Tracker
from service.world import World, make_world


def world() -> World:
    town = make_town()
    return make_world(town.info, town.units, town.staff, town.vehicles, town.grids, town.divisions, town.base)


def fix(thing: str, second: int = 0, lat: float = 29.5) -> Position:
    return Position(ThingId(thing), 120.8, lat, MORNING + timedelta(seconds=second))


def test_the_newer_fix_wins_whatever_the_order() -> None:
    tracker = Tracker()
    assert tracker.take([fix(LI, 5, 1.0), fix(LI, 3, 2.0), fix(VAN, 1)], world(), MORNING) == 2
    assert tracker.take([fix(LI, 5, 3.0)], world(), MORNING) == 0
    assert tracker.latest[ThingId(LI)].lat == 1.0


@pytest.mark.parametrize(
    ("bad", "key"), [(fix("ghost"), "unknown_thing"), (fix(OFF), "off_shift"), (fix(WANG, 3600), "fix_out_of_bounds")]
)
def test_one_bad_fix_refuses_the_batch(bad: Position, key: str) -> None:
    tracker = Tracker()
    with pytest.raises(Fault, match=key):
        tracker.take([fix(LI), bad], world(), MORNING)
    assert tracker.latest == {}


def test_drained_once_and_only_the_last() -> None:
    tracker = Tracker()
    tracker.take([fix(LI, 1)], world(), MORNING)
    tracker.take([fix(LI, 2)], world(), MORNING)
    fresh, gone = tracker.drain()
    assert ([p.fixed_at for p in fresh.values()], gone) == ([MORNING + timedelta(seconds=2)], set())
    assert tracker.drain() == ({}, set())


def test_after_the_shift_the_position_is_gone() -> None:
    tracker = Tracker([fix(LI), fix("left the town")])
    tracker.sweep(world(), MORNING)
    assert set(tracker.latest) == {ThingId(LI)}
    tracker.sweep(world(), MORNING + timedelta(hours=10))
    assert tracker.latest == {}
    assert tracker.drain()[1] == {ThingId(LI), ThingId("left the town")}


def test_what_is_to_be_kept_and_forgotten() -> None:
    tracker = Tracker([fix("left the town")])
    tracker.take([fix(LI)], world(), MORNING)
    tracker.sweep(world(), MORNING)
    kept, dropped = tracker.drain_unsaved()
    assert ([p.thing for p in kept], dropped) == ([LI], ["left the town"])
