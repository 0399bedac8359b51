"""Addresses at the desk, against the real service: in the command bar, in the report form, for a place of the map."""

from collections.abc import Sequence

import httpx
from desks import signed_in, until
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from served import Served

from domain.addresses import Address
from domain.people import Role
from widgets.map.events import PlacePicked

ROWS = [
    {"code": "1", "text": "清溪镇老街18号", "lon": 120.801, "lat": 29.551, "source": "t"},
    {"code": "2", "text": "清溪镇老街20号", "lon": 120.802, "lat": 29.551, "source": "t"},
]


def fill(served: Served, rows: Sequence[dict[str, object]] = ROWS) -> None:
    importer: httpx.Client = served.client(served.token("imp-addresses", Role.IMPORTER))
    answer = importer.post("/v1/import/addresses", json={"addresses": rows})
    assert answer.status_code == 200, answer.text


async def test_the_command_bar_finds_addresses_below_what_the_desk_knows(served: Served) -> None:
    fill(served)
    async with signed_in(served) as desk:
        bar = desk.panels.command_bar
        bar.open_bar("老街")
        await until(lambda: any("18号" in bar.list.rows.item(i).text() for i in range(bar.list.rows.count())))
        bar.add_hits("别的", bar._source("老街"))
        rows = [bar.list.rows.item(i).text() for i in range(bar.list.rows.count())]
        assert sum("老街18号" in row and "地址" in row for row in rows) == 1
        row = next(i for i, text in enumerate(rows) if "老街18号" in text)
        bar.list.rows.setCurrentRow(row)
        QTest.keyClick(bar.list.search, Qt.Key.Key_Return)
        assert not bar.isVisible()
        await until(lambda: desk.addresses._middle()[0] != 0)


async def test_the_command_bar_finds_an_address_by_its_code_and_by_the_beginning_of_it(served: Served) -> None:
    rows = [{"code": "DZ330699-7701", "text": "清溪镇码头路1号", "lon": 120.803, "lat": 29.552, "source": "t"}]
    fill(served, rows)
    async with signed_in(served) as desk:
        bar = desk.panels.command_bar
        for typed in ("DZ330699-7701", "dz3306"):
            bar.open_bar(typed)
            await until(lambda: any("码头路1号" in hit.text for hit in bar._hits.values()))
            (hit,) = (hit for hit in bar._hits.values() if hit.what == "address")
            assert hit.detail.startswith("DZ330699-7701 · "), "why it was found"
            bar.close_bar()


async def test_an_answer_to_what_is_no_longer_typed_is_dropped(served: Served) -> None:
    fill(served)
    async with signed_in(served) as desk:
        bar = desk.panels.command_bar
        bar.open_bar("没有这条")
        before = bar.list.rows.count()
        bar.add_hits("老街", [desk.addresses._hit(Address("9", "旧答案", 1.0, 2.0), "旧")])
        assert bar.list.rows.count() == before


async def test_the_report_form_offers_addresses_and_takes_their_place(served: Served) -> None:
    fill(served)
    async with signed_in(served) as desk:
        desk.actions.trigger("new_report")
        form = desk.panels.report_form
        line = form.address
        line.setFocus()
        line.setText("老街")  # as an input method leaves it
        QTest.keyClicks(line, "2")
        await until(lambda: line.rows.isVisible() and line.rows.count() == 1)
        assert line.rows.item(0).text() == "清溪镇老街20号"
        QTest.keyClick(line, Qt.Key.Key_Down)
        QTest.keyClick(line, Qt.Key.Key_Return)
        assert line.text() == "清溪镇老街20号"
        assert not line.rows.isVisible()
        assert form._place == (120.802, 29.551)
        QTest.keyClicks(line, "x")
        await until(lambda: not desk.addresses._tasks.running() or line.rows.count() == 0)
        QTest.keyClick(line, Qt.Key.Key_Escape)


async def test_a_place_picked_on_the_map_names_its_address_unless_one_was_typed(served: Served) -> None:
    fill(served)
    async with signed_in(served) as desk:
        form = desk.panels.report_form
        desk.panels.map.place_picked.emit(PlacePicked(120.8011, 29.551, None))
        await until(lambda: form.address.text() == "清溪镇老街18号")
        form.address.setText("桥头")
        desk.panels.map.place_picked.emit(PlacePicked(120.8021, 29.551, None))
        await until(lambda: form._place == (120.8021, 29.551) and "addresses/place" not in desk.tasks.running())
        assert form.address.text() == "桥头"


async def test_the_address_of_a_place_that_is_asked_about_is_told_below_its_coordinates(served: Served) -> None:
    async with signed_in(served) as desk:
        view, card = desk.panels.map, desk.map_desk.identify.card

        def ask(lon: float, lat: float) -> None:
            view.look_closely(lon, lat, 1.0)
            view.setFocus()
            QTest.keyClick(view, Qt.Key.Key_Return if card.isVisible() else Qt.Key.Key_I)

        ask(120.8012, 29.551)
        await until(lambda: "addresses/at" not in desk.tasks.running())
        assert len(card.places()) == 4, "a room without an address base is not told of its lack at every click"
        fill(served)
        ask(120.8012, 29.551)
        await until(lambda: len(card.places()) == 5)
        row = card.places()[4]
        assert row.text() == "地址 · 清溪镇老街18号"
        assert "19 米" in row.toolTip()
        QTest.mouseClick(row, Qt.MouseButton.LeftButton)
        assert QGuiApplication.clipboard().text() == "清溪镇老街18号"
        card.places()[1].setFocus()
        ask(120.9, 29.6)
        await until(lambda: card.places()[-1].text() == "地址 · 120 米内没有标准地址")
        assert not card.places()[-1].isEnabled()
        assert view.rect().contains(card.geometry())
        desk.actions.trigger("language")
        await until(lambda: card.places()[-1].text() == "Address · none of the base within 120 m")


async def test_an_address_that_comes_late_is_not_told_of_another_place(served: Served) -> None:
    fill(served)
    async with signed_in(served) as desk:
        told: list[Address | None] = []
        desk.addresses.ask_at(120.801, 29.551, told.append)
        desk.addresses.ask_at(120.802, 29.551, told.append)
        await until(lambda: "addresses/at" not in desk.tasks.running())
        assert [address.code for address in told if address is not None] == ["2"]
