"""Who keeps getting a password or a code wrong is slowed down, whichever service on the record they ask.

Failures are counted by account and by address in the store, so that several services on one PostgreSQL slow the same
ones, and a restart forgives nobody. Neither is kept as it was given (a password typed into the name's field is one),
only a digest. A right password forgives the account, never the address. Times are real.
"""

from collections.abc import Awaitable, Callable
from datetime import datetime
from functools import partial
from hashlib import sha256
from typing import Any

from sqlalchemy import Connection, func, select

from domain.faults import Fault, FaultKind
from service.clock import real_now
from service.store import statements as sql
from service.store import tables as t
from service.store.rows import to_us
from service.write.transaction import Job
from service.write.work import Work

FREE_FAILURES = 5
FREE_FAILURES_OF_AN_ADDRESS = 30
"""A whole room may sit behind one address."""
LONGEST_WAIT_S = 60.0
FORGET_AFTER_S = 3600.0
MOST_NAMES = 10_000

Ask = Callable[[Callable[[Connection], Any]], Awaitable[Any]]
Do = Callable[[Job], Awaitable[Any]]


def wait_after_s(failures: int, free: int) -> float:
    """Return how long somebody waits after so many failures in a row: nothing at first, then it doubles."""
    return min(LONGEST_WAIT_S, 2.0 ** min(failures - free, 10)) if failures >= free else 0.0


class Pace:
    """Asks and tells the store. ``ask`` and ``do`` are the running service's."""

    def __init__(self, ask: Ask, do: Do, clock: Callable[[], datetime] = real_now) -> None:
        self._ask, self._do, self._clock = ask, do, clock

    async def check(self, name: str, address: str) -> None:
        """Raise a ``Fault`` while this account or this address has to wait."""
        until = await self._ask(partial(_until, marks=(_mark("name", name), _mark("address", address))))
        wait_us = until - to_us(self._clock())
        if wait_us > 0:
            raise Fault(FaultKind.THROTTLED, "sign_in_throttled", seconds=wait_us // 1_000_000 + 1)

    async def note_failure(self, name: str, address: str) -> None:
        """Count a wrong password or code."""
        counted = ((_mark("name", name), FREE_FAILURES), (_mark("address", address), FREE_FAILURES_OF_AN_ADDRESS))
        await self._do(Job(partial(_note, counted=counted, now=to_us(self._clock())), alone=True))

    async def passed(self, name: str) -> None:
        """Forget the failures of an account that was signed in to."""
        mark = _mark("name", name)
        if await self._ask(partial(_known, mark=mark)):
            await self._do(Job(partial(_forgive, mark=mark)))


def _mark(kind: str, who: str) -> str:
    return sha256(f"{kind}:{who}".encode(errors="surrogatepass")).hexdigest()


def _until(connection: Connection, marks: tuple[str, ...]) -> int:
    table = t.sign_in_failure
    found = connection.execute(select(func.max(table.c.until)).where(table.c.mark.in_(marks))).scalar()
    return int(found or 0)


def _known(connection: Connection, mark: str) -> bool:
    table = t.sign_in_failure
    return connection.execute(select(table.c.mark).where(table.c.mark == mark)).first() is not None


def _note(work: Work, counted: tuple[tuple[str, int], ...], now: int) -> None:
    table = t.sign_in_failure
    forgotten = now - int(FORGET_AFTER_S * 1_000_000)
    work.put(sql.PRUNE_FAILURES, {"before": forgotten})
    held = work.connection.execute(select(func.count()).select_from(table)).scalar_one()
    if held >= MOST_NAMES:
        oldest = select(table.c.mark).order_by(table.c.last_at).limit(held - MOST_NAMES + len(counted))
        for row in work.connection.execute(oldest):
            work.put(sql.DROP_FAILURE, {"which": row.mark})
    for mark, free in counted:
        before = work.connection.execute(select(table).where(table.c.mark == mark)).first()
        failures = 1 if before is None or before.last_at < forgotten else before.failures + 1
        until = now + int(wait_after_s(failures, free) * 1_000_000)
        work.put(sql.KEEP_FAILURE, {"mark": mark, "failures": failures, "last_at": now, "until": until})


def _forgive(work: Work, mark: str) -> None:
    work.put(sql.DROP_FAILURE, {"which": mark})
