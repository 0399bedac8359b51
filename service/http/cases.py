"""Reports, cases, their timelines, commands on them, and the contacts kept beside them."""

from datetime import datetime
from functools import partial
from typing import Annotated

from litestar import Response, get, post
from litestar.params import FromPath, JSONBody, QueryParameter

from domain.case import Case, NewReport
from domain.change import Subject
from domain.command import Command
from domain.faults import invalid, not_found
from domain.ids import CaseNo
from domain.similar import Told
from domain.states import CaseState
from domain.wire import CasePage, ChangePage, Outcome, RevealedContact, RevealRequest, SimilarCase, SimilarCases
from service.access import Door
from service.http.codec import ApiRequest, KeyHeader, asker_of, key_of, reply, runtime_of
from service.http.express import Call, call_of, carry_out
from service.http.guard import REFUSALS, through
from service.store import reads
from service.store.rows import to_us, watchers
from service.write.acting import act, reveal
from service.write.reporting import MAX_LATE, take_report
from service.write.transaction import Job

MOST_IN_PAGE = 500
MOST_SIMILAR = 20
MAX_REPORT_BODY = 64 * 1024


def report_job(call: Call, data: NewReport) -> Job:
    """Return what takes a report in."""
    key = key_of(call, call.asker, call.body, 201)
    source = (data.source, data.source_no) if data.source_no else None
    spot = None if data.lon is None or data.lat is None else (data.lon, data.lat)
    return Job(partial(take_report, report=data, asker=call.asker), key=key, source=source, spot=spot)


@post(
    "/v1/reports",
    opt=through(Door.REPORT, NewReport, express=report_job),
    responses=REFUSALS,
    request_max_body_size=MAX_REPORT_BODY,
)
async def post_report(
    request: ApiRequest, data: JSONBody[NewReport], idempotency_key: KeyHeader = None
) -> Response[Outcome]:
    """Bring in a report; it opens a case."""
    call = await call_of(request)
    return await carry_out(call, report_job(call, data))


@get("/v1/cases", opt=through(Door.CASES), responses=REFUSALS)
async def list_cases(
    request: ApiRequest,
    in_state: Annotated[CaseState | None, QueryParameter(name="state")] = None,
    q: Annotated[str | None, QueryParameter(max_length=100)] = None,
    since: Annotated[str | None, QueryParameter(max_length=40)] = None,
    limit: Annotated[int, QueryParameter(ge=1, le=MOST_IN_PAGE)] = 100,
    after: Annotated[str | None, QueryParameter(max_length=80)] = None,
) -> Response[CasePage]:
    """Return cases, newest first: of a state, with a text in number, title or address, opened since a time."""
    runtime = runtime_of(request)
    sight = runtime.sight(asker_of(request))
    found = await runtime.read(
        partial(
            reads.case_page,
            states=() if in_state is None else (in_state,),
            text=(q or "").strip(),
            since=moment(since, "since"),
            scope=sight.scope(),
            after=_cursor(after),
            limit=limit,
        )
    )
    last = found[-1] if len(found) == limit else None
    shown = tuple(sight.show_case(case) for case in found)
    return reply(request, CasePage(shown, None if last is None else f"{to_us(last.opened_at)}:{last.case_no}"))


@get("/v1/similar", opt=through(Door.CASES), responses=REFUSALS)
async def list_similar(
    request: ApiRequest,
    kind: Annotated[str, QueryParameter(max_length=64)] = "",
    at: Annotated[str | None, QueryParameter(max_length=40)] = None,
    lon: Annotated[float | None, QueryParameter(ge=-180, le=180)] = None,
    lat: Annotated[float | None, QueryParameter(ge=-90, le=90)] = None,
    address: Annotated[str, QueryParameter(max_length=200)] = "",
    but: Annotated[str, QueryParameter(max_length=80)] = "",
) -> Response[SimilarCases]:
    """Return the cases that are likely the same as what is told: near, soon before or after, of that kind."""
    if (lon is None) != (lat is None):
        raise invalid("half_a_place")
    runtime = runtime_of(request)
    sight, rules = runtime.sight(asker_of(request)), runtime.world.info.rules
    now = runtime.timekeeper.now()
    told = Told(kind, moment(at, "at") or now, lon, lat, address)
    if not now - MAX_LATE <= told.at <= now + MAX_LATE:
        raise invalid("time_out_of_bounds", argument="at")
    asked = partial(
        reads.similar_cases, told=told, rules=rules.at(now), but=but, scope=sight.scope(), limit=MOST_SIMILAR
    )
    found = await runtime.read(asked)
    shown = (SimilarCase(sight.show_case(case), near.apart_s, near.distance_m) for case, near in found)
    return reply(request, SimilarCases(tuple(shown)))


@get("/v1/cases/{case_no:str}", opt=through(Door.CASES), responses=REFUSALS)
async def get_case(request: ApiRequest, case_no: FromPath[str]) -> Response[Case]:
    """Return one case."""
    case = await _visible_case(request, case_no)
    return reply(request, runtime_of(request).sight(asker_of(request)).show_case(case))


@get("/v1/cases/{case_no:str}/changes", opt=through(Door.CASES), responses=REFUSALS)
async def get_changes(request: ApiRequest, case_no: FromPath[str]) -> Response[ChangePage]:
    """Return the timeline of a case, oldest first."""
    case = await _visible_case(request, case_no)
    sight = runtime_of(request).sight(asker_of(request))
    ask = partial(reads.timeline, subject=Subject.CASE, subject_id=case_no)
    found = await runtime_of(request).read(ask)
    return reply(request, ChangePage(tuple(sight.show_change(c, sensitive=sight.is_sensitive(case)) for c in found)))


def command_job(call: Call, data: Command) -> Job:
    """Return what judges and does a command."""
    key = key_of(call, call.asker, call.body, 200)
    sight = call.runtime.sight(call.asker)
    return Job(partial(act, case_no=CaseNo(call.which), command=data, asker=call.asker, sight=sight), key=key)


@post(
    "/v1/cases/{case_no:str}/commands",
    opt=through(Door.COMMAND, Command, express=command_job),
    responses=REFUSALS,
    status_code=200,
    request_max_body_size=MAX_REPORT_BODY,
)
async def post_command(
    request: ApiRequest, case_no: FromPath[str], data: JSONBody[Command], idempotency_key: KeyHeader = None
) -> Response[Outcome]:
    """Do something to a case, at the version that was seen."""
    call = await call_of(request, case_no)
    return await carry_out(call, command_job(call, data))


@post(
    "/v1/cases/{case_no:str}/contact",
    opt=through(Door.REVEAL, RevealRequest),
    responses=REFUSALS,
    status_code=200,
    request_max_body_size=4096,
)
async def post_contact(
    request: ApiRequest, case_no: FromPath[str], data: JSONBody[RevealRequest]
) -> Response[list[RevealedContact]]:
    """Show the reporters' contacts of a case; who looked and why is logged first."""
    if not data.reason.strip():
        raise invalid("argument_missing", argument="reason")
    asker, runtime = asker_of(request), runtime_of(request)
    sight = runtime.sight(asker)
    run = partial(reveal, case_no=CaseNo(case_no), reason=data.reason.strip(), asker=asker, sight=sight)
    return reply(request, await runtime.do(Job(run)))


async def _visible_case(request: ApiRequest, case_no: str) -> Case:
    runtime = runtime_of(request)
    case = await runtime.read(partial(reads.case, case_no=CaseNo(case_no)))
    if case is None or not runtime.sight(asker_of(request)).sees_case(watchers(case)):
        raise not_found("unknown_case", case_no=case_no[:64])
    return case


def moment(text: str | None, argument: str) -> datetime | None:
    """Return a time given in a query. Raises ``Fault`` where it is none, or has no offset."""
    if not text:
        return None
    try:
        given = datetime.fromisoformat(text.replace(" ", "+"))
    except ValueError:
        raise invalid("not_a_moment", argument=argument) from None
    if given.tzinfo is None:
        raise invalid("moment_without_offset", argument=argument)
    return given


def _cursor(text: str | None) -> tuple[int, str] | None:
    if not text:
        return None
    at, _, case_no = text.partition(":")
    if not at.lstrip("-").isdecimal() or len(at) > 18:
        raise invalid("cursor_bad")
    return int(at), case_no


HANDLERS = (post_report, list_cases, list_similar, get_case, get_changes, post_command, post_contact)
