"""The legend tells of what shows alone: what filters leave out has no row; a file of one's own has one."""

from zoneinfo import ZoneInfo

import msgspec
import pytest
import shapely
from pytestqt.qtbot import QtBot

from domain.register_map import ComponentKind, Drawing, Form
from layers.components.model import ComponentMark, ComponentsModel
from layers.drawings.model import DrawingMark, DrawingsModel
from layers.imported.item import ImportedItem
from layers.imported.model import ImportedModel, read_imported
from layers.legend_signs import SIGNS
from layers.options import LayerOptions
from layers.states import Sensed
from layers.tracks.model import TrackModel
from resources.theme import load_theme
from tests.helpers.map_scene import WEST, Scene, make_scene, pixels, wait_settled

PATH = ((120.7225, 29.7125), (120.7285, 29.7125))
SPOT = (120.7255, 29.7155)


@pytest.fixture
def scene(qtbot: QtBot) -> Scene:
    return make_scene(qtbot)


def rows(scene: Scene, key: str) -> dict[str, int | None]:
    item = scene.view.item(key)
    assert item is not None
    return {row.symbol: row.count for row in item.legend()}


def leave_out(scene: Scene, key: str, name: str, *values: str) -> None:
    options = LayerOptions()
    for value in values:
        options = options.with_kind(name, value, shown=False)
    scene.view.choose(key, options)


def test_lamps_and_kinds_of_things_that_are_left_out_have_no_row(scene: Scene) -> None:
    scene.cases.replace(msgspec.structs.replace(mark, urgent=True) for mark in scene.cases.open.marks)
    all_cases, all_things = rows(scene, "cases"), rows(scene, "positions")
    assert {"lamp.overdue", "lamp.within"} <= all_cases.keys()
    assert all_cases["urgent"]
    assert {"staff", "vehicle"} <= all_things.keys()
    assert any(all_things.values())
    leave_out(scene, "cases", "lamp", "overdue")
    leave_out(scene, "positions", "kind", "vehicle")
    assert all_cases.keys() - rows(scene, "cases").keys() == {"lamp.overdue"}
    scene.view.overlays.feed()
    counted = sum(count or 0 for symbol, count in rows(scene, "cases").items() if symbol.startswith("lamp."))
    assert scene.view.overlays.legend.accessibleName().startswith(f"图例 · 在办案件 {counted}；")
    assert all_things.keys() - rows(scene, "positions").keys() == {"vehicle"}
    leave_out(scene, "cases", "lamp", "overdue", "near", "within", "paused", "none")
    assert rows(scene, "cases") == {"urgent": 0}, "an urgent case that is left out is not counted"
    leave_out(scene, "positions", "state", "free", "assigned", "under_way", "on_the_job")
    assert set(rows(scene, "positions").values()) <= {0, None}


def test_kinds_of_components_and_forms_of_drawings_that_are_left_out_are_not_counted(scene: Scene) -> None:
    components, drawings = ComponentsModel(), DrawingsModel()
    scene.view.add_layer(components)
    scene.view.add_layer(drawings)
    components.replace(
        ComponentMark(f"component:{what}", *SPOT, what, Sensed.ALARM)
        for what in (ComponentKind.GAS, ComponentKind.LAMP)
    )
    drawings.replace(
        DrawingMark(f"drawing:{form}", Drawing(form=form, points=points, label="x"))
        for form, points in ((Form.POINT, (SPOT,)), (Form.LINE, PATH))
    )
    assert (rows(scene, "components"), rows(scene, "drawings")) == ({"component.alarm": 2}, {"drawing.line": 2})
    leave_out(scene, "components", "kind", "gas")
    leave_out(scene, "drawings", "form", "line")
    assert (rows(scene, "components"), rows(scene, "drawings")) == ({"component.alarm": 1}, {"drawing.line": 1})


def test_pipes_that_are_left_out_as_a_kind_are_not_drawn(qtbot: QtBot, scene: Scene) -> None:
    model = ComponentsModel()
    scene.view.add_layer(model)
    model.replace([ComponentMark("component:1", *SPOT, ComponentKind.PIPE, Sensed.ALARM, path=PATH)])
    scene.view.show_case(*SPOT)
    seen = []
    for kinds in ((), ("pipe",), ("gas",)):
        leave_out(scene, "components", "kind", *kinds)
        wait_settled(qtbot, scene.view)
        at = scene.pixel(120.7235, 29.7125)
        red = int(load_theme("dark").overdue[1:3], 16)
        seen.append(abs(int(pixels(scene.view.grab().toImage())[at.y(), at.x()][2]) - red) < 20)
    assert seen == [True, False, True]


def test_a_file_and_a_track_of_ones_own_stand_in_the_legend_by_their_names(scene: Scene) -> None:
    file = ImportedModel("a.geojson", "一个名称很长很长很长很长很长很长的文件")
    file.put(read_imported([shapely.to_wkb(shapely.Point(*SPOT))], (), [()]))
    track = TrackModel("b.gpx", "巡查", ZoneInfo("Asia/Shanghai"))
    track.put(("a",), [(0, 0.0, WEST, 29.7), (0, 5.0, WEST, 29.71)])
    for model in (file, track):
        item = scene.view.add_layer(model)
        (row,) = item.legend()
        assert row.symbol in SIGNS, "it has a sign"
        assert row.text[:5] in model.name
        assert len(row.text) < 20, "the legend stays narrow"


def test_what_a_column_of_a_file_says_is_written_without_telephones(qtbot: QtBot, scene: Scene) -> None:
    file = ImportedModel("a.geojson", "a")
    file.put(read_imported([shapely.to_wkb(shapely.Point(*SPOT))], ("联系",), [("王某 13900007777",)]))
    item = scene.view.add_layer(file)
    assert isinstance(item, ImportedItem)
    assert item.names() is None
    scene.view.choose(item.key, LayerOptions().with_style("names", "联系"))
    scene.view.fit_layer(item.key)
    assert item.names() == ["王某 ***"]
    area = scene.view._area()
    assert [label.text for label in item.labels(area, scene.view.chosen)] == ["王某 ***"]
