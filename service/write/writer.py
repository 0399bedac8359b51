"""The one writer: a thread that puts everything queued while the last commit ran into the next transaction.

An answer is given only after the commit that covers it.
"""

import logging
import threading
import time
from collections import deque
from collections.abc import Callable
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from domain.change import Seq
from domain.faults import Fault, FaultKind
from service.store.engine import Store
from service.write.ledger import Ledger
from service.write.transaction import Committed, Job, take_in, transact

MOST_IN_BATCH = 500
MOST_WAITING = 10_000
LOOK_EVERY_S = 0.5
"""How often an idle writer looks whether another program has written, where nobody tells it (``look``)."""
AGAIN_S = 0.5
"""Pause before a writer that failed begins again."""
STUCK_S = 30.0
"""Time in one transaction after which the writer counts as stuck."""

log = logging.getLogger(__name__)


class Ticket(msgspec.Struct, frozen=True):
    """A job in the queue and whatever the caller wants back with its answer."""

    job: Job
    asker: Any


Deliver = Callable[[list[Ticket], Committed], None]
"""Called on the writing thread after each transaction, with its tickets and what it came to."""


class Writer:
    """Owns the writing connection. ``submit`` may be called from any thread."""

    def __init__(self, store: Store, ledger: Ledger, clock: Callable[[], datetime], deliver: Deliver) -> None:
        self._store = store
        self._ledger = ledger
        self._clock = clock
        self._deliver = deliver
        self._waiting: deque[Ticket] = deque()
        self._wake = threading.Condition()
        self._stopping = False
        self._told = 0
        self._in_hand: list[Ticket] = []
        self._busy_since: float | None = None
        self._thread = threading.Thread(target=self._run, name="writer", daemon=True)
        self._can_write = True
        self._can_read = True
        self.batches = 0
        self.jobs = 0

    def start(self) -> None:
        """Start the thread."""
        self._thread.start()

    def look(self, seq: Seq | None = None) -> None:
        """Look at once whether another program has written; nothing where change ``seq`` is known. Any thread."""
        with self._wake:
            self._told = max(self._told, self._ledger.seq + 1 if seq is None else seq)
            if self._told > self._ledger.seq:
                self._wake.notify()

    @property
    def waiting(self) -> int:
        """How many jobs wait."""
        return len(self._waiting)

    def trouble(self) -> str | None:
        """Return the fault key of what keeps the writer from writing, None where it is well."""
        since = self._busy_since
        if since is not None and time.monotonic() - since > STUCK_S:
            return "writer_stuck"
        well = self._can_write and self._can_read and self._thread.is_alive()
        return None if well else "store_unavailable"

    def revive(self) -> None:
        """Have a new thread where the old one has died: nothing may wait for ever."""
        if self._thread.is_alive() or self._stopping:
            return
        log.critical("the writer had died and is begun again")
        self._refuse_all()
        self._thread = threading.Thread(target=self._run, name="writer", daemon=True)
        self._thread.start()

    def stop(self, timeout_s: float = 10.0) -> None:
        """Finish what is queued and end the thread."""
        with self._wake:
            self._stopping = True
            self._wake.notify()
        self._thread.join(timeout_s)

    def submit(self, job: Job, asker: Any) -> None:
        """Queue a job. Raises ``Fault('too_busy')`` when too many wait, ``stopping`` once stopped."""
        with self._wake:
            if self._stopping:
                raise Fault(FaultKind.UNAVAILABLE, "stopping")
            if len(self._waiting) >= MOST_WAITING:
                raise Fault(FaultKind.UNAVAILABLE, "too_busy")
            self._waiting.append(Ticket(job, asker))
            if len(self._waiting) == 1:
                self._wake.notify()

    def _run(self) -> None:
        while True:
            try:
                self._serve()
            except Exception as error:
                self._can_write = False
                if isinstance(error, DBAPIError):
                    log.error("the writer cannot reach the store: %s", error.orig)
                else:
                    log.exception("the writer failed and begins again", exc_info=error)
                self._refuse_all()
                with self._wake:
                    if not self._stopping:
                        self._wake.wait(AGAIN_S)
                        continue
            return

    def _serve(self) -> None:
        """Write until asked to stop. Raises what the store does where it cannot be reached."""
        with self._store.writing.connect() as connection:
            while True:
                tickets, look, stopping = self._next()
                if look or (not tickets and not stopping):
                    self._hear_others()
                if not tickets:
                    if stopping:
                        return
                    continue
                self._in_hand, self._busy_since = tickets, time.monotonic()
                committed = transact(connection, self._ledger, [t.job for t in tickets], self._clock)
                self.batches += 1
                self.jobs += len(tickets)
                self._can_write = not _all_refused(committed)
                self._in_hand, self._busy_since = [], None
                self._deliver(tickets, committed)

    def _refuse_all(self) -> None:
        """Answer everybody that waits that nothing can be kept now."""
        with self._wake:
            tickets = [*self._in_hand, *self._waiting]
            self._waiting.clear()
        self._in_hand, self._busy_since = [], None
        refused = Fault(FaultKind.UNAVAILABLE, "store_unavailable")
        self._deliver(tickets, Committed([refused] * len(tickets), self._ledger.drain_heard(), self._ledger.world))

    def _next(self) -> tuple[list[Ticket], bool, bool]:
        """Return the next tickets, whether somebody told us to look, and whether to stop."""
        with self._wake:
            if not self._waiting and not self._stopping and self._told <= self._ledger.seq:
                self._wake.wait(LOOK_EVERY_S)
            told, self._told = self._told > self._ledger.seq, 0
            tickets: list[Ticket] = []
            while self._waiting and len(tickets) < MOST_IN_BATCH:
                if self._waiting[0].job.alone and tickets:
                    break
                ticket = self._waiting.popleft()
                tickets.append(ticket)
                if ticket.job.alone:
                    break
            return tickets, told, self._stopping

    def _hear_others(self) -> None:
        """Take in what other programs wrote, and hand it out."""
        try:
            while True:
                with self._store.reading.begin() as connection:
                    committed = take_in(connection, self._ledger)
                self._can_read = True
                if not committed.recorded:
                    return
                self._deliver([], committed)
        except SQLAlchemyError as error:
            if self._can_read:
                log.warning("the log cannot be read: %s", error.orig if isinstance(error, DBAPIError) else error)
            self._can_read = False


def _all_refused(committed: Committed) -> bool:
    """Return whether the store itself refused a transaction."""
    return bool(committed.answers) and all(
        isinstance(answer, Fault) and answer.key == "store_unavailable" for answer in committed.answers
    )
