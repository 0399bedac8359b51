"""The edge of a new geofence at a real desk, and what it is offered to be called."""

import pytest
from desks import PASSWORD, signed_in, until
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from served import Served
from towns import INSIDE, VILLAGE, square

from console.desk import Desk
from console.fenceedge import edge_meant
from domain.faults import Fault
from domain.people import Role
from domain.places import Division, DivisionLevel
from domain.register_fence import Geofence
from layers.mercator import to_plane
from tests.widget.console.test_map_fences import kept, press
from widgets.map.fence_card import FenceForm


def point(desk: Desk, form: FenceForm, lon: float, lat: float) -> None:
    """Choose a form and press on a place of the map."""
    view = desk.panels.map
    press(desk.map_desk.fences.card._forms[form])
    x, y = view.camera.to_screen(*to_plane(lon, lat))
    QTest.mouseClick(view, Qt.MouseButton.LeftButton, pos=QPoint(round(x), round(y)))


async def test_a_fence_round_a_grid_is_offered_the_grids_own_name(served: Served) -> None:
    served.account("wu", PASSWORD, Role.DISPATCHER)
    async with signed_in(served, "wu") as desk:
        await until(lambda: desk.map_feed.models.grids.shapes.grids)
        desk.actions.trigger("map_fences")
        sheet, models = desk.map_desk.fences.sheet, desk.map_feed.models
        desk.panels.map.centre_on(*to_plane(*INSIDE))
        for offered in ("第1网格", "第1网格 (2)", "第1网格 (3)"):
            point(desk, FenceForm.GRID, *INSIDE)
            assert sheet.isVisible()
            assert sheet.name.text() == offered
            press(sheet.save)
            await until(lambda: not sheet.isVisible())
            await until(lambda: offered in {held.body.name for held in desk.register.all(Geofence)})  # noqa: B023
        assert {len(entry["body"]["ring"]) for entry in kept(served).values()} == {4}
        point(desk, FenceForm.CIRCLE, *INSIDE)
        assert sheet.name.text() == desk.words("fence.new_name", n=4), "what goes round nothing named is counted"
        sheet.close_sheet()
        models.divisions.set_divisions([Division(VILLAGE, " 一村 ", DivisionLevel.VILLAGE, wkb=square(0, 0))])
        point(desk, FenceForm.DIVISION, *INSIDE)
        assert sheet.name.text() == "一村"
        sheet.close_sheet()


async def test_a_circle_is_round_and_where_nothing_lies_there_is_no_edge(served: Served) -> None:
    async with signed_in(served) as desk:
        await until(lambda: desk.map_feed.models.grids.shapes.grids)
        models = desk.map_feed.models
        assert len(edge_meant(FenceForm.CIRCLE, (INSIDE,), 100.0, models).ring) == 64
        assert edge_meant(FenceForm.AREA, (INSIDE,) * 3, 100.0, models) == ((INSIDE,) * 3, "")
        for form in (FenceForm.GRID, FenceForm.DIVISION):
            with pytest.raises(Fault, match="fence_no_outline"):
                edge_meant(form, ((100.0, 10.0),), 100.0, models)
