"""From the bytes of a tile to its pixels: what is no picture of the right size is refused before it is unpacked."""

import io
import warnings

import numpy as np

from domain.faults import Fault, invalid
from layers.tiles.model import Picture

MAX_BYTES = 2 * 2**20
"""Bytes of one tile."""
MAX_PX = 1024
FORMATS = ("PNG", "JPEG", "WEBP", "GIF")
BROKEN = (OSError, ValueError, SyntaxError, EOFError, IndexError, KeyError, TypeError, OverflowError, MemoryError)
"""What Pillow's readers raise at broken pictures; SyntaxError is theirs for a broken PNG."""


def decode(content: bytes, tile_px: int) -> Picture:
    """Return a tile's pixels, premultiplied ARGB. Any thread.

    Raises ``Fault``: ``tile_too_large``, ``tile_not_image`` (with what it is instead), ``tile_wrong_size``,
    ``tile_broken``. A picture of twice the size is taken: some servers send those for sharp screens.
    """
    from PIL import Image, UnidentifiedImageError  # noqa: PLC0415 - not before there is a tile
    from PIL.Image import DecompressionBombError, DecompressionBombWarning  # noqa: PLC0415

    if len(content) > MAX_BYTES:
        raise invalid("tile_too_large", size=len(content), limit=MAX_BYTES)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", DecompressionBombWarning)
            image = Image.open(io.BytesIO(content), formats=FORMATS)
            _check_size(image.size, tile_px)  # before a pixel is unpacked
            image.verify()  # Pillow fills what is broken in a PNG with black, and says nothing
            image = Image.open(io.BytesIO(content), formats=FORMATS)
            pixels = np.asarray(image.convert("RGBA"), np.uint32)
    except (DecompressionBombError, DecompressionBombWarning):
        raise invalid("tile_wrong_size", width=0, height=0, expected=tile_px) from None
    except Fault:
        raise
    except UnidentifiedImageError:
        raise invalid("tile_not_image", found=kind_of(content)) from None
    except BROKEN as error:
        raise invalid("tile_broken", reason=type(error).__name__) from None
    alpha = pixels[:, :, 3]
    red, green, blue = ((pixels[:, :, i] * alpha + 127) // 255 for i in range(3))
    return np.ascontiguousarray((alpha << 24) | (red << 16) | (green << 8) | blue, np.uint32)


def _check_size(size: tuple[int, int], tile_px: int) -> None:
    width, height = size
    if width != height or width not in (tile_px, 2 * tile_px) or width > MAX_PX:
        raise invalid("tile_wrong_size", width=width, height=height, expected=tile_px)


def kind_of(content: bytes) -> str:
    """Return what the beginning of a body looks like, for a person to read."""
    start = content[:512].lstrip(b"\xef\xbb\xbf \r\n\t").lower()
    for mark, name in ((b"<!doctype html", "HTML"), (b"<html", "HTML"), (b"<", "XML"), (b"{", "JSON"), (b"[", "JSON")):
        if start.startswith(mark):
            return name
    return "text" if start and all(32 <= byte < 127 or byte in b"\r\n\t" for byte in start[:64]) else "?"
