"""Signing in and out, who am I, and looking after one's own account: password, second factor, other sessions."""

from functools import partial
from typing import Any

from litestar import Response, delete, get, post, put
from litestar.connection import ASGIConnection
from litestar.params import JSONBody

from domain.faults import Fault, FaultKind
from domain.wire import Me, Session, SignIn
from domain.wire_admin import PasswordChange, TotpAsked, TotpConfirm, TotpShown
from service.access import Asker, Door
from service.clock import real_now
from service.http.codec import ApiRequest, asker_of, reply, runtime_of
from service.http.guard import REFUSALS, public, through
from service.passwords import check_new, network_of
from service.store.rows import from_us, to_us
from service.tokens import Account, Factor, find_account, find_factor, new_token
from service.totp import new_secret, step_of, uri_of
from service.write.accounts import check_open, sign_in, sign_out, sign_out_everywhere
from service.write.own_account import change_password, confirm_factor, offer_factor
from service.write.transaction import Job

SESSION_S = 12 * 3600


@post("/v1/session", opt=public(SignIn), responses=REFUSALS, status_code=201, request_max_body_size=4096)
async def open_session(request: ApiRequest, data: JSONBody[SignIn]) -> Response[Session]:
    """Sign in with a password, and a one-time code where the account has one; the token is valid for 12 hours."""
    runtime = runtime_of(request)
    account = await _known(request, data.user, data.password)
    check_open(account)
    step = await _step(request, account, data.code)
    await runtime.pace.passed(data.user)
    token, hashed = new_token()
    run = partial(sign_in, user=account.actor.account, hashed=hashed, seconds=SESSION_S, step=step)
    account = await runtime.do(Job(run, alone=step is not None))
    asker = Asker(account.actor, account.name, hashed, account.actor, first_password=account.first_password)
    expires_at = from_us(to_us(real_now()) + SESSION_S * 1_000_000)
    return reply(request, Session(token=token, expires_at=expires_at, me=runtime.me(asker)), 201)


@delete("/v1/session", opt=through(Door.SESSION), responses=REFUSALS, status_code=204)
async def close_session(request: ApiRequest) -> None:
    """Revoke the token in use; feeds opened with it end."""
    runtime = runtime_of(request)
    asker = asker_of(request)
    await runtime.do(Job(partial(sign_out, user=asker.own.account, hashed=asker.token)))
    runtime.hub.end_token(asker.token, "signed_out")


@delete("/v1/me/sessions", opt=through(Door.OWN), responses=REFUSALS, status_code=204)
async def close_all_sessions(request: ApiRequest) -> None:
    """Sign out everywhere: every token of the account ends, this one too."""
    user = asker_of(request).own.account
    await runtime_of(request).do(Job(partial(sign_out_everywhere, user=user), alone=True))


@get("/v1/me", opt=through(Door.SESSION), responses=REFUSALS)
async def who_am_i(request: ApiRequest) -> Response[Me]:
    """Return who the token belongs to."""
    return reply(request, runtime_of(request).me(asker_of(request)))


@put(
    "/v1/me/password",
    opt=through(Door.OWN, PasswordChange),
    responses=REFUSALS,
    status_code=204,
    request_max_body_size=4096,
)
async def put_password(request: ApiRequest, data: JSONBody[PasswordChange]) -> None:
    """Change one's own password; the account's other sessions end."""
    runtime = runtime_of(request)
    asker = asker_of(request)
    await _known(request, asker.own.account, data.old)
    await runtime.pace.passed(asker.own.account)
    check_new(data.new, asker.own.account, asker.name)
    if data.new == data.old:
        raise Fault(FaultKind.INVALID, "password_same")
    kept = await runtime.doorkeeper.hash(data.new)
    await runtime.do(Job(partial(change_password, user=asker.own.account, kept=kept, token=asker.token), alone=True))


@post(
    "/v1/me/totp",
    opt=through(Door.OWN, TotpAsked),
    responses=REFUSALS,
    status_code=201,
    request_max_body_size=4096,
)
async def post_totp(request: ApiRequest, data: JSONBody[TotpAsked]) -> Response[TotpShown]:
    """Ask for a second factor: its secret is shown this once, and counts once a code of it was right."""
    user = asker_of(request).own.account
    await _known(request, user, data.password)
    await runtime_of(request).pace.passed(user)
    secret, runtime = new_secret(), runtime_of(request)
    sealed = await runtime.read(partial(runtime.factor_key.seal, user, secret))
    await runtime.do(Job(partial(offer_factor, user=user, sealed=sealed), alone=True))
    return reply(request, TotpShown(secret, uri_of(secret, user)), 201)


@post(
    "/v1/me/totp/confirm",
    opt=through(Door.OWN, TotpConfirm),
    responses=REFUSALS,
    status_code=204,
    request_max_body_size=4096,
)
async def post_totp_confirm(request: ApiRequest, data: JSONBody[TotpConfirm]) -> None:
    """Show that the second factor works; from now on it is asked for at every sign-in."""
    runtime = runtime_of(request)
    user = asker_of(request).own.account
    await runtime.pace.check(user, _address(request))
    factor = await runtime.read(partial(find_factor, account=user))
    if factor is None or factor.confirmed:
        raise Fault(FaultKind.CONFLICT, "no_factor_waits")
    step = await _right_step(request, user, factor, data.code)
    await runtime.do(Job(partial(confirm_factor, user=user, step=step), alone=True))


async def _known(request: ApiRequest, user: str, password: str) -> Account:
    """Return the account whose password this is. Who does not exist takes as long to refuse, in the same words."""
    runtime = runtime_of(request)
    account = await runtime.read(partial(find_account, account=user))
    kept = None if account is None else account.password_hash
    await runtime.pace.check(user, _address(request))
    if not await runtime.doorkeeper.is_right(kept, password) or account is None:
        await runtime.pace.note_failure(user, _address(request))
        raise Fault(FaultKind.UNAUTHENTICATED, "bad_credentials")
    return account


async def _step(request: ApiRequest, account: Account, code: str) -> int | None:
    """Return the half minute of the one-time code, None where the account asks for none."""
    if not account.totp:
        return None
    if not code:
        raise Fault(FaultKind.UNAUTHENTICATED, "code_needed")
    user = account.actor.account
    factor = await runtime_of(request).read(partial(find_factor, account=user))
    if factor is None:
        raise Fault(FaultKind.UNAUTHENTICATED, "bad_code")
    return await _right_step(request, user, factor, code)


async def _right_step(request: ApiRequest, user: str, factor: Factor, code: str) -> int:
    runtime = runtime_of(request)
    secret = await runtime.compute(partial(runtime.factor_key.open, user, factor.sealed))
    step = step_of(secret, code, real_now(), factor.last_step)
    if step is None:
        await runtime.pace.note_failure(user, _address(request))
        raise Fault(FaultKind.UNAUTHENTICATED, "bad_code")
    return step


def _address(request: ASGIConnection[Any, Any, Any, Any]) -> str:
    return network_of(request.client.host) if request.client is not None else ""


HANDLERS = (
    open_session,
    close_session,
    close_all_sessions,
    who_am_i,
    put_password,
    post_totp,
    post_totp_confirm,
)
