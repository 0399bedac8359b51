"""The outline of the town and its grids: cells that are small where people live, with borders that meet exactly."""

from typing import Any, NamedTuple

import numpy as np
import shapely

from simulator.making.plan import DEGREE_STEP, Frame, Plan, Points, rounded

GRIDS = 96
_SAMPLES = 12_000
_ROUNDS = 30


class Cell(NamedTuple):
    """A grid to be: its polygon in degrees and in metres, its middle in metres, the index of its village."""

    polygon: Any
    area: Any
    middle: tuple[float, float]
    village: int


def make_outline(plan: Plan, rng: np.random.Generator) -> Any:
    """Return the town's outline in metres: a rounded shape with an uneven edge."""
    angle = np.linspace(0, 2 * np.pi, 96, endpoint=False)
    uneven = np.ones_like(angle)
    for wave in range(2, 9):
        uneven += 0.035 / np.sqrt(wave - 1) * np.sin(wave * angle + rng.uniform(0, 2 * np.pi))
    flat = 3.2  # between an ellipse (2) and a rectangle
    radius = (np.abs(np.cos(angle)) ** flat + np.abs(np.sin(angle)) ** flat) ** (-1 / flat) * uneven
    x = plan.half_width_m * radius * np.cos(angle)
    y = plan.half_height_m * radius * np.sin(angle)
    return shapely.Polygon(np.column_stack([x, y]))


def make_cells(plan: Plan, frame: Frame, outline: Any, rng: np.random.Generator) -> list[Cell]:
    """Return the grids, west to east. Together they are the town: no gaps, no overlaps."""
    middles = _spread(plan, outline, rng)
    edges: Any = shapely.voronoi_polygons(shapely.multipoints(middles), extend_to=outline, only_edges=True)
    lines = np.array([edges.intersection(outline.buffer(50)), outline.exterior])
    noded = shapely.unary_union(frame.degrees(lines), grid_size=DEGREE_STEP)
    found = shapely.get_parts(shapely.polygonize(shapely.get_parts(noded)))
    inner = shapely.get_coordinates(shapely.point_on_surface(frame.metres(found)))
    within = shapely.contains_xy(outline, inner[:, 0], inner[:, 1])
    polygons, inner = shapely.normalize(rounded(found[within])), inner[within]
    if len(polygons) != GRIDS:
        raise ValueError(f"{len(polygons)} cells instead of {GRIDS}")
    cells = [
        Cell(polygon, area, (float(x), float(y)), _village(plan, x, y))
        for polygon, area, (x, y) in zip(polygons, frame.metres(polygons), inner, strict=True)
    ]
    return sorted(cells, key=lambda c: (c.middle[0] - 0.25 * c.middle[1], c.middle[1]))


def lived_in(plan: Plan, points: Points) -> Points:
    """Return how densely the land at each point is lived on, 0 (fields) to 1 (town centre); shape (n,)."""
    at = np.array([village.at for village in plan.villages])
    reach_m = np.array([village.reach_m for village in plan.villages])
    full = np.where(np.arange(len(at)) == 0, 1.0, 0.8)
    apart = np.hypot(points[:, 0, None] - at[:, 0], points[:, 1, None] - at[:, 1])
    return np.asarray(np.max(full * np.exp(-((apart / reach_m) ** 2)), axis=1, initial=0.0))


def _spread(plan: Plan, outline: Any, rng: np.random.Generator) -> Points:
    """Return ``GRIDS`` points, close where the town is dense: a weighted Lloyd relaxation on samples."""
    west, south, east, north = outline.bounds
    xy = rng.uniform((west, south), (east, north), (_SAMPLES * 2, 2))
    xy = xy[shapely.contains_xy(outline, xy[:, 0], xy[:, 1])]
    weight = 1.0 + 13.0 * lived_in(plan, xy)
    points = xy[rng.choice(len(xy), GRIDS, replace=False, p=weight / weight.sum())]
    for _ in range(_ROUNDS):
        apart = (xy[:, 0, None] - points[:, 0]) ** 2
        apart += (xy[:, 1, None] - points[:, 1]) ** 2
        nearest = np.argmin(apart, axis=1)
        mass = np.bincount(nearest, weights=weight, minlength=GRIDS)
        moved = np.column_stack(
            [np.bincount(nearest, weights=weight * xy[:, axis], minlength=GRIDS) for axis in (0, 1)]
        )
        points = np.where(mass[:, None] > 0, moved / np.maximum(mass, 1e-9)[:, None], points)
    return np.asarray(points)


def _village(plan: Plan, x: float, y: float) -> int:
    apart = [np.hypot(x - v.at[0], y - v.at[1]) - v.pull_m for v in plan.villages]
    return int(np.argmin(apart))
