"""What tells a password again in this session, without the service: a salted slow hash, in memory alone."""

import hashlib
import hmac
import os

_N, _R, _P = 2**14, 8, 1
"""scrypt: some tens of milliseconds and 16 MB a try."""


class Verifier:
    """Made of the password somebody signed in with. It has no repr, and goes with the session."""

    def __init__(self, password: str) -> None:
        """Slow on purpose: make it in a thread."""
        self._salt = os.urandom(16)
        self._digest = self._hash(password)

    def matches(self, password: str) -> bool:
        """Return whether that is the password. Slow on purpose."""
        return hmac.compare_digest(self._digest, self._hash(password))

    def __repr__(self) -> str:
        """Say nothing of what it holds."""
        return "Verifier(...)"

    def _hash(self, password: str) -> bytes:
        return hashlib.scrypt(password.encode(), salt=self._salt, n=_N, r=_R, p=_P, maxmem=64 * 1024 * 1024)
