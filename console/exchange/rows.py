"""What a record becomes before it is sent: the row on the wire, or the fault that keeps it here."""

from math import isfinite
from typing import Generic, TypeVar

import msgspec

from console.exchange.table import Record
from domain.faults import Fault, FaultKind, invalid
from domain.places import check_lon_lat
from domain.wire import ImportedAddress, ImportedCase, ImportedDivision, ImportedFix, ImportedGrid

R_co = TypeVar("R_co", ImportedAddress, ImportedCase, ImportedGrid, ImportedDivision, ImportedFix, covariant=True)


class Row(msgspec.Struct, Generic[R_co]):
    """A record and what it becomes. ``before`` are rows it rests on (a village's township), sent first, not counted.

    Exactly one of ``wire`` and ``fault`` is set. ``counts_as`` is the line that counts in its place: it is a double and
    not sent. ``far_m`` is how far off the town it lies, where that is far.
    """

    record: Record
    wire: R_co | None = None
    before: tuple[R_co, ...] = ()
    fault: Fault | None = None
    counts_as: int | None = None
    far_m: float | None = None


def bounded(field: str, text: str, most: int, *, least: int = 0) -> str:
    """Return the text where its length is within bounds, else raise the fault of its field."""
    if len(text) < least:
        raise invalid("value_missing", field=field)
    if len(text) > most:
        raise Fault(FaultKind.TOO_LARGE, "value_too_long", field=field, length=len(text), limit=most)
    if any(ord(c) < 32 and c not in "\t\r\n" for c in text):
        raise invalid("value_has_control_characters", field=field)
    return text


def place(lon_text: str, lat_text: str, crs: str | None = None) -> tuple[float | None, float | None]:
    """Return a record's place in WGS-84, (None, None) where it gives none. In a plane, lon is easting, lat northing."""
    if not lon_text and not lat_text:
        return None, None
    if not lon_text or not lat_text:
        raise invalid("place_incomplete")
    lon, lat = _number(lon_text), _number(lat_text)
    if crs is None:
        check_lon_lat(lon, lat)
        return lon, lat
    from console.exchange.shapes import place_to_wgs84  # noqa: PLC0415 - only where a system was declared

    return place_to_wgs84(lon, lat, crs)


def read_coordinate(field: str, text: str | None) -> float:
    """Return the number a field of a place holds. Raises ``Fault``: there is none, or it is none."""
    if not text:
        raise invalid("value_missing", field=field[:40])
    return _number(text)


def _number(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        raise invalid("coordinate_unreadable", value=text[:40]) from None
    if not isfinite(value):
        raise invalid("coordinate_unreadable", value=text[:40])
    return value
