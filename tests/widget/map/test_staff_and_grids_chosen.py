"""A chosen person shows how sure the place is and where they went since; grids are filled by a figure; the card."""

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from domain.ids import GridCode
from layers.grids.figures import Indicator
from layers.options import LayerOptions
from layers.trail.model import Spot, TrailModel
from resources.theme import load_theme
from tests.helpers.map_scene import PLACES, Scene, make_scene, picture, thing_mark, wait_settled
from tests.widget.map.test_register_layers import count
from widgets.map.pick_card import PickedRow

THEME = load_theme("dark")


@pytest.fixture
def scene(qtbot: QtBot) -> Scene:
    made = make_scene(qtbot)
    made.cases.replace([])
    return made


def around(scene: Scene, spot: tuple[float, float], half: int = 30) -> np.ndarray:
    shown = picture(scene.view)
    at = scene.pixel(*spot)
    return shown[at.y() - half : at.y() + half, at.x() - half : at.x() + half]


def test_accuracy_and_trail_are_those_of_the_chosen_one_alone(qtbot: QtBot, scene: Scene) -> None:
    view, (lon, lat) = scene.view, PLACES["east"]
    model = TrailModel()
    model.set_source(lambda thing: Spot(lon, lat, 40.0) if thing == "张三" else None)
    view.add_layer(model)
    view.look_closely(lon, lat, 2.0)
    wait_settled(qtbot, view)
    bare = count(around(scene, (lon, lat)), THEME.staff, 30)
    view.select_thing("张三")
    assert count(around(scene, (lon, lat)), THEME.staff, 30) > bare + 30, "a dashed circle of 40 m"
    for step in range(1, 6):
        model.note(Spot(lon + step * 2e-4, lat, 40.0))
        model.note(Spot(lon + step * 2e-4, lat, 40.0))
    assert len(model.points) == 6, "who stands still adds nothing"
    behind = (lon + 6e-4, lat)
    assert count(around(scene, behind, 6), THEME.staff, 30) > 15, "where they went since"
    view.select_thing(None)
    assert count(around(scene, behind, 6), THEME.staff, 30) == 0
    assert model.points == [], "and it is not kept when nobody looks"
    view.select_thing("nobody known")
    assert around(scene, behind, 6) is not None
    assert model.points == []


def test_a_trail_above_the_staff_stays_while_they_walk(qtbot: QtBot, scene: Scene) -> None:
    """What is painted and not stamped cannot be kept apart from what moves under it."""
    view, (lon, lat) = scene.view, PLACES["east"]
    view._rasters.compile()
    model = TrailModel()
    model.set_source(lambda thing: Spot(lon, lat, 40.0) if thing == "张三" else None)
    view.set_layers([scene.grids, scene.positions, model], as_given=True)
    view.look_closely(lon, lat, 2.0)
    wait_settled(qtbot, view)
    view.select_thing("张三")
    drawn = []
    for step in range(4):
        scene.positions.replace([thing_mark("张三", lon + step * 1e-6, lat)])
        drawn.append(count(around(scene, (lon, lat)), THEME.staff, 30))
    assert min(drawn) > 0.9 * drawn[0], drawn


def test_a_place_last_known_long_ago_is_fainter_than_a_stale_one(qtbot: QtBot, scene: Scene) -> None:
    drawn = []
    for age_s in (200, 3600):
        scene.positions.replace([thing_mark("李四", *PLACES["east"], age_s=age_s)])
        wait_settled(qtbot, scene.view)
        drawn.append(count(around(scene, PLACES["east"], 8), THEME.paused, 25))
    assert drawn[0] > 10, drawn
    assert drawn[1] < drawn[0] / 2, drawn


def test_grids_are_filled_by_what_is_chosen_and_say_so(qtbot: QtBot, scene: Scene) -> None:
    codes = [grid.code for grid in scene.grids.shapes.grids]
    scene.grids.set_source(lambda indicator: {codes[0]: 7.0, codes[1]: 1.0} if indicator is Indicator.OPEN else {})
    wait_settled(qtbot, scene.view)
    bare = picture(scene.view)
    scene.view.choose("grids", LayerOptions().with_style("fill", "open"))
    wait_settled(qtbot, scene.view)
    filled = picture(scene.view)

    def middle(column: int) -> np.ndarray:
        at = scene.pixel(120.70 + 0.01 * column + 0.002, 29.7025)
        return np.abs(filled[at.y(), at.x()] - bare[at.y(), at.x()])

    assert middle(0).max() > middle(1).max() > 4, "more is stronger"
    assert middle(2).max() <= 2, "none is left as it was"
    item = scene.view.item("grids")
    assert item is not None
    assert [row.symbol for row in item.legend()] == ["class.4", "class.0"]
    assert any(label.text.endswith("· 7") for label in item.labels(scene.view._area(), scene.view.chosen))
    scene.view.choose("grids", LayerOptions())
    wait_settled(qtbot, scene.view)
    assert not item.legend()
    assert np.abs(picture(scene.view) - bare).max() <= 3


def test_a_chosen_grid_is_named_once_and_before_all_else_at_any_scale(qtbot: QtBot, scene: Scene) -> None:
    """The name of a place stood in a small one, so that what the card told of had no name on the map."""
    item = scene.view.item("grids")
    assert item is not None
    grid = scene.grids.shapes.grids[0]

    def named() -> list[str]:
        labels = item.labels(scene.view._area(), scene.view.chosen)
        if scene.view.chosen.grid is not None:
            assert all(label.priority > labels[0].priority for label in labels[1:])
        return [label.text for label in labels]

    wait_settled(qtbot, scene.view)
    before = named()
    assert grid.name in before
    scene.view.select_grid(grid.code)
    assert sorted(named()) == sorted(before)
    assert named()[0] == grid.name
    scene.view.zoom(-44)
    assert named() == [grid.name]
    scene.grids.set_source(lambda indicator: {grid.code: 7.0} if indicator is Indicator.OPEN else {})
    scene.view.choose("grids", LayerOptions().with_style("fill", "open"))
    wait_settled(qtbot, scene.view)
    assert named() == [f"{grid.name} · 7"]


def test_the_card_is_read_and_put_away_by_keyboard(qtbot: QtBot, scene: Scene) -> None:
    card = scene.view.overlays.pick_card
    assert not card.isVisible()
    scene.view.overlays.show_picked("清溪-01", [PickedRow("责任人", "张三"), PickedRow("其中超时", "2", warns=True)])
    assert card.isVisible()
    assert "张三" in card.accessibleName()
    assert card.geometry().right() < scene.view.width()
    closed: list[bool] = []
    card.closed.connect(lambda: closed.append(True))
    card.setFocus()
    QTest.keyClick(card, Qt.Key.Key_Escape)
    assert closed == [True]
    assert not card.isVisible()
    picked: list[object] = []
    scene.view.grid_picked.connect(lambda value: picked.append(value.code))
    scene.view.pick_grid(GridCode("g00"))
    assert picked == ["g00"]
