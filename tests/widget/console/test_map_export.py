"""What the map shows, written to files by a real desk at a real service: never a contact, staff only when asked for."""

import csv
import json
import re
from datetime import datetime
from pathlib import Path

import pytest
from desks import PASSWORD, signed_in, until
from map_exports import CHROMIUM, NAME, PHONE, SECRET, export, logged, opened, report
from PySide6.QtCore import QObject, QUrl, Slot
from PySide6.QtGui import QDesktopServices, QImage
from served import ALL_ROOM, Served, key

from domain.exporting import MapFormat
from domain.people import Role
from domain.register_fence import Geofence
from domain.register_map import Camera, Component, Drawing, Hazard
from resources.theme import load_theme
from widgets.map.papers import Paper
from widgets.map_export_sheet import Extent


async def test_features_go_out_without_contacts_and_people_only_when_asked_for(served: Served, tmp_path: Path) -> None:
    report(served)
    async with signed_in(served) as desk:
        for form in (MapFormat.GEOJSON, MapFormat.CSV, MapFormat.GPKG, MapFormat.HTML):
            out = tmp_path / f"map.{form}"
            await export(desk, form, out)
            content = out.read_bytes()
            assert NAME.encode() not in content
            assert PHONE.encode() not in content
            assert SECRET.encode() not in content
            assert "positions" not in json.dumps(logged(served)[-1]["layers"])
        features = json.loads((tmp_path / "map.geojson").read_text("utf-8"))["features"]
        layers = {f["properties"]["layer"] for f in features}
        assert {"cases", "grids"} <= layers
        assert "positions" not in layers
        assert {f["properties"]["exported_by"] for f in features} == {"li"}
        with (tmp_path / "map.csv").open(encoding="utf-8-sig", newline="") as file:
            rows = list(csv.DictReader(file))
        assert len(rows) == 2
        assert {row["state"] for row in rows} == {"reported"}
        assert [log["format"] for log in logged(served)] == ["geojson", "csv", "gpkg", "html"]


async def test_a_table_of_cases_is_read_in_the_language_in_use_with_its_codes_beside(
    served: Served, tmp_path: Path
) -> None:
    report(served)
    async with signed_in(served) as desk:
        for headings, state, invented in (
            (("案号", "状态", "虚构数据", "上报时间"), "待受理", "是"),
            (("Number", "State (in words)", "Invented data", "Opened"), "To accept", "yes"),
        ):
            out = tmp_path / "cases.csv"
            await export(desk, MapFormat.CSV, out)
            with out.open(encoding="utf-8-sig", newline="") as file:
                row = next(r for r in csv.DictReader(file) if r["kind"] != "01-99")
            told = [row[heading] for heading in headings]
            assert told[1:3] == [state, invented]
            assert row["state"] == "reported"
            kind = desk.words("map_export.column.in_words", heading=desk.words("map_export.column.kind"))
            assert len({heading.casefold() for heading in row}) == len(row), (
                "none differs from another by its case alone"
            )
            assert (row[kind], row[kind] != row["kind"]) == (desk.names.kind(row["kind"]), True)
            assert datetime.strptime(told[3], "%Y-%m-%d %H:%M:%S"), "as a spreadsheet takes a time"
            assert not any(heading.startswith("map_export") for heading in row), "every column has a name"
            desk.appearance.toggle_language()


class Folders(QObject):
    """Takes the place of whatever shows folders."""

    def __init__(self) -> None:
        super().__init__()
        self.shown: list[QUrl] = []

    @Slot(QUrl)
    def show_folder(self, url: QUrl) -> None:
        self.shown.append(url)


async def test_the_notice_says_where_a_file_went_and_opens_its_folder(served: Served, tmp_path: Path) -> None:
    report(served)
    folders = Folders()
    QDesktopServices.setUrlHandler("file", folders, "show_folder")
    try:
        async with signed_in(served) as desk:
            desk.actions.trigger("export_folder")
            assert folders.shown == [], "nothing was exported yet"
            await export(desk, MapFormat.CSV, tmp_path / "案件.csv")
            (told,) = (n for n in desk.panels.notices.notices() if "案件.csv" in n.text)
            assert str(tmp_path) in told.text
            desk.panels.notices.action_requested.emit(told.key)
            assert [Path(url.toLocalFile()) for url in folders.shown] == [tmp_path]
    finally:
        QDesktopServices.unsetUrlHandler("file")


async def test_what_the_register_shows_goes_out_as_well_without_its_notes(served: Served, tmp_path: Path) -> None:
    ring = [[120.801, 29.551], [120.803, 29.551], [120.803, 29.553]]
    keeper = served.client(served.token("keeper", *ALL_ROOM))
    told = {
        "hazard": {"name": "后山警戒线", "level": "red", "ring": ring, "note": PHONE},
        "geofence": {"name": "市集值守区", "ring": ring},
        "drawing": {"form": "line", "label": "绕行", "points": ring, "ink": "red"},
        "camera": {"name": "桥头", "lon": 120.801, "lat": 29.551, "heading_deg": 90.0},
        "component": {
            "name": "主管",
            "what": "pipe",
            "lon": 120.801,
            "lat": 29.551,
            "path": ring,
            "condition": "damaged",
        },
    }
    for kind, body in told.items():
        put = keeper.put(
            f"/v1/register/{kind}/{kind}-1", json={"version": 0, "body": body}, headers={"Idempotency-Key": key()}
        )
        assert put.status_code == 200, put.text
    shown = {"hazards": "Polygon", "geofences": "Polygon", "drawings": "LineString", "cameras": "Point",
             "components": "LineString"}  # fmt: skip
    async with signed_in(served) as desk:
        await until(lambda: all(desk.register.all(body) for body in (Hazard, Geofence, Drawing, Camera, Component)))
        await until(lambda: desk.map_feed.models.components.mark("component:component-1") is not None)
        for layer in shown:
            desk.panels.map.set_layer_visible(layer, layer != "cameras")
        out = tmp_path / "map.geojson"
        await export(desk, MapFormat.GEOJSON, out)
        features = json.loads(out.read_text("utf-8"))["features"]
        found = {f["properties"]["layer"]: f for f in features if f["properties"]["layer"] in shown}
        assert {layer: f["geometry"]["type"] for layer, f in found.items()} == {
            layer: shape for layer, shape in shown.items() if layer != "cameras"
        }
        assert found["hazards"]["properties"]["level"] == "red"
        assert PHONE not in out.read_text("utf-8")
        for form in (MapFormat.GPKG, MapFormat.HTML):
            out = tmp_path / f"map.{form}"
            await export(desk, form, out)
            assert out.is_file()
            assert PHONE.encode() not in out.read_bytes()
        page = (tmp_path / "map.html").read_text("utf-8")
        assert json.dumps("后山警戒线") in page
        paper = load_theme("light")
        assert paper.hazard_red in page, "a red zone is red there as well"
        assert paper.hazard_yellow not in page
        assert paper.overdue in page, "and what is drawn has its own ink"
        desk.panels.map.pan(100_000, 0)
        await export(desk, MapFormat.GEOJSON, tmp_path / "far.geojson", extent=Extent.VIEW)
        assert not json.loads((tmp_path / "far.geojson").read_text("utf-8"))["features"]


async def test_a_sheet_is_a_whole_picture_and_a_pdf_is_one(served: Served, tmp_path: Path) -> None:
    report(served)
    async with signed_in(served) as desk:
        png, pdf = tmp_path / "map.png", tmp_path / "map.pdf"
        await export(desk, MapFormat.PNG, png, staff=True, extent=Extent.VIEW)
        await export(desk, MapFormat.PDF, pdf)
        image = QImage(str(png))
        assert (image.width(), image.height()) == (3174, 2246)
        await export(desk, MapFormat.PNG, tmp_path / "small.png", paper=Paper.A4)
        small = QImage(str(tmp_path / "small.png"))
        assert (small.width(), small.height()) == (2246, 1588)
        await export(desk, MapFormat.PDF, tmp_path / "small.pdf", paper=Paper.A4)
        assert b"/MediaBox [0 0 842.000000 595.000000]" in (tmp_path / "small.pdf").read_bytes()
        seen = {image.pixel(x, y) for x in range(400, 2400, 40) for y in range(400, 1900, 40)}
        assert len(seen) > 8, "there is a map on it"
        assert pdf.read_bytes().startswith(b"%PDF-")
        assert b"/MediaBox [0 0 1191.000000 842.000000]" in pdf.read_bytes()
        assert {(log["format"], log["features"]) for log in logged(served)} == {("png", 0), ("pdf", 0)}


async def test_what_may_not_be_or_cannot_be_written_is_told_and_leaves_the_file_as_it_was(
    served: Served, tmp_path: Path
) -> None:
    served.account("wang", PASSWORD, Role.DISPATCHER)
    old = tmp_path / "map.geojson"
    old.write_text("as it was", encoding="utf-8")
    async with signed_in(served, "wang") as desk:
        await export(desk, MapFormat.GEOJSON, old)
        assert desk.map_export.sheet._fault.text() == desk.words("fault.role_may_not", action="export")
        desk.map_export.sheet.close_sheet()
    assert logged(served) == []
    assert old.read_text(encoding="utf-8") == "as it was"
    async with signed_in(served) as desk:
        await export(desk, MapFormat.PNG, tmp_path / "no such folder" / "map.png")
        assert "map.png" in desk.map_export.sheet._fault.text()
        assert desk.map_export.sheet.choose.isEnabled(), "it can be tried again"


@pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine")
async def test_the_page_opens_in_a_browser_without_a_network(served: Served, tmp_path: Path) -> None:
    report(served)
    async with signed_in(served) as desk:
        out = tmp_path / "map.html"
        await export(desk, MapFormat.HTML, out)
    dom = opened(out, tmp_path / "profile")
    assert dom.count('class="leaflet-marker-icon') == 2, "both cases are on the map"
    assert "leaflet-control-layers-overlays" in dom
    assert "演示图" in dom
    assert "onerror=" not in dom.split("<script")[0]
    fetched = [tag for tag in ('src="http', "<link", "url(http") if tag in out.read_text("utf-8")]
    assert fetched == []


@pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine")
@pytest.mark.parametrize(
    ("language", "legend", "lamp", "unit"),
    [
        ("zh-CN", "图例", "时限内 2", "综合指挥室 · 全镇"),
        ("en", "Legend", "Within limit 2", "command room · The whole town"),
    ],
)
async def test_the_page_has_title_legend_names_and_who_made_it_on_the_map_itself(
    served: Served, tmp_path: Path, language: str, legend: str, lamp: str, unit: str
) -> None:
    report(served)
    async with signed_in(served) as desk:
        if language == "en":
            desk.appearance.toggle_language()
        await until(lambda: len(desk.map_feed.models.cases.open) == 2)
        out = tmp_path / "map.html"
        await export(desk, MapFormat.HTML, out)
    for size, folded in (("1280,720", False), ("600,800", True)):
        dom = opened(out, tmp_path / "profile", size)
        page = dom[dom.index('class="folium-map') :].split("<script")[0]
        heads = re.findall(r'<details class="onemap-card onemap-(\w+)"( open="")?>', page)
        assert heads == [(card, "" if folded else ' open=""') for card in ("title", "legend")], "within the map"
        assert legend in page
        assert lamp in page
        assert unit in page
        named = re.findall(r'<span class="onemap-name onemap-name-grid"[^>]*>([^<]+)</span>', page)
        assert sorted(named) == ["第2网格", "第3网格", "第4网格"], "but for the one where the cases stand"
        mark = page[page.index('<svg class="onemap-mark"') :].split("</svg>")[0]
        written = {"zh-CN": r"20\d\d年\d+月\d+日", "en": r"\d+ [A-Z][a-z]{2} 20\d\d"}[language]
        assert re.search(rf"li {written} \d\d:\d\d<", mark), (
            "as people write it: a program reads the time in the other formats"
        )
        assert f'lang="{language}"' in dom
