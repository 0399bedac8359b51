"""Taking in what other systems hold. Every batch may be sent again: what is kept already is a duplicate.

Cases enter with one ``imported`` change that carries the source's own times and codes. Each function judges every row
by itself and returns one result a row; a dry run judges and stages nothing.
"""

from collections.abc import Collection, Iterable, Sequence
from datetime import UTC, datetime

import msgspec

from domain.case import Case, Report
from domain.clock import FIRST_YEAR, LAST_YEAR
from domain.faults import Fault, conflict, invalid
from domain.ids import CaseNo
from domain.states import ENDED, CaseState
from domain.wire import FaultBody, ImportedCase, RowOutcome, RowResult
from service.access import Asker, check_place
from service.placing import Placed
from service.write.contacts import has_contact, keep_contact, said_of, seal_contact
from service.write.reporting import (
    author_of,
    new_case_no,
    new_report_id,
)
from service.write.work import Author, Work

ACCEPTED = RowResult(RowOutcome.ACCEPTED)
DUPLICATE = RowResult(RowOutcome.DUPLICATE)
_NEEDS_CLOSING = frozenset({CaseState.CLOSED, CaseState.EVALUATED})
_NOT_IMPORTED = frozenset({CaseState.DRAFT, CaseState.MERGED, CaseState.SUSPENDED})


def rejected(fault: Fault) -> RowResult:
    """Return the result of a row that was refused."""
    return RowResult(RowOutcome.REJECTED, FaultBody(fault.key, fault.params))


def import_cases(
    work: Work, rows: Sequence[ImportedCase], known: Iterable[tuple[str, str]], asker: Asker, *, dry_run: bool
) -> list[RowResult]:
    """Take in cases. ``known`` are the (source, source_no) among these rows that are kept already."""
    results: list[RowResult] = []
    seen = set(known)
    author = author_of(asker)
    spots = iter(_places(work, rows))
    for row in rows:
        placed = next(spots)
        pair = (row.source, row.source_no)
        if pair in seen:
            results.append(DUPLICATE)
            continue
        try:
            check_row(row)
            check_place(asker.actor, work.world.area_of_grid(placed[1]))
        except Fault as fault:
            results.append(rejected(fault))
            continue
        seen.add(pair)
        results.append(ACCEPTED)
        if not dry_run:
            _take_in(work, row, placed, author)
    return results


def check_row(row: ImportedCase) -> None:
    """Raise a ``Fault`` for a row that cannot be a case."""
    check_times(opened_at=row.opened_at, accepted_at=row.accepted_at, closed_at=row.closed_at)
    if (row.lon is None) != (row.lat is None):
        raise invalid("half_a_place")
    if row.state in _NOT_IMPORTED:
        raise invalid("state_not_importable", state=row.state.value)
    if row.state in _NEEDS_CLOSING and row.closed_at is None:
        raise invalid("closed_without_time")
    if row.state not in ENDED and row.closed_at is not None:
        raise conflict("open_with_closing_time")
    for argument, moment in (("closed_at", row.closed_at), ("accepted_at", row.accepted_at)):
        if moment is not None and moment < row.opened_at:
            raise invalid("before_opening", argument=argument)


def check_times(**moments: datetime | None) -> None:
    """Raise a ``Fault`` unless every given time has an offset and lies in the years the clocks cover."""
    for argument, moment in moments.items():
        if moment is None:
            continue
        if moment.tzinfo is None:
            raise invalid("moment_without_offset", argument=argument)
        if not FIRST_YEAR < moment.year < LAST_YEAR:
            raise invalid("time_out_of_bounds", argument=argument)


def _places(work: Work, rows: Sequence[ImportedCase]) -> list[Placed]:
    located = [i for i, row in enumerate(rows) if row.lon is not None and row.lat is not None]
    found = work.world.index.place_all([rows[i].lon or 0.0 for i in located], [rows[i].lat or 0.0 for i in located])
    nowhere = work.world.index.place(None, None)
    by_row = dict(zip(located, found, strict=True))
    return [by_row.get(i, nowhere) for i in range(len(rows))]


def _take_in(work: Work, row: ImportedCase, placed: Placed, author: Author) -> None:
    opened_at = row.opened_at.astimezone(UTC)
    closed_at = None if row.closed_at is None else row.closed_at.astimezone(UTC)
    accepted_at = None if row.accepted_at is None else row.accepted_at.astimezone(UTC)
    case_no = new_case_no(work, opened_at)
    report_id = new_report_id()
    placement, grid_code = placed
    report = Report(
        report_id=report_id,
        channel=row.channel,
        reported_at=opened_at,
        text=row.text,
        source=row.source,
        source_no=row.source_no,
        has_contact=has_contact(row.contact),
    )
    case = Case(
        case_no=case_no,
        version=1,
        state=row.state,
        kind=row.kind,
        title=row.title or row.kind,
        channel=row.channel,
        opened_at=opened_at,
        stage_since=closed_at or accepted_at or opened_at,
        address=row.address,
        lon=row.lon,
        lat=row.lat,
        placement=placement,
        grid_code=grid_code,
        area=work.world.area_of_grid(grid_code),
        sensitive=work.world.is_sensitive(row.kind),
        reports=(report,),
        accepted_at=accepted_at,
        closed_at=closed_at,
        source=row.source,
        source_no=row.source_no,
        imported=True,
        synthetic=work.world.info.synthetic,
    )
    plain = msgspec.to_builtins(case)
    del plain["case_no"], plain["version"]
    contact = seal_contact(report_id, row.contact)
    data = {"case": plain} | said_of(contact)
    work.record_case(None, case_no, "imported", author, data, state=row.state, occurred_at=opened_at)
    keep_contact(work, case_no, contact)


def fall_again(
    work: Work,
    located: Iterable[tuple[CaseNo, float, float, str, str | None]],
    author: Author,
    moved_grids: Collection[str] = (),
) -> int:
    """Let every located case fall into the grids as they are now; record a change where that alters it.

    ``moved_grids`` are those that lie in another division than before, and their cases with them.

    Returns how many altered.
    """
    rows = list(located)
    found = work.world.index.place_all([r[1] for r in rows], [r[2] for r in rows])
    moved = [
        (row[0], spot)
        for row, spot in zip(rows, found, strict=True)
        if (spot[0].value, spot[1]) != (row[3], row[4]) or spot[1] in moved_grids
    ]
    work.prefetch(case_no for case_no, _ in moved)
    for case_no, (placement, grid_code) in moved:
        case = work.case(case_no)
        if case is None:
            continue
        area = work.world.area_of_grid(grid_code)
        data = {"placement": placement.value, "grid_code": grid_code, "area": area}
        work.record_case(case, case_no, "placed", author, data, state=case.state)
    return len(moved)
