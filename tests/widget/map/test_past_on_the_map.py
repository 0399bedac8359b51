"""While a past moment is played back, layers of what is now are told from those of then: by a word and by sight."""

from datetime import timedelta

import numpy as np
import pytest
from PySide6.QtCore import QRect, QSize
from PySide6.QtGui import QRegion
from pytestqt.qtbot import QtBot

from console.playback.stamp import stamp_place
from domain.register_map import ComponentKind, Drawing, Form, HazardLevel
from layers.cameras.model import CameraMark, CamerasModel
from layers.components.model import ComponentMark, ComponentsModel
from layers.contract import PALE
from layers.drawings.model import DrawingMark, DrawingsModel
from layers.hazards.model import HazardMark, HazardsModel
from layers.options import LayerOptions
from layers.states import Sensed
from layers.trail.model import Spot, TrailModel
from tests.helpers.map_scene import NOW, Scene, bare_scene, picture, thing_mark, wait_settled
from widgets.map.layer_rows import Row
from widgets.map.looking import NEAR_SCALE

SPOT = (120.7255, 29.7155)
RING = ((120.722, 29.712), (120.729, 29.712), (120.729, 29.719), (120.722, 29.719))


@pytest.fixture
def scene(qtbot: QtBot) -> Scene:
    made = bare_scene(qtbot)
    made.view.show_case(*SPOT)
    return made


def row(scene: Scene, key: str) -> Row:
    scene.view.overlays.feed()
    found = scene.view.overlays.layer_tree.rows.row(key)
    assert found is not None
    return found


def contrast(qtbot: QtBot, scene: Scene, around: int = 14) -> float:
    """How far what is drawn at the spot stands out from the ground at most."""
    wait_settled(qtbot, scene.view)
    at, shown = scene.pixel(*SPOT), picture(scene.view)
    ground = shown[at.y() + 200, at.x() + 200]
    near = shown[at.y() - around : at.y() + around, at.x() - around : at.x() + around]
    return float(np.abs(near - ground).max())


@pytest.mark.parametrize("layer", ["components", "hazards"])
def test_a_layer_of_now_is_marked_and_paler_while_the_past_is_shown(qtbot: QtBot, scene: Scene, layer: str) -> None:
    if layer == "components":
        components = ComponentsModel()
        scene.view.add_layer(components)
        components.replace([ComponentMark("component:1", *SPOT, ComponentKind.GAS, Sensed.ALARM)])
    else:
        hazards = HazardsModel()
        scene.view.add_layer(hazards)
        hazards.replace([HazardMark("hazard:1", HazardLevel.RED, RING)])
    live, note, grids = contrast(qtbot, scene), row(scene, layer).note, row(scene, "grids").note
    scene.view.show_past(NOW - timedelta(hours=1))
    assert (row(scene, layer).note, row(scene, layer).stale) == ("现在", True)
    assert (row(scene, "cases").note, row(scene, "grids").note) == ("回放", grids)
    past = contrast(qtbot, scene)
    assert past == pytest.approx(live * PALE / 100, abs=12)
    scene.view.show_past(None)
    assert contrast(qtbot, scene) == live
    assert row(scene, layer).note == note


@pytest.mark.parametrize("layer", ["components", "cameras", "hazards", "drawings"])
def test_the_names_of_a_layer_of_now_are_as_pale_as_its_marks(qtbot: QtBot, scene: Scene, layer: str) -> None:
    name = "地上消火栓"
    scene.view.look_closely(*SPOT, 0.6)
    if layer == "components":
        components = ComponentsModel()
        scene.view.add_layer(components)
        components.replace([ComponentMark("c", *SPOT, ComponentKind.HYDRANT, Sensed.ALARM, title=name)])
    elif layer == "cameras":
        cameras = CamerasModel()
        scene.view.add_layer(cameras)
        cameras.replace([CameraMark("c", *SPOT, title=name)])
    elif layer == "hazards":
        hazards = HazardsModel()
        scene.view.add_layer(hazards)
        hazards.replace([HazardMark("h", HazardLevel.RED, RING, title=name)])
    else:
        drawings = DrawingsModel()
        scene.view.add_layer(drawings)
        drawings.replace([DrawingMark("d", Drawing(Form.POINT, (SPOT,), label=name))])

    def name_over_ground() -> float:
        wait_settled(qtbot, scene.view)
        at, shown = scene.pixel(*SPOT), picture(scene.view)
        beside = slice(at.x() - 30, at.x() + 30) if layer == "hazards" else slice(at.x() + 24, at.x() + 60)
        near = shown[at.y() - 6 : at.y() + 6, beside]
        return float(near.max() - np.median(near))

    live = name_over_ground()
    assert live > 100, "a name is written there"
    scene.view.show_past(NOW - timedelta(hours=1))
    assert name_over_ground() == pytest.approx(live * PALE / 100, abs=25)
    scene.view.show_past(None)
    assert name_over_ground() == live


def test_grids_are_the_same_at_any_time_but_their_figures_are_not(scene: Scene) -> None:
    plain = row(scene, "divisions").note
    scene.view.show_past(NOW)
    scene.view.choose("grids", LayerOptions(styles=(("fill", "open"),)))
    assert row(scene, "divisions").note == plain
    assert row(scene, "grids").note == "现在"


def test_where_somebody_is_now_has_no_ring_in_the_past(qtbot: QtBot, scene: Scene) -> None:
    trail = TrailModel()
    trail.set_source(lambda thing: Spot(*SPOT))
    scene.view.add_layer(trail)
    scene.view.look_closely(*SPOT, NEAR_SCALE)
    scene.positions.replace([thing_mark("li", SPOT[0] + 0.002, SPOT[1])])
    scene.view.select_thing("li")
    assert contrast(qtbot, scene, 20) > 40
    scene.view.show_past(NOW)
    assert contrast(qtbot, scene, 20) < 10


@pytest.mark.parametrize(
    "cards",
    [
        (),
        (QRect(300, 16, 200, 200),),  # over the middle of the head
        (QRect(64, 16, 700, 180),),  # over all of it
        (QRect(64, 16, 330, 400), QRect(700, 16, 90, 500), QRect(200, 420, 500, 170)),
    ],
)
def test_the_stamp_stands_where_no_card_covers_it(cards: tuple[QRect, ...]) -> None:
    covered = QRegion()
    for card in cards:
        covered += card
    box = stamp_place(QSize(250, 30), QSize(800, 600), covered)
    assert not covered.intersects(box)
    assert QRect(0, 0, 800, 600).contains(box)
    if not cards:
        assert abs(box.center().x() - 400) <= 8
        assert box.y() < 30


def test_on_a_map_that_is_covered_all_over_the_stamp_is_at_the_head() -> None:
    assert stamp_place(QSize(250, 30), QSize(800, 600), QRegion(0, 0, 800, 600)).center().x() in range(395, 405)
