"""What administrators and the service say to each other: accounts, rights, sessions, and the town's settings.

Every request that alters something names the ``version`` or ``revision`` that was seen and carries an idempotency key;
the answer is ``Done``, with the change it made. Secrets (a new second factor) are shown once and are in no change.
"""

from datetime import date, datetime
from enum import StrEnum
from typing import Annotated

import msgspec

from domain.case import CaseKind, Condition, Rules
from domain.change import Change
from domain.clock import Hours, Limit, WorkCalendar
from domain.ids import AccountId, GridCode, StaffId, UnitId
from domain.people import Role, Unit, UnitKind
from domain.states import CaseState

User = Annotated[str, msgspec.Meta(min_length=1, max_length=64)]
Name = Annotated[str, msgspec.Meta(min_length=1, max_length=60)]
Id = Annotated[str, msgspec.Meta(min_length=1, max_length=64)]
Reason = Annotated[str, msgspec.Meta(min_length=2, max_length=200)]
Password = Annotated[str, msgspec.Meta(min_length=1, max_length=256)]
TotpCode = Annotated[str, msgspec.Meta(min_length=6, max_length=8)]
Seen = Annotated[int, msgspec.Meta(ge=0, le=2**31 - 1)]
Area = Annotated[str, msgspec.Meta(max_length=12)]
Title = Annotated[str, msgspec.Meta(min_length=1, max_length=100)]
Count = Annotated[int, msgspec.Meta(ge=0, le=100)]
Closing = Annotated[tuple[Title, ...], msgspec.Meta(max_length=20)]


class _In(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What comes from outside: named fields, and none that is not known."""


class Done(msgspec.Struct, frozen=True):
    """The answer to an administrator: the change that was made."""

    change: Change


# -- accounts ----------------------------------------------------------------------------------------------------------


class AccountInfo(msgspec.Struct, frozen=True):
    """An account as administrators see it; ``version`` counts its changes.

    A ``script`` account has no password. A ``locked`` one cannot sign in until the security administrator unlocks it.
    """

    account: AccountId
    name: str
    roles: frozenset[Role]
    area: str
    unit: UnitId | None
    staff: StaffId | None
    version: int
    added_at: datetime
    disabled: bool
    locked: bool
    script: bool
    totp: bool
    must_change_password: bool


class AccountPage(msgspec.Struct, frozen=True):
    """``GET /v1/admin/accounts``: by sign-in name; ``after`` asks for the next page."""

    accounts: tuple[AccountInfo, ...]
    after: str | None = None


class AccountAsked(_In, frozen=True, kw_only=True):
    """``POST /v1/admin/accounts``: a new account, without a role until the security administrator grants one."""

    account: User
    name: Name
    password: Password
    unit: UnitId | None = None
    staff: StaffId | None = None


class AccountEdit(_In, frozen=True, kw_only=True):
    """``PUT /v1/admin/accounts/{account}``: the name, unit and member of staff it is to have."""

    version: Seen
    name: Name
    unit: UnitId | None = None
    staff: StaffId | None = None


class AccountStep(_In, frozen=True, kw_only=True):
    """``POST /v1/admin/accounts/{account}/STEP``: disable, enable, lock, unlock, totp-reset, sign-out; and why."""

    version: Seen
    reason: Reason


class PasswordReset(_In, frozen=True, kw_only=True):
    """``POST /v1/admin/accounts/{account}/password``: a first password to be changed at once; the account is locked
    until the security administrator unlocks it, so that no one administrator alone can sign in as somebody else."""

    version: Seen
    password: Password
    reason: Reason


class RightsAsked(_In, frozen=True, kw_only=True):
    """``PUT /v1/admin/accounts/{account}/rights``: the roles and the area it is to have."""

    version: Seen
    roles: frozenset[Role]
    area: Area = ""
    reason: Reason


class SessionInfo(msgspec.Struct, frozen=True):
    """A valid token: ``session`` names it and cannot be used in its place."""

    session: str
    account: AccountId
    roles: frozenset[Role]
    since: datetime
    expires_at: datetime


class SessionPage(msgspec.Struct, frozen=True):
    """``GET /v1/admin/sessions``: by account; ``after`` asks for the next page."""

    sessions: tuple[SessionInfo, ...]
    after: str | None = None


class SessionEnd(_In, frozen=True, kw_only=True):
    """``POST /v1/admin/sessions/{session}/revoke``."""

    reason: Reason


# -- one's own account -------------------------------------------------------------------------------------------------


class PasswordChange(_In, frozen=True, kw_only=True):
    """``PUT /v1/me/password``: all other sessions of the account end."""

    old: Password
    new: Password


class TotpAsked(_In, frozen=True, kw_only=True):
    """``POST /v1/me/totp``: ask for a second factor."""

    password: Password


class TotpShown(msgspec.Struct, frozen=True):
    """A new second factor, shown this once. It counts from the first right code on (``POST /v1/me/totp/confirm``)."""

    secret: str
    uri: str


class TotpConfirm(_In, frozen=True, kw_only=True):
    """``POST /v1/me/totp/confirm``."""

    code: TotpCode


# -- the town's settings -----------------------------------------------------------------------------------------------


class Planned(msgspec.Struct, frozen=True):
    """A row of a code table that will be in force from a moment on: one of the two is set."""

    since: datetime
    kind: CaseKind | None = None
    condition: Condition | None = None


class Settings(msgspec.Struct, frozen=True):
    """``GET /v1/admin/settings``: what is in force now, and what is planned for the code tables.

    ``rules.later`` and ``calendar.later`` say what was and will be in force. ``revision`` counts the changes of all of
    it and is named by each edit.
    """

    revision: int
    calendar: WorkCalendar
    rules: Rules
    kinds: tuple[CaseKind, ...]
    conditions: tuple[Condition, ...]
    units: tuple[Unit, ...]
    planned: tuple[Planned, ...] = ()


class RulesEdit(_In, frozen=True, kw_only=True):
    """``PUT /v1/admin/rules``: limits in force from ``since`` (or now) on. Running clocks keep theirs."""

    revision: Seen
    since: datetime | None = None
    stage: Annotated[dict[CaseState, Limit], msgspec.Meta(max_length=20)]
    whole_case: Limit
    return_window: Limit
    max_extensions: Count
    max_suspensions: Count
    max_suspension_days: Annotated[int, msgspec.Meta(ge=1, le=3650)]
    max_redos: Count
    claim_minutes: Annotated[int, msgspec.Meta(ge=1, le=1440)] = 30
    similar_m: Annotated[int, msgspec.Meta(ge=0, le=2000)] = 50
    similar_hours: Annotated[int, msgspec.Meta(ge=0, le=720)] = 24
    task_minutes: Annotated[int, msgspec.Meta(ge=1, le=1440)] = 30
    whistle_minutes: Annotated[int, msgspec.Meta(ge=1, le=1440)] = 30
    whistle_escalate_minutes: Annotated[int, msgspec.Meta(ge=1, le=1440)] = 10
    message_minutes: Annotated[int, msgspec.Meta(ge=1, le=1440)] = 5
    roll_call_minutes: Annotated[int, msgspec.Meta(ge=1, le=1440)] = 10


class DayKind(StrEnum):
    """What a single day is; ``ordinary`` takes it out of both lists."""

    HOLIDAY = "holiday"
    MAKEUP = "makeup"
    ORDINARY = "ordinary"


class DaysEdit(_In, frozen=True, kw_only=True):
    """``PUT /v1/admin/days``: holidays and make-up days, today or to come; a day's date is when it takes effect."""

    revision: Seen
    days: Annotated[dict[date, DayKind], msgspec.Meta(min_length=1, max_length=400)]


class HoursEdit(_In, frozen=True, kw_only=True):
    """``PUT /v1/admin/hours``: working hours and weekly days off from a local day on, tomorrow at the earliest."""

    revision: Seen
    since: date
    hours: Annotated[tuple[Hours, ...], msgspec.Meta(min_length=1, max_length=8)]
    days_off: Annotated[frozenset[int], msgspec.Meta(max_length=6)]


class KindEdit(_In, frozen=True, kw_only=True):
    """``PUT /v1/admin/kinds/{code}``: a kind of case as it is to be from ``since`` on (now where it is left out)."""

    revision: Seen
    since: datetime | None = None
    name_zh: Title
    name_en: Title
    parent: Id | None = None
    enabled: bool
    sensitive: bool = False


class ConditionEdit(_In, frozen=True, kw_only=True):
    """``PUT /v1/admin/conditions/{code}``: a filing condition as it is to be from ``since`` on."""

    revision: Seen
    since: datetime | None = None
    kind: Annotated[str, msgspec.Meta(max_length=64)]
    name_zh: Title
    name_en: Title
    limit: Limit
    closing_zh: Closing = ()
    closing_en: Closing = ()
    enabled: bool


class UnitEdit(_In, frozen=True, kw_only=True):
    """``PUT /v1/admin/units/{unit}``: a unit as it is to be."""

    revision: Seen
    name: Name
    kind: UnitKind
    kinds: Annotated[tuple[Id, ...], msgspec.Meta(max_length=200)] = ()
    grids: Annotated[tuple[GridCode, ...], msgspec.Meta(max_length=2000)] = ()
