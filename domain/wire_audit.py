"""What the audit administrator and the service say to each other: heads, keys, links of the chain; and what is kept.

The service never holds a private key: it says where the log stands, the administrator's own machine signs.
"""

from datetime import datetime
from typing import Annotated

import msgspec

from domain.change import Change, Seq
from domain.ids import CaseNo

MAX_LINKS = 5_000
"""Links of the chain in one answer."""
MAX_DAYS = 36_500

Hash = Annotated[bytes, msgspec.Meta(min_length=32, max_length=32)]
KeyId = Annotated[str, msgspec.Meta(min_length=16, max_length=64, pattern=r"^[0-9a-f]+$")]
Epoch = Annotated[str, msgspec.Meta(min_length=1, max_length=64, pattern=r"^[0-9A-Za-z-]+$")]
Moment = Annotated[str, msgspec.Meta(min_length=20, max_length=40, pattern=r"^[0-9T:.+Z-]+$")]
Why = Annotated[str, msgspec.Meta(min_length=2, max_length=200)]


class HeadToSign(msgspec.Struct, frozen=True):
    """``GET /v1/audit/head``: where the log stands, and the last head that was signed."""

    epoch: Epoch
    seq: Seq
    hash: Hash
    recorded_at: datetime
    signed: "SignedHead | None" = None


class SignedHead(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``POST /v1/audit/heads``: a head with its Ed25519 signature. ``signed_at`` is the signer's own word for when."""

    epoch: Epoch
    seq: Seq
    hash: Hash
    signed_at: Moment
    key_id: KeyId
    signature: Annotated[bytes, msgspec.Meta(min_length=64, max_length=64)]


class PublicKey(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``POST /v1/audit/keys``: a public key; every key but the first is endorsed by the one before it."""

    public: Hash
    endorsement: Annotated[bytes, msgspec.Meta(min_length=64, max_length=64)] | None = None


class KnownKey(msgspec.Struct, frozen=True):
    """A registered key. The last one signs."""

    key_id: KeyId
    public: Hash
    added_at: datetime
    endorsed_by: KeyId | None = None


class Link(msgspec.Struct, frozen=True, array_like=True):
    """One link of the chain, enough to compute its hash from the one before; ``envelope`` is what the hash covers."""

    envelope: bytes
    digest: bytes


class LinkPage(msgspec.Struct, frozen=True):
    """``GET /v1/audit/links``: links after a number, in order."""

    links: tuple[Link, ...]


class AuditPage(msgspec.Struct, frozen=True):
    """``GET /v1/audit/changes``: newest first; ``before`` asks for the next page, also after an empty one."""

    changes: tuple[Change, ...]
    before: Seq | None = None


class Keeping(msgspec.Struct, frozen=True):
    """How long one class of data is kept, and between which bounds that may be set."""

    name: str
    days: int
    least: int
    most: int
    standard: int


class KeepingList(msgspec.Struct, frozen=True):
    """``GET /v1/retention``."""

    classes: tuple[Keeping, ...]


class KeepingAsked(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``PUT /v1/retention/{name}``: keep a class this long from now on, and why."""

    days: Annotated[int, msgspec.Meta(ge=1, le=MAX_DAYS)]
    reason: Why


class ErasureAsked(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``POST /v1/cases/{case_no}/erasure``: what of a case is to be made unreadable, and why.

    ``count_only`` says what it would take and takes nothing.
    """

    what: Annotated[tuple[str, ...], msgspec.Meta(min_length=1, max_length=4)]
    reason: Why
    count_only: bool = False


class Erased(msgspec.Struct, frozen=True):
    """What an erasure came to: the cases it was recorded on, how many values and contacts are gone."""

    cases: tuple[CaseNo, ...]
    values: int
    contacts: int
