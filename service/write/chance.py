"""Randomness drawn ahead: a thread that asks the system for a few bytes lets go of the interpreter each time.

The writer asks twice for each report, and each time it may wait behind the event loop.
"""

import os
import threading

AHEAD = 4096
"""Bytes asked for at once."""


class _Drawn(threading.local):
    """What a thread has drawn and not given out yet: each byte is given out once."""

    bytes = b""
    at = 0


_drawn = _Drawn()


def draw(count: int) -> bytes:
    """Return ``count`` bytes of the system's own randomness, fit for secrets."""
    drawn = _drawn
    end = drawn.at + count
    if end > len(drawn.bytes):
        drawn.bytes, drawn.at, end = os.urandom(max(AHEAD, count)), 0, count
    piece = drawn.bytes[drawn.at : end]
    drawn.at = end
    return piece


def _forget() -> None:
    _drawn.bytes, _drawn.at = b"", 0


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget)  # parent and child must not give out the same bytes
