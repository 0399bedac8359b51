"""The duty log from the service: page by page, up to a bound."""

from datetime import datetime

from client.transport import Transport, decode_apart
from domain.change import Change
from domain.wire_log import LogPage


async def fetch_log(line: Transport, since: datetime, most: int) -> list[Change]:
    """Return what happened since a moment as far as one may see it, oldest first: the last ``most`` changes of it."""
    found: list[Change] = []
    after, first = 0, True
    while True:
        params = {"after": after, "since": since.isoformat() if first else None}
        page = await decode_apart(await line.exchange("GET", "/v1/log", params=params), LogPage)
        found += page.changes
        del found[:-most]
        if page.whole or (page.upto <= after and not first):
            return found
        after, first = page.upto, False
