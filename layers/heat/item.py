"""Drawing of the heat of cases: a smooth tint that grows in strength, with a line at each step of the legend."""

from collections.abc import Callable, Hashable, Sequence
from time import monotonic

import numpy as np

from layers.colours import mix
from layers.contract import Area, LayerItem, LegendRow, Look
from layers.heat.model import SETS, WIDTHS_M, HeatModel, Surface, sampled
from layers.legend_signs import HEAT_SHARES, heat_colour
from layers.options import Group, LayerOptions, Style
from layers.raster.contract import U32, Frame, Raster
from resources.theme import Theme

WIDTH = Style("width", tuple(WIDTHS_M), "middle")
OF = Style("of", SETS, "open")
STEPS = HEAT_SHARES
"""Shares of the highest density at which a class begins, and a line is drawn."""
LEAST_ALPHA, MOST_ALPHA = 40, 190
TONES = 256
ROOM = 1e-9


class HeatItem(LayerItem):
    """The heat of cases; off until somebody wants it."""

    key = "heat"
    group = Group.AREAS
    preset = LayerOptions(visible=False)

    def __init__(self, model: HeatModel, look: Look) -> None:
        super().__init__(look)
        self._model = model
        self._style = 0
        self._tones = tones(look.theme)
        self._last: Surface | None = None

    def subscribe(self, callback: Callable[[], None]) -> Callable[[], None]:
        """See ``LayerItem``."""
        return self._model.subscribe(callback)

    def styles(self) -> Sequence[Style]:
        """See ``LayerItem``."""
        return WIDTH, OF

    def static_state(self) -> Hashable:
        """See ``LayerItem``."""
        return self._model.revision, self._style, self.options.styles

    def restyle(self) -> None:
        """See ``LayerItem``."""
        self._style += 1
        self._tones = tones(self.look.theme)

    def bounds(self) -> tuple[float, float, float, float] | None:
        """See ``LayerItem``."""
        return self._model.bounds()

    def prepare(self) -> None:
        """See ``LayerItem``; only asked of a layer that is shown."""
        self._model.refresh(monotonic())

    def draw_tile(self, raster: Raster, frame: Frame, area: Area) -> None:
        """See ``LayerItem``."""
        surface = self._surface(area)
        if surface is None or surface.most <= ROOM:
            return
        self._last = surface
        # One column and row more on each side, so that lines meet over the edges of tiles
        xs = area.left + (np.arange(-1, area.width + 1, dtype=np.float64) + 0.5) * area.scale
        ys = area.top - (np.arange(-1, area.height + 1, dtype=np.float64) + 0.5) * area.scale
        shares = sampled(surface, xs, ys) / surface.most
        steps = np.searchsorted(np.array(STEPS, np.float32), shares, side="right")
        inner = steps[1:-1, 1:-1]
        edge = (inner > steps[1:-1, 2:]) | (inner > steps[1:-1, :-2]) | (inner > steps[2:, 1:-1])
        edge |= inner > steps[:-2, 1:-1]
        tone = np.where(inner > 0, np.clip(shares[1:-1, 1:-1] * (TONES - 1), 0, TONES - 1), 0).astype(np.intp)
        sprite = self._tones[0][tone]
        sprite[edge] = self._tones[1][tone[edge]]
        raster.blit(frame, sprite, 0, 0)

    def legend(self) -> Sequence[LegendRow]:
        """See ``LayerItem``: the classes, by cases to the square kilometre."""
        surface = self._last
        if surface is None or surface.most <= ROOM or not self.visible:
            return ()
        words = self.look.words
        return [
            LegendRow(f"heat.{i}", words("map.legend.heat", n=f"{surface.most * share:.3g}"))
            for i, share in reversed(list(enumerate(STEPS)))
        ]

    def note(self) -> tuple[str, bool]:
        """See ``LayerItem``: how far a case is spread."""
        return self.look.words(f"map.style.heat.width.{self.options.style(WIDTH)}"), False

    def _surface(self, area: Area) -> Surface | None:
        width = WIDTHS_M[self.options.style(WIDTH)]
        return self._model.surface(self.options.style(OF), width, area.ground())


def tones(theme: Theme) -> tuple[U32, U32]:
    """Return premultiplied colours by share, for areas and for the lines between them; the first of each is nothing."""
    fills, lines = np.zeros(TONES, np.uint32), np.zeros(TONES, np.uint32)
    for i in range(1, TONES):
        share = i / (TONES - 1)
        colour = heat_colour(theme, share)
        fills[i] = _premultiplied(colour, round(LEAST_ALPHA + (MOST_ALPHA - LEAST_ALPHA) * share))
        lines[i] = _premultiplied(mix(colour, theme.text, 0.35), 230)
    return fills, lines


def _premultiplied(colour: str, alpha: int) -> int:
    value = int(colour[1:], 16)
    channels = [round((value >> shift & 255) * alpha / 255) for shift in (16, 8, 0)]
    return alpha << 24 | channels[0] << 16 | channels[1] << 8 | channels[2]
