"""What the administrators' endpoints share: their idempotency key and how a job of theirs is done."""

from collections.abc import Callable
from hashlib import sha256
from typing import Annotated, Any

import msgspec
from litestar import Response
from litestar.params import QueryParameter

from domain.faults import invalid
from domain.wire import KEY_HEADER
from domain.wire_admin import Done
from service.access import Asker
from service.http.codec import ApiRequest, asker_of, header, reply, runtime_of
from service.write.transaction import Job, Key
from service.write.work import Work

MAX_BODY = 256 * 1024
MOST_IN_PAGE = 200
_KEY = KEY_HEADER.lower().encode()

PageLimit = Annotated[int, QueryParameter(ge=1, le=MOST_IN_PAGE)]
PageMark = Annotated[str | None, QueryParameter(max_length=200)]


async def done(request: ApiRequest, data: Any, run: Callable[[Work, Asker], Done], status: int = 200) -> Response[Done]:
    """Have an administrator's job done in a transaction of its own, and answer with the change it made."""
    asker = asker_of(request)
    key = admin_key(request, asker, data, status)
    answer: Done = await runtime_of(request).do(Job(lambda work: run(work, asker), key=key, alone=True))
    return reply(request, answer, status)


def admin_key(request: ApiRequest, asker: Asker, data: Any, status: int) -> Key:
    """Return the idempotency key of an administrator's request. No trace of a password goes into its digest."""
    given = header(request, _KEY)
    if given is None:
        raise invalid("idempotency_key_missing")
    if not 8 <= len(given) <= 64 or not given.isascii() or not given.isprintable():
        raise invalid("idempotency_key_bad")
    if hasattr(data, "password"):
        data = msgspec.structs.replace(data, password="")
    digest = sha256(request.scope["method"].encode() + request.scope["path"].encode() + b"\x00")
    plain = msgspec.to_builtins(data, str_keys=True, order="deterministic")
    digest.update(msgspec.json.encode(plain, order="deterministic"))
    return Key(asker.own.account, given, digest.digest(), status)
