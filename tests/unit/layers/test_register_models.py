"""What the layers of the register show is the rule's: the worst wins, density is conserved, a wedge is a wedge."""

from math import hypot, pi

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.reading import ReadingState
from domain.register_map import ComponentKind, Condition, HazardLevel
from layers.cameras.model import CameraMark, field_of_view
from layers.components.model import ComponentMark, ComponentsModel, shown_state
from layers.hazards.model import HazardMark, HazardsModel
from layers.heat.item import densities
from layers.heat.model import HeatModel, density, sampled
from layers.legend_signs import HEAT_SHARES
from layers.mercator import ground_scale, to_plane
from layers.states import Sensed

HERE = to_plane(120.75, 29.72)


@pytest.mark.parametrize(
    ("condition", "sensed", "said", "shown"),
    [
        (Condition.INTACT, False, ReadingState.OFFLINE, Sensed.PLAIN),
        (Condition.INTACT, True, ReadingState.OK, Sensed.OK),
        (Condition.INTACT, True, ReadingState.OFFLINE, Sensed.OFFLINE),
        (Condition.INTACT, True, ReadingState.FAULT, Sensed.FAULT),
        (Condition.DAMAGED, False, ReadingState.OFFLINE, Sensed.DAMAGED),
        (Condition.LOST, True, ReadingState.OK, Sensed.DAMAGED),
        (Condition.DAMAGED, True, ReadingState.ALARM, Sensed.ALARM),
        (Condition.DISUSED, False, ReadingState.OFFLINE, Sensed.PLAIN),
    ],
)
def test_the_worst_is_shown(condition: Condition, sensed: bool, said: ReadingState, shown: Sensed) -> None:
    assert shown_state(condition, sensed=sensed, said=said) is shown


def component(name: str, state: Sensed, **more: object) -> ComponentMark:
    return ComponentMark(name, 120.75, 29.72, ComponentKind.GAS, state, **more)  # type: ignore[arg-type]


def test_what_is_in_alarm_is_drawn_last_and_stays_so_when_it_alters() -> None:
    model = ComponentsModel()
    model.replace([])
    assert model.revision == 0, "none instead of none draws nothing anew"
    model.replace([component("a", Sensed.ALARM), component("b", Sensed.OK), component("c", Sensed.PLAIN)])
    assert [m.ident for m in model.table.marks] == ["c", "b", "a"]
    model.update([component("b", Sensed.ALARM), component("a", Sensed.OK)])
    assert [m.ident for m in model.table.marks] == ["c", "a", "b"]
    assert model.counts()[Sensed.ALARM] == 1
    revision = model.pipes_revision
    model.update([component("b", Sensed.ALARM, title="x")])
    assert model.pipes_revision == revision, "a reading of the same state draws no pipe anew"
    assert model.mark("b") == component("b", Sensed.ALARM, title="x")


def test_the_gravest_zone_is_picked_and_drawn_last() -> None:
    ring = ((120.75, 29.72), (120.76, 29.72), (120.76, 29.73))
    model = HazardsModel()
    marks = [HazardMark("r", HazardLevel.RED, ring), HazardMark("y", HazardLevel.YELLOW, ring)]
    model.replace(marks)
    told: list[int] = []
    model.subscribe(lambda: told.append(model.revision))
    model.replace(marks)
    assert told == [], "the same once more draws no tile anew"
    assert [mark.ident for mark in model.held.marks] == ["y", "r"]
    assert model.slot("r") == 1
    assert model.slot("none") is None


@given(st.floats(0, 359.9), st.floats(1, 359), st.floats(5, 2000))
def test_a_field_of_view_is_a_wedge_of_its_reach_around_its_heading(heading: float, angle: float, reach: float) -> None:
    x, y = HERE
    edge = field_of_view(CameraMark("c", 120.75, 29.72, heading, angle, reach), x, y)
    assert edge[0] == (x, y)
    metres = reach / ground_scale(y)
    assert all(abs(hypot(px - x, py - y) - metres) < 1e-6 * metres + 1e-6 for px, py in edge[1:])
    middle = edge[1:][len(edge[1:]) // 2]
    turned = (np.degrees(np.arctan2(middle[0] - x, middle[1] - y)) - heading + 180) % 360 - 180
    assert abs(turned) <= angle / 2 + 6


def test_a_camera_that_turns_sees_all_around() -> None:
    edge = field_of_view(CameraMark("c", 120.75, 29.72, None, 60, 50), *HERE)
    xs = [px - HERE[0] for px, _ in edge]
    assert min(xs) == pytest.approx(-max(xs), rel=1e-6)
    assert HERE not in edge


@settings(max_examples=40)
@given(st.lists(st.tuples(st.floats(-3000, 3000), st.floats(-3000, 3000)), min_size=1, max_size=60), st.floats(40, 900))
def test_density_counts_every_case_once(spots: list[tuple[float, float]], width: float) -> None:
    xs = np.array([HERE[0] + x for x, _ in spots])
    ys = np.array([HERE[1] + y for _, y in spots])
    surface = density(xs, ys, width)
    side_km = surface.cell * ground_scale(HERE[1]) / 1000
    assert float(surface.values.sum()) * side_km**2 == pytest.approx(len(spots), rel=0.02)
    assert (surface.values >= -1e-3).all()


def test_density_is_that_of_a_gaussian() -> None:
    width = 200.0
    surface = density(np.array([HERE[0]]), np.array([HERE[1]]), width)
    ground_m = width * ground_scale(HERE[1])
    highest = 1e6 / (2 * pi * ground_m**2)
    assert surface.most == pytest.approx(highest, rel=0.08)
    at = sampled(surface, np.array([HERE[0], HERE[0] + width, HERE[0] + 9 * width]), np.array([HERE[1]]))[0]
    assert at[1] / at[0] == pytest.approx(np.exp(-0.5), abs=0.05)
    assert at[2] == 0.0


def test_a_surface_is_made_once_and_anew_when_cases_alter() -> None:
    model = HeatModel()
    assert model.surface("open", 180.0, 3.0) is None
    model.set_points("open", np.array([HERE[0]]), np.array([HERE[1]]))
    first = model.surface("open", 180.0, 3.0)
    assert first is model.surface("open", 180.0, 3.1), "a little zooming makes none anew"
    model.set_points("open", np.array([HERE[0]]), np.array([HERE[1]]))
    assert model.surface("open", 180.0, 3.0) is first, "the same cases are no change"
    model.set_points("open", np.array([HERE[0], HERE[0]]), np.array([HERE[1], HERE[1]]))
    assert model.surface("open", 180.0, 3.0) is not first
    afar = model.surface("open", 180.0, 400.0)
    assert afar is not None
    assert afar.cell > 10 * first.cell, "from afar the kernel keeps some pixels"  # type: ignore[union-attr]


@given(st.floats(1e-6, 1e6))
def test_classes_of_heat_begin_at_round_densities_near_their_shares(most: float) -> None:
    found = densities(most)
    assert found == sorted(set(found)), "each class has its own"
    assert found[-1] < most, "the densest class is on the map"
    for density_, share in zip(found, HEAT_SHARES, strict=True):
        assert share * most / 1.16 < density_ < share * most * 1.16
        assert len(f"{density_:.6e}".split("e")[0].rstrip("0").replace(".", "")) <= 2, "two figures are enough"
