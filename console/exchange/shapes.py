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


def area_wkb(geometry: Any) -> bytes:
    """Return a (multi)polygon as WKB. Raises ``Fault``: none, not an area, out of range, too large."""
    if geometry is None or geometry.is_empty:
        raise invalid("area_missing")
    if geometry.geom_type not in ("Polygon", "MultiPolygon"):
        raise invalid("not_an_area", found=geometry.geom_type)
    bounds = np.asarray(geometry.bounds)
    if not np.isfinite(bounds).all() or not (
        -180 <= bounds[0] <= bounds[2] <= 180 and -90 <= bounds[1] <= bounds[3] <= 90
    ):
        raise invalid("coordinates_out_of_range", lon=float(bounds[0]), lat=float(bounds[1]))
    wkb: bytes = shapely.to_wkb(geometry, output_dimension=2)
    if len(wkb) > MAX_WKB:
        raise invalid("area_too_large", size=len(wkb), limit=MAX_WKB)
    return wkb
