"""The ground of the map is laid as soon as somebody is signed in, and once: the snapshot only confirms it."""

import asyncio

from desks import listed, open_desk, until
from served import ALL_ROOM, Served, send_report

from client.early import EarlyReplies
from console.mapshapes import EarlyShapes
from domain.people import Role


async def test_the_ground_comes_before_the_snapshot_and_is_told_of_with_it(served: Served) -> None:
    case = send_report(served.client(served.token("phones", Role.GATEWAY))).case
    token = served.token("room", *ALL_ROOM)
    replies = EarlyReplies(served.url, token)
    shapes = EarlyShapes(replies)
    await asyncio.to_thread(shapes._made.result, 20)
    async with open_desk() as desk:
        laid: list[bool] = []
        told: list[bool] = []
        desk.map_feed.models.grids.subscribe(lambda: laid.append(desk.session.room.picture is None))  # type: ignore[union-attr]
        desk.map_feed.shapes_loaded.connect(lambda: told.append(desk.session.room.picture is None))  # type: ignore[union-attr]
        desk.map_feed.expect(shapes)
        desk.session.use_token(served.url, token, replies)
        await until(lambda: desk.panels.map.settled and listed(desk) == [case.case_no])
        await until(lambda: told != [])
        assert (laid, told) == ([True], [False])
        assert desk.map_feed.models.grids.shapes.grids
        assert len(desk.map_feed.models.cases.open) == 1
