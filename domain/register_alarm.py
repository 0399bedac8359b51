"""The register of SOS calls: one of our own people or vehicles on shift needs help at once.

Raised by whoever needs it, by a gateway in their name, or by somebody in the room who heard it over the radio. Who
acknowledged it and what came of it are puts under one's own sign-in, so the log names them: while a call stands
acknowledged and not closed, whoever put it last is who acknowledged it.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any

from msgspec import Meta

from domain.faults import conflict, forbidden, invalid
from domain.ids import ThingId, UnitId
from domain.places import Lat, Lon
from domain.register_shapes import Body, Note, Spot, differ


class Sos(Body, frozen=True):
    """A call for help. ``thing`` is the person or vehicle, empty where only the unit is known.

    ``lon``, ``lat`` are where it was at ``fixed_at``. ``by_radio``: somebody in the room put it for the unit.
    ``result`` says what came of it; with it the call is closed.
    """

    unit: Annotated[UnitId, Meta(min_length=1, max_length=64)]
    raised_at: datetime
    thing: Annotated[ThingId, Meta(max_length=64)] = ThingId("")
    lon: Lon | None = None
    lat: Lat | None = None
    fixed_at: datetime | None = None
    text: Note = ""
    by_radio: bool = False
    acknowledged: bool = False
    result: Note = ""

    def check(self) -> None:
        """See ``Body``."""
        if (self.lon is None) != (self.lat is None):
            raise invalid("sos_half_a_place")
        for moment in (self.raised_at, self.fixed_at):
            if moment is not None and moment.tzinfo is None:
                raise invalid("moment_without_offset", argument="raised_at")
        if self.result and not self.acknowledged:
            raise conflict("sos_not_acknowledged")

    def place(self) -> Spot | None:
        """See ``Body``."""
        return None if self.lon is None or self.lat is None else (self.lon, self.lat)


_CALL = ("unit", "thing", "raised_at", "lon", "lat", "fixed_at", "text", "by_radio")


def sos_step(held: Mapping[str, Any] | None, body: Mapping[str, Any] | None, *, own: bool) -> None:
    """Judge what becomes of a call; ``own``: whoever does it raised it. Raises ``Fault``.

    It is raised unacknowledged, then acknowledged by the room, then closed with a result. What was called stays as it
    was, nobody acknowledges a call of their own from out there, and no call is taken back: a mistake is a result too.
    """
    if body is None:
        raise conflict("sos_stays")
    if held is None:
        if body["acknowledged"] or body["result"]:
            raise conflict("sos_not_raised")
        return
    if differ(held, body, _CALL):
        raise conflict("sos_altered")
    if held["result"] or not body["acknowledged"] or (held["acknowledged"] and not body["result"]):
        raise conflict("sos_settled")
    if own and not held["by_radio"]:
        raise forbidden("sos_of_oneself")
