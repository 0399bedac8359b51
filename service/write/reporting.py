"""A report comes in: it makes the case it is on, falls into its grid, and its contact goes beside the log."""

import re
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import msgspec

from domain.case import NewReport
from domain.faults import conflict, forbidden, invalid
from domain.guards import seen_by_the_reporter
from domain.ids import AttachmentId, CaseNo, ReportId
from domain.machine import STEPS
from domain.states import CaseState, Channel
from domain.wire import Outcome
from service.access import Asker, check_channel, check_place
from service.placing import Placed
from service.world import World
from service.write.chance import draw
from service.write.contacts import has_contact, keep_contact, said_of, seal_contact
from service.write.work import Author, Work

MAX_EARLY = timedelta(minutes=10)
MAX_LATE = timedelta(days=366)
TITLE_LENGTH = 30
_STOP = re.compile("[。！？；!?;]")


def author_of(asker: Asker) -> Author:
    """Return under whose name the asker's changes are written."""
    return Author(asker.own.account, asker.on_behalf_of)


def take_report(work: Work, report: NewReport, asker: Asker) -> Outcome:
    """Judge a report and open its case. Raises the ``Fault`` that refuses it."""
    _judge(work, report, asker)
    world = work.world
    kind = report.kind or world.default_kind()
    check_kind(world, kind)
    _check_photos(work, (*report.photos, *report.after_photos))
    occurred = _occurred(report.occurred_at, work.now)
    placed = work.place(report.lon, report.lat)
    area = world.area_of_grid(placed[1])
    check_place(asker.actor, area)
    case_no = new_case_no(work, work.now)
    report_id = new_report_id()
    contact = seal_contact(report_id, report.contact)
    change, case = work.record_case(
        None,
        case_no,
        "report",
        author_of(asker),
        {**_data(report, report_id, kind, placed, area, asker, world), **said_of(contact)},
        state=CaseState.REPORTED,
        occurred_at=occurred,
        plain=True,
    )
    keep_contact(work, case_no, contact)
    if report.source_no:
        work.sources[report.source, report.source_no] = case_no
    return Outcome(change, case)


def _judge(work: Work, report: NewReport, asker: Asker) -> None:
    if not STEPS["report"].roles & asker.actor.roles:
        raise forbidden("role_may_not", action="report")
    check_channel(asker.actor, report.channel)
    if (report.lon is None) != (report.lat is None):
        raise invalid("half_a_place")
    if not report.text.strip():
        raise invalid("argument_missing", argument="text")
    if report.self_handled and report.channel is not Channel.GRID_WORKER:
        raise invalid("self_handled_by_grid_worker")
    seen_by_the_reporter(report)
    if report.after_photos and not report.self_handled:
        raise invalid("after_photos_without_handling")
    _check_promised("source_due", report.source_due, work.now)
    _check_promised("callback_by", report.callback_by, work.now)
    if report.callback and not report.source_no and not has_contact(report.contact):
        raise invalid("callback_without_contact")
    if report.source_no:
        twin = work.case_with_source(report.source, report.source_no)
        if twin is not None:
            raise conflict("duplicate_report", case_no=twin)


def check_kind(world: World, code: str) -> None:
    """Raise a fault unless cases of this kind are taken."""
    kind = world.kinds.get(code)
    if kind is None:
        raise invalid("unknown_kind", kind=code)
    if not kind.enabled:
        raise invalid("kind_disabled", kind=code)


def _check_photos(work: Work, photos: Iterable[AttachmentId]) -> None:
    for photo in photos:
        if not work.has_attachment(photo):
            raise invalid("unknown_attachment", attachment=photo[:64])


def _occurred(given: datetime | None, now: datetime) -> datetime | None:
    if given is None:
        return None
    if given.tzinfo is None:
        raise invalid("moment_without_offset", argument="occurred_at")
    if not now - MAX_LATE <= given <= now + MAX_EARLY:
        raise invalid("occurred_out_of_bounds")
    return given.astimezone(UTC)


def _check_promised(name: str, moment: datetime | None, now: datetime) -> None:
    if moment is None:
        return
    if moment.tzinfo is None:
        raise invalid("moment_without_offset", argument=name)
    if not now - MAX_LATE <= moment <= now + MAX_LATE:
        raise invalid("promise_out_of_bounds", argument=name)


def _data(
    report: NewReport, report_id: ReportId, kind: str, placed: Placed, area: str, asker: Asker, world: World
) -> dict[str, object]:
    placement, grid_code = placed
    return {
        "channel": report.channel.value,
        "kind": kind,
        "title": report.title.strip() or title_from(report.text),
        "address": report.address,
        "lon": report.lon,
        "lat": report.lat,
        "placement": placement.value,
        "grid_code": grid_code,
        "area": area,
        "sensitive": world.is_sensitive(kind),
        "urgent": report.urgent,
        "self_handled": report.self_handled,
        "after_photos": list(report.after_photos),
        "synthetic": world.info.synthetic,
        "report": {
            "report_id": report_id,
            "text": report.text,
            "reporter": asker.actor.staff,
            "source": report.source,
            "source_no": report.source_no,
            "has_contact": has_contact(report.contact),
            "photos": list(report.photos),
            **_promised(report),
        },
    }


def _promised(report: NewReport) -> dict[str, object]:
    """Return the clocks that others set on a report: its source's own, and when the reporter is to be called back.

    Moments are texts, as the log gives them back.
    """
    said: dict[str, object] = {}
    if report.source_due is not None:
        said["source_due"] = msgspec.to_builtins(report.source_due.astimezone(UTC))
    if report.callback:
        said["callback"] = True
        if report.callback_by is not None:
            said["callback_by"] = msgspec.to_builtins(report.callback_by.astimezone(UTC))
    return said


def title_from(text: str) -> str:
    """Return a title for a text that came without: its first sentence, cut to 30 characters."""
    first = _STOP.split(text.strip().splitlines()[0], 1)[0].strip() or text.strip()
    return first if len(first) <= TITLE_LENGTH else first[: TITLE_LENGTH - 1] + "…"


def new_case_no(work: Work, at: datetime) -> CaseNo:
    """Return the next case number of the local day of ``at``."""
    info = work.world.info
    day = _local_day(at, info.calendar.timezone)
    return CaseNo(f"{info.division}-{day}-{work.next_number(day):04d}")


@lru_cache(maxsize=64)
def _local_day(at: datetime, timezone: str) -> str:
    """Return the local day ``yyyymmdd`` of a moment; all reports of a transaction ask for the same one."""
    return at.astimezone(ZoneInfo(timezone)).strftime("%Y%m%d")


def new_report_id() -> ReportId:
    """Return a new report id."""
    return ReportId("r" + draw(10).hex())
