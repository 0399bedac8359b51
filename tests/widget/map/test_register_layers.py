"""The layers of the register on the real map: shapes and colours, filters, what is picked, the legend, both themes."""

import numpy as np
import pytest
from PySide6.QtGui import QColor
from pytestqt.qtbot import QtBot

from domain.register_map import ComponentKind, Drawing, Form, HazardLevel, Ink
from layers.cameras.model import CameraMark, CamerasModel
from layers.components.model import ComponentMark, ComponentsModel
from layers.contract import PickedKind
from layers.drawings.model import DrawingMark, DrawingsModel
from layers.hazards.model import HazardMark, HazardsModel
from layers.heat.model import HeatModel
from layers.legend_signs import heat_class_colour
from layers.mercator import to_plane
from layers.options import LayerOptions
from layers.states import Sensed
from resources.theme import THEMES, load_theme
from tests.helpers.map_scene import Scene, bare_scene, picture, wait_settled
from widgets.map.looking import NEAR_SCALE

SPOT = (120.7255, 29.7155)
RING = ((120.722, 29.712), (120.729, 29.712), (120.729, 29.719), (120.722, 29.719))


@pytest.fixture
def scene(qtbot: QtBot) -> Scene:
    return bare_scene(qtbot)


def near(scene: Scene, spot: tuple[float, float] = SPOT, around: int = 16) -> np.ndarray:
    wait = picture(scene.view)
    at = scene.pixel(*spot)
    return wait[at.y() - around : at.y() + around, at.x() - around : at.x() + around]


def count(shown: np.ndarray, colour: str, within: int = 12) -> int:
    wanted = QColor(colour)
    bgr = np.array([wanted.blue(), wanted.green(), wanted.red()])
    return int(np.count_nonzero(np.abs(shown - bgr).max(axis=-1) <= within))


def pick(scene: Scene, spot: tuple[float, float] = SPOT):
    at = scene.pixel(*spot)
    return scene.view.pick_at(at.x(), at.y())


def component(state: Sensed, what: ComponentKind = ComponentKind.GAS, **more: object) -> ComponentMark:
    return ComponentMark("component:1", *SPOT, what, state, title="探测器", **more)  # type: ignore[arg-type]


def test_until_somebody_asks_only_what_is_not_as_it_should_be_is_drawn(qtbot: QtBot, scene: Scene) -> None:
    model = ComponentsModel()
    scene.view.add_layer(model)
    scene.view.look_closely(*SPOT, NEAR_SCALE)
    for state, drawn in ((Sensed.OK, False), (Sensed.PLAIN, False), (Sensed.ALARM, True), (Sensed.OFFLINE, True)):
        model.replace([component(state)])
        wait_settled(qtbot, scene.view)
        shown = near(scene)
        assert (np.abs(shown - shown[0, 0]).max() > 40) == drawn, state


@pytest.mark.parametrize("theme", THEMES)
def test_each_state_of_a_component_has_a_shape_and_a_colour_of_its_own(qtbot: QtBot, scene: Scene, theme: str) -> None:
    scene.view.set_theme(load_theme(theme))  # type: ignore[arg-type]
    model = ComponentsModel()
    scene.view.add_layer(model)
    scene.view.choose("components", LayerOptions())
    scene.view.look_closely(*SPOT, NEAR_SCALE)
    wait_settled(qtbot, scene.view)
    shapes: dict[Sensed, bytes] = {}
    for state in Sensed:
        model.replace([component(state)])
        wait_settled(qtbot, scene.view)
        shown = near(scene)
        colour = {Sensed.ALARM: "overdue", Sensed.OK: "within", Sensed.OFFLINE: "paused"}.get(state)
        if colour:
            assert count(shown, getattr(load_theme(theme), colour)) > 12, state  # type: ignore[arg-type]
        ground = shown[0, 0]
        shapes[state] = (np.abs(shown - ground).max(axis=-1) > 40).tobytes()
    assert len(set(shapes.values())) == len(Sensed), "told apart without any colour"
    kinds = set()
    for what in ComponentKind:
        model.replace([component(Sensed.OK, what)])
        wait_settled(qtbot, scene.view)
        kinds.add(near(scene).tobytes())
    assert len(kinds) == len(ComponentKind)


def test_components_can_be_filtered_picked_and_counted(qtbot: QtBot, scene: Scene) -> None:
    theme, model = load_theme("dark"), ComponentsModel()
    item = scene.view.add_layer(model)
    model.replace([component(Sensed.ALARM, lines=("18 %LEL",))])
    scene.view.look_closely(*SPOT, NEAR_SCALE)
    wait_settled(qtbot, scene.view)
    found = pick(scene)
    assert found is not None
    assert (found.kind, found.ident, found.lines) == (PickedKind.ENTRY, "component:1", ("18 %LEL",))
    assert [(row.symbol, row.count) for row in item.legend()] == [("component.alarm", 1)]
    assert item.note()[1], "an alarm is a warning in the list of layers"
    picked: list[object] = []
    scene.view.entry_picked.connect(lambda value: picked.append(value.key))
    scene.view._pick(found)
    assert picked == ["component:1"]
    scene.view.choose("components", LayerOptions().with_kind("state", "alarm", shown=False))
    wait_settled(qtbot, scene.view)
    assert count(near(scene), theme.overdue) == 0
    assert pick(scene) is None or pick(scene).kind is not PickedKind.ENTRY


def test_a_pipe_is_a_line_and_broad_in_trouble(qtbot: QtBot, scene: Scene) -> None:
    theme, model = load_theme("dark"), ComponentsModel()
    scene.view.add_layer(model)
    path = ((120.7225, 29.7125), (120.7285, 29.7125))
    widths = {}
    for state in (Sensed.OK, Sensed.ALARM):
        model.replace([component(state, ComponentKind.PIPE, path=path)])
        wait_settled(qtbot, scene.view)
        colour = theme.within if state is Sensed.OK else theme.overdue
        widths[state] = count(near(scene, (120.7240, 29.7125), 8), colour, 40)
    assert widths[Sensed.OK] >= 16
    assert widths[Sensed.ALARM] > 1.6 * widths[Sensed.OK]


def test_from_afar_only_trouble_is_drawn(qtbot: QtBot, scene: Scene) -> None:
    theme, model = load_theme("dark"), ComponentsModel()
    scene.view.add_layer(model)
    model.replace([component(Sensed.OK)])
    scene.view.zoom(-44)
    wait_settled(qtbot, scene.view)
    assert count(near(scene), theme.within) == 0
    model.replace([component(Sensed.ALARM)])
    wait_settled(qtbot, scene.view)
    assert count(near(scene), theme.overdue) > 8


def test_a_camera_shows_what_it_sees_and_whether_it_answers(qtbot: QtBot, scene: Scene) -> None:
    theme, model = load_theme("dark"), CamerasModel()
    item = scene.view.add_layer(model)
    camera = CameraMark("camera:1", *SPOT, 90.0, 60.0, 150.0, title="老街口")
    scene.view.look_closely(*SPOT, NEAR_SCALE)
    model.replace([camera])
    wait_settled(qtbot, scene.view)
    assert count(near(scene), theme.cameras) > 40
    at = scene.pixel(*SPOT)
    shown = picture(scene.view)
    ground = shown[at.y() - 60, at.x() - 20]
    assert np.abs(shown[at.y(), at.x() + 40] - ground).max() > 8, "tinted where it looks"
    assert np.abs(shown[at.y(), at.x() - 40] - ground).max() <= 2, "and not behind it"
    scene.view.choose("cameras", LayerOptions().with_style("views", "hidden"))
    wait_settled(qtbot, scene.view)
    assert np.abs(picture(scene.view)[at.y(), at.x() + 40] - ground).max() <= 2
    found = pick(scene)
    assert found is not None
    assert found.ident == "camera:1"
    model.replace([CameraMark("camera:1", *SPOT, 90.0, online=False)])
    wait_settled(qtbot, scene.view)
    assert count(near(scene), theme.cameras) == 0
    assert [row.symbol for row in item.legend()] == ["camera", "camera_offline"]
    assert item.note()[1]


def test_hazards_are_told_apart_by_hatching_and_the_gravest_is_picked(qtbot: QtBot, scene: Scene) -> None:
    model = HazardsModel()
    item = scene.view.add_layer(model)
    patterns = set()
    for level in HazardLevel:
        model.replace([HazardMark("hazard:1", level, RING, "积水")])
        wait_settled(qtbot, scene.view)
        shown = near(scene, (120.7235, 29.7135)).astype(int)
        lit = shown.max(axis=-1)
        patterns.add((lit > lit.min() + 20).tobytes())
    assert len(patterns) == len(HazardLevel), "without colour, too"
    model.replace([HazardMark("hazard:r", HazardLevel.RED, RING), HazardMark("hazard:y", HazardLevel.YELLOW, RING)])
    wait_settled(qtbot, scene.view)
    found = pick(scene)
    assert found is not None
    assert found.ident == "hazard:r"
    assert [row.symbol for row in item.legend()] == ["hazard.red", "hazard.yellow"]


DRAWINGS = {
    Form.POINT: Drawing(Form.POINT, (SPOT,), "集合点", Ink.RED),
    Form.LINE: Drawing(Form.LINE, (RING[0], SPOT, RING[2]), "绕行", Ink.RED, 4.0, arrow=True),
    Form.AREA: Drawing(Form.AREA, RING, "安置区", Ink.RED),
    Form.TEXT: Drawing(Form.TEXT, (SPOT,), "单向通行", Ink.RED),
}


@pytest.mark.parametrize("form", list(Form))
def test_every_form_is_drawn_labelled_picked_and_can_be_left_out(qtbot: QtBot, scene: Scene, form: Form) -> None:
    theme, model = load_theme("dark"), DrawingsModel()
    item = scene.view.add_layer(model)
    model.replace([DrawingMark("drawing:1", DRAWINGS[form], "x")])
    wait_settled(qtbot, scene.view)
    spot = RING[0] if form is Form.AREA else SPOT
    if form is not Form.TEXT:  # of a text it is the label that is drawn
        assert count(near(scene, spot, 24), theme.overdue, 40) > 5
    assert [label.text for label in item.labels(scene.view._area(), scene.view.chosen)] == [DRAWINGS[form].label]
    found = pick(scene)
    assert found is not None
    assert found.ident == "drawing:1"
    scene.view.choose("drawings", LayerOptions().with_kind("form", form.value, shown=False))
    wait_settled(qtbot, scene.view)
    assert count(near(scene, spot, 24), theme.overdue, 40) == 0


def test_heat_is_off_until_wanted_and_strongest_where_cases_lie_close(qtbot: QtBot, scene: Scene) -> None:
    model = HeatModel()
    item = scene.view.add_layer(model)
    spots = np.array([to_plane(SPOT[0] + dx * 1e-4, SPOT[1] + dy * 1e-4) for dx in range(5) for dy in range(5)])
    lone = np.array([to_plane(120.706, 29.706)])
    both = np.concatenate([spots, lone])
    model.set_points("open", both[:, 0], both[:, 1])
    wait_settled(qtbot, scene.view)
    bare = picture(scene.view)
    assert not item.visible
    assert not item.legend()
    scene.view.choose("heat", LayerOptions())
    wait_settled(qtbot, scene.view)
    hot = picture(scene.view)
    far = np.abs(hot.astype(int) - bare).max(axis=-1)

    def strength(spot: tuple[float, float]) -> float:
        at = scene.pixel(*spot)
        return float(far[at.y() - 3 : at.y() + 3, at.x() - 3 : at.x() + 3].mean())

    assert strength(SPOT) > 60
    assert strength((120.7155, 29.7255)) == 0, "where there is no case there is no heat"
    assert [row.symbol for row in item.legend()] == ["heat.3", "heat.2", "heat.1", "heat.0"]
    for theme in THEMES:
        scene.view.set_theme(load_theme(theme))
        wait_settled(qtbot, scene.view)
        for step in range(4):
            assert count(picture(scene.view), heat_class_colour(load_theme(theme), step), 8) > 40, "as the legend shows"
    state = scene.view.choices.state()
    assert "heat" in state.options, "that it is on is kept"
    scene.view.choices.reset()
    assert not item.visible, "and by itself it is off again"


@pytest.mark.parametrize("layer", ["cameras", "components"])
def test_what_is_picked_out_of_the_register_is_ringed_and_named_before_all_else(
    qtbot: QtBot, scene: Scene, layer: str
) -> None:
    """A name of the ground stood where the chosen one's belongs, and nothing told it from its neighbours."""
    theme = load_theme("dark")
    model: CamerasModel | ComponentsModel
    if layer == "cameras":
        model = CamerasModel()
        model.replace([CameraMark("camera:1", *SPOT, 90.0, title="老街口")])
    else:
        model = ComponentsModel()
        model.replace([component(Sensed.ALARM)])
    ident = model.table.keys[0]
    item = scene.view.add_layer(model)
    scene.view.look_closely(*SPOT, NEAR_SCALE)
    wait_settled(qtbot, scene.view)
    ring = np.array(near(scene, around=14))
    scene.view.select_entry(ident)
    wait_settled(qtbot, scene.view)
    assert count(near(scene, around=14), theme.text) > count(ring, theme.text) + 40, "ringed"
    area, focus = scene.view._area(), scene.view.chosen
    (label,) = item.labels(area, focus)
    others = [each for other in scene.view.shown_items() for each in other.labels(area, focus) if each != label]
    assert all(label.priority < each.priority for each in others)
    assert label.text not in [each.text for each in item.live_labels(area, focus)], "once"
    around = item.obstacles(area, focus)
    at = scene.pixel(*SPOT)
    assert np.abs(around[0, :2] - (at.x(), at.y())).max() <= 1.5, "names keep off it"
    scene.view.select_entry(None)
    wait_settled(qtbot, scene.view)
    assert item.labels(scene.view._area(), scene.view.chosen) == ()
    assert (near(scene, around=14) == ring).all()
