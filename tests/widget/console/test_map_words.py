"""On the map of a real desk: who is picked is who is ringed; what a tool found is said in the language in use."""

from datetime import timedelta

from desks import PASSWORD, signed_in, until
from PySide6.QtCore import QPointF
from PySide6.QtWidgets import QLabel
from served import ALL_ROOM, Served

from domain.people import Role
from layers.mercator import to_plane


async def test_who_is_picked_is_ringed_not_another_of_the_unit_and_words_follow_the_language(served: Served) -> None:
    served.account("wu", PASSWORD, *ALL_ROOM)
    gate = served.client(served.token("gate", Role.GATEWAY))
    now = served.runtime.timekeeper.now()
    for i, (thing, lon) in enumerate((("s-li", 120.803), ("s-wang", 120.815))):
        said = {"thing": thing, "lon": lon, "lat": 29.555, "fixed_at": (now + timedelta(seconds=i)).isoformat()}
        assert gate.post("/v1/positions", json={"positions": [said]}).status_code == 204
    async with signed_in(served, "wu") as desk:
        view = desk.panels.map
        await until(lambda: len(desk.map_feed.models.positions.table) == 2)
        view.pick_thing("s-li")
        assert view.chosen.thing == "s-li", "the other one of the unit was heard of later"
        assert desk.selection.unit_id == "u-patrol"
        desk.selection.select_unit(None)
        desk.selection.select_unit(served.runtime.world.vehicles["v-van"].unit_id)  # type: ignore[index]
        desk.selection.select_unit(served.runtime.world.staff["s-li"].unit_id)  # type: ignore[index]
        assert view.chosen.thing == "s-wang"
        # what was identified is said anew in the other language
        view.look_closely(120.803, 29.555, 1.0)
        desk.map_desk.open_identify()
        tool = desk.map_desk.identify
        tool.click(QPointF(*view.camera.to_screen(*to_plane(120.803, 29.555))))
        titles = [found.title for found in tool._found(QPointF(view.width() / 2, view.height() / 2))]
        assert "人员车辆" in titles
        desk.appearance.use_language("en")
        assert "Staff and vehicles" in [label.text() for label in tool.card.findChildren(QLabel)]
        desk.appearance.use_language("zh-CN")
