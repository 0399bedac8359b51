"""Labels: text with a halo, rendered once and kept, and which of them find room."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import msgspec
import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QImage, QPainter

from layers.colours import mix
from layers.contract import Area, Label, LabelStyle, Look
from layers.fading import FULL, fainter
from layers.raster.contract import F64, I32, U32, Frame, Pictures, Raster, Taken, Wanted, no_pictures
from resources.theme import Theme

FIRM = frozenset({LabelStyle.TOWN, LabelStyle.DIVISION, LabelStyle.CHOSEN})
"""Styles that may lie on marks where there is no other place."""

KEPT = 4000
"""Pictures kept; when there are more, those made longest ago go."""
SHIFTED = frozenset({LabelStyle.PLACE, LabelStyle.GRID, LabelStyle.TOWN, LabelStyle.DIVISION})
"""Styles that may stand below or above their place."""
MEASURED_KEPT = 8
NEW_A_FRAME = 60
"""Sprites made in one frame at most; the others follow in the next."""
SHEET = 8
"""Sprites of one style made together at most: numpy asks its price by the call, the cache by the pixel."""
HALO_PX = 2
WIDEST_PX = 280
"""A label is shortened beyond so many logical pixels: a name of a hundred letters covered half the map."""


Written = tuple[str, LabelStyle, int]
"""What tells one picture from another: text, style, and hundredths of its strength."""


class LabelType(msgspec.Struct, frozen=True):
    """Size in logical pixels, weight, letter spacing (logical px) and colour of a style."""

    size: float
    weight: QFont.Weight
    spacing: float
    colour: str


def label_types(theme: Theme) -> dict[LabelStyle, LabelType]:
    """Return how each style is set."""
    plain, firm = QFont.Weight.Normal, QFont.Weight.Medium
    soft = mix(theme.text, theme.text_second, 0.55)
    return {
        LabelStyle.TOWN: LabelType(18, firm, 2, theme.text),
        LabelStyle.DIVISION: LabelType(15.5, firm, 0.5, theme.text),
        LabelStyle.PLACE: LabelType(12.5, plain, 0, soft),
        LabelStyle.WATER: LabelType(14, plain, 5, mix(theme.map_water, theme.accent, 0.55)),
        LabelStyle.ROAD: LabelType(12, plain, 0, theme.map_label),
        LabelStyle.GRID: LabelType(12, plain, 0, theme.map_label),
        LabelStyle.THING: LabelType(12.5, firm, 0, theme.text),
        LabelStyle.CHOSEN: LabelType(12.5, firm, 0, theme.text),
        LabelStyle.STALE: LabelType(12, plain, 0, theme.text_second),
    }


class LabelAtlas:
    """Sprites of labels for one look and device pixel ratio, made when first wanted. UI thread."""

    def __init__(self, look: Look, ratio: float) -> None:
        self._types = label_types(look.theme)
        self.ratio = ratio
        self._ground = QColor(look.theme.map_ground)
        self._fonts = {style: self._font(kind, look.family) for style, kind in self._types.items()}
        self._metrics = {style: QFontMetricsF(font) for style, font in self._fonts.items()}
        self._sizes: dict[tuple[str, LabelStyle], tuple[int, int]] = {}
        self._starts: dict[Written, int] = {}
        self.book: U32 = np.empty(1 << 16, np.uint32)
        """The pictures, one after the other; replaced when it grows."""
        self._used = 0
        self._measured: dict[int, tuple[Sequence[Label], F64, int]] = {}
        self._edition = 0
        """Grows when a picture was made or has gone."""
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
                round(metrics.horizontalAdvance(self._fitted(text, style))) + 2 * self._halo + 2,
                round(metrics.height()) + 2 * self._halo,
            )
            if len(self._sizes) > 4 * KEPT:
                self._sizes.clear()
            self._sizes[key] = found
        return found

    def sprite(self, text: str, style: LabelStyle) -> U32 | None:
        """Return the picture of a label, or None where this frame's budget is spent."""
        return self.sprites([(text, style, FULL)])[0]

    def sprites(self, wanted: Sequence[Written]) -> list[U32 | None]:
        """Return the pictures of labels as ``sprite`` does; those that are missing are made together."""
        found: list[U32 | None] = []
        for (text, style, _), start in zip(wanted, self.starts(wanted).tolist(), strict=True):
            wide, high = self.size(text, style)
            found.append(self.book[start : start + wide * high].reshape(high, wide) if start >= 0 else None)
        return found

    def starts(self, wanted: Sequence[Written]) -> I32:
        """Return where in the book the pictures of labels start, -1 for those this frame's budget leaves out."""
        missing = list(dict.fromkeys(key for key in wanted if key not in self._starts))
        made, left = missing[: max(0, self._budget)], missing[max(0, self._budget) :]
        self._budget -= len(made)
        self.wanting = self.wanting or bool(left)
        for style, strength in dict.fromkeys((style, strength) for _, style, strength in made):
            texts = [text for text, *of in made if of == [style, strength]]
            for start in range(0, len(texts), SHEET):
                self._make(texts[start : start + SHEET], style, strength)
        found = np.array([self._starts.get(key, -1) for key in wanted], np.int32)
        if len(self._starts) > KEPT:
            self._forget_oldest(set(wanted))
            found = np.array([self._starts.get(key, -1) for key in wanted], np.int32)
        return found

    def measured(self, labels: Sequence[Label]) -> F64:
        """Return what placing needs of labels, a row each: x, y, priority, width, height, away, shift, firm, start.

        ``start`` is where the picture starts in the book, -1 where there is none yet. A tuple is measured once: layers
        that hand out the same one again are placed sooner.
        """
        kept = self._measured.get(id(labels))
        if kept is None or kept[0] is not labels:
            rows = np.empty((9, len(labels)))
            for i, label in enumerate(labels):
                wide, high = self.size(label.text, label.style)
                shift = max(18 * self.ratio, high / 2 + 10 * self.ratio)  # clear of a mark, however tall the face is
                may = label.style in SHIFTED and not label.beside
                rows[:8, i] = (label.x, label.y, label.priority, wide, high, label.beside * self.ratio,
                               shift if may else 0.0, label.style in FIRM)  # fmt: skip
        elif kept[2] == self._edition:
            return kept[1]
        else:
            rows = kept[1]
        rows[8] = [self._starts.get((label.text, label.style, label.strength), -1) for label in labels]
        if isinstance(labels, tuple):
            if len(self._measured) >= MEASURED_KEPT and id(labels) not in self._measured:
                self._measured.clear()
            self._measured[id(labels)] = labels, rows, self._edition
        return rows

    def _keep(self, key: Written, picture: U32) -> None:
        """Write a picture into the book."""
        if self._used + picture.size > len(self.book):
            grown = np.empty(max(2 * len(self.book), self._used + picture.size), np.uint32)
            grown[: self._used] = self.book[: self._used]
            self.book = grown
        self.book[self._used : self._used + picture.size] = picture.ravel()
        self._starts[key] = self._used
        self._used += picture.size
        self._edition += 1

    def _forget_oldest(self, needed: set[Written]) -> None:
        """Drop the older half of the pictures, but for those needed now."""
        keys = list(self._starts)
        kept = [key for i, key in enumerate(keys) if 2 * i >= len(keys) or key in needed]
        pictures = [sprite.copy() for sprite in (self._picture(key) for key in kept)]
        self._starts, self._used, self.book = {}, 0, np.empty(len(self.book), np.uint32)
        for key, picture in zip(kept, pictures, strict=True):
            self._keep(key, picture)

    def _picture(self, key: Written) -> U32:
        wide, high = self.size(*key[:2])
        start = self._starts[key]
        return self.book[start : start + wide * high].reshape(high, wide)

    @property
    def _halo(self) -> int:
        return max(1, round(HALO_PX * self.ratio))

    def _fitted(self, text: str, style: LabelStyle) -> str:
        """Return a text as it is written: with an ellipsis where it is too long."""
        return self._metrics[style].elidedText(text, Qt.TextElideMode.ElideRight, WIDEST_PX * self.ratio)

    def _font(self, kind: LabelType, family: str) -> QFont:
        font = QFont(family) if family else QFont()
        font.setPixelSize(max(1, round(kind.size * self.ratio)))
        font.setWeight(kind.weight)
        font.setLetterSpacing(QFont.SpacingType.AbsoluteSpacing, kind.spacing * self.ratio)
        return font

    def _make(self, texts: Sequence[str], style: LabelStyle, strength: int) -> None:
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
            painter.drawText(QPointF(self._halo + 1, row * step + rise), self._fitted(text, style))
        painter.end()
        cover = (pixels >> np.uint32(24)).astype(np.float32) * np.float32(1 / 255)
        sheet = _compose(cover, _halo(cover, self._halo), QColor(self._types[style].colour), self._ground)
        if strength < FULL:
            sheet = fainter(sheet, strength)
        for row, (text, (wide, high)) in enumerate(zip(texts, sizes, strict=True)):
            self._keep((text, style, strength), sheet[row * step : row * step + high, :wide])


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
    """Boxes already taken on a frame, by labels and by marks (each told by its middle and how far around)."""

    def __init__(self, marks: Callable[[], Sequence[F64]] | None = None) -> None:
        self._labels: list[F64] = []
        self._marks: list[F64] = []
        self._asked = marks
        """What is to be blocked (count, 3 each), once the first label asks: many frames have none."""

    def block(self, x: float, y: float, around: float) -> None:
        """Take a square around a pixel for a mark."""
        self._marks.append(np.array([[x - around, y - around, x + around, y + around]]))

    def take(self, boxes: F64) -> None:
        """Take boxes (count, 4) for labels."""
        self._labels.append(boxes)

    def taken(self) -> Taken:
        """Return all that is taken."""
        asked, self._asked = self._asked, None
        squares = np.concatenate([np.empty((0, 3)), *(asked() if asked is not None else ())])
        if len(squares):
            self._marks.append(np.column_stack([squares[:, :2] - squares[:, 2:], squares[:, :2] + squares[:, 2:]]))
        marks, labels = (np.concatenate([np.empty((0, 4)), *boxes]) for boxes in (self._marks, self._labels))
        return Taken(np.concatenate([marks, labels]), np.arange(len(marks) + len(labels)) < len(marks))

    def copy(self) -> "Occupied":
        """Return what is taken now, to go on from."""
        made = Occupied()
        taken = self.taken()
        made._marks = [taken.boxes[taken.is_mark]]
        made._labels = [taken.boxes[~taken.is_mark]]
        return made


class Placed(NamedTuple):
    """Labels that found room and whose pictures are made: the pictures, and which of them are ``firm``."""

    pictures: Pictures
    firm: npt.NDArray[np.bool_]

    def only(self, which: npt.NDArray[np.bool_]) -> Pictures:
        """Return some of the pictures."""
        return Pictures(self.pictures.book, *(column[which] for column in self.pictures[1:]))


def draw_labels(
    raster: Raster, frame: Frame, area: Area, atlas: LabelAtlas, labels: Sequence[Label], taken: Occupied
) -> None:
    """Draw the labels that find room."""
    raster.lay_pictures(frame, place_labels(raster, area, atlas, [labels], taken).pictures)


def place_labels(
    raster: Raster, area: Area, atlas: LabelAtlas, labels: Sequence[Sequence[Label]], taken: Occupied
) -> Placed:
    """Return the labels of several layers that find room and where they go, the most important first.

    Names of divisions may lie on marks if they must. A label whose picture is not made yet is left out.
    """
    measured = [atlas.measured(some) for some in labels if some]
    if not measured:
        return Placed(no_pictures(), np.empty(0, bool))
    xs, ys, priority, wide, high, away, shift, firm, begin = (
        np.concatenate(column) for column in zip(*measured, strict=True)
    )
    order = np.argsort(priority, kind="stable")
    xs, ys, wide, high, firm = xs[order], ys[order], wide[order], high[order], firm[order] > 0
    px, py = (xs - area.left) / area.scale, (area.top - ys) / area.scale
    wanted = Wanted(px, py, wide, high, away[order], shift[order], firm)
    corners = raster.seated(wanted, taken.taken(), area.width, area.height)
    seated = np.flatnonzero(~np.isnan(corners[:, 0]))
    left, top = corners[seated].T
    taken.take(np.column_stack([left, top, left + wide[seated], top + high[seated]]))
    starts = begin[order[seated]].astype(np.int32)
    if (starts < 0).any():
        listed = [label for some in labels for label in some]
        shown = (listed[i] for i in order[seated].tolist())
        starts = atlas.starts([(label.text, label.style, label.strength) for label in shown])
    made = starts >= 0
    sizes = wide[seated][made].astype(np.int32), high[seated][made].astype(np.int32)
    places = np.rint(left[made]).astype(np.int32), np.rint(top[made]).astype(np.int32)
    return Placed(Pictures(atlas.book, starts[made], *sizes, *places), firm[seated][made])
