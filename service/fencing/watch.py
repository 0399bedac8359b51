"""Watching all fences: takes in what moved, follows how each thing stands at each, and says what is to be told.

Of several services on one database each watches and one tells (``service.timers``): another goes on from what it saw.

Event loop only. The latest fix of what moved is looked at, at most once a round and thing. A thing that is surely
outside and whose fence does not miss it takes no memory: it counts as outside as soon as one good fix was looked at
while the fence watched (``_looked``). When a shift ends, when a fence rests or alters its edge, what was known is let
go.
"""

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import msgspec

from domain.change import Subject
from domain.fencing import Standing, Told, Zone, begun, counts, step, watches
from domain.ids import EntryId, StaffId, ThingId, UnitId
from domain.places import Position
from domain.register import Entry, EntryKind, fold_entry, read_body, split_subject
from domain.register_fence import FenceSaid, Geofence
from service.world import World
from service.write.work import Recorded

if TYPE_CHECKING:
    from service.fencing.ground import FenceGround

MOST_OF_A_FENCE = 30
WINDOW = timedelta(minutes=10)
"""A fence tells so many things in such a time; then once that there are more, until the time is over."""
MOST_WAITING = 5_000
RETOLD_ROUNDS = 60
"""For so many rounds a service whose turn it is not remembers what it would tell: whoever tells may be gone by then."""
FORGOTTEN_AFTER = timedelta(hours=12)
"""How a thing stood before a longer break says nothing."""

Pair = tuple[EntryId, ThingId]


class Crossing(msgspec.Struct, frozen=True):
    """Something to be told, with how the thing stood before and stands after it (None for ``FenceSaid.MANY``)."""

    fence: Entry
    body: Geofence
    told: Told
    thing: ThingId = ThingId("")
    unit: UnitId = UnitId("")
    before: Standing | None = None
    after: Standing | None = None
    seen_in: int = 0
    """The round it was seen in."""

    @property
    def pair(self) -> Pair:
        """The fence and the thing."""
        return self.fence.entry_id, self.thing


class _Fence:
    """A fence that is in the register. ``first_round`` is since when it watches without a break."""

    def __init__(self, entry: Entry, body: Geofence) -> None:
        self.entry = entry
        self.body = body
        self.things = frozenset(body.things)
        self.units = frozenset(body.units)
        self.everybody = not (body.things or body.units)
        self.first_round: int | None = None
        self.window_from: datetime | None = None
        self.told = 0

    @property
    def ident(self) -> EntryId:
        return self.entry.entry_id

    def is_for(self, thing: ThingId, unit: UnitId | None) -> bool:
        """Return whether it watches somebody or something of ours, of this unit."""
        return self.everybody or thing in self.things or unit in self.units

    def goes_on(self, before: "_Fence") -> bool:
        """Whether what is known at ``before`` holds of this: the same edge, for the same ones."""
        mine, theirs = self.body, before.body
        same_edge = mine.ring == theirs.ring and mine.hysteresis_m == theirs.hysteresis_m
        return same_edge and (self.things, self.units) == (before.things, before.units)


def _ground(active: Sequence[_Fence]) -> "FenceGround | None":
    """Return where some fences lie, None for no fences: a service without any does not load what this needs."""
    if not active:
        return None
    from service.fencing.ground import FenceGround  # noqa: PLC0415

    return FenceGround([(f.body.ring, f.body.hysteresis_m) for f in active])


class FenceWatch:
    """All fences and how everything stands at them. Begin with ``entries`` and the standings that were kept."""

    def __init__(self, entries: Iterable[Entry] = (), kept: Iterable[tuple[EntryId, ThingId, Standing]] = ()) -> None:
        self._fences: dict[EntryId, _Fence] = {}
        self._active: tuple[_Fence, ...] = ()
        self._ground: FenceGround | None = None
        self._bands: tuple[float, ...] = ()
        self._standings: dict[ThingId, dict[EntryId, Standing | None]] = {}
        self._looked: dict[float, dict[ThingId, int]] = {}
        self._posts: dict[ThingId, tuple[_Fence, ...]] = {}
        self._world: World | None = None
        self._round = 0
        self._unsaved: set[Pair] = set()
        self.waiting: list[Crossing] = []
        self.tells = False
        """Whether it is for this service to tell what waits, and to keep how things stand."""
        for entry in entries:
            self._take(entry)
        for fence, thing, standing in kept:
            self._standings.setdefault(thing, {})[fence] = standing

    @property
    def watching(self) -> bool:
        """Whether there is any fence."""
        return bool(self._fences)

    def hear_of(self, recorded: Sequence[Recorded]) -> None:
        """Follow the register."""
        for one in recorded:
            change = one.change
            if change.subject is Subject.ENTRY and split_subject(change.subject_id)[0] is EntryKind.GEOFENCE:
                self._take(fold_entry(change))

    def _take(self, entry: Entry) -> None:
        body = None if entry.removed else read_body(entry, Geofence)
        if body is None:
            self._fences.pop(entry.entry_id, None)
            return
        fence, before = _Fence(entry, body), self._fences.get(entry.entry_id)
        if before is not None and fence.goes_on(before):
            fence.first_round, fence.window_from, fence.told = before.first_round, before.window_from, before.told
        self._fences[entry.entry_id] = fence

    # -- a round ---------------------------------------------------------------------------------------------------

    def begin_round(self, world: World, now: datetime) -> None:
        """See which fences watch now, and for whom."""
        self._round += 1
        zone = ZoneInfo(world.info.calendar.timezone)
        active = tuple(f for f in self._fences.values() if f.entry.counts(now) and watches(f.body, now, zone))
        if active != self._active or self._round == 1:
            ground = _ground(active)
            self._let_go(active)
            self._active, self._ground = active, ground
            self._bands = tuple(sorted({f.body.hysteresis_m for f in active}))
            self._looked = {band: self._looked.get(band, {}) for band in self._bands}
            self._world = None
        if world is not self._world:
            self._world = world
            self._posts = self._posted(world)

    def _let_go(self, active: Sequence[_Fence]) -> None:
        """Let go of what is known at fences that watch no more, or have another edge now."""
        known = {f.ident for f in active if f.first_round is not None or self._round == 1}
        for thing, mine in list(self._standings.items()):
            for ident in mine.keys() - known:
                del mine[ident]
                self._unsaved.add((ident, thing))
            if not mine:
                del self._standings[thing]
        for fence in self._fences.values():
            if fence not in active:
                fence.first_round = None
        for fence in active:
            if fence.first_round is None:
                fence.first_round = self._round

    def _posted(self, world: World) -> dict[ThingId, tuple[_Fence, ...]]:
        """Return whom the active fences miss when they are away."""
        posts: dict[ThingId, list[_Fence]] = {}
        missing = [fence for fence in self._active if fence.body.off_post_s is not None]
        if missing:
            units = [(ThingId(s.staff_id), s.unit_id) for s in world.staff.values()]
            units += [(v.vehicle_id, v.unit_id) for v in world.vehicles.values()]
            for thing, unit in units:
                mine = [fence for fence in missing if fence.is_for(thing, unit)]
                if mine:
                    posts[thing] = mine
        return {thing: tuple(mine) for thing, mine in posts.items()}

    def look(self, fixes: Sequence[Position], world: World, now: datetime) -> None:
        """Take the latest fixes of some things; what is to be told waits in ``waiting``."""
        if self._ground is None:
            return
        import numpy as np  # noqa: PLC0415 - see ``_ground``

        lons = np.fromiter((fix.lon for fix in fixes), np.float64, len(fixes))
        lats = np.fromiter((fix.lat for fix in fixes), np.float64, len(fixes))
        near: dict[int, dict[EntryId, Zone]] = {}
        where, which, zones = (found.tolist() for found in self._ground.near(lons, lats))
        for i, fence, zone in zip(where, which, zones, strict=True):
            near.setdefault(i, {})[self._active[fence].ident] = Zone(zone)
        for i, fix in enumerate(fixes):
            if not counts(fix, self._bands[-1], now):
                continue
            if i in near or fix.thing in self._standings or fix.thing in self._posts:
                self._take_fix(fix, near.get(i, {}), world, now)
            for band in self._bands[bisect_left(self._bands, fix.accuracy_m or 0.0) :]:
                self._looked[band][fix.thing] = self._round

    def _take_fix(self, fix: Position, near: dict[EntryId, Zone], world: World, now: datetime) -> None:
        thing = fix.thing
        mine = self._standings.setdefault(thing, {})
        posts = {fence.ident for fence in self._posts.get(thing, ())}
        unit = _unit_of(thing, world)
        for ident in sorted(near.keys() | mine.keys() | posts):
            fence = self._fences.get(ident)
            if fence is None or fence.first_round is None or not counts(fix, fence.body.hysteresis_m, now):
                continue
            if not fence.is_for(thing, unit):
                if mine.pop(ident, None) is not None:
                    self._unsaved.add((ident, thing))
                continue
            zone = near.get(ident, Zone.OUT)
            before = mine[ident] if ident in mine else self._implied(fence, thing, fix.fixed_at)
            if before is not None and before.seen_at > fix.fixed_at:
                continue
            after, told = step(fence.body, before, zone, fix.fixed_at)
            self._keep(mine, ident, thing, after, missed=ident in posts)
            for one in told:
                stands = after if one is told[-1] or after is None else msgspec.structs.replace(after, told=False)
                unit_id = unit or UnitId("")
                crossing = Crossing(fence.entry, fence.body, one, thing, unit_id, before, stands, self._round)
                self._tell(crossing, fence, now)
        if not mine:
            self._standings.pop(thing, None)

    def _implied(self, fence: _Fence, thing: ThingId, at: datetime) -> Standing | None:
        """Return that a thing of which nothing is kept was outside, where it was looked at while the fence watched."""
        looked = self._looked[fence.body.hysteresis_m].get(thing)
        if looked is None or fence.first_round is None or looked < fence.first_round:
            return None
        return begun(False, at)

    def _keep(
        self,
        mine: dict[EntryId, Standing | None],
        ident: EntryId,
        thing: ThingId,
        after: Standing | None,
        *,
        missed: bool,
    ) -> None:
        before = mine.get(ident)
        if after is not None and not after.inside and after.crossing_at is None and not missed:
            mine.pop(ident, None)
            after = None
        else:
            mine[ident] = after
        if _kept(before) != _kept(after):
            self._unsaved.add((ident, thing))

    def _tell(self, crossing: Crossing, fence: _Fence, now: datetime) -> None:
        if fence.window_from is None or not timedelta(0) <= now - fence.window_from < WINDOW:
            fence.window_from, fence.told = now, 0
        fence.told += 1
        if fence.told > MOST_OF_A_FENCE + 1 or len(self.waiting) >= MOST_WAITING:
            return
        if fence.told == MOST_OF_A_FENCE + 1:
            many = Told(FenceSaid.MANY, fence.window_from, now)
            crossing = Crossing(fence.entry, fence.body, many, seen_in=self._round)
        self.waiting.append(crossing)

    # -- one of several services -----------------------------------------------------------------------------------

    def leave_telling(self) -> None:
        """Leave what waits to the service whose turn it is; what was seen lately is remembered."""
        self.waiting = [one for one in self.waiting if self._round - one.seen_in < RETOLD_ROUNDS]

    # -- over a restart --------------------------------------------------------------------------------------------

    def keep_to(self, things: "dict[ThingId, Position]") -> None:
        """Let go of whoever has no position any more: their shift is over."""
        for thing in self._standings.keys() - things.keys():
            self._unsaved.update((ident, thing) for ident in self._standings.pop(thing))
        for looked in self._looked.values():
            for thing in looked.keys() - things.keys():
                del looked[thing]

    def unkept(self, pairs: Iterable[Pair]) -> None:
        """Have the standings of these kept, or forgotten, the next time: what is kept of them is not as they stand."""
        self._unsaved.update(pairs)

    def drain_unsaved(self) -> list[tuple[EntryId, ThingId, Standing | None]]:
        """Return the standings that altered since the last call; None is to be forgotten."""
        told = {crossing.pair for crossing in self.waiting}
        due = self._unsaved - told
        self._unsaved &= told
        return [(fence, thing, self._standings.get(thing, {}).get(fence)) for fence, thing in sorted(due)]


def still_known(
    kept: Iterable[tuple[EntryId, ThingId, Standing]], latest: "dict[ThingId, Position]", now: datetime
) -> list[tuple[EntryId, ThingId, Standing]]:
    """Return kept standings of things that are still there, as seen when those were seen last."""
    found = []
    for fence, thing, standing in kept:
        fix = latest.get(thing)
        seen_at = standing.seen_at if fix is None else max(standing.seen_at, fix.fixed_at - timedelta(microseconds=1))
        if fix is not None and now - seen_at <= FORGOTTEN_AFTER:
            found.append((fence, thing, msgspec.structs.replace(standing, seen_at=seen_at)))
    return found


def _kept(standing: Standing | None) -> tuple[object, ...]:
    """Return what of a standing is worth writing down when it alters."""
    if standing is None:
        return ()
    return standing.inside, standing.since, standing.timed_from, standing.told


def _unit_of(thing: ThingId, world: World) -> UnitId | None:
    member = world.staff.get(StaffId(thing))
    if member is not None:
        return member.unit_id
    vehicle = world.vehicles.get(thing)
    return None if vehicle is None else vehicle.unit_id
