"""Photos prove themselves: the id that stands in the changes is made of the photo's own bytes."""

import secrets
from hashlib import sha256

from sqlalchemy import Connection

from domain.ids import AttachmentId
from service.audit.streams import stream
from service.audit.verdict import Damage, Verdict

_PHOTOS = "SELECT attachment_id, full_jpeg, thumb_jpeg FROM attachment"
_NONCE, _DIGEST = 8, 30
_LENGTH = 1 + _NONCE + _DIGEST


def new_photo_id(full: bytes, thumb: bytes) -> AttachmentId:
    """Return the id of a photo: eight drawn digits, so that one photo sent twice is two, and a digest of all."""
    nonce = secrets.token_hex(_NONCE // 2)
    return AttachmentId(f"a{nonce}{_digest(nonce, full, thumb)}")


def check_photos(connection: Connection, verdict: Verdict) -> None:
    """Hold every photo to its id. Ids of an earlier program prove nothing and are counted as unproven."""
    for attachment_id, full, thumb in stream(connection, _PHOTOS):
        verdict.photos += 1
        if len(attachment_id) != _LENGTH:
            verdict.unproven += 1
        elif attachment_id[1 + _NONCE :] != _digest(attachment_id[1 : 1 + _NONCE], full, thumb):
            verdict.add(verdict.checked, Damage.PHOTO_DIFFERS, attachment_id)


def _digest(nonce: str, full: bytes, thumb: bytes) -> str:
    return sha256(nonce.encode() + sha256(full).digest() + thumb).hexdigest()[:_DIGEST]
