"""The clock in force: real time, or for a synthetic town a time that starts elsewhere and may run faster.

A restart continues a synthetic clock where it stood: time spent down does not count, and it never runs backwards.
Sign-in times are always real.
"""

from datetime import UTC, datetime, timedelta

from domain.clock import ServiceClock
from domain.faults import invalid

MIN_SPEED, MAX_SPEED = 0.1, 1000.0


def real_now() -> datetime:
    """Return the real time, UTC."""
    return datetime.now(UTC)


def check_speed(speed: float | None, *, synthetic: bool) -> float:
    """Return the speed to run at. Raises ``Fault`` for a speed out of bounds, or given for a real town."""
    if speed is None:
        return 1.0
    if not synthetic:
        raise invalid("speed_only_synthetic")
    if not MIN_SPEED <= speed <= MAX_SPEED:
        raise invalid("speed_out_of_bounds", low=MIN_SPEED, high=MAX_SPEED)
    return speed


def real_clock() -> ServiceClock:
    """Return the clock of a real town: real time itself."""
    now = real_now()
    return ServiceClock(real_origin=now, service_origin=now, speed=1.0)


def started_clock(stood_at: datetime, speed: float) -> ServiceClock:
    """Return a clock that goes on from ``stood_at`` now. It stands between two milliseconds, so it is rounded up."""
    whole = stood_at.replace(microsecond=stood_at.microsecond // 1000 * 1000) + timedelta(milliseconds=1)
    return ServiceClock(real_origin=real_now(), service_origin=whole, speed=speed)


class Timekeeper:
    """Tells the service's time. ``clock`` is what the wire shows."""

    def __init__(self, clock: ServiceClock) -> None:
        self.clock = clock

    def now(self) -> datetime:
        """Return the service's time, UTC."""
        return self.clock.at(real_now())
