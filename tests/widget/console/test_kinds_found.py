"""The command bar at a real desk: the word for a kind of thing lists those, a bounded number of them."""

import pytest
from desks import listed, signed_in, until
from served import Served, send_report

from console.thingsfound import KIND_MOST
from domain.people import Role
from domain.register_map import Camera, Component, ComponentKind

CAMERAS = ("摄像", "摄像头", "视频", "视频点位", "camera", "Cameras", "sxt")


async def test_the_word_for_a_kind_lists_the_things_of_that_kind(served: Served) -> None:
    case = send_report(served.client(served.token("phones", Role.GATEWAY)), title="视频里看到积水").case
    async with signed_in(served) as desk:
        await until(lambda: listed(desk) == [case.case_no])
        for n in range(KIND_MOST + 3):
            desk.register.put(Camera(f"老街口 {n:02d}", 120.805, 29.555, 45.0))
        desk.register.put(Component("西门 7", ComponentKind.MANHOLE, 120.805, 29.555))
        desk.register.put(Component("西门 8", ComponentKind.CHARGER, 120.805, 29.555))
        await until(lambda: len(desk.register.all(Camera)) == KIND_MOST + 3 and len(desk.register.all(Component)) == 2)
        bar = desk.panels.command_bar

        def rows() -> list[str]:
            return [bar.list.rows.item(row).text() for row in range(bar.list.rows.count())]

        for typed in CAMERAS:
            bar.open_bar(typed)
            await until(lambda: sum("老街口" in row for row in rows()) == KIND_MOST)
            assert "老街口 00" in next(row for row in rows() if "老街口" in row), "by name"
            bar.close_bar()
        found = desk.finder.find("视频")
        assert found[0].value == case.case_no, "what is called so comes before what is one"
        assert {hit.text for hit in desk.finder.find("井盖")} == {"西门 7"}
        desk.register.put(Component("井盖 9", ComponentKind.MANHOLE, 120.805, 29.555))
        await until(lambda: len(desk.register.all(Component)) == 3)
        found_once = [hit.text for hit in desk.finder.find("井盖") if hit.what == "component"]
        assert found_once == ["井盖 9", "西门 7"], "found by its name and by what it is: once, in the better place"
        assert {hit.text for hit in desk.finder.find("charg")} == {"西门 8"}
        assert {hit.text for hit in desk.finder.find("视") if hit.what == "camera"} == set(), "one sign says no kind"
        assert not any(hit.what == "camera" for hit in desk.finder.find("ra")), "a part within a word says none"


@pytest.mark.parametrize(("typed", "what"), [("人员", "staff"), ("车辆", "vehicle"), ("vehicle", "vehicle")])
async def test_people_and_vehicles_are_listed_by_what_they_are(served: Served, typed: str, what: str) -> None:
    async with signed_in(served) as desk:
        await until(lambda: bool(desk.panels.board.rows()))
        room = desk.session.room
        assert room is not None
        assert room.picture is not None
        there = room.picture.members if what == "staff" else room.picture.vehicles
        bar = desk.panels.command_bar
        bar.open_bar(typed)
        await until(lambda: len([hit for hit in bar._hits.values() if hit.what == what]) == len(there) > 0)
        bar.close_bar()
