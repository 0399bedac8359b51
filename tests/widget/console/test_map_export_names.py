"""Files of features say what their codes mean, beside them: in words of the language in use, in columns that stay."""

import json
from pathlib import Path
from typing import Any

import numpy as np
from desks import signed_in, until
from map_exports import NAME, PHONE, SECRET, export, geojson_of, report
from pyogrio import list_layers, raw
from served import ALL_ROOM, Served, key

from console.desk import Desk
from console.mapexport.codes import named
from console.mapexport.tables import Table
from domain.exporting import MapFormat
from domain.register_fence import Geofence
from domain.register_map import Camera, Component, Drawing, Hazard
from layers.options import LayerOptions

RING = [[120.801, 29.551], [120.803, 29.551], [120.803, 29.553]]
ENTRIES = {
    "hazard": {"name": "后山警戒线", "level": "red", "what": "landslide", "ring": RING, "note": PHONE},
    "geofence": {"name": "市集值守区", "ring": RING},
    "drawing": {"form": "line", "label": "绕行", "points": RING, "ink": "red"},
    "camera": {"name": "桥头", "lon": 120.801, "lat": 29.551, "heading_deg": 90.0},
    "component": {"name": "老街井盖", "what": "manhole", "lon": 120.802, "lat": 29.552, "condition": "damaged"},
}
TOLD = {
    "zh-CN": {
        "cases": {"state_name": "待受理", "channel_name": "12345", "lamp_name": "时限内", "grid_name": "第1网格"},
        "hazards": {"level_name": "红色", "kind_name": "地质灾害"},
        "drawings": {"form_name": "线", "ink_name": "红"},
        "components": {"kind_name": "井盖", "condition_name": "破损", "state_name": "破损"},
        "grids": {"division_name": "一村", "indicator_name": "在办案件"},
    },
    "en": {
        "cases": {"state_name": "To accept", "channel_name": "12345", "lamp_name": "Within limit"},
        "hazards": {"level_name": "red", "kind_name": "landslide"},
        "drawings": {"form_name": "line", "ink_name": "red"},
        "components": {"kind_name": "manhole cover", "condition_name": "damaged", "state_name": "damaged"},
        "grids": {"division_name": "一村", "indicator_name": "open cases"},
    },
}


def put_entries(served: Served) -> None:
    keeper = served.client(served.token("keeper", *ALL_ROOM))
    for kind, body in ENTRIES.items():
        put = keeper.put(
            f"/v1/register/{kind}/{kind}-1", json={"version": 0, "body": body}, headers={"Idempotency-Key": key()}
        )
        assert put.status_code == 200, put.text


async def all_shown(desk: Desk) -> None:
    await until(lambda: all(desk.register.all(body) for body in (Hazard, Geofence, Drawing, Camera, Component)))
    await until(lambda: desk.map_feed.models.components.mark("component:component-1") is not None)
    await until(lambda: desk.map_feed.models.cases.open.marks and desk.map_feed.models.geofences.held.marks)
    for layer in ("hazards", "geofences", "drawings", "cameras", "components", "positions"):
        desk.panels.map.set_layer_visible(layer, True)
    desk.panels.map.choose("grids", LayerOptions().with_style("fill", "open"))
    await until(lambda: desk.panels.map.grab() and desk.map_feed.models.grids.figures)


def first(features: list[dict[str, Any]], layer: str) -> dict[str, Any]:
    found: dict[str, Any] = next(f["properties"] for f in features if f["properties"]["layer"] == layer)
    return found


async def test_every_code_has_its_name_beside_it_in_the_language_in_use(served: Served, tmp_path: Path) -> None:
    report(served)
    put_entries(served)
    async with signed_in(served) as desk:
        await all_shown(desk)
        headings: list[dict[str, list[str]]] = []
        for language, told in TOLD.items():
            desk.appearance.use_language("en" if language == "en" else "zh-CN")
            features = await geojson_of(desk, tmp_path, staff=True)
            layers = {feature["properties"]["layer"] for feature in features}
            headings.append({layer: list(first(features, layer)) for layer in sorted(layers)})
            for layer, names in told.items():
                row = first(features, layer)
                assert {column: row[column] for column in names} == names
            case = next(f["properties"] for f in features if f["properties"].get("kind", "01-99") != "01-99")
            assert (case["kind_name"], case["kind_name"] != case["kind"]) == (desk.names.kind(case["kind"]), True)
            assert case["grid_name"] == desk.names.grid(case["grid_code"]) != case["grid_code"]
            for row in (feature["properties"] for feature in features):
                assert not [name for name, value in row.items() if isinstance(value, str) and "map_export." in value]
        assert headings[0] == headings[1], "columns are found by the same names whatever language is in use"
        for layer, columns in headings[0].items():
            for name in (name for name in columns if name.endswith("_name")):
                code = columns[columns.index(name) - 1]
                assert code in {name.removesuffix("_name"), name.replace("_name", "_code")}, (layer, columns)


async def test_a_geopackage_has_them_too_and_nothing_of_who_reported(served: Served, tmp_path: Path) -> None:
    report(served)
    put_entries(served)
    async with signed_in(served) as desk:
        await all_shown(desk)
        out = tmp_path / "map.gpkg"
        await export(desk, MapFormat.GPKG, out, staff=True)
        assert {"cases", "hazards", "components", "grids"} <= set(dict(list_layers(out)))
        for layer, told in TOLD["zh-CN"].items():
            meta, _, _, fields = raw.read(out, layer=layer)
            columns: dict[str, np.ndarray] = dict(zip(meta["fields"], fields, strict=True))
            for name, value in told.items():
                assert value in columns[name].tolist()
        for form in (MapFormat.GPKG, MapFormat.GEOJSON, MapFormat.CSV, MapFormat.HTML):
            await export(desk, form, tmp_path / f"map.{form}", staff=True)
            content = (tmp_path / f"map.{form}").read_bytes()
            assert not [said for said in (NAME, PHONE, SECRET) if said.encode() in content]
            assert json.dumps(NAME).encode() not in content


async def test_the_page_tells_a_case_by_the_name_of_its_grid(served: Served, tmp_path: Path) -> None:
    report(served)
    async with signed_in(served) as desk:
        await until(lambda: desk.map_feed.models.cases.open.marks)
        await export(desk, MapFormat.HTML, tmp_path / "map.html")
        page = (tmp_path / "map.html").read_text("utf-8")
        assert f'"grid_name": {json.dumps("第1网格")}' in page
        assert '"grid_code"' not in page


async def test_what_a_town_without_shapes_cannot_show_is_named_as_well(served: Served) -> None:
    async with signed_in(served) as desk:
        base = Table("basemap", {"kind": ["place", "water"], "name": ["", ""], "rank": [1, 2]}, [None, None])
        divisions = Table("divisions", {"level": ["village", "town"]}, [None, None])
        for language, told in (
            ("zh-CN", ("地名", "水系", "村（社区）")),
            ("en", ("place", "water", "village or community")),
        ):
            desk.appearance.use_language("en" if language == "en" else "zh-CN")
            assert named(base, desk.names, desk.words).columns["kind_name"] == list(told[:2])
            assert named(divisions, desk.names, desk.words).columns["level_name"][0] == told[2]
