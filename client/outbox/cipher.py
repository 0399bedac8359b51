"""Sealing what waits on disk: AES-256-GCM, a key of its own for every queue, every seal bound to its place."""

import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

KEY_BYTES = 32
NONCE_BYTES = 12
SEAL_BYTES = NONCE_BYTES + 16
"""What a seal adds to its content."""
_MARK = b"onemap outbox 1|"


def new_master() -> bytes:
    """Return a fresh key for all queues of a person's account on this computer."""
    return os.urandom(KEY_BYTES)


class Cipher:
    """Seals and opens. ``place`` is bound into each seal: moved elsewhere it does not open."""

    def __init__(self, master: bytes, queue: str) -> None:
        """``queue`` names whose it is. Raises ValueError for a key of another length."""
        if len(master) != KEY_BYTES:
            raise ValueError("a key has 32 bytes")
        own = HKDF(hashes.SHA256(), KEY_BYTES, salt=None, info=_MARK + queue.encode()).derive(master)
        self._seal = AESGCM(own)

    def seal(self, content: bytes, place: bytes) -> bytes:
        """Return the content sealed for a place."""
        nonce = os.urandom(NONCE_BYTES)
        return nonce + self._seal.encrypt(nonce, content, place)

    def open(self, sealed: bytes, place: bytes) -> bytes | None:
        """Return the content, None where it is not what was sealed for this place with this key."""
        if len(sealed) < SEAL_BYTES:
            return None
        try:
            return self._seal.decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], place)
        except InvalidTag:
            return None
