"""Drawing of the heat of cases: a smooth tint that grows in strength, with a line at each step of the legend."""

from collections.abc import Callable, Hashable, Sequence
from math import floor, log10
from time import monotonic

import numpy as np

from layers.colours import mix
from layers.contract import Area, LayerItem, LegendRow, Look, Tells
from layers.heat.model import SETS, WIDTHS_M, HeatModel, Surface, sampled
from layers.legend_signs import HEAT_SHARES, heat_alpha, heat_colour
from layers.options import Group, LayerOptions, Style
from layers.raster.contract import U32, Frame, Raster
from resources.theme import Theme

WIDTH = Style("width", tuple(WIDTHS_M), "middle")
OF = Style("of", SETS, "open")
ROUND = (1.0, 1.2, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0, 8.0, 10.0)
"""What a density at which a class begins is a multiple of ten of."""
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

    @property
    def tells(self) -> Tells:
        """See ``LayerItem``."""
        return Tells.THEN

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
        begins = np.array(densities(surface.most), np.float32) / surface.most
        steps = np.searchsorted(begins, shares, side="right")
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
            LegendRow(f"heat.{step}", words("map.legend.heat", n=f"{density:g}"))
            for step, density in reversed(list(enumerate(densities(surface.most))))
        ]

    def note(self) -> tuple[str, bool]:
        """See ``LayerItem``: how far a case is spread."""
        return self.look.words(f"map.style.heat.width.{self.options.style(WIDTH)}"), False

    def _surface(self, area: Area) -> Surface | None:
        width = WIDTHS_M[self.options.style(WIDTH)]
        return self._model.surface(self.options.style(OF), width, area.ground())


def densities(most: float) -> list[float]:
    """Return the densities at which a class begins and a line is drawn: round ones near ``HEAT_SHARES`` of the highest.

    Round figures lie closer together than those shares, so that each class has its own.
    """
    found = []
    for share in HEAT_SHARES:
        ten = 10.0 ** floor(log10(most * share))
        found.append(ten * min(ROUND, key=lambda figure: abs(log10(figure * ten / (most * share)))))
    return found


def tones(theme: Theme) -> tuple[U32, U32]:
    """Return premultiplied colours by share, for areas and for the lines between them; the first of each is nothing."""
    fills, lines = np.zeros(TONES, np.uint32), np.zeros(TONES, np.uint32)
    for i in range(1, TONES):
        share = i / (TONES - 1)
        colour = heat_colour(theme, share)
        fills[i] = _premultiplied(colour, heat_alpha(share))
        lines[i] = _premultiplied(mix(colour, theme.text, 0.35), 230)
    return fills, lines


def _premultiplied(colour: str, alpha: int) -> int:
    value = int(colour[1:], 16)
    channels = [round((value >> shift & 255) * alpha / 255) for shift in (16, 8, 0)]
    return alpha << 24 | channels[0] << 16 | channels[1] << 8 | channels[2]
