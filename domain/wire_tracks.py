"""Where everything on shift was, read at once to be played back: ``GET /v1/tracks``."""

from datetime import datetime

import msgspec

from domain.change import Seq
from domain.ids import ThingId


class ThingTrack(msgspec.Struct, frozen=True):
    """Where one thing was, oldest first: whole seconds after the stretch began, lon, lat; of one length."""

    thing: ThingId
    at_s: tuple[int, ...]
    lons: tuple[float, ...]
    lats: tuple[float, ...]


class TrackSheaf(msgspec.Struct, frozen=True):
    """The tracks of a stretch, up to ``until``; ``since`` of the next page, None where that was all.

    ``reading`` is the change that logged who looked and why; given back with the next page it is not logged again.
    """

    since: datetime
    until: datetime
    reading: Seq
    tracks: tuple[ThingTrack, ...]
    after: datetime | None = None
