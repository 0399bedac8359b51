"""The map at county scale: full redraw and all staff moved, beside QGIS and pyqtgraph, 1920 x 1080, one core.

Ours is the product's own widget and layers, shown on an offscreen screen, what lies over the map switched off (the
peers have none). *Full redraw* draws areas, borders, 26,419 cases and 3,822 people into an empty frame and paints it;
shapes thinned for the scale are kept from frame to frame, as in use. *Staff moved* takes new coordinates of all staff,
stamps them over what is kept, and paints; of four moves in a row the last counts, ours and theirs. QGIS reads memory
layers; its draw-only figure leaves out applying positions. The desk draws cases over staff: both orders are measured.
The pictures are compared: pixels that are plain area in both must show the same class.
"""

import os
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import numpy as np
import shapely
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication

from benchmarks.county import County, make_county
from benchmarks.harness import Rows, Sense, alternate, compare, main, single
from benchmarks.peers.pyqtgraph_county import PyqtgraphPeer
from benchmarks.peers.qgis_peer import QgisPeer, find_python
from domain.clock import Lamp
from domain.ids import CaseNo, GridCode, ThingId
from domain.places import Grid
from domain.units import UnitState
from layers.cases.item import CasesItem
from layers.cases.model import CaseMark, CasesModel
from layers.colours import mix
from layers.grids.item import GridsItem
from layers.grids.model import GridsModel
from layers.mercator import to_degrees
from layers.positions.model import PositionsModel, ThingMark
from layers.raster.source import RasterSource
from resources.theme import load_theme
from resources.words import Words
from widgets.map.view import MapView

SIZE = (1920, 1080)
RUNS = 20
LAMPS = (Lamp.WITHIN, Lamp.NEAR, Lamp.OVERDUE)
STATES = (UnitState.FREE, UnitState.UNDER_WAY, UnitState.ON_THE_JOB, UnitState.ASSIGNED)
SAME = (
    "county areas alone, area in both pictures",
    "county areas alone, of these another class",
    "county with all marks, area in both pictures",
    "county with all marks, of these another class",
)
NOW = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)


class OurMap:
    """The product's map with the county on it: in the peers' order, staff on top, or in the desk's, cases on top."""

    def __init__(self, county: County, *, as_given: bool = True) -> None:
        self._county = county
        self.theme = load_theme("dark")
        rasters = RasterSource()
        rasters.compile()
        if not rasters.compiled:
            raise SystemExit("numba is not there: the map's own kernels cannot be measured")
        self.view = MapView(Words("zh-CN"), self.theme, rasters=rasters)
        self._positions = PositionsModel()
        self._things = [ThingId(f"s{i}") for i in range(len(county.staff))]
        grids, cases = GridsModel(), CasesModel()
        self.view.set_layers([grids, cases, self._positions], as_given=as_given)
        self._fill(grids, cases)
        self.view.set_overlays(False)
        self.view.resize(*SIZE)
        self.view.show()
        if not self.view.isVisible():
            raise SystemExit("the map is not on the screen: nothing would be measured")

    def _fill(self, grids: GridsModel, cases: CasesModel) -> None:
        county = self._county
        degrees = shapely.transform(county.areas, _to_degrees)
        made = [Grid(GridCode(f"g{i}"), f"{i}", shapely.to_wkb(area)) for i, area in enumerate(degrees)]
        grids.set_grids(made, {grid.code: int(c) for grid, c in zip(made, county.classes, strict=True)})
        places = _to_degrees(county.cases)
        cases.replace(
            CaseMark(CaseNo(f"c{i}"), float(lon), float(lat), LAMPS[lamp])
            for i, ((lon, lat), lamp) in enumerate(zip(places, county.lamps.tolist(), strict=True))
        )
        self._positions.set_now(NOW)
        self._positions.replace(
            ThingMark(
                thing, float(lon), float(lat), NOW, vehicle=sign == 3, state=STATES[sign], heading_deg=90.0 * sign
            )
            for thing, (lon, lat), sign in zip(
                self._things, _to_degrees(county.staff), county.signs.tolist(), strict=True
            )
        )
        self._slots = self._positions.slots(self._things)
        for item in self.view.items:
            if isinstance(item, GridsItem):
                item.fill_alpha = 255
                item.restyle()
            elif isinstance(item, CasesItem):
                item.clustered = False

    def full(self) -> float:
        """Draw everything anew and paint; milliseconds."""
        began = time.perf_counter()
        self.view.draw_now()
        return (time.perf_counter() - began) * 1000

    def picture(self, *, marks: bool = True) -> QImage:
        """Return the picture drawn at once, with or without cases and people."""
        for key in ("cases", "positions"):
            self.view.set_layer_visible(key, marks)
        self.view.draw_now()
        while not self.view.settled:
            QApplication.processEvents()
        image = self.view.grab().toImage()
        for key in ("cases", "positions"):
            self.view.set_layer_visible(key, True)
        return image

    def settle(self, moved: np.ndarray) -> None:
        """Move the staff three times, so that what stands still is kept as after a second of use."""
        for _ in range(3):
            self.staff(moved)

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

    def staff(self, moved: np.ndarray) -> float:
        """Take new places (degrees) of all staff and paint; milliseconds."""
        began = time.perf_counter()
        self._positions.move(self._slots, moved[:, 0], moved[:, 1], NOW)
        self.view.repaint()
        return (time.perf_counter() - began) * 1000


def _to_degrees(points: np.ndarray) -> np.ndarray:
    return np.array([to_degrees(x, y) for x, y in points.tolist()])


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


def qgis_spec(ours: OurMap, look: dict[str, list[str]]) -> dict[str, object]:
    """Return what QGIS is told to draw: the same view, colours and sizes."""
    line = {"outline_color": look["line"][0], "outline_width": "1", "outline_width_unit": "Pixel"}
    rim = {
        "outline_color": look["ground"][0],
        "outline_width": "1",
        "outline_width_unit": "Pixel",
        "size_unit": "Pixel",
    }
    shapes = ("circle", "triangle", "square")
    area = ours.view.camera.area()
    return {
        "size": SIZE,
        "extent": area.bounds(),
        "ground": look["ground"][0],
        "area_styles": [{"color": colour, **line} for colour in look["areas"]],
        "case_styles": [
            {"name": shape, "color": colour, "size": size, **rim}
            for shape, size, colour in zip(shapes, ("6.9", "8", "6.2"), look["cases"], strict=True)
        ],
        "staff_styles": [
            {"name": "square" if i == 3 else "triangle", "color": colour, "size": "8", **rim}
            for i, colour in enumerate(look["staff"])
        ],
    }


def same_classes(ours: OurMap, peer: QgisPeer, look: dict[str, list[str]], folder: Path) -> tuple[int, ...]:
    """Return how many pixels are area in both pictures and in how many the class differs: areas alone, then all.

    With marks on it a pixel counts where it shows what it shows without them: a rim may mix to another area's colour.
    """
    shown = {"save": _classes(ours.picture(), look), "areas": _classes(ours.picture(marks=False), look)}
    drawn = {}
    for command in shown:
        peer.ask(f"{command} {folder / command}.png")
        drawn[command] = _classes(QImage(str(folder / f"{command}.png")), look)
    alone = (shown["areas"] >= 0) & (drawn["areas"] >= 0)
    both = alone & (shown["save"] == shown["areas"]) & (drawn["save"] == drawn["areas"])
    differs = shown["areas"] != drawn["areas"]
    return tuple(int(np.count_nonzero(where)) for where in (alone, alone & differs, both, both & differs))


def _classes(image: QImage, look: dict[str, list[str]]) -> np.ndarray:
    """Return the class of each pixel whose colour is that of an area, -1 elsewhere."""
    pixels = _pixels(image)
    classes = np.full(pixels.shape, -1, np.int8)
    for value, colour in enumerate(look["areas"]):
        classes[pixels == int(colour[1:], 16)] = value
    return classes


def _pixels(image: QImage) -> np.ndarray:
    shown = image.convertToFormat(QImage.Format.Format_RGB32)
    flat = np.frombuffer(shown.constBits(), np.uint32).reshape(shown.height(), shown.width())
    return flat & np.uint32(0xFFFFFF)


def two_cores(ours: OurMap, peer: list[float] | None, name: str) -> Rows:
    """Return the figures by tiles with a second core for the window: the thread that draws tiles stays on its own."""
    if not hasattr(os, "sched_setaffinity"):
        return []
    os.sched_setaffinity(0, range(os.cpu_count() or 1))
    ours.tiled()
    figures = [ours.tiled() for _ in range(RUNS)]
    what = "county full redraw by tiles, window and tiles on two cores"
    return compare(what, "ms", figures, peer, f"{name}, one core", Sense.TIMES_FASTER)


def table(found: dict[str, list[float]], name: str) -> Rows:
    """Return the rows of what was measured in turn."""
    rows: Rows = []
    graph_name = "pyqtgraph ScatterPlotItem, no antialiasing"
    for what, key in (("county full redraw", "full"), ("county staff moved", "staff")):
        note = f"{name}, draw only, rest kept" if key == "staff" and "qgis staff" in found else name
        rows += compare(what, "ms", found[key], found.get(f"qgis {key}"), note, Sense.TIMES_FASTER)
        rows += compare(what, "ms", found[key], found[f"pg {key}"], graph_name, Sense.TIMES_FASTER)
    desk_order = "county {}, the desk's order: cases over staff"
    rows += compare(
        desk_order.format("full redraw"), "ms", found["desk full"], found.get("qgis full"), name, Sense.TIMES_FASTER
    )
    rows += compare(
        desk_order.format("staff moved"), "ms", found["desk staff"], found.get("qgis staff"),
        f"{name}, draw only, rest kept, staff on top", Sense.TIMES_FASTER,
    )  # fmt: skip
    if "qgis apply" in found:
        note = f"{name}, new positions applied and drawn, rest kept"
        rows += compare("county staff moved", "ms", found["staff"], found["qgis apply"], note, Sense.TIMES_FASTER)
    rows += compare(
        "county full redraw by tiles in the background", "ms", found["tiled"], found.get("qgis full"), name,
        Sense.TIMES_FASTER,
    )  # fmt: skip
    return rows


def measure() -> Rows:
    """Take the figures."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    app = QApplication.instance() or QApplication([])
    county = make_county()
    ours, desk = OurMap(county), OurMap(county, as_given=False)
    look = look_of(ours)
    graph = PyqtgraphPeer(county, SIZE, look)
    app.processEvents()
    rng = np.random.default_rng(1)
    moves = [county.staff + rng.normal(0, 60, county.staff.shape) for _ in range(8)]
    degrees = [_to_degrees(move) for move in moves]
    turn = iter(range(10_000))

    def moved(map_: OurMap) -> float:
        map_.settle(degrees[next(turn) % 8])
        return map_.staff(degrees[next(turn) % 8])

    measures = {
        "full": ours.full,
        "pg full": graph.full,
        "tiled": ours.tiled,
        "desk full": desk.full,
        "desk staff": lambda: moved(desk),
        "pg staff": lambda: [graph.staff(moves[next(turn) % 8], county.signs) for _ in range(4)][-1],
        "staff": lambda: moved(ours),
    }
    python = find_python()
    rows: Rows = []
    if python is None:
        found = alternate(measures, RUNS)
        name = "QGIS (absent: not installed)"
    else:
        with QgisPeer(python, county, qgis_spec(ours, look)) as peer, tempfile.TemporaryDirectory() as folder:
            found = alternate(
                {
                    **measures,
                    "qgis full": peer.full,
                    "qgis staff": lambda: [peer.staff() for _ in range(4)][-1],  # as often before as ours
                    "qgis apply": lambda: [peer.apply() for _ in range(4)][-1],
                },
                RUNS,
            )
            name = f"QGIS {peer.version}"
            counts = same_classes(ours, peer, look, Path(folder))
            for what, figure in zip(SAME, counts, strict=True):
                rows.append(single(what, "px", figure, None, f"{name}, same view", Sense.FIGURE, 1))
    rows += table(found, name)
    rows += two_cores(ours, found.get("qgis full"), name)
    graph.close()
    for made in (ours, desk):
        made.view.close()
        made.view.stop()
    return rows


if __name__ == "__main__":
    raise SystemExit(main("map", measure))
