"""The ground of the map is laid as soon as somebody is signed in, and once: the snapshot only confirms it."""

import asyncio

import pytest
import shapely
from desks import PASSWORD, listed, open_desk, until
from served import ALL_ROOM, Served, send_report

from client.api import ServiceClient
from client.early import EarlyReplies
from console.folders import find_folders, ground_file
from console.ground import EarlyGround, Ground, GroundStore
from console.headstart import HeadStart
from console.mapshapes import read_shapes
from domain.ids import GridCode
from domain.people import Role
from domain.places import Grid
from domain.wire import Geometry


async def test_the_ground_comes_before_the_snapshot_and_is_told_of_with_it(served: Served) -> None:
    case = send_report(served.client(served.token("phones", Role.GATEWAY))).case
    token = served.token("room", *ALL_ROOM)
    replies = EarlyReplies(served.url, token)
    ground = EarlyGround(GroundStore(None), served.url, replies)
    await asyncio.to_thread(ground._made.result, 20)
    async with open_desk() as desk:
        laid: list[bool] = []
        told: list[bool] = []
        desk.map_feed.models.grids.subscribe(lambda: laid.append(desk.session.room.picture is None))  # type: ignore[union-attr]
        desk.map_feed.shapes_loaded.connect(lambda: told.append(desk.session.room.picture is None))  # type: ignore[union-attr]
        desk.session.use_token(served.url, token, HeadStart(replies, ground))
        await until(lambda: desk.panels.map.settled and listed(desk) == [case.case_no])
        await until(lambda: told != [])
        assert (laid, told) == ([True], [False])
        assert desk.map_feed.models.grids.shapes.grids
        assert len(desk.map_feed.models.cases.open) == 1


async def test_the_ground_of_the_last_time_is_laid_and_not_fetched_again(
    served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    served.account("wang", PASSWORD, *ALL_ROOM)
    kept = ground_file(find_folders().cache, served.url)
    fetched: list[str | None] = []
    geometry = ServiceClient.geometry

    async def counted(client: ServiceClient, tag: str | None = None) -> Geometry | None:
        fetched.append(tag)
        return await geometry(client, tag)

    monkeypatch.setattr(ServiceClient, "geometry", counted)
    for _ in range(2):
        async with open_desk(keep=True) as desk:
            desk.session.sign_in(served.url, "wang", PASSWORD)
            await until(lambda: desk.map_feed.ground() is not None and kept.exists())
            assert len(fetched) == 1


async def test_another_town_at_the_same_place_takes_the_place_of_what_was_kept(served: Served) -> None:
    store = GroundStore(find_folders().cache)
    far = Grid(GridCode("990000000001"), "他乡", shapely.to_wkb(shapely.box(100.0, 20.0, 100.1, 20.1)))
    geometry = Geometry("another", (), (far,), ())
    store.keep(served.url, Ground(geometry, read_shapes(geometry)))
    async with open_desk(keep=True) as desk:
        desk.session.sign_in(served.url, "li", PASSWORD)
        grids = desk.map_feed.models.grids
        await until(lambda: far.code not in {grid.code for grid in grids.shapes.grids} and grids.shapes.grids)
        await until(lambda: desk.panels.map.settled)
        bounds, area = grids.bounds, desk.panels.map.camera.area().bounds()
        assert bounds is not None
        assert area[0] <= bounds[0] <= bounds[2] <= area[2]
        await until(
            lambda: (store.read(served.url) or Ground(geometry, read_shapes(geometry))).geometry.tag != "another"
        )
