"""Where things are: the latest fix of everything on shift. Telemetry, never in the log.

Event loop only. Off shift nobody has a position: their fix is refused, and a kept one is dropped. A sample of the
fixes, at most one a thing in ``SAMPLE_EVERY``, waits to be put into the history (``service.write.history``).
"""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from msgspec.structs import replace

from domain.faults import conflict, invalid
from domain.ids import ThingId
from domain.people import Shift
from domain.places import Position
from service.world import World

MAX_AHEAD = timedelta(minutes=5)
MAX_BEHIND = timedelta(hours=12)
MOST_THINGS = 300_000
SAMPLE_EVERY = timedelta(seconds=10)
MOST_SAMPLES = 50_000
"""Samples waiting to be kept; beyond that none are taken until those are."""


class Tracker:
    """The latest fixes. ``drain`` hands over what changed since it was last called."""

    def __init__(self, kept: Iterable[Position] = ()) -> None:
        self.latest: dict[ThingId, Position] = {p.thing: p for p in kept}
        self._fresh: set[ThingId] = set()
        self._gone: set[ThingId] = set()
        self._unsaved: set[ThingId] = set()
        self.sharing = False
        self.watched = False
        """Whether somebody asks with ``drain_moved``."""
        self._moved: set[ThingId] = set()
        self._taken: set[ThingId] = set()
        self._sampled_at: dict[ThingId, datetime] = {}
        self._samples: list[Position] = []
        self._world: World | None = None
        self._shifts: dict[ThingId, Shift | None] = {}

    def take(self, positions: Iterable[Position], world: World, now: datetime) -> int:
        """Take a batch: all of it, or none where one thing in it is refused. Returns how many were news."""
        if world is not self._world:
            self._world, self._shifts = world, {}
        shifts = self._shifts
        oldest, newest = now - MAX_BEHIND, now + MAX_AHEAD
        checked: list[Position] = []
        for position in positions:
            thing, at = position.thing, position.fixed_at
            shift = shifts.get(thing)
            if shift is None or at.tzinfo is None or not shift.starts_at <= now < shift.ends_at:
                shift = self._shift(position, world, now)
            if not oldest <= at <= newest:
                raise invalid("fix_out_of_bounds", thing=thing)
            checked.append(position if at.tzinfo is UTC else replace(position, fixed_at=at.astimezone(UTC)))
        return self.put(checked)

    def _shift(self, position: Position, world: World, now: datetime) -> Shift:
        """Return the shift a thing is on, and remember it. Raises the fault that refuses its fix."""
        thing = position.thing
        if position.fixed_at.tzinfo is None:
            raise invalid("moment_without_offset", argument="fixed_at")
        if not world.knows_thing(thing):
            raise invalid("unknown_thing", thing=thing[:64])
        shift = world.shift_of(thing)
        if shift is None or not shift.covers(now):
            raise conflict("off_shift", thing=thing)
        self._shifts[thing] = shift
        return shift

    def put(self, positions: Iterable[Position]) -> int:
        """Keep fixes that are newer than ours. Returns how many were."""
        news = 0
        for position in positions:
            if not self._renew(position):
                continue
            thing = position.thing
            self._unsaved.add(thing)
            if self.sharing:
                self._taken.add(thing)
            news += 1
            sampled = self._sampled_at.get(thing)
            if sampled is None or position.fixed_at - sampled >= SAMPLE_EVERY:
                self._sample(position)
        return news

    def hear(self, positions: Iterable[Position], world: World, now: datetime) -> None:
        """Take what another service took in: it is shown here and kept there."""
        newest = now + MAX_AHEAD
        for position in positions:
            if position.fixed_at <= newest and _on_shift(position.thing, world, now):
                self._renew(position)

    def _renew(self, position: Position) -> bool:
        thing = position.thing
        held = self.latest.get(thing)
        if held is not None:
            if held.fixed_at >= position.fixed_at:
                return False
        elif len(self.latest) >= MOST_THINGS:
            return False
        self.latest[thing] = position
        self._fresh.add(thing)
        if self.watched:
            self._moved.add(thing)
        return True

    def drain_moved(self) -> list[Position]:
        """Return the latest fix of what moved since the last call; only while it is watched."""
        moved, self._moved = self._moved, set()
        return [self.latest[thing] for thing in moved if thing in self.latest]

    def give_back(self, positions: Iterable[Position]) -> None:
        """Have these handed out again: there was no time for them."""
        self._moved.update(position.thing for position in positions)

    def drain_taken(self) -> list[Position]:
        """Return the latest fixes of what came in here since the last call; only where they are shared."""
        taken, self._taken = self._taken, set()
        return [self.latest[thing] for thing in taken if thing in self.latest]

    def _sample(self, position: Position) -> None:
        if len(self._samples) < MOST_SAMPLES:
            self._samples.append(position)
            self._sampled_at[position.thing] = position.fixed_at

    def sweep(self, world: World, now: datetime) -> None:
        """Drop the positions of things that went off shift."""
        for thing in [t for t in self.latest if not _on_shift(t, world, now)]:
            del self.latest[thing]
            self._sampled_at.pop(thing, None)
            self._fresh.discard(thing)
            self._gone.add(thing)
            self._unsaved.add(thing)

    def drain(self) -> tuple[dict[ThingId, Position], set[ThingId]]:
        """Return the fixes and the departures since the last call."""
        latest = self.latest
        fresh = {thing: latest[thing] for thing in self._fresh}
        gone = self._gone - fresh.keys()
        self._fresh, self._gone = set(), set()
        return fresh, gone

    def drain_unsaved(self) -> tuple[list[Position], list[ThingId]]:
        """Return the fixes to keep over a restart and the things to forget since the last call."""
        kept = [self.latest[t] for t in self._unsaved if t in self.latest]
        dropped = [t for t in self._unsaved if t not in self.latest]
        self._unsaved = set()
        return kept, dropped

    def drain_samples(self) -> list[Position]:
        """Return what the history is to keep since the last call."""
        samples = self._samples
        self._samples = []
        return samples


def _on_shift(thing: ThingId, world: World, now: datetime) -> bool:
    if not world.knows_thing(thing):
        return False
    shift = world.shift_of(thing)
    return shift is not None and shift.covers(now)
