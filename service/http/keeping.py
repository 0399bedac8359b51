"""For the security administrator: how long things stay, and erasing what has to go."""

from functools import partial

from litestar import Response, get, post, put
from litestar.params import FromPath, JSONBody

from domain.ids import CaseNo
from domain.wire_audit import Erased, ErasureAsked, KeepingAsked, KeepingList
from service.access import Door
from service.audit.retention import parse_class, shown
from service.http.codec import ApiRequest, asker_of, reply, runtime_of
from service.http.guard import REFUSALS, through
from service.write.erasing import count_erasure, erase_case, parse_what
from service.write.pruning import set_retention
from service.write.reporting import author_of
from service.write.transaction import Job

MAX_BODY = 4096


@get("/v1/retention", opt=through(Door.SETTINGS_READ), responses=REFUSALS)
async def get_retention(request: ApiRequest) -> Response[KeepingList]:
    """Return how long each class of data is kept, and between which bounds that may be set."""
    return reply(request, KeepingList(await runtime_of(request).read(shown)))


@put(
    "/v1/retention/{name:str}",
    opt=through(Door.CARE, KeepingAsked),
    responses=REFUSALS,
    request_max_body_size=MAX_BODY,
)
async def put_retention(
    request: ApiRequest, name: FromPath[str], data: JSONBody[KeepingAsked]
) -> Response[KeepingList]:
    """Keep a class of data this long from now on."""
    runtime = runtime_of(request)
    author = author_of(asker_of(request))
    run = partial(set_retention, name=parse_class(name), days=data.days, reason=data.reason, author=author)
    await runtime.do(Job(run, alone=True))
    return reply(request, KeepingList(await runtime.read(shown)))


@post(
    "/v1/cases/{case_no:str}/erasure",
    opt=through(Door.CARE, ErasureAsked),
    responses=REFUSALS,
    status_code=200,
    request_max_body_size=MAX_BODY,
)
async def post_erasure(request: ApiRequest, case_no: FromPath[str], data: JSONBody[ErasureAsked]) -> Response[Erased]:
    """Make parts of a case unreadable for good: contact, report_text, address, notes. It is logged with the reason.

    ``count_only`` says what that would take, and leaves it.
    """
    runtime = runtime_of(request)
    author, what = author_of(asker_of(request)), parse_what(data.what)
    if data.count_only:
        count = partial(count_erasure, case_no=CaseNo(case_no), what=what)
        return reply(request, await runtime.do(Job(count, alone=True)))
    run = partial(erase_case, case_no=CaseNo(case_no), what=what, reason=data.reason, author=author)
    answer = await runtime.do(Job(run, alone=True))
    await runtime.compute(runtime.store.forget_deleted)
    return reply(request, answer)


HANDLERS = (get_retention, put_retention, post_erasure)
