"""Latest positions, in and out."""

from litestar import Response, get, post
from litestar.params import JSONBody

from domain.places import Position
from domain.wire import MAX_BATCH, PositionBatch
from service.access import Door, Sight, check_thing
from service.http.codec import ApiRequest, asker_of, reply, runtime_of
from service.http.express import Call, call_of
from service.http.guard import REFUSALS, through
from service.runtime import Runtime

MAX_BODY = 1024 * 1024


def take_positions(call: Call, data: PositionBatch) -> None:
    """Take latest fixes: all of a batch or, where one is refused, none."""
    for position in data.positions:
        check_thing(call.asker, position.thing)
    call.runtime.tracker.take(data.positions, call.runtime.world, call.runtime.timekeeper.now())


@post(
    "/v1/positions",
    opt=through(Door.POSITIONS_SEND, PositionBatch, express=take_positions),
    responses=REFUSALS,
    status_code=204,
    request_max_body_size=MAX_BODY,
)
async def post_positions(request: ApiRequest, data: JSONBody[PositionBatch]) -> None:
    """Take latest fixes: all of a batch or, where one is refused, none."""
    take_positions(await call_of(request), data)


@get("/v1/positions", opt=through(Door.POSITIONS_READ), responses=REFUSALS)
async def get_positions(request: ApiRequest) -> Response[PositionBatch]:
    """Return the latest fixes the asker may see, at most a batch of them, newest first."""
    runtime = runtime_of(request)
    seen = visible_positions(runtime, runtime.sight(asker_of(request)))
    seen.sort(key=_fixed_at, reverse=True)
    return reply(request, PositionBatch(tuple(seen[:MAX_BATCH])))


def visible_positions(runtime: Runtime, sight: Sight) -> list[Position]:
    """Return the latest fixes a reader may see."""
    latest = runtime.tracker.latest.values()
    return [p for p in latest if sight.all_positions or p.thing in sight.own_things]


def _fixed_at(position: Position) -> float:
    return position.fixed_at.timestamp()


HANDLERS = (post_positions, get_positions)
