"""What administrators do to accounts. Nobody does it to their own, and no one administrator can do all of it.

The system administrator makes accounts, the security administrator gives them roles and an area: it takes both to let
somebody in, and both again after a password was reset (the account waits, locked). Accounts of administrators lie
outside what the system administrator may alter.
"""

from collections.abc import Callable
from typing import Any

from msgspec.structs import replace
from sqlalchemy import Connection, select

from domain.change import Subject
from domain.faults import conflict, forbidden, not_found
from domain.ids import AccountId
from domain.people import ADMIN_ROLES, Actor, Role, check_roles
from domain.wire_admin import AccountAsked, AccountEdit, AccountStep, Done, PasswordReset, RightsAsked, SessionEnd
from service.access import Asker
from service.clock import real_now
from service.store import statements as sql
from service.store import tables as t
from service.store.rows import to_us
from service.tokens import Account, find_account, roles_of, roles_text, session_account
from service.write.accounts import (
    check_area,
    check_belonging,
    check_user,
    end_tokens,
    put_account,
    record_account,
    shown,
)
from service.write.reporting import author_of
from service.write.work import Work

# -- guards: each raises a Fault or returns None -----------------------------------------------------------------------


def seen_as_it_is(account: Account, version: int) -> None:
    """The account is as the administrator saw it."""
    if account.version != version:
        raise conflict("stale_version", seen=version, current=account.version)


def not_oneself(account: Account, asker: Asker) -> None:
    """Nobody does this to their own account."""
    if account.actor.account == asker.own.account:
        raise forbidden("not_oneself")


def no_administrator(account: Account) -> None:
    """The account holds no administrator's role."""
    if account.actor.roles & ADMIN_ROLES:
        raise forbidden("account_of_an_administrator")


def has_password(account: Account) -> None:
    """It is a person's account, not a script's."""
    if account.password_hash is None:
        raise conflict("script_account")


def one_office_a_person(work: Work, account: Account, roles: frozenset[Role]) -> None:
    """No other account of the same member of staff holds an administrator's role."""
    if account.actor.staff is None or not roles & ADMIN_ROLES:
        return
    for other, held in _accounts_of(work.connection, account.actor.staff):
        if other != account.actor.account and held & ADMIN_ROLES:
            raise conflict("office_held_already", account=other)


# -- the system administrator ------------------------------------------------------------------------------------------


def make(work: Work, asked: AccountAsked, kept: str, asker: Asker) -> Done:
    """Make a person's account: without a role, and with a first password."""
    check_user(asked.account)
    check_belonging(work, asked.unit, asked.staff)
    if find_account(work.connection, asked.account) is not None:
        raise conflict("account_exists", account=asked.account)
    actor = Actor(AccountId(asked.account), frozenset(), asked.unit, asked.staff)
    after = Account(actor, asked.name, kept, real_now(), first_password=True)
    put_account(work, after)
    return Done(record_account(work, "added", author_of(asker), {}, after))


def edit(work: Work, user: str, asked: AccountEdit, asker: Asker) -> Done:
    """Give an account another name, unit or member of staff."""
    before = _seen(work, user, asked.version)
    not_oneself(before, asker)
    no_administrator(before)
    check_belonging(work, asked.unit, asked.staff)
    actor = replace(before.actor, unit=asked.unit, staff=asked.staff)
    return _keep(work, before, replace(before, actor=actor, name=asked.name), "changed", asker)


def disable(work: Work, user: str, asked: AccountStep, asker: Asker) -> Done:
    """Put an account out of use; its sessions end."""
    before = _seen(work, user, asked.version)
    not_oneself(before, asker)
    no_administrator(before)
    end_tokens(work, user)
    return _keep(work, before, replace(before, disabled=True), "disabled", asker, asked.reason)


def enable(work: Work, user: str, asked: AccountStep, asker: Asker) -> Done:
    """Put an account to use again."""
    before = _seen(work, user, asked.version)
    not_oneself(before, asker)
    no_administrator(before)
    return _keep(work, before, replace(before, disabled=False), "enabled", asker, asked.reason)


def reset_password(work: Work, user: str, asked: PasswordReset, kept: str, asker: Asker) -> Done:
    """Give an account a first password. Its sessions end, and it waits for the security administrator to unlock it."""
    before = _seen(work, user, asked.version)
    not_oneself(before, asker)
    no_administrator(before)
    has_password(before)
    end_tokens(work, user)
    after = replace(before, password_hash=kept, first_password=True, locked=True)
    return _keep(work, before, after, "password_reset", asker, asked.reason, same=True)


# -- the security administrator ----------------------------------------------------------------------------------------


def grant(work: Work, user: str, asked: RightsAsked, asker: Asker) -> Done:
    """Give an account its roles and its area. A person's sessions have them at once; a script's tokens never widen."""
    before = _seen(work, user, asked.version)
    not_oneself(before, asker)
    check_roles(asked.roles)
    check_area(work, asked.area)
    one_office_a_person(work, before, asked.roles)
    after = replace(before, actor=replace(before.actor, roles=asked.roles, area=asked.area))
    if before.password_hash is not None:
        work.put(sql.SET_TOKEN_ROLES, {"which": user, "roles": roles_text(asked.roles)})
    return _keep(work, before, after, "rights_granted", asker, asked.reason)


def lock(work: Work, user: str, asked: AccountStep, asker: Asker) -> Done:
    """Keep an account from being signed in to; its sessions end."""
    before = _seen(work, user, asked.version)
    not_oneself(before, asker)
    end_tokens(work, user)
    return _keep(work, before, replace(before, locked=True), "locked", asker, asked.reason)


def unlock(work: Work, user: str, asked: AccountStep, asker: Asker) -> Done:
    """Let an account be signed in to again, and forgive wrong passwords."""
    before = _seen(work, user, asked.version)
    not_oneself(before, asker)
    return _keep(work, before, replace(before, locked=False), "unlocked", asker, asked.reason, same=True)


def reset_factor(work: Work, user: str, asked: AccountStep, asker: Asker) -> Done:
    """Take a lost second factor off an account; its sessions end."""
    before = _seen(work, user, asked.version)
    not_oneself(before, asker)
    work.put(sql.DROP_FACTOR, {"which": user})
    end_tokens(work, user)
    return _keep(work, before, replace(before, totp=False), "factor_reset", asker, asked.reason, same=True)


def end_sessions(work: Work, user: str, asked: AccountStep, asker: Asker) -> Done:
    """End every session of an account."""
    before = _seen(work, user, asked.version)
    end_tokens(work, user)
    return _keep(work, before, before, "sessions_ended", asker, asked.reason, same=True)


def end_session(work: Work, session: str, asked: SessionEnd, asker: Asker) -> Done:
    """End one session."""
    hashed = session_hash(session)
    owner = session_account(work.connection, hashed)
    if owner is None:
        raise not_found("unknown_session")
    work.put(sql.REVOKE_TOKEN, {"which": hashed, "revoked_at": to_us(real_now())})
    data = {"session": session[:16], "reason": asked.reason}
    return Done(work.record(Subject.ACCOUNT, owner, "session_ended", author_of(asker), data))


STEPS: dict[str, Callable[[Work, str, AccountStep, Asker], Done]] = {
    "disable": disable,
    "enable": enable,
    "lock": lock,
    "unlock": unlock,
    "totp-reset": reset_factor,
    "sign-out": end_sessions,
}
"""Steps by their name in the address."""
STEPS_OF_THE_SYSTEM = frozenset({"disable", "enable"})
"""Those of the system administrator; the others are the security administrator's."""


def session_hash(session: str) -> bytes:
    """Return the hash a session is named by. Raises ``Fault('unknown_session')`` for what is none."""
    try:
        hashed = bytes.fromhex(session)
    except ValueError:
        raise not_found("unknown_session") from None
    if len(hashed) != 32:
        raise not_found("unknown_session")
    return hashed


def _seen(work: Work, user: str, version: int) -> Account:
    account = find_account(work.connection, user)
    if account is None:
        raise not_found("unknown_account", account=user[:64])
    seen_as_it_is(account, version)
    return account


def _keep(
    work: Work, before: Account, after: Account, action: str, asker: Asker, reason: str = "", *, same: bool = False
) -> Done:
    """Keep an account and record what altered. ``same``: what was done shows in none of the fields."""
    if not same and shown(before) == shown(after):
        raise conflict("nothing_to_alter")
    after = replace(after, version=before.version + 1)
    put_account(work, after)
    more: dict[str, Any] = {"reason": reason} if reason else {}
    return Done(record_account(work, action, author_of(asker), shown(before), after, **more))


def _accounts_of(connection: Connection, staff: str) -> list[tuple[str, frozenset[Role]]]:
    rows = connection.execute(select(t.account.c.account, t.account.c.roles).where(t.account.c.staff == staff))
    return [(row.account, roles_of(row.roles)) for row in rows]
