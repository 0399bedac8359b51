"""The register of roll calls: everybody on shift is asked to answer; who has and who has not, and how it was closed."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from domain.faults import conflict, invalid
from domain.ids import UnitId
from domain.register_shapes import Body, Note, Short, differ

MOST_CALLED = 500

CalledUnit = Annotated[UnitId, Meta(min_length=1, max_length=64)]


class Answer(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """That a unit answered, at a moment; ``note`` is what it said."""

    unit: CalledUnit
    at: datetime
    note: Short = ""


class RollCall(Body, frozen=True):
    """A roll call. Whoever has not answered by ``due_at`` is missed; ``closed`` ends it, whoever answered or not."""

    called_at: datetime
    due_at: datetime
    units: Annotated[tuple[CalledUnit, ...], Meta(min_length=1, max_length=MOST_CALLED)]
    answers: Annotated[tuple[Answer, ...], Meta(max_length=MOST_CALLED)] = ()
    closed: bool = False
    result: Note = ""

    def check(self) -> None:
        """See ``Body``."""
        for moment in (self.called_at, self.due_at, *(answer.at for answer in self.answers)):
            if moment.tzinfo is None:
                raise invalid("moment_without_offset", argument="called_at")
        if self.due_at <= self.called_at:
            raise invalid("roll_call_due_before")
        answered = [answer.unit for answer in self.answers]
        if len(set(self.units)) != len(self.units) or len(set(answered)) != len(answered):
            raise invalid("unit_named_twice")
        if not set(answered) <= set(self.units):
            raise invalid("roll_call_not_called")

    @property
    def missing(self) -> tuple[UnitId, ...]:
        """The units that have not answered."""
        answered = {answer.unit for answer in self.answers}
        return tuple(unit for unit in self.units if unit not in answered)


def roll_call_step(held: Mapping[str, Any] | None, body: Mapping[str, Any] | None, *, own: bool) -> None:
    """Judge what becomes of a roll call: answers are noted until it is closed, then it stays. Raises ``Fault``."""
    if body is None:
        raise conflict("roll_call_stays")
    if held is None:
        return
    if held["closed"]:
        raise conflict("roll_call_closed")
    if differ(held, body, ("called_at", "due_at", "units")):
        raise conflict("roll_call_altered")
