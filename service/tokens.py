"""Accounts and tokens as they are read.

Tokens are opaque, 256 bits, kept as SHA-256 and revoked at once; they expire in real time.
"""

import json
import secrets
from collections import OrderedDict
from collections.abc import Collection, Iterable
from datetime import datetime
from hashlib import sha256

import msgspec
from sqlalchemy import Connection, bindparam, select, tuple_

from domain.faults import Fault, FaultKind, invalid
from domain.ids import AccountId, StaffId, UnitId
from domain.people import Actor, Role
from service.clock import real_now
from service.store import tables as t
from service.store.rows import from_us

MOST_CACHED = 10_000

_HOLDER = (
    select(
        t.token.c.hash,
        t.token.c.roles,
        t.account.c.roles.label("held"),
        t.token.c.expires_at,
        t.account.c.account,
        t.account.c.name,
        t.account.c.unit,
        t.account.c.staff,
        t.account.c.area,
        t.account.c.first_password,
    )
    .join(t.account, t.account.c.account == t.token.c.account)
    .where(
        t.token.c.revoked_at.is_(None),
        t.account.c.disabled_at.is_(None),
        t.account.c.locked_at.is_(None),
    )
)
_TOKEN = _HOLDER.where(t.token.c.hash == bindparam("hash"))
_TOKENS = _HOLDER.where(t.token.c.hash.in_(bindparam("hashes", expanding=True)))
_WITH_FACTOR = select(t.account, t.second_factor.c.confirmed).outerjoin(
    t.second_factor, t.second_factor.c.account == t.account.c.account
)
_ACCOUNT = _WITH_FACTOR.where(t.account.c.account == bindparam("account"))
_ACCOUNTS = (
    _WITH_FACTOR.where(t.account.c.account > bindparam("after")).order_by(t.account.c.account).limit(bindparam("limit"))
)
_FACTOR = select(t.second_factor).where(t.second_factor.c.account == bindparam("account"))
_SESSION = select(t.token.c.account).where(t.token.c.hash == bindparam("hash"), t.token.c.revoked_at.is_(None))
MOST_AT_ONCE = 500


class Holder(msgspec.Struct, frozen=True):
    """Whoever holds a valid token."""

    actor: Actor
    name: str
    token: bytes
    expires_at: datetime
    first_password: bool = False


class Account(msgspec.Struct, frozen=True):
    """An account as kept. A script's account has no password."""

    actor: Actor
    name: str
    password_hash: str | None
    added_at: datetime
    version: int = 1
    disabled: bool = False
    locked: bool = False
    first_password: bool = False
    totp: bool = False


class Factor(msgspec.Struct, frozen=True):
    """A second factor as kept; ``sealed`` holds its secret; it counts once
    it is ``confirmed``. ``last_step`` is the half minute last taken."""

    sealed: str
    confirmed: bool
    last_step: int


class KeptToken(msgspec.Struct, frozen=True):
    """A valid token as kept."""

    hash: bytes
    account: AccountId
    roles: frozenset[Role]
    added_at: datetime
    expires_at: datetime


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
    return None if row is None else _account(row)


def account_page(connection: Connection, after: str, limit: int) -> list[Account]:
    """Return accounts in the order of their sign-in names."""
    return [_account(row) for row in connection.execute(_ACCOUNTS, {"after": after, "limit": limit})]


def find_factor(connection: Connection, account: str) -> Factor | None:
    """Return the second factor of an account, confirmed or not."""
    row = connection.execute(_FACTOR, {"account": account}).first()
    return None if row is None else Factor(row.secret, bool(row.confirmed), row.last_step)


def find_holder(connection: Connection, hashed: bytes) -> Holder | None:
    """Return the holder of a token that is in force; whether it has expired is for the caller to see."""
    row = connection.execute(_TOKEN, {"hash": hashed}).first()
    return None if row is None else _holder(row)


def find_holders(connection: Connection, hashes: Collection[bytes]) -> dict[bytes, Holder]:
    """Return the holders of those of these tokens that are in force."""
    asked = list(hashes)
    found: dict[bytes, Holder] = {}
    for i in range(0, len(asked), MOST_AT_ONCE):
        for row in connection.execute(_TOKENS, {"hashes": asked[i : i + MOST_AT_ONCE]}):
            found[bytes(row.hash)] = _holder(row)
    return found


def session_page(
    connection: Connection, *, account: str, after: tuple[str, bytes], now_us: int, limit: int
) -> list[KeptToken]:
    """Return valid tokens in the order of (account, hash), those of one account where it is named."""
    c = t.token.c
    query = select(t.token).where(c.revoked_at.is_(None), c.expires_at > now_us, tuple_(c.account, c.hash) > after)
    if account:
        query = query.where(c.account == account)
    return [
        KeptToken(bytes(r.hash), AccountId(r.account), roles_of(r.roles), from_us(r.added_at), from_us(r.expires_at))
        for r in connection.execute(query.order_by(c.account, c.hash).limit(limit))
    ]


def session_account(connection: Connection, hashed: bytes) -> AccountId | None:
    """Return whose an unrevoked token is."""
    row = connection.execute(_SESSION, {"hash": hashed}).first()
    return None if row is None else AccountId(row.account)


def _holder(row: object) -> Holder:
    held = roles_of(getattr(row, "held", "[]"))
    roles = roles_of(getattr(row, "roles", "[]")) & held  # a role taken from an account is taken from its tokens too
    return Holder(
        _actor(row, roles),
        getattr(row, "name", ""),
        bytes(getattr(row, "hash", b"")),
        from_us(getattr(row, "expires_at", 0)),
        bool(getattr(row, "first_password", 1)),
    )


def _account(row: object) -> Account:
    return Account(
        actor=_actor(row, roles_of(getattr(row, "roles", "[]"))),
        name=getattr(row, "name", ""),
        password_hash=getattr(row, "password_hash", None),
        added_at=from_us(getattr(row, "added_at", 0)),
        version=getattr(row, "version", 1),
        disabled=getattr(row, "disabled_at", None) is not None,
        locked=getattr(row, "locked_at", None) is not None,
        first_password=bool(getattr(row, "first_password", 0)),
        totp=bool(getattr(row, "confirmed", 0)),
    )


def _actor(row: object, roles: frozenset[Role]) -> Actor:
    unit, staff = getattr(row, "unit", None), getattr(row, "staff", None)
    return Actor(
        account=AccountId(getattr(row, "account", "")),
        roles=roles,
        unit=None if unit is None else UnitId(unit),
        staff=None if staff is None else StaffId(staff),
        area=getattr(row, "area", ""),
    )


class Holders:
    """The tokens seen lately. ``forget_all`` is called when accounts or tokens change; ``turn`` counts that."""

    def __init__(self) -> None:
        self.turn = 0
        self._held: OrderedDict[bytes, Holder] = OrderedDict()

    def get(self, hashed: bytes) -> Holder | None:
        """Return a cached holder, None where it must be looked up. Raises ``Fault`` where it has expired."""
        holder = self._held.get(hashed)
        if holder is not None:
            check_expiry(holder)
        return holder

    def keep(self, holder: Holder, turn: int) -> None:
        """Remember a holder who was looked up in ``turn``; one looked up before accounts altered is not remembered."""
        if turn != self.turn:
            return
        self._held[holder.token] = holder
        while len(self._held) > MOST_CACHED:
            self._held.popitem(last=False)

    def forget_all(self) -> None:
        """Look everybody up again."""
        self.turn += 1
        self._held.clear()


def check_expiry(holder: Holder) -> None:
    """Raise ``Fault('token_expired')`` once a token's time is over."""
    if real_now() >= holder.expires_at:
        raise Fault(FaultKind.UNAUTHENTICATED, "token_expired")
