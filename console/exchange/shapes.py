"""Coordinates at the door: everything comes to WGS-84 degrees.

CGCS2000 (EPSG:4490) is taken as the same: the two differ by centimetres.
"""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import numpy as np
import shapely

from domain.faults import invalid
from domain.wire import MAX_WKB

MOST_ALTERED = 0.001
"""Share of its area by which a repair may alter an area."""
_SAME_AS_WGS84 = frozenset({"EPSG:4326", "EPSG:4490", "OGC:CRS84", "CRS84", "WGS84"})


def to_wgs84(geometries: Sequence[Any], crs: str) -> list[Any]:
    """Return the geometries in WGS-84 degrees, lon before lat. Raises ``Fault('crs_unknown')``."""
    change = _transformer(crs)
    if change is None:
        return list(geometries)

    def moved(xy: "np.ndarray[Any, Any]") -> "np.ndarray[Any, Any]":
        lon, lat = change.transform(xy[:, 0], xy[:, 1])
        return np.column_stack((lon, lat))

    return [geometry and shapely.transform(geometry, moved) for geometry in geometries]


@lru_cache(maxsize=16)
def _transformer(crs: str) -> Any:
    if crs.upper() in _SAME_AS_WGS84 or crs.upper().endswith(":CRS84"):
        return None
    from pyproj import CRS, Transformer  # noqa: PLC0415 - its database loads only where it is needed
    from pyproj.exceptions import CRSError  # noqa: PLC0415

    try:
        source = CRS.from_user_input(crs)
    except CRSError:
        raise invalid("crs_unknown", crs=crs[:100]) from None
    wgs84 = CRS.from_epsg(4326)
    if source.is_geographic and source.to_epsg(min_confidence=20) in (4326, 4490):
        return None
    return Transformer.from_crs(source, wgs84, always_xy=True)


def sound_area(geometry: Any) -> tuple[Any, bool]:
    """Return a (multi)polygon that is valid, and whether it had to be repaired.

    Rounded coordinates make rings touch or cross themselves by a hair; those are mended. Where mending would alter the
    area by more than a thousandth nobody can know what was meant. Raises ``Fault``: none, not an area, beyond repair.
    """
    if geometry is None or geometry.is_empty:
        raise invalid("area_missing")
    if geometry.geom_type not in ("Polygon", "MultiPolygon"):
        raise invalid("not_an_area", found=geometry.geom_type)
    if geometry.is_valid:
        return geometry, False
    reason = str(shapely.is_valid_reason(geometry))[:100]
    mended = shapely.make_valid(geometry, method="structure", keep_collapsed=False)
    altered = abs(mended.area - geometry.area)
    if mended.geom_type not in ("Polygon", "MultiPolygon") or not altered <= MOST_ALTERED * mended.area:
        raise invalid("area_beyond_repair", reason=reason)
    return mended, True


def area_wkb(geometry: Any) -> bytes:
    """Return a sound (multi)polygon as WKB. Raises ``Fault``: out of range, too large."""
    bounds = np.asarray(geometry.bounds)
    if not np.isfinite(bounds).all() or not (
        -180 <= bounds[0] <= bounds[2] <= 180 and -90 <= bounds[1] <= bounds[3] <= 90
    ):
        raise invalid("coordinates_out_of_range", lon=float(bounds[0]), lat=float(bounds[1]))
    wkb: bytes = shapely.to_wkb(geometry, output_dimension=2)
    if len(wkb) > MAX_WKB:
        raise invalid("area_too_large", size=len(wkb), limit=MAX_WKB)
    return wkb
