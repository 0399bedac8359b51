"""What holds before the kernels are ready: Qt's painter draws, and how long it is until they are.

*Cold* compiles the kernels into an empty cache, *kept* fetches them from it, *nowhere to write* is an installation on
which no cache can be written: they are compiled anew at each start. Each in a process of its own, on one core. The
window is up long before: kernels are made ready in the background.
"""

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
from PySide6.QtWidgets import QApplication

from benchmarks.county import County
from benchmarks.harness import Rows, Sense, lower_quartile, single
from benchmarks.maps.kernels import WALK_M
from benchmarks.maps.ours import OurMap, to_degrees

READY = "from layers.raster.source import RasterSource; s = RasterSource(); s.compile(); assert s.compiled"


def ready_s(cache: Path, *, home: Path | None = None) -> float:
    """Return the seconds until the kernels are ready in a new process with this cache folder, or this home."""
    chosen = {"NUMBA_CACHE_DIR": str(cache)} if home is None else {"HOME": str(home), "XDG_CACHE_HOME": str(home)}
    clean = {key: value for key, value in os.environ.items() if key not in ("NUMBA_CACHE_DIR", "XDG_CACHE_HOME")}
    began = time.perf_counter()
    subprocess.run([sys.executable, "-c", READY], check=True, env={**clean, **chosen})
    return time.perf_counter() - began


def early_rows(county: County, land: str, runs: int) -> Rows:
    """Take the figures."""
    rows: Rows = []
    with tempfile.TemporaryDirectory(prefix="onemap-bench-") as named:
        folder = Path(named)
        times = {"cold": ready_s(folder / "cache"), "kept": ready_s(folder / "cache")}
        nowhere = folder / "home"
        nowhere.write_text("a file: no folder can be made in it\n")
        times["nowhere to write"] = ready_s(folder, home=nowhere)
    for what, took in times.items():
        rows.append(single(f"kernels ready, {what}, from the start of Python", "s", took, None, "", Sense.FIGURE, 1))
    app = QApplication.instance() or QApplication([])
    for plain, name in ((True, "every mark by itself"), (False, "as seen")):
        ours = OurMap(county, as_given=plain, plain=plain, compiled=False)
        app.processEvents()
        rng = np.random.default_rng(8)
        moves = [to_degrees(county.staff + rng.normal(0, WALK_M[land], county.staff.shape)) for _ in range(2)]
        once = land == "province"
        full = [ours.full() for _ in range(1 if once else runs)]
        ours.staff(moves[0])
        moved = [ours.staff(moves[turn % 2]) for turn in range(2 if once else runs)]
        for what, took_ms in (("full redraw", full), ("staff moved", moved)):
            title = f"{land} {what} by Qt until the kernels are ready, {name}"
            rows.append(single(title, "ms", lower_quartile(took_ms), None, "", Sense.FIGURE, len(took_ms)))
        ours.close()
    return rows
