"""The state of the line to the service, with its ages, so that nothing on screen passes for live that is not."""

from enum import StrEnum

import msgspec

STALE_AFTER_S = 5.0
"""Silence after which what is shown counts as stale. The service speaks at least every two seconds."""
DEAD_AFTER_S = 15.0
"""Silence after which the line is given up and made again."""


class LineState(StrEnum):
    """Whether what is shown is what is."""

    CONNECTING = "connecting"
    LIVE = "live"
    STALE = "stale"
    OFFLINE = "offline"


class LineReading(msgspec.Struct, frozen=True):
    """The line at one moment. Ages in seconds; ``skew_s`` is how far our wall clock is ahead of the service's.

    ``heard_age_s`` and ``skew_s`` are None while nothing was heard. ``fault`` is the key of what broke the line.
    """

    state: LineState
    state_age_s: float
    heard_age_s: float | None = None
    skew_s: float | None = None
    fault: str | None = None
    attempt: int = 0


class Line:
    """Keeps the state of the line. Moments are monotonic seconds, passed in."""

    def __init__(self, now: float) -> None:
        self.state = LineState.CONNECTING
        self.attempt = 0
        self.fault: str | None = None
        self._since = now
        self._heard: float | None = None

    def heard(self, now: float) -> bool:
        """Note that the service spoke; return whether that altered the state."""
        self._heard = now
        self.attempt = 0
        self.fault = None
        return self._become(LineState.LIVE, now)

    def connecting(self, now: float) -> bool:
        """Note that the line is being made; a line that was offline stays so until the service speaks."""
        return self.state is not LineState.OFFLINE and self._become(LineState.CONNECTING, now)

    def lost(self, now: float, fault: str) -> bool:
        """Note that the line broke or could not be made."""
        self.attempt += 1
        altered = self.fault != fault
        self.fault = fault
        return self._become(LineState.OFFLINE, now) or altered

    def check(self, now: float) -> bool:
        """Return whether silence has just made a live line stale."""
        silent = self.silence_s(now)
        if self.state is LineState.LIVE and silent is not None and silent > STALE_AFTER_S:
            return self._become(LineState.STALE, now)
        return False

    def silence_s(self, now: float) -> float | None:
        """Return how long nothing was heard, None where nothing ever was."""
        return None if self._heard is None else max(0.0, now - self._heard)

    def reading(self, now: float, skew_s: float | None) -> LineReading:
        """Return the line as it is now."""
        return LineReading(
            state=self.state,
            state_age_s=max(0.0, now - self._since),
            heard_age_s=self.silence_s(now),
            skew_s=skew_s,
            fault=self.fault,
            attempt=self.attempt,
        )

    def _become(self, state: LineState, now: float) -> bool:
        if state is self.state:
            return False
        self.state = state
        self._since = now
        return True
