"""Tokens: opaque, 256 bits, kept as SHA-256, revoked at once. Expiry is in real time."""

import json
import secrets
from collections import OrderedDict
from collections.abc import Iterable
from datetime import datetime
from hashlib import sha256

import msgspec
from sqlalchemy import Connection, bindparam, select

from domain.faults import Fault, FaultKind, invalid
from domain.ids import AccountId, StaffId, UnitId
from domain.people import Actor, Role
from service.clock import real_now
from service.store import tables as t
from service.store.rows import from_us

MOST_CACHED = 10_000

_TOKEN = (
    select(
        t.token.c.roles,
        t.account.c.roles.label("held"),
        t.token.c.expires_at,
        t.account.c.account,
        t.account.c.name,
        t.account.c.unit,
        t.account.c.staff,
    )
    .join(t.account, t.account.c.account == t.token.c.account)
    .where(t.token.c.hash == bindparam("hash"), t.token.c.revoked_at.is_(None))
)
_ACCOUNT = select(t.account).where(t.account.c.account == bindparam("account"))


class Holder(msgspec.Struct, frozen=True):
    """Whoever holds a valid token."""

    actor: Actor
    name: str
    token: bytes
    expires_at: datetime


class Account(msgspec.Struct, frozen=True):
    """An account as kept. A script's account has no password."""

    actor: Actor
    name: str
    password_hash: str | None


def new_token() -> tuple[str, bytes]:
    """Return a new token and what is kept of it."""
    token = secrets.token_urlsafe(32)
    return token, token_hash(token)


def token_hash(token: str) -> bytes:
    """Return what is kept of a token."""
    return sha256(token.encode()).digest()


def roles_text(roles: Iterable[Role]) -> str:
    """Return roles as kept in a row."""
    return json.dumps(sorted(role.value for role in roles))


def roles_of(text: str) -> frozenset[Role]:
    """Return the roles kept in a row."""
    return frozenset(Role(value) for value in json.loads(text))


def parse_roles(text: str) -> frozenset[Role]:
    """Return the roles named ``a,b,c``. Raises ``Fault('unknown_role')``; nobody is given the system's own role."""
    roles: set[Role] = set()
    for name in (part.strip() for part in text.split(",")):
        if name not in list(Role) or name == Role.SYSTEM:
            raise invalid("unknown_role", role=name[:40])
        roles.add(Role(name))
    return frozenset(roles)


def find_account(connection: Connection, account: str) -> Account | None:
    """Return an account by its sign-in name."""
    row = connection.execute(_ACCOUNT, {"account": account}).first()
    if row is None:
        return None
    return Account(_actor(row, roles_of(row.roles)), row.name, row.password_hash)


def find_holder(connection: Connection, hashed: bytes) -> Holder | None:
    """Return the holder of an unrevoked token; whether it has expired is for the caller to see."""
    row = connection.execute(_TOKEN, {"hash": hashed}).first()
    if row is None:
        return None
    roles = roles_of(row.roles) & roles_of(row.held)  # a role taken from an account is taken from its tokens too
    return Holder(_actor(row, roles), row.name, hashed, from_us(row.expires_at))


def _actor(row: object, roles: frozenset[Role]) -> Actor:
    unit, staff = getattr(row, "unit", None), getattr(row, "staff", None)
    return Actor(
        account=AccountId(getattr(row, "account", "")),
        roles=roles,
        unit=None if unit is None else UnitId(unit),
        staff=None if staff is None else StaffId(staff),
    )


class Holders:
    """The tokens seen lately. ``forget_all`` is called when accounts or tokens change."""

    def __init__(self) -> None:
        self._held: OrderedDict[bytes, Holder] = OrderedDict()

    def get(self, hashed: bytes) -> Holder | None:
        """Return a cached holder, None where it must be looked up. Raises ``Fault`` where it has expired."""
        holder = self._held.get(hashed)
        if holder is not None:
            check_expiry(holder)
        return holder

    def keep(self, holder: Holder) -> None:
        """Remember a holder."""
        self._held[holder.token] = holder
        while len(self._held) > MOST_CACHED:
            self._held.popitem(last=False)

    def forget_all(self) -> None:
        """Look everybody up again."""
        self._held.clear()


def check_expiry(holder: Holder) -> None:
    """Raise ``Fault('token_expired')`` once a token's time is over."""
    if real_now() >= holder.expires_at:
        raise Fault(FaultKind.UNAUTHENTICATED, "token_expired")
