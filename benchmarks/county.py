"""A made-up county or province to measure maps on: grids with shared wiggling borders, cases and staff, in clusters.

The same seed always makes the same land. Coordinates are plane metres (EPSG:3857).
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import shapely

CLASSES, LAMPS, SIGNS = 5, 3, 4
MIDDLE = (13.05e6, 3.70e6)
STEPS_A_BORDER = 10

Floats = npt.NDArray[np.float64]
Points = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Size:
    """How many of each there are, how far they spread, and the seed."""

    grids: int
    cases: int
    staff: int
    radius_m: float
    seed: int


SIZES = {
    "county": Size(1434, 26_419, 3822, 24_000.0, 11),
    "province": Size(109_000, 500_000, 234_000, 300_000.0, 12),
}


@dataclass(frozen=True)
class County:
    """Areas with a class each, and points (n, 2) with a kind each."""

    areas: npt.NDArray[np.object_]
    classes: npt.NDArray[np.uint8]
    cases: Points
    lamps: npt.NDArray[np.uint8]
    staff: Points
    signs: npt.NDArray[np.uint8]

    @property
    def bounds(self) -> tuple[float, float, float, float]:
        """What the areas cover."""
        x0, y0, x1, y1 = shapely.total_bounds(self.areas)
        return float(x0), float(y0), float(x1), float(y1)


def make_county(name: str = "county") -> County:
    """Return the county, or what else ``SIZES`` names (the province takes some ten seconds)."""
    size = SIZES[name]
    rng = np.random.default_rng(size.seed)
    outline = _outline(rng, size.radius_m)
    seeds = _inside(rng, outline, size.grids, 0.25, size.radius_m)
    box = outline.buffer(4 * size.radius_m).envelope
    cells = shapely.get_parts(shapely.voronoi_polygons(shapely.multipoints(seeds), extend_to=box, ordered=True))
    areas = _clipped(_wiggle(rng, cells), outline)
    return County(
        areas,
        rng.integers(0, CLASSES, len(areas)).astype(np.uint8),
        _inside(rng, outline, size.cases, 0.4, size.radius_m),
        rng.integers(0, LAMPS, size.cases).astype(np.uint8),
        _inside(rng, outline, size.staff, 0.4, size.radius_m),
        rng.integers(0, SIGNS, size.staff).astype(np.uint8),
    )


def _clipped(areas: npt.NDArray[np.object_], outline: shapely.Polygon) -> npt.NDArray[np.object_]:
    """Return what of the areas lies inside the outline, the largest part of each; most are left as they are."""
    valid = shapely.is_valid(areas)
    areas[~valid] = shapely.make_valid(areas[~valid])
    across = np.flatnonzero(~shapely.covers(outline, areas) | ~valid)
    areas[across] = [_largest(area) for area in shapely.intersection(areas[across], outline)]
    return areas


def _outline(rng: np.random.Generator, radius_m: float) -> shapely.Polygon:
    angle = np.linspace(0, 2 * np.pi, 721)[:-1]
    radius = np.ones_like(angle)
    for waves, strength in ((range(2, 9), 0.22), (range(20, 90), 0.25)):
        for k in waves:
            radius += rng.normal(0, strength / k) * np.cos(k * angle + rng.uniform(0, 2 * np.pi))
    x = MIDDLE[0] + radius_m * 1.5 * radius * np.cos(angle)
    y = MIDDLE[1] + radius_m * 0.85 * radius * np.sin(angle)
    return shapely.Polygon(np.c_[x, y])


def _inside(
    rng: np.random.Generator, outline: shapely.Polygon, count: int, clustered: float, radius_m: float
) -> Points:
    """Return points inside the outline, a share of them around a few centres, in mixed order."""
    shapely.prepare(outline)
    x0, y0, x1, y1 = outline.bounds

    def held(points: Points) -> Points:
        kept: Points = points[shapely.contains_xy(outline, points[:, 0], points[:, 1])]
        return kept

    centres = held(np.c_[rng.uniform(x0, x1, 400), rng.uniform(y0, y1, 400)])[: max(8, count // 4000)]
    found: list[Points] = []
    while sum(len(some) for some in found) < count:
        near = int(count * clustered)
        at = centres[rng.integers(0, len(centres), near)] + rng.normal(0, radius_m * 0.04, (near, 2))
        spread = np.c_[rng.uniform(x0, x1, count - near), rng.uniform(y0, y1, count - near)]
        some = held(np.concatenate([at, spread]))
        rng.shuffle(some)
        found.append(some)
    return np.concatenate(found)[:count]


def _wiggle(rng: np.random.Generator, cells: npt.NDArray[np.object_]) -> npt.NDArray[np.object_]:
    """Return the cells with every border bent, the same way for the two cells that share it."""
    _, coords, (starts, _) = shapely.to_ragged_array(cells)
    first = np.ones(len(coords), bool)
    first[starts[1:] - 1] = False  # the closing point of each ring begins no border
    begin = np.flatnonzero(first)
    a, b = coords[begin], coords[begin + 1]
    turned = (a[:, 0] > b[:, 0]) | ((a[:, 0] == b[:, 0]) & (a[:, 1] > b[:, 1]))
    low, high = np.where(turned[:, None], b, a), np.where(turned[:, None], a, b)
    _, which = np.unique(np.round(np.c_[low, high], 3), axis=0, return_inverse=True)
    along = np.arange(STEPS_A_BORDER) / STEPS_A_BORDER
    bend = np.zeros((int(which.max()) + 1, STEPS_A_BORDER))
    for k in (1, 2, 3, 5):
        bend += rng.normal(0, 0.07 / k, (len(bend), 1)) * np.sin(np.pi * k * along)
    step = np.where(turned[:, None], 1 - along, along)[:, :, None]
    side = (high - low)[:, [1, 0]] * (-1, 1)
    strength = np.where(turned[:, None], _turned(bend)[which], bend[which])[:, :, None]
    points = low[:, None, :] + (high - low)[:, None, :] * step + side[:, None, :] * strength
    borders = np.bincount(np.searchsorted(starts, begin, side="right") - 1, minlength=len(cells))
    closed = shapely.linearrings(
        points.reshape(-1, 2), indices=np.repeat(np.arange(len(cells)), borders * STEPS_A_BORDER)
    )
    made: npt.NDArray[np.object_] = shapely.polygons(closed)
    return made


def _turned(bend: Floats) -> Floats:
    """Return the bends as met from the other end: the start, unbent, stays first."""
    made: Floats = np.concatenate([np.zeros((len(bend), 1)), bend[:, :0:-1]], axis=1)
    return made


def _largest(area: shapely.Geometry) -> shapely.Polygon:
    """Return the largest polygon of what clipping left, without holes."""
    parts = [p for p in shapely.get_parts(area) if p.geom_type == "Polygon"]
    nested = [q for p in shapely.get_parts(area) for q in shapely.get_parts(p) if q.geom_type == "Polygon"]
    best = max(parts or nested, key=lambda part: float(part.area))
    return shapely.Polygon(best.exterior)
