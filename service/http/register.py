"""The register: single entries, lists, histories and batches, each behind its door and the rule of its register."""

from functools import partial
from typing import Annotated

from litestar import Response, delete, get, post, put
from litestar.params import FromPath, JSONBody, QueryParameter

from domain.change import Subject
from domain.faults import not_found
from domain.ids import EntryId
from domain.register import MAX_VERSION, Entry, EntryKind, EntryPut, check_entry_id, fold_entry, parse_kind, subject_id
from domain.wire import ChangePage
from domain.wire_admin import Done
from domain.wire_register import MOST_ENTRIES, EntryBatch, EntryBatchResult, EntryPage
from service.access import Door
from service.http.codec import ApiRequest, KeyHeader, asker_of, key_of, reply, runtime_of
from service.http.guard import REFUSALS, through
from service.store import reads, register
from service.write.registering import put_batch, put_entry, remove_entry
from service.write.transaction import Job

MAX_BODY = 512 * 1024
MAX_BATCH_BODY = 16 * 1024 * 1024
MOST_HISTORY = 500

Limit = Annotated[int, QueryParameter(ge=1, le=MOST_ENTRIES)]
After = Annotated[str | None, QueryParameter(max_length=160)]


@get("/v1/register/{kind:str}", opt=through(Door.REGISTER_READ), responses=REFUSALS)
async def list_entries(
    request: ApiRequest, kind: FromPath[str], limit: Limit = MOST_ENTRIES, after: After = None
) -> Response[EntryPage]:
    """Return the entries of a register the asker may see, in the order of their ids."""
    runtime, asker = runtime_of(request), asker_of(request)
    ask = partial(
        register.page,
        shelf=runtime.sight(asker).shelf(asker.own.account),
        kind=parse_kind(kind),
        after=after or "",
        most=limit,
        now=runtime.timekeeper.now(),
    )
    found = await runtime.read(ask)
    return reply(request, EntryPage(tuple(entry for _, entry in found), found[-1][0] if len(found) == limit else None))


@get("/v1/register/{kind:str}/{entry_id:str}", opt=through(Door.REGISTER_READ), responses=REFUSALS)
async def get_entry(request: ApiRequest, kind: FromPath[str], entry_id: FromPath[str]) -> Response[Entry]:
    """Return one entry."""
    entry = await _seen(request, parse_kind(kind), check_entry_id(entry_id))
    if entry.removed:
        raise not_found("unknown_entry", entry_id=entry_id[:64])
    return reply(request, entry)


@get("/v1/register/{kind:str}/{entry_id:str}/history", opt=through(Door.REGISTER_READ), responses=REFUSALS)
async def get_history(request: ApiRequest, kind: FromPath[str], entry_id: FromPath[str]) -> Response[ChangePage]:
    """Return what was done to an entry, oldest first; each change holds all of it, so that any can be put again."""
    entry = await _seen(request, parse_kind(kind), check_entry_id(entry_id))
    ask = partial(reads.last_changes, subject=Subject.ENTRY, subject_id=entry.key, most=MOST_HISTORY)
    return reply(request, ChangePage(tuple(await runtime_of(request).read(ask))))


@put(
    "/v1/register/{kind:str}/{entry_id:str}",
    opt=through(Door.REGISTER, EntryPut),
    responses=REFUSALS,
    request_max_body_size=MAX_BODY,
)
async def put_one(
    request: ApiRequest,
    kind: FromPath[str],
    entry_id: FromPath[str],
    data: JSONBody[EntryPut],
    idempotency_key: KeyHeader = None,
) -> Response[Entry]:
    """Put an entry as it is to be, at the version that was seen; 0 for a new one."""
    runtime, asker = runtime_of(request), asker_of(request)
    run = partial(
        put_entry,
        kind=parse_kind(kind),
        entry_id=check_entry_id(entry_id),
        asked=data,
        asker=asker,
        sight=runtime.sight(asker),
    )
    return reply(request, await _done(request, Job(run, key=key_of(request, asker, await request.body(), 200))))


@delete(
    "/v1/register/{kind:str}/{entry_id:str}",
    opt=through(Door.REGISTER),
    responses=REFUSALS,
    status_code=200,
)
async def delete_one(
    request: ApiRequest,
    kind: FromPath[str],
    entry_id: FromPath[str],
    version: Annotated[int, QueryParameter(ge=1, le=MAX_VERSION)],
    idempotency_key: KeyHeader = None,
) -> Response[Entry]:
    """Take an entry out, at the version that was seen."""
    runtime, asker = runtime_of(request), asker_of(request)
    run = partial(
        remove_entry,
        kind=parse_kind(kind),
        entry_id=check_entry_id(entry_id),
        version=version,
        asker=asker,
        sight=runtime.sight(asker),
    )
    said = f"DELETE {version}".encode()
    return reply(request, await _done(request, Job(run, key=key_of(request, asker, said, 200))))


@post(
    "/v1/register/{kind:str}",
    opt=through(Door.REGISTER, EntryBatch),
    responses=REFUSALS,
    status_code=200,
    request_max_body_size=MAX_BATCH_BODY,
)
async def post_batch(
    request: ApiRequest, kind: FromPath[str], data: JSONBody[EntryBatch]
) -> Response[EntryBatchResult]:
    """Put many entries of one register; sent again it adds nothing."""
    runtime, asker = runtime_of(request), asker_of(request)
    run = partial(
        put_batch,
        kind=parse_kind(kind),
        rows=data.entries,
        asker=asker,
        sight=runtime.sight(asker),
        dry_run=data.dry_run,
    )
    return reply(request, EntryBatchResult(await runtime.do(Job(run, alone=True))))


async def _done(request: ApiRequest, job: Job) -> Entry:
    done: Done = await runtime_of(request).do(job)
    return fold_entry(done.change)


async def _seen(request: ApiRequest, kind: EntryKind, entry_id: EntryId) -> Entry:
    """Return an entry, removed or not, that the asker may see. Raises ``Fault('unknown_entry')``."""
    runtime, asker = runtime_of(request), asker_of(request)
    found = await runtime.read(partial(register.entry, key=subject_id(kind, entry_id)))
    if found is None or not runtime.sight(asker).sees_entry(found, asker.own.account):
        raise not_found("unknown_entry", entry_id=entry_id)
    return found


HANDLERS = (list_entries, get_entry, get_history, put_one, delete_one, post_batch)
