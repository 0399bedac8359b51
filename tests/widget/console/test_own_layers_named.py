"""A layer of a file under another name: typed into its options, said everywhere, kept, and never a name of nothing."""

from pathlib import Path
from zoneinfo import ZoneInfo

from desks import open_desk, until
from msgspec.structs import replace
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QLabel, QLineEdit

from console.desk import Desk
from console.mapexport.own import own_layers
from layers.imported.item import ImportedItem
from layers.mercator import to_plane
from layers.options import MOST_NAME, LayerOptions
from layers.tracks.model import TrackModel
from tests.helpers.map_scene import make_scene
from tests.widget.console.test_own_layers import drop, geojson


def typed_name(desk: Desk) -> QLineEdit:
    found = desk.panels.map.overlays.layer_options.findChild(QLineEdit, "layer_name")
    assert found is not None
    return found


async def test_a_layer_of_a_file_is_renamed_in_its_options_and_everything_says_the_new_name(
    qtbot, tmp_path: Path
) -> None:
    key = "file:现场.geojson"
    async with open_desk(keep=True) as desk:
        desk.window.show_desk()
        drop(desk, geojson(tmp_path / "现场.geojson"))
        view = desk.panels.map
        await until(lambda: view.item(key) is not None)
        item, over = view.item(key), view.overlays
        assert isinstance(item, ImportedItem)
        over.feed()
        over.open_layer(key)
        name = typed_name(desk)
        assert name.text() == "现场"
        name.setFocus()
        name.selectAll()
        qtbot.keyClicks(name, "  West  survey ")
        qtbot.keyClick(name, Qt.Key.Key_Return)
        assert item.title() == "West survey"
        row = over.layer_tree.rows.row(key)
        assert row is not None
        assert row.name == "West survey"
        assert [line.text for line in item.legend()] == ["West survey"]
        found = item.pick(view._area(), *(v * view._area().ratio for v in spot(desk)), 5.0)
        assert found is not None
        assert found.title == "West survey"
        assert [layer.title for layer in own_layers(zip(view.items, view.models, strict=True))] == ["West survey"]
        assert view.window().focusWidget() is typed_name(desk), "the keys stay where the name is typed"
        assert "现场.geojson" in item.remark(), "which file it is stays told"
        # what else is chosen, or set as at first, leaves the name alone; taking back does not
        over.layer_options.findChild(QAbstractButton, "layer_plain").click()
        view.choices.reset()
        assert item.title() == "West survey"
        view.choices.choose(key, replace(item.options, opacity=40))
        view.choices.reset()
        assert item.options == LayerOptions(name="West survey")
        view.choices.undo()
        assert item.options.opacity == 40
        view.choices.undo()
        view.choices.undo()
        assert item.title() == "现场"
        view.choices.redo()
        assert item.title() == "West survey"
        desk.crew.own_layers.on_remove_wanted(key)
        assert desk.notice_feed.standing()[-1].values == {"name": "West survey"}
        desk.actions.trigger("restore_layer")
        assert view.item(key).title() == "West survey"
    async with open_desk(keep=True) as desk:
        drop(desk, tmp_path / "现场.geojson")
        await until(lambda: desk.panels.map.item(key) is not None)
        assert desk.panels.map.item(key).title() == "West survey", "it is kept with the layer"


def spot(desk: Desk) -> tuple[float, float]:
    return desk.panels.map.camera.to_screen(*to_plane(120.715, 29.715))


async def test_a_name_of_nothing_is_refused_a_long_one_bounded_and_escape_leaves_it(qtbot, tmp_path: Path) -> None:
    key = "file:现场.geojson"
    async with open_desk() as desk:
        desk.window.show_desk()
        drop(desk, geojson(tmp_path / "现场.geojson"))
        view = desk.panels.map
        await until(lambda: view.item(key) is not None)
        item, card = view.item(key), view.overlays.layer_options
        view.overlays.open_layer(key)
        told = card.findChild(QLabel, "layer_name_told")
        assert told is not None
        for nothing in ("", "   ", "\u200b"):
            typed_name(desk).setFocus()
            typed_name(desk).setText(nothing)
            qtbot.keyClick(typed_name(desk), Qt.Key.Key_Return)
            assert item.title() == typed_name(desk).text() == "现场"
            assert told.isVisible()
        assert not view.choices.can_undo
        typed_name(desk).setText("甲")
        qtbot.keyClick(typed_name(desk), Qt.Key.Key_Escape)
        assert card.isHidden()
        assert item.title() == "现场", "Escape leaves it as it was"
        view.overlays.open_layer(key)
        typed_name(desk).selectAll()
        qtbot.keyClicks(typed_name(desk), "x" * 80)
        qtbot.keyClick(typed_name(desk), Qt.Key.Key_Return)
        assert item.title() == "x" * MOST_NAME
        typed_name(desk).setText("报给 13800138000")
        qtbot.keyClick(typed_name(desk), Qt.Key.Key_Return)
        assert "13800138000" not in item.title(), "no contact goes out as a name either"
        view.overlays.open_layer(key)
        view.overlays.open_layer("cases")
        assert card.findChild(QLineEdit, "layer_name") is None, "what is the room's own keeps its name"


def test_a_track_of_the_history_keeps_the_name_of_whose_it_is(qtbot) -> None:
    view = make_scene(qtbot).view
    town = ZoneInfo("Asia/Shanghai")
    fixes = [(0, 1.0, 120.71, 29.71), (0, 2.0, 120.72, 29.71)]
    for ident, guarded in (("own", False), ("history", True)):
        model = TrackModel(ident, "张三", town, guarded=guarded)
        model.put(("",), fixes)
        item = view.add_layer(model)
        view.choices.choose(item.key, LayerOptions(name="早班"))
        assert item.title() == ("张三" if guarded else "早班")
        view.overlays.open_layer(item.key)
        named = view.overlays.layer_options.findChildren(QLineEdit, "layer_name")
        assert any(edit.isVisible() for edit in named) is not guarded
