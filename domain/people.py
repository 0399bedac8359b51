"""Roles, units, staff, vehicles and shifts (domain.md section 5).

One person may hold several roles: in a small town one clerk covers the whole room. A *unit* is what a case can be
assigned to and signs for it; *staff* are persons on shift, with positions.
"""

from collections.abc import Collection
from datetime import datetime, timedelta
from enum import StrEnum

import msgspec

from domain.faults import invalid
from domain.ids import AccountId, GridCode, StaffId, ThingId, UnitId


class Role(StrEnum):
    """What an account may do. Names in both languages are in ``resources/locale`` under ``role.<value>``."""

    ACCEPTOR = "acceptor"  # 受理员
    DUTY_CHIEF = "duty_chief"  # 值班长
    DISPATCHER = "dispatcher"  # 派遣员
    DUTY_LEADER = "duty_leader"  # 值班领导
    INSPECTOR = "inspector"  # 督查考核员
    GRID_WORKER = "grid_worker"  # 网格员
    HANDLER = "handler"  # 处置人员, of one unit
    COUNTY = "county"  # 县级社会治理中心
    GATEWAY = "gateway"  # a mobile, hotline or sensor gateway: brings in what others report, in their name
    IMPORTER = "importer"  # script account: import
    READER = "reader"  # script account: read and export
    SYSTEM_ADMIN = "system_admin"  # 系统管理员: accounts, units, limits, calendar, code tables; sees no case
    SECURITY_ADMIN = "security_admin"  # 安全管理员: roles and areas, locks, sessions; sees no case
    AUDIT_ADMIN = "audit_admin"  # 审计管理员: reads who did what; changes nothing
    SYSTEM = "system"  # the service's own timers; never given to an account


ROOM_ROLES = frozenset({Role.ACCEPTOR, Role.DUTY_CHIEF, Role.DISPATCHER, Role.DUTY_LEADER, Role.INSPECTOR})
"""Roles of people who sit in the room and see its cases."""

REPORTING_ROLES = frozenset({Role.ACCEPTOR, Role.GRID_WORKER, Role.COUNTY, Role.GATEWAY})
"""Roles that may bring in a report, each in the channels the service's table of rights gives it."""

ADMIN_ROLES = frozenset({Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDIT_ADMIN})
"""The three administrators (三员). Each stands alone: with neither of the others, and with no role of the work."""


def check_roles(roles: Collection[Role]) -> None:
    """Raise ``Fault('roles_exclude_each_other')`` for roles one account may not hold together."""
    admin = ADMIN_ROLES.intersection(roles)
    if admin and len(set(roles)) > 1:
        raise invalid("roles_exclude_each_other", roles=", ".join(sorted(roles)))
    if Role.SYSTEM in roles:
        raise invalid("unknown_role", role=Role.SYSTEM)


class Actor(msgspec.Struct, frozen=True, cache_hash=True):
    """Who acts: an account, its roles, and the unit or staff member it speaks for.

    ``area`` is the head of the division codes the account is for (county 6, town 9, village 12 digits); "" is all.
    """

    account: AccountId
    roles: frozenset[Role]
    unit: UnitId | None = None
    staff: StaffId | None = None
    area: str = ""


def same_person(actor: Actor, account: AccountId | None, staff: StaffId | None) -> bool:
    """Return whether the actor is who acted before: the same member of staff, or else the same account.

    A gateway's account speaks for many, so where both are known the members of staff decide.
    """
    if actor.staff is not None and staff is not None:
        return actor.staff == staff
    return account is not None and actor.account == account


class UnitKind(StrEnum):
    """What sort of unit it is."""

    DEPARTMENT = "department"
    TEAM = "team"
    CREW = "crew"  # a vehicle and who is in it
    PERSON = "person"


class Unit(msgspec.Struct, frozen=True):
    """Something a case can be assigned to. ``kinds`` are the case kinds (code prefixes) it is there for."""

    unit_id: UnitId
    name: str
    kind: UnitKind
    kinds: tuple[str, ...] = ()
    grids: tuple[GridCode, ...] = ()
    synthetic: bool = False


DAY = timedelta(days=1)


class Shift(msgspec.Struct, frozen=True):
    """A stretch of duty, ``starts_at <= t < ends_at``, both aware UTC; a ``daily`` one comes again every 24 hours."""

    starts_at: datetime
    ends_at: datetime
    daily: bool = False

    def covers(self, at: datetime) -> bool:
        """Return whether ``at`` lies within the shift."""
        if not self.daily or at < self.ends_at:
            return self.starts_at <= at < self.ends_at
        return (at - self.starts_at) % DAY < self.ends_at - self.starts_at


def shift_end(shift: Shift, at: datetime) -> datetime | None:
    """Return when the shift that covers ``at`` ends, None where none does."""
    if not shift.covers(at):
        return None
    if not shift.daily or at < shift.ends_at:
        return shift.ends_at
    return at + (shift.ends_at - shift.starts_at) - (at - shift.starts_at) % DAY


class Staff(msgspec.Struct, frozen=True):
    """One of the room's own people. A position exists only while the shift covers the time."""

    staff_id: StaffId
    name: str
    unit_id: UnitId
    roles: frozenset[Role]
    grid_code: GridCode | None = None
    shift: Shift | None = None
    synthetic: bool = False


class Vehicle(msgspec.Struct, frozen=True):
    """A vehicle of a unit; it has a position while its unit is on shift."""

    vehicle_id: ThingId
    name: str
    unit_id: UnitId
    shift: Shift | None = None
    synthetic: bool = False
