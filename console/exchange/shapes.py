"""Coordinates at the door: everything comes to WGS-84 degrees.

CGCS2000 (EPSG:4490) is taken as the same: the two differ by centimetres. GCJ-02 and BD-09 are never named by a file,
which will say WGS-84 of them; where whoever imports declares one, it is undone on top of what the file names.
"""

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any

import numpy as np
import shapely

from domain.coordinates import System, system_named, to_wgs84
from domain.coordinates.systems import SWAPPED, WGS84, check_plane
from domain.faults import invalid
from domain.places import check_lon_lat
from domain.wire import MAX_WKB

MOST_ALTERED = 0.001
"""Share of its area by which a repair may alter an area."""

Move = Callable[[Any, Any], tuple[Any, Any]]
"""Two arrays, x before y, to lon and lat."""


def shapes_to_wgs84(geometries: Sequence[Any], named: str | None, declared: str | None) -> list[Any]:
    """Return the geometries in WGS-84 degrees, lon before lat.

    ``named`` is the system the file names, ``declared`` the one said by whoever imports it: it counts where the file
    names none, and where it is a shift no file can name. Raises ``Fault('crs_unknown')``.
    """
    moved = list(geometries)
    for move in moves(named, declared):
        moved = [geometry and shapely.transform(geometry, _on_pairs(move)) for geometry in moved]
    return moved


def place_to_wgs84(x: float, y: float, declared: str | None) -> tuple[float, float]:
    """Return lon and lat of one place of a table: x is lon or easting. Raises ``Fault``: no such system or place."""
    if declared is not None and declared.startswith(SWAPPED):
        x, y, declared = y, x, declared.removeprefix(SWAPPED)
    system = None if declared is None else system_named(declared)
    if system is not None and system.is_plane:
        check_plane(x, y, system)
    for move in moves(None, declared):
        lons, lats = move(np.array([x]), np.array([y]))
        x, y = float(lons[0]), float(lats[0])
    check_lon_lat(x, y)
    return x, y


@lru_cache(maxsize=32)
def moves(named: str | None, declared: str | None) -> tuple[Move, ...]:
    """Return what is to be done to coordinates, in order. Raises ``Fault('crs_unknown')``."""
    if declared is not None and declared.startswith(SWAPPED):
        return (_swap, *moves(named, declared.removeprefix(SWAPPED)))
    steps = [_move(named or declared or "EPSG:4326")]
    system = None if declared is None else system_named(declared)
    if named is not None and system is not None and system.is_shifted:
        steps.append(_ours(system))
    return tuple(step for step in steps if step is not None)


def _swap(x: Any, y: Any) -> tuple[Any, Any]:
    return y, x


def _on_pairs(move: Move) -> Callable[["np.ndarray[Any, Any]"], "np.ndarray[Any, Any]"]:
    def moved(xy: "np.ndarray[Any, Any]") -> "np.ndarray[Any, Any]":
        return np.column_stack(move(xy[:, 0], xy[:, 1]))

    return moved


def _ours(system: System) -> Move:
    def move(x: Any, y: Any) -> tuple[Any, Any]:
        with np.errstate(all="ignore"):  # what no plane holds comes out as not finite, and is refused as that
            return to_wgs84(x, y, system, np)

    return move


def _move(crs: str) -> Move | None:
    system = system_named(crs)
    if system is not None:
        return None if system == WGS84 else _ours(system)
    from pyproj import CRS, Transformer  # noqa: PLC0415 - its database loads only where it is needed
    from pyproj.exceptions import CRSError  # noqa: PLC0415

    try:
        source = CRS.from_user_input(crs)
    except CRSError:
        raise invalid("crs_unknown", crs=crs[:100]) from None
    if source.is_geographic and source.to_epsg(min_confidence=20) in (4326, 4490):
        return None
    transformer = Transformer.from_crs(source, CRS.from_epsg(4326), always_xy=True)

    def move(x: Any, y: Any) -> tuple[Any, Any]:
        lon, lat = transformer.transform(x, y)
        return lon, lat

    return move


def sound_area(geometry: Any) -> tuple[Any, bool]:
    """Return a (multi)polygon that is valid, and whether it had to be repaired.

    Rounded coordinates make rings touch or cross themselves by a hair; those are mended. Where mending would alter the
    area by more than a thousandth nobody can know what was meant. Raises ``Fault``: none, not an area, beyond repair.
    """
    if geometry is None or geometry.is_empty:
        raise invalid("area_missing")
    if geometry.geom_type not in ("Polygon", "MultiPolygon"):
        raise invalid("not_an_area", found=shape_word(geometry))
    if geometry.is_valid:
        return geometry, False
    place = str(shapely.is_valid_reason(geometry)).partition("[")[2].rstrip("]")[:60]
    mended = shapely.make_valid(geometry, method="structure", keep_collapsed=False)
    altered = abs(mended.area - geometry.area)
    if mended.geom_type not in ("Polygon", "MultiPolygon") or not altered <= MOST_ALTERED * mended.area:
        raise invalid("area_beyond_repair", place=place or "?")
    return mended, True


def shape_word(geometry: Any) -> str:
    """Return the word of the kind of a shape: faults say it in the reader's language."""
    return f"shape.{geometry.geom_type.lower()}"


def are_degrees(bounds: Sequence[float]) -> bool:
    """Return whether what lies within bounds (west, south, east, north) has a place in degrees."""
    west, south, east, north = bounds
    return bool(np.isfinite(bounds).all()) and -180 <= west <= east <= 180 and -90 <= south <= north <= 90


def area_wkb(geometry: Any) -> bytes:
    """Return a sound (multi)polygon as WKB. Raises ``Fault``: out of range, too large."""
    bounds = geometry.bounds
    if not are_degrees(bounds):
        raise invalid("coordinates_out_of_range", lon=float(bounds[0]), lat=float(bounds[1]))
    wkb: bytes = shapely.to_wkb(geometry, output_dimension=2)
    if len(wkb) > MAX_WKB:
        raise invalid("area_too_large", size=len(wkb), limit=MAX_WKB)
    return wkb
