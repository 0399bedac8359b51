"""The duty log: the change log since a moment as its reader may see it; and what of it all was put on paper."""

from datetime import datetime
from functools import partial
from typing import Annotated

from litestar import Response, get, post
from litestar.params import JSONBody, QueryParameter
from sqlalchemy import Connection

from domain.change import MAX_SEQ, Change, Seq, Subject
from domain.faults import invalid
from domain.ids import CaseNo
from domain.wire_admin import Done
from domain.wire_log import MOST_LOG, LogPage, Printed
from service.access import Door, Sight
from service.http.cases import moment
from service.http.codec import ApiRequest, KeyHeader, asker_of, key_of, reply, runtime_of
from service.http.guard import REFUSALS, through
from service.store import reads
from service.store.rows import to_us, watchers
from service.write.reporting import author_of
from service.write.transaction import Job
from service.write.work import Work


@get("/v1/log", opt=through(Door.LOG), responses=REFUSALS)
async def get_log(
    request: ApiRequest,
    after: Annotated[int, QueryParameter(ge=0, le=MAX_SEQ)] = 0,
    since: Annotated[str | None, QueryParameter(max_length=40)] = None,
) -> Response[LogPage]:
    """Return what happened after a change, or since a moment, oldest first."""
    runtime, asker = runtime_of(request), asker_of(request)
    ask = partial(
        page, sight=runtime.sight(asker), account=asker.own.account, after=after, since=moment(since, "since")
    )
    return reply(request, await runtime.read(ask))


@post("/v1/prints", opt=through(Door.LOG, Printed), responses=REFUSALS, status_code=201, request_max_body_size=4096)
async def post_print(request: ApiRequest, data: JSONBody[Printed], idempotency_key: KeyHeader = None) -> Response[Done]:
    """Log that something of the room's was put on paper, also when that was while the line was down."""
    runtime, asker = runtime_of(request), asker_of(request)
    if data.at.tzinfo is None:
        raise invalid("moment_without_offset", argument="at")

    def run(work: Work) -> Done:
        body = {"what": data.what.value, "lines": data.lines}
        change = work.record(Subject.EXPORT, data.what.value, "printed", author_of(asker), body, occurred_at=data.at)
        return Done(change)

    return reply(request, await runtime.do(Job(run, key=key_of(request, asker, await request.body(), 201))), 201)


def page(connection: Connection, *, sight: Sight, account: str, after: Seq, since: datetime | None) -> LogPage:
    """Return a page of the log; with ``since`` it begins at that moment, where that is later than ``after``."""
    head = reads.head(connection).seq
    if since is not None:
        after = max(after, reads.last_before(connection, to_us(since)))
    changes = reads.changes_after(connection, after, MOST_LOG)
    upto = changes[-1].seq if changes else after
    return LogPage(_shown(connection, changes, sight, account), upto, upto >= head)


def _shown(connection: Connection, changes: list[Change], sight: Sight, account: str) -> tuple[Change, ...]:
    numbers = {CaseNo(c.subject_id) for c in changes if c.subject is Subject.CASE}
    cases = {case.case_no: case for case in reads.cases_in(connection, numbers)}
    shown: list[Change] = []
    for change in changes:
        case = cases.get(CaseNo(change.subject_id)) if change.subject is Subject.CASE else None
        if sight.sees_change(change, () if case is None else watchers(case), account):
            shown.append(sight.show_change(change, sensitive=case is not None and sight.is_sensitive(case)))
    return tuple(shown)


HANDLERS = (get_log, post_print)
