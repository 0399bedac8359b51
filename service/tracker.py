"""Where things are: the latest fix of everything on shift, and nothing older. Telemetry, never in the log.

Event loop only. Off shift nobody has a position: their fix is refused, and a kept one is dropped.
"""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from msgspec.structs import replace

from domain.faults import conflict, invalid
from domain.ids import ThingId
from domain.places import Position
from service.world import World

MAX_AHEAD = timedelta(minutes=5)
MAX_BEHIND = timedelta(hours=12)
MOST_THINGS = 300_000


class Tracker:
    """The latest fixes. ``drain`` hands over what changed since it was last called."""

    def __init__(self, kept: Iterable[Position] = ()) -> None:
        self.latest: dict[ThingId, Position] = {p.thing: p for p in kept}
        self._fresh: set[ThingId] = set()
        self._gone: set[ThingId] = set()
        self._unsaved: set[ThingId] = set()

    def take(self, positions: Iterable[Position], world: World, now: datetime) -> int:
        """Take a batch: all of it, or none where one thing in it is refused. Returns how many were news."""
        checked = [_checked(position, world, now) for position in positions]
        return self.put(checked)

    def put(self, positions: Iterable[Position]) -> int:
        """Keep fixes that are newer than ours. Returns how many were."""
        news = 0
        for position in positions:
            held = self.latest.get(position.thing)
            if held is not None and held.fixed_at >= position.fixed_at:
                continue
            if held is None and len(self.latest) >= MOST_THINGS:
                continue
            self.latest[position.thing] = position
            self._fresh.add(position.thing)
            self._unsaved.add(position.thing)
            self._gone.discard(position.thing)
            news += 1
        return news

    def sweep(self, world: World, now: datetime) -> None:
        """Drop the positions of things that went off shift."""
        for thing in [t for t in self.latest if not _on_shift(t, world, now)]:
            del self.latest[thing]
            self._fresh.discard(thing)
            self._gone.add(thing)
            self._unsaved.add(thing)

    def drain(self) -> tuple[dict[ThingId, Position], set[ThingId]]:
        """Return the fixes and the departures since the last call."""
        fresh = {thing: self.latest[thing] for thing in self._fresh}
        gone = self._gone
        self._fresh, self._gone = set(), set()
        return fresh, gone

    def drain_unsaved(self) -> tuple[list[Position], list[ThingId]]:
        """Return the fixes to keep and the things to forget since the last call."""
        kept = [self.latest[t] for t in self._unsaved if t in self.latest]
        dropped = [t for t in self._unsaved if t not in self.latest]
        self._unsaved = set()
        return kept, dropped


def _checked(position: Position, world: World, now: datetime) -> Position:
    if position.fixed_at.tzinfo is None:
        raise invalid("moment_without_offset", argument="fixed_at")
    if not world.knows_thing(position.thing):
        raise invalid("unknown_thing", thing=position.thing[:64])
    if not _on_shift(position.thing, world, now):
        raise conflict("off_shift", thing=position.thing)
    if not now - MAX_BEHIND <= position.fixed_at <= now + MAX_AHEAD:
        raise invalid("fix_out_of_bounds", thing=position.thing)
    return replace(position, fixed_at=position.fixed_at.astimezone(UTC))


def _on_shift(thing: ThingId, world: World, now: datetime) -> bool:
    if not world.knows_thing(thing):
        return False
    shift = world.shift_of(thing)
    return shift is not None and shift.covers(now)
