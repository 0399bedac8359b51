"""How a source is doing: since when it fails, and when it may be asked again. Used by several threads at once."""

import threading
import time
from collections.abc import Callable

import msgspec

from domain.faults import Fault

FIRST_PAUSE_S, LONGEST_PAUSE_S = 2.0, 300.0


class Health(msgspec.Struct, frozen=True):
    """What holds of a source now; ages in seconds, None where it never was."""

    fault: Fault | None = None
    failing_s: float | None = None
    good_s: float | None = None


class HealthWatch:
    """Keeps count of one source. After a failure it rests: twice as long each time, as long as the server wishes."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._fault: Fault | None = None
        self._failures = 0
        self._next_at = 0.0
        self._failing_since: float | None = None
        self._good_at: float | None = None

    def may_ask(self) -> bool:
        """Whether the source may be asked now."""
        with self._lock:
            return self._clock() >= self._next_at

    def note_good(self) -> None:
        """It answered as it should."""
        with self._lock:
            self._fault, self._failing_since, self._failures, self._next_at = None, None, 0, 0.0
            self._good_at = self._clock()

    def note_fault(self, fault: Fault, retry_s: float = 0.0) -> None:
        """It did not answer as it should; those that were asked at the same time count once."""
        with self._lock:
            now = self._clock()
            self._fault = fault
            if self._failing_since is None:
                self._failing_since = now
            if now >= self._next_at:
                self._failures += 1
                pause = min(LONGEST_PAUSE_S, FIRST_PAUSE_S * 2 ** min(self._failures - 1, 10))
                self._next_at = now + max(pause, retry_s)

    def forgive(self) -> None:
        """Let it be asked at once: a person wants to know."""
        with self._lock:
            self._failures, self._next_at = 0, 0.0

    def now(self) -> Health:
        """Return what holds now."""
        with self._lock:
            now = self._clock()
            failing = None if self._failing_since is None else now - self._failing_since
            return Health(self._fault, failing, None if self._good_at is None else now - self._good_at)
