"""Import of what other systems hold, and export of cases."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Annotated, Any

from litestar import Response, get, post
from litestar.params import FromPath, JSONBody, QueryParameter
from sqlalchemy import Connection

from domain.case import Case
from domain.exporting import ExportLogged, MapExport, export_row
from domain.faults import Fault, invalid, not_found
from domain.states import CaseState
from domain.wire import ExportPage, ImportBatch, ImportResult, RowResult, TownArea
from service.access import Asker, Door, Sight
from service.http.cases import moment
from service.http.codec import ApiRequest, asker_of, reply, runtime_of
from service.http.guard import REFUSALS, through
from service.placing import area_fault
from service.runtime import Runtime
from service.store import reads
from service.write.acting import log_export, log_map_export
from service.write.importing import import_cases
from service.write.importing_addresses import import_addresses
from service.write.importing_areas import import_divisions, import_grids
from service.write.importing_fixes import import_fixes
from service.write.transaction import Job
from service.write.work import Work

MAX_IMPORT_BODY = 64 * 1024 * 1024
MAX_LOGGED_BODY = 8192
MOST_IN_PAGE = 1000


@post(
    "/v1/import/{what:str}",
    opt=through(Door.IMPORT, ImportBatch),
    responses=REFUSALS,
    status_code=200,
    request_max_body_size=MAX_IMPORT_BODY,
)
async def post_import(request: ApiRequest, what: FromPath[str], data: JSONBody[ImportBatch]) -> Response[ImportResult]:
    """Take in a batch of cases, grids, divisions, positions or addresses; sent again it adds nothing."""
    importer = _IMPORTERS.get(what)
    if importer is None:
        raise not_found("no_such_import", what=what[:40])
    _check_batch(what, data)
    results = await importer(runtime_of(request), data, asker_of(request))
    return reply(request, ImportResult(tuple(results)))


@get("/v1/import/area", opt=through(Door.IMPORT), responses=REFUSALS)
async def get_import_area(request: ApiRequest) -> Response[TownArea]:
    """Return the box the town lies in: what a file brings from far outside is asked about before it is sent."""
    runtime = runtime_of(request)
    return reply(request, TownArea(await runtime.compute(runtime.world.index.bounds)))


@get("/v1/export/cases", opt=through(Door.EXPORT), responses=REFUSALS)
async def get_export(
    request: ApiRequest,
    in_state: Annotated[CaseState | None, QueryParameter(name="state")] = None,
    since: Annotated[str | None, QueryParameter(max_length=40)] = None,
    limit: Annotated[int, QueryParameter(ge=1, le=MOST_IN_PAGE)] = MOST_IN_PAGE,
    after: Annotated[str | None, QueryParameter(max_length=80)] = None,
) -> Response[ExportPage]:
    """Return cases in the order of their numbers, never with a contact; the first page is logged as an export."""
    runtime = runtime_of(request)
    opened_since = moment(since, "since")
    if not after:
        filters = {"state": "" if in_state is None else in_state.value, "since": since or ""}
        await runtime.do(Job(partial(log_export, asker=asker_of(request), filters=filters)))
    sight = runtime.sight(asker_of(request))
    ask = partial(
        reads.export_page, state=in_state, since=opened_since, after=after or "", limit=limit, scope=sight.scope()
    )
    page = await runtime.compute(partial(_export, runtime, ask, limit, sight))
    return reply(request, page)


@post(
    "/v1/exports",
    opt=through(Door.EXPORT, MapExport),
    responses=REFUSALS,
    status_code=200,
    request_max_body_size=MAX_LOGGED_BODY,
)
async def post_map_export(request: ApiRequest, data: JSONBody[MapExport]) -> Response[ExportLogged]:
    """Log that what the map shows goes into a file; the answer is what its watermark says."""
    run = partial(log_map_export, asker=asker_of(request), asked=data)
    return reply(request, await runtime_of(request).do(Job(run)))


def _export(runtime: Runtime, ask: Callable[[Connection], list[Case]], limit: int, sight: Sight) -> ExportPage:
    with runtime.store.reading.begin() as connection:
        cases = ask(connection)
    info = runtime.world.info
    now = runtime.timekeeper.now()
    rows = tuple(export_row(c, info.rules, info.calendar, now) for c in map(sight.show_case, cases))
    return ExportPage(rows, info.calendar.timezone, rows[-1].case_no if len(rows) == limit else None)


def _check_batch(what: str, data: JSONBody[ImportBatch]) -> None:
    """Only the list the address names may be filled."""
    for name in _IMPORTERS:
        if name != what and getattr(data, name):
            raise invalid("wrong_list", what=what, found=name)


async def _cases(runtime: Runtime, data: JSONBody[ImportBatch], asker: Asker) -> list[RowResult]:
    def run(work: Work) -> list[RowResult]:
        pairs = {(row.source, row.source_no) for row in data.cases}
        known = reads.sources(work.connection, pairs)
        return import_cases(work, data.cases, known, asker, dry_run=data.dry_run)

    return await _do(runtime, run)


async def _grids(runtime: Runtime, data: JSONBody[ImportBatch], asker: Asker) -> list[RowResult]:
    faults = await runtime.compute(partial(_area_faults, [row.wkb for row in data.grids]))
    return await _do(runtime, partial(import_grids, rows=data.grids, faults=faults, asker=asker, dry_run=data.dry_run))


async def _divisions(runtime: Runtime, data: JSONBody[ImportBatch], asker: Asker) -> list[RowResult]:
    faults = await runtime.compute(partial(_area_faults, [row.wkb for row in data.divisions]))
    return await _do(
        runtime, partial(import_divisions, rows=data.divisions, faults=faults, asker=asker, dry_run=data.dry_run)
    )


async def _positions(runtime: Runtime, data: JSONBody[ImportBatch], asker: Asker) -> list[RowResult]:
    run = partial(import_fixes, rows=data.positions, asker=asker, dry_run=data.dry_run)
    results, latest = await runtime.do(Job(run, alone=True))
    runtime.tracker.put(latest)
    return list(results)


async def _addresses(runtime: Runtime, data: JSONBody[ImportBatch], asker: Asker) -> list[RowResult]:
    return await _do(runtime, partial(import_addresses, rows=data.addresses, asker=asker, dry_run=data.dry_run))


def _area_faults(areas: Sequence[bytes | None]) -> list[Fault | None]:
    return [None if wkb is None else area_fault(wkb) for wkb in areas]


async def _do(runtime: Runtime, run: Callable[[Work], list[RowResult]]) -> list[RowResult]:
    results: list[RowResult] = await runtime.do(Job(run, alone=True))
    return results


_IMPORTERS: dict[str, Any] = {
    "cases": _cases,
    "grids": _grids,
    "divisions": _divisions,
    "positions": _positions,
    "addresses": _addresses,
}

HANDLERS = (post_import, get_import_area, get_export, post_map_export)
