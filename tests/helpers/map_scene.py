"""A small made-up town on a real map widget: 4 x 3 grids, a road, three cases, two people."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import numpy as np
import shapely
from PySide6.QtCore import QPoint
from PySide6.QtGui import QImage
from pytestqt.qtbot import QtBot

from domain.clock import Lamp
from domain.ids import CaseNo, GridCode, ThingId
from domain.places import BaseFeature, BaseKind, Grid
from layers.basemap.model import BasemapModel
from layers.cases.model import CaseMark, CasesModel
from layers.divisions.model import DivisionsModel
from layers.grids.model import GridsModel
from layers.mercator import to_plane
from layers.positions.model import PositionsModel, ThingMark
from resources.theme import load_theme
from resources.words import Words
from widgets.map.view import MapView

NOW = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
WEST, SOUTH, CELL = 120.70, 29.70, 0.01
PLACES = {"near": (120.715, 29.705), "west": (120.704, 29.725), "twin": (120.7041, 29.7251), "east": (120.735, 29.715)}


@dataclass
class Scene:
    """The map and the models it shows."""

    view: MapView
    basemap: BasemapModel
    grids: GridsModel
    divisions: DivisionsModel
    cases: CasesModel
    positions: PositionsModel

    def pixel(self, lon: float, lat: float) -> QPoint:
        """Return the widget pixel of a place."""
        px, py = self.view.camera.to_screen(*to_plane(lon, lat))
        return QPoint(round(px), round(py))


def case_mark(name: str, lamp: Lamp = Lamp.WITHIN) -> CaseMark:
    """Return a case at one of ``PLACES``."""
    return CaseMark(CaseNo(name), *PLACES[name], lamp, title=f"案件 {name}", lines=("第一行",))


def thing_mark(name: str, lon: float, lat: float, *, age_s: int = 0, heading: float | None = 90.0) -> ThingMark:
    """Return a person at a place."""
    return ThingMark(ThingId(name), lon, lat, NOW - timedelta(seconds=age_s), name, heading_deg=heading)


def town_grids() -> list[Grid]:
    """Return the grids, row by row from the south-west."""
    cells = [(i, j) for j in range(3) for i in range(4)]
    return [
        Grid(
            GridCode(f"g{i}{j}"),
            f"清溪-{i}{j}",
            shapely.to_wkb(
                shapely.box(WEST + i * CELL, SOUTH + j * CELL, WEST + (i + 1) * CELL, SOUTH + (j + 1) * CELL)
            ),
        )
        for i, j in cells
    ]


def make_scene(qtbot: QtBot, *, empty: bool = False) -> Scene:
    """Return a map of 800 x 600 on the screen, with data unless ``empty``."""
    view = MapView(Words("zh-CN"), load_theme("dark"))
    scene = Scene(view, BasemapModel(), GridsModel(), DivisionsModel(), CasesModel(), PositionsModel())
    view.set_layers([scene.cases, scene.positions, scene.grids, scene.divisions, scene.basemap])
    view.resize(800, 600)
    qtbot.addWidget(view, before_close_func=lambda shown: shown.stop())
    with qtbot.waitExposed(view):
        view.show()
    if not empty:
        road = shapely.LineString([(WEST, 29.712), (WEST + 4 * CELL, 29.712)])
        scene.basemap.set_features([BaseFeature(BaseKind.ROAD, shapely.to_wkb(road), "人民路", 0)])
        scene.grids.set_grids(town_grids())
        scene.cases.replace([case_mark("near", Lamp.OVERDUE), case_mark("west"), case_mark("twin", Lamp.NEAR)])
        scene.positions.set_now(NOW)
        scene.positions.replace([thing_mark("张三", *PLACES["east"])])
        wait_settled(qtbot, view)
    return scene


def bare_scene(qtbot: QtBot) -> Scene:
    """Return such a map with nothing on it but what a test adds: no cases, no people, neither grids nor base map."""
    made = make_scene(qtbot)
    made.cases.replace([])
    made.positions.replace([])
    for key in ("basemap", "grids"):
        made.view.set_layer_visible(key, False)
    return made


def wait_settled(qtbot: QtBot, view: MapView) -> None:
    """Wait until the picture on the screen is whole."""
    view.update()
    qtbot.wait(20)
    qtbot.waitUntil(lambda: view.settled, timeout=15_000)


def pixels(image: QImage) -> np.ndarray:
    """Return an image as (height, width, 3) integers."""
    shown = image.convertToFormat(QImage.Format.Format_RGB32)
    flat = np.frombuffer(shown.constBits(), np.uint8).reshape(shown.height(), shown.width(), 4)
    return flat[:, :, :3].astype(int)


def picture(view: MapView) -> np.ndarray:
    """Return what the map shows, without what lies over it."""
    view.set_overlays(False)
    return pixels(view.grab().toImage())
