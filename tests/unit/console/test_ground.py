"""The ground kept from start to start: what is read back is what was kept, or nothing; damage never comes through."""

from collections.abc import AsyncIterator
from pathlib import Path

import msgspec
import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from towns import make_town

from client.early import EarlyReplies
from console import ground as grounds
from console.folders import ground_file
from console.ground import EarlyGround, Ground, GroundStore
from console.mapshapes import read_shapes
from domain.ids import GridCode
from domain.places import Grid
from domain.wire import Geometry
from tests.unit.client.peer import Peer, running_peer, snapshot

pytestmark = pytest.mark.logs_expected("uvicorn")

URL = "http://127.0.0.1:8800"
GRID = Grid(GridCode("330699103001"), "一网格", shapely.to_wkb(shapely.box(120.0, 29.0, 120.1, 29.1)))
GEOMETRY = Geometry(tag="g1", divisions=(), grids=(GRID,), base=())
NOWHERE = Geometry(tag="g0", divisions=(), grids=(), base=())


def town_ground() -> Ground:
    town = make_town()
    geometry = Geometry("t1", tuple(town.divisions), tuple(town.grids), tuple(town.base))
    return Ground(geometry, read_shapes(geometry))


def same(a: object, b: object) -> bool:
    """Whether two grounds are alike down to every array, its type and that it can be written to."""
    if isinstance(a, np.ndarray) and isinstance(b, np.ndarray):
        return (a.dtype, a.shape) == (b.dtype, b.shape) and bool((a == b).all()) and a.flags.writeable
    if isinstance(a, msgspec.Struct):
        return type(a) is type(b) and all(same(getattr(a, f), getattr(b, f)) for f in a.__struct_fields__)
    if isinstance(a, tuple) and isinstance(b, tuple):
        return len(a) == len(b) and all(same(x, y) for x, y in zip(a, b, strict=True))
    return a == b


@pytest.mark.parametrize(
    "ground", [town_ground(), Ground(Geometry("g", (), (), ()), read_shapes(Geometry("g", (), (), ())))]
)
def test_what_is_read_is_what_was_kept(tmp_path: Path, ground: Ground) -> None:
    store = GroundStore(tmp_path)
    assert store.read(URL) is None
    store.keep(URL, ground)
    read = GroundStore(tmp_path).read(URL)
    assert read is not None
    assert same(read, ground)
    assert store.read(URL + "/") is None, "another service has another town"


@given(st.data())
def test_a_damaged_file_is_as_none(tmp_path_factory: pytest.TempPathFactory, data: st.DataObject) -> None:
    folder = tmp_path_factory.mktemp("cache")
    store, at = GroundStore(folder), ground_file(folder, URL)
    store.keep(URL, Ground(GEOMETRY, read_shapes(GEOMETRY)))
    content = bytearray(at.read_bytes())
    cut = data.draw(st.integers(0, len(content) - 1))
    if data.draw(st.booleans()):
        content[cut] ^= data.draw(st.integers(1, 255))
    else:
        del content[cut:]
    at.write_bytes(content)
    assert store.read(URL) is None


def test_what_an_earlier_program_kept_is_read_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    GroundStore(tmp_path).keep(URL, town_ground())
    monkeypatch.setattr(grounds, "FORM", grounds.FORM + 1)
    assert GroundStore(tmp_path).read(URL) is None


def test_what_is_too_large_is_neither_kept_nor_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = GroundStore(tmp_path)
    store.keep(URL, town_ground())
    monkeypatch.setattr(grounds, "MOST_BYTES", 1000)
    assert store.read(URL) is None
    store.keep(URL + "/2", town_ground())
    assert not ground_file(tmp_path, URL + "/2").exists()


def test_the_towns_not_kept_for_longest_make_room(tmp_path: Path) -> None:
    store = GroundStore(tmp_path)
    for n in range(grounds.MOST_TOWNS + 2):
        store.keep(f"{URL}/{n}", Ground(GEOMETRY, read_shapes(GEOMETRY)))
    kept = [n for n in range(grounds.MOST_TOWNS + 2) if store.read(f"{URL}/{n}")]
    assert kept == list(range(2, grounds.MOST_TOWNS + 2))


def test_where_nothing_can_be_written_nothing_is_kept(tmp_path: Path) -> None:
    (tmp_path / "cache").write_text("a file: no folder can be made in it")
    for store in (GroundStore(tmp_path / "cache"), GroundStore(None)):
        store.keep(URL, town_ground())
        assert store.read(URL) is None


@pytest.fixture
async def peer() -> AsyncIterator[Peer]:
    async with running_peer() as running:
        running.say("/v1/snapshot", snapshot(head=3))
        yield running


async def test_without_a_file_it_is_read_from_the_reply(peer: Peer, tmp_path: Path) -> None:
    peer.say("/v1/geometry", GEOMETRY)
    store = GroundStore(tmp_path)
    early = EarlyGround(store, peer.url, EarlyReplies(peer.url, "secret"))
    taken = await early.take()
    assert taken is not None
    assert early.ready
    assert early.made() is taken
    assert await early.geometry() == GEOMETRY
    assert same(taken.shapes, read_shapes(GEOMETRY))
    await early.keep(taken)
    kept = await EarlyGround(store, peer.url).take()
    assert kept is not None
    assert same(kept, taken)


async def test_only_another_ground_is_kept_anew(tmp_path: Path) -> None:
    store, at = GroundStore(tmp_path), ground_file(tmp_path, URL)
    store.keep(URL, town_ground())
    early = EarlyGround(store, URL)
    await early.take()
    at.unlink()
    await early.keep(town_ground())
    assert not at.exists(), "it is what was read"
    await early.keep(Ground(GEOMETRY, read_shapes(GEOMETRY)))
    assert at.exists()


@pytest.mark.parametrize("body", [b"", b"\x93\x01", msgspec.msgpack.encode({"tag": 1}), b"\x91" * 100_000])
async def test_what_is_no_geometry_is_read_in_the_ordinary_way(peer: Peer, body: bytes) -> None:
    peer.answers["/v1/geometry"] = [(200, body, "application/msgpack")]
    assert await EarlyGround(GroundStore(None), peer.url, EarlyReplies(peer.url, "secret")).take() is None


async def test_a_service_that_is_not_there_gives_none() -> None:
    replies = EarlyReplies("http://127.0.0.1:1", "secret")
    assert await EarlyGround(GroundStore(None), "http://127.0.0.1:1", replies).take() is None
