"""Geometry as it is kept (WKB, degrees) made into what is drawn: flat float32 arrays local to the data's centre."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from layers.mercator import to_degrees, to_plane, to_plane_arrays
from layers.raster.contract import I32, Shapes, no_shapes

Geometries = npt.NDArray[np.object_]

POLYGONS = frozenset({3, 6})
LINES = frozenset({1, 5})
"""Geometry types by shapely's numbers, single and multiple."""


def read_wkb(wkbs: Sequence[bytes | None]) -> Geometries:
    """Return the geometries of WKB values; None where there is none, or it cannot be read or is empty."""
    import shapely  # noqa: PLC0415 - takes a tenth of a second; kept off the start path

    given = np.array([b"" if w is None else w for w in wkbs], dtype=object)
    read: Geometries = np.atleast_1d(shapely.from_wkb(given, on_invalid="ignore"))
    read[shapely.is_empty(read)] = None
    return read


def to_shapes(geometries: Geometries, kinds: frozenset[int]) -> tuple[Shapes, I32]:
    """Return polygons or lines as shapes, with the index each feature had in ``geometries``; others are left out.

    All must be one of ``POLYGONS`` or all of ``LINES``.
    """
    import shapely  # noqa: PLC0415 - as above

    types = shapely.get_type_id(geometries)
    kept = np.flatnonzero(is_one_of(types, kinds)).astype(np.int32)
    if not len(kept):
        return no_shapes(), kept
    closed = kinds == POLYGONS
    singles, feature_of = shapely.get_parts(geometries[kept], return_index=True)
    if closed:
        singles, single_of = shapely.get_rings(singles, return_index=True)
        feature_of = feature_of[single_of]
    coords = shapely.get_coordinates(singles)
    starts, parts = _ends(shapely.get_num_coordinates(singles)), _ends(np.bincount(feature_of, minlength=len(kept)))
    lon, lat = coords[:, 0], coords[:, 1]
    sound = np.isfinite(lon) & np.isfinite(lat)
    x, y = to_plane_arrays(np.where(sound, lon, 0.0), np.where(sound, lat, 0.0))
    origin = (float((x.min() + x.max()) / 2), float((y.min() + y.max()) / 2))
    return _pack(x - origin[0], y - origin[1], starts, parts, origin, closed=closed), kept


def rings_to_shapes(rings: Sequence[Sequence[tuple[float, float]]]) -> Shapes:
    """Return lines, or the open rings of areas, given as points in degrees: one feature each."""
    if not rings:
        return no_shapes()
    coords = np.array([spot for ring in rings for spot in ring], np.float64)
    starts = _ends(np.array([len(ring) for ring in rings]))
    x, y = to_plane_arrays(coords[:, 0], coords[:, 1])
    origin = (float((x.min() + x.max()) / 2), float((y.min() + y.max()) / 2))
    return _pack(x - origin[0], y - origin[1], starts, np.arange(len(rings) + 1), origin, closed=False)


def is_one_of(types: npt.NDArray[np.integer[Any]], kinds: frozenset[int]) -> npt.NDArray[np.bool_]:
    """Return which types are among a few kinds. (``np.isin`` would import ``numpy.ma``, as ``np.unique`` does.)"""
    found = np.zeros(len(types), bool)
    for kind in kinds:
        found |= types == kind
    return found


def _ends(counts: npt.NDArray[Any]) -> npt.NDArray[np.int64]:
    """Return where runs of so many start, and where the last one ends."""
    return np.concatenate(([0], np.cumsum(counts, dtype=np.int64)))


LABEL_ROOM = 0.45
"""A centroid closer to the border than this share of the radius of a round area is no place for a label."""


def _pack(
    x: npt.NDArray[np.float64],
    y: npt.NDArray[np.float64],
    starts: npt.NDArray[np.int64],
    parts: npt.NDArray[np.int64],
    origin: tuple[float, float],
    *,
    closed: bool,
) -> Shapes:
    if closed:  # drop the point that repeats the first of its ring
        keep = np.ones(len(x), bool)
        keep[starts[1:] - 1] = False
        x, y = x[keep], y[keep]
        starts = starts - np.arange(len(starts))
    first = starts[parts[:-1]]
    boxes = np.column_stack(
        [
            np.minimum.reduceat(x, first),
            np.minimum.reduceat(y, first),
            np.maximum.reduceat(x, first),
            np.maximum.reduceat(y, first),
        ]
    )
    return Shapes(
        np.ascontiguousarray(x, np.float32),
        np.ascontiguousarray(y, np.float32),
        np.ascontiguousarray(starts, np.int32),
        np.ascontiguousarray(parts, np.int32),
        np.ascontiguousarray(boxes, np.float32),
        origin,
    )


def inner_points(geometries: Geometries) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Return a plane point well inside each area, for its label.

    The centroid, or the middle of the largest circle inside where the centroid lies outside or close to the border.
    """
    import shapely  # noqa: PLC0415 - as above

    middle = shapely.centroid(geometries)
    wanted = LABEL_ROOM * np.sqrt(shapely.area(geometries) / np.pi)
    room = np.where(shapely.contains(geometries, middle), shapely.distance(middle, shapely.boundary(geometries)), -1.0)
    tight = np.flatnonzero(room < wanted)
    if len(tight):
        areas = np.asarray(geometries, object)[tight]
        circles = shapely.maximum_inscribed_circle(areas, tolerance=np.sqrt(shapely.area(areas)) / 40 + 1e-9)
        middle = np.asarray(middle, object)
        middle[tight] = shapely.get_point(circles, 0)
    return to_plane_arrays(shapely.get_x(middle), shapely.get_y(middle))


def contains(shapes: Shapes, feature: int, x: float, y: float) -> bool:
    """Return whether a plane point lies inside an area (odd-even over all its rings)."""
    lx, ly = x - shapes.origin[0], y - shapes.origin[1]
    inside = False
    for r in range(int(shapes.parts[feature]), int(shapes.parts[feature + 1])):
        a, b = int(shapes.rings[r]), int(shapes.rings[r + 1])
        xs, ys = shapes.xs[a:b].astype(np.float64), shapes.ys[a:b].astype(np.float64)
        px, py = np.roll(xs, 1), np.roll(ys, 1)
        crosses = (ys > ly) != (py > ly)
        with np.errstate(divide="ignore", invalid="ignore"):
            at = (px - xs) * (ly - ys) / (py - ys) + xs
        inside ^= bool(np.count_nonzero(crosses & (lx < at)) & 1)
    return inside


def feature_at(shapes: Shapes, x: float, y: float) -> int | None:
    """Return the last area that holds a plane point (the one drawn on top), or None."""
    for feature in shapes.visible((x, y, x, y))[::-1]:
        if contains(shapes, int(feature), x, y):
            return int(feature)
    return None


def outer_edge_at(shapes: Shapes, lon: float, lat: float, most: int) -> tuple[tuple[float, float], ...]:
    """Return the outer edge of the largest part of the area at a place, in degrees, open, of ``most`` points at most.

    Empty where no area is there.
    """
    index = feature_at(shapes, *to_plane(lon, lat))
    if index is None:
        return ()
    rings = []
    for ring in range(int(shapes.parts[index]), int(shapes.parts[index + 1])):
        a, b = int(shapes.rings[ring]), int(shapes.rings[ring + 1])
        xs, ys = shapes.xs[a:b].astype(np.float64), shapes.ys[a:b].astype(np.float64)
        rings.append((abs(float(np.dot(xs, np.roll(ys, 1)) - np.dot(ys, np.roll(xs, 1)))), xs, ys))
    _, xs, ys = max(rings, key=lambda one: one[0])
    step = -(-len(xs) // most)
    spots = [
        to_degrees(x + shapes.origin[0], y + shapes.origin[1])
        for x, y in zip(xs[::step].tolist(), ys[::step].tolist(), strict=True)
    ]
    return tuple(spots[:-1] if spots[0] == spots[-1] else spots)


def shared_borders(shapes: Shapes) -> Shapes:
    """Return the borders of areas as lines, each border once: what two areas share is not drawn twice.

    Neighbours follow one another, so that those drawn together lie together in memory, on the frame too.
    """
    if not len(shapes):
        return no_shapes()
    counts = np.diff(shapes.rings)
    following = np.arange(len(shapes.xs), dtype=np.int64) + 1
    ends = shapes.rings[1:][counts > 0] - 1
    following[ends] = shapes.rings[:-1][counts > 0]
    points = np.stack([shapes.xs, shapes.ys], axis=1).view(np.int64).ravel()
    _, ids = np.unique(points, return_inverse=True)
    a, b = ids, ids[following]
    key = np.minimum(a, b).astype(np.int64) * (int(ids.max()) + 1) + np.maximum(a, b)
    _, first = np.unique(key, return_index=True)
    keep = np.zeros(len(key), bool)
    keep[first] = True
    keep &= a != b
    lines = _runs(shapes, keep, following)
    return lines.chosen(by_place(lines))


PLACES = 48
"""Bands across and down that neighbours are told by."""


def by_place(shapes: Shapes) -> npt.NDArray[np.intp]:
    """Return an order in which features near one another follow one another, as what is drawn of them does."""
    if not len(shapes):
        return np.empty(0, np.intp)
    x, y = shapes.boxes[:, 0], shapes.boxes[:, 1]
    side = max(float(np.ptp(x)), float(np.ptp(y)), 1.0) / PLACES
    return np.lexsort((x, np.floor(x / side), np.floor(y / side)))


def _runs(shapes: Shapes, keep: npt.NDArray[np.bool_], following: npt.NDArray[np.int64]) -> Shapes:
    """Return the kept steps (point i to ``following[i]``) joined into lines as long as they follow one another."""
    steps = np.flatnonzero(keep)
    breaks = np.ones(len(steps), bool)
    breaks[1:] = following[steps[:-1]] != steps[1:]
    run_of = np.cumsum(breaks) - 1
    runs = int(run_of[-1]) + 1 if len(steps) else 0
    lengths = np.bincount(run_of, minlength=runs) + 1
    starts = np.r_[0, np.cumsum(lengths)].astype(np.int64)
    picked = np.empty(int(starts[-1]), np.int64)
    picked[np.arange(len(steps)) + run_of] = steps
    last = np.flatnonzero(np.r_[breaks[1:], True]) if runs else np.empty(0, np.int64)
    picked[starts[1:] - 1] = following[steps[last]]
    x, y = shapes.xs[picked].astype(np.float64), shapes.ys[picked].astype(np.float64)
    return _pack(x, y, starts, np.arange(runs + 1), shapes.origin, closed=False)
