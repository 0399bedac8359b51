"""The head start of a console: what it leaves out stays out, and what it puts off still works."""

import subprocess
import sys
from pathlib import Path

STARTS = """
import sys
from console import headstart
headstart.begin(None, None, None)
heavy = [n for n in ("httpx", "websockets", "http.client", "email", "pyqtgraph", "numba") if n in sys.modules]
import linecache, console.desk
print(heavy, sum(name.endswith(".py") and "/console/" in name for name in linecache.cache))
"""
FAULTS = """
import sys
from console import headstart
from layers.geometry import POLYGONS, read_wkb, to_shapes
headstart.begin(None, None, None)
import shapely
to_shapes(read_wkb([shapely.to_wkb(shapely.box(0, 0, 1, 1))]), POLYGONS)
import console.program
from PySide6.QtCore import QPoint
print([n for n in ("argparse", "numpy.ma") if n in sys.modules])
try:
    QPoint("x", "y")
except TypeError as error:
    print("Supported signatures" in str(error))
"""


def test_a_start_imports_no_network_library_and_no_source_is_read() -> None:
    """Fails where the head start slips, or where another PySide6 asks in another way."""
    root = Path(__file__).parents[3]
    done = subprocess.run([sys.executable, "-c", STARTS], cwd=root, check=True, capture_output=True, text=True)
    assert done.stdout.split("\n")[0] == "[] 0"


def test_a_start_leaves_out_what_qt_and_numpy_bring_unused_and_qt_still_words_its_faults() -> None:
    said = subprocess.run([sys.executable, "-c", FAULTS], capture_output=True, text=True, check=True).stdout
    assert said.split() == ["[]", "True"]
