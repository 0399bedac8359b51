"""Scenes that take a while to set: layers and their options, base maps, files and tracks, sheets over the window.

A scene makes the desk do what a person would do; data it needs comes from the town, or is written into ``folder``.
"""

import asyncio
import json
import sqlite3
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING

from console.shot.dispatchscenes import DISPATCH_SCENES, OVER_THE_DESK
from console.shot.mapscenes import MAP_SCENES, SHEETS_OVER_THE_MAP
from console.shot.toolscenes import TOOL_SCENES

if TYPE_CHECKING:
    from console.desk import Desk

Arrange = Callable[["Desk", Path], Awaitable[None]]

POLL_S, PATIENCE_S = 0.1, 20.0
PATTERN_PX = 256
PATTERN_LEVELS = (13, 16)
"""Levels of the pattern's pack: the town whole, and a part of it."""


async def layer_options(desk: "Desk", folder: Path) -> None:
    """The tree of layers with the options of the cases beside it, grids fainter, one group folded up."""
    from layers.options import LayerOptions  # noqa: PLC0415

    view = desk.panels.map
    view.choices.choose("grids", LayerOptions(opacity=45))
    view.choices.choose("divisions", LayerOptions(coarsest=10_000))
    view.overlays.feed()
    view.overlays.open_layer("cases")


async def base_map(desk: "Desk", folder: Path) -> None:
    """A pack of tiles below the town, dimmed, with our own base map off; a server beside it that does not answer."""
    from console.tilesource.declared import BaseMap  # noqa: PLC0415
    from layers.options import LayerOptions  # noqa: PLC0415

    view = desk.panels.map
    path = folder / "pattern.mbtiles"
    await asyncio.to_thread(_write_pattern, path, view.camera.bounds())
    pack = BaseMap("pattern", desk.words("shot.pattern"), "mbtiles", str(path), attribution=desk.words("shot.pattern"))
    dead = BaseMap("dead", desk.words("shot.dead_server"), "xyz", "http://127.0.0.1:9/{z}/{x}/{y}.png")
    await desk.base_maps.feed.use((pack, dead))
    ground = LayerOptions().with_kind("kind", "green", shown=False).with_kind("kind", "water", shown=False)
    view.choose("basemap", ground)
    view.choose("tiles:pattern", LayerOptions().with_style("tone", "dimmed"))
    await _until(lambda: bool(desk.base_maps.feed.tiles_of("pattern")))
    await _until(lambda: desk.base_maps.feed.note_of("dead")[1])
    await asyncio.sleep(1.5)
    view.overlays.feed()
    view.overlays.open_layer("tiles:dead")


async def base_maps_sheet(desk: "Desk", folder: Path) -> None:
    """The sheet of base maps over the desk."""
    await base_map(desk, folder)
    desk.panels.map.overlays.layer_options.close_card()
    desk.base_maps.open()


async def own_file(desk: "Desk", folder: Path) -> None:
    """A file of one's own over the town, a feature of it pointed at."""
    from PySide6.QtCore import QPointF  # noqa: PLC0415

    from layers.options import LayerOptions  # noqa: PLC0415

    view = desk.panels.map
    path = folder / "survey.geojson"
    path.write_text(json.dumps(_survey(desk), ensure_ascii=False), encoding="utf-8")
    desk.crew.own_layers.on_files_chosen([str(path)])
    await _until(lambda: view.item("file:survey.geojson") is not None)
    view.choose("file:survey.geojson", LayerOptions().with_style("names", "名称").with_style("kind", "名称"))
    view.back()
    item = view.item("file:survey.geojson")
    if item is not None and (bounds := item.bounds()) is not None:
        px, py = view.camera.to_screen((bounds[0] + bounds[2]) / 2, (bounds[1] + bounds[3]) / 2)
        view.overlays.show_pointer(QPointF(px, py), item.pick(view.camera.area(), px, py, 40.0))


async def track(desk: "Desk", folder: Path) -> None:
    """A measured track with its times, from a file."""
    view = desk.panels.map
    path = folder / "patrol.csv"
    path.write_text(_patrol(desk), encoding="utf-8")
    desk.crew.own_layers.on_tracks_chosen([str(path)])
    await _until(lambda: view.item("track:patrol.csv") is not None)
    view.overlays.feed()
    view.overlays.open_layer("track:patrol.csv")


async def track_sheet(desk: "Desk", folder: Path) -> None:
    """The sheet that asks whose track, for which hours, and why."""
    desk.crew.own_layers.ask_track()


async def saved_views(desk: "Desk", folder: Path) -> None:
    """The sheet of saved views with two of them."""
    view = desk.panels.map
    desk.crew.saved_views.save(desk.words("shot.view_whole"), shared=False)
    view.zoom(12)
    desk.crew.saved_views.save(desk.words("shot.view_near"), shared=True)
    await _until(lambda: len(desk.crew.saved_views.listed()) >= 2)
    desk.crew.saved_views.open()


LAYER_SCENES: dict[str, Arrange] = {
    "layer-options": layer_options,
    "base-map": base_map,
    "base-maps-sheet": base_maps_sheet,
    "own-file": own_file,
    "track": track,
    "track-sheet": track_sheet,
    "saved-views": saved_views,
    **TOOL_SCENES,
    **MAP_SCENES,
    **DISPATCH_SCENES,
}
"""Scenes by the name they are asked for, like those of ``console.shot.scenes``."""

_SHEETS = frozenset({"select", "playback", "fence-sheet", "base-maps-sheet", "track-sheet", "saved-views"})
WHOLE_WINDOW = _SHEETS | OVER_THE_DESK | SHEETS_OVER_THE_MAP
"""Scenes of a sheet over the window: they are taken of the whole desk."""


async def _until(holds: Callable[[], object]) -> None:
    async with asyncio.timeout(PATIENCE_S):
        while not holds():  # noqa: ASYNC110 - looks at what a person would see
            await asyncio.sleep(POLL_S)


def _write_pattern(path: Path, bounds: tuple[float, float, float, float]) -> None:
    """Write a pack with a pattern that says of each tile which it is, over a box of the plane."""
    import io  # noqa: PLC0415

    from PIL import Image, ImageDraw  # noqa: PLC0415

    from layers.tiles.matrix import Plane, TileGrid, ladder, tiles_over  # noqa: PLC0415

    first, last = PATTERN_LEVELS
    grid = TileGrid(Plane.MERCATOR, ladder(Plane.MERCATOR, first, last))
    with sqlite3.connect(path) as database:
        database.execute("CREATE TABLE metadata (name TEXT, value TEXT)")
        database.execute("CREATE TABLE tiles (zoom_level INT, tile_column INT, tile_row INT, tile_data BLOB)")
        told = (("format", "png"), ("minzoom", str(first)), ("maxzoom", str(last)))
        database.executemany("INSERT INTO metadata VALUES (?, ?)", told)
        for level in range(len(grid.levels)):
            z = first + level
            for tile in tiles_over(grid, level, bounds)[:200]:
                shade = 96 + 24 * ((tile.column + tile.row) % 2)
                image = Image.new("RGB", (PATTERN_PX, PATTERN_PX), (shade, shade + 20, shade + 10))
                draw = ImageDraw.Draw(image)
                draw.rectangle((0, 0, PATTERN_PX - 1, PATTERN_PX - 1), outline=(30, 40, 40))
                draw.text((10, 10), f"{z}/{tile.column}/{tile.row}", fill=(20, 30, 30))
                out = io.BytesIO()
                image.save(out, "PNG")
                row = 2**z - 1 - tile.row
                database.execute("INSERT INTO tiles VALUES (?, ?, ?, ?)", (z, tile.column, row, out.getvalue()))
    database.close()


def _middle(desk: "Desk") -> tuple[float, float, float]:
    """Return lon, lat and the size in degrees of a part of the view."""
    from layers.mercator import to_degrees  # noqa: PLC0415

    camera = desk.panels.map.camera
    lon, lat = to_degrees(camera.x, camera.y)
    east, _ = to_degrees(camera.x + camera.width * camera.scale / 8, camera.y)
    return lon, lat, east - lon


def _survey(desk: "Desk") -> dict[str, object]:
    """Return a made-up survey: an area, a pipe and some shafts."""
    lon, lat, size = _middle(desk)
    words = desk.words
    corners = ((-1, -0.6), (0.4, -0.8), (0.9, 0.3), (-0.5, 0.7), (-1, -0.6))
    ring = [[lon + x * size, lat + y * size * 0.8] for x, y in corners]
    pipe = [[lon + x * size, lat + 0.3 * size * (x % 1)] for x in (-2.0, -1.3, -0.2, 0.6, 1.9)]
    shapes = [("Polygon", [ring], "area"), ("LineString", pipe, "pipe")]
    shapes += [("Point", point, "shaft") for point in pipe]
    features = [
        {
            "type": "Feature",
            "geometry": {"type": kind, "coordinates": coordinates},
            "properties": {"名称": words(f"shot.survey.{name}"), "编号": str(i), "来源": words("map.synthetic")},
        }
        for i, (kind, coordinates, name) in enumerate(shapes, start=1)
    ]
    return {"type": "FeatureCollection", "features": features}


def _patrol(desk: "Desk") -> str:
    """Return a made-up patrol of an hour and a half, with a silence in it."""
    lon, lat, size = _middle(desk)
    name = desk.words("shot.patrol")
    steps = ((-2, 0), (-1.6, 0.3), (-1, 0.35), (-0.5, 0.1), (0.1, 0.2), (0.5, 0.6), (1.1, 0.5), (1.6, 0.1), (1.9, -0.4))
    minutes = (0, 6, 13, 19, 27, 45, 52, 60, 71)
    lines = ["name,time,lon,lat"]
    for (x, y), minute in zip(steps, minutes, strict=True):
        at = f"2026-11-23T{9 + minute // 60:02d}:{minute % 60:02d}:00+08:00"
        lines.append(f"{name},{at},{lon + x * size:.6f},{lat + y * size:.6f}")
    return "\n".join(lines) + "\n"
