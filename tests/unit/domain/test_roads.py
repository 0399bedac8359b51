"""Travel times against an independent router (networkx) on the demo town, and on roads laid out by hand."""

from math import hypot

import networkx as nx
import numpy as np
import pytest
import shapely
from qingxi import town_of

from console.suggester import read_roads
from domain.places import BaseKind
from domain.roads import OFF_ROAD_KMH, SPEED_KMH, Gait, RoadNet
from domain.wire import Geometry

CASES = 200


def _independent(base) -> tuple[nx.Graph, np.ndarray, list[tuple[float, float]], tuple[float, float]]:  # type: ignore[no-untyped-def]
    """The same roads as a graph of their own points, with lengths on the same plane, in networkx."""
    lines = [(shapely.get_coordinates(shapely.from_wkb(b.wkb)), b.rank) for b in base if b.kind is BaseKind.ROAD]
    lats = np.concatenate([line[:, 1] for line, _ in lines])
    per_lat = np.radians(1.0) * 6_371_008.8
    per_lon = per_lat * np.cos(np.radians(lats.mean()))
    graph = nx.Graph()
    for line, rank in lines:
        for a, b in zip(map(tuple, line[:-1]), map(tuple, line[1:]), strict=True):
            length = hypot((a[0] - b[0]) * per_lon, (a[1] - b[1]) * per_lat)
            if a != b and (not graph.has_edge(a, b) or length < graph[a][b]["length"]):
                graph.add_edge(a, b, length=length, rank=rank)
    nodes = list(graph.nodes)
    return graph, np.array(nodes), nodes, (per_lon, per_lat)


@pytest.mark.parametrize("gait", list(Gait))
def test_it_agrees_with_another_router_on_200_random_ways(gait: Gait) -> None:
    base = town_of(1).base
    net = read_roads(Geometry("t", (), (), tuple(base)))
    graph, _, nodes, _ = _independent(base)
    speeds = SPEED_KMH[gait]
    for _, _, edge in graph.edges(data=True):
        edge["seconds"] = edge["length"] * 3.6 / speeds[min(edge["rank"], len(speeds) - 1)]
    rng = np.random.default_rng(7)
    goals = [nodes[i] for i in rng.choice(len(nodes), 10, replace=False)]
    compared = 0
    for goal in goals:
        wanted = nx.single_source_dijkstra_path_length(graph, goal, weight="seconds")
        starts = [nodes[i] for i in rng.choice(len(nodes), CASES // 10, replace=False)]
        ours = net.travel(goal, {str(i): (*start, gait) for i, start in enumerate(starts)})
        for i, start in enumerate(starts):
            assert (str(i) in ours) == (start in wanted)
            if start in wanted:
                assert ours[str(i)][0] == pytest.approx(wanted[start], abs=0.05)
            compared += 1
    assert compared == CASES


def test_the_way_round_is_taken_not_the_straight_line() -> None:
    river = RoadNet([([(120.80, 29.55), (120.82, 29.55)], 0), ([(120.82, 29.55), (120.82, 29.552)], 0),
                     ([(120.82, 29.552), (120.80, 29.552)], 0)])  # fmt: skip
    far, _ = river.travel((120.80, 29.552), {"over the river": (120.80, 29.55, Gait.WHEELS)})["over the river"]
    around_m = 2 * 1_935 + 222
    assert far == pytest.approx(around_m * 3.6 / 45, rel=0.02)


def test_the_last_stretch_is_walked_and_a_place_in_the_middle_of_a_long_road_is_found_there() -> None:
    road = RoadNet([([(120.80, 29.55), (120.90, 29.55)], 0)])
    seconds, off = road.travel((120.85, 29.55), {"beside": (120.85, 29.5509, Gait.BIKE)})["beside"]
    assert 100 <= off <= 185, "either end is at most half a piece of road from a node"
    assert seconds == pytest.approx(off * 3.6 / OFF_ROAD_KMH, rel=0.2)


def test_without_roads_or_beyond_them_nothing_is_claimed() -> None:
    assert RoadNet([]).travel((120.8, 29.5), {"a": (120.8, 29.5, Gait.BIKE)}) == {}
    two = RoadNet([([(120.80, 29.55), (120.81, 29.55)], 0), ([(120.80, 29.60), (120.81, 29.60)], 0)])
    assert two.travel((120.80, 29.60), {"cut off": (120.80, 29.55, Gait.WHEELS)}) == {}
