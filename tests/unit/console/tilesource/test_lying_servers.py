"""Whatever a map server answers, reading a tile ends soon, in bounds, and says what was wrong; no lie is kept."""

import time
import tracemalloc
from pathlib import Path

import pytest
from tile_server import TileServer, dead_address, gzip_bomb, png, png_bomb, tile_server

from console.tilesource.declared import BaseMap
from console.tilesource.decode import decode
from console.tilesource.door import ServerDoor
from console.tilesource.health import HealthWatch
from console.tilesource.store import TileCache
from console.tilesource.web import WebDoor
from domain.faults import Fault
from layers.tiles.matrix import TileId

TILE = TileId(10, 850, 420)
WHOLE_S = 1.0


@pytest.fixture
def server():
    with tile_server() as running:
        yield running


@pytest.fixture
def cache(tmp_path: Path):
    made = TileCache(tmp_path, 10_000_000)
    yield made
    made.close()


def door(url: str, cache: TileCache, path: str = "", key: str = "") -> ServerDoor:
    address = f"{url}/{path}{'/' if path else ''}{{z}}/{{x}}/{{y}}.png"
    source = BaseMap("here", "Here", "xyz", address + ("?tk={key}" if key else ""))
    return ServerDoor(source, key, cache, WebDoor(whole_s=WHOLE_S, read_s=0.6))


def test_an_honest_server_is_asked_once_and_its_tile_is_kept(server: TileServer, cache: TileCache) -> None:
    reader = door(server.url, cache)
    came = reader.read(TILE)
    assert came is not None
    assert came.picture is not None
    assert came.picture.shape == (256, 256)
    assert came.picture[0, 0] == 0xFFC83C28
    assert server.asked == ["/10/850/420.png"]
    assert reader.read(TILE) is not None
    assert len(server.asked) == 1
    assert cache.size()[0] == 1
    reader.close()


@pytest.mark.parametrize(
    ("lie", "key"),
    [
        ("html", "tile_not_image"),
        ("json200", "tile_not_image"),
        ("size", "tile_wrong_size"),
        ("bomb", "tile_wrong_size"),
        ("garbage", "tile_broken"),
        ("endless", "tile_too_large"),
        ("huge", "tile_too_large"),
        ("gzipbomb", "tile_too_large"),
        ("drip", "tile_timeout"),
        ("slow", "tile_timeout"),
        ("cut", "tile_line_down"),
        ("redirect", "tile_redirected"),
    ],
)
def test_each_lie_is_named_in_time_and_is_not_kept(server: TileServer, cache: TileCache, lie: str, key: str) -> None:
    gzip_bomb()
    reader = door(server.url, cache, lie)
    tracemalloc.start()
    began = time.monotonic()
    assert reader.read(TILE) is None
    took = time.monotonic() - began
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    health = reader.health.now()
    assert health.fault is not None
    assert health.fault.key == key
    assert took < WHOLE_S + 2.0
    assert most < 30_000_000, "what is unpacked is bounded"
    assert cache.size() == (0, 0)
    asked = len(server.asked)
    assert reader.read(TILE) is None
    assert len(server.asked) == asked, "it rests before it asks again"
    reader.close()


@pytest.mark.parametrize(
    ("status", "key"), [(403, "tile_refused"), (418, "tile_refused"), (503, "tile_busy"), (500, "tile_status")]
)
def test_a_refusal_says_its_number(server: TileServer, cache: TileCache, status: int, key: str) -> None:
    server.status = status
    reader = door(server.url, cache)
    assert reader.read(TILE) is None
    fault = reader.health.now().fault
    assert fault is not None
    assert (fault.key, fault.params["status"]) == (key, status)
    reader.close()


def test_nothing_there_is_no_failure_and_is_not_asked_for_again(server: TileServer, cache: TileCache) -> None:
    server.status = 404
    reader = door(server.url, cache)
    for _ in range(3):
        came = reader.read(TILE)
        assert came is not None
        assert came.picture is None
    assert len(server.asked) == 1
    assert reader.health.now().fault is None
    reader.close()


def test_a_dead_server_is_shown_from_what_was_kept(server: TileServer, cache: TileCache) -> None:
    alive = door(server.url, cache)
    assert alive.read(TILE) is not None
    source = alive._source
    alive.close()
    server.lie = "slow"
    later = ServerDoor(source, "", cache, WebDoor(whole_s=WHOLE_S, read_s=0.3))
    other = TILE._replace(column=851)
    assert later.read(other) is None
    came = later.read(TILE)
    assert came is not None
    assert came.picture is not None
    later.close()
    dead = door(dead_address(), cache)
    assert dead.read(TILE) is None
    fault = dead.health.now().fault
    assert fault is not None
    assert fault.key == "tile_line_down"
    dead.close()


def test_a_key_goes_to_the_server_and_nowhere_else(
    server: TileServer, cache: TileCache, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(0):
        reader = door(server.url, cache, key="s3cret/key")
        assert reader.read(TILE) is not None
        server.status = 403
        assert reader.read(TILE._replace(column=1)) is None
    assert server.asked[0].endswith("?tk=s3cret%2Fkey")
    fault = reader.health.now().fault
    assert fault is not None
    said = [fault.key, str(fault.params), caplog.text, repr(reader._source)]
    assert not any("s3cret" in text for text in said)
    reader.close()


def test_rests_grow_and_end_with_the_first_good_answer() -> None:
    now = [0.0]
    watch = HealthWatch(lambda: now[0])
    fault = Fault.__new__(Fault)
    pauses = []
    for _ in range(12):
        watch.note_fault(fault)
        watch.note_fault(fault)  # one asked at the same time counts once
        began = now[0]
        while not watch.may_ask():
            now[0] += 0.5
        pauses.append(now[0] - began)
    assert pauses[:4] == [2, 4, 8, 16]
    assert max(pauses) == 300
    assert watch.now().failing_s == now[0]
    watch.note_good()
    assert watch.may_ask()
    assert watch.now().fault is None
    watch.note_fault(fault, retry_s=77)
    now[0] += 76
    assert not watch.may_ask()


def test_a_picture_that_would_fill_memory_is_refused_unread() -> None:
    content = png_bomb()
    assert len(content) < 100_000
    with pytest.raises(Fault) as refused:
        decode(content, 256)
    assert refused.value.key == "tile_wrong_size"


def test_a_sharper_picture_is_taken_and_a_translucent_one_is_premultiplied() -> None:
    import io

    from PIL import Image

    assert decode(png(side=512), 256).shape == (512, 512)
    out = io.BytesIO()
    Image.new("RGBA", (256, 256), (255, 255, 255, 128)).save(out, "PNG")
    assert decode(out.getvalue(), 256)[3, 3] == 0x80808080
