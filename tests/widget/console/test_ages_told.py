"""How old what is shown is: the same at the head of the map, in the list of layers and on it, whatever the clock."""

from datetime import UTC, datetime, timedelta

from desks import signed_in
from msgspec.structs import replace
from served import Served

from client.line import LineReading, LineState
from console.desk import Desk
from domain.ids import ThingId
from layers.contract import Area, Focus, Look
from layers.mercator import to_plane
from layers.positions.item import PositionsItem
from layers.positions.model import PositionsModel, ThingMark
from resources.theme import load_theme
from resources.words import Words
from widgets.common.stale import StaleVeil


def note(desk: Desk) -> str:
    """Return what the list of layers says beside the cases."""
    desk.panels.map.overlays.feed()
    row = desk.panels.map.overlays.layer_tree.rows.row("cases")
    assert row is not None
    return row.note


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
