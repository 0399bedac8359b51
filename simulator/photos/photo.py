"""A drawn photo as a JPEG, with the metadata a phone would leave in it, so that stripping it is exercised."""

from datetime import datetime
from io import BytesIO

import numpy as np
from PIL import Image, ImageDraw, ImageFilter, ImageFont

from simulator.photos.ground import GROUNDS, HEIGHT, WIDTH, Canvas
from simulator.photos.trouble import SCENES

LABELS = ("演示照片 · DEMO", "DEMO")
"""What stands in the corner: with a Chinese face where the machine has one."""
FACES = ("NotoSansCJK-Regular.ttc", "wqy-microhei.ttc", "msyh.ttc", "simhei.ttf", "PingFang.ttc")
MIME = "image/jpeg"

_MAKE, _MODEL, _TAKEN_AT, _GPS = 0x010F, 0x0110, 0x9003, 0x8825


def draw_photo(scene: str, seed: int, *, solved: bool, taken_at: datetime, lon: float, lat: float) -> bytes:
    """Return a JPEG of a scene. The same seed is the same place; ``solved`` leaves the trouble out.

    Raises KeyError for a scene there is none of.
    """
    ground, trouble = SCENES[scene]
    canvas = Canvas(np.random.default_rng(seed))
    GROUNDS[ground](canvas)
    if not solved:
        trouble(canvas)
    image = _as_taken(canvas.image, np.random.default_rng([seed, int(solved)]))
    _label(image)
    out = BytesIO()
    image.save(out, "JPEG", quality=80, exif=_metadata(taken_at, lon, lat))
    return out.getvalue()


def _as_taken(image: Image.Image, rng: np.random.Generator) -> Image.Image:
    """Blur, grain, a darker edge, a little tilt: as a phone held by hand."""
    soft = image.rotate(float(rng.normal(0, 1.1)), Image.Resampling.BILINEAR, expand=False)
    soft = soft.resize((int(WIDTH * 1.06), int(HEIGHT * 1.06))).crop((28, 21, 28 + WIDTH, 21 + HEIGHT))
    pixels = np.asarray(soft.filter(ImageFilter.GaussianBlur(1.3)), dtype=np.float32)
    y, x = np.mgrid[-1 : 1 : HEIGHT * 1j, -1 : 1 : WIDTH * 1j]
    edge = 1.06 - 0.2 * (x**2 + y**2)
    coarse = rng.normal(0, 5.0, (HEIGHT // 3, WIDTH // 3, 1)).repeat(3, axis=0).repeat(3, axis=1)
    shaded = pixels * edge[:, :, None] * rng.uniform(0.92, 1.06) + coarse
    return Image.fromarray(np.clip(shaded, 0, 255).astype(np.uint8))


def _label(image: Image.Image) -> None:
    text, font = _face()
    pen = ImageDraw.Draw(image)
    left, top, right, bottom = pen.textbbox((0, 0), text, font=font)
    wide, tall = right - left + 24, bottom - top + 16
    pen.rectangle((WIDTH - wide, HEIGHT - tall, WIDTH, HEIGHT), (20, 24, 28))
    pen.text((WIDTH - wide + 12 - left, HEIGHT - tall + 8 - top), text, (236, 236, 232), font)


def _face() -> tuple[str, ImageFont.FreeTypeFont | ImageFont.ImageFont]:
    for name in FACES:
        try:
            return LABELS[0], ImageFont.truetype(name, 26)
        except OSError:
            continue
    return LABELS[1], ImageFont.load_default(26)


def _metadata(taken_at: datetime, lon: float, lat: float) -> Image.Exif:
    exif = Image.Exif()
    exif[_MAKE], exif[_MODEL] = "DEMO", "OneMap field simulator"
    exif.get_ifd(0x8769)[_TAKEN_AT] = taken_at.strftime("%Y:%m:%d %H:%M:%S")
    gps = exif.get_ifd(_GPS)
    gps.update({1: "N" if lat >= 0 else "S", 2: _sexagesimal(lat), 3: "E" if lon >= 0 else "W", 4: _sexagesimal(lon)})
    return exif


def _sexagesimal(degrees: float) -> tuple[float, float, float]:
    whole = abs(degrees)
    minutes = whole % 1 * 60
    return float(int(whole)), float(int(minutes)), round(minutes % 1 * 60, 3)
