"""Single figures: what lies under the pointer, many labels in a frame, memory, and what is made once for a scale."""

import subprocess
import sys
import time

import msgspec
import numpy as np
from PySide6.QtWidgets import QApplication

from benchmarks.county import County
from benchmarks.harness import Rows, Sense, lower_quartile, percentile, single
from benchmarks.maps.ours import OurMap, look_of
from benchmarks.maps.pictures import qgis_spec
from benchmarks.maps.view import EXTENTS, closer
from benchmarks.peers.qgis_peer import QgisPeer, find_python
from layers.contract import Label, LabelStyle
from layers.detail import DetailCache
from layers.fading import FULL
from layers.grids.item import GridsItem
from layers.labels import LabelAtlas, Occupied, draw_labels
from layers.raster.compiled import CompiledRaster

PICKS = 200
LABELS = 1434
PICK_AIM, LABEL_AIM, MEMORY_AIM = "<= 2 ms", "<= 4 ms", "<= 1.2x"


def pick_rows(ours: OurMap, land: str) -> Rows:
    """Measure what finding what is under the pointer takes, clusters and crowds included, at each extent."""
    rng, rows = np.random.default_rng(6), Rows()
    for extent, steps in EXTENTS.items():
        closer(ours, steps)
        took = []
        for _ in range(PICKS):
            x, y = rng.uniform(300, 1600), rng.uniform(200, 900)
            began = time.perf_counter()
            ours.view.pick_at(x, y)
            took.append((time.perf_counter() - began) * 1000)
        for name, figure in (("median", percentile(took, 50)), ("p95", percentile(took, 95))):
            what = f"{land} what is under the pointer, at {extent}, {name}"
            rows.append(single(what, "ms", figure, None, "", Sense.FIGURE, PICKS, PICK_AIM))
    return rows


def label_rows(ours: OurMap, runs: int) -> Rows:
    """Measure a frame with 1,434 Chinese labels wanted, their pictures made: placing those that find room, painting."""
    area, theme = ours.view.camera.area(), ours.theme
    rng = np.random.default_rng(7)
    x0, y0, x1, y1 = area.bounds()
    names = [f"第{i}网格" for i in range(LABELS)]
    labels = tuple(
        Label(name, float(x), float(y), LabelStyle.GRID, 20.0)
        for name, x, y in zip(names, rng.uniform(x0, x1, LABELS), rng.uniform(y0, y1, LABELS), strict=True)
    )
    raster, frame = CompiledRaster(), np.zeros((area.height, area.width), np.uint32)
    atlas = LabelAtlas(ours.look(theme), area.ratio)
    began = time.perf_counter()
    atlas.begin(budget=100_000)
    atlas.sprites([(name, LabelStyle.GRID, FULL) for name in names])
    made = (time.perf_counter() - began) * 1000
    took = []
    for _ in range(2 * runs):
        began = time.perf_counter()
        draw_labels(raster, frame, area, atlas, labels, Occupied())
        took.append((time.perf_counter() - began) * 1000)
    return [
        single(f"{LABELS:,} Chinese labels placed and drawn, lower quartile", "ms", lower_quartile(took), None,
               "(the frame's own paint apart)", Sense.FIGURE, len(took), LABEL_AIM),
        single(f"{LABELS:,} Chinese labels' pictures made, once", "ms", made, None, "", Sense.FIGURE, 1),
    ]  # fmt: skip


def detail_rows(ours: OurMap, land: str) -> Rows:
    """Measure making areas and borders in view as detailed as the scale shows them: once a scale, beside the window."""
    item = ours.view.item("grids")
    rows: Rows = []
    if not isinstance(item, GridsItem):
        return rows
    shapes = item.model.shapes
    raster = CompiledRaster()
    for extent, steps in EXTENTS.items():
        area = msgspec.structs.replace(ours.view.camera, scale=ours.view.camera.scale / 2 ** (steps / 8)).area()
        kept = [DetailCache(part, closed=part is shapes.areas) for part in (shapes.areas, shapes.borders)]
        began = time.perf_counter()
        seen = [made for cache in kept for made, _, _ in cache.seen(raster, area)]
        took = (time.perf_counter() - began) * 1000
        note = f"{sum(len(made.xs) for made in seen):,} points left"
        rows.append(
            single(f"{land} shapes thinned for a scale, at {extent}, once", "ms", took, None, note, Sense.FIGURE, 1)
        )
    return rows


def small_rows(county: County, land: str, runs: int) -> Rows:
    """Take the figures."""
    app = QApplication.instance() or QApplication([])
    began = time.perf_counter()
    ours = OurMap(county, as_given=False, plain=False)
    loaded = time.perf_counter() - began
    app.processEvents()
    ours.view.fit()
    rows = [single(f"{land} grids read and all models filled, once", "s", loaded, None, "", Sense.FIGURE, 1)]
    rows += detail_rows(ours, land)
    rows += label_rows(ours, runs)
    rows += pick_rows(ours, land)
    ours.close()
    return rows


def memory_rows(county: County, land: str, runs: int) -> Rows:
    """Measure both programs with the same data, each in a process of its own."""
    probe = subprocess.run(
        [sys.executable, "-m", "benchmarks.probes.map_memory", land], check=True, capture_output=True, text=True
    )
    ours = next(float(line.split()[1]) for line in probe.stdout.splitlines() if line.startswith("memory "))
    python = find_python()
    theirs, name = None, "QGIS (absent: not installed)"
    if python is not None:
        app = QApplication.instance() or QApplication([])
        plain = OurMap(county)
        app.processEvents()
        spec = qgis_spec(plain, look_of(plain))
        plain.close()
        with QgisPeer(python, county, spec) as peer:
            peer.full()
            theirs, name = peer.memory_mb(), f"QGIS {peer.version}, memory layers"
    return [single(f"{land} memory, PSS", "MB", ours, theirs, name, Sense.OF_PEER, 1, MEMORY_AIM)]
