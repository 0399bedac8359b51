"""Base maps on a real map: packs and servers become pictures, and no server holds up the window, whatever it does."""

import asyncio
import sqlite3
import threading
import time
from collections.abc import AsyncIterator
from pathlib import Path

import numpy as np
import pytest
from desks import until
from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot
from tile_server import LIES, TileServer, png, tile_server

import console.tilesource.door as doors
from console.keeping import Keeping
from console.tasks import Tasks
from console.tilesource.declared import BaseMap, filled
from console.tilesource.door import Door, make_door
from console.tilesource.feed import TileFeed
from console.tilesource.store import TileCache
from layers.options import LayerOptions
from layers.tiles.matrix import level_for, tile_box
from tests.helpers.map_scene import Scene, make_scene, picture


@pytest.fixture
def scene(qtbot: QtBot) -> Scene:
    return make_scene(qtbot)


@pytest.fixture
def server():
    with tile_server() as running:
        yield running


class Bench:
    """A feed on a map, and what belongs to it."""

    def __init__(self, scene: Scene, folder: Path) -> None:
        self.cache = TileCache(folder, 10_000_000)
        self.failures: list[BaseException] = []
        self.tasks = Tasks(lambda error, where: self.failures.append(error))
        self.parent = QObject()
        self.view = scene.view
        self.made: list[Door] = []
        self.feed = TileFeed(
            scene.view,
            folder,
            self.cache,
            Keeping(),
            self.tasks,
            scene.view._look.words,
            64,
            self.parent,
            self._make,
        )

    def _make(self, source: BaseMap, key: str, cache: TileCache) -> Door:
        self.made.append(make_door(source, key, cache))
        return self.made[-1]


@pytest.fixture
async def bench(scene: Scene, tmp_path: Path) -> AsyncIterator[Bench]:
    made = Bench(scene, tmp_path)
    yield made
    made.feed.stop()
    await made.tasks.stop()
    made.cache.close()
    assert made.failures == []


async def shown(bench: Bench) -> np.ndarray:
    """Wait until the map has come to rest, and return its picture."""
    bench.view.update()
    await asyncio.sleep(0.15)
    await until(lambda: bench.view.settled)
    return picture(bench.view)


def xyz(server: TileServer, path: str = "", **more: object) -> BaseMap:
    address = f"{server.url}/{path}{'/' if path else ''}{{z}}/{{x}}/{{y}}.png"
    return BaseMap("here", "测试底图", "xyz", address, **more)  # type: ignore[arg-type]


def share_of(shown_now: np.ndarray, colour: tuple[int, int, int]) -> float:
    blue_green_red = np.array(colour[::-1])
    return float(np.mean(np.abs(shown_now - blue_green_red).max(axis=2) <= 4))


async def test_tiles_of_a_server_lie_under_everything_and_go_with_the_layer(bench: Bench, server: TileServer) -> None:
    server.picture = png((10, 200, 90))
    bench.view.choose("basemap", LayerOptions(visible=False))
    await bench.feed.use((xyz(server, attribution="某局"),))
    await until(lambda: share_of(picture(bench.view), (10, 200, 90)) > 0.8)
    bench.feed.on_second()
    assert "某局" in bench.view.overlays.attribution.text()
    item = bench.view.items[0] if bench.view.items[0].key == "tiles:here" else bench.view.items[1]
    assert item.title() == "测试底图"
    assert item.note() == ("在线", False)
    found = bench.view.pick_at(400, 300)
    assert found is not None, "grids above it are still picked"
    bench.view.choose("tiles:here", LayerOptions(opacity=50))
    half = await shown(bench)
    assert share_of(half, (10, 200, 90)) < 0.02
    bench.view.choose("tiles:here", LayerOptions().with_style("tone", "grey"))
    grey = await shown(bench)
    luma = (10 * 77 + 200 * 150 + 90 * 29) >> 8
    assert share_of(grey, (luma, luma, luma)) > 0.8
    await bench.feed.use(())
    assert bench.view.item("tiles:here") is None
    assert share_of(await shown(bench), (10, 200, 90)) < 0.01


async def test_only_what_came_is_drawn_anew(bench: Bench, server: TileServer) -> None:
    await bench.feed.use((xyz(server),))
    await until(lambda: share_of(picture(bench.view), (200, 60, 40)) > 0.5)
    await shown(bench)
    before = bench.view._tiles.generation
    running = bench.feed._running["here"]
    tile = next(iter(running.model.tiles))
    fresh = np.full((256, 256), 0xFF0000FF, np.uint32)
    running.model.put({tile: fresh})
    now = await shown(bench)
    assert bench.view._tiles.generation == before, "no other tile was made old"
    assert share_of(now, (0, 0, 255)) > 0.005
    assert share_of(now, (200, 60, 40)) > 0.3


async def test_a_pack_is_shown_where_it_belongs(bench: Bench, tmp_path: Path, scene: Scene) -> None:
    x, y = scene.view.camera.x, scene.view.camera.y
    source = BaseMap("pack", "包", "xyz", "http://h/{z}/{x}/{y}")
    grid = source.grid()
    level = level_for(grid, scene.view.camera.scale)
    at = grid.levels[level]
    column, row = int((x - at.left) / at.side), int((at.top - y) / at.side)
    path = tmp_path / "town.mbtiles"
    with sqlite3.connect(path) as database:
        database.execute("CREATE TABLE metadata (name TEXT, value TEXT)")
        database.execute("CREATE TABLE tiles (zoom_level INT, tile_column INT, tile_row INT, tile_data BLOB)")
        database.execute("INSERT INTO tiles VALUES (?,?,?,?)", (level, column, 2**level - 1 - row, png((250, 250, 0))))
    database.close()
    await bench.feed.use((BaseMap("pack", "包", "mbtiles", str(path)),))
    await until(lambda: share_of(picture(scene.view), (250, 250, 0)) > 0.01)
    now = await shown(bench)
    yellow = np.abs(now - np.array([0, 250, 250])).max(axis=2) <= 4
    rows, columns = np.nonzero(yellow)
    from layers.tiles.matrix import TileId

    x0, y0, x1, y1 = tile_box(grid, TileId(level, column, row))
    left, top = scene.view.camera.to_screen(x0, y1)
    right, bottom = scene.view.camera.to_screen(x1, y0)
    expected = [max(0, left), max(0, top), min(800, right), min(600, bottom)]
    assert [columns.min(), rows.min(), columns.max() + 1, rows.max() + 1] == pytest.approx(expected, abs=2)
    bench.feed.on_second()
    item = scene.view.item("tiles:pack")
    assert item is not None
    assert item.note() == ("离线包", False)


async def test_a_missing_pack_is_listed_with_its_trouble(bench: Bench, tmp_path: Path) -> None:
    await bench.feed.use((BaseMap("gone", "旧盘", "mbtiles", str(tmp_path / "gone.mbtiles")),))
    await until(lambda: bench.made[0].health.now().fault is not None)
    bench.feed.on_second()
    bench.view.overlays.feed()
    row = bench.view.overlays.layer_tree.rows.row("tiles:gone")
    assert row is not None
    assert row.stale
    assert "失败" in row.note
    item = bench.view.item("tiles:gone")
    assert item is not None
    assert "gone.mbtiles" in item.remark()


async def test_no_lie_of_a_server_reaches_the_windows_thread(
    bench: Bench, server: TileServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every fetch, every look into the cache and every decoding happens off the window's thread, for each lie."""
    main, callers = threading.get_ident(), set()

    def noted(original):
        def call(*args, **kwargs):
            callers.add(threading.get_ident())
            return original(*args, **kwargs)

        return call

    monkeypatch.setattr(doors, "decode", noted(doors.decode))
    monkeypatch.setattr(doors, "filled", noted(filled))
    monkeypatch.setattr(doors.WebDoor, "fetch", noted(doors.WebDoor.fetch))
    monkeypatch.setattr(TileCache, "get", noted(TileCache.get))
    monkeypatch.setattr(TileCache, "put", noted(TileCache.put))
    sources = tuple(
        BaseMap(lie, lie, "xyz", f"{server.url}/{lie}/{{z}}/{{x}}/{{y}}.png") for lie in LIES if lie != "endless"
    )
    await bench.feed.use((*sources, xyz(server)))
    for _ in range(100):  # the person pans meanwhile; none of what the servers do may run here
        bench.view.pan(3, 1)
        await asyncio.sleep(0.005)
    named = ("html", "redirect", "size")
    doors_of = dict(zip([source.name for source in sources], bench.made, strict=False))
    await until(lambda: sum(door.health.now().fault is not None for door in bench.made) >= 6)
    await until(lambda: all(doors_of[lie].health.now().fault is not None for lie in named))
    await until(lambda: bench.made[-1].health.now().good_s is not None)
    assert callers
    assert main not in callers
    bench.feed.on_second()
    bench.view.overlays.feed()
    listed = [bench.view.overlays.layer_tree.rows.row(f"tiles:{lie}") for lie in named]
    assert all(row is not None and row.stale and "失败" in row.note for row in listed)
    item = bench.view.item("tiles:redirect")
    assert item is not None
    assert "elsewhere.example" in item.remark()
    began = time.monotonic()
    bench.feed.stop()
    assert time.monotonic() - began < 10, "nobody waits for a server that hangs, thirty seconds"


async def test_a_server_that_recovers_is_shown_again_by_itself(bench: Bench, server: TileServer) -> None:
    server.lie = "html"
    await bench.feed.use((xyz(server),))
    await until(lambda: bench.made[0].health.now().fault is not None)
    server.lie = ""

    def a_second_later() -> bool:
        # An answer that was still a lie may come in after the forgiving: the feed asks again second by second.
        bench.made[0].health.forgive()
        bench.feed.on_second()
        return share_of(picture(bench.view), (200, 60, 40)) > 0.5

    await until(a_second_later)
    bench.feed.on_second()
    item = bench.view.item("tiles:here")
    assert item is not None
    assert item.note() == ("在线", False)


async def test_nothing_is_asked_for_a_layer_that_is_hidden(bench: Bench, server: TileServer) -> None:
    await bench.feed.use((xyz(server),))
    await until(lambda: server.asked)
    await asyncio.sleep(0.3)
    bench.view.choices.choose("tiles:here", LayerOptions(visible=False))
    await asyncio.sleep(0.1)
    asked = len(server.asked)
    bench.view.pan(900, 900)
    await asyncio.sleep(0.4)
    assert len(server.asked) == asked
    bench.view.choices.choose("tiles:here", LayerOptions())
    await until(lambda: len(server.asked) > asked)
