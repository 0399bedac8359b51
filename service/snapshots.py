"""The whole picture in one answer, exactly as of one change. Case bodies go from the store to the wire unopened."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

import msgspec
from msgspec import UNSET, UnsetType
from sqlalchemy import Connection, select

from domain.case import Case
from domain.change import Seq
from domain.clock import ServiceClock
from domain.ids import AccountId
from domain.people import ADMIN_ROLES, Role, Staff, Unit, Vehicle
from domain.places import Position
from domain.reading import Reading
from domain.register import Entry
from domain.wire import AccountName, Me, TownInfo
from service.access import Sight
from service.store import reads, register
from service.store import tables as t
from service.store.rows import case_of
from service.world import META_TOWN

REGISTER_SINCE = 3
"""The wire the register and its readings came with."""
MOST_ENDED = 6_000
"""Ended cases in a snapshot: those changed last."""


class _Packed(msgspec.Struct, frozen=True):
    """``Snapshot`` with its cases still packed: the same fields in the same order; wires before 3 lack the last two."""

    epoch: str
    head: Seq
    clock: ServiceClock
    me: Me
    town: TownInfo
    units: tuple[Unit, ...]
    staff: tuple[Staff, ...]
    vehicles: tuple[Vehicle, ...]
    cases: tuple[msgspec.Raw, ...]
    positions: tuple[Position, ...]
    geometry: str
    ended_left_out: int = 0
    people: tuple[AccountName, ...] = ()
    entries: Sequence[msgspec.Raw] | UnsetType = UNSET
    readings: Sequence[Reading] | UnsetType = UNSET


MOST_PEOPLE = 1_000
"""Accounts named in a snapshot; a town has some dozens."""
_NAMES = (
    select(t.account.c.account, t.account.c.name, t.account.c.roles, t.account.c.disabled_at, t.account.c.locked_at)
    .where(t.account.c.name != t.account.c.account)
    .order_by(t.account.c.account)
    .limit(MOST_PEOPLE)
)


def take_snapshot(
    connection: Connection,
    *,
    epoch: str,
    clock: ServiceClock,
    me: Me,
    sight: Sight,
    positions: Iterable[Position],
    readings: Sequence[Reading],
    now: datetime,
    tag: str,
    wire: int,
    msgpack: bool,
) -> bytes:
    """Return an encoded ``Snapshot`` of a wire. The connection must be in one transaction that sees one state."""
    town = reads.meta(connection, META_TOWN)
    if town is None:
        raise ValueError("the store holds no town")
    scope = sight.scope()
    ended = reads.ended_case_bodies(connection, MOST_ENDED, scope)
    bodies = [*reads.open_case_bodies(connection, scope), *ended]
    left_out = reads.ended_count(connection, scope) - len(ended)
    if sight.hidden:
        bodies = [msgspec.msgpack.encode(sight.show_case(case_of(body))) for body in bodies]
    entries = register.bodies(connection, sight.shelf(me.account), now)
    packed = _Packed(
        epoch=epoch,
        head=reads.head(connection).seq,
        clock=clock,
        me=me,
        town=msgspec.json.decode(town, type=TownInfo),
        units=tuple(reads.bodies(connection, t.unit, Unit)),
        staff=tuple(reads.bodies(connection, t.staff, Staff)),
        vehicles=tuple(reads.bodies(connection, t.vehicle, Vehicle)),
        cases=tuple(msgspec.Raw(body) for body in bodies),
        positions=tuple(positions),
        geometry=tag,
        ended_left_out=left_out,
        people=tuple(_account_names(connection)) if sight.all_cases else (),
        entries=UNSET if wire < REGISTER_SINCE else [msgspec.Raw(body) for body in entries],
        readings=UNSET if wire < REGISTER_SINCE else readings,
    )
    if msgpack:
        return msgspec.msgpack.encode(packed)
    return msgspec.json.encode(
        msgspec.structs.replace(
            packed,
            cases=tuple(_as_json(case_of(body)) for body in bodies),
            entries=UNSET if wire < REGISTER_SINCE else [_as_json(register.entry_of(body)) for body in entries],
        )
    )


def _as_json(value: Case | Entry) -> msgspec.Raw:
    return msgspec.Raw(msgspec.json.encode(value))


def _account_names(connection: Connection) -> Iterator[AccountName]:
    """Name the accounts that act on cases, out of use or not: what they did is still told. No administrator does."""
    for row in connection.execute(_NAMES):
        roles = msgspec.json.decode(row.roles, type=frozenset[Role])
        if ADMIN_ROLES.isdisjoint(roles):
            in_use = row.disabled_at is None and row.locked_at is None
            yield AccountName(AccountId(row.account), row.name, roles if in_use else frozenset())
