"""Passwords: argon2id in a bounded pool, so that a flood of sign-ins slows sign-ins and nothing else."""

import asyncio
import ipaddress
from collections import OrderedDict
from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING, TypeVar

from domain.faults import Fault, FaultKind, invalid
from domain.passwords import common_as
from service.pools import make_pool

if TYPE_CHECKING:
    from argon2 import PasswordHasher

T = TypeVar("T")

THREADS = 2
MOST_WAITING = 16
MIN_LENGTH, MAX_LENGTH = 10, 256
FREE_FAILURES = 5
FREE_FAILURES_OF_AN_ADDRESS = 30
"""A whole room may sit behind one address."""
LONGEST_WAIT_S = 60.0
FORGET_AFTER_S = 3600.0
MOST_NAMES = 10_000

_NOBODYS = "$argon2id$v=19$m=19456,t=2,p=1$WR5wEXu7hSAqPDmj36ytAw$Swf7Mi2SFNIr2aoc39PYwSuhgfoh5Jm2YSiopLeymKs"
"""What an unknown name is checked against, so that it costs the same time. Nobody has the password of it."""


@cache
def _hasher() -> "PasswordHasher":
    from argon2 import PasswordHasher  # noqa: PLC0415 - only sign-ins need it

    return PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)


def check_new(password: str, *names: str) -> None:
    """Raise a ``Fault`` for a password a person may not take: too short, too long, or easily guessed.

    ``names`` are the sign-in name and the person's name.
    """
    if not MIN_LENGTH <= len(password) <= MAX_LENGTH:
        raise invalid("password_length", low=MIN_LENGTH, high=MAX_LENGTH)
    pattern = common_as(password, names)
    if pattern is not None:
        raise invalid(f"password_{pattern}")


def hash_password(password: str) -> str:
    """Return the hash to keep. Raises ``Fault('password_length')``."""
    if not MIN_LENGTH <= len(password) <= MAX_LENGTH:
        raise invalid("password_length", low=MIN_LENGTH, high=MAX_LENGTH)
    return _hasher().hash(password)


def verify(kept: str | None, password: str) -> bool:
    """Return whether a password is right. An unknown name (None) takes as long as a known one and is never right."""
    from argon2.exceptions import InvalidHashError, VerificationError  # noqa: PLC0415

    try:
        _hasher().verify(kept or _NOBODYS, password)
    except (VerificationError, InvalidHashError):
        return False
    return kept is not None


class Failures:
    """Failed sign-ins by name or address, with waits that double. Bounded: the one seen longest ago is forgotten."""

    def __init__(self, free: int, most: int = MOST_NAMES) -> None:
        self._free = free
        self._most = most
        self._kept: OrderedDict[str, tuple[int, float, float]] = OrderedDict()

    def __len__(self) -> int:
        return len(self._kept)

    def wait_s(self, name: str, now: float) -> float:
        """Return how long this one still has to wait, seconds."""
        count, last, wait = self._kept.get(name, (0, 0.0, 0.0))
        return max(0.0, last + wait - now) if count else 0.0

    def note(self, name: str, now: float) -> None:
        """Count a failure."""
        count, last, _ = self._kept.pop(name, (0, now, 0.0))
        count = 1 if now - last > FORGET_AFTER_S else count + 1
        wait = min(LONGEST_WAIT_S, 2.0 ** min(count - self._free, 10)) if count >= self._free else 0.0
        self._kept[name] = (count, now, wait)
        while len(self._kept) > self._most:
            self._kept.popitem(last=False)

    def forgive(self, name: str) -> None:
        """Forget the failures of one."""
        self._kept.pop(name, None)


class Doorkeeper:
    """Checks passwords off the event loop, and slows down whoever keeps getting one wrong. Event loop only.

    Waits grow by account and by address, so that neither one account is guessed at from many addresses nor many
    accounts from one. A right password forgives the account, never the address.
    """

    def __init__(self) -> None:
        self._pool = make_pool(THREADS, "sign-in")
        self._waiting = 0
        self.names = Failures(FREE_FAILURES)
        self.addresses = Failures(FREE_FAILURES_OF_AN_ADDRESS)

    def close(self) -> None:
        """Stop the pool; what waits is dropped."""
        self._pool.shutdown(wait=False, cancel_futures=True)

    async def check(self, name: str, address: str, kept: str | None, password: str) -> None:
        """Raise a ``Fault`` unless the password is right: wrong, too many failures, or too many at once."""
        self.check_pace(name, address)
        if not await self._compute(verify, kept, password):
            self.note_failure(name, address)
            raise Fault(FaultKind.UNAUTHENTICATED, "bad_credentials")

    async def hash(self, password: str) -> str:
        """Return the hash to keep of a new password."""
        return await self._compute(hash_password, password)

    def passed(self, name: str) -> None:
        """Forget the failures of an account that was signed in to."""
        self.names.forgive(name)

    def note_failure(self, name: str, address: str) -> None:
        """Count a wrong password or code."""
        now = asyncio.get_running_loop().time()
        self.names.note(name, now)
        self.addresses.note(address, now)

    def check_pace(self, name: str, address: str) -> None:
        """Raise a ``Fault`` while this account or this address has to wait."""
        now = asyncio.get_running_loop().time()
        wait = max(self.names.wait_s(name, now), self.addresses.wait_s(address, now))
        if wait > 0:
            raise Fault(FaultKind.THROTTLED, "sign_in_throttled", seconds=int(wait) + 1)

    async def _compute(self, work: Callable[..., T], *given: object) -> T:
        if self._waiting >= MOST_WAITING:
            raise Fault(FaultKind.THROTTLED, "sign_in_busy")
        self._waiting += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._pool, work, *given)
        finally:
            self._waiting -= 1


def network_of(host: str) -> str:
    """Return the address sign-ins are counted by: an IPv4 address, or the /64 an IPv6 address is free to move in."""
    try:
        address = ipaddress.ip_address(host.split("%", 1)[0])
    except ValueError:
        return host[:64]
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped is not None:
            return str(address.ipv4_mapped)
        return str(ipaddress.ip_network((address, 64), strict=False))
    return str(address)
