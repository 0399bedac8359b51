"""The rule of geofences: from the fixes of one thing at one fence to what the fence tells. Pure; moments are passed in.

A fix lies inside the fence by more than its band, outside by more than its band, or on its *edge*, which says nothing.
A side is changed once fixes on the other side, with none on the old one between them, span ``settle_s``; so neither a
jump nor jitter on the edge tells anything. Fixes that are old, or less sure than the band is wide, never count.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import IntEnum
from zoneinfo import ZoneInfo

import msgspec

from domain.places import Position
from domain.register_fence import FenceHours, FenceSaid, Geofence
from domain.register_shapes import in_hours
from domain.units import POSITION_STALE_AFTER

SILENT_AFTER = timedelta(minutes=5)
"""After a longer silence nobody knows where somebody was: what takes time is timed from the next fix on."""
DAY = timedelta(days=1)


class Zone(IntEnum):
    """Where a fix lies at a fence."""

    OUT = -1
    EDGE = 0
    IN = 1


class Standing(msgspec.Struct, frozen=True):
    """How a thing stands at a fence.

    ``since`` is when it took its side, ``again_at`` its first fix after the last silence. ``told`` says that its long
    stay was told of; ``crossing_at`` is its first fix on the other side, while that has not settled.
    """

    inside: bool
    since: datetime
    seen_at: datetime
    again_at: datetime
    told: bool = False
    crossing_at: datetime | None = None

    @property
    def timed_from(self) -> datetime:
        """From when its stay on this side is timed: nobody knows where it was during a silence."""
        return max(self.since, self.again_at)


class Told(msgspec.Struct, frozen=True):
    """Something a fence tells; ``since``: for a crossing its first fix, for a long stay when that began."""

    said: FenceSaid
    since: datetime
    at: datetime


def begun(inside: bool, at: datetime) -> Standing:
    """Return the standing of a thing that is first seen on a side."""
    return Standing(inside, at, at, at)


def counts(fix: Position, band_m: float, now: datetime) -> bool:
    """Return whether a fix is fresh, and sure enough for a band of this half width, metres."""
    if now - fix.fixed_at > POSITION_STALE_AFTER:
        return False
    return fix.accuracy_m is None or fix.accuracy_m <= band_m


def step(fence: Geofence, held: Standing | None, zone: Zone, at: datetime) -> tuple[Standing | None, Sequence[Told]]:
    """Take one fix that counts, later than those before: return the standing after it and what is to be told.

    A thing that was never seen takes the side it is on, and nothing is told of that.
    """
    if held is None:
        return (None, ()) if zone is Zone.EDGE else (begun(zone is Zone.IN, at), ())
    told: list[Told] = []
    again_at = at if at - held.seen_at > SILENT_AFTER else held.again_at
    contrary = zone is (Zone.OUT if held.inside else Zone.IN)
    crossing_at = held.crossing_at if zone is Zone.EDGE else (held.crossing_at or at) if contrary else None
    if contrary and crossing_at is not None and at - crossing_at >= timedelta(seconds=fence.settle_s):
        held = Standing(not held.inside, crossing_at, at, again_at)
        if fence.enter if held.inside else fence.leave:
            told.append(Told(FenceSaid.ENTER if held.inside else FenceSaid.LEAVE, crossing_at, at))
    else:
        held = Standing(held.inside, held.since, at, again_at, held.told, crossing_at)
    limit_s = fence.dwell_s if held.inside else fence.off_post_s
    stayed = limit_s is not None and at - held.timed_from >= timedelta(seconds=limit_s)
    if stayed and held.crossing_at is None and not held.told:
        held = msgspec.structs.replace(held, told=True)
        told.append(Told(FenceSaid.DWELL if held.inside else FenceSaid.OFF_POST, held.timed_from, at))
    return held, told


def watches(fence: Geofence, now: datetime, zone: ZoneInfo) -> bool:
    """Return whether a fence watches at a moment: it is switched on, and within its hours by the town's clock."""
    return not fence.paused and (fence.hours is None or within(fence.hours, now.astimezone(zone)))


def within(hours: FenceHours, local: datetime) -> bool:
    """Return whether a local time lies within hours; a stretch past midnight belongs to the day it began on."""
    minute = local.hour * 60 + local.minute
    if not in_hours(hours.start, hours.end, minute):
        return False
    began = local if minute >= hours.start else local - DAY
    return not hours.days or began.isoweekday() in hours.days
