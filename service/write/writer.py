"""The one writer: a thread that puts everything queued while the last commit ran into the next transaction.

An answer is given only after the commit that covers it. Loop and writer share one interpreter, so beside the loop goes
only what the writer does without it: above all the commit. Therefore the loop hands jobs over by the handful, not one
by one, and on SQLite the answers to a transaction go out when the next one is judged and its commit begins: the loop
writes them, and reads what comes next, while the disk works. Where nothing waits they go out at once.
"""

import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from domain.change import Seq
from domain.faults import Fault, FaultKind
from service.store.engine import Store
from service.write.ledger import Ledger
from service.write.transaction import Committed, Job, take_in, transact
from service.write.work import Recorded

MOST_IN_BATCH = 500
MOST_WAITING = 10_000
HANDFUL = 32
"""Jobs after which the loop hands over what it has taken in and goes on: enough of them to pay for a commit."""
GATHERED_WITHIN_S = 0.005
"""How long answers wait at most for jobs that the loop is just taking in."""
COMING_WITHIN_S = 0.001
"""How long the answers to half a handful or more wait for jobs to come: where many ask, others are on their way."""
NOT_AGAIN = 16
"""Transactions after one that waited in vain in which nothing is waited for."""
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
    """Owns the writing connection. Jobs are handed over by one thread alone, the loop's: ``gather`` and ``pass_on``."""

    def __init__(self, store: Store, ledger: Ledger, clock: Callable[[], datetime], deliver: Deliver) -> None:
        self._store = store
        self._ledger = ledger
        self._clock = clock
        self._deliver = deliver
        self._waiting: deque[Ticket] = deque()
        self._wake = threading.Condition()
        self._stopping = False
        self._told = 0
        self._gathered: list[Ticket] = []
        self._not_again = 0
        self._held: tuple[list[Ticket], Committed] | None = None
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
        return len(self._waiting) + len(self._gathered)

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

    def gather(self, job: Job, asker: Any) -> bool:
        """Keep a job for ``pass_on``; returns whether to call that soon. Loop only.

        Raises ``Fault('too_busy')`` when too many wait, ``stopping`` once stopped.
        """
        self._check_room()
        self._gathered.append(Ticket(job, asker))
        if len(self._gathered) < HANDFUL:
            return len(self._gathered) == 1
        self.pass_on()
        return False

    def pass_on(self) -> None:
        """Queue what was gathered. Loop only."""
        gathered, self._gathered = self._gathered, []
        if not gathered:
            return  # they went as a handful before
        with self._wake:
            if not self._stopping:
                self._waiting.extend(gathered)
                self._wake.notify()
                return
        self._refuse(gathered, "stopping")

    def _check_room(self) -> None:
        if self._stopping:
            raise Fault(FaultKind.UNAVAILABLE, "stopping")
        if self.waiting >= MOST_WAITING:
            raise Fault(FaultKind.UNAVAILABLE, "too_busy")

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
                self._hand_out_unless_more()
                tickets, look, stopping = self._next()
                if look or (not tickets and not stopping):
                    self._hear_others()
                if not tickets:
                    if stopping:
                        return
                    continue
                self._in_hand, self._busy_since = tickets, time.monotonic()
                if tickets[0].job.alone:
                    self._hand_out()  # it may take long
                committed = transact(connection, self._ledger, [t.job for t in tickets], self._clock, self._hand_out)
                self.batches += 1
                self.jobs += len(tickets)
                self._can_write = not _all_refused(committed)
                self._in_hand, self._busy_since = [], None
                self._held = (tickets, committed)
                if not self._store.is_sqlite:
                    self._hand_out()  # the next transaction may have to wait for another service

    def _hand_out_unless_more(self) -> None:
        """Hand out the answers held back where no job waits, nor any that the loop is just taking in."""
        if self._held is None:
            return
        self._not_again = max(0, self._not_again - 1)
        with self._wake:
            if not self._waiting and self._gathered:
                self._wake.wait(GATHERED_WITHIN_S)
            elif not self._waiting and not self._not_again and len(self._held[0]) >= HANDFUL // 2:
                self._not_again = 0 if self._wake.wait(COMING_WITHIN_S) else NOT_AGAIN
            more = bool(self._waiting)
        if not more:
            self._hand_out()

    def _hand_out(self) -> None:
        held, self._held = self._held, None
        if held is not None:
            self._deliver(*held)

    def _refuse_all(self) -> None:
        """Answer everybody that waits that nothing can be kept now."""
        self._hand_out()
        with self._wake:
            tickets = [*self._in_hand, *self._waiting]
            self._waiting.clear()
        self._in_hand, self._busy_since = [], None
        self._refuse(tickets, "store_unavailable", self._ledger.drain_heard())

    def _refuse(self, tickets: list[Ticket], key: str, heard: Sequence[Recorded] = ()) -> None:
        refused = Fault(FaultKind.UNAVAILABLE, key)
        self._deliver(tickets, Committed([refused] * len(tickets), list(heard), self._ledger.world))

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
        self._hand_out()
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
