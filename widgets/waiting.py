"""What waits to be sent, as it is shown: plain values, already judged, with texts that are looked up when shown."""

from collections.abc import Callable
from datetime import datetime
from enum import StrEnum

import msgspec

from domain.ids import CaseNo


class WaitingMark(msgspec.Struct, frozen=True):
    """Something that waits on a case. ``held``: it waits for a person. Moments are the service's time."""

    action: str
    given_at: datetime
    not_after: datetime
    held: bool = False


class FieldChoice(msgspec.Struct, frozen=True):
    """A field that others altered meanwhile, in words: as it was seen, as it is, and what I say of it, if anything."""

    field: str
    name: str
    seen: str
    theirs: str
    mine: str = ""


class WaitingRow(msgspec.Struct, frozen=True):
    """One order of the outbox. ``why`` says in words why it still waits; ``stage`` is ``outbox.stage.<value>``.

    ``offered``: it may be asked for again on the case as it is now. ``describes``: it only adds what was said, so that
    mine can be kept beside theirs.
    """

    key: str
    stage: str
    action: str
    title: str
    given_at: datetime
    not_after: datetime
    why: Callable[[], str]
    case_no: CaseNo | None = None
    held: bool = False
    offered: bool = True
    describes: bool = False
    fields: tuple[FieldChoice, ...] = ()
    meanwhile: str = ""


class Decision(StrEnum):
    """What a person decides about an order that waits."""

    DROP = "drop"
    AGAIN = "again"  # ask for it once more, on the case as it is now
    OPEN = "open"  # show the case


class OutboxIntent(msgspec.Struct, frozen=True):
    """A decision on one order; ``theirs`` are the fields to be said as others left them."""

    key: str
    decision: Decision
    theirs: frozenset[str] = frozenset()
