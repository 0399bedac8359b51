"""The one writer: a thread that puts everything queued while the last commit ran into the next transaction.

An answer is given only after the commit that covers it.
"""

import logging
import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.exc import SQLAlchemyError

from domain.faults import Fault, FaultKind
from service.store import reads
from service.store.engine import Store
from service.write.ledger import Ledger
from service.write.transaction import Committed, Job, transact

MOST_IN_BATCH = 500
MOST_WAITING = 10_000
LOOK_EVERY_S = 0.5
"""How often an idle writer looks whether another program has written."""

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Ticket:
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
        self._thread = threading.Thread(target=self._run, name="writer", daemon=True)
        self.batches = 0
        self.jobs = 0

    def start(self) -> None:
        """Start the thread."""
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
        with self._store.writing.connect() as connection:
            while True:
                tickets, stopping = self._next()
                if not tickets and stopping:
                    return
                if not tickets and not self._others_wrote():
                    continue
                committed = transact(connection, self._ledger, [t.job for t in tickets], self._clock)
                self.batches += 1
                self.jobs += len(tickets)
                self._deliver(tickets, committed)

    def _next(self) -> tuple[list[Ticket], bool]:
        with self._wake:
            if not self._waiting and not self._stopping:
                self._wake.wait(LOOK_EVERY_S)
            tickets: list[Ticket] = []
            while self._waiting and len(tickets) < MOST_IN_BATCH:
                if self._waiting[0].job.alone and tickets:
                    break
                ticket = self._waiting.popleft()
                tickets.append(ticket)
                if ticket.job.alone:
                    break
            return tickets, self._stopping

    def _others_wrote(self) -> bool:
        try:
            with self._store.reading.begin() as connection:
                return reads.head(connection).seq > self._ledger.seq
        except SQLAlchemyError:
            log.warning("the head of the log cannot be read", exc_info=True)
            return False
