"""One transaction over many jobs, and what is done when one of them cannot be stored.

The head row is read under its lock first, so numbers and hashes never fork. Jobs only stage rows; they are written
together. Where that fails, the jobs are judged and written again one by one under savepoints, so that a poison row
hurts nobody but its own job.
"""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError

from domain.change import Change, Seq, Subject
from domain.faults import Fault, FaultKind
from domain.fold import fold, fold_all
from domain.ids import AccountId, CaseNo
from domain.wire import Outcome
from domain.wire_admin import Done
from service.clock import real_now
from service.store import reads
from service.store import statements as sql
from service.store.rows import to_us
from service.world import World, load_world
from service.write.flushing import flush, write
from service.write.ledger import Ledger
from service.write.work import Batch, Recorded, Work

MOST_FOREIGN = 10_000
"""Changes of other programs read at once."""

_NOT_OF_THE_TOWN = frozenset(
    {Subject.CASE, Subject.ACCOUNT, Subject.READING, Subject.EXPORT, Subject.ENTRY, Subject.ADDRESS}
)
"""Changes after which the town is what it was. After any other it is read again."""

log = logging.getLogger(__name__)


class Key(msgspec.Struct, frozen=True):
    """An idempotency key, whose it is, and the digest of the request it came with."""

    actor: AccountId
    key: str
    request: bytes
    status: int


class Job(msgspec.Struct, frozen=True):
    """Something to be done in a transaction. ``run`` may be called more than once and must only stage.

    A job with a ``key`` returns an ``Outcome``, or ``Done`` where it is about no case.
    ``source`` and ``spot`` (lon, lat) are looked up beforehand, for all
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


def _nothing() -> None:
    """Do nothing meanwhile."""


def transact(
    connection: Connection,
    ledger: Ledger,
    jobs: Sequence[Job],
    clock: Callable[[], datetime],
    meanwhile: Callable[[], None] = _nothing,
) -> Committed:
    """Do the jobs in one transaction and return after its commit. Never raises for what a job or the store does.

    ``meanwhile`` is called when only the commit is left, or at the first failure: what it sets going goes on beside.
    """
    committing = False
    try:
        with connection.begin():
            batch = _open(connection, ledger, jobs, clock())
            round_ = _Round(batch)
            answers = [round_.attempt(job) for job in jobs]
            rows, link = batch.staged.laid_out(batch.head.hash)
            flush(connection, rows, batch.counters)
            _set_head(connection, batch, link)
            committing = True
            meanwhile()
    except Exception as error:
        meanwhile()
        # Where a commit was cut short nobody knows whether it counts: doing the jobs again might double them.
        # Before that, a lost connection is no reason to refuse: there will be another one.
        lost = isinstance(error, DBAPIError) and error.connection_invalidated
        if committing or (isinstance(error, OperationalError) and not lost):
            return _refuse(ledger, jobs, error)
        log.warning("a batch of %d could not be stored and is replayed", len(jobs), exc_info=not lost)
        return _one_by_one(connection, ledger, jobs, clock)
    return _keep(ledger, batch, answers)


def take_in(connection: Connection, ledger: Ledger) -> Committed:
    """Return what others wrote since we last looked, at most ``MOST_FOREIGN`` changes, without holding them up.

    The connection must be in a transaction that sees one state. Raises what the store does.
    """
    head = reads.head(connection)
    _take_foreign(connection, ledger, min(head.seq, ledger.seq + MOST_FOREIGN))
    return Committed([], ledger.drain_heard(), ledger.world)


def _refuse(ledger: Ledger, jobs: Sequence[Job], error: Exception) -> Committed:
    if isinstance(error, DBAPIError):
        log.error("the store cannot be written: %s", error.orig)
    else:
        log.error("a transaction failed", exc_info=error)
    refused = Fault(FaultKind.UNAVAILABLE, "store_unavailable")
    return Committed([refused] * len(jobs), ledger.drain_heard(), ledger.world)


def _one_by_one(
    connection: Connection, ledger: Ledger, jobs: Sequence[Job], clock: Callable[[], datetime]
) -> Committed:
    try:
        with connection.begin():
            batch = _open(connection, ledger, jobs, clock())
            round_ = _Round(batch)
            answers = [_attempt_stored(connection, round_, job) for job in jobs]
            _set_head(connection, batch, round_.link)
    except Exception as error:  # noqa: BLE001 - whatever it is, it is written down and every job is answered
        return _refuse(ledger, jobs, error)
    return _keep(ledger, batch, answers)


def _attempt_stored(connection: Connection, round_: "_Round", job: Job) -> Any:
    savepoint = connection.begin_nested()
    try:
        answer, work = round_.judge(job)
        link = round_.link
        if work is not None:
            rows, link = work.staged.laid_out(link)
            flush(connection, rows, work.counters)
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
        round_.link = link
    return answer


class _Round:
    """Judging the jobs of one transaction in turn."""

    def __init__(self, batch: Batch) -> None:
        self.batch = batch
        self.link = batch.head.hash
        self.at = to_us(real_now())
        self.answered: dict[tuple[str, str], tuple[bytes, int]] = {}
        self.outcomes: dict[tuple[str, str], Outcome | Done] = {}

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
                work.put(sql.ADD_ANSWERED, _answered_row(job.key, answer, self.at))
        except Fault as fault:
            return fault, None
        except DBAPIError:
            raise  # PostgreSQL takes nothing more in this transaction, so the job must be undone alone
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

    def _answer_before(self, key: Key) -> Outcome | Done | None:
        which = (key.actor, key.key)
        found = self.answered.get(which) or self.batch.answered.get(which)
        if found is None:
            return None
        request, seq = found
        if request != key.request:
            raise Fault(FaultKind.MISMATCH, "idempotency_key_reused")
        return self.outcomes.get(which) or rebuild(self.batch.connection, seq)


def rebuild(connection: Connection, seq: int) -> Outcome | Done:
    """Return what change ``seq`` was answered with: the change, and where it is about a case the fold up to it."""
    change = reads.change(connection, seq)
    if change.subject is not Subject.CASE:
        return Done(change)
    upto = reads.timeline(connection, Subject.CASE, change.subject_id, until=seq)
    return Outcome(change, fold_all(upto))


def _answered_row(key: Key, outcome: Outcome | Done, at: int) -> dict[str, Any]:
    return {
        "actor": key.actor,
        "key": key.key,
        "request": key.request,
        "status": key.status,
        "seq": outcome.change.seq,
        "at": at,
    }


def _open(connection: Connection, ledger: Ledger, jobs: Sequence[Job], now: datetime) -> Batch:
    """Begin a batch under the lock of the head: what others wrote meanwhile, and what the jobs will ask."""
    head = reads.head(connection, lock=True)
    _take_foreign(connection, ledger, head.seq)
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
    return batch


def _take_foreign(connection: Connection, ledger: Ledger, until: Seq) -> None:
    """Bring the ledger up to change ``until``: what was written by somebody else, or by ourselves in a commit whose
    answer was lost. It is all committed, so it is kept whatever becomes of the transaction that read it.
    """
    while ledger.seq < until:
        changes = reads.changes_after(connection, ledger.seq, min(MOST_FOREIGN, until - ledger.seq))
        if not changes:
            raise RuntimeError(f"the log ends before its head, after {ledger.seq}")
        ledger.counters.clear()
        if any(change.subject not in _NOT_OF_THE_TOWN for change in changes):
            ledger.world = load_world(connection)
        ledger.heard += [_as_recorded(connection, ledger, change) for change in changes]
        ledger.seq = changes[-1].seq


def _as_recorded(connection: Connection, ledger: Ledger, change: Change) -> Recorded:
    """Return a foreign change as its writer recorded it: with the case before and after, which decide who hears."""
    if change.subject is not Subject.CASE:
        return Recorded(change)
    case_no = CaseNo(change.subject_id)
    before = None
    if change.version > 1:
        before = ledger.case(case_no)
        if before is None or before.version != change.version - 1:
            before = fold_all(reads.timeline(connection, Subject.CASE, case_no, until=change.seq - 1))
    after = fold(before, change)
    ledger.remember(after)
    ledger.last_at = change.recorded_at if ledger.last_at is None else max(ledger.last_at, change.recorded_at)
    return Recorded(change, after, before)


def _set_head(connection: Connection, batch: Batch, link: bytes) -> None:
    if batch.recorded:
        row = {"seq": batch.seq, "hash": link, "recorded_at": to_us(batch.now)}
        write(connection, sql.SET_HEAD, [row])


def _keep(ledger: Ledger, batch: Batch, answers: list[Any]) -> Committed:
    for case in batch.cases.values():
        ledger.remember(case)
    ledger.remember_counters(batch.counters)
    ledger.world = batch.world
    ledger.seq = batch.seq
    ledger.last_at = batch.now
    return Committed(answers, [*ledger.drain_heard(), *batch.recorded], ledger.world)
