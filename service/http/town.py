"""The whole picture: snapshot and geometry; and whether the service is well."""

from functools import partial
from typing import Any

from litestar import Response, get

from domain.wire import WIRE, WIRES, Geometry, Snapshot
from service.access import Door
from service.http.codec import ApiRequest, asker_of, encoded, reply, runtime_of, wants_msgpack
from service.http.guard import REFUSALS, public, through, wire_of
from service.http.positions import visible_positions
from service.snapshots import take_snapshot


@get("/v1/health", opt=public())
async def get_health(request: ApiRequest) -> Response[dict[str, Any]]:
    """Say that the service serves, what time its town has, where its log stands and what it speaks."""
    runtime = runtime_of(request)
    info = runtime.world.info
    town = {"division": info.division, "name_zh": info.name_zh, "name_en": info.name_en, "synthetic": info.synthetic}
    now = runtime.timekeeper.now().isoformat()
    return reply(
        request, {"status": "ok", "wire": WIRE, "wires": WIRES, "now": now, "head": runtime.hub.head, "town": town}
    )


@get("/v1/snapshot", opt=through(Door.READ), responses=REFUSALS)
async def get_snapshot(request: ApiRequest) -> Response[Snapshot]:
    """Return everything but geometry, exactly as of one change."""
    runtime = runtime_of(request)
    asker = asker_of(request)
    sight = runtime.sight(asker)
    msgpack = wants_msgpack(request)
    content = await runtime.read(
        partial(
            take_snapshot,
            epoch=runtime.epoch,
            clock=runtime.timekeeper.clock,
            me=runtime.me(asker),
            sight=sight,
            positions=visible_positions(runtime, sight),
            readings=runtime.gauges.seen(sight),
            now=runtime.timekeeper.now(),
            wire=wire_of(request),
            tag=runtime.world.tag,
            msgpack=msgpack,
        )
    )
    return encoded(content, msgpack=msgpack)


@get("/v1/geometry", opt=through(Door.READ), responses=REFUSALS)
async def get_geometry(request: ApiRequest) -> Response[Geometry]:
    """Return the grids, divisions and base map; 304 where the asker has them."""
    runtime = runtime_of(request)
    world = runtime.world
    etag = f'"{world.tag}"'
    if etag in request.headers.get("if-none-match", ""):
        return Response(None, status_code=304, headers={"ETag": etag})  # type: ignore[arg-type] # 304 has no body
    msgpack = wants_msgpack(request)
    content = await runtime.compute(partial(runtime.packed_geometry, world, msgpack=msgpack))
    return encoded(content, msgpack=msgpack, headers={"ETag": etag})


HANDLERS = (get_health, get_snapshot, get_geometry)
