"""Signing in and out, and who am I."""

from functools import partial

from litestar import Response, delete, get, post
from litestar.params import JSONBody

from domain.faults import Fault, FaultKind
from domain.wire import Me, Session, SignIn
from service.access import Asker, Door
from service.clock import real_now
from service.http.codec import ApiRequest, asker_of, reply, runtime_of
from service.http.guard import REFUSALS, public, through
from service.store.rows import from_us, to_us
from service.tokens import find_account, new_token
from service.write.accounts import sign_in, sign_out
from service.write.transaction import Job

SESSION_S = 12 * 3600


@post("/v1/session", opt=public(SignIn), responses=REFUSALS, status_code=201, request_max_body_size=4096)
async def open_session(request: ApiRequest, data: JSONBody[SignIn]) -> Response[Session]:
    """Sign in with a password; the token is valid for 12 hours of real time."""
    runtime = runtime_of(request)
    account = await runtime.read(partial(find_account, account=data.user))
    kept = None if account is None else account.password_hash
    await runtime.doorkeeper.check(data.user, kept, data.password)
    if account is None:
        raise Fault(FaultKind.UNAUTHENTICATED, "bad_credentials")
    token, hashed = new_token()
    await runtime.do(Job(partial(sign_in, account=account, hashed=hashed, seconds=SESSION_S)))
    me = runtime.me(Asker(account.actor, account.name, hashed, account.actor))
    expires_at = from_us(to_us(real_now()) + SESSION_S * 1_000_000)
    return reply(request, Session(token=token, expires_at=expires_at, me=me), 201)


@delete("/v1/session", opt=through(Door.SESSION), responses=REFUSALS, status_code=204)
async def close_session(request: ApiRequest) -> None:
    """Revoke the token in use; feeds opened with it end."""
    runtime = runtime_of(request)
    asker = asker_of(request)
    await runtime.do(Job(partial(sign_out, user=asker.own.account, hashed=asker.token)))
    runtime.hub.end_token(asker.token, "signed_out")


@get("/v1/me", opt=through(Door.SESSION), responses=REFUSALS)
async def who_am_i(request: ApiRequest) -> Response[Me]:
    """Return who the token belongs to."""
    return reply(request, runtime_of(request).me(asker_of(request)))


HANDLERS = (open_session, close_session, who_am_i)
