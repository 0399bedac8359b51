"""What time it is at the service, measured from what it says and read off our monotonic clock.

Two sources, both of the service's *real* time: the ``Date`` header of replies (whole seconds, up to a second old) gives
a first interval, the stamps of the feed (exact, late by the way they travelled) refine it. Whoever sets the local
wall clock meanwhile changes nothing.
"""

import re
import time
from collections import deque
from collections.abc import Callable
from datetime import UTC, datetime

DATE_SLACK_S = 2.0
"""A ``Date`` header is cut to the second and may be kept for another one."""
KEPT_STAMPS = 32

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_HTTP_DATE = re.compile(r"[A-Z][a-z]{2}, (\d\d) ([A-Z][a-z]{2}) (\d{4}) (\d\d):(\d\d):(\d\d) GMT", re.ASCII)


def read_http_date(text: str) -> datetime | None:
    """Return the moment a ``Date`` header states, None where it is not in the one form that may be sent today."""
    found = _HTTP_DATE.fullmatch(text)
    if found is None or found[2] not in _MONTHS:
        return None
    day, year, hour, minute, second = (int(found[n]) for n in (1, 3, 4, 5, 6))
    try:
        return datetime(year, _MONTHS.index(found[2]) + 1, day, hour, minute, min(second, 59), tzinfo=UTC)
    except ValueError:
        return None


class ServiceTime:
    """An estimate of ``service real time - monotonic time``, in seconds."""

    def __init__(self, monotonic: Callable[[], float] = time.monotonic, wall: Callable[[], float] = time.time) -> None:
        self._monotonic = monotonic
        self._wall = wall
        self._low = float("-inf")
        self._high = float("inf")
        self._stamps: deque[float] = deque(maxlen=KEPT_STAMPS)

    def forget(self) -> None:
        """Start again, as after a reconnect: the machine may have slept, the service may have been replaced."""
        self._low, self._high = float("-inf"), float("inf")
        self._stamps.clear()

    def note_second(self, stated_s: float, sent_at: float, received_at: float) -> None:
        """Take a time of whole seconds, POSIX seconds, stated between two monotonic moments."""
        low, high = stated_s - received_at, stated_s + DATE_SLACK_S - sent_at
        if low > self._high or high < self._low:  # one of the clocks was set
            self.forget()
        self._low, self._high = max(self._low, low), min(self._high, high)

    def note_stamp(self, stated: datetime) -> None:
        """Take an exact time that was stated just before now."""
        self._stamps.append(stated.timestamp() - self._monotonic())

    @property
    def known(self) -> bool:
        """Whether anything was measured yet."""
        return bool(self._stamps) or self._high != float("inf")

    def now(self) -> datetime:
        """Return the service's real time, aware UTC; our own where nothing was measured."""
        return datetime.fromtimestamp(self._monotonic() + self._offset(), UTC)

    def skew_s(self) -> float | None:
        """Return how far our wall clock is ahead of the service's, seconds; None where nothing was measured."""
        return self._wall() - self._monotonic() - self._offset() if self.known else None

    def _offset(self) -> float:
        """The stamp that travelled fastest is nearest the truth; without stamps, the middle of the interval."""
        if self._stamps:
            return max(self._stamps)
        if self._high == float("inf"):
            return self._wall() - self._monotonic()
        return (self._low + self._high) / 2
