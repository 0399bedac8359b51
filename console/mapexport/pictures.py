"""What a page shows as pictures: the heat of cases and raster base maps, each drawn by what draws it on the screen.

A picture covers what is exported at the scale of the screen, or coarser where that would be too much for a page. Of a
base map there is what is on this computer: nothing is fetched for a file, and what is wanting is told.
"""

from collections.abc import Iterable, Sequence
from io import BytesIO
from math import ceil, floor, sqrt
from typing import TYPE_CHECKING

import msgspec
import numpy as np
from PySide6.QtGui import QImage

from console.mapexport.shown import ShownLayer
from domain.faults import invalid
from layers.camera import Bounds
from layers.contract import Area, LayerItem, Look
from layers.heat.item import HeatItem
from layers.mercator import to_degrees
from layers.raster.contract import U32
from layers.raster.qt import QtRaster, as_sheet
from layers.registry import make_item
from resources.words import Words

if TYPE_CHECKING:
    from console.desk import Desk
    from console.tilesource.kept import KeptTiles

MOST_PIXELS, HEAT_PIXELS = 6_000_000, 2_000_000
"""Pixels of the picture of a base map, and of heat, which is smooth."""
MEGABYTE, MOST_MEGABYTES = 2**20, 24
"""How large all pictures of a page may be together: more cannot be sent by post, and browsers grow slow."""
QUALITY = 85
MARGIN = 0.04
"""Share of a whole town that is shown around it."""
TILES = "tiles:"


class PagePicture(msgspec.Struct, frozen=True):
    """A picture on a page: of which layer, its bounds (west, south, east, north, degrees), a file of it and its type.

    ``ground`` says whether it is a base map.
    """

    layer: str
    bounds: tuple[float, float, float, float]
    content: bytes
    kind: str
    ground: bool = False


class Drawn(msgspec.Struct, frozen=True):
    """The pictures of a page, and what it says of base maps: which there are, and what of them is wanting."""

    pictures: tuple[PagePicture, ...] = ()
    said: tuple[str, ...] = ()


class Subject(msgspec.Struct, frozen=True):
    """What a picture is to be made of: a twin of a layer that another thread may ask, or the tiles of a base map."""

    twin: LayerItem
    tiles: "KeptTiles | None" = None


class Canvas(msgspec.Struct, frozen=True):
    """What is exported: bounds on the plane; plane metres a pixel of the screen, and its pixels a logical one."""

    bounds: Bounds
    scale: float
    ratio: float


def canvas_of(desk: "Desk", *, whole: bool) -> Canvas:
    """Return what is exported at the scale the map is looked at. UI thread."""
    view = desk.panels.map
    ratio = view.devicePixelRatioF()
    x0, y0, x1, y1 = (view.all_bounds() if whole else None) or view.camera.bounds()
    more = MARGIN * max(x1 - x0, y1 - y0) if whole else 0.0
    return Canvas((x0 - more, y0 - more, x1 + more, y1 + more), view.camera.scale / ratio, ratio)


def subjects(desk: "Desk", shown: Iterable[ShownLayer], look: Look) -> list[Subject]:
    """Return what of these layers becomes pictures. UI thread."""
    found = []
    for item, model in shown:
        tiles = desk.base_maps.feed.kept(item.key) if item.key.startswith(TILES) else None
        if tiles is not None or isinstance(item, HeatItem):
            twin = make_item(model, look)
            twin.choose(item.options)
            found.append(Subject(twin, tiles))
    return found


def draw_pictures(of: Sequence[Subject], canvas: Canvas, words: Words) -> Drawn:
    """Draw those that show anything there. Worker thread.

    Raises ``Fault('map_export_pictures_too_large')``.
    """
    pictures: list[PagePicture] = []
    said: list[str] = []
    for one in of:
        picture = _heat(one.twin, canvas) if one.tiles is None else _base_map(one.twin, one.tiles, canvas, words, said)
        if picture is not None:
            pictures.append(picture)
    size = sum(len(picture.content) for picture in pictures)
    if size > MOST_MEGABYTES * MEGABYTE:
        raise invalid("map_export_pictures_too_large", size=ceil(size / MEGABYTE), limit=MOST_MEGABYTES)
    return Drawn(tuple(pictures), tuple(said))


def _heat(twin: LayerItem, canvas: Canvas) -> PagePicture | None:
    area = _area(canvas, canvas.bounds, HEAT_PIXELS)
    frame: U32 = np.zeros((area.height, area.width), np.uint32)
    twin.draw_tile(QtRaster(), frame, area)
    rows, columns = np.flatnonzero(frame.any(axis=1)), np.flatnonzero(frame.any(axis=0))
    if not len(rows):
        return None
    top, bottom, left, right = int(rows[0]), int(rows[-1]) + 1, int(columns[0]), int(columns[-1]) + 1
    part = Area(area.left + left * area.scale, area.top - top * area.scale, area.scale, right - left, bottom - top)
    seen = np.ascontiguousarray(frame[top:bottom, left:right])
    return PagePicture(twin.key, _degrees(part), *_encoded(seen))


def _base_map(twin: LayerItem, tiles: "KeptTiles", canvas: Canvas, words: Words, said: list[str]) -> PagePicture | None:
    from layers.tiles.item import TilesItem  # noqa: PLC0415 - nobody pays who has no base map
    from layers.tiles.matrix import plane_bounds  # noqa: PLC0415
    from layers.tiles.model import TilesModel  # noqa: PLC0415

    source, (west, south, east, north), (x0, y0, x1, y1) = tiles.source, plane_bounds(tiles.grid), canvas.bounds
    box = max(west, x0), max(south, y0), min(east, x1), min(north, y1)
    none = words("map_export.base_map_none", name=source.name)
    if box[0] >= box[2] or box[1] >= box[3]:
        said.append(none)
        return None
    area = _area(canvas, box, MOST_PIXELS)
    pieces, wanting, whole = tiles.over(area.bounds(), area.scale)
    model = TilesModel(source.ident, source.name, tiles.grid)
    model.put(pieces, pieces)
    item = TilesItem(model, twin.look)
    item.choose(twin.options)
    sheet = item.sheet(area)
    if not sheet.any():
        said.append(none)
        return None
    parts = (source.attribution if source.attribution != source.name else "", words(f"base_map.kind.{source.kind}"))
    said.append(words("map_export.base_map", name=source.name, source=" · ".join(part for part in parts if part)))
    if wanting:
        said.append(words("map_export.base_map_wanting", name=source.name, wanting=wanting, whole=whole))
    if area.scale > canvas.scale * 1.01:
        times = f"{area.scale / canvas.scale:.1f}"
        said.append(words("map_export.base_map_coarser", name=source.name, times=times))
    return PagePicture(item.key, _degrees(area), *_encoded(sheet), ground=True)


def _area(canvas: Canvas, bounds: Bounds, most: int) -> Area:
    """Return the pixels of bounds at the screen's scale, or coarser; details are those of the screen's scale."""
    x0, y0, x1, y1 = bounds
    coarser = max(1.0, sqrt((x1 - x0) * (y1 - y0) / canvas.scale**2 / most))
    scale = canvas.scale * coarser
    left, top = floor(x0 / scale), ceil(y1 / scale)
    width, height = max(1, ceil(x1 / scale) - left), max(1, top - floor(y0 / scale))
    return Area(left * scale, top * scale, scale, width, height, canvas.ratio / coarser)


def _degrees(area: Area) -> tuple[float, float, float, float]:
    x0, y0, x1, y1 = area.bounds()
    return (*to_degrees(x0, y0), *to_degrees(x1, y1))


def _encoded(premultiplied: U32) -> tuple[bytes, str]:
    """Return a picture as a file, and its type: what hides the ground as JPEG, else a form that lets it through."""
    from PIL import Image  # noqa: PLC0415 - only an export needs it

    image = as_sheet(premultiplied).convertToFormat(QImage.Format.Format_RGBA8888)
    size = image.width(), image.height()
    picture = Image.frombuffer("RGBA", size, bytes(image.constBits()), "raw", "RGBA", image.bytesPerLine(), 1)
    out = BytesIO()
    if int(premultiplied.min()) >> 24 == 255:
        picture.convert("RGB").save(out, "JPEG", quality=QUALITY)
        return out.getvalue(), "image/jpeg"
    picture.save(out, "WEBP", quality=QUALITY)
    return out.getvalue(), "image/webp"
