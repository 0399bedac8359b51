"""What somebody asks to be done to a case, and what the rules need to know to answer."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any, Protocol

import msgspec

from domain.case import MAX_TEXT, Case, Condition, Rules
from domain.clock import WorkCalendar
from domain.ids import AccountId, AttachmentId, CaseNo, StaffId, UnitId
from domain.people import Staff, Unit
from domain.reasons import ReasonList
from domain.states import CaseState

MAX_ARGS = 32
"""Arguments of one command; no action has nearly as many."""


class Command(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A request to act on a case, with the version of it that the person saw."""

    action: Annotated[str, msgspec.Meta(min_length=1, max_length=40)]
    version: Annotated[int, msgspec.Meta(ge=0, le=1_000_000)]
    args: Annotated[dict[str, Any], msgspec.Meta(max_length=MAX_ARGS)] = {}


class ArgKind(StrEnum):
    """What sort of value an action asks for; the console builds its form from these."""

    TEXT = "text"
    REASON = "reason"
    UNIT = "unit"
    UNITS = "units"
    STAFF = "staff"
    CONDITION = "condition"
    CASE = "case"
    CASES = "cases"
    REPORT = "report"  # one of the case's reports, by its id
    COLLEAGUE = "colleague"  # the account of somebody who sits in the room
    MOMENT = "moment"  # ISO 8601 with offset
    PHOTOS = "photos"
    CHOICE = "choice"
    PLACE = "place"  # [lon, lat] in degrees
    TICKS = "ticks"  # the closing conditions that were ticked
    FLAG = "flag"


class Arg(msgspec.Struct, frozen=True):
    """One argument of an action. Its label is ``arg.<name>`` in the word files; ``most`` bounds a text (characters)."""

    name: str
    kind: ArgKind
    required: bool = True
    reasons: ReasonList | None = None
    choices: tuple[str, ...] = ()
    most: int = MAX_TEXT


class Known(Protocol):
    """What the rules may look up: answers come from the store in the service and from the live picture in a client."""

    def unit(self, unit_id: UnitId) -> Unit | None:
        """Return a unit by its id."""

    def staff(self, staff_id: StaffId) -> Staff | None:
        """Return a staff member by id."""

    def condition(self, code: str) -> Condition | None:
        """Return a filing condition by its code."""

    def case(self, case_no: CaseNo) -> Case | None:
        """Return another case by its number."""

    def colleague(self, account: AccountId) -> bool:
        """Return whether that account is of somebody who works at a console of the room."""

    def has_attachment(self, attachment_id: AttachmentId) -> bool:
        """Return whether an attachment of that id is kept."""


class Context(msgspec.Struct, frozen=True):
    """The moment and the town's rules an action is judged by."""

    now: datetime
    calendar: WorkCalendar
    rules: Rules
    known: Known


class SideEffect(msgspec.Struct, frozen=True):
    """A change on another case that goes into the same transaction (merging moves reports).

    ``state`` is the other case's after it, None where it stays what it is.
    """

    case_no: CaseNo
    action: str
    data: dict[str, Any]
    state: CaseState | None = None


class Decision(msgspec.Struct, frozen=True):
    """What a permitted command comes to: the state after it and the facts the fold needs."""

    action: str
    state: CaseState
    data: dict[str, Any]
    also: tuple[SideEffect, ...] = ()
