"""Who may do what: the one table. What is not in it is refused.

Which *action* a role may take on a case is the state machine's (``domain.machine``); here stands who may come
through which door, bring reports of which channel, and see how much.
"""

from collections.abc import Collection
from enum import StrEnum

import msgspec

from domain.change import Change, Subject
from domain.faults import forbidden, invalid
from domain.ids import GridCode, StaffId, UnitId
from domain.people import ROOM_ROLES, Actor, Role, Staff
from domain.states import Channel
from service.store.rows import mark_grid, mark_staff, mark_unit

R = Role
_FIELD = frozenset({R.HANDLER, R.GRID_WORKER})
_READERS = ROOM_ROLES | _FIELD | {R.ADMIN, R.READER, R.GATEWAY, R.COUNTY}
_ANYBODY = frozenset(Role) - {R.SYSTEM}


class Door(StrEnum):
    """A group of endpoints with the same right of entry."""

    SESSION = "session"  # who am I, sign out
    READ = "read"  # snapshot, geometry, cases, timelines, photos, feed
    REPORT = "report"
    COMMAND = "command"
    ATTACH = "attach"
    REVEAL = "reveal"
    POSITIONS_SEND = "positions_send"
    POSITIONS_READ = "positions_read"
    IMPORT = "import"
    EXPORT = "export"


ENTRY: dict[Door, frozenset[Role]] = {
    Door.SESSION: _ANYBODY,
    Door.READ: _READERS,
    Door.REPORT: frozenset({R.GRID_WORKER, R.ACCEPTOR, R.GATEWAY, R.COUNTY}),
    Door.COMMAND: ROOM_ROLES | _FIELD | {R.GATEWAY, R.COUNTY},
    Door.ATTACH: ROOM_ROLES | _FIELD | {R.GATEWAY, R.COUNTY},
    Door.REVEAL: frozenset({R.ACCEPTOR, R.DUTY_CHIEF, R.DISPATCHER}),
    Door.POSITIONS_SEND: _FIELD | {R.GATEWAY},
    Door.POSITIONS_READ: ROOM_ROLES | _FIELD | {R.ADMIN, R.READER, R.GATEWAY},
    Door.IMPORT: frozenset({R.IMPORTER, R.ADMIN}),
    Door.EXPORT: frozenset({R.READER, R.INSPECTOR, R.DUTY_CHIEF, R.ADMIN}),
}

CHANNELS: dict[Role, frozenset[Channel]] = {
    R.GRID_WORKER: frozenset({Channel.GRID_WORKER}),
    R.ACCEPTOR: frozenset(Channel) - {Channel.IMPORT, Channel.GRID_WORKER},
    R.GATEWAY: frozenset(Channel) - {Channel.IMPORT},
    R.COUNTY: frozenset({Channel.UPPER}),
}
"""Which channels a role may bring reports of."""

_AUDIT = frozenset({Subject.ACCOUNT, Subject.EXPORT, Subject.READING})
_SEES_AUDIT = ROOM_ROLES | {R.ADMIN}
_SEES_ALL_CASES = ROOM_ROLES | {R.ADMIN, R.READER, R.GATEWAY, R.COUNTY}
_SEES_ALL_POSITIONS = ROOM_ROLES | {R.ADMIN, R.READER, R.GATEWAY}


class Sight(msgspec.Struct, frozen=True):
    """How much a reader may see. ``marks`` are what a watched case must carry where not all cases are seen."""

    audit: bool
    all_cases: bool
    all_positions: bool
    marks: frozenset[str] = frozenset()
    own_things: frozenset[str] = frozenset()

    def sees_case(self, watched_by: Collection[str]) -> bool:
        """Return whether a case with these watchers may be seen."""
        return self.all_cases or not self.marks.isdisjoint(watched_by)

    def sees_change(self, change: Change, watched_by: Collection[str]) -> bool:
        """Return whether a change may be seen; ``watched_by`` are the watchers of its case."""
        if change.subject is Subject.CASE:
            return self.sees_case(watched_by)
        return self.audit or change.subject not in _AUDIT


class Asker(msgspec.Struct, frozen=True):
    """Who asks: the account with its own roles, and as whom the rules judge it (a gateway speaks for a phone)."""

    own: Actor
    name: str
    token: bytes
    actor: Actor
    on_behalf_of: StaffId | None = None


def admit(asker: Asker, door: Door) -> None:
    """Raise ``Fault('role_may_not')`` unless one of the account's own roles opens the door."""
    if not ENTRY.get(door, frozenset()) & asker.own.roles:
        raise forbidden("role_may_not", action=door.value)


def act_for(own: Actor, member: Staff) -> Actor:
    """Return the actor a gateway becomes when it speaks for a member of staff. Raises where it is no gateway."""
    if Role.GATEWAY not in own.roles:
        raise forbidden("not_a_gateway")
    return Actor(account=own.account, roles=member.roles, unit=member.unit_id, staff=member.staff_id)


def check_channel(actor: Actor, channel: Channel) -> None:
    """Raise a fault unless the actor may bring reports of this channel."""
    if channel is Channel.IMPORT:
        raise invalid("channel_not_for_reports")
    if not any(channel in CHANNELS.get(role, ()) for role in actor.roles):
        raise forbidden("channel_not_yours", channel=channel.value)


def check_thing(asker: Asker, thing: str) -> None:
    """Raise a fault unless the asker may send this thing's position: a gateway all, others only their own."""
    if Role.GATEWAY not in asker.own.roles and thing != asker.own.staff:
        raise forbidden("not_your_position", thing=thing)


def sight_of(actor: Actor, grids: Collection[GridCode] = ()) -> Sight:
    """Return how much an account may see; ``grids`` are those its staff member answers for."""
    roles = actor.roles
    return Sight(
        audit=bool(roles & _SEES_AUDIT),
        all_cases=bool(roles & _SEES_ALL_CASES),
        all_positions=bool(roles & _SEES_ALL_POSITIONS),
        marks=_marks(actor.unit if R.HANDLER in roles else None, actor.staff, grids),
        own_things=frozenset() if actor.staff is None else frozenset({str(actor.staff)}),
    )


def _marks(unit: UnitId | None, staff: StaffId | None, grids: Collection[GridCode]) -> frozenset[str]:
    marks = {mark_grid(g) for g in grids}
    if unit is not None:
        marks.add(mark_unit(unit))
    if staff is not None:
        marks.add(mark_staff(staff))
    return frozenset(marks)
