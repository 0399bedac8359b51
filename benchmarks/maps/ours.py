"""The map the figures are of: the product's widget and layers with a made-up land on it.

What lies over the map is switched off (the peers have none). Everything goes through the product's own models.
"""

import os
import time
from collections.abc import Iterable
from datetime import UTC, datetime

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import numpy as np
import numpy.typing as npt
import shapely
from PySide6.QtCore import QEvent
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication

from benchmarks.county import County
from domain.clock import Lamp
from domain.ids import CaseNo, GridCode, ThingId
from domain.places import Grid
from domain.units import UnitState
from layers.cases.item import CasesItem
from layers.cases.model import CaseMark, CasesModel
from layers.colours import mix
from layers.contract import LayerItem, Look
from layers.grids.item import GridsItem
from layers.grids.model import GridsModel
from layers.mercator import EARTH_RADIUS_M
from layers.positions.item import PositionsItem
from layers.positions.model import PositionsModel, ThingMark
from layers.raster.source import RasterSource
from resources.theme import Theme, load_theme
from resources.words import Words
from widgets.map.view import MapView

SIZE = (1920, 1080)
LAMPS = (Lamp.WITHIN, Lamp.NEAR, Lamp.OVERDUE)
STATES = (UnitState.FREE, UnitState.UNDER_WAY, UnitState.ON_THE_JOB, UnitState.ASSIGNED)
NOW = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)

Degrees = npt.NDArray[np.float64]


class Land:
    """The models of a map: areas, cases and staff."""

    def __init__(self) -> None:
        self.grids, self.cases, self.positions = GridsModel(), CasesModel(), PositionsModel()

    def fill(self, county: County) -> list[ThingId]:
        """Fill them; return who the staff are."""
        degrees = shapely.transform(county.areas, to_degrees)
        made = [Grid(GridCode(f"g{i}"), f"{i}", shapely.to_wkb(area)) for i, area in enumerate(degrees)]
        self.grids.set_grids(made, {grid.code: int(c) for grid, c in zip(made, county.classes, strict=True)})
        places = to_degrees(county.cases)
        self.cases.replace(
            CaseMark(CaseNo(f"c{i}"), float(lon), float(lat), LAMPS[lamp])
            for i, ((lon, lat), lamp) in enumerate(zip(places, county.lamps.tolist(), strict=True))
        )
        things = [ThingId(f"s{i}") for i in range(len(county.staff))]
        self.positions.set_now(NOW)
        self.positions.replace(
            ThingMark(
                thing, float(lon), float(lat), NOW, vehicle=sign == 3, state=STATES[sign], heading_deg=90.0 * sign
            )
            for thing, (lon, lat), sign in zip(things, to_degrees(county.staff), county.signs.tolist(), strict=True)
        )
        return things


def draw_plainly(items: Iterable[LayerItem]) -> None:
    """Have every mark drawn by itself and grids filled opaquely, as the peers draw them."""
    for item in items:
        if isinstance(item, GridsItem):
            item.fill_alpha = 255
            item.restyle()
        elif isinstance(item, CasesItem):
            item.clustered = False
        elif isinstance(item, PositionsItem):
            item.choose(item.options.with_style("crowds", "single"))


class OurMap:
    """The product's map with a land on it: in the peers' order, staff on top, or in the desk's, cases on top.

    ``plain`` draws every mark by itself and fills grids opaquely, as the peers do; else it is as a person sees it.
    ``compiled`` says whether the kernels are in.
    """

    def __init__(self, county: County, *, as_given: bool = True, plain: bool = True, compiled: bool = True) -> None:
        self.theme = load_theme("dark")
        rasters = RasterSource()
        if compiled:
            rasters.compile()
            if not rasters.compiled:
                raise SystemExit("numba is not there: the map's own kernels cannot be measured")
        self.view = MapView(Words("zh-CN"), self.theme, rasters=rasters)
        land = Land()
        self.positions = land.positions
        self.view.set_layers([land.grids, land.cases, land.positions], as_given=as_given)
        self.things = land.fill(county)
        self._slots = self.positions.slots(self.things)
        if plain:
            draw_plainly(self.view.items)
        self.view.set_overlays(False)
        self.view.resize(*SIZE)
        self.view.show()
        if not self.view.isVisible():
            raise SystemExit("the map is not on the screen: nothing would be measured")

    def look(self, theme: Theme) -> Look:
        """Return what this map's labels are drawn with."""
        return Look(theme, Words("zh-CN"))

    def full(self) -> float:
        """Draw everything anew and paint; milliseconds."""
        began = time.perf_counter()
        self.view.draw_now()
        return (time.perf_counter() - began) * 1000

    def picture(self, *, marks: bool = True) -> QImage:
        """Return the whole picture, with or without cases and people."""
        for key in ("cases", "positions"):
            self.view.set_layer_visible(key, marks)
        self.view.repaint()
        while not self.view.settled:
            QApplication.processEvents()
        image = self.view.grab().toImage()
        for key in ("cases", "positions"):
            self.view.set_layer_visible(key, True)
        return image

    def tiled(self) -> float:
        """Draw every tile anew in the background and paint until the picture is whole; milliseconds."""
        self.view.forget_tiles()
        began = time.perf_counter()
        self.view.repaint()
        while not self.view.settled:
            QApplication.processEvents()
            time.sleep(0.0005)
        took = (time.perf_counter() - began) * 1000
        while not self.view.idle:  # tiles just out of sight are drawn too; they are nobody's next figure
            QApplication.processEvents()
            time.sleep(0.0005)
        self.view.repaint()
        return took

    def close(self) -> None:
        """Close the window and end the threads."""
        self.view.close()
        self.view.stop()

    def place_staff(self, moved: Degrees) -> None:
        """Take new places of all staff; they are painted with the next frame."""
        self.positions.move(self._slots[: len(moved)], moved[:, 0], moved[:, 1], NOW.timestamp())

    def staff(self, moved: Degrees, count: int | None = None) -> float:
        """Take new places (degrees) of all staff, or of the first ``count``, and paint; milliseconds."""
        began = time.perf_counter()
        self.place_staff(moved[:count])
        QApplication.sendPostedEvents(self.view, QEvent.Type.UpdateRequest)  # paints what is to be painted
        return (time.perf_counter() - began) * 1000


def to_degrees(points: npt.NDArray[np.float64]) -> Degrees:
    """Return lon, lat of points (n, 2) on the plane; all lons lie in a row, as the live feed hands them to a layer."""
    lat = np.degrees(2 * np.arctan(np.exp(points[:, 1] / EARTH_RADIUS_M)) - np.pi / 2)
    return np.array([np.degrees(points[:, 0] / EARTH_RADIUS_M), lat]).T


def look_of(ours: OurMap) -> dict[str, list[str]]:
    """Return the colours both peers are to draw with."""
    theme = ours.theme
    item = ours.view.item("grids")
    areas = [f"#{int(c) & 0xFFFFFF:06x}" for c in item.palette] if isinstance(item, GridsItem) else []
    return {
        "ground": [theme.map_ground],
        "line": [theme.map_grid_line],
        "areas": areas,
        "cases": [theme.within, theme.near, theme.overdue],
        "staff": [theme.staff, theme.staff, theme.staff, mix(theme.staff, theme.text, 0.2)],
    }
