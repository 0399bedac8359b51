"""Everybody on shift: who sends positions, who falls silent, who stops at the end of the shift."""

from datetime import timedelta

import numpy as np
import pytest
from qingxi import graph_of, town_of

from domain.town import Town
from simulator.moving.force import Force
from simulator.moving.graph import RoadGraph


@pytest.fixture(scope="module")
def town() -> Town:
    return town_of(1)


@pytest.fixture(scope="module")
def graph(town: Town) -> RoadGraph:
    return graph_of(1)


def test_all_staff_and_vehicles_on_shift_send_once(town: Town, graph: RoadGraph) -> None:
    assert town.clock_start is not None
    force = Force(town, graph, np.random.default_rng(1))
    fixes = force.positions(town.clock_start)
    assert sorted(f.thing for f in fixes) == sorted(
        [*(str(s.staff_id) for s in town.staff), *(str(v.vehicle_id) for v in town.vehicles)]
    )
    for fix in fixes:
        assert fix.fixed_at == town.clock_start
        assert fix.accuracy_m is not None
        assert 0 <= (fix.heading_deg or 0) < 360


def test_who_stands_heads_nowhere(town: Town, graph: RoadGraph) -> None:
    assert town.clock_start is not None
    force = Force(town, graph, np.random.default_rng(1))
    assert {f.heading_deg for f in force.positions(town.clock_start)} == {None}
    for _ in range(12):
        force.step(10.0, town.clock_start)
    going = {thing for b in force.bodies if b.moving for thing in b.things}
    fixes = force.positions(town.clock_start)
    assert 0 < len(going) < len(fixes)
    assert all((f.heading_deg is not None) == (f.thing in going) for f in fixes)


def test_a_few_fall_silent_for_minutes_and_most_do_not(town: Town, graph: RoadGraph) -> None:
    assert town.clock_start is not None
    force = Force(town, graph, np.random.default_rng(2))
    now, shares, moving = town.clock_start, [], 0
    for _ in range(240):
        now += timedelta(seconds=10)
        force.step(10.0, now)
        shares.append(len(force.positions(now)) / 140)
        moving = max(moving, sum(1 for b in force.bodies if b.moving))
    assert 0.85 < np.mean(shares[60:]) < 0.995
    assert min(shares) < 1.0
    assert moving > 30


def test_grid_workers_stay_about_their_grid(town: Town, graph: RoadGraph) -> None:
    assert town.clock_start is not None
    force = Force(town, graph, np.random.default_rng(3))
    member = next(s for s in town.staff if s.grid_code is not None)
    allowed = {graph.places[n] for n in force.grid_nodes(member.grid_code)}
    body = force.of_staff[member.staff_id]
    now = town.clock_start
    stops = set()
    for _ in range(400):
        now += timedelta(seconds=15)
        force.step(15.0, now)
        if not body.moving:
            stops.add(body.at)
    assert len(stops) > 1
    assert stops <= allowed


def test_nobody_moves_or_sends_after_the_shift(town: Town, graph: RoadGraph) -> None:
    assert town.clock_start is not None
    force = Force(town, graph, np.random.default_rng(4))
    evening = town.clock_start + timedelta(hours=13)
    force.step(60.0, evening)
    night = {str(s.staff_id) for s in town.staff if s.shift is not None and s.shift.covers(evening)}
    night |= {str(v.vehicle_id) for v in town.vehicles if v.shift is not None and v.shift.covers(evening)}
    assert 5 < len(night) < 30
    assert {str(f.thing) for f in force.positions(evening)} <= night
    assert all(not b.moving for b in force.bodies if b.staff not in night)


def test_next_morning_they_move_and_send_again(town: Town, graph: RoadGraph) -> None:
    assert town.clock_start is not None
    force = Force(town, graph, np.random.default_rng(4))
    first = len(force.positions(town.clock_start))
    evening, morning = town.clock_start + timedelta(hours=13), town.clock_start + timedelta(hours=24)
    force.step(60.0, evening)
    assert len(force.positions(evening)) < 40
    force.step(60.0, morning)
    assert len(force.positions(morning)) > first * 0.8
    assert any(b.moving for b in force.bodies)
