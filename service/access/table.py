"""The one table: what each role opens, brings, sees of the cases, and sees of a case. What is not in it is refused.

Which *action* a role may take on a case stands in the table of steps (``domain.machine``); *where* it may be taken, in
the area of the account. ``docs/access.md`` is written from these tables.
"""

from enum import IntEnum, StrEnum
from functools import lru_cache, reduce

import msgspec

from domain.change import Subject
from domain.people import Role
from domain.states import Channel


class Door(StrEnum):
    """A group of endpoints with the same right of entry."""

    SESSION = "session"  # who am I, sign out
    OWN = "own"  # one's own password, second factor and sessions
    READ = "read"  # snapshot, geometry, feed: as much of them as one may see
    CASES = "cases"  # single cases, lists, timelines, photos
    REPORT = "report"
    COMMAND = "command"
    ATTACH = "attach"
    REVEAL = "reveal"
    POSITIONS_SEND = "positions_send"
    POSITIONS_READ = "positions_read"
    TRACK = "track"  # where one of the room's people or vehicles was; one's own is behind OWN
    IMPORT = "import"
    EXPORT = "export"
    ACCOUNTS_READ = "accounts_read"  # list accounts
    ACCOUNTS = "accounts"  # make, disable, rename accounts
    RIGHTS = "rights"  # grant roles and areas, lock, end sessions, reset second factors
    SETTINGS_READ = "settings_read"
    SETTINGS = "settings"  # units, limits, calendar, code tables
    AUDIT = "audit"  # read the audit trail, verify it, sign its heads
    REGISTER_READ = "register_read"  # entries of the registers that one's roles may read
    REGISTER = "register"  # put and remove entries, of the registers that one's roles may write
    LOG = "log"  # the duty log of the room, and putting what is of the room on paper
    READINGS_SEND = "readings_send"  # what sensors and cameras say
    CARE = "care"  # how long things stay, and erasing what has to go


class Reach(IntEnum):
    """How many of the cases, or positions, of its area a role sees."""

    NONE = 0
    OWN = 1  # of its unit, its grid, its tasks; its own position
    ALL = 2


class Field(StrEnum):
    """A part of a case that is not for everybody who sees the case. A contact is in none: it is only ever revealed."""

    WORDS = "words"  # what the reporter said
    SENSITIVE = "sensitive"  # title, address, words, notes and photos of a sensitive kind
    SOURCE_NO = "source_no"  # the number under which another system knows the reporter
    REPORTER = "reporter"  # which member of staff reported


class Rights(msgspec.Struct, frozen=True, cache_hash=True):
    """What a role may. The rights of several roles add up."""

    doors: frozenset[Door] = frozenset()
    channels: frozenset[Channel] = frozenset()
    cases: Reach = Reach.NONE
    positions: Reach = Reach.NONE
    fields: frozenset[Field] = frozenset()
    subjects: frozenset[Subject] = frozenset()
    speaks_for_others: bool = False

    def __or__(self, other: "Rights") -> "Rights":
        return Rights(
            self.doors | other.doors,
            self.channels | other.channels,
            max(self.cases, other.cases),
            max(self.positions, other.positions),
            self.fields | other.fields,
            self.subjects | other.subjects,
            self.speaks_for_others or other.speaks_for_others,
        )


GUARDED = frozenset({Subject.ACCOUNT, Subject.EXPORT, Subject.READING, Subject.AUDIT, Subject.ADDRESS})
"""Changes that are for those alone whose rights name their subject; the rest is for everybody who may see the case."""

D, C, F, R = Door, Channel, Field, Role
_EVERYBODY = frozenset({D.SESSION, D.OWN})
_WORK = _EVERYBODY | {D.READ, D.CASES, D.COMMAND, D.ATTACH, D.POSITIONS_READ, D.REGISTER_READ}
_ALL_FIELDS = frozenset(Field)
_ADMIN = _EVERYBODY | {D.READ, D.ACCOUNTS_READ, D.SETTINGS_READ}


def _room(*doors: Door, fields: frozenset[Field] = _ALL_FIELDS, channels: frozenset[Channel] = frozenset()) -> Rights:
    return Rights(_WORK | {D.REGISTER, D.LOG} | set(doors), channels, Reach.ALL, Reach.ALL, fields)


TABLE: dict[Role, Rights] = {
    R.ACCEPTOR: _room(D.REPORT, D.REVEAL, channels=frozenset(C) - {C.IMPORT, C.GRID_WORKER}),
    R.DUTY_CHIEF: _room(D.REVEAL, D.EXPORT, D.TRACK),
    R.DISPATCHER: _room(D.REVEAL),
    R.DUTY_LEADER: _room(D.TRACK),
    R.INSPECTOR: _room(D.EXPORT, fields=frozenset({F.WORDS, F.SOURCE_NO, F.REPORTER})),
    R.GRID_WORKER: Rights(
        _WORK | {D.REPORT, D.POSITIONS_SEND, D.REGISTER},
        frozenset({C.GRID_WORKER}),
        Reach.OWN,
        Reach.OWN,
        frozenset({F.WORDS, F.SENSITIVE, F.REPORTER}),
    ),
    R.HANDLER: Rights(
        _WORK | {D.POSITIONS_SEND, D.REGISTER},
        frozenset(),
        Reach.OWN,
        Reach.OWN,
        frozenset({F.WORDS, F.SENSITIVE, F.REPORTER}),
    ),
    R.COUNTY: Rights(
        _EVERYBODY | {D.READ, D.CASES, D.COMMAND, D.ATTACH, D.REPORT, D.REGISTER_READ, D.REGISTER},
        frozenset({C.UPPER}),
        Reach.ALL,
        Reach.NONE,
        frozenset({F.WORDS, F.SENSITIVE, F.SOURCE_NO}),
    ),
    R.GATEWAY: Rights(
        _WORK | {D.REPORT, D.POSITIONS_SEND, D.READINGS_SEND, D.REGISTER},
        frozenset(C) - {C.IMPORT},
        Reach.ALL,
        Reach.ALL,
        frozenset({F.WORDS, F.SOURCE_NO, F.REPORTER}),
        speaks_for_others=True,
    ),
    R.IMPORTER: Rights(_EVERYBODY | {D.IMPORT, D.REGISTER_READ, D.REGISTER}),
    R.READER: Rights(
        _EVERYBODY
        | {
            D.READ,
            D.CASES,
            D.EXPORT,
            D.POSITIONS_READ,
            D.REGISTER_READ,
        },  # pictures by script show who is out there, too
        frozenset(),
        Reach.ALL,
        Reach.ALL,
        frozenset({F.SOURCE_NO}),
    ),
    R.SYSTEM_ADMIN: Rights(
        _ADMIN | {D.ACCOUNTS, D.SETTINGS, D.REGISTER_READ, D.REGISTER}, subjects=frozenset({Subject.ACCOUNT})
    ),
    R.SECURITY_ADMIN: Rights(_ADMIN | {D.RIGHTS, D.CARE}, subjects=frozenset({Subject.ACCOUNT})),
    R.AUDIT_ADMIN: Rights(_ADMIN | {D.AUDIT}, subjects=GUARDED),
}
"""Rights by role. ``SYSTEM``, the service's own timers, is not in it: it comes through no door."""


def rights_of(roles: frozenset[Role]) -> Rights:
    """Return what these roles may together; nothing for a role that is not in the table."""
    return _sum(tuple([TABLE[role] for role in roles if role in TABLE]))


@lru_cache(maxsize=256)
def _sum(parts: tuple[Rights, ...]) -> Rights:
    return reduce(Rights.__or__, parts, Rights())
