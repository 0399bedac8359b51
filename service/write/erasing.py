"""Erasing by law: contacts are deleted, words leave the log and the cases, the chain stays, and all of it is a change.

The change ``erased`` on each case says how many values are gone from which changes, so that a check can tell an
erasure from a theft.
"""

from collections.abc import Collection, Iterable, Mapping
from hashlib import sha256
from typing import Any, NamedTuple

import msgspec
from sqlalchemy import Connection, bindparam, select

from domain.case import Case
from domain.erasing import Erasable
from domain.faults import invalid, not_found
from domain.ids import CaseNo, ReportId
from domain.sealing import SALT, erase, holes, personal_places
from domain.wire_audit import Erased
from service.store import reads
from service.store import statements as sql
from service.store import tables as t
from service.write.work import Author, Work

MOST_CASES = 50
"""Cases one report may have wandered through by merging."""

_CHANGES_OF = (
    select(t.change.c.seq, t.change.c.payload, t.change.c.salt)
    .where(t.change.c.subject_id == bindparam("case_no"), t.change.c.subject == "case")
    .order_by(t.change.c.seq)
)

Path = tuple[str | int, ...]


def parse_what(names: Iterable[str]) -> frozenset[Erasable]:
    """Return what is to be erased. Raises ``Fault('unknown_erasure')``."""
    found: set[Erasable] = set()
    for name in names:
        if name not in list(Erasable):
            raise invalid("unknown_erasure", what=name[:40])
        found.add(Erasable(name))
    if not found:
        raise invalid("argument_missing", argument="what")
    return frozenset(found)


class _Taken(NamedTuple):
    """What an erasure takes from the log of one case: how it is said, the rows without it, how many values."""

    said: dict[str, Any]
    rows: list[dict[str, Any]]
    values: int
    title: bool


class _Share(NamedTuple):
    """What goes from one of the cases, and what the change on it will say."""

    case: Case
    taken: _Taken
    data: dict[str, Any]


def erase_case(work: Work, case_no: CaseNo, what: Collection[Erasable], reason: str, author: Author) -> Erased:
    """Make parts of a case unreadable: in its row, in its changes, and wherever its reports went by merging."""
    if not 2 <= len(reason.strip()) <= 200:
        raise invalid("argument_missing", argument="reason")
    shares, contacts = _shares(work, case_no, what)
    for report_id in contacts:
        work.put(sql.DROP_CONTACT, {"which": report_id})
    for case, taken, data in shares:
        for row in taken.rows:
            work.put(sql.PERMIT_ERASING, {"seq": row["which"]})
            work.put(sql.ERASE_VALUES, row)
            work.put(sql.END_ERASING, {"which": row["which"]})
        said = {**data, "reason": reason.strip(), **taken.said}
        work.record_case(case, case.case_no, "erased", author, said, state=case.state)
    return _counted(shares, contacts)


def count_erasure(work: Work, case_no: CaseNo, what: Collection[Erasable]) -> Erased:
    """Return what an erasure would come to; nothing is taken."""
    return _counted(*_shares(work, case_no, what))


def _counted(shares: list[_Share], contacts: list[str]) -> Erased:
    return Erased(tuple(s.case.case_no for s in shares), sum(s.taken.values for s in shares), len(contacts))


def _shares(work: Work, case_no: CaseNo, what: Collection[Erasable]) -> tuple[list[_Share], list[str]]:
    """Return what goes from which cases, and the reports whose contacts go."""
    case = work.case(case_no)
    if case is None:
        raise not_found("unknown_case", case_no=case_no[:64])
    reports = {r.report_id for r in case.reports} | set(case.merged_reports)
    cases = _where_reports_went(work, case)
    kept = {c.case_no: _contacts(work, c.case_no, reports) if Erasable.CONTACT in what else [] for c in cases}
    contacts = sorted(report_id for some in kept.values() for report_id in some)
    texts = sorted(reports) if Erasable.REPORT_TEXT in what else []
    shares = []
    for other in cases:
        own = other.case_no == case_no
        taken = _from_log(work.connection, other.case_no, frozenset(what), reports, own=own)
        holds_none = all(r.report_id not in reports for r in other.reports)
        if not own and not taken.rows and not kept[other.case_no] and holds_none:
            continue
        titled = {Erasable.REPORT_TEXT} if taken.title else set()
        here = set(what) if own else titled
        shares.append(_Share(other, taken, {"what": sorted(here), "reports": texts, "contacts": contacts}))
    return shares, contacts


def _where_reports_went(work: Work, case: Case) -> list[Case]:
    """Return the case and all that its reports came from or went to, by merging and unmerging."""
    found: dict[CaseNo, Case] = {}
    waiting = [case.case_no]
    while waiting and len(found) < MOST_CASES:
        case_no = waiting.pop()
        known = work.case(case_no)
        if case_no in found or known is None:
            continue
        found[case_no] = known
        for row in work.connection.execute(_CHANGES_OF, {"case_no": case_no}):
            data = msgspec.json.decode(row.payload)
            waiting += [CaseNo(str(data[key])) for key in ("into", "from", "to") if data.get(key)]
    return list(found.values())


def _contacts(work: Work, case_no: CaseNo, reports: Collection[ReportId]) -> list[str]:
    """Contacts stay under the case a report came in on."""
    return [report_id for report_id, _ in reads.contacts(work.connection, case_no) if report_id in reports]


def _from_log(
    connection: Connection, case_no: CaseNo, what: Collection[Erasable], reports: Collection[ReportId], *, own: bool
) -> _Taken:
    """Return what goes from the changes of a case; of another than the one asked for only what our reports brought."""
    changes: dict[str, int] = {}
    replaced: dict[str, str] = {}
    rows: list[dict[str, Any]] = []
    values, title = 0, False
    for row in connection.execute(_CHANGES_OF, {"case_no": case_no}):
        payload, salt = bytes(row.payload), bytes(row.salt)
        data = msgspec.json.decode(payload)
        places = list(personal_places(data))
        which = {i for i, path in enumerate(places) if _at(data, path) and _goes(path, data, what, reports, own=own)}
        if not which:
            continue
        title = title or any(places[i][-1] == "title" for i in which)
        values += len(which)
        if len(salt) > SALT:
            left_salt, left = erase(salt, payload, which)
            changes[str(row.seq)] = holes(left_salt)
        else:
            left_salt, left = b"", _blank(data, [places[i] for i in which])
            replaced[str(row.seq)] = sha256(left).hexdigest()
        rows.append({"which": row.seq, "payload": left, "salt": left_salt})
    return _Taken({"changes": changes, "replaced": replaced}, rows, values, title)


def _goes(
    path: Path, data: Mapping[str, Any], what: Collection[Erasable], reports: Collection[ReportId], *, own: bool
) -> bool:
    """Return whether the value at ``path`` is one of what is to go."""
    if path[-1] == "address":
        return own and Erasable.ADDRESS in what
    if "report" in path or "reports" in path:
        return Erasable.REPORT_TEXT in what and _at(data, path[:-1]).get("report_id") in reports
    if path[-1] == "title":
        return Erasable.REPORT_TEXT in what and _first_report(data) in reports
    return own and Erasable.NOTES in what


def _first_report(data: Mapping[str, Any]) -> str | None:
    """Return the report a first change brought, or a correction is about; a title was made of its words."""
    brought: Any = data.get("report") or next(iter(data.get("case", {}).get("reports", ())), {})
    named = brought.get("report_id") or data.get("which")
    return named if isinstance(named, str) else None


def _at(data: Any, path: Path) -> Any:
    for step in path:
        data = data[step]
    return data


def _blank(data: Any, places: Iterable[Path]) -> bytes:
    for path in places:
        _at(data, path[:-1])[path[-1]] = ""
    return msgspec.json.encode(data)
