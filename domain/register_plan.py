"""The registers of plans (预案): steps, telephones and means laid down beforehand, and the checklist one becomes.

Opened on a case (or by itself) a plan becomes a checklist, a copy that a later edition of the plan does not alter. Each
tick is an entry of its own (``tick_id``): who put it has ticked it, at the moment it names, and two desks that tick
different steps, or tick without a line, do not get in each other's way. A plan's telephones are those of the room's own
people, units and houses it works with, never of members of the public (domain.md 7).
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from domain.case import Case
from domain.faults import conflict, invalid
from domain.ids import CaseNo, EntryId
from domain.register_judging import Setting
from domain.register_runcard import KindHead
from domain.register_shapes import Body, Name, Note, Short, check_moment, check_span, differ, in_span

MOST_STEPS = 60
MOST_ROWS = 40
CLOCKS_DIFFER = timedelta(minutes=2)

NO_BAR = r"^[^|｜\n\r]*$"
"""A line of the book parts by bars what it says."""
Line = Annotated[str, Meta(min_length=1, max_length=300, pattern=NO_BAR)]
Called = Annotated[str, Meta(min_length=1, max_length=100, pattern=NO_BAR)]
Word = Annotated[str, Meta(max_length=100, pattern=NO_BAR)]
Number = Annotated[str, Meta(min_length=3, max_length=32, pattern=r"^[0-9+()\- ]+$")]


class PlanStep(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Something to do, by whom, within so many minutes from the opening (0: no limit)."""

    text: Line
    who: Word = ""
    within_min: Annotated[int, Meta(ge=0, le=10_080)] = 0


class PlanContact(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An office or a role, and its telephone."""

    name: Called
    number: Number
    note: Word = ""


class PlanMeans(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Something that helps: how much of it, and where it lies."""

    name: Called
    amount: Word = ""
    place: Word = ""


Steps = Annotated[tuple[PlanStep, ...], Meta(min_length=1, max_length=MOST_STEPS)]
Contacts = Annotated[tuple[PlanContact, ...], Meta(max_length=MOST_ROWS)]
Means = Annotated[tuple[PlanMeans, ...], Meta(max_length=MOST_ROWS)]


class Plan(Body, frozen=True):
    """A plan. It is offered for cases whose kind begins with one of ``kinds``, urgent ones only where it says so.

    Without kinds it is opened by hand. It counts from ``since`` until ``until``.
    """

    name: Name
    steps: Steps
    kinds: Annotated[tuple[KindHead, ...], Meta(max_length=50)] = ()
    urgent: bool = False
    contacts: Contacts = ()
    means: Means = ()
    since: datetime | None = None
    until: datetime | None = None
    note: Note = ""
    synthetic: bool = False

    def check(self) -> None:
        """See ``Body``."""
        check_span(self.since, self.until)

    def is_for(self, case: Case, now: datetime) -> bool:
        """Return whether it is offered for a case at a moment."""
        fits = any(case.kind.startswith(kind) for kind in self.kinds)
        return fits and (case.urgent or not self.urgent) and in_span(self.since, self.until, now)


class Checklist(Body, frozen=True):
    """A plan that was opened: all of it as it was then, on a case or by itself; closed with a result."""

    plan: Annotated[EntryId, Meta(min_length=1, max_length=64)]
    name: Name
    opened_at: datetime
    steps: Steps
    case_no: Annotated[CaseNo, Meta(max_length=64)] | None = None
    contacts: Contacts = ()
    means: Means = ()
    closed: bool = False
    result: Note = ""

    def check(self) -> None:
        """See ``Body``."""
        check_moment(self.opened_at, "opened_at")
        if self.closed != bool(self.result.strip()):
            raise invalid("checklist_result_and_end")

    def due_at(self, step: int) -> datetime | None:
        """Return by when a step is to be done, None where the plan sets no time."""
        minutes = self.steps[step].within_min
        return self.opened_at + timedelta(minutes=minutes) if minutes else None


class Tick(Body, frozen=True):
    """That a step is done, or, ``done`` being False, that it is not after all. Whoever put it last says so."""

    checklist: Annotated[EntryId, Meta(min_length=1, max_length=64)]
    step: Annotated[int, Meta(ge=0, lt=MOST_STEPS)]
    at: datetime
    done: bool = True
    note: Short = ""

    def check(self) -> None:
        """See ``Body``."""
        check_moment(self.at, "at")


def opened(plan: Plan, plan_id: EntryId, case_no: CaseNo | None, now: datetime) -> Checklist:
    """Return the checklist a plan becomes."""
    return Checklist(plan_id, plan.name, now, plan.steps, case_no, plan.contacts, plan.means)


def tick_id(checklist: EntryId, step: int) -> EntryId:
    """Return under which id a step's tick stands: the same for everybody."""
    return EntryId(f"{checklist[:40]}.{step}")


def checklist_step(held: Mapping[str, Any] | None, body: Mapping[str, Any] | None, *, own: bool) -> None:
    """Judge what becomes of a checklist: it is opened, then closed, and never taken away. Raises ``Fault``."""
    if body is None:
        raise conflict("checklist_stays")
    if held is None:
        if body["closed"]:
            raise conflict("checklist_not_opened")
        return
    if held["closed"]:
        raise conflict("checklist_closed")
    if differ(held, body, ("plan", "name", "opened_at", "steps", "case_no", "contacts", "means")):
        raise conflict("checklist_altered")


def tick_step(held: Mapping[str, Any] | None, body: Mapping[str, Any] | None, *, own: bool) -> None:
    """Judge what becomes of a tick: it is set and taken back, but stays one of that step. Raises ``Fault``."""
    if body is None:
        raise conflict("tick_stays")
    if held is not None and differ(held, body, ("checklist", "step")):
        raise conflict("tick_altered")


def judge_checklist(entry_id: EntryId, held: Mapping[str, Any] | None, body: Checklist, setting: Setting) -> None:
    """Judge a checklist by the moment: it was opened by now, as the plan stands."""
    if held is None and len(entry_id) > 40:
        raise invalid("entry_id_bad", entry_id=entry_id[:64])
    if held is None and body.opened_at > setting.now + CLOCKS_DIFFER:
        raise invalid("checklist_opened_when")


def judge_tick(entry_id: EntryId, held: Mapping[str, Any] | None, body: Tick, setting: Setting) -> None:
    """Judge a tick: on a step of a checklist that is open, at a moment since its opening."""
    checklist = setting.find(Checklist, body.checklist)
    if checklist is None or body.step >= len(checklist.steps):
        raise conflict("tick_of_nothing")
    if entry_id != tick_id(body.checklist, body.step):
        raise invalid("entry_id_bad", entry_id=entry_id[:64])
    if checklist.closed:
        raise conflict("checklist_closed")
    if not checklist.opened_at - CLOCKS_DIFFER <= body.at <= setting.now + CLOCKS_DIFFER:
        raise invalid("tick_when")
