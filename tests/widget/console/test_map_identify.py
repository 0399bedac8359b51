"""Identifying across layers and the mark of what was searched for, on the map of a real desk."""

import shapely
from desks import signed_in, until
from msgspec.structs import replace
from PySide6.QtCore import QPoint, QPointF, QRect, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from served import ALL_ROOM, Served, key, send_report
from towns import LI, MORNING

from domain.ids import DivisionCode
from domain.people import Role
from domain.places import Division, DivisionLevel, distance_m
from domain.register_map import Camera
from layers.contract import PickedKind
from layers.mercator import to_plane
from widgets.command_bar import Hit
from widgets.common.wrapped import WrappedLabel
from widgets.map.select_card import Way

AT = (120.801, 29.551)


async def test_everything_under_the_pointer_is_listed_by_layer_and_opens(served: Served) -> None:
    gateway = served.client(served.token("phones", Role.GATEWAY))
    numbers = [send_report(gateway, text=f"第{i}件", lon=AT[0], lat=AT[1]).case.case_no for i in range(2)]
    fix = {"thing": LI, "lon": AT[0], "lat": AT[1], "fixed_at": MORNING.isoformat()}
    assert gateway.post("/v1/positions", json={"positions": [fix]}).status_code == 204
    async with signed_in(served) as desk:
        await until(lambda: len(desk.map_feed.models.cases.open) == 2 and len(desk.map_feed.models.positions.table))
        view = desk.panels.map
        view.centre_on(*to_plane(*AT))
        view.setFocus()
        QTest.keyClick(view, Qt.Key.Key_I)
        card = desk.map_desk.identify.card
        assert card.isVisibleTo(view)
        idents = [hit.ident for hit in card._buttons.values()]
        grid = desk.map_feed.models.grids.grid_at(*AT)
        assert grid is not None
        assert set(idents) == {*numbers, LI, grid.code}
        assert all(button.visibleRegion().boundingRect().height() > 10 for button in card.rows()), "all are in sight"
        case = next(button for button, hit in card._buttons.items() if hit.ident == numbers[1])
        QTest.mouseClick(case, Qt.MouseButton.LeftButton)
        assert desk.selection.case_no == numbers[1]
        # with a layer off it lists nothing of it; with the tool on a click chooses nothing else
        view.set_layer_visible("cases", False)
        QTest.mouseClick(view, Qt.MouseButton.LeftButton, pos=QPoint(view.width() // 2, view.height() // 2))
        assert {hit.ident for hit in card._buttons.values()} == {LI, grid.code}
        assert desk.selection.case_no == numbers[1]
        # what is left out of a layer is not listed either
        items = {item.key: item for item in view.items}
        view.choices.choose("positions", replace(items["positions"].options, hidden=(("kind", "staff"),)))
        QTest.keyClick(view, Qt.Key.Key_Return)
        assert {hit.ident for hit in card._buttons.values()} == {grid.code}
        QTest.keyClick(view, Qt.Key.Key_Escape)
        assert card.isHidden()


async def test_the_village_and_its_town_are_listed_where_their_layer_shows_and_a_press_shows_them_whole(
    served: Served,
) -> None:
    async with signed_in(served) as desk:
        view, identify = desk.panels.map, desk.map_desk.identify
        await until(lambda: desk.map_feed.models.grids.grid_at(*AT) is not None)
        lon, lat = AT
        desk.map_feed.models.divisions.set_divisions(
            Division(DivisionCode(code), name, level, wkb=shapely.box(lon + e, lat - 0.01, lon + 0.01, lat + 0.01).wkb)
            for code, name, level, e in (
                ("330699103", "测试镇", DivisionLevel.TOWN, -0.02),
                ("330699103001", "一村", DivisionLevel.VILLAGE, -0.01),
                ("330699103002", "二村", DivisionLevel.VILLAGE, 0.005),
            )
        )
        view.look_closely(*AT, 1.0)
        identify.at_cross()
        await until(lambda: any("一村" in row.text() for row in identify.card.rows()))
        texts = [row.text() for row in identify.card.rows()]
        assert "一村 · 村（社区）" in texts
        assert texts.index("测试镇 · 乡镇（街道）") == texts.index("一村 · 村（社区）") + 1
        assert not any("二村" in text for text in texts), "the place does not lie in it"
        QTest.mouseClick(identify.card.rows()[texts.index("一村 · 村（社区）")], Qt.MouseButton.LeftButton)
        x0, y1 = view.camera.to_screen(*to_plane(lon - 0.01, lat - 0.01))
        x1, y0 = view.camera.to_screen(*to_plane(lon + 0.01, lat + 0.01))
        assert view.rect().contains(QRect(QPoint(round(x0), round(y0)), QPoint(round(x1), round(y1))))
        assert x1 - x0 > 100, "as large as can be, not the whole town"
        view.set_layer_visible("divisions", False)
        identify.click(QPointF(*view.camera.to_screen(*to_plane(*AT))))
        assert not any("一村" in row.text() for row in identify.card.rows())


async def test_the_place_that_was_asked_about_lies_beside_the_card(served: Served) -> None:
    gateway = served.client(served.token("phones", Role.GATEWAY))
    for i in range(8):
        send_report(gateway, text=f"第{i}件", lon=AT[0], lat=AT[1])
    async with signed_in(served) as desk:
        await until(lambda: len(desk.map_feed.models.cases.open) == 8)
        view, identify = desk.panels.map, desk.map_desk.identify
        desk.map_desk.open_identify()
        low = identify.card.geometry().bottom() + 40
        view.look_closely(*AT, 1.0)
        at = QPoint(*(round(value) for value in view.camera.to_screen(*to_plane(*AT))))
        view.pan(identify.card.x() + 150 - at.x(), low - at.y())
        QTest.mouseClick(view, Qt.MouseButton.LeftButton, pos=QPoint(identify.card.x() + 150, low))
        assert identify.card.geometry().bottom() > low, "the card has grown over where the place was"
        assert len(identify.card.rows()) >= 8
        x, y = (round(value) for value in view.camera.to_screen(*to_plane(*AT)))
        assert view.rect().contains(x, y)
        assert not view.covered().contains(QPoint(x, y))
        before = view.camera
        QTest.mouseClick(view, Qt.MouseButton.LeftButton, pos=QPoint(x, y))
        assert view.camera == before, "where it is seen already nothing moves"


async def test_the_card_of_what_was_picked_does_not_lie_over_the_place(served: Served) -> None:
    async with signed_in(served) as desk:
        view, card = desk.panels.map, desk.panels.map.overlays.pick_card
        await until(lambda: desk.map_feed.models.grids.grid_at(*AT) is not None)
        view.look_closely(*AT, 1.0)
        found, spot = view.pick_at(view.width() / 2, view.height() / 2), QPoint(120, 60)
        assert found is not None
        assert found.kind is PickedKind.GRID
        at = view.camera.to_screen(found.x, found.y)
        view.pan(spot.x() - at[0], spot.y() - at[1])
        QTest.mouseClick(view, Qt.MouseButton.LeftButton, pos=spot)
        assert card.isVisible()
        x, y = (round(value) for value in view.camera.to_screen(found.x, found.y))
        assert view.rect().contains(x, y)
        assert not view.covered().contains(QPoint(x, y))
        seen = view.camera
        desk.picks.refresh()
        assert view.camera == seen, "while it stays open the map is left alone"


async def test_asking_what_is_there_ends_what_was_being_drawn(served: Served) -> None:
    async with signed_in(served) as desk:
        view, card = desk.panels.map, desk.map_desk.identify.card
        desk.actions.trigger("measure_distance")
        await until(lambda: view.sketch is not None)
        QTest.mouseClick(view, Qt.MouseButton.LeftButton, pos=QPoint(100, 100))
        desk.map_desk.identify.open()
        assert view.sketch is None
        view.centre_on(*to_plane(*AT))
        QTest.mouseClick(view, Qt.MouseButton.LeftButton, pos=QPoint(view.width() // 2, view.height() // 2))
        grid = desk.map_feed.models.grids.grid_at(*AT)
        assert grid is not None
        assert {hit.ident for hit in card._buttons.values()} == {grid.code}


async def test_where_it_is_stands_in_the_systems_people_ask_for_and_a_press_copies_it(served: Served) -> None:
    async with signed_in(served) as desk:
        view, card = desk.panels.map, desk.map_desk.identify.card
        view.look_closely(*AT, 1.0)
        view.setFocus()
        QTest.keyClick(view, Qt.Key.Key_I)
        said = [row.text() for row in card.places()]
        assert [text.split(" · ")[0] for text in said] == ["GPS", "高德、腾讯", "百度", "高斯 120°"]
        assert all(row.fontMetrics().horizontalAdvance(row.text()) < row.width() - 12 for row in card.places())
        assert "GCJ-02" in card.places()[1].toolTip()
        for row, system in zip(card.places(), ("", "gcj ", "bd "), strict=False):
            QTest.mouseClick(row, Qt.MouseButton.LeftButton)
            copied = QGuiApplication.clipboard().text()
            hit = desk.finder.find(system + copied)[0]
            assert hit.lon is not None
            assert hit.lat is not None
            assert distance_m(hit.lon, hit.lat, *AT) < 1.0, "what is copied is found again"
        card.places()[3].setFocus()
        QTest.keyClick(card.places()[3], Qt.Key.Key_Return)
        copied = QGuiApplication.clipboard().text()
        assert any(distance_m(h.lon or 0.0, h.lat or 0.0, *AT) < 1.0 for h in desk.finder.find(f"EPSG:4549 {copied}"))
        shown = [label.text() for label in card.findChildren(WrappedLabel)]
        assert f"已复制：{copied}" in shown
        # nothing lies there: the place is told all the same, and goes along with the language
        view.look_closely(AT[0] + 5.0, AT[1], 1.0)
        QTest.keyClick(view, Qt.Key.Key_Return)
        assert not card.rows()
        assert "高斯 126°" in card.places()[3].text()
        desk.actions.trigger("language")
        await until(lambda: "Gauss 126°" in card.places()[3].text())
        assert view.rect().contains(card.geometry())


RING = [[AT[0], AT[1]], [AT[0] + 0.002, AT[1]], [AT[0] + 0.002, AT[1] + 0.002]]


async def test_names_that_stand_on_the_map_are_found(served: Served) -> None:
    keeper = served.client(served.token("keeper", *ALL_ROOM))
    for kind, body in (
        ("hazard", {"name": "老街低洼积水", "level": "orange", "ring": RING}),
        ("geofence", {"name": "老街市集值守区", "ring": RING}),
        ("drawing", {"form": "area", "label": "老街临时安置区", "points": RING}),
    ):
        put = keeper.put(
            f"/v1/register/{kind}/{kind}-1", json={"version": 0, "body": body}, headers={"Idempotency-Key": key()}
        )
        assert put.status_code == 200, put.text
    async with signed_in(served) as desk:
        await until(lambda: len(desk.finder.find("老街")) >= 3)
        hits = [hit for hit in desk.finder.find("老街") if hit.what == "place"]
        assert {(hit.text, hit.detail) for hit in hits} >= {
            ("老街低洼积水", "风险区域"), ("老街市集值守区", "电子围栏"), ("老街临时安置区", "标绘"),
        }  # fmt: skip
        assert {(hit.lon, hit.lat) for hit in hits if hit.detail} == {AT}


async def test_what_was_searched_for_is_marked_until_the_person_goes_on(served: Served) -> None:
    async with signed_in(served) as desk:
        found = desk.map_desk.found
        desk.panels.command_bar.hit_chosen.emit(Hit("place", "p", "集市", lon=AT[0], lat=AT[1]))
        assert found.place == to_plane(*AT)
        desk.panels.map.pan(5, 0)
        assert not found._fade.isActive(), "the map's own way there is no going on"
        found._since -= 10
        desk.panels.map.pan(5, 0)
        await until(lambda: found.place is None)


async def test_a_camera_is_found_by_name_or_number_gone_to_and_chosen_by_an_area(served: Served) -> None:
    chief = served.client(served.token("chief", Role.DUTY_CHIEF))
    body = {"body": {"name": "集市东口", "lon": AT[0], "lat": AT[1], "device_no": "33069900001320000001"}}
    put = chief.put("/v1/register/camera/k1", json=body, headers={"Idempotency-Key": key()})
    assert put.status_code in (200, 201), put.text
    async with signed_in(served) as desk:
        await until(lambda: desk.register.all(Camera))
        for typed in ("东口", "33069900001320000001"):
            hit = next(hit for hit in desk.finder.find(typed) if hit.what == "camera")
            assert hit.value == "k1"
        desk.panels.command_bar.hit_chosen.emit(hit)
        assert desk.map_desk.found.place == to_plane(*AT)
        desk.panels.map.set_layer_visible("cameras", True)
        desk.map_desk.open_select()
        select = desk.map_desk.select
        select.card.show_way(Way.POINT)
        select._take((AT,), closed=False)
        await until(lambda: select.chosen is not None)
        assert select.chosen is not None
        assert {entry_id for _, entry_id in select.chosen.entries} == {"k1"}
