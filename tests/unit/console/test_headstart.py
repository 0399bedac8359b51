"""The head start of a console: the map's shapes read beforehand are those read in the ordinary way, or none."""

import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import msgspec
import pytest
import shapely

from client.early import EarlyReplies
from console.mapshapes import EarlyShapes, read_shapes
from domain.ids import GridCode
from domain.places import Grid
from domain.wire import Geometry
from tests.unit.client.peer import Peer, running_peer, snapshot

pytestmark = pytest.mark.logs_expected("uvicorn")

GRID = Grid(GridCode("330699103001"), "一网格", shapely.to_wkb(shapely.box(120.0, 29.0, 120.1, 29.1)))
GEOMETRY = Geometry(tag="g1", divisions=(), grids=(GRID,), base=())
STARTS = """
import sys
from console import headstart
headstart.begin(None, None, None)
heavy = [n for n in ("httpx", "websockets", "http.client", "email", "pyqtgraph", "numba") if n in sys.modules]
import linecache, console.desk
print(heavy, sum(name.endswith(".py") and "/console/" in name for name in linecache.cache))
"""
FAULTS = """
import sys
from console import headstart
from layers.geometry import POLYGONS, read_wkb, to_shapes
headstart.begin(None, None, None)
import shapely
to_shapes(read_wkb([shapely.to_wkb(shapely.box(0, 0, 1, 1))]), POLYGONS)
import console.program
from PySide6.QtCore import QPoint
print([n for n in ("argparse", "numpy.ma") if n in sys.modules])
try:
    QPoint("x", "y")
except TypeError as error:
    print("Supported signatures" in str(error))
"""


@pytest.fixture
async def peer() -> AsyncIterator[Peer]:
    async with running_peer() as running:
        running.say("/v1/snapshot", snapshot(head=3))
        yield running


async def test_shapes_are_read_with_their_tag(peer: Peer) -> None:
    peer.say("/v1/geometry", GEOMETRY)
    early = EarlyShapes(EarlyReplies(peer.url, "secret"))
    taken = await early.take()
    assert taken is not None
    assert early.ready
    assert early.made() is taken
    assert taken.tag == "g1"
    assert taken.grids.grids == read_shapes(GEOMETRY).grids.grids
    assert len(taken.grids.grids) == 1


@pytest.mark.parametrize("body", [b"", b"\x93\x01", msgspec.msgpack.encode({"tag": 1}), b"\x91" * 100_000])
async def test_what_is_no_geometry_is_read_in_the_ordinary_way(peer: Peer, body: bytes) -> None:
    peer.answers["/v1/geometry"] = [(200, body, "application/msgpack")]
    assert await EarlyShapes(EarlyReplies(peer.url, "secret")).take() is None


async def test_a_service_that_is_not_there_gives_no_shapes() -> None:
    assert await EarlyShapes(EarlyReplies("http://127.0.0.1:1", "secret")).take() is None


def test_a_start_imports_no_network_library_and_no_source_is_read() -> None:
    """Fails where the head start slips, or where another PySide6 asks in another way."""
    root = Path(__file__).parents[3]
    done = subprocess.run([sys.executable, "-c", STARTS], cwd=root, check=True, capture_output=True, text=True)
    assert done.stdout.split("\n")[0] == "[] 0"


def test_a_start_leaves_out_what_qt_and_numpy_bring_unused_and_qt_still_words_its_faults() -> None:
    said = subprocess.run([sys.executable, "-c", FAULTS], capture_output=True, text=True, check=True).stdout
    assert said.split() == ["[]", "True"]
