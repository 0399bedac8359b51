"""Accounts and tokens: each given or taken is a change. Used by the running service and by the command line."""

from datetime import timedelta

import msgspec

from domain.change import Subject
from domain.faults import invalid
from domain.ids import AccountId, StaffId, UnitId
from domain.people import Role
from service.clock import real_now
from service.store import statements as sql
from service.store.rows import to_us
from service.tokens import Account, find_account, new_token, roles_text
from service.write.work import SYSTEM, Author, Work

MIN_HOURS, MAX_HOURS = 1, 8760
KEEP_EXPIRED = timedelta(days=30)


class NewAccount(msgspec.Struct, frozen=True):
    """A person's account as it is asked for."""

    user: str
    name: str
    roles: frozenset[Role]
    password_hash: str
    unit: UnitId | None = None
    staff: StaffId | None = None


def keep_account(work: Work, wanted: NewAccount) -> None:
    """Make a person's account, or alter it: name, roles, password. Its tokens of before stay valid until they expire.

    Raises ``Fault`` for a unit or member of staff the town does not know.
    """
    check_user(wanted.user)
    if wanted.unit is not None and work.unit(wanted.unit) is None:
        raise invalid("unknown_unit", unit=wanted.unit[:64])
    if wanted.staff is not None and work.staff(wanted.staff) is None:
        raise invalid("unknown_staff", staff=wanted.staff[:64])
    before = find_account(work.connection, wanted.user)
    _put_account(work, wanted.user, wanted.name, wanted.roles, wanted.password_hash, wanted.unit, wanted.staff)
    data = {
        "name": wanted.name,
        "roles": sorted(wanted.roles),
        "unit": wanted.unit,
        "staff": wanted.staff,
    }
    work.record(Subject.ACCOUNT, wanted.user, "added" if before is None else "changed", SYSTEM, data)


def give_script_token(work: Work, user: str, roles: frozenset[Role], hours: int) -> str:
    """Return a token for a script's account, made where there is none yet.

    A person's account is never widened by it. Raises ``Fault`` for bad bounds or roles the person does not have.
    """
    check_user(user)
    if not MIN_HOURS <= hours <= MAX_HOURS:
        raise invalid("hours_out_of_bounds", low=MIN_HOURS, high=MAX_HOURS)
    account = find_account(work.connection, user)
    if account is not None and account.password_hash is not None and not roles <= account.actor.roles:
        raise invalid("roles_beyond_account", user=user)
    if account is None or account.password_hash is None:
        held = frozenset[Role]() if account is None else account.actor.roles
        _put_account(work, user, user, held | roles, None, None, None)
    token, hashed = new_token()
    _put_token(work, user, roles, hashed, hours * 3600)
    data = {"roles": sorted(roles), "hours": hours}
    work.record(Subject.ACCOUNT, user, "token_given", SYSTEM, data)
    return token


def sign_in(work: Work, account: Account, hashed: bytes, seconds: int) -> None:
    """Keep the token of a signed-in person."""
    user = account.actor.account
    _put_token(work, user, account.actor.roles, hashed, seconds)
    work.put(sql.PRUNE_TOKENS, {"before": to_us(real_now() - KEEP_EXPIRED)})
    work.record(Subject.ACCOUNT, user, "signed_in", Author(user), {})


def sign_out(work: Work, user: AccountId, hashed: bytes) -> None:
    """Revoke a token."""
    work.put(sql.REVOKE_TOKEN, {"which": hashed, "revoked_at": to_us(real_now())})
    work.record(Subject.ACCOUNT, user, "signed_out", Author(user), {})


def check_user(user: str) -> None:
    """Raise ``Fault('user_name_bad')`` for a name that cannot be signed in with, or is the service's own."""
    if not 1 <= len(user) <= 64 or user != user.strip() or not user.isprintable() or user == SYSTEM.account:
        raise invalid("user_name_bad")


def _put_account(
    work: Work,
    user: str,
    name: str,
    roles: frozenset[Role],
    password_hash: str | None,
    unit: UnitId | None,
    staff: StaffId | None,
) -> None:
    work.put(sql.DROP_ACCOUNT, {"which": user})
    work.put(
        sql.ADD_ACCOUNT,
        {
            "account": user,
            "name": name,
            "roles": roles_text(roles),
            "unit": unit,
            "staff": staff,
            "password_hash": password_hash,
            "added_at": to_us(real_now()),
        },
    )


def _put_token(work: Work, user: str, roles: frozenset[Role], hashed: bytes, seconds: int) -> None:
    now = real_now()
    work.put(
        sql.ADD_TOKEN,
        {
            "hash": hashed,
            "account": user,
            "roles": roles_text(roles),
            "added_at": to_us(now),
            "expires_at": to_us(now + timedelta(seconds=seconds)),
            "revoked_at": None,
        },
    )
