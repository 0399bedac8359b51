"""Accounts, their rights and their sessions: for the three administrators, each through a door of their own."""

from functools import partial
from typing import Annotated

from litestar import Response, get, post, put
from litestar.params import FromPath, JSONBody, QueryParameter

from domain.faults import invalid, not_found
from domain.wire_admin import (
    AccountAsked,
    AccountEdit,
    AccountInfo,
    AccountPage,
    AccountStep,
    Done,
    PasswordReset,
    RightsAsked,
    SessionEnd,
    SessionInfo,
    SessionPage,
)
from service.access import Door
from service.clock import real_now
from service.http.admin import MAX_BODY, PageLimit, PageMark, done
from service.http.codec import ApiRequest, KeyHeader, reply, runtime_of
from service.http.guard import REFUSALS, through
from service.passwords import check_new
from service.store.rows import to_us
from service.tokens import Account, account_page, find_account, session_page
from service.write import admin_accounts as write


@get("/v1/admin/accounts", opt=through(Door.ACCOUNTS_READ), responses=REFUSALS)
async def list_accounts(request: ApiRequest, limit: PageLimit = 100, after: PageMark = None) -> Response[AccountPage]:
    """Return accounts in the order of their sign-in names."""
    found = await runtime_of(request).read(partial(account_page, after=after or "", limit=limit))
    last = found[-1].actor.account if len(found) == limit else None
    return reply(request, AccountPage(tuple(info_of(a) for a in found), last))


@get("/v1/admin/accounts/{account:str}", opt=through(Door.ACCOUNTS_READ), responses=REFUSALS)
async def get_account(request: ApiRequest, account: FromPath[str]) -> Response[AccountInfo]:
    """Return one account."""
    found = await runtime_of(request).read(partial(find_account, account=account))
    if found is None:
        raise not_found("unknown_account", account=account[:64])
    return reply(request, info_of(found))


@post(
    "/v1/admin/accounts",
    opt=through(Door.ACCOUNTS, AccountAsked),
    responses=REFUSALS,
    request_max_body_size=MAX_BODY,
)
async def post_account(
    request: ApiRequest, data: JSONBody[AccountAsked], idempotency_key: KeyHeader = None
) -> Response[Done]:
    """Make an account: without a role, and with a first password that has to be changed."""
    check_new(data.password, data.account, data.name)
    kept = await runtime_of(request).doorkeeper.hash(data.password)
    return await done(request, data, lambda work, asker: write.make(work, data, kept, asker), 201)


@put(
    "/v1/admin/accounts/{account:str}",
    opt=through(Door.ACCOUNTS, AccountEdit),
    responses=REFUSALS,
    request_max_body_size=MAX_BODY,
)
async def put_account(
    request: ApiRequest, account: FromPath[str], data: JSONBody[AccountEdit], idempotency_key: KeyHeader = None
) -> Response[Done]:
    """Give an account another name, unit or member of staff."""
    return await done(request, data, lambda work, asker: write.edit(work, account, data, asker))


@post(
    "/v1/admin/accounts/{account:str}/password",
    opt=through(Door.ACCOUNTS, PasswordReset),
    responses=REFUSALS,
    status_code=200,
    request_max_body_size=MAX_BODY,
)
async def post_password(
    request: ApiRequest, account: FromPath[str], data: JSONBody[PasswordReset], idempotency_key: KeyHeader = None
) -> Response[Done]:
    """Give an account a first password; it stays locked until the security administrator unlocks it."""
    check_new(data.password, account)
    kept = await runtime_of(request).doorkeeper.hash(data.password)
    return await done(request, data, lambda work, asker: write.reset_password(work, account, data, kept, asker))


@post(
    [f"/v1/admin/accounts/{{account:str}}/{step}" for step in sorted(write.STEPS_OF_THE_SYSTEM)],
    opt=through(Door.ACCOUNTS, AccountStep),
    responses=REFUSALS,
    status_code=200,
    request_max_body_size=MAX_BODY,
)
async def post_system_step(
    request: ApiRequest, account: FromPath[str], data: JSONBody[AccountStep], idempotency_key: KeyHeader = None
) -> Response[Done]:
    """Put an account out of use, or to use again."""
    step = write.STEPS[request.scope["path"].rsplit("/", 1)[1]]
    return await done(request, data, lambda work, asker: step(work, account, data, asker))


@post(
    [f"/v1/admin/accounts/{{account:str}}/{step}" for step in sorted(set(write.STEPS) - write.STEPS_OF_THE_SYSTEM)],
    opt=through(Door.RIGHTS, AccountStep),
    responses=REFUSALS,
    status_code=200,
    request_max_body_size=MAX_BODY,
)
async def post_security_step(
    request: ApiRequest, account: FromPath[str], data: JSONBody[AccountStep], idempotency_key: KeyHeader = None
) -> Response[Done]:
    """Lock or unlock an account, end its sessions, or take a lost second factor off it."""
    name = request.scope["path"].rsplit("/", 1)[1]
    answer = await done(request, data, lambda work, asker: write.STEPS[name](work, account, data, asker))
    if name == "unlock":
        await runtime_of(request).pace.passed(account)
    return answer


@put(
    "/v1/admin/accounts/{account:str}/rights",
    opt=through(Door.RIGHTS, RightsAsked),
    responses=REFUSALS,
    request_max_body_size=MAX_BODY,
)
async def put_rights(
    request: ApiRequest, account: FromPath[str], data: JSONBody[RightsAsked], idempotency_key: KeyHeader = None
) -> Response[Done]:
    """Give an account its roles and its area; nobody does so to their own."""
    return await done(request, data, lambda work, asker: write.grant(work, account, data, asker))


@get("/v1/admin/sessions", opt=through(Door.RIGHTS), responses=REFUSALS)
async def list_sessions(
    request: ApiRequest,
    account: Annotated[str | None, QueryParameter(max_length=64)] = None,
    limit: PageLimit = 100,
    after: PageMark = None,
) -> Response[SessionPage]:
    """Return the valid sessions, by account; of one account where it is named."""
    ask = partial(session_page, account=account or "", after=_mark(after), now_us=to_us(real_now()), limit=limit)
    found = [
        SessionInfo(s.hash.hex(), s.account, s.roles, s.added_at, s.expires_at)
        for s in await runtime_of(request).read(ask)
    ]
    last = f"{found[-1].session}:{found[-1].account}" if len(found) == limit else None
    return reply(request, SessionPage(tuple(found), last))


@post(
    "/v1/admin/sessions/{session:str}/revoke",
    opt=through(Door.RIGHTS, SessionEnd),
    responses=REFUSALS,
    status_code=200,
    request_max_body_size=MAX_BODY,
)
async def post_session_end(
    request: ApiRequest, session: FromPath[str], data: JSONBody[SessionEnd], idempotency_key: KeyHeader = None
) -> Response[Done]:
    """End one session; what it has open ends with it."""
    return await done(request, data, lambda work, asker: write.end_session(work, session, data, asker))


def info_of(account: Account) -> AccountInfo:
    """Return an account as the wire shows it."""
    actor = account.actor
    return AccountInfo(
        account=actor.account,
        name=account.name,
        roles=actor.roles,
        area=actor.area,
        unit=actor.unit,
        staff=actor.staff,
        version=account.version,
        added_at=account.added_at,
        disabled=account.disabled,
        locked=account.locked,
        script=account.password_hash is None,
        totp=account.totp,
        must_change_password=account.first_password,
    )


def _mark(text: str | None) -> tuple[str, bytes]:
    """Return after which (account, hash) a page begins. Raises ``Fault('cursor_bad')``."""
    if not text:
        return "", b""
    head, colon, account = text.partition(":")
    try:
        hashed = bytes.fromhex(head)
    except ValueError:
        raise invalid("cursor_bad") from None
    if not colon or len(hashed) != 32:
        raise invalid("cursor_bad")
    return account, hashed


HANDLERS = (
    list_accounts,
    get_account,
    post_account,
    put_account,
    post_password,
    post_system_step,
    post_security_step,
    put_rights,
    list_sessions,
    post_session_end,
)
