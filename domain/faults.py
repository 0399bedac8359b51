"""Errors a person is meant to read. A fault carries a message key, never a sentence.

The sentence is looked up in ``resources/locale`` in the reader's language when it is shown.
"""

import errno
from enum import StrEnum

_OF_DISKS = {
    "EACCES": "os.forbidden",
    "EPERM": "os.forbidden",
    "EBUSY": "os.forbidden",
    "ENOSPC": "os.full",
    "EDQUOT": "os.full",
    "EROFS": "os.read_only",
    "ENOENT": "os.missing",
    "ENOTDIR": "os.missing",
    "ENODEV": "os.missing",
    "ENAMETOOLONG": "os.name_too_long",
}


class FaultKind(StrEnum):
    """What sort of refusal it is; the service maps each to one HTTP status."""

    INVALID = "invalid"  # 400: the request cannot be understood or is out of bounds
    UNAUTHENTICATED = "unauthenticated"  # 401
    FORBIDDEN = "forbidden"  # 403: understood, but not for this person
    NOT_FOUND = "not_found"  # 404
    CONFLICT = "conflict"  # 409: not in this state, or somebody was faster
    TOO_LARGE = "too_large"  # 413
    MISMATCH = "mismatch"  # 422: same idempotency key, another request
    THROTTLED = "throttled"  # 429
    UNAVAILABLE = "unavailable"  # 503: cannot be kept safely now; try again


class Fault(Exception):
    """A refusal with a message key (``fault.<key>`` in the word files) and the values its sentence names."""

    def __init__(self, kind: FaultKind, key: str, /, **params: str | int | float | None) -> None:
        super().__init__(key)
        self.kind = kind
        self.key = key
        self.params = params

    def __repr__(self) -> str:
        return f"Fault({self.kind}, {self.key!r}, {self.params!r})"


def invalid(key: str, /, **params: str | int | float | None) -> Fault:
    """Return a fault for a request that is malformed or out of bounds."""
    return Fault(FaultKind.INVALID, key, **params)


def conflict(key: str, /, **params: str | int | float | None) -> Fault:
    """Return a fault for a request that comes too late or in the wrong state."""
    return Fault(FaultKind.CONFLICT, key, **params)


def forbidden(key: str, /, **params: str | int | float | None) -> Fault:
    """Return a fault for a request this person may not make."""
    return Fault(FaultKind.FORBIDDEN, key, **params)


def not_found(key: str, /, **params: str | int | float | None) -> Fault:
    """Return a fault for a thing that does not exist, or not for this reader."""
    return Fault(FaultKind.NOT_FOUND, key, **params)


def os_why(error: OSError) -> str:
    """Return the word key of why a disk refused: the system's own words are in a language the reader may not have."""
    if isinstance(error, TimeoutError):
        return "os.too_slow"
    return _OF_DISKS.get(errno.errorcode.get(error.errno or 0, ""), "os.other")
