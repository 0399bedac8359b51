"""Accounts and tokens as the command line and sign-ins write them: each given or taken is a change."""

from datetime import timedelta
from typing import Any

import msgspec

from domain.change import Change, Subject
from domain.faults import Fault, FaultKind, invalid
from domain.ids import AccountId, StaffId, UnitId
from domain.people import Actor, Role, check_roles
from service.clock import real_now
from service.store import statements as sql
from service.store.rows import to_us
from service.tokens import Account, find_account, find_factor, new_token, roles_text, session_page
from service.write.claims import let_go_of_all
from service.write.work import SYSTEM, Author, Work

MIN_HOURS, MAX_HOURS = 1, 8760


class NewAccount(msgspec.Struct, frozen=True):
    """A person's account as it is asked for on the command line."""

    user: str
    name: str
    roles: frozenset[Role]
    password_hash: str
    unit: UnitId | None = None
    staff: StaffId | None = None
    area: str = ""


def keep_account(work: Work, wanted: NewAccount) -> None:
    """Make a person's account, or alter it: name, roles, password, area. It is unlocked and in use afterwards.

    Its tokens of before stay valid until they expire. Raises ``Fault``: a unit or member of staff the town does not
    know, roles that exclude each other, an area that is none.
    """
    check_user(wanted.user)
    check_roles(wanted.roles)
    check_belonging(work, wanted.unit, wanted.staff)
    if wanted.area:
        check_area(work, wanted.area)
    before = find_account(work.connection, wanted.user)
    actor = Actor(AccountId(wanted.user), wanted.roles, wanted.unit, wanted.staff, wanted.area)
    version = 1 if before is None else before.version + 1
    after = Account(actor, wanted.name, wanted.password_hash, real_now(), version)
    put_account(work, after)
    record_account(work, "added" if before is None else "changed", SYSTEM, shown(before) if before else {}, after)


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
        check_roles(held | roles)
        area = "" if account is None else account.actor.area
        version = 1 if account is None else account.version + 1
        put_account(work, Account(Actor(AccountId(user), held | roles, area=area), user, None, real_now(), version))
    token, hashed = new_token()
    _put_token(work, user, roles, hashed, hours * 3600)
    data = {"roles": sorted(roles), "hours": hours}
    work.record(Subject.ACCOUNT, user, "token_given", SYSTEM, data)
    return token


def sign_in(work: Work, user: AccountId, hashed: bytes, seconds: int, step: int | None = None) -> Account:
    """Keep the token of a signed-in person; ``step`` is the half minute its one-time code is of.

    The account is looked at anew, within the transaction. Raises ``Fault``: gone, disabled or locked meanwhile, or a
    code that was taken before.
    """
    account = find_account(work.connection, user)
    check_open(account)
    factor = find_factor(work.connection, user)
    if factor is not None and factor.confirmed:
        if step is None or step <= factor.last_step:
            raise Fault(FaultKind.UNAUTHENTICATED, "bad_code")
        put_factor(work, user, factor.sealed, confirmed=True, last_step=step)
    assert account is not None
    _put_token(work, user, account.actor.roles, hashed, seconds)
    work.record(Subject.ACCOUNT, user, "signed_in", Author(user), {})
    return account


def check_open(account: Account | None) -> None:
    """Raise a ``Fault`` unless somebody may sign in to this account."""
    if account is None:
        raise Fault(FaultKind.UNAUTHENTICATED, "bad_credentials")
    if account.disabled:
        raise Fault(FaultKind.UNAUTHENTICATED, "account_disabled")
    if account.locked:
        raise Fault(FaultKind.UNAUTHENTICATED, "account_locked")


def sign_out(work: Work, user: AccountId, hashed: bytes) -> None:
    """Revoke a token; with an account's last one, whatever it had in hand is free again."""
    kept = session_page(work.connection, account=user, after=("", b""), now_us=to_us(real_now()), limit=2)
    if all(session.hash == hashed for session in kept):
        let_go_of_all(work, user)
    work.put(sql.REVOKE_TOKEN, {"which": hashed, "revoked_at": to_us(real_now())})
    work.record(Subject.ACCOUNT, user, "signed_out", Author(user), {})


def sign_out_everywhere(work: Work, user: AccountId) -> None:
    """Revoke all tokens of an account."""
    end_tokens(work, user)
    work.record(Subject.ACCOUNT, user, "signed_out", Author(user), {"everywhere": True})


def end_tokens(work: Work, user: str, keep: bytes = b"") -> None:
    """Stage the end of an account's tokens, but for one; without one, whatever it had in hand is free again."""
    if not keep:
        let_go_of_all(work, AccountId(user))
    work.put(sql.REVOKE_TOKENS_OF, {"which": user, "spared": keep, "revoked_at": to_us(real_now())})


def check_user(user: str) -> None:
    """Raise ``Fault('user_name_bad')`` for a name that cannot be signed in with, or is the service's own."""
    if not 1 <= len(user) <= 64 or user != user.strip() or not user.isprintable() or user == SYSTEM.account:
        raise invalid("user_name_bad")


def check_belonging(work: Work, unit: UnitId | None, staff: StaffId | None) -> None:
    """Raise a ``Fault`` for a unit or member of staff the town does not know."""
    if unit is not None and work.unit(unit) is None:
        raise invalid("unknown_unit", unit=unit[:64])
    if staff is not None and work.staff(staff) is None:
        raise invalid("unknown_staff", staff=staff[:64])


def check_area(work: Work, area: str) -> None:
    """Raise ``Fault('area_unknown')`` unless it is "", a wider division of the town, the town, or a part of it."""
    town = work.world.info.division
    digits = area.isascii() and area.isdecimal() and len(area) in (2, 4, 6, 9, 12)
    if area and not (digits and (town.startswith(area) or area.startswith(town))):
        raise invalid("area_unknown", area=area[:12])


def shown(account: Account) -> dict[str, Any]:
    """Return what the log says of an account: never a password, nor anything made of it."""
    return {
        "name": account.name,
        "roles": sorted(account.actor.roles),
        "area": account.actor.area,
        "unit": account.actor.unit,
        "staff": account.actor.staff,
        "disabled": account.disabled,
        "locked": account.locked,
        "must_change_password": account.first_password,
        "totp": account.totp,
    }


def record_account(
    work: Work, action: str, author: Author, before: dict[str, Any], after: Account, **more: Any
) -> Change:
    """Append the change of an account: the fields that altered, as they were and as they are."""
    now = shown(after)
    altered = sorted(name for name in now if before.get(name) != now[name])
    data = {"before": {n: before[n] for n in altered if n in before}, "after": {n: now[n] for n in altered}, **more}
    return work.record(Subject.ACCOUNT, after.actor.account, action, author, data, version=after.version)


def put_account(work: Work, account: Account) -> None:
    """Stage an account as it is to be kept."""
    actor, now = account.actor, to_us(real_now())
    work.put(sql.DROP_ACCOUNT, {"which": actor.account})
    work.put(
        sql.ADD_ACCOUNT,
        {
            "account": actor.account,
            "name": account.name,
            "roles": roles_text(actor.roles),
            "unit": actor.unit,
            "staff": actor.staff,
            "password_hash": account.password_hash,
            "added_at": to_us(account.added_at),
            "area": actor.area,
            "version": account.version,
            "disabled_at": now if account.disabled else None,
            "locked_at": now if account.locked else None,
            "first_password": int(account.first_password),
        },
    )


def put_factor(work: Work, user: str, sealed: str, *, confirmed: bool, last_step: int) -> None:
    """Stage a second factor."""
    work.put(sql.DROP_FACTOR, {"which": user})
    row = {"account": user, "secret": sealed, "confirmed": int(confirmed), "last_step": last_step}
    work.put(sql.ADD_FACTOR, {**row, "added_at": to_us(real_now())})


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
