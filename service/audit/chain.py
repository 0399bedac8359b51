"""Recomputing the chain from the rows of the log: numbers, envelopes, payloads, erasures, and the heads on the way."""

from collections.abc import Iterable
from hashlib import sha256
from typing import Any

import msgspec

from domain.change import GENESIS, Subject
from domain.sealing import SALT, has_holes, holes, payload_digest
from domain.wire_audit import SignedHead
from service.audit.verdict import Damage, Verdict
from service.store.rows import from_us

LOG = (
    "SELECT seq, subject, subject_id, action, actor, recorded_at, version, state, on_behalf_of, occurred_at, "
    "payload, salt, digest, hash FROM change WHERE seq > ? ORDER BY seq"
)

_encode = msgspec.json.Encoder().encode


class Erasure(msgspec.Struct, frozen=True):
    """What the payload of an erasure says of other changes.

    ``changes`` gives, by number, how many values are gone from it by now; ``replaced`` the digest of what was left of
    a payload that had been sealed as a whole.
    """

    changes: dict[int, int] = {}
    replaced: dict[int, str] = {}


class KeyAdded(msgspec.Struct, frozen=True):
    """What the payload of a new key says."""

    key_id: str
    public: str
    endorsed_by: str | None = None
    endorsement: str | None = None


class HeadSigned(msgspec.Struct, frozen=True):
    """What the payload of a signed head says."""

    seq: int
    hash: str
    key_id: str


def envelope_of(row: tuple[Any, ...]) -> bytes:
    """Return the envelope of a row of ``LOG``: the bytes of ``domain.change.envelope``, without making a change."""
    seq, subject, subject_id, action, actor, at, version, state, behalf, occurred = row[:10]
    happened = None if occurred is None else from_us(occurred)
    return _encode((seq, subject, subject_id, action, actor, behalf, from_us(at), happened, version, state))


class ChainCheck:
    """Goes through the log once. ``keys`` and ``signed`` are what the log says of keys and signed heads."""

    def __init__(self, verdict: Verdict, heads: Iterable[SignedHead] = ()) -> None:
        self.link = GENESIS
        self.seq = 0
        self.keys: dict[str, KeyAdded] = {}
        self.signed: dict[tuple[int, str], HeadSigned] = {}
        self.said_at: dict[tuple[int, str], int] = {}
        self._verdict = verdict
        self._heads: dict[int, list[SignedHead]] = {}
        for head in heads:
            self._heads.setdefault(head.seq, []).append(head)
        self._holes: dict[int, int] = {}
        self._whole: dict[int, str] = {}
        self._replaced: dict[int, int] = {}
        self.matched = 0
        self.erased_at: list[int] = []
        self.hash_at: dict[int, bytes] = {}

    def run(self, rows: Iterable[tuple[Any, ...]]) -> None:
        """Check every row, and what can be said only after the last."""
        expected, link = self.seq + 1, self.link
        heads = self._heads
        for row in rows:
            seq, payload, salt, digest, kept = row[0], row[10], row[11], row[12], row[13]
            if seq != expected:
                self._verdict.add(min(seq, expected), Damage.HOLE)
                link = b""
            try:
                computed = sha256(salt + payload).digest() if len(salt) == SALT else payload_digest(salt, payload)
                if computed != digest or (len(salt) != SALT and has_holes(salt)):
                    self._look_closer(seq, salt, payload, matches=computed == digest)
                link = sha256(link + envelope_of(row) + digest).digest()
            except (TypeError, ValueError, OverflowError):
                self._verdict.add(expected, Damage.UNREADABLE)
                link, expected = b"", expected + 1
                continue
            if link != kept:
                if seq == expected:
                    self._verdict.add(seq, Damage.LINK)
                link = kept if isinstance(kept, bytes) else b""
            elif seq in heads:
                self._meet(seq, kept)
            if row[3] in _HEARD and row[1] in _TELLING:
                self._hear(seq, row[3], payload)
            expected = seq + 1
        self.seq, self.link = expected - 1, link
        self._verdict.checked = self.seq
        self._close()

    def _look_closer(self, seq: int, salt: bytes, payload: bytes, *, matches: bool) -> None:
        if not matches and salt:
            self._verdict.add(seq, Damage.PAYLOAD)
        elif not matches:
            self._whole[seq] = sha256(payload).hexdigest()
        elif (gone := holes(salt)) > 0:
            self._holes[seq] = gone

    def _meet(self, seq: int, link: bytes) -> None:
        """A signed head lies here: it must be this one."""
        self.hash_at[seq] = link
        for head in self._heads.pop(seq):
            if head.hash == link:
                self.matched = max(self.matched, seq)
            else:
                self._verdict.add(seq, Damage.HEAD_DIFFERS, head.key_id)

    def _hear(self, seq: int, action: str, payload: bytes) -> None:
        """Take in what a change says of the record itself. A payload that is not sealed right counts already."""
        try:
            said = _HEARD[action].decode(payload)
        except (msgspec.MsgspecError, UnicodeDecodeError):
            return
        if isinstance(said, Erasure):
            self.erased_at.append(seq)
            for which, gone in said.changes.items():
                if self._holes.get(which) == gone:
                    del self._holes[which]
                    self._verdict.erased += 1
            for which, left in said.replaced.items():
                if self._whole.get(which) == left:
                    del self._whole[which]
                    self._replaced[which] = seq
                    self._verdict.erased += 1
        elif isinstance(said, KeyAdded):
            self.keys[said.key_id] = said
        else:
            self.signed[said.seq, said.key_id] = said
            self.said_at[said.seq, said.key_id] = seq

    def _close(self) -> None:
        """What can be said only now. A payload replaced as a whole proves nothing by itself: once a head was signed
        after it, its replacement counts only when a later head is signed."""
        unsigned = [which for which, said in self._replaced.items() if which <= self.matched < said]
        for seq in unsigned:
            self._verdict.add(seq, Damage.PAYLOAD)
        for seq in sorted({*self._holes, *self._whole}):
            what = Damage.ERASED_UNSAID if seq in self._holes else Damage.PAYLOAD
            self._verdict.add(seq, what)
        for seq, heads in sorted(self._heads.items()):
            beyond = seq > self.seq
            for head in heads:
                self._verdict.add(self.seq + 1 if beyond else seq, _missed(beyond=beyond), head.key_id)


def _missed(*, beyond: bool) -> Damage:
    return Damage.CUT_OFF if beyond else Damage.HEAD_DIFFERS


_TELLING = frozenset({Subject.CASE.value, Subject.AUDIT.value})
_HEARD: dict[str, msgspec.json.Decoder[Any]] = {
    "erased": msgspec.json.Decoder(Erasure),
    "key_added": msgspec.json.Decoder(KeyAdded),
    "head_signed": msgspec.json.Decoder(HeadSigned),
}
