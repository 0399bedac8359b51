"""The layer of a mesh's faults: what must be mended is filled, the rest outlined, what is looked at has a ring."""

import numpy as np
import pytest
import shapely
from map_scene import CELL, SOUTH, WEST, Scene, make_scene, picture, wait_settled
from pytestqt.qtbot import QtBot

from domain.mesh import FaultSort, MeshFault
from layers.meshfaults.model import MeshFaultsModel, read_faults
from resources.theme import load_theme


def fault(sort: FaultSort, column: int, row: int) -> MeshFault:
    box = shapely.box(WEST + column * CELL, SOUTH + row * CELL, WEST + (column + 1) * CELL, SOUTH + (row + 1) * CELL)
    return MeshFault(sort, (0,), ("a",), box.bounds, wkb=shapely.to_wkb(box))


@pytest.fixture
def scene(qtbot: QtBot) -> tuple[Scene, MeshFaultsModel]:
    made, model = make_scene(qtbot), MeshFaultsModel()
    model.put(read_faults([fault(FaultSort.CROSSING, 0, 0), fault(FaultSort.GAP, 3, 2)]))
    made.view.add_layer(model)
    wait_settled(qtbot, made.view)
    return made, model


def count(shown: np.ndarray, colour: str, reach: int = 12) -> int:
    wanted = np.array([int(colour[i : i + 2], 16) for i in (5, 3, 1)])
    return int((np.abs(shown - wanted).max(axis=2) <= reach).sum())


def test_what_must_be_mended_is_filled_and_the_rest_outlined(
    qtbot: QtBot, scene: tuple[Scene, MeshFaultsModel]
) -> None:
    made, model = scene
    theme = load_theme("dark")
    shown = picture(made.view)
    grave = made.pixel(WEST + CELL / 4, SOUTH + CELL / 4)
    light = made.pixel(WEST + 3.25 * CELL, SOUTH + 2.25 * CELL)
    red = shown[grave.y(), grave.x()]
    assert red[2] > red[1] + 40, "filled in the colour of what is overdue"
    pale = shown[light.y(), light.x()]
    assert abs(int(pale[2]) - int(pale[1])) < 40, "outlined only"
    assert count(shown, theme.near) > 100
    before = count(shown, theme.accent)
    model.choose(1)
    wait_settled(qtbot, made.view)
    assert count(picture(made.view), theme.accent) > before + 200


def test_the_map_goes_to_the_fault_that_is_looked_at(qtbot: QtBot, scene: tuple[Scene, MeshFaultsModel]) -> None:
    made, model = scene
    model.choose(0)
    made.view.fit_layer("meshfaults")
    wait_settled(qtbot, made.view)
    middle = made.pixel(WEST + CELL / 2, SOUTH + CELL / 2)
    assert abs(middle.x() - 400) < 120, "beside the cards"
    assert abs(middle.y() - 300) < 120
    ringed = count(picture(made.view), load_theme("dark").accent)
    made.view.remove_layer("meshfaults")
    wait_settled(qtbot, made.view)
    assert count(picture(made.view), load_theme("dark").accent) < ringed - 200
