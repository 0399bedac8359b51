"""What became of an order while its person waited for the answer."""

import msgspec

from domain.faults import Fault
from domain.wire import Outcome


class Sent(msgspec.Struct, frozen=True):
    """It was done. ``outcome`` is None for what is about no case."""

    outcome: Outcome | None = None


class Refused(msgspec.Struct, frozen=True):
    """It was refused while its person waited, and is not kept."""

    fault: Fault


class Delayed(msgspec.Struct, frozen=True):
    """It waits in the outbox, and why."""

    fault: Fault


Result = Sent | Refused | Delayed
