"""Replay against what is kept: every case folded anew and held to its row, its contacts to what sealed them."""

from collections.abc import Iterator
from hashlib import sha256
from itertools import groupby
from operator import itemgetter
from typing import Any

import msgspec
from sqlalchemy import Connection

from domain.case import Case
from domain.change import Change, Subject
from domain.fold import fold
from domain.ids import AccountId, StaffId
from domain.states import CaseState
from service.audit.streams import stream
from service.audit.verdict import Damage, Verdict
from service.store import tables as t
from service.store.rows import case_row, from_us

_COLUMNS = tuple(column.name for column in t.cases.c)
_CHANGES = (
    "SELECT subject_id, seq, action, actor, recorded_at, version, state, on_behalf_of, occurred_at, payload "
    "FROM change WHERE subject = 'case' ORDER BY subject_id {bytes}, subject, version, seq"
)
_CASES = f"SELECT {', '.join(_COLUMNS)} FROM cases ORDER BY case_no {{bytes}}"
_CONTACTS = "SELECT case_no, report_id, name, phone, salt FROM contact ORDER BY case_no {bytes}, report_id {bytes}"

_decode = msgspec.json.Decoder(dict[str, Any]).decode


def contact_digest(salt: bytes, report_id: str, name: str, phone: str) -> str:
    """Return the digest by which a change proves the contact kept beside it; without the salt it tells nothing."""
    return sha256(salt + msgspec.json.encode([report_id, name, phone])).hexdigest()


class _Beside:
    """Rows of another table in the order of the same key, taken up group by group as the cases go by."""

    def __init__(self, rows: Iterator[tuple[Any, ...]]) -> None:
        self._groups = groupby(rows, itemgetter(0))
        self._next: tuple[str, list[tuple[Any, ...]]] | None = None
        self._step()

    def upto(self, key: str | None) -> Iterator[tuple[str, list[tuple[Any, ...]]]]:
        """Yield the groups before ``key`` and that of ``key`` itself; all that are left for None."""
        while self._next is not None and (key is None or self._next[0] <= key):
            yield self._next
            self._step()

    def _step(self) -> None:
        found = next(self._groups, None)
        self._next = None if found is None else (found[0], list(found[1]))


def check_cases(connection: Connection, verdict: Verdict) -> None:
    """Hold every case row and every contact to the changes of its case."""
    cases = _Beside(stream(connection, _CASES))
    contacts = _Beside(stream(connection, _CONTACTS))
    for case_no, rows in groupby(stream(connection, _CHANGES), itemgetter(0)):
        verdict.cases += 1
        folded, last, sealed = _fold(case_no, rows, verdict)
        _hold_row(case_no, folded, last, cases, verdict)
        _hold_contacts(case_no, sealed, last, contacts, verdict)
    for case_no, _ in cases.upto(None):
        verdict.add(verdict.checked, Damage.CASE_UNSAID, case_no)
    for _, kept in contacts.upto(None):
        for row in kept:
            verdict.add(verdict.checked, Damage.CONTACT_UNSAID, row[1])


def _fold(
    case_no: str, rows: Iterator[tuple[Any, ...]], verdict: Verdict
) -> tuple[Case | None, int, dict[str, str | None]]:
    """Return the case after its changes, the last of them, and the digests of its contacts by report."""
    case: Case | None = None
    last = 0
    sealed: dict[str, str | None] = {}
    failed = False
    for row in rows:
        last = row[1]
        if failed:
            continue
        try:
            change = _change_of(row)
            case = fold(case, change)
            _contacts_said(change, sealed)
        except (ValueError, KeyError, TypeError, AttributeError, IndexError, msgspec.MsgspecError):
            verdict.add(last, Damage.FOLD, case_no)
            failed, case = True, None
    return case, last, sealed


def _change_of(row: tuple[Any, ...]) -> Change:
    case_no, seq, action, actor, at, version, state, behalf, occurred, payload = row
    return Change(
        seq,
        Subject.CASE,
        case_no,
        action,
        AccountId(actor),
        from_us(at),
        version,
        None if state is None else CaseState(state),
        None if behalf is None else StaffId(behalf),
        None if occurred is None else from_us(occurred),
        _decode(payload),
    )


def _contacts_said(change: Change, sealed: dict[str, str | None]) -> None:
    """Note the contacts a first change brought, and those an erasure took."""
    data = change.data
    if change.action == "erased":
        for report_id in data.get("contacts", ()):
            sealed.pop(report_id, None)
    elif change.version == 1:
        report = data["report"] if "report" in data else data["case"]["reports"][0]
        if report.get("has_contact"):
            sealed[report["report_id"]] = data.get("contact")


def _hold_row(case_no: str, folded: Case | None, last: int, cases: _Beside, verdict: Verdict) -> None:
    found = False
    for key, rows in cases.upto(case_no):
        if key != case_no:
            verdict.add(verdict.checked, Damage.CASE_UNSAID, key)
            continue
        found = True
        if folded is not None:
            wanted = case_row(folded, last)
            if rows[0] != tuple(wanted[name] for name in _COLUMNS) and not _same_case(rows[0], wanted):
                verdict.add(last, Damage.CASE_DIFFERS, case_no)
    if not found:
        verdict.add(last, Damage.CASE_MISSING, case_no)


def _same_case(row: tuple[Any, ...], wanted: dict[str, Any]) -> bool:
    """A body of an earlier program may lack fields that have come since: then what it says counts, not its bytes."""
    kept = dict(zip(_COLUMNS, row, strict=True))
    body = kept.pop("body")
    wanted = dict(wanted)
    encoded = wanted.pop("body")
    if kept != wanted:
        return False
    try:
        return bool(msgspec.msgpack.decode(body, type=Case) == msgspec.msgpack.decode(encoded, type=Case))
    except (msgspec.MsgspecError, TypeError):
        return False


def _hold_contacts(case_no: str, sealed: dict[str, str | None], last: int, contacts: _Beside, verdict: Verdict) -> None:
    """Hold the contacts kept beside a case to what its first change and its erasures say."""
    for key, rows in contacts.upto(case_no):
        for _, report_id, name, phone, salt in rows:
            verdict.contacts += 1
            if key != case_no or report_id not in sealed:
                verdict.add(last if key == case_no else verdict.checked, Damage.CONTACT_UNSAID, report_id)
                continue
            digest = sealed.pop(report_id)
            if digest is None:
                verdict.unproven += 1
            elif salt is None or contact_digest(salt, report_id, name, phone) != digest:
                verdict.add(last, Damage.CONTACT_DIFFERS, report_id)
    for report_id, digest in sealed.items():
        if digest is not None:
            verdict.add(last, Damage.CONTACT_MISSING, report_id)
