"""What lies on the ground beside the roads: the river, ponds, green, buildings."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import shapely

from simulator.making.cells import lived_in
from simulator.making.plan import Plan, Points, smooth
from simulator.making.roads import HALF_WIDTH_M, Road

_MOST_BUILDINGS = 4200
_PONDS, _WOODS, _PARKS = 7, 16, 5


class Ground(NamedTuple):
    """Polygons in metres."""

    water: list[Any]
    green: list[Any]
    buildings: list[Any]


def make_river(plan: Plan, outline: Any, rng: np.random.Generator) -> Any:
    """Return the river as one polygon in metres: a band of uneven width, cut at the outline."""
    line = smooth(plan.river.line, 14)
    forward = np.gradient(line, axis=0)
    across = np.column_stack([-forward[:, 1], forward[:, 0]]) / np.hypot(*forward.T)[:, None]
    t = np.linspace(0, 1, len(line))
    half = plan.river.width_m / 2 * (1 + 0.16 * np.sin(9 * t + rng.uniform(0, 6)) + 0.1 * np.sin(23 * t))
    band = shapely.Polygon(np.vstack([line + across * half[:, None], (line - across * half[:, None])[::-1]]))
    cut = band.intersection(outline)
    return max(shapely.get_parts(cut), key=lambda part: part.area)


def make_ground(plan: Plan, outline: Any, river: Any, roads: Sequence[Road], rng: np.random.Generator) -> Ground:
    """Return water, green and buildings. Nothing stands in the river or on a road."""
    paved = shapely.union_all([r.line.buffer(HALF_WIDTH_M[r.rank] + 1.5, quad_segs=2) for r in roads])
    ponds = [p for p in _blobs(plan, outline, rng, _PONDS, (28, 60), 0.25) if not p.intersects(river)]
    water = [river, *(p for p in ponds if not p.intersects(paved))]
    wet = shapely.union_all(water).buffer(6)
    buildings = _buildings(plan, outline, roads, paved.union(wet), rng)
    woods = _blobs(plan, outline, rng, _WOODS, (120, 340), 0.08)
    parks = _blobs(plan, outline, rng, _PARKS, (35, 70), 1.1)
    bank = river.buffer(26).difference(river.buffer(5)).intersection(outline)
    built = shapely.union_all([b.buffer(4, quad_segs=1) for b in buildings])
    free = shapely.union_all([*woods, *parks, bank]).difference(shapely.union_all([paved, wet, built]))
    green = [part.simplify(1.5) for part in shapely.get_parts(free) if part.area > 400]
    return Ground(water, green, buildings)


def _blobs(
    plan: Plan, outline: Any, rng: np.random.Generator, count: int, radii: tuple[float, float], densest: float
) -> list[Any]:
    """Uneven round shapes inside the outline where the land is lived on at most as densely as ``densest``."""
    inside = outline.buffer(-radii[1] * 0.4)
    west, south, east, north = outline.bounds
    found: list[Any] = []
    while len(found) < count:
        x, y = rng.uniform((west, south), (east, north))
        dense = lived_in(plan, np.array([[x, y]]))[0]
        if not shapely.contains_xy(inside, x, y) or dense > densest or (densest > 1 and dense < 0.2):
            continue
        angle = np.linspace(0, 2 * np.pi, 28, endpoint=False)
        wave = sum(rng.normal(0, 0.16 / k) * np.sin(k * angle + rng.uniform(0, 6)) for k in range(1, 6))
        radius = rng.uniform(*radii) * (1 + wave)
        blob = shapely.Polygon(np.column_stack([x + radius * 1.3 * np.cos(angle), y + radius * np.sin(angle)]))
        found.append(blob.buffer(0).intersection(outline))
    return found


def _buildings(plan: Plan, outline: Any, roads: Sequence[Road], taken: Any, rng: np.random.Generator) -> list[Any]:
    """Rectangles along the roads, in rows; a later one that would touch an earlier one is left out."""
    rows = [row for road in roads for row in _row(plan, road, rng)]
    boxes = np.array(rows)[rng.permutation(len(rows))]
    shapely.prepare(taken)
    inside = outline.buffer(-10)
    shapely.prepare(inside)
    boxes = boxes[shapely.contains(inside, boxes) & ~shapely.intersects(taken, boxes)]
    first, second = shapely.STRtree(boxes).query(boxes, predicate="dwithin", distance=1.6)
    neighbours: dict[int, list[int]] = {}
    for a, b in zip(first.tolist(), second.tolist(), strict=True):
        if b < a:
            neighbours.setdefault(a, []).append(b)
    kept: set[int] = set()
    for i in range(len(boxes)):
        if not any(b in kept for b in neighbours.get(i, ())):
            kept.add(i)
        if len(kept) == _MOST_BUILDINGS:
            break
    return [boxes[i] for i in sorted(kept)]


def _row(plan: Plan, road: Road, rng: np.random.Generator) -> list[Any]:
    """Candidate buildings on both sides of a road."""
    found: list[Any] = []
    for side in (-1, 1):
        at = rng.uniform(3, 14)
        while at < road.line.length - 4:
            (x, y), (nx, ny) = (shapely.get_coordinates(road.line.interpolate(d))[0] for d in (at, at + 2))
            dense = float(lived_in(plan, np.array([[x, y]]))[0])
            wide = rng.uniform(8, 13) + 9 * dense * rng.random() ** 2
            if rng.random() < _chance(dense, road.rank):
                depth = rng.uniform(7, 12) + 6 * dense * rng.random()
                forward = np.array([nx - x, ny - y])
                found.append(_box(np.array([x, y]), forward, side, wide, depth, HALF_WIDTH_M[road.rank], rng))
            at += wide + rng.uniform(2.0, 4.5) + 10 * (1 - dense) * rng.random()
    return found


def _chance(dense: float, rank: int) -> float:
    return 0.012 + 0.93 * dense**0.8 if rank > 0 else 0.01 + 0.8 * dense


def _box(
    at: Points, forward: Points, side: int, wide: float, depth: float, kerb_m: float, rng: np.random.Generator
) -> Any:
    along = forward / max(float(np.hypot(*forward)), 1e-9)
    across = np.array([-along[1], along[0]]) * side
    front = at + across * (kerb_m + rng.uniform(2.2, 5.5))
    corners = [front, front + along * wide, front + along * wide + across * depth, front + across * depth]
    return shapely.Polygon(corners)
