"""The layer of geofences on the real map: each state has its colour and its posts, the legend counts, a click picks."""

import pytest
from pytestqt.qtbot import QtBot

from layers.contract import PickedKind
from layers.fence_signs import fence_colour
from layers.geofences.model import FenceMark, GeofencesModel
from layers.options import LayerOptions
from layers.states import FenceState
from resources.theme import THEMES, load_theme
from tests.helpers.map_scene import Scene, make_scene, picture, wait_settled
from tests.widget.map.test_register_layers import RING, SPOT, count, pick


@pytest.fixture
def scene(qtbot: QtBot) -> Scene:
    made = make_scene(qtbot)
    made.cases.replace([])
    made.positions.replace([])
    made.view.set_layer_visible("basemap", False)
    made.view.set_layer_visible("grids", False)
    return made


def mark(state: FenceState) -> FenceMark:
    return FenceMark("geofence:f", state, RING, "河堤", ("值守中 · 进入",))


@pytest.mark.parametrize("name", THEMES)
def test_each_state_has_its_look_and_its_row_in_the_legend(qtbot: QtBot, scene: Scene, name: str) -> None:
    model, theme = GeofencesModel(), load_theme(name)
    scene.view.add_layer(model)
    scene.view.set_theme(theme)
    scene.view.look_closely(*SPOT, 2.0)
    inked: dict[FenceState, int] = {}
    for state in FenceState:
        model.replace([mark(state)])
        wait_settled(qtbot, scene.view)
        inked[state] = count(picture(scene.view), fence_colour(theme, state), within=24)
        (row,) = scene.view.item("geofences").legend()
        assert (row.symbol, row.count) == (f"fence.{state}", 1)
    assert min(inked.values()) > 100
    assert inked[FenceState.WATCHING] > 1.4 * inked[FenceState.RESTING], "posts are the second sign of watching"
    assert inked[FenceState.PAUSED] < inked[FenceState.RESTING], "switched off it is dashed"


def test_it_is_picked_and_left_out_by_its_state(qtbot: QtBot, scene: Scene) -> None:
    model = GeofencesModel()
    scene.view.add_layer(model)
    model.replace([mark(FenceState.WATCHING)])
    scene.view.look_closely(*SPOT, 2.0)
    wait_settled(qtbot, scene.view)
    found = pick(scene)
    assert (found.kind, found.ident, found.title) == (PickedKind.ENTRY, "geofence:f", "河堤")
    scene.view.choose("geofences", LayerOptions().with_kind("state", "watching", shown=False))
    assert pick(scene) is None


def test_a_state_left_out_hides_no_fence_below_it(qtbot: QtBot, scene: Scene) -> None:
    model = GeofencesModel()
    scene.view.add_layer(model)
    ringing = FenceMark("geofence:over", FenceState.RINGING, RING, "上层", ())
    model.replace([mark(FenceState.WATCHING), ringing])
    scene.view.look_closely(*SPOT, 2.0)
    wait_settled(qtbot, scene.view)
    assert pick(scene).ident == "geofence:over"
    scene.view.choose("geofences", LayerOptions().with_kind("state", "ringing", shown=False))
    wait_settled(qtbot, scene.view)
    assert pick(scene).ident == "geofence:f"
    assert [row.symbol for row in scene.view.item("geofences").legend()] == ["fence.watching"]
    plain = picture(scene.view)
    scene.view.select_entry("geofence:over")
    assert (picture(scene.view) == plain).all(), "chosen or not: what is left out is not drawn"
