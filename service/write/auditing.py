"""The audit administrator's keys and signed heads: taken in, judged, kept, and each a change."""

from sqlalchemy import Connection, select

from domain.change import Subject
from domain.faults import conflict, forbidden, invalid
from domain.wire_audit import KnownKey, SignedHead
from service.audit.heads import is_signed_by
from service.audit.signature import is_endorsed, key_id_of
from service.clock import real_now
from service.store import reads
from service.store import statements as sql
from service.store import tables as t
from service.store.rows import from_us, to_us
from service.world import META_EPOCH
from service.write.work import Author, Work

MOST_KEYS = 1_000

_KEYS = select(t.audit_key).order_by(t.audit_key.c.added_seq)
_LINK = select(t.change.c.hash)
_LAST = select(t.signed_head).order_by(t.signed_head.c.seq.desc()).limit(1)


def known_keys(connection: Connection) -> list[KnownKey]:
    """Return the registered keys, oldest first; the last one signs."""
    rows = connection.execute(_KEYS)
    return [KnownKey(r.key_id, bytes(r.public), from_us(r.added_at), r.endorsed_by) for r in rows]


def last_signed(connection: Connection) -> SignedHead | None:
    """Return the signed head with the highest number."""
    row = connection.execute(_LAST).first()
    if row is None:
        return None
    return SignedHead(row.epoch, row.seq, bytes(row.hash), row.signed_at, row.key_id, bytes(row.signature))


def add_key(work: Work, public: bytes, endorsement: bytes | None, author: Author, *, lost: bool = False) -> KnownKey:
    """Register a public key; from now on it signs. Every key but the first needs the word of the one before.

    ``lost`` registers one without it, because the one before is lost: whoever trusts the old key will not trust the
    new one until they are given it by hand. Raises ``Fault``.
    """
    known = known_keys(work.connection)
    key_id = key_id_of(public)
    if any(key.key_id == key_id for key in known) or len(known) >= MOST_KEYS:
        raise conflict("key_known", key_id=key_id)
    before = known[-1] if known else None
    by: str | None = None
    if before is not None and not lost:
        if endorsement is None or not is_endorsed(public, endorsement, before.public):
            raise forbidden("key_not_endorsed", key_id=before.key_id)
        by = before.key_id
    word = None if by is None or endorsement is None else endorsement
    data = {
        "key_id": key_id,
        "public": public.hex(),
        "endorsed_by": by,
        "endorsement": None if word is None else word.hex(),
    }
    change = work.record(Subject.AUDIT, key_id, "key_added", author, data)
    at = real_now()
    row = {"key_id": key_id, "public": public, "added_seq": change.seq, "added_at": to_us(at)}
    work.put(sql.ADD_AUDIT_KEY, {**row, "endorsed_by": by, "endorsement": word})
    return KnownKey(key_id, public, at, by)


def keep_head(work: Work, head: SignedHead, author: Author) -> SignedHead:
    """Keep a signed head. Raises ``Fault``: not the key in force, a wrong signature, another log, or signed already."""
    known = known_keys(work.connection)
    if not known:
        raise conflict("no_audit_key")
    if head.key_id != known[-1].key_id:
        raise forbidden("key_not_in_force", key_id=known[-1].key_id)
    if not is_signed_by(head, known[-1].public):
        raise invalid("signature_wrong")
    epoch = reads.meta(work.connection, META_EPOCH)
    row = work.connection.execute(_LINK.where(t.change.c.seq == head.seq)).first()
    if row is None or bytes(row.hash) != head.hash or (epoch or b"").decode() != head.epoch:
        raise conflict("head_differs", seq=head.seq)
    last = last_signed(work.connection)
    if last is not None and head.seq <= last.seq:
        raise conflict("head_signed_already", seq=last.seq)
    data = {"seq": head.seq, "hash": head.hash.hex(), "key_id": head.key_id}
    work.record(Subject.AUDIT, str(head.seq), "head_signed", author, data)
    work.put(
        sql.ADD_SIGNED_HEAD,
        {
            "seq": head.seq,
            "key_id": head.key_id,
            "epoch": head.epoch,
            "hash": head.hash,
            "signed_at": head.signed_at,
            "signature": head.signature,
        },
    )
    return head
