"""Readings of sensors and cameras, in and out."""

from functools import partial
from typing import Annotated

from litestar import Response, get, post
from litestar.params import FromPath, JSONBody, QueryParameter

from domain.faults import not_found
from domain.register import check_entry_id, parse_kind
from domain.wire import MAX_BATCH
from domain.wire_register import ReadingBatch, ReadingHistory
from service.access import Door
from service.http.cases import moment
from service.http.codec import ApiRequest, asker_of, reply, runtime_of
from service.http.guard import REFUSALS, through
from service.store import readings

MAX_BODY = 512 * 1024
MOST_HISTORY = 2_000


@post(
    "/v1/readings",
    opt=through(Door.READINGS_SEND, ReadingBatch),
    responses=REFUSALS,
    status_code=204,
    request_max_body_size=MAX_BODY,
)
async def post_readings(request: ApiRequest, data: JSONBody[ReadingBatch]) -> None:
    """Take latest readings: all of a batch or, where one is refused, none."""
    runtime = runtime_of(request)
    runtime.gauges.take(data.readings, runtime.timekeeper.now())


@get("/v1/readings", opt=through(Door.REGISTER_READ), responses=REFUSALS)
async def get_readings(request: ApiRequest) -> Response[ReadingBatch]:
    """Return the latest readings the asker may see, at most a batch of them, newest first."""
    runtime = runtime_of(request)
    seen = runtime.gauges.seen(runtime.sight(asker_of(request)))
    seen.sort(key=lambda reading: reading.at, reverse=True)
    return reply(request, ReadingBatch(tuple(seen[:MAX_BATCH])))


@get("/v1/readings/{kind:str}/{entry_id:str}", opt=through(Door.REGISTER_READ), responses=REFUSALS)
async def get_reading_history(
    request: ApiRequest,
    kind: FromPath[str],
    entry_id: FromPath[str],
    since: Annotated[str | None, QueryParameter(max_length=40)] = None,
    limit: Annotated[int, QueryParameter(ge=1, le=MOST_HISTORY)] = MOST_HISTORY,
) -> Response[ReadingHistory]:
    """Return kept readings of one thing, oldest first: one a minute, and each that said another state."""
    runtime = runtime_of(request)
    key = (parse_kind(kind), check_entry_id(entry_id))
    if not runtime.gauges.shows(key, runtime.sight(asker_of(request))):
        raise not_found("unknown_entry", entry_id=entry_id[:64])
    ask = partial(readings.history, kind=key[0], entry_id=key[1], since=moment(since, "since"), most=limit)
    return reply(request, ReadingHistory(tuple(await runtime.read(ask))))


HANDLERS = (post_readings, get_readings, get_reading_history)
