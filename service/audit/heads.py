"""Signed heads of the log: what exactly is signed, and the readable lines in which a copy is kept elsewhere."""

import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from domain.faults import invalid
from domain.wire_audit import SignedHead
from service.audit.signature import is_signature, key_id_of

if TYPE_CHECKING:
    from service.audit.keys import Signer

MARK = "onemap-head-1"
MOST_LINES = 1_000_000
MAX_LINE = 512


def words_of(head: SignedHead) -> str:
    """Return the text a head's signature covers."""
    return f"{MARK} {head.epoch} {head.seq} {head.hash.hex()} {head.signed_at} {head.key_id}"


def sign_head(signer: "Signer", epoch: str, seq: int, link: bytes, signed_at: str) -> SignedHead:
    """Return a head signed with the administrator's key."""
    bare = SignedHead(epoch, seq, link, signed_at, signer.key_id, b"")
    return SignedHead(epoch, seq, link, signed_at, signer.key_id, signer.sign(words_of(bare).encode()))


def is_signed_by(head: SignedHead, public: bytes) -> bool:
    """Return whether a head's signature is that of this public key."""
    return key_id_of(public) == head.key_id and is_signature(head.signature, words_of(head).encode(), public)


def is_signed(head: SignedHead, trusted: Mapping[str, bytes]) -> bool:
    """Return whether a head is signed by one of these keys (public keys by key id)."""
    public = trusted.get(head.key_id)
    return public is not None and is_signed_by(head, public)


def line_of(head: SignedHead) -> str:
    """Return the line a copy keeps of a head."""
    return f"{words_of(head)} {head.signature.hex()}"


def head_of(line: str) -> SignedHead:
    """Return the head kept in a line. Raises ValueError for a line that is none."""
    mark, epoch, seq, link, signed_at, key_id, signature = line.split(" ")
    if mark != MARK or len(line) > MAX_LINE or not seq.isdecimal():
        raise ValueError("not a signed head")
    return SignedHead(epoch, int(seq), bytes.fromhex(link), signed_at, key_id, bytes.fromhex(signature))


def read_copy(path: Path) -> list[SignedHead]:
    """Return the heads kept in a copy. Raises ``Fault('copy_unreadable')`` with the line it stops at."""
    heads: list[SignedHead] = []
    try:
        with path.open(encoding="ascii") as lines:
            for number, line in enumerate(lines, 1):
                if number > MOST_LINES:
                    raise invalid("copy_unreadable", path=str(path), line=number)
                if not line.strip() or line.startswith("#"):
                    continue
                try:
                    heads.append(head_of(line.rstrip("\r\n")))
                except ValueError:
                    raise invalid("copy_unreadable", path=str(path), line=number) from None
    except (OSError, UnicodeDecodeError):
        raise invalid("copy_unreadable", path=str(path), line=len(heads) + 1) from None
    return heads


def append_copy(path: Path, head: SignedHead) -> None:
    """Append a head to a copy, and return once it is on the disk. Raises OSError."""
    is_new = not path.exists()
    handle = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
    try:
        os.write(handle, (line_of(head) + "\n").encode("ascii"))
        os.fsync(handle)
    finally:
        os.close(handle)
    if is_new and os.name == "posix":
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


def newest(heads: Iterable[SignedHead]) -> SignedHead | None:
    """Return the head with the highest number."""
    return max(heads, key=lambda head: head.seq, default=None)
