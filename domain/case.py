"""A case (案件) as it stands after its changes, the report (上报) it grew from, and what the tables say about both."""

from bisect import bisect_right
from datetime import datetime
from itertools import pairwise
from typing import Annotated

import msgspec

from domain.clock import Limit, LimitUnit, Pause
from domain.ids import AccountId, AttachmentId, CaseNo, GivenAttachment, GridCode, ReportId, StaffId, UnitId
from domain.places import Lat, Lon, Placement
from domain.states import CaseState, Channel, RequestKind, Satisfaction, Supervise

MAX_TEXT = 4000
MAX_PHOTOS = 12

Text = Annotated[str, msgspec.Meta(max_length=MAX_TEXT)]
ShortText = Annotated[str, msgspec.Meta(max_length=200)]
Code = Annotated[str, msgspec.Meta(max_length=64)]


class OpenRequest(msgspec.Struct, frozen=True):
    """Something asked of the room and not yet answered."""

    kind: RequestKind
    asked_at: datetime
    asked_by: AccountId
    reason: str = ""
    text: str = ""
    until: datetime | None = None
    endorsed_by: AccountId | None = None
    asked_staff: StaffId | None = None
    endorsed_staff: StaffId | None = None


class Claim(msgspec.Struct, frozen=True):
    """Who in the room has a case in hand (认领), since when, and who handed it over to them."""

    by: AccountId
    since: datetime
    handed_by: AccountId | None = None


class Helped(msgspec.Struct, frozen=True):
    """How far a helper of a case has come: when it arrived, and when it said what it did.

    ``sent_at`` is when it was sent, where that was after the dispatch.
    """

    unit: UnitId
    arrived_at: datetime | None = None
    reported_at: datetime | None = None
    sent_at: datetime | None = None

    @property
    def heard_of(self) -> bool:
        """Whether it has said anything yet."""
        return self.arrived_at is not None or self.reported_at is not None


class Report(msgspec.Struct, frozen=True):
    """One report, hanging on a case. The reporter's contact lives elsewhere and is never part of it.

    ``source_due`` is the clock of the system it came from (12345's own deadline). Who wants to be called back
    (``callback``) is owed it, by ``callback_by`` where that was promised, until ``called_back_at``.
    """

    report_id: ReportId
    channel: Channel
    reported_at: datetime
    text: str
    reporter: StaffId | None = None
    source: str = ""
    source_no: str = ""
    has_contact: bool = False
    photos: tuple[AttachmentId, ...] = ()
    source_due: datetime | None = None
    callback: bool = False
    callback_by: datetime | None = None
    callback_tries: int = 0
    called_back_at: datetime | None = None

    @property
    def owes_callback(self) -> bool:
        """Whether somebody still waits to be called back."""
        return self.callback and self.called_back_at is None


class Case(msgspec.Struct, frozen=True):
    """A case: the fold of its changes (``domain.fold``). Times are aware UTC; ``version`` counts its changes.

    ``area`` is the code of the division it lies in ("" in cases of before there were areas: see ``case_area``).
    ``self_approved`` names the approvals that were given by whoever had asked for them.
    """

    case_no: CaseNo
    version: int
    state: CaseState
    kind: str
    title: str
    channel: Channel
    opened_at: datetime
    stage_since: datetime
    address: str = ""
    lon: float | None = None
    lat: float | None = None
    placement: Placement = Placement.NO_PLACE
    grid_code: GridCode | None = None
    area: str = ""
    sensitive: bool = False
    reports: tuple[Report, ...] = ()
    accepted_at: datetime | None = None
    dispatched_at: datetime | None = None
    signed_at: datetime | None = None
    arrived_at: datetime | None = None
    handled_at: datetime | None = None
    closed_at: datetime | None = None
    condition: str = ""
    closing: tuple[str, ...] = ()
    handling_limit: Limit | None = None
    lead_unit: UnitId | None = None
    helper_units: tuple[UnitId, ...] = ()
    copied_units: tuple[UnitId, ...] = ()
    verifier: StaffId | None = None
    verified: bool | None = None
    checker: StaffId | None = None
    check_passed: bool | None = None
    supervise: Supervise = Supervise.NONE
    supervise_replied: bool = True
    urgent: bool = False
    historic: bool = False
    self_handled: bool = False
    request: OpenRequest | None = None
    extension_count: int = 0
    suspension_count: int = 0
    rework_count: int = 0
    redo_count: int = 0
    appealed: bool = False
    appeal_upheld: bool | None = None
    pauses: tuple[Pause, ...] = ()
    resume_at: datetime | None = None
    satisfaction: Satisfaction | None = None
    merged_into: CaseNo | None = None
    before_merge: CaseState | None = None
    stage_before_merge: datetime | None = None
    merged_reports: tuple[ReportId, ...] = ()
    photos: tuple[AttachmentId, ...] = ()
    after_photos: tuple[AttachmentId, ...] = ()
    source: str = ""
    source_no: str = ""
    imported: bool = False
    synthetic: bool = False
    passed_by: AccountId | None = None
    passed_staff: StaffId | None = None
    self_approved: tuple[str, ...] = ()
    claim: Claim | None = None
    helped: tuple[Helped, ...] = ()

    @property
    def callbacks(self) -> tuple[Report, ...]:
        """The reports whose reporter still waits to be called back, the one promised first in front."""
        owed = [report for report in self.reports if report.owes_callback]
        return tuple(sorted(owed, key=_callback_order))

    def helped_by(self, unit: UnitId) -> Helped:
        """Return how far a helper has come; one that has said nothing yet is on its way."""
        return next((helped for helped in self.helped if helped.unit == unit), Helped(unit))


def _callback_order(report: Report) -> tuple[bool, datetime]:
    return report.callback_by is None, report.callback_by or report.reported_at


class Contact(msgspec.Struct, frozen=True):
    """The minimum needed to call a reporter back. Erasable; kept apart from every change."""

    name: Annotated[str, msgspec.Meta(max_length=60)] = ""
    phone: Annotated[str, msgspec.Meta(max_length=32)] = ""


class NewReport(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A report as it comes in. Place is optional; ``occurred_at`` is the source's own time."""

    channel: Channel
    text: Annotated[str, msgspec.Meta(min_length=1, max_length=MAX_TEXT)]
    title: ShortText = ""
    kind: Code = ""
    address: ShortText = ""
    lon: Lon | None = None
    lat: Lat | None = None
    urgent: bool = False
    self_handled: bool = False
    occurred_at: datetime | None = None
    source: Code = ""
    source_no: Code = ""
    source_due: datetime | None = None
    callback: bool = False
    callback_by: datetime | None = None
    contact: Contact | None = None
    photos: Annotated[tuple[GivenAttachment, ...], msgspec.Meta(max_length=MAX_PHOTOS)] = ()
    after_photos: Annotated[tuple[GivenAttachment, ...], msgspec.Meta(max_length=MAX_PHOTOS)] = ()


class Condition(msgspec.Struct, frozen=True):
    """A filing condition (立案条件): it gives the handling limit and what must hold at closing."""

    code: str
    kind: str
    name_zh: str
    name_en: str
    limit: Limit
    closing_zh: tuple[str, ...] = ()
    closing_en: tuple[str, ...] = ()
    enabled: bool = True


class CaseKind(msgspec.Struct, frozen=True):
    """A kind of case in a code table (domain.md 4.2, 4.3); disabled kinds are listed but cannot be reported.

    What is told under a ``sensitive`` kind (a quarrel between neighbours, say) is shown only to roles that need it.
    """

    code: str
    name_zh: str
    name_en: str
    parent: str | None = None
    enabled: bool = True
    sensitive: bool = False


LEFT_OUT = frozenset({"04-09", "05-02", "05-12"})
"""Kinds the product leaves out on principle (domain.md 7): no administrator can put them to use."""


class Rules(msgspec.Struct, frozen=True):
    """The town's own figures: limits by state and the bounds of requests. Data, because towns differ.

    A case that was taken in hand is free again after ``claim_minutes``; two cases of a kind within ``similar_m`` and
    ``similar_hours`` of each other are likely the same (domain.md 2.2). A look in the field usually takes
    ``task_minutes`` (domain.md 2.3). A unit that is whistled for may be given ``whistle_minutes`` to sign in; one that
    is overdue by ``whistle_escalate_minutes`` is a matter for the duty leader. A message nobody has read after
    ``message_minutes`` is told of, and so is who has not answered a roll call after ``roll_call_minutes``.

    ``later`` are the versions that took or will take effect after these, by time; ``at`` says which are in force.
    """

    stage: dict[CaseState, Limit]
    whole_case: Limit = Limit(3, LimitUnit.WORK_DAY)
    return_window: Limit = Limit(4, LimitUnit.WORK_HOUR)
    max_extensions: int = 2
    max_suspensions: int = 1
    max_suspension_days: int = 365
    max_redos: int = 1
    claim_minutes: int = 30
    similar_m: int = 50
    similar_hours: int = 24
    task_minutes: int = 30
    whistle_minutes: int = 30
    whistle_escalate_minutes: int = 10
    message_minutes: int = 5
    roll_call_minutes: int = 10
    later: tuple["RulesFrom", ...] = ()

    def __post_init__(self) -> None:
        if any(a.since >= b.since for a, b in pairwise(self.later)):
            raise ValueError("later rules are in the order of their moments")

    def at(self, moment: datetime) -> "Rules":
        """Return the rules in force at a moment."""
        if not self.later:
            return self
        i = bisect_right(self.later, moment, key=_since)
        return self if i == 0 else self.later[i - 1].rules


class RulesFrom(msgspec.Struct, frozen=True):
    """Rules and the moment from which they are in force."""

    since: datetime
    rules: Rules


MOST_VERSIONS = 200
"""Versions of the rules, and of the working hours, a town may have; a change a week for four years."""


def _since(version: RulesFrom) -> datetime:
    return version.since


def case_area(case: Case) -> str:
    """Return the division a case lies in: its grid's, or the town's, which is the head of every case number."""
    return case.area or case.case_no.split("-", 1)[0]
