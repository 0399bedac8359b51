"""A change: one numbered entry of the log that everything lasting is read from (design: one log, many views)."""

from datetime import datetime
from enum import StrEnum
from hashlib import sha256
from typing import Annotated, Any

import msgspec

from domain.ids import AccountId, StaffId
from domain.sealing import payload_digest
from domain.states import CaseState

__all__ = ["GENESIS", "MAX_SEQ", "Change", "Seq", "Subject", "chain_hash", "envelope", "link_hash", "payload_digest"]

MAX_SEQ = 2**53 - 1
Seq = Annotated[int, msgspec.Meta(ge=0, le=MAX_SEQ)]

GENESIS = b"\x00" * 32
"""What the first change names as the one before it."""


class Subject(StrEnum):
    """What a change is about."""

    CASE = "case"
    GRID = "grid"
    DIVISION = "division"
    UNIT = "unit"
    STAFF = "staff"
    ACCOUNT = "account"
    TOWN = "town"
    EXPORT = "export"
    READING = "reading"  # somebody looked at something that is guarded: a contact, a camera, a track
    ADDRESS = "address"  # a batch of the address base was taken in
    POSITIONS = "positions"  # a batch of past positions was taken in
    AUDIT = "audit"  # how the record itself is kept: keys, signed heads, how long things stay, what was let go
    ENTRY = "entry"  # of a register: everything lasting that is not a case


class Change(msgspec.Struct, frozen=True):
    """One entry of the log; ``version`` and ``state`` are those of the subject *after* it.

    A subject that has neither carries 0 and None. ``data`` holds plain JSON values and never a contact.
    ``on_behalf_of`` is set where a gateway speaks for a phone.
    """

    seq: Seq
    subject: Subject
    subject_id: str
    action: str
    actor: AccountId
    recorded_at: datetime
    version: int = 0
    state: CaseState | None = None
    on_behalf_of: StaffId | None = None
    occurred_at: datetime | None = None
    data: dict[str, Any] = {}

    @property
    def at(self) -> datetime:
        """When it happened by the source's word, or else when it was recorded."""
        return self.recorded_at if self.occurred_at is None else self.occurred_at


def envelope(change: Change) -> bytes:
    """Return what the chain covers of a change beside its payload: every other field, in a fixed order."""
    return msgspec.json.encode(
        [
            change.seq,
            change.subject,
            change.subject_id,
            change.action,
            change.actor,
            change.on_behalf_of,
            change.recorded_at,
            change.occurred_at,
            change.version,
            change.state,
        ]
    )


def chain_hash(previous: bytes, change: Change, digest: bytes) -> bytes:
    """Return the hash of a change: over the one before, its envelope, and its payload's digest."""
    return link_hash(previous, envelope(change), digest)


def link_hash(previous: bytes, covered: bytes, digest: bytes) -> bytes:
    """Return the hash of a change by its envelope."""
    return sha256(previous + covered + digest).digest()
