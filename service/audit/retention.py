"""How long things stay: one table with bounds. What is not in it (the log, signed heads, keys) is never let go.

Days are counted on the town's clock where the data carries the town's time, and in real time elsewhere.
"""

from datetime import datetime, timedelta
from enum import StrEnum

import msgspec
from sqlalchemy import Connection

from domain.faults import invalid, not_found
from domain.wire_audit import Keeping
from service.store import reads

META_RETENTION = "retention"


class Kept(StrEnum):
    """A class of data that is let go after some days; said to people by ``retention.<value>``."""

    POSITIONS = "positions"  # where the room's own people and vehicles were
    IMPORTED_FIXES = "imported_fixes"  # past fixes of made-up units
    IDEMPOTENCY_KEYS = "idempotency_keys"
    SESSIONS = "sessions"  # tokens that have expired
    UNUSED_PHOTOS = "unused_photos"  # sent, and named by no change since
    READINGS = "readings"  # what sensors and cameras said
    CONTACTS = "contacts"  # of cases that have ended, counted from their last change
    CASES = "cases"  # the words of cases that have ended; number, states, times and places stay


class Bounds(msgspec.Struct, frozen=True):
    """The standard number of days, and the fewest and the most that may be set."""

    standard: int
    least: int
    most: int


TABLE: dict[Kept, Bounds] = {
    Kept.POSITIONS: Bounds(7, 1, 30),
    Kept.IMPORTED_FIXES: Bounds(365, 1, 3650),
    Kept.IDEMPOTENCY_KEYS: Bounds(8, 7, 90),
    Kept.SESSIONS: Bounds(30, 1, 365),
    Kept.UNUSED_PHOTOS: Bounds(7, 1, 90),
    Kept.READINGS: Bounds(7, 1, 90),
    Kept.CONTACTS: Bounds(365, 30, 3650),
    Kept.CASES: Bounds(3650, 1095, 36_500),
}


def settings(connection: Connection) -> dict[Kept, int]:
    """Return the days of every class as they are set now."""
    kept = reads.meta(connection, META_RETENTION)
    altered = {} if kept is None else msgspec.json.decode(kept, type=dict[str, int])
    return {name: altered.get(name.value, bounds.standard) for name, bounds in TABLE.items()}


def check_kept(connection: Connection, name: Kept, since: datetime, now: datetime) -> None:
    """Raise ``Fault('not_kept_so_long')`` for a moment whose data of this class has been let go."""
    days = settings(connection)[name]
    if since < now - timedelta(days=days):
        raise invalid("not_kept_so_long", days=days)


def shown(connection: Connection) -> tuple[Keeping, ...]:
    """Return the table as the wire says it."""
    days = settings(connection)
    return tuple(Keeping(n.value, days[n], b.least, b.most, b.standard) for n, b in TABLE.items())


def parse_class(name: str) -> Kept:
    """Return the class of a name. Raises ``Fault('unknown_retention')``."""
    if name not in list(Kept):
        raise not_found("unknown_retention", name=name[:40])
    return Kept(name)


def check_days(name: Kept, days: int) -> None:
    """Raise ``Fault('retention_out_of_bounds')`` for days that may not be set."""
    bounds = TABLE[name]
    if not bounds.least <= days <= bounds.most:
        raise invalid("retention_out_of_bounds", low=bounds.least, high=bounds.most)
