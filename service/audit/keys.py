"""The audit administrator's key: an Ed25519 pair, the private half in a file under a passphrase, never in the store."""

import os
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from domain.faults import conflict, invalid
from service.audit.signature import endorsing, key_id_of

MIN_PASSPHRASE, MAX_PASSPHRASE = 10, 256
MAX_KEY_FILE = 10_000


class Signer:
    """A private key in memory."""

    def __init__(self, key: Ed25519PrivateKey) -> None:
        self._key = key
        self.public = key.public_key().public_bytes_raw()
        self.key_id = key_id_of(self.public)

    def sign(self, words: bytes) -> bytes:
        """Return the signature of some bytes."""
        return self._key.sign(words)

    def endorse(self, public: bytes) -> bytes:
        """Return this key's word for the key that follows it."""
        return self.sign(endorsing(public))


def make_key(path: Path, passphrase: str) -> Signer:
    """Make a new key and keep it in a new file that only its owner can read. Raises ``Fault``, never overwrites."""
    check_passphrase(passphrase)
    key = Ed25519PrivateKey.generate()
    text = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.BestAvailableEncryption(passphrase.encode()),
    )
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise conflict("key_file_there", path=str(path)) from None
    except OSError:
        raise invalid("key_file_unwritable", path=str(path)) from None
    try:
        os.write(handle, text)
        os.fsync(handle)
    finally:
        os.close(handle)
    return Signer(key)


def read_key(path: Path, passphrase: str) -> Signer:
    """Return the key kept in a file. Raises ``Fault``: no such file, another passphrase, or no Ed25519 key."""
    try:
        text = path.read_bytes()[: MAX_KEY_FILE + 1]
    except OSError:
        raise invalid("key_file_unreadable", path=str(path)) from None
    try:
        key = serialization.load_pem_private_key(text, passphrase.encode())
    except (ValueError, TypeError):
        raise invalid("key_not_opened", path=str(path)) from None
    if not isinstance(key, Ed25519PrivateKey):
        raise invalid("key_not_opened", path=str(path))
    return Signer(key)


def check_passphrase(passphrase: str) -> None:
    """Raise ``Fault('passphrase_length')`` for one out of bounds."""
    if not MIN_PASSPHRASE <= len(passphrase) <= MAX_PASSPHRASE:
        raise invalid("passphrase_length", low=MIN_PASSPHRASE, high=MAX_PASSPHRASE)


def parse_public(text: str) -> bytes:
    """Return a public key given as 64 hex digits. Raises ``Fault('public_key_bad')``."""
    try:
        public = bytes.fromhex(text.strip())
        Ed25519PublicKey.from_public_bytes(public)
    except ValueError:
        raise invalid("public_key_bad") from None
    return public
