"""A page shows heat and raster base maps as well: what is on this computer, in its place among the layers."""

import re
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from desks import signed_in, until
from map_exports import CHROMIUM, export, logged, opened, report
from PySide6.QtGui import QImage
from served import ALL_ROOM, Served, key
from tile_server import TileServer, png, tile_server

from console.desk import Desk
from console.mapexport import pictures
from console.tilesource.declared import BaseMap
from domain.exporting import MapFormat
from domain.register_map import Hazard
from layers.mercator import HALF_WORLD_M, to_plane
from layers.options import LayerOptions
from tests.helpers.map_scene import pixels
from widgets.map_export_sheet import Extent

RING = [[120.802, 29.551], [120.803, 29.551], [120.803, 29.552], [120.802, 29.552]]
DEAD = BaseMap("dead", "连不上", "xyz", "http://127.0.0.1:9/{z}/{x}/{y}.png")
YELLOW = (250, 250, 0)
NEEDS_CHROMIUM = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine")


@pytest.fixture
def server() -> Iterator[TileServer]:
    with tile_server() as running:
        yield running


def pack(path: Path, lon: float, lat: float) -> BaseMap:
    """Return a pack of yellow tiles round a place, at every zoom."""
    with sqlite3.connect(path) as database:
        database.execute("CREATE TABLE metadata (name TEXT, value TEXT)")
        database.execute("CREATE TABLE tiles (zoom_level INT, tile_column INT, tile_row INT, tile_data BLOB)")
        x, y = to_plane(lon, lat)
        for zoom in range(10, 17):
            side = 2 * HALF_WORLD_M / 2**zoom
            column, row = int((x + HALF_WORLD_M) / side), int((y + HALF_WORLD_M) / side)
            around = [(column + i, row + j) for i in range(-9, 10) for j in range(-9, 10)]
            database.executemany("INSERT INTO tiles VALUES (?,?,?,?)", [(zoom, *at, png(YELLOW)) for at in around])
    database.close()
    return BaseMap("pack", "航拍图", "mbtiles", str(path), attribution="县测绘队")


async def shown(desk: Desk, *sources: BaseMap) -> None:
    """Show heat and these base maps, and wait until there is something of each."""
    view = desk.panels.map
    await until(lambda: len(desk.map_feed.models.cases.open) > 1)
    view.set_layer_visible("heat", True)
    if sources:
        await desk.base_maps.feed.use(sources)
        await until(lambda: all(desk.base_maps.feed.tiles_of(source.ident) for source in sources))


def share_of(page: Path, folder: Path, colour: tuple[int, int, int], within: int = 12) -> float:
    """Return which share of a page on the screen is of a colour."""
    seen = screen(page, folder)
    return float((np.abs(seen - np.array(colour[::-1])).max(axis=2) <= within).mean())


def screen(page: Path, folder: Path) -> np.ndarray:
    picture = folder / "page.png"
    opened(page, folder / "profile", "1280,720", f"--screenshot={picture}", "--hide-scrollbars")
    return pixels(QImage(str(picture)))


def pointed_at(page: Path, lon: float, lat: float) -> Path:
    """Return a copy of a page in which the pointer comes to a place."""
    text = page.read_text("utf-8")
    chart = re.search(r"onemap\((map_\w+),", text)
    assert chart is not None
    come = f"""<script>addEventListener("load", () => {{
      const at = {chart[1]}.latLngToContainerPoint([{lat}, {lon}]), found = document.elementFromPoint(at.x, at.y);
      for (const kind of ["mouseover", "mousemove"])
        found.dispatchEvent(new MouseEvent(kind, {{clientX: at.x, clientY: at.y, bubbles: true}}));
    }});</script>"""
    out = page.with_name("pointed.html")
    out.write_text(text + come, encoding="utf-8")
    return out


@NEEDS_CHROMIUM
async def test_heat_and_a_pack_lie_on_the_page_in_their_order_and_are_read_without_a_network(
    served: Served, tmp_path: Path
) -> None:
    report(served)
    body = {"name": "后山警戒线", "level": "red", "ring": RING}
    put = served.client(served.token("keeper", *ALL_ROOM)).put(
        "/v1/register/hazard/1", json={"version": 0, "body": body}, headers={"Idempotency-Key": key()}
    )
    assert put.status_code == 200, put.text
    async with signed_in(served) as desk:
        view = desk.panels.map
        await until(lambda: desk.register.all(Hazard))
        await shown(desk, pack(tmp_path / "air.mbtiles", 120.805, 29.555))
        view.choose("tiles:pack", LayerOptions(opacity=50))
        out = tmp_path / "map.html"
        await export(desk, MapFormat.HTML, out, extent=Extent.VIEW)
        assert {"heat", "tiles", "grids", "cases"} <= set(logged(served)[-1]["layers"])
        notices = [notice.text for notice in desk.panels.notices.notices()]
        assert not [text for text in notices if "不在其中" in text]
        dom = opened(out, tmp_path / "profile")
        layers = re.findall(r"<img[^>]*leaflet-image-layer[^>]*>", dom)
        assert ["opacity: 0.5" in image for image in layers] == [True, False]
        panes = re.findall(r"leaflet-onemap-(\d)-pane[^>]*><(\w+)", dom)
        assert panes == [("1", "canvas"), ("2", "img"), ("3", "canvas"), ("4", "img"), ("5", "svg")], (
            "our own base map, the pack, grids, heat, and what lies over heat"
        )
        assert "底图：航拍图（县测绘队 · MBTiles" in dom
        assert "这台电脑上没有" not in dom
        assert "案件热力" in dom
        beside = opened(pointed_at(out, 120.8035, 29.5535), tmp_path / "profile")
        assert re.search(r"leaflet-tooltip[^>]*>.*?第\d网格", beside, re.DOTALL), "a grid below heat is told of"
        on = opened(pointed_at(out, 120.8025, 29.5515), tmp_path / "profile")
        assert re.search(r"leaflet-tooltip[^>]*>.*?后山警戒线", on, re.DOTALL), "and the zone over it"
        faint = share_of(out, tmp_path, YELLOW)
        view.choose("tiles:pack", LayerOptions())
        await export(desk, MapFormat.HTML, out, extent=Extent.VIEW)
        assert (faint < 0.02, share_of(out, tmp_path, YELLOW) > 0.2) == (True, True)
        with_heat = screen(out, tmp_path)
        view.set_layer_visible("heat", False)
        await export(desk, MapFormat.HTML, out, extent=Extent.VIEW)
        assert (np.abs(screen(out, tmp_path) - with_heat).max(axis=2) > 30).sum() > 300, "heat is seen on it"
        assert "heat" not in logged(served)[-1]["layers"]


async def test_of_a_server_only_what_came_already_is_on_the_page_and_what_is_wanting_is_told(
    served: Served, tmp_path: Path, server: TileServer
) -> None:
    report(served)
    async with signed_in(served) as desk:
        view = desk.panels.map
        source = BaseMap("web", "影像", "xyz", f"{server.url}/{{z}}/{{x}}/{{y}}.png", first_zoom=8, last_zoom=17)
        view.look_closely(*to_lonlat(desk), view.camera.scale / 2)
        await shown(desk, source)
        await until(lambda: not desk.base_maps.feed._running["web"].threads.busy)
        asked = len(server.asked)
        out = tmp_path / "map.html"
        await export(desk, MapFormat.HTML, out, extent=Extent.VIEW)
        page = out.read_text("utf-8")
        assert "底图：影像（XYZ" in page
        assert "这台电脑上没有" not in page, "all that is in view came already"
        desk.base_maps.feed._running["web"].model.bound(0)  # what was in memory is on the disk still
        await export(desk, MapFormat.HTML, out, extent=Extent.VIEW)
        assert "这台电脑上没有" not in out.read_text("utf-8")
        await desk.base_maps.feed.use((*desk.base_maps.feed.sources, DEAD))
        await export(desk, MapFormat.HTML, out)
        page = out.read_text("utf-8")
        assert "底图 连不上：导出范围内，这台电脑上一块也没有" in page
        assert server.url not in page, "where tiles come from may hold a key"
        assert page.count("连不上") == 1, "it is not among what the page shows"
        told = re.search(r"影像：共 (\d+) 块，其中 (\d+) 块这台电脑上没有", page)
        assert told is not None
        assert 0 < int(told[2]) < int(told[1])
        assert len(server.asked) == asked, "nothing is fetched for a file"


def to_lonlat(desk: Desk) -> tuple[float, float]:
    from layers.mercator import to_degrees

    camera = desk.panels.map.camera
    return to_degrees(camera.x, camera.y)


async def test_pictures_too_large_for_a_page_are_refused_in_words_and_nothing_is_logged(
    served: Served, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    report(served)
    out = tmp_path / "map.html"
    out.write_text("as it was", encoding="utf-8")
    async with signed_in(served) as desk:
        await shown(desk, pack(tmp_path / "air.mbtiles", 120.805, 29.555))
        monkeypatch.setattr(pictures, "MOST_MEGABYTES", 0)
        await export(desk, MapFormat.HTML, out)
        told = desk.words("fault.map_export_pictures_too_large", size=1, limit=0)
        assert desk.map_export.sheet._fault.text() == told
        assert out.read_text("utf-8") == "as it was"
        assert logged(served) == []
        desk.map_export.sheet.close_sheet()


async def test_a_base_map_of_a_wide_town_is_drawn_coarser_than_the_screen_and_says_so(
    served: Served, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    report(served)
    async with signed_in(served) as desk:
        await shown(desk, pack(tmp_path / "air.mbtiles", 120.805, 29.555))
        monkeypatch.setattr(pictures, "MOST_PIXELS", 40_000)
        out = tmp_path / "map.html"
        await export(desk, MapFormat.HTML, out)
        assert re.search(r"航拍图：比屏幕上粗 [\d.]+ 倍", out.read_text("utf-8"))
