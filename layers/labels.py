"""Labels: text with a halo, rendered once and kept, and which of them find room."""

from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QPointF
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QImage, QPainter

from layers.colours import mix
from layers.contract import Area, Label, LabelStyle, Look
from layers.raster.contract import U32, Frame, Raster
from resources.theme import Theme

KEPT = 4000
NEW_A_FRAME = 60
"""Sprites made in one frame at most (some 0.15 ms each); the others follow in the next."""
HALO_PX = 2


@dataclass(frozen=True)
class _Type:
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
        key = (text, style)
        found = self._sprites.get(key)
        if found is not None:
            self._sprites.move_to_end(key)
            return found
        if self._budget <= 0:
            self.wanting = True
            return None
        self._budget -= 1
        made = self._render(text, style)
        self._sprites[key] = made
        if len(self._sprites) > KEPT:
            self._sprites.popitem(last=False)
        return made

    @property
    def _halo(self) -> int:
        return max(1, round(HALO_PX * self.ratio))

    def _font(self, kind: _Type, family: str) -> QFont:
        font = QFont(family) if family else QFont()
        font.setPixelSize(max(1, round(kind.size * self.ratio)))
        font.setWeight(kind.weight)
        font.setLetterSpacing(QFont.SpacingType.AbsoluteSpacing, kind.spacing * self.ratio)
        return font

    def _render(self, text: str, style: LabelStyle) -> U32:
        width, height = self.size(text, style)
        pixels = np.zeros((height, width), np.uint32)
        image = QImage(pixels.data, width, height, width * 4, QImage.Format.Format_ARGB32_Premultiplied)
        painter = QPainter(image)
        painter.setFont(self._fonts[style])
        painter.setPen(QColor(255, 255, 255))
        painter.drawText(QPointF(self._halo + 1, self._halo + self._metrics[style].ascent()), text)
        painter.end()
        cover = (pixels >> np.uint32(24)).astype(np.float32) * np.float32(1 / 255)
        return _compose(cover, _halo(cover, self._halo), QColor(self._types[style].colour), self._ground)


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
    """Rectangles already taken on a frame, by coarse bins."""

    BIN = 96

    def __init__(self) -> None:
        self._bins: dict[tuple[int, int], list[tuple[float, float, float, float]]] = {}

    def block(self, x: float, y: float, around: float) -> None:
        """Take a square around a pixel, whatever lies there."""
        self._put((x - around, y - around, x + around, y + around))

    def take(self, x0: float, y0: float, x1: float, y1: float) -> bool:
        """Take a rectangle if nothing overlaps it; return whether it was free."""
        for cell in self._cells(x0, y0, x1, y1):
            for a0, b0, a1, b1 in self._bins.get(cell, ()):
                if x0 < a1 and a0 < x1 and y0 < b1 and b0 < y1:
                    return False
        self._put((x0, y0, x1, y1))
        return True

    def copy(self) -> "Occupied":
        """Return what is taken now, to go on from."""
        made = Occupied()
        made._bins = {cell: list(boxes) for cell, boxes in self._bins.items()}
        return made

    def _put(self, box: tuple[float, float, float, float]) -> None:
        for cell in self._cells(*box):
            self._bins.setdefault(cell, []).append(box)

    def _cells(self, x0: float, y0: float, x1: float, y1: float) -> list[tuple[int, int]]:
        columns = range(int(x0 // self.BIN), int(x1 // self.BIN) + 1)
        rows = range(int(y0 // self.BIN), int(y1 // self.BIN) + 1)
        return [(i, j) for i in columns for j in rows]


def draw_labels(
    raster: Raster, frame: Frame, area: Area, atlas: LabelAtlas, labels: Iterable[Label], taken: Occupied
) -> None:
    """Draw the labels that find room, the most important first."""
    for label in sorted(labels, key=lambda wanted: wanted.priority):
        px, py = area.to_pixel(label.x, label.y)
        width, height = atlas.size(label.text, label.style)
        for left, top in _spots(label, px, py, width, height, area.ratio):
            if left > area.width or top > area.height or left + width < 0 or top + height < 0:
                break
            if taken.take(left, top, left + width, top + height):
                sprite = atlas.sprite(label.text, label.style)
                if sprite is not None:
                    raster.blit(frame, sprite, round(left), round(top))
                break


def _spots(
    label: Label, px: float, py: float, width: int, height: int, ratio: float
) -> tuple[tuple[float, float], ...]:
    """Return the corners a label may have, the best first."""
    away = label.beside * ratio
    if away:
        return (px + away, py - height / 2), (px - away - width, py - height / 2), (px - width / 2, py + away)
    middle = px - width / 2, py - height / 2
    if label.style not in (LabelStyle.PLACE, LabelStyle.GRID, LabelStyle.DIVISION):
        return (middle,)
    shift = 18 * ratio
    return middle, (middle[0], middle[1] + shift), (middle[0], middle[1] - shift)
