"""The sheet that exports the map, at a real desk: what a file is called, its title, and what stands on the paper."""

import re
from collections.abc import Collection
from pathlib import Path

import msgspec
import pytest
from desks import signed_in, until
from map_exports import export, report
from served import Served

from console.desk import Desk
from console.mapexport import exporter
from console.mapexport.stamp import file_name
from domain.exporting import MapFormat
from widgets.common.file_dialog import FileDialog
from widgets.map.papers import Paper
from widgets.map.sheet import SheetText
from widgets.map_export_sheet import MapExportWanted


async def _offered(desk: Desk) -> str:
    """Press the button that chooses a file; returns the name it is offered."""
    sheet = desk.map_export.sheet
    sheet.choose.click()
    await until(lambda: desk.window.findChild(FileDialog) is not None)
    dialog = desk.window.findChild(FileDialog)
    assert dialog is not None
    (name,) = dialog.selectedFiles()
    dialog.reject()
    await until(lambda: desk.window.findChild(FileDialog) is None)
    return Path(name).name


async def test_a_file_is_offered_the_name_of_town_title_and_time(served: Served) -> None:
    async with signed_in(served) as desk:
        sheet, town = desk.map_export.sheet, desk.names.town_name()
        sheet.open_sheet()
        assert re.fullmatch(rf"{town} 20\d\d-\d\d-\d\d \d\d-\d\d\.png", await _offered(desk))
        sheet.title.setText(' 防汛/排查: "一号" v1.2 ')
        assert re.fullmatch(rf"{town} 防汛 排查 一号 v1 2 20[\d-]+ \d\d-\d\d\.png", await _offered(desk))
        sheet.format.setCurrentIndex(sheet.format.findData(MapFormat.CSV.value))
        assert re.fullmatch(rf"{town} 20[\d-]+ \d\d-\d\d\.csv", await _offered(desk)), "a table has no title"
        sheet.close_sheet()


@pytest.mark.parametrize("title", ["CON", "a" * 60, "防" * 60, "🚒" * 60, "..", "a\tb\nc", "aux.png", "｜", "-"])
async def test_whatever_the_title_is_both_file_systems_take_the_name(
    served: Served, tmp_path: Path, title: str
) -> None:
    async with signed_in(served) as desk:
        for town in (desk.names.town, None):
            desk.names.town = town if town is None else msgspec.structs.replace(town, name_zh="某镇" * 30)
            name = file_name(title, desk.service_now(), desk.names) + ".geojson"
            assert not re.search(r'[<>:"/\\|?*\x00-\x1f]', name)
            assert len(name.encode("utf-8")) <= 220
            assert re.fullmatch(r"\S.*20\d\d-\d\d-\d\d \d\d-\d\d\.geojson|20[\d -]+\.geojson", name)
            assert name.split(".")[0].strip().upper() not in {"CON", "PRN", "AUX", "NUL", "COM1", "LPT1"}
            (tmp_path / name).touch()


async def test_no_title_stays_for_the_next_file(served: Served, tmp_path: Path) -> None:
    report(served)
    async with signed_in(served) as desk:
        sheet = desk.map_export.sheet
        asked: list[MapExportWanted] = []
        sheet.export_requested.connect(asked.append)
        for typed in ("防汛排查", ""):
            sheet.open_sheet()
            sheet.title.setText(sheet.title.text() + typed)
            sheet.paper.setCurrentIndex(sheet.paper.findData(Paper.A4.value))
            sheet._on_file_chosen(str(tmp_path / "map.png"))
            await until(lambda: not sheet.isVisible())
        assert [wanted.title for wanted in asked] == ["防汛排查", ""]
        assert {wanted.paper for wanted in asked} == {Paper.A4}
        sheet.open_sheet()
        sheet.format.setCurrentIndex(sheet.format.findData(MapFormat.GEOJSON.value))
        assert not sheet.paper.isEnabled()
        sheet.close_sheet()


@pytest.mark.parametrize(
    ("language", "written"),
    [("zh-CN", r"20\d\d年\d{1,2}月\d{1,2}日 \d\d:\d\d"), ("en", r"\d{1,2} [A-Z][a-z]{2} 20\d\d \d\d:\d\d")],
)
async def test_the_sheet_says_when_in_the_towns_time_as_people_write_it(
    served: Served, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, language: str, written: str
) -> None:
    drawn: list[SheetText] = []
    draw_paper = exporter.draw_paper

    async def noted(desk: Desk, wanted: MapExportWanted, keep: Collection[str], text: SheetText) -> None:
        drawn.append(text)
        await draw_paper(desk, wanted, keep, text)

    monkeypatch.setattr(exporter, "draw_paper", noted)
    report(served)
    async with signed_in(served) as desk:
        desk.appearance.use_language("en" if language == "en" else "zh-CN")
        before = desk.names.written(desk.service_now())
        await export(desk, MapFormat.PNG, tmp_path / "map.png")
        after = desk.names.written(desk.service_now())
    (text,) = drawn
    assert re.fullmatch(written, before)
    assert text.mark in {f"li {before}", f"li {after}"}
    assert re.search(rf"{written}（|{written} \(", text.foot[0])
    assert not re.search(r"\dT\d", " ".join(text.foot))
    assert len(text.foot) == 2
