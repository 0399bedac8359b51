"""The road network: named roads, village roads between the grids, lanes in the villages. One connected graph."""

from collections.abc import Sequence
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
import shapely

from simulator.making.cells import Cell
from simulator.making.plan import Plan, Points, VillagePlan, smooth

VILLAGE_ROAD, LANE = 2, 3
HALF_WIDTH_M = {0: 9.0, 1: 6.5, 2: 4.0, 3: 2.5}
"""Half of the carriageway and its edge by rank, metres."""

_STEP_M = 0.5
"""Crossings are snapped to this raster."""


class Road(NamedTuple):
    """A road: a line in metres, its rank (0 main road .. 3 lane) and its name, which may be empty."""

    line: Any
    rank: int
    name: str


def make_roads(plan: Plan, outline: Any, river: Any, cells: Sequence[Cell], rng: np.random.Generator) -> list[Road]:
    """Return the network, cut at every crossing, so that roads meet in shared points; only the connected part."""
    inside = outline.buffer(-25)
    drawn = [Road(shapely.LineString(smooth(r.line)), r.rank, r.name) for r in plan.roads]
    drawn += [Road(line, VILLAGE_ROAD, "") for line in _village_roads(cells, river, rng)]
    for village in plan.villages:
        drawn += [Road(line, LANE, "") for line in _lanes(village, river, rng)]
    clipped = [
        Road(part, road.rank, road.name)
        for road in drawn
        for part in shapely.get_parts(road.line.intersection(inside))
        if part.geom_type == "LineString" and part.length > 5
    ]
    network = _connected(_noded(clipped))
    return _merge(_connected(_noded([*network, *_ways_in(cells, network)])))


def _ways_in(cells: Sequence[Cell], network: Sequence[Road]) -> list[Road]:
    """A track from the nearest road into each grid that no road has reached, over a footbridge if need be."""
    lines = np.array([r.line for r in network])
    whole = shapely.union_all(lines)
    tree = shapely.STRtree(lines)
    found = []
    for cell in cells:
        inside = [lines[i] for i in tree.query(cell.area.buffer(-30), predicate="intersects")]
        if not inside:
            track = shapely.shortest_line(shapely.Point(cell.middle), whole)
            found.append(Road(track, VILLAGE_ROAD, ""))
    return found


def _village_roads(cells: Sequence[Cell], river: Any, rng: np.random.Generator) -> list[Any]:
    """Tracks between neighbouring grids: the shortest tree over them, and some more; none over the river."""
    points = np.array([c.middle for c in cells])
    triangles = shapely.delaunay_triangles(shapely.multipoints(points), only_edges=True)
    pairs = []
    for edge in shapely.get_parts(triangles):
        a, b = (int(np.argmin(np.hypot(*(points - end).T))) for end in shapely.get_coordinates(edge))
        if not edge.crosses(river):
            pairs.append((edge.length, min(a, b), max(a, b)))
    tree, rest = _shortest_tree(sorted(pairs), len(points))
    chosen = tree + [pair for pair in rest if rng.random() < 0.3 and pair[0] < 650]
    return [line for _, a, b in chosen if not (line := _bend(points[a], points[b], rng)).crosses(river)]


def _shortest_tree(
    pairs: list[tuple[float, int, int]], count: int
) -> tuple[list[tuple[float, int, int]], list[tuple[float, int, int]]]:
    parent = list(range(count))

    def root(i: int) -> int:
        while parent[i] != i:
            parent[i] = parent[parent[i]]
            i = parent[i]
        return i

    tree: list[tuple[float, int, int]] = []
    rest: list[tuple[float, int, int]] = []
    for pair in pairs:
        a, b = root(pair[1]), root(pair[2])
        (rest if a == b else tree).append(pair)
        parent[a] = b
    return tree, rest


def _bend(a: Points, b: Points, rng: np.random.Generator) -> Any:
    along = b - a
    across = np.array([-along[1], along[0]])
    knots = [a, *(a + along * t + across * rng.normal(0, 0.07) for t in (0.33, 0.66)), b]
    return shapely.LineString(smooth([(float(k[0]), float(k[1])) for k in knots], 5))


def _lanes(village: VillagePlan, river: Any, rng: np.random.Generator) -> list[Any]:
    """A loose net of lanes around the middle of a village, none in the river."""
    reach, spacing = village.reach_m * 1.05, village.spacing_m
    count = int(reach // spacing)
    offsets = np.arange(-count, count + 1) * spacing + rng.normal(0, spacing * 0.13, 2 * count + 1)
    dry = river.buffer(14)
    lines = []
    for turn in (0, 90):
        angle = np.radians(village.angle_deg + turn)
        along, across = np.array([np.cos(angle), np.sin(angle)]), np.array([-np.sin(angle), np.cos(angle)])
        for offset in offsets:
            half = np.sqrt(max(reach**2 - offset**2, 0.0)) * rng.uniform(0.8, 1.05)
            steps = np.arange(-half, half, spacing)
            wave = rng.normal(0, spacing * 0.06, len(steps))
            points = np.array(village.at) + along * steps[:, None] + across * (offset + wave)[:, None]
            lines += _pieces(points, dry, rng)
    return lines


def _pieces(points: Points, wet: Any, rng: np.random.Generator) -> list[Any]:
    """The steps of a lane, with some left out, and cut at the water."""
    kept = []
    for a, b in pairwise(points):
        if rng.random() < 0.82:
            step = shapely.LineString([a - (b - a) * 0.08, b + (b - a) * 0.08]).difference(wet)
            kept += [part for part in shapely.get_parts(step) if part.length > 15]
    return kept


def _noded(roads: Sequence[Road]) -> list[Road]:
    """Cut all roads where they meet. A piece takes the rank and name of the road it lies on, the main one first."""
    lines = np.array([r.line for r in roads])
    pieces = shapely.get_parts(shapely.unary_union(lines, grid_size=_STEP_M))
    tree = shapely.STRtree(lines)
    middles = shapely.line_interpolate_point(pieces, 0.5, normalized=True)
    piece_of, road_of = tree.query(middles, predicate="dwithin", distance=1.5 * _STEP_M)
    best: dict[int, int] = {}
    for piece, road in zip(piece_of.tolist(), road_of.tolist(), strict=True):
        if piece not in best or (roads[road].rank, road) < (roads[best[piece]].rank, best[piece]):
            best[piece] = road
    return [Road(pieces[i], roads[best[i]].rank, roads[best[i]].name) for i in sorted(best)]


def _connected(roads: Sequence[Road]) -> list[Road]:
    """Return the largest part of the network that hangs together, without stubs nobody would build."""
    parent: dict[tuple[float, float], tuple[float, float]] = {}

    def root(node: tuple[float, float]) -> tuple[float, float]:
        parent.setdefault(node, node)
        while parent[node] != node:
            parent[node] = parent[parent[node]]
            node = parent[node]
        return node

    def ends(road: Road) -> tuple[tuple[float, float], tuple[float, float]]:
        return road.line.coords[0], road.line.coords[-1]

    roads = _without_stubs(roads, ends)
    for road in roads:
        a, b = ends(road)
        parent[root(a)] = root(b)
    length: dict[tuple[float, float], float] = {}
    for road in roads:
        top = root(ends(road)[0])
        length[top] = length.get(top, 0.0) + road.line.length
    largest = max(length, key=lambda top: length[top])
    return [road for road in roads if root(ends(road)[0]) == largest]


def _without_stubs(roads: Sequence[Road], ends: Any) -> list[Road]:
    degree: dict[tuple[float, float], int] = {}
    for road in roads:
        for end in ends(road):
            degree[end] = degree.get(end, 0) + 1
    return [r for r in roads if r.line.length > 14 or min(degree[e] for e in ends(r)) > 1]


def _merge(roads: Sequence[Road]) -> list[Road]:
    """Join pieces of one road again where nothing else is said by cutting; crossings stay as shared points."""
    groups: dict[tuple[int, str], list[Any]] = {}
    for road in roads:
        groups.setdefault((road.rank, road.name), []).append(road.line)
    merged = []
    for (rank, name), lines in sorted(groups.items()):
        whole = shapely.normalize(shapely.line_merge(shapely.MultiLineString(lines)))
        merged += [Road(line, rank, name) for line in shapely.get_parts(whole)]
    return merged
