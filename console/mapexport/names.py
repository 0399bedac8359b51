"""The names the map writes, as a page in a browser shows them: each at the zooms at which the desk would show it.

The layers themselves are asked, zoom by zoom, so that no rule of theirs is told here a second time. Names that go with
what moves (people, vehicles) are not among them: on a page they are in what opens at a click.
"""

from collections.abc import Iterable, Mapping

import msgspec

from domain.wire_feed import ViewBox
from layers.contract import Area, Focus, LayerItem, Look
from layers.mercator import HALF_WORLD_M, to_degrees, to_plane
from layers.observed import Observed
from layers.registry import make_item

FINEST_ZOOM = 19
"""How close a page can be looked at."""
ZOOMS = range(4, FINEST_ZOOM + 1)
TILE_PX = 256
EVERY = 1_000_000_000
NAMED = frozenset({"basemap", "divisions", "grids", "hazards", "geofences", "drawings"})
"""Layers whose names stand still; besides, those of files."""


class PageName(msgspec.Struct, frozen=True, array_like=True):
    """A name, where it stands, how it is set, and the first and the last zoom that shows it (``map.js`` reads it)."""

    text: str
    lat: float
    lon: float
    style: str
    priority: float
    beside: float
    first: int
    last: int


def named_items(shown: Iterable[tuple[LayerItem, Observed]], look: Look) -> list[LayerItem]:
    """Return twins of layers, chosen as those are, that another thread may ask for names. UI thread."""
    from layers.imported.item import ImportedItem  # noqa: PLC0415 - not before a map is exported

    made = []
    for item, model in shown:
        if item.key in NAMED or isinstance(item, ImportedItem):
            twin = make_item(model, look)
            twin.choose(item.options)
            if isinstance(twin, ImportedItem):
                twin.labels_most = EVERY  # the page finds out itself for which there is room
            made.append(twin)
    return made


def page_names(items: Iterable[LayerItem], view: ViewBox | None) -> Mapping[str, list[PageName]]:
    """Return the names of each layer by its key. Any thread: they are read from values that stay as they are."""
    return {item.key: _names(item, view) for item in items}


def _names(item: LayerItem, view: ViewBox | None) -> list[PageName]:
    found: dict[tuple[str, float, float, str], PageName] = {}
    for zoom in ZOOMS:
        for label in item.labels(_area(zoom, view), Focus()):
            key = label.text, label.x, label.y, label.style.value
            if (name := found.get(key)) is not None:
                found[key] = msgspec.structs.replace(name, last=zoom)
                continue
            lon, lat = to_degrees(label.x, label.y)
            found[key] = PageName(
                label.text,
                round(lat, 7),
                round(lon, 7),
                label.style.value,
                label.priority,
                label.beside,
                zoom,
                zoom,
            )
    return list(found.values())


def _area(zoom: int, view: ViewBox | None) -> Area:
    """Return the view, or the world, as a browser's map has it at a zoom."""
    scale = 2 * HALF_WORLD_M / TILE_PX / 2**zoom
    if view is None:
        x0, y0, x1, y1 = -HALF_WORLD_M, -HALF_WORLD_M, HALF_WORLD_M, HALF_WORLD_M
    else:
        (x0, y0), (x1, y1) = to_plane(view.west, view.south), to_plane(view.east, view.north)
    return Area(x0, y1, scale, max(1, round((x1 - x0) / scale)), max(1, round((y1 - y0) / scale)))
