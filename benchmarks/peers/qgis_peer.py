"""Our end of the QGIS peer: finds a Python that has QGIS, starts the script in it, and asks it for figures."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from types import TracebackType

import numpy as np
import numpy.typing as npt
import shapely

from benchmarks.county import County

SCRIPT = Path(__file__).with_name("qgis_county.py")
CANDIDATES = ("python3", "/usr/bin/python3", "python3-qgis")
START_S = 120


def find_python() -> str | None:
    """Return an interpreter that can import QGIS, other than ours, or None."""
    found = [path for name in CANDIDATES if (path := shutil.which(name))]
    for path in dict.fromkeys([*found, *_outside_venv()]):
        probe = subprocess.run(
            [path, "-c", "import qgis.core"], capture_output=True, check=False, timeout=60, env=_plain_environment()
        )
        if probe.returncode == 0:
            return path
    return None


def _outside_venv() -> list[str]:
    base = Path(sys.base_prefix) / "bin" / "python3"
    return [str(base)] if base.exists() else []


def _plain_environment() -> dict[str, str]:
    """Return the environment without what would pull our packages into another Python."""
    return {k: v for k, v in os.environ.items() if not k.startswith(("PYTHON", "VIRTUAL_ENV", "QT_"))}


class QgisPeer:
    """QGIS in a process of its own. Use as a context."""

    def __init__(self, python: str, county: County, spec: dict[str, object]) -> None:
        self._process = subprocess.Popen(
            [python, str(SCRIPT)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            env=_plain_environment(),
        )
        with tempfile.TemporaryDirectory() as folder:
            layers = (
                ("areas", county.areas, county.classes, spec.pop("area_styles")),
                ("cases", shapely.points(county.cases), county.lamps, spec.pop("case_styles")),
                ("staff", shapely.points(county.staff), county.signs, spec.pop("staff_styles")),
            )
            for name, geometries, codes, styles in layers:
                spec[name] = {**_written(Path(folder) / name, geometries, codes), "styles": styles}
            self.version = self.ask(json.dumps(spec)).removeprefix("ready ")

    def __enter__(self) -> "QgisPeer":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._process.poll() is None:
            self._process.kill()
        self._process.wait()

    def ask(self, line: str) -> str:
        """Send a line and return the answer. Raises RuntimeError where QGIS has gone."""
        if self._process.stdin is None or self._process.stdout is None:
            raise RuntimeError("no pipes to QGIS")
        self._process.stdin.write(line + "\n")
        self._process.stdin.flush()
        answer = self._process.stdout.readline().strip()
        if not answer:
            raise RuntimeError(f"QGIS ended with {self._process.poll()}")
        return answer

    def full(self) -> float:
        """Draw everything; milliseconds."""
        return float(self.ask("full"))

    def staff(self) -> float:
        """Draw the staff, the others from QGIS's own cache; milliseconds."""
        return float(self.ask("staff"))

    def apply(self) -> float:
        """Put new positions into the layer and draw as ``staff``; milliseconds."""
        return float(self.ask("apply"))

    def pick(self, x: float, y: float) -> float:
        """Find what lies at a place on the plane; milliseconds."""
        return float(self.ask(f"pick {x} {y}"))

    def memory_mb(self) -> float:
        """Return the megabytes QGIS takes with the data loaded."""
        return float(self.ask("memory"))

    def lean(self) -> float:
        """Draw the staff alone over a kept picture, by hand; milliseconds."""
        return float(self.ask("lean"))


def _written(path: Path, geometries: object, codes: npt.NDArray[np.uint8]) -> dict[str, str]:
    """Write geometries as WKB one after the other, their lengths and their codes; return where each is."""
    wkb = np.atleast_1d(shapely.to_wkb(np.asarray(geometries, object)))
    files = {key: f"{path}.{key}" for key in ("wkb", "lengths", "codes")}
    Path(files["wkb"]).write_bytes(b"".join(wkb))
    Path(files["lengths"]).write_bytes(np.array([len(one) for one in wkb], np.uint32).tobytes())
    Path(files["codes"]).write_bytes(codes.astype(np.uint8).tobytes())
    return files
