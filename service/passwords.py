"""Passwords: argon2id in a bounded pool, so that a flood of sign-ins slows sign-ins and nothing else."""

import asyncio
import ipaddress
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


class Doorkeeper:
    """Checks passwords off the event loop, a few at a time. ``service.pace`` slows who guesses. Event loop only."""

    def __init__(self) -> None:
        self._pool = make_pool(THREADS, "sign-in")
        self._waiting = 0

    def close(self) -> None:
        """Stop the pool; what waits is dropped."""
        self._pool.shutdown(wait=False, cancel_futures=True)

    async def is_right(self, kept: str | None, password: str) -> bool:
        """Return whether a password is right. Raises a throttled ``Fault`` where too many wait for that."""
        return await self._compute(verify, kept, password)

    async def hash(self, password: str) -> str:
        """Return the hash to keep of a new password."""
        return await self._compute(hash_password, password)

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
