"""One transaction over many jobs, and what is done when one of them cannot be stored.

The head row is read under its lock first, so numbers and hashes never fork. Jobs only stage rows; they are written
together. Where that fails, the jobs are judged and written again one by one under savepoints, so that a poison row
hurts nobody but its own job.
"""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from operator import itemgetter
from typing import Any

from sqlalchemy import Connection, Executable
from sqlalchemy.engine import Dialect
from sqlalchemy.exc import IntegrityError, OperationalError

from domain.change import Subject
from domain.faults import Fault, FaultKind
from domain.fold import fold_all
from domain.ids import AccountId, CaseNo
from domain.wire import Outcome
from service.clock import real_now
from service.store import reads
from service.store import statements as sql
from service.store.rows import to_us
from service.world import World, load_world
from service.write.ledger import Ledger
from service.write.work import Batch, Recorded, Work

MOST_FOREIGN = 10_000
"""Changes of other programs taken in at once."""

_OF_THE_TOWN = frozenset({Subject.GRID, Subject.DIVISION, Subject.UNIT, Subject.STAFF, Subject.TOWN})

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Key:
    """An idempotency key, whose it is, and the digest of the request it came with."""

    actor: AccountId
    key: str
    request: bytes
    status: int


@dataclass(frozen=True, slots=True)
class Job:
    """Something to be done in a transaction. ``run`` may be called more than once and must only stage.

    A job with a ``key`` returns an ``Outcome``. ``source`` and ``spot`` (lon, lat) are looked up beforehand, for all
    jobs of a batch at once; ``alone`` asks for a transaction of its own.
    """

    run: Callable[[Work], Any]
    key: Key | None = None
    source: tuple[str, str] | None = None
    spot: tuple[float, float] | None = None
    alone: bool = False


@dataclass(slots=True)
class Committed:
    """What a transaction came to. ``answers`` are values or exceptions, in the order of the jobs."""

    answers: list[Any]
    recorded: list[Recorded] = field(default_factory=list)
    world: World | None = None


def transact(connection: Connection, ledger: Ledger, jobs: Sequence[Job], clock: Callable[[], datetime]) -> Committed:
    """Do the jobs in one transaction and return after its commit. Never raises for what a job or the store does."""
    try:
        with connection.begin():
            batch, foreign = _open(connection, ledger, jobs, clock())
            round_ = _Round(batch)
            answers = [round_.attempt(job) for job in jobs]
            _flush(connection, batch.rows)
            _set_head(connection, batch)
    except OperationalError as error:
        log.error("the store cannot be written: %s", error.orig)
        return Committed([Fault(FaultKind.UNAVAILABLE, "store_unavailable")] * len(jobs))
    except Exception:
        log.warning("a batch of %d could not be stored and is replayed", len(jobs), exc_info=True)
        return _one_by_one(connection, ledger, jobs, clock)
    return _keep(ledger, batch, foreign, answers)


def _one_by_one(
    connection: Connection, ledger: Ledger, jobs: Sequence[Job], clock: Callable[[], datetime]
) -> Committed:
    try:
        with connection.begin():
            batch, foreign = _open(connection, ledger, jobs, clock())
            round_ = _Round(batch)
            answers = [_attempt_stored(connection, round_, job) for job in jobs]
            _set_head(connection, batch)
    except Exception as error:
        log.exception("a replayed batch could not be stored", exc_info=error)
        return Committed([Fault(FaultKind.UNAVAILABLE, "store_unavailable")] * len(jobs))
    return _keep(ledger, batch, foreign, answers)


def _attempt_stored(connection: Connection, round_: "_Round", job: Job) -> Any:
    savepoint = connection.begin_nested()
    try:
        answer, work = round_.judge(job)
        if work is not None:
            _flush(connection, work.rows)
    except OperationalError:
        raise
    except Exception as error:
        savepoint.rollback()
        log.warning("a job could not be stored", exc_info=True)
        taken = isinstance(error, IntegrityError)
        return Fault(FaultKind.CONFLICT, "already_there") if taken else Fault(FaultKind.INVALID, "not_storable")
    savepoint.commit()
    if work is not None:
        round_.accept(job, answer, work, written=True)
    return answer


class _Round:
    """Judging the jobs of one transaction in turn."""

    def __init__(self, batch: Batch) -> None:
        self.batch = batch
        self.answered: dict[tuple[str, str], tuple[bytes, int]] = {}
        self.outcomes: dict[tuple[str, str], Outcome] = {}

    def attempt(self, job: Job) -> Any:
        """Return the job's answer and take its work into the batch."""
        answer, work = self.judge(job)
        if work is not None:
            self.accept(job, answer, work, written=False)
        return answer

    def judge(self, job: Job) -> tuple[Any, Work | None]:
        """Return the job's answer, and its work unless it was refused or answered before."""
        try:
            if job.key is not None:
                before = self._answer_before(job.key)
                if before is not None:
                    return before, None
            work = Work(self.batch)
            answer = job.run(work)
            if job.key is not None:
                work.put(sql.ADD_ANSWERED, _answered_row(job.key, answer))
        except Fault as fault:
            return fault, None
        except Exception as error:
            log.exception("a job failed", exc_info=error)
            return error, None
        return answer, work

    def accept(self, job: Job, answer: Any, work: Work, *, written: bool) -> None:
        """Take a judged job's work into the batch."""
        self.batch.take(work, written=written)
        if job.key is not None:
            self.outcomes[job.key.actor, job.key.key] = answer
            self.answered[job.key.actor, job.key.key] = (job.key.request, answer.change.seq)

    def _answer_before(self, key: Key) -> Outcome | None:
        which = (key.actor, key.key)
        found = self.answered.get(which) or self.batch.answered.get(which)
        if found is None:
            return None
        request, seq = found
        if request != key.request:
            raise Fault(FaultKind.MISMATCH, "idempotency_key_reused")
        return self.outcomes.get(which) or rebuild(self.batch.connection, seq)


def rebuild(connection: Connection, seq: int) -> Outcome:
    """Return the outcome of change ``seq`` as it was answered: the change, and the fold up to it."""
    change = reads.change(connection, seq)
    upto = reads.timeline(connection, Subject.CASE, change.subject_id, until=seq)
    return Outcome(change, fold_all(upto))


def _answered_row(key: Key, outcome: Outcome) -> dict[str, Any]:
    return {
        "actor": key.actor,
        "key": key.key,
        "request": key.request,
        "status": key.status,
        "seq": outcome.change.seq,
        "at": to_us(real_now()),
    }


def _open(connection: Connection, ledger: Ledger, jobs: Sequence[Job], now: datetime) -> tuple[Batch, list[Recorded]]:
    """Begin a batch under the lock of the head: what others wrote meanwhile, and what the jobs will ask."""
    head = reads.head(connection, lock=True)
    foreign = _take_foreign(connection, ledger) if head.seq > ledger.seq else []
    batch = Batch(connection, ledger, head, now)
    keys = {(job.key.actor, job.key.key) for job in jobs if job.key is not None}
    if keys:
        batch.answered = reads.answered(connection, keys)
    pairs = {job.source for job in jobs if job.source is not None}
    if pairs:
        batch.sources = reads.sources(connection, pairs)
    spots = list({job.spot for job in jobs if job.spot is not None})
    if spots and ledger.world is not None:
        found = ledger.world.index.place_all([lon for lon, _ in spots], [lat for _, lat in spots])
        batch.placed = dict(zip(spots, found, strict=True))
    return batch, foreign


def _take_foreign(connection: Connection, ledger: Ledger) -> list[Recorded]:
    """Return what was written by somebody else, or by ourselves in a commit whose answer was lost; forget what we knew.

    Beyond ``MOST_FOREIGN`` the readers see a hole in the numbers and fetch a snapshot.
    """
    changes = reads.changes_after(connection, ledger.seq, MOST_FOREIGN)
    ledger.counters.clear()
    numbers = {CaseNo(c.subject_id) for c in changes if c.subject is Subject.CASE}
    for case_no in numbers:
        ledger.forget(case_no)
    if any(c.subject in _OF_THE_TOWN for c in changes):
        ledger.world = load_world(connection)
    cases = {case.case_no: case for case in reads.cases_in(connection, numbers)}
    return [Recorded(change, cases.get(CaseNo(change.subject_id))) for change in changes]


def _flush(connection: Connection, rows: sql.Rows) -> None:
    for statement in sql.FLUSH_ORDER:
        waiting = rows.get(statement)
        if not waiting:
            continue
        name = sql.ONE_PER_KEY.get(statement)
        if name is not None:
            waiting = list({row[name]: row for row in waiting}.values())
        text, names = _compiled(statement, connection.dialect)
        given: Any = waiting if names is None else [names(row) for row in waiting]
        connection.exec_driver_sql(text, given)


@lru_cache(maxsize=256)
def _compiled(
    statement: Executable, dialect: Dialect
) -> tuple[str, Callable[[dict[str, Any]], tuple[Any, ...]] | None]:
    """Return a statement's text and, where it is positional, what puts a row's values in order.

    Rows are whole and of plain types, so SQLAlchemy's work on each of them (a third of the writer's time) is left out.
    """
    compiled: Any = statement.compile(dialect=dialect)  # type: ignore[attr-defined] # all ours are statements
    if not compiled.positional:
        return str(compiled), None
    names: list[str] = compiled.positiontup
    return str(compiled), (lambda row: (row[names[0]],)) if len(names) == 1 else itemgetter(*names)


def _set_head(connection: Connection, batch: Batch) -> None:
    if batch.recorded:
        head = batch.head
        connection.execute(sql.SET_HEAD, {"seq": head.seq, "hash": head.hash, "recorded_at": to_us(head.recorded_at)})


def _keep(ledger: Ledger, batch: Batch, foreign: list[Recorded], answers: list[Any]) -> Committed:
    for case in batch.cases.values():
        ledger.remember(case)
    ledger.remember_counters(batch.counters)
    ledger.world = batch.world
    ledger.seq = batch.head.seq
    ledger.last_at = batch.now
    return Committed(answers, [*foreign, *batch.recorded], ledger.world)
