"""Between domain values and rows: the one place that knows how a change and a case are laid out in the tables."""

from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any

import msgspec

from domain.case import Case, case_area
from domain.change import Change, Subject
from domain.ids import AccountId, GridCode, StaffId, UnitId
from domain.states import ENDED, CaseState

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_ONE = timedelta(microseconds=1)
SENSITIVE = "x"
"""The mark of a case of a sensitive kind."""
MOST_WATCHINGS = 4096
"""Sets of watchers that are remembered: making one takes as long as half the rest of a row."""

_case_decoder = msgspec.msgpack.Decoder(Case)
_data_decoder = msgspec.json.Decoder(dict[str, Any])
_SUBJECTS = {subject.value: subject for subject in Subject}
_STATES = {state.value: state for state in CaseState}


@lru_cache(maxsize=64)
def to_us(moment: datetime) -> int:
    """Return whole microseconds since 1970, UTC. A transaction asks for its own few moments over and over."""
    return (moment - EPOCH) // _ONE


def from_us(us: int) -> datetime:
    """Return the UTC moment of ``to_us``."""
    return EPOCH + timedelta(microseconds=us)


def case_row(case: Case, seq: int) -> dict[str, Any]:
    """Return the row of a case as it stands after change ``seq``."""
    return {
        "case_no": case.case_no,
        "version": case.version,
        "state": case.state.value,
        "is_open": 0 if case.state in ENDED else 1,
        "title": case.title,
        "address": case.address,
        "source": case.source,
        "source_no": case.source_no,
        "placement": case.placement.value,
        "grid_code": case.grid_code,
        "lon": case.lon,
        "lat": case.lat,
        "opened_at": to_us(case.opened_at),
        "resume_at": None if case.resume_at is None else to_us(case.resume_at),
        "changed_seq": seq,
        "watchers": watchers_text(case),
        "body": msgspec.msgpack.encode(case),
    }


def case_of(body: bytes) -> Case:
    """Return the case kept in a row's body."""
    return _case_decoder.decode(body)


def change_row(change: Change, payload: bytes, salt: bytes, digest: bytes, link: bytes) -> dict[str, Any]:
    """Return the row of a change; ``link`` is its chain hash."""
    return {
        "seq": change.seq,
        "subject": change.subject.value,
        "subject_id": change.subject_id,
        "action": change.action,
        "actor": change.actor,
        "recorded_at": to_us(change.recorded_at),
        "version": change.version,
        "state": None if change.state is None else change.state.value,
        "on_behalf_of": change.on_behalf_of,
        "occurred_at": None if change.occurred_at is None else to_us(change.occurred_at),
        "payload": payload,
        "salt": salt,
        "digest": digest,
        "hash": link,
    }


def change_of(row: Any) -> Change:
    """Return the change kept in a row of the log."""
    return Change(
        seq=row.seq,
        subject=_SUBJECTS[row.subject],
        subject_id=row.subject_id,
        action=row.action,
        actor=AccountId(row.actor),
        recorded_at=from_us(row.recorded_at),
        version=row.version,
        state=None if row.state is None else _STATES[row.state],
        on_behalf_of=None if row.on_behalf_of is None else StaffId(row.on_behalf_of),
        occurred_at=None if row.occurred_at is None else from_us(row.occurred_at),
        data=_data_decoder.decode(row.payload),
    )


def watchers(case: Case) -> frozenset[str]:
    """Return what decides who may see a case: its area, its units, its grid, people with a task on it."""
    return _watching(*_watched_by(case))


def watchers_text(case: Case) -> str:
    """Return the watchers as kept in a row: each between bars, so that ``LIKE '%|mark|%'`` finds one."""
    return _watching_text(*_watched_by(case))


_WatchedBy = tuple[str, bool, tuple[UnitId | None, ...], GridCode | None, AccountId | None, tuple[StaffId | None, ...]]


def _watched_by(case: Case) -> _WatchedBy:
    """Return all that the watchers of a case depend on; cases of one place and one desk mostly share it."""
    units = (case.lead_unit, *case.helper_units, *case.copied_units)
    people = (case.verifier, case.checker, *[report.reporter for report in case.reports])
    by = None if case.claim is None else case.claim.by
    return case_area(case), case.sensitive, units, case.grid_code, by, people


@lru_cache(maxsize=MOST_WATCHINGS)
def _watching(
    area: str,
    sensitive: bool,
    units: tuple[UnitId | None, ...],
    grid: GridCode | None,
    claimed_by: AccountId | None,
    people: tuple[StaffId | None, ...],
) -> frozenset[str]:
    marks = {mark_area(area)}
    if sensitive:
        marks.add(SENSITIVE)
    marks |= {mark_unit(unit) for unit in units if unit is not None}
    if grid is not None:
        marks.add(mark_grid(grid))
    if claimed_by is not None:
        marks.add(mark_claim(claimed_by))
    return frozenset(marks | {mark_staff(member) for member in people if member is not None})


@lru_cache(maxsize=MOST_WATCHINGS)
def _watching_text(*watched_by: Any) -> str:
    return "|" + "|".join(sorted(_watching(*watched_by))) + "|"


def mark_claim(account: AccountId) -> str:
    """Return the mark of whoever has the case in hand; it lets nobody see a case, it is only looked for."""
    return f"c:{account}"


def mark_area(area: str) -> str:
    """Return the watcher's mark of a division; that of a wider one is the head of it."""
    return f"a:{area}"


def mark_unit(unit: UnitId) -> str:
    """Return the watcher's mark of a unit."""
    return f"u:{unit}"


def mark_grid(grid: GridCode) -> str:
    """Return the watcher's mark of a grid."""
    return f"g:{grid}"


def mark_staff(staff: StaffId) -> str:
    """Return the watcher's mark of a person."""
    return f"s:{staff}"
