"""Photos: decoded with care, written anew. What comes out holds pixels and nothing else: no EXIF, no place, no name."""

from io import BytesIO
from typing import TYPE_CHECKING

import msgspec

from domain.faults import Fault, FaultKind, invalid

if TYPE_CHECKING:
    from PIL.Image import Image

MAX_BODY = 12 * 1024 * 1024
MAX_PIXELS = 40_000_000
FULL_SIDE, FULL_QUALITY = 2048, 85
THUMB_SIDE, THUMB_QUALITY = 320, 78
FORMATS = ("JPEG", "PNG", "WEBP")


class Photo(msgspec.Struct, frozen=True):
    """A photo as it is kept: two JPEGs; ``width`` and ``height`` are of the full one, pixels."""

    width: int
    height: int
    full: bytes
    thumb: bytes


def clean(body: bytes) -> Photo:
    """Return a photo written anew from what was sent: turned upright, at most 2048 px a side.

    Raises ``Fault``: not an image of the formats taken, broken, or of too many pixels.
    """
    from PIL import Image, ImageOps  # noqa: PLC0415 - only who sends photos pays for loading it

    try:
        with Image.open(BytesIO(body), formats=FORMATS) as opened:
            if opened.width * opened.height > MAX_PIXELS:
                raise Fault(FaultKind.TOO_LARGE, "photo_too_many_pixels", limit=MAX_PIXELS // 1_000_000)
            opened.draft("RGB", (FULL_SIDE, FULL_SIDE))
            upright = ImageOps.exif_transpose(opened)
            plain = _on_white(upright)
    except Image.DecompressionBombError:
        raise Fault(FaultKind.TOO_LARGE, "photo_too_many_pixels", limit=MAX_PIXELS // 1_000_000) from None
    except (OSError, ValueError, SyntaxError, EOFError):
        raise invalid("photo_not_readable") from None
    plain.thumbnail((FULL_SIDE, FULL_SIDE), Image.Resampling.LANCZOS)
    full = _jpeg(plain, FULL_QUALITY)
    width, height = plain.size
    plain.thumbnail((THUMB_SIDE, THUMB_SIDE), Image.Resampling.LANCZOS)
    return Photo(width, height, full, _jpeg(plain, THUMB_QUALITY))


def _on_white(image: "Image") -> "Image":
    """Return the pixels alone, as RGB; what is see-through becomes white."""
    from PIL import Image as Pil  # noqa: PLC0415

    if image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info:
        layered = image.convert("RGBA")
        ground = Pil.new("RGB", layered.size, (255, 255, 255))
        ground.paste(layered, mask=layered.getchannel("A"))
        return ground
    plain = Pil.new("RGB", image.size)
    plain.paste(image.convert("RGB"))
    return plain


def _jpeg(image: "Image", quality: int) -> bytes:
    out = BytesIO()
    image.save(out, "JPEG", quality=quality, optimize=True)
    return out.getvalue()
