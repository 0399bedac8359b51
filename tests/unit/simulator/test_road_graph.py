"""The road graph and the bodies on it."""

from itertools import pairwise
from math import inf

import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from domain.faults import Fault
from domain.ids import StaffId, ThingId
from domain.places import BaseFeature, BaseKind
from simulator.moving.body import BIKE, CAR, FOOT, Body, Gait
from simulator.moving.graph import RoadGraph, apart

STEP = 0.001  # degrees, about 100 m
SLOW = (0.1, 0.2, 0.4, 0.8)

cells = st.tuples(st.integers(0, 4), st.integers(0, 4))
roads = st.lists(st.tuples(cells, cells, st.integers(0, 3)).filter(lambda r: r[0] != r[1]), min_size=1, max_size=14)


def road(a: tuple[int, int], b: tuple[int, int], rank: int) -> BaseFeature:
    """A straight road between two crossings of a raster."""
    line = shapely.LineString([(120 + a[0] * STEP, 30 + a[1] * STEP), (120 + b[0] * STEP, 30 + b[1] * STEP)])
    return BaseFeature(BaseKind.ROAD, shapely.to_wkb(line), "", rank)


def cost(graph: RoadGraph, path: list[int]) -> float:
    """Seconds along a path."""
    return sum(min(e.length_m * SLOW[e.rank] for e in graph.edges[a] if e.to == b) for a, b in pairwise(path))


def brute_force(graph: RoadGraph, start: int) -> list[float]:
    """Seconds to every node, by relaxing all edges until nothing gets better."""
    best = [inf] * len(graph.places)
    best[start] = 0.0
    for _ in graph.places:
        for node, edges in enumerate(graph.edges):
            for edge in edges:
                best[edge.to] = min(best[edge.to], best[node] + edge.length_m * SLOW[edge.rank])
    return best


@given(roads)
def test_the_quickest_way_is_found_or_there_is_none(drawn: list[tuple[tuple[int, int], tuple[int, int], int]]) -> None:
    graph = RoadGraph([road(*r) for r in drawn])
    best = brute_force(graph, 0)
    for goal, least in enumerate(best):
        path = graph.path(0, goal, SLOW)
        if least == inf:
            assert path == []
        else:
            assert (path[0], path[-1]) == (0, goal)
            assert cost(graph, path) == pytest.approx(least)
    assert (graph.parts() == 1) == (inf not in best)


def test_a_town_without_roads_is_refused() -> None:
    with pytest.raises(Fault) as caught:
        RoadGraph([])
    assert caught.value.key == "town_without_roads"


def body(graph: RoadGraph, gait: Gait) -> Body:
    """Somebody at the first node."""
    at = graph.places[0]
    return Body((ThingId("w1"),), StaffId("w1"), None, gait, at, at, 0, (0,))


@pytest.mark.parametrize("gait", [FOOT, BIKE, CAR])
def test_a_body_keeps_to_the_roads_and_to_its_speed_and_arrives(gait: Gait) -> None:
    graph = RoadGraph([road((0, 0), (3, 0), 1), road((3, 0), (3, 3), 3), road((0, 0), (0, 3), 0)])
    lines = shapely.union_all(
        [shapely.LineString([graph.places[a], graph.places[e.to]]) for a in range(4) for e in graph.edges[a]]
    )
    mover = body(graph, gait)
    goal = graph.places[2]
    assert mover.go(graph, goal)
    assert not mover.standing.is_set()
    before, seconds = mover.at, 0.0
    while mover.moving:
        mover.step(1.0)
        seconds += 1.0
        assert apart(before, mover.at) <= max(gait.speed_mps) + 1e-6
        assert lines.distance(shapely.Point(mover.at)) < 1.0
        before = mover.at
    assert apart(mover.at, goal) < 1.0
    assert mover.standing.is_set()
    assert mover.speed_mps == 0.0
    way = (
        apart(graph.places[0], graph.places[1]) * 1.0 / gait.speed_mps[1]
        + apart(graph.places[1], graph.places[2]) / gait.speed_mps[3]
    )
    assert seconds == pytest.approx(way, abs=1.5)


def test_heading_is_clockwise_from_north() -> None:
    graph = RoadGraph([road((0, 0), (3, 0), 1), road((0, 0), (0, 3), 1)])
    east = body(graph, FOOT)
    east.go(graph, graph.places[1])
    east.step(5)
    north = body(graph, FOOT)
    north.go(graph, graph.places[2])
    north.step(5)
    assert east.heading_deg == pytest.approx(90, abs=0.5)
    assert north.heading_deg == pytest.approx(0, abs=0.5)


def test_one_long_step_goes_as_far_as_many_short_ones() -> None:
    graph = RoadGraph([road((0, 0), (3, 0), 1), road((3, 0), (3, 3), 3)])
    many, one = body(graph, BIKE), body(graph, BIKE)
    many.go(graph, graph.places[2])
    one.go(graph, graph.places[2])
    for _ in range(70):
        many.step(1.0)
    one.step(70.0)
    assert apart(many.at, one.at) < 0.01
