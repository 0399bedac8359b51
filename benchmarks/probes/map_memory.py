"""How much memory the map takes with a land on it, as QGIS has it: all layers loaded, drawn whole and closer.

``python -m benchmarks.probes.map_memory LAND``. Prints the megabytes (shared ones by its share) of the process, which
starts as a console does: else PySide6 would read, and keep, the source of all that is imported after it.
"""

import gc
import os
import sys
import time
from pathlib import Path

from console import headstart


def pss_mb() -> float:
    """Return the megabytes this process takes; 0 where the system does not say."""
    rollup = Path("/proc/self/smaps_rollup")
    lines = rollup.read_text().splitlines() if rollup.exists() else []
    return sum(int(line.split()[1]) for line in lines if line.startswith("Pss:")) / 1024


def main(land: str) -> int:
    """Load, drop what the data was made from, draw, and say."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    headstart.begin(None, None, None)
    from PySide6.QtWidgets import QApplication

    from benchmarks.county import make_county
    from benchmarks.maps.ours import OurMap
    from benchmarks.maps.view import EXTENTS, closer, settle
    from layers.background import give_back
    from widgets.map.tiles import REST_MS

    app = QApplication([])
    ours = OurMap(make_county(land), as_given=False, plain=False)
    gc.collect()
    give_back()
    app.processEvents()
    for steps in EXTENTS.values():
        closer(ours, steps)
    ours.view.fit()
    settle(ours)
    until = time.monotonic() + REST_MS / 1000 + 2
    while time.monotonic() < until:
        app.processEvents()
        time.sleep(0.01)
    sys.stdout.write(f"memory {pss_mb()}\n")
    sys.stdout.flush()
    ours.close()
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1]))
