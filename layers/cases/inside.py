"""What is written inside the lamp of a case: a sign of its kind or channel, or how long it has been open."""

from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QFont, QPainter

from domain.clock import Lamp
from layers.cases.model import CaseMark
from layers.options import Style
from layers.raster.contract import U16, Sprites, make_sprites
from layers.symbols import CASE_SIZE, odd_side, render
from resources.theme import Theme

INSIDE = Style("inside", ("none", "kind", "channel", "age"), "none")
MOST_TEXTS = 200
HOUR_S, DAY_S = 3_600, 86_400
PLAIN = frozenset({Lamp.NONE, Lamp.PAUSED})
"""Lamps that are hollow or two bars: what is written there is not on their colour."""


def inside_text(mark: CaseMark, what: str, now_s: float) -> str:
    """Return what is written inside a case, at most three characters."""
    if what == "kind":
        return mark.signs[0]
    if what == "channel":
        return mark.signs[1]
    if what != "age" or not mark.opened_s:
        return ""
    age_s = max(0.0, now_s - mark.opened_s)
    if age_s < HOUR_S:
        return f"{int(age_s // 60)}'"
    if age_s < 2 * DAY_S:
        return f"{int(age_s // HOUR_S)}h"
    return f"{min(99, int(age_s // DAY_S))}d"


class InsideTexts:
    """Sprites of what is written inside cases, made when first wanted."""

    def __init__(self, theme: Theme, family: str, ratio: float) -> None:
        self._theme, self._family, self._ratio = theme, family, ratio
        self._codes: dict[tuple[str, bool, bool], int] = {}
        self._sprites: Sprites | None = None

    def codes(self, texts: Sequence[tuple[str, Lamp]]) -> U16:
        """Return the sprite of each text on its lamp; the first sprite shows nothing."""
        wanted = [(text, lamp in PLAIN, lamp is Lamp.NEAR) for text, lamp in texts]
        for key in wanted:
            if key[0] and key not in self._codes and len(self._codes) < MOST_TEXTS:
                self._codes[key] = len(self._codes) + 1
                self._sprites = None
        return np.array([self._codes.get(key, 0) for key in wanted], np.uint16)

    def sprites(self) -> Sprites:
        """Return the sprites the codes are of."""
        if self._sprites is None:
            side = odd_side(CASE_SIZE * 1.2, self._ratio)
            made = [np.zeros((side, side), np.uint32)]
            for text, plain, low in self._codes:

                def draw(painter: QPainter, text: str = text, plain: bool = plain, low: bool = low) -> None:
                    self._draw(painter, text, plain=plain, low=low)

                made.append(render(side, self._ratio, draw))
            self._sprites = make_sprites(np.stack(made))
        return self._sprites

    def _draw(self, painter: QPainter, text: str, *, plain: bool, low: bool) -> None:
        font = QFont(self._family) if self._family else QFont()
        font.setPixelSize(12 if len(text) == 1 else 10 if len(text) == 2 else 8)
        font.setBold(True)
        painter.setFont(font)
        painter.setPen(QColor(self._theme.text if plain else self._theme.on_accent))
        half = CASE_SIZE * 0.6
        drop = CASE_SIZE * 0.13 if low else 0.0
        painter.drawText(QRectF(-half, -half + drop, 2 * half, 2 * half), Qt.AlignmentFlag.AlignCenter, text)
