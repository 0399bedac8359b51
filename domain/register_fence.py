"""The registers of geofences (电子围栏) and of what they told (围栏提醒).

A fence watches the room's own staff and vehicles on shift, for their safety and so that a post is not left empty. It
knows nobody else, counts nothing up, and nobody's shift is judged by it (domain.md section 7). What it told names the
fence and the unit, never a place. The rule itself is ``domain.fencing``.
"""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from domain.clock import MINUTES_A_DAY
from domain.faults import conflict, forbidden, invalid
from domain.ids import EntryId, ThingId, UnitId
from domain.register_shapes import Body, Name, Note, Ring, Spot, check_ring, differ

MOST_NAMED = 200
"""Things or units one geofence names."""
MOST_ALERTS = 2_000
"""What fences told and is still listed; beyond it the oldest go."""

Seconds = Annotated[int, Meta(ge=60, le=86_400)]
Minute = Annotated[int, Meta(ge=0, le=MINUTES_A_DAY - 1)]


class FenceHours(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """When a fence watches: from one minute of the local day to another, past midnight where the end is the smaller.

    ``days`` are the weekdays it begins on, 1 for Monday to 7; all where there are none.
    """

    start: Minute = 0
    end: Minute = 0
    days: Annotated[tuple[Annotated[int, Meta(ge=1, le=7)], ...], Meta(max_length=7)] = ()


class Geofence(Body, frozen=True):
    """An area whose edge our own staff and vehicles on shift are watched at, for their safety and for coverage.

    ``things`` and ``units`` are whom it is for, all where both are empty. ``dwell_s`` is how long inside is told of,
    ``off_post_s`` how long away from it (离岗); that one takes names. A crossing counts once it is ``hysteresis_m``
    past the edge for ``settle_s``; fixes less accurate than that band are passed over. ``hours`` None is always.
    ``alarm``: what it tells rings on the desks.
    """

    name: Name
    ring: Ring
    enter: bool = True
    leave: bool = True
    dwell_s: Seconds | None = None
    off_post_s: Seconds | None = None
    hysteresis_m: Annotated[float, Meta(ge=5, le=1_000)] = 30.0
    settle_s: Annotated[int, Meta(ge=0, le=600)] = 10
    things: Annotated[tuple[ThingId, ...], Meta(max_length=MOST_NAMED)] = ()
    units: Annotated[tuple[UnitId, ...], Meta(max_length=MOST_NAMED)] = ()
    hours: FenceHours | None = None
    paused: bool = False
    alarm: bool = False
    note: Note = ""
    synthetic: bool = False

    def check(self) -> None:
        """See ``Body``."""
        check_ring(self.ring)
        if not (self.enter or self.leave or self.dwell_s or self.off_post_s):
            raise invalid("fence_tells_nothing")
        if self.off_post_s is not None and not (self.things or self.units):
            raise invalid("fence_post_of_nobody")

    def place(self) -> Spot:
        """See ``Body``."""
        return self.ring[0]


class FenceSaid(StrEnum):
    """What a fence tells. Names are ``fence_said.<value>``."""

    ENTER = "enter"  # 进入
    LEAVE = "leave"  # 离开
    DWELL = "dwell"  # 滞留
    OFF_POST = "off_post"  # 离岗
    MANY = "many"  # more than are told one by one


class FenceAlert(Body, frozen=True):
    """That a fence told something: of which thing and unit, what, when, and since when that is so.

    It has no place: where one of ours was stays nowhere for good. Only the service puts one; the room acknowledges it,
    and who did is whoever put it last. ``MANY`` names nobody.
    """

    fence: Annotated[EntryId, Meta(min_length=1, max_length=64)]
    name: Name
    said: FenceSaid
    at: datetime
    since: datetime
    thing: Annotated[ThingId, Meta(max_length=64)] = ThingId("")
    unit: Annotated[UnitId, Meta(max_length=64)] = UnitId("")
    alarm: bool = False
    acknowledged: bool = False
    note: Note = ""

    def check(self) -> None:
        """See ``Body``."""
        if self.at.tzinfo is None or self.since.tzinfo is None:
            raise invalid("moment_without_offset", argument="at")


_TOLD = ("fence", "name", "said", "at", "since", "thing", "unit", "alarm")


def alert_step(held: Mapping[str, Any] | None, body: Mapping[str, Any] | None, *, own: bool) -> None:
    """Judge what somebody does to an alert: acknowledge it once, and nothing else. Raises ``Fault``."""
    if held is None:
        raise forbidden("fence_alert_of_the_service")
    if body is None:
        raise conflict("fence_alert_stays")
    if differ(held, body, _TOLD):
        raise conflict("fence_alert_altered")
    if held["acknowledged"] or not body["acknowledged"]:
        raise conflict("fence_alert_settled")
