"""How the payload of a change is sealed so that a personal field can be erased and all the rest still be proven.

The digest is taken over the payload with its personal values cut out, and over one salted digest for each of them.
To erase a value is to drop it together with its salt and to keep its digest: nobody can put another value in its
place, nobody can guess what stood there, and what was not erased verifies as before.

``salt`` holds 16 bytes for the whole, then for each personal value, in the order they stand in the payload, either
a 0 and its 16 bytes of salt, or a 1 and the 32 bytes of its digest once it is erased. A payload without personal
values has the 16 bytes alone. Payloads are what ``msgspec.json.encode`` makes: no white space, keys as they are.
"""

import re
from collections.abc import Callable, Collection, Iterator
from hashlib import sha256
from os import urandom
from typing import Any

PERSONAL = ("text", "title", "address")
"""Keys whose values are what people wrote: a report's words, the title made of them, where it was."""

SALT = 16
_KEPT, _ERASED = 0, 1
_WHOLE_KEPT, _WHOLE_ERASED = 1 + SALT, 1 + 32
_MARK = b"\x00"
"""Between the salt and the digests. A payload begins with a brace, so the two ways of sealing never look alike."""

_VALUE = re.compile(rb'("(?<=[{,]")(?:text|title|address)":")([^"\\]*(?:\\.[^"\\]*)*)"')
"""A personal value and its key, which follows a brace or a comma. A quote inside a string has a backslash before it,
so nothing inside a string can match. (What is before the quote is looked at after it: so the search is for quotes.)"""


_UNUSED = sha256()
"""Copied for each digest: asking the library for a new one takes as long as hashing half a kilobyte."""


def _digest(data: bytes) -> bytes:
    made = _UNUSED.copy()
    made.update(data)
    return made.digest()


def seal(payload: bytes, draw: Callable[[int], bytes] = urandom) -> tuple[bytes, bytes]:
    """Return the salt and the digest of a new payload. ``draw`` gives random bytes."""
    parts = _VALUE.split(payload)
    count = len(parts) // 3
    drawn = draw(SALT * (count + 1))
    if not count:
        return drawn, _digest(drawn + payload)
    salts = [drawn[i : i + SALT] for i in range(SALT, len(drawn), SALT)]
    leaves = [_digest(salt + value) for salt, value in zip(salts, parts[2::3], strict=True)]
    del parts[2::3]
    whole = drawn[:SALT]
    return bytes([_KEPT]).join([whole, *salts]), _digest(b"".join([whole, _MARK, *leaves, *parts]))


def payload_digest(salt: bytes, payload: bytes) -> bytes:
    """Return the digest of a payload, which the chain covers. Empty where salt and payload cannot belong together."""
    if len(salt) == SALT:
        return _digest(salt + payload)
    parts = _VALUE.split(payload)
    values = parts[2::3]
    del parts[2::3]
    if values and not has_holes(salt) and len(salt) == SALT + _WHOLE_KEPT * len(values):
        starts = range(SALT + 1, len(salt), _WHOLE_KEPT)
        leaves = [_digest(salt[i : i + SALT] + value) for i, value in zip(starts, values, strict=True)]
    else:
        leaves = _leaves(salt, values)
    return _digest(b"".join([salt[:SALT], _MARK, *leaves, *parts])) if leaves else b""


def _leaves(salt: bytes, values: list[bytes]) -> list[bytes]:
    """Return the digests of values of which some are erased; none where salt and values do not belong together."""
    leaves: list[bytes] = []
    at = SALT
    for value in values:
        if at < len(salt) and salt[at] == _KEPT:
            leaves.append(_digest(salt[at + 1 : at + _WHOLE_KEPT] + value))
            at += _WHOLE_KEPT
        elif at < len(salt) and salt[at] == _ERASED and not value:
            leaves.append(salt[at + 1 : at + _WHOLE_ERASED])
            at += _WHOLE_ERASED
        else:
            return []
    return leaves if at == len(salt) else []


def has_holes(salt: bytes) -> bool:
    """Return whether a value was erased: up to the first such one, every 17th byte is a mark."""
    return bool(salt[SALT::_WHOLE_KEPT].strip(b"\x00"))


def personal_places(data: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """Yield where the personal values of a payload's data stand, in the order of its bytes."""
    if isinstance(data, dict):
        for key, value in data.items():
            if key in PERSONAL and isinstance(value, str):
                yield (*path, key)
            else:
                yield from personal_places(value, (*path, key))
    elif isinstance(data, list):
        for i, value in enumerate(data):
            yield from personal_places(value, (*path, i))


def erase(salt: bytes, payload: bytes, which: Collection[int]) -> tuple[bytes, bytes]:
    """Return salt and payload without the personal values of these places (counted in ``personal_places``).

    Raises ValueError where the payload was sealed as a whole: then no part of it can be dropped and proven.
    """
    parts = _VALUE.split(payload)
    values = parts[2::3]
    if len(salt) == SALT and any(values[i] for i in which):
        raise ValueError("sealed as a whole")
    if len(salt) == SALT:
        return salt, payload
    kept: list[bytes] = [salt[:SALT]]
    at = SALT
    for i, value in enumerate(values):
        size = _WHOLE_KEPT if salt[at] == _KEPT else _WHOLE_ERASED
        piece = salt[at : at + size]
        if i in which and size == _WHOLE_KEPT:
            piece = bytes([_ERASED]) + _digest(piece[1:] + value)
            parts[2 + 3 * i] = b""
        kept.append(piece)
        at += size
    parts[2::3] = [value + b'"' for value in parts[2::3]]
    return b"".join(kept), b"".join(parts)


def holes(salt: bytes) -> int:
    """Return how many values were erased from a payload with this salt."""
    count, at = 0, SALT
    while at < len(salt):
        erased = salt[at] == _ERASED
        count += erased
        at += _WHOLE_ERASED if erased else _WHOLE_KEPT
    return count
