"""The register of messages to units: sent from the room, delivered and read out there, answered, or failed."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any

from msgspec import Meta

from domain.faults import conflict, invalid
from domain.ids import UnitId
from domain.register_shapes import Body, Short, differ


class Delivery(StrEnum):
    """How far a message has come. Names are ``message.state.<value>``."""

    SENT = "sent"
    FAILED = "failed"  # the gateway could not deliver it
    DELIVERED = "delivered"
    READ = "read"
    ANSWERED = "answered"


_ORDER = tuple(Delivery)
UNHEARD = frozenset({Delivery.SENT, Delivery.FAILED, Delivery.DELIVERED})
"""Nobody out there has seen it yet, as far as is known."""


class Message(Body, frozen=True):
    """A message to a unit. ``state_at`` is when it came so far; ``answer`` what the unit said.

    ``about`` names the entry it was sent for: a whistle, say.
    """

    unit: Annotated[UnitId, Meta(min_length=1, max_length=64)]
    text: Annotated[str, Meta(min_length=1, max_length=500)]
    sent_at: datetime
    state: Delivery = Delivery.SENT
    state_at: datetime | None = None
    answer: Short = ""
    about: Short = ""

    def check(self) -> None:
        """See ``Body``."""
        for moment in (self.sent_at, self.state_at):
            if moment is not None and moment.tzinfo is None:
                raise invalid("moment_without_offset", argument="sent_at")
        if not self.text.strip():
            raise invalid("argument_missing", argument="text")
        if bool(self.answer) != (self.state is Delivery.ANSWERED):
            raise invalid("message_answer_and_state")


def message_step(held: Mapping[str, Any] | None, body: Mapping[str, Any] | None, *, own: bool) -> None:
    """Judge what becomes of a message: it only comes further, and what it says stays. Raises ``Fault``."""
    if body is None:
        raise conflict("message_stays")
    if held is None:
        if body["state"] != Delivery.SENT:
            raise conflict("message_not_sent")
        return
    if differ(held, body, ("unit", "text", "sent_at", "about")):
        raise conflict("message_altered")
    if _ORDER.index(Delivery(body["state"])) <= _ORDER.index(Delivery(held["state"])):
        raise conflict("message_came_further")
