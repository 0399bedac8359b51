"""What sensors and cameras say: the latest reading of each. Telemetry, never in the log.

A reading belongs to an entry of a register whose rule says that its things report (``RegisterRule.reports``).
"""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Annotated

import msgspec
from msgspec import Meta

from domain.ids import MAX_ID, EntryId
from domain.register import EntryKind


class ReadingState(StrEnum):
    """How a thing is by its own word; names are ``reading.<value>``. ``worst`` orders them."""

    OK = "ok"
    WARN = "warn"
    ALARM = "alarm"
    FAULT = "fault"  # it says itself that it does not work
    OFFLINE = "offline"  # it says nothing


class Reading(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One reading. ``value`` is None where a thing only says how it is; ``unit`` is written beside the value."""

    entry_id: Annotated[EntryId, Meta(min_length=1, max_length=MAX_ID)]
    at: datetime
    state: ReadingState
    value: Annotated[float, Meta(ge=-1e12, le=1e12)] | None = None
    unit: Annotated[str, Meta(max_length=16)] = ""
    kind: EntryKind = EntryKind.COMPONENT

    @property
    def key(self) -> tuple[EntryKind, EntryId]:
        """Whose it is."""
        return self.kind, self.entry_id


def state_at(reading: Reading | None, silent_after_s: float, now: datetime) -> ReadingState:
    """Return how a thing is now: what it said last, or offline where that is too long ago or it never spoke."""
    if reading is None or now - reading.at > timedelta(seconds=silent_after_s):
        return ReadingState.OFFLINE
    return reading.state
