"""Checking what the audit administrator signed: heads of the log, and the word of one key for the next."""

from hashlib import sha256

_ENDORSES = b"onemap-key-1 "


def key_id_of(public: bytes) -> str:
    """Return the name of a public key: the first 32 digits of its SHA-256."""
    return sha256(public).hexdigest()[:32]


def endorsing(public: bytes) -> bytes:
    """Return what a key signs to give its word for the key that follows it."""
    return _ENDORSES + public


def is_signature(signature: bytes, words: bytes, by: bytes) -> bool:
    """Return whether this is the Ed25519 signature of some words by the public key ``by``. Raises ValueError."""
    # Loaded here because a start of the service need not wait for it.
    from cryptography.exceptions import InvalidSignature  # noqa: PLC0415
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey  # noqa: PLC0415

    try:
        Ed25519PublicKey.from_public_bytes(by).verify(signature, words)
    except InvalidSignature:
        return False
    return True


def is_endorsed(public: bytes, endorsement: bytes, by: bytes) -> bool:
    """Return whether the key ``by`` gave its word for ``public``."""
    return is_signature(endorsement, endorsing(public), by)
