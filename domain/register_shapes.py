"""What the bodies of the register are made of: places, lines, areas, names, each bounded; and what is asked of many."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from domain.faults import invalid
from domain.places import Lat, Lon

MAX_POINTS = 2_000
"""Points of one line or one area."""
MAX_NOTE = 2_000

Spot = tuple[Lon, Lat]
"""lon, lat in degrees."""
Path = Annotated[tuple[Spot, ...], Meta(min_length=2, max_length=MAX_POINTS)]
Ring = Annotated[tuple[Spot, ...], Meta(min_length=3, max_length=MAX_POINTS)]
"""The edge of an area, not closed: its last point is joined to its first."""
Name = Annotated[str, Meta(min_length=1, max_length=100)]
Note = Annotated[str, Meta(max_length=MAX_NOTE)]
Short = Annotated[str, Meta(max_length=100)]
Metres = Annotated[float, Meta(gt=0, le=100_000)]
Degrees = Annotated[float, Meta(ge=0, lt=360)]


class Body(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The body of an entry. Subclasses say where it is and what types alone cannot check."""

    def check(self) -> None:
        """Raise ``Fault`` for what the types let through and cannot be."""

    def place(self) -> Spot | None:
        """Return a point of it, which says in which division it lies; None where it is nowhere."""
        return None


def check_moment(moment: datetime | None, argument: str) -> None:
    """Raise ``Fault`` for a moment that does not say where on earth it is meant."""
    if moment is not None and moment.tzinfo is None:
        raise invalid("moment_without_offset", argument=argument)


def check_span(since: datetime | None, until: datetime | None) -> None:
    """Raise ``Fault`` for a stretch of time that ends before it begins."""
    check_moment(since, "since")
    check_moment(until, "until")
    if since is not None and until is not None and until <= since:
        raise invalid("ends_before_it_begins")


def in_hours(start_min: int, end_min: int, minute: int) -> bool:
    """Return whether a minute of the day lies in hours that may run past midnight; the same twice is all day."""
    if start_min == end_min:
        return True
    if start_min < end_min:
        return start_min <= minute < end_min
    return minute >= start_min or minute < end_min


def in_span(since: datetime | None, until: datetime | None, now: datetime) -> bool:
    """Return whether a moment lies in a stretch of time, open where an end of it is None."""
    return (since is None or since <= now) and (until is None or now < until)


def differ(held: Mapping[str, Any], body: Mapping[str, Any], names: Iterable[str]) -> bool:
    """Return whether one of these fields of two bodies differs, however each of them was written down."""
    return any(_plain(held.get(name)) != _plain(body.get(name)) for name in names)


def _plain(value: Any) -> Any:
    return msgspec.json.decode(msgspec.json.encode(value))


def check_ring(ring: tuple[Spot, ...]) -> None:
    """Raise ``Fault`` for an area without an inside, or whose edge crosses itself."""
    if len(ring) <= CHECKED_POINTS and _crosses_itself(ring):  # first: what is crossed evenly has an area of nothing
        raise invalid("ring_crosses_itself")
    if len(set(ring)) < 3 or abs(_twice_area(ring)) < 1e-14:
        raise invalid("ring_without_inside")


CHECKED_POINTS = 400
"""Areas of more points are taken as they are: the check grows with the square."""


def _twice_area(ring: tuple[Spot, ...]) -> float:
    x0, y0 = ring[0]
    return sum(
        (ax - x0) * (by - y0) - (bx - x0) * (ay - y0)
        for (ax, ay), (bx, by) in zip(ring, (*ring[1:], ring[0]), strict=True)
    )


def _crosses_itself(ring: tuple[Spot, ...]) -> bool:
    edges = list(zip(ring, (*ring[1:], ring[0]), strict=True))
    count = len(edges)
    for i in range(count):
        for j in range(i + 2, count):
            if (i, j) != (0, count - 1) and _cross(*edges[i], *edges[j]):
                return True
    return False


def _cross(a: Spot, b: Spot, c: Spot, d: Spot) -> bool:
    """Whether the inner parts of two edges cross; edges that only touch do not."""
    return _side(a, b, c) * _side(a, b, d) < 0 and _side(c, d, a) * _side(c, d, b) < 0


def _side(a: Spot, b: Spot, p: Spot) -> float:
    return (b[0] - a[0]) * (p[1] - a[1]) - (b[1] - a[1]) * (p[0] - a[0])
