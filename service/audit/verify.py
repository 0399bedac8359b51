"""The whole check of a record, in one transaction: the chain, its signed heads, and everything kept beside it."""

from collections.abc import Iterable, Mapping

from sqlalchemy import Connection

from domain.wire_audit import SignedHead
from service.audit.accounts import check_accounts
from service.audit.chain import LOG, ChainCheck, KeyAdded
from service.audit.entries import check_entries
from service.audit.folds import check_cases
from service.audit.heads import is_signed
from service.audit.photos import check_photos
from service.audit.signature import is_endorsed, key_id_of
from service.audit.streams import stream
from service.audit.verdict import Damage, Verdict
from service.store import tables as t
from service.store.rows import EPOCH, to_us


def check(
    connection: Connection, *, copies: Iterable[SignedHead] = (), public: bytes | None = None, quick: bool = False
) -> Verdict:
    """Check a record. ``copies`` are heads kept elsewhere, ``public`` the key to trust; ``quick`` leaves out the rows.

    The connection must be in a transaction that sees one state.
    """
    verdict = Verdict()
    kept = {(head.seq, head.key_id): head for head in kept_heads(connection)}
    heads = {(head.seq, head.key_id, head.signature): head for head in [*kept.values(), *copies]}
    chain = ChainCheck(verdict, heads.values())
    chain.run(stream(connection, LOG, 0))
    _hold_head(connection, chain, verdict)
    _hold_keys(connection, chain, verdict)
    trusted = trusted_keys(chain.keys, public)
    _hold_heads(heads.values(), trusted, chain, verdict)
    verdict.erasures_unsigned = [seq for seq in chain.erased_at if seq > verdict.signed_until]
    for which, said_at in chain.said_at.items():
        if which not in kept:
            verdict.add(said_at, Damage.HEAD_MISSING)
    if not quick:
        check_cases(connection, verdict)
        check_photos(connection, verdict)
        check_entries(connection, verdict)
        check_accounts(connection, verdict)
    return verdict


def trusted_keys(known: Mapping[str, KeyAdded], public: bytes | None) -> dict[str, bytes]:
    """Return the public keys whose word counts: the given one, or the first ever registered, and whom they endorse.

    ``known`` is in the order the keys were registered. A key without a predecessor's word is trusted as the first one
    only, or where it is given.
    """
    trusted: dict[str, bytes] = {} if public is None else {key_id_of(public): public}
    for key in known.values():
        own = bytes.fromhex(key.public)
        if key_id_of(own) != key.key_id:
            continue
        by = trusted.get(key.endorsed_by or "")
        word = bytes.fromhex(key.endorsement or "")
        if (not trusted and public is None) or (by is not None and len(word) == 64 and is_endorsed(own, word, by)):
            trusted[key.key_id] = own
    return trusted


def kept_heads(connection: Connection) -> list[SignedHead]:
    """Return the signed heads the store keeps, by number."""
    rows = connection.execute(t.signed_head.select().order_by(t.signed_head.c.seq))
    return [SignedHead(r.epoch, r.seq, bytes(r.hash), r.signed_at, r.key_id, bytes(r.signature)) for r in rows]


def _hold_head(connection: Connection, chain: ChainCheck, verdict: Verdict) -> None:
    rows = list(connection.execute(t.head.select()))
    last = connection.execute(t.change.select().where(t.change.c.seq == chain.seq)).first()
    at = to_us(EPOCH) if last is None else last.recorded_at
    if len(rows) != 1 or (rows[0].seq, bytes(rows[0].hash), rows[0].recorded_at) != (chain.seq, chain.link, at):
        verdict.add(chain.seq, Damage.HEAD_ROW)


def _hold_keys(connection: Connection, chain: ChainCheck, verdict: Verdict) -> None:
    """Every key in the table was added by a change that says the same of it."""
    for row in connection.execute(t.audit_key.select()):
        said = chain.keys.get(row.key_id)
        word = None if row.endorsement is None else bytes(row.endorsement).hex()
        kept = KeyAdded(row.key_id, bytes(row.public).hex(), row.endorsed_by, word)
        if said != kept:
            verdict.add(row.added_seq, Damage.KEY_UNSAID, row.key_id)


def _hold_heads(heads: Iterable[SignedHead], trusted: Mapping[str, bytes], chain: ChainCheck, verdict: Verdict) -> None:
    """Every signature is that of a trusted key. ``signed_until`` is the last such head that is in its place."""
    for head in heads:
        if not is_signed(head, trusted):
            verdict.add(head.seq, Damage.HEAD_FORGED, head.key_id)
        elif chain.hash_at.get(head.seq) == head.hash:
            verdict.signed_until = max(verdict.signed_until, head.seq)
