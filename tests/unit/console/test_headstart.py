"""The head start of a console: what it leaves out stays out, and what it puts off still works."""

import os
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


KEPT = """
import sys
from console import headstart
headstart.begin(None, None, None)
import console.desk
specs = [getattr(module, "__spec__", None) for module in sys.modules.values()]
print(sum(type(getattr(spec, "loader", None)).__module__ == "console.keptmodules" for spec in specs))
code = headstart.end()
if code is not None:
    code.keep()
"""


def run(*words: str, **environment: str) -> str:
    """Run Python with these words; return what it prints."""
    plain = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    settings = {**plain, "QT_QPA_PLATFORM": "offscreen", **environment}
    root = Path(__file__).parents[3]
    done = subprocess.run([sys.executable, *words], cwd=root, env=settings, check=True, capture_output=True, text=True)
    return done.stdout


def test_a_start_has_the_code_of_the_last_one_at_hand_where_python_keeps_any(tmp_path: Path) -> None:
    kept, unkept = str(tmp_path / "kept"), str(tmp_path / "unkept")
    assert int(run("-c", KEPT, PYTHONPYCACHEPREFIX=kept)) == 0
    assert int(run("-c", KEPT, PYTHONPYCACHEPREFIX=kept)) > 400
    assert int(run("-c", KEPT, PYTHONPYCACHEPREFIX=unkept, PYTHONDONTWRITEBYTECODE="1")) == 0
    assert not (tmp_path / "unkept").exists()


def test_a_console_keeps_the_code_of_its_start_and_starts_where_it_may_keep_none(tmp_path: Path) -> None:
    opened = ("-m", "console", "console", "--seconds", "1")
    run(*opened, PYTHONPYCACHEPREFIX=str(tmp_path / "kept"), ONEMAP_HOME=str(tmp_path))
    assert len(list(tmp_path.rglob("of_start.*"))) == 1
    (tmp_path / "file").write_text("in the way")
    run(*opened, PYTHONPYCACHEPREFIX=str(tmp_path / "file" / "kept"), ONEMAP_HOME=str(tmp_path))
    assert len(list(tmp_path.rglob("of_start.*"))) == 1


def test_a_start_imports_no_network_library_and_no_source_is_read() -> None:
    """Fails where the head start slips, or where another PySide6 asks in another way."""
    root = Path(__file__).parents[3]
    done = subprocess.run([sys.executable, "-c", STARTS], cwd=root, check=True, capture_output=True, text=True)
    assert done.stdout.split("\n")[0] == "[] 0"


def test_a_start_leaves_out_what_qt_and_numpy_bring_unused_and_qt_still_words_its_faults() -> None:
    said = subprocess.run([sys.executable, "-c", FAULTS], capture_output=True, text=True, check=True).stdout
    assert said.split() == ["[]", "True"]
