"""What sort of picture some bytes are, by how they begin."""

from domain.faults import invalid

_MIME = {b"\xff\xd8\xff": "image/jpeg", b"\x89PNG": "image/png", b"RIFF": "image/webp"}


def mime_of(content: bytes) -> str:
    """Return the type of a picture by its first bytes. Raises ``Fault('photo_type_unknown')``."""
    for start, mime in _MIME.items():
        if content.startswith(start):
            return mime
    raise invalid("photo_type_unknown")
