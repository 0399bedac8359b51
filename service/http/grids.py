"""Keeping the grids: drafts, what they would alter, publishing them, and publishing an earlier version again."""

import re
from functools import partial
from typing import Annotated

from litestar import Response, get, post
from litestar.params import FromPath, JSONBody, PathParameter
from sqlalchemy import Connection

from domain.faults import invalid
from domain.wire_admin import Done
from domain.wire_grids import (
    MOST_GRIDS,
    DraftPart,
    DraftState,
    GridDifference,
    GridPublishing,
    GridRepublishing,
    GridVersions,
)
from service.access import Door
from service.difference import compare
from service.http.admin import MAX_BODY, done
from service.http.codec import ApiRequest, KeyHeader, reply, runtime_of
from service.http.guard import REFUSALS, through
from service.placing import area_fault
from service.store import meshes
from service.world import World
from service.write import publishing_grids as write
from service.write.transaction import Job

MAX_PART = 64 * 1024 * 1024
_DRAFT = re.compile(r"[0-9a-zA-Z-]{8,64}")
Version = Annotated[int, PathParameter(ge=1, le=MOST_GRIDS)]


@post(
    "/v1/admin/grids/drafts/{draft:str}",
    opt=through(Door.SETTINGS, DraftPart),
    responses=REFUSALS,
    status_code=200,
    request_max_body_size=MAX_PART,
)
async def post_draft(request: ApiRequest, draft: FromPath[str], data: JSONBody[DraftPart]) -> Response[DraftState]:
    """Keep some grids of a draft; sent again they replace themselves. The first area that is unsound refuses all."""
    name = _name(draft)
    runtime = runtime_of(request)
    await runtime.compute(partial(_check_areas, data))
    return reply(request, await runtime.do(Job(lambda work: write.put_draft(work, name, data.grids), alone=True)))


@get("/v1/admin/grids/drafts/{draft:str}/difference", opt=through(Door.SETTINGS), responses=REFUSALS)
async def get_difference(request: ApiRequest, draft: FromPath[str]) -> Response[GridDifference]:
    """Return what publishing a draft would alter of the grids in force and of the open cases."""
    runtime = runtime_of(request)
    return reply(request, await runtime.read(partial(_difference, draft=_name(draft), world=runtime.world)))


@post(
    "/v1/admin/grids/drafts/{draft:str}/publish",
    opt=through(Door.SETTINGS, GridPublishing),
    responses=REFUSALS,
    status_code=200,
    request_max_body_size=MAX_BODY,
)
async def post_publish(
    request: ApiRequest, draft: FromPath[str], data: JSONBody[GridPublishing], idempotency_key: KeyHeader = None
) -> Response[Done]:
    """Put a draft in force at once, as a new version; the open cases fall into it."""
    name = _name(draft)
    return await done(
        request, data, lambda work, asker: write.publish(work, name, data.version, data.grids, data.note, asker)
    )


@get("/v1/admin/grids/versions", opt=through(Door.SETTINGS_READ), responses=REFUSALS)
async def get_versions(request: ApiRequest) -> Response[GridVersions]:
    """Return the versions that are kept, newest first, and whether cases still fall."""
    return reply(request, await runtime_of(request).read(_versions))


@post(
    "/v1/admin/grids/versions/{version:int}/republish",
    opt=through(Door.SETTINGS, GridRepublishing),
    responses=REFUSALS,
    status_code=200,
    request_max_body_size=MAX_BODY,
)
async def post_republish(
    request: ApiRequest, version: Version, data: JSONBody[GridRepublishing], idempotency_key: KeyHeader = None
) -> Response[Done]:
    """Put an earlier version in force again."""
    return await done(request, data, lambda work, asker: write.republish(work, version, data.version, data.note, asker))


def _name(draft: str) -> str:
    if not _DRAFT.fullmatch(draft):
        raise invalid("draft_name_bad")
    return draft


def _check_areas(data: DraftPart) -> None:
    for row in data.grids:
        fault = area_fault(row.wkb)
        if fault is not None:
            raise invalid("grid_area_bad", **fault.params | {"code": row.code, "reason": f"fault.{fault.key}"})


def _difference(connection: Connection, draft: str, world: World) -> GridDifference:
    rows = meshes.draft(connection, draft)
    cases = meshes.open_located(connection, "", 10_000_000)
    return compare(meshes.newest_version(connection), world.grids, rows, cases)


def _versions(connection: Connection) -> GridVersions:
    return GridVersions(meshes.versions(connection), falling=meshes.falling(connection) is not None)


HANDLERS = (post_draft, get_difference, post_publish, get_versions, post_republish)
