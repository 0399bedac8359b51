"""From starting the program to its first useful window, beside a bare Qt window of the same size.

Useful means: signed in (with a token, so no password is hashed), the town's grids and open cases drawn, a key taken.
Both are whole processes, started in turn and timed from outside, offscreen, 1920x1080, warm disk, whatever this
environment says of bytecode. Ours in three states: bytecode and the town's map kept from the warm-up on, as an
installed program has them; the map fetched and read, as at the very first start; and no bytecode at all, ours and the
libraries' compiled anew at each start (worse than a read-only folder: pip compiles libraries).
"""

import asyncio
import os
import subprocess
import sys
import tempfile
import time
from functools import partial
from pathlib import Path

from benchmarks.harness import Measure, Rows, Sense, alternate, compare, main
from benchmarks.intake import Reports
from benchmarks.load import send_all
from benchmarks.programs import get_json, make_town, reportable_kind, service, token

OPEN_CASES = 41
KEPT, FETCHED, COMPILED = "bytecode kept", "bytecode kept, map fetched", "no bytecode"


def time_to_useful(words: list[str], environment: dict[str, str]) -> float:
    """Start a probe and return the milliseconds until it said ``useful``."""
    began = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-m", *words],
        check=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        env=environment,
    )
    said = next(line for line in done.stdout.splitlines() if line.startswith("useful "))
    return 1000 * (float(said.split()[1]) - began)


def fill(url: str, bearer: str) -> None:
    """Report as many cases as an ordinary morning holds."""
    reports = Reports(url, bearer, reportable_kind(get_json(url, "/v1/snapshot", bearer)))
    asyncio.run(send_all(url, [reports.request(number) for number in range(OPEN_CASES)]))


def surroundings(bytecode: Path, *, kept: bool) -> dict[str, str]:
    """Return what both programs are started with: their bytecode kept in a folder, or compiled anew at each start."""
    plain = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    unwritten = {} if kept else {"PYTHONDONTWRITEBYTECODE": "1"}
    return {
        **plain,
        **unwritten,
        "PYTHONPYCACHEPREFIX": str(bytecode),
        "ONEMAP_HOME": str(bytecode.with_name("home")),
        "QT_QPA_PLATFORM": "offscreen",
        "PYTHONUTF8": "1",
    }


def measure() -> Rows:
    """Alternate the two programs."""
    with tempfile.TemporaryDirectory(prefix="onemap-bench-") as named:
        folder = Path(named)
        database = f"sqlite:///{(folder / 'room.db').as_posix()}"
        town = make_town(folder / "town")
        desk_token = token(database, "desk", "acceptor", "dispatcher", "duty_chief")
        gateway_token = token(database, "phones", "gateway", "reader")
        with service(database, town) as url:
            fill(url, gateway_token)
            kept, unkept = surroundings(folder / "kept", kept=True), surroundings(folder / "none", kept=False)
            probe, bare = ["benchmarks.probes.first_window", url], ["benchmarks.probes.bare_window"]
            signed_in = {"ONEMAP_TOKEN": desk_token}
            measures: dict[str, Measure] = {
                KEPT: partial(time_to_useful, [*probe, "--map-kept"], kept | signed_in),
                "bare": partial(time_to_useful, bare, kept),
                FETCHED: partial(time_to_useful, probe, kept | signed_in),
                COMPILED: partial(time_to_useful, [*probe, "--map-kept"], unkept | signed_in),
                "bare, compiled": partial(time_to_useful, bare, unkept),
            }
            figures = alternate(measures)
    rows: Rows = []
    for state, peer in ((KEPT, "bare"), (FETCHED, "bare"), (COMPILED, "bare, compiled")):
        rows += compare(
            f"first useful window, {OPEN_CASES} open cases, {state}",
            "ms",
            figures[state],
            figures[peer],
            "bare Qt window, first paint",
            Sense.TIMES_AS_LONG,
        )
    return rows


if __name__ == "__main__":
    raise SystemExit(main("start", measure))
