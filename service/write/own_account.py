"""What people alter on their own account."""

from msgspec.structs import replace

from domain.faults import Fault, FaultKind, conflict
from domain.ids import AccountId
from service.tokens import Account, find_account, find_factor
from service.write.accounts import end_tokens, put_account, put_factor, record_account, shown
from service.write.work import Author, Work


def change_password(work: Work, user: AccountId, kept: str, token: bytes) -> None:
    """Keep another password; every session but the one in use ends."""
    before = _own(work, user)
    after = replace(before, password_hash=kept, first_password=False, version=before.version + 1)
    put_account(work, after)
    end_tokens(work, user, token)
    record_account(work, "password_changed", Author(user), shown(before), after)


def offer_factor(work: Work, user: AccountId, sealed: str) -> None:
    """Keep a second factor that does not count yet, in place of one that does not count either."""
    factor = find_factor(work.connection, user)
    if factor is not None and factor.confirmed:
        raise conflict("factor_there")
    put_factor(work, user, sealed, confirmed=False, last_step=0)


def confirm_factor(work: Work, user: AccountId, step: int) -> None:
    """Let the second factor count, from the half minute of the code that was shown."""
    factor = find_factor(work.connection, user)
    if factor is None or factor.confirmed or step <= factor.last_step:
        raise conflict("no_factor_waits")
    before = _own(work, user)
    after = replace(before, totp=True, version=before.version + 1)
    put_factor(work, user, factor.sealed, confirmed=True, last_step=step)
    put_account(work, after)
    record_account(work, "factor_added", Author(user), shown(before), after)


def _own(work: Work, user: AccountId) -> Account:
    account = find_account(work.connection, user)
    if account is None or account.password_hash is None:
        raise Fault(FaultKind.FORBIDDEN, "script_account")
    return account
