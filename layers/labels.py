"""Labels: text with a halo, rendered once and kept, and which of them find room."""

from collections import OrderedDict
from collections.abc import Callable, Iterable, Sequence

import msgspec
import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QPointF
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QImage, QPainter

from layers.colours import mix
from layers.contract import Area, Label, LabelStyle, Look
from layers.raster.contract import U32, Frame, Raster
from resources.theme import Theme

Box = tuple[float, float, float, float]
FIRM = frozenset({LabelStyle.TOWN, LabelStyle.DIVISION})
"""Styles that may lie on marks where there is no other place."""

KEPT = 4000
NEW_A_FRAME = 60
"""Sprites made in one frame at most; the others follow in the next."""
SHEET = 8
"""Sprites of one style made together at most: numpy asks its price by the call, the cache by the pixel."""
HALO_PX = 2


class _Type(msgspec.Struct, frozen=True):
    """Size in logical pixels, weight, letter spacing (logical px) and colour of a style."""

    size: float
    weight: QFont.Weight
    spacing: float
    colour: str


def _types(theme: Theme) -> dict[LabelStyle, _Type]:
    plain, firm = QFont.Weight.Normal, QFont.Weight.Medium
    soft = mix(theme.text, theme.text_second, 0.55)
    return {
        LabelStyle.TOWN: _Type(18, firm, 2, theme.text),
        LabelStyle.DIVISION: _Type(15.5, firm, 0.5, theme.text),
        LabelStyle.PLACE: _Type(12.5, plain, 0, soft),
        LabelStyle.WATER: _Type(14, plain, 5, mix(theme.map_water, theme.accent, 0.55)),
        LabelStyle.ROAD: _Type(12, plain, 0, theme.map_label),
        LabelStyle.GRID: _Type(12, plain, 0, theme.map_label),
        LabelStyle.THING: _Type(12.5, firm, 0, theme.text),
        LabelStyle.STALE: _Type(12, plain, 0, theme.text_second),
    }


class LabelAtlas:
    """Sprites of labels for one look and device pixel ratio, made when first wanted. UI thread."""

    def __init__(self, look: Look, ratio: float) -> None:
        self._types = _types(look.theme)
        self.ratio = ratio
        self._ground = QColor(look.theme.map_ground)
        self._fonts = {style: self._font(kind, look.family) for style, kind in self._types.items()}
        self._metrics = {style: QFontMetricsF(font) for style, font in self._fonts.items()}
        self._sizes: dict[tuple[str, LabelStyle], tuple[int, int]] = {}
        self._sprites: OrderedDict[tuple[str, LabelStyle], U32] = OrderedDict()
        self._budget = NEW_A_FRAME
        self.wanting = False

    def begin(self, budget: int = NEW_A_FRAME) -> None:
        """Begin a frame: allow that many new sprites. ``wanting`` tells afterwards whether some were left out."""
        self._budget = budget
        self.wanting = False

    def size(self, text: str, style: LabelStyle) -> tuple[int, int]:
        """Return width and height of a label in device pixels, halo included."""
        key = (text, style)
        found = self._sizes.get(key)
        if found is None:
            metrics = self._metrics[style]
            found = (
                round(metrics.horizontalAdvance(text)) + 2 * self._halo + 2,
                round(metrics.height()) + 2 * self._halo,
            )
            if len(self._sizes) > 4 * KEPT:
                self._sizes.clear()
            self._sizes[key] = found
        return found

    def sprite(self, text: str, style: LabelStyle) -> U32 | None:
        """Return the picture of a label, or None where this frame's budget is spent."""
        return self.sprites([(text, style)])[0]

    def sprites(self, wanted: Sequence[tuple[str, LabelStyle]]) -> list[U32 | None]:
        """Return the pictures of labels as ``sprite`` does; those that are missing are made together."""
        missing = list(dict.fromkeys(key for key in wanted if key not in self._sprites))
        made, left = missing[: max(0, self._budget)], missing[max(0, self._budget) :]
        self._budget -= len(made)
        self.wanting = self.wanting or bool(left)
        for style in dict.fromkeys(style for _, style in made):
            texts = [text for text, of in made if of is style]
            for start in range(0, len(texts), SHEET):
                self._make(texts[start : start + SHEET], style)
        found = [self._sprites.get(key) for key in wanted]
        for key, sprite in zip(wanted, found, strict=True):
            if sprite is not None:
                self._sprites.move_to_end(key)
        while len(self._sprites) > KEPT:
            self._sprites.popitem(last=False)
        return found

    @property
    def _halo(self) -> int:
        return max(1, round(HALO_PX * self.ratio))

    def _font(self, kind: _Type, family: str) -> QFont:
        font = QFont(family) if family else QFont()
        font.setPixelSize(max(1, round(kind.size * self.ratio)))
        font.setWeight(kind.weight)
        font.setLetterSpacing(QFont.SpacingType.AbsoluteSpacing, kind.spacing * self.ratio)
        return font

    def _make(self, texts: Sequence[str], style: LabelStyle) -> None:
        """Draw labels of one style below each other, and keep each part as the sprite of its label."""
        sizes = [self.size(text, style) for text in texts]
        step = max(height for _, height in sizes) + self._halo  # no halo reaches into the next one
        width = max(width for width, _ in sizes)
        pixels = np.zeros((step * len(texts), width), np.uint32)
        image = QImage(pixels.data, width, len(pixels), width * 4, QImage.Format.Format_ARGB32_Premultiplied)
        painter = QPainter(image)
        painter.setFont(self._fonts[style])
        painter.setPen(QColor(255, 255, 255))
        rise = self._halo + self._metrics[style].ascent()
        for row, (text, (wide, high)) in enumerate(zip(texts, sizes, strict=True)):
            painter.setClipRect(0, row * step, wide, high)
            painter.drawText(QPointF(self._halo + 1, row * step + rise), text)
        painter.end()
        cover = (pixels >> np.uint32(24)).astype(np.float32) * np.float32(1 / 255)
        sheet = _compose(cover, _halo(cover, self._halo), QColor(self._types[style].colour), self._ground)
        for row, (text, (wide, high)) in enumerate(zip(texts, sizes, strict=True)):
            self._sprites[text, style] = sheet[row * step : row * step + high, :wide].copy()


def _halo(cover: npt.NDArray[np.float32], radius: int) -> npt.NDArray[np.float32]:
    """Return the cover grown by ``radius`` pixels, fading over the last one."""
    grown = np.zeros_like(cover)
    height, width = cover.shape
    for dy in range(-radius, radius + 1):
        for dx in range(-radius, radius + 1):
            strength = min(1.0, max(0.0, radius + 0.6 - (dx * dx + dy * dy) ** 0.5))
            if strength > 0:
                a = grown[max(0, dy) : height + min(0, dy), max(0, dx) : width + min(0, dx)]
                b = cover[max(0, -dy) : height + min(0, -dy), max(0, -dx) : width + min(0, -dx)]
                np.maximum(a, b * np.float32(strength), out=a)
    return grown


def _compose(cover: npt.NDArray[np.float32], halo: npt.NDArray[np.float32], colour: QColor, ground: QColor) -> U32:
    """Return text over its halo as premultiplied pixels."""
    under = halo * np.float32(0.85) * (1 - cover)
    alpha = np.minimum(cover + under, 1)

    def channel(text: int, back: int) -> U32:
        made: U32 = np.minimum(np.rint(cover * text + under * back), np.rint(alpha * 255)).astype(np.uint32)
        return made

    red = channel(colour.red(), ground.red())
    green = channel(colour.green(), ground.green())
    blue = channel(colour.blue(), ground.blue())
    full = np.rint(alpha * 255).astype(np.uint32)
    made: U32 = full << np.uint32(24) | red << np.uint32(16) | green << np.uint32(8) | blue
    return made


class Occupied:
    """Rectangles (x0, y0, x1, y1) already taken on a frame, by labels and by marks, in coarse bins."""

    BIN = 96

    def __init__(self, marks: Callable[[], Iterable[tuple[float, float, float]]] | None = None) -> None:
        self._labels: dict[tuple[int, int], list[Box]] = {}
        self._marks: dict[tuple[int, int], list[Box]] = {}
        self._asked = marks
        """What is to be blocked, once the first label asks: many frames have none."""

    def block(self, x: float, y: float, around: float) -> None:
        """Take a square around a pixel for a mark."""
        _put(self._marks, (x - around, y - around, x + around, y + around))

    def take(self, box: Box) -> None:
        """Take a rectangle for a label."""
        _put(self._labels, box)

    def free(self, box: Box, *, beside_marks: bool = True) -> bool:
        """Return whether no label, and unless it does not matter no mark, overlaps a rectangle."""
        self._ask()
        return not _meets(self._labels, box) and not (beside_marks and _meets(self._marks, box))

    def _ask(self) -> None:
        asked, self._asked = self._asked, None
        for x, y, around in asked() if asked is not None else ():
            self.block(x, y, around)

    def copy(self) -> "Occupied":
        """Return what is taken now, to go on from."""
        self._ask()
        made = Occupied()
        made._labels = {cell: list(boxes) for cell, boxes in self._labels.items()}
        made._marks = {cell: list(boxes) for cell, boxes in self._marks.items()}
        return made


def _cells(box: Box) -> list[tuple[int, int]]:
    x0, y0, x1, y1 = (int(side // Occupied.BIN) for side in box)
    return [(i, j) for i in range(x0, x1 + 1) for j in range(y0, y1 + 1)]


def _put(bins: dict[tuple[int, int], list[Box]], box: Box) -> None:
    for cell in _cells(box):
        bins.setdefault(cell, []).append(box)


def _meets(bins: dict[tuple[int, int], list[Box]], box: Box) -> bool:
    x0, y0, x1, y1 = box
    return any(
        x0 < a1 and a0 < x1 and y0 < b1 and b0 < y1 for cell in _cells(box) for a0, b0, a1, b1 in bins.get(cell, ())
    )


def draw_labels(
    raster: Raster, frame: Frame, area: Area, atlas: LabelAtlas, labels: Iterable[Label], taken: Occupied
) -> None:
    """Draw the labels that find room."""
    for _, sprite, x, y in place_labels(area, atlas, labels, taken):
        raster.blit(frame, sprite, x, y)


def place_labels(
    area: Area, atlas: LabelAtlas, labels: Iterable[Label], taken: Occupied
) -> list[tuple[LabelStyle, U32, int, int]]:
    """Return style and sprite of the labels that find room and where they go, the most important first.

    Names of divisions may lie on marks if they must. A label whose sprite is not made yet is left out.
    """
    placed: list[tuple[Label, Box]] = []
    for label in sorted(labels, key=lambda wanted: wanted.priority):
        px, py = area.to_pixel(label.x, label.y)
        width, height = atlas.size(label.text, label.style)
        if not (-width < px < area.width + width and -height < py < area.height + height):
            continue
        boxes = [(x, y, x + width, y + height) for x, y in _spots(label, px, py, width, height, area.ratio)]
        box = next((b for b in boxes if taken.free(b)), None)
        if box is None and label.style in FIRM:
            box = next((b for b in boxes if taken.free(b, beside_marks=False)), None)
        if box is None:
            continue
        taken.take(box)
        placed.append((label, box))
    sprites = atlas.sprites([(label.text, label.style) for label, _ in placed])
    return [
        (label.style, sprite, round(box[0]), round(box[1]))
        for (label, box), sprite in zip(placed, sprites, strict=True)
        if sprite is not None
    ]


def _spots(
    label: Label, px: float, py: float, width: int, height: int, ratio: float
) -> tuple[tuple[float, float], ...]:
    """Return the corners a label may have, the best first."""
    away = label.beside * ratio
    if away:
        return (px + away, py - height / 2), (px - away - width, py - height / 2), (px - width / 2, py + away)
    middle = px - width / 2, py - height / 2
    if label.style not in (LabelStyle.PLACE, LabelStyle.GRID, *FIRM):
        return (middle,)
    shift = max(18 * ratio, height / 2 + 10 * ratio)  # clear of a mark, however tall the face is
    return middle, (middle[0], middle[1] + shift), (middle[0], middle[1] - shift)
