"""Keeping the grids over one line: the calls of ``domain.wire_grids``. Every refusal is a ``Fault``."""

from collections.abc import Callable, Sequence
from urllib.parse import quote

from client.transport import MSGPACK, Transport, decode_apart, encode
from domain.wire_admin import Done
from domain.wire_grids import (
    MOST_ROWS,
    DraftGrid,
    DraftPart,
    DraftState,
    GridDifference,
    GridPublishing,
    GridRepublishing,
    GridVersions,
)

LONG_READ_S = 90.0
PART_BYTES = 8 * 1024 * 1024


class GridCalls:
    """The mesh of grids of one service."""

    def __init__(self, line: Transport) -> None:
        self._line = line

    async def send_draft(self, draft: str, grids: Sequence[DraftGrid], sent: Callable[[int], None]) -> None:
        """Send a draft in parts; ``sent`` is told how many have arrived. May be sent again under the same name."""
        path = f"/v1/admin/grids/drafts/{quote(draft, safe='')}"
        at = 0
        while at < len(grids):
            part: list[DraftGrid] = []
            size = 0
            while at < len(grids) and len(part) < MOST_ROWS and (not part or size < PART_BYTES):
                part.append(grids[at])
                size += len(grids[at].wkb)
                at += 1
            reply = await self._line.exchange(
                "POST", path, body=encode(DraftPart(tuple(part))), content_type=MSGPACK, read_timeout=LONG_READ_S
            )
            await decode_apart(reply, DraftState)
            sent(at)

    async def difference(self, draft: str) -> GridDifference:
        """Return what publishing a draft would alter."""
        path = f"/v1/admin/grids/drafts/{quote(draft, safe='')}/difference"
        return await decode_apart(await self._line.exchange("GET", path, read_timeout=LONG_READ_S), GridDifference)

    async def publish(self, draft: str, asked: GridPublishing, *, key: str) -> Done:
        """Put a draft in force."""
        path = f"/v1/admin/grids/drafts/{quote(draft, safe='')}/publish"
        reply = await self._line.exchange("POST", path, body=encode(asked), key=key, read_timeout=LONG_READ_S)
        return await decode_apart(reply, Done)

    async def versions(self) -> GridVersions:
        """Return the kept versions, newest first."""
        return await decode_apart(await self._line.exchange("GET", "/v1/admin/grids/versions"), GridVersions)

    async def republish(self, version: int, asked: GridRepublishing, *, key: str) -> Done:
        """Put an earlier version in force again."""
        path = f"/v1/admin/grids/versions/{version}/republish"
        reply = await self._line.exchange("POST", path, body=encode(asked), key=key, read_timeout=LONG_READ_S)
        return await decode_apart(reply, Done)
