"""How old what is shown is: the same at the head of the map, in the list of layers and on it, whatever the clock."""

import asyncio
from datetime import UTC, datetime, timedelta

from desks import listed, signed_in, until
from msgspec.structs import replace
from served import Served, send_report

from client.line import LineReading, LineState
from console.desk import Desk
from domain.ids import ThingId
from domain.people import Role
from layers.contract import Area, Focus, Look
from layers.mercator import to_plane
from layers.positions.item import PositionsItem
from layers.positions.model import PositionsModel, ThingMark
from resources.theme import load_theme
from resources.words import Words
from widgets.common.stale import StaleVeil
from widgets.unit_board.table import Column


def note(desk: Desk, layer: str = "cases") -> str:
    """Return what the list of layers says beside a layer."""
    row = desk.panels.map.overlays.layer_tree.rows.row(layer)
    assert row is not None
    return row.note


def on_the_board(desk: Desk) -> list[str]:
    """Return how old the board says positions are, of units that have one."""
    table = desk.panels.board.table
    said = [str(table.index(row, Column.POSITION).data()) for row in range(table.rowCount())]
    return [age for age in said if age != "—"]


async def test_offline_the_list_of_layers_counts_by_the_service_s_clock_as_the_rest_does(served: Served) -> None:
    async with signed_in(served) as desk:
        room = desk.session.room
        assert room is not None
        assert room.picture is not None
        room.picture.clock = replace(room.picture.clock, speed=60.0)
        now = room.service_now()
        desk.room_feed.show_line(LineReading(LineState.OFFLINE, 180.0, 180.0), now)
        desk.layer_notes.show(desk.room_feed.silent_since, now, desk.map_feed.models)
        said = desk.names.local(now - timedelta(hours=3)).strftime("%H:%M:%S")
        veil = desk.panels.map.findChild(StaleVeil)
        assert veil is not None
        assert said in veil.text
        assert note(desk) == "3 小时前"
        desk.room_feed.show_line(LineReading(LineState.LIVE, 180.0, 0.1), now)
        desk.layer_notes.show(desk.room_feed.silent_since, now, desk.map_feed.models)
        assert note(desk) == "实时"


def test_an_age_of_days_is_told_in_days_on_the_map_too() -> None:
    model = PositionsModel()
    now = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
    model.replace([ThingMark(ThingId("li"), 120.7, 29.7, now - timedelta(hours=26), "李四")])
    model.set_now(now)
    item = PositionsItem(model, Look(load_theme("dark"), Words("zh-CN")))
    assert item.note() == ("1 天前", True)
    (label,) = item.live_labels(Area(*to_plane(120.69, 29.71), 4.0, 800, 600), Focus(thing="li"))
    assert label.text == "李四 1 天前"


async def test_board_and_list_of_layers_tell_one_age_of_one_position(served: Served) -> None:
    """The clock of a demo runs fast: looked at at two moments, an age would be told in two ways."""
    gate = served.client(served.token("gate", Role.GATEWAY))

    def stand(lon: float, ago_s: float) -> None:
        at = served.runtime.timekeeper.now() - timedelta(seconds=ago_s)
        said = {"thing": "s-li", "lon": lon, "lat": 29.555, "fixed_at": at.isoformat()}
        assert gate.post("/v1/positions", json={"positions": [said]}).status_code == 204

    stand(120.803, 30.5)
    async with signed_in(served) as desk:
        desk.window.show()
        await until(lambda: desk.panels.board.isVisible() and on_the_board(desk))
        desk._second.stop()  # else a second might pass just when the ages are compared
        assert desk.session.room is not None
        picture = desk.session.room.picture
        assert picture is not None
        picture.clock = replace(picture.clock, speed=20.0)
        desk.on_second()
        assert on_the_board(desk) == [note(desk, "positions")]
        case = send_report(served.client(served.token("phones", Role.GATEWAY))).case
        await until(lambda: case.case_no in listed(desk))
        await asyncio.sleep(1.2)  # the board was shown anew meanwhile
        assert on_the_board(desk) == [note(desk, "positions")]
        stand(120.813, 0.5)
        await until(lambda: picture.positions[ThingId("s-li")].lon == 120.813)
        desk.on_second()
        told = note(desk, "positions")
        assert on_the_board(desk) == [told]
        assert int(told.split()[0]) < 30, "it is that of the latest position"
