"""Scenes of the map's smaller tools and of what opens over it: measuring, choosing, searching, grids, exporting."""

import asyncio
import json
from pathlib import Path
from typing import TYPE_CHECKING

from layers.options import LayerOptions

if TYPE_CHECKING:
    from console.desk import Desk
    from widgets.map.sketch import Sketch

POLL_S, POLLS = 0.1, 100


async def measure_distance(desk: "Desk", folder: Path) -> None:
    """A line measured over three points."""
    desk.map_tools.measure_distance()
    _draw(await _sketch(desk), desk, ((0.3, 0.62), (0.45, 0.4), (0.66, 0.48)))


async def measure_area(desk: "Desk", folder: Path) -> None:
    """An area and its border measured."""
    desk.map_tools.measure_area()
    _draw(await _sketch(desk), desk, ((0.35, 0.3), (0.6, 0.28), (0.64, 0.55), (0.42, 0.6)))


async def buffer(desk: "Desk", folder: Path) -> None:
    """What lies within 150 metres of a line."""
    from widgets.map.select_card import Way  # noqa: PLC0415

    desk.map_desk.open_select()
    tool = desk.map_desk.select
    tool.card.distance.setValue(150)
    tool.begin(Way.LINE)
    tool.card.distance.setValue(150)
    _draw(await _sketch(desk), desk, ((0.3, 0.6), (0.48, 0.45), (0.7, 0.5)))
    await _until_chosen(desk)


async def select_area(desk: "Desk", folder: Path) -> None:
    """What lies within a polygon, on the map and in the tables."""
    from widgets.map.select_card import Way  # noqa: PLC0415

    desk.map_desk.open_select()
    desk.map_desk.select.begin(Way.AREA)
    _draw(await _sketch(desk), desk, ((0.4, 0.25), (0.68, 0.3), (0.62, 0.6), (0.38, 0.55)))
    await _until_chosen(desk)


async def search(desk: "Desk", folder: Path) -> None:
    """The search box with cases, places, people, cameras and addresses of one name."""
    desk.panels.command_bar.open_bar("老街")
    await asyncio.sleep(10 * POLL_S)


async def coordinates(desk: "Desk", folder: Path) -> None:
    """Coordinates typed in, with every system they may be in."""
    from layers.mercator import to_degrees  # noqa: PLC0415

    camera = desk.panels.map.camera
    lon, lat = to_degrees(camera.x, camera.y)
    desk.panels.command_bar.open_bar(f"{lon:.5f}, {lat:.5f}")
    await asyncio.sleep(10 * POLL_S)


async def found(desk: "Desk", folder: Path) -> None:
    """A place that was found, marked on the map."""
    bar = desk.panels.command_bar
    bar.open_bar("文化广场")
    await asyncio.sleep(10 * POLL_S)
    bar.list.search.setFocus()
    if bar.list.rows.count():
        bar.list.rows.itemClicked.emit(bar.list.rows.item(0))
    await asyncio.sleep(5 * POLL_S)


async def grid_keeper(desk: "Desk", folder: Path) -> None:
    """A mesh from a file with an overlap and a gap, its faults listed and drawn."""
    path = folder / "mesh.geojson"
    path.write_text(json.dumps(_faulty_mesh(desk), ensure_ascii=False), encoding="utf-8")
    desk.grid_keeper.open()
    sheet = desk.grid_keeper.sheet()
    sheet.choose_file(str(path))
    await _until_idle(desk)
    if sheet.buttons["check"].isEnabled():
        sheet.buttons["check"].click()
    await _until_idle(desk)
    sheet.tell("")  # the demo's operator is no administrator, and reads no versions
    if sheet.faults.rows.count():
        sheet.faults.rows.itemClicked.emit(sheet.faults.rows.item(0))
    await asyncio.sleep(5 * POLL_S)


async def map_export(desk: "Desk", folder: Path) -> None:
    """The sheet of exporting what the map shows."""
    desk.map_export.sheet.open_sheet()
    await asyncio.sleep(5 * POLL_S)


async def all_layers(desk: "Desk", folder: Path) -> None:
    """Every layer there is, shown at once: what the legend and the tree make of it."""
    for item in desk.panels.map.items:
        desk.panels.map.choose(item.key, LayerOptions())
    desk.panels.map.fit()
    desk.panels.map.zoom(6)
    await asyncio.sleep(10 * POLL_S)


MAP_SCENES = {
    "measure-distance": measure_distance,
    "measure-area": measure_area,
    "buffer": buffer,
    "select-area": select_area,
    "search": search,
    "coordinates": coordinates,
    "found": found,
    "grid-keeper": grid_keeper,
    "map-export": map_export,
    "all-layers": all_layers,
}
"""Scenes by name."""

SHEETS_OVER_THE_MAP = frozenset({"select-area", "search", "coordinates", "grid-keeper", "map-export"})
"""Those that are taken of the whole desk."""


async def _sketch(desk: "Desk") -> "Sketch":
    """Return what is being drawn, once it may be drawn."""
    for _ in range(POLLS):
        if desk.panels.map.sketch is not None:
            break
        await asyncio.sleep(POLL_S)
    sketch = desk.panels.map.sketch
    if sketch is None:
        raise RuntimeError("nothing can be drawn")
    return sketch


def _draw(sketch: "Sketch", desk: "Desk", shares: tuple[tuple[float, float], ...]) -> None:
    """Set points at shares of the map's width and height, and end the drawing."""
    view = desk.panels.map
    for across, down in shares:
        sketch.add(*view.camera.to_plane(view.width() * across, view.height() * down), view.camera)
    sketch.finish()


async def _until_chosen(desk: "Desk") -> None:
    for _ in range(POLLS):
        if desk.map_desk.select.chosen is not None:
            break
        await asyncio.sleep(POLL_S)
    await asyncio.sleep(5 * POLL_S)


async def _until_idle(desk: "Desk") -> None:
    for _ in range(POLLS):
        await asyncio.sleep(POLL_S)
        if "grid-keeper/work" not in desk.tasks.running():
            return


def _faulty_mesh(desk: "Desk") -> dict[str, object]:
    """Return a made-up mesh of four cells, one of which reaches into another and one of which leaves a gap."""
    from layers.mercator import to_degrees  # noqa: PLC0415

    camera = desk.panels.map.camera
    lon, lat = to_degrees(camera.x, camera.y)
    side = 0.008
    cells = ((-1.0, -1.0, 1.08), (0.0, -1.0, 1.0), (-1.0, 0.0, 1.0), (0.06, 0.0, 1.0))
    town = desk.names.town.division if desk.names.town is not None else ""
    features = []
    for i, (x, y, wide) in enumerate(cells, start=1):
        west, south = lon + x * side, lat + y * side
        ring = [[west, south], [west + wide * side, south], [west + wide * side, south + side], [west, south + side]]
        properties = {"编码": f"{town}001{i:03d}", "名称": f"{desk.words('shot.grid')} {i}"}
        geometry = {"type": "Polygon", "coordinates": [[*ring, ring[0]]]}
        features.append({"type": "Feature", "properties": properties, "geometry": geometry})
    return {"type": "FeatureCollection", "features": features}
