"""What is wrong in a drawn photo. Each function draws one trouble into a background."""

from collections.abc import Callable

from simulator.photos.ground import HEIGHT, WIDTH, Canvas, Colour

Draw = Callable[[Canvas], None]


def hole(c: Canvas) -> None:
    """An open manhole with a cone beside it."""
    x, y = c.near(470, 120), c.near(540, 40)
    c.pen.ellipse((x - 92, y - 38, x + 92, y + 38), (132, 130, 126))
    c.pen.ellipse((x - 76, y - 29, x + 76, y + 29), (22, 22, 24))
    cone(c, x + 140, y + 30)


def cone(c: Canvas, x: float, y: float) -> None:
    """A traffic cone standing at a point."""
    c.pen.polygon([(x - 30, y), (x + 30, y), (x + 7, y - 96), (x - 7, y - 96)], (214, 92, 42))
    c.pen.polygon([(x - 21, y - 30), (x + 21, y - 30), (x + 15, y - 52), (x - 15, y - 52)], (232, 230, 224))
    c.pen.rectangle((x - 38, y, x + 38, y + 9), (60, 58, 58))


def grating(c: Canvas) -> None:
    """A storm drain full of leaves."""
    c.pen.rectangle((360, 540, 600, 620), (70, 70, 72))
    for x in range(372, 600, 24):
        c.pen.line((x, 544, x, 616), (30, 30, 32), 6)
    heap(c, [(120, 96, 54), (92, 104, 58), (190, 190, 186)], 480, 580, 110, 26, 70)


def heap(c: Canvas, colours: list[Colour], x: float, y: float, wide: float, tall: float, count: int = 46) -> None:
    """A heap of small pieces around a point."""
    for _ in range(count):
        dx = float(c.rng.normal(0, wide * 0.45))
        dy = -abs(float(c.rng.normal(0, tall * 0.6))) * max(0.0, 1 - abs(dx) / (wide * 1.3)) + c.near(4, 12)
        s = c.near(15, 8)
        colour = colours[int(c.rng.integers(len(colours)))]
        c.pen.polygon(
            [(x + dx - s, y + dy), (x + dx + c.near(0, s), y + dy - s), (x + dx + s, y + dy + c.near(0, 6))],
            c.tint(colour, 26),
        )


def rubbish(c: Canvas) -> None:
    """Bags and litter."""
    x, y = c.near(480, 140), c.near(570, 40)
    heap(c, [(40, 42, 44), (196, 196, 192), (150, 60, 54), (70, 100, 140)], x, y, 190, 90, 80)
    for _ in range(7):
        bx, by, r = c.near(x, 150), c.near(y - 10, 26), c.near(36, 10)
        c.pen.ellipse((bx - r, by - r, bx + r, by + r * 0.8), c.tint((44, 46, 50), 18))


def bins(c: Canvas) -> None:
    """Full bins in a row."""
    for i, colour in enumerate([(56, 110, 74), (60, 86, 130), (70, 70, 74), (56, 110, 74)]):
        x = 250 + i * 130
        c.pen.polygon([(x, 420), (x + 104, 420), (x + 94, 580), (x + 10, 580)], colour)
        heap(c, [(196, 196, 192), (40, 42, 44), (170, 80, 60)], x + 52, 420, 60, 40, 18)
    heap(c, [(196, 196, 192), (40, 42, 44)], 480, 620, 260, 30, 40)


def rubble(c: Canvas) -> None:
    """Broken bricks and spoil."""
    heap(c, [(150, 96, 78), (150, 146, 140), (128, 110, 88)], c.near(480, 120), 600, 260, 150, 180)


def water(c: Canvas) -> None:
    """Standing water across the road."""
    c.pen.ellipse((60, 470, 900, 690), (112, 124, 130))
    for _ in range(40):
        x, y = c.near(480, 360), c.near(580, 80)
        c.pen.line((x, y, x + c.near(70, 30), y), c.tint((150, 162, 168), 16), 2)


def leak(c: Canvas) -> None:
    """Water welling up and running off."""
    x = c.near(470, 90)
    c.pen.polygon([(x - 30, 520), (x + 30, 520), (x + 190, HEIGHT), (x - 120, HEIGHT)], (120, 136, 146))
    for i in range(12):
        dx = c.near(0, 34)
        c.pen.line((x + dx, 530, x + dx * 1.8, 430 + i * 3), (206, 216, 220), 4)


def mud(c: Canvas) -> None:
    """Mud and grit over the road."""
    heap(c, [(122, 94, 62), (108, 84, 56), (142, 116, 84)], 480, 600, 420, 40, 220)


def pit(c: Canvas) -> None:
    """A broken hole in the surface."""
    x, y = c.near(480, 80), c.near(580, 30)
    points = [(x + c.near(150, 40) * px, y + c.near(46, 14) * py) for px, py in _RING]
    c.pen.polygon(points, (52, 48, 44))
    heap(c, [(104, 100, 96), (86, 82, 78)], x, y + 50, 170, 10, 40)


_RING = ((1, 0), (0.7, 0.7), (0, 1), (-0.7, 0.7), (-1, 0), (-0.7, -0.7), (0, -1), (0.7, -0.7))


def lamp(c: Canvas) -> None:
    """Dark, with street lights that are out."""
    c.image.paste(c.image.point(lambda v: int(v * 0.32)))
    for x, y in ((200, 90), (690, 150), (560, 220)):
        c.pen.line((x, 560 - (300 - y), x, y), (34, 38, 44), 9)
        c.pen.line((x, y, x + 70, y - 12), (34, 38, 44), 7)
        c.pen.ellipse((x + 56, y - 20, x + 92, y - 4), (58, 60, 62))


def pole(c: Canvas) -> None:
    """A leaning pole with hanging lines."""
    c.pen.line((430, 640, 580, 60), (120, 112, 104), 20)
    for i in range(4):
        c.pen.arc((120 + i * 20, 60 + i * 16, 620, 420 + i * 70), 10, 150, (34, 34, 36), 3)


def rail(c: Canvas) -> None:
    """A railing with a gap."""
    for x in range(40, WIDTH, 60):
        broken = 420 < x < 620
        c.pen.line((x, 640, x + (60 if broken else 0), 640 - (40 if broken else 150)), (190, 192, 194), 8)
    c.pen.line((40, 500, 420, 500), (190, 192, 194), 9)
    c.pen.line((620, 500, 920, 500), (190, 192, 194), 9)
    c.pen.line((420, 500, 560, 600), (190, 192, 194), 9)


def tree(c: Canvas) -> None:
    """A fallen tree."""
    c.pen.line((130, 600, 760, 500), (96, 74, 54), 34)
    for _ in range(90):
        x, y, r = c.near(700, 180), c.near(500, 90), c.near(20, 10)
        c.pen.ellipse((x - r, y - r, x + r, y + r), c.tint((70, 106, 62), 26))


def car(c: Canvas) -> None:
    """A car standing where it should not."""
    x, colour = c.near(300, 90), c.tint((150, 60, 58), 60)
    c.pen.polygon([(x + 60, 430), (x + 290, 430), (x + 350, 510), (x, 510)], (74, 84, 92))
    c.pen.rounded_rectangle((x - 40, 500, x + 410, 590), 22, colour)
    for wheel in (x + 40, x + 320):
        c.pen.ellipse((wheel - 40, 550, wheel + 40, 630), (28, 28, 30))
        c.pen.ellipse((wheel - 18, 572, wheel + 18, 608), (150, 150, 152))


def bikes(c: Canvas) -> None:
    """Many e-bikes standing and lying about."""
    for _ in range(9):
        x, y, s = c.near(480, 330), c.near(560, 60), c.near(1.0, 0.15)
        for dx in (0, 110 * s):
            c.pen.ellipse((x + dx - 32 * s, y - 32 * s, x + dx + 32 * s, y + 32 * s), outline=(30, 30, 32), width=7)
        c.pen.line((x, y, x + 50 * s, y - 60 * s, x + 110 * s, y), c.tint((70, 100, 150), 60), 12)


def stall(c: Canvas) -> None:
    """A stall under a sunshade with boxes in front."""
    c.pen.line((480, 330, 480, 560), (110, 104, 98), 8)
    c.pen.pieslice((250, 230, 710, 470), 180, 360, c.tint((176, 66, 56), 40))
    for _ in range(12):
        x, y = c.near(480, 240), c.near(580, 40)
        c.pen.rectangle((x - 44, y - 34, x + 44, y + 30), c.tint((160, 128, 86), 20))
        heap(c, [(206, 120, 40), (90, 140, 60), (180, 50, 46)], x, y - 28, 34, 14, 10)


def boxes(c: Canvas) -> None:
    """Boxes and goods stacked up."""
    for row in range(3):
        for i in range(5 - row):
            x, y = 240 + i * 108 + row * 50, 600 - row * 88
            c.pen.rectangle((x, y - 84, x + 100, y), c.tint((166, 132, 90), 18), (120, 94, 62))
            c.pen.line((x + 50, y - 84, x + 50, y), (196, 178, 130), 8)


def papers(c: Canvas) -> None:
    """Flyposting on a wall."""
    for _ in range(16):
        x, y = c.near(470, 380), c.near(250, 170)
        wide, tall = c.near(52, 14), c.near(70, 16)
        c.pen.rectangle((x, y, x + wide, y + tall), c.tint((226, 222, 206), 26))
        for line in range(4):
            top = y + 12 + line * 13
            c.pen.line((x + 8, top, x + wide - 8, top), c.tint((110, 104, 100), 50), 3)


def banner(c: Canvas) -> None:
    """A banner across the street, and a board hanging askew."""
    c.pen.polygon([(90, 190), (870, 230), (868, 300), (92, 262)], c.tint((178, 48, 44), 20))
    for x in range(140, 830, 60):
        c.pen.rectangle((x, 222, x + 34, 256), (232, 214, 150))


def smoke(c: Canvas) -> None:
    """Smoke over a small fire."""
    heap(c, [(70, 60, 50), (196, 106, 46), (40, 38, 36)], 480, 600, 130, 40, 60)
    for i in range(46):
        x, y, r = c.near(480 + i * 3, 60 + i * 2), 560 - i * 11, 22 + i * 2.4
        shade = int(120 + i * 2)
        c.pen.ellipse((x - r, y - r * 0.7, x + r, y + r * 0.7), (shade, shade, shade))


def dust(c: Canvas) -> None:
    """Dust over bare soil."""
    for _ in range(120):
        x, y, r = c.near(480, 480), c.near(420, 150), c.near(60, 30)
        c.pen.ellipse((x - r, y - r * 0.5, x + r, y + r * 0.5), c.tint((188, 172, 146), 12))


def shed(c: Canvas) -> None:
    """A half-built shed of corrugated iron."""
    c.pen.polygon([(260, 330), (700, 300), (700, 600), (260, 600)], (120, 140, 156))
    for x in range(270, 700, 22):
        c.pen.line((x, 330, x, 600), (98, 116, 132), 4)
    c.pen.polygon([(230, 340), (730, 300), (730, 326), (230, 366)], (86, 96, 108))
    heap(c, [(150, 96, 78), (166, 140, 96)], 760, 610, 90, 50, 40)


def float_(c: Canvas) -> None:
    """Foam and weed on the water."""
    for _ in range(120):
        x, y, r = c.near(480, 420), c.near(400, 60), c.near(10, 6)
        c.pen.ellipse((x - r * 2, y - r * 0.6, x + r * 2, y + r * 0.6), c.tint((196, 198, 176), 30))


def cabinet(c: Canvas) -> None:
    """A cabinet with its door open and wires showing."""
    c.pen.rectangle((370, 280, 590, 600), (150, 156, 158), (90, 94, 96), 5)
    c.pen.rectangle((390, 300, 570, 580), (46, 48, 52))
    for i in range(14):
        x = c.near(480, 76)
        c.pen.line((x, 320, c.near(480, 80), 560), c.tint((170, 60, 50) if i % 3 else (60, 110, 160), 40), 4)
    c.pen.polygon([(590, 280), (700, 250), (700, 640), (590, 600)], (132, 138, 140))


def sofa(c: Canvas) -> None:
    """A sofa and a mattress left by the road."""
    c.pen.rounded_rectangle((250, 440, 640, 600), 30, (122, 92, 74))
    c.pen.rounded_rectangle((250, 380, 640, 480), 26, (138, 106, 86))
    c.pen.polygon([(650, 330), (780, 360), (780, 620), (650, 600)], (206, 200, 188))


def papers_on_table(c: Canvas) -> None:
    """Papers and cups on a table."""
    for _ in range(8):
        x, y = c.near(500, 220), c.near(510, 50)
        c.pen.polygon([(x, y), (x + 70, y - 6), (x + 84, y + 34), (x + 8, y + 42)], c.tint((232, 230, 222), 10))


SCENES: dict[str, tuple[str, Draw]] = {
    "manhole": ("street", hole),
    "drain": ("street", grating),
    "lamp": ("village", lamp),
    "pole": ("village", pole),
    "fitness": ("village", rail),
    "box": ("wall", cabinet),
    "gas": ("wall", cabinet),
    "shelter": ("street", rail),
    "railing": ("river", rail),
    "sign": ("street", banner),
    "banner": ("street", banner),
    "toilet": ("wall", water),
    "bins": ("village", bins),
    "tree": ("street", tree),
    "leak": ("street", leak),
    "shed": ("village", shed),
    "rubbish": ("river", rubbish),
    "rubble": ("site", rubble),
    "mud": ("street", mud),
    "river": ("river", float_),
    "grass": ("village", rubbish),
    "car": ("street", car),
    "furniture": ("village", sofa),
    "pothole": ("village", pit),
    "smoke": ("village", smoke),
    "restaurant": ("street", smoke),
    "road": ("village", mud),
    "wall": ("wall", papers),
    "site": ("site", dust),
    "flood": ("village", water),
    "stall": ("street", stall),
    "bikes": ("street", bikes),
    "boxes": ("wall", boxes),
    "speaker": ("street", stall),
    "talk": ("room", papers_on_table),
}
"""Background and trouble by the name of a scene."""
