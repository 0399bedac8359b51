"""Where fixes lie at many fences: a search tree over their outer edges, then two tests of each fence near a fix.

Each fence has an area it is surely left outside of and one it is surely entered within, a band away on each side of
its edge. They are made in metres about its middle and kept in degrees. Where a fence is narrower than two bands, the
inner one is half as deep as the fence is, so that every fence can be entered.
"""

from collections.abc import Sequence
from functools import lru_cache
from math import cos, pi, radians
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from domain.fencing import Zone
from domain.places import EARTH_RADIUS_M
from domain.register_shapes import Spot

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

METRES_A_DEGREE = EARTH_RADIUS_M * pi / 180
AREA = 2
"""What has an area, by shapely's dimensions."""
ROUND = 8
"""Segments of a quarter circle around a corner of a fence."""

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


class FenceGround:
    """The areas of some fences, never altered. ``rings`` in degrees with the half width of the band, metres."""

    def __init__(self, rings: Sequence[tuple[Sequence[Spot], float]]) -> None:
        self._outer = self._inner = np.empty(0, dtype=object)
        if not rings:
            return
        import shapely  # noqa: PLC0415 - a quarter of a second that a service without fences need not pay

        pairs = [_areas(ring, band_m) for ring, band_m in rings]
        self._outer = np.array([outer for outer, _ in pairs], dtype=object)
        self._inner = np.array([inner for _, inner in pairs], dtype=object)
        shapely.prepare(self._outer)
        shapely.prepare(self._inner)
        self._tree: Any = shapely.STRtree(self._outer)

    def near(self, lons: Floats, lats: Floats) -> tuple[Ints, Ints, Ints]:
        """Return which fixes lie not surely outside which fences: fix, fence and zone, an array each, by fix."""
        if not len(self._outer) or not len(lons):
            none = np.empty(0, np.int64)
            return none, none, none
        import shapely  # noqa: PLC0415

        fixes, fences = self._tree.query(shapely.points(lons, lats))
        held = shapely.intersects_xy(self._outer[fences], lons[fixes], lats[fixes])
        fixes, fences = fixes[held], fences[held]
        inside = shapely.contains_xy(self._inner[fences], lons[fixes], lats[fixes])
        order = np.argsort(fixes, kind="stable")
        zones = np.where(inside, Zone.IN.value, Zone.EDGE.value)
        return fixes[order], fences[order], zones[order]


@lru_cache(maxsize=2_048)
def _areas(ring: Sequence[Spot], band_m: float) -> tuple["BaseGeometry", "BaseGeometry"]:
    """Return the area a band wider than a fence and the one a band narrower, in degrees.

    Kept, because one fence altered is no reason to make those of all others anew.
    """
    import shapely  # noqa: PLC0415

    degrees = np.array(ring)
    origin = degrees.mean(axis=0)
    metres = np.array([METRES_A_DEGREE * max(0.01, cos(radians(origin[1]))), METRES_A_DEGREE])
    valid: Any = shapely.make_valid(shapely.Polygon((degrees - origin) * metres))
    parts = shapely.get_parts(valid)
    area: Any = shapely.union_all(parts[shapely.get_dimensions(parts) == AREA])  # an edge may go out and back as a line
    inner = area.buffer(-band_m, quad_segs=ROUND)
    if inner.is_empty and not area.is_empty:
        deepest = shapely.maximum_inscribed_circle(area).length
        inner = area.buffer(-deepest / 2, quad_segs=ROUND)
    outer = area.buffer(band_m, quad_segs=ROUND)
    back = [shapely.transform(shape, lambda xy: xy / metres + origin) for shape in (outer, inner)]
    return back[0], back[1]
