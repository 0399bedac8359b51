"""Backgrounds of drawn photos: a street, a village, a river bank, a building site, a wall, a room."""

from collections.abc import Callable

import numpy as np
from PIL import Image, ImageDraw

WIDTH, HEIGHT = 960, 720
HORIZON = 290
Colour = tuple[int, int, int]


class Canvas:
    """An image being drawn, its pen, and the chance that makes each place look its own."""

    def __init__(self, rng: np.random.Generator) -> None:
        self.rng = rng
        self.image = Image.new("RGB", (WIDTH, HEIGHT))
        self.pen = ImageDraw.Draw(self.image)

    def near(self, value: float, by: float) -> float:
        """Return a value somewhere around another."""
        return float(value + self.rng.uniform(-by, by))

    def tint(self, colour: Colour, by: int = 14) -> Colour:
        """Return a colour a little off."""
        shift = int(self.rng.integers(-by, by + 1))
        return (_byte(colour[0] + shift), _byte(colour[1] + shift), _byte(colour[2] + shift))


def _byte(value: float) -> int:
    return int(min(255, max(0, value)))


def street(canvas: Canvas) -> None:
    """A town street running away from us, shops on both sides."""
    _sky(canvas, (178, 196, 208), (222, 226, 226))
    _houses(canvas, 96, 250, (150, 140, 128), shops=True)
    _road(canvas, (96, 97, 99), (146, 141, 134))
    for y in range(HORIZON + 60, HEIGHT, 92):
        half = 3 + (y - HORIZON) * 0.012
        canvas.pen.polygon(
            [(478 - half, y), (482 + half, y), (486 + half, y + 40), (474 - half, y + 40)], (214, 212, 198)
        )


def village(canvas: Canvas) -> None:
    """A village road with low houses, trees and a hill behind."""
    _sky(canvas, (166, 190, 206), (226, 230, 228))
    _hill(canvas, (96, 116, 98))
    _houses(canvas, 60, 130, (188, 178, 164), shops=False)
    _road(canvas, (134, 132, 126), (122, 128, 96))
    for _ in range(5):
        _bush(canvas, canvas.near(480, 460), canvas.near(330, 26), canvas.near(34, 14))


def river(canvas: Canvas) -> None:
    """A stone bank in front, water behind it, the other bank far off."""
    _sky(canvas, (174, 194, 206), (220, 226, 226))
    _hill(canvas, (104, 122, 106))
    for strip in range(300, 480, 4):
        shade = canvas.near(0, 8)
        canvas.pen.rectangle((0, strip, WIDTH, strip + 4), (_byte(88 + shade), _byte(120 + shade), _byte(128 + shade)))
    canvas.pen.polygon([(0, 470), (WIDTH, 440), (WIDTH, HEIGHT), (0, HEIGHT)], (140, 134, 122))
    for _ in range(130):
        x, y = canvas.near(480, 480), canvas.near(590, 130)
        size = canvas.near(16, 9)
        canvas.pen.ellipse((x, y, x + size * 1.5, y + size), canvas.tint((134, 128, 116), 22))


def site(canvas: Canvas) -> None:
    """Bare earth, a fence, a crane."""
    _sky(canvas, (186, 194, 198), (216, 212, 202))
    x = canvas.near(640, 160)
    canvas.pen.line((x, 330, x, 70), (196, 150, 50), 9)
    canvas.pen.line((x - 190, 96, x + 130, 96), (196, 150, 50), 7)
    canvas.pen.rectangle((90, 150, 380, 340), (158, 156, 150))
    for row in range(4):
        for column in range(6):
            canvas.pen.rectangle(
                (104 + column * 46, 164 + row * 44, 134 + column * 46, 192 + row * 44), (112, 116, 120)
            )
    canvas.pen.rectangle((0, 300, WIDTH, 380), (62, 104, 128))
    for x_post in range(0, WIDTH, 80):
        canvas.pen.line((x_post, 300, x_post, 380), (48, 84, 104), 3)
    canvas.pen.rectangle((0, 380, WIDTH, HEIGHT), (154, 132, 104))
    _grain(canvas, (150, 128, 100), 260, 400)


def wall(canvas: Canvas) -> None:
    """A rendered wall with a pavement at its foot."""
    canvas.pen.rectangle((0, 0, WIDTH, 560), canvas.tint((196, 190, 178)))
    for y in range(0, 560, 70):
        canvas.pen.line((0, y, WIDTH, y + canvas.near(0, 3)), (182, 176, 166), 1)
    canvas.pen.rectangle((0, 480, WIDTH, 560), (142, 136, 128))
    canvas.pen.rectangle((0, 560, WIDTH, HEIGHT), (150, 146, 140))
    for x in range(-100, WIDTH + 200, 110):
        canvas.pen.line((x, HEIGHT, x * 0.8 + 96, 560), (134, 130, 124), 2)


def room(canvas: Canvas) -> None:
    """A room with a table and chairs, nobody in it."""
    canvas.pen.rectangle((0, 0, WIDTH, 460), canvas.tint((214, 210, 200)))
    canvas.pen.rectangle((0, 460, WIDTH, HEIGHT), (158, 140, 118))
    canvas.pen.rectangle((90, 80, 330, 300), (186, 206, 216))
    canvas.pen.line((210, 80, 210, 300), (120, 116, 110), 6)
    canvas.pen.polygon([(260, 430), (760, 430), (880, 600), (140, 600)], (136, 100, 70))
    for x in (200, 400, 600, 780):
        canvas.pen.rectangle((x - 40, 590, x + 40, 640), (96, 84, 74))


def _sky(canvas: Canvas, top: Colour, bottom: Colour) -> None:
    for y in range(HORIZON + 60):
        share = y / (HORIZON + 60)
        mixed = [_byte(a + (b - a) * share) for a, b in zip(top, bottom, strict=True)]
        canvas.pen.line((0, y, WIDTH, y), (mixed[0], mixed[1], mixed[2]))


def _hill(canvas: Canvas, colour: Colour) -> None:
    points: list[tuple[float, float]] = [(0, HORIZON + 60)]
    points += [(x, int(canvas.near(230, 34))) for x in range(0, WIDTH + 1, 120)]
    canvas.pen.polygon([*points, (WIDTH, HORIZON + 60)], colour)


def _houses(canvas: Canvas, least: float, most: float, colour: Colour, *, shops: bool) -> None:
    x = -20.0
    while x < WIDTH:
        wide = canvas.near(130, 40)
        distance = abs(x + wide / 2 - 480) / 480
        tall = least + (most - least) * distance * canvas.near(0.9, 0.2)
        top = HORIZON + 30 - tall
        canvas.pen.rectangle((x, top, x + wide, HORIZON + 60), canvas.tint(colour, 24))
        if not shops:
            canvas.pen.polygon([(x - 8, top), (x + wide + 8, top), (x + wide / 2, top - 34)], canvas.tint((96, 86, 82)))
        for row in range(max(1, int(tall // 56))):
            for column in range(3):
                left, upper = x + 14 + column * wide / 3, top + 16 + row * 54
                canvas.pen.rectangle((left, upper, left + wide / 6, upper + 26), canvas.tint((104, 122, 134)))
        if shops:
            canvas.pen.rectangle((x, HORIZON + 4, x + wide, HORIZON + 22), canvas.tint((146, 74, 62), 40))
        x += wide + canvas.near(4, 4)


def _road(canvas: Canvas, surface: Colour, side: Colour) -> None:
    canvas.pen.rectangle((0, HORIZON + 40, WIDTH, HEIGHT), side)
    canvas.pen.polygon([(410, HORIZON + 40), (550, HORIZON + 40), (900, HEIGHT), (60, HEIGHT)], surface)
    canvas.pen.line((410, HORIZON + 40, 60, HEIGHT), (172, 170, 166), 5)
    canvas.pen.line((550, HORIZON + 40, 900, HEIGHT), (172, 170, 166), 5)
    _grain(canvas, surface, 240, HORIZON + 60)


def _grain(canvas: Canvas, colour: Colour, count: int, top: int) -> None:
    for _ in range(count):
        x, y = canvas.near(480, 480), canvas.rng.uniform(top, HEIGHT)
        size = 1 + 4 * (y - top) / (HEIGHT - top)
        canvas.pen.ellipse((x, y, x + size * 2, y + size), canvas.tint(colour, 20))


def _bush(canvas: Canvas, x: float, y: float, size: float) -> None:
    for _ in range(6):
        dx, dy, r = canvas.near(0, size * 0.7), canvas.near(0, size * 0.4), size * canvas.near(0.6, 0.2)
        canvas.pen.ellipse((x + dx - r, y + dy - r, x + dx + r, y + dy + r), canvas.tint((74, 104, 70), 18))


GROUNDS: dict[str, Callable[[Canvas], None]] = {
    "street": street,
    "village": village,
    "river": river,
    "site": site,
    "wall": wall,
    "room": room,
}
