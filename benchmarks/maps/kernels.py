"""The kernels beside QGIS and pyqtgraph, in turn on one core: everything drawn anew, and all staff moved.

*Full redraw* draws areas, borders, cases and people into an empty frame and paints it; shapes thinned for the scale are
kept from frame to frame, as in use. *Staff moved* draws all staff at new coordinates over what is kept, into an image,
as QGIS does; *staff moved in the window* takes up the coordinates as well, and paints what alters of the window (QGIS's
figures have no window in them). Of several frames in a row the last counts, ours and theirs; of full redraws the
first, which finds the processor's caches full of another program, has rows of its own. QGIS reads memory layers; its
draw-only figure leaves out applying positions. The desk draws cases over staff: both orders are measured. Markers are
not clustered.
The *floor* is a window painting a picture that it has: what a map needs at least that paints all of itself.
The pictures are compared: pixels that are plain area in both must show the same class.
"""

import os
import tempfile
import time
from pathlib import Path

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage, QPainter, QPaintEvent
from PySide6.QtWidgets import QApplication, QWidget

from benchmarks.county import County
from benchmarks.harness import Measure, Rows, Sense, alternate, compare, single
from benchmarks.maps.drawn import DrawnMap
from benchmarks.maps.ours import SIZE, OurMap, look_of, to_degrees
from benchmarks.maps.pictures import class_rows, qgis_spec
from benchmarks.peers.qgis_peer import QgisPeer, find_python
from layers.raster import stamps
from layers.raster.compiled import CompiledRaster
from layers.raster.contract import Marks, surface_of
from layers.symbols import SMALL_CASE_SIZE, SMALL_THING_SIZE, case_sprites, thing_sprites
from widgets.map.moved import RESTS

AIMS = {"county": (16, 16), "province": (25, 40)}
"""Times faster than QGIS: full redraw, staff moved."""
IN_A_ROW = {"county": 4, "province": 2}
"""Frames in a row of which the last counts; QGIS needs seconds for one at a province."""
A_FEW = 40
"""As many staff as have a new place at once in a town, where each says where it is every few seconds."""
WALK_M = {"county": 60.0, "province": 750.0}
"""How far staff walk between two pictures, plane metres: a pixel or two."""


class Floor(QWidget):
    """A window that only paints a picture it has."""

    def __init__(self) -> None:
        super().__init__()
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self._image = QImage(*SIZE, QImage.Format.Format_RGB32)
        self._image.fill(Qt.GlobalColor.darkBlue)
        self.resize(*SIZE)
        self.show()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        """Paint it."""
        painter = QPainter(self)
        painter.drawImage(0, 0, self._image)
        painter.end()

    def painted(self) -> float:
        """Paint it anew; milliseconds."""
        began = time.perf_counter()
        self.repaint()
        return (time.perf_counter() - began) * 1000


class Ours:
    """Our maps, one an order and one without a window, and places for the staff to go to."""

    def __init__(self, county: County, land: str) -> None:
        self.peers_order = OurMap(county)
        self.desks_order = OurMap(county, as_given=False)
        view = self.peers_order.view
        self.drawn = DrawnMap(county, view.camera.area(), view.rasters)
        rng = np.random.default_rng(1)
        self.moves = [county.staff + rng.normal(0, WALK_M[land], county.staff.shape) for _ in range(4)]
        self._degrees = [to_degrees(move) for move in self.moves]
        self._times = IN_A_ROW[land]
        self._turn = 0
        self.firsts: list[float] = []

    def next_move(self) -> int:
        """Return which of the moves is next."""
        self._turn += 1
        return self._turn % len(self.moves)

    def moved(self, map_: OurMap, count: int | None = None) -> float:
        """Move the staff of a map, or so many of them, a few times in a row; milliseconds of the last."""
        times = IN_A_ROW["county"] if count is None else RESTS + 2  # after which it is seen again that few move
        return [map_.staff(self._degrees[self.next_move()], count) for _ in range(times)][-1]

    def redrawn(self) -> float:
        """Move the staff of the map that is drawn into an image, a few times in a row; milliseconds of the last."""
        return [self.drawn.staff(self._degrees[self.next_move()]) for _ in range(IN_A_ROW["county"])][-1]

    def measures(self) -> dict[str, Measure]:
        """Return what is measured of ours."""
        ours, desk = self.peers_order, self.desks_order
        return {
            "full": in_a_row(ours.full, self._times, self.firsts),
            "tiled": ours.tiled,
            "desk full": in_a_row(desk.full, self._times),
            "desk staff": lambda: self.moved(desk),
            "staff": lambda: self.moved(ours),
            "drawn staff": self.redrawn,
            "few staff": lambda: self.moved(ours, A_FEW),
        }

    def two_core_measures(self) -> dict[str, Measure]:
        """Return what is measured once more with both cores."""
        full = in_a_row(self.peers_order.full, self._times)
        return {"full": full, "staff": lambda: self.moved(self.peers_order)}

    def close(self) -> None:
        """Close all maps."""
        self.drawn.close()
        self.peers_order.close()
        self.desks_order.close()


def in_a_row(measure: Measure, times: int, firsts: list[float] | None = None) -> Measure:
    """Return what measures a few times and says the last figure; the first one is added to ``firsts``."""

    def last() -> float:
        figures = [measure() for _ in range(times)]
        if firsts is not None:
            firsts.append(figures[0])
        return figures[-1]

    return last


def unlike_plain(ours: OurMap, county: County) -> int:
    """Return how many pixels are not what stamping all marks one by one, in the order given, makes of them.

    Each of the ways that are timed is looked at: marks stamped on a frame, shown over one that is kept, and laid under
    others that are noted.
    """
    area = ours.view.camera.area()
    corner = area.left, area.top
    cases = case_sprites(ours.theme, SMALL_CASE_SIZE, area.ratio, signs=False)
    staff = thing_sprites(ours.theme, SMALL_THING_SIZE, area.ratio)
    ground = np.arange(area.width * area.height, dtype=np.uint32) * np.uint32(2654435761)
    below, raster = ground.reshape(area.height, area.width), CompiledRaster()
    case_marks, staff_marks = (
        Marks(
            (points[:, 0] - corner[0]).astype(np.float32),
            (points[:, 1] - corner[1]).astype(np.float32),
            kinds.astype(np.uint16),
            sheet,
            area.placing(corner),
        )
        for points, kinds, sheet in ((county.cases, county.lamps, cases), (county.staff, county.signs, staff))
    )
    plain, desks = below.copy(), below.copy()
    for frame, marks in ((plain, (case_marks, staff_marks)), (desks, (staff_marks, case_marks))):
        for each in marks:
            stamps.stamp_plainly(surface_of(frame), each)
    stamped = below.copy()
    raster.stamp(stamped, *case_marks)
    shown, laid = np.empty_like(below), np.empty_like(below)
    raster.show(surface_of(shown), stamped, staff_marks)
    noted = raster.noted(*below.shape)
    noted.note(lambda over: over.stamp(below, *case_marks), below)
    noted.lay(surface_of(laid), staff_marks)
    return int(np.count_nonzero(plain != shown) + np.count_nonzero(desks != laid))


def pyqtgraph_measures(county: County, ours: Ours, look: dict[str, list[str]]) -> dict[str, Measure]:
    """Return what is measured of pyqtgraph."""
    from benchmarks.peers.pyqtgraph_county import PyqtgraphPeer

    graph = PyqtgraphPeer(county, SIZE, look)

    def moved() -> float:
        return [graph.staff(ours.moves[ours.next_move()], county.signs) for _ in range(4)][-1]

    return {"pg full": graph.full, "pg staff": moved}


def table(found: dict[str, list[float]], name: str, land: str) -> Rows:
    """Return the rows of what was measured in turn."""
    full_aim, staff_aim = (f">= {times}x" for times in AIMS[land])
    faster, qgis_full, qgis_staff = Sense.TIMES_FASTER, found.get("qgis full"), found.get("qgis staff")
    drawn, above = f"{name}, draw only, rest kept", "{} {}, the desk's order: cases over staff"
    rows = compare(f"{land} full redraw", "ms", found["full"], qgis_full, name, faster, full_aim)
    first = f"{land} full redraw, the first after other programs ran"
    rows += compare(first, "ms", found["first full"], found.get("first qgis full"), name, faster)
    in_window = f"{land} staff moved in the window"
    rows += compare(f"{land} staff moved", "ms", found["drawn staff"], qgis_staff, drawn, faster, staff_aim)
    rows += compare(in_window, "ms", found["staff"], qgis_staff, drawn, faster, staff_aim)
    applied = f"{name}, new positions applied and drawn, rest kept"
    rows += compare(in_window, "ms", found["staff"], found.get("qgis apply"), applied, faster)
    for key, what in (("full", f"{land} full redraw"), ("staff", in_window)):
        if f"pg {key}" in found:
            graph = "pyqtgraph ScatterPlotItem, no antialiasing"
            rows += compare(what, "ms", found[key], found[f"pg {key}"], graph, faster)
    rows += compare(above.format(land, "full redraw"), "ms", found["desk full"], qgis_full, name, faster)
    desk_window = above.format(land, "staff moved in the window")
    rows += compare(desk_window, "ms", found["desk staff"], qgis_staff, f"{drawn}, staff on top", faster)
    few = f"{A_FEW} of the staff moved in the window"
    for key, what in (("full", "full redraw"), ("staff", "staff moved in the window"), ("few staff", few)):
        floor = "the floor: the window painting a picture it has"
        rows += compare(f"{land} {what}", "ms", found[key], found["floor"], floor, Sense.TIMES_AS_LONG)
    rows += compare(f"{land} full redraw by tiles in the background", "ms", found["tiled"], qgis_full, name, faster)
    return rows


def two_core_rows(ours: Ours, found: dict[str, list[float]], name: str, land: str, runs: int) -> Rows:
    """Return the figures once more with a second core; QGIS's are those of its one core."""
    cores = set(range(os.cpu_count() or 1))
    if not hasattr(os, "sched_setaffinity") or len(cores) < 2:
        return []
    before = os.sched_getaffinity(0)
    for thread in os.listdir("/proc/self/task"):
        os.sched_setaffinity(int(thread), cores)
    took = alternate(ours.two_core_measures(), runs)
    for thread in os.listdir("/proc/self/task"):
        os.sched_setaffinity(int(thread), before)
    rows: Rows = []
    for key, what in (("full", "full redraw"), ("staff", "staff moved in the window")):
        peer = found.get(f"qgis {key}")
        rows += compare(
            f"{land} {what}, two cores", "ms", took[key], peer, f"{name}, one core, draw only", Sense.TIMES_FASTER
        )
    return rows


def kernel_rows(county: County, land: str, runs: int) -> Rows:
    """Take the figures."""
    app = QApplication.instance() or QApplication([])
    ours = Ours(county, land)
    look = look_of(ours.peers_order)
    floor = Floor()
    times, qgis_firsts = IN_A_ROW[land], list[float]()
    measures = ours.measures() | {"floor": in_a_row(floor.painted, times)}
    if land == "county":
        measures |= pyqtgraph_measures(county, ours, look)
    app.processEvents()
    python = find_python()
    ours.redrawn()
    unlike = unlike_plain(ours.peers_order, county) + ours.drawn.unlike_anew()
    rows = [single(f"{land} pixels unlike plain stamping in order", "px", unlike, None, "", Sense.FIGURE, 1, "0 px")]
    name = "QGIS (absent: not installed)"
    if python is None:
        found = alternate(measures, runs)
    else:
        with QgisPeer(python, county, qgis_spec(ours.peers_order, look)) as peer:
            measures |= {
                "qgis full": in_a_row(peer.full, times, qgis_firsts),
                "qgis staff": in_a_row(peer.staff, times),
                "qgis apply": in_a_row(peer.apply, 1 if land == "province" else times),
            }
            found = alternate(measures, runs)
            found["first qgis full"] = qgis_firsts[-runs:]
            name = f"QGIS {peer.version}"
            with tempfile.TemporaryDirectory() as folder:
                rows += class_rows(ours.peers_order, peer, look, Path(folder), land, name)
    found["first full"] = ours.firsts[-runs:]
    rows += table(found, name, land)
    rows += two_core_rows(ours, found, name, land, runs)
    ours.close()
    floor.close()
    return rows
