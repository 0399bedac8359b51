"""The addresses of the fictional town: each building has a number, of the named road it stands at or of its village."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

import numpy as np
import shapely

from domain.places import Division, DivisionLevel
from domain.wire import ImportedAddress
from simulator.making.roads import Road

FARTHEST_M = 60.0
"""A building further than that from every named road has no number."""
SOURCE = "synthetic"


def make_addresses(
    name: str, divisions: Sequence[Division], roads: Sequence[Road], buildings: Sequence[Any], degrees: Any
) -> tuple[ImportedAddress, ...]:
    """Return an address for each building. Roads and buildings are in metres; ``degrees`` turns metres into degrees.

    Numbers run along a named road, odd on its left, even on its right; away from those a village counts its houses.
    """
    named = [road for road in roads if road.name]
    if not named or not buildings:
        return ()
    lines = np.array([road.line for road in named], object)
    spots = shapely.centroid(np.array(buildings, object))
    which, nearest = shapely.STRtree(lines).query_nearest(spots, max_distance=FARTHEST_M, all_matches=False)
    at = shapely.get_coordinates(degrees(spots))
    villages = _village_of(divisions, at)
    apart = [(False, i, -1) for i in sorted(set(range(len(spots))) - set(which.tolist())) if villages[i] is not None]
    last: dict[tuple[str, str, bool], int] = defaultdict(int)
    found = []
    for left, i, road in [*_along(spots, lines, which.tolist(), nearest.tolist()), *apart]:
        village, street = villages[i], "" if road < 0 else named[road].name
        where = f"{name}{'' if village is None else village.name}"
        side = where, street, left
        last[side] += 1
        number = last[side] if road < 0 else 2 * last[side] - left
        lon, lat = (round(float(v), 6) for v in at[i])
        code, division = f"{'' if village is None else village.code}A{i:05d}", "" if village is None else village.code
        found.append(ImportedAddress(code, f"{where}{street}{number}号", lon, lat, division, SOURCE))
    return tuple(found)


def _along(spots: Any, lines: Any, which: list[int], nearest: list[int]) -> list[tuple[bool, int, int]]:
    """Return side (whether the left one), building and road of each building at a road, in the order of walking."""
    walked = []
    for i, road in zip(which, nearest, strict=True):
        along = float(shapely.line_locate_point(lines[road], spots[i]))
        walked.append((road, along, i, _is_left(lines[road], spots[i], along)))
    return [(left, i, road) for road, _, i, left in sorted(walked)]


def _is_left(line: Any, spot: Any, along: float) -> bool:
    before = shapely.get_coordinates(shapely.line_interpolate_point(line, max(0.0, along - 1.0)))[0]
    after = shapely.get_coordinates(shapely.line_interpolate_point(line, along + 1.0))[0]
    x, y = shapely.get_coordinates(spot)[0] - before
    forward = after - before
    return bool(forward[0] * y - forward[1] * x > 0)


def _village_of(divisions: Sequence[Division], at: Any) -> list[Division | None]:
    villages = [d for d in divisions if d.level is DivisionLevel.VILLAGE and d.wkb is not None]
    held: list[Division | None] = [None] * len(at)
    if villages:
        tree = shapely.STRtree(shapely.from_wkb([d.wkb for d in villages]))
        for i, j in tree.query(shapely.points(at), predicate="intersects").T.tolist():
            held[i] = held[i] or villages[j]
    return held
