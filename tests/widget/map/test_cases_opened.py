"""Clusters that coming closer does not part are opened: their cases stand around them; and what is written inside."""

import pytest
from msgspec.structs import replace
from pytestqt.qtbot import QtBot

from domain.clock import Lamp
from domain.ids import CaseNo
from layers.cases.fan import fan_spots
from layers.cases.item import CasesItem
from layers.contract import PickedKind
from layers.options import LayerOptions
from resources.theme import load_theme
from tests.helpers.map_scene import PLACES, Scene, case_mark, make_scene, picture, wait_settled
from tests.widget.map.test_register_layers import count, near

THEME = load_theme("dark")


@pytest.fixture
def scene(qtbot: QtBot) -> Scene:
    made = make_scene(qtbot)
    spot = PLACES["near"]
    marks = [replace(case_mark("near", Lamp.OVERDUE if i else Lamp.NEAR), case_no=CaseNo(f"c{i}")) for i in range(5)]
    made.cases.replace(marks)
    made.positions.replace([])
    made.view.look_closely(*spot, 0.5)
    wait_settled(qtbot, made.view)
    return made


def test_a_cluster_of_one_place_opens_and_each_case_can_be_picked(qtbot: QtBot, scene: Scene) -> None:
    view, spot = scene.view, PLACES["near"]
    item = view.item("cases")
    assert isinstance(item, CasesItem)
    at = scene.pixel(*spot)
    before = count(near(scene, spot, 60), THEME.overdue)
    found = view.pick_at(at.x(), at.y())
    assert found is not None
    assert found.kind is PickedKind.CLUSTER
    picked: list[str] = []
    view.case_picked.connect(lambda value: picked.append(value.case_no))
    view._pick(found)
    assert picked == [found.members[0]], "the first click opens it and picks the worst"
    wait_settled(qtbot, view)
    assert set(item.fan_members()) == {f"c{i}" for i in range(5)}
    assert count(near(scene, spot, 60), THEME.overdue) > before + 300, "four more squares"
    for number, (dx, dy) in zip(item.fan_members(), fan_spots(5), strict=True):
        hit = view.pick_at(at.x() + dx, at.y() + dy)
        assert hit is not None
        assert (hit.kind, hit.ident) == (PickedKind.CASE, number)
    view._pick(hit)
    assert picked[1:] == [number]
    assert item.fan_members(), "it stays open for the next one"
    view._pick(None)
    assert not item.fan_members()


def test_an_opened_cluster_closes_when_the_scale_alters(qtbot: QtBot, scene: Scene) -> None:
    view, spot = scene.view, PLACES["near"]
    at = scene.pixel(*spot)
    view._pick(view.pick_at(at.x(), at.y()))
    wait_settled(qtbot, view)
    opened = count(near(scene, spot, 60), THEME.overdue)
    view.zoom(-8)
    wait_settled(qtbot, view)
    assert count(near(scene, spot, 60), THEME.overdue) < opened / 2


def test_an_opened_cluster_shows_its_cases_as_they_are_by_now(qtbot: QtBot, scene: Scene) -> None:
    view, spot = scene.view, PLACES["near"]
    item = view.item("cases")
    assert isinstance(item, CasesItem)
    at = scene.pixel(*spot)
    view._pick(view.pick_at(at.x(), at.y()))
    wait_settled(qtbot, view)
    members = item.fan_members()
    spots = dict(zip(members, fan_spots(5), strict=True))

    def seen(number: str, colour: str) -> int:
        x, y = (round(place + off) for place, off in zip((at.x(), at.y()), spots[number], strict=True))
        return count(picture(view)[y - 10 : y + 10, x - 10 : x + 10], colour)

    late = members[0]
    assert seen(late, THEME.overdue) > 100
    scene.cases.update([replace(case_mark("near", Lamp.PAUSED), case_no=CaseNo(late))])
    wait_settled(qtbot, view)
    assert item.fan_members() == members
    assert seen(late, THEME.overdue) < 20, "its clock is stopped since"
    hit = view.pick_at(at.x() + spots[late][0], at.y() + spots[late][1])
    assert hit is not None
    assert hit.ident == late
    scene.cases.update([replace(case_mark("near", Lamp.NONE), case_no=CaseNo(members[1]), ended=True)])
    wait_settled(qtbot, view)
    assert item.fan_members() == (members[0], *members[2:]), "what has ended stands there no more"
    view.choose("cases", LayerOptions().with_kind("lamp", "overdue", shown=False))
    wait_settled(qtbot, view)
    assert not {m for m in item.fan_members() if scene.cases.mark(m).lamp is Lamp.OVERDUE}
    scene.cases.replace([])
    wait_settled(qtbot, view)
    assert not item.fan_members()
    left = view.pick_at(at.x() + spots[late][0], at.y() + spots[late][1])
    assert left is None or left.kind is not PickedKind.CASE


def test_kind_channel_and_age_are_written_inside_when_chosen(qtbot: QtBot, scene: Scene) -> None:
    spot = PLACES["near"]
    alone = replace(case_mark("near"), signs=("市", "热"), opened_s=100.0)
    scene.cases.replace([alone])
    scene.cases.set_now(100.0 + 7200)
    seen = {}
    for what in ("none", "kind", "channel", "age"):
        scene.view.choose("cases", LayerOptions().with_style("inside", what))
        wait_settled(qtbot, scene.view)
        seen[what] = near(scene, spot, 10).tobytes()
    assert len(set(seen.values())) == 4
    scene.cases.set_now(100.0 + 5 * 86400)
    wait_settled(qtbot, scene.view)
    assert near(scene, spot, 10).tobytes() != seen["age"], "the age goes on"
