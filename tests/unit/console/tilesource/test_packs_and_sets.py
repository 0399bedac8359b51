"""Packs made on the spot, WMTS documents as servers write them, declarations in and out: what is read and refused."""

import sqlite3
from pathlib import Path

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from pmtiles.tile import Compression, TileType, zxy_to_tileid
from pmtiles.writer import Writer
from tile_server import png
from wmts_document import WMTS

from console.tilesource import FILE_NAME
from console.tilesource.capabilities import capabilities_address, read_capabilities
from console.tilesource.declared import BaseMap, check, filled, read_sources, tianditu, write_sources
from console.tilesource.door import PackDoor
from console.tilesource.packs import open_pack
from console.tilesource.store import TileCache
from domain.coordinates import from_wgs84, system_named
from domain.faults import Fault
from layers.mercator import to_degrees, to_plane
from layers.tiles.matrix import DEGREE_M, Plane, TileGrid, TileId, ladder, level_for, strips, tile_box, tiles_over
from layers.tiles.model import TilesModel


def mbtiles(path: Path, *, kind: str = "png") -> BaseMap:
    """Make a pack of levels 3 and 4 with one red tile at 4/13/6 (from the north)."""
    with sqlite3.connect(path) as database:
        database.executescript(
            "CREATE TABLE metadata (name TEXT, value TEXT);"
            "CREATE TABLE tiles (zoom_level INTEGER, tile_column INTEGER, tile_row INTEGER, tile_data BLOB)"
        )
        told = {"format": kind, "minzoom": "3", "maxzoom": "4", "bounds": "100,20,130,40", "attribution": "测试"}
        database.executemany("INSERT INTO metadata VALUES (?, ?)", told.items())
        database.execute("INSERT INTO tiles VALUES (4, 13, ?, ?)", (2**4 - 1 - 6, png()))
        database.execute("INSERT INTO tiles VALUES (4, 12, 9, ?)", (b"no picture",))
    database.close()
    return BaseMap("pack", "离线包", "mbtiles", str(path))


def pmtiles(path: Path, kind: TileType = TileType.PNG) -> BaseMap:
    """Make a pack of level 5 with 300 tiles, enough for leaf directories."""
    with path.open("wb") as file:
        writer = Writer(file)
        for y in range(12):
            for x in range(25):
                writer.write_tile(zxy_to_tileid(5, x, y), png((x, y, 9)))
        header = {
            "tile_type": kind,
            "tile_compression": Compression.NONE,
            "min_lon_e7": 0,
            "min_lat_e7": 0,
            "max_lon_e7": int(140e7),
            "max_lat_e7": int(60e7),
            "center_zoom": 5,
            "center_lon_e7": 0,
            "center_lat_e7": 0,
        }
        writer.finalize(header, {"name": "x"})
    return BaseMap("pm", "PM", "pmtiles", str(path))


def test_an_mbtiles_pack_is_read_from_its_own_row_order(tmp_path: Path) -> None:
    door = PackDoor(mbtiles(tmp_path / "a.mbtiles"))
    grid = door.open()
    assert [level.ident for level in grid.levels] == ["3", "4"]
    assert grid.bounds == (100, 20, 130, 40)
    came = door.read(TileId(1, 13, 6))
    assert came is not None
    assert came.picture is not None
    assert came.picture[9, 9] == 0xFFC83C28
    assert door.read(TileId(1, 1, 1)) == (None,)
    broken = door.read(TileId(1, 12, 6))
    assert broken == (None,)
    fault = door.health.now().fault
    assert fault is not None
    assert fault.key == "tile_not_image"
    before = (tmp_path / "a.mbtiles").read_bytes()
    door.close()
    assert (tmp_path / "a.mbtiles").read_bytes() == before, "it is only read"


def test_a_pmtiles_pack_is_read_through_its_directories(tmp_path: Path) -> None:
    door = PackDoor(pmtiles(tmp_path / "a.pmtiles"))
    grid = door.open()
    assert [level.ident for level in grid.levels] == ["5"]
    for x, y in ((0, 0), (24, 11), (7, 3)):
        came = door.read(TileId(0, x, y))
        assert came is not None
        assert came.picture is not None
        assert came.picture[0, 0] == (0xFF << 24 | x << 16 | y << 8 | 9)
    assert door.read(TileId(0, 30, 30)) == (None,)
    door.close()


def test_files_that_are_no_packs_of_pictures_are_refused_by_name(tmp_path: Path) -> None:
    cases = [
        (BaseMap("a", "A", "mbtiles", str(tmp_path / "none.mbtiles")), "pack_missing"),
        (mbtiles(tmp_path / "v.mbtiles", kind="pbf"), "pack_not_pictures"),
        (pmtiles(tmp_path / "v.pmtiles", TileType.MVT), "pack_not_pictures"),
    ]
    for name, content in (
        ("x.mbtiles", b"SQLite format 3\x00" + b"\x00" * 200),
        ("x.pmtiles", b"PMTiles\x03" + b"\xff" * 300),
    ):
        (tmp_path / name).write_bytes(content)
        cases.append((BaseMap("a", "A", "pmtiles" if "pm" in name else "mbtiles", str(tmp_path / name)), "pack_broken"))
    whole = (tmp_path / "v.pmtiles").read_bytes()
    (tmp_path / "cut.pmtiles").write_bytes(whole[:90])
    cases.append((BaseMap("a", "A", "pmtiles", str(tmp_path / "cut.pmtiles")), "pack_broken"))
    for source, key in cases:
        with pytest.raises(Fault) as refused:
            open_pack(source)
        assert refused.value.key == key, source.address


def test_kept_tiles_are_bounded_and_a_spoilt_file_is_begun_anew(tmp_path: Path) -> None:
    cache = TileCache(tmp_path, 10_000, most_tiles=50)
    for i in range(30):
        cache.put("a", (1, i, 0), b"x" * 1000, 100.0 + i)
    cache.clear_out(200.0)
    count, size = cache.size()
    assert size <= 9_000
    assert cache.get("a", (1, 29, 0), 200.0) == (b"x" * 1000, 71.0)
    assert cache.get("a", (1, 0, 0), 200.0) is None, "the longest unused went"
    assert cache.get("a", (1, 29, 0), 1e9) is None, "too old"
    cache.forget("a")
    assert cache.size() == (0, 0)
    cache.close()
    (tmp_path / "tiles.sqlite3").write_bytes(b"rubbish" * 1000)
    again = TileCache(tmp_path, 10_000)
    again.put("a", (1, 1, 1), b"y", 1.0)
    assert again.get("a", (1, 1, 1), 2.0) == (b"y", 1.0)
    again.close()
    (tmp_path / "file").write_text("")
    nowhere = TileCache(tmp_path / "file" / "below", 10_000)
    nowhere.put("a", (1, 1, 1), b"y", 1.0)
    assert nowhere.get("a", (1, 1, 1), 2.0) is None
    nowhere.close()
    assert count <= 50


def test_a_wmts_is_read_in_both_planes_and_both_kinds_of_address() -> None:
    offers = read_capabilities(WMTS.encode(), "https://t0.tianditu.gov.cn/img_c/wmts?tk={key}")
    assert [(o.layer, o.matrix_set, o.plane) for o in offers] == [
        ("img", "c", Plane.DEGREES),
        ("img", "w", Plane.MERCATOR),
        ("rest", "w", Plane.MERCATOR),
    ]
    degrees = offers[0].levels[0]
    assert (degrees.left, degrees.top, degrees.columns, degrees.rows) == (-180, 90, 2, 1)
    assert degrees.side == pytest.approx(180, rel=1e-9), "its pixel is 1/96 inch, not the standard's"
    assert offers[0].bounds == (118, 27, 123, 31.5)
    source = BaseMap("a", "A", "wmts", offers[0].address, plane=offers[0].plane, levels=offers[0].levels)
    check(source)
    asked = filled(source, TileId(1, 3, 0), "abc")
    for part in ("LAYER=img", "TILEMATRIXSET=c", "TILEMATRIX=2", "TILEROW=0", "TILECOL=3", "tk=abc", "FORMAT=tiles"):
        assert part in asked
    assert offers[2].address == "https://h/x/s/w/{z}/{y}/{x}.png"
    assert "tk=abc" in capabilities_address("https://t0.tianditu.gov.cn/img_c/wmts?tk={key}", "abc")


@pytest.mark.parametrize(
    ("content", "key"),
    [
        (b"<html>", "wmts_unreadable"),
        (b"not xml", "wmts_unreadable"),
        (b'<!DOCTYPE x [<!ENTITY a "aaaa">]><Capabilities/>', "wmts_unreadable"),
        (b"<Capabilities/>", "wmts_nothing"),
        (b"<Capabilities><Contents/></Capabilities>", "wmts_nothing"),
        (b"<Capabilities><Contents>" + b"<Layer/>" * 500 + b"</Contents></Capabilities>", "wmts_unreadable"),
        (b"<a>" * 200_000, "wmts_unreadable"),
    ],
)
def test_what_is_no_wmts_is_refused(content: bytes, key: str) -> None:
    with pytest.raises(Fault) as refused:
        read_capabilities(content, "https://h/wmts")
    assert refused.value.key == key


def test_declarations_come_back_as_they_were_kept_and_without_a_key(tmp_path: Path) -> None:
    sources = (tianditu("vec", "矢量", "vec"), tianditu("img", "影像", "img", Plane.DEGREES))
    write_sources(tmp_path, sources)
    assert read_sources(tmp_path) == sources
    assert b"{key}" in (tmp_path / FILE_NAME).read_bytes()
    assert "tianditu.gov.cn/img_c/" in filled(sources[1], TileId(3, 5, 2), "k")
    assert filled(sources[0], TileId(0, 1, 1), "k").startswith("https://t2.")
    for broken in (
        b"{",
        b'{"version": 9, "sources": []}',
        b'{"version":1,"sources":[{"ident":"../x","name":"a","kind":"xyz","address":"a"}]}',
    ):
        (tmp_path / FILE_NAME).write_bytes(broken)
        with pytest.raises(Fault) as refused:
            read_sources(tmp_path)
        assert refused.value.key == "base_maps_unreadable"


@pytest.mark.parametrize(
    ("address", "key"),
    [
        ("ftp://h/{z}/{x}/{y}", "base_map_address"),
        ("file:///etc/passwd?{z}{x}{y}", "base_map_address"),
        ("https:///{z}/{x}/{y}", "base_map_address"),
        ("https://h/{z}/{x}", "base_map_template"),
    ],
)
def test_addresses_that_cannot_be_are_refused(address: str, key: str) -> None:
    with pytest.raises(Fault) as refused:
        check(BaseMap("a", "A", "xyz", address))
    assert refused.value.key == key


@given(st.floats(-179, 179), st.floats(-80, 80), st.integers(1, 18), st.sampled_from(list(Plane)))
def test_the_tile_over_a_point_holds_it(lon: float, lat: float, zoom: int, plane: Plane) -> None:
    grid = TileGrid(plane, ladder(plane, 1, 18))
    x, y = to_plane(lon, lat)
    found = tiles_over(grid, zoom - 1, (x - 0.01, y - 0.01, x + 0.01, y + 0.01))
    assert 1 <= len(found) <= 4
    boxes = [tile_box(grid, tile) for tile in found]
    assert any(b[0] - 0.1 <= x <= b[2] + 0.1 and b[1] - 0.1 <= y <= b[3] + 0.1 for b in boxes)


@given(st.integers(2, 18), st.floats(0, 0.999), st.floats(0, 0.999))
def test_strips_of_a_tile_in_degrees_lie_true_to_less_than_a_pixel(zoom: int, east: float, south: float) -> None:
    grid = TileGrid(Plane.DEGREES, ladder(Plane.DEGREES, 1, 18))
    level = grid.levels[zoom - 1]
    tile = TileId(zoom - 1, int(east * level.columns), int((0.15 + 0.7 * south) * level.rows))
    assume(abs(level.top - (tile.row + 0.5) * level.side) + level.side / 2 < 80)
    pixel_m = level.side / 256 * DEGREE_M
    for (x0, y0, x1, y1), first, last in strips(grid, tile):
        middle = level.top - (tile.row + (first + last) / 2) * level.side
        true = to_plane(0, middle)[1]
        stretch = 1 / np.cos(np.radians(middle))
        assert abs((y0 + y1) / 2 - true) < pixel_m * stretch * 1.5
        assert x1 - x0 == pytest.approx(level.side * DEGREE_M)


def test_a_source_in_gcj02_is_moved_to_where_it_belongs() -> None:
    grid = TileGrid(Plane.MERCATOR, ladder(Plane.MERCATOR, 1, 18), system="gcj02")
    system = system_named("gcj02")
    assert system is not None
    lon, lat = 120.75, 29.72
    moved = to_plane(*from_wgs84(lon, lat, system))
    x, y = to_plane(lon, lat)
    assert abs(moved[0] - x) > 300
    level = len(grid.levels) - 1
    (tile,) = tiles_over(grid, level, (x - 0.01, y - 0.01, x + 0.01, y + 0.01))[:1]
    x0, y0, x1, y1 = tile_box(grid, tile)
    share = (x - x0) / (x1 - x0), (y1 - y) / (y1 - y0)
    at = grid.levels[level]
    expected = (moved[0] - at.left) / at.side - tile.column, (at.top - moved[1]) / at.side - tile.row
    assert share == pytest.approx(expected, abs=0.01), "its picture lies where its own numbers say, to some metres"
    assert to_degrees(*moved) != (lon, lat)


def test_the_level_is_the_coarsest_that_is_sharp() -> None:
    grid = TileGrid(Plane.MERCATOR, ladder(Plane.MERCATOR, 3, 10))
    px = [level.side / 256 for level in grid.levels]
    assert level_for(grid, px[2]) == 2
    assert level_for(grid, px[2] * 0.75) == 2
    assert level_for(grid, px[2] * 0.65) == 3
    assert level_for(grid, px[-1] / 100) == 7
    assert level_for(grid, px[0] * 100) == 0


def test_tiles_in_memory_are_bounded_and_those_in_view_stay() -> None:
    model = TilesModel("a", "A", TileGrid(Plane.MERCATOR, ladder(Plane.MERCATOR, 0, 10)))
    picture = np.zeros((256, 256), np.uint32)
    model.bound(5 * picture.nbytes)
    seen = [TileId(10, i, 0) for i in range(4)]
    model.put(dict.fromkeys(seen, picture))
    for i in range(10, 20):
        model.put({TileId(10, i, 0): picture}, seen)
    assert model.size_bytes <= 5 * picture.nbytes
    assert model.use(seen) == []
    assert len(model.take_spoilt()) == 14
    assert model.take_spoilt() == []
