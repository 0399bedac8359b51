"""For the audit administrator: where the log stands, its links, its signed heads and keys, and who did what."""

from functools import partial
from typing import Annotated

from litestar import Response, get, post
from litestar.params import JSONBody, QueryParameter
from msgspec.structs import replace

from domain.change import MAX_SEQ, Subject
from domain.wire_audit import (
    MAX_LINKS,
    AuditPage,
    HeadToSign,
    KnownKey,
    LinkPage,
    PublicKey,
    SignedHead,
)
from service.access import Door
from service.audit import trail
from service.http.cases import moment
from service.http.codec import ApiRequest, asker_of, reply, runtime_of
from service.http.guard import REFUSALS, through, wire_of
from service.snapshots import REGISTER_SINCE
from service.write.auditing import add_key, keep_head, known_keys
from service.write.reading import log_audit
from service.write.reporting import author_of
from service.write.transaction import Job

MAX_BODY = 4096
MOST_IN_PAGE = 500

Text = Annotated[str | None, QueryParameter(max_length=128)]


@get("/v1/audit/head", opt=through(Door.AUDIT), responses=REFUSALS)
async def get_head(request: ApiRequest) -> Response[HeadToSign]:
    """Return where the log stands, to be signed on the administrator's own machine."""
    return reply(request, await runtime_of(request).read(trail.head_to_sign))


@get("/v1/audit/links", opt=through(Door.AUDIT), responses=REFUSALS)
async def get_links(
    request: ApiRequest,
    after: Annotated[int, QueryParameter(ge=0, le=MAX_SEQ)],
    limit: Annotated[int, QueryParameter(ge=1, le=MAX_LINKS)] = MAX_LINKS,
) -> Response[LinkPage]:
    """Return links of the chain, so that whoever signs can compute that the head follows from the last one signed."""
    return reply(request, await runtime_of(request).read(partial(trail.links, after=after, most=limit)))


@post(
    "/v1/audit/heads",
    opt=through(Door.AUDIT, SignedHead),
    responses=REFUSALS,
    status_code=201,
    request_max_body_size=MAX_BODY,
)
async def post_head(request: ApiRequest, data: JSONBody[SignedHead]) -> Response[SignedHead]:
    """Keep a head that was signed with the key in force."""
    run = partial(keep_head, head=data, author=author_of(asker_of(request)))
    return reply(request, await runtime_of(request).do(Job(run, alone=True)), 201)


@get("/v1/audit/keys", opt=through(Door.AUDIT), responses=REFUSALS)
async def get_keys(request: ApiRequest) -> Response[list[KnownKey]]:
    """Return the registered public keys, oldest first; the last one signs."""
    return reply(request, await runtime_of(request).read(known_keys))


@post(
    "/v1/audit/keys",
    opt=through(Door.AUDIT, PublicKey),
    responses=REFUSALS,
    status_code=201,
    request_max_body_size=MAX_BODY,
)
async def post_key(request: ApiRequest, data: JSONBody[PublicKey]) -> Response[KnownKey]:
    """Register a public key, from now on the one that signs; every key but the first needs the word of the last."""
    author = author_of(asker_of(request))
    run = partial(add_key, public=data.public, endorsement=data.endorsement, author=author)
    return reply(request, await runtime_of(request).do(Job(run, alone=True)), 201)


@get("/v1/audit/changes", opt=through(Door.AUDIT), responses=REFUSALS)
async def get_audit_changes(
    request: ApiRequest,
    who: Text = None,
    subject: Annotated[Subject | None, QueryParameter()] = None,
    subject_id: Text = None,
    since: Annotated[str | None, QueryParameter(max_length=40)] = None,
    before: Annotated[int | None, QueryParameter(ge=1, le=MAX_SEQ)] = None,
    limit: Annotated[int, QueryParameter(ge=1, le=MOST_IN_PAGE)] = 100,
) -> Response[AuditPage]:
    """Return changes, newest first; those on cases only where asked for, and without what they say.

    That the trail is read is logged once a query, with its first page.
    """
    runtime = runtime_of(request)
    asked = trail.Asked(who or "", subject, subject_id or "", moment(since, "since"))
    if before is None:
        filters = {"who": asked.who, "subject": subject or "", "subject_id": asked.subject_id, "since": since or ""}
        await runtime.do(Job(partial(log_audit, asker=asker_of(request), filters=filters)))
    page = await runtime.read(partial(trail.page, asked=asked, before=before, most=limit))
    return reply(request, _told(page, request))


def _told(page: AuditPage, request: ApiRequest) -> AuditPage:
    """Leave out what a program of an earlier wire cannot read."""
    if wire_of(request) >= REGISTER_SINCE:
        return page
    return replace(page, changes=tuple(c for c in page.changes if c.subject is not Subject.ENTRY))


HANDLERS = (get_head, get_links, post_head, get_keys, post_key, get_audit_changes)
