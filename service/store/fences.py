"""Questions about how things stand at geofences."""

import msgspec
from sqlalchemy import Connection, bindparam, select

from domain.fencing import Standing
from domain.ids import EntryId, ThingId
from domain.register import Entry, EntryKind, read_body
from domain.register_fence import FenceAlert
from service.store import tables as t
from service.store.register import entry_of, reporting

_decoder = msgspec.msgpack.Decoder(Standing)
_c = t.fence_standing.c
_ONE = select(_c.body).where(_c.fence == bindparam("fence"), _c.thing == bindparam("thing"))
_OLDEST = (
    select(t.entry.c.body)
    .where(t.entry.c.kind == EntryKind.FENCE_ALERT.value, t.entry.c.removed == 0)
    .order_by(t.entry.c.expires_at)
    .limit(bindparam("most"))
)


def standings(connection: Connection) -> list[tuple[EntryId, ThingId, Standing]]:
    """Return how everything stood when it was last kept."""
    rows = connection.execute(select(_c.fence, _c.thing, _c.body))
    return [(row.fence, row.thing, _decoder.decode(row.body)) for row in rows]


def standing(connection: Connection, fence: EntryId, thing: ThingId) -> Standing | None:
    """Return how one thing stood at one fence."""
    row = connection.execute(_ONE, {"fence": fence, "thing": thing}).first()
    return None if row is None else _decoder.decode(row.body)


def alerts(connection: Connection) -> list[FenceAlert]:
    """Return what fences have told, as far as it is in the register still."""
    bodies = (read_body(entry, FenceAlert) for entry in reporting(connection, (EntryKind.FENCE_ALERT,)))
    return [body for body in bodies if body is not None]


def oldest_alerts(connection: Connection, most: int) -> list[Entry]:
    """Return the alerts that would go first."""
    return [entry_of(row.body) for row in connection.execute(_OLDEST, {"most": most})]
