"""What the service and its clients say to each other: one definition for both ends, JSON or MessagePack.

HTTP carries requests; what the live feed says stands in ``domain.wire_feed``. A fault is
``FaultBody`` with the HTTP status of its kind. ``WIRE`` is named in the header ``OneMap-Wire``.
"""

from datetime import datetime
from enum import StrEnum
from typing import Annotated

import msgspec

from domain.addresses import MAX_ADDRESS
from domain.case import MAX_TEXT, Case, CaseKind, Code, Condition, Contact, Rules, ShortText
from domain.change import Change, Seq
from domain.clock import ServiceClock, WorkCalendar
from domain.ids import AccountId, AttachmentId, CaseNo, DivisionCode, GivenDivision, GridCode, StaffId, ThingId, UnitId
from domain.people import Role, Staff, Unit, Vehicle
from domain.places import BaseFeature, Bounds, Division, Grid, Lat, Lon, Position
from domain.reading import Reading
from domain.register import Entry
from domain.states import CaseState, Channel

WIRE = 3
WIRES = (1, 2, 3)
"""Every wire this program's service speaks: its own, and those before."""
MAX_BATCH = 1000
"""Rows in one import or positions request."""
MAX_WKB = 4 * 1024 * 1024
"""Bytes of one geometry."""

KEY_HEADER = "Idempotency-Key"
BEHALF_HEADER = "OneMap-On-Behalf-Of"
MASK = "***"
"""What stands where something is not for this reader."""
WIRE_HEADER = "OneMap-Wire"


class FaultBody(msgspec.Struct, frozen=True):
    """A refusal: the message key and the values its sentence names."""

    key: str
    params: dict[str, str | int | float | None] = {}


class SignIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``POST /v1/session``."""

    user: Annotated[str, msgspec.Meta(min_length=1, max_length=64)]
    password: Annotated[str, msgspec.Meta(min_length=1, max_length=256)]
    code: Annotated[str, msgspec.Meta(max_length=8)] = ""


class Me(msgspec.Struct, frozen=True):
    """Who the token belongs to."""

    account: AccountId
    name: str
    roles: frozenset[Role]
    unit: UnitId | None = None
    staff: StaffId | None = None
    area: str = ""
    must_change_password: bool = False


class Session(msgspec.Struct, frozen=True):
    """A signed-in session. ``expires_at`` is real time, whatever clock the town runs on."""

    token: str
    expires_at: datetime
    me: Me


class TownInfo(msgspec.Struct, frozen=True):
    """What the town is called and how it works. ``division`` is its 9-digit code, the head of every case number;
    ``revision`` counts what administrators altered."""

    division: DivisionCode
    name_zh: str
    name_en: str
    synthetic: bool
    calendar: WorkCalendar
    rules: Rules
    kinds: tuple[CaseKind, ...]
    conditions: tuple[Condition, ...]
    revision: int = 0


class AccountName(msgspec.Struct, frozen=True):
    """What an account of the room's own people or programs is called, so that who did something can be shown.

    ``roles`` are empty for one that is out of use: a case cannot be handed over to it.
    """

    account: AccountId
    name: str
    roles: frozenset[Role] = frozenset()


class Snapshot(msgspec.Struct, frozen=True):
    """``GET /v1/snapshot``: everything but geometry, exactly as of change ``head``.

    ``cases`` holds all open cases and the most recently changed ended ones (``ended_left_out`` counts the rest).
    ``people`` names the accounts that act on cases, for readers who see all cases. ``entries`` of the register and the
    latest ``readings`` of its things came with wire 3.
    ``geometry`` is the tag under which ``GET /v1/geometry`` serves the grids, divisions and base map.
    """

    epoch: str
    head: Seq
    clock: ServiceClock
    me: Me
    town: TownInfo
    units: tuple[Unit, ...]
    staff: tuple[Staff, ...]
    vehicles: tuple[Vehicle, ...]
    cases: tuple[Case, ...]
    positions: tuple[Position, ...]
    geometry: str
    ended_left_out: int = 0
    people: tuple[AccountName, ...] = ()
    entries: tuple[Entry, ...] = ()
    readings: tuple[Reading, ...] = ()


class Geometry(msgspec.Struct, frozen=True):
    """``GET /v1/geometry``: what the map is drawn from. ``tag`` changes whenever any of it does."""

    tag: str
    divisions: tuple[Division, ...]
    grids: tuple[Grid, ...]
    base: tuple[BaseFeature, ...]


class Outcome(msgspec.Struct, frozen=True):
    """The answer to a report or a command: the change it made and the case after it."""

    change: Change
    case: Case


class CasePage(msgspec.Struct, frozen=True):
    """A page of cases, newest first; ``after`` is given back to ask for the next one."""

    cases: tuple[Case, ...]
    after: str | None = None


class SimilarCase(msgspec.Struct, frozen=True):
    """A case that is likely the same as what is asked about: how far from it, and how long before or after."""

    case: Case
    apart_s: float
    distance_m: float | None = None


class SimilarCases(msgspec.Struct, frozen=True):
    """``GET /v1/similar``: likely duplicates, open or ended, the nearest first."""

    cases: tuple[SimilarCase, ...]


class ChangePage(msgspec.Struct, frozen=True):
    """The timeline of a case, oldest first."""

    changes: tuple[Change, ...]


class AttachmentInfo(msgspec.Struct, frozen=True):
    """A kept photo, after it was re-encoded and its metadata dropped."""

    attachment_id: AttachmentId
    width: int
    height: int
    size_bytes: int


class RevealRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``POST /v1/cases/{case_no}/contact``: why a reporter's contact is to be seen. The reveal is logged."""

    reason: Annotated[str, msgspec.Meta(min_length=2, max_length=200)]


class RevealedContact(msgspec.Struct, frozen=True):
    """One reporter's contact."""

    report_id: str
    contact: Contact


class PositionBatch(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``POST /v1/positions``."""

    positions: Annotated[tuple[Position, ...], msgspec.Meta(max_length=MAX_BATCH)]


class TrackPoint(msgspec.Struct, frozen=True):
    """Where a thing was at a moment."""

    at: datetime
    lon: float
    lat: float


class Track(msgspec.Struct, frozen=True):
    """Where a thing was, oldest first; ``after`` is given as ``since`` to ask for what follows, None where that is all.

    It is a sample: a fix in ten seconds at most, of the time on shift, kept for a short time.
    """

    thing: ThingId
    points: tuple[TrackPoint, ...]
    after: datetime | None = None


class TrackReading(msgspec.Struct, frozen=True):
    """That somebody looked at where a person was: who, when, why, and at which stretch of time."""

    seq: Seq
    at: datetime
    by: AccountId
    reason: str
    since: datetime | None = None
    until: datetime | None = None


class TrackReadings(msgspec.Struct, frozen=True):
    """``GET /v1/me/readings``, newest first; ``before`` is given back to ask for older ones."""

    readings: tuple[TrackReading, ...]
    before: Seq | None = None


class ImportedCase(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One case of another system, its codes kept word for word under ``source`` (domain.md 2.2a)."""

    source: Annotated[str, msgspec.Meta(min_length=1, max_length=64)]
    source_no: Annotated[str, msgspec.Meta(min_length=1, max_length=64)]
    state: CaseState
    kind: Code
    title: ShortText
    opened_at: datetime
    text: Annotated[str, msgspec.Meta(max_length=MAX_TEXT)] = ""
    channel: Channel = Channel.IMPORT
    address: ShortText = ""
    lon: Lon | None = None
    lat: Lat | None = None
    accepted_at: datetime | None = None
    closed_at: datetime | None = None
    contact: Contact | None = None


class ImportedGrid(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One grid of an imported file; ``wkb`` is a (multi)polygon in WGS-84 degrees."""

    code: Annotated[str, msgspec.Meta(min_length=1, max_length=64)]
    name: Annotated[str, msgspec.Meta(min_length=1, max_length=100)]
    wkb: Annotated[bytes, msgspec.Meta(min_length=9, max_length=MAX_WKB)]
    source: Code = ""
    division: GivenDivision | None = None


class ImportedDivision(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One division of an imported file, with or without its area."""

    code: Annotated[str, msgspec.Meta(min_length=1, max_length=64)]
    name: Annotated[str, msgspec.Meta(min_length=1, max_length=100)]
    parent: GivenDivision | None = None
    wkb: Annotated[bytes, msgspec.Meta(min_length=9, max_length=MAX_WKB)] | None = None
    source: Code = ""


class ImportedFix(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One past fix of a made-up unit. ``source_at`` is the file's own time, ``fixed_at`` the time it is shifted to."""

    source: Annotated[str, msgspec.Meta(min_length=1, max_length=64)]
    thing: Annotated[str, msgspec.Meta(min_length=1, max_length=64)]
    name: Annotated[str, msgspec.Meta(min_length=1, max_length=100)]
    source_at: datetime
    fixed_at: datetime
    lon: Lon
    lat: Lat


class ImportedAddress(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One address of an imported base: of a place, never of a person."""

    code: Annotated[str, msgspec.Meta(min_length=1, max_length=64)]
    text: Annotated[str, msgspec.Meta(min_length=1, max_length=MAX_ADDRESS)]
    lon: Lon
    lat: Lat
    division: Annotated[str, msgspec.Meta(max_length=64)] = ""
    source: Code = ""


class ImportBatch(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``POST /v1/import/{what}``: one of the lists is filled. ``dry_run`` judges the rows and writes nothing."""

    cases: Annotated[tuple[ImportedCase, ...], msgspec.Meta(max_length=MAX_BATCH)] = ()
    grids: Annotated[tuple[ImportedGrid, ...], msgspec.Meta(max_length=MAX_BATCH)] = ()
    divisions: Annotated[tuple[ImportedDivision, ...], msgspec.Meta(max_length=MAX_BATCH)] = ()
    positions: Annotated[tuple[ImportedFix, ...], msgspec.Meta(max_length=MAX_BATCH)] = ()
    addresses: Annotated[tuple[ImportedAddress, ...], msgspec.Meta(max_length=MAX_BATCH)] = ()
    dry_run: bool = False


class RowOutcome(StrEnum):
    """What became of one imported row."""

    ACCEPTED = "accepted"
    DUPLICATE = "duplicate"
    REJECTED = "rejected"


class RowResult(msgspec.Struct, frozen=True):
    """The answer to one row, in the order they were sent; ``fault`` says why it was rejected."""

    outcome: RowOutcome
    fault: FaultBody | None = None


class TownArea(msgspec.Struct, frozen=True):
    """``GET /v1/import/area``: the box the town's grids lie in, so that an import can tell what is far off it.

    None where the town has no grid yet.
    """

    bounds: Bounds | None = None


class ImportResult(msgspec.Struct, frozen=True):
    """The answer to an import batch."""

    results: tuple[RowResult, ...]


class ExportRow(msgspec.Struct, frozen=True):
    """One case as it is exported: never a contact. Helpers and copies are ids of units, parted by blanks."""

    case_no: CaseNo
    source: str
    source_no: str
    channel: Channel
    kind: str
    title: str
    state: CaseState
    opened_at: datetime
    closed_at: datetime | None
    due_at: datetime | None
    grid_code: GridCode | None
    address: str
    lon: float | None
    lat: float | None
    synthetic: bool
    lead_unit: str = ""
    helper_units: str = ""
    copied_units: str = ""


class ExportPage(msgspec.Struct, frozen=True):
    """``GET /v1/export/cases``: a page of rows in case-number order; ``after`` asks for the next."""

    rows: tuple[ExportRow, ...]
    timezone: str
    after: str | None = None
