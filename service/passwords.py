"""Passwords: argon2id in a bounded pool, so that a flood of sign-ins slows sign-ins and nothing else."""

import asyncio
from collections import OrderedDict
from functools import cache
from typing import TYPE_CHECKING

from domain.faults import Fault, FaultKind, invalid
from service.pools import make_pool

if TYPE_CHECKING:
    from argon2 import PasswordHasher

THREADS = 2
MOST_WAITING = 16
MIN_LENGTH, MAX_LENGTH = 8, 256
FREE_FAILURES = 5
LONGEST_WAIT_S = 60.0
MOST_NAMES = 10_000


@cache
def _hasher() -> "PasswordHasher":
    from argon2 import PasswordHasher  # noqa: PLC0415 - only sign-ins need it

    return PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)


@cache
def _nobodys_hash() -> str:
    """What an unknown name is checked against, so that it costs the same time."""
    return _hasher().hash("nobody signs in with this")


def hash_password(password: str) -> str:
    """Return the hash to keep. Raises ``Fault('password_length')``."""
    if not MIN_LENGTH <= len(password) <= MAX_LENGTH:
        raise invalid("password_length", low=MIN_LENGTH, high=MAX_LENGTH)
    return _hasher().hash(password)


def verify(kept: str | None, password: str) -> bool:
    """Return whether a password is right. An unknown name (None) takes as long as a known one and is never right."""
    from argon2.exceptions import InvalidHashError, VerificationError  # noqa: PLC0415

    try:
        _hasher().verify(kept or _nobodys_hash(), password)
    except (VerificationError, InvalidHashError):
        return False
    return kept is not None


class Doorkeeper:
    """Checks passwords off the event loop, and slows down whoever keeps getting one wrong. Event loop only."""

    def __init__(self) -> None:
        self._pool = make_pool(THREADS, "sign-in")
        self._waiting = 0
        self._failures: OrderedDict[str, tuple[int, float]] = OrderedDict()

    def close(self) -> None:
        """Stop the pool; what waits is dropped."""
        self._pool.shutdown(wait=False, cancel_futures=True)

    async def check(self, name: str, kept: str | None, password: str) -> None:
        """Raise a ``Fault`` unless the password is right: wrong, too many failures, or too many at once."""
        loop = asyncio.get_running_loop()
        self._check_pace(name, loop.time())
        if self._waiting >= MOST_WAITING:
            raise Fault(FaultKind.THROTTLED, "sign_in_busy")
        self._waiting += 1
        try:
            right = await loop.run_in_executor(self._pool, verify, kept, password)
        finally:
            self._waiting -= 1
        if right:
            self._failures.pop(name, None)
            return
        self._note_failure(name, loop.time())
        raise Fault(FaultKind.UNAUTHENTICATED, "bad_credentials")

    def _check_pace(self, name: str, now: float) -> None:
        _, until = self._failures.get(name, (0, 0.0))
        if now < until:
            raise Fault(FaultKind.THROTTLED, "sign_in_throttled", seconds=int(until - now) + 1)

    def _note_failure(self, name: str, now: float) -> None:
        count = self._failures.pop(name, (0, 0.0))[0] + 1
        wait = min(LONGEST_WAIT_S, 2.0 ** (count - FREE_FAILURES)) if count >= FREE_FAILURES else 0.0
        self._failures[name] = (count, now + wait)
        while len(self._failures) > MOST_NAMES:
            self._failures.popitem(last=False)
