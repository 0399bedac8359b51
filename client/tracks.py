"""Where one of the room's own was: the logged history of positions, read for a stated reason that is logged first."""

from datetime import datetime
from urllib.parse import quote

from client.transport import Transport, decode_apart
from domain.ids import ThingId
from domain.wire import Track, TrackPoint

MOST_PAGES = 10
"""Pages of one reading; beyond that the stretch is to be chosen shorter."""


async def read_track(
    line: Transport, thing: ThingId, reason: str, since: datetime, until: datetime
) -> tuple[TrackPoint, ...]:
    """Return where a person or vehicle of the room was. Each page that is fetched is logged with the reason.

    Raises ``Fault``: who may not, an unknown thing, no reason, too long a stretch.
    """
    points: list[TrackPoint] = []
    begins: datetime | None = since
    for _ in range(MOST_PAGES):
        if begins is None:
            break
        params = {"reason": reason, "since": begins.isoformat(), "until": until.isoformat()}
        path = f"/v1/positions/{quote(thing, safe='')}/track"
        page = await decode_apart(await line.exchange("GET", path, params=params), Track)
        points += page.points
        begins = page.after
    return tuple(points)
