"""Drawing of a raster base map: the tiles of the level that is sharp enough, coarser ones until those are in."""

from collections.abc import Callable, Hashable, Sequence

import numpy as np
from PySide6.QtCore import QRect
from PySide6.QtGui import QPainter

from layers.contract import Area, LayerItem, Look
from layers.options import Group, Style
from layers.raster.blit import EIGHT, blit
from layers.raster.contract import U32, Frame, Raster
from layers.raster.qt import as_image, as_sheet
from layers.tiles.matrix import TileId, level_for, plane_bounds, strips, tiles_over
from layers.tiles.model import Picture, TilesModel

TONE = Style("tone", ("natural", "dimmed", "grey"), "natural")
COARSER = 4
"""Levels above the right one that are looked through for what is not in yet."""
DIM = 140
"""How much of the light is left of a dimmed picture, of 256."""
KEY_PREFIX = "tiles:"


class TilesItem(LayerItem):
    """One raster base map."""

    group = Group.BASE

    def __init__(self, model: TilesModel, look: Look) -> None:
        super().__init__(look)
        self._model = model
        self.key = KEY_PREFIX + model.ident

    def title(self) -> str:
        """See ``LayerItem``: the name it was given."""
        return self._model.name

    def styles(self) -> Sequence[Style]:
        """See ``LayerItem``."""
        words = self.look.words
        return (Style(TONE.name, TONE.values, TONE.default, tuple(words(f"base_map.tone.{v}") for v in TONE.values)),)

    def subscribe(self, callback: Callable[[], None]) -> Callable[[], None]:
        """See ``LayerItem``."""
        return self._model.subscribe(callback)

    def static_state(self) -> Hashable:
        """See ``LayerItem``: tiles that come in spoil their own place alone."""
        return id(self._model.grid), self.options.style(TONE)

    def spoilt(self) -> Sequence[tuple[float, float, float, float]]:
        """See ``LayerItem``."""
        return self._model.take_spoilt()

    def bounds(self) -> tuple[float, float, float, float] | None:
        """See ``LayerItem``: what the source covers, once there is something of it."""
        return plane_bounds(self._model.grid) if self._model.tiles else None

    def note(self) -> tuple[str, bool]:
        """See ``LayerItem``."""
        return self._model.notice

    def remark(self) -> str:
        """See ``LayerItem``."""
        return self._model.remark

    def draw_tile(self, raster: Raster, frame: Frame, area: Area) -> None:
        """See ``LayerItem``."""
        chosen = self._chosen(area)
        if not chosen:
            return
        tone = self.options.style(TONE)
        if tone == TONE.default:
            self._paint(frame, area, chosen, opaque=True)
            return
        blit(frame, self._sheet(area, chosen, tone), 0, 0)

    def sheet(self, area: Area) -> U32:
        """Return what of the base map is there as a picture of its own, premultiplied. Any thread."""
        return self._sheet(area, self._chosen(area), self.options.style(TONE))

    def _sheet(self, area: Area, chosen: Sequence[tuple[TileId, Picture]], tone: str) -> U32:
        sheet: U32 = np.zeros((area.height, area.width), np.uint32)
        self._paint(sheet, area, chosen, opaque=False)
        return sheet if tone == TONE.default else _toned(sheet, tone)

    def _chosen(self, area: Area) -> list[tuple[TileId, Picture]]:
        """Return the pictures to be painted, the coarse ones first."""
        grid, tiles = self._model.grid, self._model.tiles
        if not tiles or not grid.levels:
            return []
        right = level_for(grid, area.scale)
        wanted = tiles_over(grid, right, area.bounds(1))
        found = [(tile, tiles[tile]) for tile in wanted if tile in tiles]
        for level in range(right - 1, max(-1, right - 1 - COARSER), -1):
            if len(found) >= len(wanted):
                break
            coarse = [(t, tiles[t]) for t in tiles_over(grid, level, area.bounds(1)) if t in tiles]
            found = coarse + found
        return found

    def _paint(self, frame: Frame, area: Area, chosen: Sequence[tuple[TileId, Picture]], *, opaque: bool) -> None:
        device = as_image(frame) if opaque else as_sheet(frame)  # named: a painter does not keep its device alive
        painter = QPainter(device)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        for tile, picture in chosen:
            image = as_sheet(picture)
            height = picture.shape[0]
            for (x0, y0, x1, y1), first, last in strips(self._model.grid, tile):
                left, top = area.to_pixel(x0, y1)
                right, bottom = area.to_pixel(x1, y0)
                if right < 0 or bottom < 0 or left > area.width or top > area.height:
                    continue
                # whole pixels: two neighbours meet without a seam
                target = QRect(round(left), round(top), round(right) - round(left), round(bottom) - round(top))
                source = QRect(0, round(first * height), picture.shape[1], round(last * height) - round(first * height))
                painter.drawImage(target, image, source)
        painter.end()


def _toned(sheet: U32, tone: str) -> U32:
    """Return premultiplied pixels dimmed or without colour (ITU-R BT.601 luma)."""
    alpha: U32 = sheet & np.uint32(0xFF000000)
    red, green, blue = (sheet >> np.uint32(shift) & np.uint32(255) for shift in (16, 8, 0))
    if tone == "grey":
        red = green = blue = (red * np.uint32(77) + green * np.uint32(150) + blue * np.uint32(29)) >> EIGHT
    else:
        red, green, blue = (channel * np.uint32(DIM) >> EIGHT for channel in (red, green, blue))
    toned: U32 = alpha | red << np.uint32(16) | green << EIGHT | blue
    return toned
