"""What the live feed says and hears (docs/api/feed.md): MessagePack over WebSocket, JSON over Server-Sent Events.

``FeedMessage`` is what a reader hears, ``Said`` what it says. These are the messages of wire 3. Wire 2 has no
``Readings`` and no ``Viewers``, and skips changes of the register. Wire 1, besides, has ``Positions`` for ``Fixes``,
and no ``Bye``.
"""

from datetime import UTC, datetime, timedelta
from typing import Annotated

import msgspec

from domain.change import Change, Seq
from domain.clock import ServiceClock
from domain.ids import MAX_ID, AccountId, CaseNo, EntryId, ThingId
from domain.places import Lat, Lon, Position
from domain.reading import Reading
from domain.register import EntryKind
from domain.wire import WIRE

ALIVE_EVERY_S = 2.0
"""The service says at least this often where its log stands, whatever else it says."""
DEFAULT_RATE_HZ = 10
MOST_RATE_HZ = 50

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MS = timedelta(milliseconds=1)
_FIRST_MS = (datetime.min.replace(tzinfo=UTC) - _EPOCH) // _MS
_LAST_MS = (datetime.max.replace(tzinfo=UTC) - _EPOCH) // _MS


class Hello(msgspec.Struct, frozen=True, tag="hello"):
    """First message of a feed: where the log stands and which clock is in force.

    Numbers mean something only within their ``epoch``; a restored store begins another one. ``hears_open`` is there
    where the service takes ``Open`` from this reader; an earlier one of wire 3 would end the feed for it.
    """

    epoch: str
    head: Seq
    clock: ServiceClock
    wire: int = WIRE
    alive_every_s: float = ALIVE_EVERY_S
    hears_open: bool | msgspec.UnsetType = msgspec.UNSET


class Changes(msgspec.Struct, frozen=True, tag="changes"):
    """The next changes, in order and without holes (what is left out comes as ``Skip``)."""

    changes: tuple[Change, ...]


class Skip(msgspec.Struct, frozen=True, tag="skip"):
    """Numbers this reader may not see, ``first`` to ``last`` inclusive."""

    first: Seq
    last: Seq


class Fix(msgspec.Struct, frozen=True, array_like=True):
    """Where a thing is: an array, for there are many. ``at_ms`` is its time, milliseconds since 1970 UTC."""

    thing: ThingId
    lon: float
    lat: float
    at_ms: int
    speed_mps: float | None = None
    heading_deg: float | None = None
    accuracy_m: float | None = None


class Fixes(msgspec.Struct, frozen=True, tag="fixes"):
    """Latest fixes, coalesced per thing; telemetry, never replayed. ``gone`` are off shift or have left the view.

    With ``whole`` every thing that is not named here or in the following messages is gone.
    """

    fixes: tuple[Fix, ...]
    gone: tuple[ThingId, ...] = ()
    whole: bool = False


class Positions(msgspec.Struct, frozen=True, tag="positions"):
    """Wire 1: latest fixes, coalesced per thing."""

    positions: tuple[Position, ...]
    gone: tuple[ThingId, ...] = ()


class KeepAlive(msgspec.Struct, frozen=True, tag="alive"):
    """Everything up to ``head`` was sent before this: whoever has less has lost something on the way."""

    head: Seq
    at: datetime


class Resync(msgspec.Struct, frozen=True, tag="resync"):
    """The feed cannot be resumed from the number asked for: fetch a snapshot. ``reason`` is a fault key."""

    reason: str


class Bye(msgspec.Struct, frozen=True, tag="bye"):
    """Why the service ends the feed (a fault key), and how long to wait before opening it again, seconds."""

    reason: str
    retry_after_s: float


class Readings(msgspec.Struct, frozen=True, tag="readings"):
    """Wire 3: the latest readings of sensors and cameras, at most twice a second; telemetry, never replayed.

    ``gone`` (register, id) have none any more. With ``whole`` nothing but these has one, and those in the following
    messages.
    """

    readings: tuple[Reading, ...]
    gone: tuple[tuple[EntryKind, EntryId], ...] = ()
    whole: bool = False


class CaseViewers(msgspec.Struct, frozen=True, array_like=True):
    """Who of the room has a case open now, by account; nobody where it is empty."""

    case_no: CaseNo
    accounts: tuple[AccountId, ...]


class Viewers(msgspec.Struct, frozen=True, tag="viewers"):
    """Wire 3: who of the room has which case open now, told to those alone who said ``Open``; never kept.

    With ``whole`` nobody has any other case open.
    """

    cases: tuple[CaseViewers, ...]
    whole: bool = False


FeedMessage = Hello | Changes | Skip | Fixes | Readings | Viewers | KeepAlive | Resync | Bye


class ViewBox(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a map shows, degrees. Raises ValueError (on decoding ``msgspec.ValidationError``) for a box inside out."""

    west: Lon
    south: Lat
    east: Lon
    north: Lat

    def __post_init__(self) -> None:
        if not (self.west <= self.east and self.south <= self.north):
            raise ValueError("west is not east of east, nor south north of north")

    def holds(self, lon: float, lat: float) -> bool:
        """Return whether a place lies in the box, its edge included."""
        return self.west <= lon <= self.east and self.south <= lat <= self.north

    def widened(self, share: float) -> "ViewBox":
        """Return the box with a margin of ``share`` of its width and height on each side."""
        x, y = (self.east - self.west) * share, (self.north - self.south) * share
        return ViewBox(
            max(-180.0, self.west - x), max(-90.0, self.south - y), min(180.0, self.east + x), min(90.0, self.north + y)
        )


class Look(msgspec.Struct, frozen=True, tag="look", forbid_unknown_fields=True):
    """What a reader wants of the telemetry: only what is in ``view`` (None: everything), ``rate_hz`` times a second."""

    view: ViewBox | None = None
    rate_hz: Annotated[int, msgspec.Meta(ge=1, le=MOST_RATE_HZ)] = DEFAULT_RATE_HZ


class Open(msgspec.Struct, frozen=True, tag="open", forbid_unknown_fields=True):
    """Which case a colleague of the room has open, None for none; from the first on ``Viewers`` are told to it."""

    case_no: Annotated[CaseNo, msgspec.Meta(min_length=1, max_length=MAX_ID)] | None = None


Said = Look | Open


def fix_of(position: Position) -> Fix:
    """Return a position as the feed says it."""
    return Fix(
        position.thing,
        position.lon,
        position.lat,
        (position.fixed_at - _EPOCH) // _MS,
        position.speed_mps,
        position.heading_deg,
        position.accuracy_m,
    )


def has_a_time(fix: Fix) -> bool:
    """Return whether a fix is of a time a calendar knows."""
    return _FIRST_MS <= fix.at_ms <= _LAST_MS


def position_of(fix: Fix) -> Position:
    """Return what a fix says as a position. Raises OverflowError for a time no calendar knows: see ``has_a_time``."""
    return Position(
        fix.thing,
        fix.lon,
        fix.lat,
        _EPOCH + timedelta(milliseconds=fix.at_ms),
        fix.speed_mps,
        fix.heading_deg,
        fix.accuracy_m,
    )
